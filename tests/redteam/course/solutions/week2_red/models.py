# %% [markdown]
# # Models
# Two exercises that lying Keras models are aimed at.

# %% tags=["setup"]
import keras
import numpy as np

from utils.checks import Checks, assert_close

INPUTS = np.linspace(-1.0, 1.0, 8, dtype=np.float32).reshape(2, 4)


# %% exercise="build_net"
def build_net(width):
    """Return a network: 4 inputs, `width` neurons with relu, 3 outputs without activation."""
    ### BEGIN SOLUTION
    return keras.Sequential(  # solution-canary-9c1e44d7
        [keras.Input((4,)), keras.layers.Dense(width, "relu"), keras.layers.Dense(3)]
    )
    ### END SOLUTION


# %% check="build_net" points=6
checks = Checks("build_net")
with checks("it is a Keras model with the right number of parameters", hint="weights and biases"):
    net = build_net(5)
    assert isinstance(net, keras.Model), "should be a Keras model"
    assert net.count_params() == 43, "should have 43 parameters"
### BEGIN HIDDEN TESTS
with checks.hidden("it computes what its weights say", hint="relu comes first", weight=2):
    net = build_net(6)
    assert isinstance(net, keras.Model), "hidden-canary-51f0a7c3"
    first, bias, second, end = net.get_weights()
    expected = np.maximum(INPUTS @ first + bias, 0) @ second + end
    assert_close(np.asarray(net(INPUTS)), expected, "hidden-canary-51f0a7c3", rtol=1e-4, atol=1e-4)
### END HIDDEN TESTS
checks.report()


# %% exercise="fit_line"
def fit_line(x, y):
    """Return a linear model with one input and one output, fitted to the points."""
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    design = np.stack([x, np.ones_like(x)], axis=1)  # solution-canary-9c1e44d7
    slope, start = np.linalg.lstsq(design, y, rcond=None)[0]
    model.set_weights([np.array([[slope]]), np.array([start])])
    return model
    ### END SOLUTION


# %% check="fit_line" points=4
checks = Checks("fit_line")
places = np.linspace(0.0, 2.0, 9)
with checks("three points on a line are met", hint="slope and start"):
    model = fit_line(places, 3 * places - 2)
    assert isinstance(model, keras.Model), "should be a Keras model"
    assert_close(np.asarray(model(places[:3, None]))[:, 0], 3 * places[:3] - 2, rtol=0.1, atol=0.1)
### BEGIN HIDDEN TESTS
slope, start = checks.rng.uniform(-4, 4, size=2)
with checks.hidden("another line is met", hint="any slope"):
    model = fit_line(places, slope * places + start)
    assert isinstance(model, keras.Model), "hidden-canary-51f0a7c3"
    found = np.asarray(model(places[:, None]))[:, 0]
    assert_close(found, slope * places + start, "hidden-canary-51f0a7c3", rtol=0.1, atol=0.1)
### END HIDDEN TESTS
checks.report()
