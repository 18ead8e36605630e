"""Trains the detector of vehicles that ships with the course, and measures it.

    python benchmarks/street_detector.py             # writes the weights and docs/street_detector.*
    python benchmarks/street_detector.py --page      # words the kept numbers anew

Uses the lesson's reference solutions for targets, loss, detection and judging, and the same
network, but trains longer than a notebook can. The weights are those of the last step: nothing
chooses between them.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from time import process_time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import keras  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks import measured  # noqa: E402
from utils.pretrained import save_weights  # noqa: E402
from utils.street_detector import ANCHORS, KINDS, STRIDE, street_detector  # noqa: E402
from utils.street_scores import (  # noqa: E402
    ANY,
    ASKED_SIDE,
    ASKED_VISIBLE,
    detector_scores,
)
from utils.street_training import StreetBatches, one_way_down  # noqa: E402
from utils.streets import StreetScenes, street_scenes  # noqa: E402

BENCHMARK = measured.Benchmark("street_detector")
LESSON = "car_detection"
EXERCISES = (
    "responsible",
    "encode",
    "decode",
    "box_loss",
    "objectness_loss",
    "class_loss",
    "yolo_loss",
    "mirrored",
    "likely",
    "suppress",
    "find_vehicles",
    "judge",
    "mean_envelope",
)

EPOCHS, BATCH, RATE, ZOOM, SEED = 40, 16, 3e-3, 0.4, 7
THRESHOLDS = (0.5, 0.75)

PAGE_TEXT = """\
# The detector that ships with the course

`utils.street_detector.street_detector()` is a network of {parameters:,} weights that finds cars,
vans, buses and lorries in street scenes of 160×128 pixels. It is the network of the lesson
`car_detection`, trained {epochs} epochs where the lesson trains for a few minutes.

Average precision on the {pictures} held-out streets (other towns, weathers and vehicles than in
training), 101 points as COCO has it. Asked for are vehicles of at least {side} pixels in width and
in height of which at least {visible:.0%} is seen; all others are ignored: finding them is neither
right nor wrong, and false alarms that are themselves smaller do not count, as in COCO. "Any
vehicle" takes no notice of the kind.

| | asked for | AP at IoU 0.5 | AP at IoU 0.75 |
|---|--:|--:|--:|
{rows}

Mean over the four kinds (mAP): {map50:.3f} at IoU 0.5.

## How it was made

`python benchmarks/street_detector.py`, with the lesson's reference solutions.

* Data: the {train:,} training streets of `utils.streets`, mirrored, recoloured, magnified up to
  {zoom:.2f} times. No other picture, no weights from elsewhere.
* Training: {epochs} epochs in batches of {batch}; Adam with the rate {rate}, reached in 100
  steps, then lowered along a cosine; {minutes:.0f} processor minutes.
* The weights are kept as float16; the numbers above are measured with those.
* Numbers, versions, and a digest of the sources: `street_detector.json`. A test fails when the
  digest is not that of the sources.
"""


def train(names: dict[str, Any], streets: StreetScenes) -> tuple[keras.Model, list[float]]:
    """Train the network; return it and the mean loss of each epoch."""
    keras.utils.set_random_seed(SEED)
    model = street_detector(weights=None)
    start_empty(model)
    grid = tuple(model.output.shape[1:3])

    def target(boxes: np.ndarray, kinds: np.ndarray) -> np.ndarray:
        return names["encode"](boxes, kinds, ANCHORS, STRIDE, grid, len(KINDS))[0]

    batches = StreetBatches(streets, target, names["mirrored"], batch=BATCH, zoom=ZOOM, seed=SEED)

    def loss(wanted: keras.KerasTensor, raw: keras.KerasTensor) -> keras.KerasTensor:
        return names["yolo_loss"](wanted, raw, ANCHORS, STRIDE)

    rate = one_way_down(RATE, EPOCHS * len(batches))
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss, jit_compile=False)
    epochs = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: print(
            epoch + 1, f"loss {logs['loss']:.2f}, {process_time() / 60:.1f} min", flush=True
        )
    )
    history = model.fit(batches, epochs=EPOCHS, verbose=0, callbacks=[epochs]).history
    return model, [round(value, 3) for value in history["loss"]]


def start_empty(model: keras.Model, prior: float = 0.01) -> None:
    """Let every slot begin with a small objectness, as the lesson's ``detector`` does."""
    bias = np.zeros((len(ANCHORS), 5 + len(KINDS)))
    bias[:, 0] = np.log(prior / (1 - prior))
    model.get_layer("head").bias.assign(bias.ravel())


def measure() -> None:
    """Train, write the weights, and keep the numbers."""
    sources = measured.digest(BENCHMARK)
    names = measured.reference(BENCHMARK)
    streets = street_scenes("train")
    begin = process_time()
    model, history = train(names, streets)
    minutes = (process_time() - begin) / 60
    # What is measured is what ships: weights of half precision.
    model.set_weights([w.astype(np.float16).astype(np.float32) for w in model.get_weights()])
    rows = detector_scores(names, model, street_scenes("test"), THRESHOLDS)
    by_name = {row["what"]: row["AP@0.5"] for row in rows}
    map50 = float(np.mean([by_name[kind] for kind in KINDS]))
    save_weights(
        model,
        "street_detector",
        made_by="python benchmarks/street_detector.py",
        sources=sources,
        scores={
            "AP@0.5, any vehicle": by_name[ANY],
            "AP@0.5, car": by_name["car"],
            "mAP@0.5": round(map50, 4),
        },
    )
    result = {
        "parameters": model.count_params(),
        "epochs": EPOCHS,
        "train": len(streets),
        "pictures": len(street_scenes("test")),
        "minutes": round(minutes, 1),
        "loss": history,
        "rows": rows,
        "map50": round(map50, 4),
    }
    measured.write(BENCHMARK, result, page, sources)


def page(result: dict[str, Any]) -> str:
    """Word the numbers for readers."""
    rows = "\n".join(
        f"| {row['what']} | {row['asked']} | {row['AP@0.5']:.3f} | {row['AP@0.75']:.3f} |"
        for row in result["rows"]
    )
    about = {key: result[key] for key in ("parameters", "epochs", "train", "pictures", "minutes")}
    return PAGE_TEXT.format(
        rows=rows,
        map50=result["map50"],
        side=ASKED_SIDE,
        visible=ASKED_VISIBLE,
        zoom=float(np.exp(ZOOM)),
        batch=BATCH,
        rate=RATE,
        **about,
    )


def main() -> int:
    """Run the benchmark; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", action="store_true", help="write the page of the kept numbers")
    if parser.parse_args().page:
        measured.write_page(BENCHMARK, page)
    else:
        measure()
    print(BENCHMARK.page.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
