# what: stochastic gradient descent for Adam
# fails: Adam takes one step of the learning rate's size per batch
# score: 7.71
def compile_and_train(
    model, train, validation, epochs, batch_size=32, learning_rate=0.001, verbose=0
):
    images, labels = train
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    fitted = model.fit(
        images, labels, validation_data=validation, epochs=epochs, batch_size=batch_size, verbose=verbose
    )
    return model, fitted.history
