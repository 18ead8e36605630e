# what: what fit returns, not its dictionary
# fails: the history has the four curves, one number per epoch
# fails: the loss is the cross-entropy of the model's logits
# fails: it learns eight digits by heart
# fails: the validation set is measured, and not learned from
# fails: Adam takes one step of the learning rate's size per batch
# score: 0
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
        images, labels, validation_data=validation, epochs=epochs, batch_size=batch_size, verbose=verbose
    )
    return model, fitted
