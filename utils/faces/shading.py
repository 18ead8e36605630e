"""Light on a head: direct light with its shadows, and light from all around."""

from __future__ import annotations

import numpy as np

from utils.faces.anatomy import Posed
from utils.faces.materials import Material
from utils.faces.views import View
from utils.graphics.meshes import dot, unit
from utils.graphics.raster import rasterise

# Red light spreads further below the skin than green and blue.
_SPREAD = np.array([0.35, 0.18, 0.12])
_DIRECT, _AROUND = 1.35, 0.50
_MAP, _MAP_WIDTH = 144, 3.6  # samples along the shadow map's side, and its width in decimetres
_SOFT = ((0.0, 0.0), (1.3, 0.4), (-0.4, 1.3), (-1.3, -0.4), (0.4, -1.3))


def light_direction(view: View) -> np.ndarray:
    """Unit vector from the head towards the light, ``(3,)``."""
    turn, rise = view.light_azimuth, view.light_elevation
    return np.array([np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)])


def shaded(
    view: View,
    material: Material,
    positions: np.ndarray,
    normals: np.ndarray,
    open_sky: np.ndarray,
    lit: np.ndarray,
) -> np.ndarray:
    """Return the light that spots send to the camera.

    Args:
        view: For its light and the camera's distance.
        material: What the spots are made of, ``n`` of them.
        positions: Where they are, ``(n, 3)``.
        normals: Where they face, unit vectors ``(n, 3)``.
        open_sky: Share of the surroundings that they see, ``(n,)``.
        lit: Share of the direct light that reaches them, ``(n,)``.

    Returns:
        Linear red, green and blue, ``(n, 3)``.
    """
    light = light_direction(view)
    direct = _DIRECT * view.light_strength * np.array(view.light_color)
    around = _AROUND * view.ambient * np.array(view.ambient_color)
    to_camera = unit(np.array([0, 0, view.distance]) - positions)
    facing = dot(normals, np.broadcast_to(light, normals.shape))
    spread = np.where(material.soft[:, None], _SPREAD, 0.0)
    matt = np.clip((facing[:, None] + spread) / (1 + spread), 0, None)
    # Among strands light goes on a little around the head.
    among = 0.8 * np.clip(0.6 * facing + 0.4, 0, None)
    matt = matt + (among[:, None] - matt) * material.hair[:, None]
    sky = (0.62 + 0.38 * normals[:, 1]) * open_sky
    reached = (0.12 + 0.88 * lit) * (0.4 + 0.6 * open_sky)
    color = material.color * (sky[:, None] * around + (matt * reached[:, None]) * direct)
    half = unit(light + to_camera)
    aligned = dot(normals, half)
    mirrored = material.shine * np.clip(aligned, 0, 1) ** material.gloss * (facing > -0.2)
    band = 0.09 * (0.3 + material.strand) * np.clip(1 - 6 * np.abs(aligned - 0.93), 0, 1)
    mirrored = mirrored + (band - mirrored) * material.hair
    rim = 0.05 * (1 - np.clip(dot(normals, to_camera), 0, 1)) ** 4 * (material.shine > 0)
    return color + (0.6 * mirrored * lit)[:, None] * direct + rim[:, None] * around


def lit_share(view: View, head: Posed, positions: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Tell how much of the direct light reaches spots past the head and its hair, ``(n,)``."""
    light = light_direction(view)
    across = unit(np.cross([0.0, 1.0, 0.0], light))
    axes = np.stack([across, np.cross(light, across), light])
    points, faces = [head.vertices], [head.faces]
    for sheet in head.sheets:
        if sheet.kind == "curtain":
            faces.append(sheet.faces + sum(len(group) for group in points))
            points.append(sheet.vertices)
    depth = np.full((_MAP, _MAP), np.inf)
    found = rasterise(_on_map(np.concatenate(points), axes), np.concatenate(faces), _MAP, _MAP)
    if found is not None:
        depth[found.window] = found.depth
    x, y, far = _on_map(positions + 0.05 * normals, axes).T
    total = np.zeros(len(positions))
    for shift_x, shift_y in _SOFT:
        column = np.clip((x + shift_x).astype(np.int64), 0, _MAP - 1)
        row = np.clip((y + shift_y).astype(np.int64), 0, _MAP - 1)
        total += far < depth[row, column] + 0.03
    return total / len(_SOFT)


def _on_map(points: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Column, row and distance from the light's side."""
    local = points @ axes.T
    scale = _MAP / _MAP_WIDTH
    return np.stack(
        [
            local[:, 0] * scale + _MAP / 2,
            (local[:, 1] + 0.25) * scale + _MAP / 2,
            20 - local[:, 2],
        ],
        1,
    )
