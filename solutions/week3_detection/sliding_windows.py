# %% [markdown]
# # Sliding windows: from telling what to telling where
#
# You can train a network that says "car" or "no car" of a small picture. Now comes a street of $160 \times 128$
# pixels with seven vehicles in it. Where are they? The oldest answer still explains the newest detectors: cut a
# **window** out of the picture, ask the network, move the window a little, ask again.
#
# That works, and it is slow. In this notebook you build it, count what it costs, and then turn the very same
# network, with the very same weights, into one that answers for *all* windows in one pass. Then you teach it to say
# not only that there is a car, but where in the window it begins and ends. At that point you hold a one-stage
# detector in your hands, and you will see how R-CNN, Fast R-CNN, Faster R-CNN and SSD are related to it.
#
# **You will be able to**
#
# - *cut* a picture into windows, and *find* things of several sizes with a picture pyramid,
# - *turn* dense layers into convolutions, *prove* that the answers are the same numbers, and *say* when they are not,
# - *count* multiply-adds, of windows, of one pass, and of five families of detectors,
# - *write* the loss of a network that says whether, where and what, and *judge* landmarks,
# - *pool* any region of a feature map to a fixed size, and *lay out* anchor boxes.
#
# | | |
# |---|---|
# | place | 2 of 4 in this week |
# | needed before | `first_convnet` (Keras, shapes), `boxes` (corner form, scores) |
# | time | 4 to 5 hours for you; about two minutes for the computer |
# | hardware | two CPU cores; no GPU |
# | data | streets and a traffic sign that the course renders itself, with exact labels; nothing is downloaded |
# | points | 71 in twelve exercises |

# %% tags=["setup"]
import logging
import os
from dataclasses import dataclass
from time import perf_counter

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets on standard error

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from matplotlib.patches import Rectangle
from PIL import Image

from utils.checks import Checks, assert_close, assert_shape, call_unchanged
from utils.data import photograph
from utils.figures import PALETTE, show
from utils.settings import choose, progress
from utils.streets import street_scenes
from utils.traffic_signs import draw_sign

logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it remarks on many small models

SIDE = 32  # of a window, in pixels
STRIDE = 4  # from one window to the next
KINDS = ("car", "van", "bus", "lorry")


def resized(image, height, width):
    """Resize a picture (H, W, C) to (height, width, C); when it shrinks, pixels are averaged."""
    channels = [
        Image.fromarray(np.ascontiguousarray(channel, dtype=np.float32)).resize(
            (width, height), Image.Resampling.BILINEAR
        )
        for channel in np.moveaxis(image, -1, 0)
    ]
    return np.stack([np.asarray(channel) for channel in channels], axis=-1)


def sigmoid(x):
    """The logistic function, of any size of x."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(x, dtype=float)))


def outputs_of(model, images):
    """Run a model and return its outputs as a float64 array."""
    result = model(np.asarray(images, dtype="float32"), training=False)
    return np.array(ops.convert_to_numpy(result), dtype="float64")


def model_problem(model):
    """Say what keeps something from being a Keras model with weights; empty if nothing does."""
    if not isinstance(model, keras.Model):
        return f"should return a model, got {type(model).__name__}"
    return "" if model.built else "the model has no weights yet: begin with keras.Input"


def draw_boxes(axis, boxes, color="orange", labels=None, **options):
    """Outline boxes (left, top, right, bottom); ``labels`` are written at their upper left corners."""
    options = {"linewidth": 1.5, "fill": False, **options}
    color = PALETTE.get(color, color)
    for number, (left, top, right, bottom) in enumerate(np.asarray(boxes, dtype=float)):
        axis.add_patch(
            Rectangle((left, top), right - left, bottom - top, edgecolor=color, **options)
        )
        if labels is not None:
            axis.text(
                left, top - 1, labels[number], fontsize=7, va="bottom",
                bbox={"facecolor": color, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip


def draw_picture(axis, picture):
    """Draw a picture so that pixel (row, column) fills the square from (column, row) to one further."""
    height, width = picture.shape[:2]
    axis.imshow(np.clip(picture, 0, 1), extent=(0, width, height, 0))
    axis.set_axis_off()


def best_of_heaps(boxes, scores, apart=0.5):
    """Choose the boxes that have no better one with its centre near: within ``apart`` of their side."""
    boxes, scores = np.asarray(boxes, dtype=float).reshape(-1, 4), np.asarray(scores)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    sides = (boxes[:, 2:] - boxes[:, :2]).mean(axis=1)
    distance = np.abs(middles[:, None] - middles[None]).max(axis=-1)
    near = distance < apart * np.maximum(sides[:, None], sides[None])
    kept = []
    for place in np.argsort(-scores, kind="stable"):
        if not near[place, kept].any():
            kept.append(int(place))
    return np.array(kept, dtype=int)


# %% [markdown]
# ## Where this goes
#
# No network yet, and no window either. Below, a street is turned into maps of its edges: eight directions, averaged over cells of $4 \times 4$ pixels. A
# template of $8 \times 8$ cells, fitted by least squares to crops with and without a vehicle, slides over these maps. Sliding a template is a
# convolution, so one call of `ops.conv` scores every place. Detectors worked like this in 2005, with finer edges
# (Dalal and Triggs). What you will build does the same with a network in place of the template.

# %%
streets = {
    split: street_scenes(split, count)
    for split, count in (
        ("train", choose(800, quick=60, gpu=1600)),
        ("test", choose(200, quick=30, gpu=300)),
    )
}


@dataclass(frozen=True)
class Crops:
    """Square cuttings of SIDE pixels from streets, at full and at half size.

    Attributes:
        images: float32 (n, SIDE, SIDE, 3).
        present: Whether a whole vehicle of fitting size is near the middle, bool (n,).
        boxes: Its whole box in centre form, as shares of SIDE, (n, 4); zeros without one.
        kinds: Place in KINDS (n,); −1 without one.
    """

    images: np.ndarray
    present: np.ndarray
    boxes: np.ndarray
    kinds: np.ndarray

    def chosen(self, places):
        """The crops at these places, which may occur more than once."""
        return Crops(
            *(part[places] for part in (self.images, self.present, self.boxes, self.kinds))
        )


def halved(image):
    """Average blocks of 2×2 pixels."""
    height, width, channels = image.shape
    return image.reshape(height // 2, 2, width // 2, 2, channels).mean(axis=(1, 3))


def cut_crops(scenes, seed):
    """Cut crops with a vehicle (14 to 28 pixels long, at most 4 off the middle) and crops without.

    Half of those without lie beside a vehicle or on one that is too large or too small: the hard ones.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for n in range(len(scenes)):
        for level, empty in ((0, 6), (1, 3)):
            image = halved(scenes.images[n]) if level else scenes.images[n]
            height, width = image.shape[:2]
            full = scenes.full_boxes[n] / 2**level
            sizes, middles = full[:, 2:] - full[:, :2], (full[:, 2:] + full[:, :2]) / 2
            longest = sizes.max(axis=1, initial=0)
            whole = (scenes.visible[n] > 0.7) & ~scenes.truncated[n]
            for k in np.repeat(np.flatnonzero(whole & (longest >= 14) & (longest <= 28)), 2):
                left, top = np.rint(middles[k] + rng.uniform(-4, 4, 2) - SIDE / 2).astype(int)
                if 0 <= left <= width - SIDE and 0 <= top <= height - SIDE:
                    box = (*(middles[k] - (left, top)) / SIDE, *sizes[k] / SIDE)
                    rows.append(
                        (image[top : top + SIDE, left : left + SIDE], box, scenes.kinds[n][k])
                    )
            near = middles[(scenes.visible[n] > 0.25) & (longest >= 9) & (longest <= 44)]
            made = 0
            for _ in range(40):
                left, top = rng.integers(0, (width - SIDE + 1, height - SIDE + 1))
                if len(near) and made % 2:
                    place = near[rng.integers(len(near))] + rng.uniform(-18, 18, 2) - SIDE / 2
                    left, top = np.clip(
                        np.rint(place).astype(int), 0, (width - SIDE, height - SIDE)
                    )
                gap = np.abs(near - (left + SIDE / 2, top + SIDE / 2)).max(axis=1)
                if gap.min(initial=np.inf) >= 8 and made < empty:
                    rows.append((image[top : top + SIDE, left : left + SIDE], (0, 0, 0, 0), -1))
                    made += 1
    images, boxes, kinds = (np.stack(part) for part in zip(*rows, strict=True))
    return Crops(images.astype("float32"), kinds >= 0, boxes.astype("float32"), kinds)


crops = {split: cut_crops(scenes, seed=n) for n, (split, scenes) in enumerate(streets.items())}


def edge_cells(images):
    """Edges in eight directions, averaged over cells of 4×4 pixels and set against their surroundings."""
    gray = np.pad(
        np.asarray(images, dtype="float32").mean(axis=-1), ((0, 0), (1, 1), (1, 1)), "edge"
    )
    down = gray[:, 2:, 1:-1] - gray[:, :-2, 1:-1]
    right = gray[:, 1:-1, 2:] - gray[:, 1:-1, :-2]
    angles = np.arange(8) * np.pi / 4
    edges = np.maximum(0, right[..., None] * np.cos(angles) + down[..., None] * np.sin(angles))
    n, height, width, _ = edges.shape
    cells = edges.reshape(n, height // 4, 4, width // 4, 4, 8).mean(axis=(2, 4)).astype("float32")
    around = ops.convert_to_numpy(ops.average_pool(cells, 3, strides=1, padding="same"))
    return cells / (around.sum(axis=-1, keepdims=True) + 0.05)


train = crops["train"]
features = edge_cells(train.images).reshape(len(train.images), -1).astype(float)
mean = features.mean(axis=0)
centred = features - mean
template = np.linalg.solve(
    centred.T @ centred + 30 * np.eye(centred.shape[1]), centred.T @ (train.present - 0.5)
)
street = streets["test"].images[16]
cells = edge_cells(street[None])
heat = ops.convert_to_numpy(
    ops.conv(cells, template.reshape(8, 8, 8, 1).astype("float32"), padding="valid")
)[0, :, :, 0]

figure, axes = plt.subplots(1, 3, figsize=(11, 3), width_ratios=[1.25, 1, 1.25])
draw_picture(axes[0], street)
axes[0].set_title("a street, 160 × 128 pixels")
weights = template.reshape(8, 8, 8)
for row in range(8):
    for column in range(8):
        for k in range(8):
            strength = weights[row, column, k] / weights.max()
            if strength > 0.15:
                # An edge runs across the direction in which brightness grows.
                x, y = -np.sin(k * np.pi / 4) * 0.45, np.cos(k * np.pi / 4) * 0.45
                axes[1].plot(
                    [column + 0.5 - x, column + 0.5 + x], [row + 0.5 - y, row + 0.5 + y],
                    color=PALETTE["blue"], lw=2.5 * strength, solid_capstyle="round",
                )  # fmt: skip
axes[1].set(xlim=(0, 8), ylim=(8, 0), aspect="equal", xticks=[], yticks=[])
axes[1].set_title("the template: edges that speak for a vehicle")
draw_picture(axes[2], street * 0.45)
height, width = street.shape[:2]
axes[2].imshow(heat, cmap="inferno", alpha=0.65, extent=(14, width - 14, height - 14, 14), vmin=np.quantile(heat, 0.6))  # fmt: skip
axes[2].set(xlim=(0, width), ylim=(height, 0))
axes[2].set_title("its score, at the middle of each window")
show(
    figure,
    caption="A detector of 2005 in thirty lines: one template over edge maps. It lights up at vehicles of the right size, and at too much else.",
    alt="Left: a rendered street with vehicles. Middle: short blue strokes on a grid of 8 by 8 cells that suggest a car's outline. Right: the street darkened, with bright spots at vehicles and some at other places.",
    dpi=70,
)

# %% [markdown]
# **The crops.** To train a network, the cell above also cut small pictures of $32 \times 32$ pixels out of the streets. In the middle of a third of them, at most 4 pixels off, is
# a whole vehicle, 14 to 28 pixels long. The others show no vehicle there. Half of *those* were chosen to be hard: beside a vehicle, or on one that is much too
# large or too small. Why so nasty? A window that slides over a street sees mostly windows like these, and must say no to all of them.

# %%
train = crops["train"]
rng = np.random.default_rng(3)
chosen = [*rng.choice(np.flatnonzero(train.present), 24, replace=False)]
chosen += [*rng.choice(np.flatnonzero(~train.present), 24, replace=False)]
figure, axes = plt.subplots(4, 12, figsize=(10, 3.6))
for axis, number in zip(axes.flat, chosen, strict=True):
    draw_picture(axis, train.images[number])
for line, text in ((0, "vehicle"), (2, "none")):
    axes[line, 0].set_title(text, loc="left")
show(
    figure,
    caption=f"Crops to learn from: 24 of {train.present.sum():,} with a vehicle in the middle, 24 of {(~train.present).sum():,} without. Parts of vehicles count as none.",
    alt="Two rows of small pictures with a vehicle in the middle of each, then two rows of pictures of road, houses, trees and parts of vehicles.",
    dpi=70,
)

# %% [markdown]
# ## 1 · Windows
#
# **Why it matters.** A classifier has an input of fixed size. A street is larger. So we cut the street into windows of the size that the classifier knows.
#
# A window has the side $s$ and stands with its upper left corner at $(x, y)$. From one window to the next it moves by the **stride** $t$, to the right, and at the end of the line down. Only
# windows that lie wholly in the picture count. In a picture of height $H$ and width $W$ there are
#
# $$\Big(\Big\lfloor \frac{H - s}{t} \Big\rfloor + 1\Big) \cdot \Big(\Big\lfloor \frac{W - s}{t} \Big\rfloor + 1\Big)$$
#
# of them. You know this formula: it is that of a "valid" convolution. This is no accident, and section 5 makes use of it.
#
# **By hand.** $H = 7$, $W = 10$, $s = 3$, $t = 2$: rows begin at 0, 2, 4, columns at 0, 2, 4, 6. The last column of pixels is in no window. In all $3 \cdot 4 = 12$
# windows. The sixth stands in the second line, second place: its box is $(2, 2, 5, 5)$.

# %%
street = streets["test"].images[16]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), width_ratios=[1.3, 1])
draw_picture(axes[0], street)
starts = [(x, y) for y in range(0, 128 - 32 + 1, 32) for x in range(0, 160 - 32 + 1, 32)]
middles = np.array(starts) + 16
draw_boxes(axes[0], [(x, y, x + 32, y + 32) for x, y in starts], "yellow", linewidth=1)
axes[0].plot(*middles.T, "-o", color=PALETTE["orange"], lw=1, ms=3)
axes[0].set_title("stride 32: 20 windows, in reading order")
strides = np.array([32, 16, 8, 4, 2, 1])
counts = ((128 - 32) // strides + 1) * ((160 - 32) // strides + 1)
axes[1].plot(strides, counts, "o-", color=PALETTE["blue"])
for stride, count in zip(strides, counts, strict=True):
    axes[1].annotate(f"{count:,}", (stride, count), (0, 6), textcoords="offset points", ha="center")
axes[1].set(xscale="log", yscale="log", xlabel="stride in pixels", ylabel="windows", ylim=(10, 50_000))  # fmt: skip
axes[1].set_xticks(strides, strides)
axes[1].set_title("half the stride, four times the windows")
show(
    figure,
    caption="Windows of 32 pixels in a street of 160 × 128. With a stride of 32 a vehicle is often cut in two; with a stride of 1 there are 12,513 windows to classify, for one size only.",
    alt="Left: a street with a grid of 20 yellow squares joined by a line in reading order. Right: a falling line from 12,513 windows at stride 1 to 20 at stride 32.",
    dpi=70,
)

# %% [markdown]
# ## Exercise 1 · Cut the windows  (5 points · about 15 min)
#
# Return the windows and their boxes, both in reading order. Boxes are in corner form, $x$ first, as in the notebook before this one. Where no window fits, both arrays have length 0. A loop is
# fine; `np.lib.stride_tricks.sliding_window_view` does it without one.


# %% exercise="cut_windows"
def cut_windows(image, side, stride):
    """Cut all windows that lie wholly in a picture, in reading order.

    Args:
        image: Float array (H, W, C); it stays as it is.
        side: Height and width of a window in pixels.
        stride: Step from one window to the next, to the right and down, in pixels.

    Returns:
        ``(windows, boxes)``: (n, side, side, C), and float (n, 4): left, top, right, bottom in pixels.
        n may be 0.
    """
    ### BEGIN SOLUTION
    height, width, channels = image.shape
    tops = np.arange(0, height - side + 1, stride)
    lefts = np.arange(0, width - side + 1, stride)
    if not len(tops) or not len(lefts):
        return np.zeros((0, side, side, channels), image.dtype), np.zeros((0, 4))
    views = np.lib.stride_tricks.sliding_window_view(image, (side, side), axis=(0, 1))
    chosen = views[tops[:, None], lefts[None]]  # (rows, columns, C, side, side)
    windows = np.moveaxis(chosen, 2, -1).reshape(-1, side, side, channels)
    y, x = np.meshgrid(tops, lefts, indexing="ij")
    corners = np.stack([x, y, x + side, y + side], axis=-1)
    return windows, corners.reshape(-1, 4).astype(float)
    ### END SOLUTION


# %% check="cut_windows" points=5
checks = Checks("cut_windows")


def cut(image, side, stride):
    """Call the learner's function and look at the form of what it returns."""
    result = call_unchanged(cut_windows, image, side, stride)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "should return a pair (windows, boxes)"
    )
    windows, boxes = (np.asarray(part) for part in result)
    assert windows.ndim == 4, f"windows should have 4 axes, got {windows.ndim}"
    assert boxes.ndim == 2 and boxes.shape[1] == 4, f"boxes should be (n, 4), got {boxes.shape}"
    assert len(windows) == len(boxes), f"got {len(windows)} windows and {len(boxes)} boxes"
    return windows, boxes


