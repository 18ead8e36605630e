"""Weights of networks that the repository itself trained: where they lie, and from what they came.

A network's weights are one file ``utils/weights/NAME.npz``: an array per weight, in the order of
``model.weights``, as float16. Half precision halves the file and moves a network's answers by
about a thousandth. Each file stands in ``weights.toml`` with its size, SHA-256, the command that
made it, a digest of the sources that it was made with, and the scores that it reached. The file is
verified against that before its first use in a process.
"""

from __future__ import annotations

import hashlib
import io
import re
import tomllib
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from utils.data import DataError

if TYPE_CHECKING:
    import keras

FOLDER = Path(__file__).parent / "weights"
LICENCE = "MIT, as the course"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HEAD = """\
# Weights that the repository trained itself. Written by utils/pretrained.py, which verifies each
# file NAME.npz against its entry here: edit nothing by hand, run the command that made it.
"""


def save_weights(
    model: keras.Model, name: str, *, made_by: str, sources: str, scores: dict[str, float]
) -> Path:
    """Write a network's weights and their entry in ``weights.toml``.

    The same weights give the same bytes.

    Args:
        model: The trained network, built.
        name: What to call them: small letters, digits and ``_``.
        made_by: The command that made them.
        sources: Digest of the sources that it was made with, from ``benchmarks.measured``.
        scores: What the network reached, by the measure's name.

    Returns:
        Where the weights lie.

    Raises:
        ValueError: If the name is of another form, or a weight does not fit float16.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"A name has small letters, digits and _, got {name!r}.")
    arrays = [_half(weight) for weight in model.weights]
    stream = io.BytesIO()
    np.savez(stream, **{_key(number): array for number, array in enumerate(arrays)})
    content = stream.getvalue()
    entries = _entries() if (FOLDER / "weights.toml").is_file() else {}
    entries[name] = {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "made_by": made_by,
        "sources": sources,
        "licence": LICENCE,
        "scores": {key: float(score) for key, score in scores.items()},
    }
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.npz"
    path.write_bytes(content)
    text = _HEAD + "".join(_as_toml(key, entries[key]) for key in sorted(entries))
    (FOLDER / "weights.toml").write_text(text, encoding="utf-8")
    _arrays.cache_clear()
    return path


def load_weights(model: keras.Model, name: str) -> keras.Model:
    """Give a network the weights that the repository has for it.

    Args:
        model: A network of the same architecture, built. Its weights are replaced.
        name: The weights' name.

    Returns:
        ``model``.

    Raises:
        DataError: If the weights are missing, damaged, or not those of ``weights.toml``; it says
            what to do.
        ValueError: If they are the weights of another architecture.
    """
    arrays = _arrays(name)
    shapes = [tuple(weight.shape) for weight in model.weights]
    if len(shapes) != len(arrays):
        raise ValueError(
            f"The weights {name} are {len(arrays)} arrays, but the model has {len(shapes)}: they "
            "belong to another architecture."
        )
    for weight, shape, array in zip(model.weights, shapes, arrays, strict=True):
        if shape != array.shape:
            raise ValueError(
                f"The weights {name} have shape {array.shape} where the model's {weight.path} "
                f"has {shape}: they belong to another architecture."
            )
    model.set_weights([array.astype(np.float32) for array in arrays])
    return model


def weights_entry(name: str) -> dict[str, Any]:
    """Return what ``weights.toml`` says of weights.

    Raises:
        DataError: If it has no such entry, or is missing or damaged itself.
    """
    entries = _entries()
    if name not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise DataError(f"There are no weights {name!r} in weights.toml; it knows: {known}.")
    return entries[name]


def _key(number: int) -> str:
    return f"{number:04d}"


def _half(weight: Any) -> np.ndarray:
    """Round a weight to float16; refuse what does not fit."""
    from keras import ops

    array = np.array(ops.convert_to_numpy(weight))
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    if not np.isfinite(half).all():
        raise ValueError(
            f"{weight.path} holds numbers that float16 cannot: the largest is {np.abs(array).max()}"
        )
    return half


def _as_toml(name: str, entry: dict[str, Any]) -> str:
    lines = [f"\n[{name}]"]
    for key, value in entry.items():
        if not isinstance(value, dict):
            lines.append(f"{key} = {value if isinstance(value, int) else _quoted(value)}")
    lines.append(f"\n[{name}.scores]")
    lines += [f"{_quoted(key)} = {score!r}" for key, score in entry["scores"].items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"A text for weights.toml is one line of printable signs, got {text!r}.")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _entries() -> dict[str, dict[str, Any]]:
    path = FOLDER / "weights.toml"
    restore = "In a clone of the repository, `git restore utils/weights` brings it back."
    if not path.is_file():
        raise DataError(
            f"The list of the course's own weights, weights.toml, is missing. {restore}"
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError:  # not TOML, or not UTF-8
        raise DataError(f"weights.toml is damaged. {restore}") from None


@cache
def _arrays(name: str) -> tuple[np.ndarray, ...]:
    """Read and verify a file of weights, once per process."""
    entry = weights_entry(name)
    mend = (
        "In a clone of the repository, `git restore utils/weights` brings it back; "
        f"`{entry['made_by']}` makes it anew."
    )
    path = FOLDER / f"{name}.npz"
    if not path.is_file():
        raise DataError(f"The weights {path.name} are missing. {mend}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise DataError(
            f"The weights {path.name} are not those of weights.toml: the file is damaged or of "
            f"another version. {mend}"
        )
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return tuple(arrays[_key(number)] for number in range(len(arrays.files)))
    except (ValueError, KeyError, OSError, zipfile.BadZipFile):
        raise DataError(
            f"The weights {path.name} are no such file as it should be. {mend}"
        ) from None
