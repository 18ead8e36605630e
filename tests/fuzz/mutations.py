"""Changes a payload at random, as a fuzzer does: bytes, and words that mean something to it."""

from __future__ import annotations

import numpy as np

WORDS = [
    *(b'"t"', b'"v"', b'"n"', b'"d"', b'"s"', b'"i"', b'"array"', b'"scalar"', b'"dict"'),
    *(b'"tuple"', b'"model"', b'"handle"', b'"bytes"', b'"int"', b'"float"', b'"ellipsis"'),
    *(b'"<f4"', b'"|b1"', b'"|O"', b'"nan"', b"null", b"true", b"NaN", b"-1", b"1e999", b"0.5"),
    *(b"[", b"]", b"{", b"}", b",", b":", b"[[]]", b"{}", b"9" * 25, b"\\ud800", b"\\u0000"),
    *(b"\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"67108864", b"1000000000000000"),
]


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """Change a payload in a few places; half the time its length in front is set right again.

    Args:
        data: A payload.
        rng: Where the randomness comes from.

    Returns:
        Other bytes, for the most part no payload.
    """
    head, body = data[:4], bytearray(data[4:])
    for _ in range(rng.integers(1, 5)):
        place, end = sorted(int(n) for n in rng.integers(0, len(body) + 1, 2))
        kind = rng.integers(6)
        if kind == 0 and body:
            body[place % len(body)] = int(rng.integers(256))
        elif kind == 1:
            body[place:place] = WORDS[rng.integers(len(WORDS))]
        elif kind == 2:
            body[place : min(end, place + 8)] = WORDS[rng.integers(len(WORDS))]
        elif kind == 3:
            del body[place : min(end, place + 8)]
        elif kind == 4:
            body[end:end] = body[place : min(end, place + 64)]
        else:
            del body[place:]
    if rng.integers(2):
        length = len(body) + int(rng.integers(-2, 3)) * int(rng.integers(2))
        head = max(length, 0).to_bytes(4, "big")
    return head + bytes(body)
