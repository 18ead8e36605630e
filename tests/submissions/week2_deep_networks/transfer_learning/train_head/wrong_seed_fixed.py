# what: the seed is always 0
# fails: the same seed gives the same head, another seed another
# score: 5.6
def train_head(features, labels, classes, epochs, learning_rate, seed):
    keras.utils.set_random_seed(0)
    head = keras.Sequential([keras.Input(features.shape[1:]), layers.Dense(classes)])
    head.compile(keras.optimizers.Adam(learning_rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    head.fit(features, labels, batch_size=32, epochs=epochs, verbose=0)
    return head
