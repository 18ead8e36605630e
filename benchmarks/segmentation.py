"""Measures what skip connections and class weights do to a U-Net, on the course's street scenes.

    python benchmarks/segmentation.py              # writes docs/segmentation.{json,md}
    python benchmarks/segmentation.py --seeds 1    # quicker, without a spread
    python benchmarks/segmentation.py --page       # words the kept numbers anew

Trains the reference solutions of the lesson ``segmentation`` on one processor core, as the lesson
itself trains. The numbers are kept after each seed: what was measured is not lost when the run is
stopped.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from statistics import mean, stdev
from time import process_time
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# One core: times do not depend on how many the machine has, or what else they do.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import measured  # noqa: E402
from utils.streets import CLASS_NAMES, StreetScenes, street_scenes  # noqa: E402

BENCHMARK = measured.Benchmark("segmentation")
EXERCISES = (
    "expanding_block",
    "unet",
    "class_weights",
    "confusion_matrix",
    "segmentation_scores",
)

VEHICLE = CLASS_NAMES.index("car")  # car, van, bus and lorry are the last four
LABELS = (*CLASS_NAMES[:VEHICLE], "vehicle")
WIDTH, DEPTH = 8, 3
EPOCHS, PARTS, BATCH, RATE = 3, 4, 8, 0.01
# Kind of network: whether it has skip connections, and the exponent of its class weights.
KINDS = {"unet": (True, 0.5), "no_skips": (False, 0.5), "equal": (True, 0.0)}

KIND_TEXT = {
    "unet": "U-Net, γ = 0.5 (the lesson's)",
    "no_skips": "without skip connections, γ = 0.5",
    "equal": "U-Net, γ = 0 (no class weights)",
}
PAGE_TEXT = """\
# Segmentation with and without skip connections and class weights

The lesson `segmentation` trains a small U-Net on street scenes. Here its training is repeated over
{seeds} seeds, and twice with one thing changed: without skip connections, and without class
weights. Each entry is the mean over the seeds ± the sample standard deviation, in per cent, on the
{test} test streets: other towns, other weathers and other vehicles than in training.

| network | pixel accuracy | mean IoU | CPU time |
|:--|--:|--:|--:|
{rows}

IoU by class:

| network | {labels} |
|:--|{lines}|
{class_rows}

Without skip connections mean IoU changes by {skips:+.1f} points, that of "background" (lamp posts,
people, the far skyline) by {thin:+.1f}. Without class weights mean IoU changes by {weights:+.1f}
points and pixel accuracy by {accuracy:+.1f}.
These are short trainings of a small network: they show differences, not how good such networks can
become.

## How it was made

`python benchmarks/segmentation.py`, with the lesson's reference solutions of
{exercises}.

* Data: `utils.streets.street_scenes`, {train} training and {test} test streets at half size, 80×64
  pixels; car, van, bus and lorry are one class. The same pictures for all; a seed decides the
  initial weights, the order of the pictures, and which are mirrored.
* Network: width {width}, depth {depth}. Without skip connections the kept maps are multiplied by 0
  before they join: as many weights, no signal.
* Training: {epochs} epochs in batches of {batch}; Adam with the rate {rate}, lowered to 0 along a
  cosine; cross-entropy weighted by class; half of the pictures mirrored.
* CPU time is that of the training, on one core.
"""


def at_half_size(scenes: StreetScenes) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures ``(N, H/2, W/2, 3)`` and masks ``(N, H/2, W/2)``; vehicles are one class."""
    n, height, width, channels = scenes.images.shape
    pictures = scenes.images.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    return pictures, np.minimum(scenes.masks[:, ::2, ::2].astype("int64"), VEHICLE)


def without_skips(names: dict[str, Any], input_shape: tuple[int, int, int]) -> Any:
    """Build the lesson's U-Net with zeros in place of the maps that were kept."""
    import keras

    two_convolutions, expanding_block = names["two_convolutions"], names["expanding_block"]
    inputs = x = keras.Input(input_shape)
    kept = []
    for level in range(DEPTH):
        x = two_convolutions(x, WIDTH * 2**level)
        kept.append(x * 0.0)
        x = keras.layers.MaxPooling2D(2)(x)
    x = two_convolutions(x, WIDTH * 2**DEPTH)
    for level in reversed(range(DEPTH)):
        block = expanding_block(x.shape[1:], kept[level].shape[1:], WIDTH * 2**level)
        x = block([x, kept[level]])
    return keras.Model(inputs, keras.layers.Conv2D(len(LABELS), 1)(x))


