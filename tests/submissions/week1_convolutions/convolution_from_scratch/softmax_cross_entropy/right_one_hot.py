# what: writes the right classes as rows of zeros and a one
# score: 8

def softmax_cross_entropy(logits, labels):
    true = np.eye(logits.shape[1])[labels]
    shifted = logits - logits.max(axis=1)[:, np.newaxis]
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=1)[:, np.newaxis]
    loss = np.sum(true * (np.log(total) - shifted)) / len(logits)
    return loss, (exponentials / total - true) / len(logits)
