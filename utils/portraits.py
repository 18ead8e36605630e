"""Real portraits in the public domain that installed packages carry, and how a face is cut out.

There are two, of two people. No package that the course installs has a second free portrait of the
same person: what a network makes of two pictures of one person is seen on rendered faces
(``utils.faces``), or on data sets that need a network (``utils.public_faces``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from utils.data import DataFile, manifest, verify

GRACE_HOPPER = DataFile(
    name="grace_hopper",
    kind="photograph",
    package="matplotlib",
    distribution="matplotlib",
    path="mpl-data/sample_data/grace_hopper.jpg",
    title="a portrait of the computer scientist Grace Hopper",
    source="United States Navy, with matplotlib, "
    "https://github.com/matplotlib/matplotlib/pull/1599",
    licence="public domain, as matplotlib states",
    bytes=61_306,
    sha256="a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
)

# Where the eyes are in a picture that face_of cuts, as parts of its side: there dlib puts them.
EYE_LINE = 0.314
LEFT_EYE, RIGHT_EYE = 0.318, 0.669


@dataclass(frozen=True)
class Portrait:
    """A photograph of one person who looks into the camera.

    Attributes:
        person: Who it is.
        image: float32 ``(H, W, 3)`` in [0, 1], channels red, green, blue.
        eyes: float64 ``(2, 2)``: the centres of the left and of the right eye as one sees them in
            the picture, each across and down, in pixels.
        source: Where it comes from.
        licence: Its terms of use.
    """

    person: str
    image: np.ndarray = field(repr=False)
    eyes: np.ndarray = field(repr=False)
    source: str
    licence: str


def portraits() -> tuple[Portrait, ...]:
    """Load the portraits: Eileen Collins, astronaut, and Grace Hopper, computer scientist.

    Returns:
        The two, 512 × 512 and 600 × 512 pixels.

    Raises:
        DataError: If scikit-image or matplotlib is missing or ships another file.
    """
    (astronaut,) = (file for file in manifest() if file.name == "astronaut")
    return (
        _portrait("Eileen Collins", astronaut, ((203.5, 102.0), (246.5, 104.5))),
        _portrait("Grace Hopper", GRACE_HOPPER, ((222.0, 195.5), (306.5, 188.5))),
    )


def face_of(image: np.ndarray, eyes: np.ndarray, size: int = 150) -> np.ndarray:
    """Cut a face out of a picture: turned and scaled so that its eyes are where they always are.

    Args:
        image: float ``(H, W, 3)`` in [0, 1].
        eyes: The centres of the left and of the right eye as one sees them in the picture,
            ``(2, 2)``, each across and down, in pixels.
        size: Height and width of the result. dlib's network takes 150.

    Returns:
        float32 ``(size, size, 3)`` in [0, 1]. The eyes are on one level, at 0.314 of the height,
        at 0.318 and 0.669 of the width. What lies outside the picture is black.

    Raises:
        ValueError: If the image or the eyes are of another shape, the eyes coincide, or the left
            one is right of the other, or the size is below 8.
    """
    image, eyes = np.asarray(image, dtype=np.float32), np.asarray(eyes, dtype=np.float64)
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"The image has the shape (H, W, 3), got {image.shape}.")
    if eyes.shape != (2, 2) or not np.isfinite(eyes).all():
        raise ValueError("The eyes are two places, each across and down: an array of shape (2, 2).")
    if eyes[0, 0] >= eyes[1, 0]:
        raise ValueError(
            f"The left eye as one sees it comes first, got {eyes[0, 0]:g} and {eyes[1, 0]:g} "
            "from the left edge."
        )
    if size < 8:
        raise ValueError(f"The size is at least 8 pixels, got {size}.")
    from skimage.filters import gaussian
    from skimage.transform import AffineTransform, warp

    # From a pixel of the result to a place in the picture: one turn and one scale for both axes.
    across = (eyes[1] - eyes[0]) / ((RIGHT_EYE - LEFT_EYE) * size)
    turn = np.array([[across[0], -across[1]], [across[1], across[0]]])
    corner = eyes[0] - turn @ (np.array([LEFT_EYE, EYE_LINE]) * size)
    shrinking = np.hypot(*across)
    if shrinking > 1:  # as much blur as keeps fine patterns from turning into coarse ones
        image = gaussian(image, (shrinking - 1) / 2, channel_axis=2)
    # Places count from the corner of the first pixel, warp counts from its middle.
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = turn, corner + turn @ (0.5, 0.5) - 0.5
    return np.clip(warp(image, AffineTransform(matrix), output_shape=(size, size)), 0, 1).astype(
        np.float32
    )


@cache
def _pixels(file: DataFile) -> np.ndarray:
    from PIL import Image

    with Image.open(verify(file)) as picture:
        pixels = np.asarray(picture.convert("RGB"), dtype=np.float32) / 255
    pixels.flags.writeable = False
    return pixels


def _portrait(person: str, file: DataFile, eyes: tuple) -> Portrait:
    return Portrait(person, _pixels(file).copy(), np.array(eyes), file.source, file.licence)
