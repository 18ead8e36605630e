"""Trees and hedges: clumps of leaves around a trunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.graphics.meshes import Mesh, ball, box, combined, prism, smooth_mesh, unit
from utils.graphics.noise import lattice_noise, smoothstep

Color = tuple[float, float, float]

_TRUNK, _CORE, _LEAF = 0, 1, 2
_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Tree:
    """A tree.

    Attributes:
        kind: ``"round"``, ``"tall"`` or ``"conifer"``.
        x: Where it stands, metres to the right.
        z: Where it stands, metres ahead.
        height: In metres.
        spread: Radius of its crown in metres.
        leaf: Colour of its leaves.
        seed: Draws its branches.
    """

    kind: str
    x: float
    z: float
    height: float
    spread: float
    leaf: Color
    seed: int


@dataclass(frozen=True)
class Hedge:
    """A hedge along the street: edges left, right, near and far, height, leaf colour."""

    left: float
    right: float
    near: float
    far: float
    height: float
    leaf: Color


def draw_tree(rng: np.random.Generator, kind: str, leaf: Color, x: float, z: float) -> Tree:
    """Draw a tree of a kind at a place."""
    height = {"round": (5, 9.5), "tall": (7, 13), "conifer": (5, 12)}[kind]
    tall = float(rng.uniform(*height))
    share = {"round": (0.26, 0.36), "tall": (0.15, 0.2), "conifer": (0.20, 0.26)}[kind]
    tone = np.clip(np.array(leaf) * rng.uniform(0.7, 1.35) * rng.uniform(0.9, 1.1, 3), 0.01, 0.4)
    return Tree(
        kind, float(x), float(z), tall, float(tall * rng.uniform(*share)),
        tuple(float(v) for v in tone), int(rng.integers(1 << 20)),
    )  # fmt: skip


def tree_mesh(tree: Tree, leaves: int) -> Mesh:
    """Build a tree; ``coordinates`` are colours.

    Args:
        tree: The tree.
        leaves: How many leaves to draw; fewer leaves are larger.
    """
    rng = np.random.default_rng(tree.seed)
    foot = np.array([tree.x, 0, tree.z])
    bark = np.array([0.075, 0.055, 0.04]) * rng.uniform(0.7, 1.3)
    base = 0.12 if tree.kind == "conifer" else rng.uniform(0.26, 0.36)
    top = foot + _UP * tree.height * 0.75
    thick = 0.018 * tree.height + 0.06
    meshes = [prism(foot, top, (thick, 0.3 * thick), bark, 7, _TRUNK)]
    low, high = tree.height * base, tree.height
    center = foot + _UP * (low + high) / 2
    radii = np.array([tree.spread, (high - low) / 2, tree.spread])
    count = {"round": 13, "tall": 12, "conifer": 15}[tree.kind]
    directions = unit(rng.normal(size=(count, 3)))
    reach = np.cbrt(rng.random((count, 1))) * 0.62
    clumps = center + directions * reach * radii
    size = radii * rng.uniform(0.36, 0.56, (count, 1))
    size[:, 1] = np.minimum(size[:, 1], size[:, 0] * 1.2)
    if tree.kind == "conifer":
        level = np.linspace(0.02, 0.92, count)
        clumps = foot + np.stack([0 * level, low + (high - low) * level, 0 * level], 1)
        size = np.stack([tree.spread * (1.05 - level)] * 3, 1) * [1, 0.45, 1]
    for k in range(0 if tree.kind == "conifer" else min(5, count)):
        start = foot + _UP * low * rng.uniform(0.8, 1.2)
        meshes.append(prism(start, clumps[k], (0.4 * thick, 0.08), bark, 4, _TRUNK))
    tones = np.array(tree.leaf) * rng.uniform(0.75, 1.3, (count, 1))
    sphere, faces = ball(3, 7)
    lumps = 0.78 * (1 + 0.3 * (rng.random((count, len(sphere), 1)) - 0.5))
    cores = (clumps[:, None] + sphere * size[:, None] * lumps).reshape(-1, 3)
    shade = _depth_shade(cores, center, radii)
    colors = 0.55 * np.repeat(tones, len(sphere), axis=0) * shade[:, None]
    faces = (faces + len(sphere) * np.arange(count)[:, None, None]).reshape(-1, 3)
    meshes.append(smooth_mesh(cores, faces, _CORE, colors))
    meshes.append(_leaves(tree, rng, leaves, clumps, size, tones, center, radii))
    return combined(meshes)


def _depth_shade(points: np.ndarray, center: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """How much sky points in a crown see: little inside and below, ``(n,)``."""
    place = (points - center) / radii
    inside = np.linalg.norm(place, axis=1)
    return (0.35 + 0.65 * smoothstep(inside, 0.35, 1.0)) * (
        0.6 + 0.4 * smoothstep(place[:, 1], -0.9, 0.7)
    )


def _leaves(
    tree: Tree, rng: np.random.Generator, leaves: int, clumps: np.ndarray, size: np.ndarray,
    tones: np.ndarray, center: np.ndarray, radii: np.ndarray,
) -> Mesh:  # fmt: skip
    """Leaves as single triangles that stand off the clumps in all directions."""
    most = 4000
    home = rng.integers(0, len(clumps), most)
    out = unit(rng.normal(size=(most, 3)))
    stand = rng.uniform(0.72, 1.12, (most, 1))
    tilt, tone = rng.normal(size=(most, 3, 3)), rng.uniform(0.7, 1.35, (most, 1))
    leaves = min(leaves, most)
    places = (clumps[home] + out * size[home] * stand)[:leaves]
    scale = np.clip(0.085 * np.sqrt(most / leaves) * tree.spread / 2, 0.05, 0.5)
    vertices = (places[:, None] + scale * tilt[:leaves]).reshape(-1, 3)
    normals = unit(0.6 * out[:leaves] + 0.6 * unit((places - center) / radii) + [0, 0.25, 0])
    shade = _depth_shade(places, center, radii)
    colors = tones[home[:leaves]] * tone[:leaves] * shade[:, None]
    return Mesh(
        vertices,
        np.arange(3 * leaves).reshape(-1, 3),
        np.repeat(normals, 3, axis=0),
        np.repeat(colors, 3, axis=0),
        np.full(leaves, _LEAF),
    )


def hedge_mesh(hedge: Hedge) -> Mesh:
    """Build a hedge as a box; its leaves are painted."""
    return box(
        (hedge.left, 0, hedge.near), (hedge.right, hedge.height, hedge.far), hedge.leaf, _CORE
    )


def leafy(points: np.ndarray, colors: np.ndarray, footprint: np.ndarray) -> np.ndarray:
    """Break up a colour into leaves.

    Args:
        points: Where in the world, ``(n, 3)``.
        colors: Colours there, ``(n, 3)``.
        footprint: How many metres a sample spans there, ``(n,)``.

    Returns:
        Colours ``(n, 3)``.
    """
    flat = np.stack([points[:, 0] + 0.6 * points[:, 2], points[:, 1] - 0.3 * points[:, 2]], -1)
    fine = np.clip(1 - footprint / 0.2, 0, 1)
    grain = lattice_noise(flat * 7, 3) - 0.5
    coarse = lattice_noise(flat * 2.3, 4) - 0.5
    return colors * (1 + 0.8 * fine * grain + 0.5 * coarse)[:, None]
