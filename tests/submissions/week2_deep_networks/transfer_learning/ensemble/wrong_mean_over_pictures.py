# what: the mean over the pictures
# fails: the mean of A, B and C is (0.57, 0.43), as worked out by hand
# fails: one model alone gives its own probabilities
# fails: the order of the models does not matter, and each one counts
# fails: random models and pictures agree with the definition
# fails: the test set is not augmented: every model is asked in inference mode
# score: 0
def ensemble(models, images):
    logits = np.stack([ops.convert_to_numpy(model(images, training=False)) for model in models])
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True)
    return p.mean(axis=1)
