# %% [markdown]
# # Residual networks: deeper without getting worse
#
# More layers should never hurt: a deeper network could copy a shallower one and let its further
# layers do nothing. Yet when people stacked more than about twenty layers, the networks became
# worse, on the very pictures that they were trained on. In this lesson you see that happen on
# traffic signs. Then you mend it with one addition per block, and build ResNet-50 from your own
# parts.
#
# **You will be able to**
#
# - tell overfitting from a network that cannot be trained, by its training error;
# - write batch norm, and say what it does in training and what in use;
# - build the blocks of residual networks, and say which signal reaches where;
# - read the architecture of ResNet-50 line by line, and assemble it;
# - find three mistakes that raise no error and take the shortcut's effect away.
#
# | | |
# |---|---|
# | Needed before | `first_convnet` of week 1: shapes, parameters, the functional API, `compile` and `fit` |
# | Time | about three and a half hours |
# | Hardware | two CPU cores; the whole notebook computes for about three minutes |
# | Data | traffic signs that the course draws itself, with photographs of scikit-image as backgrounds. No download. |
# | Points | 70 in nine exercises |

# %% tags=["setup"]
import logging
import os
from collections import Counter

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets on standard error

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from utils.checks import Checks, assert_close, assert_shape, call_unchanged
from utils.figures import PALETTE, grid, show
from utils.gradients import weight_gradients
from utils.settings import choose, progress
from utils.traffic_signs import SIGN_NAMES, draw_sign, traffic_signs

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it remarks on many small models


def set_weights_by_name(model, **values):
    """Give all weights of a name a value: `kernel`, `bias`, `gamma`, `beta`, `moving_mean` …

    A value is a number, or a function that takes a weight's shape and returns an array or a number.
    """
    for weight in model.weights:
        if weight.name in values:
            value = values[weight.name]
            value = value(tuple(weight.shape)) if callable(value) else value
            weight.assign(np.broadcast_to(value, weight.shape).astype("float32"))


def model_problem(model):
    """Say what keeps something from being a Keras model with weights; empty if nothing does."""
    if not isinstance(model, keras.Model):
        return f"should return a model, got {type(model).__name__}"
    return "" if model.built else "the model has no weights yet: begin with keras.Input"


def outputs_of(model, images, training=False):
    """Run a model in use or in training; return its outputs as a NumPy array."""
    result = model(np.asarray(images, dtype="float32"), training=training)
    return np.array(ops.convert_to_numpy(result), dtype="float64")


def moving_statistics(model):
    """Copy the moving means and variances of all batch norm layers, in the model's order."""
    found = [weight for weight in model.weights if weight.name.startswith("moving")]
    return [np.array(ops.convert_to_numpy(weight)) for weight in found]


def count_weights(model):
    """Count the trained numbers of a model, and those it only remembers."""
    trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return trained, sum(int(np.prod(weight.shape)) for weight in model.weights) - trained


def kernel_shapes(model):
    """Count the kernels of a model by their shape."""
    return Counter(tuple(w.shape) for w in model.weights if w.name == "kernel")


def inference_problem(model, images):
    """Say whether in use a model's answers depend on the batch, or move its statistics."""
    before = moving_statistics(model)
    # None is what a plain call says: a mode that was fixed in building comes to light here only.
    together = outputs_of(model, images, training=None)[0]
    alone = outputs_of(model, images[:1], training=None)[0]
    if not np.allclose(alone, together, rtol=1e-3, atol=1e-3):
        where = np.unravel_index(np.abs(alone - together).argmax(), alone.shape)
        return (
            f"one and the same picture gives {alone[where]:.4g} alone and {together[where]:.4g} "
            "in a batch"
        )
    same = [np.array_equal(a, b) for a, b in zip(before, moving_statistics(model), strict=True)]
    return "" if all(same) else "a plain call, model(images), changed the moving statistics"


def training_problem(model, images, norms):
    """Say whether training leaves any of the moving statistics of so many batch norms alone."""
    before = moving_statistics(model)
    if len(before) != 2 * norms:
        return f"{norms} batch norms have {2 * norms} moving statistics, got {len(before)}"
    outputs_of(model, images, training=True)
    same = [np.array_equal(a, b) for a, b in zip(before, moving_statistics(model), strict=True)]
    if not any(same):
        return ""
    return (
        f"{sum(same)} of {len(same)} moving statistics stayed as they were in a call with "
        "training=True"
    )


# %% [markdown]
# ## Where this goes
#
# Take a picture of a sign and send it through forty layers that nobody trained: $3 \times 3$
# convolutions with random kernels, each followed by normalisation and ReLU. Below, the upper row
# shows what is left after some of them. The lower row has the same kernels. But there each
# layer's result, halved, is *added* to what went in. That is all.

# %%
sign = draw_sign(SIGN_NAMES[1], 64)
start = (sign[..., :3] * sign[..., 3:] + 0.45 * (1 - sign[..., 3:]))[np.newaxis]
rng = np.random.default_rng(4)


def normalised(x):
    return (x - x.mean(axis=(0, 1, 2))) / x.std(axis=(0, 1, 2))


def shown(x):
    return np.clip(0.5 + 0.2 * normalised(x)[0], 0, 1)


plain = added = normalised(start)
rows = {0: (shown(plain), shown(added))}
for depth in range(1, 41):
    kernel = rng.normal(size=(3, 3, 3, 3)).astype("float32")

    def branch(x, kernel=kernel):
        x = np.maximum(x, 0).astype("float32")
        return normalised(ops.convert_to_numpy(ops.conv(x, kernel, padding="same")))

    plain = branch(plain)
    added = added + branch(normalised(added)) * 0.5
    rows[depth] = (shown(plain), shown(added))
depths = (0, 1, 2, 5, 10, 20, 40)
fig = grid(
    [rows[d][0] for d in depths] + [rows[d][1] for d in depths],
    ["the picture", "1 layer", *(f"{d} layers" for d in depths[2:])] + [""] * len(depths),
    columns=len(depths),
    height=1.25,
)
fig.set_figheight(2.75)
show(
    fig,
    caption="A sign on its way through random layers. Above: one after the other. Below: each layer's result is "
    "added to its input.",
    alt="Two rows of pictures of a traffic sign after 0, 1, 2, 5, 10, 20 and 40 layers. In the upper "
    "row the sign dissolves into blotches after a few layers; in the lower row it can still be "
    "recognised after 40.",
)

# %% [markdown]
# A layer can learn from a signal only if the signal reaches it, and its gradient only if the way
# back is open. The addition opens both ways. You will measure both.
#
# **The data.** Sixteen signs, drawn by the course: in perspective, in the sun or in the dusk,
# blurred, dirty, half behind something, before a piece of a photograph. Several differ in a
# detail. The labels are exact, because whoever draws a picture knows what is in it.

# %%
signs = traffic_signs(
    train=choose(2400, quick=192), validation=choose(320, quick=32), test=choose(960, quick=64)
)
CLASSES = len(signs.names)
first = [int(np.flatnonzero(signs.train.labels == k)[0]) for k in range(CLASSES)]
second = [int(np.flatnonzero(signs.train.labels == k)[1]) for k in range(CLASSES)]
fig = grid(
    [signs.train.images[i] for i in (*first[:8], *second[:8], *first[8:], *second[8:])],
    [*signs.names[:8], *[""] * 8, *signs.names[8:], *[""] * 8],
    columns=8,
    height=1.1,
    limits=(0, 1),
)
fig.set_figheight(5.0)
for axis in fig.axes:
    axis.title.set_fontsize(8)
show(
    fig,
    caption=f"Two pictures of each of the {CLASSES} signs, 32×32 pixels. {len(signs.train.labels):,} such "
    f"pictures to learn from, {len(signs.test.labels):,} to be tested on.",
    alt="A sheet of small colour pictures of traffic signs on many backgrounds, two of each kind, "
    "some blurred, some dark, some partly covered.",
)

# %% [markdown]
# ## 1 · Deeper, and worse
#
# **Why it matters.** When a network does badly, the first question is *on which pictures*. Badly
# on new pictures but well on those it was trained on: it learned by heart, and wants more data or
# fewer weights. Badly on the training pictures too: something keeps it from learning, and more
# data will not help.
#
# To see the second kind we need networks that differ in their depth and in nothing else. He,
# Zhang, Ren and Sun (2016a, section 4.2) used a family with one dial, $n$, for pictures of $32
# \times 32$:
#
# | part | convolutions, all $3 \times 3$ | output for $32 \times 32$ | filters |
# |---|---|---|---|
# | start | 1 | 32 × 32 | $w$ |
# | stage 1 | $2n$ | 32 × 32 | $w$ |
# | stage 2 | $2n$, the first with stride 2 | 16 × 16 | $2w$ |
# | stage 3 | $2n$, the first with stride 2 | 8 × 8 | $4w$ |
# | end | mean over all places, one dense layer | classes | |
#
# That makes $6n + 1$ convolutions and one dense layer: $6n + 2$ layers with weights. $w$ is the
# *width*; the paper has $w = 16$ and goes from $n = 3$ (20 layers) to $n = 18$ (110).
#
# Every convolution is followed by batch norm (section 2 is about it; for now it is a layer that
# keeps numbers in a sane range) and ReLU. The convolutions have no bias: batch norm subtracts
# each channel's mean, so a bias would vanish at once. Batch norm's own $\beta$ takes its place.
#
# **By hand**, parameters that are trained, for $n = 1$, colour pictures, $w = 8$, 16 classes. A
# convolution from $a$ to $b$ channels has $9ab$ weights, its batch norm $2b$ ($\gamma$ and
# $\beta$).
#
# - start: $9 \cdot 3 \cdot 8 + 16 = 232$
# - stage 1: $2 \cdot (9 \cdot 8 \cdot 8 + 16) = 1{,}184$
# - stage 2: $(9 \cdot 8 \cdot 16 + 32) + (9 \cdot 16 \cdot 16 + 32) = 3{,}520$
# - stage 3: $(9 \cdot 16 \cdot 32 + 64) + (9 \cdot 32 \cdot 32 + 64) = 13{,}952$
# - end: $32 \cdot 16 + 16 = 528$
#
# In all 19,416.

# %%
fig, axis = plt.subplots(figsize=(9, 2.6))
x = 0.0
for n, base in ((1, 1.0), (3, 0.0)):
    x = 0.0
    blocks = [("sky", 1, 0.7)] + [
        (color, 2 * n, high) for color, high in (("blue", 0.7), ("green", 0.5), ("orange", 0.32))
    ]
    for stage, (color, count, high) in enumerate(blocks):
        for _ in range(count):
            axis.add_patch(
                plt.Rectangle((x, base + 0.4 - high / 2), 0.6, high, color=PALETTE[color], lw=0)
            )
            x += 0.85
        x += 0.35 if stage else 0.0
    axis.add_patch(plt.Rectangle((x, base + 0.2), 0.3, 0.4, color=PALETTE["black"], lw=0))
    axis.text(-0.4, base + 0.4, f"n = {n}\n{6 * n + 2} layers", ha="right", va="center")
axis.set(xlim=(-2.6, 18.6), ylim=(-0.1, 2.2))
axis.axis("off")
handles = [
    plt.Rectangle((0, 0), 1, 1, color=PALETTE[c])
    for c in ("sky", "blue", "green", "orange", "black")
]
axis.legend(
    handles,
    [
        "start",
        "stage 1: w filters",
        "stage 2: 2w, half the size",
        "stage 3: 4w, a quarter",
        "dense",
    ],
    ncols=5,
    loc="upper center",
    fontsize=8,
    handlelength=1,
)
show(
    fig,
    caption="The family of networks, each bar a layer with weights; its height stands for the size of its maps.",
    alt="Two chains of bars: 8 layers for n equal 1, 20 layers for n equal 3, in three stages of falling height.",
)

# %% [markdown]
# ## Exercise 1 · A plain network of any depth (6 points · about 15 min)
#
# Write `plain_network`. Our machine is slow: so the first convolution gets a stride of its own,
# `first_stride`. With 1 you have the table above; with 2, all maps are half as high and wide, and
# the work is a quarter. The padding is "same" everywhere.
#
# Use `layers.BatchNormalization()` and `layers.GlobalAveragePooling2D()` (the mean over all
# places). The outputs are logits.


# %% exercise="plain_network"
def plain_network(n, input_shape, classes, width=8, first_stride=1):
    """Build a plain network of 6n + 2 layers (He et al. 2016a, section 4.2).

    Args:
        n: Half the number of convolutions in each of the three stages.
        input_shape: `(H, W, C)` of one picture.
        classes: Number of classes.
        width: Filters in the first stage; doubled from stage to stage.
        first_stride: Stride of the very first convolution.

    Returns:
        A Keras model from pictures `(N, H, W, C)` to logits `(N, classes)`, not compiled.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input(input_shape)])

    def add_layer(filters, stride):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())

    add_layer(width, first_stride)
    for stage in range(3):
        for number in range(2 * n):
            add_layer(width * 2**stage, stride=2 if stage > 0 and number == 0 else 1)
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(classes))
    return model
    ### END SOLUTION


# %% check="plain_network" points=6
checks = Checks("plain_network")


def built(*args, **kwargs):
    """Call the learner's function and look at what it returns."""
    model = plain_network(*args, **kwargs)
    problem = model_problem(model)
    assert not problem, problem
    return model


def plain_count(n, channels, classes, width):
    """Count trained numbers by the formula of the section above."""
    sides = [(channels, width)]
    for stage in range(3):
        sides.append((width * max(1, 2 ** (stage - 1)) if stage else width, width * 2**stage))
        sides += [(width * 2**stage, width * 2**stage)] * (2 * n - 1)
    return sum(9 * a * b + 2 * b for a, b in sides) + (4 * width + 1) * classes


