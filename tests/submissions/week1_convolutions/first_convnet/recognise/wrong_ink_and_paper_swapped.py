# what: the picture is inverted
# fails: the probabilities are the softmax of the model's logits, for rectangular scans too
# score: 4.8
def recognise(model, pixels):
    images = 1 - pixels.astype("float32")[..., np.newaxis] / 255
    logits = ops.convert_to_numpy(model(images))
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities.argmax(axis=1), probabilities
