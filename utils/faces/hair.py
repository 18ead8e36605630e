"""Hair: where it grows on a head, and the sheets of it that hang from one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.faces.people import Hair
from utils.graphics.noise import fractal_noise, lattice_noise, smoothstep

# The skull's outline by height, in decimetres above the eyes: half its width, and how far it
# reaches back and forwards from its axis at z = AXIS.
AXIS = -0.72
_HEIGHTS = (-2.4, -1.0, -0.4, 0.0, 0.3, 0.5, 0.62, 0.8, 0.92, 1.0, 1.06)
_HALF_WIDTHS = (0.90, 0.78, 0.75, 0.74, 0.73, 0.70, 0.67, 0.60, 0.50, 0.38, 0.20)
_BACK = (0.72, 0.76, 0.82, 0.88, 0.94, 0.93, 0.88, 0.78, 0.66, 0.50, 0.30)
_FRONT = (0.80, 0.86, 0.94, 0.97, 0.97, 0.92, 0.86, 0.72, 0.55, 0.40, 0.20)

# Thickness of hair on the scalp by style, in decimetres, and how lumpy it is.
_THICKNESS = {
    "bald": (0.0, 0.0), "shaved": (0.012, 0.1), "short": (0.075, 0.6), "swept": (0.17, 0.8),
    "curly": (0.26, 0.7), "bob": (0.11, 0.5), "long": (0.10, 0.5), "tied": (0.05, 0.2),
}  # fmt: skip
# How well hair of a style covers the scalp.
_COVER = {"bald": 0.10, "shaved": 0.72}

# Angles from straight ahead around the axis, and the hairline there, as heights above the one at
# the forehead: temple, sideburn, over the ear, behind it, nape.
_ANGLES = (0, 0.55, 0.80, 1.02, 1.18, 1.5, 1.75, 2.0, 3.2)
_DROPS = (0, -0.02, -0.10, -0.40, -0.72, -0.5, -0.75, -1.35, -1.5)


@dataclass(frozen=True)
class Sheet:
    """A thin surface that is clear in places: strands of hair, glasses, cloth.

    Attributes:
        kind: What it is made of.
        vertices: Positions on the average head, ``(V, 3)``.
        faces: Triangles, ``(F, 3)``.
        coordinates: Place on the sheet, from its left and from its top, ``(V, 2)``.
    """

    kind: str
    vertices: np.ndarray
    faces: np.ndarray
    coordinates: np.ndarray


def grid_sheet(kind: str, positions: np.ndarray, u: np.ndarray, v: np.ndarray) -> Sheet:
    """Make a sheet of positions on a grid, ``(len(v), len(u), 3)``."""
    rows, columns = len(v), len(u)
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    faces = np.concatenate(
        [
            np.stack([first, first + 1, first + columns], 1),
            np.stack([first + 1, first + columns + 1, first + columns], 1),
        ]
    )
    coordinates = np.stack(np.meshgrid(u, v), -1).reshape(-1, 2)
    return Sheet(kind, positions.reshape(-1, 3), faces, coordinates)


def angle_around(places: np.ndarray) -> np.ndarray:
    """Angle from straight ahead around the head, 0 to π, of places ``(..., 3)``."""
    return np.arctan2(np.abs(places[..., 0]), places[..., 2] + 0.85)


def inside_hair(places: np.ndarray, hair: Hair) -> np.ndarray:
    """Tell how far inside the hair places ``(..., 3)`` on the average head lie, in decimetres."""
    x, y = places[..., 0], places[..., 1]
    temples = hair.recession * np.exp(-(((np.abs(x) - 0.40) / 0.17) ** 2))
    line = 0.62 + hair.line + temples - 0.16 * np.minimum(np.abs(x), 0.6) ** 2 / 0.36
    if hair.style == "bald":
        line = line + 0.45
    return y - line - np.interp(angle_around(places), _ANGLES, _DROPS)


def cover(places: np.ndarray, hair: Hair) -> np.ndarray:
    """Tell how much of the skin at places ``(n, 3)`` hair hides, ``(n,)`` in [0, 1]."""
    x, y, z = places.T
    edge = fractal_noise(np.stack([x * 14 + z * 14, y * 7], -1), 3, hair.seed + 1) - 0.5
    # Single hairs stand before the hairline.
    inside = inside_hair(places, hair) + 0.16 * edge
    return smoothstep(inside, -0.05, 0.10) * _COVER.get(hair.style, 1.0)


def thickness(places: np.ndarray, hair: Hair) -> np.ndarray:
    """Tell how far hair stands off the scalp at places ``(n, 3)``, in decimetres."""
    usual, lumpy = _THICKNESS[hair.style]
    inside = inside_hair(places, hair)
    grain = 7.0 if hair.style == "curly" else 3.0
    around = np.stack(
        [angle_around(places) * grain + np.sign(places[:, 0]), places[:, 1] * grain], -1
    )
    lumps = fractal_noise(around, 3, hair.seed) - 0.5
    high = smoothstep(places[:, 1], 0.3, 1.0)
    if hair.style == "swept":
        # Combed up and back, higher on one side of the parting.
        lumps = lumps + 0.5 * hair.parting * places[:, 0]
    return usual * hair.volume * smoothstep(inside, -0.02, 0.3) * (1 + lumpy * (lumps + high))


def strands(places: np.ndarray, hair: Hair) -> np.ndarray:
    """Draw light and dark strands at places ``(n, 3)``, in [0, 1]."""
    x, y, z = places.T
    if hair.style in ("curly", "shaved", "bald"):
        return fractal_noise(np.stack([x * 16 + z * 9, y * 16 + z * 7], -1), 3, hair.seed + 3)
    angle = angle_around(places)
    wave = 0.25 * hair.waves * np.sin(6 * y + 3 * angle)
    # Over the top, strands run from the parting; at the sides, downwards.
    top = smoothstep(y, 0.55, 0.95)
    across = (1 - top) * (angle * 22 + x * 5) + top * (z * 20 + (x - 0.3 * hair.parting) * 3)
    along = (1 - top) * (y * 2 + z) + top * np.abs(x - 0.3 * hair.parting) * 3
    return fractal_noise(np.stack([across + 20 * wave, along], -1), 3, hair.seed + 3)


def sheets(hair: Hair) -> list[Sheet]:
    """Make the hair that hangs free: long hair, a fringe, a bun."""
    made = []
    if hair.style in ("bob", "long"):
        made.append(_curtain(hair))
    if hair.fringe != "none":
        made.append(_fringe(hair))
    return made


def _outline(angle: np.ndarray, height: np.ndarray, off: np.ndarray | float) -> np.ndarray:
    """Positions around the skull at angles and heights, standing off it by so much."""
    width = np.interp(height, _HEIGHTS, _HALF_WIDTHS) + off
    back = np.interp(height, _HEIGHTS, _BACK) + off
    front = np.interp(height, _HEIGHTS, _FRONT) + off
    deep = np.where(np.cos(angle) > 0, front, back)
    return np.stack([width * np.sin(angle), height, AXIS + deep * np.cos(angle)], -1)


def _curtain(hair: Hair) -> Sheet:
    """Hair that falls from the crown around the back of the head and beside the face."""
    u = np.linspace(-1, 1, 64)  # around the back, from one side of the face to the other
    v = np.linspace(0, 1, 26)  # from the crown down
    low = hair.length - 0.15
    grid_u, grid_v = np.meshgrid(u, v)
    height = 0.86 + (low - 0.86) * grid_v
    beside = 1.02 + 0.22 * smoothstep(height, 0.2, 0.8) + 0.16 * smoothstep(-height, 0.1, 0.9)
    angle = np.copysign(np.pi - (np.pi - beside) * np.abs(grid_u), grid_u)
    points = np.stack([angle * 2.2 + 9, height * 1.3], -1)
    body = fractal_noise(points, 2, hair.seed + 11) - 0.5
    wave = hair.waves * (0.05 * np.sin(7 * height + 4 * angle) + 0.08 * body)
    below = smoothstep(-height, -0.2, 0.6)
    off = 0.085 * hair.volume + (0.07 * hair.volume + wave) * below
    if hair.style == "bob":
        off = off - 0.10 * smoothstep(-height, -low - 0.35, -low)
    return grid_sheet("curtain", _outline(angle, height, off), u, v)


def _fringe(hair: Hair) -> Sheet:
    """Hair that falls over the forehead."""
    u, v = np.linspace(-1, 1, 33), np.linspace(0, 1, 12)
    grid_u, grid_v = np.meshgrid(u, v)
    height = 0.90 - 0.75 * grid_v
    off = 0.10 - 0.03 * grid_v + 0.03 * (hair.volume - 1)
    return grid_sheet("fringe", _outline(1.12 * grid_u, height, off), u, v)


def sheet_cover(kind: str, places: np.ndarray, hair: Hair) -> np.ndarray:
    """Tell how opaque sheets of hair are at places ``(n, 3)`` on the average head, 0 to 1."""
    x, y, z = places.T
    angle = np.arctan2(x, z - AXIS)
    locks = fractal_noise(np.stack([angle * 9 + 20, 0.6 * y], -1), 3, hair.seed + 21) - 0.5
    fine = lattice_noise(np.stack([angle * 60 + 90, y * 1.5], -1), hair.seed + 22) - 0.5
    if kind == "curtain":
        end = smoothstep(y - hair.length + 0.35 * locks + 0.10 * fine, -0.02, 0.06)
        front = 1.02 + 0.22 * smoothstep(y, 0.2, 0.8) + 0.16 * smoothstep(-y, 0.1, 0.9)
        beside = smoothstep(np.abs(angle) - front + 0.10 * fine + 0.12 * locks, 0.02, 0.10)
        return end * beside
    if hair.fringe == "straight":
        end = 0.26 + 0.10 * np.abs(x) + 0.25 * locks + 0.14 * fine
    else:
        # Swept from the parting to the other side.
        side = np.sign(hair.parting) or 1.0
        away = np.clip(side * (0.45 * side - x), 0, None)
        end = 0.66 - 0.55 * away + 0.9 * np.clip(side * x - 0.45, 0, None)
        end = end + 0.20 * locks + 0.12 * fine
        end = np.maximum(end, 0.16 + 0.3 * locks)
    sides = smoothstep(1.05 - np.abs(angle) + 0.2 * fine, 0.0, 0.15)
    return smoothstep(y - end, -0.03, 0.06) * sides * (0.75 + 0.5 * np.clip(locks + 0.3, 0, 0.5))
