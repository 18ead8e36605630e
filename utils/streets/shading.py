"""How much light points of a scene send to the camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.graphics.meshes import dot, unit
from utils.graphics.noise import lattice_noise, smoothstep
from utils.streets.buildings import TOWNS, Building
from utils.streets.materials import Surface
from utils.streets.scenes import Scene
from utils.streets.weather import Weather, sky_color

# A light further away than this is left out, in metres.
_REACH = 70.0
_HEADLIGHT = np.array([1.0, 0.96, 0.86])


@dataclass(frozen=True)
class Lamp:
    """A small light.

    Attributes:
        place: Where it is, ``(3,)``.
        color: Its strength at one metre, ``(3,)``.
        axis: Where it points, ``(3,)``.
        edges: Cosines of the angles to the axis where its cone ends and where it is full.
        soft: Added to the squared distance that its light is divided by, in m².
    """

    place: np.ndarray
    color: np.ndarray
    axis: np.ndarray
    edges: tuple[float, float]
    soft: float = 1.5


def lamps_of(scene: Scene) -> list[Lamp]:
    """Return the lamps that light a dark scene; none by day."""
    if not scene.weather.dark:
        return []
    town = next(town for town in TOWNS if town.name == scene.town)
    down = np.array([0.0, -1.0, 0.0])
    lamps = []
    for thing in scene.furniture:
        if thing.kind == "lamp post" and thing.z < _REACH:
            lamps.append(Lamp(thing.lamp, np.array(town.lamp) * 13, down, (0.15, 0.75)))
    for building in scene.buildings:
        if building.shop and building.near < 40:
            front = building.right if building.front == "right" else building.left
            out = 1.2 if building.front == "right" else -1.2
            place = np.array([front + out, 2.4, (building.near + building.far) / 2])
            lamps.append(Lamp(place, np.array([1.0, 0.85, 0.65]) * 1.6, down, (-1.0, 0.2)))
    near = sorted(scene.vehicles, key=lambda vehicle: np.hypot(vehicle.x, vehicle.z))
    for vehicle in [v for v in near if v.headlights][:7]:
        ahead = vehicle.axes[0]
        place = np.array([vehicle.x, 0.75, vehicle.z]) + ahead * (vehicle.length / 2 + 0.1)
        lamps.append(Lamp(place, _HEADLIGHT * 22, _dipped(ahead), (0.84, 1.0), 20.0))
    if scene.camera.view == "dash-cam":
        ahead = np.array([np.sin(scene.camera.yaw), 0, np.cos(scene.camera.yaw)])
        place = np.array([scene.camera.x, 0.75, 1.2])
        lamps.append(Lamp(place, _HEADLIGHT * 36, _dipped(ahead), (0.80, 1.0), 45.0))
    return lamps


def _dipped(ahead: np.ndarray) -> np.ndarray:
    return unit(ahead - np.array([0, 0.06, 0]))


def in_sunlight(
    points: np.ndarray, weather: Weather, buildings: tuple[Building, ...]
) -> np.ndarray:
    """Tell which points no house keeps from the sun.

    Args:
        points: Where, ``(n, 3)``.
        weather: Where the sun is.
        buildings: The houses, taken as boxes.

    Returns:
        bool ``(n,)``.
    """
    free = np.ones(len(points), bool)
    if not any(weather.sunlight) or not len(points):
        return free
    # A ray from just off the surface; a tiny offset keeps the division defined.
    direction = np.array(weather.sun)
    direction = np.where(np.abs(direction) < 1e-9, 1e-9, direction)
    columns = points.T.copy()
    low, high = columns.min(1), columns.max(1)
    shift = direction[[0, 2]] / direction[1]
    for b in buildings:
        top = b.height + (0.9 if b.roof != "flat" else 0.1)
        # Leave out a house whose shadow falls elsewhere.
        x = sorted(
            (
                b.left - shift[0] * (top - low[1]),
                b.left,
                b.right,
                b.right - shift[0] * (top - low[1]),
            )
        )
        z = sorted(
            (b.near - shift[1] * (top - low[1]), b.near, b.far, b.far - shift[1] * (top - low[1]))
        )
        if x[0] > high[0] or x[-1] < low[0] or z[0] > high[2] or z[-1] < low[2]:
            continue
        corners = np.array([[b.left, 0, b.near], [b.right, top, b.far]])
        enter, leave = np.full(len(points), -np.inf), np.full(len(points), np.inf)
        for axis in range(3):
            first, second = (corners[:, axis, None] - columns[axis]) / direction[axis]
            enter = np.maximum(enter, np.minimum(first, second))
            leave = np.minimum(leave, np.maximum(first, second))
        free &= ~((leave > np.maximum(enter, 0.0)) & (leave > 0.05))
    return free


def shaded(
    scene: Scene,
    lamps: list[Lamp],
    points: np.ndarray,
    normals: np.ndarray,
    to_eye: np.ndarray,
    surface: Surface,
    open_: np.ndarray,
    sunny: np.ndarray,
    glossy: bool = True,
) -> np.ndarray:
    """Return the light that points send to the camera.

    Args:
        scene: For its weather and town.
        lamps: Small lights, of :func:`lamps_of`.
        points: Where, ``(n, 3)``.
        normals: Unit vectors away from the surface, ``(n, 3)``.
        to_eye: Unit vectors to the camera, ``(n, 3)``.
        surface: What the surface is like.
        open_: How much of the sky each point sees, ``(n,)``.
        sunny: How much sunlight reaches it, ``(n,)``.
        glossy: Whether the surface mirrors its surroundings.

    Returns:
        Linear red, green, blue, ``(n, 3)``.
    """
    weather = scene.weather
    sun, sunlight, sky = np.array(weather.sun), np.array(weather.sunlight), weather.ambient
    upward = 0.5 + 0.5 * normals[:, 1:2]
    bounced = sky * 0.24 + sunlight * max(sun[1], 0) * 0.075
    light = (sky * upward + bounced * (1 - upward)) * open_[:, None]
    light = light + sunlight * (np.clip(normals @ sun, 0, 1) * sunny)[:, None]
    direct = [_from_lamp(lamp, points, normals) for lamp in lamps]
    if direct:
        light = light + sum(direct)
    color = surface.albedo * light
    if glossy:
        straight = dot(normals, to_eye)
        facing = np.clip(straight, 0, 1)
        mirror = surface.mirror
        share = mirror + (1 - mirror) * (1 - facing) ** 5 * np.minimum(1, mirror * 11)
        bounce = 2 * straight[:, None] * normals - to_eye
        seen = _surroundings(scene, bounce)
        glint = np.clip(bounce @ sun, 0, 1) * (sunny > 0.5)
        seen = seen + sunlight * (7 * glint**350 + 0.8 * glint**30)[:, None]
        for lamp in lamps:
            ray = lamp.place - points
            distance = np.maximum(np.sqrt(dot(ray, ray)), 0.3)
            spot = np.clip(dot(ray, bounce) / distance, 0, 1) ** 120
            seen = seen + lamp.color * (0.6 * spot / (1 + 0.02 * distance**2))[:, None]
        share = (share * (0.35 + 0.65 * open_))[:, None]
        color = color * (1 - share) + seen * share
    return color + surface.glow * (1.0 if not weather.dark else 0.8)


def _from_lamp(lamp: Lamp, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    ray = lamp.place - points
    square = dot(ray, ray)
    distance = np.sqrt(np.maximum(square, 1e-6))
    along = -(ray @ lamp.axis) / distance
    cone = smoothstep(along, *lamp.edges)
    facing = np.clip(dot(ray, normals) / distance, 0, 1)
    # Headlights meet the road at a glancing angle; rough asphalt still sends some of it back.
    facing = 0.12 + 0.88 * facing
    return lamp.color * (cone * facing / (lamp.soft + square))[:, None]


def _surroundings(scene: Scene, rays: np.ndarray) -> np.ndarray:
    """What a shiny surface mirrors: the sky, an uneven band of houses and trees, the road."""
    weather, seed = scene.weather, scene.weather.seed
    town = 1.0 if scene.road.setting in ("street", "crossing") else 0.4
    sky = sky_color(weather, rays, clouds=False)
    angle = np.arctan2(rays[:, 0], rays[:, 2])
    height = 0.08 + 0.34 * town * lattice_noise(np.stack([angle * 4, 0 * angle], -1), seed + 5)
    band = smoothstep(height - rays[:, 1], -0.03, 0.05)[:, None]
    texture = lattice_noise(np.stack([angle * 9, rays[:, 1] * 6], -1), seed + 6)
    sun = np.array(weather.sunlight) * 0.06
    wall = (weather.ambient * 0.30 + sun) * (0.5 + 1.2 * texture[:, None])
    if weather.dark:
        windows = lattice_noise(np.stack([angle * 26, rays[:, 1] * 30], -1), seed + 7) > 0.86
        wall = wall + np.array([0.12, 0.085, 0.045]) * windows[:, None]
    road = weather.ambient * 0.16 + np.array(weather.sunlight) * max(weather.sun[1], 0) * 0.05
    seen = sky * (1 - band) + wall * band
    down = smoothstep(-rays[:, 1], -0.02, 0.05)[:, None]
    return seen * (1 - down) + road * down
