# what: epochs is ignored
# fails: the history has the four curves, one number per epoch
# score: 8.75
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    base.trainable = True
    for number, layer in enumerate(base.layers):
        norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = number >= len(base.layers) - unfrozen and not norm
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*train, validation_data=validation, verbose=0)
    return model, fitted.history
