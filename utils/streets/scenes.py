"""Street scenes as data: what is where, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from utils.streets.buildings import TOWNS, Building, Town, draw_building
from utils.streets.furniture import Furniture
from utils.streets.greenery import Hedge, Tree, draw_tree
from utils.streets.ground import SETTINGS, Road
from utils.streets.vehicles import KINDS, Vehicle, draw_vehicle
from utils.streets.weather import WEATHERS, Weather, draw_weather

T = TypeVar("T")

SPLITS = ("train", "validation", "test")
VIEWS = ("dash-cam", "pavement", "CCTV")

_TRAFFIC = {"car": 0.72, "van": 0.12, "bus": 0.07, "lorry": 0.09}
_MOTORWAY = {"car": 0.63, "van": 0.13, "bus": 0.04, "lorry": 0.20}
_PARKED = {"car": 0.86, "van": 0.11, "bus": 0.0, "lorry": 0.03}
_CAR_PARK = {"car": 0.90, "van": 0.10, "bus": 0.0, "lorry": 0.0}


@dataclass(frozen=True)
class Camera:
    """Where a picture is taken from.

    Attributes:
        view: One of :data:`VIEWS`.
        x: Metres to the right of the middle of the road.
        height: Metres above the ground.
        yaw: Radians to the right of straight ahead.
        pitch: Radians below the horizontal.
        roll: Radians clockwise.
        field: Angle that the picture's width spans, in radians.
        exposure: How bright the picture is taken, 1 for normal.
        noise: Standard deviation of the sensor's noise, of 1.
        blur: Standard deviation of the lens's blur, in thousandths of the picture's width.
        warmth: How much warmer than neutral colours are, about −0.05 to 0.05.
        colors: How strong colours are, 1 for natural.
        vignette: How much darker corners are, 0 to 1.
    """

    view: str
    x: float
    height: float
    yaw: float
    pitch: float
    roll: float
    field: float
    exposure: float
    noise: float
    blur: float
    warmth: float
    colors: float
    vignette: float


@dataclass(frozen=True)
class Scene:
    """Everything that decides what a picture shows, whatever its size.

    Attributes:
        seed: The number it was drawn from.
        split: ``"train"``, ``"validation"`` or ``"test"``.
        town: Name of the town, one of :data:`TOWNS`.
        camera: Where the picture is taken from.
        weather: Its light and air.
        road: The ground.
        vehicles: Cars, vans, buses and lorries.
        buildings: Houses.
        trees: Trees.
        hedges: Hedges.
        furniture: Lamp posts, signs, passers-by and the like.
    """

    seed: int
    split: str
    town: str
    camera: Camera
    weather: Weather
    road: Road
    vehicles: tuple[Vehicle, ...]
    buildings: tuple[Building, ...]
    trees: tuple[Tree, ...]
    hedges: tuple[Hedge, ...]
    furniture: tuple[Furniture, ...]


def scene(
    seed: int,
    split: str = "train",
    *,
    setting: str | None = None,
    weather: str | None = None,
    view: str | None = None,
) -> Scene:
    """Draw a street scene.

    The test streets lie in other towns, see other weathers, and other vehicles drive there than
    in the training and validation streets.

    Args:
        seed: Which scene; another seed is another street.
        split: ``"train"``, ``"validation"`` or ``"test"``: no two share a scene.
        setting: Draw this kind of place, one of :data:`SETTINGS`.
        weather: Draw this weather, one of :data:`~utils.streets.weather.WEATHERS`.
        view: Draw this view, one of :data:`VIEWS`.

    Returns:
        The scene; the same one for the same arguments.

    Raises:
        ValueError: If an argument is unknown, or the seed is negative.
    """
    _known("split", split, SPLITS)
    for what, value, names in (
        ("setting", setting, SETTINGS), ("weather", weather, WEATHERS), ("view", view, VIEWS)
    ):  # fmt: skip
        if value is not None:
            _known(what, value, names)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"A scene's seed is a whole number from 0 on, got {seed!r}.")
    rng = np.random.default_rng([SPLITS.index(split), int(seed), 2026])
    return _Composer(rng, int(seed), split).composed(setting, weather, view)


def _known(what: str, value: str, names: tuple[str, ...]) -> None:
    if value not in names:
        raise ValueError(f"There is no {what} {value!r}. Choose one of: {', '.join(names)}.")


class _Composer:
    """Places things so that no two stand in the same place, and none in the camera's."""

    def __init__(self, rng: np.random.Generator, seed: int, split: str) -> None:
        self.rng, self.seed, self.split = rng, seed, split
        self.held_out = split == "test"
        towns = [town for town in TOWNS if town.held_out == self.held_out]
        self.town: Town = towns[int(rng.integers(len(towns)))]
        self.vehicles: list[Vehicle] = []
        self.buildings: list[Building] = []
        self.trees: list[Tree] = []
        self.hedges: list[Hedge] = []
        self.furniture: list[Furniture] = []

    def composed(self, setting: str | None, weather: str | None, view: str | None) -> Scene:
        self.road = self._road(setting)
        self.weather = draw_weather(self.rng, self.held_out, weather)
        self.camera = self._camera(view)
        if self.road.setting == "car park":
            self._fill_car_park()
        else:
            self._fill_lanes()
            self._fill_parking()
            self._fill_crossing()
        self._build()
        self._plant()
        self._furnish()
        return Scene(
            self.seed, self.split, self.town.name, self.camera, self.weather, self.road,
            tuple(self.vehicles), tuple(self.buildings), tuple(self.trees), tuple(self.hedges),
            tuple(self.furniture),
        )  # fmt: skip

    def _one_of(self, options: Sequence[T]) -> T:
        return options[int(self.rng.integers(len(options)))]

    def _chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    # The ground and the camera -------------------------------------------------------------------

    def _road(self, setting: str | None) -> Road:
        rng = self.rng
        drawn = SETTINGS[int(rng.choice(5, p=[0.34, 0.17, 0.17, 0.16, 0.16]))]
        setting = setting or drawn
        wide = setting == "motorway"
        lanes = int(rng.integers(2, 4)) if wide else int(rng.integers(1, 3))
        rows, z = [], rng.uniform(7, 11)
        while z < 48:
            rows.append(float(z))
            z += self._one_of((5.4, 12.5))
        parking = 2.3 if setting in ("street", "crossing") and self._chance(0.7) else 0.4
        if setting == "suburb":
            lanes, parking = 1, 2.2 if self._chance(0.6) else 0.3
        gray = rng.uniform(0.18, 0.36)
        tint = self._one_of(((1, 0.98, 0.94), (1, 1, 1), (1.08, 0.92, 0.82)))
        return Road(
            setting=setting,
            lanes=lanes,
            lane=float(rng.uniform(3.0, 3.6)),
            parking=parking if not wide else 2.4,
            pavement=0.0 if wide else float(rng.uniform(1.8, 4)),
            paved=setting in ("street", "crossing"),
            median=float(rng.uniform(2.5, 6))
            if wide or (lanes == 2 and self._chance(0.3))
            else 0.0,
            crossing=float(rng.uniform(17, 36)) if setting == "crossing" else None,
            yellow=self._chance(0.35),
            wear=float(rng.uniform(0.2, 0.9)),
            asphalt=float(rng.uniform(0.05, 0.13)),
            paving=tuple(float(gray * t) for t in tint),
            slab=float(rng.uniform(0.4, 1.0)),
            rows=tuple(rows) if setting == "car park" else (),
            offset=float(rng.uniform(0, 2.6)),
            drive=1 if self._chance(0.7) else -1,
            seed=int(rng.integers(1 << 20)),
        )

    def _camera(self, view: str | None) -> Camera:
        rng, road = self.rng, self.road
        drawn = VIEWS[int(rng.choice(3, p=[0.52, 0.20, 0.28]))]
        view = view or drawn
        lane = int(rng.integers(0, road.lanes))
        side = self._one_of((-1, 1))
        if view == "dash-cam":
            x = road.drive * (road.median / 2 + (lane + 0.5) * road.lane) + rng.normal(0, 0.2)
            height, yaw, pitch = rng.uniform(1.15, 1.6), rng.normal(0, 0.05), rng.normal(0.01, 0.03)
            field = rng.uniform(46, 74)
            if self._chance(0.15):
                height = rng.uniform(1.9, 2.6)
        elif view == "pavement":
            x = side * (road.half + min(1.2, 0.5 + road.pavement / 2))
            height, pitch = rng.uniform(1.4, 1.8), rng.normal(0.03, 0.03)
            yaw, field = -side * rng.uniform(0.05, 0.55), rng.uniform(42, 70)
        else:
            x = self._one_of((side * (road.half + 0.8), rng.uniform(-0.7, 0.7) * road.half))
            height, pitch = rng.uniform(3.6, 8), rng.uniform(0.15, 0.34)
            yaw = rng.normal(0, 0.08) - 0.025 * x
            field = rng.uniform(44, 76)
        if road.setting == "car park":
            x, yaw = rng.uniform(-6, 6), rng.normal(0, 0.2)
        return Camera(
            view=view,
            x=float(x),
            height=float(height),
            yaw=float(yaw),
            pitch=float(pitch),
            roll=float(rng.normal(0, 0.012)),
            field=float(np.radians(field)),
            exposure=float(rng.uniform(0.8, 1.25)),
            noise=float(rng.uniform(0.002, 0.014)),
            blur=float(rng.uniform(0.0, 2.2)) if self._chance(0.35) else 0.0,
            warmth=float(rng.normal(0, 0.02)),
            colors=float(rng.uniform(0.85, 1.2)),
            vignette=float(rng.uniform(0, 0.22)),
        )

    # Vehicles ------------------------------------------------------------------------------------

    def _put(
        self, shares: dict[str, float], x: float, z: float, heading: float, moving: bool = True
    ) -> Vehicle | None:
        """Place a vehicle unless it would stand in another or in front of the lens."""
        kind = KINDS[int(self.rng.choice(4, p=[shares[kind] for kind in KINDS]))]
        lights = self.weather.headlights if moving else 0.04
        vehicle = draw_vehicle(self.rng, kind, self.held_out, x, z, heading, lights)
        wide, deep = vehicle.reach
        for other in self.vehicles:
            w, d = other.reach
            if abs(other.x - x) < wide + w + 0.25 and abs(other.z - z) < deep + d + 0.5:
                return None
        clear = 2.2 if self.camera.view == "dash-cam" else 1.2
        if abs(z) < deep + clear and abs(x - self.camera.x) < wide + 1.3:
            return None
        # A tall one close by would hide the street.
        if kind in ("bus", "lorry") and abs(x - self.camera.x) < wide + 2.2 and -4 < z - deep < 9:
            return None
        self.vehicles.append(vehicle)
        return vehicle

    def _fill_lanes(self) -> None:
        rng, road = self.rng, self.road
        shares = _MOTORWAY if road.setting == "motorway" else _TRAFFIC
        density = rng.uniform(0.3, 0.95)
        for side in (-1, 1):
            heading = 0.0 if side == road.drive else np.pi
            for lane in range(road.lanes):
                x = side * (road.median / 2 + (lane + 0.5) * road.lane)
                z = rng.uniform(-4, 14)
                while z < 75:
                    free = road.crossing is None or abs(z - road.crossing) > 9
                    placed = None
                    if self._chance(density * 0.8) and free:
                        turn = heading + rng.normal(0, 0.03)
                        placed = self._put(shares, x + rng.normal(0, 0.15), z, turn)
                    z += rng.uniform(7, 18) + (placed.length if placed else 4) / 2

    def _fill_parking(self) -> None:
        rng, road = self.rng, self.road
        if road.parking < 1 or road.setting == "motorway":
            return
        density = rng.uniform(0.25, 0.95)
        for side in (-1, 1):
            x, z = side * (road.half - road.parking / 2), rng.uniform(-3, 4)
            while z < 60:
                if self._chance(density) and (road.crossing is None or abs(z - road.crossing) > 12):
                    heading = 0.0 if (side == road.drive) == self._chance(0.88) else np.pi
                    turn = heading + rng.normal(0, 0.03)
                    self._put(_PARKED, x + rng.normal(0, 0.08), z, turn, moving=False)
                z += rng.uniform(5.3, 7.5)

    def _fill_crossing(self) -> None:
        road, rng = self.road, self.rng
        if road.crossing is None:
            return
        for _ in range(int(rng.integers(1, 5))):
            side = self._one_of((-1, 1))
            z = road.crossing - road.drive * side * rng.uniform(1.6, 2.3)
            self._put(_TRAFFIC, rng.uniform(-18, 18), z, side * np.pi / 2 + rng.normal(0, 0.04))

    def _fill_car_park(self) -> None:
        rng, road = self.rng, self.road
        density = rng.uniform(0.25, 0.85)
        for row in road.rows:
            for bay in range(-11, 12):
                if self._chance(density):
                    heading = self._one_of((0.0, np.pi)) + rng.normal(0, 0.03)
                    x = road.offset + bay * 2.6 + rng.normal(0, 0.1)
                    self._put(_CAR_PARK, x, row + rng.normal(0, 0.2), heading, moving=False)
        aisles = [a + 6 for a, b in zip(road.rows, road.rows[1:], strict=False) if b - a > 9]
        for z in aisles:
            if self._chance(0.6):
                heading = self._one_of((-1, 1)) * np.pi / 2 + rng.normal(0, 0.1)
                self._put(_TRAFFIC, rng.uniform(-14, 14), z + rng.normal(0, 0.4), heading)

    # Houses, plants, furniture -------------------------------------------------------------------

    def _build(self) -> None:
        road = self.road
        if road.setting in ("street", "crossing"):
            self._terraces()
        elif road.setting == "suburb":
            self._family_houses()
        else:
            self._far_houses()

    def _terraces(self) -> None:
        rng, road = self.rng, self.road
        setback = float(self._one_of((0, 0, 0, 3.0)))
        for side in (-1, 1):
            edge = side * (road.half + road.pavement + setback)
            front, z, corner = ("left" if side > 0 else "right"), -14.0, False
            while z < 115:
                length = rng.uniform(8, 20)
                if road.crossing is not None and z < road.crossing + 6.5 < z + length + 13:
                    z, corner = road.crossing + 7.0 + rng.uniform(0, 1.5), True
                    continue
                if self._chance(0.92):
                    back = edge + side * 12.0
                    gap = self._one_of((0.0, 0.0, 0.0, 2.5))
                    plot = (min(edge, back), max(edge, back), z, z + length - gap)
                    # A house at a corner has windows to the side road, too.
                    row = gap == 0 and not corner
                    self.buildings.append(draw_building(rng, self.town, plot, front, row))
                    corner = False
                z += length

    def _family_houses(self) -> None:
        rng, road = self.rng, self.road
        for side in (-1, 1):
            front, z = ("left" if side > 0 else "right"), rng.uniform(-10, 0)
            kerb = road.half + road.pavement
            while z < 90:
                length, setback = rng.uniform(8, 13), rng.uniform(4, 7)
                edge = side * (kerb + setback)
                back = edge + side * rng.uniform(8, 11)
                if self._chance(0.85):
                    plot = (min(edge, back), max(edge, back), z, z + length)
                    self.buildings.append(draw_building(rng, self.town, plot, front, False, True))
                if self._chance(0.6):
                    x = sorted((side * (kerb + 0.1), side * (kerb + 0.7)))
                    leaf = tuple(
                        float(v) for v in np.array(self.town.leaves) * rng.uniform(0.5, 0.9)
                    )
                    hedge = Hedge(x[0], x[1], z, z + length - 2, rng.uniform(0.8, 1.7), leaf)
                    if hedge.far < 0 or hedge.near > 3:
                        self.hedges.append(hedge)
                z += length + rng.uniform(3, 9)

    def _far_houses(self) -> None:
        rng, road = self.rng, self.road
        for _ in range(int(rng.integers(1, 6)) if self._chance(0.75) else 0):
            x, z = rng.uniform(-55, 45), rng.uniform(62, 100)
            if road.setting == "motorway":
                x = self._one_of((-1, 1)) * rng.uniform(road.half + 10, 60)
            wide, deep = rng.uniform(12, 30), rng.uniform(10, 16)
            plot = (x, x + wide, z, z + deep)
            if road.setting == "motorway" and x < 0:
                plot = (x - wide, x, z, z + deep)
            clash = any(plot[0] < b.right and b.left < plot[1] and plot[2] < b.far
                        and b.near < plot[3] for b in self.buildings)  # fmt: skip
            if not clash:
                self.buildings.append(draw_building(rng, self.town, plot, "near", False))

    def _plant(self) -> None:
        rng, road = self.rng, self.road
        most = {"street": 7, "crossing": 5, "suburb": 10, "motorway": 16, "car park": 8}
        for _ in range(int(rng.integers(0, most[road.setting] + 1))):
            side, z = self._one_of((-1, 1)), rng.uniform(6, 75)
            x = side * (road.half + 0.9)
            if road.setting in ("motorway", "suburb"):
                x = side * (road.half + road.pavement + rng.uniform(2, 4 if road.paved else 16))
            elif road.setting == "car park":
                x, z = rng.uniform(-32, 32), max(road.rows) + rng.uniform(10, 15)
            elif road.crossing is not None and abs(z - road.crossing) < 9:
                continue
            inside = any(b.left - 1.2 < x < b.right + 1.2 and b.near - 1.2 < z < b.far + 1.2
                         for b in self.buildings)  # fmt: skip
            if not inside and abs(x - self.camera.x) + 0.4 * z > 4:
                kind = self._one_of(self.town.trees)
                self.trees.append(draw_tree(rng, kind, self.town.leaves, x, z))

    def _furnish(self) -> None:
        rng, road = self.rng, self.road
        steel = tuple(float(v) for v in rng.uniform(0.05, 0.35) * np.ones(3))
        if road.setting == "motorway":
            for x in (-road.half - 1.0, road.half + 1.0, *((0.0,) if road.median else ())):
                self.furniture.append(
                    Furniture("guard rail", x, -5, 0.75, 1, (0.36, 0.37, 0.38), 160)
                )
        else:
            self._lamps(steel)
        if road.setting == "car park":
            return
        if road.crossing is not None:
            for side in (-1, 1):
                for sign in (-1, 1):
                    light = Furniture("traffic light", side * (road.half + 0.5),
                                      road.crossing + sign * 6.2, 3.0, side, steel,
                                      float(rng.random()))  # fmt: skip
                    self._stand(light)
        for _ in range(int(rng.integers(0, 4))):
            side, z = self._one_of((-1, 1)), rng.uniform(7, 50)
            kind = self._one_of(
                ("sign", "sign", "bin", "bollard", "pillar" if self.held_out else "bin")
            )
            height = {"sign": 2.6, "bin": 1.05, "bollard": 0.9, "pillar": 2.8}[kind]
            color = self._one_of(((0.55, 0.02, 0.02), (0.02, 0.10, 0.40), (0.03, 0.12, 0.05)))
            far = 0.5 if road.pavement else 1.6
            self._stand(
                Furniture(
                    kind, side * (road.half + far), z, height, side, color, float(rng.random())
                )
            )
        if road.pavement > 2.4 and self._chance(0.25):
            side = self._one_of((-1, 1))
            color = tuple(float(v) for v in rng.uniform(0.02, 0.5, 3))
            self._stand(
                Furniture(
                    "shelter", side * (road.half + 0.7), rng.uniform(12, 35), 2.4, side, color, 4.0
                )
            )
        self._people()

    def _lamps(self, steel: tuple[float, ...]) -> None:
        rng, road = self.rng, self.road
        if road.setting != "car park" and not (self._chance(0.75) or self.weather.dark):
            return
        sides, z = self._one_of(((-1,), (1,), (-1, 1))), rng.uniform(2, 16)
        apart, height = rng.uniform(20, 30), rng.uniform(5.0, 8.0)
        while z < 90:
            for side in sides:
                x = side * (road.half + 0.55)
                if road.setting == "car park":
                    x = side * 9.0
                if road.crossing is None or abs(z - road.crossing) > 6:
                    self._stand(
                        Furniture("lamp post", float(x), float(z), float(height), side, steel)
                    )
            z += apart

    def _people(self) -> None:
        rng, road = self.rng, self.road
        if road.setting == "motorway":
            return
        for _ in range(int(rng.integers(0, 6))):
            side, z = self._one_of((-1, 1)), rng.uniform(5, 45)
            x = side * (road.half + rng.uniform(0.6, max(0.8, road.pavement - 0.4)))
            if road.crossing is not None and self._chance(0.4):
                x, z = rng.uniform(-1, 1) * road.half, road.crossing - 7.0 + rng.normal(0, 0.4)
            # Clothes are mostly dull.
            color = rng.uniform(0.02, 0.4) * (
                1 + rng.choice((0.25, 1.0)) * rng.uniform(-0.7, 0.9, 3)
            )
            color = tuple(float(v) for v in np.clip(color, 0.01, 0.6))
            person = Furniture(
                "passer-by", float(x), float(z), float(rng.uniform(1.55, 1.9)), side, color
            )
            self._stand(person)

    def _stand(self, thing: Furniture) -> None:
        """Add a thing unless it stands in a vehicle, a plot or before the lens."""
        for vehicle in self.vehicles:
            wide, deep = vehicle.reach
            if abs(thing.x - vehicle.x) < wide + 0.35 and abs(thing.z - vehicle.z) < deep + 0.35:
                return
        if abs(thing.x - self.camera.x) < 0.9 and thing.z < 9:
            return
        if thing.z > 3 or thing.kind == "guard rail":
            self.furniture.append(thing)
