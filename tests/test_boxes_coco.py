"""What the lesson on boxes teaches as mAP is what pycocotools computes."""

from pathlib import Path

import numpy as np
import pytest

from autograder.source import CellKind, read_source

pytest.importorskip("pycocotools")
from coco_judge import entry_of, judged, random_boxes

LESSON = Path(__file__).resolve().parent.parent / "solutions" / "week3_detection" / "boxes.py"
THRESHOLDS = np.linspace(0.5, 0.95, 10)
CLASSES, LONGEST = 4, 70


@pytest.fixture(scope="module")
def lesson():
    """The lesson's own functions: its setup and exercise cells, run in one namespace."""
    namespace = {"__name__": "__main__"}
    for cell in read_source(LESSON).cells:
        if cell.kind in (CellKind.SETUP, CellKind.EXERCISE):
            exec(compile(cell.text, f"<boxes {cell.line}>", "exec"), namespace)
    return namespace


def random_pictures(seed, pictures=12, tied=False):
    """Draw crowded truths and what a careless detector says: doubles, confusions, alarms."""
    rng = np.random.default_rng(seed)
    truths, detections = [], []
    for picture in range(pictures):
        count = 0 if picture == 3 else int(rng.integers(1, 12))
        truth = random_boxes(rng, count, LONGEST)
        # The last class is in no truth; the one before it is never detected.
        classes = rng.integers(0, CLASSES - 1, count)
        copies = rng.integers(0, count, 3 * count) if count else np.zeros(0, int)
        said = truth[copies] + rng.normal(
            0, rng.choice([1, 4, 9], (len(copies), 1)), (len(copies), 4)
        )
        said[:, 2:] = np.maximum(said[:, 2:], said[:, :2] + 1)
        alarms = random_boxes(rng, int(rng.integers(0, 6)), LONGEST)
        kinds = np.concatenate([classes[copies], rng.integers(0, CLASSES, len(alarms))])
        swap = rng.random(len(kinds)) < 0.15
        kinds[swap] = rng.integers(0, CLASSES, swap.sum())
        kinds[kinds == CLASSES - 2] = CLASSES - 1
        scores = rng.random(len(kinds))
        if tied:
            scores = np.ceil(scores * 8) / 8
        detections.append((np.vstack([said, alarms]), scores, kinds))
        truths.append((truth, classes))
    return detections, truths


def judged_by_pycocotools(detections, truths):
    """Return pycocotools' precisions, thresholds × 101 recalls × classes, and its statistics.

    Precisions are -1 for a class that is in no truth.
    """
    entries = [
        entry_of(picture, kind, box)
        for picture, (boxes, classes) in enumerate(truths)
        for box, kind in zip(boxes.tolist(), classes, strict=True)
    ]
    results = [
        entry_of(picture, kind, box, score=float(score))
        for picture, (boxes, scores, classes) in enumerate(detections)
        for box, score, kind in zip(boxes.tolist(), scores, classes, strict=True)
    ]
    judge = judged(entries, results, len(truths), range(CLASSES))
    # All areas, at most 100 detections.
    return judge.eval["precision"][:, :, :, 0, -1], judge.stats


@pytest.mark.parametrize("tied", [False, True], ids=["scores differ", "scores tie"])
@pytest.mark.parametrize("seed", range(5))
def test_map_equals_pycocotools(lesson, seed, tied):
    detections, truths = random_pictures(seed, tied=tied)
    _, stats = judged_by_pycocotools(detections, truths)
    judge = lesson["mean_average_precision"]
    assert 0.05 < stats[0] < 0.9  # neither trivial
    assert judge(detections, truths, THRESHOLDS, 101) == pytest.approx(stats[0], abs=1e-9)
    assert judge(detections, truths, (0.5,), 101) == pytest.approx(stats[1], abs=1e-9)
    assert judge(detections, truths, (0.75,), 101) == pytest.approx(stats[2], abs=1e-9)


def test_each_class_and_threshold_equals_pycocotools(lesson):
    detections, truths = random_pictures(11)
    precision, _ = judged_by_pycocotools(detections, truths)
    for kind in range(CLASSES - 1):
        wanted = [(boxes[classes == kind], classes[classes == kind]) for boxes, classes in truths]
        for number, threshold in enumerate(THRESHOLDS):
            value = lesson["mean_average_precision"](detections, wanted, (threshold,), 101)
            assert value == pytest.approx(precision[number, :, kind].mean(), abs=1e-9)
    assert (precision[:, :, CLASSES - 1] == -1).all()  # in no truth: left out by both


def test_a_class_that_is_never_detected_counts_as_zero(lesson):
    detections, truths = random_pictures(11)
    precision, _ = judged_by_pycocotools(detections, truths)
    assert (precision[:, :, CLASSES - 2] == 0).all()


def test_iou_matrix_equals_pycocotools(lesson):
    from pycocotools import mask

    rng = np.random.default_rng(0)
    a, b = random_boxes(rng, 30, LONGEST), random_boxes(rng, 20, LONGEST)
    a[:3], b[:3] = b[3:6], a[5:8]  # identical ones too
    theirs = mask.iou(*(np.hstack([c[:, :2], c[:, 2:] - c[:, :2]]) for c in (a, b)), [0] * 20)
    np.testing.assert_allclose(lesson["iou_matrix"](a, b), theirs, atol=1e-12)
