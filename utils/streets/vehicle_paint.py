"""What vehicles look like from near: glass, lamps, seams, liveries, wheels."""

from __future__ import annotations

import numpy as np

from utils.graphics.noise import lattice_noise, smoothstep
from utils.streets.materials import Samples, Surface
from utils.streets.vehicle_bodies import (
    MIRROR,
    RIM,
    TYRE,
    along,
    belt_of,
    half_width,
    top_of,
)
from utils.streets.vehicles import Shell, Vehicle, design_of

_BLACK = (0.012, 0.012, 0.013)
_CHROME = (0.55, 0.56, 0.58)
_HEADLIGHT, _BRAKE_LIGHT = np.array((5.0, 4.8, 4.2)), np.array((1.8, 0.05, 0.03))


def paint_vehicle(vehicle: Vehicle, samples: Samples, dark: bool) -> Surface:
    """Return how a vehicle's surface looks at points of it.

    Args:
        vehicle: The vehicle.
        samples: Points whose coordinates are positions in the vehicle's frame.
        dark: Whether buses are lit inside.
    """
    surface = Surface.plain(len(samples.parts), vehicle.paint, 0.05)
    for number, shell in enumerate(design_of(vehicle).shells):
        chosen = samples.parts == number
        if chosen.any():
            points, normals = samples.coordinates[chosen], samples.normals[chosen]
            look = _Shell(vehicle, shell, points, normals, dark).painted()
            surface.albedo[chosen], surface.mirror[chosen] = look.albedo, look.mirror
            surface.glow[chosen] = look.glow
    _paint_wheels(vehicle, samples, surface)
    surface.paint(samples.parts == TYRE, _BLACK, 0.02)
    if vehicle.details[5] < 0.4:
        surface.paint(samples.parts == MIRROR, _BLACK, 0.04)
    return surface


def _paint_wheels(vehicle: Vehicle, samples: Samples, surface: Surface) -> None:
    design = design_of(vehicle)
    wheel = samples.parts == RIM
    if not wheel.any():
        return
    x, y = samples.coordinates[wheel, 0], samples.coordinates[wheel, 1] - design.wheel
    axles = (np.array(design.axles) - 0.5) * vehicle.length
    x = x - axles[np.argmin(np.abs(x[:, None] - axles), 1)]
    radius = np.hypot(x, y) / design.wheel
    spokes = 5 + int(vehicle.details[6] * 6)
    ray = 0.5 + 0.5 * np.cos(np.arctan2(y, x) * spokes + 7 * vehicle.details[7])
    bright = (0.45, 0.28, 0.06)[int(vehicle.details[5] * 2.99)]
    big = vehicle.kind in ("bus", "lorry")
    size = 0.52 if big else 0.68
    open_ = (ray < 0.45) & (radius > 0.2) & (radius < size - 0.07) & (not big)
    gray = np.where(radius > size, 0.016, np.where(open_, 0.012, bright))
    surface.albedo[wheel] = gray[:, None]
    surface.mirror[wheel] = np.where(radius > size, 0.02, 0.12)


