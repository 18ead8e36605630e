"""Measures what transfer and augmentation are worth, by task and by number of pictures.

    python benchmarks/transfer_learning.py            # writes docs/transfer_learning.{json,md}
    python benchmarks/transfer_learning.py --words    # words the kept result anew

It uses the reference solutions of the lesson. Two tasks are measured at a time, each on one core.
``--root`` measures another checkout.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

# Before TensorFlow starts. One thread adds up in one order.
os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", COURSE_QUICK="")

import keras
import numpy as np
from keras import layers

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measured import (  # noqa: E402
    Benchmark,
    digest,
    read,
    reference,
    write,
    write_page,
)
from utils.data import mnist_digits, photograph  # noqa: E402
from utils.efficientnet_lite import efficientnet_lite0  # noqa: E402
from utils.traffic_signs import SIGN_NAMES, traffic_signs  # noqa: E402

EXERCISES = (
    "prepare",
    "train_head",
    "join",
    "fine_tune",
    "augmented",
    "ten_crops",
    "ensemble",
)
SIDE = 96  # of the pictures that the pretrained network sees
CROPPED = ("astronaut", "brick", "camera", "cat", "clock", "coffee", "coins", "grass", "gravel",
           "hubble", "rocket", "text")  # fmt: skip
SIZES = (2, 10, 50)  # pictures of each class
STEPS = {2: 100, 10: 200, 50: 300}  # of a network from scratch, batches of 32
TEST = 40  # pictures of each class
SEEDS = 3
COPIES = 3  # augmented copies of each picture, beside the picture itself
LARGEST_COPIED = 10  # features of copies are computed up to this many pictures of a class
MIDDLE = 10  # pictures of each class, for what is measured at one size
MEMBERS = 4  # of an ensemble
HEAD = {"epochs": 40, "learning_rate": 0.003}
TUNING = {"unfrozen": 40, "epochs": 5, "learning_rate": 2e-4}
TASKS = {  # what keeps the label right
    "crops": {"mirror": True, "angle": 15, "shift": 0.1, "brightness": 0.1},
    "signs": {"mirror": False, "angle": 10, "shift": 0.1, "brightness": 0.1},
    "digits": {"mirror": False, "angle": 15, "shift": 0.12, "brightness": 0.0},
}
METHODS = (
    "from scratch",
    "from scratch, augmented",
    "frozen features",
    "frozen features, augmented",
    "fine-tuned",
)

PAGE_TEXT = """\
# Transfer by data size

Accuracy on the test set, {test} pictures of each class: mean ± standard deviation over {seeds}
seeds. A seed chooses the training pictures, the starting weights and the order of the batches; the
test set stays. Made by `python benchmarks/transfer_learning.py`; {minutes:.0f} minutes of one core.

- **Crops**: from which of twelve photographs is a square of 128 pixels (shrunk to 64) cut?
  Training crops come from the left half of each photograph, test crops from the right half.
- **Signs**: sixteen traffic signs that the course draws, 64 pixels.
- **Digits**: ten digits of MNIST, 28 pixels.

How:

- *From scratch*: three convolutions and a dense layer on pictures of 32 pixels, {steps} steps
  of at most 32 pictures for {sizes} pictures of each class.
- *Frozen features*: EfficientNet-Lite0 on pictures of 96 pixels, pooled to 1,280 features; a linear
  head.
- *Fine-tuned*: that head joined to the base, the last 40 layers of the base trained for 5 epochs
  at a rate of 2e-4, batch norm frozen.
- *Augmented*: rotation and shift, brightness (not for digits) and mirroring (crops alone). From
  scratch they are drawn anew for every batch; for frozen features {copies} changed copies stand
  beside each picture. No test picture is augmented.

{tables}

## Asking more than once

Frozen features of crops, {middle} pictures of each class, {seeds} seeds. The pictures are
enlarged to 128 pixels; a crop has 96.

| task | centre crop | whole picture at 96 | ten crops |
|---|--:|--:|--:|
{ten_crops}

Ensembles of {members}, all trained on the same {middle} pictures of each class. The members
differ in their starting weights and the order of the batches.

