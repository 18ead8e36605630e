# what: no shift: the exponential of a large score is infinite
# fails: adding the same number to all scores of an image changes nothing
# fails: scores of 1000 give a finite loss: surely wrong costs 1000, surely right costs 0
# fails: a batch whose images have very different scores is finite and right
# score: 5.09

def softmax_cross_entropy(logits, labels):
    n = len(labels)
    z = logits + 0.0
    total = np.sum(np.exp(z), axis=1, keepdims=True)
    p = np.exp(z) / total
    loss = np.mean(np.log(total[:, 0]) - z[np.arange(n), labels])
    d = p.copy()
    d[np.arange(n), labels] -= 1
    return loss, d / n