with checks(
    "the model maps pictures of any shape to one logit per class",
    hint="which layer turns maps of any size into one number per channel?",
):
    for shape, classes in (((16, 12, 3), 5), ((20, 24, 1), 7)):
        model = built(1, shape, classes, width=2)
        got = outputs_of(model, np.zeros((3, *shape)))
        assert_shape(got, (3, classes), f"the output for 3 pictures of {shape}")
with checks(
    "there are 6n + 1 convolutions, 2n of them in each stage",
    hint="how many convolutions does the table give a stage, and is the start one of them?",
):
    for n in (1, 2):
        shapes = kernel_shapes(built(n, (16, 16, 3), 4, width=2))
        for shape, wanted in (
            ((3, 3, 3, 2), 1),
            ((3, 3, 2, 2), 2 * n),
            ((3, 3, 2, 4), 1),
            ((3, 3, 4, 4), 2 * n - 1),
            ((3, 3, 4, 8), 1),
            ((3, 3, 8, 8), 2 * n - 1),
        ):
            assert shapes[shape] == wanted, (
                f"n = {n}, width 2: {wanted} kernels of shape {shape}, got {shapes[shape]}"
            )
        convolutions = sum(count for shape, count in shapes.items() if len(shape) == 4)
        assert convolutions == 6 * n + 1, f"n = {n}: {6 * n + 1} convolutions, got {convolutions}"
with checks(
    "the number of trained parameters is that of the formula",
    hint="which parts of the sum in the text does model.summary() show otherwise?",
):
    for n, channels, classes, width in ((1, 3, 16, 8), (2, 1, 5, 3)):
        trained, remembered = count_weights(built(n, (16, 16, channels), classes, width))
        wanted = plain_count(n, channels, classes, width)
        assert trained == wanted, (
            f"n = {n}, {channels} channels, {classes} classes, width {width}: {wanted:,} trained "
            f"parameters, got {trained:,}"
        )
with checks(
    "every convolution has its batch norm, in training and in use",
    hint="how many moving means does a network with 6n + 1 batch norms have?",
):
    model = built(1, (12, 12, 3), 4, width=2)
    images = checks.rng.normal(1, 2, size=(6, 12, 12, 3))
    problem = inference_problem(model, images)
    assert not problem, problem
    problem = training_problem(model, images, 7)
    assert not problem, problem
### BEGIN HIDDEN TESTS


def plain_by_hand(model, images, n, first_stride):
    """Compute the network in use, from its weights in their order."""
    named = {name: [] for name in ("kernel", "gamma", "beta", "moving_mean", "moving_variance")}
    for weight in model.weights:
        named.get(weight.name, []).append(ops.convert_to_numpy(weight))
    *kernels, dense = named.pop("kernel")
    strides = [first_stride] + [
        2 if stage and not k else 1 for stage in range(3) for k in range(2 * n)
    ]
    x = images.astype("float32")
    for kernel, stride, gamma, beta, mean, variance in zip(
        kernels, strides, *named.values(), strict=True
    ):
        x = ops.convert_to_numpy(ops.conv(x, kernel, strides=stride, padding="same"))
        x = np.maximum(gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta, 0)
    return x.mean(axis=(1, 2)) @ dense


with checks.hidden(
    "with given weights it computes convolution, batch norm, ReLU, layer by layer, then mean and dense",
    hint="which order do the three have, where are the strides, what comes last?",
    weight=2,
):
    for first_stride in (1, 2):
        model = built(1, (16, 12, 3), 4, 3, first_stride)
        set_weights_by_name(
            model,
            kernel=lambda shape: checks.rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape),
            gamma=lambda shape: checks.rng.uniform(0.7, 1.3, shape),
            beta=lambda shape: checks.rng.normal(0.3, 0.3, shape),
            moving_mean=lambda shape: checks.rng.normal(0, 0.3, shape),
            moving_variance=lambda shape: checks.rng.uniform(0.7, 1.5, shape),
            bias=0.0,
        )
        images = checks.rng.normal(size=(3, 16, 12, 3))
        expected = plain_by_hand(model, images, 1, first_stride)
        assert_close(outputs_of(model, images), expected, "the logits", rtol=2e-2, atol=2e-2)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Two loops: one over the stages 0, 1, 2, one over the $2n$ convolutions of a stage. The filters
# are $w \cdot 2^{\text{stage}}$. One convolution per stage may have stride 2; in stage 0 none has.
# A function inside your function for "convolution, batch norm, ReLU" keeps it short.
# </details>
#
# **To think about.** A colleague wants to compare a shallow and a deep network "of the same
# size", with the same number of parameters. What else changes then, apart from the depth?

# %% [markdown]
# ### The experiment
#
# The next cell holds a helper that trains a network once per depth and remembers it. All networks
# get the same pictures, the same number of epochs, and Adam with a learning rate that falls to
# zero. We look at the **training error**: the share of *training* pictures that is read wrongly.

# %%
EPOCHS = choose(8, quick=1, gpu=20)
DEPTHS = choose((1, 5), quick=(1, 2), gpu=(1, 3, 5, 9))
WIDTH = 8
_on_signs = {}


def trained_on_signs(build, n, seed=0):
    """Train a network on the signs, once per builder, depth and seed.

    Returns the model and the lists of its fit. Blocks that were written anew are trained anew.
    """
    blocks = (globals().get("identity_block"), globals().get("projection_block"))
    key = (build, n, seed, blocks if build.__name__ == "resnet" else None)
    if key not in _on_signs:
        keras.utils.set_random_seed(seed)
        model = build(n, signs.train.images.shape[1:], CLASSES, width=WIDTH, first_stride=2)
        steps = EPOCHS * -(-len(signs.train) // 64)
        model.compile(
            optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.003, steps)),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        fitted = model.fit(
            signs.train.images, signs.train.labels, batch_size=64, epochs=EPOCHS, verbose=0
        )
        _on_signs[key] = (model, fitted.history)
    return _on_signs[key]


def draw_errors(axis, build, title):
    """Draw the training error of a family of networks, a curve per depth."""
    colors = [PALETTE[name] for name in ("sky", "orange", "vermilion", "black")]
    for n, color, marker in zip(DEPTHS, colors, "os^v", strict=False):
        error = 1 - np.array(trained_on_signs(build, n)[1]["accuracy"])
        axis.plot(
            np.arange(1, EPOCHS + 1),
            error,
            marker=marker,
            ms=4,
            color=color,
            label=f"{6 * n + 2} layers",
        )
    axis.set(xlabel="epoch", title=title, ylim=(0, 1))
    axis.legend()


# %%
for n in progress(DEPTHS, "plain networks"):
    trained_on_signs(plain_network, n)
fig, axis = plt.subplots(figsize=(5, 3))
draw_errors(axis, plain_network, "plain networks")
axis.set_ylabel("training error")
show(
    fig,
    caption="The deep network makes more mistakes than the shallow one, on the very pictures that it is trained on.",
    alt="Falling curves of the training error over the epochs. The curve of the shallow network falls "
    "fast; that of the deep one stays far above it.",
)

# %% [markdown]
# This is not overfitting. A network that overfits is *good* on its training pictures. These get
# worse with depth on the training pictures themselves. He and others call it **degradation**.
#
# It is not a lack of power either. Take the trained shallow network, insert layers that pass
# their input on unchanged, and you have a deep network that is as good. Such weights exist. The
# optimizer does not find them.
#
# **To think about.** A convolution followed by ReLU passes its input on unchanged for which
# kernel, and for which inputs?

# %% [markdown]
# ## 2 · Batch norm has two modes
#
# **Why it matters.** Batch norm (Ioffe and Szegedy, 2015) made networks of twenty layers
# trainable in the first place. It is also the layer that behaves differently in training and in
# use, and the most frequent reason why a model that trains well answers badly.
#
# **In training**, for each channel, take mean and variance over the batch: over all $N$ pictures
# and all places.
#
# $$\mu = \frac{1}{NHW} \sum x, \qquad \sigma^2 = \frac{1}{NHW} \sum (x - \mu)^2, \qquad
# y = \gamma \, \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$$
#
# $\mu, \sigma^2, \gamma, \beta$ have one number per channel. $\varepsilon$ is small and prevents
# a division by zero. $\gamma$ and $\beta$ are trained: the network may choose another spread and
# another mean. (The variance divides by $NHW$, not by $NHW - 1$.)
#
# **In use** there may be one picture only, and its answer must not depend on which other pictures
# happen to lie in the batch. So the layer remembers **moving statistics** while it trains. Each
# training batch moves them a little towards its own, with a *momentum* $m$ close to 1:
#
# $$\hat\mu \leftarrow m\,\hat\mu + (1 - m)\,\mu, \qquad
# \hat\sigma^2 \leftarrow m\,\hat\sigma^2 + (1 - m)\,\sigma^2$$
#
# In use, $y = \gamma\,(x - \hat\mu) / \sqrt{\hat\sigma^2 + \varepsilon} + \beta$, and nothing is
# moved.
#
# In Keras, `fit` asks for the first mode and `predict` for the second, for all layers of a model.
# A plain call, `model(images)`, means use; `model(images, training=True)` means training. When you
# *build* a model, say nothing about it: the caller decides.
#
# **By hand.** One channel, a batch of two pictures of $1 \times 2$: $(0, 4)$ and $(4, 8)$. Mean
# 4, variance $(16 + 0 + 0 + 16) / 4 = 8$, so with $\gamma = 1, \beta = 0$ the output is about
# $(-1.41, 0)$ and $(0, 1.41)$. With $m = 0.75$ a moving mean of 0 becomes $0.75 \cdot 0 + 0.25
# \cdot 4 = 1$, a moving variance of 1 becomes $0.75 + 0.25 \cdot 8 = 2.75$. In use, with these
# two, the same pictures give $(-0.60, 1.81)$ and $(1.81, 4.22)$: far from the training output.
# After many batches the two agree.

# %%
rng = np.random.default_rng(0)
steps = np.arange(300)
true_mean = np.where(steps < 150, 3.0, 5.0)  # the layers before change while they learn
batch_means = true_mean + rng.normal(0, 1.0, size=steps.size)
fig, axis = plt.subplots(figsize=(7.5, 2.8))
axis.plot(steps, batch_means, ".", ms=3, color="#999999", label="mean of each batch")
for momentum, color in ((0.9, "orange"), (0.99, "blue")):
    value, curve = 0.0, []
    for mean in batch_means:
        value = momentum * value + (1 - momentum) * mean
        curve.append(value)
    axis.plot(steps, curve, color=PALETTE[color], label=f"moving mean, momentum {momentum}")
axis.set(xlabel="training step", ylabel="mean of one channel", ylim=(-0.2, 10))
axis.legend(fontsize=9, ncols=3, loc="upper left")
show(
    fig,
    caption="A moving mean starts at 0 and follows the means of the batches: the closer the momentum is to 1, "
    "the smoother and the later. Until it has arrived, use and training differ.",
    alt="Gray dots scatter around 3, from step 150 around 5. An orange curve follows them within about thirty "
    "steps and trembles; a blue curve is smooth and needs some three hundred.",
)

# %% [markdown]
# ## Exercise 2 · Batch norm in NumPy (8 points · about 20 min)
#
# Write `batch_norm`, both modes. It returns the moving statistics as they are after the call; it
# changes none of its arguments.


# %% exercise="batch_norm"
def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    """Normalise each channel (Ioffe and Szegedy 2015, algorithms 1 and 2).

    Args:
        x: Float array `(N, H, W, C)`.
        gamma: Spread of the output per channel, `(C,)`.
        beta: Mean of the output per channel, `(C,)`.
        moving_mean: `(C,)`.
        moving_variance: `(C,)`.
        training: Whether to use, and remember, the batch's own statistics.
        momentum: Share of the old moving statistics that is kept.
        epsilon: Added to a variance before its square root.

    Returns:
        `(y, moving_mean, moving_variance)`: the output `(N, H, W, C)` and the moving statistics
        after this call, `(C,)` each.
    """
    ### BEGIN SOLUTION
    mean, variance = moving_mean, moving_variance
    if training:
        mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    return y, moving_mean, moving_variance
    ### END SOLUTION


# %% check="batch_norm" points=8
checks = Checks("batch_norm")


def normalise(x, training, gamma=1.0, beta=0.0, mean=0.0, variance=1.0, **settings):
    """Call the learner's function with numbers or arrays per channel; look at the result's form."""
    channels = x.shape[-1]
    parameters = [
        np.broadcast_to(p, (channels,)).astype("float64") for p in (gamma, beta, mean, variance)
    ]
    result = batch_norm(x, *parameters, training, **settings)
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        "should return (y, moving_mean, moving_variance)"
    )
    assert_shape(result[0], x.shape, "the output")
    for value, name in zip(result[1:], ("mean", "variance"), strict=True):
        assert_shape(value, (channels,), f"the moving {name}")
    return [np.asarray(part) for part in result]


BY_HAND = np.array([[0.0, 4.0], [4.0, 8.0]]).reshape(2, 1, 2, 1)

with checks(
    "in training every channel of the output has mean beta and spread gamma",
    hint="over which axes is the mean taken, if one number per channel is to remain?",
):
    x = checks.rng.normal([5, -3, 0], [10, 30, 20], size=(8, 6, 5, 3))
    y, *_ = normalise(x, True, gamma=[1, 2, 3], beta=[0, 5, -1])
    assert_close(y.mean(axis=(0, 1, 2)), [0, 5, -1], "the channels' means", atol=1e-3)
    # 240 numbers a channel: dividing by 239 would change this by 0.2 %.
    assert_close(y.std(axis=(0, 1, 2)), [1, 2, 3], "the channels' spread", rtol=0.02)
