"""Vehicles as meshes: lofted shells, wheels and mirrors, in the vehicle's own frame.

The frame is x ahead, y up, z to the right, in metres; its origin is on the ground, in the middle.
"""

from __future__ import annotations

import numpy as np

from utils.graphics.meshes import Mesh, combined, quads, smooth_mesh
from utils.graphics.noise import smoothstep
from utils.streets.vehicles import Design, Shell, Vehicle, design_of

# Parts of a vehicle's mesh; shells are numbered from 0.
RIM, TYRE, MIRROR = 100, 101, 102


def vehicle_mesh(vehicle: Vehicle, detail: float) -> Mesh:
    """Build a vehicle.

    Args:
        vehicle: What to build.
        detail: 1 for a vehicle seen from near, 0.3 for one far away.

    Returns:
        Its mesh in its own frame; ``coordinates`` are positions in that frame.
    """
    design = design_of(vehicle)
    parts = [loft(shell, vehicle, detail, number) for number, shell in enumerate(design.shells)]
    parts += _wheels(vehicle, design, 18 if detail > 0.6 else 11)
    if vehicle.kind != "bus" and detail > 0.45:
        parts += _mirrors(vehicle, design)
    return combined(parts)


def along(shell: Shell, vehicle: Vehicle, x: np.ndarray) -> np.ndarray:
    """Return how far positions ``x`` in metres are from a shell's tail (0) to its nose (1)."""
    tail = (shell.start - 0.5) * vehicle.length
    return (x - tail) / ((shell.end - shell.start) * vehicle.length)


def top_of(shell: Shell, vehicle: Vehicle, u: np.ndarray) -> np.ndarray:
    """Return the height of a shell's upper edge in metres at fractions ``u``, corners rounded."""
    lengths, heights = np.array(shell.outline).T
    # No two vehicles of a design are quite alike.
    heights = heights * (1 + 0.02 * (np.resize(vehicle.details, len(heights)) - 0.5))
    heights = np.minimum(heights, 1.0)
    kernel = ((-1.5, 0.12), (-0.75, 0.23), (0, 0.30), (0.75, 0.23), (1.5, 0.12))
    round_ = 0.05 / (vehicle.length * (shell.end - shell.start))
    edge = sum(w * np.interp(np.clip(u + o * round_, 0, 1), lengths, heights) for o, w in kernel)
    return edge * vehicle.height * shell.height


def half_width(shell: Shell, vehicle: Vehicle, u: np.ndarray) -> np.ndarray:
    """Return half of a shell's width in metres at fractions ``u`` of its length."""
    half = vehicle.width / 2
    if shell.role == "frame":
        return np.full_like(u, half * 0.75)
    ends = np.minimum(u, 1 - u) * vehicle.length * (shell.end - shell.start)
    swell = 0.10 * shell.barrel * np.abs(2 * u - 1) ** 4
    taper = 0.05 * shell.barrel * (1 - smoothstep(ends, 0, 0.7))
    return half * (1 - swell) - taper - shell.narrowing * (1 - smoothstep(ends, 0, 0.3)) ** 2


def belt_of(shell: Shell, vehicle: Vehicle, u: np.ndarray) -> np.ndarray:
    """Return the height in metres where a shell's windows begin; it rises to the tail."""
    slope = 0.03 if shell.role == "car" else 0.0
    return (shell.belt + slope * (0.5 - u)) * vehicle.height * shell.height


