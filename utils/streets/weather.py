"""Skies, suns and air: what lights a street, and what lies between it and the camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.graphics.noise import fractal_noise, lattice_noise, smoothstep

Color = tuple[float, float, float]


@dataclass(frozen=True)
class Weather:
    """The light and the air of a scene.

    Attributes:
        name: A word for it, one of :data:`WEATHERS`.
        sun: Unit vector to the sun.
        sunlight: Light of the sun, linear red, green, blue; zeros where clouds hide it.
        zenith: Colour of the sky overhead.
        horizon: Colour of the sky low down, and of haze.
        clouds: How much of the sky they cover, 0 to 1.
        haze: How much light the air takes away, per metre.
        wet: How wet the ground is, 0 to 1.
        rain: How much rain falls, 0 to 1.
        dark: Whether lamps and windows are lit.
        headlights: Share of vehicles on the road with their lights on.
        seed: Draws the clouds.
    """

    name: str
    sun: tuple[float, float, float]
    sunlight: Color
    zenith: Color
    horizon: Color
    clouds: float
    haze: float
    wet: float
    rain: float
    dark: bool
    headlights: float
    seed: int

    @property
    def ambient(self) -> np.ndarray:
        """Light that comes from the whole sky, ``(3,)``."""
        return 0.63 * np.array(self.zenith) + 0.42 * np.array(self.horizon)


@dataclass(frozen=True)
class _Kind:
    """What a kind of weather is drawn from; pairs are from where to where."""

    name: str
    share: float
    held_out: bool
    height: tuple[float, float]
    sunlight: Color
    zenith: Color
    horizon: Color
    clouds: tuple[float, float] = (0.1, 0.6)
    haze: tuple[float, float] = (0.0004, 0.0016)
    wet: tuple[float, float] = (0.0, 0.0)
    rain: tuple[float, float] = (0.0, 0.0)
    dark: bool = False
    headlights: float = 0.15


_KINDS = (
    _Kind("sunny", 0.32, False, (0.5, 1.2), (2.6, 2.40, 2.05), (0.10, 0.24, 0.60),
          (0.50, 0.64, 0.82), (0.0, 0.45)),
    _Kind("bright", 0.20, False, (0.5, 1.2), (1.5, 1.42, 1.30), (0.26, 0.38, 0.62),
          (0.64, 0.70, 0.78), (0.4, 0.9), (0.0005, 0.0016)),
    _Kind("overcast", 0.17, False, (0.6, 1.2), (0.0, 0.0, 0.0), (0.54, 0.57, 0.62),
          (0.66, 0.68, 0.70), (0.5, 0.9), (0.0006, 0.0022), headlights=0.3),
    _Kind("evening", 0.10, False, (0.12, 0.30), (2.0, 1.15, 0.55), (0.13, 0.18, 0.34),
          (0.75, 0.47, 0.29), (0.2, 0.7), (0.0008, 0.003), headlights=0.5),
    _Kind("night", 0.11, False, (0.5, 1.0), (0.0, 0.0, 0.0), (0.010, 0.012, 0.022),
          (0.030, 0.026, 0.030), (0.1, 0.5), (0.0005, 0.002), dark=True, headlights=0.97),
    _Kind("rain", 0.10, False, (0.6, 1.2), (0.0, 0.0, 0.0), (0.36, 0.39, 0.44),
          (0.48, 0.50, 0.53), (0.6, 0.95), (0.0025, 0.006), (0.55, 1.0), (0.4, 1.0),
          headlights=0.75),
    _Kind("low sun", 0.26, True, (0.20, 0.38), (2.5, 1.95, 1.35), (0.16, 0.30, 0.56),
          (0.66, 0.66, 0.66), (0.0, 0.5), (0.0006, 0.002)),
    _Kind("after rain", 0.24, True, (0.5, 1.0), (1.7, 1.58, 1.38), (0.22, 0.33, 0.55),
          (0.60, 0.65, 0.72), (0.5, 0.9), (0.0005, 0.002), (0.45, 0.9), headlights=0.3),
    _Kind("mist", 0.15, True, (0.6, 1.2), (0.0, 0.0, 0.0), (0.60, 0.62, 0.64),
          (0.68, 0.69, 0.70), (0.2, 0.5), (0.006, 0.014), (0.0, 0.3), headlights=0.7),
    _Kind("storm", 0.15, True, (0.6, 1.2), (0.0, 0.0, 0.0), (0.20, 0.22, 0.27),
          (0.44, 0.45, 0.46), (0.7, 1.0), (0.001, 0.004), headlights=0.6),
    _Kind("wet night", 0.20, True, (0.5, 1.0), (0.0, 0.0, 0.0), (0.014, 0.015, 0.024),
          (0.040, 0.034, 0.034), (0.4, 0.9), (0.001, 0.004), (0.5, 1.0), (0.0, 0.6), dark=True,
          headlights=0.97),
)  # fmt: skip

WEATHERS = tuple(kind.name for kind in _KINDS)


def draw_weather(rng: np.random.Generator, held_out: bool, name: str | None = None) -> Weather:
    """Draw the weather of a scene.

    Args:
        rng: Random numbers.
        held_out: Draw from the weathers that only the test streets have, or from the others.
        name: Draw this one of :data:`WEATHERS`.
    """
    kinds = [kind for kind in _KINDS if kind.held_out == held_out]
    shares = np.array([kind.share for kind in kinds])
    kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    if name is not None:
        kind = next(kind for kind in _KINDS if kind.name == name)
    azimuth, height = rng.uniform(-np.pi, np.pi), rng.uniform(*kind.height)
    sun = (np.sin(azimuth) * np.cos(height), np.sin(height), np.cos(azimuth) * np.cos(height))
    return Weather(
        name=kind.name,
        sun=tuple(float(v) for v in sun),
        sunlight=kind.sunlight,
        zenith=kind.zenith,
        horizon=kind.horizon,
        clouds=float(rng.uniform(*kind.clouds)),
        haze=float(rng.uniform(*kind.haze)),
        wet=float(rng.uniform(*kind.wet)),
        rain=float(rng.uniform(*kind.rain)),
        dark=kind.dark,
        headlights=kind.headlights,
        seed=int(rng.integers(1 << 20)),
    )


def sky_color(weather: Weather, rays: np.ndarray, clouds: bool = True) -> np.ndarray:
    """Return the light that comes from the sky along unit vectors.

    Args:
        weather: The weather.
        rays: Directions away from the camera, ``(..., 3)``.
        clouds: Whether to draw clouds; a surface that mirrors the sky does without.

    Returns:
        Linear red, green, blue, ``(..., 3)``.
    """
    up = np.clip(rays[..., 1:2], 0, 1)
    horizon, zenith = np.array(weather.horizon), np.array(weather.zenith)
    color = horizon + (zenith - horizon) * (1 - (1 - up) ** 3)
    if clouds:
        flat = rays[..., [0, 2]] / (np.maximum(rays[..., 1:2], 0.02) + 0.12) * 1.1
        noise = fractal_noise(flat, 5, weather.seed)
        cover = smoothstep(noise, 0.64 - 0.32 * weather.clouds, 0.82 - 0.2 * weather.clouds)
        cover = (0.85 * cover * smoothstep(rays[..., 1], 0, 0.12))[..., None]
        shade = 1.12 - 0.45 * smoothstep(noise, 0.5, 0.85)[..., None]
        white = 0.5 * horizon + 0.5 * (weather.ambient + np.array(weather.sunlight) * 0.22)
        color = color * (1 - cover) + white * shade * cover
    near = np.clip(rays @ np.array(weather.sun), 0, 1)[..., None]
    return color + np.array(weather.sunlight) * (0.10 * near**8 + 0.30 * near**90)


def skyline(weather: Weather, rays: np.ndarray, seed: int, town: float) -> np.ndarray:
    """Tell where hills, woods and far houses stand before the sky.

    Args:
        weather: The weather.
        rays: Directions ``(n, 3)``.
        seed: Draws the hills.
        town: How built-up the place is, 0 to 1.

    Returns:
        bool ``(n,)``.
    """
    angle = np.arctan2(rays[:, 0], rays[:, 2])
    place = np.stack([angle, 0 * angle], -1)
    hills = 0.010 + 0.045 * fractal_noise(place * 3, 4, seed + 4)
    woods = 0.012 * lattice_noise(place * 70, seed + 3)
    blocks = 0.05 * town * np.floor(4 * lattice_noise(np.floor(place * 26), seed + 5)) / 4
    return rays[:, 1] < hills + woods + blocks
