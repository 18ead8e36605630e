"""Draws a face: a head into samples, samples into light, light into a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from utils.faces import accessories
from utils.faces.anatomy import FROM_THE_SIDE, Posed, posed
from utils.faces.backgrounds import background
from utils.faces.hair import Sheet, sheet_cover, strands
from utils.faces.head import head
from utils.faces.materials import LEFT_EYE, RIGHT_EYE, Material, Spots, hair_color, material
from utils.faces.people import Identity
from utils.faces.photograph import photograph
from utils.faces.shading import lit_share, shaded
from utils.faces.views import View
from utils.graphics.meshes import blended, dot, smooth_normals, unit
from utils.graphics.raster import rasterise

# Samples along each side of a pixel.
OVERSAMPLING = 2
# Where the picture's left and right eye and the base of the nose come to lie, from the middle of
# the picture, in its widths.
_TARGETS = np.array([[-0.14, -0.11], [0.14, -0.11], [0.0, 0.095]])


def render(person: Identity, view: View, size: int = 64) -> np.ndarray:
    """Draw a picture of a face, aligned by its eyes and nose as a face detector would.

    Args:
        person: Whose face, of :func:`~utils.faces.people.identity`.
        view: How the picture is taken, of :func:`~utils.faces.views.view`.
        size: Side of the picture in pixels, 16 to 512.

    Returns:
        sRGB in [0, 1], float32 ``(size, size, 3)``, in steps of 1/255. The same arguments give
        the same picture at any time; on another processor a value may differ by one step.

    Raises:
        ValueError: If the size is out of bounds.
    """
    if not 16 <= size <= 512:
        raise ValueError(f"A picture's side is 16 to 512 pixels, got {size}.")
    samples = size * OVERSAMPLING
    canvas = background(view.background, view.background_color, view.seed, samples)
    surfaces = posed(person, view)
    placement = _placement(surfaces, view, samples)
    depth = _draw_head(canvas, person, view, surfaces, placement)
    for sheet, places in zip(surfaces.sheets, surfaces.places, strict=True):
        _draw_sheet(canvas, depth, person, view, sheet, places, placement)
    light = canvas.reshape(size, OVERSAMPLING, size, OVERSAMPLING, 3).mean((1, 3))
    return photograph(view, light)


@dataclass(frozen=True)
class _Placement:
    """A pinhole camera, then a turn, a scale and a shift in the picture, as complex numbers."""

    distance: float
    factor: complex
    shift: complex

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Map points ``(n, 3)`` to column, row and depth in samples and decimetres."""
        depth = self.distance - points[:, 2]
        flat = (points[:, 0] - 1j * points[:, 1]) / depth * self.factor + self.shift
        return np.stack([flat.real, flat.imag, depth], 1)


def _placement(surfaces: Posed, view: View, samples: int) -> _Placement:
    """Find the camera that brings eyes and nose nearest to their places, by least squares.

    Of a head that is turned away they are not seen: the camera then aims where they would be.
    """
    whole = head()
    distance = float(view.distance)
    if abs(view.yaw) < FROM_THE_SIDE:
        left, right = (surfaces.vertices[eye].mean(0) for eye in whole.eyes)
        marks = np.stack([right, left, surfaces.vertices[whole.nose]])
    else:
        marks = np.array([[-0.289, 0.0, 0.0], [0.289, 0.0, 0.0], [0.0, -0.42, 0.0]])
    plain = _Placement(distance, 1.0 + 0j, 0j)(marks)
    seen = plain[:, 0] + 1j * plain[:, 1]
    wanted = (_TARGETS[:, 0] + 1j * _TARGETS[:, 1]) * view.zoom
    around, about = seen - seen.mean(), wanted - wanted.mean()
    factor = (np.conj(around) * about).sum() / (np.conj(around) * around).real.sum()
    factor = factor * np.exp(0.5j * view.roll) * samples
    middle = (wanted.mean() + complex(*view.shift) + 0.5 + 0.5j) * samples
    return _Placement(distance, factor, middle - seen.mean() * factor)


def _draw_head(
    canvas: np.ndarray, person: Identity, view: View, surfaces: Posed, placement: _Placement
) -> np.ndarray:
    """Draw the head onto a canvas ``(n, n, 3)``; return the depth at each sample, ``(n, n)``."""
    samples = len(canvas)
    points = placement(surfaces.vertices)
    x, y = points[:, 0][surfaces.faces].T, points[:, 1][surfaces.faces].T
    area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    # The head is closed: what faces away from the camera is never seen.
    shown = np.flatnonzero(area < 0)
    depth = np.full((samples, samples), np.inf)
    found = rasterise(points, surfaces.faces[shown], samples, samples)
    if found is None:
        return depth
    depth[found.window] = found.depth
    hit = found.face >= 0
    face, weights = shown[found.face[hit]], found.weights[hit]
    corners = surfaces.faces[face]

    def at_spots(values: np.ndarray) -> np.ndarray:
        return blended(values[corners], weights)

    normals = unit(at_spots(smooth_normals(surfaces.vertices, surfaces.faces)))
    positions = at_spots(surfaces.vertices)
    spots = _spots(surfaces, surfaces.parts[face], at_spots)
    stuff = material(person, view, spots)
    open_sky = at_spots(head().occlusion[:, None])[:, 0]
    open_sky = open_sky * np.array([1.0, 1.0, 1.0, 0.7, 0.7, 0.6])[spots.part]
    open_sky[np.isin(spots.part, (LEFT_EYE, RIGHT_EYE))] = 0.9
    lit = lit_share(view, surfaces, positions, normals)
    canvas[found.window][hit] = shaded(view, stuff, positions, normals, open_sky, lit)
    return depth


