# what: probabilities are multiplied
# fails: the mean of A, B and C is (0.57, 0.43), as worked out by hand
# fails: the order of the models does not matter, and each one counts
# fails: random models and pictures agree with the definition
# score: 1.67
def ensemble(models, images):
    logits = np.stack([ops.convert_to_numpy(model(images, training=False)) for model in models])
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True)
    p = p.prod(axis=0)
    return p / p.sum(axis=-1, keepdims=True)
