# what: two of three mistakes mended: pixels go in as 0 to 255
# fails: the model gets pictures like those it was trained on
# fails: the probabilities are the softmax of the model's logits, for rectangular scans too
# score: 3.6
def recognise(model, pixels):
    images = pixels.astype("float32")[..., np.newaxis]
    logits = ops.convert_to_numpy(model(images))
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities.argmax(axis=1), probabilities
