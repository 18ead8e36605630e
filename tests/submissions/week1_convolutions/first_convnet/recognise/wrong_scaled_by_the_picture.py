# what: every batch is scaled by its own brightest pixel
# fails: a picture is read alike, alone or in a batch
# fails: the probabilities are the softmax of the model's logits, for rectangular scans too
# score: 3.6
def recognise(model, pixels):
    images = pixels.astype("float32")[..., np.newaxis] / pixels.max()
    logits = ops.convert_to_numpy(model(images))
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities.argmax(axis=1), probabilities
