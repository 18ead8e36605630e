"""What the camera sees at each sample: meshes of everything, and which of them is nearest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from utils.graphics.meshes import Mesh, combined
from utils.graphics.raster import Viewpoint, cut_at_camera, rasterise
from utils.streets.buildings import building_mesh, paint_building
from utils.streets.classes import BACKGROUND, BUILDING, CAR, CLASS_NAMES, VEGETATION
from utils.streets.furniture import furniture_mesh
from utils.streets.greenery import hedge_mesh, tree_mesh
from utils.streets.ground import Ground, ground_at
from utils.streets.materials import Samples, Surface
from utils.streets.scenes import Scene
from utils.streets.vehicle_bodies import vehicle_mesh
from utils.streets.vehicle_paint import paint_vehicle
from utils.streets.weather import skyline

# Surfaces that are no thing: numbers of things begin at 0.
GROUND, NO_THING, HILLS = -1, -2, -3
# The far skyline is drawn on the sky; this is how far away it is said to be, in metres.
FAR = 600.0


@dataclass(frozen=True)
class Thing:
    """Something with a mesh.

    Attributes:
        mesh: In world coordinates, cut at the camera.
        kind: Its class.
        paint: What it looks like at points of it.
        axes: Its own directions as rows; None for the world's.
        glossy: Whether it mirrors its surroundings.
        leafy: Whether light passes through it.
        vehicle: Its place in ``scene.vehicles``; None for what is no vehicle.
    """

    mesh: Mesh
    kind: int
    paint: Callable[[Samples], Surface]
    axes: np.ndarray | None = None
    glossy: bool = True
    leafy: bool = False
    vehicle: int | None = None


@dataclass
class Traced:
    """What the camera sees at each sample, as flat arrays.

    Attributes:
        thing: Number of a thing, or a surface that is none.
        face: Triangle of its mesh.
        weights: Place in that triangle.
        depth: Metres along the optical axis.
        alone: For each thing, how many samples it would cover if it stood alone.
    """

    thing: np.ndarray
    face: np.ndarray
    weights: np.ndarray
    depth: np.ndarray
    alone: dict[int, int]


@dataclass(frozen=True)
class Floor:
    """The ground that the camera sees.

    Attributes:
        samples: Which samples show it, ``(n,)``.
        points: Where, ``(n, 3)``.
        ground: What it is there.
    """

    samples: np.ndarray
    points: np.ndarray
    ground: Ground


def things_of(scene: Scene, view: Viewpoint) -> list[Thing]:
    """Build every mesh of a scene."""
    weather = scene.weather
    things = []
    for number, vehicle in enumerate(scene.vehicles):
        middle = np.array([vehicle.x, vehicle.height / 2, vehicle.z])
        radius = (vehicle.length + vehicle.height) / 2
        if _in_sight(view, middle, radius + _shadow(scene, vehicle.height)):
            things.append(_vehicle_thing(scene, number, view))
    # By day few windows are lit; by night not all.
    lit = 0.34 if weather.dark else 0.10 if weather.name in ("evening", "storm") else 0.0
    for building in scene.buildings:
        low = np.array([building.left, 0.0, building.near])
        high = np.array([building.right, building.height + 6.0, building.far])
        if not _in_sight(view, (low + high) / 2, float(np.linalg.norm(high - low)) / 2 + 1.5):
            continue

        def paint(samples: Samples, building=building) -> Surface:
            return paint_building(building, samples, lit)

        things.append(Thing(cut_at_camera(building_mesh(building), view), BUILDING, paint))
    plants = []
    for tree in scene.trees:
        middle = np.array([tree.x, tree.height / 2, tree.z])
        if _in_sight(view, middle, 0.7 * tree.height + _shadow(scene, tree.height)):
            plants.append(tree_mesh(tree, _leaves(tree, view)))
    plants += [hedge_mesh(hedge) for hedge in scene.hedges]
    if plants:
        mesh = cut_at_camera(combined(plants), view)
        things.append(Thing(mesh, VEGETATION, _plain, glossy=False, leafy=True))
    if scene.furniture:
        mesh = cut_at_camera(combined([furniture_mesh(f) for f in scene.furniture]), view)
        shine = 1.6 if weather.dark else 0.9

        def dull(samples: Samples) -> Surface:
            surface = _plain(samples)
            lamp = samples.parts == 1
            white = samples.coordinates.min(1) > 0.5
            glow = (
                samples.coordinates * np.where(white, 3.0 if weather.dark else 0.0, shine)[:, None]
            )
            surface.glow[lamp] = glow[lamp]
            return surface

        things.append(Thing(mesh, BACKGROUND, dull, glossy=False))
    return things


def _vehicle_thing(scene: Scene, number: int, view: Viewpoint) -> Thing:
    vehicle = scene.vehicles[number]
    place = np.array([vehicle.x, 0, vehicle.z])
    distance = max(np.linalg.norm(place - view.eye), 1.0)
    detail = float(np.clip(view.focal * 4.5 / distance / 150, 0.3, 1.0))
    mesh = vehicle_mesh(vehicle, detail)
    world = Mesh(
        mesh.vertices @ vehicle.axes + place, mesh.faces, mesh.normals @ vehicle.axes,
        mesh.vertices, mesh.parts,
    )  # fmt: skip

    def paint(samples: Samples) -> Surface:
        return paint_vehicle(vehicle, samples, scene.weather.dark)

    kind = CAR + CLASS_NAMES[CAR:].index(vehicle.kind)
    return Thing(cut_at_camera(world, view), kind, paint, vehicle.axes, vehicle=number)


def _shadow(scene: Scene, height: float) -> float:
    """How far a shadow falls: what is out of sight may still throw one into the picture."""
    if not any(scene.weather.sunlight):
        return 0.0
    return min(height / scene.weather.sun[1], 14.0)


def _in_sight(view: Viewpoint, middle: np.ndarray, radius: float) -> bool:
    """Whether a ball may touch what the camera sees, above or below the ground."""
    right, _, ahead = view.axes @ (middle - view.eye)
    # Distances to the planes through the eye along the picture's left and right edges.
    half = view.width / 2
    edge = (abs(right) * view.focal - ahead * half) / np.hypot(view.focal, half)
    return ahead > -radius and edge < radius


def _leaves(tree, view: Viewpoint) -> int:
    distance = max(np.hypot(tree.x - view.eye[0], tree.z), 2.0)
    size = view.focal * tree.spread / distance
    return int(np.clip(0.9 * size**2, 120, 4000))


def _plain(samples: Samples) -> Surface:
    return Surface.plain(len(samples.parts), samples.coordinates, 0.03)


def trace(scene: Scene, view: Viewpoint, things: list[Thing], mirrored: bool = False) -> Traced:
    """Find what each sample shows; ``mirrored`` looks at the things' images under the ground."""
    count = view.width * view.height
    depth = np.full((view.height, view.width), np.inf)
    thing = np.full((view.height, view.width), NO_THING)
    if not mirrored:
        rays = view.rays
        below = rays[..., 1] < -1e-3
        steps = view.eye[1] / np.maximum(-rays[..., 1], 1e-3)
        depth[below] = (steps * (rays @ view.axes[2]))[below]
        thing[below] = GROUND
        low = ~below & (rays[..., 1] < 0.15)
        town = 1.0 if scene.road.setting in ("street", "crossing") else 0.3
        hills = np.zeros_like(low)
        hills[low] = skyline(scene.weather, rays[low], scene.road.seed, town)
        thing[hills], depth[hills] = HILLS, FAR
    face = np.full((view.height, view.width), -1)
    weights = np.zeros((view.height, view.width, 3))
    alone = {}
    for number, one in enumerate(things):
        vertices = one.mesh.vertices * [1, -1, 1] if mirrored else one.mesh.vertices
        if not len(one.mesh.faces):
            continue
        found = rasterise(view.project(vertices), one.mesh.faces, view.width, view.height)
        if found is None:
            continue
        covered = found.face >= 0
        alone[number] = int(covered.sum())
        window = found.window
        nearer = covered & (found.depth < depth[window])
        depth[window][nearer] = found.depth[nearer]
        thing[window][nearer] = number
        face[window][nearer] = found.face[nearer]
        weights[window][nearer] = found.weights[nearer]
    return Traced(
        thing.reshape(count), face.reshape(count), weights.reshape(count, 3),
        depth.reshape(count), alone,
    )  # fmt: skip


def floor_of(scene: Scene, view: Viewpoint, traced: Traced) -> Floor:
    """Find the ground that is seen, and what it is there."""
    samples = np.flatnonzero(traced.thing == GROUND)
    rays = view.rays.reshape(-1, 3)[samples]
    points = view.eye + rays * (view.eye[1] / -rays[:, 1])[:, None]
    points[:, 1] = 0.0
    distance = traced.depth[samples]
    footprint = np.clip(distance / view.focal / np.sqrt(np.maximum(-rays[:, 1], 0.02)), 0, 3)
    return Floor(samples, points, ground_at(scene.road, points[:, 0], points[:, 2], footprint))
