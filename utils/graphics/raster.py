"""A pinhole camera and a z-buffer, in plain NumPy without a loop over triangles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from utils.graphics.meshes import Mesh, unit

# Nothing nearer to the camera than this is drawn, in metres.
NEAR = 0.25


@dataclass(frozen=True)
class Viewpoint:
    """A pinhole camera over a grid of samples.

    Attributes:
        eye: Where it stands, ``(3,)``.
        axes: Its directions to the right, down and ahead as rows, ``(3, 3)``.
        focal: Focal length in samples.
        width: Samples across.
        height: Samples down.
    """

    eye: np.ndarray
    axes: np.ndarray
    focal: float
    width: int
    height: int

    def project(self, points: np.ndarray) -> np.ndarray:
        """Map points ``(N, 3)`` of the world to column, row and depth, ``(N, 3)``.

        Depth is metres along the optical axis; what lies behind the camera has no place.
        """
        x, y, depth = ((points - self.eye) @ self.axes.T).T
        depth = np.maximum(depth, 1e-6)
        return np.stack(
            [
                self.focal * x / depth + self.width / 2,
                self.focal * y / depth + self.height / 2,
                depth,
            ],
            1,
        )

    def depth(self, points: np.ndarray) -> np.ndarray:
        """Return how far ahead points ``(N, 3)`` lie along the optical axis, ``(N,)``."""
        return (points - self.eye) @ self.axes[2]

    @cached_property
    def rays(self) -> np.ndarray:
        """Unit directions through the samples' centres, ``(height, width, 3)``."""
        x = (np.arange(self.width) + 0.5 - self.width / 2) / self.focal
        y = (np.arange(self.height) + 0.5 - self.height / 2) / self.focal
        right, down, ahead = self.axes
        rays = x[None, :, None] * right + y[:, None, None] * down + ahead
        return unit(rays)


