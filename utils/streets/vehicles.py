"""Cars, vans, buses and lorries as numbers: designs, and vehicles built after them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

KINDS = ("car", "van", "bus", "lorry")

Outline = tuple[tuple[float, float], ...]
Range = tuple[float, float]


@dataclass(frozen=True)
class Shell:
    """A hollow body, lofted along the vehicle: a car's body, a lorry's cab or its load.

    Lengths along it are fractions from its tail (0) to its nose (1), heights fractions of its
    height above the ground.

    Attributes:
        role: How it is painted: ``"car"``, ``"van"``, ``"bus"``, ``"cab"``, ``"box"`` (a closed
            load), ``"open"`` (a load without roof), ``"tank"`` or ``"frame"`` (the chassis).
        start: Where its tail lies, as a fraction of the vehicle's length.
        end: Where its nose lies.
        outline: Points (length, height) of its upper edge.
        height: Its top as a fraction of the vehicle's height.
        belt: Height where windows begin.
        tumblehome: How far its sides lean in above the belt, in metres per metre.
        barrel: How round its flanks are, 0 for flat.
        clearance: Height of its lower edge above the ground in metres.
        narrowing: How much narrower it is at nose and tail, in metres a side.
        windscreen: From where to where the front window reaches; empty when there is none.
        rear_window: The same for the rear window.
        side_glass: The same for the side windows.
        pillars: Where posts divide the side windows.
    """

    role: str
    start: float
    end: float
    outline: Outline
    height: float = 1.0
    belt: float = 0.64
    tumblehome: float = 0.40
    barrel: float = 1.0
    clearance: float = 0.24
    narrowing: float = 0.16
    windscreen: tuple[float, ...] = ()
    rear_window: tuple[float, ...] = ()
    side_glass: tuple[float, ...] = ()
    pillars: tuple[float, ...] = ()


@dataclass(frozen=True)
class Design:
    """A design that vehicles are built after.

    Attributes:
        name: What it is called.
        kind: One of :data:`KINDS`.
        share: How common it is among the designs of its kind.
        held_out: Whether only the test streets have it.
        length: From where to where its length varies, in metres.
        width: The same, without mirrors.
        height: The same.
        axles: Where its wheels are, as fractions of the length from the tail.
        wheel: Radius of its wheels in metres.
        shells: What it is made of.
    """

    name: str
    kind: str
    share: float
    held_out: bool
    length: Range
    width: Range
    height: Range
    axles: tuple[float, ...]
    wheel: float
    shells: tuple[Shell, ...]


@dataclass(frozen=True)
class Vehicle:
    """One vehicle on the street.

    Attributes:
        kind: One of :data:`KINDS`.
        design: Name of its design.
        x: Where its middle is, metres to the right.
        z: Where its middle is, metres ahead.
        heading: Where it points, in radians: 0 away from you, π/2 to the right.
        length: In metres.
        width: In metres, without mirrors.
        height: In metres.
        paint: Colour of the body, linear red, green, blue.
        second: Colour of a stripe, of the load, or of trim.
        plate: Colour of the number plates.
        headlights: Whether they are lit.
        braking: Whether the brake lights are lit.
        tinted: How dark the rear windows are, 0 to 1.
        details: Eight numbers in [0, 1] that vary lamps, grille, rims, stripes and shape.
    """

    kind: str
    design: str
    x: float
    z: float
    heading: float
    length: float
    width: float
    height: float
    paint: tuple[float, float, float]
    second: tuple[float, float, float]
    plate: tuple[float, float, float]
    headlights: bool
    braking: bool
    tinted: float
    details: tuple[float, ...] = field(repr=False)

    @property
    def axes(self) -> np.ndarray:
        """Directions ahead, up and to the right of the vehicle as rows, ``(3, 3)``."""
        sine, cosine = np.sin(self.heading), np.cos(self.heading)
        return np.array([[sine, 0, cosine], [0, 1, 0], [cosine, 0, -sine]])

    @property
    def reach(self) -> tuple[float, float]:
        """Half of what it takes of the ground along x and along z, in metres."""
        sine, cosine = abs(np.sin(self.heading)), abs(np.cos(self.heading))
        return (
            (sine * self.length + cosine * self.width) / 2,
            (cosine * self.length + sine * self.width) / 2,
        )


# Designs -----------------------------------------------------------------------------------------


def _car(
    name: str, share: float, size: tuple[Range, Range, Range], outline: Outline, **more
) -> Design:
    """A design of one shell, with four wheels."""
    held_out, kind = more.pop("held_out", False), more.pop("kind", "car")
    base, wheel = more.pop("wheelbase", 0.60), more.pop("wheel", 0.32)
    axles = (0.5 - base / 2, 0.515 + base / 2)
    shell = Shell(more.pop("role", kind), 0, 1, outline, **more)
    return Design(name, kind, share, held_out, *size, axles, wheel, (shell,))


_SEDAN = ((0, 0.50), (0.008, 0.60), (0.03, 0.665), (0.15, 0.69), (0.185, 0.70), (0.315, 0.955))
_SEDAN += ((0.37, 0.99), (0.46, 1), (0.54, 0.985), (0.585, 0.955), (0.725, 0.69), (0.78, 0.67))
_SEDAN += ((0.93, 0.60), (0.98, 0.52), (1, 0.42))
_HATCHBACK = ((0, 0.48), (0.008, 0.60), (0.02, 0.69), (0.085, 0.93), (0.13, 0.975), (0.35, 1))
_HATCHBACK += ((0.5, 0.99), (0.555, 0.955), (0.715, 0.69), (0.78, 0.67), (0.94, 0.585))
_HATCHBACK += ((0.985, 0.50), (1, 0.42))
_ESTATE = ((0, 0.48), (0.008, 0.60), (0.02, 0.69), (0.075, 0.92), (0.11, 0.965), (0.3, 1))
_ESTATE += ((0.5, 0.99), (0.56, 0.955), (0.71, 0.69), (0.77, 0.67), (0.94, 0.59), (0.985, 0.51))
_ESTATE += ((1, 0.42),)
_SUV = ((0, 0.44), (0.006, 0.58), (0.015, 0.70), (0.055, 0.92), (0.085, 0.97), (0.3, 1))
_SUV += ((0.53, 0.99), (0.575, 0.96), (0.70, 0.705), (0.755, 0.69), (0.94, 0.625), (0.985, 0.55))
_SUV += ((1, 0.40),)
_PICKUP = ((0, 0.42), (0.004, 0.58), (0.01, 0.615), (0.365, 0.615), (0.372, 0.66), (0.392, 0.93))
_PICKUP += ((0.42, 0.98), (0.5, 1), (0.57, 0.99), (0.61, 0.955), (0.72, 0.69), (0.775, 0.675))
_PICKUP += ((0.95, 0.63), (0.988, 0.55), (1, 0.40))
_COUPE = ((0, 0.52), (0.01, 0.64), (0.03, 0.69), (0.09, 0.715), (0.33, 0.95), (0.40, 0.99))
_COUPE += ((0.46, 1), (0.52, 0.98), (0.565, 0.945), (0.735, 0.68), (0.79, 0.65), (0.93, 0.56))
_COUPE += ((0.98, 0.48), (1, 0.40))
_CITY_CAR = ((0, 0.46), (0.01, 0.62), (0.03, 0.75), (0.07, 0.93), (0.12, 0.98), (0.35, 1))
_CITY_CAR += ((0.55, 0.985), (0.62, 0.94), (0.80, 0.68), (0.86, 0.64), (0.96, 0.55), (1, 0.40))
_FASTBACK = ((0, 0.52), (0.01, 0.63), (0.04, 0.70), (0.10, 0.745), (0.26, 0.90), (0.38, 0.985))
_FASTBACK += ((0.47, 1), (0.55, 0.98), (0.60, 0.945), (0.755, 0.67), (0.81, 0.645), (0.94, 0.565))
_FASTBACK += ((0.985, 0.49), (1, 0.40))
_OFFROADER = ((0, 0.40), (0.003, 0.60), (0.008, 0.92), (0.02, 0.975), (0.10, 1), (0.55, 1))
_OFFROADER += ((0.60, 0.975), (0.655, 0.70), (0.69, 0.675), (0.94, 0.655), (0.975, 0.62), (1, 0.40))
_MPV = ((0, 0.44), (0.008, 0.58), (0.015, 0.70), (0.05, 0.93), (0.08, 0.975), (0.3, 1))
_MPV += ((0.55, 0.99), (0.64, 0.94), (0.83, 0.66), (0.88, 0.62), (0.96, 0.55), (1, 0.40))
_PANEL_VAN = ((0, 0.30), (0.004, 0.6), (0.01, 0.93), (0.03, 0.985), (0.3, 1), (0.68, 1))
_PANEL_VAN += ((0.735, 0.965), (0.865, 0.60), (0.91, 0.55), (0.975, 0.46), (1, 0.33))
_DELIVERY = ((0, 0.36), (0.005, 0.6), (0.012, 0.92), (0.03, 0.975), (0.25, 1), (0.52, 0.995))
_DELIVERY += ((0.60, 0.95), (0.745, 0.63), (0.81, 0.60), (0.95, 0.52), (0.985, 0.46), (1, 0.36))
_HIGH_ROOF = ((0, 0.25), (0.003, 0.5), (0.008, 0.95), (0.02, 0.99), (0.2, 1), (0.62, 1))
_HIGH_ROOF += ((0.70, 0.95), (0.745, 0.80), (0.86, 0.50), (0.92, 0.44), (0.98, 0.37), (1, 0.27))
_FLAT = ((0, 0.90), (0.002, 0.97), (0.008, 0.99), (0.03, 1), (0.97, 1), (0.988, 0.98))
_BUS = (*_FLAT, (0.995, 0.90), (1, 0.50))
_COACH = ((0, 0.86), (0.003, 0.95), (0.01, 0.98), (0.05, 1), (0.93, 1), (0.965, 0.97))
_COACH += ((0.985, 0.80), (0.995, 0.50), (1, 0.30))
_CAB = ((0, 0.96), (0.02, 0.985), (0.15, 1), (0.70, 0.99), (0.84, 0.93), (0.93, 0.72), (0.97, 0.50))
_CAB += ((1, 0.30),)
_BOX = ((0, 0.985), (0.004, 0.997), (0.02, 1), (0.98, 1), (0.996, 0.997), (1, 0.985))

_CAR_SIZE = ((4.4, 5.0), (1.75, 1.92), (1.40, 1.50))
_VAN = dict(kind="van", tumblehome=0.14, barrel=0.6, narrowing=0.12, wheel=0.34)
_BUS_SHELL = dict(tumblehome=0.02, barrel=0.12, narrowing=0.10, belt=0.42, clearance=0.28)
_CAB_SHELL = dict(tumblehome=0.05, barrel=0.2, narrowing=0.08, belt=0.52, clearance=0.38)
_LOAD = dict(tumblehome=0.0, barrel=0.0, narrowing=0.0, belt=0.5)


def _lorry(name: str, share: float, size, axles, cab: Range, load: Range, **more) -> Design:
    """A chassis with a cab in front and a load behind."""
    held_out, role = more.pop("held_out", False), more.pop("role", "box")
    outline, tall = more.pop("outline", _BOX), more.pop("cab_height", 0.80)
    floor = more.pop("floor", 0.95)
    shells = (
        Shell("frame", 0.01, 0.90, _BOX, 0.30, clearance=0.55, **(_LOAD | {"narrowing": 0.35})),
        Shell(role, *load, outline, clearance=floor, **_LOAD),
        Shell(
            "cab", *cab, _CAB, tall, windscreen=(0.72, 1.0), side_glass=(0.40, 0.86), **_CAB_SHELL
        ),
    )
    return Design(name, "lorry", share, held_out, *size, axles, 0.48, shells)


DESIGNS: tuple[Design, ...] = (
    _car("sedan", 0.27, _CAR_SIZE, _SEDAN, belt=0.655, windscreen=(0.58, 0.715),
         rear_window=(0.19, 0.325), side_glass=(0.20, 0.70), pillars=(0.25, 0.45)),
    _car("hatchback", 0.24, ((3.6, 4.3), (1.65, 1.82), (1.42, 1.56)), _HATCHBACK, wheelbase=0.62,
         windscreen=(0.55, 0.705), rear_window=(0.018, 0.10), side_glass=(0.07, 0.69),
         pillars=(0.17, 0.38)),
    _car("estate", 0.12, ((4.5, 4.95), (1.78, 1.9), (1.44, 1.54)), _ESTATE, wheelbase=0.59,
         windscreen=(0.555, 0.70), rear_window=(0.018, 0.085), side_glass=(0.06, 0.69),
         pillars=(0.16, 0.38)),
    _car("SUV", 0.22, ((4.2, 4.95), (1.82, 2.0), (1.62, 1.85)), _SUV, belt=0.635, tumblehome=0.26,
         clearance=0.33, windscreen=(0.57, 0.695), rear_window=(0.014, 0.066), wheel=0.36,
         side_glass=(0.05, 0.685), pillars=(0.15, 0.37)),
    _car("pickup", 0.06, ((5.0, 5.6), (1.85, 2.0), (1.72, 1.88)), _PICKUP, belt=0.645,
         clearance=0.34, windscreen=(0.605, 0.72), rear_window=(0.368, 0.40), wheel=0.37,
         side_glass=(0.39, 0.71), pillars=(0.52,), narrowing=0.12),
    _car("coupé", 0.09, ((4.1, 4.6), (1.78, 1.92), (1.24, 1.36)), _COUPE, belt=0.66,
         wheelbase=0.58, windscreen=(0.565, 0.725), rear_window=(0.11, 0.33),
         side_glass=(0.18, 0.71), pillars=(0.36,)),
    _car("city car", 0.28, ((3.3, 3.7), (1.58, 1.68), (1.46, 1.58)), _CITY_CAR, held_out=True,
         wheelbase=0.66, belt=0.63, wheel=0.29, windscreen=(0.61, 0.79), rear_window=(0.02, 0.10),
         side_glass=(0.07, 0.77), pillars=(0.34,), tumblehome=0.32),
    _car("fastback", 0.28, ((4.5, 4.9), (1.82, 1.94), (1.38, 1.45)), _FASTBACK, held_out=True,
         belt=0.655, wheelbase=0.62, windscreen=(0.595, 0.745), rear_window=(0.10, 0.30),
         side_glass=(0.16, 0.73), pillars=(0.26, 0.46)),
    _car("off-roader", 0.18, ((4.0, 4.8), (1.80, 1.98), (1.80, 1.98)), _OFFROADER, held_out=True,
         belt=0.62, tumblehome=0.14, barrel=0.4, clearance=0.38, wheel=0.40,
         windscreen=(0.595, 0.66), rear_window=(0.004, 0.02), side_glass=(0.05, 0.65),
         pillars=(0.20, 0.42), narrowing=0.08),
    _car("MPV", 0.26, ((4.4, 4.8), (1.80, 1.90), (1.62, 1.74)), _MPV, held_out=True, belt=0.61,
         tumblehome=0.24, windscreen=(0.63, 0.82), rear_window=(0.014, 0.06),
         side_glass=(0.05, 0.80), pillars=(0.20, 0.42, 0.66)),
    _car("panel van", 0.5, ((4.9, 5.8), (1.90, 2.05), (2.0, 2.5)), _PANEL_VAN, belt=0.56,
         windscreen=(0.73, 0.86), side_glass=(0.66, 0.85), **_VAN),
    _car("minibus", 0.25, ((4.8, 5.5), (1.90, 2.05), (1.95, 2.3)), _PANEL_VAN, belt=0.54,
         windscreen=(0.73, 0.86), rear_window=(0.004, 0.022), side_glass=(0.03, 0.85),
         pillars=(0.24, 0.46, 0.67), **_VAN),
    _car("delivery van", 0.25, ((4.1, 4.6), (1.75, 1.88), (1.78, 1.92)), _DELIVERY, belt=0.60,
         windscreen=(0.595, 0.74), side_glass=(0.50, 0.72), **_VAN),
    _car("high-roof van", 0.6, ((5.5, 6.6), (1.98, 2.1), (2.55, 2.85)), _HIGH_ROOF, held_out=True,
         belt=0.47, windscreen=(0.74, 0.86), side_glass=(0.66, 0.84), **_VAN),
    _car("window van", 0.4, ((4.3, 4.8), (1.78, 1.9), (1.80, 1.95)), _DELIVERY, held_out=True,
         belt=0.58, windscreen=(0.595, 0.74), rear_window=(0.006, 0.024), side_glass=(0.04, 0.72),
         pillars=(0.27, 0.50), **_VAN),
    Design("city bus", "bus", 0.65, False, (10.5, 12.2), (2.5, 2.55), (2.9, 3.15), (0.25, 0.76),
           0.48, (Shell("bus", 0, 1, _BUS, windscreen=(0.97, 1.0), side_glass=(0.02, 0.98),
                        pillars=tuple(np.arange(0.11, 0.95, 0.125)), **_BUS_SHELL),)),
    Design("coach", "bus", 0.35, False, (11.5, 13.0), (2.5, 2.55), (3.4, 3.7), (0.22, 0.28, 0.78),
           0.50, (Shell("bus", 0, 1, _COACH, windscreen=(0.95, 1.0), side_glass=(0.02, 0.97),
                        pillars=tuple(np.arange(0.16, 0.9, 0.165)),
                        **(_BUS_SHELL | {"belt": 0.50})),)),
    Design("double-decker", "bus", 0.5, True, (10.2, 11.2), (2.5, 2.55), (4.2, 4.4), (0.22, 0.77),
           0.49, (Shell("bus", 0, 1, _BUS, windscreen=(0.97, 1.0), side_glass=(0.02, 0.98),
                        pillars=tuple(np.arange(0.12, 0.95, 0.14)),
                        **(_BUS_SHELL | {"belt": 0.29})),)),
    Design("midibus", "bus", 0.5, True, (7.0, 8.6), (2.3, 2.4), (2.8, 3.0), (0.22, 0.80),
           0.42, (Shell("bus", 0, 1, _COACH, windscreen=(0.93, 1.0), side_glass=(0.03, 0.96),
                        pillars=tuple(np.arange(0.2, 0.9, 0.19)),
                        **(_BUS_SHELL | {"belt": 0.44})),)),
    _lorry("box lorry", 0.45, ((6.5, 9.0), (2.3, 2.5), (3.0, 3.6)), (0.24, 0.86), (0.77, 1.0),
           (0.0, 0.755)),
    _lorry("tipper", 0.2, ((6.8, 8.2), (2.4, 2.5), (2.7, 3.0)), (0.16, 0.29, 0.85), (0.75, 1.0),
           (0.01, 0.73), role="open", cab_height=1.0,
           outline=((0, 0.60), (0.002, 0.72), (0.01, 0.74), (0.9, 0.74), (0.96, 0.80), (0.99, 0.82),
                    (1, 0.80))),
    _lorry("semi-trailer", 0.35, ((14.5, 16.5), (2.5, 2.55), (3.8, 4.0)),
           (0.12, 0.20, 0.28, 0.74, 0.92), (0.865, 1.0), (0.0, 0.835), cab_height=0.92, floor=1.05),
    _lorry("tank lorry", 0.45, ((8.0, 10.0), (2.4, 2.5), (3.0, 3.3)), (0.14, 0.25, 0.88),
           (0.80, 1.0), (0.0, 0.78), held_out=True, role="tank", cab_height=0.96),
    _lorry("container lorry", 0.55, ((8.5, 10.5), (2.4, 2.5), (3.5, 3.9)), (0.13, 0.24, 0.88),
           (0.795, 1.0), (0.0, 0.77), held_out=True, role="container", cab_height=0.80, floor=1.15),
)  # fmt: skip

_BY_NAME = {design.name: design for design in DESIGNS}


def design_of(vehicle: Vehicle) -> Design:
    """Return the design that a vehicle is built after.

    Raises:
        ValueError: If there is no such design.
    """
    if vehicle.design not in _BY_NAME:
        raise ValueError(
            f"There is no design {vehicle.design!r}. Choose one of: {', '.join(_BY_NAME)}."
        )
    return _BY_NAME[vehicle.design]


# Drawing vehicles --------------------------------------------------------------------------------

# Colours in linear light with how common they are.
_PAINTS = (
    ((0.78, 0.78, 0.77), 0.20), ((0.022, 0.022, 0.025), 0.15), ((0.42, 0.43, 0.44), 0.13),
    ((0.14, 0.15, 0.16), 0.13), ((0.45, 0.015, 0.015), 0.11), ((0.02, 0.06, 0.26), 0.08),
    ((0.03, 0.17, 0.42), 0.06), ((0.03, 0.13, 0.06), 0.04), ((0.48, 0.40, 0.28), 0.03),
    ((0.70, 0.46, 0.02), 0.03), ((0.60, 0.16, 0.02), 0.02), ((0.13, 0.04, 0.025), 0.02),
)  # fmt: skip
_LIVERIES = (
    (0.62, 0.02, 0.02), (0.75, 0.60, 0.10), (0.05, 0.25, 0.12), (0.03, 0.10, 0.38),
    (0.75, 0.75, 0.72), (0.06, 0.38, 0.48), (0.80, 0.34, 0.03), (0.50, 0.52, 0.55),
)  # fmt: skip
_PLATES = ((0.75, 0.75, 0.72), (0.75, 0.60, 0.06))


def draw_vehicle(
    rng: np.random.Generator,
    kind: str,
    held_out: bool,
    x: float,
    z: float,
    heading: float,
    headlights: float,
) -> Vehicle:
    """Draw a vehicle of a kind at random.

    Args:
        rng: Random numbers.
        kind: One of :data:`KINDS`.
        held_out: Take a design that only the test streets have, or one that they have not.
        x: Where its middle is.
        z: The same.
        heading: Where it points, radians from straight ahead.
        headlights: Probability that they are lit.
    """
    choices = [d for d in DESIGNS if d.kind == kind and d.held_out == held_out]
    shares = np.array([design.share for design in choices])
    design = choices[int(rng.choice(len(choices), p=shares / shares.sum()))]
    return Vehicle(
        kind=kind,
        design=design.name,
        x=float(x),
        z=float(z),
        heading=float(heading),
        length=float(rng.uniform(*design.length)),
        width=float(rng.uniform(*design.width)),
        height=float(rng.uniform(*design.height)),
        paint=_paint(rng, kind),
        second=_livery(rng),
        plate=_PLATES[int(rng.random() < 0.2)],
        headlights=bool(rng.random() < headlights),
        braking=bool(rng.random() < 0.3),
        tinted=float(rng.random()),
        details=tuple(float(value) for value in rng.random(8)),
    )


def _paint(rng: np.random.Generator, kind: str) -> tuple[float, float, float]:
    """A car's paint; vans and lorries are white half of the time, buses wear a livery."""
    number = int(rng.choice(len(_PAINTS), p=[share for _, share in _PAINTS]))
    white, livery = rng.random() < 0.5, _livery(rng)
    if kind == "bus":
        return livery
    if kind == "lorry" and not white:
        return livery
    base = np.array(_PAINTS[0 if kind != "car" and white else number][0])
    tinge = rng.uniform(0.75, 1.2) * rng.uniform(0.92, 1.08, 3)
    return tuple(float(v) for v in np.clip(base * tinge, 0.008, 0.85))


def _livery(rng: np.random.Generator) -> tuple[float, float, float]:
    base = np.array(_LIVERIES[int(rng.integers(len(_LIVERIES)))]) * rng.uniform(0.7, 1.1)
    return tuple(float(v) for v in np.clip(base, 0.008, 0.85))
