"""Lamp posts, signs, bins, guard rails and passers-by: what else stands in a street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.graphics.meshes import Mesh, ball, box, combined, prism, quads, smooth_mesh

Color = tuple[float, float, float]

FURNITURE = (
    "lamp post", "traffic light", "sign", "bin", "bollard", "shelter", "guard rail", "passer-by",
    "pillar",
)  # fmt: skip
_DULL, _LAMP = 0, 1
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Furniture:
    """A thing in the street that is neither vehicle nor house nor plant.

    Attributes:
        kind: One of :data:`FURNITURE`.
        x: Where it stands, metres to the right.
        z: Where it stands, metres ahead.
        height: In metres.
        side: 1 where the road lies to its left, −1 where it lies to its right.
        color: Its main colour.
        length: How far it stretches ahead, in metres; of guard rails and shelters only.
    """

    kind: str
    x: float
    z: float
    height: float
    side: int
    color: Color
    length: float = 0.0

    @property
    def lamp(self) -> np.ndarray:
        """Where a lamp post's lamp hangs, ``(3,)``."""
        return np.array([self.x - self.side * 1.3, self.height, self.z])


def furniture_mesh(thing: Furniture) -> Mesh:
    """Build a thing; ``coordinates`` are colours, part 1 gives off light in the dark.

    Raises:
        ValueError: If its kind is unknown.
    """
    if thing.kind not in FURNITURE:
        raise ValueError(
            f"There is no furniture {thing.kind!r}. Choose one of: {', '.join(FURNITURE)}."
        )
    builders = {
        "lamp post": _lamp_post, "traffic light": _traffic_light, "sign": _sign,
        "shelter": _shelter, "guard rail": _guard_rail, "passer-by": _passer_by,
        "pillar": _pillar,
    }  # fmt: skip
    return combined(builders.get(thing.kind, _block)(thing))


def _lamp_post(t: Furniture) -> list[Mesh]:
    head = t.lamp
    gray, half = np.array(t.color), np.array([0.32, 0.02, 0.12])
    arm = box(
        (min(t.x, head[0]), t.height, t.z - 0.04),
        (max(t.x, head[0]), t.height + 0.08, t.z + 0.04),
        gray,
    )
    return [
        prism((t.x, 0, t.z), (t.x, t.height, t.z), (0.09, 0.055), gray),
        arm,
        box(head - half, head + half + _UP * 0.1, gray, without=("bottom",)),
        box(head - 0.8 * half - _UP * 0.03, head + 0.8 * half, (0.8, 0.8, 0.75), _LAMP, ()),
    ]


def _traffic_light(t: Furniture) -> list[Mesh]:
    colors = ((0.9, 0.03, 0.02), (0.05, 0.03, 0.005), (0.01, 0.06, 0.02))
    if t.length > 0.5:
        colors = ((0.08, 0.01, 0.01), (0.05, 0.03, 0.005), (0.03, 0.8, 0.25))
    meshes = [
        prism((t.x, 0, t.z), (t.x, t.height, t.z), (0.07, 0.06), (0.08, 0.08, 0.085)),
        box((t.x - 0.17, t.height - 0.95, t.z - 0.14), (t.x + 0.17, t.height, t.z + 0.12),
            (0.015, 0.016, 0.016)),
    ]  # fmt: skip
    vertices, faces = ball(3, 6)
    for number, color in enumerate(colors):
        place = [t.x, t.height - 0.18 - 0.29 * number, t.z - 0.13]
        meshes.append(smooth_mesh(vertices * [0.11, 0.11, 0.05] + place, faces, _LAMP, color))
    return meshes


def _sign(t: Furniture) -> list[Mesh]:
    """A round or three-cornered plate on a post, seen from the near side."""
    corners = 3 if t.length > 0.5 else 14
    turn = np.pi / 2 + 2 * np.pi * np.arange(corners) / corners
    meshes = [prism((t.x, 0, t.z + 0.05), (t.x, t.height, t.z + 0.05), (0.035, 0.035), (0.3,) * 3)]
    rings = ((0.36, t.color, 0.0), (0.25, (0.75, 0.75, 0.72), 0.015))
    for radius, color, ahead in rings if t.color[0] > t.color[2] else rings[:1]:
        rim = np.stack([t.x + radius * np.cos(turn), t.height - 0.3 + radius * np.sin(turn),
                        np.full(corners, t.z - ahead)], 1)  # fmt: skip
        vertices = np.concatenate([rim, [[t.x, t.height - 0.3, t.z - ahead]]])
        number = np.arange(corners)
        faces = np.stack([number, np.roll(number, -1), np.full(corners, corners)], 1)
        meshes.append(smooth_mesh(vertices, faces, _DULL, color))
    return meshes


