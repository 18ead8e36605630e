"""Pictures and targets to train the detector of :mod:`utils.street_detector` on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from PIL import Image

from utils.street_detector import ANCHORS, STRIDE
from utils.streets.shipped import StreetScenes

# A vehicle that is smaller, or of which less is seen, is neither to be found nor to be denied.
TRAINED_SIDE, TRAINED_VISIBLE = 8, 0.25
# Of a box that a magnified picture cuts off, this share must be left.
_LEAST_LEFT = 0.25
# IoU of a slot's anchor with a vehicle from which on it helps, or at least does not deny it.
_HELPS, _UNSURE = 0.5, 0.4
_FILLING = (110, 110, 110)

Encode = Callable[[np.ndarray, np.ndarray], np.ndarray]
Mirror = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class _Picture:
    """One picture on its way to the network: uint8 ``(H, W, 3)``, and its vehicles."""

    pixels: np.ndarray
    boxes: np.ndarray
    kinds: np.ndarray
    wanted: np.ndarray


class StreetBatches(keras.utils.PyDataset):
    """Batches of streets with their targets; the same street looks different each time.

    Half of the pictures are mirrored; brightness, contrast and strength of colours change; most are
    magnified or made smaller. Boxes move along. Where a vehicle is too small or too hidden to be
    learned, free slots get the objectness -1, see :func:`do_not_care`. Neighbours of a responsible
    slot learn its vehicle, too, see :func:`add_helpers`.

    Args:
        streets: The streets.
        encode: Makes the target ``(rows, columns, anchors, 5 + K)`` of boxes and kinds.
        mirror: Swaps left and right in a picture and its boxes.
        batch: Pictures in a batch; what is left over waits for the next epoch.
        zoom: How much pictures are magnified at most: ``exp(zoom)`` times; they are made smaller
            down to ``exp(-zoom / 2)``. 0 leaves their size alone.
        seed: Decides order and changes.

    Raises:
        ValueError: If a batch is larger than the set, or smaller than 1.
    """

    def __init__(
        self,
        streets: StreetScenes,
        encode: Encode,
        mirror: Mirror,
        *,
        batch: int = 16,
        zoom: float = 0.2,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if not 1 <= batch <= len(streets):
            raise ValueError(f"A batch has 1 to {len(streets)} of the streets, got {batch}.")
        self._streets, self._encode, self._mirror = streets, encode, mirror
        self._batch, self._zoom = batch, zoom
        self._pixels = np.rint(255 * streets.images).astype(np.uint8)
        self._wanted = streets.clear(TRAINED_SIDE, TRAINED_VISIBLE)
        self._rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self._streets) // self._batch

    def on_epoch_end(self) -> None:
        """Draw a new order."""
        self._order = self._rng.permutation(len(self._streets))

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a batch: pictures ``(n, H, W, 3)`` and their targets, float32."""
        chosen = self._order[number * self._batch : (number + 1) * self._batch]
        pairs = [self._changed(int(place)) for place in chosen]
        return tuple(np.stack(part).astype(np.float32) for part in zip(*pairs, strict=True))

    def _changed(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        picture = _Picture(
            self._pixels[place],
            self._streets.boxes[place].astype(float),
            self._streets.kinds[place],
            self._wanted[place],
        )
        if self._zoom and self._rng.random() < 0.7:
            picture = _magnified(picture, self._rng, self._zoom)
        image, boxes = picture.pixels / np.float32(255), picture.boxes
        if self._rng.random() < 0.5:
            image, boxes = self._mirror(image, boxes)
        wanted = picture.wanted
        target = np.array(self._encode(boxes[wanted], picture.kinds[wanted]))
        do_not_care(target, boxes[~wanted])
        add_helpers(target, boxes[wanted], picture.kinds[wanted])
        return _recoloured(np.asarray(image), self._rng), target


def _magnified(picture: _Picture, rng: np.random.Generator, most: float) -> _Picture:
    """Show a part of the picture in its whole frame, or the whole one in a part of the frame."""
    height, width = picture.pixels.shape[:2]
    scale = float(np.exp(rng.uniform(-most / 2, most)))
    spare = np.array([width, height]) * (1 - 1 / scale)
    left, top = (float(rng.uniform(min(0, s), max(0, s))) for s in spare)
    pixels = Image.fromarray(picture.pixels).transform(
        (width, height),
        Image.Transform.AFFINE,
        (1 / scale, 0, left, 0, 1 / scale, top),
        Image.Resampling.BILINEAR,
        fillcolor=_FILLING,
    )
    moved = scale * (picture.boxes - [left, top, left, top])
    boxes = np.clip(moved, 0, [width, height, width, height])
    sides = boxes[:, 2:] - boxes[:, :2]
    left_over = sides.prod(axis=1) / np.maximum((moved[:, 2:] - moved[:, :2]).prod(axis=1), 1e-9)
    # What became larger or smaller by this is judged by its new size.
    wanted = picture.wanted & (sides.min(axis=1, initial=np.inf) >= TRAINED_SIDE)
    wanted &= left_over >= _LEAST_LEFT
    seen = sides.min(axis=1, initial=np.inf) > 0
    return _Picture(np.asarray(pixels), boxes[seen], picture.kinds[seen], wanted[seen])


def do_not_care(target: np.ndarray, boxes: np.ndarray) -> None:
    """Set the objectness of free slots to -1 in all cells that the boxes touch.

    Args:
        target: Target of a picture ``(rows, columns, anchors, 5 + K)``; changed in place.
        boxes: Boxes ``(n, 4)`` of vehicles that are neither to be found nor to be denied.
    """
    for left, top, right, bottom in np.reshape(boxes, (-1, 4)) / STRIDE:
        rows = slice(max(0, int(top)), int(np.ceil(bottom)))
        columns = slice(max(0, int(left)), int(np.ceil(right)))
        cells = target[rows, columns, :, 0]
        cells[cells == 0] = -1


def add_helpers(target: np.ndarray, boxes: np.ndarray, kinds: np.ndarray) -> None:
    """Let more slots than the responsible one learn a vehicle: those that begin near enough to it.

    A slot begins with its anchor in the middle of its cell. If that has an IoU of at least 0.5 with
    a vehicle, the slot learns it, too, unless it is taken; with at least 0.4 it is not told that
    there is nothing. SSD (Liu and others 2016, section 2.2) matches in this way.

    Args:
        target: Target of a picture ``(rows, columns, anchors, 5 + K)``; changed in place. In slots
            that help the centre may lie outside their cell: x and y below 0 or above 1.
        boxes: Boxes ``(n, 4)`` of the vehicles.
        kinds: Their kinds ``(n,)``.
    """
    if len(boxes) == 0:
        return
    rows, columns = target.shape[:2]
    anchors = np.array(ANCHORS)
    sizes = boxes[:, 2:] - boxes[:, :2]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    y, x = np.mgrid[:rows, :columns]
    middles = STRIDE * (np.stack([x, y], axis=-1)[:, :, None, None] + 0.5)
    half, halves = anchors[:, None] / 2, sizes / 2  # (a, 1, 2) and (n, 2)
    sides = np.minimum(middles + half, centres + halves) - np.maximum(
        middles - half, centres - halves
    )
    common = np.clip(sides, 0, None).prod(axis=-1)
    fit = common / (anchors.prod(axis=1)[:, None] + sizes.prod(axis=1) - common)
    free = target[..., 0] != 1
    best = fit.argmax(axis=-1)
    fit = fit.max(axis=-1)
    unsure = free & (fit >= _UNSURE) & (target[..., 0] == 0)
    target[..., 0][unsure] = -1
    for row, column, anchor in np.argwhere(free & (fit >= _HELPS)):
        number = best[row, column, anchor]
        slot = target[row, column, anchor]
        slot[0] = 1
        slot[1:3] = centres[number] / STRIDE - [column, row]
        slot[3:5] = np.log(sizes[number] / anchors[anchor])
        slot[5:] = 0
        slot[5 + kinds[number]] = 1


def _recoloured(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change contrast, brightness and the strength of colours."""
    image = (image - 0.5) * rng.uniform(0.75, 1.25) + 0.5 + rng.uniform(-0.12, 0.12)
    gray = image.mean(axis=-1, keepdims=True)
    return np.clip(gray + (image - gray) * rng.uniform(0.4, 1.4), 0, 1)


def one_way_down(
    rate: float, steps: int, warm_up: int = 100
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Make a learning rate that rises for some steps, then falls to nearly nothing along a cosine.

    Args:
        rate: The highest one.
        steps: Steps of the whole training.
        warm_up: Steps in which it rises; at most a quarter of all.

    Returns:
        The schedule, for an optimizer.
    """
    warm_up = min(warm_up, steps // 4)
    return keras.optimizers.schedules.CosineDecay(
        rate / 30, max(1, steps - warm_up), alpha=0.01, warmup_target=rate, warmup_steps=warm_up
    )
