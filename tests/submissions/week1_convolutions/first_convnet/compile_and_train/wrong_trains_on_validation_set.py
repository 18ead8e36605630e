# what: the network also learns from the validation set
# fails: the validation set is measured, and not learned from
# fails: Adam takes one step of the learning rate's size per batch
# score: 6.43
def compile_and_train(
    model, train, validation, epochs, batch_size=32, learning_rate=0.001, verbose=0
):
    images, labels = train
    images = np.concatenate([images, validation[0]])
    labels = np.concatenate([labels, validation[1]])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    fitted = model.fit(
        images, labels, validation_data=validation, epochs=epochs, batch_size=batch_size, verbose=verbose
    )
    return model, fitted.history
