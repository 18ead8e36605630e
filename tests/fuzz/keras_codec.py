"""A long search for configurations that break ``rebuild``.

Run it with ``python -m tests.fuzz.keras_codec SECONDS [SEED]``. Parts of honest configurations are
replaced by one another and by words and numbers that mean something to Keras. Nothing but a
CodecError may come out, none may take long, and what is rebuilt may hold layers of Keras's own
modules only.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

from autograder.codec import CodecError, ModelData
from autograder.keras_codec import MAX_TEXT, describe, rebuild

SLOW = 5.0  # seconds
LEAVES: list[Any] = [
    *(None, True, False, 0, 1, -1, 3, 2**16, 2**20, 2**40, 0.5, -1e30, "", "relu", "same", "mse"),
    *("os", "system", "builtins", "eval", "keras.layers", "Lambda", "function", "x" * MAX_TEXT),
    *(
        [],
        {},
        [None, 4],
        [1, 1],
        {"class_name": "function", "config": "eval", "module": "builtins"},
    ),
    {"class_name": "__lambda__", "config": {"value": ["4w==", None, None]}},
    {"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": "float32"}},
]


def models() -> list[keras.Model]:
    """Small models whose configurations hold one of each: nesting, sharing, two inputs, RNNs."""
    a, b = keras.Input((6, 5, 2)), keras.Input((6, 5, 2))
    shared = layers.Conv2D(2, 3, padding="same", kernel_regularizer="l2")
    merged = layers.BatchNormalization()(shared(a) + shared(b)) / 2.0
    inner = keras.Sequential([layers.Flatten(), layers.Dense(3, activation="relu")])
    sequence = keras.Sequential([keras.Input((4, 2)), layers.Bidirectional(layers.GRU(2))])
    result = [keras.Model([a, b], inner(merged)), sequence]
    for model in result:
        model.compile("adam", "mse", metrics=["mae"])
    return result


def places(tree: Any) -> list[tuple[Any, Any]]:
    """List each place in a tree as its container and key."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = []
    for key, child in pairs:
        found.append((tree, key))
        if isinstance(child, dict | list):
            found += places(child)
    return found


def changed(tree: Any, rng: np.random.Generator) -> Any:
    """Return a copy of a tree in which a few places hold something else."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.integers(1, 4)):
        everywhere = places(tree)
        container, key = everywhere[rng.integers(len(everywhere))]
        kind = rng.integers(4)
        if kind == 0:
            other, other_key = everywhere[rng.integers(len(everywhere))]
            container[key] = copy.deepcopy(other[other_key])
        elif kind == 1 and isinstance(container, dict):
            del container[key]
        else:
            container[key] = copy.deepcopy(LEAVES[rng.integers(len(LEAVES))])
    return tree


def strangers(model: Any) -> list[str]:
    """Name the classes of a model's parts that are not Keras's."""
    parts = [model, *getattr(model, "_flatten_layers", list)()]
    return [type(p).__name__ for p in parts if not type(p).__module__.startswith("keras.")]


def search(seconds: float, seed: int) -> tuple[int, int]:
    """Change configurations for a while.

    Returns:
        How many were tried, and how many of them were rebuilt.
    """
    rng = np.random.default_rng(seed)
    pool = [describe(model) for model in models()]
    tried = rebuilt = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = pool[rng.integers(len(pool))]
        config = json.dumps(changed(json.loads(data.config), rng))
        start = time.perf_counter()
        try:
            model = rebuild(ModelData(config, data.weights))
            assert not strangers(model), strangers(model)
            rebuilt += 1
        except CodecError:
            pass
        except BaseException:
            print(f"seed {seed}, configuration {tried}: {config}", file=sys.stderr)
            raise
        taken = time.perf_counter() - start
        assert taken < SLOW, f"{taken:.1f} s for {config}"
        tried += 1
        if tried % 50 == 0:
            keras.backend.clear_session()
    return tried, rebuilt


if __name__ == "__main__":
    tried, rebuilt = search(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(f"{tried:,} configurations, {rebuilt:,} of them rebuilt, nothing found.")