with checks(
    "the example by hand: the variance divides by the number of values",
    hint="how many squares are in the sum of the example, and what is it divided by?",
):
    y, *_ = normalise(BY_HAND, True, epsilon=0.0)
    expected = (BY_HAND - 4) / np.sqrt(8)
    assert_close(y, expected, "the output of the example", rtol=1e-5, atol=1e-8)
with checks(
    "training moves the moving mean by the share 1 - momentum",
    hint="momentum close to 1 means: change little",
):
    _, mean, _ = normalise(BY_HAND, True, momentum=0.75)
    assert_close(float(mean[0]), 1.0, "the moving mean of the example, from 0 with momentum 0.75,")
with checks(
    "training moves the moving variance likewise",
    hint="it is a variance that is remembered, without its square root",
):
    x = np.stack([BY_HAND[..., 0]] * 2 + [-10 * BY_HAND[..., 0]], axis=-1)
    _, _, variance = normalise(x, True, momentum=0.75, variance=[1, 5, 0])
    close = np.isclose(variance, [2.75, 5.75, 200], rtol=0.001)
    # Some take the variance that divides by N·H·W - 1 here, as one formula of the paper does.
    other = np.isclose(variance, [0.75 + 8 / 3, 3.75 + 8 / 3, 200 * 4 / 3], rtol=0.001)
    assert (close | other).all(), (
        f"a moving variance of 1 becomes 2.75 in the example with momentum 0.75, got {variance[0]:.4g}"
    )
with checks(
    "in use the moving statistics decide, and stay as they were",
    hint="which of the five arrays per channel may the output depend on, and which may change?",
):
    y, mean, variance = normalise(BY_HAND, False, mean=1.0, variance=2.75, epsilon=0.0)
    assert_close(y, (BY_HAND - 1) / np.sqrt(2.75), "the output of the example", rtol=1e-5)
    assert mean[0] == 1 and variance[0] == 2.75, (
        f"moving statistics of 1 and 2.75 should stay, got {mean[0]:.4g} and {variance[0]:.4g}"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a picture is answered alike, alone or in a batch",
    hint="which mode is meant for use, and where might the batch still come in?",
):
    x = checks.rng.normal(size=(5, 3, 4, 2))
    together, *_ = normalise(x, False, mean=[0.5, -1], variance=[2, 0.5])
    alone, *_ = normalise(x[3:4], False, mean=[0.5, -1], variance=[2, 0.5])
    assert_close(alone[0], together[3], "picture 3", rtol=1e-6, atol=1e-9)
with checks.hidden(
    "it agrees with Keras's layer in both modes",
    hint="build layers.BatchNormalization() and compare, with arrays of your own",
    weight=2,
):
    shape = (4, 5, 3, 6)
    parameters = [
        checks.rng.uniform(0.5, 2, 6), checks.rng.normal(size=6),
        checks.rng.normal(size=6), checks.rng.uniform(0.5, 2, 6),
    ]  # fmt: skip
    x = checks.rng.normal(1, 2, size=shape)
    for training in (True, False):
        layer = layers.BatchNormalization(momentum=0.9, epsilon=0.01)
        layer.build(shape)
        layer.set_weights(parameters)
        expected = ops.convert_to_numpy(layer(x.astype("float32"), training=training))
        settings = dict(zip(("gamma", "beta", "mean", "variance"), parameters, strict=True))
        y, *_ = normalise(x, training, **settings, momentum=0.9, epsilon=0.01)
        assert_close(y, expected, "the output", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "the arguments stay as they were",
    hint="an operator such as *= changes the array that the caller still holds",
):
    parameters = [checks.rng.uniform(1, 2, 3) for _ in range(4)]
    call_unchanged(batch_norm, checks.rng.normal(size=(2, 3, 4, 3)), *parameters, True)
with checks.hidden(
    "epsilon keeps a channel without any spread finite",
    hint="where does epsilon stand in the formula: under the root, or beside it?",
):
    x = np.full((2, 3, 3, 1), 7.0)
    y, *_ = normalise(x, True, gamma=2.0, beta=-1.0, epsilon=0.25)
    assert_close(y, np.full(x.shape, -1.0), "the output of a constant channel", atol=1e-6)
    y, *_ = normalise(x, False, mean=6.0, variance=0.0, epsilon=0.25)
    assert_close(y, np.full(x.shape, 2.0), "the output for a moving variance of 0", rtol=1e-5)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# NumPy's `mean` and `var` take a tuple of axes. First decide which mean and variance this call
# uses; then one line for the output serves both modes. Build the new moving statistics as new
# arrays; `moving_mean *= momentum` would change the caller's.
# </details>
#
# **To think about.** You train with batches of one picture of $1 \times 1$ pixels. What comes out
# of the layer, whatever goes in?

# %% [markdown]
# ## 3 · The shortcut
#
# **Why it matters.** Degradation says: layers find it hard to learn to *do nothing*. So He and
# others made doing nothing the easy case. A **block** of a residual network computes
#
# $$y = \operatorname{ReLU}\big(x + F(x)\big)$$
#
# $F$ is the **branch**: convolution, batch norm, ReLU, convolution, batch norm. $x$ itself goes
# around it over the **shortcut**. The branch learns the *residual*: what must be added to the
# input. If all its kernels are zero, the block passes on what it got.
#
# **The way back.** By the chain rule, for the sum $s = x + F(x)$ before the last ReLU,
#
# $$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial s} +
# \frac{\partial L}{\partial s} \frac{\partial F}{\partial x}$$
#
# with $L$ the loss. The first term arrives whatever the branch does. In a plain
# network only the second exists, and a product of fifty such factors is soon very small or very
# large.
#
# **By hand.** Let every layer be a multiplication by 0.1. Ten layers one after the other: the
# gradient is multiplied by $0.1^{10} = 10^{-10}$. Ten blocks $x + 0.1x$: by $1.1^{10} = 2.6$.
# With factors of 1.5: $57$ and $2.5^{10} = 9{,}537$. The sum does not protect from gradients that
# grow; batch norm at the end of the branch and small weights must see to that.
#
# The order of things matters. Here are the blocks of this lesson, input at the top:


# %%
def draw_block(axis, title, branch, shortcut, after):
    """Draw a block: the boxes of the branch, those on the shortcut, and those after the addition."""
    colors = {"3×3": "#A9CBE4", "1×1": "#D3EBF9", "BN": "#F7DDA0", "ReLU": "#A5DCCB"}
    side, top, end = 2.1, -0.7, len(branch) + 0.1

    def box(x, y, text):
        kind = next(kind for kind in colors if kind in text)
        style = {"boxstyle": "round,pad=0.02,rounding_size=0.12", "edgecolor": "none", "zorder": 3}
        axis.add_patch(
            FancyBboxPatch((x - 0.9, y - 0.3), 1.8, 0.6, facecolor=colors[kind], **style)
        )
        axis.text(x, y, text, ha="center", va="center", fontsize=8, zorder=4)

    def arrow(points, color, width):
        axis.plot(*zip(*points[:-1], strict=True), color=color, lw=width, zorder=1)
        axis.add_patch(
            FancyArrowPatch(
                points[-2], points[-1], arrowstyle="-|>", mutation_scale=10, shrinkA=0, shrinkB=0,
                color=color, lw=width, zorder=1,
            )
        )  # fmt: skip

    arrow([(0, -1.1), (0, end - 0.6), (0, end - 0.22)], "black", 1)
    arrow([(0, end + 0.2), (0, end + len(after)), (0, end + 0.7 + len(after))], "black", 1)
    arrow([(0, top), (side, top), (side, end), (0.24, end)], PALETTE["vermilion"], 1.8)
    for number, text in enumerate(branch):
        box(0, number, text)
    for number, text in enumerate(shortcut):
        box(side, (len(branch) - len(shortcut)) / 2 + number, text)
    for number, text in enumerate(after):
        box(0, end + 0.9 + number, text)
    circle = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": "black"}
    axis.text(0, end, "+", ha="center", va="center", fontsize=11, bbox=circle, zorder=4)
    axis.text(0.15, -0.85, "x", va="bottom", fontsize=10, style="italic")
    axis.set(xlim=(-1.2, 3.2), ylim=(8.0, -1.4), title=title, aspect="equal")
    axis.axis("off")


fig, axes = plt.subplots(1, 3, figsize=(8.4, 5.0))
post = ("3×3", "BN", "ReLU", "3×3", "BN")
draw_block(axes[0], "identity block\n(Exercise 3)", post, (), ("ReLU",))
draw_block(
    axes[1],
    "projection block\n(Exercise 4)",
    ("3×3, stride s", *post[1:]),
    ("1×1, stride s", "BN"),
    ("ReLU",),
)
draw_block(
    axes[2],
    "pre-activation block\n(Exercise 6)",
    ("BN", "ReLU", "3×3", "BN", "ReLU", "3×3"),
    (),
    (),
)
show(
    fig,
    caption="Three blocks. The red line is the shortcut. In the first two a ReLU comes after the addition, in the third "
    "nothing does.",
    alt="Three diagrams. Identity block: 3×3 convolution, batch norm, ReLU, 3×3 convolution, batch norm, plus the input, "
    "then ReLU. Projection block: the same with stride, and a 1×1 convolution with batch norm on the shortcut. "
    "Pre-activation block: batch norm, ReLU, 3×3 convolution, twice, plus the input.",
)

# %% [markdown]
# ## Exercise 3 · The identity block (8 points · about 20 min)
#
# Write `identity_block`: a Keras model of its own, that you will call inside larger models like a
# layer. Number of filters: as many as the input has channels, or else the addition does not fit.
# Use the functional API; placeholders can be added with `+`. Convolutions $3 \times 3$, "same",
# without bias.


# %% exercise="identity_block"
def identity_block(input_shape):
    """Build a residual block that keeps the shape (He et al. 2016a, figure 2).

    Args:
        input_shape: `(H, W, C)`; H and W may be None.

    Returns:
        A Keras model from `(N, H, W, C)` to `(N, H, W, C)`.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(input_shape[-1], 3, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(input_shape[-1], 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return keras.Model(inputs, layers.ReLU()(inputs + x))
    ### END SOLUTION


# %% check="identity_block" points=8
checks = Checks("identity_block")


def built(*args, **kwargs):
    """Call the learner's function and look at what it returns."""
    model = identity_block(*args, **kwargs)
    problem = model_problem(model)
    assert not problem, problem
    return model


def empty_block(shape, **values):
    """The learner's block with kernels of zero, and other weights as given."""
    model = built(shape)
    set_weights_by_name(model, kernel=0.0, bias=0.0, **values)
    return model


with checks(
    "the output has the shape of the input, and the block the weights of the picture",
    hint="two convolutions without bias, two batch norms: how many numbers is that?",
):
    model = built((7, 5, 4))
    assert_shape(outputs_of(model, np.zeros((2, 7, 5, 4))), (2, 7, 5, 4), "the output")
    got = count_weights(model)
    assert got == (2 * 9 * 4 * 4 + 2 * 8, 16), (
        "for 4 channels: 304 trained numbers (two kernels of 144, two batch norms of 8) and 16 "
        f"remembered ones, got {got[0]} and {got[1]}"
    )
with checks(
    "the shortcut joins after the last batch norm",
    hint="in the picture, which box lies right above the plus?",
):
    x = checks.rng.uniform(0.5, 2, size=(2, 6, 5, 3))
    # A batch norm on the way of x would multiply it by gamma / sqrt(variance) = 3.
    model = empty_block((6, 5, 3), gamma=9.0, beta=0.0, moving_mean=0.0, moving_variance=9.0)
    assert_close(
        outputs_of(model, x), x, "with kernels of zero, the output for a positive input",
        rtol=1e-3, atol=1e-3,
    )  # fmt: skip
with checks(
    "ReLU comes after the addition",
    hint="what is left of a negative input when the branch is empty?",
):
    x = -checks.rng.uniform(0.5, 2, size=(2, 6, 5, 3))
    got = outputs_of(empty_block((6, 5, 3), gamma=1.0, beta=0.0), x)
    assert_close(
        got, np.zeros_like(x), "with kernels of zero, the output for a negative input", atol=1e-3
    )
with checks(
    "in use it leaves the moving statistics alone, and pictures do not influence each other",
    hint="who decides whether batch norm is in training: you when you build, or the caller?",
):
    problem = inference_problem(built((6, 5, 3)), checks.rng.normal(1, 2, (4, 6, 5, 3)))
    assert not problem, problem
with checks(
    "training moves the statistics of both batch norms",
    hint="who decides whether batch norm is in training: you when you build, or the caller?",
):
    images = checks.rng.normal(1, 2, (4, 6, 5, 3))
    problem = training_problem(built((6, 5, 3)), images, 2)
    assert not problem, problem
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the shortcut carries its input as it is, negative numbers too",
    hint="what lies on the red line of the picture?",
):
    x = -checks.rng.uniform(0.1, 0.9, size=(2, 6, 5, 3))
    got = outputs_of(empty_block((6, 5, 3), gamma=1.0, beta=1.0), x)
    assert_close(got, x + 1, "with a branch that adds 1, the output", rtol=1e-2, atol=1e-2)
with checks.hidden(
    "the branch may subtract as well as add",
    hint="is there an activation at the end of the branch?",
):
    x = checks.rng.uniform(1.1, 2, size=(2, 6, 5, 3))
    got = outputs_of(empty_block((6, 5, 3), gamma=1.0, beta=-1.0), x)
    assert_close(got, x - 1, "with a branch that adds -1, the output", rtol=1e-2, atol=1e-2)