def loft(shell: Shell, vehicle: Vehicle, detail: float, part: int) -> Mesh:
    """Stretch cross-sections along a shell's outline: flanks, then windows, then the roof."""
    if shell.role == "tank":
        return _tank(shell, vehicle, part)
    length = vehicle.length * (shell.end - shell.start)
    ends = np.array([0.02, 0.05, 0.09]) / length
    plain = shell.role in ("box", "open", "frame", "container")
    steps = 8 if plain else int(52 * detail)
    u = np.unique(np.concatenate([np.linspace(0, 1, steps), ends, 1 - ends]))
    top, half = top_of(shell, vehicle, u), half_width(shell, vehicle, u)
    overhang = 0.0 if plain else 0.14
    low = shell.clearance + overhang * (1 - smoothstep(u * length, 0, 0.5))
    low = low + 0.7 * overhang * (1 - smoothstep((1 - u) * length, 0, 0.45))
    belt = np.minimum(belt_of(shell, vehicle, u), top - 0.03)
    low = np.minimum(low, belt - 0.05)
    flank, window, roof = (9, 6, 7) if detail > 0.6 else (5, 3, 4)
    if plain:
        flank, window, roof = 3, 2, 4

    def bulge(s: float) -> np.ndarray:
        return half * (1 - shell.barrel * (0.075 - 0.085 * np.sin(np.pi * (0.12 + 0.62 * s))))

    rows = []
    for s in np.linspace(0, 1, flank, endpoint=False):
        tuck = 0.03 * shell.barrel * (1 - smoothstep(s, 0, 0.18))
        rows.append((low + (belt - low) * s, bulge(s) - tuck))
    shoulder, glass = bulge(1.0), np.maximum(top - belt - 0.03, 0)
    for s in np.linspace(0, 1, window, endpoint=False):
        lean = shell.tumblehome * glass * s**1.15 + 0.02 * s * shell.barrel
        rows.append((belt + glass * s, shoulder - lean))
    rail = np.maximum(shoulder - shell.tumblehome * glass - 0.02 * shell.barrel, 0.05)
    crown = (0.03 + 0.035 * smoothstep(glass, 0, 0.3)) * min(1.0, shell.barrel + 0.15)
    for s in np.linspace(0, 1, roof):
        z = rail * np.cos(s * np.pi / 2) ** 0.55 if s < 1 else 0 * rail
        rise = (top - belt - glass) * np.sin(s * np.pi / 2) ** 0.6
        rows.append((belt + glass + rise + crown * (1 - (z / rail) ** 2) / 2, z))
    y, z = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    x = np.broadcast_to((shell.start - 0.5) * vehicle.length + u * length, y.shape)
    if not plain:
        # Nose and tail are round when seen from above.
        bow = 0.10 * (1 - (z / (vehicle.width / 2)) ** 2)
        x = x + bow * smoothstep(u, 0.9, 1.0) - 0.5 * bow * (1 - smoothstep(u, 0, 0.08))
    right = np.stack([x, y, z], -1)
    left = right[::-1][1:] * [1, 1, -1]
    return _skin(np.concatenate([right, left]), part)


def _skin(grid: np.ndarray, part: int) -> Mesh:
    """Cover a grid of points ``(around, along, 3)`` and close its two ends."""
    around, lengthwise = grid.shape[:2]
    number = np.arange(around * lengthwise).reshape(around, lengthwise)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    faces = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3)
    vertices = grid.reshape(-1, 3)
    meshes = [smooth_mesh(vertices, faces, part)]
    for column, sign in ((0, -1.0), (lengthwise - 1, 1.0)):
        ring = grid[:, column]
        middle = ring.mean(0, keepdims=True)
        rim = np.arange(around)
        caps = np.stack([rim, np.roll(rim, -1), np.full(around, around)], 1)
        corners = np.concatenate([ring, middle])
        normals = np.tile([sign, 0, 0], (around + 1, 1))
        meshes.append(Mesh(corners, caps, normals, corners, np.full(around, part)))
    return combined(meshes)


