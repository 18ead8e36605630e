"""What the tests of the two sets of rendered pictures that ship with the course share."""

from contextlib import contextmanager

import pytest

from utils.data import DataError


@contextmanager
def read_from(shipped, folder, monkeypatch):
    """Let a module ``shipped`` read a set in ``folder`` in place of the one that ships."""
    monkeypatch.setattr(shipped, "FOLDER", folder)
    monkeypatch.setattr(shipped, "MANIFEST", folder / "shipped.toml")
    forget(shipped)
    yield folder
    forget(shipped)


def forget(shipped):
    """Let the module read its files anew."""
    shipped._manifest.cache_clear()
    shipped._load.cache_clear()


def assert_damage_is_told(shipped, load, folder, spare, monkeypatch):
    """A damaged file, a missing one and a missing list are told with the command that mends it.

    Args:
        shipped: The module that reads the set.
        load: Loads a split by name.
        folder: Where a whole set lies.
        spare: An empty folder.
        monkeypatch: pytest's.
    """
    content = bytearray((folder / "train.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (spare / "train.npz").write_bytes(content)
    monkeypatch.setattr(shipped, "FOLDER", spare)
    with pytest.raises(DataError, match=r"train\.npz.* damaged.*git restore.*make_set"):
        load("train")
    with pytest.raises(DataError, match=r"test\.npz, are missing.*git restore.*make_set"):
        load("test")
    monkeypatch.setattr(shipped, "MANIFEST", spare / "shipped.toml")
    shipped._manifest.cache_clear()
    with pytest.raises(DataError, match=r"shipped\.toml, is missing.*git restore"):
        load("train")