with checks.hidden(
    "a gradient passes an empty block undiminished",
    hint="which way can a gradient take when all kernels of the branch are zero?",
):
    inputs = keras.Input((6, 5, 2))
    start = layers.Conv2D(3, 1, activation="relu", name="start")(inputs)
    model = keras.Model(inputs, layers.Dense(4)(layers.GlobalAveragePooling2D()(start)))
    block = empty_block((6, 5, 3), gamma=1.0, beta=0.0)
    longer = layers.GlobalAveragePooling2D()(block(block(block(start))))
    longer = keras.Model(inputs, model.layers[-1](longer))
    images = checks.rng.normal(size=(6, 6, 5, 2)).astype("float32")
    labels = np.arange(6) % 4
    without = weight_gradients(model, images, labels)["start/kernel"]
    through = weight_gradients(longer, images, labels)["start/kernel"]
    assert_close(through, without, "the gradient before three blocks", rtol=1e-2, atol=1e-5)
with checks.hidden(
    "with given weights the branch is convolution, batch norm, ReLU, convolution, batch norm",
    hint="go through the boxes of the picture one by one",
    weight=2,
):
    model = built((6, 5, 3))
    set_weights_by_name(
        model,
        kernel=lambda shape: checks.rng.normal(0, 0.3, shape),
        gamma=lambda shape: checks.rng.uniform(0.6, 1.4, shape),
        beta=lambda shape: checks.rng.normal(0, 0.5, shape),
        moving_mean=lambda shape: checks.rng.normal(0, 0.5, shape),
        moving_variance=lambda shape: checks.rng.uniform(0.7, 1.5, shape),
    )
    named = {}
    for weight in model.weights:
        named.setdefault(weight.name, []).append(ops.convert_to_numpy(weight))
    x = checks.rng.normal(size=(2, 6, 5, 3)).astype("float32")
    y = x
    for k in range(2):
        y = ops.convert_to_numpy(
            ops.conv(np.maximum(y, 0) if k else y, named["kernel"][k], padding="same")
        )
        y = (y - named["moving_mean"][k]) / np.sqrt(named["moving_variance"][k] + 1e-3)
        y = named["gamma"][k] * y + named["beta"][k]
    assert_close(outputs_of(model, x), np.maximum(x + y, 0), "the output", rtol=2e-2, atol=2e-2)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Keep the placeholder of the input under its own name, and never overwrite it: you need it again
# after the last batch norm. Give no `training` argument to any layer; Keras hands on what the
# caller of the model says.
# </details>
#
# **To think about.** The input of the block comes from the ReLU of the block before. Can a chain of
# such blocks ever make a number smaller than it was? By which means?

# %% [markdown]
# ## Exercise 4 · The projection block (8 points · about 15 min)
#
# From stage to stage the maps get half as high and wide and twice as many. There $x$ and $F(x)$
# differ in shape, and cannot be added. A **projection** brings $x$ into the right shape: a $1
# \times 1$ convolution with the stride and the filters of the branch, and batch norm. It is the
# block in the middle of the picture.
#
# Write `projection_block`. Stride $s$ stands in the *first* convolution of the branch.


# %% exercise="projection_block"
def projection_block(input_shape, filters, stride=2):
    """Build a residual block that changes the shape (He et al. 2016a, section 3.3, option B).

    Args:
        input_shape: `(H, W, C)`; H and W may be None.
        filters: Channels of the output.
        stride: Stride of the branch's first convolution and of the projection.

    Returns:
        A Keras model from `(N, H, W, C)` to `(N, ceil(H / stride), ceil(W / stride), filters)`.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(inputs)
    shortcut = layers.BatchNormalization()(shortcut)
    return keras.Model(inputs, layers.ReLU()(x + shortcut))
    ### END SOLUTION


# %% check="projection_block" points=8
checks = Checks("projection_block")


def built(*args, **kwargs):
    """Call the learner's function and look at what it returns."""
    model = projection_block(*args, **kwargs)
    problem = model_problem(model)
    assert not problem, problem
    return model


def bare_projection(shape, filters, stride, projection, **values):
    """The learner's block with an empty branch and a given kernel on the shortcut."""
    model = built(shape, filters, stride)

    def on_the_shortcut(kernel):
        if kernel[0] != 1:
            return 0.0
        assert kernel == (1, 1, shape[-1], filters), (
            f"the projection of {shape[-1]} channels to {filters} has a kernel of shape {kernel}"
        )
        return projection

    set_weights_by_name(model, kernel=on_the_shortcut, bias=0.0, **values)
    return model


with checks(
    "height and width are divided by the stride, rounded up, and the channels are the filters",
    hint="which convolutions need the stride so that the two ways end in the same shape?",
):
    for shape, filters, stride, expected in (
        ((8, 6, 3), 5, 2, (4, 3, 5)),
        ((7, 9, 2), 4, 2, (4, 5, 4)),
        ((7, 9, 2), 4, 3, (3, 3, 4)),
        ((6, 5, 4), 2, 1, (6, 5, 2)),
    ):
        got = outputs_of(built(shape, filters, stride), np.zeros((2, *shape)))
        assert_shape(
            got, (2, *expected), f"the output for {shape}, {filters} filters, stride {stride},"
        )
with checks(
    "the block has the weights of the picture: the projection has its own batch norm",
    hint="three convolutions without bias, and a batch norm for each",
):
    got = count_weights(built((8, 6, 3), 5))
    assert got == (9 * 3 * 5 + 9 * 5 * 5 + 3 * 5 + 3 * 10, 30), (
        "from 3 to 5 channels: 405 trained numbers (kernels of 135, 225 and 15, three batch norms of "
        f"10) and 30 remembered ones, got {got[0]} and {got[1]}"
    )
with checks(
    "with an empty branch the output is the projection of every second pixel",
    hint="what does a 1×1 convolution with stride 2 look at?",
):
    x = checks.rng.uniform(0.5, 2, size=(2, 7, 6, 2))
    projection = checks.rng.uniform(0.5, 1, size=(2, 3))
    model = bare_projection((7, 6, 2), 3, 2, projection, gamma=1.0, beta=0.0)
    assert_close(outputs_of(model, x), x[:, ::2, ::2] @ projection, "the output", rtol=1e-2)
with checks(
    "ReLU comes after the addition",
    hint="what is left of a negative sum?",
):
    x = checks.rng.uniform(0.5, 2, size=(2, 7, 6, 2))
    model = bare_projection((7, 6, 2), 3, 2, -1.0, gamma=1.0, beta=0.0)
    assert_close(outputs_of(model, x), np.zeros((2, 4, 3, 3)), "the output", atol=1e-3)
with checks(
    "in use it leaves the moving statistics alone, training moves all three pairs",
    hint="who decides whether batch norm is in training: you when you build, or the caller?",
):
    images = checks.rng.normal(1, 2, (4, 6, 5, 3))
    problem = inference_problem(built((6, 5, 3), 4), images)
    assert not problem, problem
    problem = training_problem(built((6, 5, 3), 4), images, 3)
    assert not problem, problem
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the projection carries negative numbers too",
    hint="which boxes lie on the red line of the picture, and which do not?",
):
    x = checks.rng.uniform(1.1, 1.9, size=(2, 6, 6, 1))
    # Projection and branch each get 1 from their batch norm: 2 - x, and 1 with a ReLU in between.
    model = bare_projection((6, 6, 1), 1, 2, -1.0, gamma=1.0, beta=1.0)
    assert_close(outputs_of(model, x), 2 - x[:, ::2, ::2], "the output", rtol=2e-2, atol=1e-2)
with checks.hidden(
    "with given weights it computes what the picture shows",
    hint="go through the boxes of the picture one by one",
    weight=2,
):
    # The three batch norms have the same shape: they get the same numbers, so order is free.
    norm = {
        "gamma": checks.rng.uniform(0.6, 1.4, 4),
        "beta": checks.rng.normal(0, 0.5, 4),
        "moving_mean": checks.rng.normal(0, 0.5, 4),
        "moving_variance": checks.rng.uniform(0.7, 1.5, 4),
    }
    kernels = {
        shape: checks.rng.normal(0, 0.3, shape).astype("float32")
        for shape in ((3, 3, 3, 4), (3, 3, 4, 4), (1, 1, 3, 4))
    }

    def normalised_by_hand(x):
        x = ops.convert_to_numpy(x) - norm["moving_mean"]
        return norm["gamma"] * x / np.sqrt(norm["moving_variance"] + 1e-3) + norm["beta"]

    for stride in (1, 2, 3):
        model = built((7, 6, 3), 4, stride)
        set_weights_by_name(model, kernel=lambda shape: kernels.get(shape, 0.0), bias=0.0, **norm)
        x = checks.rng.normal(size=(2, 7, 6, 3)).astype("float32")
        y = ops.conv(x, kernels[3, 3, 3, 4], strides=stride, padding="same")
        y = np.maximum(normalised_by_hand(y), 0).astype("float32")
        y = normalised_by_hand(ops.conv(y, kernels[3, 3, 4, 4], padding="same"))
        shortcut = normalised_by_hand(x[:, ::stride, ::stride] @ kernels[1, 1, 3, 4][0, 0])
        expected = np.maximum(y + shortcut, 0)
        assert_close(outputs_of(model, x), expected, "the output", rtol=2e-2, atol=2e-2)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Both ways start at the same placeholder. Write the branch first, then the shortcut under another
# name, and print the `shape` of both before you add them.
# </details>
#
# **To think about.** With stride 2 the projection looks at every fourth pixel only. Does the
# block lose the others?

# %% [markdown]
# ## 4 · A residual network of any depth
#
# **Why it matters.** A residual network is its blocks in a row, and nothing more. Take the family
# of section 1, and replace each pair of convolutions by a block: $n$ blocks a stage.
#
# | part | blocks | output for $32 \times 32$ | filters |
# |---|---|---|---|
# | start | one convolution, batch norm, ReLU | 32 × 32 | $w$ |
# | stage 1 | $n$ identity blocks | 32 × 32 | $w$ |
# | stage 2 | one projection block, $n - 1$ identity blocks | 16 × 16 | $2w$ |
# | stage 3 | one projection block, $n - 1$ identity blocks | 8 × 8 | $4w$ |
# | end | mean over all places, one dense layer | classes | |
#
# Again $6n + 2$ layers; the two projections are not counted. (The paper's networks of this family
# have no weights on their shortcuts: where the shape changes they take every second pixel and
# fill up with channels of zeros. Projections did a little better on ImageNet, table 3 there.)
#
# A block is a model, and a model can be called like a layer, on a placeholder:
#
# ```python
# x = identity_block(x.shape[1:])(x)        # a new block, with weights of its own
# ```
#
# **By hand.** How much more than the plain network of section 1 does $n = 1$, $w = 8$ have? Two
# projections: $8 \cdot 16 + 2 \cdot 16 = 160$ and $16 \cdot 32 + 2 \cdot 32 = 576$. So
# $19{,}416 + 736 = 20{,}152$ trained parameters.

# %% [markdown]
# ## Exercise 5 · Assemble the residual network (10 points · about 20 min)
#
# Write `resnet` with your blocks of Exercises 3 and 4. `first_stride` as in Exercise 1.


# %% exercise="resnet"
def resnet(n, input_shape, classes, width=16, first_stride=1):
    """Build a residual network of 6n + 2 layers (He et al. 2016a, section 4.2).

    Args:
        n: Blocks in each of the three stages.
        input_shape: `(H, W, C)` of one picture.
        classes: Number of classes.
        width: Filters in the first stage; doubled from stage to stage.
        first_stride: Stride of the very first convolution.

    Returns:
        A Keras model from pictures `(N, H, W, C)` to logits `(N, classes)`, not compiled.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 3, strides=first_stride, padding="same", use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    for stage in range(3):
        for number in range(n):
            if stage > 0 and number == 0:
                x = projection_block(x.shape[1:], width * 2**stage)(x)
            else:
                x = identity_block(x.shape[1:])(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
    ### END SOLUTION


# %% check="resnet" points=10
checks = Checks("resnet")


def built(*args, **kwargs):
    """Call the learner's function and look at what it returns."""
    model = resnet(*args, **kwargs)
    problem = model_problem(model)
    assert not problem, problem
    return model


def emptied(model, beta=0.0):
    """Set all 3×3 kernels behind the start to zero, so that every batch norm adds beta only."""
    set_weights_by_name(model, gamma=1.0, beta=beta, moving_mean=0.0, moving_variance=1.0)
    for weight in model.weights:
        if weight.name == "kernel" and weight.shape[0] == 3 and weight.shape[2] != 3:
            weight.assign(np.zeros(weight.shape, "float32"))
    return model


with checks(
    "the model maps pictures of any shape to one logit per class",
    hint="what follows the last block?",
):
    for shape, classes in (((16, 12, 3), 5), ((20, 24, 1), 7)):
        got = outputs_of(built(1, shape, classes, width=2), np.zeros((3, *shape)))
        assert_shape(got, (3, classes), f"the output for 3 pictures of {shape}")
with checks(
    "each stage has n blocks, two of them begin with a projection",
    hint="how many identity blocks follow the projection block of a stage?",
):
    for n in (1, 2):
        shapes = kernel_shapes(built(n, (16, 16, 3), 4, width=4))
        for shape, wanted in (
            ((3, 3, 3, 4), 1),
            ((3, 3, 4, 4), 2 * n),
            ((3, 3, 4, 8), 1),
            ((3, 3, 8, 8), 2 * n - 1),
            ((3, 3, 8, 16), 1),
            ((3, 3, 16, 16), 2 * n - 1),
            ((1, 1, 4, 8), 1),
            ((1, 1, 8, 16), 1),
        ):
            assert shapes[shape] == wanted, (
                f"n = {n}, width 4: {wanted} kernels of shape {shape}, got {shapes[shape]}"
            )
        assert shapes.total() == 6 * n + 4, (
            f"n = {n}: {6 * n + 1} convolutions of 3×3, two projections and a dense layer have "
            f"{6 * n + 4} kernels, got {shapes.total()}"
        )
