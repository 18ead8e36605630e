# what: counted from the start: the first layers learn, the last are frozen
# fails: the last layers of the base learn, and those before them stay as they are
# score: 7.5
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    base.trainable = True
    for number, layer in enumerate(base.layers):
        norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = number < unfrozen and not norm
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*train, validation_data=validation, epochs=epochs, verbose=0)
    return model, fitted.history
