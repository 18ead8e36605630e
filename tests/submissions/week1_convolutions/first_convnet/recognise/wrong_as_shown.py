# what: the code as the colleague wrote it
# fails: the probabilities of each picture sum to 1
# fails: a picture is read alike, alone or in a batch
# fails: the model gets pictures like those it was trained on
# fails: the probabilities are the softmax of the model's logits, for rectangular scans too
# fails: logits in the hundreds do not overflow
# score: 0
def recognise(model, pixels):
    images = pixels.astype("float32")[..., np.newaxis]
    logits = ops.convert_to_numpy(model(images))
    exponentials = np.exp(logits)
    probabilities = exponentials / exponentials.sum(axis=0)
    return probabilities.argmax(axis=1), probabilities
