# what: the seed is not used
# fails: the same seed gives the same head, another seed another
# fails: Adam takes one step of the learning rate's size per batch of 32
# score: 4.2
def train_head(features, labels, classes, epochs, learning_rate, seed):
    head = keras.Sequential([keras.Input(features.shape[1:]), layers.Dense(classes)])
    head.compile(keras.optimizers.Adam(learning_rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, batch_size=32, epochs=epochs, verbose=0)
    return head
