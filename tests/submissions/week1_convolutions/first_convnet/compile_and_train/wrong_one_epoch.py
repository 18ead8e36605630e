# what: epochs does not reach fit
# fails: the history has the four curves, one number per epoch
# fails: it learns eight digits by heart
# fails: Adam takes one step of the learning rate's size per batch
# score: 3.86
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
        images, labels, validation_data=validation, epochs=1, batch_size=batch_size, verbose=verbose
    )
    return model, fitted.history