@dataclass(frozen=True)
class Fragments:
    """What a mesh covers inside a window of the sample grid.

    Attributes:
        left: First column of the window.
        top: First row of the window.
        face: Triangle nearest to the camera, ``(h, w)``; −1 where there is none.
        weights: Place inside that triangle, as weights of its corners, ``(h, w, 3)``.
        depth: Its depth in metres, ``(h, w)``; infinite where there is none.
    """

    left: int
    top: int
    face: np.ndarray
    weights: np.ndarray
    depth: np.ndarray

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the whole grid."""
        height, width = self.face.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


def cut_at_camera(mesh: Mesh, view: Viewpoint) -> Mesh:
    """Cut away what lies behind the camera or nearer than :data:`NEAR`.

    Args:
        mesh: A mesh in world coordinates.
        view: The camera.

    Returns:
        The mesh itself where nothing is to be cut; else one whose triangles all lie ahead.
    """
    depth = view.depth(mesh.vertices) - NEAR
    ahead = (depth > 0)[mesh.faces]
    count = ahead.sum(1)
    if (count == 3).all():
        return mesh
    # Turn each cut triangle so that the corner which is alone on its side comes first.
    cut = np.flatnonzero((count == 1) | (count == 2))
    lonely = np.argmax(ahead[cut] == (count[cut] == 1)[:, None], 1)
    turned = mesh.faces[cut[:, None], (lonely[:, None] + np.arange(3)) % 3]
    first, others = turned[:, :1], turned[:, 1:]
    share = depth[first] / (depth[first] - depth[others])

    def at_cut(values: np.ndarray) -> np.ndarray:
        return values[first] + (values[others] - values[first]) * share[..., None]

    one = np.flatnonzero(count[cut] == 1)
    two = np.flatnonzero(count[cut] == 2)
    new = len(mesh.vertices) + np.arange(2 * len(cut)).reshape(-1, 2)
    faces = [
        mesh.faces[count == 3],
        np.stack([turned[one, 0], new[one, 0], new[one, 1]], 1),
        np.stack([new[two, 0], turned[two, 1], turned[two, 2]], 1),
        np.stack([new[two, 0], turned[two, 2], new[two, 1]], 1),
    ]
    kept = [
        mesh.parts[count == 3],
        mesh.parts[cut[one]],
        mesh.parts[cut[two]],
        mesh.parts[cut[two]],
    ]
    return Mesh(
        np.concatenate([mesh.vertices, at_cut(mesh.vertices).reshape(-1, 3)]),
        np.concatenate(faces),
        np.concatenate([mesh.normals, at_cut(mesh.normals).reshape(-1, 3)]),
        np.concatenate([mesh.coordinates, at_cut(mesh.coordinates).reshape(-1, 3)]),
        np.concatenate(kept),
    )


def rasterise(points: np.ndarray, faces: np.ndarray, width: int, height: int) -> Fragments | None:
    """Find the nearest triangle at every sample's centre.

    All pairs of a triangle and a sample in its bounding box are tested at once; then the samples
    inside are written far first, so that the nearest stays.

    Args:
        points: Column, row and depth of the vertices, ``(V, 3)``, all depths positive.
        faces: Vertex numbers of the triangles, ``(F, 3)``.
        width: Samples across.
        height: Samples down.

    Returns:
        The fragments in the smallest window that holds them; None where nothing is covered.
    """
    x, y, depth = points[faces].transpose(2, 0, 1).copy()
    area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    left = np.clip(np.ceil(_least(x) - 0.5), 0, width).astype(np.int64)
    right = np.clip(np.floor(-_least(-x) + 0.5), 0, width).astype(np.int64)
    top = np.clip(np.ceil(_least(y) - 0.5), 0, height).astype(np.int64)
    bottom = np.clip(np.floor(-_least(-y) + 0.5), 0, height).astype(np.int64)
    number = np.flatnonzero((np.abs(area) > 1e-9) & (right > left) & (bottom > top))
    if not len(number):
        return None
    x, y, area = x[number], y[number], area[number]
    left, right, top, bottom = left[number], right[number], top[number], bottom[number]
    wide, samples = right - left, (right - left) * (bottom - top)
    triangle = np.repeat(np.arange(len(number)), samples)
    place = np.arange(samples.sum()) - np.repeat(np.cumsum(samples) - samples, samples)
    row, column = np.divmod(place, np.repeat(wide, samples))
    column += np.repeat(left, samples)
    row += np.repeat(top, samples)
    # Weights of the first two corners are affine in the sample's position.
    dx = column + np.repeat(0.5 - x[:, 2], samples)
    dy = row + np.repeat(0.5 - y[:, 2], samples)
    slopes = np.stack([y[:, 1] - y[:, 2], x[:, 2] - x[:, 1], y[:, 2] - y[:, 0], x[:, 0] - x[:, 2]])
    slopes = slopes / area
    first = np.repeat(slopes[0], samples) * dx + np.repeat(slopes[1], samples) * dy
    second = np.repeat(slopes[2], samples) * dx + np.repeat(slopes[3], samples) * dy
    inside = np.flatnonzero((first >= 0) & (second >= 0) & (first + second <= 1))
    if not len(inside):
        return None
    triangle, first, second = triangle[inside], first[inside], second[inside]
    column, row = column[inside], row[inside]
    # Perspective: weights on the screen become weights in space by the inverse depths.
    weights = np.stack([first, second, 1 - first - second], 1) / depth[number[triangle]]
    distance = 1 / (weights[:, 0] + weights[:, 1] + weights[:, 2])
    x0, y0 = column.min(), row.min()
    shape = (int(row.max() - y0) + 1, int(column.max() - x0) + 1)
    cell = (row - y0) * shape[1] + column - x0
    order = np.argsort(-distance, kind="stable")
    winner = np.full(shape[0] * shape[1], -1)
    winner[cell[order]] = order
    hit = np.flatnonzero(winner >= 0)
    nearest = winner[hit]
    face = np.full(len(winner), -1)
    face[hit] = number[triangle[nearest]]
    placed = np.zeros((len(winner), 3))
    placed[hit] = weights[nearest] * distance[nearest, None]
    depths = np.full(len(winner), np.inf)
    depths[hit] = distance[nearest]
    return Fragments(
        int(x0), int(y0), face.reshape(shape), placed.reshape(*shape, 3), depths.reshape(shape)
    )


def _least(values: np.ndarray) -> np.ndarray:
    """The least of three columns."""
    return np.minimum(np.minimum(values[:, 0], values[:, 1]), values[:, 2])
