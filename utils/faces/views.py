"""How a picture of a face is taken: everything that changes from picture to picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Color = tuple[float, float, float]

BACKGROUNDS = ("plain", "wall", "room", "garden", "sky", "lights")
EXPRESSIONS = ("neutral", "smile", "laugh", "talk", "surprise", "frown", "sad", "pout", "wink")
OCCLUSIONS = ("none", "hat", "sunglasses", "mask", "object")

# Strengths of the movements of each expression at its fullest; both sides move unless one is named.
MOVEMENTS: dict[str, dict[str, float]] = {
    "neutral": {},
    "smile": {"mouthSmile": 0.8, "cheekSquint": 0.5, "mouthDimple": 0.3},
    "laugh": {
        "mouthSmile": 0.9, "cheekSquint": 0.8, "jawOpen": 0.35, "eyeSquint": 0.5,
        "mouthUpperUp": 0.4,
    },
    "talk": {"jawOpen": 0.45, "mouthFunnel": 0.35},
    "surprise": {"jawOpen": 0.6, "browInnerUp": 0.9, "browOuterUp": 0.8, "eyeWide": 0.8},
    "frown": {"browDown": 0.9, "eyeSquint": 0.5, "mouthPress": 0.6, "noseSneer": 0.3},
    "sad": {"mouthFrown": 0.7, "browInnerUp": 0.7, "mouthShrugLower": 0.4},
    "pout": {"mouthPucker": 0.7},
    "wink": {"eyeBlinkLeft": 1.0, "mouthSmileLeft": 0.6, "cheekSquintLeft": 0.6},
}  # fmt: skip
_SHARES = (0.30, 0.22, 0.10, 0.13, 0.06, 0.07, 0.05, 0.05, 0.02)


@dataclass(frozen=True)
class View:
    """Pose, light, camera and surroundings of one picture.

    What is left out is as in a passport picture: from the front, in even light, without noise. So
    ``View(yaw=0.5)`` changes one thing, and ``dataclasses.replace`` another.

    Attributes:
        yaw: Turn of the head towards the picture's right, in radians; from 1.2 on the whole body
            turns, and π shows the back of the head.
        pitch: Turn of the head upwards, in radians.
        roll: Tilt of the head clockwise in the picture, in radians; the alignment of the picture
            undoes half of it.
        expression: One of :data:`EXPRESSIONS`.
        strength: How strong the expression is, 0 to 1.
        blink: How far the eyes are shut, 0 to 1.
        gaze: Where the eyes look, to the head's left and up, in radians off straight ahead.
        light_azimuth: Where the light comes from, in radians from the camera towards the
            picture's right.
        light_elevation: Its height above the horizon, in radians.
        light_strength: How bright the direct light is, 1 for usual.
        light_color: Its red, green and blue, about 1.
        ambient: How bright the light from all around is, 1 for usual.
        ambient_color: Its red, green and blue, about 1.
        distance: From the camera to the eyes, in decimetres.
        shift: How far alignment has missed to the right and down, in widths of the picture.
        zoom: How much larger than usual the face is in the picture.
        exposure: How bright the picture is taken, 1 for usual.
        warmth: How much warmer than neutral its colours are.
        colors: How strong colours are, 1 for natural, 0 for a gray picture.
        blur: Standard deviation of the lens's blur, in hundredths of the picture's width.
        noise: Standard deviation of the sensor's noise, of 1.
        background: One of :data:`BACKGROUNDS`.
        background_color: Linear red, green and blue of its main colour.
        clothes: Linear red, green and blue of the clothes.
        occlusion: What hides a part of the face, one of :data:`OCCLUSIONS`.
        glasses: Whether people who own glasses wear them.
        seed: Decides about the background's details, the noise, and the object in front.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    expression: str = "neutral"
    strength: float = 1.0
    blink: float = 0.1
    gaze: tuple[float, float] = (0.0, 0.0)
    light_azimuth: float = 0.4
    light_elevation: float = 0.5
    light_strength: float = 1.0
    light_color: Color = (1.0, 1.0, 1.0)
    ambient: float = 1.0
    ambient_color: Color = (1.0, 1.0, 1.0)
    distance: float = 12.0
    shift: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    exposure: float = 1.0
    warmth: float = 0.0
    colors: float = 1.0
    blur: float = 0.0
    noise: float = 0.0
    background: str = "plain"
    background_color: Color = (0.35, 0.4, 0.45)
    clothes: Color = (0.05, 0.08, 0.15)
    occlusion: str = "none"
    glasses: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        for what, value, names in (
            ("expression", self.expression, EXPRESSIONS),
            ("background", self.background, BACKGROUNDS),
            ("occlusion", self.occlusion, OCCLUSIONS),
        ):
            if value not in names:
                raise ValueError(
                    f"There is no {what} {value!r}. Choose one of: {', '.join(names)}."
                )


