"""A long search for payloads that break the codec: ``python -m tests.fuzz.codec SECONDS [SEED]``.

It mutates payloads at random; with ``--atheris`` that fuzzer searches instead, which follows the
branches that a payload takes (``pip install atheris``). Either way the same must hold: nothing but
a CodecError comes out of ``decode``, none takes long, and what is accepted can be sent on.
"""

from __future__ import annotations

import argparse
import sys
import time
import types

import numpy as np

from autograder import codec
from autograder.codec import CodecError, Handle, ModelData, decode, encode
from tests.fuzz.mutations import mutated
from tests.fuzz.values import alike

SLOW = 2.0  # seconds
SEEDS = [
    [None, True, 1, 2**80, -1.5, float("inf"), "é", b"\0", ...],
    {"a": (1, [2]), (1, "b"): {None: 1.5}},
    [np.arange(6.0).reshape(2, 3), np.array(True), np.float32(1), np.zeros((0, 3), "int8")],
    ["value", (np.ones((2, 2), "complex64"), Handle(3, "generator")), None],
    ModelData('{"class_name": "Sequential"}', (np.zeros((2, 2), "float32"),)),
]


def attempt(data: bytes) -> bool:
    """Decode, and tell whether it was accepted.

    Raises:
        AssertionError: If decoding was slow, or what it gave cannot be sent on unchanged.
    """
    start = time.perf_counter()
    try:
        value = decode(data)
    except CodecError:
        return False
    finally:
        seconds = time.perf_counter() - start
        assert seconds < SLOW, f"{seconds:.1f} s for {data[:80]!r}"
    assert alike(decode(encode(value)), value), data
    return True


def search(seconds: float, seed: int) -> tuple[int, int]:
    """Mutate payloads for a while; what is accepted is mutated further.

    Returns:
        How many payloads were tried, and how many of them were accepted.
    """
    rng = np.random.default_rng(seed)
    pool = [encode(value) for value in SEEDS]
    tried = accepted = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutated(pool[rng.integers(len(pool))], rng)
        try:
            fine = attempt(data)
        except BaseException:
            print(f"seed {seed}, payload {tried}: {data!r}", file=sys.stderr)
            raise
        tried += 1
        if fine:
            accepted += 1
            if len(pool) < 500 and len(data) < 5_000:
                pool.append(data)
            else:
                pool[rng.integers(len(SEEDS), len(pool))] = data[:5_000]
    return tried, accepted


def follow_branches(seconds: int, seed: int) -> None:
    """Let atheris search; it ends the process itself, with an error if it found something."""
    import atheris

    own = [codec, codec._Reader, codec._Writer]
    for member in (member for place in own for member in vars(place).values()):
        if isinstance(member, types.FunctionType) and member.__module__ == codec.__name__:
            atheris.instrument_func(member)

    def change(data: bytes, limit: int, number: int) -> bytes:
        rng = np.random.default_rng(number)
        if len(data) < 8 or rng.integers(20) == 0:
            data = encode(SEEDS[rng.integers(len(SEEDS))])
        return mutated(data, rng)[:limit]

    arguments = [sys.argv[0], f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=4096"]
    atheris.Setup(arguments, attempt_quietly, custom_mutator=change)
    atheris.Fuzz()


def attempt_quietly(data: bytes) -> None:
    """What atheris calls: it wants no result."""
    attempt(data)


def main() -> None:
    """Search for as many seconds as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seconds", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=int(time.time()))
    parser.add_argument("--atheris", action="store_true", help="use atheris, if it is installed")
    options = parser.parse_args()
    if options.atheris:
        follow_branches(options.seconds, options.seed)
    else:
        tried, accepted = search(options.seconds, options.seed)
        print(f"{tried:,} payloads, {accepted:,} of them accepted, nothing found.")


if __name__ == "__main__":
    main()