with checks(
    "windows are counted along height and width, whole ones only",
    hint="where does the last window begin that still fits? height and width are two numbers",
):
    windows, _ = cut(checks.rng.random((7, 10, 3)), 3, 2)
    assert_shape(windows, (12, 3, 3, 3), "the windows of a picture of 7 × 10, side 3, stride 2")
    windows, _ = cut(checks.rng.random((8, 5, 2)), 4, 3)
    assert_shape(windows, (2, 4, 4, 2), "the windows of a picture of 8 × 5, side 4, stride 3")
with checks(
    "each window shows the pixels of its box",
    hint="the pixels of a box are image[top:bottom, left:right]",
):
    image = checks.rng.random((9, 12, 3))
    windows, boxes = cut(image, 4, 2)
    for window, (left, top, right, bottom) in zip(windows, boxes.astype(int), strict=True):
        pixels = image[top:bottom, left:right]
        assert pixels.shape == (4, 4, 3), (
            f"box ({left}, {top}, {right}, {bottom}) is no 4×4 window of a picture 9 high and 12 wide"
        )
        assert_close(window, pixels, f"the window of box ({left}, {top}, {right}, {bottom})")
with checks(
    "boxes come in reading order, x before y",
    hint="in a line of text, which changes faster: the column or the row?",
):
    _, boxes = cut(checks.rng.random((5, 7, 3)), 3, 2)
    expected = [[0, 0, 3, 3], [2, 0, 5, 3], [4, 0, 7, 3], [0, 2, 3, 5], [2, 2, 5, 5], [4, 2, 7, 5]]
    assert_close(boxes, expected, "the boxes of a picture 5 high and 7 wide, side 3, stride 2")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random pictures agree with two plain loops",
    hint="try pictures higher than wide, one channel, and strides that do not divide",
):
    for _ in range(4):
        height, width, side, stride, channels = checks.rng.integers(
            (9, 9, 2, 1, 1), (16, 16, 6, 5, 4)
        )
        image = checks.rng.random((height, width, channels))
        places = [
            (x, y)
            for y in range(0, height - side + 1, stride)
            for x in range(0, width - side + 1, stride)
        ]
        windows, boxes = cut(image, int(side), int(stride))
        assert_close(
            windows, np.stack([image[y : y + side, x : x + side] for x, y in places]), "the windows"
        )
        assert_close(boxes, [(x, y, x + side, y + side) for x, y in places], "the boxes")
with checks.hidden(
    "a picture that no window fits into gives none",
    hint="the arrays keep their axes: which one has length 0?",
):
    for shape in ((3, 9, 2), (9, 3, 2)):
        windows, boxes = cut(checks.rng.random(shape), 5, 2)
        assert_shape(windows, (0, 5, 5, 2), "the windows")
        assert_shape(boxes, (0, 4), "the boxes")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `np.arange(0, height - side + 1, stride)` holds the tops of all windows. The view of `sliding_window_view(image, (side, side), axis=(0, 1))` has a window for every place, with the axes
# (top, left, channel, row, column): pick the tops and lefts that you want, then bring the channels to the end.
# </details>
#
# **To think about.** Vehicles in the crops are at most 4 pixels off the middle. How large may the stride be, so that every vehicle gets at least one window in which this holds?

# %% [markdown]
# ## 2 · A classifier of windows
#
# The network is small on purpose: it will be asked thousands of times per street.
#
# | layer | output for a window of 32 | |
# |---|---|---|
# | convolution, 8 filters of $5 \times 5$, ReLU | 28 × 28 × 8 | "valid" |
# | max pooling by 2 | 14 × 14 × 8 | |
# | convolution, 16 filters of $3 \times 3$, ReLU | 12 × 12 × 16 | "valid" |
# | max pooling by 2 | 6 × 6 × 16 | |
# | convolution, 32 filters of $3 \times 3$, ReLU | 4 × 4 × 32 | "valid" |
# | flatten | 512 | |
# | dense, 64 units, ReLU | 64 | |
# | dense, one unit per output | 1 | logits |
#
# Two things are chosen with care. All convolutions are "valid": no zeros are put round the window. And every pooling divides without remainder: 28, 14, 12, 6 are all
# even. Both will matter in section 5.
#
# The output is a **logit** $z$, any number. The probability of a vehicle is $p = \sigma(z) = 1 / (1 + e^{-z})$. So $p > 0.5$ means $z > 0$.

# %% [markdown]
# ## Exercise 2 · Build the classifier  (5 points · about 12 min)
#
# Any side that is a multiple of 4, from 20 on, and any number of outputs: you will need the network again with more than one.


# %% exercise="crop_classifier"
def crop_classifier(side, outputs=1):
    """Build the network of the table above.

    Args:
        side: Height and width of a window in pixels, a multiple of 4, at least 20.
        outputs: Units of the last layer.

    Returns:
        A Keras model from windows (N, side, side, 3) to logits (N, outputs), not compiled.
    """
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((side, side, 3)),
            layers.Conv2D(8, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(outputs),
        ]
    )
    ### END SOLUTION


# %% check="crop_classifier" points=5
checks = Checks("crop_classifier")


def built(*args):
    """Call the learner's function and look at what it returns."""
    model = crop_classifier(*args)
    problem = model_problem(model)
    assert not problem, problem
    return model


with checks(
    "windows of the side go in, one number per output comes out",
    hint="input: (side, side, 3); what decides the length of the last axis?",
):
    for side, outputs in ((32, 1), (24, 9)):
        model = built(side, outputs)
        shapes = (tuple(model.input_shape[1:]), tuple(model.output_shape[1:]))
        assert shapes == ((side, side, 3), (outputs,)), (
            f"crop_classifier({side}, {outputs}) should go from ({side}, {side}, 3) to ({outputs},), got {shapes[0]} to {shapes[1]}"
        )
with checks(
    "it has the weights of the table: no more, no fewer",
    hint="compare model.summary() with the table, line by line",
):
    kernels = [tuple(w.shape) for w in built(32).weights if len(w.shape) > 1]
    table = [(5, 5, 3, 8), (3, 3, 8, 16), (3, 3, 16, 32), (512, 64), (64, 1)]
    for got, wanted in zip(kernels, table, strict=False):
        assert got == wanted, f"a kernel should have the shape {wanted}, got {got}"
    assert len(kernels) == len(table), f"there should be {len(table)} kernels, got {len(kernels)}"
    biases = sum(int(np.prod(w.shape)) for w in built(32).weights if len(w.shape) == 1)
    assert biases == 8 + 16 + 32 + 64 + 1, f"the biases are 121 numbers, got {biases}"
with checks(
    "the output is a logit: any number, below 0 and above 1 too",
    hint="which activation does the last layer have?",
):
    model = built(20)
    for value in (-7.0, 9.0):
        zeros = [np.zeros(w.shape) for w in model.get_weights()]
        model.set_weights([*zeros[:-1], zeros[-1] + value])
        got = outputs_of(model, np.zeros((1, 20, 20, 3)))
        assert_close(got, [[value]], f"the output when the last bias is {value:g} and all else 0", rtol=1e-5)  # fmt: skip
### BEGIN HIDDEN TESTS
with checks.hidden(
    "with given weights it computes what the table says",
    hint="where does the table have ReLU, and which pooling is it?",
    weight=2,
):
    model = built(24, 2)
    weights = [checks.rng.normal(0, 0.35, w.shape).astype("float32") for w in model.get_weights()]
    assert len(weights) == 10, "there should be five kernels and five biases"
    x = images = checks.rng.random((3, 24, 24, 3)).astype("float32")
    for place in range(3):
        x = ops.relu(ops.add(ops.conv(x, weights[2 * place]), weights[2 * place + 1]))
        x = ops.max_pool(x, 2, strides=2) if place < 2 else x
    flat = ops.convert_to_numpy(x).reshape(3, -1).astype(float)
    expected = np.maximum(flat @ weights[6] + weights[7], 0) @ weights[8]
    # Logits of both signs, whatever the draw.
    weights[9] = -expected.mean(axis=0)
    expected += weights[9]
    model.set_weights(weights)
    assert_close(outputs_of(model, images), expected, "the logits", rtol=1e-3, atol=1e-3)
with checks.hidden(
    "it can learn eight crops by heart",
    hint="train it on a handful of pictures: does the loss go to zero?",
):
    keras.utils.set_random_seed(1)
    model = built(20)
    images = np.random.default_rng(0).random((8, 20, 20, 3)).astype("float32") * 0.5
    labels = np.arange(8)[:, None] % 2
    images[::2, 6:14, 6:14, 0] += 0.5
    model.compile(keras.optimizers.Adam(0.003), keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(images, labels, batch_size=8, epochs=60, verbose=0)
    answers = outputs_of(model, images)[:, 0] > 0
    assert np.array_equal(answers, labels[:, 0] == 1), "after 60 steps some of the eight are still wrong"  # fmt: skip
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# `keras.Sequential` with `keras.Input((side, side, 3))` first. `padding="valid"` is what `layers.Conv2D` does by itself. The last `Dense` has no activation.
# </details>
#
# Now train it. The first cell holds a helper that trains once and remembers. It mirrors half of the pictures in every epoch: a mirrored street is a street.

# %%
EPOCHS = choose(8, quick=2, gpu=20)
_trained = {}


def fitted_on_crops(name, model, train, truth, loss, seed=0):
    """Train a model on crops with Adam and a falling learning rate; half of them mirrored in each epoch.

    ``truth`` is a function from whether the crops are mirrored to the targets. Returns model and losses.
    """
    rng = np.random.default_rng(seed)
    steps = EPOCHS * -(-len(train.images) // 64)
    rate = keras.optimizers.schedules.CosineDecay(0.003, steps)
    model.compile(keras.optimizers.Adam(rate), loss)
    losses = []
    for _ in progress(range(EPOCHS), name):
        mirrored = rng.random(len(train.images)) < 0.5
        images = np.where(mirrored[:, None, None, None], train.images[:, :, ::-1], train.images)
        done = model.fit(images, truth(mirrored), batch_size=64, epochs=1, verbose=0)
        losses.append(done.history["loss"][0])
    return model, losses


def trained_classifier():
    """Train the learner's classifier on the crops, once; return it and its losses."""
    key = ("classifier", crop_classifier)
    if key not in _trained:
        keras.utils.set_random_seed(0)
        model = crop_classifier(SIDE)
        present = crops["train"].present[:, None].astype("float32")
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        _trained[key] = fitted_on_crops(
            "vehicle or not", model, crops["train"], lambda _: present, loss
        )
    return _trained[key]


# %%
classifier, losses = trained_classifier()
test = crops["test"]
probabilities = sigmoid(classifier.predict(test.images, batch_size=256, verbose=0)[:, 0])
right = (probabilities > 0.5) == test.present
figure, axes = plt.subplots(1, 2, figsize=(9, 2.7))
axes[0].plot(np.arange(1, EPOCHS + 1), losses, "o-")
axes[0].set(xlabel="epoch", ylabel="loss", ylim=(0, None), title="on the training crops")
bins = np.linspace(0, 1, 21)
for present, color, label in ((True, "blue", "vehicle"), (False, "orange", "none")):
    axes[1].hist(probabilities[test.present == present], bins, color=PALETTE[color], alpha=0.6, label=label)  # fmt: skip
axes[1].set(xlabel="what the network says: probability of a vehicle", ylabel="test crops")
axes[1].set_title(f"other towns: {right.mean():.1%} right ({(~test.present).mean():.0%} are none)")
axes[1].set(yscale="log", ylim=(1, None))
axes[1].legend()
show(
    figure,
    caption="The classifier learns from one set of towns and is asked about others. Most answers are clear; the doubtful ones lie between the two heaps.",
    alt="Left: a falling curve of the loss. Right: two histograms of probabilities, vehicles heaped at 1, others heaped at 0, with some of each in between.",
)

doubtless = np.argsort(np.where(right, 0, np.abs(probabilities - 0.5)))[::-1]
# Two crops in a row may show the same vehicle: one of them will do.
sure_and_wrong = [n for n in doubtless[:60] if n % 2 == 0 or n - 1 not in doubtless[:60]][:16]
figure, axes = plt.subplots(2, 8, figsize=(9, 2.9))
for axis, number in zip(axes.flat, sure_and_wrong, strict=True):
    draw_picture(axis, test.images[number])
    said = f"{probabilities[number]:.0%}"
    axis.set_title(f"{said}, {'vehicle' if test.present[number] else 'none'}", fontsize=8)
show(
    figure,
    caption="The sixteen test crops on which the network is most sure and wrong: what it says, and what is true. Read some of them as a human: where is the line between “in the middle” and “beside it”?",
    alt="Sixteen small pictures with a probability and the true answer each: parts of vehicles, vehicles of an odd size, dark or hazy vehicles.",
    dpi=70,
)

# %% [markdown]
# A few of these errors are errors of the *question*. A vehicle 7 pixels off the middle is neither clearly in nor clearly out; we left the ones between 4 and 8 out of the crops, but the window will meet them all.
#
# **Question.** Of 100 random windows of a street, perhaps 2 have a vehicle in the middle. The classifier is right for 90 in 100 windows of both kinds. How many of the windows that it calls vehicles are none?
#
# <details><summary>Answer</summary>
#
# Of the 2 with a vehicle it finds 1.8; of the 98 others it calls 9.8 vehicles. So 9.8 of 11.6, more than four in five, are false alarms. (Random windows are easier than our hard crops, so in truth it is not quite so bad.) A
# detector needs a far better classifier than one would think, and a threshold well above 0.5.
# </details>

# %% [markdown]
# ## 3 · The sliding window
#
# Cut, classify, keep what is above a threshold. The result has the form that every detector has: boxes, and a score for each, best first.

# %% [markdown]
# ## Exercise 3 · Scan a picture  (6 points · about 15 min)
#
# The side of the window stands in the model: `model.input_shape` is `(None, side, side, 3)`. A score is a probability, so the logits go through `sigmoid`, which the first cell defines. A window whose score equals the
# threshold stays. Give the windows to the network in batches (`model.predict(…, verbose=0)`), never one by one. Mind the picture that no window fits into: Keras does not like to predict nothing.


# %% exercise="scan"
def scan(model, image, stride, threshold):
    """Find windows in which a classifier sees something.

    Args:
        model: Keras model from windows (N, side, side, C) to one logit each, (N, 1).
        image: float32 (H, W, C).
        stride: Step between windows in pixels.
        threshold: Least probability of a window that is kept.

    Returns:
        ``(boxes, scores)``, highest score first: (n, 4) left, top, right, bottom in pixels, and
        probabilities (n,). n may be 0.
    """
    ### BEGIN SOLUTION
    windows, boxes = cut_windows(image, model.input_shape[1], stride)
    if len(windows) == 0:
        return boxes, np.zeros(0)
    scores = sigmoid(model.predict(windows, batch_size=256, verbose=0)[:, 0])
    kept = np.flatnonzero(scores >= threshold)
    order = kept[np.argsort(-scores[kept], kind="stable")]
    return boxes[order], scores[order]
    ### END SOLUTION


# %% check="scan" points=6
checks = Checks("scan")


def pixel_sum(side, channels, weight, bias):
    """A classifier that one can work by hand: logit = weight · sum of all numbers + bias."""
    model = keras.Sequential(
        [keras.Input((side, side, channels)), layers.Flatten(), layers.Dense(1)]
    )
    model.set_weights([np.full((side * side * channels, 1), weight), np.array([bias])])
    return model


def scanned(model, image, stride, threshold):
    """Call the learner's function and look at the form of what it returns."""
    result = scan(model, image.astype("float32"), stride, threshold)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "should return a pair (boxes, scores)"
    )
    boxes, scores = (np.asarray(part) for part in result)
    assert boxes.ndim == 2 and boxes.shape[1] == 4, f"boxes should be (n, 4), got {boxes.shape}"
    assert_shape(scores, (len(boxes),), "the scores")
    return boxes, scores


with checks(
    "a bright square is found where it is",
    hint="boxes are (left, top, right, bottom): which window lies on the square?",
):
    image = np.zeros((12, 20, 1))
    image[4:8, 12:16] = 1
    boxes, _ = scanned(pixel_sum(4, 1, 1.0, -14.0), image, 2, 0.5)
    assert_shape(boxes, (1, 4), "the boxes (one window has 16 bright pixels, all others at most 8)")
    assert_close(boxes, [[12, 4, 16, 8]], "the box of a square in rows 4 to 7, columns 12 to 15")
with checks(
    "scores are probabilities, not logits",
    hint="what does the network put out, and what turns it into a probability?",
):
    image = np.zeros((4, 4, 1))
    _, scores = scanned(pixel_sum(4, 1, 1.0, 0.0), image, 4, 0.1)
    assert_close(scores, [0.5], "the score of a window with the logit 0", rtol=1e-5)
    _, scores = scanned(pixel_sum(4, 1, 1.0, -2.0), image, 4, 0.1)
    assert_close(scores, [0.11920292], "the score of a window with the logit -2", rtol=1e-4)
with checks(
    "the best window comes first, each with its own score",
    hint="in which order does argsort sort, and did boxes and scores get the same order?",
):
    image = np.zeros((4, 12, 1))
    image[0, 0], image[0:2, 4], image[0:3, 8] = 1, 1, 1
    boxes, scores = scanned(pixel_sum(4, 1, 1.0, -2.0), image, 4, 0.2)
    assert_close(scores, [0.73105858, 0.5, 0.26894142], "the scores", rtol=1e-4)
    assert_close(boxes[:, 0], [8, 4, 0], "the left edges of the boxes")
with checks(
    "only windows that reach the threshold are kept",
    hint="compare probabilities with the threshold; at the same value a window stays",
):
    image = np.zeros((4, 12, 1))
    image[0, 0], image[0:2, 4], image[0:3, 8] = 1, 1, 1
    for threshold, count in ((0.5, 2), (0.6, 1), (0.3, 2), (0.99, 0)):
        boxes, _ = scanned(pixel_sum(4, 1, 1.0, -2.0), image, 4, threshold)
        assert len(boxes) == count, (
            f"the windows score 0.73, 0.5 and 0.27; {count} reach {threshold}, got {len(boxes)}"
        )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random pictures agree with a slow scan, whatever side, stride and channels",
    hint="is the side read from the model, and the stride passed on?",
    weight=2,
):
    for side, stride, channels, shape in ((5, 3, 3, (17, 24)), (6, 1, 1, (11, 9)), (3, 4, 2, (15, 8))):  # fmt: skip
        model = pixel_sum(side, channels, 0.0, 0.0)
        kernel = checks.rng.normal(0, 0.5, (side * side * channels, 1)).astype("float32")
        kernel -= kernel.mean()
        model.set_weights([kernel, np.array([0.3])])
        image = checks.rng.random((*shape, channels)).astype("float32")
        expected = []
        for y in range(0, shape[0] - side + 1, stride):
            for x in range(0, shape[1] - side + 1, stride):
                z = image[y : y + side, x : x + side].ravel().astype(float) @ kernel[:, 0] + 0.3
                expected.append((1 / (1 + np.exp(-z)), (x, y, x + side, y + side)))
        expected.sort(reverse=True)
        # A threshold in the widest gap below the best few: rounding moves no score across it.
        values = np.array([score for score, _ in expected])
        last = 3 + int(np.argmax(values[3:-1] - values[4:]))
        expected = expected[: last + 1]
        boxes, scores = scanned(model, image, stride, float(values[last : last + 2].mean()))
        assert_close(scores, [score for score, _ in expected], "the scores", rtol=1e-3, atol=1e-5)
        assert_close(boxes, np.array([box for _, box in expected]).reshape(-1, 4), "the boxes")
