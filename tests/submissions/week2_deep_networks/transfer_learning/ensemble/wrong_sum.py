# what: the sum, not the mean
# fails: the mean of A, B and C is (0.57, 0.43), as worked out by hand
# fails: random models and pictures agree with the definition
# score: 2.5
def ensemble(models, images):
    logits = np.stack([ops.convert_to_numpy(model(images, training=False)) for model in models])
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True)
    return p.sum(axis=0)
