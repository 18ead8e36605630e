"""From light to a picture: rain, glare, exposure, lens and sensor."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from utils.streets.scenes import Scene


def photograph(scene: Scene, light: np.ndarray) -> np.ndarray:
    """Take a picture of the light that reaches the camera.

    Args:
        scene: For its weather and camera.
        light: Linear red, green, blue, ``(H, W, 3)``.

    Returns:
        sRGB in [0, 1], float32 ``(H, W, 3)``.
    """
    rng = np.random.default_rng([scene.seed, scene.weather.seed])
    camera, weather = scene.camera, scene.weather
    height, width = light.shape[:2]
    if weather.rain:
        light = _rain(light, weather.rain, rng)
    gain = _gain(light, weather.dark) * camera.exposure
    light = _glare(light * gain, weather.dark, width)
    picture = _film(light)
    picture = picture * _vignette(height, width, camera.vignette)
    gray = picture.mean(-1, keepdims=True)
    picture = gray + (picture - gray) * camera.colors
    picture = picture * (1 + camera.warmth * np.array([1.0, 0.1, -1.0]))
    if camera.blur:
        spread = camera.blur * width / 1000
        picture = gaussian_filter(picture, (spread, spread, 0))
    noise = camera.noise * (1.8 if weather.dark else 1.0)
    picture = picture + rng.normal(0, noise, picture.shape)
    return np.clip(picture, 0, 1).astype(np.float32)


def _gain(light: np.ndarray, dark: bool) -> float:
    """Exposure as a camera meters it: the lower part of the picture counts more."""
    gray = light.mean(-1)
    level = (
        0.3 * np.clip(gray, 0, 2).mean() + 0.7 * np.clip(gray[len(gray) * 2 // 5 :], 0, 1).mean()
    )
    if dark:
        return float(np.clip(0.13 / max(level, 0.01), 0.8, 4.5))
    return float(np.clip(0.34 / max(level, 0.05), 0.5, 3.2))


def _glare(light: np.ndarray, dark: bool, width: int) -> np.ndarray:
    """Light that is too bright spills over, more so in the dark."""
    spill = np.clip(light - 1.0, 0, 6)
    if not spill.any():
        return light
    near, far = width / 160, width / 34
    halo = 0.5 * gaussian_filter(spill, (near, near, 0)) + 0.5 * gaussian_filter(
        spill, (far, far, 0)
    )
    return light + halo * (0.8 if dark else 0.25)


def _film(light: np.ndarray) -> np.ndarray:
    """Compress highlights, then encode for a screen."""
    light = np.clip(light, 0, None)
    curve = light * (1 + light / 7) / (1 + 0.58 * light)
    return np.clip(curve, 0, 1) ** (1 / 2.2)


def _vignette(height: int, width: int, strength: float) -> np.ndarray:
    y = (np.arange(height) + 0.5) / height - 0.5
    x = (np.arange(width) + 0.5) / width - 0.5
    return 1 - 2 * strength * (y[:, None, None] ** 2 + x[None, :, None] ** 2)


def _rain(light: np.ndarray, amount: float, rng: np.random.Generator) -> np.ndarray:
    """Thin bright streaks, all slanted alike."""
    height, width = light.shape[:2]
    drops = rng.random((height, width)) < 0.006 * amount
    drops = drops * rng.uniform(0.3, 1.0, (height, width))
    slant = rng.normal(0, 0.25)
    steps = max(3, height // 22)
    streaks = np.zeros((height, width))
    for step in range(steps):
        moved = np.roll(drops, (step, round(step * slant)), axis=(0, 1))
        streaks = np.maximum(streaks, moved * (1 - step / steps))
    level = np.clip(light.mean() * 1.5, 0.02, 0.6)
    cover = (0.30 * gaussian_filter(streaks, (0.6, 0.35)))[..., None]
    return light * (1 - cover) + level * cover