def _spots(
    surfaces: Posed, part: np.ndarray, at_spots: Callable[[np.ndarray], np.ndarray]
) -> Spots:
    whole = head()
    columns = np.column_stack([whole.vertices, *whole.masks.values()])
    read = at_spots(columns)
    resting = at_spots(surfaces.resting)
    eyeball = np.zeros_like(resting)
    for number, eye in zip((LEFT_EYE, RIGHT_EYE), whole.eyes, strict=True):
        chosen = part == number
        eyeball[chosen] = unit(resting[chosen] - surfaces.resting[eye].mean(0))
    masks = dict(zip(whole.masks, read[:, 3:].T, strict=True))
    return Spots(part, read[:, :3], masks, eyeball)


def _draw_sheet(
    canvas: np.ndarray,
    depth: np.ndarray,
    person: Identity,
    view: View,
    sheet: Sheet,
    places: np.ndarray,
    placement: _Placement,
) -> None:
    """Draw hair, glasses or a mask over what is drawn already, where it is nearer."""
    found = rasterise(placement(sheet.vertices), sheet.faces, len(canvas), len(canvas))
    if found is None:
        return
    # Sheets lie close to the skin, whose own vertices are coarse.
    seen = (found.face >= 0) & (found.depth < depth[found.window] + 0.01)
    if not seen.any():
        return
    corners, weights = sheet.faces[found.face[seen]], found.weights[seen]
    positions = blended(sheet.vertices[corners], weights)
    here = blended(places[corners], weights)
    along = blended(sheet.coordinates[corners], weights)
    normals = unit(blended(smooth_normals(sheet.vertices, sheet.faces)[corners], weights))
    towards = np.sign(dot(normals, np.array([0, 0, view.distance]) - positions))
    normals = normals * np.where(towards == 0, 1.0, towards)[:, None]
    stuff, cover = _sheet_material(person, view, sheet.kind, here, along)
    light = shaded(view, stuff, positions, normals, np.full(len(here), 0.8), np.ones(len(here)))
    window = canvas[found.window]
    window[seen] += (light - window[seen]) * cover[:, None]
    if sheet.kind != "glasses":
        near = depth[found.window]
        near[seen] = np.where(cover > 0.5, found.depth[seen], near[seen])


def _sheet_material(
    person: Identity, view: View, kind: str, places: np.ndarray, along: np.ndarray
) -> tuple[Material, np.ndarray]:
    """Tell what a sheet is made of at places ``(n, 3)``, and how opaque it is, ``(n,)``."""
    count = len(places)
    none, some = np.zeros(count), np.full(count, 0.5)
    if kind in ("curtain", "fringe"):
        strand = strands(places, person.hair)
        color = hair_color(person, strand)
        cover = sheet_cover(kind, places, person.hair)
        if view.occlusion == "hat":
            cover = cover * (accessories.under_hat(places) < 0.03)
        return Material(color, np.ones(count), none > 0, none, some, strand), cover
    if kind == "mask":
        tint = np.array([0.45, 0.62, 0.70]) if view.seed % 2 else np.array([0.75, 0.75, 0.74])
        color = tint * accessories.mask_light(along)[:, None]
        return Material(color, none, none > 0, none, some, some), np.ones(count)
    dark = view.occlusion == "sunglasses"
    glasses = accessories.SUNGLASSES if dark or person.glasses is None else person.glasses
    if kind == "arm":
        color = np.broadcast_to(glasses.color, (count, 3))
        thin = np.abs(along[:, 1] - 0.5) < 0.2 + 5 * glasses.thickness
        return Material(color, none, none > 0, some, 40 + none, some), thin.astype(float)
    frame, lens = accessories.glasses_parts(along, glasses)
    glass = lens * (0.97 if dark else 0.06)
    cover = frame + glass * (1 - frame)
    share = (frame / np.maximum(cover, 1e-6))[:, None]
    color = share * np.array(glasses.color) + (1 - share) * (0.012 if dark else 0.5)
    return Material(color, none, none > 0, 0.3 + none, 60 + none, some), cover
