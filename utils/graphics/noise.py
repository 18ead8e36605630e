"""Smooth random patterns that are functions of a position: the same on every machine."""

from __future__ import annotations

import numpy as np

# Odd multipliers that spread the bits of lattice coordinates over a 32-bit hash.
_STEP_X, _STEP_Y, _MIX = np.uint32(374761393), np.uint32(668265263), np.uint32(1274126177)
_SEED = 2246822519


def smoothstep(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Rise smoothly from 0 at ``low`` to 1 at ``high``, with slope zero at both ends."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def lattice_noise(points: np.ndarray, seed: int = 0) -> np.ndarray:
    """Interpolate random values that sit at whole-numbered positions.

    Args:
        points: Positions ``(..., 2)``; the pattern's grain is 1 in their unit.
        seed: Another seed, another pattern.

    Returns:
        float32 ``(...)`` in [0, 1].
    """
    x, y = np.asarray(points[..., 0], np.float32), np.asarray(points[..., 1], np.float32)
    column, row = np.floor(x), np.floor(y)
    fx, fy = x - column, y - row
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    left = column.astype(np.int32).view(np.uint32) * _STEP_X
    low = row.astype(np.int32).view(np.uint32) * _STEP_Y + np.uint32(seed * _SEED & 0xFFFFFFFF)
    right, high = left + _STEP_X, low + _STEP_Y
    near, far = _hashed(left + low), _hashed(left + high)
    near += (_hashed(right + low) - near) * fx
    far += (_hashed(right + high) - far) * fx
    return near + (far - near) * fy


def fractal_noise(points: np.ndarray, octaves: int, seed: int = 0) -> np.ndarray:
    """Add lattice noise of ever finer grain and ever less weight.

    Args:
        points: Positions ``(..., 2)``; the coarsest grain is 1 in their unit.
        octaves: How many patterns; each is twice as fine as the one before and weighs half.
        seed: Another seed, another pattern.

    Returns:
        float32 ``(...)`` in [0, 1], 0.5 on average.
    """
    total, weight, scale = 0.0, 0.5, 1.0
    for octave in range(octaves):
        total = total + weight * lattice_noise(points * scale, seed + octave)
        weight, scale = weight / 2, scale * 2
    return total / (1 - 0.5**octaves)


def _hashed(n: np.ndarray) -> np.ndarray:
    # In place: this is where a renderer spends its time.
    n ^= n >> np.uint32(13)
    n *= _MIX
    n ^= n >> np.uint32(16)
    n &= np.uint32(0xFFFF)
    value = n.astype(np.float32)
    value *= np.float32(1 / 65535)
    return value
