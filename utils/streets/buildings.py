"""Houses: storeys, windows, doors, shops, balconies and roofs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.graphics.meshes import Mesh, box, combined, quads
from utils.graphics.noise import fractal_noise, lattice_noise, smoothstep
from utils.streets.materials import Samples, Surface

Color = tuple[float, float, float]

WALLS = ("left", "right", "near", "far")
_WALL, _ROOF, _TRIM, _AWNING = 0, 1, 2, 3


@dataclass(frozen=True)
class Town:
    """How houses, trees and lamps of a town look.

    Attributes:
        name: What it is called.
        held_out: Whether only the test streets have it.
        materials: What walls are made of: plaster, brick, glass, panel, stone or timber.
        walls: Colours of walls.
        trims: Colours of frames, cornices and balconies.
        roofs: Shapes of roofs: flat, gable or hip.
        tiles: Colours of roofs.
        storeys: From how many to how many.
        shops: Share of houses with a shop.
        balconies: Share of houses with balconies.
        trees: Kinds of trees: round, tall or conifer.
        leaves: Colour of leaves.
        lamp: Colour of street lamps.
    """

    name: str
    held_out: bool
    materials: tuple[str, ...]
    walls: tuple[Color, ...]
    trims: tuple[Color, ...]
    roofs: tuple[str, ...]
    tiles: tuple[Color, ...]
    storeys: tuple[int, int]
    shops: float
    balconies: float
    trees: tuple[str, ...]
    leaves: Color
    lamp: Color


_WHITE, _DARK = (0.66, 0.65, 0.62), (0.05, 0.05, 0.055)
TOWNS: tuple[Town, ...] = (
    Town("brick town", False, ("brick",),
         ((0.30, 0.11, 0.07), (0.36, 0.17, 0.10), (0.22, 0.12, 0.09), (0.42, 0.28, 0.18)),
         (_WHITE, (0.50, 0.46, 0.38)), ("gable", "gable", "flat"),
         ((0.06, 0.06, 0.07), (0.13, 0.06, 0.045)), (2, 4), 0.35, 0.0, ("round", "round", "tall"),
         (0.055, 0.12, 0.025), (1.0, 0.72, 0.38)),
    Town("old town", False, ("plaster",),
         ((0.62, 0.46, 0.24), (0.66, 0.60, 0.48), (0.58, 0.34, 0.24), (0.46, 0.52, 0.40),
          (0.68, 0.66, 0.62), (0.40, 0.46, 0.52)),
         (_WHITE, (0.30, 0.20, 0.13)), ("gable", "gable", "flat"),
         ((0.24, 0.09, 0.05), (0.17, 0.075, 0.05)), (3, 5), 0.6, 0.15, ("round",),
         (0.07, 0.13, 0.03), (1.0, 0.80, 0.52)),
    Town("new town", False, ("glass", "plaster", "brick"),
         ((0.62, 0.62, 0.61), (0.36, 0.37, 0.38), (0.16, 0.17, 0.18), (0.50, 0.44, 0.38)),
         (_DARK, (0.42, 0.43, 0.44)), ("flat",), ((0.15, 0.15, 0.15),), (4, 10), 0.5, 0.3,
         ("round", "tall"), (0.05, 0.115, 0.03), (0.92, 0.95, 1.0)),
    Town("housing estate", True, ("panel",),
         ((0.56, 0.56, 0.54), (0.58, 0.52, 0.40), (0.44, 0.52, 0.55), (0.60, 0.48, 0.44)),
         ((0.44, 0.45, 0.46), (0.50, 0.25, 0.12), (0.16, 0.30, 0.36)), ("flat",),
         ((0.12, 0.12, 0.13),), (5, 9), 0.2, 0.8, ("tall", "round"), (0.085, 0.12, 0.02),
         (1.0, 0.62, 0.26)),
    Town("stone town", True, ("stone",),
         ((0.58, 0.50, 0.36), (0.48, 0.44, 0.38), (0.62, 0.56, 0.46), (0.40, 0.37, 0.33)),
         ((0.12, 0.20, 0.16), (0.10, 0.14, 0.22), _WHITE), ("hip", "hip", "flat"),
         ((0.10, 0.11, 0.13), (0.16, 0.16, 0.17)), (3, 6), 0.6, 0.2, ("round",),
         (0.16, 0.12, 0.025), (1.0, 0.76, 0.44)),
    Town("timbered village", True, ("timber",),
         ((0.70, 0.67, 0.60), (0.72, 0.70, 0.66), (0.66, 0.56, 0.38)),
         ((0.10, 0.055, 0.03), (0.14, 0.04, 0.03)), ("gable",),
         ((0.30, 0.10, 0.05), (0.20, 0.08, 0.05)), (2, 3), 0.35, 0.0, ("conifer", "round"),
         (0.05, 0.10, 0.035), (1.0, 0.84, 0.60)),
)  # fmt: skip


@dataclass(frozen=True)
class Building:
    """A house on a rectangular plot.

    Attributes:
        left: Its edge with the smallest x, in metres.
        right: The opposite edge.
        near: Its edge with the smallest z.
        far: The opposite edge.
        height: Height of its walls.
        front: The wall towards the road, one of :data:`WALLS`.
        row: Whether it stands in a row: walls towards neighbours have no windows.
        material: What its walls are made of.
        wall: Colour of the walls.
        trim: Colour of frames and cornices.
        roof: Shape of the roof: flat, gable or hip.
        tiles: Colour of the roof.
        storey: Height of a storey.
        bay: Width of the part of a wall that has one window.
        opening: Share of a bay's width that its window takes.
        shop: Whether there is a shop on the ground floor.
        balconies: Whether the front has balconies.
        seed: Draws what varies from window to window.
    """

    left: float
    right: float
    near: float
    far: float
    height: float
    front: str
    row: bool
    material: str
    wall: Color
    trim: Color
    roof: str
    tiles: Color
    storey: float
    bay: float
    opening: float
    shop: bool
    balconies: bool
    seed: int


def draw_building(
    rng: np.random.Generator,
    town: Town,
    plot: tuple[float, float, float, float],
    front: str,
    row: bool = True,
    low: bool = False,
) -> Building:
    """Draw a house for a plot.

    Args:
        rng: Random numbers.
        town: The town it stands in.
        plot: Its edges left, right, near and far, in metres.
        front: The wall towards the road.
        row: Whether neighbours touch it.
        low: Whether it is a family's house, of one or two storeys.
    """
    storey = rng.uniform(2.8, 3.5)
    storeys = (
        int(rng.integers(1, 3)) if low else int(rng.integers(town.storeys[0], town.storeys[1] + 1))
    )

    def pick(options: tuple):
        return options[int(rng.integers(len(options)))]

    wall = np.clip(np.array(pick(town.walls)) * rng.uniform(0.85, 1.12, 3), 0.03, 0.8)
    material = pick(town.materials)
    return Building(
        *(float(edge) for edge in plot),
        height=float(storeys * storey + rng.uniform(0.5, 1.2)),
        front=front,
        row=row,
        material=material,
        wall=tuple(float(v) for v in wall),
        trim=pick(town.trims),
        roof="gable" if low and town.roofs[0] == "flat" else pick(town.roofs),
        tiles=tuple(float(v) for v in np.array(pick(town.tiles)) * rng.uniform(0.8, 1.2)),
        storey=float(storey),
        bay=float(rng.uniform(2.0, 3.3)),
        opening=float(rng.uniform(0.74, 0.9) if material == "glass" else rng.uniform(0.38, 0.62)),
        shop=bool(not low and rng.random() < town.shops),
        balconies=bool(not low and rng.random() < town.balconies),
        seed=int(rng.integers(1 << 20)),
    )


def building_mesh(building: Building) -> Mesh:
    """Build a house; ``coordinates`` are metres along the wall, height, and the wall's number."""
    b = building
    parts = [_walls(b)]
    if b.roof == "flat":
        sides = ("bottom", "left", "right", "near", "far")
        corners = (b.left, 0.0, b.near), (b.right, b.height, b.far)
        parts.append(box(*corners, part=_ROOF, without=sides))
        parts.append(_cornice(b, 0.18, b.height - 0.35, b.height + 0.12))
        if b.height > 9:
            center = (b.left + b.right) / 2, (b.near + b.far) / 2
            parts.append(
                box(
                    (center[0] - 1.5, b.height, center[1] - 2),
                    (center[0] + 1.5, b.height + 2.2, center[1] + 2),
                    part=_TRIM,
                )
            )
    else:
        parts.append(_roof(b))
        parts.append(_cornice(b, 0.12, b.height - 0.25, b.height))
    if b.shop:
        parts.append(_awning(b))
    if b.balconies:
        parts += _balconies(b)
    return combined(parts)


