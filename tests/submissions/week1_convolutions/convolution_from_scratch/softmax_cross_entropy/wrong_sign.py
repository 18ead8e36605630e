# what: the gradient points the wrong way
# fails: the gradient of equal scores is (1/4, 1/4, -3/4, 1/4) for right class 2
# fails: the loss is the mean over the batch, and the gradient is that of the mean
# fails: scores of 1000 give a finite loss: surely wrong costs 1000, surely right costs 0
# fails: the gradient of random batches agrees with the numeric gradient
# score: 3.64

def softmax_cross_entropy(logits, labels):
    n = len(labels)
    z = logits - np.max(logits, axis=1, keepdims=True)
    total = np.sum(np.exp(z), axis=1, keepdims=True)
    p = np.exp(z) / total
    loss = np.mean(np.log(total[:, 0]) - z[np.arange(n), labels])
    d = p.copy()
    d[np.arange(n), labels] -= 1
    return loss, -d / n
