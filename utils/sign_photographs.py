"""Makes what looks like a small photograph of a traffic sign: scene, light, camera.

A picture is built in the order in which light meets things: background, post, sign with its dirt
and shade, what stands before it, then the lens and the sensor.
"""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from utils.data import photograph
from utils.sign_drawings import draw_sign

# Photographs that backgrounds are cut from, in colour. No face looks out from behind a sign.
_COLOR_PHOTOGRAPHS = ("coffee", "rocket")
# Those without colour, with pairs of colours for their darkest and brightest gray.
_TINTS: dict[str, tuple[tuple[tuple[float, float, float], tuple[float, float, float]], ...]] = {
    "grass": (
        ((0.03, 0.08, 0.02), (0.62, 0.74, 0.34)),
        ((0.02, 0.06, 0.03), (0.36, 0.52, 0.30)),
        ((0.10, 0.08, 0.02), (0.82, 0.66, 0.32)),
    ),
    "gravel": (
        ((0.10, 0.10, 0.11), (0.66, 0.66, 0.68)),
        ((0.16, 0.13, 0.10), (0.86, 0.80, 0.70)),
    ),
    "brick": (
        ((0.22, 0.10, 0.07), (0.78, 0.50, 0.40)),
        ((0.24, 0.22, 0.20), (0.90, 0.87, 0.80)),
        ((0.10, 0.11, 0.13), (0.58, 0.60, 0.64)),
    ),
}
# Backgrounds are kept this high: enough for a cut-out to be sharp.
_ROWS = 320
_TEMPLATE_SIZES = (32, 64, 128, 256, 512)
# Distance from the camera, in half heights of the sign: near enough for perspective to show.
_DISTANCE = 5.0


def photograph_of_sign(name: str, size: int, rng: np.random.Generator) -> np.ndarray:
    """Make one picture of a sign.

    Args:
        name: One of :data:`utils.sign_drawings.SIGN_NAMES`.
        size: Height and width of the picture in pixels, 16 to 256.
        rng: Decides everything else.

    Returns:
        uint8 of shape ``(size, size, 3)``.
    """
    # Everything is drawn twice as large as the picture and averaged at the end: smooth edges.
    side = 2 * size
    scene = _background(side, rng)
    homography, center, radius = _pose(side, rng)
    _add_post(scene, center, radius, rng)
    color, opacity = _sign(name, side, homography, radius, rng)
    color = _weathered(color, side, rng) * _light(side, rng)
    scene += opacity * (color - scene)
    _add_obstacle(scene, center, radius, rng)
    scene = _through_lens(scene, radius, rng)
    rows = scene[::2] + scene[1::2]
    return _developed((rows[:, ::2] + rows[:, 1::2]) / 4, rng)


# Background --------------------------------------------------------------------------------------


@cache
def _photographs() -> tuple[Image.Image, ...]:
    """Backgrounds, every tint of a gray photograph by itself."""
    found = [photograph(name, height=_ROWS) for name in _COLOR_PHOTOGRAPHS]
    for name, tints in _TINTS.items():
        gray = photograph(name, gray=True, height=_ROWS)[..., None]
        low, high = np.quantile(gray, (0.02, 0.98))
        share = np.clip((gray - low) / (high - low), 0, 1)
        found += [share * np.float32(b) + (1 - share) * np.float32(d) for d, b in tints]
    return tuple(_to_image(picture) for picture in found)


def _to_image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8))


def _background(side: int, rng: np.random.Generator) -> np.ndarray:
    """Cut a background; half of them get a sky above an uneven horizon."""
    scene = _cut(side, rng)
    if rng.random() < 0.5:
        sky = _sky(side, rng)
        rows = np.linspace(-1, 1, side, dtype=np.float32)[:, None]
        edge = rows - rng.uniform(-0.7, 0.9) + 0.9 * (_noise(side, rng.integers(3, 9), rng) - 0.5)
        scene += np.clip(0.5 - 8 * edge, 0, 1)[..., None] * (sky - scene)
    return scene


def _cut(side: int, rng: np.random.Generator) -> np.ndarray:
    picture = _photographs()[rng.integers(len(_photographs()))]
    window = int(rng.uniform(0.2, 0.9) * min(picture.size))
    left, top = (rng.integers(length - window + 1) for length in picture.size)
    box = (left, top, left + window, top + window)
    image = picture.resize((side, side), Image.Resampling.BILINEAR, box, reducing_gap=1.0)
    # What lies behind a sign is out of focus, more or less.
    image = image.filter(ImageFilter.BoxBlur(side * rng.uniform(0, 0.025)))
    pixels = np.asarray(image, np.float32) * np.float32(rng.uniform(0.5, 1.2) / 255)
    return pixels[:, ::-1].copy() if rng.random() < 0.5 else pixels


