"""Street scenes that the course draws itself, with exact labels: nothing to download.

A :class:`Scene` says what is where; :func:`render` draws it, with boxes, masks and depth that
follow from the geometry. :func:`street_scenes` loads the set that ships with the course.

World coordinates are metres: x to the right, y up, z ahead along the road. Picture coordinates are
pixels: x to the right, y down, edges between pixels.
"""

from __future__ import annotations

from utils.streets.classes import CLASS_COLORS, CLASS_NAMES
from utils.streets.ground import SETTINGS
from utils.streets.labels import Box, Rendered, RoadUser
from utils.streets.rendering import render
from utils.streets.scenes import SPLITS, VIEWS, Scene, scene
from utils.streets.shipped import StreetScenes, street_scenes
from utils.streets.vehicles import KINDS
from utils.streets.weather import WEATHERS

__all__ = [
    "CLASS_COLORS",
    "CLASS_NAMES",
    "KINDS",
    "SETTINGS",
    "SPLITS",
    "VIEWS",
    "WEATHERS",
    "Box",
    "Rendered",
    "RoadUser",
    "Scene",
    "StreetScenes",
    "render",
    "scene",
    "street_scenes",
]
