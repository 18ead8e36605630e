"""The lesson on finding cars judges as pycocotools does, boxes that are ignored included."""

import contextlib
import io
import os
from pathlib import Path

import numpy as np
import pytest

from autograder.source import CellKind, read_source

coco = pytest.importorskip("pycocotools.coco")
from pycocotools.cocoeval import COCOeval  # noqa: E402

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
LESSON = (
    Path(__file__).resolve().parent.parent / "solutions" / "week3_detection" / "car_detection.py"
)
THRESHOLDS = np.linspace(0.5, 0.95, 10)
# The area that stands for "ignored": beyond every range that COCO measures.
OUT_OF_RANGE = 1e12


@pytest.fixture(scope="module")
def lesson():
    """The lesson's functions that judge, and what they need of its setup."""
    namespace = {"__name__": "__main__", "np": np}
    for cell in read_source(LESSON).cells:
        text = cell.text
        if cell.kind is CellKind.SETUP and "def iou_matrix" in text:
            start = text.index("def iou_matrix")
            exec(compile(text[start:], "<setup>", "exec"), namespace)
        if cell.kind is CellKind.EXERCISE and cell.exercise in ("judge", "mean_envelope"):
            exec(compile(text, f"<{cell.exercise}>", "exec"), namespace)
    return namespace


def random_boxes(rng, count):
    boxes = rng.uniform(0, 120, (count, 4))
    boxes[:, 2:] = boxes[:, :2] + rng.uniform(10, 60, (count, 2))
    return boxes


def random_pictures(seed, pictures=14, tied=False):
    """Draw crowded truths, a third of them ignored, and a careless detector's answers."""
    rng = np.random.default_rng(seed)
    truths, detections = [], []
    for picture in range(pictures):
        count = 0 if picture == 3 else int(rng.integers(1, 12))
        truth = random_boxes(rng, count)
        ignored = rng.random(count) < 0.35
        if picture == 5:
            ignored[:] = True
        copies = rng.integers(0, count, 3 * count) if count else np.zeros(0, int)
        noise = rng.normal(0, rng.choice([1, 4, 9], (len(copies), 1)), (len(copies), 4))
        said = truth[copies] + noise
        said[:, 2:] = np.maximum(said[:, 2:], said[:, :2] + 1)
        said = np.vstack([said, random_boxes(rng, int(rng.integers(0, 6)))])
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

    def sides(box):
        return [box[0], box[1], box[2] - box[0], box[3] - box[1]]

    entries, results = [], []
    for picture, (boxes, ignored) in enumerate(truths):
        for box, out in zip(boxes.tolist(), ignored, strict=True):
            area = OUT_OF_RANGE if out else (box[2] - box[0]) * (box[3] - box[1])
            entries.append(
                {
                    "id": len(entries) + 1,
                    "image_id": picture,
                    "category_id": 1,
                    "bbox": sides(box),
                    "area": area,
                    "iscrowd": 0,
                }
            )
    for picture, (boxes, scores) in enumerate(detections):
        for box, score in zip(boxes.tolist(), scores, strict=True):
            results.append(
                {
                    "image_id": picture,
                    "category_id": 1,
                    "bbox": sides(box),
                    "score": float(score),
                }
            )
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco.COCO()
        truth.dataset = {
            "info": {},
            "images": [{"id": number} for number in range(len(truths))],
            "annotations": entries,
            "categories": [{"id": 1}],
        }
        truth.createIndex()
        answers = truth.loadRes(results)
        for answer in answers.anns.values():
            if min(answer["bbox"][2:]) < least:
                answer["area"] = OUT_OF_RANGE
        judge = COCOeval(truth, answers, "bbox")
        judge.evaluate()
        judge.accumulate()
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