class _Shell:
    """One shell's points and what the painting rules ask of them."""

    def __init__(
        self, vehicle: Vehicle, shell: Shell, points: np.ndarray, normals: np.ndarray, dark: bool
    ) -> None:
        self.vehicle, self.shell, self.dark = vehicle, shell, dark
        self.x, self.y, z = points.T
        self.across, self.signed = np.abs(z), z
        self.normals = normals
        self.u = along(shell, vehicle, self.x)
        inside = np.clip(self.u, 0, 1)
        self.top, self.half = top_of(shell, vehicle, inside), half_width(shell, vehicle, inside)
        self.belt = belt_of(shell, vehicle, inside)
        self.height = vehicle.height * shell.height
        self.length = vehicle.length * (shell.end - shell.start)
        self.flank = np.abs(normals[:, 2]) > 0.45
        self.surface = Surface.plain(len(points), vehicle.paint, 0.05)

    def painted(self) -> Surface:
        role = self.shell.role
        if role in ("car", "van", "cab"):
            self._sills()
            self._seams()
            self._side_glass()
            self._end_glass()
            self._arches()
            self._front()
            if role != "cab":
                self._rear(0.55 if role == "car" else 0.40)
        elif role == "bus":
            self._bus()
        elif role == "frame":
            self.surface.paint(self.x > -np.inf, (0.02, 0.02, 0.022), 0.02)
            self._lorry_rear()
        else:
            self._load()
        self.surface.paint(self.normals[:, 1] < -0.55, (0.008, 0.008, 0.008), 0.02)
        return self.surface

    def near(self, place: float, metres: float) -> np.ndarray:
        """Points at most so far from a cross-section of the shell."""
        return np.abs(self.u - place) * self.length < metres

    # Cars, vans and cabs -------------------------------------------------------------------------

    def _sills(self) -> None:
        trim = self.vehicle.details[5] < 0.4 or self.shell.role == "cab"
        color = (0.02, 0.02, 0.021) if trim else np.array(self.vehicle.paint) * 0.5
        self.surface.paint(self.y < self.shell.clearance + 0.11, color, 0.04)
        # A crease along the flank catches light above and loses it below.
        crease = self.belt - 0.16
        if self.shell.role == "car":
            band = self.flank & (np.abs(self.y - crease) < 0.022) & (self.u > 0.06) & (self.u < 0.9)
            self.surface.albedo[band & (self.y < crease)] *= 0.72
            self.surface.albedo[band & (self.y >= crease)] *= 1.12

    def _seams(self) -> None:
        dark = np.array(self.vehicle.paint) * 0.25
        shell = self.shell
        doors = [p for p in shell.pillars if p > 0.2] or [shell.side_glass[0]]
        doors = [*doors, shell.windscreen[1] - 0.01] if shell.role != "cab" else [0.42, 0.95]
        for place in doors:
            body = self.flank & (self.y > shell.clearance + 0.12) & (self.y < self.belt)
            self.surface.paint(body & self.near(place, 0.012), dark)
            handle = self.flank & self.near(place + 0.16 / self.length, 0.09)
            handle &= np.abs(self.y - self.belt + 0.10) < 0.018
            self.surface.paint(handle, dark * 1.6, 0.2)
        if shell.role != "cab":
            edge = shell.windscreen[1] + 0.012
            self.surface.paint((self.normals[:, 1] > 0.5) & self.near(edge, 0.02), _BLACK)
        if shell.role == "van" and not shell.rear_window:
            body = self.flank & (self.y > shell.clearance + 0.2) & (self.y < self.top - 0.15)
            for place in (0.30, 0.62):
                self.surface.paint(body & self.near(place, 0.010), dark * 2)
            self._lettering()

    def _lettering(self) -> None:
        """A firm's stripe or sign on a closed van."""
        if self.vehicle.details[4] < 0.45:
            return
        low = 0.40 + 0.2 * self.vehicle.details[3]
        stripe = self.flank & (np.abs(self.y / self.height - low - 0.07) < 0.07)
        self.surface.paint(stripe & (self.u > 0.06) & (self.u < 0.55), self.vehicle.second)

    def _glass(self) -> np.ndarray:
        """The colour of glass over a dim interior: lighter low down, where seats are."""
        shade = 0.012 + 0.018 * (1 - self.vehicle.tinted)
        seats = lattice_noise(np.stack([self.x * 2.2, self.across * 3.0 + 7], -1), 5)
        seats = seats * smoothstep(self.belt + 0.30 - self.y, 0, 0.2)
        return (shade * (0.6 + 1.1 * seats))[:, None] * np.array([0.92, 1.0, 1.02])

    def _side_glass(self) -> None:
        low, high = self.shell.side_glass
        above = (self.y > self.belt + 0.025) & (self.y < self.top - 0.058 * self.height)
        glass = self.flank & above & (self.u > low) & (self.u < high)
        post = np.zeros_like(glass)
        for place in self.shell.pillars:
            post |= self.near(place, 0.045)
        color = self._glass()
        self.surface.paint(glass & ~post, color[glass & ~post], 0.09)
        self.surface.paint(glass & post, _BLACK, 0.05)

    def _end_glass(self) -> None:
        lean = self.shell.tumblehome * np.clip(self.y - self.belt, 0, None)
        inside = self.across < self.half * 0.93 - lean - 0.06
        level = (self.y > self.belt + 0.02) & (self.y < self.height * 0.962)
        color = self._glass()
        for span, sign in ((self.shell.windscreen, 1.0), (self.shell.rear_window, -1.0)):
            if not span:
                continue
            glass = (self.u > span[0] - 0.03) & (self.u < span[1] + 0.03) & inside & level
            glass &= self.normals[:, 0] * sign > 0.12
            self.surface.paint(glass, color[glass], 0.09)

    def _arches(self) -> None:
        if self.shell.role == "cab":
            return
        design = design_of(self.vehicle)
        for axle in design.axles:
            x = (axle - 0.5) * self.vehicle.length
            distance = np.hypot(self.x - x, self.y - design.wheel)
            arch = (distance < design.wheel * 1.13) & (self.across > 0.5 * self.half)
            self.surface.paint(arch & (self.y < self.belt - 0.05), (0.006,) * 3, 0.0)

    def _front(self) -> None:
        v, d = self.vehicle, self.vehicle.details
        shell = self.shell
        level = {"car": 0.525 + 0.05 * d[0], "van": 0.36 + 0.05 * d[0], "cab": 0.27}[shell.role]
        y0 = level * self.height
        share = self.across / self.half
        nose = (self.u > 0.88) & (self.normals[:, 0] > 0.10)
        if shell.role == "cab":
            nose = self.normals[:, 0] > 0.5
        scale = min(self.height, 1.6)
        slant = 0.10 * (d[4] - 0.3) * (share - 0.7)
        tall = (0.030 + 0.022 * d[1]) * scale
        lamp = nose & (np.abs(self.y - y0 - slant) < tall) & (share > 0.52 + 0.14 * d[2])
        glow = _HEADLIGHT * 0.35 if v.headlights else None
        self.surface.paint(lamp, _CHROME, 0.22, glow)
        lens = lamp & (np.abs(share - 0.78) < 0.06) & (np.abs(self.y - y0) < 0.7 * tall)
        self.surface.paint(lens, (0.10, 0.10, 0.11), 0.3, _HEADLIGHT if v.headlights else None)
        ring = nose & (np.abs(self.y - y0 - slant) < tall + 0.016) & (share > 0.50 + 0.14 * d[2])
        self.surface.albedo[ring & ~lamp] *= 0.45
        wide = 0.42 + 0.12 * d[2]
        grille = nose & (self.u > 0.93) & (np.abs(self.y - y0 + 0.02 * scale) < 0.05 * scale)
        grille &= share < wide * (1.0 if d[3] < 0.7 else 0.6)
        bars = np.sin(self.y * (150 + 90 * d[3])) > 0.35
        self.surface.paint(grille, np.where(bars[grille, None], 0.06, 0.011), 0.06)
        badge = nose & (self.across < 0.05) & (np.abs(self.y - y0 + 0.01) < 0.045)
        self.surface.paint(badge & (self.u > 0.93), _CHROME, 0.4)
        low = nose & (self.u > 0.95) & (share < 0.60 + 0.2 * d[6])
        low &= np.abs(self.y - shell.clearance - 0.20) < 0.065
        self.surface.paint(low, (0.013, 0.013, 0.014), 0.04)
        plate = nose & (self.u > 0.95) & (self.across < 0.26)
        plate &= np.abs(self.y - shell.clearance - 0.24) < 0.055
        self.surface.paint(plate, v.plate, 0.04)

    def _rear(self, level: float) -> None:
        v, d = self.vehicle, self.vehicle.details
        share = self.across / self.half
        tail = (self.u < 0.05) & (self.normals[:, 1] < 0.7) & (self.normals[:, 0] < 0.5)
        y0 = (level + 0.05 * d[3]) * self.height
        scale = min(self.height, 1.6)
        tall = (0.045 + 0.05 * d[1]) * scale * (1.6 if self.shell.role == "van" else 1.0)
        start = 0.60 + 0.14 * d[0] if self.shell.role == "car" else 0.84
        lamp = tail & (self.u < 0.03) & (np.abs(self.y - y0) < tall) & (share > start)
        glow = _BRAKE_LIGHT if v.braking else _BRAKE_LIGHT * (0.35 if v.headlights else 0.03)
        self.surface.paint(lamp, (0.32, 0.008, 0.01), 0.10, glow)
        clear = lamp & (np.abs(self.y - y0 + 0.55 * tall) < 0.2 * tall)
        self.surface.paint(clear, (0.45, 0.40, 0.36), 0.12)
        behind = self.normals[:, 0] < -0.3
        plate = behind & (self.across < 0.26) & (self.u < 0.05)
        plate &= np.abs(self.y - (0.46 if self.shell.role == "car" else 0.27) * self.height) < 0.06
        self.surface.paint(plate, v.plate, 0.04)
        bumper = behind & (self.y < self.shell.clearance + 0.24)
        trim = v.details[5] < 0.4 or self.shell.role == "van"
        self.surface.paint(bumper, (0.02,) * 3 if trim else np.array(v.paint) * 0.6, 0.04)
        seam = behind & (self.u < 0.04)
        if self.shell.role == "van":
            seam &= self.across < 0.014
        else:
            seam &= np.abs(self.y - 0.37 * self.height) < 0.012
        self.surface.paint(seam, np.array(v.paint) * 0.3)

    # Buses ---------------------------------------------------------------------------------------

    def _bus(self) -> None:
        v, shell, d = self.vehicle, self.shell, self.vehicle.details
        y, surface = self.y, self.surface
        decks = ((shell.belt, 0.88),)
        if v.height > 4:
            decks = ((shell.belt, 0.50), (0.62, 0.90))
        surface.paint(self.flank & (y < (0.16 + 0.14 * d[0]) * self.height), v.second)
        if d[1] > 0.5:
            wave = 0.36 + 0.05 * np.sin(self.u * 9)
            band = np.abs(y / self.height - wave * shell.belt / 0.42) < 0.025
            surface.paint(self.flank & band, (0.75, 0.74, 0.70))
        color = np.array([0.014, 0.016, 0.017]) * (0.7 + 0.6 * (1 - v.tinted))
        inner = (0.16 if self.dark else 0.0) * np.array([1.0, 0.92, 0.72])
        low, high = shell.side_glass
        for floor, ceiling in decks:
            glass = self.flank & (y > floor * self.height) & (y < ceiling * self.height)
            glass &= (self.u > low) & (self.u < high)
            post = np.zeros_like(glass)
            for place in shell.pillars:
                post |= self.near(place, 0.05)
            heads = lattice_noise(np.stack([self.x * 1.4, np.sign(self.signed) * 3], -1), 3)
            seat = (y < (floor + 0.10) * self.height) & (heads > 0.45)
            surface.paint(glass & ~post, color, 0.09, inner)
            surface.paint(glass & ~post & seat, color * 2.4, 0.06, inner * 0.35)
            surface.paint(glass & post, _BLACK, 0.05)
        front, back = self.normals[:, 0] > 0.5, self.normals[:, 0] < -0.5
        share = self.across / self.half
        for number, (floor, ceiling) in enumerate(decks):
            start = 0.30 if number == 0 else floor
            pane = front & (y > start * self.height) & (y < ceiling * self.height) & (share < 0.92)
            surface.paint(pane, color, 0.10, inner * 0.4)
            surface.paint(pane & (self.across < 0.02), _BLACK)
            rear = back & (y > (floor + 0.06) * self.height) & (y < ceiling * self.height)
            surface.paint(rear & (share < 0.85), color, 0.09, inner * 0.6)
        # Where it goes, in lamps of amber above the windscreen.
        top = decks[0][1] + (0.02 if v.height < 4 else 0.015)
        sign = front & (y > top * self.height) & (y < (top + 0.07) * self.height) & (share < 0.7)
        dots = np.sin(self.signed * 34 + 3 * np.sin(self.signed * 11)) > 0.0
        surface.paint(sign, _BLACK, 0.03)
        surface.paint(sign & dots, (0.5, 0.3, 0.02), 0.03, (1.1, 0.55, 0.05))
        # Doors on the side of the kerb: taller glass with a dark edge.
        kerb = self.flank & (self.signed * (1 if d[7] < 0.5 else -1) > 0)
        for place in (0.92, 0.55) if v.length > 9 else (0.88,):
            door = kerb & self.near(place, 0.62) & (y > 0.36) & (y < decks[0][1] * self.height)
            edge = ~self.near(place, 0.56) | self.near(place, 0.03)
            surface.paint(door, color, 0.09, inner * 0.8)
            surface.paint(door & edge, _BLACK, 0.03)
        y0 = 0.22 * self.height if v.height < 4 else 0.16 * self.height
        lamp = front & (np.abs(y - y0) < 0.10) & (share > 0.62) & (share < 0.94)
        surface.paint(lamp, _CHROME, 0.2, _HEADLIGHT if v.headlights else None)
        tall = back & (np.abs(y - y0 - 0.12) < 0.2) & (share > 0.82)
        glow = _BRAKE_LIGHT if v.braking else _BRAKE_LIGHT * (0.35 if v.headlights else 0.03)
        surface.paint(tall, (0.32, 0.008, 0.01), 0.1, glow)
        grid = back & (np.abs(y / self.height - 0.30) < 0.07) & (share < 0.5)
        surface.paint(grid & (np.sin(y * 70) > 0), (0.03,) * 3)
        surface.paint((front | back) & (y < 0.45), (0.03, 0.03, 0.032), 0.04)
        surface.paint(front & (self.across < 0.26) & (np.abs(y - 0.5) < 0.06), v.plate)
        self._arches()
        surface.paint((self.normals[:, 1] > 0.7) & (y > 0.9 * self.height), (0.55, 0.55, 0.54))

    # Loads ---------------------------------------------------------------------------------------

    def _load(self) -> None:
        v, d, role = self.vehicle, self.vehicle.details, self.shell.role
        surface, everything = self.surface, self.x > -np.inf
        floor = self.shell.clearance
        share = (self.y - floor) / (self.height - floor)
        white = (0.70, 0.70, 0.68)
        back = self.normals[:, 0] < -0.5
        if role == "box":
            surface.paint(everything, white if d[0] < 0.6 else v.second, 0.04)
            if d[1] > 0.4:
                stripe = self.flank & (np.abs(share - 0.3 - 0.4 * d[2]) < 0.10 + 0.10 * d[3])
                surface.paint(stripe, v.second if d[0] < 0.6 else white)
            elif d[1] > 0.15:
                mark = self.flank & (np.hypot((self.u - 0.5) * 2.4, share - 0.55) < 0.30)
                surface.paint(mark, v.second if d[0] < 0.6 else white)
            surface.paint(self.flank & ((share < 0.03) | (share > 0.975)), (0.35, 0.35, 0.36), 0.1)
            ribs = self.flank & (((self.u * self.length) % 1.2) < 0.03) & (d[4] > 0.5)
            surface.albedo[ribs] *= 0.75
        elif role == "container":
            surface.paint(everything, v.second, 0.04)
            waves = 1 + 0.22 * np.sin(self.u * self.length * 2 * np.pi / 0.30)
            surface.albedo[self.flank] *= waves[self.flank, None]
            frame = (share < 0.05) | (share > 0.95) | self.near(0, 0.12) | self.near(1, 0.12)
            surface.albedo[self.flank & frame] = np.array(v.second) * 0.7
        elif role == "open":
            surface.paint(everything, np.array(v.second) * 0.8 + 0.02, 0.03)
            ribs = self.flank & (((self.u * self.length) % 0.8) < 0.10)
            surface.albedo[ribs] *= 0.7
            inside = self.normals[:, 1] > 0.6
            grain = lattice_noise(np.stack([self.x * 6, self.signed * 6], -1), 2)
            surface.paint(inside, (np.array([0.16, 0.12, 0.08]) * (0.5 + grain[:, None]))[inside])
        else:
            surface.paint(everything, (0.62, 0.63, 0.64) if d[0] < 0.6 else v.second, 0.20)
            ring = ((self.u * self.length) % 2.2) < 0.06
            surface.albedo[ring] *= 0.6
            band = self.flank & (np.abs(share - 0.5) < 0.09) & (d[1] > 0.35)
            surface.paint(band, v.second if d[0] < 0.6 else white)
        if role in ("box", "container"):
            doors = back & ((self.across < 0.02) | (np.abs(self.across - 0.6 * self.half) < 0.02))
            surface.albedo[doors] *= 0.45
            frame = back & ((self.across > 0.95 * self.half) | (share < 0.04) | (share > 0.96))
            surface.paint(frame, (0.30, 0.30, 0.31), 0.08)
        low = back & (share < 0.06)
        stripes = np.sin(self.signed * 14 + self.y * 14) > 0
        if d[6] > 0.5:
            surface.paint(low, np.where(stripes[low, None], (0.6, 0.03, 0.03), (0.7, 0.7, 0.66)))

    def _lorry_rear(self) -> None:
        """Lamps and plate hang on the end of the chassis."""
        v = self.vehicle
        back = self.u < 0.02
        glow = _BRAKE_LIGHT if v.braking else _BRAKE_LIGHT * (0.35 if v.headlights else 0.03)
        lamp = back & (self.across > 0.66 * self.half) & (np.abs(self.y - 0.78) < 0.10)
        self.surface.paint(lamp, (0.32, 0.008, 0.01), 0.1, glow)
        plate = back & (self.across < 0.26) & (np.abs(self.y - 0.72) < 0.06)
        self.surface.paint(plate, v.plate, 0.04)
