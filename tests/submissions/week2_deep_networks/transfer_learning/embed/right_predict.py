# what: lets predict make the batches
# score: 6
def embed(base, images, batch_size=32):
    return base.predict(images, batch_size=batch_size, verbose=0).mean(axis=(1, 2))
