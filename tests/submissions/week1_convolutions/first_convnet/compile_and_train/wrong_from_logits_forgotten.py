# what: the loss takes the logits for probabilities
# fails: the loss is the cross-entropy of the model's logits
# fails: it learns eight digits by heart
# fails: the validation set is measured, and not learned from
# score: 2.57
def compile_and_train(
    model, train, validation, epochs, batch_size=32, learning_rate=0.001, verbose=0
):
    images, labels = train
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    fitted = model.fit(
        images, labels, validation_data=validation, epochs=epochs, batch_size=batch_size, verbose=verbose
    )
    return model, fitted.history