with checks(
    "the number of trained parameters is that of the formula",
    hint="compare model.summary() with the sum in section 1 and the projections here",
):
    for n, width, wanted in ((1, 8, 20152), (2, 4, 11476)):
        trained, _ = count_weights(built(n, (16, 16, 3), 16, width))
        assert trained == wanted, (
            f"n = {n}, width {width}, colour, 16 classes: {wanted:,} trained parameters, got "
            f"{trained:,}"
        )
with checks(
    "it learns eight pictures by heart",
    hint="are the outputs logits? does every block belong to the way from inputs to outputs?",
    weight=2,
):
    keras.utils.set_random_seed(int(checks.rng.integers(1000)))
    model = built(1, (16, 16, 3), 8, width=8)
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    images = checks.rng.random((8, 16, 16, 3)).astype("float32")
    for _ in range(30):
        model.train_on_batch(images, np.arange(8))
    # By hand: some backends see a softmax at the end of a model, and leave out that of the loss.
    logits = outputs_of(model, images, training=True)
    logits -= logits.max(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(logits).sum(axis=1)) - np.diag(logits))
    assert loss < 0.4, (
        f"after 30 steps on eight pictures the loss is {loss:.2f}; guessing among eight costs 2.08"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "gradients reach the first layer through empty blocks",
    hint="are your blocks' shortcuts in use: does each block get the output of the one before?",
):
    model = emptied(built(2, (16, 16, 3), 4, width=4))
    images = checks.rng.normal(size=(8, 16, 16, 3)).astype("float32")
    gradients = list(weight_gradients(model, images, np.arange(8) % 4).values())
    start = next(g for g in gradients if g.shape == (3, 3, 3, 4))
    assert np.isfinite(start).all() and np.abs(start).max() > 1e-4, "no gradient at the start"
with checks.hidden(
    "with empty branches it computes the start, two projections with stride 2, the mean and the logits",
    hint="where do height and width change, and what lies between the last block and the logits?",
    weight=2,
):
    for first_stride in (1, 2):
        model = emptied(built(2, (24, 16, 3), 5, 4, first_stride), beta=0.5)
        kernels = {}
        for weight in model.weights:
            if weight.name == "kernel":
                kernels.setdefault(tuple(weight.shape), ops.convert_to_numpy(weight))
        images = checks.rng.normal(size=(3, 24, 16, 3)).astype("float32")
        x = ops.conv(images, kernels[3, 3, 3, 4], strides=first_stride, padding="same")
        # Each identity block adds 0.5; a projection block 0.5 on both of its ways.
        x = np.maximum(ops.convert_to_numpy(x) + 0.5, 0) + 1
        for kernel in (kernels[1, 1, 4, 8], kernels[1, 1, 8, 16]):
            x = np.maximum(x[:, ::2, ::2] @ kernel[0, 0] + 1, 0) + 0.5
        expected = x.mean(axis=(1, 2)) @ kernels[16, 5]
        got = outputs_of(model, images)
        scale = np.abs(expected).max()
        assert_close(got / scale, expected / scale, "the logits", rtol=2e-2, atol=1e-2)
with checks.hidden(
    "in use it leaves the moving statistics alone, training moves all of them",
    hint="who decides whether batch norm is in training: you when you build, or the caller?",
):
    images = checks.rng.normal(1, 2, size=(6, 16, 12, 3))
    model = built(2, (16, 12, 3), 4, width=2)
    problem = inference_problem(model, images)
    assert not problem, problem
    problem = training_problem(model, images, 6 * 2 + 1 + 2)
    assert not problem, problem
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Two loops as in Exercise 1, one over stages, one over blocks. Every step has the form `x =
# some_block(...)(x)`: build the block for the shape that `x` has now, then call it on `x`.
# </details>
#
# **To think about.** Remove one identity block from a trained residual network. What would you
# expect of its accuracy? And if you remove one layer of a trained plain network?

# %% [markdown]
# ### The result: the same depth, with and without shortcuts

# %%
for n in progress(DEPTHS, "residual networks"):
    trained_on_signs(resnet, n)
    trained_on_signs(plain_network, n)
fig, axes = plt.subplots(1, 2, figsize=(8.5, 3.1), sharey=True)
draw_errors(axes[0], plain_network, "plain")
draw_errors(axes[1], resnet, "residual")
axes[0].set_ylabel("training error")
show(
    fig,
    caption="Training error by epoch. Left: the deeper, the worse. Right: the same layers with shortcuts; depth no longer "
    "does harm.",
    alt="Two panels of falling curves. Without shortcuts the deep network's curve lies far above the "
    "shallow one's. With shortcuts the curves lie close together, and far below it.",
)
for build, name in ((plain_network, "plain"), (resnet, "residual")):
    ends = [
        f"{6 * n + 2} layers {1 - trained_on_signs(build, n)[1]['accuracy'][-1]:.2f}"
        for n in DEPTHS
    ]
    print(f"training error after {EPOCHS} epochs, {name}: " + ", ".join(ends))

# %% [markdown]
# One run is one throw of the dice. `benchmarks/residual_networks.py` repeats the comparison over
# four depths and three seeds. That takes too long for a lesson, so the next cell draws the numbers
# that it kept; `docs/residual_networks.md` has them as a table, with the settings.

# %%
import json
from pathlib import Path

import utils

record = Path(utils.__file__).parent.parent / "docs" / "residual_networks.json"
runs = json.loads(record.read_text(encoding="utf-8"))["result"]["runs"]
fig, axes = plt.subplots(1, 2, figsize=(8.5, 3.1), sharey=True)
for axis, part, title in zip(
    axes, ("train", "test"), ("training pictures", "new pictures"), strict=True
):
    for kind, colour, line in (("plain", "vermilion", "s--"), ("residual", "blue", "o-")):
        depths = sorted({run["layers"] for run in runs})
        found = [
            [run[part] for run in runs if (run["kind"], run["layers"]) == (kind, depth)]
            for depth in depths
        ]
        axis.errorbar(
            depths,
            [np.mean(values) for values in found],
            [np.std(values, ddof=1) for values in found],
            fmt=line,
            color=PALETTE[colour],
            capsize=3,
            label=kind,
        )
    axis.set(xlabel="layers", title=title, ylim=(0, 1), xticks=depths)
axes[0].set_ylabel("accuracy")
axes[0].legend()
show(
    fig,
    caption=f"Mean and standard deviation over {len(found[0])} seeds. The deeper a plain network, the less it learns, on "
    "the training pictures already. With shortcuts twenty layers learn more than eight, and most of the harm is gone.",
    alt="Two panels: accuracy over the number of layers, on training pictures and on new ones. The "
    "dashed curve of the plain networks falls steeply with depth; the solid curve of the residual "
    "networks stays high.",
)

# %% [markdown]
# ### Why? Follow the gradient
#
# Now the way back. Take fresh networks, send a batch of signs through, and measure the gradient
# of every convolution's kernel. A step of the optimizer matters in proportion to the size of the
# weights, so we draw $\lVert \partial L / \partial W \rVert / \lVert W \rVert$, layer by layer.
#
# Write down your guess first. The common story says that gradients of deep plain networks
# *vanish*.


# %%
def gradient_profile(model):
    """Measure the gradient of each 3×3 kernel in proportion to the kernel, first layer first."""
    sizes = [float(np.linalg.norm(ops.convert_to_numpy(w))) for w in model.trainable_weights]
    gradients = weight_gradients(model, signs.train.images[:64], signs.train.labels[:64])
    pairs = zip(gradients.values(), sizes, strict=True)
    return np.array([np.linalg.norm(g) / s for g, s in pairs if g.ndim == 4 and g.shape[0] == 3])


def without_batch_norm(n):
    """A plain network in which nothing keeps the numbers in range."""
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for k in range(6 * n + 1):
        stage, start = max(0, k - 1) // (2 * n), (k - 1) % (2 * n) == 0
        stride = 2 if k == 0 or (start and stage) else 1
        model.add(layers.Conv2D(WIDTH * 2**stage, 3, stride, "same", activation="relu"))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(CLASSES))
    return model


deep = choose(9, quick=3)
profiles = {}
for kind, build in (
    ("plain, no batch norm", lambda: without_batch_norm(deep)),
    ("plain", lambda: plain_network(deep, (32, 32, 3), CLASSES, WIDTH, 2)),
    ("residual", lambda: resnet(deep, (32, 32, 3), CLASSES, WIDTH, 2)),
):
    keras.utils.set_random_seed(0)
    profiles[kind] = gradient_profile(build())
fig, axis = plt.subplots(figsize=(7.5, 3.2))
for (kind, profile), line in zip(profiles.items(), (":", "--", "-"), strict=True):
    axis.semilogy(np.arange(1, len(profile) + 1), profile, line, label=kind, lw=1.8)
axis.set(xlabel="layer, from the input", ylabel="gradient / weights")
axis.legend()
show(
    fig,
    caption=f"Gradients of the kernels in fresh networks of {6 * deep + 2} layers. Without batch norm they are tiny everywhere; "
    "with it they grow on the way back to the input, a thousandfold and more. Shortcuts tame that.",
    alt="Three curves over the layers on a logarithmic axis. The dotted curve without batch norm lies "
    "many powers of ten below the others; the dashed curve of the plain network rises towards the input by four powers of ten; the "
    "solid curve of the residual network stays nearly level.",
)
for kind, profile in profiles.items():
    factor = (profile[0] / profile[-1]) ** (1 / (len(profile) - 1))
    print(
        f"{kind:>20}: first layer {profile[0]:.2g}, last layer {profile[-1]:.2g}, a factor of "
        f"{factor:.2f} per layer"
    )

# %% [markdown]
# Without batch norm the common story holds, and in all layers alike. A kernel's gradient is the
# product of what arrives from the front and what comes back from the end. Near the input the
# first is large and the second small, near the end the other way round; the product is equally
# tiny everywhere.
#
# The surprise: with batch norm the gradients of a deep plain network do not vanish, they
# **explode**. Batch norm keeps the numbers in range on the way forward. On the way back it
# divides by the spread of a layer's sums, and ReLU has made that spread small; each layer
# multiplies the gradient by a little more than 1. Yang and others (2019) derive the factor for
# wide layers: $\pi / (\pi - 1) = 1.47$ for the square of the gradient's length, 1.21 for the
# length. To the power of 55 that is close to 40,000. A learning rate that suits the last layer throws the first about, and one that suits the first
# leaves the last where it is. (Adam, our optimizer, takes steps of a similar size everywhere;
# that helps with the sizes, but not with gradients that change wildly from picture to picture.)
#
# He and others wrote that vanishing gradients were *unlikely* to be the cause of degradation,
# since batch norm was there (section 4.1). They were right, and the cause is still discussed:
# Balduzzi and others (2017) find that gradients of deep plain networks look like noise as
# functions of the input.
#
# The shortcuts act on all of this at once: along them a gradient is passed on as it is.
#
# **To think about.** Where in the residual network's curve do you see the two projection blocks?

# %% [markdown]
# ### Your network reads signs
#
# So far all trainings were short, to compare. Now train one network to be good at it: twice as
# wide, with smaller batches, so more steps.

# %%
LAST_EPOCHS = choose(10, quick=1, gpu=60)
LAST_BATCH = 32


def sign_reader(seed=0):
    """Train the learner's residual network on the signs with a falling learning rate."""
    keras.utils.set_random_seed(seed)
    model = resnet(choose(2, quick=1, gpu=3), (32, 32, 3), CLASSES, width=16, first_stride=2)
    steps = LAST_EPOCHS * -(-len(signs.train) // LAST_BATCH)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.004, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    fitted = model.fit(
        signs.train.images,
        signs.train.labels,
        batch_size=LAST_BATCH,
        epochs=LAST_EPOCHS,
        validation_data=(signs.validation.images, signs.validation.labels),
        verbose=0,
    )
    return model, fitted.history


reader, history = sign_reader()
logits = reader.predict(signs.test.images, verbose=0)
shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
probabilities = shifted / shifted.sum(axis=1, keepdims=True)
read = probabilities.argmax(axis=1)
right = read == signs.test.labels
print(
    f"{right.mean():.3f} of {len(read):,} test pictures are read rightly; guessing gives {1 / CLASSES:.3f}"
)

