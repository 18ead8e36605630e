# what: one-hot labels and the loss that takes those
# score: 9
def compile_and_train(
    model, train, validation, epochs, batch_size=32, learning_rate=0.001, verbose=0
):
    classes = model.output_shape[-1]
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(learning_rate), metrics=["accuracy"])
    history = model.fit(
        x=train[0],
        y=keras.utils.to_categorical(train[1], classes),
        validation_data=(validation[0], keras.utils.to_categorical(validation[1], classes)),
        batch_size=batch_size,
        epochs=epochs,
        verbose=verbose,
    ).history
    return model, {name: [float(value) for value in values] for name, values in history.items()}
