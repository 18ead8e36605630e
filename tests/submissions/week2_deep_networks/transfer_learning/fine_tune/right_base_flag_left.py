# what: wakes layers one by one; the flag of the base as a whole does not matter
# score: 10
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    for layer in base.layers[len(base.layers) - unfrozen :]:
        if not isinstance(layer, layers.BatchNormalization):
            layer.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*train, validation_data=validation, epochs=epochs, verbose=0)
    return model, fitted.history
