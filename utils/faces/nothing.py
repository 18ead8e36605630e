"""Pictures without a face, for what a face recogniser must refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from utils.faces.backgrounds import background
from utils.faces.people import identity
from utils.faces.photograph import photograph
from utils.faces.rendering import OVERSAMPLING, render
from utils.faces.views import BACKGROUNDS, View, view
from utils.graphics.noise import fractal_noise, smoothstep


def not_faces(count: int, size: int = 64, seed: int = 0) -> np.ndarray:
    """Draw pictures that show no face: surroundings, backs of heads, shapes, textures.

    The four kinds take turns.

    Args:
        count: How many.
        size: Side of the pictures in pixels, 16 to 512.
        seed: Another seed, other pictures; they follow from
            ``numpy.random.default_rng([seed, number, 77])``.

    Returns:
        sRGB in [0, 1], float32 ``(count, size, size, 3)``.

    Raises:
        ValueError: If the count is below 1, or the size is out of bounds.
    """
    if count < 1:
        raise ValueError(f"At least 1 picture can be drawn, asked for {count}.")
    if not 16 <= size <= 512:
        raise ValueError(f"A picture's side is 16 to 512 pixels, got {size}.")
    drawn = [_surroundings, _back_of_a_head, _shapes, _texture]
    pictures = []
    for number in range(count):
        rng = np.random.default_rng([seed, number, 77])
        pictures.append(drawn[number % len(drawn)](rng, size))
    return np.stack(pictures)


def _surroundings(rng: np.random.Generator, size: int) -> np.ndarray:
    taken = view(rng)
    kind = BACKGROUNDS[1:][int(rng.integers(len(BACKGROUNDS) - 1))]
    samples = size * OVERSAMPLING
    light = background(kind, taken.background_color, taken.seed, samples)
    return _photographed(taken, light, size)


def _back_of_a_head(rng: np.random.Generator, size: int) -> np.ndarray:
    someone = identity(int(rng.integers(1000)))
    taken = replace(view(rng), yaw=float(np.pi + rng.uniform(-0.4, 0.4)), occlusion="none")
    return render(replace(someone, glasses=None), taken, size)


def _shapes(rng: np.random.Generator, size: int) -> np.ndarray:
    """Discs and bars of one colour each."""
    samples = size * OVERSAMPLING
    y, x = (np.mgrid[:samples, :samples] + 0.5) / samples
    light = np.broadcast_to(rng.uniform(0.02, 0.7, 3), (samples, samples, 3)).copy()
    for _ in range(int(rng.integers(3, 9))):
        (left, top), (wide, high) = rng.uniform(0, 1, 2), rng.uniform(0.05, 0.3, 2)
        if rng.random() < 0.5:
            inside = ((x - left) / wide) ** 2 + ((y - top) / high) ** 2 < 1
        else:
            inside = (np.abs(x - left) < wide) & (np.abs(y - top) < high)
        light[inside] = rng.uniform(0.02, 0.7, 3)
    return _photographed(view(rng), light, size)


def _texture(rng: np.random.Generator, size: int) -> np.ndarray:
    samples = size * OVERSAMPLING
    y, x = (np.mgrid[:samples, :samples] + 0.5) / samples
    stretch, grain = rng.uniform(0.3, 3), rng.uniform(3, 20)
    seed = int(rng.integers(1 << 20))
    pattern = fractal_noise(np.stack([x * grain * stretch, y * grain], -1), 4, seed)
    share = smoothstep(pattern, *np.sort(rng.uniform([0.2, 0.55], [0.45, 0.8])))[..., None]
    first, second = rng.uniform(0.02, 0.7, (2, 3))
    return _photographed(view(rng), first + (second - first) * share, size)


def _photographed(taken: View, light: np.ndarray, size: int) -> np.ndarray:
    light = light.reshape(size, OVERSAMPLING, size, OVERSAMPLING, 3).mean((1, 3))
    return photograph(replace(taken, occlusion="none"), light)
