"""Draws a scene: geometry into samples, samples into light, light into a picture with labels."""

from __future__ import annotations

import numpy as np

from utils.graphics.raster import Viewpoint
from utils.streets.labelling import labelled
from utils.streets.labels import Rendered
from utils.streets.lighting import light_of
from utils.streets.photograph import photograph
from utils.streets.scenes import Camera, Scene
from utils.streets.tracing import floor_of, things_of, trace

# Samples along each side of a pixel.
OVERSAMPLING = 2


def render(scene: Scene, width: int = 160, height: int = 128) -> Rendered:
    """Draw a scene.

    Args:
        scene: What is where, of :func:`~utils.streets.scenes.scene`.
        width: Width of the picture in pixels, 16 to 2048. It spans the camera's field of view.
        height: Height in pixels, 16 to 2048: a taller picture shows more sky and more road.

    Returns:
        The picture and its labels. The same scene gives the same picture at any time; on another
        processor single pixels may differ a little.

    Raises:
        ValueError: If a side is out of bounds.
    """
    if not (16 <= width <= 2048 and 16 <= height <= 2048):
        raise ValueError(f"A picture's sides are 16 to 2048 pixels, got {width} by {height}.")
    view = viewpoint(scene.camera, width * OVERSAMPLING, height * OVERSAMPLING)
    things = things_of(scene, view)
    traced = trace(scene, view, things)
    floor = floor_of(scene, view, traced)
    light = light_of(scene, view, things, traced, floor)
    pixels = light.reshape(height, OVERSAMPLING, width, OVERSAMPLING, 3).mean((1, 3))
    image = photograph(scene, pixels)
    return labelled(scene, view, things, traced, floor, image)


def viewpoint(camera: Camera, width: int, height: int) -> Viewpoint:
    """Return the pinhole camera of a scene over a grid of samples."""
    sine, cosine = np.sin(camera.yaw), np.cos(camera.yaw)
    right = np.array([cosine, 0.0, -sine])
    level = np.array([sine, 0.0, cosine])
    ahead = level * np.cos(camera.pitch) - [0, np.sin(camera.pitch), 0]
    down = -level * np.sin(camera.pitch) - [0, np.cos(camera.pitch), 0]
    turn, side = np.cos(camera.roll), np.sin(camera.roll)
    axes = np.stack([turn * right + side * down, turn * down - side * right, ahead])
    focal = width / 2 / np.tan(camera.field / 2)
    return Viewpoint(np.array([camera.x, camera.height, 0.0]), axes, float(focal), width, height)
