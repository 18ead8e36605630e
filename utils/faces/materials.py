"""Colours of skin, eyes, lips, hair and cloth, and how they shine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.faces import accessories
from utils.faces.hair import cover, strands
from utils.faces.head import PARTS
from utils.faces.people import Identity
from utils.faces.views import View
from utils.graphics.meshes import unit
from utils.graphics.noise import fractal_noise, lattice_noise, smoothstep

# Linear red, green and blue of skin from the lightest, 0, to the darkest, 1.
_TONES = (0.0, 0.25, 0.5, 0.75, 1.0)
_SKINS = np.array(
    [
        [0.78, 0.56, 0.46],
        [0.67, 0.44, 0.315],
        [0.48, 0.275, 0.17],
        [0.235, 0.118, 0.068],
        [0.078, 0.042, 0.029],
    ]
)
SKIN, LEFT_EYE, RIGHT_EYE = PARTS.index("skin"), PARTS.index("left_eye"), PARTS.index("right_eye")
TONGUE = PARTS.index("tongue")
TEETH = (PARTS.index("upper_teeth"), PARTS.index("lower_teeth"))


@dataclass(frozen=True)
class Spots:
    """What is known of the places that the samples of the head show.

    Attributes:
        part: Which of :data:`~utils.faces.head.PARTS`, ``(n,)``.
        places: Where they lie on the average head, ``(n, 3)``.
        masks: Shares of lips, eyelids, ears and mouth, each ``(n,)``.
        eyeball: Directions from the middle of the eyeball, ``(n, 3)``; meaningless elsewhere.
    """

    part: np.ndarray
    places: np.ndarray
    masks: dict[str, np.ndarray]
    eyeball: np.ndarray


@dataclass(frozen=True)
class Material:
    """How spots answer light.

    Attributes:
        color: Share of red, green and blue that is thrown back, ``(n, 3)``.
        hair: How much of the spot is hair, ``(n,)``.
        soft: Whether light spreads below the surface, as in skin, ``(n,)``.
        shine: Strength of the highlight, ``(n,)``.
        gloss: How narrow the highlight is, ``(n,)``.
        strand: Light and dark of strands, ``(n,)``.
    """

    color: np.ndarray
    hair: np.ndarray
    soft: np.ndarray
    shine: np.ndarray
    gloss: np.ndarray
    strand: np.ndarray


def skin_color(person: Identity) -> np.ndarray:
    """Linear red, green and blue of a person's skin where it is even."""
    base = np.array([np.interp(person.skin_tone, _TONES, channel) for channel in _SKINS.T])
    return base * (1 + person.undertone * np.array([-0.01, 0.015, -0.08]))


def material(person: Identity, view: View, spots: Spots) -> Material:
    """Colour the spots of a head."""
    count = len(spots.part)
    is_skin = spots.part == SKIN
    color = np.zeros((count, 3))
    shine, gloss = np.full(count, 0.10), np.full(count, 22.0)
    hair, strand = np.zeros(count), np.full(count, 0.5)
    chosen = np.flatnonzero(is_skin)
    places = spots.places[chosen]
    masks = {name: values[chosen] for name, values in spots.masks.items()}
    color[chosen] = _skin(person, places, masks)
    shine[chosen] += 0.14 * smoothstep(masks["lips"], 0.3, 0.6)
    strand[chosen] = strands(places, person.hair)
    grown = cover(places, person.hair) * (1 - smoothstep(masks["ears"], 0.15, 0.5))
    color[chosen] = _mixed(color[chosen], hair_color(person, strand[chosen]), grown)
    hair[chosen] = grown
    if view.occlusion == "hat":
        above = smoothstep(accessories.under_hat(places), -0.015, 0.015)
        above = above * (1 - smoothstep(masks["ears"], 0.3, 0.6))
        color[chosen] = _mixed(color[chosen], _wool(view, places), above)
        hair[chosen] *= 1 - above
        shine[chosen] *= 1 - above
    cloth = places[:, 1] < -1.47 - 0.25 * (places[:, 2] + 0.9)
    color[chosen[cloth]] = view.clothes
    shine[chosen[cloth]] = 0.0
    for eye in (LEFT_EYE, RIGHT_EYE):
        chosen = np.flatnonzero(spots.part == eye)
        if len(chosen):
            color[chosen] = _eye(person, view, spots.eyeball[chosen])
            shine[chosen], gloss[chosen] = 1.2, 160.0
    color[np.isin(spots.part, TEETH)] = (0.70, 0.66, 0.58)
    color[spots.part == TONGUE] = (0.42, 0.15, 0.14)
    return Material(color, hair, is_skin | (spots.part == TONGUE), shine, gloss, strand)


