"""The classes that pixels of a street scene belong to."""

from __future__ import annotations

BACKGROUND, ROAD, PAVEMENT, BUILDING, VEGETATION, SKY, CAR, VAN, BUS, LORRY = range(10)

CLASS_NAMES: tuple[str, ...] = (
    "background",  # street furniture, passers-by, the far skyline
    "road",
    "pavement",
    "building",
    "vegetation",  # trees, hedges, grass
    "sky",
    "car",
    "van",
    "bus",
    "lorry",
)

# Colours to draw a mask with, sRGB in [0, 1]; told apart by who is colour-blind, too: they differ
# in brightness as well as in hue (after Okabe and Ito, Color Universal Design, 2008).
CLASS_COLORS: tuple[tuple[float, float, float], ...] = (
    (0.10, 0.10, 0.10),
    (0.45, 0.45, 0.48),
    (0.72, 0.70, 0.68),
    (0.55, 0.36, 0.28),
    (0.00, 0.62, 0.45),
    (0.75, 0.88, 0.97),
    (0.84, 0.37, 0.00),
    (0.94, 0.89, 0.26),
    (0.00, 0.45, 0.70),
    (0.80, 0.47, 0.65),
)