with checks.hidden(
    "a picture that no window fits into, or in which nothing is seen, gives empty arrays",
    hint="what does model.predict do with an array of length 0?",
):
    for shape, threshold in (((3, 9, 1), 0.1), ((9, 9, 1), 0.999)):
        boxes, scores = scanned(pixel_sum(5, 1, 1.0, -1.0), np.zeros(shape), 2, threshold)
        assert_shape(boxes, (0, 4), "the boxes")
        assert_shape(scores, (0,), "the scores")
### END HIDDEN TESTS
checks.report()

# %%
classifier, _ = trained_classifier()
figure, axes = plt.subplots(2, 3, figsize=(11, 5.6))
for column, number in zip(axes.T, (16, 11, 8), strict=True):
    street = streets["test"].images[number]
    boxes, scores = scan(classifier, street, STRIDE, 0.0)
    rows, columns = (128 - SIDE) // STRIDE + 1, (160 - SIDE) // STRIDE + 1
    heat = np.zeros((rows, columns))
    places = (boxes[:, :2] / STRIDE).astype(int)
    heat[places[:, 1], places[:, 0]] = scores
    draw_picture(column[0], street * 0.5)
    edge = SIDE / 2 - STRIDE / 2
    column[0].imshow(
        heat, cmap="inferno", alpha=0.65, vmin=0, vmax=1,
        extent=(edge, edge + STRIDE * columns, edge + STRIDE * rows, edge),
    )  # fmt: skip
    column[0].set(xlim=(0, 160), ylim=(128, 0))
    sure = scores >= 0.9
    draw_picture(column[1], street)
    draw_boxes(column[1], boxes[sure], "yellow", linewidth=0.6)
    kept = best_of_heaps(boxes[sure], scores[sure])
    draw_boxes(column[1], boxes[sure][kept], "vermilion", [f"{s:.2f}" for s in scores[sure][kept]])
    column[0].set_title(f"{len(boxes)} windows")
    column[1].set_title(f"{sure.sum()} with 0.9 or more, {len(kept)} heaps")
show(
    figure,
    caption="The sliding window on three streets of the test towns. Above: the probability at the middle of each window. Below: all windows of 0.9 or more (yellow) and the best of each heap (red).",
    alt="Three streets with bright spots at vehicles of fitting size; below, yellow squares in heaps at these places with one red square each, and some false alarms.",
    dpi=70,
)

# %% [markdown]
# Three things to see. One vehicle makes a heap of windows: that is what non-max suppression is for (here a short cut keeps the best of each heap, as with the coins). Vehicles that are much larger
# or smaller than the window are not found. And the squares are not the vehicles' boxes; they only say "about here". The next two ideas mend the second and the third.
#
# ## 4 · All sizes: the picture pyramid
#
# The window stays as it is; the *picture* changes its size. A car of 50 pixels is one of 25 in the picture of half the size, and the window fits. A set of copies of a picture at several scales is called a **pyramid**.
#
# A box that is found in a copy is in the copy's pixels. It has to be mapped back:
#
# $$x_\text{picture} = x_\text{copy} \cdot \frac{W}{w}, \qquad y_\text{picture} = y_\text{copy} \cdot \frac{H}{h}$$
#
# - $W, H$: width and height of the picture
# - $w, h$: width and height of the copy, whole numbers: $w = \text{round}(s W)$, $h = \text{round}(s H)$ for the scale $s$
#
# **By hand.** A picture of height 15 and width 22 at the scale $0.5$: $h = \text{round}(7.5) = 8$ and $w = 11$. So $x$ is multiplied by $22 / 11 = 2$, but $y$ by $15 / 8 = 1.875$. The box
# $(4, 4, 8, 8)$ of the copy is $(8, 7.5, 16, 15)$ in the picture. Who divides by $0.5$ gets a box that ends at 16, below the last row.
#
# (Python's `round` sends a half to the nearest *even* number. Use it; what matters is that the factor comes from the numbers that were really taken.)

# %%
street = streets["test"].images[16]
scales = (1.0, 0.7, 0.5, 0.35)
figure, axes = plt.subplots(1, 4, figsize=(10, 2.9), width_ratios=scales)
for axis, scale in zip(axes, scales, strict=True):
    height, width = round(128 * scale), round(160 * scale)
    draw_picture(axis, resized(street, height, width))
    axis.set(anchor="S")
    left, top = 0.5 * (width - SIDE), 0.6 * (height - SIDE)
    draw_boxes(axis, [(left, top, left + SIDE, top + SIDE)], "yellow", linewidth=2)
    axis.set_title(f"{width} × {height}:\n{SIDE} pixels stand for {SIDE / scale:.0f}", fontsize=9)
show(
    figure,
    caption="A pyramid, drawn to scale. The window is the same 32 pixels everywhere; it covers more of the street in each smaller copy.",
    alt="Four copies of a street, each smaller than the one before, with a yellow square of the same size in each.",
    dpi=70,
)

# %% [markdown]
# ## Exercise 4 · Scan a pyramid  (6 points · about 12 min)
#
# `resized(image, height, width)` is defined in the first cell. Scan every copy with your `scan`, map the boxes back, and return all of them together, best first.


# %% exercise="scan_pyramid"
def scan_pyramid(model, image, scales, stride, threshold):
    """Find things of several sizes: scan copies of a picture, and map the boxes back.

    Args:
        model: Keras model from windows (N, side, side, C) to one logit each, (N, 1).
        image: float32 (H, W, C).
        scales: List of float; a copy is round(scale · H) high and round(scale · W) wide.
        stride: Step between windows, in pixels of the copy.
        threshold: Least probability of a window that is kept.

    Returns:
        ``(boxes, scores)`` of all copies together, highest score first: (n, 4) left, top, right,
        bottom in pixels of ``image``, and probabilities (n,).
    """
    ### BEGIN SOLUTION
    height, width = image.shape[:2]
    found, sure = [np.zeros((0, 4))], [np.zeros(0)]
    for scale in scales:
        rows, columns = round(scale * height), round(scale * width)
        boxes, scores = scan(model, resized(image, rows, columns), stride, threshold)
        found.append(boxes * np.tile([width / columns, height / rows], 2))
        sure.append(scores)
    boxes, scores = np.concatenate(found), np.concatenate(sure)
    order = np.argsort(-scores, kind="stable")
    return boxes[order], scores[order]
    ### END SOLUTION


# %% check="scan_pyramid" points=6
checks = Checks("scan_pyramid")


def mean_model(side, channels=1, gain=10.0, bias=-5.0):
    """A classifier that likes brightness: logit = gain · mean + bias."""
    model = keras.Sequential(
        [keras.Input((side, side, channels)), layers.Flatten(), layers.Dense(1)]
    )
    count = side * side * channels
    model.set_weights([np.full((count, 1), gain / count), np.array([bias])])
    return model


def pyramid(model, image, scales, stride, threshold):
    """Call the learner's function and look at the form of what it returns."""
    result = scan_pyramid(model, image.astype("float32"), list(scales), stride, threshold)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "should return a pair (boxes, scores)"
    )
    boxes, scores = (np.asarray(part) for part in result)
    assert boxes.ndim == 2 and boxes.shape[1] == 4, f"boxes should be (n, 4), got {boxes.shape}"
    assert_shape(scores, (len(boxes),), "the scores")
    return boxes, scores


def sorted_rows(boxes):
    """Bring boxes into an order that does not depend on their scores."""
    boxes = np.round(np.asarray(boxes, dtype=float), 6)
    return boxes[np.lexsort(boxes.T[::-1])]


with checks(
    "a large bright square is found in the half-size copy, and boxed in the picture's pixels",
    hint="a window of the copy is how many pixels of the picture wide?",
):
    image = np.zeros((24, 40, 1))
    image[8:16, 24:32] = 1
    boxes, _ = pyramid(mean_model(4, bias=-6.0), image, [0.5], 4, 0.5)
    assert_shape(boxes, (1, 4), "the boxes")
    assert_close(boxes, [[24, 8, 32, 16]], "the box of a square in rows 8 to 15, columns 24 to 31")
with checks(
    "x and y are mapped back each by its own factor, with sizes that were rounded",
    hint="work the example with 15 × 22 through: which two factors?",
):
    boxes, _ = pyramid(mean_model(4), np.ones((15, 22, 1)), [0.5], 4, 0.5)
    expected = [[0, 0, 8, 7.5], [0, 7.5, 8, 15], [8, 0, 16, 7.5], [8, 7.5, 16, 15]]
    assert_shape(boxes, (4, 4), "the boxes in a copy of 8 × 11")
    assert_close(sorted_rows(boxes), expected, "the boxes of a picture 15 high and 22 wide")
with checks(
    "the windows of all copies come back, those of enlarged ones too",
    hint="what happens to the boxes of the first scale when the second one is scanned?",
):
    boxes, _ = pyramid(mean_model(4), np.ones((8, 12, 1)), [1.0, 0.5, 2.0], 4, 0.5)
    counts = {float(side): int(np.sum(boxes[:, 2] - boxes[:, 0] == side)) for side in (4, 8, 2)}
    assert counts == {4.0: 6, 8.0: 1, 2.0: 24}, (
        f"windows of 4, 8 and 2 pixels should be 6, 1 and 24, got {list(counts.values())}"
    )
with checks(
    "the best window of all copies comes first",
    hint="each scan is sorted; are two sorted lists, one after the other, sorted?",
):
    image = np.zeros((16, 16, 1))
    image[0:4, 0:4] = 1
    image[8:16, 8:16] = 0.8
    boxes, scores = pyramid(mean_model(4), image, [0.5, 1.0], 4, 0.3)
    assert np.all(np.diff(scores) <= 0), "the scores rise somewhere on the way down the list"
    assert_close(boxes[0], [0, 0, 4, 4], "the box of the brightest window")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random pictures agree with a slow pyramid",
    hint="colour pictures, several scales, other strides",
    weight=2,
):
    for shape, scales, stride in (
        ((19, 26, 3), (1.0, 0.61, 0.4), 2),
        ((23, 14, 2), (0.77, 1.3), 3),
    ):
        image = checks.rng.random(shape).astype("float32")
        model = mean_model(5, shape[2], 30.0, -15.0)
        expected = []
        for scale in scales:
            rows, columns = round(scale * shape[0]), round(scale * shape[1])
            copy = resized(image, rows, columns).astype(float)
            for y in range(0, rows - 5 + 1, stride):
                for x in range(0, columns - 5 + 1, stride):
                    z = 30 * copy[y : y + 5, x : x + 5].mean() - 15
                    box = np.array([x, y, x + 5, y + 5]) * np.tile([shape[1] / columns, shape[0] / rows], 2)  # fmt: skip
                    expected.append((1 / (1 + np.exp(-z)), tuple(box)))
        expected.sort(reverse=True)
        boxes, scores = pyramid(model, image, scales, stride, 0.0)
        assert_close(scores, [score for score, _ in expected], "the scores", rtol=1e-3, atol=1e-4)
        assert_close(
            sorted_rows(boxes), sorted_rows([box for _, box in expected]), "the boxes", atol=1e-4
        )
with checks.hidden(
    "a copy that is smaller than the window adds nothing",
    hint="does your scan take a picture that no window fits into?",
):
    boxes, scores = pyramid(mean_model(6), np.ones((12, 16, 1)), [0.3, 0.5], 2, 0.5)
    assert_shape(boxes, (2, 4), "the boxes: only the copy of 6 × 8 has windows")
    boxes, scores = pyramid(mean_model(6), np.ones((12, 16, 1)), [0.3], 2, 0.5)
    assert_shape(boxes, (0, 4), "the boxes where no copy has a window")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# One row of factors does for all four numbers: `[width / columns, height / rows, width / columns, height / rows]`. Collect boxes and scores in two lists, `np.concatenate` them at the end, and sort once.
# </details>

# %%
PYRAMID = (1.4, 1.0, 0.7, 0.5, 0.35)
classifier, _ = trained_classifier()
figure, axes = plt.subplots(1, 3, figsize=(11, 3))
for axis, number in zip(axes, (16, 11, 8), strict=True):
    street = streets["test"].images[number]
    boxes, scores = scan_pyramid(classifier, street, PYRAMID, STRIDE, 0.9)
    kept = best_of_heaps(boxes, scores)
    draw_picture(axis, street)
    draw_boxes(axis, boxes[kept], "vermilion", [f"{s:.2f}" for s in scores[kept]])
    axis.set_title(f"{len(boxes)} windows of 0.9 or more, {len(kept)} heaps")
show(
    figure,
    caption="The pyramid finds vehicles of every size from 10 to 80 pixels. It also multiplies the windows, and with them the false alarms.",
    alt="Three streets with red squares of several sizes on vehicles, and some on houses and trees.",
    dpi=70,
)

# %% [markdown]
# ## 5 · One pass for all windows
#
# **What is wasted?** Two neighbouring windows share 28 of their 32 columns. The first convolution computes the same products for both, twice. At a stride of 4 a pixel in the middle of a street lies in
# $8 \cdot 8 = 64$ windows, and is worked on 64 times.
#
# Convolution and pooling do not care how large a picture is. So run them over the *whole street, once*. What a window would have computed is then a piece of the street's map: the window of 32 pixels at $(x, y)$ has the $4 \times 4$ piece of the last map that begins
# at $(x / 4, y / 4)$, because two poolings by 2 make one step on the map out of 4 pixels.
#
# **And the dense layers?** The first one takes the $4 \times 4 \times 32$ numbers of such a piece, multiplies each by a weight, and adds up. That *is* a convolution kernel of $4 \times 4 \times 32$, at one place. A
# dense layer with 64 units after a flatten is a "valid" convolution with 64 kernels of $4 \times 4$. The dense layers after that see one place at a time: they are convolutions of $1 \times 1$.
#
# So the same weights, written as convolutions, give the classifier's answer for every window in one pass. This is how Sermanet and others (OverFeat, 2013) made sliding windows affordable, and the heart of every detector since.

# %%
figure, axes = plt.subplots(2, 1, figsize=(10, 4.2))
stages = {
    "a window": [("32×32×3", 1.0, "sky"), ("14×14×8", 0.8, "blue"), ("6×6×16", 0.62, "green"), ("4×4×32", 0.5, "orange"), ("64", 0.1, "vermilion"), ("1", 0.06, "black")],
    "a street": [("128×160×3", 1.6, "sky"), ("62×78×8", 1.4, "blue"), ("30×38×16", 1.22, "green"), ("28×36×32", 1.1, "orange"), ("25×33×64", 0.9, "vermilion"), ("25×33×1", 0.86, "black")],
}  # fmt: skip
between = {
    "a window": ("conv 5×5\npool 2", "conv 3×3\npool 2", "conv 3×3", "flatten\ndense", "dense"),
    "a street": ("conv 5×5\npool 2", "conv 3×3\npool 2", "conv 3×3", "conv 4×4", "conv 1×1"),
}
for axis, (name, blocks) in zip(axes, stages.items(), strict=True):
    for place, (text, size, color) in enumerate(blocks):
        x = 3.0 * place
        wide = size * (1.1 if name == "a street" else 1)
        axis.add_patch(Rectangle((x, -size / 2), wide, size, facecolor=PALETTE[color], alpha=0.55, edgecolor="black"))  # fmt: skip
        axis.text(x + wide / 2, -0.98, text, ha="center", va="top", fontsize=9)
        if place:
            axis.annotate("", (x - 0.12, 0), (x - 1.1, 0), arrowprops={"arrowstyle": "->"})
            label = between[name][place - 1]
            bold = {"weight": "bold", "color": PALETTE["vermilion"]} if place > 3 else {}
            axis.text(x - 0.6, 0.12, label, ha="center", va="bottom", fontsize=8, **bold)
    axis.set(xlim=(-1.9, 16.2), ylim=(-1.3, 1), aspect="equal")
    axis.text(-0.25, 0, name, ha="right", va="center", weight="bold")
    axis.axis("off")
