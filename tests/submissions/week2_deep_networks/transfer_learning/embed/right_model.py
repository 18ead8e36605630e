# what: a model that ends in pooling
# score: 6
def embed(base, images, batch_size=32):
    pooled = keras.Model(base.inputs, layers.GlobalAveragePooling2D()(base.output))
    return pooled.predict(images, batch_size=batch_size, verbose=0)