wrong = np.flatnonzero(~right)
surest = wrong[np.argsort(-probabilities[wrong, read[wrong]])][:12]
table = np.zeros((CLASSES, CLASSES), dtype=int)
np.add.at(table, (signs.test.labels, read), 1)
fig = plt.figure(figsize=(10.5, 5.4))
left, side = fig.subfigures(1, 2, width_ratios=[1.15, 1])
axis = left.subplots()
axis.imshow(table / table.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
for row in range(CLASSES):
    for column in range(CLASSES):
        if table[row, column]:
            dark = table[row, column] > table[row].sum() / 2
            axis.text(
                column, row, table[row, column], ha="center", va="center", fontsize=7,
                color="white" if dark else "black",
            )  # fmt: skip
axis.set_xticks(range(CLASSES), signs.names, rotation=90, fontsize=8)
axis.set_yticks(range(CLASSES), signs.names, fontsize=8)
axis.set(xlabel="read as", ylabel="true sign")
axes = side.subplots(4, 3)
for axis in axes.flat:
    axis.axis("off")
for axis, number in zip(axes.flat, surest, strict=False):
    axis.imshow(signs.test.images[number], vmin=0, vmax=1)
    axis.set_title(
        f"{signs.names[signs.test.labels[number]]}\nread: {signs.names[read[number]]}", fontsize=7.5
    )
show(
    fig,
    caption="Left: what your network takes for what, out of the test pictures. Right: the mistakes that it is surest of.",
    alt="A table of 16 by 16 counts with large numbers on the diagonal, and twelve small pictures of signs that were read "
    "wrongly, with their true and their read names.",
)

# %% [markdown]
# One run gave 0.82 after ten epochs. The three speed limits and the two bends make most of the
# mistakes: at 32 pixels they differ in very few.
#
# **To think about.** Which mistakes could a driver make as well, and which not? Which signs are
# mixed up most, and what distinguishes them?

# %% [markdown]
# ## 5 · Nothing after the addition
#
# **Why it matters.** In the identity block a ReLU stands after each addition, so it stands *on the
# way* from block to block. He and others (2016b) moved batch norm and ReLU to the front of the
# branch: **pre-activation**. After the addition there is nothing. Then, over any number of blocks,
#
# $$x_L = x_0 + \sum_{i=0}^{L-1} F_i(x_i)$$
#
# with $x_i$ the input of block $i$: the input arrives at the end as it was, plus what the blocks
# add. And on the way back
#
# $$\frac{\partial \mathcal L}{\partial x_0} = \frac{\partial \mathcal L}{\partial x_L}
# \Big(1 + \frac{\partial}{\partial x_0} \sum_{i} F_i(x_i)\Big)$$
#
# the 1 carries the gradient from the end to the start in a single step. With it they trained a
# network of 1,001 layers.
#
# **By hand.** $x_0 = -2$; three blocks whose branches add $0.5$, $-1$ and $0$. Pre-activation:
# $-2 \to -1.5 \to -2.5 \to -2.5$. With ReLU after each addition: $\operatorname{ReLU}(-1.5) = 0
# \to \operatorname{ReLU}(-1) = 0 \to 0$. What was negative is lost for all further blocks, and
# its gradient with it.
#
# Somewhere the numbers must be brought into range once more: after the last block comes
# one batch norm with ReLU, before the mean and the dense layer.

# %% [markdown]
# ## Exercise 6 · The pre-activation block (7 points · about 12 min)
#
# Write `preactivation_block`, the right-hand block of the picture in section 3.


# %% exercise="preactivation_block"
def preactivation_block(input_shape):
    """Build a pre-activation block (He et al. 2016b, figure 1b).

    Args:
        input_shape: `(H, W, C)`; H and W may be None.

    Returns:
        A Keras model from `(N, H, W, C)` to `(N, H, W, C)`.
    """
    ### BEGIN SOLUTION
    inputs = x = keras.Input(input_shape)
    for _ in range(2):
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.Conv2D(input_shape[-1], 3, padding="same", use_bias=False)(x)
    return keras.Model(inputs, inputs + x)
    ### END SOLUTION


# %% check="preactivation_block" points=7
checks = Checks("preactivation_block")


def built(*args, **kwargs):
    """Call the learner's function and look at what it returns."""
    model = preactivation_block(*args, **kwargs)
    problem = model_problem(model)
    assert not problem, problem
    return model


with checks(
    "the output has the shape of the input, and the block the weights of the picture",
    hint="two convolutions without bias, two batch norms: how many numbers is that?",
):
    model = built((7, 5, 4))
    assert_shape(outputs_of(model, np.zeros((2, 7, 5, 4))), (2, 7, 5, 4), "the output")
    got = count_weights(model)
    assert got == (304, 16), f"for 4 channels: 304 trained numbers and 16 remembered, got {got}"
with checks(
    "an empty block passes on its input as it is, sign and all",
    hint="what stands after the addition? from where does the shortcut start?",
):
    model = built((6, 5, 3))
    set_weights_by_name(model, kernel=0.0, gamma=3.0, beta=-1.0)
    x = checks.rng.normal(0, 2, size=(2, 6, 5, 3))
    assert_close(outputs_of(model, x), x, "the output for kernels of zero", rtol=1e-4, atol=1e-4)
with checks(
    "the branch may push either way",
    hint="what is the last box of the branch in the picture?",
):
    model = built((6, 5, 3))
    x = checks.rng.normal(0, 2, size=(8, 6, 5, 3))
    change = outputs_of(model, x) - x
    assert (change > 1e-3).any(), "no number grew: the branch never adds"
    assert (change < -1e-3).any(), "no number became smaller: the branch never subtracts"
with checks(
    "the first thing in the branch is batch norm, then ReLU",
    hint="which of the two comes first, and what may the convolution see?",
):
    # A strongly negative beta closes the ReLU behind each batch norm: nothing is left to add.
    model = built((6, 5, 3))
    set_weights_by_name(model, gamma=1.0, beta=-100.0)
    x = checks.rng.normal(0, 2, size=(2, 6, 5, 3))
    assert_close(
        outputs_of(model, x),
        x,
        "with beta = -100 in both batch norms, the output",
        rtol=1e-3,
        atol=1e-3,
    )
with checks(
    "in use it leaves the moving statistics alone, training moves both pairs",
    hint="who decides whether batch norm is in training: you when you build, or the caller?",
):
    images = checks.rng.normal(1, 2, (4, 6, 5, 3))
    problem = inference_problem(built((6, 5, 3)), images)
    assert not problem, problem
    problem = training_problem(built((6, 5, 3)), images, 2)
    assert not problem, problem
### BEGIN HIDDEN TESTS
with checks.hidden(
    "with given weights it computes what the picture shows",
    hint="go through the boxes of the picture one by one",
    weight=2,
):
    model = built((6, 5, 3))
    set_weights_by_name(
        model,
        kernel=lambda shape: checks.rng.normal(0, 0.3, shape),
        gamma=lambda shape: checks.rng.uniform(0.6, 1.4, shape),
        beta=lambda shape: checks.rng.normal(0, 0.5, shape),
        moving_mean=lambda shape: checks.rng.normal(0, 0.5, shape),
        moving_variance=lambda shape: checks.rng.uniform(0.7, 1.5, shape),
    )
    named = {}
    for weight in model.weights:
        named.setdefault(weight.name, []).append(ops.convert_to_numpy(weight))
    x = checks.rng.normal(size=(2, 6, 5, 3)).astype("float32")
    y = x
    for k in range(2):
        y = (y - named["moving_mean"][k]) / np.sqrt(named["moving_variance"][k] + 1e-3)
        y = np.maximum(named["gamma"][k] * y + named["beta"][k], 0).astype("float32")
        y = ops.convert_to_numpy(ops.conv(y, named["kernel"][k], padding="same"))
    assert_close(outputs_of(model, x), x + y, "the output", rtol=2e-2, atol=2e-2)
with checks.hidden(
    "a gradient passes five empty blocks undiminished",
    hint="which way can a gradient take when all kernels of the branch are zero?",
):
    inputs = keras.Input((6, 5, 2))
    start = layers.Conv2D(3, 1, name="start")(inputs)
    dense = layers.Dense(4)
    short = keras.Model(inputs, dense(layers.GlobalAveragePooling2D()(start)))
    block, x = built((6, 5, 3)), start
    set_weights_by_name(block, kernel=0.0)
    for _ in range(5):
        x = block(x)
    longer = keras.Model(inputs, dense(layers.GlobalAveragePooling2D()(x)))
    images = checks.rng.normal(size=(6, 6, 5, 2)).astype("float32")
    labels = np.arange(6) % 4
    without = weight_gradients(short, images, labels)["start/kernel"]
    through = weight_gradients(longer, images, labels)["start/kernel"]
    assert_close(through, without, "the gradient before five blocks", rtol=1e-2, atol=1e-5)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# The branch is the same group of three layers, twice. The shortcut starts at the placeholder of
# the input, before the first batch norm, and ends in the addition, whose result is the output.
# </details>

# %%
keras.utils.set_random_seed(1)
start = np.random.default_rng(0).normal(size=(16, 16, 16, 8)).astype("float32")
survival = {}
for kind, build in (
    ("ReLU after the addition", identity_block),
    ("pre-activation", preactivation_block),
):
    x, correlations = start, [1.0]
    for _ in range(choose(20, quick=4)):
        x = ops.convert_to_numpy(build((16, 16, 8))(x, training=True))
        correlations.append(np.corrcoef(start.ravel(), x.ravel())[0, 1])
    survival[kind] = correlations
fig, axis = plt.subplots(figsize=(6, 2.9))
for (kind, correlations), line in zip(survival.items(), ("s--", "o-"), strict=True):
    axis.plot(correlations, line, ms=4, label=kind)
axis.set(xlabel="blocks passed", ylabel="correlation with the start", ylim=(0, 1.05))
axis.xaxis.get_major_locator().set_params(integer=True)
axis.legend()
show(
    fig,
    caption="How much of its input does a chain of fresh blocks of yours still carry? Random numbers of both signs go in.",
    alt="Two falling curves. With pre-activation the correlation with the input falls slowly; with a ReLU after each "
    "addition it drops at the first block and stays lower.",
)

# %% [markdown]
# **To think about.** The sum over all branches grows from block to block. Why does that do no
# harm inside the branches?

# %% [markdown]
# ## 6 · Bottlenecks, and ResNet-50
#
# **Why it matters.** At 256 channels, one $3 \times 3$ convolution has $9 \cdot 256 \cdot 256 =
# 589{,}824$ weights, and a block has two. For networks of 50 layers and more, He and others
# replaced the pair by a **bottleneck**: a $1 \times 1$ convolution from $C$ down to $f$ channels,
# the $3 \times 3$ convolution on those few, and a $1 \times 1$ convolution up to $4f$ channels.
#
# **By hand**, for 256 channels and $f = 64$, kernels alone: $256 \cdot 64 + 9 \cdot 64 \cdot 64 +
# 64 \cdot 256 = 16{,}384 + 36{,}864 + 16{,}384 = 69{,}632$. Two $3 \times 3$ convolutions:
# $1{,}179{,}648$, seventeen times as many.
#
# The block, in the version of `keras.applications`, which we follow to the letter so that you can
# compare:
#
# | way | layers |
# |---|---|
# | branch | 1×1 to $f$ **with the stride**, BN, ReLU; 3×3 "same" to $f$, BN, ReLU; 1×1 to $4f$, BN |
# | shortcut | the input itself, if its shape fits; else 1×1 to $4f$ with the stride, BN |
# | then | addition, ReLU |
#
# Two things that surprise people:
#
# - With stride 2, both $1 \times 1$ convolutions on the block's input look at every second row
#   and column. Three quarters of the numbers are never looked at. Later versions of ResNet-50
#   (called "v1.5") have the stride in the $3 \times 3$ convolution, and are a little better for
#   it.
# - The convolutions have a **bias**, though batch norm follows. It is of no use (section 1), but
#   it is there, and it counts: without the biases ResNet-50 has 26,560 parameters fewer.

# %%
fig, axes = plt.subplots(1, 2, figsize=(8, 4.6))
draw_block(axes[0], "256 channels, identity block\n1,179,648 weights in its kernels",
           ("3×3, 256", "BN", "ReLU", "3×3, 256", "BN"), (), ("ReLU",))  # fmt: skip
draw_block(
    axes[1],
    "256 channels, bottleneck\n69,632 weights in its kernels",
    ("1×1, 64", "BN, ReLU", "3×3, 64", "BN, ReLU", "1×1, 256", "BN"),
    (),
    ("ReLU",),
)
show(
    fig,
    caption="The same number of channels in and out. The bottleneck does its 3×3 work on a quarter of them.",
    alt="Two block diagrams side by side: an identity block with two 3×3 convolutions on 256 channels, and a bottleneck "
    "with 1×1 to 64, 3×3 on 64, 1×1 to 256 channels.",
)

# %% [markdown]
# ## Exercise 7 · The bottleneck block (8 points · about 15 min)
#
# Write `bottleneck_block` by the table.


# %% exercise="bottleneck_block"
def bottleneck_block(input_shape, filters, stride=1):
    """Build a bottleneck block as in keras.applications (after He et al. 2016a, figure 5).

    Args:
        input_shape: `(H, W, C)`; H and W may be None.
        filters: Channels f inside the bottleneck; the output has 4f.
        stride: Stride of the first 1×1 convolution, and of the projection.

    Returns:
        A Keras model from `(N, H, W, C)` to `(N, ceil(H / stride), ceil(W / stride), 4 · filters)`.
        Its shortcut is a projection if and only if the shapes of input and output differ.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(filters, 1, strides=stride)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2D(4 * filters, 1)(x)
    x = layers.BatchNormalization()(x)
    shortcut = inputs
    if stride != 1 or input_shape[-1] != 4 * filters:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride)(inputs)
        shortcut = layers.BatchNormalization()(shortcut)
    return keras.Model(inputs, layers.ReLU()(x + shortcut))
    ### END SOLUTION


# %% check="bottleneck_block" points=8
checks = Checks("bottleneck_block")


def built(*args, **kwargs):
    """Call the learner's function and look at what it returns."""
    model = bottleneck_block(*args, **kwargs)
    problem = model_problem(model)
    assert not problem, problem
    return model


def bottleneck_count(channels, filters, projected):
    """Count kernels, biases, gammas and betas."""
    sides = [(channels, filters), (9 * filters, filters), (filters, 4 * filters)]
    sides += [(channels, 4 * filters)] * projected
    return sum((a + 1) * b + 2 * b for a, b in sides)


with checks(
    "the output has 4f channels, its height and width are divided by the stride, rounded up",
    hint="which convolutions need the stride so that the two ways end in the same shape?",
):
    for shape, filters, stride, expected in (
        ((8, 6, 8), 2, 1, (8, 6, 8)),
        ((8, 6, 3), 2, 1, (8, 6, 8)),
        ((7, 9, 8), 3, 2, (4, 5, 12)),
        ((7, 9, 8), 2, 2, (4, 5, 8)),
    ):
        got = outputs_of(built(shape, filters, stride), np.zeros((2, *shape)))
        assert_shape(
            got, (2, *expected), f"the output for {shape}, f = {filters}, stride {stride},"
        )
with checks(
    "the shortcut is a projection where the shape changes, and only there",
    hint="in which cases can the input be added as it is?",
):
    for channels, stride, projected in ((8, 1, 0), (6, 1, 1), (8, 2, 1), (2, 1, 1)):
        model = built((6, 6, channels), 2, stride)
        count = sum(n for shape, n in kernel_shapes(model).items() if len(shape) == 4)
        assert count == 3 + projected, (
            f"{channels} channels, f = 2, stride {stride}: {3 + projected} convolutions, got {count}"
        )
with checks(
    "the number of trained parameters is that of keras.applications, biases included",
    hint="each convolution has a bias, each has its batch norm",
):
    for channels, filters, stride in ((8, 2, 1), (12, 5, 2)):
        model = built((6, 6, channels), filters, stride)
        wanted = bottleneck_count(channels, filters, channels != 4 * filters or stride != 1)
        got = count_weights(model)[0]
        assert got == wanted, (
            f"{channels} channels, f = {filters}, stride {stride}: {wanted} trained parameters, got {got}"
        )
with checks(
    "with an empty branch the output is ReLU of the input",
    hint="where does the shortcut join, and what comes after the addition?",
):
    x = checks.rng.normal(0, 2, size=(2, 5, 6, 8))
    model = built((5, 6, 8), 2)
    set_weights_by_name(model, kernel=0.0, bias=0.0, gamma=3.0, beta=0.0)
    assert_close(outputs_of(model, x), np.maximum(x, 0), "the output", rtol=1e-3, atol=1e-3)
with checks(
    "with stride 2 every second row and column is never looked at",
    hint="which convolution of the branch has the stride in the table?",
):
    x = checks.rng.normal(size=(2, 8, 6, 3))
    model = built((8, 6, 3), 2, 2)
    other = x.copy()
    other[:, 1::2] += 1
    other[:, :, 1::2] -= 1
    assert_close(
        outputs_of(model, other), outputs_of(model, x),
        "after a change of the other rows and columns, the output", rtol=1e-4, atol=1e-4,
    )  # fmt: skip
### BEGIN HIDDEN TESTS
with checks.hidden(
    "in use it leaves the moving statistics alone, training moves all of them",
    hint="who decides whether batch norm is in training: you when you build, or the caller?",
):
    images = checks.rng.normal(1, 2, (4, 6, 5, 3))
    problem = inference_problem(built((6, 5, 3), 2), images)
    assert not problem, problem
    problem = training_problem(built((6, 5, 3), 2), images, 4)
    assert not problem, problem
with checks.hidden(
    "the shortcut carries negative numbers, with and without projection",
    hint="is there an activation on the shortcut, or at the end of the branch?",
):
    # The branch adds 1; a projection of kernel -1 and its batch norm give 1 - (sum of channels).
    x = -checks.rng.uniform(0.1, 0.9, size=(2, 5, 6, 8))
    model = built((5, 6, 8), 2)
    set_weights_by_name(model, kernel=0.0, bias=0.0, gamma=1.0, beta=1.0)
    assert_close(outputs_of(model, x), x + 1, "the output", rtol=1e-2, atol=1e-2)
    x = checks.rng.uniform(1.1, 1.9, size=(2, 5, 6, 1))
    model = built((5, 6, 1), 2)
    set_weights_by_name(
        model, kernel=lambda s: -1.0 if s == (1, 1, 1, 8) else 0.0, bias=0.0, gamma=1.0, beta=1.0
    )
    expected = np.repeat(2 - x, 8, axis=-1)
    assert_close(outputs_of(model, x), expected, "the output", rtol=2e-2, atol=1e-2)
with checks.hidden(
    "with given weights it computes what the table says",
    hint="go through the branch's layers one by one",
    weight=2,
):
    kernels = {
        shape: checks.rng.normal(0, 0.5, shape).astype("float32")
        for shape in ((1, 1, 3, 2), (3, 3, 2, 2), (1, 1, 2, 8), (1, 1, 3, 8))
    }
    for stride in (1, 2):
        model = built((7, 6, 3), 2, stride)
        set_weights_by_name(
            model, kernel=lambda s: kernels.get(s, 0.0), bias=0.0,
            gamma=1.5, beta=0.25, moving_mean=0.5, moving_variance=1.2,
        )  # fmt: skip

        def norm(x):
            return 1.5 * (ops.convert_to_numpy(x) - 0.5) / np.sqrt(1.2) + 0.25

        x = checks.rng.normal(size=(2, 7, 6, 3)).astype("float32")
        seen = x[:, ::stride, ::stride]
        y = np.maximum(norm(seen @ kernels[1, 1, 3, 2][0, 0]), 0).astype("float32")
        y = np.maximum(norm(ops.conv(y, kernels[3, 3, 2, 2], padding="same")), 0)
        y = norm(y @ kernels[1, 1, 2, 8][0, 0]) + norm(seen @ kernels[1, 1, 3, 8][0, 0])
        assert_close(outputs_of(model, x), np.maximum(y, 0), "the output", rtol=2e-2, atol=2e-2)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Two things can make the shapes differ: the stride, and the number of channels. One condition
# with `or` decides. Start with `shortcut = inputs`, and replace it where the condition holds.
# </details>
#
# **To think about.** A block with stride 2 whose input has $4f$ channels already: which of the
# two shapes differ?

# %% [markdown]
# ## Exercise 8 · ResNet-50 (10 points · about 20 min)
#
# | part | layers | output for $224 \times 224$ |
# |---|---|---|
# | start | $7 \times 7$ convolution with stride 2, "same", $w = 64$ filters, with bias; BN, ReLU | 112 × 112 × 64 |
# | | max pooling $3 \times 3$ with stride 2, "same" | 56 × 56 × 64 |
# | stage 1 | 3 bottleneck blocks, $f = w$ | 56 × 56 × 256 |
# | stage 2 | 4 bottleneck blocks, $f = 2w$; the first with stride 2 | 28 × 28 × 512 |
# | stage 3 | 6 bottleneck blocks, $f = 4w$; the first with stride 2 | 14 × 14 × 1024 |
# | stage 4 | 3 bottleneck blocks, $f = 8w$; the first with stride 2 | 7 × 7 × 2048 |
# | end | mean over all places, a dense layer | 1000 |
#
# Convolutions on the longest way: $1 + 3 \cdot (3 + 4 + 6 + 3) = 49$, and one dense layer: 50.
# (`keras.applications` pads the two layers of the start a little differently. The shapes are the
# same.)
#
# Write `resnet50`. The outputs are logits. `width` and `blocks` make it small for tests.


# %% exercise="resnet50"
def resnet50(input_shape, classes, width=64, blocks=(3, 4, 6, 3)):
    """Build ResNet-50 (He et al. 2016a, table 1), from bottleneck blocks.

    Args:
        input_shape: `(H, W, C)` of one picture.
        classes: Number of classes.
        width: Filters of the start, and f of the first stage; f doubles from stage to stage.
        blocks: Blocks per stage.

    Returns:
        A Keras model from pictures `(N, H, W, C)` to logits `(N, classes)`, not compiled.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 7, strides=2, padding="same")(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    for stage, count in enumerate(blocks):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            x = bottleneck_block(x.shape[1:], width * 2**stage, stride)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
    ### END SOLUTION


# %% check="resnet50" points=10
checks = Checks("resnet50")


def built(*args, **kwargs):
    """Call the learner's function and look at what it returns."""
    model = resnet50(*args, **kwargs)
    problem = model_problem(model)
    assert not problem, problem
    return model


def resnet_count(channels, classes, width, blocks):
    """Count trained numbers by the table."""
    sides = [(49 * channels, width)]
    now = width
    for stage, count in enumerate(blocks):
        f = width * 2**stage
        sides.append((now, 4 * f))
        for _ in range(count):
            sides += [(now, f), (9 * f, f), (f, 4 * f)]
            now = 4 * f
    return sum((a + 1) * b + 2 * b for a, b in sides) + (now + 1) * classes


with checks(
    "the model maps pictures of any shape to one logit per class",
    hint="what follows the last block?",
):
    model = built((64, 96, 3), 7, width=2, blocks=(1, 1, 1, 1))
    got = outputs_of(model, checks.rng.random((3, 64, 96, 3)))
    assert_shape(got, (3, 7), "the output for 3 pictures")
with checks(
    "blocks says how many bottlenecks a stage has, and only its first one projects",
    hint="count the kernels of model.summary() stage by stage: with which number of filters?",
):
    for counts in ((1, 1, 1, 1), (2, 1, 2, 1)):
        shapes = kernel_shapes(built((64, 64, 3), 5, width=2, blocks=counts))
        for stage, count in enumerate(counts):
            f = 2 * 2**stage
            assert shapes[3, 3, f, f] == count, (
                f"blocks = {counts}, width 2: {count} kernels of shape {(3, 3, f, f)}, got "
                f"{shapes[3, 3, f, f]}"
            )
        wanted = 1 + 3 * sum(counts) + 4 + 1
        assert shapes.total() == wanted, (
            f"blocks = {counts}: {wanted} kernels in all, projections and dense layer included, got "
            f"{shapes.total()}"
        )
with checks(
    "the number of trained parameters follows the table",
    hint="compare with model.summary(): start, each stage, end",
):
    for channels, classes, width, counts in ((3, 10, 2, (1, 1, 1, 1)), (1, 5, 3, (1, 2, 1, 1))):
        model = built((64, 64, channels), classes, width, counts)
        wanted, got = resnet_count(channels, classes, width, counts), count_weights(model)[0]
        assert got == wanted, (
            f"{channels} channels, {classes} classes, width {width}, blocks {counts}: {wanted:,} "
            f"trained parameters, got {got:,}"
        )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "left alone, it has the width and the blocks of ResNet-50",
    hint="what are the values of the arguments that are not given?",
    weight=2,
):
    for counts, width in (((3, 4, 6, 3), 2), ((1, 1, 1, 1), 64)):
        left_out = {"width": width} if width != 64 else {"blocks": counts}
        model = built((32, 32, 3), 10, **left_out)
        wanted = resnet_count(3, 10, width, counts)
        assert count_weights(model)[0] == wanted, "another number of parameters"