def length_of(building: Building, wall: str) -> float:
    """Return the length of a wall in metres."""
    if wall in ("left", "right"):
        return building.far - building.near
    return building.right - building.left


def _walls(b: Building) -> Mesh:
    corners, coordinates = [], []
    ends = {
        "left": ((b.left, b.near), (b.left, b.far)),
        "right": ((b.right, b.near), (b.right, b.far)),
        "near": ((b.left, b.near), (b.right, b.near)),
        "far": ((b.left, b.far), (b.right, b.far)),
    }
    for number, wall in enumerate(WALLS):
        (x0, z0), (x1, z1) = ends[wall]
        length = length_of(b, wall)
        corners.append([(x0, 0, z0), (x1, 0, z1), (x1, b.height, z1), (x0, b.height, z0)])
        coordinates.append(
            [(0, 0, number), (length, 0, number), (length, b.height, number), (0, b.height, number)]
        )
    return quads(np.array(corners, float), np.array(coordinates, float), _WALL)


def _on_front(
    b: Building, along: tuple[float, float], out: tuple[float, float], up: tuple[float, float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Corners of a box that sticks out of the front wall."""
    if b.front in ("left", "right"):
        face, sign = (b.left, -1) if b.front == "left" else (b.right, 1)
        x = sorted((face + sign * out[0], face + sign * out[1]))
        return (x[0], up[0], b.near + along[0]), (x[1], up[1], b.near + along[1])
    face, sign = (b.near, -1) if b.front == "near" else (b.far, 1)
    z = sorted((face + sign * out[0], face + sign * out[1]))
    return (b.left + along[0], up[0], z[0]), (b.left + along[1], up[1], z[1])


def _cornice(b: Building, out: float, low: float, high: float) -> Mesh:
    return box((b.left - out, low, b.near), (b.right + out, high, b.far), part=_TRIM, without=())


def _roof(b: Building) -> Mesh:
    """A gable or hip roof whose ridge runs along the longer side, with eaves."""
    out = 0.35
    x0, x1, z0, z1, y0 = b.left - out, b.right + out, b.near, b.far, b.height
    if not b.row:
        z0, z1 = z0 - out, z1 + out
    turned = (x1 - x0) > (z1 - z0) and not b.row
    rise = 0.36 * min(x1 - x0, z1 - z0) if not b.row else 0.33 * (x1 - x0)
    inset = 0.0 if b.roof == "gable" else 0.42 * min(x1 - x0, z1 - z0)
    y1 = y0 + rise
    if turned:
        zm = (z0 + z1) / 2
        ridge = ((x0 + inset, y1, zm), (x1 - inset, y1, zm))
        slopes = [[(x0, y0, z0), (x1, y0, z0), ridge[1], ridge[0]],
                  [(x0, y0, z1), (x1, y0, z1), ridge[1], ridge[0]]]  # fmt: skip
        ends = [[(x0, y0, z0), (x0, y0, z1), ridge[0]], [(x1, y0, z0), (x1, y0, z1), ridge[1]]]
    else:
        xm = (x0 + x1) / 2
        ridge = ((xm, y1, z0 + inset), (xm, y1, z1 - inset))
        slopes = [[(x0, y0, z0), (x0, y0, z1), ridge[1], ridge[0]],
                  [(x1, y0, z0), (x1, y0, z1), ridge[1], ridge[0]]]  # fmt: skip
        ends = [[(x0, y0, z0), (x1, y0, z0), ridge[0]], [(x0, y0, z1), (x1, y0, z1), ridge[1]]]
    corners = np.array(slopes, float)
    along = corners[..., 0 if turned else 2]
    coordinates = np.stack([along, corners[..., 1] * 1.6, 0 * along], -1)
    meshes = [quads(corners, coordinates, _ROOF)]
    caps = np.array([[*end, end[2]] for end in ends], float)
    flat = np.stack([caps[..., 2 if turned else 0], caps[..., 1], 0 * caps[..., 0] + 9], -1)
    # The gable is a wall; a hip is a roof.
    part = _WALL if b.roof == "gable" else _ROOF
    if b.roof == "hip":
        flat[..., 2] = 0
    meshes.append(quads(caps, flat, part))
    if b.seed % 3:
        x, z = (ridge[0][0] + ridge[1][0]) / 2, ridge[0][2] * 0.7 + ridge[1][2] * 0.3
        meshes.append(box((x - 0.3, y1 - 0.8, z - 0.4), (x + 0.3, y1 + 0.9, z + 0.4), part=_TRIM))
    return combined(meshes)


def _awning(b: Building) -> Mesh:
    """A slanted cloth above the shop."""
    length = length_of(b, b.front)
    (x0, y0, z0), (x1, y1, z1) = _on_front(
        b, (0.4, length - 0.4), (0.0, 1.1), (0.66 * b.storey, 0.78 * b.storey)
    )
    if b.front in ("left", "right"):
        wall, rim = (x1, x0) if b.front == "left" else (x0, x1)
        corners = [(wall, y1, z0), (wall, y1, z1), (rim, y0, z1), (rim, y0, z0)]
    else:
        wall, rim = (z1, z0) if b.front == "near" else (z0, z1)
        corners = [(x0, y1, wall), (x1, y1, wall), (x1, y0, rim), (x0, y0, rim)]
    coordinates = [(0, 1, 0), (length, 1, 0), (length, 0, 0), (0, 0, 0)]
    return quads(np.array([corners]), np.array([coordinates], float), _AWNING)


def _balconies(b: Building) -> list[Mesh]:
    length = length_of(b, b.front)
    bays = max(1, round(length / b.bay))
    width = length / bays
    meshes = []
    for floor in range(1, round((b.height - 0.8) / b.storey)):
        for bay in range(b.seed % 2, bays, 2):
            along = (bay * width + 0.05 * width, (bay + 1) * width - 0.05 * width)
            y = floor * b.storey
            meshes.append(
                box(*_on_front(b, along, (0, 1.05), (y - 0.12, y + 0.95)), part=_TRIM, without=())
            )
    return meshes


# The look of walls -------------------------------------------------------------------------------


def paint_building(building: Building, samples: Samples, lit: float) -> Surface:
    """Return how a house looks at points of it.

    Args:
        building: The house.
        samples: Points whose coordinates are those of :func:`building_mesh`.
        lit: Share of windows behind which a lamp is lit.
    """
    surface = Surface.plain(len(samples.parts), building.trim, 0.03)
    wall = samples.parts == _WALL
    if wall.any():
        look = _facade(building, samples.coordinates[wall], samples.footprint[wall], lit)
        surface.albedo[wall], surface.mirror[wall] = look.albedo, look.mirror
        surface.glow[wall] = look.glow
    roof = samples.parts == _ROOF
    if roof.any():
        u, v, _ = samples.coordinates[roof].T
        fade = np.clip(1 - samples.footprint[roof] / 0.25, 0, 1)
        rows = 1 + 0.22 * fade * np.sign(((v / 0.32) % 1) - 0.22)
        patch = 0.8 + 0.4 * fractal_noise(np.stack([u, v], -1) * 0.7, 3, building.seed)
        surface.paint(roof, np.array(building.tiles) * (rows * patch)[:, None], 0.02)
    awning = samples.parts == _AWNING
    if awning.any():
        stripe = np.sin(samples.coordinates[awning, 0] * 2 * np.pi / 0.7) > 0
        color = _shop_color(building, np.zeros(1))[0]
        surface.paint(awning, np.where(stripe[:, None], color, 0.62), 0.02)
    return surface


def _shop_color(b: Building, number: np.ndarray) -> np.ndarray:
    """A colour of its own for each shop, ``(n, 3)``."""
    tones = [lattice_noise(np.stack([number + 17 * k, 0 * number], -1), b.seed) for k in range(3)]
    return 0.03 + 0.5 * np.stack(tones, -1) ** 2


def _facade(b: Building, coordinates: np.ndarray, footprint: np.ndarray, lit: float) -> Surface:
    u, v, wall = coordinates.T
    # Mixing equal numbers at the corners of a triangle gives nearly that number.
    wall = np.rint(wall)
    lengths = np.array([length_of(b, name) for name in WALLS] + [1.0] * 6)
    length = lengths[wall.astype(int)]
    bays = np.maximum(np.round(length / b.bay), 1)
    width = length / bays
    bay, floor = np.floor(u / width), np.floor(v / b.storey)
    across, up = u / width - bay, v / b.storey - floor
    surface = Surface.plain(len(u), b.wall, 0.02)
    fine = np.clip(1 - footprint / 0.10, 0, 1)
    surface.albedo[:] = _wall_texture(b, u, v, across, up, fine)
    surface.albedo *= (0.82 + 0.18 * smoothstep(v, 0, 3))[:, None]
    front = wall == WALLS.index(b.front)
    blind = ((wall >= 2) & b.row & ~front) | (wall == 9)
    top = v < b.height - 0.55
    number = bay + 31 * wall
    half = b.opening / 2
    sill, lintel = (0.16, 0.90) if b.material == "glass" else (0.30, 0.82)
    window = ~blind & top & (np.abs(across - 0.5) < half) & (up > sill) & (up < lintel)
    street = front & (floor == 0)
    if b.shop:
        window = np.where(street, (np.abs(across - 0.5) < 0.45) & (up > 0.10) & (up < 0.66), window)
        board = street & (up > 0.79) & (up < 0.97)
        surface.paint(board, _shop_color(b, np.floor(bay / 3))[board])
        letters = board & (np.abs(up - 0.88) < 0.04) & (np.sin(u * 19) + np.sin(u * 7.3) > 0.1)
        surface.paint(letters & (fine > 0), (0.62, 0.60, 0.55))
    # Frames and sills stand out; glass lies back, in the shadow of its lintel.
    edge = 0.07 / width
    frame = ~blind & top & (np.abs(across - 0.5) < half + edge) & ~window
    frame &= (up > sill - 0.03) & (up < lintel + 0.025) & ~(street & b.shop)
    if b.material not in ("glass", "panel"):
        surface.paint(frame, np.array(b.trim) * 0.95)
    _window_glass(b, number, floor, across, up, lit, surface, window)
    if b.shop and lit:
        # Goods stand before the light in a shop.
        goods = lattice_noise(np.stack([u * 1.7, v * 2.6], -1), b.seed + 8)
        surface.glow[window & street] *= (0.25 + goods[window & street] ** 2)[:, None]
    bars = (np.abs(across - 0.5) < 0.035 / width) | (np.abs(up - 0.62) < 0.012)
    bars |= np.abs(across - 0.5) > half - 0.05 / width
    surface.paint(window & bars & ~(street & b.shop) & (footprint < 0.25), b.trim, 0.03, 0.0)
    surface.albedo[window & (up > lintel - 0.045)] *= 0.4
    # Doors: every fourth bay of the ground floor.
    doors = street & ((bay + b.seed) % 4 == 1) & (up < 0.70)
    opening = doors & (np.abs(across - 0.5) < 0.55 / width)
    surface.paint(doors & (np.abs(across - 0.5) < 0.75 / width), np.array(b.trim) * 0.8, 0.02, 0.0)
    surface.paint(opening, _shop_color(b, bay + 5)[opening] * 0.5, 0.05, 0.0)
    surface.paint(opening & (up > 0.55), (0.02, 0.02, 0.022), 0.09)
    surface.paint((v < 0.5) & ~doors & (b.material != "glass"), np.array(b.wall) * 0.55)
    if b.material in ("stone", "plaster"):
        ledge = np.abs(up - 0.02) < 0.05 / b.storey
        surface.paint(ledge & front & (floor > 0) & (floor < 3), np.array(b.trim) * 0.85)
    return surface


def _window_glass(
    b: Building, number: np.ndarray, floor: np.ndarray, across: np.ndarray, up: np.ndarray,
    lit: float, surface: Surface, window: np.ndarray,
) -> None:  # fmt: skip
    """Panes with curtains in some, and light behind some."""
    cell = np.stack([number * 1.37 + 0.5, floor * 1.71 + 0.5], -1)
    chance, tone = lattice_noise(cell, b.seed + 2), lattice_noise(cell, b.seed + 3)
    glass = np.full((len(across), 3), 0.018)
    curtain = (chance > 0.58) & ((np.abs(across - 0.5) > b.opening * 0.24) | (tone > 0.6))
    glass[curtain] = 0.22
    blind = (tone < 0.25) & (up > 0.5)
    glass[blind] = 0.30
    # Interpolated noise is far from even: this spreads it.
    bright = smoothstep(lattice_noise(cell * 1.9, b.seed + 4), 0.2, 0.8) < lit
    warm = np.array([1.0, 0.72, 0.40]) * (0.12 + 0.5 * tone[:, None])
    glow = np.where(bright[:, None], warm * (1 - 0.5 * curtain[:, None]), 0.0)
    surface.paint(window, glass[window], 0.14, glow[window])


def _wall_texture(
    b: Building, u: np.ndarray, v: np.ndarray, across: np.ndarray, up: np.ndarray,
    fine: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Colour of a wall between its windows, ``(n, 3)``."""
    stains = fractal_noise(np.stack([u * 0.9, v * 0.6], -1), 3, b.seed) - 0.5
    color = np.array(b.wall) * (1 + 0.25 * stains)[:, None]
    if b.material == "brick":
        course = v / 0.085
        stone = u / 0.26 + 0.5 * (np.floor(course) % 2)
        joint = ((course % 1) < 0.16) | ((stone % 1) < 0.06)
        tone = 0.80 + 0.4 * lattice_noise(np.stack([np.floor(stone), np.floor(course)], -1), b.seed)
        detail = np.where(joint[:, None], color * 0.6 + 0.10, color * tone[:, None])
        color = color + (detail - color) * fine[:, None]
    elif b.material == "stone":
        course = v / 0.45
        stone = u / 0.95 + 0.5 * (np.floor(course) % 2)
        joint = ((course % 1) < 0.06) | ((stone % 1) < 0.03)
        tone = 0.82 + 0.34 * lattice_noise(
            np.stack([np.floor(stone), np.floor(course)], -1), b.seed
        )
        color = color * np.where(joint & (fine > 0.2), 0.62, tone)[:, None]
    elif b.material == "panel":
        seam = (np.abs(across - 0.5) > 0.485) | (up < 0.03)
        second = np.array(b.trim) * 0.7 + np.array(b.wall) * 0.3
        color = np.where((up < 0.26)[:, None], second, color)
        color = color * np.where(seam, 0.62, 1.0)[:, None]
    elif b.material == "timber":
        slant = np.abs(np.abs(across - 0.5) * 2.2 - up) < 0.06
        beam = (np.abs(across - 0.5) > 0.46) | (up < 0.06) | (np.abs(up - 0.5) < 0.03)
        beam |= slant & (np.abs(across - 0.5) > 0.3)
        color = np.where((beam & (v > b.storey))[:, None], np.array(b.trim), color)
    elif b.material == "glass":
        color = np.where((up < 0.10)[:, None], np.array(b.trim) * 1.2, color)
    return color
