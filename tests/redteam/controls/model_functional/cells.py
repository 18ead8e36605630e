# %% exercise="build_net"
from keras import layers

def build_net(width):
    print("building", width)
    inputs = keras.Input((4,), name="in")
    hidden = layers.Activation("relu")(layers.Dense(width)(inputs))
    model = keras.Model(inputs, layers.Dense(3, name="out")(hidden))
    model.compile("sgd", "mse")
    model.summary()
    return model

# %% exercise="fit_line"
def fit_line(x, y):
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    slope, start = np.polyfit(x, y, 1)
    model.layers[0].set_weights([np.array([[slope]]), np.array([start])])
    model.compile("sgd", "mse")
    model.evaluate(x[:, None], y[:, None])
    return model
