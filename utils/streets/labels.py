"""What is known about a rendered picture: boxes, masks, depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Box(NamedTuple):
    """A rectangle in pixels, x to the right and y down, edges between pixels.

    ``right - left`` is its width: the top left pixel alone is ``Box(0, 0, 1, 1)``.
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.width * self.height


@dataclass(frozen=True)
class RoadUser:
    """A vehicle of which at least one pixel is seen.

    Attributes:
        kind: ``"car"``, ``"van"``, ``"bus"`` or ``"lorry"``.
        visible_box: Bounds of its pixels that are seen.
        full_box: Bounds of the whole vehicle, hidden parts included; it may reach beyond the
            picture. A vehicle that reaches behind the camera is cut off there.
        visible: Share of it that is seen, of what would be seen in the picture if nothing stood
            before it, 0 to 1. How much of it the picture's edge cuts off does not count here.
        truncated: Whether the full box reaches beyond the picture.
        distance: From the camera to the vehicle's middle along the ground, in metres.
        vehicle: Its place in ``scene.vehicles``.
    """

    kind: str
    visible_box: Box
    full_box: Box
    visible: float
    truncated: bool
    distance: float
    vehicle: int


@dataclass(frozen=True)
class Rendered:
    """A picture with its labels.

    Attributes:
        image: sRGB in [0, 1], float32 ``(H, W, 3)``.
        objects: Vehicles that are seen, nearest first.
        mask: Class of each pixel, uint8 ``(H, W)``; names in
            :data:`~utils.streets.classes.CLASS_NAMES`.
        instances: Which object each pixel belongs to, int16 ``(H, W)``: 0 for none, ``k + 1`` for
            ``objects[k]``.
        depth: Metres along the optical axis, float32 ``(H, W)``; infinite in the sky.
    """

    image: np.ndarray = field(repr=False)
    objects: tuple[RoadUser, ...]
    mask: np.ndarray = field(repr=False)
    instances: np.ndarray = field(repr=False)
    depth: np.ndarray = field(repr=False)