def train(
    names: dict[str, Any],
    kind: str,
    pictures: np.ndarray,
    masks: np.ndarray,
    seed: int,
) -> tuple[Any, float]:
    """Train one network; return it and the processor seconds of the training."""
    import keras

    skips, power = KINDS[kind]
    keras.utils.set_random_seed(seed)
    shape = pictures.shape[1:]
    if skips:
        network = names["unet"](shape, len(LABELS), width=WIDTH, depth=DEPTH)
    else:
        network = without_skips(names, shape)
    weights = names["class_weights"](masks, len(LABELS), power)
    size = len(pictures) // PARTS
    steps = EPOCHS * PARTS * -(-size // BATCH)
    network.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # compiling takes longer than it saves in so short a training
    )
    rng = np.random.default_rng(seed)
    begin = process_time()
    for _ in range(EPOCHS):
        for part in np.split(rng.permutation(len(pictures))[: size * PARTS], PARTS):
            mirrored = (rng.random(size) < 0.5)[:, None, None]
            x = np.where(mirrored[..., None], pictures[part, :, ::-1], pictures[part])
            y = np.where(mirrored, masks[part, :, ::-1], masks[part])
            network.fit(x, y, sample_weight=weights[y], batch_size=BATCH, verbose=0)
    return network, process_time() - begin


def score(names: dict[str, Any], network: Any, pictures: np.ndarray, masks: np.ndarray) -> dict:
    """Return a network's pixel accuracy, mean IoU and IoU by class."""
    answers = network.predict(pictures, batch_size=20, verbose=0).argmax(axis=3)
    table = names["confusion_matrix"](masks, answers, len(LABELS))
    accuracy, iou, average = names["segmentation_scores"](table)
    return {
        "accuracy": round(accuracy, 4),
        "mean_iou": round(average, 4),
        "iou": [round(float(value), 4) for value in iou],
    }


def measure(seeds: int) -> None:
    """Train all networks with all seeds and keep the numbers after each seed."""
    import keras

    sources = measured.digest(BENCHMARK)
    names = measured.reference(BENCHMARK)
    pictures, masks = at_half_size(street_scenes("train"))
    test_pictures, test_masks = at_half_size(street_scenes("test"))
    runs: list[dict[str, Any]] = []
    for seed in range(seeds):
        for kind in KINDS:
            network, seconds = train(names, kind, pictures, masks, seed)
            run = {"kind": kind, "seed": seed}
            run |= score(names, network, test_pictures, test_masks)
            run["cpu_seconds"] = round(seconds, 1)
            keras.utils.clear_session()
            runs.append(run)
            print(run, flush=True)
        result = {
            "seeds": seed + 1,
            "train": len(pictures),
            "test": len(test_pictures),
            "labels": list(LABELS),
            "runs": runs,
        }
        measured.write(BENCHMARK, result, page, sources)


def page(result: dict[str, Any]) -> str:
    """Word the numbers for readers."""
    by_kind = {kind: [run for run in result["runs"] if run["kind"] == kind] for kind in KINDS}
    rows, class_rows = [], []
    for kind, runs in by_kind.items():
        numbers = [_spread([run[name] for run in runs]) for name in ("accuracy", "mean_iou")]
        seconds = mean(run["cpu_seconds"] for run in runs)
        rows.append(f"| {KIND_TEXT[kind]} | {' | '.join(numbers)} | {seconds:.0f} s |")
        classes = zip(*(run["iou"] for run in runs), strict=True)
        cells = " | ".join(_spread(values) for values in classes)
        class_rows.append(f"| {KIND_TEXT[kind]} | {cells} |")
    thin = result["labels"].index("background")

    def change(kind: str, name: str) -> float:
        return 100 * (mean(r[name] for r in by_kind[kind]) - mean(r[name] for r in by_kind["unet"]))

    thin_change = 100 * (
        mean(run["iou"][thin] for run in by_kind["no_skips"])
        - mean(run["iou"][thin] for run in by_kind["unet"])
    )
    return PAGE_TEXT.format(
        seeds=result["seeds"],
        train=result["train"],
        test=result["test"],
        rows="\n".join(rows),
        class_rows="\n".join(class_rows),
        labels=" | ".join(result["labels"]),
        lines="|".join(["--:"] * len(result["labels"])),
        skips=change("no_skips", "mean_iou"),
        thin=thin_change,
        weights=change("equal", "mean_iou"),
        accuracy=change("equal", "accuracy"),
        exercises=", ".join(f"`{name}`" for name in EXERCISES),
        width=WIDTH,
        depth=DEPTH,
        epochs=EPOCHS,
        batch=BATCH,
        rate=RATE,
    )


def _spread(values: list[float]) -> str:
    percent = [100 * value for value in values]
    spread = f" ± {stdev(percent):.1f}" if len(percent) > 1 else ""
    return f"{mean(percent):.1f}{spread}"


def main() -> int:
    """Run the benchmark; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="trainings per network")
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
