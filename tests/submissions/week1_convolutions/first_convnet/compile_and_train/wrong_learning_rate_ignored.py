# what: the optimizer is given by its name, with its own learning rate
# fails: it learns eight digits by heart
# fails: Adam takes one step of the learning rate's size per batch
# score: 5.14
def compile_and_train(
    model, train, validation, epochs, batch_size=32, learning_rate=0.001, verbose=0
):
    images, labels = train
    model.compile(
        optimizer="adam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    fitted = model.fit(
        images, labels, validation_data=validation, epochs=epochs, batch_size=batch_size, verbose=verbose
    )
    return model, fitted.history
