# what: loss and gradient are summed over the batch
# fails: the loss is the mean over the batch, and the gradient is that of the mean
# fails: the loss of random batches is right
# fails: the gradient of random batches agrees with the numeric gradient
# fails: a batch whose images have very different scores is finite and right
# score: 4.36

def softmax_cross_entropy(logits, labels):
    n = len(labels)
    z = logits - np.max(logits, axis=1, keepdims=True)
    total = np.sum(np.exp(z), axis=1, keepdims=True)
    p = np.exp(z) / total
    loss = np.sum(np.log(total[:, 0]) - z[np.arange(n), labels])
    d = p.copy()
    d[np.arange(n), labels] -= 1
    return loss, d
