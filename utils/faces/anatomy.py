"""From a person and a view to surfaces in space."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from utils.faces import accessories
from utils.faces.hair import Sheet, sheets, thickness
from utils.faces.head import PARTS, Head, head
from utils.faces.people import Identity
from utils.faces.views import MOVEMENTS, View
from utils.graphics.meshes import smooth_normals
from utils.graphics.noise import smoothstep

# Eyes are brought to this distance, in decimetres, so that all heads have one scale.
EYE_DISTANCE = 0.577
# The head turns about this point, where it sits on the neck.
_PIVOT = np.array([0.0, -0.2, -0.9])
# From this yaw on, in radians, the whole body has turned, and eyes and nose align no picture.
FROM_THE_SIDE = 1.2
# How much of a smaller turn the shoulders follow.
_SHOULDERS = 0.35
# The hat's wool.
_WOOL = 0.10


@dataclass(frozen=True)
class Posed:
    """Surfaces of one picture, in decimetres: x to the picture's right, y up, z to the camera.

    Attributes:
        vertices: Positions of the head's vertices, ``(V, 3)``.
        resting: The same before the head turns, ``(V, 3)``.
        faces: The head's triangles, ``(F, 3)``.
        parts: Which of :data:`~utils.faces.head.PARTS` each triangle belongs to, ``(F,)``.
        sheets: What hangs on the head, with positions in space.
        places: Where the sheets' vertices lie on the average head.
    """

    vertices: np.ndarray
    resting: np.ndarray
    faces: np.ndarray
    parts: np.ndarray
    sheets: tuple[Sheet, ...]
    places: tuple[np.ndarray, ...]


def wears_glasses(person: Identity, view: View) -> bool:
    """Tell whether the person's own glasses are seen."""
    return person.glasses is not None and view.glasses and view.occlusion != "sunglasses"


def posed(person: Identity, view: View) -> Posed:
    """Shape, move, dress and turn a head."""
    whole = head()
    resting = whole.moved(_shape(person), _movements(view))
    resting = _scaled(whole, resting)
    fit = _affine(whole, resting)
    resting = resting + _standing_off(whole, resting, person, view)
    worn = _worn(person, view)
    placed = [_fitted(sheet, fit, resting, whole) for sheet in worn]
    faces = np.concatenate([whole.faces[name] for name in PARTS])
    parts = np.repeat(np.arange(len(PARTS)), [len(whole.faces[name]) for name in PARTS])
    return Posed(
        vertices=_turned(resting, view),
        resting=resting,
        faces=faces,
        parts=parts,
        sheets=tuple(
            Sheet(sheet.kind, _turned(positions, view), sheet.faces, sheet.coordinates)
            for sheet, positions in zip(worn, placed, strict=True)
        ),
        places=tuple(sheet.vertices for sheet in worn),
    )


@lru_cache(maxsize=64)
def _shape(person: Identity) -> np.ndarray:
    """The person's head at rest, ``(V, 3)``."""
    whole = head()
    values = np.array(person.shape)
    values[whole.sliders.index("sex")] = 2 * person.masculinity - 1
    values[whole.sliders.index("age-female")] = person.aging * (1 - person.masculinity)
    values[whole.sliders.index("age-male")] = person.aging * person.masculinity
    return whole.shaped(values)


def _movements(view: View) -> dict[str, float]:
    """Strengths of the movements of the face."""
    units = head().units
    # A mouth at rest is not quite that of the source, which looks stern.
    strengths = {"mouthSmileLeft": 0.12, "mouthSmileRight": 0.12}
    for name, full in MOVEMENTS[view.expression].items():
        sides = [name] if name in units else [f"{name}Left", f"{name}Right"]
        strengths |= {unit: full * view.strength for unit in sides}
    for side in ("Left", "Right"):
        name = f"eyeBlink{side}"
        strengths[name] = max(strengths.get(name, 0.0), view.blink)
    return strengths


