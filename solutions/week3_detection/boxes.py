# %% [markdown]
# # Boxes: how to say where something is, and how to tell whether it is right
#
# A detector does not say "coin". It says: "a coin *here*, from this column to that column and from
# this row to that row, and I am fairly sure". The *here* is a **box**: four numbers. A good detector says it
# many times over for one and the same coin, and now and then where there is none.
#
# In this notebook you write everything around a detector: you compare boxes, throw away the
# doubles, choose shapes to start from, and measure how good the answer is. No network yet. Later in this
# week a network makes the boxes; every function you write here goes to work on them.
#
# Here is what you will have at the end: hundreds of overlapping windows in a photograph, cleaned up to one box a coin.

# %% tags=["setup"]
from dataclasses import dataclass
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, Polygon, Rectangle

from utils.checks import Checks, assert_close, assert_shape, call_unchanged
from utils.data import photograph
from utils.figures import PALETTE, show
from utils.settings import choose

# %% tags=["setup"]
# A photograph of 24 ancient coins and a box round each, drawn by hand: left, top, right, bottom.
coins = photograph("coins", gray=True)
COIN_BOXES = np.array(
    [
        (22, 34, 67, 74), (81, 39, 120, 74), (132, 29, 179, 74), (192, 30, 240, 73),
        (256, 34, 297, 72), (305, 16, 365, 72), (25, 104, 67, 145), (84, 107, 122, 145),
        (134, 110, 174, 145), (186, 105, 226, 145), (245, 95, 296, 144), (317, 105, 356, 145),
        (25, 178, 63, 217), (80, 175, 124, 217), (135, 179, 174, 217), (189, 170, 237, 217),
        (251, 172, 297, 217), (315, 156, 380, 218), (18, 233, 75, 288), (92, 244, 136, 288),
        (143, 236, 201, 288), (219, 240, 269, 289), (276, 239, 327, 289), (335, 247, 381, 290),
    ],
    dtype=float,
)  # fmt: skip


def find_coins(picture, radii=(18, 22, 27), every=5, least=0.05):
    """Look for bright discs: a very simple detector.

    For each radius two rings are laid over the picture, one inside a circle and one outside it. Where
    the inner ring is brighter than the outer one by ``least``, a coin may be. Returns boxes ``(n, 4)`` and
    their scores ``(n,)``: the difference in brightness.
    """
    height, width = picture.shape
    row, column = np.mgrid[:height, :width]
    # Distance from the pixel (0, 0) in a picture that goes on round its edges, as the Fourier transform sees it.
    distance = np.hypot(np.minimum(row, height - row), np.minimum(column, width - column))
    spectrum = np.fft.rfft2(picture)
    boxes, scores = [], []
    for radius in radii:
        inside = (distance <= radius) & (distance > radius - 3)
        outside = (distance > radius) & (distance <= radius + 3)
        rings = inside / inside.sum() - outside / outside.sum()
        answer = np.fft.irfft2(spectrum * np.fft.rfft2(rings), s=picture.shape)
        y, x = np.mgrid[radius : height - radius : every, radius : width - radius : every]
        found = answer[y, x] > least
        x, y = x[found], y[found]
        boxes.append(np.stack([x - radius, y - radius, x + radius, y + radius], axis=1))
        scores.append(answer[y, x])
    return np.concatenate(boxes).astype(float), np.concatenate(scores)


WINDOWS, WINDOW_SCORES = find_coins(coins)

# %% tags=["setup"]
# Helpers that draw.


def draw_picture(axis, picture=coins):
    """Draw a grey picture so that pixel (row, column) fills the square from (column, row) to one further."""
    height, width = picture.shape
    axis.imshow(picture, vmin=0, vmax=1, extent=(0, width, height, 0))
    axis.set_axis_off()


