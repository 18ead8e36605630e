"""Measures what depth does to networks with and without shortcuts, on the course's traffic signs.

    python benchmarks/residual_networks.py              # writes docs/residual_networks.{json,md}
    python benchmarks/residual_networks.py --seeds 1    # quicker, without a spread
    python benchmarks/residual_networks.py --page       # words the kept numbers anew

Trains the reference solutions of the lesson ``residual_networks`` on one processor core. The
numbers are kept after each seed: what was measured is not lost when the run is stopped.
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
# One core: times do not depend on how many the machine has, or what else they do.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import measured  # noqa: E402
from utils.traffic_signs import Signs, traffic_signs  # noqa: E402

BENCHMARK = measured.Benchmark("residual_networks")
EXERCISES = ("plain_network", "identity_block", "projection_block", "resnet")

TRAIN, TEST = 2400, 960
BLOCKS = (1, 3, 5, 7)
WIDTH, FIRST_STRIDE = 8, 2
EPOCHS, BATCH, RATE = 8, 32, 0.005
BUILDERS = {"plain": "plain_network", "residual": "resnet"}

PAGE_TEXT = """\
# Accuracy by depth, with and without shortcuts

The lesson `residual_networks` builds networks of 6n + 2 layers, plain ones and residual ones with
the same convolutions. Here both are trained on the same pictures of traffic signs with the same
optimizer for the same number of epochs. Each entry is the mean over {seeds} seeds ± the sample
standard deviation, in per cent of the pictures that are read correctly; chance is {chance:.1f}.

| layers | plain: training | plain: test | residual: training | residual: test | CPU time |
|--:|--:|--:|--:|--:|--:|
{rows}

From the shallowest to the deepest network, the share of its own *training* pictures that it reads
correctly changes by -{plain_drop:.0f} points without shortcuts, and by {residual_change:+.0f}
points with them.
These are short trainings on a small data set: they show what depth does to training, not how good
such networks can become.

## How it was made

`python benchmarks/residual_networks.py`, with the lesson's reference solutions of
{exercises}.

* Data: `utils.traffic_signs.traffic_signs(train={train}, validation=0, test={test})`, pictures of
  32×32 pixels, {classes} classes. The same pictures for all; a seed decides the initial weights
  and the order of the pictures.
* Networks: width {width}, first stride {first_stride} (so the maps are 16×16, 8×8 and 4×4).
* Training: {epochs} epochs in batches of {batch}; Adam with the rate {rate}, lowered to 0 along a
  cosine; cross-entropy; no augmentation, no weight decay.
* Training accuracy is that of the finished network, in inference mode, like the test accuracy.
* CPU time: processor seconds to train one network, plain / residual, on one core; mean over the
  seeds.
* Numbers of every run, versions, and a digest of the sources: `residual_networks.json`. A test
  fails when the digest is not that of the sources.
"""


def train(build: Any, n: int, signs: Signs, seed: int) -> dict[str, float]:
    """Train one network; return its accuracies and the processor seconds of the training."""
    import keras

    keras.utils.set_random_seed(seed)
    model = build(
        n, signs.train.images.shape[1:], len(signs.names), width=WIDTH, first_stride=FIRST_STRIDE
    )
    steps = EPOCHS * -(-len(signs.train) // BATCH)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,  # compiling takes longer than it saves in so short a training
    )
    begin = process_time()
    model.fit(signs.train.images, signs.train.labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    seconds = process_time() - begin
    accuracies = {
        name: round(model.evaluate(part.images, part.labels, verbose=0)[1], 4)
        for name, part in (("train", signs.train), ("test", signs.test))
    }
    keras.utils.clear_session()
    return {**accuracies, "cpu_seconds": round(seconds, 1)}


def measure(seeds: int) -> None:
    """Train all networks with all seeds and keep the numbers after each seed."""
    sources = measured.digest(BENCHMARK)
    names = measured.reference(BENCHMARK)
    signs = traffic_signs(train=TRAIN, validation=0, test=TEST)
    runs: list[dict[str, Any]] = []
    for seed in range(seeds):
        for n in BLOCKS:
            for kind, builder in BUILDERS.items():
                run = {"kind": kind, "layers": 6 * n + 2, "seed": seed}
                run |= train(names[builder], n, signs, seed)
                runs.append(run)
                print(run, flush=True)
        result = {"classes": len(signs.names), "seeds": seed + 1, "runs": runs}
        measured.write(BENCHMARK, result, page, sources)


def page(result: dict[str, Any]) -> str:
    """Word the numbers for readers."""
    depths = sorted({run["layers"] for run in result["runs"]})
    rows = "\n".join(_row(result["runs"], layers) for layers in depths)
    ends = {
        kind: [100 * mean(_values(result["runs"], kind, end, "train")) for end in depths]
        for kind in BUILDERS
    }
    return PAGE_TEXT.format(
        rows=rows,
        seeds=result["seeds"],
        classes=result["classes"],
        chance=100 / result["classes"],
        plain_drop=ends["plain"][0] - ends["plain"][-1],
        residual_change=ends["residual"][-1] - ends["residual"][0],
        exercises=", ".join(f"`{name}`" for name in EXERCISES),
        train=TRAIN,
        test=TEST,
        width=WIDTH,
        first_stride=FIRST_STRIDE,
        epochs=EPOCHS,
        batch=BATCH,
        rate=RATE,
    )


def _row(runs: list[dict[str, Any]], layers: int) -> str:
    cells = [str(layers)]
    for kind in BUILDERS:
        for part in ("train", "test"):
            values = [100 * value for value in _values(runs, kind, layers, part)]
            spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
            cells.append(f"{mean(values):.1f}{spread}")
    times = [mean(_values(runs, kind, layers, "cpu_seconds")) for kind in BUILDERS]
    return f"| {' | '.join(cells)} | {times[0]:.0f} s / {times[1]:.0f} s |"


def _values(runs: list[dict[str, Any]], kind: str, layers: int, name: str) -> list[float]:
    return [run[name] for run in runs if run["kind"] == kind and run["layers"] == layers]


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
