"""Sixteen traffic signs as vector drawings, in the style of the Vienna Convention.

The course draws them itself, digits and letters included: no font and no picture file is read.
Convention on Road Signs and Signals, Vienna, 1968, annex 1, for shapes and colours; proportions
are simplified.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

RED, BLUE, YELLOW = (190, 22, 34), (8, 80, 158), (247, 186, 11)
WHITE, BLACK = (243, 243, 238), (22, 22, 24)

Point = tuple[float, float]
Color = tuple[int, int, int]

# Drawings are made this many times larger than asked for, then averaged: smooth edges.
_OVERSAMPLING = 4


class _Pen:
    """Draws in coordinates from −1 to 1, x to the right and y down, whatever the size."""

    def __init__(self, side: int) -> None:
        self.image = Image.new("RGBA", (side, side))
        self._draw = ImageDraw.Draw(self.image)
        self._half = side / 2

    def polygon(self, points: Sequence[Point], color: Color) -> None:
        self._draw.polygon(self._pixels(points), fill=(*color, 255))

    def disc(self, center: Point, radius: float, color: Color) -> None:
        (x, y), r = center, radius
        box = self._pixels([(x - r, y - r), (x + r, y + r)])
        self._draw.ellipse(box, fill=(*color, 255))

    def rounded(self, points: Sequence[Point], radius: float, color: Color) -> None:
        """Fill a convex polygon whose corners are rounded; it grows by the radius."""
        self.polygon(points, color)
        self.stroke([*points, points[0]], 2 * radius, color)

    def stroke(self, points: Sequence[Point], width: float, color: Color) -> None:
        """Draw a line with round ends and corners."""
        pixels = round(width * self._half)
        self._draw.line(self._pixels(points), fill=(*color, 255), width=pixels)
        for point in points:
            self.disc(point, width / 2, color)

    def arrow(self, points: Sequence[Point], width: float, color: Color, head: float = 2.6) -> None:
        """Draw a line with a triangle at its end, ``head`` times as wide as the line."""
        (x0, y0), (x1, y1) = points[-2:]
        along = np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0)
        across = np.array([-along[1], along[0]]) * head * width / 2
        base, tip = np.array([x1, y1]), np.array([x1, y1]) + along * head * width * 0.8
        self._draw.line(self._pixels(points), fill=(*color, 255), width=round(width * self._half))
        for point in points[1:-1]:
            self.disc(point, width / 2, color)
        self.polygon([tuple(base + across), tuple(base - across), tuple(tip)], color)

    def _pixels(self, points: Sequence[Point]) -> list[Point]:
        return [((x + 1) * self._half, (y + 1) * self._half) for x, y in points]


def _arc(
    center: Point, radius: float | Point, start: float, end: float, steps: int = 24
) -> list[Point]:
    """Points on an ellipse; degrees run clockwise from the right."""
    rx, ry = radius if isinstance(radius, tuple) else (radius, radius)
    angles = np.radians(np.linspace(start, end, steps))
    return [(center[0] + rx * np.cos(a), center[1] + ry * np.sin(a)) for a in angles]


def _mirrored(points: Sequence[Point], side: int) -> list[Point]:
    """Points as they are for ``side`` 1 (right), mirrored for −1 (left)."""
    return [(side * x, y) for x, y in points]


# Digits and letters lie in a box from (0, 0) to (1, 1), to be drawn with round strokes.
_GLYPHS: dict[str, list[list[Point]]] = {
    "0": [_arc((0.5, 0.5), (0.5, 0.5), 0, 360)],
    "3": [
        [*_arc((0.46, 0.25), (0.44, 0.25), 195, 450), *_arc((0.46, 0.75), (0.52, 0.27), -90, 165)]
    ],
    "5": [[(0.92, 0), (0.14, 0), (0.06, 0.46), *_arc((0.46, 0.68), (0.52, 0.33), 215, 510)]],
    "8": [_arc((0.5, 0.24), (0.42, 0.24), 0, 360), _arc((0.5, 0.74), (0.5, 0.26), 0, 360)],
    "S": [[*_arc((0.5, 0.25), (0.45, 0.25), -20, -270), *_arc((0.5, 0.75), (0.5, 0.25), -90, 160)]],
    "T": [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]],
    "O": [_arc((0.5, 0.5), (0.5, 0.5), 0, 360)],
    "P": [[(0.05, 1), (0.05, 0), *_arc((0.55, 0.27), (0.43, 0.27), -90, 90), (0.05, 0.54)]],
}


def _write(
    pen: _Pen, text: str, width: float, height: float, gap: float, stroke: float, color: Color
) -> None:
    """Write glyphs of one size side by side, centred."""
    left = -(len(text) * width + (len(text) - 1) * gap) / 2
    for place, letter in enumerate(text):
        x0, y0 = left + place * (width + gap), -height / 2
        for line in _GLYPHS[letter]:
            pen.stroke([(x0 + x * width, y0 + y * height) for x, y in line], stroke, color)


# Plates ------------------------------------------------------------------------------------------


def _regular(corners: int, radius: float, turn: float) -> list[Point]:
    angles = np.radians(turn + 360 * np.arange(corners) / corners)
    return [(radius * np.cos(a), radius * np.sin(a)) for a in angles]


def _prohibition(pen: _Pen) -> None:
    pen.disc((0, 0), 0.97, WHITE)
    pen.disc((0, 0), 0.94, RED)
    pen.disc((0, 0), 0.71, WHITE)


def _order(pen: _Pen) -> None:
    pen.disc((0, 0), 0.97, WHITE)
    pen.disc((0, 0), 0.92, BLUE)


def _warning(pen: _Pen) -> None:
    for radius, corner, color in ((0.98, 0.09, WHITE), (0.98, 0.06, RED), (0.62, 0.04, WHITE)):
        points = [(x, y + 0.22) for x, y in _regular(3, radius, -90)]
        pen.rounded(points, corner, color)


# Signs -------------------------------------------------------------------------------------------


def _stop(pen: _Pen) -> None:
    pen.polygon(_regular(8, 1.0, 22.5), WHITE)
    pen.polygon(_regular(8, 0.94, 22.5), RED)
    _write(pen, "STOP", 0.27, 0.52, 0.13, 0.105, WHITE)


def _yield(pen: _Pen) -> None:
    for radius, corner, color in ((0.98, 0.09, WHITE), (0.98, 0.06, RED), (0.56, 0.04, WHITE)):
        pen.rounded([(x, y - 0.22) for x, y in _regular(3, radius, 90)], corner, color)


def _priority_road(pen: _Pen) -> None:
    for radius, color in ((0.96, BLACK), (0.93, WHITE), (0.60, BLACK), (0.57, YELLOW)):
        pen.rounded(_regular(4, radius - 0.03, 0), 0.03, color)


def _no_entry(pen: _Pen) -> None:
    pen.disc((0, 0), 0.97, WHITE)
    pen.disc((0, 0), 0.93, RED)
    pen.polygon([(-0.72, -0.17), (0.72, -0.17), (0.72, 0.17), (-0.72, 0.17)], WHITE)


def _speed_limit(number: str) -> Callable[[_Pen], None]:
    def draw(pen: _Pen) -> None:
        _prohibition(pen)
        _write(pen, number, 0.31, 0.60, 0.20, 0.135, BLACK)

    return draw


def _no_turn(side: int) -> Callable[[_Pen], None]:
    def draw(pen: _Pen) -> None:
        _prohibition(pen)
        bend = _arc((0.10, 0.08), 0.26, 180, 270, 8)
        points = [(-0.16, 0.50), *bend, (0.20, -0.18)]
        pen.arrow(_mirrored([(x - 0.06, y) for x, y in points], side), 0.17, BLACK)
        pen.stroke([(-0.53, -0.53), (0.53, 0.53)], 0.15, RED)

    return draw


def _turn(side: int) -> Callable[[_Pen], None]:
    def draw(pen: _Pen) -> None:
        _order(pen)
        points = [(-0.30, 0.62), *_arc((-0.02, 0.14), 0.28, 180, 270, 8), (0.22, -0.14)]
        pen.arrow(_mirrored(points, side), 0.24, WHITE, head=2.5)

    return draw


def _roundabout(pen: _Pen) -> None:
    _order(pen)
    for start in (-75, 45, 165):
        pen.arrow(_arc((0, 0), 0.50, start, start - 72), 0.20, WHITE, head=2.3)


def _bend(side: int) -> Callable[[_Pen], None]:
    def draw(pen: _Pen) -> None:
        _warning(pen)
        curve = [(-0.13, 0.52), (-0.13, 0.30), *_arc((0.13, 0.22), 0.26, 180, 235, 8)]
        pen.arrow(_mirrored([*curve, (0.06, -0.06)], side), 0.13, BLACK)

    return draw


def _pedestrian_crossing(pen: _Pen) -> None:
    pen.rounded([(-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)], 0.10, WHITE)
    pen.rounded([(-0.84, -0.84), (0.84, -0.84), (0.84, 0.84), (-0.84, 0.84)], 0.07, BLUE)
    pen.polygon([(0, -0.76), (0.80, 0.70), (-0.80, 0.70)], WHITE)
    pen.disc((0.03, -0.29), 0.085, BLACK)
    pen.stroke([(0.0, -0.14), (-0.02, 0.16)], 0.15, BLACK)
    pen.stroke([(-0.02, -0.12), (-0.19, 0.02), (-0.22, 0.14)], 0.065, BLACK)
    pen.stroke([(0.02, -0.12), (0.15, 0.02), (0.26, 0.06)], 0.065, BLACK)
    pen.stroke([(-0.03, 0.18), (-0.12, 0.38), (-0.28, 0.52)], 0.09, BLACK)
    pen.stroke([(0.0, 0.18), (0.13, 0.36), (0.16, 0.52)], 0.09, BLACK)
    for x in (-0.52, -0.26, 0.0, 0.26, 0.52):
        pen.polygon([(x - 0.07, 0.58), (x + 0.07, 0.58), (x + 0.08, 0.66), (x - 0.08, 0.66)], BLACK)


def _cycle_path(pen: _Pen) -> None:
    _order(pen)
    rear, front, crank = (-0.42, 0.18), (0.42, 0.18), (-0.06, 0.18)
    seat, head = (-0.20, -0.22), (0.26, -0.22)
    for wheel in (rear, front):
        pen.stroke(_arc(wheel, 0.27, 0, 360), 0.085, WHITE)
    pen.stroke([rear, crank, head, seat, rear], 0.075, WHITE)
    pen.stroke([crank, seat, (-0.23, -0.34)], 0.075, WHITE)
    pen.stroke([front, (0.22, -0.38), (0.38, -0.38)], 0.075, WHITE)
    pen.stroke([(-0.34, -0.34), (-0.14, -0.34)], 0.085, WHITE)


_SIGNS: dict[str, Callable[[_Pen], None]] = {
    "stop": _stop,
    "yield": _yield,
    "priority road": _priority_road,
    "no entry": _no_entry,
    "speed limit 30": _speed_limit("30"),
    "speed limit 50": _speed_limit("50"),
    "speed limit 80": _speed_limit("80"),
    "no left turn": _no_turn(-1),
    "no right turn": _no_turn(1),
    "turn left": _turn(-1),
    "turn right": _turn(1),
    "roundabout": _roundabout,
    "bend left": _bend(-1),
    "bend right": _bend(1),
    "pedestrian crossing": _pedestrian_crossing,
    "cycle path": _cycle_path,
}
SIGN_NAMES: tuple[str, ...] = tuple(_SIGNS)


def draw_sign(name: str, size: int) -> np.ndarray:
    """Draw a clean sign, seen from the front, that fills the picture.

    Args:
        name: One of :data:`SIGN_NAMES`.
        size: Height and width in pixels, at least 8 and at most 1024.

    Returns:
        float32 of shape ``(size, size, 4)`` in [0, 1]: red, green, blue, and opacity (0 outside
        the sign, where the colours are 0 too).

    Raises:
        ValueError: If the name is unknown or the size is out of bounds.
    """
    if name not in _SIGNS:
        raise ValueError(f"There is no sign {name!r}. Choose one of: {', '.join(SIGN_NAMES)}.")
    if not 8 <= size <= 1024:
        raise ValueError(f"A sign is drawn 8 to 1024 pixels wide, got {size}.")
    return _drawn(name, int(size)).copy()


@cache
def _drawn(name: str, size: int) -> np.ndarray:
    pen = _Pen(size * _OVERSAMPLING)
    _SIGNS[name](pen)
    pixels = np.asarray(pen.image, np.float32) / 255
    color, opacity = pixels[..., :3], pixels[..., 3:]
    blocks = (size, _OVERSAMPLING, size, _OVERSAMPLING, -1)
    # Averaged with the opacity as weight: what is outside lends no colour to the edge.
    opacity_mean = opacity.reshape(blocks).mean((1, 3))
    color_mean = (color * opacity).reshape(blocks).mean((1, 3)) / np.maximum(opacity_mean, 1e-6)
    return np.concatenate([color_mean, opacity_mean], axis=-1)
