# what: batch norm among the last layers learns too
# fails: batch norm stays as it was, all of it
# score: 8.75
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    base.trainable = True
    for number, layer in enumerate(base.layers):
        layer.trainable = number >= len(base.layers) - unfrozen
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*train, validation_data=validation, epochs=epochs, verbose=0)
    return model, fitted.history
