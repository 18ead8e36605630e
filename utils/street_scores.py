"""Average precision of a detector of vehicles, by kind and by size, with a lesson's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from utils.street_detector import ANCHORS, KINDS, STRIDE
from utils.streets.shipped import StreetScenes

# What must be found: shorter side in pixels, and the share that is seen.
ASKED_SIDE, ASKED_VISIBLE = 12, 0.25
SIZES = ((12, 20), (20, 40), (40, 9999))
LEAST_SCORE, OVERLAP, MOST = 0.02, 0.5, 100
ANY = "any vehicle"


def raw_answers(model: keras.Model, images: np.ndarray, batch: int = 50) -> np.ndarray:
    """Run a detector over pictures ``(n, H, W, 3)``; return its raw numbers."""
    parts = [
        ops.convert_to_numpy(model(images[begin : begin + batch], training=False))
        for begin in range(0, len(images), batch)
    ]
    return np.concatenate(parts)


def detector_scores(
    names: Mapping[str, Callable[..., Any]],
    model: keras.Model,
    streets: StreetScenes,
    thresholds: Sequence[float] = (0.5,),
) -> list[dict[str, Any]]:
    """Measure a detector's average precisions.

    Args:
        names: The lesson's functions ``find_vehicles``, ``suppress``, ``judge``, ``mean_envelope``.
        model: The detector.
        streets: The streets to measure on.
        thresholds: IoUs that count as agreement.

    Returns:
        A row for each kind, for any vehicle whatever it is called, and for any vehicle by size:
        ``what``, ``asked`` (how many had to be found) and ``AP@threshold``.
    """
    size = streets.images.shape[1:3]
    found = [
        names["find_vehicles"](raw, ANCHORS, STRIDE, size, LEAST_SCORE, OVERLAP, MOST)
        for raw in raw_answers(model, streets.images)
    ]
    # Whatever it is called: doubles of another kind have to go as well.
    nameless = []
    for boxes, scores, kinds in found:
        kept = names["suppress"](boxes, scores, np.zeros_like(kinds), OVERLAP, MOST)
        nameless.append((boxes[kept], scores[kept], np.zeros_like(kinds[kept])))
    asked = streets.clear(ASKED_SIDE, ASKED_VISIBLE)
    none = [np.zeros_like(kinds) for kinds in streets.kinds]
    plans = [
        (name, kind, found, streets.kinds, asked, ASKED_SIDE) for kind, name in enumerate(KINDS)
    ]
    plans.append((ANY, 0, nameless, none, asked, ASKED_SIDE))
    for least, most in SIZES:
        small, large = (streets.clear(side, ASKED_VISIBLE) for side in (least, most))
        wanted = [a & ~b for a, b in zip(small, large, strict=True)]
        words = f"{least} to {most} pixels" if most < 9999 else f"{least} pixels and more"
        plans.append((f"{ANY}, shorter side {words}", 0, nameless, none, wanted, least))
    return [_row(names, streets, thresholds, *plan) for plan in plans]


def _row(
    names: Mapping[str, Callable[..., Any]],
    streets: StreetScenes,
    thresholds: Sequence[float],
    what: str,
    kind: int,
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
    kinds_of: Sequence[np.ndarray],
    asked: Sequence[np.ndarray],
    least: float,
) -> dict[str, Any]:
    detections = [(boxes[k == kind], scores[k == kind]) for boxes, scores, k in found]
    truths = [
        (boxes[kinds == kind], ~wanted[kinds == kind])
        for boxes, kinds, wanted in zip(streets.boxes, kinds_of, asked, strict=True)
    ]
    row: dict[str, Any] = {"what": what}
    row["asked"] = sum(int((~ignored).sum()) for _, ignored in truths)
    for threshold in thresholds:
        curve = names["judge"](detections, truths, threshold, least)
        row[f"AP@{threshold}"] = round(names["mean_envelope"](*curve), 4)
    return row
