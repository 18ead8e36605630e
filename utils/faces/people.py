"""Who a face belongs to: everything about a person that stays the same from picture to picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from utils.faces.head import head

Color = tuple[float, float, float]

SPLITS = ("train", "validation", "test")
# Each split has its own numbers, so that no person can be in two of them.
PEOPLE_OF_A_SPLIT = 1_000_000
YOUNGEST, OLDEST = 18.0, 80.0
# How far all sliders together may move a face, root mean square, in decimetres.
_UNUSUAL = 0.064

HAIR_STYLES = ("bald", "shaved", "short", "swept", "curly", "bob", "long", "tied")
FRINGES = ("none", "straight", "side")
BEARDS = ("none", "stubble", "full", "goatee", "moustache")
FRAMES = ("round", "square", "wide")

# Linear red, green, blue.
_HAIR_COLORS = {
    "black": (0.014, 0.012, 0.011),
    "dark brown": (0.036, 0.022, 0.015),
    "brown": (0.085, 0.047, 0.026),
    "light brown": (0.19, 0.115, 0.058),
    "blond": (0.40, 0.27, 0.13),
    "red": (0.23, 0.075, 0.028),
}
_IRISES = {
    "brown": (0.085, 0.038, 0.018),
    "dark brown": (0.036, 0.018, 0.011),
    "hazel": (0.15, 0.11, 0.045),
    "blue": (0.12, 0.20, 0.28),
    "green": (0.11, 0.18, 0.11),
    "gray": (0.20, 0.24, 0.26),
}
_FRAME_COLORS = ((0.01, 0.01, 0.012), (0.06, 0.025, 0.012), (0.25, 0.20, 0.12), (0.22, 0.02, 0.03))


@dataclass(frozen=True)
class Hair:
    """Hair on the head.

    Attributes:
        style: One of :data:`HAIR_STYLES`.
        color: Linear red, green and blue, gray hairs mixed in.
        line: How much higher the hairline lies than usual, in decimetres.
        recession: How far it has receded at the temples, in decimetres.
        parting: Where hair parts, −1 (the head's right) to 1 (left).
        volume: How much it stands off the head, 1 for usual.
        length: Height at which long hair ends, in decimetres above the eyes: negative.
        waves: How much strands wave, 0 to 1.
        fringe: One of :data:`FRINGES`.
        seed: Decides where each strand lies.
    """

    style: str
    color: Color
    line: float
    recession: float
    parting: float
    volume: float
    length: float
    waves: float
    fringe: str
    seed: int


@dataclass(frozen=True)
class Brows:
    """Eyebrows.

    Attributes:
        color: Linear red, green and blue.
        width: How broad they are, 1 for usual.
        height: How much higher than usual they lie, in decimetres.
        arch: How much higher their middle is than their ends, in decimetres.
        tilt: How much higher their outer end is than their inner one, in decimetres.
        density: How well they cover the skin, 0 to 1.
    """

    color: Color
    width: float
    height: float
    arch: float
    tilt: float
    density: float


@dataclass(frozen=True)
class Beard:
    """Hair on the chin and lip.

    Attributes:
        kind: One of :data:`BEARDS`.
        density: How well it covers the skin, 0 to 1.
        color: Linear red, green and blue.
    """

    kind: str
    density: float
    color: Color


@dataclass(frozen=True)
class Glasses:
    """Glasses that a person owns; a view tells whether they are worn.

    Attributes:
        frame: One of :data:`FRAMES`.
        size: Size of the lenses, 1 for usual.
        thickness: Thickness of the frame, in decimetres.
        color: Linear red, green and blue of the frame.
    """

    frame: str
    size: float
    thickness: float
    color: Color


@dataclass(frozen=True)
class Identity:
    """A person who does not exist.

    ``dataclasses.replace`` makes the same person of another age or skin tone.

    Attributes:
        number: Tells people apart, over all splits.
        split: The split that the person belongs to.
        age: Years, 18 to 80.
        skin_tone: From the lightest human skin, 0, to the darkest, 1; drawn evenly, and apart from
            the shape of the face.
        undertone: From bluish, −1, to yellowish, 1.
        masculinity: From the shape of the average woman's face, 0, to the average man's, 1.
        shape: Values of the head's other sliders, −1 to 1, in their order.
        iris: Linear red, green and blue of the eyes.
        lips: How much redder than skin lips are, 0 to 1.
        freckles: How many, 0 to 1.
        moles: Places ``(x, y)`` and radii on the face, in decimetres.
        hair: Hair.
        brows: Eyebrows.
        beard: Beard.
        glasses: Glasses, None for people who own none.
    """

    number: int
    split: str
    age: float
    skin_tone: float
    undertone: float
    masculinity: float
    shape: tuple[float, ...] = field(repr=False)
    iris: Color
    lips: float
    freckles: float
    moles: tuple[tuple[float, float, float], ...]
    hair: Hair
    brows: Brows
    beard: Beard
    glasses: Glasses | None

    @property
    def aging(self) -> float:
        """How far the person has come from 25 years, 0, to 90, 1: the source's young and old."""
        return float(np.clip((self.age - 25) / 65, 0, 1))


def identity(seed: int, split: str = "train") -> Identity:
    """Draw a person.

    All of a person follows from one number, ``seed`` plus a million for each split before
    ``split``, by ``numpy.random.default_rng([number, 2026])``.

    Args:
        seed: Which person, 0 to 999,999.
        split: ``"train"``, ``"validation"`` or ``"test"``: no person is in two of them.

    Returns:
        The person; the same one for the same arguments.

    Raises:
        ValueError: If the split is unknown, or the seed is out of bounds.
    """
    if split not in SPLITS:
        raise ValueError(f"There is no split {split!r}. Choose one of: {', '.join(SPLITS)}.")
    whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if not whole or not 0 <= seed < PEOPLE_OF_A_SPLIT:
        raise ValueError(
            f"A person's seed is a whole number from 0 to {PEOPLE_OF_A_SPLIT - 1}, got {seed!r}."
        )
    number = SPLITS.index(split) * PEOPLE_OF_A_SPLIT + int(seed)
    return _drawn(np.random.default_rng([number, 2026]), number, split)


def person(number: int) -> Identity:
    """Return the person of a number, as pictures of a set have it.

    Raises:
        ValueError: If no split has the number.
    """
    split, seed = divmod(int(number), PEOPLE_OF_A_SPLIT)
    if not 0 <= split < len(SPLITS):
        raise ValueError(
            f"A person's number is 0 to {len(SPLITS) * PEOPLE_OF_A_SPLIT - 1}, got {number}."
        )
    return identity(seed, SPLITS[split])


def _drawn(rng: np.random.Generator, number: int, split: str) -> Identity:
    age = float(YOUNGEST + (OLDEST - YOUNGEST) * rng.beta(1.2, 1.6))
    tone = float(rng.uniform(0, 1))
    masculinity = float(rng.beta(0.45, 0.45))
    natural, gray = _hair_color(rng, tone), _gray(rng, age, masculinity)
    hair = _hair(rng, natural, gray, age, masculinity)
    return Identity(
        number=number,
        split=split,
        age=age,
        skin_tone=tone,
        undertone=float(rng.uniform(-1, 1)),
        masculinity=masculinity,
        shape=_shape(rng),
        iris=_iris(rng, tone),
        lips=float(rng.uniform(0.1, 0.55) + 0.4 * (masculinity < 0.45) * rng.random() ** 2),
        freckles=float(max(0, rng.normal(-0.1, 0.3)) * (tone < 0.45)),
        moles=_moles(rng),
        hair=hair,
        brows=_brows(rng, natural, gray, masculinity),
        beard=_beard(rng, natural, gray, masculinity),
        glasses=_glasses(rng, age),
    )


def _one_of(rng: np.random.Generator, shares: dict[str, float]) -> str:
    """Pick a name by its share."""
    names = list(shares)
    place = np.searchsorted(np.cumsum(list(shares.values())), rng.random() * sum(shares.values()))
    return names[min(int(place), len(names) - 1)]


def _shape(rng: np.random.Generator) -> tuple[float, ...]:
    """Draw all sliders so that each moves a face about equally far, and none makes a caricature."""
    reach, most = _reach()
    free = np.clip(reach * rng.normal(0, 1, len(reach)), -most, most)
    # A face in which everything is unusual looks drawn: such a one is brought closer to the mean.
    moved = np.sqrt(np.sum((free * head().spread) ** 2))
    return tuple((free * min(1.0, _UNUSUAL / moved)).round(4).tolist())


@cache
def _reach() -> tuple[np.ndarray, np.ndarray]:
    """Standard deviation and largest value of each slider, ``(S,)`` each."""
    reach = []
    for name, spread in zip(head().sliders, head().spread, strict=True):
        region = name.split("/")[0]
        if region in ("sex", "age-female", "age-male"):
            reach.append((0.0, 0.0))  # the person's own numbers say these
        elif region in ("structure1", "structure2"):
            reach.append((0.65, 1.0))
        elif region == "weight":
            reach.append((0.5, 1.0))
        elif region == "asymmetry":
            reach.append((min(0.12, 0.0012 / spread), 0.3))
        else:
            reach.append((np.clip(0.0095 / spread, 0.08, 0.5), 0.8))
    return tuple(np.array(reach).T)


def _hair_color(rng: np.random.Generator, tone: float) -> Color:
    light = max(0.0, 1 - tone / 0.5)
    shares = {
        "black": 0.20 + 1.2 * tone,
        "dark brown": 0.45,
        "brown": 0.05 + 0.45 * light,
        "light brown": 0.01 + 0.35 * light,
        "blond": 0.01 + 0.28 * light,
        "red": 0.005 + 0.12 * light,
    }
    color = np.array(_HAIR_COLORS[_one_of(rng, shares)])
    light, warm = np.exp(rng.normal(0, 0.2)), rng.normal(0, 0.06)
    return tuple((color * light * np.array([1 + warm, 1.0, 1 - 2 * warm])).tolist())


def _gray(rng: np.random.Generator, age: float, masculinity: float) -> float:
    """Share of gray hairs: none before an age that differs between people; some dye theirs."""
    start, years = rng.normal(53, 8), rng.uniform(14, 34)
    dyed = rng.random() < (0.15 if masculinity > 0.5 else 0.5)
    return 0.0 if dyed else float(np.clip((age - start) / years, 0, 0.95))


def _grayed(color: Color, gray: float, shade: float = 1.0) -> Color:
    white = np.array([0.42, 0.42, 0.41])
    return tuple((shade * ((1 - gray) * np.array(color) + gray * white)).tolist())


def _hair(
    rng: np.random.Generator, color: Color, gray: float, age: float, masculinity: float
) -> Hair:
    old = np.clip((age - 25) / 50, 0, 1)
    if masculinity > 0.5:
        shares = {"bald": 0.05 + 0.15 * old, "shaved": 0.16, "short": 0.40, "swept": 0.22}
        shares |= {"curly": 0.12, "long": 0.04, "tied": 0.03}
    else:
        shares = {"short": 0.12, "swept": 0.10, "curly": 0.14, "bob": 0.24, "long": 0.26}
        shares |= {"tied": 0.14, "shaved": 0.02}
    style = _one_of(rng, shares)
    fringe = _one_of(rng, {"none": 0.55, "straight": 0.2, "side": 0.25})
    recession = max(0.0, rng.normal(0.02 + 0.10 * old, 0.08)) * (masculinity > 0.5)
    return Hair(
        style=style,
        color=_grayed(color, gray),
        line=float(np.clip(rng.normal(0, 0.04) + 0.10 * old * (masculinity > 0.5), -0.08, 0.2)),
        recession=float(min(recession, 0.3)),
        parting=float(rng.uniform(-1, 1)),
        volume=float(rng.uniform(0.7, 1.35)),
        length=float(rng.uniform(-0.95, -0.55) if style == "bob" else rng.uniform(-2.2, -1.1)),
        waves=float(rng.beta(0.8, 1.2)),
        fringe=fringe if style in ("short", "bob", "long", "tied") else "none",
        seed=int(rng.integers(1 << 20)),
    )


def _iris(rng: np.random.Generator, tone: float) -> Color:
    light = max(0.0, 1 - tone / 0.45)
    shares = {"brown": 0.5, "dark brown": 0.15 + 1.2 * tone, "hazel": 0.03 + 0.25 * light}
    shares |= {"blue": 0.4 * light, "green": 0.2 * light, "gray": 0.18 * light}
    color = np.array(_IRISES[_one_of(rng, shares)])
    return tuple((color * rng.uniform(0.8, 1.25, 3)).tolist())


def _moles(rng: np.random.Generator) -> tuple[tuple[float, float, float], ...]:
    count = int(rng.choice(4, p=[0.55, 0.25, 0.13, 0.07]))
    places = zip(
        rng.uniform(-0.55, 0.55, count), rng.uniform(-0.95, 0.45, count),
        rng.uniform(0.012, 0.028, count), strict=True,
    )  # fmt: skip
    return tuple((float(x), float(y), float(radius)) for x, y, radius in places)


def _brows(rng: np.random.Generator, color: Color, gray: float, masculinity: float) -> Brows:
    return Brows(
        color=_grayed(tuple(0.75 * value for value in color), 0.6 * gray),
        width=float(rng.uniform(0.6, 1.2) * (1 + 0.3 * (masculinity > 0.5))),
        height=float(rng.normal(0, 0.018)),
        arch=float(rng.normal(0.03, 0.025)),
        tilt=float(rng.normal(-0.01, 0.018)),
        density=float(rng.uniform(0.5, 1)),
    )


def _beard(rng: np.random.Generator, color: Color, gray: float, masculinity: float) -> Beard:
    kind = _one_of(
        rng, {"none": 0.42, "stubble": 0.22, "full": 0.18, "goatee": 0.10, "moustache": 0.08}
    )
    dense = rng.uniform(0.6, 1.0)
    return Beard(
        kind=kind if masculinity > 0.5 else "none",
        density=float(rng.uniform(0.25, 0.5) if kind == "stubble" else dense),
        color=_grayed(color, min(1.0, 1.2 * gray), 0.9),
    )


def _glasses(rng: np.random.Generator, age: float) -> Glasses | None:
    owned = rng.random() < 0.16 + 0.25 * np.clip((age - 30) / 40, 0, 1)
    glasses = Glasses(
        frame=FRAMES[int(rng.integers(len(FRAMES)))],
        size=float(rng.uniform(0.88, 1.15)),
        thickness=float(rng.choice([0.018, 0.03, 0.045], p=[0.4, 0.35, 0.25])),
        color=_FRAME_COLORS[int(rng.choice(len(_FRAME_COLORS), p=[0.5, 0.2, 0.2, 0.1]))],
    )
    return glasses if owned else None