show(
    figure,
    caption="The same weights, twice. Only flatten and dense change their form; what comes out for a street is a map with one answer per window.",
    alt="Two chains of boxes. Above: window, maps of 14, 6 and 4, then 64 numbers and 1 number. Below: street, larger maps, then maps of 25 by 33 with 64 channels and 1 channel.",
)

# %% [markdown]
# **What does it save?** Count **multiply-adds**: one multiplication and one addition. A convolution with $K$ filters of size $f$ that puts out a map of $h \times w$ from $C$ channels takes
#
# $$h \cdot w \cdot f^2 \cdot C \cdot K$$
#
# and a dense layer inputs × units. Pooling and biases are not counted.
#
# **By hand.** Windows of side 6 with one channel, network: convolution with 2 filters of $3 \times 3$, pooling by 2, dense with 3 units.
#
# - One window: the convolution puts out $4 \times 4$: $16 \cdot 9 \cdot 1 \cdot 2 = 288$. Pooled to $2 \times 2 \times 2 = 8$ numbers; dense: $8 \cdot 3 = 24$. In all 312.
# - A picture of height 8 and width 10. The network's own stride is 2, its one pooling. $2 \cdot 3 = 6$ windows: $6 \cdot 312 = 1{,}872$.
# - One pass: the convolution puts out $6 \times 8$: $48 \cdot 18 = 864$. Pooled to $3 \times 4$. The dense layer is a convolution of $2 \times 2$: it puts out $2 \times 3$ places, $6 \cdot 24 = 144$. In all 1,008.
#
# The dense layer costs the same both ways: it is worked out once per window. The convolutions are shared.

# %% [markdown]
# ## Exercise 5 · Count what a scan costs  (6 points · about 15 min)
#
# Convolutions are "valid" with stride 1, poolings do not overlap, and the windows' stride is the product of all pooling sizes. The first `dense` takes the whole map of a window.


