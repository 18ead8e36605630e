"""The lesson on finding cars judges as pycocotools does, boxes that are ignored included."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pycocotools")
from coco_judge import entry_of, judged, random_boxes

sys.path.append(str(Path(__file__).resolve().parent.parent))
from benchmarks.measured import Benchmark, reference

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
LONGEST = 60
THRESHOLDS = np.linspace(0.5, 0.95, 10)
# The area that stands for "ignored": beyond every range that COCO measures.
OUT_OF_RANGE = 1e12


@pytest.fixture(scope="module")
def lesson():
    """The lesson's functions, and what they need of its setup."""
    return reference(Benchmark("car_detection"))


def random_pictures(seed, pictures=14, tied=False):
    """Draw crowded truths, a third of them ignored, and a careless detector's answers."""
    rng = np.random.default_rng(seed)
    truths, detections = [], []
    for picture in range(pictures):
        count = 0 if picture == 3 else int(rng.integers(1, 12))
        truth = random_boxes(rng, count, LONGEST)
        ignored = rng.random(count) < 0.35
        if picture == 5:
            ignored[:] = True
        copies = rng.integers(0, count, 3 * count) if count else np.zeros(0, int)
        noise = rng.normal(0, rng.choice([1, 4, 9], (len(copies), 1)), (len(copies), 4))
        said = truth[copies] + noise
        said[:, 2:] = np.maximum(said[:, 2:], said[:, :2] + 1)
        said = np.vstack([said, random_boxes(rng, int(rng.integers(0, 6)), LONGEST)])
        scores = rng.random(len(said))
        if tied:
            scores = np.ceil(scores * 8) / 8
        detections.append((said, scores))
        truths.append((truth, ignored))
    return detections, truths


def judged_by_pycocotools(detections, truths, least=0.0):
    """Return pycocotools' precisions: thresholds × 101 recalls.

    COCO asks for areas in a range. The lesson asks for sides; so what it calls too small gets an
    area out of the range.
    """
    entries = [
        entry_of(picture, 1, box, **({"area": OUT_OF_RANGE} if out else {}))
        for picture, (boxes, ignored) in enumerate(truths)
        for box, out in zip(boxes.tolist(), ignored, strict=True)
    ]
    results = [
        entry_of(picture, 1, box, score=float(score))
        for picture, (boxes, scores) in enumerate(detections)
        for box, score in zip(boxes.tolist(), scores, strict=True)
    ]

    def strike_off_if_small(answer):
        if min(answer["bbox"][2:]) < least:
            answer["area"] = OUT_OF_RANGE

    judge = judged(entries, results, len(truths), [1], strike_off_if_small)
    # All areas, at most 100 detections.
    return judge.eval["precision"][:, :, 0, 0, -1]


@pytest.mark.parametrize("tied", [False, True], ids=["scores differ", "scores tie"])
@pytest.mark.parametrize("least", [0.0, 25.0], ids=["all sizes", "small ones struck off"])
@pytest.mark.parametrize("seed", range(5))
def test_average_precision_equals_pycocotools(lesson, seed, least, tied):
    detections, truths = random_pictures(seed, tied=tied)
    theirs = judged_by_pycocotools(detections, truths, least).mean(axis=1)
    assert 0.05 < theirs[0] < 0.95  # neither trivial
    for threshold, value in zip(THRESHOLDS, theirs, strict=True):
        ours = lesson["mean_envelope"](*lesson["judge"](detections, truths, threshold, least))
        assert ours == pytest.approx(value, abs=1e-9)


def test_ignoring_matters(lesson):
    """The same detections get another result when every box is asked for."""
    detections, truths = random_pictures(1)
    asked = [(boxes, np.zeros(len(boxes), bool)) for boxes, _ in truths]
    with_all = judged_by_pycocotools(detections, asked).mean(axis=1)[0]
    ours = lesson["mean_envelope"](*lesson["judge"](detections, asked))
    assert ours == pytest.approx(with_all, abs=1e-9)
    ignoring = judged_by_pycocotools(detections, truths).mean(axis=1)[0]
    assert abs(ignoring - with_all) > 0.01
    struck_off = judged_by_pycocotools(detections, truths, 25.0).mean(axis=1)[0]
    assert struck_off > ignoring + 0.01
