"""Triangle meshes, and the few shapes that streets are made of.

World coordinates are metres: x to the right, y up from the ground, z ahead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mesh:
    """Triangles in space with what a material needs to colour them.

    Attributes:
        vertices: Positions, ``(V, 3)``.
        faces: Vertex numbers of each triangle, ``(F, 3)``.
        normals: Directions that the surface faces at its vertices, ``(V, 3)``.
        coordinates: What the material reads at each vertex, ``(V, 3)``: a position in the object's
            own frame, a place on a wall, or a colour.
        parts: Which part of the object each triangle belongs to, ``(F,)``.
    """

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    coordinates: np.ndarray
    parts: np.ndarray


def combined(meshes: Iterable[Mesh]) -> Mesh:
    """Put meshes side by side into one; at least one is needed."""
    meshes = list(meshes)
    starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([m.faces + start for m, start in zip(meshes, starts, strict=True)]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.coordinates for mesh in meshes]),
        np.concatenate([mesh.parts for mesh in meshes]),
    )


def smooth_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Average the normals of the triangles at each vertex, weighted by area.

    Args:
        vertices: ``(V, 3)``.
        faces: ``(F, 3)``.

    Returns:
        Unit vectors ``(V, 3)``; zero where no triangle meets.
    """
    corners = vertices[faces]
    across = _cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        for axis in range(3):
            normals[:, axis] += np.bincount(faces[:, corner], across[:, axis], len(vertices))
    return unit(normals)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scale vectors ``(..., 3)`` to length 1; a zero vector stays zero."""
    return vectors / np.maximum(np.sqrt(dot(vectors, vectors)), 1e-12)[..., None]


def dot(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the inner products of vectors ``(..., 3)``, ``(...)``."""
    # Far quicker than a sum over an axis of length three.
    return np.einsum("...i,...i->...", first, second)


def blended(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mix the values at triangles' corners ``(n, 3, k)`` by weights ``(n, 3)``, ``(n, k)``."""
    return np.einsum("nij,ni->nj", values, weights)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    (ax, ay, az), (bx, by, bz) = a.T, b.T
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], 1)


def smooth_mesh(vertices: np.ndarray, faces: np.ndarray, part: int, color: object = None) -> Mesh:
    """Make a mesh of one part with smooth normals.

    Args:
        vertices: ``(V, 3)``.
        faces: ``(F, 3)``.
        part: The part of all its triangles.
        color: What the material reads, one colour ``(3,)`` or one a vertex ``(V, 3)``; the
            vertices' positions when left out.
    """
    coordinates = vertices if color is None else np.broadcast_to(color, vertices.shape)
    normals = smooth_normals(vertices, faces)
    return Mesh(vertices, faces, normals, coordinates, np.full(len(faces), part))


def quads(corners: np.ndarray, coordinates: np.ndarray, part: int = 0) -> Mesh:
    """Make flat four-sided faces.

    Args:
        corners: ``(n, 4, 3)``, in order around each face.
        coordinates: What the material reads, ``(n, 4, 3)`` or what broadcasts to it.
        part: The part of all of them.
    """
    corners = np.asarray(corners, float)
    across = _cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0])
    first = 4 * np.arange(len(corners))[:, None]
    faces = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
    return Mesh(
        corners.reshape(-1, 3),
        faces,
        np.repeat(unit(across), 4, axis=0),
        np.broadcast_to(coordinates, corners.shape).reshape(-1, 3),
        np.full(len(faces), part),
    )


# The faces of a box as picks of low (0) or high (1) along x, y and z; normals point outwards.
_SIDES = {
    "left": ((0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0)),
    "right": ((1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1)),
    "top": ((0, 1, 0), (0, 1, 1), (1, 1, 1), (1, 1, 0)),
    "near": ((0, 0, 0), (0, 1, 0), (1, 1, 0), (1, 0, 0)),
    "far": ((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)),
    "bottom": ((0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 1)),
}


def box(
    low: Sequence[float],
    high: Sequence[float],
    color: object = None,
    part: int = 0,
    without: Sequence[str] = ("bottom",),
) -> Mesh:
    """Make a box along the axes.

    Args:
        low: Its corner with the smallest coordinates, ``(3,)``.
        high: The opposite corner.
        color: What the material reads; positions when left out.
        part: The part of all its faces.
        without: Faces to leave out, of left, right, top, bottom, near, far.
    """
    bounds = np.array([low, high], float)
    picks = np.array([side for name, side in _SIDES.items() if name not in without])
    corners = bounds[picks, [0, 1, 2]]
    return quads(corners, corners if color is None else color, part)


def prism(
    base: Sequence[float],
    top: Sequence[float],
    radii: tuple[float, float],
    color: object,
    sides: int = 6,
    part: int = 0,
) -> Mesh:
    """Make a round post between two points, open at its ends.

    Args:
        base: Centre of its lower end.
        top: Centre of its upper end.
        radii: Radius at the base and at the top.
        color: What the material reads.
        sides: Corners of its cross-section.
        part: The part of its faces.
    """
    base, top = np.asarray(base, float), np.asarray(top, float)
    along = unit(top - base)
    helper = np.array([1.0, 0, 0]) if abs(along[1]) > 0.5 else np.array([0, 1.0, 0])
    first = unit(np.cross(along, helper))
    second = np.cross(along, first)
    angles = 2 * np.pi * np.arange(sides) / sides
    spokes = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * second
    vertices = np.concatenate([base + radii[0] * spokes, top + radii[1] * spokes])
    a, b = np.arange(sides), np.roll(np.arange(sides), -1)
    faces = np.concatenate([np.stack([a, b, b + sides], 1), np.stack([a, b + sides, a + sides], 1)])
    coordinates = np.broadcast_to(color, vertices.shape)
    return Mesh(
        vertices, faces, np.concatenate([spokes, spokes]), coordinates, np.full(len(faces), part)
    )


def ball(rings: int = 4, around: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Return vertices ``(V, 3)`` and faces ``(F, 3)`` of a ball of radius 1."""
    tilt = np.pi * np.arange(1, rings + 1) / (rings + 1)
    turn = 2 * np.pi * np.arange(around) / around
    ring = np.stack(
        [
            np.sin(tilt)[:, None] * np.cos(turn),
            np.cos(tilt)[:, None] * np.ones(around),
            np.sin(tilt)[:, None] * np.sin(turn),
        ],
        -1,
    ).reshape(-1, 3)
    vertices = np.concatenate([ring, [[0.0, 1, 0], [0, -1.0, 0]]])
    a = np.arange(around)
    b = np.roll(a, -1)
    faces = [np.stack([np.full(around, len(ring)), a, b], 1)]
    for row in range(rings - 1):
        up, down = row * around, (row + 1) * around
        faces += [
            np.stack([a + up, a + down, b + down], 1),
            np.stack([a + up, b + down, b + up], 1),
        ]
    last = (rings - 1) * around
    faces.append(np.stack([np.full(around, len(ring) + 1), b + last, a + last], 1))
    return vertices, np.concatenate(faces)