| task | what | a member alone | the ensemble |
|---|---|--:|--:|
{ensembles}
"""


class Pictures(NamedTuple):
    """Pictures in [0, 1], `(N, H, W, 3)`, and their class numbers `(N,)`."""

    images: np.ndarray
    labels: np.ndarray


class Lesson:
    """The lesson's functions, and what the benchmark builds of them.

    Args:
        benchmark: Where they are.
    """

    def __init__(self, benchmark: Benchmark) -> None:
        self.names = reference(benchmark)
        base = efficientnet_lite0((SIDE, SIDE, 3), include_top=False)
        pooled = layers.GlobalAveragePooling2D()(base.output)
        # What the lesson's embed computes, in a third of its time.
        self.embedding = keras.Model(base.input, pooled)

    def features(self, images: np.ndarray) -> np.ndarray:
        """Embed pictures of any size."""
        return self.embedding.predict(self.names["prepare"](images, SIDE), verbose=0)

    def copies(self, task: str, images: np.ndarray, seed: int) -> np.ndarray:
        """Change each picture at random as the task allows."""
        keras.utils.set_random_seed(seed)
        eye = keras.Sequential([keras.Input(images.shape[1:]), layers.Rescaling(1.0)])
        change = self.names["augmented"](eye, **TASKS[task])
        parts = [change(part, training=True) for part in np.array_split(images, 20)]
        return np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])

    def from_scratch(self, task: str, train: Pictures, size: int, seed: int, augment: bool) -> Any:
        """Train a small network; it answers pictures of 32 pixels without augmentation."""
        images, classes = small(train.images), int(train.labels.max()) + 1
        network = small_network(images.shape[1:], classes, seed)
        whole = self.names["augmented"](network, **TASKS[task]) if augment else network
        whole.compile(
            keras.optimizers.Adam(0.003),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        batches = -(-len(images) // 32)
        whole.fit(images, train.labels, epochs=-(-STEPS[size] // batches), verbose=0)
        return network

    def head(self, features: np.ndarray, labels: np.ndarray, seed: int) -> Any:
        """Train a linear head."""
        classes = int(labels.max()) + 1
        return self.names["train_head"](features, labels, classes, seed=seed, **HEAD)

    def fine_tuned(self, head: Any, train: Pictures, seed: int) -> Any:
        """Join a copy of the head to a fresh base, and fine-tune."""
        keras.utils.set_random_seed(seed)
        copy = keras.models.clone_model(head)
        copy.set_weights(head.get_weights())
        base = efficientnet_lite0((SIDE, SIDE, 3), include_top=False)
        inputs = self.names["prepare"](train.images, SIDE)
        few = (inputs[:4], train.labels[:4])  # it wants a validation set; nothing is chosen by it
        model = self.names["join"](base, copy)
        return self.names["fine_tune"](model, (inputs, train.labels), few, **TUNING)[0]


def pictures(task: str, per_class: int, seed: int, test: bool) -> Pictures:
    """Make the training pictures of a seed, class by class, or the test pictures."""
    if task == "crops":
        return crops(per_class, seed, test)
    if task == "signs":
        count = len(SIGN_NAMES) * per_class
        counts = (0, 0, count) if test else (count, 0, 0)
        data = traffic_signs(*counts, size=64, seed=100 + seed)
    else:
        data = mnist_digits()
    part = data.test if test else data.train
    order = np.arange(len(part)) if test else np.random.default_rng(seed).permutation(len(part))
    labels = part.labels[order]
    rows = first_of_each(labels, per_class)
    images = part.images[order][rows]
    return Pictures(np.repeat(images, 3 // images.shape[-1], axis=-1), labels[rows])


def crops(per_class: int, seed: int, test: bool) -> Pictures:
    """Cut squares of 128 pixels out of left halves of photographs, for the test out of right."""
    rng = np.random.default_rng([seed, int(test)])
    images = []
    for name in CROPPED:
        photo = photograph(name)
        photo = photo if photo.ndim == 3 else np.repeat(photo[..., np.newaxis], 3, axis=-1)
        middle = photo.shape[1] // 2
        half = photo[:, middle:] if test else photo[:, :middle]
        for _ in range(per_class):
            top, left = (int(rng.integers(0, n - 127)) for n in half.shape[:2])
            images.append(halved(half[np.newaxis, top : top + 128, left : left + 128])[0])
    return Pictures(np.array(images), np.repeat(np.arange(len(CROPPED)), per_class))


def halved(images: np.ndarray) -> np.ndarray:
    """Shrink pictures to half their height and width, by means over two by two pixels."""
    n, height, width, channels = images.shape
    return images.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


def small(images: np.ndarray) -> np.ndarray:
    """Bring pictures of 64 or 28 pixels to 32."""
    if images.shape[1] == 64:
        return halved(images)
    return np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))


def small_network(input_shape: tuple[int, int, int], classes: int, seed: int) -> keras.Model:
    """Three convolutions and a dense layer that puts out logits."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (16, 32, 64):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        # Some trainings are short: the moving statistics must keep up.
        model.add(layers.BatchNormalization(momentum=0.5))
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(classes))
    return model


