# what: functional, with labels as rows of zeros and ones
# score: 7
def train_head(features, labels, classes, epochs, learning_rate, seed):
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((features.shape[1],))
    head = keras.Model(inputs, layers.Dense(classes, name="logits")(inputs))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(learning_rate=learning_rate), loss)
    head.fit(features, np.eye(classes)[labels], epochs=epochs, verbose=0)
    return head