def _tank(shell: Shell, vehicle: Vehicle, part: int) -> Mesh:
    """A lying elliptic cylinder with rounded ends."""
    length = vehicle.length * (shell.end - shell.start)
    u = np.array([0, 0.008, 0.025, 0.06, 0.5, 0.94, 0.975, 0.992, 1.0])
    size = np.array([0.55, 0.80, 0.93, 1, 1, 1, 0.93, 0.80, 0.55])
    angles = np.linspace(0, 2 * np.pi, 25)
    tall = (vehicle.height - shell.clearance) / 2
    grid = np.empty((25, len(u), 3))
    grid[..., 0] = (shell.start - 0.5) * vehicle.length + u * length
    grid[..., 1] = shell.clearance + tall - np.cos(angles)[:, None] * size * tall
    grid[..., 2] = np.sin(angles)[:, None] * size * vehicle.width / 2
    return _skin(grid, part)


def _wheels(vehicle: Vehicle, design: Design, spokes: int) -> list[Mesh]:
    """All wheels: discs on the outside, rings of tread."""
    turn = 2 * np.pi * np.arange(spokes) / spokes
    x = (np.array(design.axles) - 0.5) * vehicle.length
    # A bus wears its wheels flush with the flank, a lorry under its load.
    out = np.full(len(x), vehicle.width / 2 * (1.0 if vehicle.kind == "bus" else 0.975))
    broad = 0.34
    if vehicle.kind in ("car", "van"):
        shell = design.shells[0]
        # The flank draws in towards the sill.
        out = half_width(shell, vehicle, along(shell, vehicle, x)) * (1 - 0.012 * shell.barrel)
        broad = 0.22
    # Two sides of each axle, a ring of corners on each.
    x, out, side = np.repeat(x, 2), np.repeat(out, 2), np.resize([1.0, -1.0], 2 * len(x))
    outer = np.empty((len(x), spokes, 3))
    outer[..., 0] = x[:, None] + design.wheel * np.cos(turn)
    outer[..., 1] = design.wheel * (1 + np.sin(turn))
    outer[..., 2] = (side * (out - 0.005))[:, None]
    inner = outer.copy()
    inner[..., 2] = (side * (out - broad))[:, None]
    hubs = np.stack([x, np.full(len(x), design.wheel), side * (out - 0.02)], 1)[:, None]
    discs = np.concatenate([outer, hubs], 1)
    number = np.arange(spokes)
    fan = np.stack([number, (number + 1) % spokes, np.full(spokes, spokes)], 1)
    faces = fan + ((spokes + 1) * np.arange(len(x)))[:, None, None]
    normals = np.zeros_like(discs)
    normals[..., 2] = side[:, None]
    vertices = discs.reshape(-1, 3)
    rims = Mesh(
        vertices, faces.reshape(-1, 3), normals.reshape(-1, 3), vertices,
        np.full(len(x) * spokes, RIM),
    )  # fmt: skip
    corners = [outer, np.roll(outer, -1, 1), np.roll(inner, -1, 1), inner]
    tread = np.stack(corners, 2).reshape(-1, 4, 3)
    return [rims, quads(tread, tread, TYRE)]


def _mirrors(vehicle: Vehicle, design: Design) -> list[Mesh]:
    """Door mirrors as squashed octahedra."""
    shell = design.shells[-1]
    u = np.array([shell.windscreen[1] - 0.045 if shell.role != "cab" else 0.9])
    x = (shell.start - 0.5 + u[0] * (shell.end - shell.start)) * vehicle.length
    y = float(belt_of(shell, vehicle, u)[0]) + (0.05 if shell.role != "cab" else 0.5)
    out = float(half_width(shell, vehicle, u)[0]) + 0.06
    size = np.array([0.07, 0.08, 0.11]) if shell.role != "cab" else np.array([0.06, 0.24, 0.10])
    corners = np.concatenate([np.diag(size), -np.diag(size)])
    faces = np.array(
        [[0, 1, 2], [0, 2, 4], [0, 4, 5], [0, 5, 1], [3, 1, 2], [3, 2, 4], [3, 4, 5], [3, 5, 1]]
    )
    return [smooth_mesh(corners + np.array([x, y, s * out]), faces, MIRROR) for s in (1.0, -1.0)]
