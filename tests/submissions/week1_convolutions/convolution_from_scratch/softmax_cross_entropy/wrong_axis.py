# what: normalises over the batch in place of the classes
# fails: equal scores for four classes cost ln 4
# fails: the gradient of equal scores is (1/4, 1/4, -3/4, 1/4) for right class 2
# fails: the loss is the mean over the batch, and the gradient is that of the mean
# fails: adding the same number to all scores of an image changes nothing
# fails: scores of 1000 give a finite loss: surely wrong costs 1000, surely right costs 0
# fails: the loss of random batches is right
# fails: the gradient of random batches agrees with the numeric gradient
# fails: a batch whose images have very different scores is finite and right
# score: 0.73

def softmax_cross_entropy(logits, labels):
    n = len(labels)
    z = logits - np.max(logits, axis=0, keepdims=True)
    total = np.sum(np.exp(z), axis=0, keepdims=True)
    p = np.exp(z) / total
    loss = np.mean((np.log(total) - z)[np.arange(n), labels])
    p[np.arange(n), labels] -= 1
    return loss, p / n
