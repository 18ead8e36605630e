# what: base.layers[:-0] is empty, so nothing is frozen for 0
# fails: with no layer unfrozen the base stays as it is
# score: 8.75
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    base.trainable = True
    for layer in base.layers[:-unfrozen]:
        layer.trainable = False
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*train, validation_data=validation, epochs=epochs, verbose=0)
    return model, fitted.history