# %% exercise="scan_cost"
def scan_cost(height, width, channels, side, network):
    """Count the multiply-adds of a scan, window by window and in one pass.

    Args:
        height: Height of the picture in pixels, at least ``side``.
        width: Its width, at least ``side``.
        channels: Its channels.
        side: Side of a window in pixels; every pooling divides without remainder there.
        network: List of tuples: ``("conv", filters, size)``, ``("pool", size)``, ``("dense", units)``;
            all dense layers stand at the end.

    Returns:
        ``(windows, one_pass)``: two int, for all windows one by one, and for one pass.
    """
    ### BEGIN SOLUTION
    stride = int(np.prod([layer[1] for layer in network if layer[0] == "pool"], dtype=int))

    def one_run(shape):
        (rows, columns), depth, extent, cost = shape, channels, side, 0
        for kind, *settings in network:
            if kind == "pool":
                rows, columns, extent = (n // settings[0] for n in (rows, columns, extent))
                continue
            # A dense layer is a convolution as large as a window's map.
            size = settings[1] if kind == "conv" else extent
            rows, columns, extent = (n - size + 1 for n in (rows, columns, extent))
            cost += rows * columns * size**2 * depth * settings[0]
            depth = settings[0]
        return cost

    count = ((height - side) // stride + 1) * ((width - side) // stride + 1)
    return count * one_run((side, side)), one_run((height, width))
    ### END SOLUTION


# %% check="scan_cost" points=6
checks = Checks("scan_cost")
BY_HAND = [("conv", 2, 3), ("pool", 2), ("dense", 3)]


def costs(*args):
    """Call the learner's function and look at the form of what it returns."""
    result = scan_cost(*args)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "should return a pair (windows, one_pass)"
    )
    return [int(number) for number in result]


with checks(
    "one window alone costs the same both ways",
    hint="work the single window of the example through",
):
    assert costs(6, 6, 1, 6, BY_HAND) == [312, 312], (
        f"for a picture of one window both are 312, got {costs(6, 6, 1, 6, BY_HAND)}"
    )
with checks(
    "window by window, every window pays in full",
    hint="how many windows are there, along height and along width?",
):
    got = costs(8, 10, 1, 6, BY_HAND)[0]
    assert got == 1872, f"the example's six windows cost 1,872, got {got:,}"
    got = costs(6, 8, 3, 6, [("conv", 4, 3), ("dense", 2)])[0]
    assert got == 3 * (16 * 27 * 4 + 64 * 2), (
        f"three windows of side 6, stride 1, three channels, conv 4 of 3×3 and dense 2 cost 5,568, got {got:,}"
    )
with checks(
    "in one pass, maps are as large as the picture allows",
    hint="which layers are computed once per place of the picture, which once per window?",
):
    got = costs(8, 10, 1, 6, BY_HAND)[1]
    assert got == 1008, f"the example's one pass costs 1,008, got {got:,}"
with checks(
    "a second dense layer sees one place at a time",
    hint="which kernel size does the second dense layer have as a convolution?",
):
    got = costs(8, 10, 1, 6, [*BY_HAND, ("dense", 5)])
    assert got == [1872 + 6 * 15, 1008 + 6 * 15], (
        f"five more units on the three cost 15 per window both ways: 1,962 and 1,098, got {got}"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the classifier of this lesson on pictures of several sizes",
    hint="two poolings: the stride is their product",
    weight=2,
):
    network = [("conv", 8, 5), ("pool", 2), ("conv", 16, 3), ("pool", 2), ("conv", 32, 3), ("dense", 64), ("dense", 1)]  # fmt: skip
    window = 28 * 28 * 75 * 8 + 12 * 12 * 72 * 16 + 4 * 4 * 144 * 32 + 512 * 64 + 64
    for height, width in ((32, 32), (64, 96), (128, 160), (66, 39)):
        rows, columns = (height - 32) // 4 + 1, (width - 32) // 4 + 1
        h1, w1 = height - 4, width - 4
        h2, w2 = h1 // 2 - 2, w1 // 2 - 2
        h3, w3 = h2 // 2 - 2, w2 // 2 - 2
        whole = (
            h1 * w1 * 600 + h2 * w2 * 1152 + h3 * w3 * 4608 + (h3 - 3) * (w3 - 3) * (512 * 64 + 64)
        )
        got = costs(height, width, 3, 32, network)
        assert got == [rows * columns * window, whole], "a cost is wrong"
with checks.hidden(
    "pooling by 3, dense at once, no convolution at all",
    hint="does every layer work in any place of the list?",
):
    assert costs(9, 13, 2, 6, [("pool", 3), ("dense", 4)]) == [2 * 3 * 32, 2 * 3 * 32], (
        "pool 3, dense 4"
    )
    assert costs(5, 4, 2, 3, [("dense", 4)]) == [3 * 2 * 72, 3 * 2 * 72], "dense alone"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Write one inner function that goes through the layers for a picture of any size and returns its cost. Carry the height, the width and the depth along, and, beside them, how large *a window's* map is at this point: that is the kernel size of a dense layer. After the first dense layer it is 1.
# </details>
#
# **To think about.** In the example with windows of side 4 in place of 6, one pass saves nothing at all. Why?

# %% [markdown]
# ## Exercise 6 · From dense layers to convolutions  (10 points · about 30 min)
#
# The exercise of this lesson. Take a classifier that is trained, and return a model with the same weights that takes pictures of *any* size and returns a map of answers.
#
# 1. Begin with `keras.Input((None, None, channels))`.
# 2. Layers before the flatten stay what they are. A layer can be used a second time by calling it; or make a copy: `type(layer).from_config(layer.get_config())`, call it, and give it the weights (`get_weights`, `set_weights`).
# 3. The flatten goes. It tells you how large a window's map is there: `layer.input.shape` is `(None, h, w, C)`.
# 4. A dense layer becomes a convolution, with the dense layer's `units`, `activation` and `use_bias`. Its kernel has the shape $(h \cdot w \cdot C, \text{units})$ and must become $(h, w, C, \text{units})$. In which order did the flatten lay out the numbers? Rows, then columns, then channels, as `reshape` does. A
#    wrong order gives the right shape and wrong numbers, and nothing complains. The checks do.
#
# The model given may be any chain of convolutions, poolings, activations, one flatten, and dense layers. Windows need not be square.


# %% exercise="convolutionalise"
def convolutionalise(model):
    """Turn a classifier of windows into a network that answers for all windows of a picture at once.

    Args:
        model: Keras model (a chain of layers) from windows (N, h, w, C) to (N, outputs), with one
            Flatten followed by Dense layers. It stays as it is.

    Returns:
        A Keras model with the same weights from pictures (N, H, W, C) of any size to maps
        (N, rows, columns, outputs): the answer for each window, in the model's own stride.
    """
    ### BEGIN SOLUTION
    inputs = x = keras.Input((None, None, model.input_shape[-1]))
    size = (1, 1)
    for layer in model.layers:
        if isinstance(layer, layers.InputLayer):
            continue
        if isinstance(layer, layers.Flatten):
            size = tuple(layer.input.shape[1:3])
            continue
        weights = layer.get_weights()
        if isinstance(layer, layers.Dense):
            twin = layers.Conv2D(
                layer.units, size, activation=layer.activation, use_bias=layer.use_bias
            )
            weights[0] = weights[0].reshape(*size, -1, layer.units)
            size = (1, 1)
        else:
            twin = type(layer).from_config(layer.get_config())
        x = twin(x)
        twin.set_weights(weights)
    return keras.Model(inputs, x)
    ### END SOLUTION


# %% check="convolutionalise" points=10
checks = Checks("convolutionalise")


def with_random_weights(window, *chain):
    """Build a classifier of windows (h, w, C) from layers, and give it random weights."""
    model = keras.Sequential([keras.Input(window), *chain])
    model.set_weights([checks.rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
    return model


def converted(model):
    """Call the learner's function and look at what it returns."""
    twin = convolutionalise(model)
    problem = model_problem(twin)
    assert not problem, problem
    free = tuple(twin.input_shape[1:3])
    assert free == (None, None), f"the model should take pictures of any size, got {free}"
    return twin


def windows_one_by_one(model, images, stride):
    """Ask the classifier for every window: the slow, sure way."""
    h, w = model.input_shape[1:3]
    tops = range(0, images.shape[1] - h + 1, stride)
    lefts = range(0, images.shape[2] - w + 1, stride)
    windows = [images[:, y : y + h, x : x + w] for y in tops for x in lefts]
    answers = outputs_of(model, np.concatenate(windows))
    answers = answers.reshape(len(tops), len(lefts), len(images), -1)
    return np.moveaxis(answers, 2, 0)


def small_chain(outputs=2):
    """Convolution, pooling, dense: windows of 8 make maps of 3."""
    return (
        layers.Conv2D(3, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(outputs),
    )


with checks(
    "for a picture of one window the answer is the classifier's",
    hint="same weights, same activation: what has the last axis of a map, and what the bias?",
):
    model = with_random_weights((8, 8, 2), *small_chain())
    images = checks.rng.random((3, 8, 8, 2)).astype("float32")
    answers = outputs_of(converted(model), images)
    assert_shape(answers, (3, 1, 1, 2), "the answers for three pictures of one window")
    assert_close(answers[:, 0, 0], outputs_of(model, images), "the answers", rtol=1e-3, atol=1e-4)
with checks(
    "a larger picture gives the answers of all its windows: the same numbers",
    hint="which pixels does the place (row 1, column 2) of the map look at?",
    weight=2,
):
    model = with_random_weights((8, 8, 2), *small_chain())
    twin = converted(model)
    for shape in ((2, 12, 18, 2), (1, 16, 10, 2)):
        images = checks.rng.random(shape).astype("float32")
        expected = windows_one_by_one(model, images, 2)
        answers = outputs_of(twin, images)
        assert_shape(answers, expected.shape, f"the map of a picture {shape[1]} high and {shape[2]} wide")  # fmt: skip
        assert_close(answers, expected, "the map", rtol=1e-3, atol=1e-4)
with checks(
    "a kernel's numbers go to their own row, column and channel",
    hint="windows need not be square: in which order does Flatten lay out (h, w, C)?",
):
    model = with_random_weights((3, 5, 2), layers.Flatten(), layers.Dense(1, use_bias=False))
    twin = converted(model)
    for row, column, channel in ((0, 0, 1), (0, 4, 0), (2, 1, 1)):
        image = np.zeros((1, 3, 5, 2))
        image[0, row, column, channel] = 1
        got, wanted = outputs_of(twin, image), outputs_of(model, image)
        assert_shape(got, (1, 1, 1, 1), "the answer for one window of 3 × 5")
        assert_close(
            got.ravel(), wanted.ravel(), f"the weight of row {row}, column {column}, channel {channel}", rtol=1e-4,
        )  # fmt: skip
with checks(
    "several dense layers keep their activations and biases",
    hint="the second dense layer sees one place: which kernel size has it?",
):
    model = with_random_weights(
        (6, 6, 1),
        layers.Conv2D(2, 3),
        layers.Activation("tanh"),
        layers.Flatten(),
        layers.Dense(4, activation="relu"),
        layers.Dense(3, activation="tanh"),
        layers.Dense(2, activation="sigmoid"),
    )
    images = checks.rng.random((1, 8, 9, 1)).astype("float32")
    expected = windows_one_by_one(model, images, 1)
    answers = outputs_of(converted(model), images)
    assert_shape(answers, expected.shape, "the map of a picture of 8 × 9")
    assert_close(answers, expected, "the map", rtol=1e-3, atol=1e-4)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "strides, average pooling, layers without bias, windows higher than wide",
    hint="convert classifiers of several forms and compare with their windows",
    weight=2,
):
    model = with_random_weights(
        (17, 11, 3),
        layers.Conv2D(3, 3, strides=2, activation="relu", use_bias=False),
        layers.Conv2D(4, (3, 2)),
        layers.ReLU(),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(5, activation="relu", use_bias=False),
        layers.Dense(2),
    )
    twin = converted(model)
    for shape in ((1, 25, 23, 3), (2, 21, 15, 3)):
        images = checks.rng.random(shape).astype("float32")
        expected = windows_one_by_one(model, images, 4)
        answers = outputs_of(twin, images)
        assert_shape(answers, expected.shape, "the map")
        assert_close(answers, expected, "the map", rtol=1e-3, atol=1e-4)
with checks.hidden(
    "a functional model is converted as well as a Sequential one",
    hint="the list of layers of a functional model begins with its input",
):
    inputs = x = keras.Input((8, 8, 2))
    for layer in small_chain(3):
        x = layer(x)
    model = keras.Model(inputs, x)
    model.set_weights([checks.rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
    images = checks.rng.random((1, 10, 14, 2)).astype("float32")
    answers = outputs_of(converted(model), images)
    assert_close(answers, windows_one_by_one(model, images, 2), "the map", rtol=1e-3, atol=1e-4)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Go through `model.layers` with one variable for the tensor so far and one for the kernel size of the next dense layer: `(h, w)` after the flatten, `(1, 1)` after the first dense layer. `kernel.reshape(h, w, -1, units)` undoes the flatten. A layer has weights only after it was called.
# </details>
#
# ### The same numbers, and when not
#
# Your trained classifier, converted, on a whole street. The left picture compares the answer of one pass with the answer of each window. Every point should lie on the diagonal.
#
# The equality has conditions:
#
# - **"Valid" convolutions.** With "same", zeros are put round every *window*; in the whole picture there are neighbours instead of zeros. The right picture shows what becomes of the equality. The network in one pass still gives *reasonable* answers,
#   but not those that were trained.
# - **The stride is given**: the product of all strides and poolings, here 4. One pass cannot give windows with stride 1. (For those, run it on the picture moved by 0 to 3 pixels, or take dilated convolutions.)
# - **Nothing left over**: every pooling divides a window's map without remainder. Otherwise a window ignores its last columns, and one pass may find one more place in a picture than there are windows.

# %%
classifier, _ = trained_classifier()
street = streets["test"].images[16]
keras.utils.set_random_seed(5)
padded = keras.Sequential(
    [
        keras.Input((SIDE, SIDE, 3)),
        layers.Conv2D(8, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(1),
    ]
)
windows, _ = cut_windows(street, SIDE, STRIDE)
figure, axes = plt.subplots(1, 2, figsize=(8.5, 3.6))
for axis, model, title in ((axes[0], classifier, "“valid”: the trained classifier"), (axes[1], padded, "“same”: an untrained one")):  # fmt: skip
    alone = model.predict(windows, batch_size=256, verbose=0)[:, 0]
    together = outputs_of(convolutionalise(model), street[None])[0, :, :, 0].ravel()
    axis.plot(alone, together, ".", ms=3, color=PALETTE["blue"], alpha=0.5)
    ends = [alone.min(), alone.max()]
    axis.plot(ends, ends, color=PALETTE["vermilion"], lw=1, zorder=0)
    off = np.abs(alone - together).max() / alone.std()
    axis.set(xlabel="logit of the window alone", ylabel="logit in one pass")
    axis.set_title(f"{title}\nlargest difference: {off:.1g} standard deviations", fontsize=9)
show(
    figure,
    caption="All 825 windows of a street. Left: one pass gives the same numbers up to rounding. Right: with zeros round each window it does not.",
    alt="Two scatter plots. Left: all points on the diagonal. Right: points scattered about it.",
)

# %% [markdown]
# ### The race
#
# Three ways to the same answers, on pictures from 64 to 320 pixels high: a call per window, all windows as one batch, and one pass. Of the calls per window only forty are timed, and multiplied up.

# %%
classifier, _ = trained_classifier()
whole = convolutionalise(classifier)
NETWORK = [("conv", 8, 5), ("pool", 2), ("conv", 16, 3), ("pool", 2), ("conv", 32, 3), ("dense", 64), ("dense", 1)]  # fmt: skip
heights = choose((64, 96, 128, 192, 256, 320), quick=(64, 128))
table = []
for height in progress(heights, "the race"):
    picture = resized(streets["test"].images[16], height, height * 5 // 4)
    windows, _ = cut_windows(picture, SIDE, STRIDE)
    outputs_of(classifier, windows[:1]), outputs_of(whole, picture[None])  # the first call is slow
    few = windows[:: max(1, len(windows) // 40)]
    calls = []
    for window in few:
        start = perf_counter()
        outputs_of(classifier, window[None])
        calls.append(perf_counter() - start)
    # The median: a pause of the machine during one call should not be multiplied up.
    one_by_one = float(np.median(calls)) * len(windows)
    times = [one_by_one]
    for run in (
        lambda windows=windows: [outputs_of(classifier, windows[i : i + 256]) for i in range(0, len(windows), 256)],
        lambda picture=picture: outputs_of(whole, picture[None]),
    ):  # fmt: skip
        trials = []
        for _ in range(5):
            start = perf_counter()
            run()
            trials.append(perf_counter() - start)
        times.append(min(trials))
    table.append((*times, *scan_cost(height, height * 5 // 4, 3, SIDE, NETWORK)))
table = np.array(table)

figure, axes = plt.subplots(1, 2, figsize=(10, 3.4))
labels = ("a call per window", "all windows in batches", "one pass")
for values, label, color, marker in zip(table.T, labels, ("vermilion", "orange", "blue"), "s^o", strict=False):  # fmt: skip
    axes[0].plot(heights, values, marker + "-", color=PALETTE[color], label=label)
axes[0].set(xscale="log", yscale="log", xlabel="height of the picture in pixels", ylabel="seconds")
axes[0].set_xticks(heights, heights)
axes[0].minorticks_off()
axes[0].set_title("measured here")
axes[0].legend(fontsize=8)
axes[1].plot(heights, table[:, 3] / table[:, 4], "o-", color=PALETTE["green"], label="multiply-adds, from your scan_cost")  # fmt: skip
axes[1].plot(heights, table[:, 1] / table[:, 2], "^--", color=PALETTE["orange"], label="seconds, batches against one pass")  # fmt: skip
axes[1].set(
    xlabel="height of the picture in pixels",
    ylim=(0, None),
    title="one pass takes how many times less?",
)
axes[1].legend(fontsize=8)
show(
    figure,
    caption="One pass wins, and more so on larger pictures. How much of the saving in multiply-adds becomes a saving in time depends on the machine.",
    alt="Left: three rising lines of seconds against height on logarithmic axes, one pass lowest, a call per window highest. Right: the saving in multiply-adds and in seconds against the height.",
)

# %% [markdown]
# **Question.** The saving does not go on growing with the picture: it comes near a bound. Find the bound for this network from `scan_cost`, or on paper: what does one more window cost at the lower right of a very large picture?
#
# <details><summary>Answer</summary>
#
# One more place on the last map takes $4 \times 4$ new pixels of the first convolution ($16 \cdot 600$ multiply-adds), $2 \times 2$ places of the second ($4 \cdot 1152$), one of the third ($4608$), and the dense layers ($32{,}832$): about 51,600. A window of its own costs 742,848. The bound is 14.4. The
# dense layers, worked out per window anyway, are most of what is left.
# </details>

# %% [markdown]
# ## Exercise 7 · Find the mistake: boxes from a map  (5 points · about 15 min)
#
# The map of one pass has an answer at (row, column). To draw boxes, the map has to be turned back into windows. A colleague wrote:
#
# ```python
# def boxes_from_map(logits, side, stride, threshold):
#     columns, rows = np.nonzero(logits >= threshold)
#     corner = np.stack([columns, rows, columns + side, rows + side], axis=1)
#     boxes = corner * stride
#     scores = 1 / (1 + np.exp(-logits[columns, rows]))
#     order = np.argsort(scores)
#     return boxes[order], scores[order]
# ```
#
# It runs, on a square map one even sees boxes near some vehicles. There are **four** mistakes in it. Find them and write the function as it should be.


# %% exercise="boxes_from_map"
def boxes_from_map(logits, side, stride, threshold):
    """Turn the map of one pass into windows with scores.

    Args:
        logits: Float array (rows, columns): the answer for each window.
        side: Side of a window in pixels.
        stride: Pixels from one window to the next.
        threshold: Least probability of a window that is kept.

    Returns:
        ``(boxes, scores)``, highest score first: float (n, 4) left, top, right, bottom in pixels, and
        probabilities (n,).
    """
    ### BEGIN SOLUTION
    scores = sigmoid(logits)
    rows, columns = np.nonzero(scores >= threshold)
    corners = np.stack([columns, rows], axis=1) * float(stride)
    boxes = np.concatenate([corners, corners + side], axis=1)
    scores = scores[rows, columns]
    order = np.argsort(-scores, kind="stable")
    return boxes[order], scores[order]
    ### END SOLUTION


# %% check="boxes_from_map" points=5
checks = Checks("boxes_from_map")


def from_map(logits, side, stride, threshold):
    """Call the learner's function and look at the form of what it returns."""
    result = call_unchanged(
        boxes_from_map, np.asarray(logits, dtype=float), side, stride, threshold
    )
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        "should return a pair (boxes, scores)"
    )
    boxes, scores = (np.asarray(part) for part in result)
    assert boxes.ndim == 2 and boxes.shape[1] == 4, f"boxes should be (n, 4), got {boxes.shape}"
    assert_shape(scores, (len(boxes),), "the scores")
    return boxes, scores


def single(row, column, shape=(5, 7)):
    """A map that is sure of one place."""
    logits = np.full(shape, -9.0)
    logits[row, column] = 3.0
    return logits


with checks(
    "the column of the map gives the left edge, the row gives the top",
    hint="in which order does np.nonzero return its arrays?",
):
    boxes, _ = from_map(single(1, 5), 8, 4, 0.5)
    assert_shape(boxes, (1, 4), "the boxes of a map with one sure place")
    assert_close(boxes[:, :2], [[20, 4]], "left and top of the place in row 1, column 5, stride 4")
with checks(
    "a box is as large as the window",
    hint="what is in cells, and what is in pixels already?",
):
    boxes, _ = from_map(single(2, 2), 8, 4, 0.5)
    assert_shape(boxes, (1, 4), "the boxes of a map with one sure place")
    sizes = boxes[:, 2:] - boxes[:, :2]
    assert_close(sizes, [[8, 8]], "width and height of the box, side 8")
with checks(
    "the threshold is one for probabilities",
    hint="which logit belongs to the probability 0.8?",
):
    logits = np.array([[0.5, 1.0], [1.5, 2.0]])
    for threshold, count in ((0.8, 2), (0.5, 4), (0.9, 0), (0.7, 3)):
        boxes, _ = from_map(logits, 4, 2, threshold)
        assert len(boxes) == count, (
            f"of the logits 0.5, 1, 1.5, 2 (probabilities 0.62, 0.73, 0.82, 0.88) {count} reach {threshold}, got {len(boxes)}"
        )
with checks(
    "the best box comes first",
    hint="in which order does argsort sort?",
):
    _, scores = from_map([[0.0, 2.0, 1.0]] * 3, 4, 2, 0.5)
    assert len(scores) == 9, f"all nine places reach 0.5, got {len(scores)}"
    assert np.all(np.diff(scores) <= 0), "the scores rise somewhere on the way down the list"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random rectangular maps agree with two plain loops",
    hint="go over all four lines once more",
    weight=2,
):
    for rows, columns, side, stride in ((4, 9, 12, 3), (7, 2, 5, 8)):
        logits = checks.rng.normal(0, 3, (rows, columns))
        expected = sorted(
            (
                (1 / (1 + np.exp(-logits[r, c])), (c * stride, r * stride, c * stride + side, r * stride + side))
                for r in range(rows)
                for c in range(columns)
                if 1 / (1 + np.exp(-logits[r, c])) >= 0.4
            ),
            reverse=True,
        )  # fmt: skip
        boxes, scores = from_map(logits, side, stride, 0.4)
        assert_close(scores, [score for score, _ in expected], "the scores")
        assert_close(boxes, np.array([box for _, box in expected]).reshape(-1, 4), "the boxes")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **To think about.** The colleague tested on a picture of $128 \times 128$ with one vehicle on the diagonal from the upper left to the lower right. Which mistake did this test hide?

# %% [markdown]
# ## 6 · Not only whether: classification with localisation
#
# A window says "a vehicle, about here". But the crops know more: the vehicle's whole box, and whether it is a car, a van, a bus or a lorry. Let the network say all of it at once. Its last layer gets $5 + K$ outputs for $K$ classes:
#
# $$\hat y = (\hat z,\ \hat b_x, \hat b_y, \hat b_w, \hat b_h,\ \hat u_1, \ldots, \hat u_K)$$
#
# - $\hat z$: the logit of "there is a vehicle"
# - $\hat b$: its box in centre form, as shares of the window's side: $(0.5, 0.5, 1, 1)$ is the whole window
# - $\hat u_k$: the logit of class $k$
#
# The truth has the same form: $y = (p, b_x, b_y, b_w, b_h, c_1, \ldots, c_K)$ with $p$ 1 or 0, and $c$ with a single 1.
#
# **The loss** has three parts:
#
# $$L = \underbrace{-p \log \sigma(\hat z) - (1 - p) \log(1 - \sigma(\hat z))}_{\text{is there a vehicle?}} \;+\; p \cdot \Big( \underbrace{\lambda \sum_{i \in \{x, y, w, h\}} (b_i - \hat b_i)^2}_{\text{where?}} \;\underbrace{- \log \text{softmax}(\hat u)_{c}}_{\text{what?}} \Big)$$
#
# The $p$ before the bracket is a **mask**. Where there is no vehicle there is no right box and no right class. The network may say there what it likes; it must not be punished for it, or it would learn to draw boxes of the size 0 in doubt. $\lambda = 10$ here: differences of boxes are small numbers, squared they are tiny.
#
# **By hand**, two classes. There is a vehicle, $\hat z = 0$; the box is off by $0.1$ in $x$ and by $0.2$ in $w$; $\hat u = (0, 0)$:
#
# $$L = -\log 0.5 + 10 \cdot (0.1^2 + 0.2^2) - \log 0.5 = 0.693 + 0.5 + 0.693 = 1.886$$
#
# With the same answer and no vehicle: $L = 0.693$.

# %% [markdown]
# ## Exercise 8 · The loss of a localiser  (8 points · about 20 min)
#
# Use `keras.ops`, so that Keras can differentiate it: `ops.softplus(z)` is $\log(1 + e^z)$, of any size of $z$ without overflow, and `ops.log_softmax` exists. Return one number per window; Keras averages over the batch. Keras hands in tensors, the checks hand in arrays: `ops.convert_to_tensor` makes tensors of both.


# %% exercise="localisation_loss"
def localisation_loss(truth, prediction):
    """Loss of a network that says whether, where and what; a box weighs ten times its squared error.

    Args:
        truth: (N, 5 + K), each row: 1 or 0 for present or not, box (centre x, centre y, width,
            height), class as K numbers with a single 1. Where nothing is present, box and class mean
            nothing and may be any numbers.
        prediction: (N, 5 + K), each row: logit, box, K logits of the classes.

    Returns:
        (N,): the loss of each window; finite for logits of any size.
    """
    ### BEGIN SOLUTION
    truth, prediction = ops.convert_to_tensor(truth), ops.convert_to_tensor(prediction)
    present, logit = truth[:, 0], prediction[:, 0]
    whether = ops.softplus(logit) - present * logit
    where = ops.sum(ops.square(truth[:, 1:5] - prediction[:, 1:5]), axis=-1)
    what = -ops.sum(truth[:, 5:] * ops.log_softmax(prediction[:, 5:], axis=-1), axis=-1)
    return whether + present * (10.0 * where + what)
    ### END SOLUTION


# %% check="localisation_loss" points=8
checks = Checks("localisation_loss")


def loss_of(truth, prediction):
    """Call the learner's function; return its result as a float64 array (N,)."""
    truth, prediction = (np.asarray(part, dtype="float32") for part in (truth, prediction))
    result = localisation_loss(truth, prediction)
    result = np.asarray(ops.convert_to_numpy(result), dtype=float)
    assert_shape(result, (len(truth),), f"the loss of {len(truth)} windows")
    return result


def softplus(z):
    """log(1 + exp(z)) in NumPy."""
    return np.logaddexp(0, z)


with checks(
    "an empty window pays for its presence logit only",
    hint="work the last line of the example through: what is left where p = 0?",
):
    truth = [[0, 0, 0, 0, 0, 0, 0]] * 3
    said = [[0, 0, 0, 0, 0, 0, 0], [0, 3, -2, 5, 1, 4, -4], [2, 0.5, 0.5, 1, 1, 9, 0]]
    assert_close(loss_of(truth, said), softplus(np.array([0.0, 0.0, 2.0])), "the losses", rtol=1e-4)
with checks(
    "a window with a vehicle pays for a low logit",
    hint="sigmoid first, or softplus: the prediction is a logit, not a probability",
):
    right = [[1, 0.5, 0.5, 0.8, 0.4, 0, 1]] * 3
    said = [[z, 0.5, 0.5, 0.8, 0.4, -40, 40] for z in (0.0, 3.0, -3.0)]
    assert_close(loss_of(right, said), softplus(np.array([0.0, -3.0, 3.0])), "the losses", rtol=1e-4, atol=1e-5)  # fmt: skip
with checks(
    "the box costs ten times the sum of its squared errors",
    hint="sum, not mean; all four numbers",
):
    right = [[1, 0.5, 0.5, 0.8, 0.4, 1, 0]] * 3
    said = [[40, 0.6, 0.5, 1.0, 0.4, 40, -40], [40, 0.5, 0.8, 0.8, 0.4, 40, -40], [40, 0.5, 0.5, 0.8, 0.3, 40, -40]]  # fmt: skip
    assert_close(loss_of(right, said), [0.5, 0.9, 0.1], "the losses", rtol=1e-3, atol=1e-5)
with checks(
    "the class costs a cross-entropy on logits",
    hint="softmax over the classes of one window, then minus the logarithm at the right one",
):
    right = [[1, 0.5, 0.5, 1, 1, 0, 1, 0]] * 2
    said = [[40, 0.5, 0.5, 1, 1, 0, 0, 0], [40, 0.5, 0.5, 1, 1, 1, 2, 0]]
    expected = [np.log(3), np.log(np.exp([1, 2, 0]).sum()) - 2]
    assert_close(loss_of(right, said), expected, "the losses", rtol=1e-4, atol=1e-5)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a random batch agrees with the formula, any number of classes",
    hint="work the whole example through by hand",
    weight=2,
):
    for classes in (2, 5):
        present = np.array([1, 0, 1, 1, 0, 1, 0.0])
        said = checks.rng.normal(0, 1.5, (7, 5 + classes))
        box = checks.rng.random((7, 4))
        kind = np.eye(classes)[checks.rng.integers(0, classes, 7)]
        u = said[:, 5:] - said[:, 5:].max(axis=1, keepdims=True)
        what = np.log(np.exp(u).sum(axis=1)) - (kind * u).sum(axis=1)
        expected = softplus(said[:, 0]) - present * said[:, 0] + present * (10 * ((box - said[:, 1:5]) ** 2).sum(axis=1) + what)  # fmt: skip
        got = loss_of(np.column_stack([present, box, kind]), said)
        assert_close(got, expected, "the losses", rtol=1e-3, atol=1e-4)
with checks.hidden(
    "logits in the hundreds stay finite",
    hint="what is the logarithm of a probability that was rounded to 0?",
):
    truth = [[1, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 1, 0]]
    said = [[-300, 0, 0, 0, 0, 40, -40], [300, 0, 0, 0, 0, 0, 0], [40, 0, 0, 0, 0, -150, 150]]
    assert_close(loss_of(truth, said), [300, 300, 300], "the losses", rtol=1e-3)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# For the first part, two cases: with $p = 0$ it is $\log(1 + e^{\hat z})$, with $p = 1$ it is $\log(1 + e^{-\hat z}) = \log(1 + e^{\hat z}) - \hat z$. So in one line: softplus of the logit, minus $p$ times the logit. Multiply box and class by `truth[:, 0]` before you add.
# </details>
#
# Your own network with nine outputs, your own loss. It does not begin from nothing: all layers but the last start with the weights of your classifier, which knows vehicles already, and so does the output for $\hat z$. A mirrored vehicle has its centre at $1 - b_x$, so the truth is mirrored as well. Vans, buses and lorries are rare; each of their crops is shown several times in an epoch, so that the class pays to be learned.


# %%
OFTEN = (1, 3, 6, 4)  # how often a car, van, bus and lorry is shown in an epoch


def localiser_truth(crops_of_split, mirrored):
    """Targets (n, 9): present, box, one of four classes; with the box mirrored where the crop is."""
    boxes = crops_of_split.boxes.copy()
    boxes[mirrored, 0] = 1 - boxes[mirrored, 0]
    kinds = np.eye(len(KINDS))[np.maximum(crops_of_split.kinds, 0)]
    kinds *= crops_of_split.present[:, None]
    return np.column_stack([crops_of_split.present, boxes, kinds]).astype("float32")


def trained_localiser():
    """Train the learner's network with nine outputs by her loss, once; return it and its losses.

    It begins with the weights of her classifier, and meets the rarer kinds more often than they are.
    """
    key = ("localiser", crop_classifier, localisation_loss)
    if key not in _trained:
        known = trained_classifier()[0].get_weights()
        keras.utils.set_random_seed(0)
        model = crop_classifier(SIDE, 5 + len(KINDS))
        *_, kernel, bias = model.get_weights()
        kernel[:, :1], bias[:1] = known[-2], known[-1]
        model.set_weights([*known[:-2], kernel, bias])
        often = np.where(crops["train"].present, np.array(OFTEN)[crops["train"].kinds], 1)
        sample = crops["train"].chosen(np.repeat(np.arange(len(often)), often))
        _trained[key] = fitted_on_crops(
            "whether, where, what",
            model,
            sample,
            lambda mirrored: localiser_truth(sample, mirrored),
            localisation_loss,
        )
    return _trained[key]


def corners(boxes):
    """From centre form to corner form."""
    boxes = np.asarray(boxes, dtype=float)
    return np.concatenate([boxes[..., :2] - boxes[..., 2:] / 2, boxes[..., :2] + boxes[..., 2:] / 2], axis=-1)  # fmt: skip


def pair_iou(a, b):
    """IoU of boxes in corner form, pair by pair, with broadcasting."""
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.prod(np.maximum(sides, 0), axis=-1)
    areas = [np.prod(np.maximum(c[..., 2:] - c[..., :2], 0), axis=-1) for c in (a, b)]
    return common / np.maximum(areas[0] + areas[1] - common, 1e-9)


# %%
localiser, losses = trained_localiser()
test = crops["test"]
said = localiser.predict(test.images, batch_size=256, verbose=0)
found = (said[:, 0] > 0) & test.present
overlaps = pair_iou(corners(said[:, 1:5]), corners(test.boxes))[test.present]
kinds = said[:, 5:].argmax(axis=1)
whole_window = pair_iou(corners([0.5, 0.5, 1, 1]), corners(test.boxes[test.present]))

figure, axes = plt.subplots(2, 8, figsize=(10, 3.1))
shown = np.concatenate(
    [np.flatnonzero(found & (test.kinds == k))[: (7, 3, 3, 3)[k]] for k in range(4)]
)
for axis in axes.flat:
    axis.set_axis_off()
for axis, number in zip(axes.flat, shown, strict=False):
    draw_picture(axis, test.images[number])
    draw_boxes(axis, corners(test.boxes[number : number + 1]) * SIDE, "yellow", linewidth=1, linestyle="--")  # fmt: skip
    draw_boxes(axis, corners(said[number : number + 1, 1:5]) * SIDE, "vermilion", linewidth=2)
    right = kinds[number] == test.kinds[number]
    axis.set_title(KINDS[kinds[number]], fontsize=8, color=PALETTE["green" if right else "vermilion"])  # fmt: skip
show(
    figure,
    caption="Crops of the test towns: the true box (dashed yellow), the network's (red), and what it says the vehicle is (green: right, red: wrong).",
    alt="Sixteen crops with a vehicle each, in a dashed yellow box and a red one that mostly agree, with the words car, van, bus or lorry above.",
    dpi=70,
)
figure, axes = plt.subplots(1, 2, figsize=(9, 2.8))
bins = np.linspace(0, 1, 26)
axes[0].hist(whole_window, bins, alpha=0.6, color=PALETTE["orange"], label=f"the window (median {np.median(whole_window):.2f})")  # fmt: skip
axes[0].hist(overlaps, bins, alpha=0.6, color=PALETTE["blue"], label=f"the network's box (median {np.median(overlaps):.2f})")  # fmt: skip
axes[0].set(xlabel="IoU with the true box", ylabel="test crops with a vehicle")
axes[0].legend(fontsize=8)
rates = [np.mean(kinds[test.kinds == k] == k) for k in range(4)]
counts = [int(np.sum(test.kinds == k)) for k in range(4)]
trained_on = [int(np.sum(crops["train"].kinds == k)) for k in range(4)]
axes[1].bar(range(4), rates, color=PALETTE["sky"])
for place, rate in enumerate(rates):
    axes[1].text(place, rate + 0.02, f"{rate:.0%}", ha="center")
axes[1].set_xticks(range(4), [f"{name}\n({n:,})" for name, n in zip(KINDS, trained_on, strict=True)], fontsize=8)  # fmt: skip
axes[1].set(ylim=(0, 1.12), title="class right (crops to learn from)")
show(
    figure,
    caption="Left: how well boxes agree. The window itself has the same size for every vehicle; the network's box is fitted. Right: classes, best where there was most to learn from.",
    alt="Left: two histograms of IoU, that of the network's boxes far to the right of that of the windows. Right: four bars of accuracy for car, van, bus and lorry.",
)

# %% [markdown]
# ## 7 · The result: a detector
#
# Now put the parts together. Your localiser is a chain with a flatten and dense layers, so your `convolutionalise` turns it into a network for whole streets. Each place of its map then says: is there a vehicle in my window, where exactly, and what
# is it? Five copies of the street, five passes. The threshold is 0.9.


# %%
def located(whole, image, scales, threshold):
    """Detect in a pyramid by one pass per copy.

    Returns boxes in corner form, scores, classes, and the windows that they came from, best first.
    """
    height, width = image.shape[:2]
    parts = [(np.zeros((0, 4)), np.zeros(0), np.zeros(0, int), np.zeros((0, 4)))]
    for scale in scales:
        rows, columns = round(height * scale), round(width * scale)
        answers = outputs_of(whole, resized(image, rows, columns)[None])[0]
        scores = sigmoid(answers[..., 0])
        row, column = np.nonzero(scores >= threshold)
        chosen = answers[row, column]
        start = np.stack([column, row], axis=1) * STRIDE
        factors = np.tile([width / columns, height / rows], 2)
        boxes = (corners(chosen[:, 1:5]) * SIDE + np.tile(start, 2)) * factors
        windows = np.concatenate([start, start + SIDE], axis=1) * factors
        parts.append((boxes, scores[row, column], chosen[:, 5:].argmax(axis=1), windows))
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(-joined[1], kind="stable")
    return [part[order] for part in joined]


# %%
localiser, _ = trained_localiser()
whole = convolutionalise(localiser)
COLORS = ("orange", "sky", "green", "vermilion")
figure, axes = plt.subplots(2, 3, figsize=(11, 5.8))
for axis, number in zip(axes.flat, (16, 11, 8, 29, 22, 26), strict=True):
    street = streets["test"].images[number]
    boxes, scores, kinds, _ = located(whole, street, PYRAMID, 0.9)
    kept = best_of_heaps(boxes, scores)
    draw_picture(axis, street)
    for k in range(len(KINDS)):
        mine = kept[kinds[kept] == k]
        labels = [f"{KINDS[k]} {scores[i]:.2f}" for i in mine]
        draw_boxes(axis, boxes[mine], COLORS[k], labels, linewidth=1.8)
    axis.set(xlim=(0, 160), ylim=(128, 0))
show(
    figure,
    caption="Your detector on streets of the test towns: one pass per copy of the street, boxes and classes from your localiser, the best of each heap.",
    alt="Six streets with fitted, coloured boxes on vehicles, labelled with class and probability; some vehicles are missed and some boxes are wrong.",
    dpi=70,
)

scenes = streets["test"]
clear = scenes.clear(min_side=12, min_visible=0.6)
count = choose(80, quick=6)
tally = {"window": [], "localised box": []}
alarms = []
for number in progress(range(count), "test streets"):
    truth = scenes.boxes[number][clear[number]]
    boxes, scores, _, windows = located(whole, scenes.images[number], PYRAMID, 0.9)
    kept = best_of_heaps(boxes, scores)
    for name, said in (("window", windows[kept]), ("localised box", boxes[kept])):
        agree = pair_iou(truth[:, None].astype(float), said[None])
        tally[name].append(agree.max(axis=1, initial=0))
        if name == "localised box":
            everything = pair_iou(scenes.full_boxes[number][:, None].astype(float), said[None])
            alarms.append(int(np.sum(everything.max(axis=0, initial=0) < 0.3)))
figure, axis = plt.subplots(figsize=(6, 3))
levels = np.linspace(0.2, 0.9, 29)
for (name, values), color in zip(tally.items(), ("orange", "blue"), strict=True):
    best = np.concatenate(values)
    axis.plot(levels, [np.mean(best >= level) for level in levels], color=PALETTE[color], label=name)  # fmt: skip
axis.axvline(0.5, color="0.8", zorder=0)
at_half = np.mean(np.concatenate(tally["localised box"]) >= 0.5)
axis.set(xlabel="IoU that is asked for", ylabel="share of vehicles found", ylim=(0, 1))
axis.set_title(f"{at_half:.0%} found at IoU 0.5, {np.mean(alarms):.1f} false alarms a street")
axis.legend()
show(
    figure,
    caption=f"{sum(map(len, tally['window']))} clear vehicles of 12 pixels and more in {count} test streets. The same places found, boxed by the window and by the localiser.",
    alt="Two falling curves of the share of vehicles found against the IoU asked for. The localiser's lies above the window's where more overlap is asked for.",
)

# %% [markdown]
# Read the curves from the left. Where little overlap is asked for, window and localiser find about the same vehicles: presence is the same question for both. Then the window falls at once, and the localiser later: its boxes are fitted, though loosely. A box of 20 × 14 pixels that lies
# 4 pixels too far right and 3 too low has an IoU of 0.46.
#
# A network that looks at a whole picture once, and says at each place of a map whether, where and what: that is a **one-stage detector**. What it lacks, the next notebook adds: it sees sizes by a pyramid of pictures and not by itself, it needs several passes, and it was trained
# on crops and not on streets, so it has met few of the windows that fool it. YOLO mends all three.
#
# **Question.** Half of the empty crops lie beside a vehicle, and still there are false alarms. Where would you look for crops that help more?
#
# <details><summary>Answer</summary>
#
# Among the false alarms themselves. Run the detector over the *training* streets, cut out what it wrongly takes for a vehicle, add these crops to the training set, train again. This is called mining of hard negatives, or bootstrapping (Sung and Poggio 1998; Dalal and Triggs 2005). The stretch task asks for it.
# </details>
#
# ## 8 · Landmarks
#
# A network can put out any positions, not only boxes: corners of the eyes, joints of a hand, corners of a licence plate. Such points are called **landmarks**. $k$ landmarks are $2k$ outputs, $x$ and $y$ of each, in a fixed order.
#
# Our landmarks are the four corners of a sign, in the *sign's* order: its upper left corner first, even when the sign hangs askew. Whoever knows the four corners can undo the perspective and read the sign. The labels are exact,
# because the cell below makes the pictures: it draws a corner where it pasted it. A corner may lie outside the picture or behind a post. A point that cannot be seen has a label too, but nobody can fairly be asked for it. So a **visibility mask** goes with
# the points, and hidden points count neither in the loss nor in the error. (A sign wholly without landmarks must not break the sums.)
#
# **How good is a set of points?** The mean distance in pixels depends on the size of the picture. So it is divided by the size $d$ of the thing, here the square root of the sign's area:
#
# $$e = \frac{1}{d \sum_i v_i} \sum_i v_i \sqrt{(x_i - \hat x_i)^2 + (y_i - \hat y_i)^2}$$
#
# - $v_i$: 1 if landmark $i$ is visible, else 0
# - $(x_i, y_i)$ and $(\hat x_i, \hat y_i)$: where it is, and where the network says it is
#
# **By hand.** $d = 20$. Three landmarks are off by $(3, 4)$, $(0, 1)$ and $(60, 80)$ pixels; the third is hidden. $e = (5 + 1) / 2 / 20 = 0.15$: 15 % of the sign's size.

# %% [markdown]
# ## Exercise 9 · The error of landmarks  (5 points · about 12 min)
#
# A number for each picture. Where no landmark is visible there is no error to speak of: return `nan` there, and let NumPy not warn about it.


# %% exercise="landmark_error"
def landmark_error(truth, prediction, visible, sizes):
    """Mean distance of the visible landmarks, as a share of the thing's size.

    Args:
        truth: (N, k, 2): x and y of k landmarks in N pictures, in pixels.
        prediction: (N, k, 2), the same.
        visible: Bool (N, k).
        sizes: (N,): the size of the thing in pixels, above 0.

    Returns:
        Float (N,): the error of each picture; nan where no landmark is visible.
    """
    ### BEGIN SOLUTION
    distances = np.linalg.norm(np.asarray(truth, float) - np.asarray(prediction, float), axis=-1)
    counts = np.sum(visible, axis=1)
    sums = np.where(visible, distances, 0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1) / sizes, np.nan)
    ### END SOLUTION


# %% check="landmark_error" points=5
checks = Checks("landmark_error")


def error_of(truth, prediction, visible, sizes):
    """Call the learner's function and look at the form of what it returns."""
    arguments = [np.array(part, dtype=float) for part in (truth, prediction, sizes)]
    result = call_unchanged(
        landmark_error, arguments[0], arguments[1], np.array(visible, dtype=bool), arguments[2]
    )
    assert_shape(result, (len(arguments[0]),), f"the error of {len(arguments[0])} pictures")
    return np.asarray(result, dtype=float)


with checks(
    "the distance is Euclidean, and in shares of the size",
    hint="two differences make one distance; which size belongs to which picture?",
):
    truth = [[[10, 10], [20, 10]], [[0, 0], [8, 6]]]
    said = [[[13, 14], [20, 10]], [[0, 0], [0, 0]]]
    got = error_of(truth, said, [[True, True]] * 2, [10.0, 50.0])
    assert_close(got, [0.25, 0.1], "the errors (distances 5 and 0 at size 10, 0 and 10 at size 50)")
with checks(
    "hidden landmarks count neither above nor below the line",
    hint="by how many landmarks is the sum divided?",
):
    truth, said = np.zeros((1, 3, 2)), np.array([[[3, 4], [0, 1], [60, 80]]])
    got = error_of(truth, said, [[True, True, False]], [20.0])
    assert_close(got, [0.15], "the error of the example")
with checks(
    "each picture has an error of its own",
    hint="over which axis do you sum?",
):
    truth, said = np.zeros((3, 2, 2)), np.ones((3, 2, 2)) * [[[0, 1]], [[0, 2]], [[0, 4]]]
    got = error_of(truth, said, np.ones((3, 2)), [1.0, 1.0, 1.0])
    assert_close(got, [1, 2, 4], "the errors of three pictures")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random landmarks agree with plain loops",
    hint="any number of landmarks, some hidden",
    weight=2,
):
    for n, k in ((6, 4), (4, 7)):
        truth, said = checks.rng.uniform(0, 50, (2, n, k, 2))
        visible = checks.rng.random((n, k)) < 0.6
        visible[:, 0] = True
        sizes = checks.rng.uniform(5, 40, n)
        expected = [
            np.mean([np.hypot(*(t - s)) for t, s, v in zip(*row, strict=True) if v]) / size
            for *row, size in zip(truth, said, visible, sizes, strict=True)
        ]
        assert_close(error_of(truth, said, visible, sizes), expected, "the errors")
with checks.hidden(
    "a picture without a visible landmark gives nan, the others their error",
    hint="what is 0 / 0?",
):
    got = error_of(np.zeros((2, 2, 2)), np.ones((2, 2, 2)), [[False, False], [True, False]], [1, 1])
    assert np.isnan(got[0]), "the first picture has no visible landmark"
    assert_close(got[1:], [np.sqrt(2)], "the error of the second picture")
### END HIDDEN TESTS
checks.report()

# %%
PLATE = 48  # side of a picture of a sign, in pixels


def sign_pictures(count, seed):
    """Paste a sign askew into pieces of photographs; a post hides some corners, the border others.

    Returns images (n, 48, 48, 3), corners (n, 4, 2) in pixels, and their visibility (n, 4).
    """
    rng = np.random.default_rng(seed)
    sign = draw_sign("pedestrian crossing", 96)
    sign[..., :3] *= sign[..., 3:]
    sign = Image.fromarray(np.rint(sign * 255).astype(np.uint8))
    backs = [photograph(name, height=160) for name in ("coffee", "rocket", "cat")]
    images = np.empty((count, PLATE, PLATE, 3), "float32")
    points, seen = np.empty((count, 4, 2)), np.empty((count, 4), bool)
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 0.96
    for n in range(count):
        back = backs[rng.integers(len(backs))]
        top, left = (rng.integers(0, side - PLATE + 1) for side in back.shape[:2])
        scene = back[top : top + PLATE, left : left + PLATE] * rng.uniform(0.5, 1.1)
        radius, centre = rng.uniform(9, 19), PLATE / 2 + rng.uniform(-9, 9, 2)
        roll, squeeze = np.radians(rng.normal(0, 18)), rng.uniform(0.6, 1, 2)
        turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]]) * squeeze
        depth = rng.uniform(-0.22, 0.22, 2)
        # Homography from the sign (−1 to 1) to the picture.
        forward = np.eye(3)
        forward[:2, :2] = radius * turn + np.outer(centre, depth)
        forward[:2, 2], forward[2, :2] = centre, depth
        flat = square @ forward[:, :2].T + forward[:, 2]
        points[n] = flat[:, :2] / flat[:, 2:]
        to_sign = np.array([[48, 0, 48], [0, 48, 48], [0, 0, 1]]) @ np.linalg.inv(forward)
        to_sign /= to_sign[2, 2]
        pasted = sign.transform(
            (PLATE, PLATE), Image.Transform.PERSPECTIVE, to_sign.ravel()[:8], Image.Resampling.BILINEAR,
        )  # fmt: skip
        pasted = np.asarray(pasted, dtype="float32") / 255
        light = rng.uniform(0.45, 1.05)
        scene = scene * (1 - pasted[..., 3:]) + light * pasted[..., :3]
        seen[n] = np.all((points[n] >= 0) & (points[n] < PLATE), axis=1)
        if rng.random() < 0.4:
            x, wide = rng.uniform(4, PLATE - 10), rng.uniform(3, 7)
            scene[:, int(x) : int(x + wide)] = rng.uniform(0.1, 0.5)
            seen[n] &= (points[n][:, 0] < int(x)) | (points[n][:, 0] >= int(x + wide))
        images[n] = np.clip(scene + rng.normal(0, 0.02, scene.shape), 0, 1)
    return images, points, seen


# %%
LANDMARK_EPOCHS = choose(14, quick=1, gpu=40)
signs = {"train": sign_pictures(choose(1600, quick=128), 0), "test": sign_pictures(200, 1)}


def landmark_loss(truth, prediction):
    """Squared error of the visible landmarks; truth is (N, 4, 3): x, y, visible; prediction (N, 8)."""
    said = ops.reshape(prediction, (-1, 4, 2))
    off = ops.sum(ops.square(truth[:, :, :2] - said), axis=-1)
    return ops.sum(truth[:, :, 2] * off, axis=-1)


images, points, seen = signs["train"]
keras.utils.set_random_seed(0)
model = crop_classifier(PLATE, 8)
steps = LANDMARK_EPOCHS * -(-len(images) // 32)
model.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.003, steps)), landmark_loss
)
target = np.concatenate([points / PLATE, seen[..., None]], axis=-1).astype("float32")
for _ in progress(range(LANDMARK_EPOCHS), "landmarks"):
    model.fit(images, target, batch_size=32, epochs=1, verbose=0)
images, points, seen = signs["test"]
said = model.predict(images, verbose=0).reshape(-1, 4, 2) * PLATE
x, y = points[..., 0], points[..., 1]
area = 0.5 * np.abs(np.sum(x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y, axis=1))
errors = landmark_error(points, said, seen, np.sqrt(area))
middle = np.broadcast_to(signs["train"][1].mean(axis=0), points.shape)
idle = landmark_error(points, middle, seen, np.sqrt(area))

figure = plt.figure(figsize=(10, 3.4))
pictures = figure.add_gridspec(2, 8, width_ratios=[1] * 5 + [0.3, 1.8, 1.8])
order = np.argsort(errors)
ranks = np.linspace(0.02, 0.98, 10) * (np.sum(np.isfinite(errors)) - 1)
for place, number in enumerate(order[ranks.astype(int)]):
    axis = figure.add_subplot(pictures[place // 5, place % 5])
    draw_picture(axis, images[number])
    axis.plot(
        *np.vstack([said[number], said[number][:1]]).T, "-", color=PALETTE["vermilion"], lw=1.2
    )
    axis.plot(*points[number][seen[number]].T, "o", mfc="none", color=PALETTE["yellow"], ms=5)
    axis.plot(*said[number][0], "s", color=PALETTE["vermilion"], ms=4)
    axis.set(xlim=(0, PLATE), ylim=(PLATE, 0))
    axis.set_title(f"{errors[number]:.2f}", fontsize=8)
axis = figure.add_subplot(pictures[:, 6:])
for values, color, label in (
    (errors, "blue", "the network"),
    (idle, "orange", "always the mean corners"),
):
    values = np.sort(values[np.isfinite(values)])
    axis.plot(
        values, np.arange(1, len(values) + 1) / len(values), color=PALETTE[color], label=label
    )
axis.set(
    xlabel="error, as a share of the sign's size",
    xlim=(0, 1),
    ylim=(0, 1),
    title="share of pictures below",
)
axis.legend(fontsize=8, loc="lower right")
show(
    figure,
    caption=f"Left: test pictures from the best to the worst tenth, true visible corners (yellow rings), the network's (red lines, its first corner a square), and the error. Right: your error over all of them; median {np.nanmedian(errors):.2f}.",
    alt="Ten small pictures of a blue sign hanging askew, with red quadrilaterals that mostly meet the yellow rings at its corners. Beside it two rising curves; the network's rises much earlier than that of a fixed guess.",
    dpi=75,
)

# %% [markdown]
# **To think about.** Had we sorted the corners by where they *appear* in the picture, topmost first, the network would learn worse. What happens to the labels when a sign turns a little?
#
# ## 9 · Regions: R-CNN, Fast R-CNN, Faster R-CNN
#
# The other way to detect with a large network: do not ask at every place. First find a few hundred or thousand **regions** that look like *something*, then ask the network about these. Three papers, three years, one idea after the other:
#
# | | regions come from | the network runs |
# |---|---|---|
# | R-CNN (2014) | selective search: heaps of similar pixels, no network | whole, on each region, cut out and stretched to 224 × 224 |
# | Fast R-CNN (2015) | selective search | its convolutions once on the picture; per region only pooling and dense layers |
# | Faster R-CNN (2015) | a small network on the same feature map | the same, with fewer and better regions |
#
# Fast R-CNN does what you did in section 5: share the convolutions. But its regions have any size and shape, and dense layers want a fixed number of inputs. The bridge is **RoI pooling** (RoI: region of interest): lay a grid of, say, $7 \times 7$ over the region's piece of the feature map, and take the largest number in each bin.
#
# Precisely, for a box $(l, t, r, b)$ in pixels and a map with one cell per $s$ pixels:
#
# - It covers the columns from $\lfloor l / s \rfloor$ up to, not including, $\lceil r / s \rceil$: every cell that it touches. Rows likewise from $t$ and $b$. Cells outside the map do not count; one row and one column at least always remain.
# - Of $n$ rows, bin $i$ of $m$ takes those from $\lfloor i n / m \rfloor$ up to, not including, $\lceil (i + 1) n / m \rceil$, counted from the first. Bins may overlap by a row, and none is empty, even for $n < m$.
#
# **By hand.** A map of 4 rows and 6 columns, $s = 8$, with the number $10 \cdot \text{row} + \text{column}$ in each cell. The box $(9, 8, 41, 32)$ touches columns 1 to 5 and rows 1 to 3. Into $2 \times 2$ bins: rows $\{1, 2\}$ and $\{2, 3\}$, columns $\{1, 2, 3\}$ and $\{3, 4, 5\}$. The largest numbers:
#
# $$\begin{pmatrix} 23 & 25 \\ 33 & 35 \end{pmatrix}$$

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.1), width_ratios=[1.6, 1])
axis = axes[0]
for row in range(4):
    for column in range(6):
        inside = 1 <= row <= 3 and 1 <= column <= 5
        axis.add_patch(Rectangle((8 * column, 8 * row), 8, 8, facecolor=PALETTE["sky"] if inside else "white", alpha=0.4, edgecolor="0.6"))  # fmt: skip
        axis.text(8 * column + 4, 8 * row + 4, f"{10 * row + column}", ha="center", va="center")
draw_boxes(axis, [(9, 8, 41, 32)], "vermilion", linewidth=2.5)
bins = [(8, 8, 32, 24), (24, 8, 48, 24), (8, 16, 32, 32), (24, 16, 48, 32)]
for shift, (box, color) in enumerate(zip(bins, ("blue", "green", "orange", "purple"), strict=True)):
    left, top, right, bottom = np.array(box) + (0.5 + 0.5 * shift) * np.array([1, 1, -1, -1])
    draw_boxes(axis, [(left, top, right, bottom)], color, linewidth=1.5, linestyle="--")
axis.set(xlim=(-0.5, 48.5), ylim=(32.5, -0.5), aspect="equal", xticks=range(0, 49, 8), yticks=range(0, 33, 8), xlabel="pixels")  # fmt: skip
axis.set_title("the box (red) touches 3 × 5 cells (blue); four bins (dashed)")
for place, (value, color) in enumerate(zip((23, 25, 33, 35), ("blue", "green", "orange", "purple"), strict=True)):  # fmt: skip
    axes[1].add_patch(Rectangle((place % 2, place // 2), 1, 1, facecolor=PALETTE[color], alpha=0.35, edgecolor="black"))  # fmt: skip
    axes[1].text(place % 2 + 0.5, place // 2 + 0.5, f"{value}", ha="center", va="center", fontsize=14)  # fmt: skip
axes[1].set(xlim=(-0.5, 2.5), ylim=(2.1, -0.1), aspect="equal")
axes[1].axis("off")
axes[1].set_title("pooled to 2 × 2")
show(
    figure,
    caption="RoI pooling by hand. Bins overlap where rows or columns do not divide.",
    alt="Left: a grid of 4 by 6 numbered cells with a red box over 3 by 5 of them and four dashed bins. Right: four cells with 23, 25, 33 and 35.",
)

# %% [markdown]
# ## Exercise 10 · RoI pooling  (7 points · about 20 min)


# %% exercise="roi_max_pool"
def roi_max_pool(features, box, size, stride):
    """Pool the piece of a feature map under a box to a fixed size (Fast R-CNN, section 2.1).

    Args:
        features: Float array (rows, columns, C).
        box: (left, top, right, bottom) in pixels of the picture; it may reach beyond the picture, but
            not lie wholly outside.
        size: (rows, columns) of the output.
        stride: Pixels of the picture per cell of the map.

    Returns:
        Float array (size[0], size[1], C).
    """
    ### BEGIN SOLUTION
    left, top, right, bottom = box

    def bins(start, end, cells, count):
        first = min(max(int(np.floor(start / stride)), 0), cells - 1)
        last = max(min(int(np.ceil(end / stride)), cells), first + 1)
        n = last - first
        return [(first + i * n // count, first - (-(i + 1) * n // count)) for i in range(count)]

    rows = bins(top, bottom, features.shape[0], size[0])
    columns = bins(left, right, features.shape[1], size[1])
    return np.array([[features[a:b, c:d].max(axis=(0, 1)) for c, d in columns] for a, b in rows])
    ### END SOLUTION


# %% check="roi_max_pool" points=7
checks = Checks("roi_max_pool")


def numbered(rows, columns, channels=1):
    """A map with 10 · row + column in each cell; further channels are its negatives, in turn."""
    cells = 10.0 * np.arange(rows)[:, None] + np.arange(columns)
    return np.stack([cells * (-1) ** c for c in range(channels)], axis=-1)


def pooled(features, box, size, stride):
    """Call the learner's function and look at the form of what it returns."""
    result = call_unchanged(roi_max_pool, features, tuple(box), tuple(size), stride)
    what = f"a region pooled to {size[0]} × {size[1]}"
    assert_shape(result, (*size, features.shape[2]), what)
    return np.asarray(result, dtype=float)


with checks(
    "the example with 4 × 6 cells comes out as worked by hand",
    hint="which cells does the box touch, and which of them are in each bin?",
):
    got = pooled(numbered(4, 6), (9, 8, 41, 32), (2, 2), 8)
    assert_close(got[:, :, 0], [[23, 25], [33, 35]], "the four bins of the example")
with checks(
    "a box in pixels becomes cells of the map by the stride",
    hint="how many pixels does a cell stand for?",
):
    got = pooled(numbered(4, 6), (16, 8, 32, 24), (2, 2), 8)
    assert_close(
        got[:, :, 0], [[12, 13], [22, 23]], "the box (16, 8, 32, 24) with 8 pixels per cell"
    )
    got = pooled(numbered(9, 9), (3, 2, 5, 5), (3, 2), 1)
    assert_close(got[:, :, 0], [[23, 24], [33, 34], [43, 44]], "the box (3, 2, 5, 5) with 1 pixel per cell")  # fmt: skip
with checks(
    "left and right choose columns, top and bottom choose rows",
    hint="a box has x first, an array has rows first; the size has rows first too",
):
    got = pooled(numbered(5, 8), (0, 0, 12, 6), (1, 3), 2)
    assert_close(got[:, :, 0], [[21, 23, 25]], "one row and three columns of the box (0, 0, 12, 6), stride 2")  # fmt: skip
    got = pooled(numbered(5, 8), (0, 0, 12, 6), (3, 1), 2)
    assert_close(got[:, :, 0], [[5], [15], [25]], "three rows and one column of the same box")
with checks(
    "every channel has its own largest number",
    hint="over which axes is the maximum taken?",
):
    got = pooled(numbered(4, 4, 2), (0, 0, 4, 4), (2, 2), 1)
    assert_close(got[..., 0], [[11, 13], [31, 33]], "the channel of positive numbers")
    assert_close(got[..., 1], [[0, -2], [-20, -22]], "the channel of negative numbers")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "a region with fewer cells than bins repeats cells, and none is empty",
    hint="apply the formula of the bins with n = 2 and m = 3",
):
    got = pooled(numbered(5, 5), (2, 3, 4, 4), (2, 3), 1)
    assert_close(
        got[:, :, 0], [[32, 33, 33], [32, 33, 33]], "one row and two columns in 2 × 3 bins"
    )
with checks.hidden(
    "a box beyond the map is cut off, and a thin one keeps a row and a column",
    hint="clip to the map first; then make sure that something is left",
):
    got = pooled(numbered(3, 4), (-6, -2, 40, 50), (1, 2), 2)
    assert_close(got[:, :, 0], [[21, 23]], "a box larger than the map")
    got = pooled(numbered(3, 4), (4, 2, 4, 2), (1, 1), 2)
    assert_close(got[:, :, 0], [[12]], "a box without extent")
with checks.hidden(
    "random regions agree with plain loops",
    hint="try other strides, sizes and channels",
    weight=2,
):
    for _ in range(5):
        rows, columns = (int(n) for n in checks.rng.integers(5, 12, 2))
        stride = int(checks.rng.integers(2, 17))
        features = checks.rng.normal(0, 1, (rows, columns, 3))
        corner = checks.rng.uniform(0, 0.5, 2) * (columns, rows) * stride
        far = corner + checks.rng.uniform(0.1, 0.5, 2) * (columns, rows) * stride
        size = tuple(int(n) for n in checks.rng.integers(1, 5, 2))
        touched = [
            [cell for cell in range(count) if (cell + 1) * stride > low and cell * stride < high]
            for low, high, count in ((corner[1], far[1], rows), (corner[0], far[0], columns))
        ]
        expected = np.full((*size, 3), -np.inf)
        for i in range(size[0]):
            for j in range(size[1]):
                for a, row in enumerate(touched[0]):
                    for b, column in enumerate(touched[1]):
                        n, m = len(touched[0]), len(touched[1])
                        # A cell of [a, a + 1) is in the bin if it shares some extent with it.
                        if (a + 1) * size[0] > i * n and a * size[0] < (i + 1) * n and (b + 1) * size[1] > j * m and b * size[1] < (j + 1) * m:  # fmt: skip
                            expected[i, j] = np.maximum(expected[i, j], features[row, column])
        got = pooled(features, (*corner.tolist(), *far.tolist()), size, stride)
        assert_close(got, expected, "the pooled region")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# <details><summary>Show a bigger hint</summary>
#
# Write one inner function for one axis: from start, end, number of cells and number of bins to a list of (first, last) for the bins. Call it once for rows, once for columns. For whole numbers, `-(-a // b)` rounds a quotient up.
# </details>
#
# Here is a street's edge map, the one from the first picture, under your RoI pooling. Each vehicle becomes a grid of $7 \times 7$, whatever its size.

# %%
scenes, number = streets["test"], 29
features = edge_cells(scenes.images[number][None])[0]
chosen = np.flatnonzero(scenes.clear(20, 0.5)[number])[:4]
figure, axes = plt.subplots(
    1, 2 + len(chosen), figsize=(11, 2.4), width_ratios=[1.5, 1.5] + [1] * len(chosen)
)
draw_picture(axes[0], scenes.images[number])
draw_boxes(
    axes[0], scenes.boxes[number][chosen], "yellow", [str(k + 1) for k in range(len(chosen))]
)
axes[0].set_title("regions of any size")
axes[1].imshow(features.sum(axis=-1), extent=(0, 160, 128, 0), cmap="gray", vmax=1)
draw_boxes(axes[1], scenes.boxes[number][chosen], "yellow")
axes[1].set_axis_off()
axes[1].set_title("one map, 32 × 40 cells")
for k, axis in zip(chosen, axes[2:], strict=True):
    region = roi_max_pool(features, [float(v) for v in scenes.boxes[number][k]], (7, 7), 4)
    axis.imshow(region.sum(axis=-1), cmap="gray", vmin=0)
    axis.set_axis_off()
    axis.set_title(f"{list(chosen).index(k) + 1}: 7 × 7", fontsize=9)
show(
    figure,
    caption="Regions of different sizes, pooled from one shared map to the same 7 × 7: now a dense layer can take them.",
    alt="A street with numbered yellow boxes on vehicles, its map of edges with the same boxes, and a small grid of 7 by 7 for each box.",
    dpi=70,
)

# %% [markdown]
# **Question.** Mask R-CNN (2017) found that the rounding to whole cells does harm where exact outlines matter. With 16 pixels per cell, how far can a pooled region be off?
#
# <details><summary>Answer</summary>
#
# Each side moves outwards by up to a cell, so by nearly 16 pixels; for a car of 30 pixels that is half of it. RoIAlign does not round: it reads the map at four exact points per bin, by bilinear interpolation.
# </details>
#
# ## 10 · Anchors: RPN and SSD
#
# Faster R-CNN replaces selective search by a **region proposal network** (RPN): a $3 \times 3$ convolution slides over the feature map, and at each place says for a handful of standard boxes "something / nothing" and how to correct the box. The standard boxes are called **anchors**. You chose anchors' sizes
# by k-means in the notebook before; here you put them everywhere.
#
# **SSD** (Liu and others, 2016) goes one step further: why a second stage? Let the anchors' network say the class right away, and use several feature maps, fine ones for small things and coarse ones for large things: the pyramid of section 4, inside the network. One pass, no regions. It calls anchors *default boxes*.
#
# The cell in row $i$ and column $j$ of a map with $s$ pixels per cell has its middle at
#
# $$(x, y) = \big( (j + \tfrac12)\, s,\ (i + \tfrac12)\, s \big)$$
#
# **By hand.** 2 rows, 3 columns, $s = 8$, the sizes (width, height) $(4, 4)$ and $(6, 2)$. There are $2 \cdot 3 \cdot 2 = 12$ anchors. The third is the first of row 0, column 1: middle $(12, 4)$, corners $(10, 2, 14, 6)$.

# %% [markdown]
# ## Exercise 11 · Lay out anchors  (4 points · about 12 min)
#
# Cells in reading order; for each cell, all sizes in the order given. Boxes in corner form. Anchors at the border reach beyond the picture; leave them so.


# %% exercise="anchor_boxes"
def anchor_boxes(rows, columns, stride, sizes):
    """Lay out anchors of given sizes on the cells of a feature map.

    Args:
        rows: Rows of the map.
        columns: Columns of the map.
        stride: Pixels of the picture per cell.
        sizes: List of (width, height) in pixels.

    Returns:
        Float array (rows · columns · len(sizes), 4): left, top, right, bottom in pixels.
    """
    ### BEGIN SOLUTION
    sizes = np.asarray(sizes, dtype=float)
    y, x = np.meshgrid(
        (np.arange(rows) + 0.5) * stride, (np.arange(columns) + 0.5) * stride, indexing="ij"
    )
    middles = np.stack([x, y], axis=-1)[:, :, None]  # (rows, columns, 1, 2)
    boxes = np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=-1)
    return boxes.reshape(-1, 4)
    ### END SOLUTION


# %% check="anchor_boxes" points=4
checks = Checks("anchor_boxes")


def anchors(rows, columns, stride, sizes):
    """Call the learner's function and look at the form of what it returns."""
    result = anchor_boxes(rows, columns, stride, list(sizes))
    assert_shape(
        result, (rows * columns * len(sizes), 4), f"the anchors of {len(sizes)} sizes on {rows} × {columns} cells"
    )  # fmt: skip
    return np.asarray(result, dtype=float)


with checks(
    "an anchor sits on the middle of its cell",
    hint="where is the middle of the cell in row 0, column 0?",
):
    got = anchors(1, 1, 10, [(4, 4)])
    assert_close(got, [[3, 3, 7, 7]], "the anchor of the only cell, stride 10, size 4 × 4")
    got = anchors(3, 3, 7, [(1, 1)])
    middles = (got[:, :2] + got[:, 2:]) / 2
    assert_close(middles[4], [10.5, 10.5], "the middle of the anchor of row 1, column 1, stride 7")
with checks(
    "a size is width before height",
    hint="which of the two belongs to left and right?",
):
    got = anchors(2, 2, 8, [(6, 2)])
    sizes = got[:, 2:] - got[:, :2]
    assert_close(sizes, [[6, 2]] * 4, "width and height of the anchors")
with checks(
    "cells come in reading order",
    hint="which changes faster, the row or the column?",
):
    got = anchors(2, 3, 8, [(4, 4)])
    middles = (got[:, :2] + got[:, 2:]) / 2
    expected = [[4, 4], [12, 4], [20, 4], [4, 12], [12, 12], [20, 12]]
    assert_close(middles, expected, "the middles of the anchors on 2 rows and 3 columns")
with checks(
    "all sizes of a cell stand together",
    hint="the example: whose is the third anchor?",
):
    got = anchors(1, 2, 8, [(4, 4), (8, 8)])
    sides = (got[:, 2:] - got[:, :2])[:, 0]
    assert_close(sides, [4, 8, 4, 8], "the widths of the four anchors")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random maps agree with three plain loops",
    hint="rectangular maps, several sizes",
    weight=2,
):
    for rows, columns, stride, count in ((3, 5, 16, 3), (4, 2, 7, 2)):
        sizes = [tuple(pair) for pair in checks.rng.uniform(2, 40, (count, 2)).tolist()]
        expected = [
            ((j + 0.5) * stride - w / 2, (i + 0.5) * stride - h / 2, (j + 0.5) * stride + w / 2, (i + 0.5) * stride + h / 2)
            for i in range(rows)
            for j in range(columns)
            for w, h in sizes
        ]  # fmt: skip
        assert_close(anchors(rows, columns, stride, sizes), expected, "the anchors")
### END HIDDEN TESTS
checks.report()

# %% tags=["setup"]
# SSD for pictures of 300×300 (Liu and others 2016, figure 2): its maps are square, and each has
# four or six default boxes per cell.
SSD_MAPS = ((38, 4), (19, 6), (10, 6), (5, 6), (3, 4), (1, 4))
SSD_SIDES = (30, 60, 111, 162, 213, 264, 315)  # of the boxes of one map, and of the next


def ssd_sizes(place):
    """Width and height of the default boxes of a map: two squares, and two or four oblongs."""
    side, following = SSD_SIDES[place], SSD_SIDES[place + 1]
    ratios = (2, 1 / 2) if SSD_MAPS[place][1] == 4 else (2, 1 / 2, 3, 1 / 3)
    squares = [(side, side), (np.sqrt(side * following),) * 2]
    return squares + [(side * np.sqrt(r), side / np.sqrt(r)) for r in ratios]


# %%
counts = []
figure, axes = plt.subplots(1, 6, figsize=(11, 2.5))
for place, (axis, (side, _)) in enumerate(zip(axes, SSD_MAPS, strict=True)):
    boxes = anchor_boxes(side, side, 300 / side, ssd_sizes(place))
    counts.append(len(boxes))
    edges = np.linspace(0, 300, side + 1)
    axis.hlines(edges, 0, 300, color="0.85", lw=0.4)
    axis.vlines(edges, 0, 300, color="0.85", lw=0.4)
    cell = side // 2 * side + side // 2
    mine = boxes[cell * SSD_MAPS[place][1] : (cell + 1) * SSD_MAPS[place][1]]
    for box, color in zip(mine, ("blue", "sky", "vermilion", "orange", "green", "purple"), strict=False):  # fmt: skip
        draw_boxes(axis, [box], color, linewidth=1.3)
    axis.set(xlim=(-70, 370), ylim=(370, -70), aspect="equal")
    axis.axis("off")
    axis.set_title(f"{side} × {side} cells\n{counts[-1]:,} boxes", fontsize=9)
show(
    figure,
    caption=f"SSD's six maps with the default boxes of one cell in each: {' + '.join(f'{n:,}' for n in counts)} = {sum(counts):,} boxes. The paper says 8,732.",
    alt="Six squares with finer to coarser grids and coloured rectangles about a middle cell, small on the fine grids, as large as the picture on the coarse ones.",
)

# %% [markdown]
# ## 11 · What do they cost?
#
# All four detectors can be built on VGG-16, so they can be compared in one currency: multiply-adds for one picture. The cell below has the layers as tables, a row for each layer:
#
# | row | multiply-adds |
# |---|---|
# | `("conv", rows, columns, channels, filters, size)` with the rows and columns that it *puts out* | rows · columns · channels · filters · size² |
# | `("dense", inputs, units)` | inputs · units |
#
# And this is what runs:
#
# - **R-CNN**: for each of its regions the whole network on the cut-out region: the table `crop`, then `head`.
# - **Fast R-CNN**: the table `picture` once; for each region RoI pooling (not counted) and `head`.
# - **Faster R-CNN**: `picture` once, the region proposal network `proposals` once; `head` for each region that is `kept`.
# - **SSD**: the table `single` once.

# %% tags=["setup"]
VGG = (
    64,
    64,
    "pool",
    128,
    128,
    "pool",
    256,
    256,
    256,
    "pool",
    512,
    512,
    512,
    "pool",
    512,
    512,
    512,
)


def vgg_layers(height, width, round_up=False):
    """Rows for the thirteen convolutions of VGG-16; SSD rounds up where a pooling does not divide."""
    table, channels = [], 3
    for entry in VGG:
        if entry == "pool":
            height, width = ((n + round_up) // 2 for n in (height, width))
        else:
            table.append(("conv", height, width, channels, entry, 3))
            channels = entry
    return table


CROP_LAYERS = vgg_layers(224, 224)
PICTURE_LAYERS = vgg_layers(600, 1000)
# 20 classes and background; a box for each class.
HEAD_LAYERS = [("dense", 7 * 7 * 512, 4096), ("dense", 4096, 4096), ("dense", 4096, 21), ("dense", 4096, 84)]  # fmt: skip
# Nine anchors: two logits and four corrections each.
PROPOSAL_LAYERS = [("conv", 37, 62, 512, 512, 3), ("conv", 37, 62, 512, 18, 1), ("conv", 37, 62, 512, 36, 1)]  # fmt: skip
SSD_LAYERS = [
    *vgg_layers(300, 300, round_up=True),
    ("conv", 19, 19, 512, 1024, 3), ("conv", 19, 19, 1024, 1024, 1),
    ("conv", 19, 19, 1024, 256, 1), ("conv", 10, 10, 256, 512, 3),
    ("conv", 10, 10, 512, 128, 1), ("conv", 5, 5, 128, 256, 3),
    ("conv", 5, 5, 256, 128, 1), ("conv", 3, 3, 128, 256, 3),
    ("conv", 3, 3, 256, 128, 1), ("conv", 1, 1, 128, 256, 3),
    *[("conv", side, side, channels, boxes * (21 + 4), 3)
      for (side, boxes), channels in zip(SSD_MAPS, (512, 1024, 512, 256, 256, 256), strict=True)],
]  # fmt: skip

# %% [markdown]
# ## Exercise 12 · The costs of five years  (4 points · about 12 min)


# %% exercise="detector_costs"
def detector_costs(crop, picture, head, proposals, single, regions=2000, kept=300):
    """Count the multiply-adds that four detectors take for one picture.

    Args:
        crop: Table of the convolutions on one region that was cut out and resized.
        picture: Table of the same convolutions on the whole picture.
        head: Table of the layers for one region, after its features were pooled.
        proposals: Table of the region proposal network.
        single: Table of a detector that runs once.
        regions: Regions that selective search proposes.
        kept: Regions that the region proposal network passes on.

    Returns:
        Dictionary of int with the keys "R-CNN", "Fast R-CNN", "Faster R-CNN", "SSD".
    """
    ### BEGIN SOLUTION

    def cost(table):
        total = 0
        for kind, *numbers in table:
            product = 1
            for number in numbers:
                product *= int(number)
            # The size of a kernel counts twice: height and width.
            total += product * numbers[-1] if kind == "conv" else product
        return total

    return {
        "R-CNN": regions * (cost(crop) + cost(head)),
        "Fast R-CNN": cost(picture) + regions * cost(head),
        "Faster R-CNN": cost(picture) + cost(proposals) + kept * cost(head),
        "SSD": cost(single),
    }
    ### END SOLUTION


# %% check="detector_costs" points=4
checks = Checks("detector_costs")
# Tables whose costs are 7, 11, 13, 17 and 19: nothing can be mistaken for something else.
PRIMES = {name: [("dense", 1, n)] for name, n in zip(("crop", "picture", "head", "proposals", "single"), (7, 11, 13, 17, 19), strict=True)}  # fmt: skip


def counted(**changes):
    """Call the learner's function; return its four numbers by name."""
    result = detector_costs(**{**PRIMES, "regions": 100, "kept": 10, **changes})
    assert isinstance(result, dict), f"should return a dictionary, got {type(result).__name__}"
    missing = {"R-CNN", "Fast R-CNN", "Faster R-CNN", "SSD"} - set(result)
    assert not missing, f"there is no entry {sorted(missing)[0]!r}"
    return {name: int(value) for name, value in result.items()}


with checks(
    "R-CNN runs everything for every region",
    hint="which two tables belong to one region?",
):
    got = counted()["R-CNN"]
    assert got == 2000, f"crop 7, head 13, 100 regions: 2,000, got {got:,}"
with checks(
    "Fast R-CNN shares the convolutions, Faster R-CNN finds its own regions",
    hint="what runs once per picture, what once per region, and for how many regions?",
    weight=2,
):
    got = counted()
    assert got["Fast R-CNN"] == 1311, (
        f"picture 11, head 13, 100 regions: 1,311, got {got['Fast R-CNN']:,}"
    )
    assert got["Faster R-CNN"] == 158, (
        f"picture 11, proposals 17, head 13, 10 kept: 158, got {got['Faster R-CNN']:,}"
    )
with checks(
    "a convolution counts its kernel's height and width at every place that it puts out",
    hint="five numbers in a row; one of them counts twice",
):
    got = counted(single=[("conv", 2, 3, 5, 7, 3), ("dense", 4, 6), ("conv", 1, 1, 2, 2, 1)])["SSD"]
    assert got == 1890 + 24 + 4, f"the table costs 1,890 + 24 + 4 = 1,918, got {got:,}"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the real tables give the real costs",
    hint="VGG-16's convolutions at 224 × 224 take 15.3 thousand million",
    weight=2,
):
    got = detector_costs(CROP_LAYERS, PICTURE_LAYERS, HEAD_LAYERS, PROPOSAL_LAYERS, SSD_LAYERS)
    totals = []
    for table in (CROP_LAYERS, PICTURE_LAYERS, HEAD_LAYERS, PROPOSAL_LAYERS, SSD_LAYERS):
        totals.append(sum(int(np.prod(row[1:], dtype=np.int64)) * (row[-1] if row[0] == "conv" else 1) for row in table))  # fmt: skip
    a, b, c, d, e = totals
    assert a == 15_346_630_656, "the table of VGG-16 itself"
    expected = {"R-CNN": 2000 * (a + c), "Fast R-CNN": b + 2000 * c, "Faster R-CNN": b + d + 300 * c, "SSD": e}  # fmt: skip
    for name, value in expected.items():
        assert int(got[name]) == value, f"the cost of {name}"
### END HIDDEN TESTS
checks.report()

# %%
costs = detector_costs(CROP_LAYERS, PICTURE_LAYERS, HEAD_LAYERS, PROPOSAL_LAYERS, SSD_LAYERS)
nothing = {"crop": [], "picture": [], "head": [], "proposals": [], "single": []}
once = {
    "R-CNN": 0,
    "Fast R-CNN": detector_costs(**{**nothing, "picture": PICTURE_LAYERS})["Fast R-CNN"],
    "Faster R-CNN": detector_costs(**{**nothing, "picture": PICTURE_LAYERS, "proposals": PROPOSAL_LAYERS})["Faster R-CNN"],
    "SSD": costs["SSD"],
}  # fmt: skip
figure, axes = plt.subplots(1, 2, figsize=(10, 2.7), width_ratios=[1, 1])
names = list(costs)
axes[0].barh(names, [costs[name] / 1e9 for name in names], color=PALETTE["blue"])
for place, name in enumerate(names):
    axes[0].text(costs[name] / 1e9 * 1.15, place, f"{costs[name] / 1e9:,.0f}", va="center")
axes[0].set(xscale="log", xlim=(10, 400_000), xlabel="multiply-adds in thousand millions (logarithmic)")  # fmt: skip
axes[0].invert_yaxis()
shares = np.array([[once[name] / 1e9, (costs[name] - once[name]) / 1e9] for name in names[1:]])
axes[1].barh(names[1:], shares[:, 0], color=PALETTE["green"], label="once per picture")
axes[1].barh(
    names[1:], shares[:, 1], left=shares[:, 0], color=PALETTE["orange"], label="per region"
)
axes[1].set(xlabel="multiply-adds in thousand millions")
axes[1].invert_yaxis()
axes[1].legend(fontsize=8)
show(
    figure,
    caption="One picture, VGG-16 in all four. Left: from R-CNN to SSD the work falls a thousandfold. Right: where it goes; SSD also looks at a smaller picture, 300 × 300 in place of 600 × 1000.",
    alt="Left: four bars on a logarithmic axis, R-CNN by far the longest. Right: three bars split into work once per picture and work per region; SSD's is the shortest.",
)

# %% [markdown]
# Sharing the convolutions brought the factor of about seventy, and it is the idea of section 5. Finding fewer regions halved the rest. The counts do not include selective search, which computes no convolution and took about two seconds a picture (Ren and others 2015): once
# the network was fast, that was most of the time, and the reason for the region proposal network.
#
# **Question.** In these counts, what would be left of Faster R-CNN's advantage over Fast R-CNN if the picture were $300 \times 500$?
#
# <details><summary>Answer</summary>
#
# The work per picture falls to about a quarter for both, the work per region stays. Fast R-CNN: 45 + 240, Faster R-CNN: 45 + 1.3 + 36 thousand million. The advantage grows, from a factor of 1.9 to one of 3.4: on small pictures the regions are the cost.
# </details>

# %% [markdown]
# ## Stretch task
#
# Mine hard negatives. Run `located` over two hundred *training* streets, cut out the windows whose boxes have an IoU below 0.3 with every vehicle, and add their crops to the training set as empty ones. Train the localiser again. Draw the share of vehicles found
# against the false alarms a street, over all thresholds, before and after. One round, two rounds, three: does it stop helping? There is no grade for this.
#
# ## References
#
# - P. Sermanet, D. Eigen, X. Zhang, M. Mathieu, R. Fergus, Y. LeCun (2013). OverFeat: integrated recognition, localization and detection using convolutional networks. Sections 3.5 and 4: the sliding window as a convolution, and boxes from the same features.
# - J. Long, E. Shelhamer, T. Darrell (2015). Fully convolutional networks for semantic segmentation. Section 3.1: classifiers turned into fully convolutional networks.
# - N. Dalal, B. Triggs (2005). Histograms of oriented gradients for human detection. The detector of the first picture, done properly; hard negatives in section 4.
# - K.-K. Sung, T. Poggio (1998). Example-based learning for view-based human face detection. Bootstrapping of false alarms.
# - R. Girshick, J. Donahue, T. Darrell, J. Malik (2014). Rich feature hierarchies for accurate object detection and semantic segmentation (R-CNN). Section 2.
# - R. Girshick (2015). Fast R-CNN. Section 2.1: the RoI pooling layer.
# - S. Ren, K. He, R. Girshick, J. Sun (2015). Faster R-CNN. Section 3.1: region proposal networks and anchors; table 5: times.
# - W. Liu, D. Anguelov, D. Erhan, C. Szegedy, S. Reed, C.-Y. Fu, A. Berg (2016). SSD: single shot multibox detector. Section 2 and figure 2; 8,732 default boxes.
# - K. He, G. Gkioxari, P. Dollár, R. Girshick (2017). Mask R-CNN. Section 3: RoIAlign.
# - K. Simonyan, A. Zisserman (2015). Very deep convolutional networks for large-scale image recognition. VGG-16 is configuration D of table 1.