def view(seed: int | np.random.Generator) -> View:
    """Draw the circumstances of a picture, as varied as in an album.

    All of them follow from ``numpy.random.default_rng([seed, 611])``.

    Args:
        seed: Which one, a whole number from 0 on; or a generator to draw from.

    Returns:
        The view; the same one for the same number.

    Raises:
        ValueError: If the seed is not a whole number from 0 on.
    """
    if isinstance(seed, np.random.Generator):
        return _drawn(seed)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(
            f"A view's seed is a whole number from 0 on, or a generator; got {seed!r}."
        )
    return _drawn(np.random.default_rng([int(seed), 611]))


def _drawn(rng: np.random.Generator) -> View:
    warm = rng.normal(0, 0.08)
    soft = rng.random()  # from a hard light, 0, to an even one, 1
    strength = float((1.25 - 0.9 * soft) * rng.uniform(0.75, 1.25))
    background = BACKGROUNDS[int(rng.integers(len(BACKGROUNDS)))]
    gray = rng.random() < 0.03
    return View(
        yaw=float(np.clip(rng.normal(0, 0.25), -0.7, 0.7)),
        pitch=float(np.clip(rng.normal(0, 0.10), -0.3, 0.3)),
        roll=float(np.clip(rng.normal(0, 0.08), -0.25, 0.25)),
        expression=EXPRESSIONS[int(rng.choice(len(EXPRESSIONS), p=_SHARES))],
        strength=float(rng.uniform(0.25, 0.9)),
        blink=float(rng.uniform(0.0, 0.2) if rng.random() < 0.95 else rng.uniform(0.7, 1)),
        gaze=_pair(rng.normal(0, 0.10, 2)),
        light_azimuth=float(np.clip(rng.normal(0, 0.5), -1.5, 1.5)),
        light_elevation=float(rng.uniform(-0.1, 1.05)),
        light_strength=strength,
        light_color=(1 + float(warm), 1.0, 1 - float(warm)),
        ambient=float((0.65 + 0.8 * soft) * rng.uniform(0.75, 1.25)),
        ambient_color=(1 - float(warm) / 2, 1.0, 1 + float(warm) / 2),
        distance=float(rng.uniform(7, 16)),
        shift=_pair(rng.normal(0, 0.018, 2)),
        zoom=float(np.exp(rng.normal(0, 0.035))),
        exposure=float(np.exp(rng.normal(0, 0.11))),
        warmth=float(rng.normal(0, 0.035)),
        colors=0.0 if gray else float(rng.uniform(0.8, 1.1)),
        blur=float(np.clip(rng.gamma(1.2, 0.35) - 0.2, 0, 1.3)),
        noise=float(0.025 * rng.beta(1, 2.5)),
        background=background,
        background_color=_color(rng),
        clothes=_color(rng),
        occlusion=OCCLUSIONS[int(rng.choice(5, p=[0.925, 0.025, 0.015, 0.015, 0.02]))],
        glasses=bool(rng.random() < 0.85),
        seed=int(rng.integers(1 << 30)),
    )


def _pair(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _color(rng: np.random.Generator) -> Color:
    """A colour of a thing that somebody chose: any brightness, seldom strong."""
    light, strong = rng.uniform(0.06, 0.6), rng.beta(1.0, 2.5)
    color = light * (1 - strong + strong * rng.uniform(0, 1.6, 3))
    return tuple(np.clip(color, 0.01, 0.85).tolist())
