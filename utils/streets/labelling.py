"""Labels from what each sample shows: all follow from the geometry, none is drawn by hand."""

from __future__ import annotations

import numpy as np

from utils.graphics.raster import Viewpoint
from utils.streets.classes import BACKGROUND, SKY
from utils.streets.labels import Box, Rendered, RoadUser
from utils.streets.scenes import Scene
from utils.streets.tracing import GROUND, Floor, Thing, Traced


def labelled(
    scene: Scene, view: Viewpoint, things: list[Thing], traced: Traced, floor: Floor,
    image: np.ndarray,
) -> Rendered:  # fmt: skip
    """Give each pixel to the surface that covers most of its samples, and bound the vehicles.

    Args:
        scene: The scene.
        view: The camera.
        things: Its things.
        traced: Which of them each sample shows.
        floor: The ground that is seen.
        image: The finished picture, ``(H, W, 3)``.

    Returns:
        The picture with its labels.
    """
    height, width = image.shape[:2]
    over = view.width // width

    def per_pixel(values: np.ndarray) -> np.ndarray:
        grid = values.reshape(height, over, width, over)
        return np.moveaxis(grid, 1, 2).reshape(height, width, -1)

    kinds = np.array([thing.kind for thing in things] + [BACKGROUND, SKY, BACKGROUND], np.uint8)
    kind = kinds[traced.thing]
    ground = traced.thing == GROUND
    kind[floor.samples] = floor.ground.kind
    # Ground of two kinds is two surfaces.
    surface = np.where(ground, -10 - kind.astype(int), traced.thing)
    samples, depths = per_pixel(surface), per_pixel(traced.depth)
    votes = (samples[..., :, None] == samples[..., None, :]).sum(-1)
    # The most votes win, then the nearest.
    nearest = np.argsort(np.argsort(depths, axis=-1, kind="stable"), axis=-1, kind="stable")
    winner = np.argmax(votes * samples.shape[-1] - nearest, axis=-1)[..., None]
    surface = np.take_along_axis(samples, winner, -1)[..., 0]
    mask = np.take_along_axis(per_pixel(kind), winner, -1)[..., 0]
    depth = np.take_along_axis(depths, winner, -1)[..., 0]
    objects, instances = _road_users(scene, view, things, traced, surface)
    return Rendered(image, objects, mask, instances, depth.astype(np.float32))


def _road_users(
    scene: Scene, view: Viewpoint, things: list[Thing], traced: Traced, surface: np.ndarray
) -> tuple[tuple[RoadUser, ...], np.ndarray]:
    height, width = surface.shape
    found = []
    for number in np.unique(surface[surface >= 0]):
        place = things[number].vehicle
        if place is None:
            continue
        vehicle = scene.vehicles[place]
        rows, columns = np.nonzero(surface == number)
        seen = Box(
            *(float(v) for v in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        )
        used = np.unique(things[number].mesh.faces)
        corners = view.project(things[number].mesh.vertices[used])[:, :2] * (width / view.width)
        full = Box(*(float(v) for v in (*corners.min(0), *corners.max(0))))
        share = np.count_nonzero(traced.thing == number) / traced.alone[number]
        cut = full.left < 0 or full.top < 0 or full.right > width or full.bottom > height
        distance = float(np.hypot(vehicle.x - view.eye[0], vehicle.z - view.eye[2]))
        user = RoadUser(vehicle.kind, seen, full, float(share), bool(cut), distance, place)
        found.append((user, number))
    found.sort(key=lambda pair: pair[0].distance)
    instances = np.zeros(surface.shape, np.int16)
    for place, (_, number) in enumerate(found, 1):
        instances[surface == number] = place
    return tuple(user for user, _ in found), instances