def draw_boxes(axis, boxes, color="orange", labels=None, **options):
    """Outline boxes (left, top, right, bottom); ``labels`` are written at their upper left corners."""
    options = {"linewidth": 1.5, "fill": False, **options}
    for number, (left, top, right, bottom) in enumerate(np.asarray(boxes, dtype=float)):
        axis.add_patch(
            Rectangle(
                (left, top),
                right - left,
                bottom - top,
                edgecolor=PALETTE.get(color, color),
                **options,
            )
        )
        if labels is not None:
            axis.text(
                left, top - 1, labels[number], color="black", fontsize=8, va="bottom",
                bbox={"facecolor": PALETTE.get(color, color), "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip


def draw_vehicle(axis, kind, box, paint):
    """Draw a car, a van or a bus from the side, filling its box."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    wheel = (0.2 if kind == "car" else 0.14) * high
    floor = bottom - wheel

    def at(x, y):
        return left + x * wide, top + y * (floor - top)

    outlines = {
        "car": [(0, 0.98), (0, 0.5), (0.16, 0.43), (0.31, 0), (0.7, 0), (0.86, 0.43), (1, 0.52), (1, 0.98)],
        "van": [(0, 0.98), (0, 0.6), (0.16, 0.48), (0.28, 0), (1, 0), (1, 0.98)],
        "bus": [(0, 0.98), (0, 0.06), (0.03, 0), (0.97, 0), (1, 0.06), (1, 0.98)],
    }  # fmt: skip
    panes = {
        "car": [[(0.24, 0.43), (0.34, 0.09), (0.49, 0.09), (0.49, 0.43)], [(0.53, 0.43), (0.53, 0.09), (0.68, 0.09), (0.79, 0.43)]],
        "van": [[(0.21, 0.46), (0.31, 0.1), (0.43, 0.1), (0.43, 0.46)]],
        "bus": [[(x, 0.45), (x, 0.12), (x + 0.13, 0.12), (x + 0.13, 0.45)] for x in np.arange(0.04, 0.9, 0.155)],
    }  # fmt: skip
    axis.add_patch(
        Polygon([at(*p) for p in outlines[kind]], facecolor=paint, edgecolor="black", linewidth=0.8)
    )
    for pane in panes[kind]:
        axis.add_patch(
            Polygon([at(*p) for p in pane], facecolor="#dcebf5", edgecolor="black", linewidth=0.5)
        )
    for x in (0.2, 0.8):
        centre = (left + x * wide, bottom - wheel)
        axis.add_patch(Circle(centre, wheel, facecolor="#333333", edgecolor="black", linewidth=0.5))
        axis.add_patch(Circle(centre, wheel * 0.45, facecolor="#bbbbbb", edgecolor="none"))


STREET_SIZE = (320, 170)  # width, height in pixels
STREET = [  # from the back to the front: kind, box, paint
    ("bus", (150, 42, 284, 124), "#d9b36c"),
    ("van", (164, 62, 274, 132), "#8fb3a3"),
    ("car", (16, 92, 94, 128), "#b06a5b"),
    ("car", (66, 102, 146, 140), "#7d93b8"),
]


def draw_street(axis):
    """Draw the street with its four vehicles, in pixels of a picture of 320 × 170."""
    width, height = STREET_SIZE
    axis.add_patch(Rectangle((0, 0), width, height, facecolor="#e8f1f7", edgecolor="none"))
    for left, right, top, colour in [(0, 62, 30, "#d8cfc4"), (62, 118, 48, "#c9d2c4"), (118, 214, 20, "#cfc6d0"), (214, 320, 38, "#d8d2bd")]:  # fmt: skip
        axis.add_patch(
            Rectangle((left, top), right - left, 95 - top, facecolor=colour, edgecolor="none")
        )
        for x in range(left + 8, right - 12, 18):
            for y in range(top + 8, 80, 20):
                axis.add_patch(Rectangle((x, y), 9, 11, facecolor="#f6f3ec", edgecolor="none"))
    axis.add_patch(Rectangle((0, 95), width, 12, facecolor="#bdbdbd", edgecolor="none"))
    axis.add_patch(Rectangle((0, 107), width, height - 107, facecolor="#8d8d8d", edgecolor="none"))
    for x in range(6, width, 44):
        axis.add_patch(Rectangle((x, 152), 24, 2.5, facecolor="white", edgecolor="none"))
    for kind, box, paint in STREET:
        draw_vehicle(axis, kind, box, paint)
    axis.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axis.set_axis_off()


# %%
# The short cut of this cell keeps a window if no better one has its centre within 20 pixels. That works for
# coins, which lie apart, and for nothing else. You will write the general tool.
middles = (WINDOWS[:, :2] + WINDOWS[:, 2:]) / 2
apart = np.hypot(*(middles[:, None] - middles[None]).transpose(2, 0, 1))
beaten = (apart < 20) & (WINDOW_SCORES[None] > WINDOW_SCORES[:, None])
lonely = ~beaten.any(axis=1)

figure, axes = plt.subplots(1, 2, figsize=(10, 4.2))
for axis in axes:
    draw_picture(axis)
draw_boxes(axes[0], WINDOWS, "sky", linewidth=0.5)
axes[0].set_title(f"what the detector says: {len(WINDOWS)} boxes")
draw_boxes(axes[1], WINDOWS[lonely], "orange", [f"{s:.2f}" for s in WINDOW_SCORES[lonely]])
axes[1].set_title(f"cleaned up: {lonely.sum()} boxes")
show(
    figure,
    caption="Where you will get to. Left: every window in which a very simple detector suspects a coin. Right: what is left of them when the doubles are gone, each with its score.",
    alt="Two copies of a photograph of 24 coins in four rows. Left: covered by hundreds of thin overlapping blue squares. Right: one orange box with a number on each coin.",
)

# %% [markdown]
# **You will be able to**
#
# - *convert* boxes from one form into another, and *say* which form a number is in,
# - *compute* how well two boxes, or two thousand pairs of boxes, agree,
# - *write* non-max suppression, with classes, ties and limits,
# - *choose* anchor boxes from data,
# - *work out* precision, recall, average precision and mAP, the two ways in which papers report them.
#
# | | |
# |---|---|
# | place | 1 of 4 in this week |
# | needed before | Python, NumPy broadcasting (`a[:, None]`), nothing about networks |
# | time | 5 to 6 hours for you; under a minute for the computer |
# | hardware | any; no GPU |
# | data | a photograph that comes with scikit-image, and drawings this notebook makes; nothing is downloaded |
#
# How it works: fill in the cells that say `NotImplementedError`, run them, then run the check below
# each. A check names every property that your function must have and says which one is missing.
# A few more checks run when your work is graded.

# %% [markdown]
# ## 1 · A box is four numbers, but which four?
#
# A box has its sides along the rows and columns of the picture. Everywhere in this course it is written by its **corners**:
#
# $$(\text{left},\ \text{top},\ \text{right},\ \text{bottom})$$
#
# - *left* and *right* are positions along $x$, which grows to the right,
# - *top* and *bottom* are positions along $y$, which grows **downwards**, so $\text{top} \le \text{bottom}$,
# - all in pixels, as floats, with 0 at the upper left corner of the upper left pixel.
#
# Two surprises lie in this. First, $x$ comes first here, while an array is indexed `[row, column]`, which is $y$ first. The pixels of a box are
# `picture[top:bottom, left:right]`. Second, the numbers are positions of *edges*, not numbers of pixels. The first pixel reaches from 0 to 1. So
# a box from 10 to 13 is $13 - 10 = 3$ pixels wide: pixels 10, 11 and 12, like a Python slice. Some older data sets write the first and the *last* pixel
# instead. Then one must be added to get the width. Who mixes the two up is wrong by one pixel everywhere, and nothing crashes.
#
# Detectors prefer another form, because a network can learn "a bit further to the right" and "a bit wider" separately:
#
# $$(c_x,\ c_y,\ w,\ h) = \Big(\tfrac{\text{left} + \text{right}}{2},\ \tfrac{\text{top} + \text{bottom}}{2},\ \text{right} - \text{left},\ \text{bottom} - \text{top}\Big)$$
#
# - $c_x, c_y$: the centre, in pixels
# - $w, h$: width and height, in pixels
#
# **By hand.** The corners $(10, 20, 30, 28)$ have the centre $x = (10 + 30) / 2 = 20$, $y = (20 + 28) / 2 = 24$, the width $20$ and the height $8$.

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.3))
left, top, right, bottom = STREET[3][1]
for axis in axes:
    draw_street(axis)
    draw_boxes(axis, [STREET[3][1]], "vermilion", linewidth=2.5)
    axis.set(xlim=(40, 172), ylim=(158, 84))
for x, y, text, across in [(left, top, f"({left}, {top})", "left"), (right, bottom, f"({right}, {bottom})", "right")]:  # fmt: skip
    axes[0].plot(x, y, "o", color=PALETTE["vermilion"], markersize=8)
    below = y == bottom
    axes[0].text(
        x, y + (4 if below else -4), text, ha=across, va="top" if below else "bottom", weight="bold"
    )
axes[0].set_title("corner form: (left, top, right, bottom)")
middle = ((left + right) / 2, (top + bottom) / 2)
axes[1].plot(*middle, "o", color=PALETTE["vermilion"], markersize=8)
axes[1].text(middle[0] + 3, middle[1] - 3, f"({middle[0]:g}, {middle[1]:g})", weight="bold", va="bottom",
             bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1})  # fmt: skip
for start, end, text, place in [
    ((left, bottom + 6), (right, bottom + 6), f"w = {right - left}", (middle[0], bottom + 8)),
    ((right + 5, top), (right + 5, bottom), f"h = {bottom - top}", (right + 7, middle[1])),
]:
    axes[1].annotate("", start, end, arrowprops={"arrowstyle": "<->", "color": "black"})
    wide = start[1] == end[1]
    axes[1].text(*place, text, ha="center" if wide else "left", va="top" if wide else "center")
axes[1].set_title("centre form: (centre x, centre y, width, height)")
show(
    figure,
    caption="One box, two ways to write it. The y axis points down: the box's top is the smaller number.",
    alt="Two drawings of a car on a street with a red box round it. Left: the upper left and lower right corners are marked with their coordinates. Right: the centre is marked, and arrows give width 80 and height 38.",
)

# %% [markdown]
# ## Exercise 1 · From corners to centres  (3 points · about 8 min)
#
# All boxes at once: an array with a row for each box goes in, an array of the same shape comes out. An array without rows, of the shape `(0, 4)`, is a picture in
# which nothing was found. That happens every day, and your functions must take it calmly.


# %% exercise="to_centre_form"
def to_centre_form(boxes):
    """Convert boxes from corner form to centre form.

    Args:
        boxes: Array of shape (n, 4) of numbers: left, top, right, bottom in pixels. n may be 0.

    Returns:
        Float array of shape (n, 4): centre x, centre y, width, height in pixels. ``boxes`` stays as it is.
    """
    ### BEGIN SOLUTION
    corners = np.asarray(boxes, dtype=float)
    first, second = corners[:, :2], corners[:, 2:]
    return np.concatenate([(first + second) / 2, second - first], axis=1)
    ### END SOLUTION


# %% check="to_centre_form" points=3
checks = Checks("to_centre_form")
with checks(
    "the first two numbers are the centre, x before y",
    hint="the centre lies half-way between left and right, and half-way between top and bottom",
):
    result = to_centre_form(np.array([[10.0, 20.0, 30.0, 28.0]]))
    assert_shape(result, (1, 4), "the result")
    assert_close(result[:, :2], [[20, 24]], "the centre of (10, 20, 30, 28)")
with checks(
    "the last two numbers are width and height, with no pixel added",
    hint="positions are those of edges: how far is it from one edge to the other?",
):
    result = to_centre_form(np.array([[10.0, 20.0, 30.0, 28.0], [3.0, 7.0, 3.0, 9.5]]))
    assert_shape(result, (2, 4), "the result")
    assert_close(result[:, 2:], [[20, 8], [0, 2.5]], "width and height")
with checks(
    "corners that are whole numbers may have a centre that is not",
    hint="which dtype does your result have when the boxes come as ints?",
):
    result = to_centre_form(np.array([[0, 0, 1, 3]]))
    assert_shape(result, (1, 4), "the result")
    assert_close(result[:, :2], [[0.5, 1.5]], "the centre of (0, 0, 1, 3)")
with checks(
    "no boxes give an array of shape (0, 4), and the argument stays as it is",
    hint="try it with np.zeros((0, 4)); compare the argument before and after the call",
):
    assert_shape(to_centre_form(np.zeros((0, 4))), (0, 4), "the result for no boxes")
    call_unchanged(to_centre_form, np.array([[10.0, 20.0, 30.0, 28.0], [1.0, 2.0, 5.0, 4.0]]))
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random boxes reach half their width and height to either side of their centre",
    hint="draw a box from its centre, width and height: do you get the corners back?",
):
    corners = checks.rng.uniform(-20, 200, (12, 4))
    corners[:, 2:] = corners[:, :2] + checks.rng.uniform(1, 90, (12, 2))
    result = np.asarray(to_centre_form(corners.copy()), dtype=float)
    assert_shape(result, (12, 4), "the result")
    back = np.stack(
        [result[:, 0] - result[:, 2] / 2, result[:, 1] - result[:, 3] / 2,
         result[:, 0] + result[:, 2] / 2, result[:, 1] + result[:, 3] / 2], axis=1,
    )  # fmt: skip
    assert_close(back, corners, "the corners")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# ## Exercise 2 · And back  (3 points · about 8 min)
#
# A network answers in centre form; drawing and comparing need corners.


# %% exercise="to_corner_form"
def to_corner_form(boxes):
    """Convert boxes from centre form to corner form.

    Args:
        boxes: Array of shape (n, 4) of numbers: centre x, centre y, width, height in pixels. n may be 0.

    Returns:
        Float array of shape (n, 4): left, top, right, bottom in pixels. ``boxes`` stays as it is.
    """
    ### BEGIN SOLUTION
    boxes = np.asarray(boxes, dtype=float)
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=1)
    ### END SOLUTION


# %% check="to_corner_form" points=3
checks = Checks("to_corner_form")
with checks(
    "a box worked by hand: centre (20, 24), 20 wide and 8 high",
    hint="draw it on paper: where is its left edge?",
):
    result = to_corner_form(np.array([[20.0, 24.0, 20.0, 8.0]]))
    assert_close(result, [[10, 20, 30, 28]], "the corners")
with checks(
    "moving the centre moves both corners, and right - left stays the width",
    hint="how far is it from the centre to each of the edges?",
):
    result = to_corner_form(np.array([[0.0, 0.0, 6.0, 2.0], [100.0, 50.0, 6.0, 2.0]]))
    assert_shape(result, (2, 4), "the result")
    assert_close(result[1] - result[0], [100, 50, 100, 50], "the way that the corners moved")
    assert_close(result[0, 2:] - result[0, :2], [6, 2], "right - left and bottom - top")
with checks(
    "no boxes give an array of shape (0, 4), and the argument stays as it is",
    hint="try it with np.zeros((0, 4)); compare the argument before and after the call",
):
    assert_shape(to_corner_form(np.zeros((0, 4))), (0, 4), "the result for no boxes")
    call_unchanged(to_corner_form, np.array([[20.0, 24.0, 20.0, 8.0], [3.0, 3.0, 4.0, 2.0]]))
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random boxes come back as they were before to_centre_form",
    hint="write down the centre form of a box that is not square, and turn it back by hand",
):
    corners = checks.rng.uniform(-20, 200, (12, 4))
    corners[:, 2:] = corners[:, :2] + checks.rng.uniform(1, 90, (12, 2))
    left, top, right, bottom = corners.T
    centred = np.stack([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top], axis=1)
    assert_close(to_corner_form(centred), corners, "the corners")
with checks.hidden(
    "centres and sides that are whole numbers may have corners that are not",
    hint="which dtype does your result have when the boxes come as ints?",
):
    result = to_corner_form(np.array([[2, 5, 1, 3]]))
    assert_close(result, [[1.5, 3.5, 2.5, 6.5]], "the corners")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** A friend stores boxes as $(\text{top}, \text{left}, \text{bottom}, \text{right})$ because that is the order of an array's indices. You read her file as
# $(\text{left}, \text{top}, \text{right}, \text{bottom})$. For which pictures do you notice nothing?
#
# <details><summary>Answer</summary>
#
# Every box is mirrored at the diagonal. With one centred square object in a square picture nothing is to be seen, and even the numbers that you will compute below (areas, overlaps of her boxes with her boxes) are
# the same. It shows when boxes and picture meet: draw a few of them on every new data set before you do anything else.
# </details>

# %% [markdown]
# ## 2 · How well do two boxes agree?
#
# **Why it matters.** "The box is right" needs a number. Distance between corners is no good one: 5 pixels are nothing for a bus before you and everything for a car at the
# horizon. The number that everybody uses compares areas. It is called **intersection over union**, short IoU:
#
# $$ \text{IoU}(A, B) = \frac{|A \cap B|}{|A \cup B|} = \frac{|A \cap B|}{|A| + |B| - |A \cap B|} $$
#
# - $|A|$, $|B|$: the areas of the two boxes, in square pixels
# - $|A \cap B|$: the area that lies in *both*, the intersection
# - $|A \cup B|$: the area that lies in *at least one*, the union. In the sum $|A| + |B|$ the common part is counted twice; hence the subtraction.
#
# IoU is 1 for identical boxes and 0 for boxes that share no area. It is a ratio of areas: enlarge the picture and it stays as it was.
#
# The intersection of two boxes is a box, or nothing. It starts where the *later* of the two starts and ends where the *earlier* one ends:
#
# $$ w_\cap = \min(\text{right}_A, \text{right}_B) - \max(\text{left}_A, \text{left}_B), \qquad h_\cap \text{ likewise with top and bottom.} $$
#
# If the boxes lie apart, this width is *negative*. A negative width means: no intersection.
#
# **By hand.** $A = (0, 0, 4, 2)$ and $B = (2, 1, 5, 5)$. The intersection goes from $x = 2$ to $4$ and from $y = 1$ to $2$: area $2 \cdot 1 = 2$. $|A| = 8$, $|B| = 12$, so the union
# is $8 + 12 - 2 = 18$ and $\text{IoU} = 2 / 18 = 0.111$.

# %%
pairs = [
    ("by hand", (0, 0, 4, 2), (2, 1, 5, 5), "2 / 18 = 0.11"),
    ("identical", (1, 1, 5, 4), (1, 1, 5, 4), "12 / 12 = 1"),
    ("nested", (0, 0, 6, 5), (2, 1, 5, 4), "9 / 30 = 0.3"),
    ("touching", (0, 1, 3, 4), (3, 0, 6, 3), "0 / 18 = 0"),
    ("apart", (0, 0, 2, 2), (4, 3, 6, 5), "0 / 8 = 0"),
]
figure, axes = plt.subplots(1, 5, figsize=(10.5, 2.5))
for axis, (title, a, b, result) in zip(axes, pairs, strict=True):
    for box, colour in ((a, "blue"), (b, "orange")):
        draw_boxes(axis, [box], colour, linewidth=2.5)
        draw_boxes(
            axis, [box], colour, linewidth=0, fill=True, alpha=0.2, facecolor=PALETTE[colour]
        )
    common = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
    if common[0] < common[2] and common[1] < common[3]:
        draw_boxes(axis, [common], "black", linewidth=0, hatch="////")
    axis.set(xlim=(-0.4, 6.4), ylim=(5.4, -0.4), aspect="equal", title=f"{title}\n{result}")
    axis.set(xticks=range(7), yticks=range(6), xticklabels=[], yticklabels=[])
    axis.grid(color="0.9")
    axis.set_axisbelow(True)
    axis.tick_params(length=0)
show(
    figure,
    caption="Five pairs of boxes with intersection over union. The intersection is hatched.",
    alt="Five small grids with a blue and an orange box: overlapping at a corner with 2 of 18 squares hatched; identical; one within the other; side by side with a common edge; far apart.",
)

# %% [markdown]
# ## Exercise 3 · One pair  (5 points · about 15 min)
#
# One case has no answer in the formula: two boxes without any area, such as two points. Their union is 0, and $0 / 0$ is nothing. Detectors do produce such boxes. We
# agree that **a box without area has IoU 0 with every box**, itself included.
#
# <details><summary>Show a bigger hint</summary>
#
# Test your function with two boxes that are apart along $x$ *and* along $y$. Minus times minus is plus.
# </details>


# %% exercise="iou"
def iou(a, b):
    """Compute the intersection over union of two boxes.

    Args:
        a: Four numbers: left, top, right, bottom, with left <= right and top <= bottom.
        b: The same.

    Returns:
        A float from 0 to 1; 0 where the union has no area.
    """
    ### BEGIN SOLUTION
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    area_a = (a[2] - a[0]) * (a[3] - a[1])
    area_b = (b[2] - b[0]) * (b[3] - b[1])
    union = area_a + area_b - common
    return float(common / union) if union > 0 else 0.0
    ### END SOLUTION


# %% check="iou" points=5
checks = Checks("iou")
with checks(
    "two boxes worked by hand: 2 square pixels in common, 18 in the union",
    hint="work out the three areas one after the other; which part would be counted twice?",
):
    value = iou((0, 0, 4, 2), (2, 1, 5, 5))
    assert_close(value, 1 / 9, "the IoU of (0, 0, 4, 2) and (2, 1, 5, 5)")
with checks(
    "identical boxes have IoU 1",
    hint="for one box twice, intersection and union are both the box",
):
    assert_close(iou((3, 5, 10, 7), (3, 5, 10, 7)), 1, "the IoU of a box with itself")
with checks(
    "boxes that are apart have IoU 0, in whichever direction they are apart",
    hint="what is the width of an intersection that does not exist? And the height?",
):
    for other in [(4, 0, 6, 2), (0, 5, 2, 7), (4, 5, 6, 7), (3, 3, 5, 5)]:
        assert_close(iou((0, 0, 2, 2), other), 0, f"the IoU of (0, 0, 2, 2) and {other}")
        assert_close(iou(other, (0, 0, 2, 2)), 0, f"the IoU of {other} and (0, 0, 2, 2)")
with checks(
    "boxes that only touch have IoU 0",
    hint="an edge has a length, but which area?",
):
    assert_close(iou((0, 0, 2, 2), (2, 0, 4, 2)), 0, "the IoU of neighbours with a common edge")
    assert_close(iou((0, 0, 2, 2), (2, 2, 3, 3)), 0, "the IoU of neighbours with a common corner")
with checks(
    "a box inside another has the ratio of their areas, in either order",
    hint="the intersection is the smaller one, the union the larger one",
):
    assert_close(iou((0, 0, 6, 5), (2, 1, 5, 4)), 0.3, "the IoU of (0, 0, 6, 5) and (2, 1, 5, 4)")
    assert_close(iou((2, 1, 5, 4), (0, 0, 6, 5)), 0.3, "the IoU of (2, 1, 5, 4) and (0, 0, 6, 5)")
with checks(
    "a box without area has IoU 0 with every box, and nothing is divided by zero",
    hint="read the sentence on 0 / 0 above the exercise",
):
    point = (3.0, 3.0, 3.0, 3.0)
    assert_close(iou(point, point), 0, "the IoU of a point with itself")
    assert_close(iou(point, (0, 0, 9, 9)), 0, "the IoU of a point and a box round it")
    assert_close(iou((1, 1, 5, 1), (1, 1, 5, 1)), 0, "the IoU of a line with itself")


### BEGIN HIDDEN TESTS
def counted_iou(a, b):
    """Count pixels instead of computing: for boxes of whole numbers between 0 and 30."""
    first, second = np.zeros((30, 30), bool), np.zeros((30, 30), bool)
    first[a[1] : a[3], a[0] : a[2]] = True
    second[b[1] : b[3], b[0] : b[2]] = True
    union = np.sum(first | second)
    return np.sum(first & second) / union if union else 0.0


with checks.hidden(
    "random boxes agree with counting pixels",
    hint="draw both boxes on squared paper and count: intersection, union",
    weight=2,
):
    for number in range(40):
        (x1, x2, x3, x4), (y1, y2, y3, y4) = checks.rng.integers(0, 30, (2, 4)).tolist()
        if number % 5 == 0:  # apart in both directions
            (x1, x2, x3, x4), (y1, y2, y3, y4) = sorted((x1, x2, x3, x4)), sorted((y1, y2, y3, y4))
        a = [min(x1, x2), min(y1, y2), max(x1, x2) + 1, max(y1, y2) + 1]
        b = [min(x3, x4), min(y3, y4), max(x3, x4) + 1, max(y3, y4) + 1]
        a, b = [[min(value, 30) for value in box] for box in (a, b)]
        assert_close(iou(a, b), counted_iou(a, b), "the IoU")
with checks.hidden(
    "small boxes and negative coordinates are boxes like any other: moving and scaling both changes nothing",
    hint="nothing in the formula knows how large a pixel is or where the picture begins",
):
    a, b = np.array([0.0, 0.0, 4.0, 2.0]), np.array([2.0, 1.0, 5.0, 5.0])
    for scale, shift in [(0.01, 0.0), (1.0, -50.0), (3.5, -7.25), (0.1, 0.3)]:
        value = iou((a * scale + shift).tolist(), (b * scale + shift).tolist())
        assert_close(value, 1 / 9, "the IoU")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# How strict is IoU? Move a square box to the side and watch. Your own function draws the picture.

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2))
shifts = np.linspace(0, 24, 97)
for side, colour in [(8, "vermilion"), (16, "orange"), (32, "sky"), (64, "blue")]:
    values = [iou((0, 0, side, side), (shift, 0, shift + side, side)) for shift in shifts]
    axes[0].plot(shifts, values, color=PALETTE[colour], linewidth=2)
    place = 6 * side / 16 + 0.6
    if place < 22:
        axes[0].text(
            place, iou((0, 0, side, side), (place, 0, place + side, side)) + 0.03, f"{side} px"
        )
    else:
        axes[0].text(21.5, iou((0, 0, side, side), (22, 0, 22 + side, side)) + 0.05, f"{side} px")
axes[0].axhline(0.5, color="0.6", linestyle=":")
axes[0].set(xlabel="moved to the side by (pixels)", ylabel="IoU", ylim=(0, 1.02))
axes[0].set_title("one error in pixels, boxes of four sizes")
for number, wanted in enumerate((0.9, 0.75, 0.5, 0.3)):
    # Moving a square of side 1 by d along both axes leaves (1 - d)² in common.
    step = 1 - np.sqrt(2 * wanted / (1 + wanted))
    a = np.array([0, 0, 1, 1]) + 1.75 * number * np.array([1, 0, 1, 0])
    b = a + step
    draw_boxes(axes[1], [a], "blue", linewidth=2)
    draw_boxes(axes[1], [b], "orange", linewidth=2)
    axes[1].text(a[0], -0.12, f"IoU {iou(tuple(a), tuple(b)):.2f}")
axes[1].set(xlim=(-0.1, 6.8), ylim=(1.6, -0.5), aspect="equal")
axes[1].set_axis_off()
axes[1].set_title("what such numbers look like")
show(
    figure,
    caption="Left: an error of 4 pixels leaves a large box nearly untouched and ruins a small one. Right: squares moved along both axes. At IoU 0.5 the two still look alike to most people.",
    alt="Left: four falling curves of IoU against the shift, steep for a box of 8 pixels and flat for one of 64. Right: four pairs of squares with IoU 0.90, 0.75, 0.50 and 0.30.",
)

# %% [markdown]
# **Question.** A detector puts a box of exactly half the truth's width and half its height into the middle of the truth. What is the IoU? Would you have called that box bad?
#
# <details><summary>Answer</summary>
#
# $1/4$. It is a quarter of the area. IoU is stricter than most people's eyes, and it does not tell *in which way* a box is wrong: too small, too large, or moved.
# </details>

# %% [markdown]
# ## 3 · All pairs at once
#
# **Why it matters.** The detector above gave several hundred windows for 24 coins: more than ten thousand pairs. A network gives tens of thousands of windows for each picture. A Python loop over all pairs takes
# longer than the network itself.
#
# You want a table: row $i$, column $j$ holds the IoU of box $i$ of the first list and box $j$ of the second. NumPy builds it by **broadcasting**: an array of shape $(n, 1)$ and one of
# shape $(1, m)$ meet in an array of shape $(n, m)$, in which every number of the first has met every number of the second.
#
# **By hand.** `np.maximum([[0], [2]], [[1, 3, 0]])` has the shape $(2, 3)$: the first row is $1, 3, 0$ and the second $2, 3, 2$.
#
# ## Exercise 4 · A matrix of IoUs  (7 points · about 20 min)
#
# Write it without a Python loop over boxes. Empty lists are allowed on either side: no windows and three truths give a table of the shape $(0, 3)$. So are boxes without area. A tidy solution
# makes NumPy print no warning on the way.
#
# <details><summary>Show a bigger hint</summary>
#
# `a[:, None, 0]` has the shape $(n, 1)$. For the division: `np.divide` takes the arguments `out=` and `where=`; or replace the zeros of the union by something harmless *before* you divide.
# </details>


# %% exercise="iou_matrix"
def iou_matrix(a, b):
    """Compute the intersection over union of every box of one list with every box of another.

    Args:
        a: Array of shape (n, 4): left, top, right, bottom. n may be 0.
        b: Array of shape (m, 4). m may be 0.

    Returns:
        Float array of shape (n, m); row i, column j is the IoU of a[i] and b[j], and 0 where their
        union has no area. Nothing is divided by zero on the way.
    """
    ### BEGIN SOLUTION
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    start = np.maximum(a[:, None, :2], b[None, :, :2])
    end = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.maximum(end - start, 0).prod(axis=2)
    area_a = (a[:, 2:] - a[:, :2]).prod(axis=1)
    area_b = (b[:, 2:] - b[:, :2]).prod(axis=1)
    union = area_a[:, None] + area_b[None, :] - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    ### END SOLUTION


# %% check="iou_matrix" points=7
checks = Checks("iou_matrix")
with checks(
    "row i, column j is the IoU of box i of the first list and box j of the second",
    hint="two boxes against three: which list runs along the rows?",
):
    first = np.array([[0.0, 0.0, 4.0, 2.0], [0.0, 0.0, 6.0, 5.0]])
    second = np.array([[2.0, 1.0, 5.0, 5.0], [0.0, 0.0, 4.0, 2.0], [2.0, 1.0, 5.0, 4.0]])
    result = iou_matrix(first, second)
    assert_shape(result, (2, 3), "the matrix of 2 boxes against 3")
    expected = [[2 / 18, 1, 2 / 15], [12 / 30, 8 / 30, 9 / 30]]
    assert_close(result, expected, "the matrix")
with checks(
    "boxes that touch or lie apart, in whichever direction, have IoU 0",
    hint="where in the computation does a negative width become 0? And a negative height?",
):
    middle = np.array([[4.0, 4.0, 6.0, 6.0]])
    steps = np.array([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y], dtype=float)
    touching = middle + np.tile(2 * steps, 2)
    apart = middle + np.tile(3 * steps, 2)
    assert_close(iou_matrix(middle, touching), np.zeros((1, 8)), "the row of touching boxes")
    assert_close(iou_matrix(middle, apart), np.zeros((1, 8)), "the row of boxes apart")
with checks(
    "a box without area has IoU 0 with every box: no nan anywhere",
    hint="which entries of the union can be 0?",
):
    boxes = np.array([[3.0, 3.0, 3.0, 3.0], [1.0, 1.0, 5.0, 1.0], [0.0, 0.0, 9.0, 9.0]])
    assert_close(iou_matrix(boxes, boxes), [[0, 0, 0], [0, 0, 0], [0, 0, 1]], "the matrix")
with checks(
    "empty lists give tables of shapes (0, 3), (2, 0) and (0, 0)",
    hint="np.zeros((0, 4)) is a picture in which nothing was found",
):
    none, two, three = (np.tile([[0.0, 0.0, 1.0, 1.0]], (n, 1)) for n in (0, 2, 3))
    assert_shape(iou_matrix(none, three), (0, 3), "the matrix of 0 boxes against 3")
    assert_shape(iou_matrix(two, none), (2, 0), "the matrix of 2 boxes against 0")
    assert_shape(iou_matrix(none, none), (0, 0), "the matrix of no boxes against none")
with checks(
    "it is at least three times faster than a loop over pairs",
    hint="no Python loop over the boxes: let the arrays meet by broadcasting",
):
    boxes = checks.rng.uniform(0, 200, (400, 4))
    boxes[:, 2:] = boxes[:, :2] + checks.rng.uniform(5, 60, (400, 2))

    def loop(boxes):
        boxes = boxes.tolist()
        table = []
        for a in boxes:
            for b in boxes:
                width = min(a[2], b[2]) - max(a[0], b[0])
                height = min(a[3], b[3]) - max(a[1], b[1])
                common = max(width, 0) * max(height, 0)
                both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
                table.append(common / (both - common))
        return np.reshape(table, (len(boxes), len(boxes)))

    times = []
    for _ in range(2):
        start = perf_counter()
        result = iou_matrix(boxes, boxes)
        times.append(perf_counter() - start)
    few = []
    for _ in range(3):
        start = perf_counter()
        corner = loop(boxes[:100])
        few.append(perf_counter() - start)
    assert_shape(result, (400, 400), "the matrix of 400 boxes against 400")
    assert_close(result[:100, :100], corner, "the matrix", atol=1e-9)
    slow = 16 * min(few)  # 400² pairs for 100²
    assert slow >= 3 * min(times), f"yours takes {min(times):.2f} s, the loop {slow:.2f} s"


### BEGIN HIDDEN TESTS
def counted_table(a, b):
    """Count pixels instead of computing: for boxes of whole numbers between 0 and 24."""
    table = np.zeros((len(a), len(b)))
    row, column = np.mgrid[:24, :24]
    for (i, j), _ in np.ndenumerate(table):
        seen = [
            (column >= box[0]) & (column < box[2]) & (row >= box[1]) & (row < box[3])
            for box in (a[i], b[j])
        ]
        union = np.sum(seen[0] | seen[1])
        table[i, j] = np.sum(seen[0] & seen[1]) / union if union else 0
    return table


def whole_boxes(rng, count):
    corner = rng.integers(0, 16, (count, 2))
    return np.hstack([corner, corner + rng.integers(1, 9, (count, 2))]).astype(float)


with checks.hidden(
    "random lists of different lengths agree with counting pixels",
    hint="compare your matrix with your function for one pair",
    weight=2,
):
    for n, m in [(7, 4), (1, 9), (12, 5)]:
        first, second = whole_boxes(checks.rng, n), whole_boxes(checks.rng, m)
        result = iou_matrix(first, second)
        assert_close(result, counted_table(first, second), "the matrix")
with checks.hidden(
    "whole numbers and fractions of pixels are equally welcome, and the arguments stay as they are",
    hint="boxes may come as ints, or be smaller than a pixel",
):
    first = np.array([[0, 0, 4, 2], [0, 0, 6, 5]])
    second = np.array([[2, 1, 5, 5], [0, 0, 4, 2]])
    expected = [[2 / 18, 1], [12 / 30, 8 / 30]]
    assert_close(call_unchanged(iou_matrix, first, second), expected, "the matrix")
    assert_close(iou_matrix(first * 0.01, second * 0.01), expected, "the matrix of small boxes")
### END HIDDEN TESTS
checks.report()

# %%
names = ["bus", "van", "car 1", "car 2"]
vehicles = np.array([box for _, box, _ in STREET], dtype=float)
table = iou_matrix(vehicles, vehicles)

figure, (scene, heat) = plt.subplots(1, 2, figsize=(10, 3.2), width_ratios=[1.5, 1])
draw_street(scene)
draw_boxes(scene, vehicles, "vermilion", names, linewidth=2)
heat.imshow(table, cmap="Blues", vmin=0, vmax=1)
for (i, j), value in np.ndenumerate(table):
    heat.text(
        j, i, f"{value:.2f}", ha="center", va="center", color="white" if value > 0.5 else "black"
    )
heat.set(xticks=range(4), yticks=range(4), xticklabels=names, yticklabels=names)
heat.spines[:].set_visible(False)
heat.tick_params(length=0)
show(
    figure,
    caption="Four vehicles and the IoU of each with each, from your function. The van stands before the bus: two different things may agree by more than a half.",
    alt="Left: a drawn street with a bus, a van in front of it, and two parked cars, each in a red box. Right: a symmetric table of four by four numbers: 1 on the diagonal, a large one for bus and van, a small one for the two cars.",
)

# %% [markdown]
# ## 4 · Find the mistake: "it gives 1 for identical boxes"
#
# A page of course notes defines IoU as "the size of the object over the size of the union". Somebody wrote code after it, for boxes in **centre form**, tried two identical boxes, saw a 1, and used it
# for a year:
#
# ```python
# def centre_iou(a, b):
#     width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
#     height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
#     common = width * height
#     return a[2] * a[3] / (a[2] * a[3] + b[2] * b[3] - common)
# ```
#
# ## Exercise 5 · Mend it  (5 points · about 15 min)
#
# It is wrong in three ways. Find for each two boxes that show it, say in a sentence what was overlooked, and write a version that is right.
#
# <details><summary>Show a bigger hint</summary>
#
# Try three pairs: $(5, 5, 2, 2)$ and $(6, 5, 2, 2)$; then $(5, 5, 2, 2)$ and $(9, 9, 2, 2)$, for which you know the answer without computing; then a small box right in the middle of a large one, such as
# $(5, 5, 2, 2)$ and $(5, 5, 6, 6)$. You may use your own functions.
# </details>


# %% exercise="centre_iou"
def centre_iou(a, b):
    """Compute the intersection over union of two boxes in centre form.

    Args:
        a: Four numbers: centre x, centre y, width, height; width and height are above 0.
        b: The same.

    Returns:
        A float from 0 to 1.
    """
    ### BEGIN SOLUTION
    corners = to_corner_form(np.array([a, b]))
    return iou(corners[0], corners[1])
    ### END SOLUTION


# %% check="centre_iou" points=5
checks = Checks("centre_iou")
with checks(
    "identical boxes have IoU 1",
    hint="this case was right in the code that you were given",
):
    assert_close(centre_iou((5, 5, 2, 4), (5, 5, 2, 4)), 1, "the IoU of a box with itself")
with checks(
    "two boxes of one size, half over each other, have 1/3",
    hint="what is divided by the union: the object, or what the boxes have in common?",
):
    value = centre_iou((5, 5, 2, 2), (6, 5, 2, 2))
    assert_close(value, 1 / 3, "the IoU of (5, 5, 2, 2) and (6, 5, 2, 2)")
with checks(
    "boxes that are apart in both directions have IoU 0",
    hint="work out width and height of the intersection for this pair",
):
    for other in [(9, 9, 2, 2), (7.5, 2.5, 2, 2), (1, 9, 2, 2)]:
        assert_close(centre_iou((5, 5, 2, 2), other), 0, f"the IoU of (5, 5, 2, 2) and {other}")
with checks(
    "a small box in the middle of a large one has the ratio of their areas",
    hint="where does a box begin whose first two numbers are its centre?",
):
    for small, large, ratio in [
        ((5, 5, 2, 2), (5, 5, 6, 6), 1 / 9),
        ((0, 0, 1, 4), (0, 0, 2, 6), 1 / 3),
    ]:
        assert_close(centre_iou(small, large), ratio, f"the IoU of {small} and {large}")
        assert_close(centre_iou(large, small), ratio, f"the IoU of {large} and {small}")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random boxes agree with counting pixels",
    hint="draw both boxes on squared paper and count",
    weight=2,
):
    row, column = np.mgrid[:24, :24] + 0.5
    for _ in range(40):
        half = checks.rng.integers(1, 6, (2, 2)).tolist()
        centre = checks.rng.integers(6, 19, (2, 2)).tolist()
        seen = [
            (abs(column - c[0]) < h[0]) & (abs(row - c[1]) < h[1])
            for c, h in zip(centre, half, strict=True)
        ]
        boxes = [(*c, 2 * h[0], 2 * h[1]) for c, h in zip(centre, half, strict=True)]
        expected = np.sum(seen[0] & seen[1]) / np.sum(seen[0] | seen[1])
        assert_close(centre_iou(*boxes), expected, "the IoU")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** Leave the clipping out and nothing else: `width * height` of two negative numbers is positive. Find two boxes that do not even touch, for which the formula of section 2 gives
# *exactly 1*, as if they were identical. And why did a test with boxes that are apart along $x$ only not find it?
#
# <details><summary>Answer</summary>
#
# Two equal squares of side $s$ whose gap is $s$ in both directions, such as $(0, 0, 2, 2)$ and $(4, 4, 6, 6)$: $(-2) \cdot (-2) = 4$, and $4 / (4 + 4 - 4) = 1$. Apart along $x$ only, one factor is negative and the other is positive:
# the result is below 0, which no threshold lets through. The mistake sits quietly until two boxes stand diagonally.
# </details>

# %% [markdown]
# ## 5 · One box for each thing: non-max suppression
#
# **Why it matters.** A detector looks at thousands of windows, each by itself. A coin is seen by all windows near it, and each of them reports it. Before anybody can count coins, the doubles must go. The
# method is called **non-max suppression**, short NMS: of boxes that mean the same thing, keep the one with the highest **score** (how sure the detector is), suppress the others.
#
# 1. Take the box with the highest score among those that are left. Keep it.
# 2. Throw out every box that is left and has an IoU *greater than* a threshold with it: they mean the same thing.
# 3. Begin again at 1 until nothing is left.
#
# Four details decide whether it is right:
#
# - **Class by class.** A van that stands before a bus overlaps it. They are two things. So only boxes of the *same class* suppress each other.
# - **Only what was kept suppresses.** A box that was thrown out throws out nobody.
# - **Order.** The result is sorted by score, best first; of equal scores the one with the lower index comes first. Then a run today and one tomorrow give the same.
# - **Limit.** At most `max_boxes` are returned, the best of *all* classes together.

# %%
boxes = [
    (12, 86, 90, 124),
    (20, 95, 98, 132),
    (64, 100, 148, 142),
    (80, 106, 152, 146),
    (24, 84, 88, 122),
]
said = [0.9, 0.8, 0.85, 0.6, 0.5]
stages = [  # title, kept, being compared, thrown out
    ("every box, with its score", [], [], []),
    ("keep 0.90; it throws out 0.80 and 0.50", [0], [1, 4], []),
    ("of what is left keep 0.85; it throws out 0.60", [0, 2], [3], [1, 4]),
    ("nothing is left", [0, 2], [], [1, 3, 4]),
]
figure, axes = plt.subplots(1, 4, figsize=(11.5, 2.6))
for axis, (title, kept, hit, gone) in zip(axes, stages, strict=True):
    draw_street(axis)
    axis.set(xlim=(4, 162), ylim=(156, 70))
    for number, (box, score) in enumerate(zip(boxes, said, strict=True)):
        if number in gone:
            continue
        colour = "green" if number in kept else "vermilion" if number in hit else "yellow"
        style = {"linestyle": "--"} if number in hit else {}
        draw_boxes(axis, [box], colour, linewidth=2.2, **style)
        left, top, right, bottom = box
        place = [(right, top), (left, bottom), (right, top), (right, bottom), (left, bottom)][
            number
        ]
        axis.text(*place, f"{score:.2f}", fontsize=8, ha="center", va="center",
                  bbox={"facecolor": PALETTE[colour], "edgecolor": "none", "pad": 1.2})  # fmt: skip
    axis.set_title(title, fontsize=9)
show(
    figure,
    caption="Non-max suppression of five boxes of the class car, threshold 0.4. Green: kept. Dashed red: about to be thrown out. The two cars overlap too, but little: both stay.",
    alt="Four drawings of two parked cars. First with five yellow boxes and scores; then the best box in green and two dashed red ones round the same car; then the second car's box in green and one dashed red; last, one green box for each car.",
)

# %% [markdown]
# ## Exercise 6 · Non-max suppression  (10 points · about 35 min)
#
# Return the *indices* of the boxes that stay, not the boxes: whoever calls the function may want their scores, their classes, and whatever else belongs to them.
#
# <details><summary>Show a bigger hint</summary>
#
# `np.argsort(-scores, kind="stable")` sorts from high to low and leaves equal scores in their order. Go through the boxes in that order, and keep a list of the kept. When may the next one join it?
# </details>


# %% exercise="non_max_suppression"
def non_max_suppression(boxes, scores, classes, iou_threshold=0.5, max_boxes=100):
    """Keep the best of boxes that overlap, class by class.

    Args:
        boxes: Array of shape (n, 4): left, top, right, bottom. n may be 0.
        scores: Array of shape (n,).
        classes: Array of shape (n,) of ints. Boxes of different classes never suppress each other.
        iou_threshold: A box is dropped if its IoU with a kept box of its class is greater than this.
        max_boxes: The largest number of boxes to keep, of all classes together.

    Returns:
        Int array with the indices of the kept boxes, by descending score; of equal scores the lower
        index comes first, here and in the choice of what is kept.
    """
    ### BEGIN SOLUTION
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for candidate in np.argsort(-np.asarray(scores), kind="stable"):
        rivals = [k for k in kept if classes[k] == classes[candidate]]
        if not np.any(overlap[candidate, rivals] > iou_threshold):
            kept.append(candidate)
    return np.array(kept[:max_boxes], dtype=int)
    ### END SOLUTION


# %% check="non_max_suppression" points=10
checks = Checks("non_max_suppression")


def assert_keeps(arguments, wanted):
    """Compare the kept indices, in their order."""
    result = np.asarray(non_max_suppression(*arguments))
    assert result.shape == (len(wanted),), (
        f"{len(wanted)} boxes should stay, as an array of their indices; got shape {result.shape}"
    )
    assert result.dtype.kind in "iu" or not wanted, f"indices are ints, got dtype {result.dtype}"
    got = [int(value) for value in result]
    if sorted(got) == sorted(wanted):
        assert got == wanted, f"the right boxes in a wrong order: got {got}, wanted {wanted}"
    assert got == wanted, f"kept {got}, should keep {wanted}"


with checks(
    "of two boxes that overlap much the one with the higher score stays, wherever it stands",
    hint="which box does your loop look at first?",
):
    pair = np.array([[0.0, 0.0, 10.0, 10.0], [1.0, 0.0, 11.0, 10.0]])
    assert_keeps((pair, np.array([0.9, 0.6]), np.array([0, 0]), 0.5, 10), [0])
    assert_keeps((pair, np.array([0.6, 0.9]), np.array([0, 0]), 0.5, 10), [1])
with checks(
    "boxes that do not overlap all stay, sorted by score with the best first",
    hint="the result is in the order of the scores, not of the list",
):
    apart = np.array([[20.0 * n, 0.0, 20.0 * n + 10, 10.0] for n in range(4)])
    assert_keeps((apart, np.array([0.3, 0.9, 0.5, 0.7]), np.zeros(4, int), 0.5, 10), [1, 3, 2, 0])
with checks(
    "boxes of different classes never suppress each other",
    hint="a van before a bus: two things in nearly one place",
):
    same = np.array([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 10.0], [1.0, 0.0, 10.0, 10.0]])
    assert_keeps((same, np.array([0.9, 0.8, 0.7]), np.array([2, 0, 2]), 0.5, 10), [0, 1])
with checks(
    "a box is dropped if its IoU is greater than the threshold, not if it equals it",
    hint="read the docstring of iou_threshold again, word by word",
):
    # IoU of the first box with the others: 1/2 and 3/4.
    boxes = np.array([[0.0, 0.0, 4.0, 1.0], [0.0, 0.0, 2.0, 1.0], [0.0, 0.0, 3.0, 1.0]])
    scores = np.array([0.9, 0.8, 0.7])
    assert_keeps((boxes[:2], scores[:2], np.zeros(2, int), 0.5, 10), [0, 1])
    assert_keeps((boxes[:2], scores[:2], np.zeros(2, int), 0.49, 10), [0])
    assert_keeps((boxes[::2], scores[::2], np.zeros(2, int), 0.75, 10), [0, 1])
with checks(
    "a box that was dropped suppresses nobody",
    hint="three boxes in a row, each overlapping the next: what becomes of the third?",
):
    # IoU: neighbours 6/14, first and third 2/18.
    chain = np.array([[0.0, 0.0, 10.0, 1.0], [4.0, 0.0, 14.0, 1.0], [8.0, 0.0, 18.0, 1.0]])
    assert_keeps((chain, np.array([0.9, 0.8, 0.7]), np.zeros(3, int), 0.4, 10), [0, 2])
with checks(
    "max_boxes limits all classes together, and the best ones stay",
    hint="count what you return, whatever the classes are",
):
    apart = np.array([[20.0 * n, 0.0, 20.0 * n + 10, 10.0] for n in range(5)])
    scores, classes = np.array([0.1, 0.9, 0.5, 0.7, 0.8]), np.array([0, 1, 0, 1, 2])
    assert_keeps((apart, scores, classes, 0.5, 3), [1, 4, 3])
    assert_keeps((apart, scores, classes, 0.5, 1), [1])
with checks(
    "of equal scores the lower index comes first",
    hint="does your sort leave equal values in their order?",
):
    apart = np.array([[20.0 * n, 0.0, 20.0 * n + 10, 10.0] for n in range(5)])
    assert_keeps(
        (apart, np.array([0.5, 0.8, 0.5, 0.8, 0.5]), np.zeros(5, int), 0.5, 10), [1, 3, 0, 2, 4]
    )
    same = np.tile([[0.0, 0.0, 10.0, 10.0]], (3, 1))
    assert_keeps((same, np.array([0.5, 0.5, 0.5]), np.zeros(3, int), 0.5, 10), [0])
with checks(
    "no boxes keep nothing: an empty array",
    hint="a picture in which nothing was found is the most common picture of all",
):
    assert_keeps((np.zeros((0, 4)), np.zeros(0), np.zeros(0, int), 0.5, 10), [])


### BEGIN HIDDEN TESTS
def kept_slowly(boxes, scores, classes, threshold, limit):
    """Mark a box as dropped when a better one that is not dropped overlaps it; best first."""

    def overlap(a, b):
        across = [max(0.0, min(a[k + 2], b[k + 2]) - max(a[k], b[k])) for k in (0, 1)]
        sizes = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
        common = across[0] * across[1]
        return common / (sum(sizes) - common)

    ranked = sorted(range(len(boxes)), key=lambda i: (-scores[i], i))
    dropped = set()
    for place, i in enumerate(ranked):
        if i in dropped:
            continue
        for j in ranked[place + 1 :]:
            if classes[i] == classes[j] and overlap(boxes[i], boxes[j]) > threshold:
                dropped.add(j)
    return [i for i in ranked if i not in dropped][:limit]


def crowd(rng, count):
    boxes = rng.uniform(0, 40, (count, 4))
    boxes[:, 2:] = boxes[:, :2] + rng.uniform(12, 30, (count, 2))
    return boxes, rng.uniform(0, 1, count), rng.integers(0, 3, count)


with checks.hidden(
    "random crowds of boxes of three classes keep what a slow search keeps",
    hint="try your function on a picture with many boxes, and follow it by hand",
    weight=3,
):
    for threshold in (0.1, 0.3, 0.5, 0.7):
        boxes, scores, classes = crowd(checks.rng, 40)
        wanted = kept_slowly(boxes, scores, classes, threshold, 100)
        assert_keeps((boxes, scores, classes, threshold, 100), wanted)
with checks.hidden(
    "a limit cuts the list of what suppression leaves",
    hint="does your limit count dropped boxes, or boxes of one class?",
):
    for limit in (2, 10, 12, 14):
        boxes, scores, classes = crowd(checks.rng, 90)
        wanted = kept_slowly(boxes, scores, classes, 0.2, limit)
        assert_keeps((boxes, scores, classes, 0.2, limit), wanted)
with checks.hidden(
    "shuffling the boxes changes the indices, not the boxes that stay",
    hint="is there anything in your loop that depends on the order in which boxes come?",
):
    boxes, scores, classes = crowd(checks.rng, 60)
    order = checks.rng.permutation(60)
    wanted = kept_slowly(boxes, scores, classes, 0.4, 100)
    place = {int(old): new for new, old in enumerate(order)}
    shuffled = (boxes[order], scores[order], classes[order], 0.4, 100)
    assert_keeps(shuffled, [place[i] for i in wanted])
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# Now on the coins. The windows of the first picture go through your function.

# %%
all_coins = np.zeros(len(WINDOWS), int)
kept = non_max_suppression(WINDOWS, WINDOW_SCORES, all_coins, 0.2)

figure, axes = plt.subplots(1, 2, figsize=(10, 4.2))
for axis in axes:
    draw_picture(axis)
draw_boxes(axes[0], WINDOWS, "sky", linewidth=0.5)
axes[0].set_title(f"{len(WINDOWS)} windows")
draw_boxes(axes[1], WINDOWS[kept], "orange", [f"{s:.2f}" for s in WINDOW_SCORES[kept]])
axes[1].set_title(f"after your non-max suppression: {len(kept)} boxes")
show(
    figure,
    caption="The same windows before and after your non-max suppression with threshold 0.2. The one double that is left has a low score.",
    alt="Two copies of the photograph of coins: covered by hundreds of thin blue squares on the left; one orange box with its score per coin on the right, and a second, weak one on the largest coin.",
)

# %% [markdown]
# Which threshold is right? Too low, and neighbours wipe each other out. Too high, and doubles stay. Try it on the street, where things stand before each other.

# %%
rng = np.random.default_rng(3)
truth = np.array([box for _, box, _ in STREET], dtype=float)
kinds = np.array([0, 1, 2, 2])
copies = np.repeat(np.arange(4), 8)
sides = np.tile(truth[copies, 2:] - truth[copies, :2], 2)
heap = truth[copies] + rng.normal(0, 0.045, (32, 4)) * sides
sure = np.clip(0.95 - 4 * np.abs(heap - truth[copies]).max(axis=1) / sides.max(axis=1), 0.05, 1)

figure, axes = plt.subplots(1, 4, figsize=(11.5, 2.2))
runs = [("class by class, threshold 0.05", kinds[copies], 0.05), ("class by class, 0.5", kinds[copies], 0.5), ("class by class, 0.9", kinds[copies], 0.9), ("classes ignored, 0.5", np.zeros(32, int), 0.5)]  # fmt: skip
for axis, (title, classes, threshold) in zip(axes, runs, strict=True):
    stay = non_max_suppression(heap, sure, classes, threshold)
    draw_street(axis)
    for kind, colour in enumerate(("orange", "green", "blue")):
        draw_boxes(axis, heap[stay][kinds[copies][stay] == kind], colour, linewidth=1.8)
    axis.set_title(f"{title}: {len(stay)}", fontsize=9)
show(
    figure,
    caption="Thirty-two boxes, eight round each vehicle, after suppression. At 0.05 one of the two cars is lost, at 0.9 the doubles stay; without classes the bus and the van are taken for one thing.",
    alt="Four drawings of the street. First: boxes round bus, van and one of the cars only. Second: one box per vehicle. Third: many boxes per vehicle. Fourth: the bus has lost its box.",
)

# %% [markdown]
# **Question.** Two cars of one class stand behind each other so that the IoU of their true boxes is 0.6. Which threshold finds both and still removes doubles?
#
# <details><summary>Answer</summary>
#
# One above 0.6, and then doubles with an IoU of 0.6 stay as well. There is no threshold that is right everywhere: NMS knows boxes, not cars. Soft-NMS (Bodla and others 2017) lowers the
# scores of overlapping boxes instead of removing them; DETR (Carion and others 2020) is trained to say each thing once, and needs no suppression.
# </details>

# %% [markdown]
# ## 6 · Shapes to start from: anchors
#
# **Why it matters.** A network that must invent each box from nothing learns slowly. It is easier to correct a good guess: "like this shape, but a little wider". Such guessed shapes are called **anchors**. Which shapes? Faster R-CNN
# (Ren and others 2015) took nine by hand. YOLO (Redmon and Farhadi 2017) lets the data choose: group the widths and heights of the true boxes by **k-means**, and take the middle of each group.
#
# K-means repeats two steps:
#
# 1. Give each box to the anchor that is nearest to it.
# 2. Move each anchor to the mean width and mean height of the boxes that it got.
#
# *Nearest* in which sense? Ordinary distance in pixels lets large boxes rule: 20 pixels of error on a bus weigh as much as 20 pixels on a car at the horizon, which is all of that car. You know a better measure. Put
# both shapes on the same corner and take
#
# $$ d = 1 - \text{IoU}, \qquad \text{IoU} = \frac{\min(w, w')\,\min(h, h')}{w h + w' h' - \min(w, w')\,\min(h, h')} $$
#
# - $w, h$: width and height of a true box, in pixels
# - $w', h'$: width and height of an anchor, in pixels
#
# **By hand.** A box of $24 \times 24$ and the anchors $10 \times 10$ and $40 \times 40$. In pixels it is nearer to the small one (14 against 16 in each direction). In IoU: $100 / 576 = 0.17$ with the small one, $576 / 1600 = 0.36$ with the
# large one. It goes to the large one.

# %% tags=["setup"]
# Widths and heights in pixels of 600 vehicles, as a camera would see them from the pavement.


def camera_sizes(count=600, seed=4, focal=260):
    """Draw sizes (n, 2) of vehicles: real length or width and height in metres, seen from 6 to 60 metres."""
    rng = np.random.default_rng(seed)
    metres = np.array([[4.3, 1.5], [1.8, 1.5], [5.2, 2.1], [2.0, 2.1], [11.5, 3.1], [2.5, 3.1]])
    kind = rng.choice(6, count, p=[0.36, 0.3, 0.12, 0.1, 0.07, 0.05])
    away = np.exp(rng.uniform(np.log(6), np.log(60), count))
    return focal * metres[kind] * rng.normal(1, 0.06, (count, 2)) / away[:, None]


VEHICLE_SIZES = camera_sizes()
VEHICLE_SIZES = VEHICLE_SIZES[(VEHICLE_SIZES < [300, 170]).all(axis=1)]

# %% [markdown]
# ## Exercise 7 · Anchors by k-means  (8 points · about 25 min)
#
# The first anchors are given, so that your result and ours can be compared. One thing goes wrong in many implementations: an anchor that gets *no* box. The mean of nothing is `nan`, and from the next round on everything is. Such an
# anchor stays where it is.


# %% exercise="anchors_by_k_means"
def anchors_by_k_means(sizes, anchors, rounds=100):
    """Group the sizes of boxes by k-means under the distance 1 - IoU.

    Args:
        sizes: Array of shape (n, 2): widths and heights of the true boxes in pixels, above 0.
        anchors: Array of shape (k, 2): widths and heights to begin with.
        rounds: Stop after so many rounds, or earlier when nothing changes any more. A round gives each
            box to its nearest anchor (of equally near ones the first) and moves all anchors.

    Returns:
        Float array of shape (k, 2): the anchors in the order of those given; an anchor without a box
        stays as it was. ``sizes`` and ``anchors`` are left as they are.
    """
    ### BEGIN SOLUTION
    sizes, anchors = np.asarray(sizes, dtype=float), np.array(anchors, dtype=float)
    for _ in range(rounds):
        common = np.minimum(sizes[:, None], anchors[None]).prod(axis=2)
        union = sizes.prod(axis=1)[:, None] + anchors.prod(axis=1)[None] - common
        nearest = np.argmin(1 - common / union, axis=1)
        moved = anchors.copy()
        for k in np.unique(nearest):
            moved[k] = sizes[nearest == k].mean(axis=0)
        if np.array_equal(moved, anchors):
            break
        anchors = moved
    return anchors
    ### END SOLUTION


# %% check="anchors_by_k_means" points=8
checks = Checks("anchors_by_k_means")
with checks(
    "one round moves each anchor to the mean width and mean height of its boxes",
    hint="two clear groups: which mean does each of them have?",
):
    sizes = np.array([[10.0, 4.0], [12.0, 6.0], [40.0, 90.0], [50.0, 80.0], [48.0, 88.0]])
    result = anchors_by_k_means(sizes, np.array([[10.0, 5.0], [45.0, 85.0]]), 1)
    assert_close(result, [[11, 5], [46, 86]], "the anchors")
with checks(
    "a box goes to the anchor with the largest IoU, which need not be the nearest in pixels",
    hint="the case worked by hand above: to which anchor does 24 × 24 go?",
):
    sizes = np.array([[10.0, 10.0], [24.0, 24.0], [40.0, 40.0]])
    result = anchors_by_k_means(sizes, np.array([[10.0, 10.0], [40.0, 40.0]]), 1)
    assert_close(result, [[10, 10], [32, 32]], "the anchors after one round")
with checks(
    "an anchor that gets no box stays where it is",
    hint="what is the mean of an empty array?",
):
    sizes = np.array([[10.0, 10.0], [12.0, 12.0]])
    result = anchors_by_k_means(sizes, np.array([[11.0, 10.0], [400.0, 300.0]]))
    assert_close(result, [[11, 11], [400, 300]], "the anchors")
with checks(
    "rounds are repeated until nothing changes",
    hint="after the anchors have moved, some boxes are nearer to another one",
):
    sizes = np.stack([np.arange(1.0, 11.0) ** 2, np.arange(1.0, 11.0) ** 2], axis=1)
    result = anchors_by_k_means(sizes, np.array([[1.0, 1.0], [4.0, 4.0]]))
    assert_shape(result, (2, 2), "the anchors")
    again = anchors_by_k_means(sizes, result, 1)
    assert_close(again, result, "the anchors after one round more")
    once = np.asarray(anchors_by_k_means(sizes, np.array([[1.0, 1.0], [4.0, 4.0]]), 1))
    assert not np.allclose(once, result), "one round is not enough here: the anchors should move on"
with checks(
    "widths and heights that are whole numbers give anchors that need not be, and nothing is changed in place",
    hint="which dtype do your anchors have when the first ones come as ints?",
):
    result = call_unchanged(
        anchors_by_k_means, np.array([[3, 5], [4, 6], [30, 9]]), np.array([[3, 5], [30, 9]])
    )
    assert_close(result, [[3.5, 5.5], [30, 9]], "the anchors")


### BEGIN HIDDEN TESTS
def grouped_slowly(sizes, anchors, rounds):
    anchors = [tuple(anchor) for anchor in anchors.tolist()]
    for _ in range(rounds):
        groups = [[] for _ in anchors]
        for w, h in sizes.tolist():
            scores = []
            for aw, ah in anchors:
                common = min(w, aw) * min(h, ah)
                scores.append(common / (w * h + aw * ah - common))
            groups[scores.index(max(scores))].append((w, h))
        anchors = [
            tuple(sum(column) / len(group) for column in zip(*group, strict=True))
            if group
            else anchor
            for group, anchor in zip(groups, anchors, strict=True)
        ]
    return np.array(anchors)


def many_sizes(rng):
    return np.exp(rng.uniform(np.log(4), np.log(120), (60, 2)))


with checks.hidden(
    "random sizes give the anchors of a slow search, round by round",
    hint="do one round by hand for three boxes and two anchors",
    weight=2,
):
    for k, rounds in [(1, 1), (3, 1), (3, 2), (5, 4)]:
        sizes = many_sizes(checks.rng)
        start = sizes[:k].copy()
        result = anchors_by_k_means(sizes, start, rounds)
        assert_close(result, grouped_slowly(sizes, start, rounds), "the anchors")
with checks.hidden(
    "run to the end, the anchors agree with a slow search, in the order of those given",
    hint="do you sort or shuffle the anchors on the way?",
):
    sizes = many_sizes(checks.rng)
    start = np.array([[90.0, 20.0], [20.0, 20.0], [20.0, 90.0], [900.0, 900.0]])
    result = anchors_by_k_means(sizes, start)
    assert_close(result, grouped_slowly(sizes, start, 100), "the anchors")
with checks.hidden(
    "the order of the boxes does not matter",
    hint="does anything depend on which box comes first?",
):
    sizes = many_sizes(checks.rng)
    start = np.array([[90.0, 20.0], [20.0, 20.0], [20.0, 90.0]])
    result = anchors_by_k_means(sizes[checks.rng.permutation(60)], start)
    assert_close(result, grouped_slowly(sizes, start, 100), "the anchors")
### END HIDDEN TESTS
checks.report()

# %%
sizes = VEHICLE_SIZES
ranked = sizes[np.argsort(sizes.prod(axis=1))]


def spread(k):
    """The first anchors: the sizes at k even steps between the smallest and the largest area."""
    return ranked[((np.arange(k) + 0.5) / k * len(ranked)).astype(int)]


def best_iou(anchors):
    """The mean over all boxes of the IoU with the anchor that suits best."""
    at_zero = [np.concatenate([np.zeros_like(group), group], axis=1) for group in (sizes, anchors)]
    return iou_matrix(*at_zero).max(axis=1).mean()


found = {k: anchors_by_k_means(sizes, spread(k)) for k in range(1, 11)}
five = found[5]
corner = np.zeros_like(sizes)
owner = iou_matrix(np.hstack([corner, sizes]), np.hstack([np.zeros_like(five), five])).argmax(
    axis=1
)

figure, (cloud, shapes, gain) = plt.subplots(1, 3, figsize=(11, 3.3), width_ratios=[1.3, 1, 1])
colours = [PALETTE[name] for name in ("blue", "vermilion", "green", "purple", "orange")]
for k, colour in enumerate(colours):
    cloud.loglog(*sizes[owner == k].T, ".", color=colour, markersize=4, alpha=0.6)
    cloud.plot(*five[k], "X", color=colour, markersize=12, markeredgecolor="black")
cloud.set(
    xlabel="width (pixels)", ylabel="height (pixels)", title=f"{len(sizes)} vehicles, 5 anchors"
)
for k in np.argsort(-five.prod(axis=1)):
    draw_boxes(
        shapes, [(-five[k, 0] / 2, -five[k, 1], five[k, 0] / 2, 0)], colours[k], linewidth=2.5
    )
reach = five.max() * 0.6
shapes.set(xlim=(-reach, reach), ylim=(8, -reach * 1.5), aspect="equal", title="the five shapes")
shapes.set_axis_off()
gain.plot(
    list(found), [best_iou(anchors) for anchors in found.values()], "o-", color=PALETTE["blue"]
)
gain.set(xlabel="number of anchors", ylabel="mean IoU with the best anchor", ylim=(0, 1))
gain.set_title(f"5 anchors: {best_iou(five):.2f}")
show(
    figure,
    caption="Widths and heights of vehicles before a camera (logarithmic axes), the five anchors that your k-means finds, and what more anchors would bring.",
    alt="Left: a cloud of points along two slanted bands in five colours, a cross in the middle of each group. Middle: five boxes of different shapes, standing on one line. Right: a curve that rises steeply from one to three anchors and then flattens.",
)

# %% [markdown]
# **Question.** The two bands of the cloud run along straight slanted lines. Why?
#
# <details><summary>Answer</summary>
#
# A thing twice as far away is half as wide *and* half as high: on logarithmic axes it moves along a diagonal. The bands differ in their proportions: vehicles seen from the side are long, those seen from behind are nearly square.
# </details>

# %% [markdown]
# ## 7 · Which answers are right?
#
# **Why it matters.** From here on you measure. "It looks good" convinces nobody, yourself least of all after a week of work on it. First every detected box must be called right or wrong, by comparing it with the **ground truth**: the boxes that people
# drew.
#
# A detection is a **true positive** if it agrees with a true box of its class: an IoU of *at least* a threshold, often 0.5. Else it is a **false positive**. A true box that no detection agrees with is **missed**. And
# each true box counts **once**. Two boxes on one coin are one hit and one false alarm; else a detector could become better by saying everything five times.
#
# Which of the two gets the coin? The detections are served by descending score, and each takes the true box with which it agrees *best* among those that are still **free**.
#
# **By hand.** Two true cars and four detections:
#
# | score | IoU with car 1 | IoU with car 2 | |
# |---|---|---|---|
# | 0.9 | 0.74 | 0.10 | takes car 1: true positive |
# | 0.8 | 0.87 | 0.17 | car 1 is taken, although this one fits better: false positive |
# | 0.6 | 0.03 | 0.40 | below 0.5: false positive |
# | 0.5 | 0.20 | 0.72 | takes car 2: true positive |

# %%
cars = [box for kind, box, _ in STREET if kind == "car"]
tries = [(12, 86, 90, 126), (18, 93, 97, 130), (84, 110, 170, 150), (62, 98, 138, 137)]
figure, axes = plt.subplots(1, 4, figsize=(11.5, 2.6))
words = ["takes car 1: true", "car 1 is taken: false", "IoU below 0.5: false", "takes car 2: true"]
for number, axis in enumerate(axes):
    draw_street(axis)
    axis.set(xlim=(4, 176), ylim=(156, 70))
    draw_boxes(axis, cars, "white", linewidth=1.5, linestyle="--")
    right = number in (0, 3)
    draw_boxes(
        axis,
        [tries[number]],
        "green" if right else "vermilion",
        [f"{(0.9, 0.8, 0.6, 0.5)[number]}"],
        linewidth=2.5,
    )
    axis.set_title(words[number], fontsize=9)
show(
    figure,
    caption="Four detections (solid) meet two true boxes (dashed white), served by descending score. Each true box is given away once.",
    alt="Four drawings of two parked cars with dashed white true boxes. A green box on the first car; a red box on the same car; a red box half beside the second car; a green box on the second car.",
)

# %% [markdown]
# ## Exercise 8 · Match detections with the truth  (7 points · about 25 min)
#
# One picture, one class. The answer is an array of `True` and `False` in the order in which the detections *came*.
#
# A detail for later: this is the rule of COCO. The older rule of Pascal VOC lets a detection ask only for the true box that it fits best; if that one is taken, it is wrong, even if it fits a second one well. The two differ only in crowds.


# %% exercise="match_detections"
def match_detections(boxes, scores, truths, iou_threshold=0.5):
    """Tell which detections are true positives, for one picture and one class.

    By descending score (of equal scores the first), each detection takes the true box with which its
    IoU is largest, among those that no other has taken and with which its IoU is at least the threshold.

    Args:
        boxes: Array of shape (n, 4): the detected boxes, left, top, right, bottom. n may be 0.
        scores: Array of shape (n,).
        truths: Array of shape (m, 4): the true boxes. m may be 0.
        iou_threshold: The smallest IoU that counts as agreement.

    Returns:
        Bool array of shape (n,), in the order of ``boxes``: True where a detection took a true box.
    """
    ### BEGIN SOLUTION
    overlap = iou_matrix(boxes, truths)
    free = np.ones(len(truths), dtype=bool)
    is_true = np.zeros(len(boxes), dtype=bool)
    for i in np.argsort(-np.asarray(scores), kind="stable"):
        wanted = np.where(free & (overlap[i] >= iou_threshold), overlap[i], -1)
        if len(wanted) and wanted.max() >= 0:
            free[wanted.argmax()] = False
            is_true[i] = True
    return is_true
    ### END SOLUTION


# %% check="match_detections" points=7
checks = Checks("match_detections")


def assert_matches(arguments, wanted):
    """Compare the flags, one by one."""
    result = np.asarray(match_detections(*arguments))
    assert result.shape == (len(wanted),), (
        f"one flag for each of {len(wanted)} detections: got shape {result.shape}"
    )
    for number, (got, due) in enumerate(zip(result.tolist(), wanted, strict=True)):
        assert got == due, f"detection {number} should be {bool(due)}, got {got}"


with checks(
    "a detection on a true box is true, one beside it is false",
    hint="compare each detection with all true boxes",
):
    truths = np.array([[0.0, 0.0, 10.0, 10.0], [50.0, 0.0, 60.0, 10.0]])
    boxes = np.array([[51.0, 0.0, 61.0, 10.0], [20.0, 0.0, 30.0, 10.0], [0.0, 1.0, 10.0, 10.0]])
    assert_matches((boxes, np.array([0.9, 0.8, 0.7]), truths, 0.5), [True, False, True])
with checks(
    "a true box is given away once: a second detection of it is false",
    hint="remember which true boxes are taken",
):
    truths = np.array([[0.0, 0.0, 10.0, 10.0]])
    boxes = np.tile([[0.0, 0.0, 10.0, 9.0]], (3, 1))
    assert_matches((boxes, np.array([0.9, 0.8, 0.7]), truths, 0.5), [True, False, False])
with checks(
    "detections are served by descending score, whatever their order and however well they fit",
    hint="who comes first: the first in the list, the best box, or the surest?",
):
    truths = np.array([[0.0, 0.0, 10.0, 10.0]])
    boxes = np.array([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 7.0], [0.0, 0.0, 10.0, 9.0]])
    assert_matches((boxes, np.array([0.3, 0.9, 0.5]), truths, 0.5), [False, True, False])
with checks(
    "an IoU that equals the threshold is agreement",
    hint="at least, or more than?",
):
    truths = np.array([[0.0, 0.0, 4.0, 1.0]])
    half = np.array([[0.0, 0.0, 2.0, 1.0]])
    assert_matches((half, np.array([0.9]), truths, 0.5), [True])
    assert_matches((half, np.array([0.9]), truths, 0.51), [False])
with checks(
    "a detection takes the true box that it fits best, and leaves the other to the next",
    hint="the first true box above the threshold need not be the best",
):
    truths = np.array([[0.0, 0.0, 10.0, 10.0], [2.0, 0.0, 12.0, 10.0]])
    # IoUs: 70/120 and 90/100 for the first detection, 80/120 and 60/140 for the next.
    boxes = np.array([[3.0, 0.0, 12.0, 10.0], [-2.0, 0.0, 8.0, 10.0]])
    assert_matches((boxes, np.array([0.9, 0.8]), truths, 0.5), [True, True])
with checks(
    "if its best true box is taken, a detection may take another one that it fits well enough",
    hint="look for the best among the free ones",
):
    truths = np.array([[0.0, 0.0, 10.0, 10.0], [2.0, 0.0, 12.0, 10.0]])
    boxes = np.array([[2.0, 0.0, 12.0, 10.0], [1.5, 0.0, 11.5, 10.0]])
    assert_matches((boxes, np.array([0.9, 0.8]), truths, 0.5), [True, True])
with checks(
    "without true boxes every detection is false; without detections the result is empty",
    hint="try it with np.zeros((0, 4)) on either side",
):
    none, one = np.zeros((0, 4)), np.array([[0.0, 0.0, 10.0, 10.0]])
    assert_matches((np.tile(one, (2, 1)), np.array([0.9, 0.8]), none, 0.5), [False, False])
    assert_matches((none, np.zeros(0), one, 0.5), [])


### BEGIN HIDDEN TESTS
def matched_slowly(boxes, scores, truths, threshold):
    def overlap(a, b):
        common = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(
            0.0, min(a[3], b[3]) - max(a[1], b[1])
        )
        return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)

    free, flags = list(range(len(truths))), [False] * len(boxes)
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        best = max(free, key=lambda j: overlap(boxes[i], truths[j]), default=None)
        if best is not None and overlap(boxes[i], truths[best]) >= threshold:
            free.remove(best)
            flags[i] = True
    return flags


def crowded_picture(rng):
    truths = rng.uniform(0, 25, (16, 4))
    truths[:, 2:] = truths[:, :2] + rng.uniform(20, 30, (16, 2))
    boxes = truths[rng.integers(0, 16, 24)] + rng.normal(0, 3, (24, 4))
    return boxes, rng.permutation(24) / 24, truths


with checks.hidden(
    "random crowds are matched as by a slow search",
    hint="follow a small crowd by hand, detection by detection",
    weight=3,
):
    for threshold in (0.3, 0.5, 0.6, 0.75):
        boxes, scores, truths = crowded_picture(checks.rng)
        wanted = matched_slowly(boxes, scores, truths, threshold)
        assert_matches((boxes, scores, truths, threshold), wanted)
with checks.hidden(
    "shuffling detections shuffles the flags, shuffling true boxes changes nothing",
    hint="the flags belong to the detections in the order in which they came",
):
    boxes, scores, truths = crowded_picture(checks.rng)
    order, other = checks.rng.permutation(24), checks.rng.permutation(16)
    wanted = np.array(matched_slowly(boxes, scores, truths, 0.4))[order].tolist()
    assert_matches((boxes[order], scores[order], truths[other], 0.4), wanted)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# ## 8 · Precision and recall
#
# **Why it matters.** Two questions are asked of a detector. Is what it says true? And does it say everything? Each alone is easy to satisfy: say nothing but the one thing you are sure of, or say
# everything everywhere.
#
# $$ \text{precision} = \frac{\text{true positives}}{\text{detections}}, \qquad \text{recall} = \frac{\text{true positives}}{\text{true boxes}} $$
#
# Which detections? You choose a smallest score and look only at those above it. Lower it step by step, and one detection after the other joins. Recall can only grow. Precision goes up
# with each true one and down with each false one. The two together make the **precision-recall curve**.
#
# **By hand.** Four true boxes; five detections by descending score: true, false, false, true, true.
#
# | detections so far | true so far | precision | recall |
# |---|---|---|---|
# | 1 | 1 | 1/1 | 1/4 |
# | 2 | 1 | 1/2 | 1/4 |
# | 3 | 1 | 1/3 | 1/4 |
# | 4 | 2 | 2/4 | 2/4 |
# | 5 | 3 | 3/5 | 3/4 |
#
# One true box was never found. That is why recall ends at 3/4: it is divided by *all* true boxes, also those that no detection speaks of.
#
# ## Exercise 9 · Precision and recall  (4 points · about 15 min)
#
# The detections come in any order, from many pictures. Sort them first.


# %% exercise="precision_recall"
def precision_recall(is_true, scores, truth_count):
    """Compute precision and recall after each detection, by descending score.

    Args:
        is_true: Bool array of shape (n,): which detections are true positives. n may be 0.
        scores: Array of shape (n,), in the same order; of equal scores the lower index comes first.
        truth_count: Number of true boxes, at least 1.

    Returns:
        Two float arrays (precision, recall), each of shape (n,): entry i looks at the i + 1
        detections with the highest scores.
    """
    ### BEGIN SOLUTION
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    true_so_far = np.cumsum(np.asarray(is_true, dtype=float)[order])
    return true_so_far / np.arange(1, len(order) + 1), true_so_far / truth_count
    ### END SOLUTION


# %% check="precision_recall" points=4
checks = Checks("precision_recall")


def curve(*arguments):
    """Return precision and recall, or say that a pair is due."""
    result = precision_recall(*arguments)
    assert isinstance(result, (tuple, list)) and len(result) == 2, (
        f"a pair (precision, recall) is due, got {type(result).__name__}"
    )
    return result


by_hand = np.array([True, False, False, True, True])
falling = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
with checks(
    "precision divides by the detections so far",
    hint="the example worked by hand: after 4 detections, how many were right?",
):
    assert_close(curve(by_hand, falling, 4)[0], [1, 1 / 2, 1 / 3, 2 / 4, 3 / 5], "the precision")
with checks(
    "recall divides by all true boxes, also those that were never found",
    hint="4 true boxes, 3 of them found: where must recall end?",
):
    assert_close(curve(by_hand, falling, 4)[1], [0.25, 0.25, 0.25, 0.5, 0.75], "the recall")
with checks(
    "detections are sorted by descending score first; equal scores keep their order",
    hint="the highest score comes first, wherever it stands",
):
    scores = np.array([0.2, 0.9, 0.5, 0.9])
    precision, recall = curve(np.array([True, False, False, True]), scores, 2)
    assert_close(precision, [0, 1 / 2, 1 / 3, 2 / 4], "the precision")
    assert_close(recall, [0, 0.5, 0.5, 1], "the recall")
with checks(
    "no detections give two empty arrays",
    hint="is anything divided by zero?",
):
    precision, recall = curve(np.zeros(0, bool), np.zeros(0), 3)
    assert_shape(precision, (0,), "the precision")
    assert_shape(recall, (0,), "the recall")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random lists agree with counting for each smallest score",
    hint="choose a smallest score, count what lies above it, and compare",
    weight=2,
):
    for count in (1, 7, 25):
        flags, scores = checks.rng.random(count) < 0.6, checks.rng.permutation(count) / count
        precision, recall = curve(flags, scores, 30)
        assert_shape(precision, (count,), "the precision")
        assert_shape(recall, (count,), "the recall")
        for place, least in enumerate(sorted(scores.tolist(), reverse=True)):
            above = [bool(f) for f, s in zip(flags, scores, strict=True) if s >= least]
            assert_close(float(precision[place]), sum(above) / len(above), "the precision")
            assert_close(float(recall[place]), sum(above) / 30, "the recall")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# Now the coins, step by step. We are strict and ask for an IoU of 0.8.

# %%
kept = non_max_suppression(WINDOWS, WINDOW_SCORES, np.zeros(len(WINDOWS), int), 0.2)
found, sure = WINDOWS[kept], WINDOW_SCORES[kept]
right = match_detections(found, sure, COIN_BOXES, 0.8)
precision, recall = precision_recall(right, sure, len(COIN_BOXES))

figure, axes = plt.subplots(2, 3, figsize=(11, 5.4), height_ratios=[1.15, 1])
for column, count in enumerate((6, 16, len(found))):
    draw_picture(axes[0, column])
    for flag, colour in ((True, "green"), (False, "vermilion")):
        draw_boxes(axes[0, column], found[:count][right[:count] == flag], colour, linewidth=2)
    axes[0, column].set_title(f"the {count} surest: score above {sure[count - 1] - 0.005:.2f}")
    axis = axes[1, column]
    axis.plot(recall, precision, color="0.85", linewidth=1)
    axis.plot(recall[:count], precision[:count], color=PALETTE["blue"])
    for flag, colour in ((True, "green"), (False, "vermilion")):
        chosen = np.flatnonzero(right[:count] == flag)
        axis.plot(recall[chosen], precision[chosen], "o", color=PALETTE[colour], markersize=5)
    axis.set(
        xlim=(0, 1.02), ylim=(0, 1.08), xlabel="recall", ylabel="precision" if column == 0 else ""
    )
show(
    figure,
    caption="The curve grows with each detection. Green: agrees with a true box by IoU 0.8 or more, the curve steps to the right. Red: does not, the curve falls straight down.",
    alt="Above: the coins with 6, 16 and all detected boxes in green and red. Below: the precision-recall curve up to there, starting at the upper left and going right with each green point and down with each red one.",
)

# %% [markdown]
# **Question.** Why does the curve look like a saw?
#
# <details><summary>Answer</summary>
#
# A false detection changes precision only: straight down. A true one raises both: to the right and a little up. The teeth are an accident of the order of a few scores; a second test set would have them elsewhere.
# </details>

# %% [markdown]
# ## 9 · One number: average precision
#
# **Why it matters.** Curves are hard to rank. The area under the precision-recall curve is one number that looks at all scores at once: **average precision**, AP.
#
# First the teeth must go. If recall 0.75 can be had with precision 0.6, then nobody need put up with precision 0.5 at recall 0.5: lower the smallest score, and both become better. So we read the curve as: what is the best precision
# with *at least* this recall? That is the **monotone envelope**:
#
# $$ p_\text{env}(r) = \max_{i\,:\, r_i \ge r} p_i $$
#
# - $p_i, r_i$: precision and recall after detection $i$
# - $p_\text{env}(r)$: the envelope at recall $r$; it is 0 beyond the largest recall reached
#
# Two ways are in use to get the area:
#
# - **All points** (Pascal VOC since 2010): the exact area below the staircase. Each time the recall rises from $r_{i-1}$ to $r_i$ (with $r_0 = 0$), add $(r_i - r_{i-1}) \cdot p_\text{env}(r_i)$.
# - **101 points** (COCO): the mean of $p_\text{env}$ at the recalls $0, 0.01, 0.02, \dots, 1$. With 11 points, it is the way of Pascal VOC 2007.
#
# **By hand.** The five detections of above: precision $1, \tfrac12, \tfrac13, \tfrac24, \tfrac35$ at recall $\tfrac14, \tfrac14, \tfrac14, \tfrac24, \tfrac34$. The envelope is 1 up to recall $\tfrac14$, and $\tfrac35$ from there to $\tfrac34$. All points:
# $\tfrac14 \cdot 1 + \tfrac14 \cdot \tfrac35 + \tfrac14 \cdot \tfrac35 = 0.55$. 101 points: 26 of the recalls are at most $\tfrac14$, 50 more are at most $\tfrac34$, so it is $(26 \cdot 1 + 50 \cdot 0.6) / 101 = 0.5545$.

# %%
r = np.array([0.25, 0.25, 0.25, 0.5, 0.75])
p = np.array([1, 1 / 2, 1 / 3, 2 / 4, 3 / 5])
figure, axes = plt.subplots(1, 3, figsize=(11, 3))
axes[0].plot([0, *r], [1, *p], "o-", color=PALETTE["blue"])
axes[0].set_title("the curve")
axes[1].plot([0, *r], [1, *p], "o-", color=PALETTE["sky"], alpha=0.6)
axes[1].fill_between([0, 0.25, 0.25, 0.75], [1, 1, 0.6, 0.6], color=PALETTE["orange"], alpha=0.3)
axes[1].plot(
    [0, 0.25, 0.25, 0.75, 0.75], [1, 1, 0.6, 0.6, 0], color=PALETTE["vermilion"], linewidth=2.5
)
axes[1].set_title("all points: area 0.55")
levels = np.linspace(0, 1, 101)
heights = np.where(levels <= 0.25, 1, np.where(levels <= 0.75, 0.6, 0))
axes[2].vlines(levels, 0, heights, color=PALETTE["orange"], alpha=0.5, linewidth=1.5)
axes[2].plot(levels, heights, ".", color=PALETTE["vermilion"], markersize=4)
axes[2].set_title("101 points: mean 0.5545")
for axis in axes:
    axis.set(xlim=(0, 1.02), ylim=(0, 1.08), xlabel="recall")
axes[0].set_ylabel("precision")
show(
    figure,
    caption="The example worked by hand. Middle: the envelope (red) and the area below it. Right: the envelope read at 101 recalls.",
    alt="Three plots of precision against recall: a jagged line with five points; the same under a red staircase with the area below filled; a row of 101 vertical lines under the staircase, ending at recall 0.75.",
)

# %% [markdown]
# ## Exercise 10 · Average precision  (7 points · about 25 min)
#
# <details><summary>Show a bigger hint</summary>
#
# For the envelope, go through the precisions from the last to the first and carry the largest so far; `np.maximum.accumulate` does that in one direction. For the points, `np.searchsorted(recall, levels)` finds the first detection with at least that recall. Which index does it
# give where the recall is never reached?
# </details>


# %% exercise="average_precision"
def average_precision(precision, recall, points=None):
    """Compute the area below the monotone envelope of a precision-recall curve.

    Args:
        precision: Array of shape (n,), after each detection by descending score. n may be 0.
        recall: Array of shape (n,), never falling.
        points: None for the exact area (Pascal VOC since 2010). Else the number of recalls,
            ``np.linspace(0, 1, points)``, at which the envelope is read and averaged: 101 for COCO.

    Returns:
        A float from 0 to 1; 0 without detections.
    """
    ### BEGIN SOLUTION
    precision, recall = np.asarray(precision, dtype=float), np.asarray(recall, dtype=float)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points is None:
        return float(np.sum(np.diff(recall, prepend=0.0) * envelope))
    first = np.searchsorted(recall, np.linspace(0, 1, points), side="left")
    return float(np.mean(np.append(envelope, 0.0)[first]))
    ### END SOLUTION


# %% check="average_precision" points=7
checks = Checks("average_precision")
precision_by_hand = np.array([1, 1 / 2, 1 / 3, 2 / 4, 3 / 5])
recall_by_hand = np.array([0.25, 0.25, 0.25, 0.5, 0.75])
with checks(
    "if everything is found and nothing else, it is 1; without detections it is 0",
    hint="the curve is a square: mind the way from recall 0 to the first detection",
):
    thirds, ones = np.array([1, 2, 3]) / 3, np.ones(3)
    assert_close(average_precision(ones, thirds), 1, "the AP of a perfect detector")
    assert_close(average_precision(ones, thirds, 101), 1, "its AP at 101 points")
    assert_close(average_precision(np.zeros(0), np.zeros(0)), 0, "the AP without detections")
    assert_close(average_precision(np.zeros(0), np.zeros(0), 101), 0, "the same at 101 points")
with checks(
    "what was never found counts as precision 0",
    hint="a detector that finds half of all things and stops: how large is the area?",
):
    assert_close(average_precision(np.ones(2), np.array([0.25, 0.5])), 0.5, "the AP")
    value = average_precision(np.ones(2), np.array([0.25, 0.5]), 101)
    assert_close(value, 51 / 101, "the AP at 101 points")
with checks(
    "a falling curve is a staircase, not a slope",
    hint="between two recalls the precision is that of the next detection: rectangles, no triangles",
):
    value = average_precision(np.array([1.0, 1.0, 2 / 3, 3 / 4]), np.array([0.25, 0.5, 0.5, 0.75]))
    assert_close(value, 0.25 + 0.25 + 0.25 * 0.75, "the AP")
with checks(
    "the area lies below the monotone envelope: the example worked by hand gives 0.55",
    hint="which is the best precision that can be had with at least this recall?",
):
    value = average_precision(precision_by_hand, recall_by_hand)
    assert_close(value, 0.55, "the AP of the example")
with checks(
    "at 101 points, the example worked by hand gives 56/101",
    hint="how many of 0, 0.01, ..., 1 are at most 0.25? Does 0.25 itself belong to them?",
):
    value = average_precision(precision_by_hand, recall_by_hand, 101)
    assert_close(value, 56 / 101, "the AP of the example at 101 points")


### BEGIN HIDDEN TESTS
def random_curve(rng, count, truths):
    """Draw a curve with false starts; ``truths`` is odd, so that no recall is a multiple of 0.01 but 1."""
    flags = rng.random(count) < 0.5
    flags[:2], flags[2] = False, True
    hits = np.cumsum(flags)
    flags &= hits <= truths
    hits = np.cumsum(flags)
    return hits / np.arange(1, count + 1), hits / truths, hits


with checks.hidden(
    "random curves agree with the sum over the true boxes, one by one",
    hint="every true box adds 1 / (their number) times the best precision with which it can be had",
    weight=2,
):
    for count, truths in [(12, 7), (30, 13), (40, 31)]:
        precision, recall, hits = random_curve(checks.rng, count, truths)
        total = sum(
            max((p for p, h in zip(precision, hits, strict=True) if h >= number), default=0)
            for number in range(1, truths + 1)
        )
        assert_close(average_precision(precision, recall), total / truths, "the AP")
with checks.hidden(
    "random curves agree at 101 and at 11 points with a search for each point",
    hint="for each recall on the list, search all detections with at least that recall",
    weight=2,
):
    for count, truths in [(12, 7), (40, 7), (40, 31)]:
        precision, recall, _ = random_curve(checks.rng, count, truths)
        for points in (101, 11):
            total = sum(
                max(
                    (
                        p
                        for p, r in zip(precision, recall, strict=True)
                        if r >= level / (points - 1)
                    ),
                    default=0,
                )
                for level in range(points)
            )
            assert_close(average_precision(precision, recall, points), total / points, "the AP")
with checks.hidden(
    "the arguments stay as they are, and the first detections may be false",
    hint="do you write the envelope into the precision that you were given?",
):
    precision, recall = np.array([0.0, 0.5, 2 / 3]), np.array([0.0, 0.5, 1.0])
    assert_close(call_unchanged(average_precision, precision, recall), 2 / 3, "the AP")
    assert_close(call_unchanged(average_precision, precision, recall, 101), 2 / 3, "the AP")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** You lower the smallest score of a finished detector from 0.3 to 0.01. Hundreds of bad boxes join at the end of the list. Can its AP fall?
#
# <details><summary>Answer</summary>
#
# No. They come after all others, so nothing before them changes; the envelope can only rise. That is why benchmarks are run with a very small smallest score, and why AP says little about how a picture with all those boxes looks. Whoever uses
# the detector must still choose a score.
# </details>

# %% [markdown]
# ## 10 · Many pictures, many classes: mAP
#
# **Why it matters.** This is the number in every paper on detection. It is called **mean average precision**, mAP, and it is often computed wrongly in one of these ways.
#
# - **Class by class, all pictures together.** For one class, the detections are matched picture by picture. Then all of them go into *one* list, sorted by score, with *one* curve. It is not a mean over pictures.
# - **The mean over classes.** Each class has the same weight, however rare. A bus that is seen twice counts as much as a thousand cars.
# - **Which classes?** Those that occur in the truth. A class that is never detected has AP 0 and pulls the mean down. A class that exists in no picture has no recall, and is left out.
# - **Which IoU?** Pascal VOC: 0.5. COCO: the mean over ten thresholds, $0.50, 0.55, \dots, 0.95$, so that a box that fits well is worth more than one that fits roughly. It is written mAP@[.50:.95].
#
# ## Exercise 11 · Mean average precision  (8 points · about 25 min)
#
# Everything that you need is there. Put it together.


# %% exercise="mean_average_precision"
def mean_average_precision(detections, truths, thresholds=(0.5,), points=None):
    """Compute the mean of the average precisions over classes and IoU thresholds.

    Args:
        detections: A list with a tuple (boxes, scores, classes) for each picture: arrays of the shapes
            (n, 4), (n,) and (n,); n may be 0 and differs from picture to picture. Classes are ints.
        truths: A list with a tuple (boxes, classes) for each picture, in the same order: arrays of the
            shapes (m, 4) and (m,); m may be 0. In all pictures together there is at least one true box.
        thresholds: The smallest IoUs that count as agreement; the mean goes over them too.
        points: As in ``average_precision``: None for all points, 101 for COCO.

    Returns:
        A float from 0 to 1. The classes are those that occur in ``truths``, each with the same weight.
    """
    ### BEGIN SOLUTION
    pictures = [
        [np.asarray(part) for part in (*found, *true)]
        for found, true in zip(detections, truths, strict=True)
    ]
    values = []
    for kind in np.unique(np.concatenate([true_classes for *_, true_classes in pictures])):
        count = sum(int(np.sum(true_classes == kind)) for *_, true_classes in pictures)
        for threshold in thresholds:
            flags, sure = [], []
            for boxes, scores, classes, true_boxes, true_classes in pictures:
                mine = classes == kind
                wanted = true_boxes[true_classes == kind]
                flags.append(match_detections(boxes[mine], scores[mine], wanted, threshold))
                sure.append(scores[mine])
            curve = precision_recall(np.concatenate(flags), np.concatenate(sure), count)
            values.append(average_precision(*curve, points))
    return float(np.mean(values))
    ### END SOLUTION


# %% check="mean_average_precision" points=8
checks = Checks("mean_average_precision")


def row_of(*numbers):
    """Boxes of 10 × 10 pixels at x = 20 × number, far from one another."""
    return np.array([[20.0 * n, 0.0, 20.0 * n + 10, 10.0] for n in numbers]).reshape(-1, 4)


with checks(
    "a perfect detector has 1, also when a picture is empty",
    hint="what do your functions make of a picture without boxes?",
):
    truths = [
        (row_of(0, 1), np.array([0, 3])),
        (row_of(), np.zeros(0, int)),
        (row_of(2), np.array([0])),
    ]
    found = [(boxes, np.full(len(boxes), 0.5), classes) for boxes, classes in truths]
    assert_close(mean_average_precision(found, truths), 1, "the mAP")
    assert_close(
        mean_average_precision(found, truths, (0.5, 0.75), 101), 1, "the mAP at 101 points"
    )
with checks(
    "every class has the same weight, however many boxes it has",
    hint="the mean of which numbers is it? Count them",
):
    # Class 0: 4 of 4 found. Class 1: 1 of 2.
    truths = [(row_of(0, 1, 2, 3, 4, 5), np.array([0, 0, 0, 0, 1, 1]))]
    found = [
        (row_of(0, 1, 2, 3, 4), np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([0, 0, 0, 0, 1]))
    ]
    assert_close(mean_average_precision(found, truths), (1 + 0.5) / 2, "the mAP")
with checks(
    "a class that is never detected counts 0; one that is in no truth is left out",
    hint="where do you look for the classes that exist?",
):
    truths = [(row_of(0, 1), np.array([0, 1]))]
    found = [(row_of(0, 7), np.array([0.9, 0.8]), np.array([0, 5]))]
    assert_close(mean_average_precision(found, truths), 0.5, "the mAP")
with checks(
    "a box of the wrong class is a false alarm, however well it fits",
    hint="match only boxes of one class with true boxes of that class",
):
    truths = [(row_of(0, 1), np.array([0, 1]))]
    found = [(row_of(0, 1, 0), np.array([0.8, 0.8, 0.9]), np.array([0, 1, 1]))]
    assert_close(mean_average_precision(found, truths), (1 + 0.5) / 2, "the mAP")
with checks(
    "a box is matched with the truth of its own picture only",
    hint="in which picture was the box, and in which is the thing?",
):
    truths = [(row_of(0), np.array([0])), (row_of(1), np.array([0]))]
    found = [
        (row_of(0, 1), np.array([0.9, 0.8]), np.array([0, 0])),
        (row_of(), np.zeros(0), np.zeros(0, int)),
    ]
    assert_close(mean_average_precision(found, truths), 0.5, "the mAP")
with checks(
    "all pictures of a class make one curve: it is not a mean over pictures",
    hint="a false alarm with a high score hurts the detections of all other pictures",
):
    truths = [(row_of(0), np.array([0])), (row_of(1), np.array([0]))]
    found = [
        (row_of(0, 5), np.array([0.6, 0.9]), np.array([0, 0])),
        (row_of(1), np.array([0.5]), np.array([0])),
    ]
    # One list: false, true, true. The envelope is 2/3 everywhere.
    assert_close(mean_average_precision(found, truths), 2 / 3, "the mAP")
with checks(
    "the mean goes over all thresholds",
    hint="a box with IoU 0.6: for which of the thresholds is it right?",
):
    truths = [(np.array([[0.0, 0.0, 10.0, 10.0]]), np.array([2]))]
    found = [(np.array([[0.0, 0.0, 10.0, 6.0]]), np.array([0.9]), np.array([2]))]
    value = mean_average_precision(found, truths, (0.3, 0.5, 0.7, 0.9))
    assert_close(value, 0.5, "the mAP over four thresholds")


### BEGIN HIDDEN TESTS
def judged_slowly(detections, truths, thresholds, points):
    """A second, slow implementation: plain loops over detections, one class and threshold at a time."""

    def overlap(a, b):
        common = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(
            0.0, min(a[3], b[3]) - max(a[1], b[1])
        )
        return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)

    values = []
    for kind in sorted({int(k) for _, classes in truths for k in classes}):
        free = [[b for b, k in zip(*truth, strict=True) if k == kind] for truth in truths]
        count = sum(map(len, free))
        queue = sorted(
            (
                (-score, picture, i)
                for picture, (_, scores, classes) in enumerate(detections)
                for i, (score, k) in enumerate(zip(scores, classes, strict=True))
                if k == kind
            )
        )
        for threshold in thresholds:
            left, hits, steps = [list(boxes) for boxes in free], 0, []
            for place, (_, picture, i) in enumerate(queue, 1):
                box = detections[picture][0][i]
                fits = [overlap(box, other) for other in left[picture]]
                if fits and max(fits) >= threshold:
                    left[picture].pop(fits.index(max(fits)))
                    hits += 1
                steps.append((hits, hits / place))
            levels = (
                [n / count for n in range(1, count + 1)]
                if points is None
                else [n / (points - 1) for n in range(points)]
            )
            best = [max((p for h, p in steps if h / count >= level), default=0) for level in levels]
            values.append(sum(best) / len(best))
    return sum(values) / len(values)


def many_pictures(rng, counts):
    """Draw pictures with three classes; each class has a prime number of boxes, over all pictures."""
    kinds = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    owner = rng.integers(0, 5, len(kinds))
    owner[:5] = np.arange(5)
    scores = rng.permutation(400) / 400
    truths, found = [], []
    for picture in range(5):
        mine = kinds[owner == picture]
        boxes = rng.uniform(0, 30, (len(mine), 4))
        boxes[:, 2:] = boxes[:, :2] + rng.uniform(15, 40, (len(mine), 2))
        truths.append((boxes, mine))
        copies = rng.integers(0, len(mine), 2 * len(mine) + 1)
        moved = boxes[copies] + rng.normal(0, 2.5, (len(copies), 4))
        named = np.where(
            rng.random(len(copies)) < 0.8, mine[copies], rng.integers(0, 4, len(copies))
        )
        named[0] = 3  # a class that is in no truth
        sure, scores = np.split(scores, [len(copies)])
        found.append((moved, sure, named))
    return found, truths


with checks.hidden(
    "random pictures with three classes agree with a slow count, all points",
    hint="take your functions one by one: is each of them right by itself?",
    weight=2,
):
    for thresholds in ((0.5,), (0.4, 0.6, 0.8)):
        found, truths = many_pictures(checks.rng, (13, 7, 3))
        expected = judged_slowly(found, truths, thresholds, None)
        assert_close(mean_average_precision(found, truths, thresholds), expected, "the mAP")
with checks.hidden(
    "random pictures with three classes agree with a slow count, at 101 points",
    hint="are the points handed on to average_precision?",
    weight=2,
):
    for thresholds in ((0.5,), (0.4, 0.6, 0.8)):
        found, truths = many_pictures(checks.rng, (13, 7, 3))
        expected = judged_slowly(found, truths, thresholds, 101)
        assert_close(mean_average_precision(found, truths, thresholds, 101), expected, "the mAP")
with checks.hidden(
    "the order of pictures and of boxes does not matter",
    hint="is there anything that depends on which picture comes first?",
):
    found, truths = many_pictures(checks.rng, (13, 7, 3))
    expected = judged_slowly(found, truths, (0.3, 0.8), None)
    mixed = [tuple(part[::-1].copy() for part in entry) for entry in found[::-1]]
    assert_close(mean_average_precision(mixed, truths[::-1], (0.3, 0.8)), expected, "the mAP")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# What does a number such as 0.6 mean? To get a feeling for it, we invent detectors with known vices. Each looks at the same 60 streets, knows the truth, and gets one thing wrong. Your function judges them.


# %% tags=["setup"]
@dataclass(frozen=True)
class Vice:
    """What an invented detector gets wrong.

    Attributes:
        name: The vice in a few words.
        shift: Standard deviation of each edge, as a share of the box's side.
        missed: Share of the true boxes that it never mentions.
        alarms: False alarms per true box, with scores as high as the others'.
        doubles: Share of the true boxes that it names twice.
        confused: Share of the boxes that it gives a wrong class.
    """

    name: str
    shift: float = 0.02
    missed: float = 0.0
    alarms: float = 0.0
    doubles: float = 0.0
    confused: float = 0.0


VICES = (
    Vice("none, but 2 % off"),
    Vice("edges 10 % off", shift=0.1),
    Vice("misses 3 of 10", missed=0.3),
    Vice("3 false alarms for 10 boxes", alarms=0.3),
    Vice("names 3 of 10 twice", doubles=0.3),
    Vice("mistakes the class of 3 of 10", confused=0.3),
)


def invented_streets(count=60, seed=5):
    """Draw truths: a list of (boxes, classes) with 2 to 8 boxes of 3 classes, in pictures of 320 × 170."""
    rng = np.random.default_rng(seed)
    streets = []
    for _ in range(count):
        n = int(rng.integers(2, 9))
        sides = rng.uniform(14, 60, (n, 2)) * [1.4, 1]
        corner = rng.uniform(0, 1, (n, 2)) * (np.array(STREET_SIZE) - sides)
        streets.append((np.hstack([corner, corner + sides]), rng.choice(3, n, p=[0.6, 0.3, 0.1])))
    return streets


def detect_with(vice, truths, seed=6):
    """Make up what a detector with this vice would say: a list of (boxes, scores, classes)."""
    rng = np.random.default_rng(seed)
    answers = []
    for boxes, classes in truths:
        named = rng.random(len(boxes)) >= vice.missed
        twice = np.flatnonzero(rng.random(len(boxes)) < vice.doubles)
        chosen = np.concatenate([np.flatnonzero(named), twice])
        sides = np.tile(boxes[chosen, 2:] - boxes[chosen, :2], 2)
        said = boxes[chosen] + rng.normal(0, 1, (len(chosen), 4)) * vice.shift * sides
        kinds = classes[chosen].copy()
        wrong = rng.random(len(chosen)) < vice.confused
        kinds[wrong] = (kinds[wrong] + rng.integers(1, 3, wrong.sum())) % 3
        n = rng.poisson(vice.alarms * len(boxes))
        corner = rng.uniform(0, 1, (n, 2)) * [270, 130]
        said = np.vstack([said, np.hstack([corner, corner + rng.uniform(15, 40, (n, 2))])])
        kinds = np.concatenate([kinds, rng.integers(0, 3, n)])
        answers.append((said, rng.uniform(0.3, 1, len(said)), kinds))
    return answers


COCO_THRESHOLDS = tuple(np.linspace(0.5, 0.95, 10).tolist())

# %%
streets = invented_streets(choose(60, quick=10))
half, strict = [], []
for vice in VICES:
    said = detect_with(vice, streets)
    half.append(mean_average_precision(said, streets, (0.5,), 101))
    strict.append(mean_average_precision(said, streets, COCO_THRESHOLDS, 101))

figure, axis = plt.subplots(figsize=(8.5, 3.3))
rows = np.arange(len(VICES))
axis.barh(rows - 0.19, half, 0.36, color=PALETTE["blue"], label="mAP@0.5")
axis.barh(rows + 0.19, strict, 0.36, color=PALETTE["orange"], label="mAP@[.50:.95]")
for row, (a, b) in enumerate(zip(half, strict, strict=True)):
    axis.text(a + 0.01, row - 0.19, f"{a:.2f}", va="center", fontsize=9)
    axis.text(b + 0.01, row + 0.19, f"{b:.2f}", va="center", fontsize=9)
axis.set(yticks=rows, yticklabels=[vice.name for vice in VICES], xlim=(0, 1.1))
axis.invert_yaxis()
axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
show(
    figure,
    caption="What single vices cost, measured by your function. Boxes that are a little off hardly show at IoU 0.5 and cost much over COCO's ten thresholds; a wrong class is paid for twice.",
    alt="Six pairs of bars of mAP at 0.5 and mAP over ten thresholds, for a nearly perfect detector and five with one vice each.",
)

# %% [markdown]
# **Question.** Confusing the class of three boxes in ten costs more than missing three in ten. Why?
#
# <details><summary>Answer</summary>
#
# The true class lacks a box, as if it had been missed. And the other class gets a false alarm besides. In mAP, a confident wrong name is worse than silence.
# </details>

# %% [markdown]
# ## 11 · The result: the coin detector, judged
#
# Three small things in a row, all yours: suppress, match, measure. How good are the three rings really, and what did the suppression bring?

# %%
no_class = np.zeros(len(WINDOWS), int)
levels = np.linspace(0.05, 1, choose(20, quick=6))
curves = {0.5: [], 0.75: [], 0.85: []}
truth = [(COIN_BOXES, np.zeros(len(COIN_BOXES), int))]
for level in levels:
    kept = non_max_suppression(WINDOWS, WINDOW_SCORES, no_class, level, len(WINDOWS))
    said = [(WINDOWS[kept], WINDOW_SCORES[kept], no_class[kept])]
    for threshold, values in curves.items():
        values.append(mean_average_precision(said, truth, (threshold,)))

kept = non_max_suppression(WINDOWS, WINDOW_SCORES, no_class, 0.2)
found, sure = WINDOWS[kept], WINDOW_SCORES[kept]
right = match_detections(found, sure, COIN_BOXES, 0.75)
seen = iou_matrix(COIN_BOXES, found[right]).max(axis=1, initial=0) >= 0.75
by_threshold = [
    mean_average_precision([(found, sure, no_class[kept])], truth, (t,), 101)
    for t in COCO_THRESHOLDS
]

figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), width_ratios=[1.35, 1, 1])
draw_picture(axes[0])
draw_boxes(axes[0], COIN_BOXES[~seen], "yellow", linestyle="--", linewidth=2)
draw_boxes(axes[0], found[right], "green", linewidth=2)
draw_boxes(axes[0], found[~right], "vermilion", linewidth=2)
axes[0].set_title(f"IoU 0.75: {right.sum()} right, {(~right).sum()} wrong, {(~seen).sum()} missed")
for (threshold, values), colour in zip(curves.items(), ("blue", "green", "vermilion"), strict=True):
    axes[1].plot(
        levels, values, "o-", color=PALETTE[colour], markersize=3, label=f"IoU {threshold}"
    )
axes[1].set(xlabel="threshold of the suppression", ylabel="average precision", ylim=(0, 1.02))
axes[1].set_title("too gentle, and doubles count as wrong")
axes[1].legend(loc="lower left")
axes[2].bar(COCO_THRESHOLDS, by_threshold, 0.04, color=PALETTE["sky"])
axes[2].axhline(np.mean(by_threshold), color=PALETTE["black"], linestyle="--")
axes[2].text(0.95, np.mean(by_threshold) + 0.02, f"mean {np.mean(by_threshold):.2f}", ha="right")
axes[2].set(
    xlabel="IoU that is asked for",
    ylim=(0, 1.02),
    title="suppression at 0.2, COCO's ten thresholds",
)
show(
    figure,
    caption="Left: green agrees by IoU 0.75 or more, red does not, dashed yellow was missed. Middle: what the threshold of the suppression does to AP; at 1 nothing is suppressed. At IoU 0.85 it hardly matters: there the boxes themselves are the trouble. Right: the stricter one asks, the less is left.",
    alt="Left: the coins with mostly green boxes, some red ones and dashed yellow ones. Middle: two high curves that fall where the threshold passes 0.6, and a low one that stays level. Right: ten bars that are high on the left and nearly zero on the right.",
)

# %% [markdown]
# The rings find nearly every coin, and know only three sizes. So boxes are roughly right: fine at IoU 0.5, poor at 0.85. A detector that *corrects* its boxes does better there. You will
# train one in the notebook on cars: there the boxes come from a network, and every function of this page goes on working.
#
# **Question.** One coin is missed even at IoU 0.5, although it is the largest of all. Look at the three radii in the setup cell of `find_coins`: which coins *can* it box with IoU 0.9?
#
# <details><summary>Answer</summary>
#
# The windows are squares of 36, 44 and 54 pixels. Two squares on the same centre have the IoU (small side / large side)², so 0.9 allows sides within 5 %: coins of about 34 to 38, 42 to 46 and 51 to 57 pixels, if the centre is met exactly. The
# largest coin is 65 pixels wide; the best window covers $54^2 / (65 \cdot 62) = 0.72$ of it, and a worse one had the higher score. This is what anchors are for.
# </details>

# %% [markdown]
# ## 12 · Further, if you like  (not graded)
#
# * **Soft.** Write Soft-NMS: instead of dropping a box, multiply its score by $e^{-\text{IoU}^2 / \sigma}$. Does the AP of the coins change? And on the street with the two cars?
# * **Better sizes.** Run your `anchors_by_k_means` on the sizes of `COIN_BOXES`, give `find_coins` the radii that it finds, and see how the bars of section 11 grow.
# * **A better measure.** IoU is 0 for all boxes that do not touch, near or far, so a network cannot learn from it which way to go. Look up generalised IoU (Rezatofighi and others 2019) and draw both against the distance of two boxes.
# * **How sure is the AP?** Draw the 24 coins again with replacement, a hundred times, and compute the AP each time. How wide is the spread? What does that say about the second decimal in a table?

# %% [markdown]
# ## References
#
# * M. Everingham, L. Van Gool, C. Williams, J. Winn, A. Zisserman (2010): *The Pascal Visual Object Classes (VOC) challenge*. Section 4: how detections are judged, with 11 points.
# * M. Everingham and others (2015): *The Pascal Visual Object Classes challenge: a retrospective*. Section 2.4.3: matching and average precision as they were from 2010 on.
# * T.-Y. Lin and others (2014): *Microsoft COCO: common objects in context*. The ten thresholds and 101 points are those of its evaluation code, pycocotools.
# * J. Redmon, A. Farhadi (2017): *YOLO9000: better, faster, stronger*. Section 2, "Dimension clusters": anchors by k-means under 1 − IoU.
# * S. Ren, K. He, R. Girshick, J. Sun (2015): *Faster R-CNN*. Section 3.1.1: anchors by hand.
# * P. Felzenszwalb, R. Girshick, D. McAllester, D. Ramanan (2010): *Object detection with discriminatively trained part-based models*. Section 7.2: non-maximum suppression, nearly as it is done today.
# * N. Bodla, B. Singh, R. Chellappa, L. Davis (2017): *Soft-NMS: improving object detection with one line of code*. The part that gives it its name.
# * N. Carion and others (2020): *End-to-end object detection with transformers*. Section 3.1: a matching that makes suppression unnecessary.
# * H. Rezatofighi and others (2019): *Generalized intersection over union*. Section 3.
