"""Roads, pavements and grass, as functions of the place on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from utils.graphics.noise import fractal_noise, lattice_noise
from utils.streets.classes import PAVEMENT, ROAD, VEGETATION

SETTINGS = ("street", "crossing", "suburb", "motorway", "car park")

# A car park reaches so far to both sides, in metres.
LOT = 34.0
_CROSSROAD = 4.2


@dataclass(frozen=True)
class Road:
    """A straight road along z, or a car park.

    Attributes:
        setting: One of :data:`SETTINGS`.
        lanes: Lanes in each direction.
        lane: Width of a lane in metres.
        parking: Width of the strip on each side where vehicles park.
        pavement: Width of the pavement on each side; 0 for none.
        paved: Whether what lies beyond is paved, or else grass.
        median: Width of the strip between the directions.
        crossing: Where another road crosses, metres ahead; None for nowhere.
        yellow: Whether the middle line is yellow.
        wear: How worn the markings are, 0 to 1.
        asphalt: How bright the asphalt is, about 0.05 to 0.13.
        paving: Colour of the pavement.
        slab: Size of its slabs in metres.
        rows: Where a car park's rows are, metres ahead.
        offset: Where a car park's first bay begins.
        drive: 1 where one drives on the right, −1 on the left.
        seed: Draws stains.
    """

    setting: str
    lanes: int
    lane: float
    parking: float
    pavement: float
    paved: bool
    median: float
    crossing: float | None
    yellow: bool
    wear: float
    asphalt: float
    paving: tuple[float, float, float]
    slab: float
    rows: tuple[float, ...]
    offset: float
    drive: int
    seed: int

    @property
    def half(self) -> float:
        """From the middle of the road to its kerb, in metres."""
        return self.median / 2 + self.lanes * self.lane + self.parking


@dataclass(frozen=True)
class Ground:
    """The ground at some points.

    Attributes:
        albedo: Its colour, ``(n, 3)``.
        kind: Its class, uint8 ``(n,)``.
        puddles: How much water lies there when it is wet, ``(n,)`` in [0, 1].
    """

    albedo: np.ndarray
    kind: np.ndarray
    puddles: np.ndarray


def ground_at(road: Road, x: np.ndarray, z: np.ndarray, footprint: np.ndarray) -> Ground:
    """Return what the ground is at places.

    Args:
        road: The road.
        x: Metres to the right, ``(n,)``.
        z: Metres ahead, ``(n,)``.
        footprint: How many metres a sample spans there, ``(n,)``; finer marks fade.
    """
    return _Painter(road, x, z, footprint).painted()


class _Painter:
    def __init__(self, road: Road, x: np.ndarray, z: np.ndarray, footprint: np.ndarray) -> None:
        self.road, self.x, self.z, self.footprint = road, x, z, footprint
        self.side = np.abs(x)
        self.stains = fractal_noise(np.stack([x * 1.3, z * 1.3], -1), 3, road.seed) - 0.5
        self.patches = fractal_noise(np.stack([x * 0.16, z * 0.10], -1), 3, road.seed + 3) - 0.5
        grain = lattice_noise(np.stack([x * 21, z * 21], -1), road.seed + 7) - 0.5
        self.grain = grain * np.clip(1.4 - footprint / 0.08, 0, 1)
        gray = road.asphalt * (1 + 0.25 * self.stains + 0.5 * self.patches + 0.45 * self.grain)
        self.albedo = gray[:, None] * [1.0, 1.0, 1.03]
        self.kind = np.full(len(x), ROAD, np.uint8)

    def painted(self) -> Ground:
        road = self.road
        if road.setting == "car park":
            self._bays()
            end = max(self.road.rows, default=40.0) + 9.0
            self._beside(np.maximum(self.side - LOT, self.z - end))
        else:
            self._tracks()
            self._lines()
            beyond = self.side - road.half
            if road.crossing is not None:
                beyond = np.minimum(beyond, np.abs(self.z - road.crossing) - _CROSSROAD)
                self._zebra(road.crossing)
            self._beside(beyond)
            if road.median > 0.5:
                self._grass(self.side < road.median / 2 - 0.15)
        puddles = np.clip(0.55 + 1.6 * self.patches + 0.5 * self.stains, 0, 1)
        puddles = np.where(self.kind == VEGETATION, 0.04, puddles)
        puddles = np.where(self.kind == PAVEMENT, 0.6 * puddles, puddles)
        return Ground(np.clip(self.albedo, 0.008, 0.9), self.kind, puddles)

    # Markings ------------------------------------------------------------------------------------

    def _line(self, distance: np.ndarray, width: float, where: np.ndarray, color: tuple) -> None:
        """Paint a line; where it is finer than a sample, its colour is mixed in."""
        blur = np.maximum(self.footprint, 1e-3)
        cover = np.clip((width / 2 + blur / 2 - np.abs(distance)) / blur, 0, 1)
        cover = cover * np.clip(width / blur, 0, 1) * where
        worn = 1 - self.road.wear * np.clip(0.5 + self.stains + 0.6 * self.grain, 0, 1) * 0.8
        cover = (cover * worn)[:, None]
        self.albedo = self.albedo * (1 - cover) + np.array(color) * cover

    def _lines(self) -> None:
        road = self.road
        white, middle = (
            (0.64, 0.64, 0.62),
            (0.60, 0.40, 0.05) if road.yellow else (0.64, 0.64, 0.62),
        )
        open_ = np.ones(len(self.x), bool)
        if road.crossing is not None:
            open_ = np.abs(self.z - road.crossing) > 9
        dashes = open_ & ((self.z % 9) < 3.6)
        if road.median > 0.5:
            self._line(self.side - road.median / 2 - 0.1, 0.14, open_, white)
        else:
            quiet = road.lanes == 1 and not road.yellow
            self._line(self.x, 0.13, dashes if quiet else open_, middle)
        for lane in range(1, road.lanes):
            self._line(self.side - road.median / 2 - lane * road.lane, 0.13, dashes, white)
        if road.setting != "suburb":
            edge = road.median / 2 + road.lanes * road.lane
            self._line(self.side - edge, 0.13, open_, white)

    def _tracks(self) -> None:
        """Tyres darken two tracks in each lane; repairs leave patches."""
        road = self.road
        inside = (self.side - road.median / 2) / road.lane
        within = (inside % 1) * road.lane
        track = np.minimum(np.abs(within - 0.28 * road.lane), np.abs(within - 0.76 * road.lane))
        on = (inside > 0) & (inside < road.lanes)
        self.albedo *= (1 - 0.16 * on * np.clip(1 - track / 0.45, 0, 1))[:, None]
        cell = np.stack([np.floor(self.x / 2.4), np.floor(self.z / 6.5)], -1)
        mended = lattice_noise(cell * 1.31, road.seed + 9) > 0.86
        self.albedo *= np.where(mended, 0.72, 1.0)[:, None]

    def _zebra(self, crossing: float) -> None:
        road = self.road
        for sign in (-1, 1):
            across = np.abs(self.z - crossing - sign * 7.0) < 1.5
            stripe = ((self.x + 50) % 1.1) - 0.55
            self._line(stripe, 0.54, across & (self.side < road.half - 0.3), (0.66, 0.66, 0.64))
            lane = (self.x * sign * road.drive < 0) & (self.side < road.half - road.parking)
            self._line(self.z - crossing - sign * 9.4, 0.35, lane, (0.66, 0.66, 0.64))

    def _bays(self) -> None:
        apart = (self.x - self.road.offset + 1.3) % 2.6
        for row in self.road.rows:
            bay = np.abs(self.z - row) < 2.6
            self._line(np.minimum(apart, 2.6 - apart), 0.11, bay, (0.64, 0.64, 0.62))
        oil = [np.abs(self.z - row) < 1.2 for row in self.road.rows]
        if oil:
            self.albedo *= np.where(np.any(oil, 0) & (np.abs(apart - 1.3) < 0.5), 0.86, 1)[:, None]

    # Beside the road -----------------------------------------------------------------------------

    def _beside(self, beyond: np.ndarray) -> None:
        """Paint kerb, pavement, and what lies behind; ``beyond`` is metres from the kerb."""
        road = self.road
        if road.pavement:
            slabs = np.minimum(self.x % road.slab, self.z % road.slab) < 0.03
            slabs = np.where(slabs & (self.footprint < 0.2), 0.7, 1.0)
            cell = np.stack([np.floor(self.x / road.slab), np.floor(self.z / road.slab)], -1)
            tone = 0.92 + 0.16 * lattice_noise(cell * 1.7, road.seed + 2)
            tone = tone * slabs * (1 + 0.25 * self.stains + 0.2 * self.grain)
            where = (beyond > 0) & ((beyond < road.pavement) | road.paved)
            self.albedo[where] = (np.array(road.paving) * tone[:, None])[where]
            self.kind[where] = PAVEMENT
            kerb = (beyond > 0) & (beyond < 0.15)
            self.albedo[kerb] = np.array([0.42, 0.41, 0.39]) * (1 + 0.2 * self.stains[kerb, None])
            gutter = (beyond < 0) & (beyond > -0.22)
            self.albedo[gutter] *= 0.72
        if not road.paved:
            self._grass(beyond > road.pavement)

    def _grass(self, where: np.ndarray) -> None:
        blades = lattice_noise(np.stack([self.x * 9, self.z * 5], -1), self.road.seed + 11) - 0.5
        blades = blades * np.clip(1.3 - self.footprint / 0.2, 0, 1)
        tone = 1 + 0.7 * self.patches + 0.5 * self.stains + 0.7 * blades + 0.4 * self.grain
        color = (
            np.array([0.075, 0.125, 0.03]) + np.array([0.05, 0.02, 0.005]) * self.stains[:, None]
        )
        self.albedo[where] = (color * tone[:, None])[where]
        self.kind[where] = VEGETATION
