"""The head that all faces share: one mesh, and the ways in which it can be moved."""

from __future__ import annotations

import hashlib
import io
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from utils.data import DataError

FILE = Path(__file__).parent / "data" / "head.npz"
MANIFEST = Path(__file__).parent / "head.toml"

PARTS = ("skin", "left_eye", "right_eye", "upper_teeth", "lower_teeth", "tongue")
MASKS = ("lips", "eyelids", "ears", "mouth")

_MEND = (
    "In a clone of the repository, `git restore utils/faces` brings it back; "
    "`python -m utils.faces.make_head` cuts it out anew."
)


@dataclass(frozen=True)
class Head:
    """An average adult's head, and moves that make it somebody's.

    Coordinates are decimetres: x to the head's left, y up, z forwards; the origin lies between the
    eyes, which are 0.58 apart.

    Attributes:
        vertices: Positions, ``(V, 3)``.
        faces: Triangles of each of :data:`PARTS`, ``(F, 3)``.
        masks: How much each vertex belongs to each of :data:`MASKS`, ``(V,)`` in [0, 1].
        occlusion: Share of the sky that each vertex sees past the head itself, ``(V,)``.
        sliders: Names of the moves of shape; what stands before ``/`` is the region.
        slider_moves: What each end of a slider, −1 and 1, adds to the positions, in thousandths,
            int16 ``(S, 2, V, 3)``.
        units: Names of the movements of the face, after the muscles' action.
        unit_moves: What each adds at full strength, in thousandths, int16 ``(U, V, 3)``.
    """

    vertices: np.ndarray
    faces: dict[str, np.ndarray]
    masks: dict[str, np.ndarray]
    occlusion: np.ndarray
    sliders: tuple[str, ...]
    slider_moves: np.ndarray
    units: tuple[str, ...]
    unit_moves: np.ndarray

    @cached_property
    def eyes(self) -> tuple[np.ndarray, np.ndarray]:
        """Vertices of the head's left and right eyeball."""
        return np.unique(self.faces["left_eye"]), np.unique(self.faces["right_eye"])

    @cached_property
    def nose(self) -> int:
        """The vertex at the base of the nose."""
        skin = np.unique(self.faces["skin"])
        x, y, z = self.vertices[skin].T
        return int(skin[np.argmin(x**2 + (y + 0.42) ** 2 - 0.02 * z)])

    @cached_property
    def spread(self) -> np.ndarray:
        """How far the ends of each slider move the face, root mean square, ``(S,)``."""
        _, y, z = self.vertices.T
        front = np.flatnonzero((z > -0.7) & (y > -1.3) & (y < 0.9))
        moves = self.slider_moves[:, :, front].astype(np.float64) / 1000
        return np.sqrt((moves**2).sum(-1).mean(-1).max(1))

    def shaped(self, values: np.ndarray) -> np.ndarray:
        """Move all sliders.

        Args:
            values: A number from −1 to 1 for each slider, ``(S,)``.

        Returns:
            Positions, ``(V, 3)``.
        """
        vertices = self.vertices.astype(np.float64)
        for number in np.flatnonzero(np.abs(values) > 1e-3):
            end = self.slider_moves[number, int(values[number] > 0)]
            vertices += abs(values[number]) / 1000 * end
        return vertices

    def moved(self, vertices: np.ndarray, strengths: dict[str, float]) -> np.ndarray:
        """Add movements of the face, by unit and strength, to positions ``(V, 3)``."""
        vertices = vertices.copy()
        for unit, strength in strengths.items():
            vertices += strength / 1000 * self.unit_moves[self.units.index(unit)]
        return vertices


@cache
def head() -> Head:
    """Read and verify the head, once per process.

    Raises:
        DataError: If its file is missing or damaged; it says what to do.
    """
    for file in (MANIFEST, FILE):
        if not file.is_file():
            raise DataError(f"The head that all faces share, {file.name}, is missing. {_MEND}")
    content = FILE.read_bytes()
    entry = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["head"]
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise DataError(
            f"The head that all faces share, {FILE.name}, is not the file that the course was "
            f"written with: it is damaged or of another version. {_MEND}"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Head(
            vertices=arrays["vertices"].astype(np.float64),
            faces={name: arrays[f"faces_{name}"].astype(np.int64) for name in PARTS},
            masks={name: arrays[f"mask_{name}"] / 100 for name in MASKS},
            occlusion=arrays["occlusion"] / 100,
            sliders=tuple(str(name) for name in arrays["sliders"]),
            slider_moves=arrays["slider_moves"],
            units=tuple(str(name) for name in arrays["units"]),
            unit_moves=arrays["unit_moves"],
        )
