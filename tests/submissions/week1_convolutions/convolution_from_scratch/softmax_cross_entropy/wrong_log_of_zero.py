# what: the logarithm is taken of a probability that may have become 0
# fails: scores of 1000 give a finite loss: surely wrong costs 1000, surely right costs 0
# fails: a batch whose images have very different scores is finite and right
# score: 5.82

def softmax_cross_entropy(logits, labels):
    n = len(labels)
    z = logits - np.max(logits, axis=1, keepdims=True)
    total = np.sum(np.exp(z), axis=1, keepdims=True)
    p = np.exp(z) / total
    loss = -np.mean(np.log(p[np.arange(n), labels]))
    d = p.copy()
    d[np.arange(n), labels] -= 1
    return loss, d / n