def _scaled(whole: Head, vertices: np.ndarray) -> np.ndarray:
    """Bring the eyes to their places."""
    left, right = (vertices[eye].mean(0) for eye in whole.eyes)
    apart = np.sqrt(np.sum((left - right) ** 2))
    return (vertices - (left + right) / 2) * (EYE_DISTANCE / apart)


def _affine(whole: Head, vertices: np.ndarray) -> np.ndarray:
    """Find how the average skull becomes this one: rows x, y, z and a shift, ``(4, 3)``."""
    y, z = whole.vertices[:, 1], whole.vertices[:, 2]
    skull = np.flatnonzero((y > -0.15) & ((y > 0.25) | (z < -0.3)) & (whole.masks["ears"] < 0.2))
    known = np.column_stack([whole.vertices[skull], np.ones(len(skull))])
    return np.linalg.solve(known.T @ known, known.T @ vertices[skull])


def _standing_off(whole: Head, resting: np.ndarray, person: Identity, view: View) -> np.ndarray:
    """How far hair or a hat move the surface off the scalp, ``(V, 3)``."""
    skin = whole.faces["skin"]
    off = thickness(whole.vertices, person.hair)
    if view.occlusion == "hat":
        covered = smoothstep(accessories.under_hat(whole.vertices), -0.01, 0.05)
        off = off * (1 - covered) + (0.4 * off + _WOOL) * covered
    off = off * (1 - smoothstep(whole.masks["ears"], 0.2, 0.6))
    return smooth_normals(resting, skin) * off[:, None]


def _worn(person: Identity, view: View) -> list[Sheet]:
    worn = sheets(person.hair)
    if view.occlusion == "hat":
        worn = [sheet for sheet in worn if sheet.kind != "fringe"]
    if view.occlusion == "mask":
        worn = [accessories.mask_sheet(), *worn]
    if view.occlusion == "sunglasses" or wears_glasses(person, view):
        worn = [*accessories.glasses_sheets(), *worn]
    return worn


def _fitted(sheet: Sheet, fit: np.ndarray, resting: np.ndarray, whole: Head) -> np.ndarray:
    """Bring a sheet from the average head to this one."""
    positions = sheet.vertices @ fit[:3] + fit[3]
    if sheet.kind in ("glasses", "arm", "mask"):
        # On the face, the widths of the skull do not matter; it must clear nose and brows.
        positions = sheet.vertices.copy()
        x, y, z = whole.vertices.T
        near = (np.abs(x) < 0.5) & (y > -0.06) & (y < 0.24) & (z > 0.05)
        if sheet.kind == "mask":
            near = (np.abs(x) < 0.3) & (y > -1.0) & (y < -0.25) & (z > 0.1)
        front = np.flatnonzero(near)
        ahead = resting[front, 2] - whole.vertices[front, 2]
        positions[:, 2] += np.quantile(ahead, 0.9) + 0.01
        positions[:, 0] *= fit[0, 0] if sheet.kind == "arm" else 1.0
        if sheet.kind == "mask":
            down = resting[whole.nose, 1] - whole.vertices[whole.nose, 1]
            positions[:, 1] += down
    return positions


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Turn about the upright axis, then up, then clockwise in the picture, ``(3, 3)``."""
    sine, cosine = np.sin(yaw), np.cos(yaw)
    turn = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
    sine, cosine = np.sin(pitch), np.cos(pitch)
    nod = np.array([[1, 0, 0], [0, cosine, sine], [0, -sine, cosine]])
    sine, cosine = np.sin(roll), np.cos(roll)
    tilt = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    return tilt @ nod @ turn


def _turned(points: np.ndarray, view: View) -> np.ndarray:
    """Turn the head, and the shoulders less far."""
    around = points - _PIVOT
    far = around @ rotation(view.yaw, view.pitch, view.roll).T
    share = _SHOULDERS if abs(view.yaw) < FROM_THE_SIDE else 1.0
    near = around @ rotation(share * view.yaw, 0.0, _SHOULDERS * view.roll).T
    follows = smoothstep(points[:, 1] + 0.45 * (points[:, 2] + 0.9), -1.75, -0.75)[:, None]
    return near + (far - near) * follows + _PIVOT
