"""Figures with a caption and a text for those who cannot see them.

Colours are those of Okabe and Ito (2008), which stay apart under the common forms of colour
blindness. Every figure of the course goes through :func:`show`.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.figure import Figure

PALETTE: dict[str, str] = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
}

STYLE = {
    "axes.prop_cycle": plt.cycler(
        color=[PALETTE[name] for name in ("blue", "vermilion", "green", "purple", "orange", "sky")]
    ),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "image.cmap": "gray",
    "legend.frameon": False,
}

plt.rcParams.update(STYLE)


def show(figure: Figure, *, caption: str, alt: str, dpi: int = 90) -> None:
    """Display a figure with its caption and alternative text, and close it.

    The picture is a PNG output whose metadata carry ``alt`` (nbconvert writes it into the page)
    and whose text form is ``alt`` too, for front ends that show no pictures.

    Args:
        figure: The Matplotlib figure.
        caption: What to see in it, in a sentence; shown below the picture.
        alt: What the picture shows, for a reader who cannot see it.
        dpi: Dots per inch of the PNG.

    Raises:
        ValueError: If ``caption`` or ``alt`` is empty.
    """
    if not caption.strip() or not alt.strip():
        raise ValueError("A figure needs a caption and an alt text: say what there is to see.")
    # A figure that left pyplot's list is not drawn a second time at the end of the cell.
    plt.close(figure)
    buffer = io.BytesIO()
    # Without "Software" the same figure gives the same bytes on every Matplotlib release.
    figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    display(
        {"image/png": base64.b64encode(buffer.getvalue()).decode("ascii"), "text/plain": alt},
        metadata={"image/png": {"alt": alt}},
        raw=True,
    )
    display(
        {
            "text/html": f"<p class='figure-caption'><em>{escape(caption)}</em></p>",
            "text/plain": caption,
        },
        raw=True,
    )


def grid(
    images: Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    *,
    columns: int | None = None,
    height: float = 2.0,
    limits: tuple[float, float] | None = None,
    cmap: str = "gray",
) -> Figure:
    """Lay images out in a grid without axes.

    Args:
        images: Arrays of shape ``(H, W)``, ``(H, W, 1)`` or ``(H, W, 3)``.
        titles: One title per image.
        columns: Images per row; all in one row when left out.
        height: Height of a row in inches.
        limits: ``(low, high)`` values that are drawn black and white. By default each image is
            stretched over its own range.
        cmap: Colour map of images with one channel.

    Returns:
        The figure; hand it to :func:`show`.

    Raises:
        ValueError: If there is no image, or the number of titles differs from that of images.
    """
    if len(images) == 0:
        raise ValueError("grid needs at least one image.")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"grid got {len(images)} images and {len(titles)} titles.")
    columns = columns or len(images)
    rows = -(-len(images) // columns)
    aspect = max(np.asarray(image).shape[1] / np.asarray(image).shape[0] for image in images)
    title_room = 0.3 if titles is not None else 0.0
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(height * aspect * columns, (height + title_room) * rows),
        squeeze=False,
    )
    low, high = limits if limits is not None else (None, None)
    for index, axis in enumerate(axes.flat):
        axis.axis("off")
        if index >= len(images):
            continue
        axis.imshow(np.squeeze(np.asarray(images[index])), cmap=cmap, vmin=low, vmax=high)
        if titles is not None:
            axis.set_title(titles[index])
    return figure