with checks.hidden(
    "with empty branches it computes start, pooling, four projections, mean and logits",
    hint="which layers have stride 2, and what lies between the last block and the logits?",
    weight=2,
):
    model = built((64, 96, 3), 5, width=2, blocks=(1, 1, 1, 1))
    kernels = {}

    def by_shape(shape):
        if len(shape) == 4 and shape[0] == 3:
            return 0.0
        if shape not in kernels:
            kernels[shape] = checks.rng.normal(0, 1 / np.sqrt(np.prod(shape[:-1])), shape)
        return kernels[shape].astype("float32")

    set_weights_by_name(
        model,
        kernel=by_shape,
        # Negative at the start, so that ReLU has work there; behind the 3×3 kernels ReLU stops it.
        bias=lambda shape: -1.0 if shape == (2,) else 0.0,
        gamma=1.0,
        beta=0.0,
        moving_mean=0.0,
        moving_variance=1.0,
    )
    images = checks.rng.normal(size=(3, 64, 96, 3)).astype("float32")
    got, candidates = outputs_of(model, images), []
    # Padding of three pixels on every side is as right as "same".
    for conv_pad in ((2, 3), (3, 3)):
        for pool_pad in ((0, 1), (1, 1)):
            x = np.pad(images, [(0, 0), conv_pad, conv_pad, (0, 0)])
            x = ops.conv(x, kernels[7, 7, 3, 2].astype("float32"), strides=2)
            x = np.maximum(ops.convert_to_numpy(x) - 1, 0)
            x = np.pad(x, [(0, 0), pool_pad, pool_pad, (0, 0)])
            x = ops.convert_to_numpy(ops.max_pool(x, 3, strides=2))
            for f, channels in ((2, 2), (4, 8), (8, 16), (16, 32)):
                x = x if f == 2 else x[:, ::2, ::2]
                x = np.maximum(x @ kernels[1, 1, channels, 4 * f][0, 0], 0)
            candidates.append(x.mean(axis=(1, 2)) @ kernels[64, 5])
    scale = np.abs(candidates[0]).max()
    assert any(
        got.shape == c.shape and np.allclose(got, c, rtol=2e-2, atol=1e-2 * scale)
        for c in candidates
    ), "other logits"
with checks.hidden(
    "in use it leaves the moving statistics alone, training moves all of them",
    hint="who decides whether batch norm is in training: you when you build, or the caller?",
):
    images = checks.rng.normal(1, 2, size=(4, 64, 64, 3))
    model = built((64, 64, 3), 5, width=2, blocks=(1, 1, 1, 1))
    problem = inference_problem(model, images)
    assert not problem, problem
    problem = training_problem(model, images, 1 + 4 * 4)
    assert not problem, problem
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# The loops are those of Exercise 5 with another block. Each block needs the shape that `x` has
# now, its $f$, and its stride. `enumerate(blocks)` gives a stage's number and count together.
# </details>

# %% [markdown]
# ### Beside Keras's own
#
# `keras.applications` has ResNet-50 ready made. `weights=None` builds it without downloading
# anything. We take both networks apart, down to the last convolution, and put the layers with
# weights side by side.


