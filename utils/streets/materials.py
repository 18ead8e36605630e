"""What a surface gives a light to work with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Samples:
    """Points of one object that the camera sees.

    Attributes:
        coordinates: What the mesh holds for its material, ``(n, 3)``.
        normals: Unit normals in the object's own frame, towards the camera, ``(n, 3)``.
        parts: Part of the object that each belongs to, ``(n,)``.
        footprint: How many metres a sample spans there, ``(n,)``.
    """

    coordinates: np.ndarray
    normals: np.ndarray
    parts: np.ndarray
    footprint: np.ndarray


@dataclass
class Surface:
    """The look of points of a surface, painted on step by step.

    Attributes:
        albedo: Share of light that is scattered, linear red, green, blue, ``(n, 3)``.
        mirror: Share of light that is reflected at right angles, ``(n,)``.
        glow: Light that it gives off, ``(n, 3)``.
    """

    albedo: np.ndarray
    mirror: np.ndarray
    glow: np.ndarray

    @classmethod
    def plain(cls, count: int, color: object, mirror: float = 0.03) -> Surface:
        """Return a surface of one colour; ``color`` is ``(3,)`` or ``(count, 3)``."""
        albedo = np.array(np.broadcast_to(np.asarray(color, float), (count, 3)))
        return cls(albedo, np.full(count, mirror), np.zeros((count, 3)))

    def paint(
        self, where: np.ndarray, color: object, mirror: float | None = None, glow: object = None
    ) -> None:
        """Paint some of the points.

        Args:
            where: Which ones, bool ``(n,)``.
            color: Their new albedo.
            mirror: Their new reflectance; left as it is when None.
            glow: The light that they give off; left as it is when None.
        """
        self.albedo[where] = color
        if mirror is not None:
            self.mirror[where] = mirror
        if glow is not None:
            self.glow[where] = glow
