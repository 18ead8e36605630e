"""From light to a picture: exposure, lens, film and sensor."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from utils.faces.views import View
from utils.graphics.noise import fractal_noise, smoothstep


def photograph(view: View, light: np.ndarray) -> np.ndarray:
    """Take a picture of the light that reaches the camera.

    Args:
        view: For its camera.
        light: Linear red, green, blue, ``(size, size, 3)``.

    Returns:
        sRGB in [0, 1], float32 ``(size, size, 3)``, in steps of 1/255 as in a file of a camera.
    """
    rng = np.random.default_rng([view.seed, 2])
    size = len(light)
    light = light * (_gain(light) * view.exposure)
    if view.occlusion == "object":
        light = _behind_object(light, rng, view.seed)
    if view.blur:
        spread = view.blur * size / 100
        light = gaussian_filter(light, (spread, spread, 0))
    picture = np.clip(_film(light), 0, 1) ** (1 / 2.2)
    gray = picture @ np.array([0.299, 0.587, 0.114])
    picture = gray[..., None] + (picture - gray[..., None]) * view.colors
    picture = picture * (1 + view.warmth * view.colors * np.array([1.0, 0.1, -1.0]))
    if view.noise:
        # Where there is little light, noise is seen most.
        grain = rng.normal(0, 1, (*gray.shape, 1)) + 0.6 * view.colors * rng.normal(
            0, 1, picture.shape
        )
        picture = picture + view.noise * (1.2 - 0.6 * gray[..., None]) * grain
    return (np.rint(np.clip(picture, 0, 1) * 255) / 255).astype(np.float32)


def _gain(light: np.ndarray) -> float:
    """Expose as a camera does: by the whole picture, its middle counts more."""
    size = len(light)
    middle = light[size // 5 : -size // 5, size // 5 : -size // 5]
    level = 0.4 * np.clip(light, 0, 1.2).mean() + 0.6 * np.clip(middle, 0, 1.2).mean()
    return float(np.clip((0.30 / max(level, 0.01)) ** 0.65, 0.4, 3.5))


def _film(light: np.ndarray) -> np.ndarray:
    """Compress highlights."""
    light = np.clip(light, 0, None)
    return light * (1 + light / 7) / (1 + 0.45 * light)


def _behind_object(light: np.ndarray, rng: np.random.Generator, seed: int) -> np.ndarray:
    """Put something out of focus before a side of the picture."""
    size = len(light)
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    turn, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 0.30)
    beyond = np.cos(turn) * (x - 0.5) + np.sin(turn) * (y - 0.5) - reach
    beyond = beyond + 0.08 * np.sin(9 * (np.sin(turn) * x - np.cos(turn) * y))
    share = smoothstep(beyond, 0.0, rng.uniform(0.03, 0.10))[..., None]
    tint = fractal_noise(np.stack([x, y], -1) * 4, 2, seed)[..., None]
    color = rng.uniform(0.02, 0.5) * rng.uniform(0.4, 1.2, 3) * (0.6 + 0.8 * tint)
    return light + (color - light) * share
