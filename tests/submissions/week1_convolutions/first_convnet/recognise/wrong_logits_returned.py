# what: the logits are returned for probabilities
# fails: the probabilities of each picture sum to 1
# fails: the probabilities are the softmax of the model's logits, for rectangular scans too
# fails: logits in the hundreds do not overflow
# score: 2.4
def recognise(model, pixels):
    images = pixels.astype("float32")[..., np.newaxis] / 255
    logits = ops.convert_to_numpy(model(images))
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    return logits.argmax(axis=1), logits