# %%
def layers_with_kernels(model):
    """List `(kernel's shape, output's shape, parameters)` of each convolution and dense layer."""
    found = []
    for layer in model.layers:
        if hasattr(layer, "layers"):
            found += layers_with_kernels(layer)
        elif hasattr(layer, "kernel"):
            shape = tuple(layer.output.shape[1:])
            found.append((tuple(layer.kernel.shape), shape, layer.count_params()))
    return found


theirs_model = keras.applications.ResNet50(weights=None)
yours_model = resnet50((224, 224, 3), 1000)
theirs, yours = layers_with_kernels(theirs_model), layers_with_kernels(yours_model)
in_yours, in_keras = Counter(yours), Counter(theirs)
print(f"layers with a kernel: {in_keras.total()} in Keras's, {in_yours.total()} in yours")
print(
    f"of these with the same kernel, output and count of parameters: {(in_keras & in_yours).total()}"
)
print(f"\n{'kernel':>20}{'output':>18}{'parameters':>12}{'in Keras':>10}{'in yours':>10}")
for entry in sorted(in_keras | in_yours, key=lambda e: (-e[1][0] if len(e[0]) == 4 else 1, e[0])):
    kernel, output, parameters = entry
    sizes = " × ".join(map(str, kernel)), " × ".join(map(str, output))
    print(
        f"{sizes[0]:>20}{sizes[1]:>18}{parameters:>12,}{in_keras[entry]:>10}{in_yours[entry]:>10}"
    )
print()
print(
    f"parameters: {theirs_model.count_params():,} in Keras's, {yours_model.count_params():,} in yours"
)
trained_numbers, remembered = count_weights(yours_model)
print(f"of yours, {trained_numbers:,} are trained, {remembered:,} are moving statistics")

parts = [("start", 112), ("stage 1", 56), ("stage 2", 28), ("stage 3", 14), ("stage 4", 7)]
rows = []
for name, size in parts:
    chosen = [[e for e in found if e[1][0] == size] for found in (theirs, yours)]
    work = [sum(np.prod(k) * s[0] * s[1] for k, s, _ in part) / 1e6 for part in chosen]
    rows.append(
        (f"{name}\n{size}×{size}", *(sum(e[2] for e in part) / 1e6 for part in chosen), *work)
    )
dense = [next(e for e in found if len(e[0]) == 2) for found in (theirs, yours)]
rows.append(("dense", *(e[2] / 1e6 for e in dense), *(np.prod(e[0]) / 1e6 for e in dense)))
place = np.arange(len(rows))
fig, axes = plt.subplots(1, 2, figsize=(9, 3.0))
for axis, column, title in (
    (axes[0], 1, "parameters of convolutions and dense layer, millions"),
    (axes[1], 3, "multiply-adds per picture, millions"),
):
    for side, (label, color) in enumerate(
        (("keras.applications", "#999999"), ("yours", PALETTE["blue"]))
    ):
        values = [row[column + side] for row in rows]
        bars = axis.bar(place + 0.4 * side - 0.2, values, 0.38, color=color, label=label)
        if side:
            axis.bar_label(
                bars,
                [f"{v:,.0f}" if v >= 100 else f"{v:.2g}" for v in values],
                fontsize=8,
                padding=2,
            )
    axis.set_xticks(place, [row[0] for row in rows], fontsize=8)
    axis.set_title(title)
axes[0].legend(fontsize=9)
show(
    fig,
    caption="ResNet-50, part by part, Keras's beside yours. Most parameters lie in the last stages; the work is spread over all four.",
    alt="Two bar charts over start, four stages and the dense layer, pairs of bars of equal height. Parameters grow from "
    "stage to stage; multiply-adds are similar in all four stages.",
)
same = in_keras == in_yours
print(
    "Layer by layer the same network."
    if same
    else "The two networks differ: look at the counts above."
)

# %% [markdown]
# 54 layers have a kernel: 49 convolutions, 4 projections, the dense layer. You find three counts
# of ResNet-50 in books and on web pages, and all three are right:
#
# | count | what it counts |
# |---:|---|
# | 25,636,712 | everything that a file of weights stores |
# | 25,583,592 | without the 53,120 moving means and variances, which are not trained |
# | 25,557,032 | without the 26,560 useless biases either, as in PyTorch's version |
#
# **To think about.** 26,560 is the number of all channels that a convolution of this network puts
# out. Why does it occur twice in 53,120?

# %% [markdown]
# ## 7 · Find the mistake: a network of twenty blocks
#
# A colleague built her own residual network. It runs, and it has the right number of parameters.
# She tells you: *"It reads a sign differently, depending on which other signs I hand in with it.
# `predict` gives other numbers yet. And with twenty blocks the gradients at the start are many
# times those at the end, as if there were no shortcuts."*
#
# (`fit` tells all layers that this is training, and `predict` that it is not. In the Keras of
# today that wins over what was said when the network was built. A plain call, `model(images)`,
# tells nothing, and there it comes to light.)


# %%
def colleague_reader(blocks, input_shape, classes, width=8):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(inputs)
    for _ in range(blocks):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x, training=True)
        x = layers.ReLU()(x)
        shortcut = x
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x, training=True)
        x = layers.ReLU()(x)
        x = shortcut + x
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))


keras.utils.set_random_seed(3)
model = colleague_reader(3, (32, 32, 3), CLASSES)
by_light = signs.test.images.mean(axis=(1, 2, 3)).argsort()
answers = {}
for kind, others in (("dark", by_light[:7]), ("bright", by_light[-7:])):
    answers[kind] = outputs_of(model, signs.test.images[[by_light[30], *others]], None)[0]
deep_model = colleague_reader(choose(20, quick=4), (16, 16, 3), CLASSES)
small = signs.train.images[:32, ::2, ::2]
gradients = [
    np.linalg.norm(g)
    for g in weight_gradients(deep_model, small, signs.train.labels[:32]).values()
    if g.ndim == 4
]
fig, axes = plt.subplots(1, 2, figsize=(9, 2.9))
for k, (kind, answer) in enumerate(answers.items()):
    axes[0].bar(np.arange(CLASSES) + 0.4 * k - 0.2, answer, 0.38, label=f"among {kind} pictures")
axes[0].set(xlabel="class", ylabel="logit", title="one and the same picture, twice")
axes[0].legend(fontsize=9)
axes[1].semilogy(
    np.arange(1, len(gradients) + 1), gradients, "o-", ms=3, color=PALETTE["vermilion"]
)
axes[1].set(
    xlabel="convolution, from the input", ylabel="gradient of its kernel", title="twenty blocks"
)
show(
    fig,
    caption="Left: her network's logits for one picture, in two different batches. Right: the gradients of a fresh network of "
    "hers with twenty blocks: many times larger at the input than behind.",
    alt="Left: pairs of bars for sixteen classes, of different heights. Right: gradients on a logarithmic axis, falling "
    "from about 10 at the input to about 0.2 thirty convolutions later.",
)

# %% [markdown]
# ## Exercise 9 · Mend the network (5 points · about 12 min)
#
# There are **three** mistakes in her code. One makes the batch decide. One keeps the shortcut from
# being one. The third would make all numbers grow from block to block, once the second is mended.
# Write the network as it was meant: blocks as in Exercise 3, everything else as she has it.


# %% exercise="mended_reader"
def mended_reader(blocks, input_shape, classes, width=8):
    """Build the colleague's network as it was meant.

    Args:
        blocks: Number of identity blocks.
        input_shape: `(H, W, C)` of one picture.
        classes: Number of classes.
        width: Filters of every convolution.

    Returns:
        A Keras model from pictures `(N, H, W, C)` to logits `(N, classes)`, not compiled.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(inputs)
    for _ in range(blocks):
        shortcut = x
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(shortcut + x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
    ### END SOLUTION


# %% check="mended_reader" points=5
checks = Checks("mended_reader")


def built(*args, **kwargs):
    """Call the learner's function and look at what it returns."""
    model = mended_reader(*args, **kwargs)
    problem = model_problem(model)
    assert not problem, problem
    return model


def with_empty_blocks(blocks, beta):
    """The learner's network with empty branches that add a number, and what the start puts out."""
    model = built(blocks, (8, 6, 3), 4, width=5)
    set_weights_by_name(
        model,
        kernel=lambda s: 0.0 if s == (3, 3, 5, 5) else checks.rng.normal(0, 0.3, s),
        gamma=1.0,
        beta=beta,
        bias=lambda s: np.full(s, 3.0 if s == (5,) else 0.0),
    )
    images = checks.rng.normal(size=(4, 8, 6, 3)).astype("float32")
    kernels = {tuple(w.shape): ops.convert_to_numpy(w) for w in model.weights if w.name == "kernel"}
    start = ops.conv(images, kernels[3, 3, 3, 5], padding="same")
    return model, images, np.maximum(ops.convert_to_numpy(start) + 3, 0), kernels[5, 4]


with checks(
    "a picture is answered alike in any company, and its statistics stay",
    hint="what does the second argument of her batch norm mean?",
):
    images = checks.rng.normal(1, 2, size=(5, 8, 6, 3))
    problem = inference_problem(built(2, (8, 6, 3), 4), images)
    assert not problem, problem
with checks(
    "empty blocks pass on what the start gives",
    hint="from which place does the shortcut start in the picture of section 3?",
):
    model, images, x, dense = with_empty_blocks(3, beta=0.0)
    assert_close(
        outputs_of(model, images), x.mean(axis=(1, 2)) @ dense, "the logits", rtol=1e-2, atol=1e-2
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a branch can make numbers smaller, down to zero",
    hint="on which side of the addition does ReLU belong?",
):
    model, images, x, dense = with_empty_blocks(2, beta=-1.5)
    expected = np.maximum(np.maximum(x - 1.5, 0) - 1.5, 0).mean(axis=(1, 2)) @ dense
    assert_close(outputs_of(model, images), expected, "the logits", rtol=2e-2, atol=2e-2)
with checks.hidden(
    "everything else is as in her network, and training moves all statistics",
    hint="compare model.summary() of hers and yours",
):
    model = built(2, (8, 6, 3), 4, width=5)
    assert count_weights(model) == (140 + 4 * (225 + 10) + 24, 40), "another number of parameters"
    problem = training_problem(model, checks.rng.normal(1, 2, size=(5, 8, 6, 3)), 4)
    assert not problem, problem
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Draw her block as in section 3, box by box, and lay it beside the identity block. Where does the
# red line start? Which box is on the wrong side of the plus?
# </details>
#
# **To think about.** Suppose her network were used in training mode always, by `predict` too.
# What would it say about a single picture? About a batch of 32 signs of the same kind?

# %% [markdown]
# ## Stretch task
#
# Choose one. There is no grade for it, and no single right answer.
#
# - **Stochastic depth** (Huang and others, 2016): in training, leave out each block's branch at
#   random, for whole batches. How many blocks of your trained network can you leave out in use
#   before it stops reading?
# - **A pre-activation network.** Assemble one from your blocks of Exercise 6, with the batch norm
#   and ReLU that belong at its end, and projections of your own design. Train it on the signs,
#   three seeds, against `resnet`.
# - **The paper's own data.** Where you have a network connection, `cifar10()` fetches CIFAR-10
#   (170 MB) once: 60,000 photographs of ten kinds of things, $32 \times 32$. The cell below does
#   so if you set `DOWNLOAD` to `True`. On a GPU, train `plain_network` and `resnet` with
#   `first_stride=1`, width 16 and $n$ = 3, 5, 7, 9, as in figure 6 of the paper.

# %%
DOWNLOAD = False  # True fetches CIFAR-10 from its authors' page
if DOWNLOAD:
    from utils.public_data import cifar10

    photographs = cifar10()
    show(
        grid(list(photographs.train.images[:16]), columns=8, height=1.0, limits=(0, 1)),
        caption="Sixteen pictures of CIFAR-10.",
        alt="Sixteen small photographs of animals and vehicles.",
    )

# %% [markdown]
# ## References
#
# - K. He, X. Zhang, S. Ren, J. Sun (2016a). Deep residual learning for image recognition. *CVPR*.
#   Section 1: degradation. 3.1 to 3.3: residual blocks, shortcuts. 4.1, table 1: ImageNet,
#   bottlenecks, ResNet-50. 4.2: CIFAR-10 and the networks of $6n + 2$ layers.
# - K. He, X. Zhang, S. Ren, J. Sun (2016b). Identity mappings in deep residual networks. *ECCV*.
#   Section 2: the sum over blocks. Section 4: pre-activation.
# - S. Ioffe, C. Szegedy (2015). Batch normalization: accelerating deep network training by
#   reducing internal covariate shift. *ICML*. Algorithms 1 and 2.
# - K. He, X. Zhang, S. Ren, J. Sun (2015). Delving deep into rectifiers. *ICCV*. Section 2.2:
#   starting weights.
# - D. Balduzzi, M. Frean, L. Leary, J. P. Lewis, K. W.-D. Ma, B. McWilliams (2017). The shattered
#   gradients problem: if resnets are the answer, then what is the question? *ICML*.
# - G. Yang, J. Pennington, V. Rao, J. Sohl-Dickstein, S. S. Schoenholz (2019). A mean field
#   theory of batch normalization. *ICLR*. Gradients that explode in deep plain networks with
#   batch norm.
# - G. Huang, Y. Sun, Z. Liu, D. Sedra, K. Q. Weinberger (2016). Deep networks with stochastic
#   depth. *ECCV*.
# - A. Krizhevsky (2009). Learning multiple layers of features from tiny images. Chapter 3:
#   CIFAR-10.