def _shelter(t: Furniture) -> list[Mesh]:
    """A bus stop's roof on posts, with a back wall and a poster."""
    deep, gray = 1.4, np.array([0.12, 0.12, 0.13])
    x0, x1 = sorted((t.x, t.x + t.side * deep))
    back = t.x + t.side * deep
    z1 = t.z + t.length
    roof = box((x0, t.height, t.z), (x1, t.height + 0.1, z1), gray, without=())
    bench = box(
        (back - 0.25, 0.42, t.z + 0.5), (back + 0.05, 0.5, z1 - 0.5), (0.2, 0.12, 0.06), without=()
    )
    wall = quads([[(back, 0.3, t.z), (back, 0.3, z1), (back, t.height, z1), (back, t.height, t.z)]],
                 (0.16, 0.19, 0.20))  # fmt: skip
    poster = box((x0, 0.5, z1 - 0.1), (x1, 2.0, z1), t.color, without=())
    posts = [
        prism((x, 0, z), (x, t.height, z), (0.05, 0.05), gray, 4)
        for x in (x0, x1)
        for z in (t.z, z1)
    ]
    return [roof, bench, wall, poster, *posts]


def _guard_rail(t: Furniture) -> list[Mesh]:
    rail = box((t.x - 0.05, 0.45, t.z), (t.x + 0.05, 0.75, t.z + t.length), t.color, without=())
    places = np.arange(t.z, t.z + min(t.length, 60), 4.0)
    posts = [box((t.x - 0.05, 0, z), (t.x + 0.05, 0.5, z + 0.1), (0.25,) * 3) for z in places]
    return [rail, *posts]


def _passer_by(t: Furniture) -> list[Mesh]:
    """A figure of rounded blocks; its size follows its height."""
    h = t.height
    vertices, faces = ball(3, 7)
    dark, skin = np.array(t.color)[::-1] * 0.35 + 0.01, np.array([0.42, 0.26, 0.18])
    step = 0.09 * t.side
    hair = dark * 0.4
    blocks = (
        ((0, 0.62, 0), (0.22, 0.20, 0.14), t.color),  # chest
        ((0, 0.77, 0), (0.235, 0.09, 0.13), t.color),  # shoulders
        ((0, 0.93, 0), (0.09, 0.075, 0.10), skin),
        ((0, 0.965, 0.01), (0.095, 0.05, 0.10), hair),
        ((-0.22, 0.62, step), (0.06, 0.19, 0.07), t.color),  # arms
        ((0.22, 0.62, -step), (0.06, 0.19, 0.07), t.color),
        ((-0.09, 0.25, -step), (0.09, 0.26, 0.10), dark),  # legs
        ((0.09, 0.25, step), (0.09, 0.26, 0.10), dark),
    )
    foot = np.array([t.x, 0, t.z])
    return [
        smooth_mesh(vertices * [rx, ry * h, rz] + [px, py * h, pz] + foot, faces, _DULL, color)
        for (px, py, pz), (rx, ry, rz), color in blocks
    ]


def _pillar(t: Furniture) -> list[Mesh]:
    """A round pillar for posters."""
    base, top = (t.x, 0, t.z), (t.x, t.height, t.z)
    return [
        prism(base, top, (0.6, 0.6), t.color, 12),
        prism(
            (t.x, t.height, t.z), (t.x, t.height + 0.5, t.z), (0.75, 0.1), (0.03, 0.08, 0.05), 12
        ),
    ]


def _block(t: Furniture) -> list[Mesh]:
    half = 0.28 if t.kind == "bin" else 0.08
    return [box((t.x - half, 0, t.z - half), (t.x + half, t.height, t.z + half), t.color)]
