"""Runs pycocotools as an independent judge of detections; needs that package."""

import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def random_boxes(rng, count, longest):
    """Draw boxes (n, 4) of sides from 10 to ``longest`` pixels."""
    boxes = rng.uniform(0, 120, (count, 4))
    boxes[:, 2:] = boxes[:, :2] + rng.uniform(10, longest, (count, 2))
    return boxes


def entry_of(picture, kind, box, **more):
    """Write a box (left, top, right, bottom) as COCO's files have it."""
    left, top, right, bottom = box
    sides = [left, top, right - left, bottom - top]
    return {"image_id": picture, "category_id": int(kind), "bbox": sides, **more}


def judged(entries, results, pictures, kinds, change_answers=None):
    """Let pycocotools judge; return its COCOeval, accumulated and summarised.

    Args:
        entries: True boxes, by :func:`entry_of`; ``area`` is that of the box where none is given.
        results: Detections, by :func:`entry_of` with ``score``.
        pictures: How many pictures there are, numbered from 0.
        kinds: The classes' numbers.
        change_answers: Is called with each loaded detection, to change it in place.
    """
    for number, entry in enumerate(entries, 1):
        _, _, wide, high = entry["bbox"]
        entry |= {"id": number, "iscrowd": 0, "area": entry.get("area", wide * high)}
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "info": {},
            "images": [{"id": number} for number in range(pictures)],
            "annotations": entries,
            "categories": [{"id": kind} for kind in kinds],
        }
        truth.createIndex()
        answers = truth.loadRes(results)
        if change_answers:
            for answer in answers.anns.values():
                change_answers(answer)
        judge = COCOeval(truth, answers, "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return judge
