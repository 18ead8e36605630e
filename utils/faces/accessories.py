"""What is worn on a face: glasses, a mask, a hat."""

from __future__ import annotations

import numpy as np

from utils.faces.hair import Sheet, angle_around, grid_sheet
from utils.faces.people import Glasses
from utils.graphics.noise import smoothstep

# Half the width and half the height of a lens, in decimetres, and how square it is.
_LENSES = {"round": (0.185, 0.165, 2.2), "square": (0.205, 0.135, 4.0), "wide": (0.225, 0.150, 3.0)}
_CENTER = (0.295, -0.035)
SUNGLASSES = Glasses("wide", 1.08, 0.035, (0.01, 0.01, 0.012))


def glasses_sheets() -> list[Sheet]:
    """Make the front of a pair of glasses, and its two arms."""
    u, v = np.linspace(-0.66, 0.66, 25), np.linspace(0.24, -0.30, 5)
    x, y = np.meshgrid(u, v)
    # Wrapped a little around the face.
    front = np.stack([x, y, 0.335 - 0.22 * x**2], -1)
    along = np.linspace(0, 1, 9)
    arms = []
    for side in (-1, 1):
        s, w = np.meshgrid(along, np.array([0.03, -0.03]))
        z = 0.335 - 0.22 * 0.56**2 - 0.86 * s
        arms.append(
            grid_sheet(
                "arm",
                np.stack([side * (0.58 + 0.24 * s), 0.03 + w - 0.02 * s, z], -1),
                along,
                np.array([0.0, 1.0]),
            )
        )
    return [*arms, grid_sheet("glasses", front, u, v)]


def glasses_parts(places: np.ndarray, glasses: Glasses) -> tuple[np.ndarray, np.ndarray]:
    """Tell where on their sheet, ``(n, 2)``, glasses have a frame and where a lens, 0 to 1."""
    wide, high, power = _LENSES[glasses.frame]
    x, y = np.abs(places[:, 0]) - _CENTER[0], places[:, 1] - _CENTER[1]
    wide, high = wide * glasses.size, high * glasses.size
    # A superellipse; scaled so that it measures a distance near its edge.
    form = ((np.abs(x) / wide) ** power + (np.abs(y) / high) ** power) ** (1 / power)
    edge = (form - 1) * min(wide, high)
    frame = 1 - smoothstep(np.abs(edge) - glasses.thickness / 2, 0.0, 0.012)
    bridge = (np.abs(places[:, 0]) < _CENTER[0] - wide + 0.02) & (
        np.abs(y - 0.04 + 0.5 * places[:, 0] ** 2) < glasses.thickness / 2 + 0.004
    )
    hinge = (x > wide) & (np.abs(y - 0.06) < 0.03)
    return np.maximum(frame, bridge | hinge), (edge < 0).astype(float)


def mask_sheet() -> Sheet:
    """Make a mask over mouth and nose."""
    u, v = np.linspace(-0.62, 0.62, 25), np.linspace(0, 1, 12)
    x, s = np.meshgrid(u, v)
    y = -0.20 - 0.86 * s + 0.10 * x**2 * (1 - 2 * s)
    middle = np.interp(s, [0, 0.2, 0.45, 0.75, 1], [0.345, 0.475, 0.465, 0.39, 0.22])
    return grid_sheet(
        "mask", np.stack([x, y, middle - (1.05 + 0.3 * s) * x**2 - 1.3 * x**4], -1), u, v
    )


def mask_light(coordinates: np.ndarray) -> np.ndarray:
    """How light the cloth of a mask is at places on its sheet ``(n, 2)``: pleats run across."""
    pleats = 0.5 + 0.5 * np.sin(coordinates[:, 1] * 4 * 2 * np.pi)
    hem = smoothstep(np.abs(coordinates[:, 1] - 0.5), 0.44, 0.47)
    return (0.82 + 0.18 * pleats) * (1 - 0.12 * hem)


def under_hat(places: np.ndarray) -> np.ndarray:
    """Tell how far above the rim of a woollen hat places ``(n, 3)`` lie, in decimetres."""
    return places[:, 1] - 0.46 + 0.17 * smoothstep(angle_around(places), 0.4, 2.2)
