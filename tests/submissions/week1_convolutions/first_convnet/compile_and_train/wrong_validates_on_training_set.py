# what: the validation curves are measured on the training set
# fails: the validation set is measured, and not learned from
# score: 7.71
def compile_and_train(
    model, train, validation, epochs, batch_size=32, learning_rate=0.001, verbose=0
):
    images, labels = train
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    fitted = model.fit(
        images, labels, validation_data=train, epochs=epochs, batch_size=batch_size, verbose=verbose
    )
    return model, fitted.history