def share(answers: np.ndarray, labels: np.ndarray) -> float:
    """Accuracy of logits or probabilities."""
    return float(np.mean(np.argmax(answers, axis=1) == labels))


def measure(root: Path, sizes: tuple[int, ...], seeds: int) -> dict[str, Any]:
    """Measure the tasks, two at a time, each in a process of its own.

    Returns:
        Plain data: `accuracy[task][method][size]` is a list with an entry per seed, as is
        `ten_crops[task][way]`; `ensembles[task][what]` holds the members' and their ensemble's.
    """
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        running = {task: pool.submit(measure_task, root, task, sizes, seeds) for task in TASKS}
        found = {task: future.result() for task, future in running.items()}
    return {
        "seeds": seeds,
        "minutes": sum(one["minutes"] for one in found.values()),
        **{
            what: {task: one[what] for task, one in found.items() if one[what]}
            for what in ("accuracy", "ten_crops", "ensembles")
        },
    }


def measure_task(root: Path, task: str, sizes: tuple[int, ...], seeds: int) -> dict[str, Any]:
    """Measure one task; return its part of the result."""
    begin = process_time()
    lesson = Lesson(Benchmark("transfer_learning", root))
    accuracy: dict = {method: {} for method in METHODS}
    ten: dict[str, list[float]] = {}
    ensembles: dict = {}
    test = pictures(task, TEST, 0, test=True)
    seen = lesson.features(test.images)
    ways = ten_crop_features(lesson, test.images) if TASKS[task]["mirror"] else {}

    def note(method: str, size: int, answers: np.ndarray) -> None:
        value = share(answers, test.labels)
        accuracy[method].setdefault(str(size), []).append(value)
        minutes = (process_time() - begin) / 60
        print(f"{minutes:4.1f} min, {task}, {method}, {size}: {value:.3f}", flush=True)

    for seed in range(seeds):
        everything = pictures(task, max(sizes), seed, test=False)
        features = lesson.features(everything.images)
        for size in sizes:
            rows = first_of_each(everything.labels, size)
            train = Pictures(everything.images[rows], everything.labels[rows])
            for augment, method in ((False, METHODS[0]), (True, METHODS[1])):
                network = lesson.from_scratch(task, train, size, seed, augment)
                note(method, size, network.predict(small(test.images), verbose=0))
            head = lesson.head(features[rows], train.labels, seed)
            note(METHODS[2], size, head.predict(seen, verbose=0))
            if size <= LARGEST_COPIED:
                copies = [lesson.copies(task, train.images, 10 * seed + k) for k in range(COPIES)]
                more = np.concatenate([features[rows], *map(lesson.features, copies)])
                other = lesson.head(more, np.tile(train.labels, COPIES + 1), seed)
                note(METHODS[3], size, other.predict(seen, verbose=0))
            if size == MIDDLE:
                model = lesson.fine_tuned(head, train, seed)
                inputs = lesson.names["prepare"](test.images, SIDE)
                note(METHODS[4], size, model.predict(inputs, verbose=0))
                for way, views in ways.items():
                    value = share(averaged(lesson, head, views), test.labels)
                    ten.setdefault(way, []).append(value)
            if size == MIDDLE and seed == 0:
                ensembles = ensemble_gains(lesson, task, train, features[rows], test, seen)
    return {
        "minutes": (process_time() - begin) / 60,
        "accuracy": accuracy,
        "ten_crops": ten,
        "ensembles": ensembles,
    }


