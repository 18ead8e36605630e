# what: the mean of the logits
# fails: the mean of A, B and C is (0.57, 0.43), as worked out by hand
# fails: one model alone gives its own probabilities
# fails: random models and pictures agree with the definition
# score: 1.67
def ensemble(models, images):
    logits = np.stack([ops.convert_to_numpy(model(images, training=False)) for model in models])
    return logits.mean(axis=0)
