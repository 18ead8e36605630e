"""What is behind a face, out of focus: walls, rooms, gardens, skies, lights at night."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter

from utils.graphics.noise import fractal_noise, smoothstep

Color = tuple[float, float, float]


def background(kind: str, color: Color, seed: int, size: int) -> np.ndarray:
    """Draw a background.

    Args:
        kind: One of :data:`~utils.faces.views.BACKGROUNDS`.
        color: Its main colour, linear.
        seed: Decides about its details.
        size: Side in samples.

    Returns:
        Linear red, green and blue, ``(size, size, 3)``.
    """
    rng = np.random.default_rng([seed, 1])
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    drawn, focus = _KINDS[kind](rng, x, y, np.array(color), seed)
    spread = focus * size
    return gaussian_filter(drawn, (spread, spread, 0)) if spread else drawn


# A sharp drawing, and how far out of focus it is, in widths of the picture.
_Drawing = tuple[np.ndarray, float]


def _plain(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, color: np.ndarray, seed: int
) -> _Drawing:
    turn = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0, 0.5) * (np.cos(turn) * (x - 0.5) + np.sin(turn) * (y - 0.5))
    middle = rng.uniform(0, 0.6) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    return color * np.clip(1 + slope - middle, 0.1, None)[..., None], 0.0


def _wall(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, color: np.ndarray, seed: int
) -> _Drawing:
    if rng.random() < 0.5:  # bricks or tiles
        high = rng.uniform(0.06, 0.14)
        row = np.floor(y / high)
        shifted = x / (high * rng.uniform(1, 2.6)) + 0.5 * (row % 2)
        joint = np.maximum(
            smoothstep(np.abs(y / high - row - 0.5), 0.40, 0.46),
            smoothstep(np.abs(shifted - np.floor(shifted) - 0.5), 0.44, 0.48),
        )
        tint = fractal_noise(np.stack([np.floor(shifted) + 0.5, row + 0.5], -1), 2, seed)
        drawn = color * (0.7 + 0.6 * tint[..., None])
        drawn = drawn + (0.5 * color + 0.2 - drawn) * joint[..., None]
    else:  # a curtain's folds, or boards
        turn = rng.choice([0.0, np.pi / 2])
        along = np.cos(turn) * x + np.sin(turn) * y
        folds = np.sin(
            along * rng.uniform(15, 60) + 3 * fractal_noise(np.stack([x, y], -1) * 3, 2, seed)
        )
        drawn = color * (1 + rng.uniform(0.1, 0.4) * folds)[..., None]
    return drawn, rng.uniform(0, 0.015)


def _room(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, color: np.ndarray, seed: int
) -> _Drawing:
    drawn = np.broadcast_to(color, (*x.shape, 3)).copy()
    for _ in range(int(rng.integers(4, 10))):
        left, top = rng.uniform(-0.3, 0.9, 2)
        wide, high = rng.uniform(0.08, 0.6, 2)
        inside = (x > left) & (x < left + wide) & (y > top) & (y < top + high)
        light = rng.uniform(0.05, 0.8) if rng.random() < 0.8 else rng.uniform(1.0, 2.0)
        drawn[inside] = light * (1 - 0.5 * rng.beta(1, 2) * rng.uniform(0, 1, 3))
    return drawn, rng.uniform(0.01, 0.035)


def _garden(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, color: np.ndarray, seed: int
) -> _Drawing:
    leaves = fractal_noise(np.stack([x, y], -1) * rng.uniform(6, 14), 4, seed)
    gaps = smoothstep(leaves, 0.58, 0.75)[..., None]
    green = np.array([0.10, 0.20, 0.045]) * rng.uniform(0.4, 1.6) * rng.uniform(0.7, 1.4, 3)
    sky = np.array([0.75, 0.85, 0.95]) * rng.uniform(0.5, 1.4)
    shade = (0.3 + 1.4 * leaves)[..., None]
    ground = smoothstep(y, 0.75, 0.95)[..., None] * rng.uniform(0, 1)
    drawn = green * shade * (1 - gaps) + sky * gaps
    return drawn * (1 - ground) + 0.7 * color * ground, rng.uniform(0.008, 0.03)


def _sky(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, color: np.ndarray, seed: int
) -> _Drawing:
    level = rng.uniform(0.35, 0.9)
    blue = np.array([0.30, 0.48, 0.80]) * rng.uniform(0.6, 1.3)
    haze = np.array([0.80, 0.80, 0.78]) * rng.uniform(0.6, 1.2)
    clouds = smoothstep(fractal_noise(np.stack([x * 2, y * 5], -1) * 1.5, 4, seed), 0.4, 0.8)
    up = np.clip((level - y) / level, 0, 1)
    drawn = haze + (blue - haze) * (up * (1 - clouds * rng.uniform(0, 1)))[..., None]
    roofs = (
        level - 0.25 * np.floor(4 * fractal_noise(np.stack([x * 7, 0 * x], -1), 2, seed + 5)) / 4
    )
    tint = fractal_noise(np.stack([np.floor(x * 7) + 0.5, 0 * x + 9.5], -1), 1, seed + 6)
    far = color * (0.4 + 0.8 * tint[..., None])
    return np.where((y > roofs)[..., None], far, drawn), rng.uniform(0.005, 0.03)


def _lights(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, color: np.ndarray, seed: int
) -> _Drawing:
    drawn = np.broadcast_to(0.10 * color, (*x.shape, 3)).copy()
    for _ in range(int(rng.integers(6, 22))):
        center, radius = rng.uniform(-0.05, 1.05, 2), rng.uniform(0.02, 0.09)
        distance = np.sqrt((x - center[0]) ** 2 + (y - center[1]) ** 2)
        disc = 1 - smoothstep(distance, radius * 0.85, radius * 1.1)
        glow = rng.uniform(0.15, 1.2) * np.array([1.0, rng.uniform(0.4, 1), rng.uniform(0.1, 1)])
        drawn += disc[..., None] * glow
    return drawn, 0.004


_KINDS: dict[str, Callable[..., _Drawing]] = {
    "plain": _plain, "wall": _wall, "room": _room, "garden": _garden, "sky": _sky,
    "lights": _lights,
}  # fmt: skip
