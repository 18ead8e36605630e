# what: a running sum, softmax in NumPy
# score: 5
def ensemble(models, images):
    total = 0
    for model in models:
        logits = model.predict(np.asarray(images, dtype="float32"), verbose=0)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        total = total + powers / powers.sum(axis=1, keepdims=True)
    return total / len(models)
