# what: two of three mistakes mended: large logits overflow
# fails: logits in the hundreds do not overflow
# score: 4.8
def recognise(model, pixels):
    images = pixels.astype("float32")[..., np.newaxis] / 255
    logits = ops.convert_to_numpy(model(images))
    exponentials = np.exp(logits)
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities.argmax(axis=1), probabilities
