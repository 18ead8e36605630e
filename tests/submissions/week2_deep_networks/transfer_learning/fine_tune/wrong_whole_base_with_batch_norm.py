# what: base.trainable = True, and nothing else
# fails: the last layers of the base learn, and those before them stay as they are
# fails: batch norm stays as it was, all of it
# fails: with no layer unfrozen the base stays as it is
# score: 5
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    base = base_of(model)
    base.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    fitted = model.fit(*train, validation_data=validation, epochs=epochs, verbose=0)
    return model, fitted.history
