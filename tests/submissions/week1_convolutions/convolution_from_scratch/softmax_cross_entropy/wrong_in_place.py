# what: subtracts the maximum inside the caller's array
# fails: the scores and the labels are left as they are
# score: 7.27

def softmax_cross_entropy(logits, labels):
    n = len(labels)
    z = logits
    z -= np.max(logits, axis=1, keepdims=True)
    total = np.sum(np.exp(z), axis=1, keepdims=True)
    p = np.exp(z) / total
    loss = np.mean(np.log(total[:, 0]) - z[np.arange(n), labels])
    d = p.copy()
    d[np.arange(n), labels] -= 1
    return loss, d / n
