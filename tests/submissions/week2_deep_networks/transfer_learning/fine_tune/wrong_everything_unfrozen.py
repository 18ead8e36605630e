# what: the whole base learns
# fails: the last layers of the base learn, and those before them stay as they are
# fails: with no layer unfrozen the base stays as it is
# score: 6.25
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    base.trainable = True
    for layer in base.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*train, validation_data=validation, epochs=epochs, verbose=0)
    return model, fitted.history
