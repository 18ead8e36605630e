# what: training and validation set swapped
# fails: the loss is the cross-entropy of the logits, and the validation set is only measured
# score: 8.75
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    base.trainable = True
    for number, layer in enumerate(base.layers):
        norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = number >= len(base.layers) - unfrozen and not norm
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*validation, validation_data=train, epochs=epochs, verbose=0)
    return model, fitted.history
