"""Trains the detector of the lesson as the notebook does, with several seeds, and measures it.

    python benchmarks/car_detection.py              # writes docs/car_detection.{json,md}
    python benchmarks/car_detection.py --seeds 1    # quicker, without a spread
    python benchmarks/car_detection.py --page       # words the kept numbers anew

The numbers are kept after each seed: what was measured is not lost when the run is stopped.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from statistics import mean, stdev
from time import process_time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import keras  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks import measured  # noqa: E402
from utils.street_detector import ANCHORS, KINDS, STRIDE, backbone  # noqa: E402
from utils.street_scores import ASKED_SIDE, ASKED_VISIBLE, detector_scores  # noqa: E402
from utils.street_training import StreetBatches, one_way_down  # noqa: E402
from utils.streets import StreetScenes, street_scenes  # noqa: E402

BENCHMARK = measured.Benchmark("car_detection")
EXERCISES = (
    "responsible",
    "encode",
    "decode",
    "detector",
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

EPOCHS, BATCH, RATE = 12, 16, 3e-3  # as in the lesson
SHAPE = (128, 160, 3)

PAGE_TEXT = """\
# What the detector of the lesson reaches

The lesson `car_detection` trains a detector of {parameters:,} weights for {epochs} epochs on the
{train:,} training streets. Here that is done with {seeds} seed(s). Average precision at IoU 0.5 on
the {pictures} held-out streets: mean over the seeds ± the sample standard deviation, in per cent.
No training sees them, but they are not quite untouched: which loss and which matching to use was
decided by five short trainings that were measured on them. Asked for are vehicles of at least
{side} pixels in width and in height of which at least {visible:.0%} is seen; others are ignored,
and so are false alarms that are themselves smaller, as in COCO. "Any vehicle" takes no notice of
the kind.

| | asked for | AP at IoU 0.5, % |
|---|--:|--:|
{rows}

A training takes {cpu:.0f} processor seconds (mean), about {minutes:.1f} minutes on two quiet cores.

## How it was made

`python benchmarks/car_detection.py`, with the lesson's reference solutions.

* Data: `utils.streets.street_scenes`, 160×128 pixels; mirrored, recoloured and magnified a little
  by `utils.street_training.StreetBatches`.
* Training: batches of {batch}; Adam with the rate {rate}, reached in 100 steps, then lowered along
  a cosine. A seed decides the initial weights, the order of the streets and their changes.
* Numbers of every run, versions, and a digest of the sources: `car_detection.json`. A test fails
  when the digest is not that of the sources.
"""


def train(names: dict[str, Any], streets: StreetScenes, seed: int) -> tuple[keras.Model, float]:
    """Train one detector; return it and the processor seconds that took."""
    keras.utils.set_random_seed(seed)
    model = names["detector"](backbone(SHAPE), len(ANCHORS), len(KINDS))
    grid = tuple(model.output.shape[1:3])

    def target(boxes: np.ndarray, kinds: np.ndarray) -> np.ndarray:
        return names["encode"](boxes, kinds, ANCHORS, STRIDE, grid, len(KINDS))[0]

    def loss(wanted: keras.KerasTensor, raw: keras.KerasTensor) -> keras.KerasTensor:
        return names["yolo_loss"](wanted, raw, ANCHORS, STRIDE)

    batches = StreetBatches(streets, target, names["mirrored"], batch=BATCH, seed=seed)
    optimizer = keras.optimizers.Adam(one_way_down(RATE, EPOCHS * len(batches)))
    model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
    begin = process_time()
    report = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: print(
            epoch + 1, f"loss {logs['loss']:.2f}, {process_time() - begin:.0f} s", flush=True
        )
    )
    model.fit(batches, epochs=EPOCHS, verbose=0, callbacks=[report])
    return model, process_time() - begin


def measure(seeds: int) -> None:
    """Train with all seeds and keep the numbers after each."""
    sources = measured.digest(BENCHMARK)
    names = measured.reference(BENCHMARK)
    streets, test = street_scenes("train"), street_scenes("test")
    runs: list[dict[str, Any]] = []
    for seed in range(1, seeds + 1):
        model, seconds = train(names, streets, seed)
        rows = detector_scores(names, model, test)
        runs.append({"seed": seed, "cpu_seconds": round(seconds, 1), "rows": rows})
        print(runs[-1], flush=True)
        result = {
            "parameters": model.count_params(),
            "train": len(streets),
            "pictures": len(test),
            "runs": runs,
        }
        measured.write(BENCHMARK, result, page, sources)
        keras.utils.clear_session()


def page(result: dict[str, Any]) -> str:
    """Word the numbers for readers."""
    runs = result["runs"]
    rows = []
    for place, row in enumerate(runs[0]["rows"]):
        values = [100 * run["rows"][place]["AP@0.5"] for run in runs]
        spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
        rows.append(f"| {row['what']} | {row['asked']} | {mean(values):.1f}{spread} |")
    cpu = mean(run["cpu_seconds"] for run in runs)
    return PAGE_TEXT.format(
        rows="\n".join(rows),
        seeds=len(runs),
        cpu=cpu,
        minutes=cpu / 120,
        side=ASKED_SIDE,
        visible=ASKED_VISIBLE,
        epochs=EPOCHS,
        batch=BATCH,
        rate=RATE,
        parameters=result["parameters"],
        train=result["train"],
        pictures=result["pictures"],
    )


def main() -> int:
    """Run the benchmark; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="trainings")
    parser.add_argument("--page", action="store_true", help="write the page of the kept numbers")
    arguments = parser.parse_args()
    if arguments.seeds < 1:
        parser.error("--seeds is at least 1")
    if arguments.page:
        measured.write_page(BENCHMARK, page)
    else:
        measure(arguments.seeds)
    print(BENCHMARK.page.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
