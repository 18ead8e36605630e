"""How much light every sample of a picture gets: things, ground, sky, and the air between."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, uniform_filter

from utils.graphics.meshes import Mesh, blended, combined, dot, unit
from utils.graphics.noise import smoothstep
from utils.graphics.raster import Viewpoint, cut_at_camera, rasterise
from utils.streets.classes import BUILDING
from utils.streets.greenery import leafy
from utils.streets.materials import Samples, Surface
from utils.streets.scenes import Scene
from utils.streets.shading import Lamp, in_sunlight, lamps_of, shaded
from utils.streets.tracing import GROUND, HILLS, NO_THING, Floor, Thing, Traced, trace
from utils.streets.weather import sky_color


def light_of(
    scene: Scene, view: Viewpoint, things: list[Thing], traced: Traced, floor: Floor
) -> np.ndarray:
    """Return the light at every sample.

    Args:
        scene: The scene.
        view: The camera.
        things: Its things.
        traced: Which of them each sample shows.
        floor: The ground that is seen.

    Returns:
        Linear red, green, blue, ``(samples, 3)``.
    """
    rays = view.rays.reshape(-1, 3)
    lamps = lamps_of(scene)
    light = np.zeros((len(rays), 3))
    sky = (traced.thing == NO_THING) | (traced.thing == HILLS)
    light[sky] = sky_color(scene.weather, rays[sky])
    hills = traced.thing == HILLS
    dim = 0.5 * np.array(scene.weather.horizon) + (
        np.zeros(3) if scene.weather.dark else [0.0, 0.012, 0.0]
    )
    clear = np.clip(1 - scene.weather.haze * 140, 0.0, 0.85)
    light[hills] = light[hills] * (1 - clear) + dim * clear
    for number in np.unique(traced.thing[traced.thing >= 0]):
        chosen = np.flatnonzero(traced.thing == number)
        light[chosen] = _thing_light(
            scene, things[number], traced, chosen, view.eye, view.focal, lamps
        )
    if len(floor.samples):
        light[floor.samples] = _ground_light(scene, view, things, floor, rays, lamps)
    solid = traced.thing >= GROUND
    air = np.exp(-scene.weather.haze * np.minimum(traced.depth[solid], 400))[:, None]
    light[solid] = light[solid] * air + np.array(scene.weather.horizon) * (1 - air)
    return light


def _thing_light(
    scene: Scene, thing: Thing, traced: Traced, chosen: np.ndarray, eye: np.ndarray,
    focal: float, lamps: list[Lamp],
) -> np.ndarray:  # fmt: skip
    mesh = thing.mesh
    corners, weights = mesh.faces[traced.face[chosen]], traced.weights[chosen]
    points = blended(mesh.vertices[corners], weights)
    normals = unit(blended(mesh.normals[corners], weights))
    to_eye = unit(eye - points)
    away = dot(normals, to_eye) < 0
    normals[away] *= -1
    samples = Samples(
        blended(mesh.coordinates[corners], weights),
        normals if thing.axes is None else normals @ thing.axes.T,
        mesh.parts[traced.face[chosen]],
        traced.depth[chosen] / focal,
    )
    surface = thing.paint(samples)
    open_ = 0.45 + 0.55 * smoothstep(points[:, 1], 0, 2.5)
    if thing.vehicle is not None:
        open_ = 0.28 + 0.72 * smoothstep(points[:, 1], 0, 0.9)
        sunny = in_sunlight(points + 0.05 * normals, scene.weather, scene.buildings)
    elif thing.leafy:
        surface.albedo = leafy(points, surface.albedo, samples.footprint)
        # Leaves let some of the light through from behind.
        normals = unit(0.7 * normals + 0.3 * np.array(scene.weather.sun))
        open_ = 0.55 + 0.45 * smoothstep(points[:, 1], 0, 2.0)
        sunny = in_sunlight(points, scene.weather, scene.buildings)
    else:
        sunny = in_sunlight(points + 0.08 * normals, scene.weather, scene.buildings)
    return shaded(scene, lamps, points, normals, to_eye, surface, open_, sunny * 1.0, thing.glossy)


def _ground_light(
    scene: Scene, view: Viewpoint, things: list[Thing], floor: Floor, rays: np.ndarray,
    lamps: list[Lamp],
) -> np.ndarray:  # fmt: skip
    weather, ground, points = scene.weather, floor.ground, floor.points
    chosen, rays = floor.samples, rays[floor.samples]
    wet = weather.wet * np.clip(0.4 + 0.9 * ground.puddles, 0, 1)
    albedo = ground.albedo * (1 - 0.45 * wet)[:, None]
    sunny = np.ones(len(points))
    if any(weather.sunlight):
        sunny = in_sunlight(points, weather, scene.buildings) * 1.0
        sunny *= 1 - _cast_shadows(scene, view, things)[chosen]
    normals = np.broadcast_to([0.0, 1.0, 0.0], points.shape)
    open_ = _open_ground(scene, points)
    surface = Surface(albedo, np.full(len(points), 0.02), np.zeros_like(albedo))
    light = shaded(scene, lamps, points, normals, -rays, surface, open_, sunny, glossy=False)
    if weather.wet:
        # Schlick's approximation for water, blurred by the roughness of asphalt.
        share = 0.02 + 0.98 * np.clip(1 + rays[:, 1], 0, 1) ** 5
        share = np.clip(share * wet**1.5 * 1.1, 0, 0.85)[:, None]
        mirror = _mirror_image(scene, view, things, lamps)[chosen]
        light = light * (1 - share) + mirror * share
    return light


def _cast_shadows(scene: Scene, view: Viewpoint, things: list[Thing]) -> np.ndarray:
    """Share of sunlight that vehicles, plants and furniture keep from the ground, ``(samples,)``.

    Their meshes are pressed flat onto the ground along the sun's rays and drawn at half
    resolution.
    """
    sun = np.array(scene.weather.sun)
    half = Viewpoint(view.eye, view.axes, view.focal / 2, view.width // 2, view.height // 2)
    dark = np.zeros((half.height, half.width))
    flats = []
    for thing in things:
        if thing.kind == BUILDING or not len(thing.mesh.faces):
            continue
        vertices = thing.mesh.vertices
        fallen = vertices - sun * (np.maximum(vertices[:, 1:2], 0) / sun[1])
        flats.append(Mesh(fallen, thing.mesh.faces, fallen, fallen, thing.mesh.parts))
    if flats:
        mesh = cut_at_camera(combined(flats), half)
        found = rasterise(half.project(mesh.vertices), mesh.faces, half.width, half.height)
        if found is not None:
            dark[found.window] = found.face >= 0
    dark = np.repeat(np.repeat(dark, 2, axis=0), 2, axis=1)
    return uniform_filter(dark, 3).reshape(-1)


def _open_ground(scene: Scene, points: np.ndarray) -> np.ndarray:
    """How much of the sky the ground sees: less under vehicles and along walls."""
    x, z = points[:, 0], points[:, 2]
    open_ = np.ones(len(points))
    for vehicle in scene.vehicles:
        wide, deep = vehicle.reach
        near = np.flatnonzero(
            (np.abs(x - vehicle.x) < wide + 1.5) & (np.abs(z - vehicle.z) < deep + 1.5)
        )
        if not len(near):
            continue
        place = (points[near] - [vehicle.x, 0, vehicle.z]) @ vehicle.axes.T
        beside = np.maximum(
            np.abs(place[:, [0, 2]]) - [vehicle.length / 2 - 0.2, vehicle.width / 2 - 0.12], 0
        )
        open_[near] *= 0.12 + 0.88 * smoothstep(np.hypot(*beside.T), -0.05, 0.85)
    for b in scene.buildings:
        near = np.flatnonzero(
            (x > b.left - 2.5) & (x < b.right + 2.5) & (z > b.near - 2.5) & (z < b.far + 2.5)
        )
        if not len(near):
            continue
        across = np.maximum(np.maximum(b.left - x[near], x[near] - b.right), 0)
        along = np.maximum(np.maximum(b.near - z[near], z[near] - b.far), 0)
        open_[near] *= 0.6 + 0.4 * smoothstep(np.hypot(across, along), 0, 2.5)
    return open_


def _mirror_image(
    scene: Scene, view: Viewpoint, things: list[Thing], lamps: list[Lamp]
) -> np.ndarray:
    """What wet ground mirrors, ``(samples, 3)``: drawn at half resolution and blurred downwards."""
    half = Viewpoint(view.eye, view.axes, view.focal / 2, view.width // 2, view.height // 2)
    cut = []
    for thing in things:
        # What lies ahead of the camera need not lie ahead as a mirror image.
        image = Mesh(thing.mesh.vertices * [1, -1, 1], thing.mesh.faces, thing.mesh.normals,
                     thing.mesh.coordinates, thing.mesh.parts)  # fmt: skip
        image = cut_at_camera(image, half)
        mesh = Mesh(
            image.vertices * [1, -1, 1], image.faces, image.normals, image.coordinates, image.parts
        )
        cut.append(
            Thing(
                mesh, thing.kind, thing.paint, thing.axes, thing.glossy, thing.leafy, thing.vehicle
            )
        )
    traced = trace(scene, half, cut, mirrored=True)
    rays = half.rays.reshape(-1, 3) * [1, -1, 1]
    light = sky_color(scene.weather, rays, clouds=False)
    eye = half.eye * [1, -1, 1]
    for number in np.unique(traced.thing[traced.thing >= 0]):
        chosen = np.flatnonzero(traced.thing == number)
        light[chosen] = _thing_light(scene, cut[number], traced, chosen, eye, half.focal, lamps)
    light = np.clip(light, 0, 8).reshape(half.height, half.width, 3)
    spread = half.width / 160
    light = gaussian_filter(light, (3.2 * spread, 0.7 * spread, 0), mode="nearest")
    return np.repeat(np.repeat(light, 2, axis=0), 2, axis=1).reshape(-1, 3)
