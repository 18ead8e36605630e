import hashlib
import tomllib

import numpy as np
import pytest

from utils import pretrained
from utils.data import DataError

keras = pytest.importorskip("keras")


def network(units=3, seed=0):
    keras.utils.set_random_seed(seed)
    layers = [
        keras.Input((6, 6, 2)),
        keras.layers.Conv2D(4, 3, use_bias=False),
        keras.layers.BatchNormalization(),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(units),
    ]
    return keras.Sequential(layers)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path)
    pretrained._arrays.cache_clear()
    yield tmp_path
    pretrained._arrays.cache_clear()


def save(model, name="little", **changes):
    about = {"made_by": "python make.py", "sources": "ab" * 32, "scores": {"AP@0.5": 0.5}}
    return pretrained.save_weights(model, name, **about | changes)


def test_saved_weights_come_back_to_half_precision(folder):
    model = network()
    save(model)
    other = pretrained.load_weights(network(seed=1), "little")
    pictures = np.random.default_rng(0).random((4, 6, 6, 2), dtype=np.float32)
    for mine, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        assert theirs.dtype == np.float32
        np.testing.assert_array_equal(mine.astype(np.float16), theirs.astype(np.float16))
    np.testing.assert_allclose(
        model.predict(pictures, verbose=0), other.predict(pictures, verbose=0), atol=2e-3
    )


def test_the_same_weights_give_the_same_bytes(folder):
    first = save(network()).read_bytes()
    second = save(network()).read_bytes()
    assert first == second != save(network(seed=1)).read_bytes()


def test_the_entry_tells_size_digest_origin_and_scores(folder):
    path = save(network(), made_by='python "make" \\ it', scores={"AP@0.5": 0.875, "n": 3})
    entry = tomllib.loads((folder / "weights.toml").read_text())["little"]
    content = path.read_bytes()
    assert entry == {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "made_by": 'python "make" \\ it',
        "sources": "ab" * 32,
        "licence": "MIT, as the course",
        "scores": {"AP@0.5": 0.875, "n": 3.0},
    }
    assert pretrained.weights_entry("little") == entry


def test_entries_of_other_weights_stay(folder):
    save(network(), "second")
    save(network(seed=1), "first")
    save(network(seed=2), "second", scores={"AP@0.5": 0.75})
    assert list(tomllib.loads((folder / "weights.toml").read_text())) == ["first", "second"]
    for name, seed in (("first", 1), ("second", 2)):
        loaded = pretrained.load_weights(network(), name)
        np.testing.assert_allclose(
            loaded.get_weights()[0], network(seed=seed).get_weights()[0], atol=1e-3
        )


@pytest.mark.parametrize("name", ["", "Big", "a b", "../up", "1st"])
def test_a_name_of_another_form_is_refused(folder, name):
    with pytest.raises(ValueError, match="small letters"):
        save(network(), name)
    assert not list(folder.iterdir())


def test_numbers_that_do_not_fit_are_refused(folder):
    model = network()
    model.layers[-1].kernel.assign(np.full((4, 3), 1e6))
    with pytest.raises(ValueError, match="float16"):
        save(model)
    assert not list(folder.iterdir())


def test_another_architecture_is_told(folder):
    save(network())
    with pytest.raises(ValueError, match="another architecture"):
        pretrained.load_weights(network(units=4), "little")
    with pytest.raises(ValueError, match=r"are 7 arrays, but the model has 5"):
        pretrained.load_weights(keras.Sequential(network().layers[:-1]), "little")


def test_unknown_weights_are_told_with_those_that_are_known(folder):
    save(network())
    with pytest.raises(DataError, match=r"'big'.*knows: little"):
        pretrained.load_weights(network(), "big")


def test_a_missing_list_says_what_to_do(folder):
    with pytest.raises(DataError, match=r"weights\.toml, is missing.*git restore"):
        pretrained.load_weights(network(), "little")


@pytest.mark.parametrize("text", ["[little", "\x00"])
def test_a_damaged_list_says_what_to_do(folder, text):
    (folder / "weights.toml").write_text(text)
    with pytest.raises(DataError, match=r"damaged.*git restore"):
        pretrained.load_weights(network(), "little")


def test_a_missing_file_says_how_it_is_made(folder):
    save(network()).unlink()
    with pytest.raises(DataError, match=r"missing.*git restore.*python make\.py"):
        pretrained.load_weights(network(), "little")


def test_a_damaged_file_is_refused(folder):
    path = save(network())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"not those of weights\.toml"):
        pretrained.load_weights(network(), "little")


def test_a_file_that_is_no_archive_is_refused(folder):
    path = save(network())
    content = b"no archive"
    listed = (folder / "weights.toml").read_text()
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "weights.toml").write_text(listed.replace(old, hashlib.sha256(content).hexdigest()))
    path.write_bytes(content)
    with pytest.raises(DataError, match="no such file as it should be"):
        pretrained.load_weights(network(), "little")


def test_every_shipped_file_stands_in_the_list():
    entries = pretrained._entries()
    files = {path.stem: path for path in pretrained.FOLDER.glob("*.npz")}
    assert set(entries) == set(files)
    for name, path in files.items():
        content = path.read_bytes()
        assert entries[name]["bytes"] == len(content)
        assert entries[name]["sha256"] == hashlib.sha256(content).hexdigest()
