# what: two of three mistakes mended: each class is normalised over the pictures
# fails: the probabilities of each picture sum to 1
# fails: a picture is read alike, alone or in a batch
# fails: the probabilities are the softmax of the model's logits, for rectangular scans too
# fails: logits in the hundreds do not overflow
# score: 1.2
def recognise(model, pixels):
    images = pixels.astype("float32")[..., np.newaxis] / 255
    logits = ops.convert_to_numpy(model(images))
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=0)
    return probabilities.argmax(axis=1), probabilities
