# what: the loss takes the logits for probabilities
# fails: it learns the proportions of what it cannot tell apart
# fails: Adam takes one step of the learning rate's size per batch of 32
# score: 2.8
def train_head(features, labels, classes, epochs, learning_rate, seed):
    keras.utils.set_random_seed(seed)
    head = keras.Sequential([keras.Input(features.shape[1:]), layers.Dense(classes)])
    head.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy")
    head.fit(features, labels, batch_size=32, epochs=epochs, verbose=0)
    return head