def first_of_each(labels: np.ndarray, size: int) -> np.ndarray:
    """Row numbers of the first pictures of each class."""
    return np.concatenate([np.flatnonzero(labels == k)[:size] for k in np.unique(labels)])


def ten_crop_features(lesson: Lesson, images: np.ndarray) -> dict[str, np.ndarray]:
    """Features of the ten crops, 96 of 128 pixels: by way of asking, `(views, N, 1280)`."""
    large = lesson.names["prepare"](images, 128)
    crops = np.stack([lesson.names["ten_crops"](image, SIDE) for image in large], axis=1)
    features = np.stack([lesson.embedding.predict(view, verbose=0) for view in crops])
    whole = lesson.features(images)[np.newaxis]
    return {"centre crop": features[4:5], "whole picture": whole, "ten crops": features}


def averaged(lesson: Lesson, head: Any, views: np.ndarray) -> np.ndarray:
    """Mean probabilities over views of the same pictures."""
    logits = np.stack([head.predict(view, verbose=0) for view in views])
    softmax = keras.ops.softmax(logits)
    return keras.ops.convert_to_numpy(softmax).mean(axis=0)


def ensemble_gains(
    lesson: Lesson,
    task: str,
    train: Pictures,
    features: np.ndarray,
    test: Pictures,
    seen: np.ndarray,
) -> dict[str, dict[str, Any]]:
    """Train several of a kind on the same pictures; compare them with their ensemble."""
    networks = [
        lesson.from_scratch(task, train, MIDDLE, 50 + k, augment=True) for k in range(MEMBERS)
    ]
    heads = [lesson.head(features, train.labels, 50 + k) for k in range(MEMBERS)]
    found = {}
    for what, members, inputs in (
        ("from scratch, augmented", networks, small(test.images)),
        ("frozen features", heads, seen),
    ):
        alone = [share(member.predict(inputs, verbose=0), test.labels) for member in members]
        together = share(lesson.names["ensemble"](members, inputs), test.labels)
        print(f"      {task}, {MEMBERS} {what}: {np.mean(alone):.3f}, together {together:.3f}")
        found[what] = {"alone": alone, "together": together}
    return found


def spread(values: list[float]) -> str:
    """Word the accuracies of several seeds."""
    if not values:
        return "–"
    return f"{np.mean(values):.2f} ± {np.std(values, ddof=1) if len(values) > 1 else 0:.2f}"


def page(result: dict[str, Any]) -> str:
    """Word a result for `docs`."""
    tables = []
    for task, methods in result["accuracy"].items():
        sizes = list(methods[METHODS[0]])
        head = f"| {task}: pictures of each class | " + " | ".join(sizes) + " |\n"
        head += "|---|" + "--:|" * len(sizes)
        rows = [
            f"| {method} | " + " | ".join(spread(found.get(size, [])) for size in sizes) + " |"
            for method, found in methods.items()
        ]
        tables.append("\n".join([head, *rows]))
    ten = [
        f"| {task} | " + " | ".join(spread(values) for values in ways.values()) + " |"
        for task, ways in result["ten_crops"].items()
    ]
    ensembles = [
        f"| {task} | {what} | {spread(found['alone'])} | {found['together']:.2f} |"
        for task, kinds in result["ensembles"].items()
        for what, found in kinds.items()
    ]
    return PAGE_TEXT.format(
        test=TEST,
        middle=MIDDLE,
        seeds=result["seeds"],
        minutes=result["minutes"],
        steps=", ".join(str(STEPS[size]) for size in SIZES),
        sizes=", ".join(map(str, SIZES)),
        copies=COPIES,
        members=MEMBERS,
        tables="\n\n".join(tables),
        ten_crops="\n".join(ten),
        ensembles="\n".join(ensembles),
    )


def main() -> int:
    """Run the benchmark; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", action="store_true", help="word the kept result anew")
    parser.add_argument("--dry", action="store_true", help="measure little, print, write nothing")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository's top folder")
    arguments = parser.parse_args()
    benchmark = Benchmark("transfer_learning", arguments.root)
    if arguments.words:
        write_page(benchmark, page)
    elif arguments.dry:
        print(page(measure(arguments.root, (2, 10), 1)))
    else:
        sources = digest(benchmark)
        write(benchmark, measure(arguments.root, SIZES, SEEDS), page, sources)
        print(page(read(benchmark)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
