# what: one maximum for the whole batch: the exponentials of some images vanish
# fails: adding the same number to all scores of an image changes nothing
# fails: a batch whose images have very different scores is finite and right
# score: 6.55

def softmax_cross_entropy(logits, labels):
    n = len(labels)
    z = logits - np.max(logits)
    total = np.sum(np.exp(z), axis=1, keepdims=True)
    p = np.exp(z) / total
    loss = np.mean(np.log(total[:, 0]) - z[np.arange(n), labels])
    d = p.copy()
    d[np.arange(n), labels] -= 1
    return loss, d / n