def hair_color(person: Identity, strand: np.ndarray) -> np.ndarray:
    """Colour strands, ``(n, 3)``."""
    return np.array(person.hair.color) * (0.5 + strand[:, None])


def _mixed(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    return first + (second - first) * np.asarray(share)[..., None]


def _wool(view: View, places: np.ndarray) -> np.ndarray:
    around = np.arctan2(places[:, 0], places[:, 2] + 0.72)
    ribs = 0.85 + 0.15 * np.sin(around * 60)
    other = np.array(view.background_color[::-1])
    return (0.25 * np.array(view.clothes) + 0.75 * other) * ribs[:, None]


def _skin(person: Identity, places: np.ndarray, masks: dict[str, np.ndarray]) -> np.ndarray:
    base = skin_color(person)
    x, y, z = places.T
    side, seed, aging = np.abs(x), person.hair.seed, person.aging
    front = smoothstep(z, -0.35, 0.05)

    def patch(cx: float, cy: float, wide: float, high: float) -> np.ndarray:
        return np.exp(-(((side - cx) / wide) ** 2) - ((y - cy) / high) ** 2)

    # Blood shows at cheeks, nose, ears and chin, less through dark skin.
    red = 0.5 * patch(0.42, -0.40, 0.22, 0.2) + 0.55 * patch(0, -0.36, 0.15, 0.13)
    red += 0.7 * smoothstep(masks["ears"], 0.2, 0.8) + 0.15 * patch(0, -0.95, 0.2, 0.15)
    red *= (1 - 0.75 * person.skin_tone) * front
    color = base * (1 - red[:, None] * np.array([0.0, 0.20, 0.17]))
    blotch = fractal_noise(np.stack([x * 8 + z * 6, y * 8], -1), 4, seed) - 0.5
    color *= 1 + (0.10 + 0.10 * aging) * blotch[:, None]
    if person.freckles:
        grain = lattice_noise(np.stack([x * 42 + 60, y * 42 + 60], -1), seed + 9)
        spots = smoothstep(grain, 0.70, 0.9) * front * smoothstep(0.7 - np.abs(y + 0.25), 0, 0.4)
        color *= 1 - person.freckles * spots[:, None] * np.array([0.40, 0.55, 0.65])
    for mole_x, mole_y, radius in person.moles:
        distance = np.sqrt((x - mole_x) ** 2 + (y - mole_y) ** 2)
        dark = (1 - smoothstep(distance, radius * 0.6, radius * 1.3)) * front
        color *= 1 - dark[:, None] * np.array([0.6, 0.7, 0.72])
    color *= 1 - (0.12 + 0.22 * aging) * (patch(0.27, -0.14, 0.17, 0.06) * front)[:, None]
    color *= 1 - _wrinkles(person, side, y, front)[:, None] * np.array([0.8, 1.0, 1.0])
    color = _with_lips(color, base, person, masks["lips"])
    color = _with_beard(color, person, places, masks["lips"])
    color = _with_brows(color, person, places)
    # Lashes and the shade of lids.
    dark = 0.30 + 0.35 * (1 - person.masculinity)
    lids = dark * smoothstep(masks["eyelids"], 0.3, 0.9)
    color *= 1 - lids[:, None] * np.array([0.7, 0.85, 0.85])
    return color * (1 - 0.75 * smoothstep(masks["mouth"], 0.3, 0.8))[:, None]


def _wrinkles(person: Identity, side: np.ndarray, y: np.ndarray, front: np.ndarray) -> np.ndarray:
    """Lines that age draws: across the forehead, beside the eyes, from nose to mouth."""
    old = person.aging
    if old < 0.25:
        return np.zeros_like(y)
    wander = lattice_noise(np.stack([side * 5, y * 3 + 20], -1), person.hair.seed + 31) - 0.5
    bent = y - 0.05 * np.cos(side * 4) + 0.09 * wander
    lines = smoothstep(np.sin(bent * 52 + person.hair.seed % 7), 0.6, 1.0)
    forehead = lines * np.exp(-(((y - 0.42) / 0.12) ** 2)) * smoothstep(0.45 - side, 0, 0.25)
    fan = smoothstep(np.sin(np.arctan2(y + 0.03, side - 0.36) * 14), 0.3, 1.0)
    corner = fan * np.exp(-(((side - 0.53) / 0.06) ** 2) - ((y + 0.03) / 0.12) ** 2)
    fold = np.exp(-(((side - 0.20 - 0.5 * (-0.40 - y)) / 0.03) ** 2))
    fold *= smoothstep(-y, 0.38, 0.46) * smoothstep(y, -0.72, -0.62)
    return (0.22 * forehead + 0.25 * corner + 0.22 * fold) * smoothstep(old, 0.25, 0.8) * front


def _with_lips(
    color: np.ndarray, base: np.ndarray, person: Identity, lips: np.ndarray
) -> np.ndarray:
    red = base * np.array([0.84, 0.52, 0.54]) + np.array([0.05, 0.0, 0.01])
    return _mixed(color, red, smoothstep(lips, 0.25, 0.75) * (0.3 + 0.7 * person.lips))


def _with_beard(
    color: np.ndarray, person: Identity, places: np.ndarray, lips: np.ndarray
) -> np.ndarray:
    beard = person.beard
    if beard.kind == "none":
        return color
    x, y, z = places.T
    side = np.abs(x)
    jaw = smoothstep(-y, 0.45, 0.70) * smoothstep(1.5 + y, 0, 0.35) * smoothstep(z, -0.72, -0.30)
    # The cheeks above a line from mouth to ear stay free.
    jaw *= 1 - smoothstep(y + 0.60 + 0.35 * (side - 0.3), -0.12, 0.12) * smoothstep(side, 0.2, 0.4)
    lip = np.exp(-(((y + 0.545 + 0.25 * side**2) / 0.055) ** 2)) * smoothstep(0.30 - side, 0, 0.12)
    lip = lip * (z > 0)
    near_mouth = smoothstep(0.36 - side, 0, 0.14)
    region = {
        "full": np.maximum(jaw, lip), "stubble": np.maximum(jaw, lip),
        "goatee": np.maximum(jaw * near_mouth, lip), "moustache": lip,
    }[beard.kind]  # fmt: skip
    edge = fractal_noise(np.stack([x * 22 + z * 20 + 40, y * 16], -1), 2, person.hair.seed + 5)
    region = smoothstep(region + 0.5 * (edge - 0.5), 0.15, 0.75) * (1 - smoothstep(lips, 0.1, 0.4))
    hairs = color * 0 + np.array(beard.color) * (0.6 + 0.8 * edge[:, None])
    return _mixed(color, hairs, beard.density * region * (0.65 + 0.35 * edge))


def _with_brows(color: np.ndarray, person: Identity, places: np.ndarray) -> np.ndarray:
    brows = person.brows
    x, y, z = places.T
    side = np.abs(x)
    along = (side - 0.09) / 0.40
    inside = np.clip(along, 0, 1)
    middle = 0.195 + brows.height + brows.arch * (np.sin(inside * 2.6) - 0.35)
    middle = middle + brows.tilt * (along - 0.4)
    wide = 0.040 * brows.width * (1.05 - 0.6 * inside)
    band = np.exp(-1.2 * ((y - middle) / wide) ** 2) * smoothstep(along, -0.08, 0.12)
    band = band * smoothstep(1.05 - along, 0, 0.25) * (z > -0.25)
    grain = lattice_noise(np.stack([side * 60 - y * 40 + 80, y * 25 + 80], -1), person.hair.seed)
    band = np.clip(1.25 * band * (0.6 + 0.6 * grain), 0, 1)
    return _mixed(color, np.array(brows.color), band * brows.density)


def _eye(person: Identity, view: View, directions: np.ndarray) -> np.ndarray:
    """White, iris and pupil by the angle from where the eye looks."""
    gaze = unit(np.array([np.sin(view.gaze[0]), np.sin(view.gaze[1]), 1.0]))
    angle = np.arccos(np.clip(directions @ gaze, -1, 1))
    rays = np.arctan2(directions[:, 0] - gaze[0], directions[:, 1] - gaze[1])
    grain = lattice_noise(np.stack([rays * 7 + 30, angle * 6], -1), 3)
    veins = smoothstep(angle, 0.5, 1.2)[:, None] * np.array([0.3, 1.0, 1.0])
    color = np.array([0.46, 0.44, 0.425]) * (1 - 0.15 * veins)
    iris = np.array(person.iris) * (0.7 + 0.8 * grain[:, None])
    iris = iris * (1 - 0.5 * smoothstep(angle, 0.36, 0.46))[:, None]
    color = _mixed(color, iris, 1 - smoothstep(angle, 0.44, 0.50))
    color = _mixed(color, np.array([0.008, 0.008, 0.008]), 1 - smoothstep(angle, 0.17, 0.21))
    # The upper lid and its lashes shade the ball.
    return color * (1 - 0.55 * smoothstep(directions[:, 1], 0.12, 0.5))[:, None]
