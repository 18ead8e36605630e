# what: freezes all, then wakes the last layers by a slice
# score: 10
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    base.trainable = True
    for layer in base.layers:
        layer.trainable = False
    for layer in base.layers[len(base.layers) - unfrozen :]:
        if "BatchNormalization" not in type(layer).__name__:
            layer.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*train, validation_data=validation, epochs=epochs, verbose=0)
    return model, fitted.history