def _sky(side: int, rng: np.random.Generator) -> np.ndarray:
    clear = np.float32(rng.uniform((0.25, 0.45, 0.70), (0.50, 0.68, 0.95)))
    cloud = np.full(3, rng.uniform(0.6, 1.0), np.float32)
    cover = np.clip(_noise(side, 5, rng) * 2 - rng.uniform(0, 1.6), 0, 1)[..., None]
    return clear + cover * (cloud - clear)


def _noise(side: int, cells: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise of shape (side, side), about 0 to 1."""
    coarse = Image.fromarray(rng.random((int(cells), int(cells)), dtype=np.float32))
    return np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC))


def _add_post(
    scene: np.ndarray, center: np.ndarray, radius: float, rng: np.random.Generator
) -> None:
    """Stand the sign on a gray post, brighter on the side of the light."""
    if rng.random() < 0.15:
        return
    width = max(2, round(radius * rng.uniform(0.10, 0.17)))
    left = int(center[0] - width / 2)
    shine = np.linspace(*rng.permutation([0.55, 1.0]), width, dtype=np.float32)
    gray = np.float32(rng.uniform(0.25, 0.75)) * shine[None, :, None]
    visible = slice(max(left, 0), min(left + width, len(scene)))
    scene[int(center[1]) :, visible] = gray[:, visible.start - left : visible.stop - left]


# Sign --------------------------------------------------------------------------------------------


def _pose(side: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Place and turn the sign.

    Returns:
        The homography from picture to sign (3, 3), which maps pixels to −1…1; the sign's centre
        in pixels (2,); half its height in pixels.
    """
    radius = side * rng.uniform(0.25, 0.45)
    free = max(side / 2 - 0.95 * radius, 0)
    center = side / 2 + rng.uniform(-1, 1, 2) * min(free, 0.13 * side)
    yaw, pitch, roll = np.radians(np.clip(rng.normal(0, (22, 9, 5)), -45, 45))
    turn = _rotation(roll, 0, 1) @ _rotation(pitch, 1, 2) @ _rotation(yaw, 0, 2)
    stretch = rng.uniform(0.93, 1.07)
    x, y, z = turn[:, :2] * [[1], [1], [1 / _DISTANCE]]
    # Picture ~ radius * (x, y) / (1 + z) + center, for a point of the sign's plane.
    to_picture = np.array(
        [
            [*(radius * stretch * x + center[0] * z), center[0]],
            [*(radius * y + center[1] * z), center[1]],
            [*z, 1],
        ]
    )
    return np.linalg.inv(to_picture), center, radius


def _rotation(angle: float, first: int, second: int) -> np.ndarray:
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = np.cos(angle)
    matrix[first, second], matrix[second, first] = -np.sin(angle), np.sin(angle)
    return matrix


@cache
def _template(name: str, size: int) -> Image.Image:
    """A clean sign whose colours are multiplied by its opacity, as interpolation wants them."""
    sign = draw_sign(name, size)
    sign[..., :3] *= sign[..., 3:]
    return Image.fromarray(np.rint(sign * 255).astype(np.uint8))


def _sign(
    name: str, side: int, homography: np.ndarray, radius: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sign's colours (side, side, 3) and its opacity (side, side, 1)."""
    size = next((s for s in _TEMPLATE_SIZES if s >= 2 * radius), _TEMPLATE_SIZES[-1])
    to_template = np.array([[size / 2, 0, size / 2], [0, size / 2, size / 2], [0, 0, 1]])
    matrix = to_template @ homography
    matrix /= matrix[2, 2]
    seen = _template(name, size).transform(
        (side, side),
        Image.Transform.PERSPECTIVE,
        matrix.ravel()[:8],
        Image.Resampling.BILINEAR,
    )
    pixels = np.asarray(seen, np.float32) / 255
    opacity = pixels[..., 3:]
    return pixels[..., :3] / np.maximum(opacity, 1e-3), opacity


def _weathered(color: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """Fade the paint in the sun and put dirt on it."""
    gray = (color[..., :1] + color[..., 1:2] + color[..., 2:]) / 3
    color = color + np.float32(np.clip(rng.normal(0.12, 0.15), 0, 0.4)) * (gray * 0.6 + 0.3 - color)
    spots = np.clip(_noise(side, rng.integers(4, 12), rng) * 4 - rng.uniform(2.2, 4.6), 0, 1)
    dirt = np.float32(rng.uniform((0.10, 0.08, 0.05), (0.40, 0.36, 0.30)))
    return color + np.float32(rng.uniform(0.2, 0.75)) * spots[..., None] * (dirt - color)


def _light(side: int, rng: np.random.Generator) -> np.ndarray:
    """How much light falls on the sign, of shape (side, side, 1): exposure, slope, shadows."""
    line = np.linspace(-1, 1, side, dtype=np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.float32(np.cos(angle)) * line + np.float32(np.sin(angle)) * line[:, None]
    light = rng.uniform(0.42, 1.1) * (1 + rng.uniform(0, 0.35) * slope)
    kind = rng.random()
    if kind < 0.2:  # the straight edge of a building's shadow
        light *= 1 - rng.uniform(0.3, 0.6) * np.clip(0.5 + 12 * (slope - rng.normal(0, 0.3)), 0, 1)
    elif kind < 0.4:  # a tree's
        leaves = np.clip(8 * (_noise(side, rng.integers(4, 10), rng) - 0.5), 0, 1)
        light *= 1 - rng.uniform(0.3, 0.6) * leaves
    return light[..., None].astype(np.float32)


# In front ----------------------------------------------------------------------------------------


def _add_obstacle(
    scene: np.ndarray, center: np.ndarray, radius: float, rng: np.random.Generator
) -> None:
    """Put a branch or a post before the sign, in two pictures of five."""
    kind = rng.random()
    if kind > 0.4:
        return
    side = len(scene)
    layer = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(layer)
    if kind < 0.3:
        _draw_branch(draw, side, center, radius, rng)
    else:
        x = center[0] + radius * rng.choice([-1, 1]) * rng.uniform(0.35, 1.1)
        width = radius * rng.uniform(0.12, 0.28)
        gray = int(rng.uniform(20, 170))
        draw.polygon(
            [(x, 0), (x + width, 0), (x + width, side), (x, side)], (gray, gray, gray, 255)
        )
    pixels = np.asarray(layer, np.float32) / 255
    scene += pixels[..., 3:] * (pixels[..., :3] - scene)


def _draw_branch(
    draw: ImageDraw.ImageDraw,
    side: int,
    center: np.ndarray,
    radius: float,
    rng: np.random.Generator,
) -> None:
    """Draw a twig with leaves that reaches over the sign's edge, from outside the picture."""
    angle = rng.uniform(-np.pi, np.pi)
    outwards = np.array([np.cos(angle), np.sin(angle)])
    tip = center + outwards * radius * rng.uniform(0.4, 0.9)
    points = tip + np.linspace(0, 0.7, 10)[:, None] * outwards * side
    points += rng.normal(0, 0.05 * radius, (10, 2))
    bark = tuple(int(v) for v in rng.uniform((30, 24, 15), (90, 72, 50)))
    draw.line(points.ravel().tolist(), (*bark, 255), max(1, round(radius * 0.05)))
    green = rng.uniform((25, 45, 12), (115, 125, 60)) * rng.uniform(0.4, 1.1)
    turns, lengths = rng.uniform(0, np.pi, 20), radius * rng.uniform(0.10, 0.20, 20)
    axes = lengths[:, None] * np.stack([np.cos(turns), np.sin(turns)], -1)
    across = 0.45 * axes[:, ::-1] * (-1, 1)
    middles = np.repeat(points, 2, 0) + rng.normal(0, 0.11 * radius, (20, 2))
    leaves = np.stack([middles - axes, middles - across, middles + axes, middles + across], 1)
    shades = np.clip(green * rng.uniform(0.6, 1.3, (20, 1)), 0, 255).astype(int)
    for leaf, shade in zip(leaves, shades.tolist(), strict=True):
        draw.polygon(leaf.ravel().tolist(), (*shade, 255))


# Camera ------------------------------------------------------------------------------------------


def _through_lens(scene: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    """Blur by focus and, in a third of the pictures, by motion; never beyond recognition."""
    image = _to_image(scene).filter(
        ImageFilter.GaussianBlur(radius * min(rng.gamma(2.0, 0.02), 0.1))
    )
    pixels = np.asarray(image, np.float32) / 255
    if rng.random() > 0.33:
        return pixels
    length, angle = radius * rng.uniform(0.05, 0.2), rng.normal(0, 0.5)
    shift = length * np.array([np.sin(angle), np.cos(angle)]) / 2
    steps = np.rint(np.linspace(-1, 1, 5)[:, None] * shift).astype(int)
    return sum(np.roll(pixels, tuple(step), (0, 1)) for step in steps) / 5


def _developed(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn light into a picture file's pixels: exposure, haze, colour cast, noise, compression."""
    pixels = pixels * rng.uniform(0.65, 1.3)
    pixels = pixels + rng.uniform(0, 0.3) * (rng.uniform(0.4, 0.8) - pixels)
    pixels = pixels * (1 + rng.normal(0, 0.07, 3))
    pixels = np.clip(pixels, 0, 1) ** rng.uniform(0.75, 1.25)
    pixels = pixels + rng.normal(0, rng.uniform(0.005, 0.04), pixels.shape)
    image = _to_image(pixels)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(rng.integers(45, 96)))
    return np.asarray(Image.open(file))
