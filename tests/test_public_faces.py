import hashlib
import io
import tarfile
import time
import urllib.error
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn import datasets
from sklearn.datasets import _base, _lfw
from sklearn.datasets._base import RemoteFileMetadata
from sklearn.utils import Bunch

from utils import public_faces as module
from utils.data import DataError
from utils.public_faces import lfw_pairs, lfw_people, olivetti_faces

# Olivetti ----------------------------------------------------------------------------------------


def olivetti_bunch():
    images = np.linspace(0, 1, 400, dtype=np.float32)[:, None, None] * np.ones((400, 64, 64))
    return Bunch(images=images.astype(np.float32), target=np.repeat(np.arange(40), 10))


def test_olivetti_comes_in_the_courses_form(monkeypatch):
    monkeypatch.setattr(datasets, "fetch_olivetti_faces", olivetti_bunch)
    faces = olivetti_faces()
    assert faces.images.shape == (400, 64, 64, 1) and faces.images.dtype == np.float32
    assert faces.people.dtype == np.int64 and len(faces) == 400
    assert np.bincount(faces.people).tolist() == [10] * 40
    assert faces.names[0] == "person 0" and len(faces.names) == 40
    np.testing.assert_allclose(faces.images[:, 5, 7, 0], np.linspace(0, 1, 400), rtol=1e-6)


@pytest.mark.parametrize("damage", ["fewer", "people", "bright", "empty"])
def test_damaged_olivetti_faces_are_refused(damage, monkeypatch):
    bunch = olivetti_bunch()
    if damage == "fewer":
        bunch.images = bunch.images[:399]
    elif damage == "people":
        bunch.target = bunch.target[::-1]
    elif damage == "bright":
        bunch.images = bunch.images * 255
    else:
        bunch.images = bunch.images[:0]
    monkeypatch.setattr(datasets, "fetch_olivetti_faces", lambda: bunch)
    with pytest.raises(DataError, match=r"are damaged: .* Delete olivetti\.pkz under"):
        olivetti_faces()


# LFW: scikit-learn's own code on a small data set ------------------------------------------------

# A red, a green and a blue person: pictures 1, 2, 3 of each as many as told.
COLORS = {"Red_Person": (3, 0), "Green_Person": (2, 1), "Blue_Person": (1, 2)}
PAIRS = "1\nRed_Person\t1\t2\nRed_Person\t1\tGreen_Person\t1\n"


def picture(channel):
    """A black frame, a coloured middle: what is cut out is coloured all over."""
    pixels = np.zeros((250, 250, 3), np.uint8)
    pixels[55:195, 55:195, channel] = 255
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=95, subsampling=0)
    return stream.getvalue()


def archive():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as files:
        for name, (count, channel) in COLORS.items():
            for number in range(1, count + 1):
                content = picture(channel)
                member = tarfile.TarInfo(f"lfw_funneled/{name}/{name}_{number:04}.jpg")
                member.size = len(content)
                files.addfile(member, io.BytesIO(content))
    return stream.getvalue()


class Web:
    """Stands in for the network that scikit-learn fetches from."""

    def __init__(self, monkeypatch):
        self.contents, self.calls = {}, []
        monkeypatch.setattr(_base, "urlretrieve", self.urlretrieve)
        monkeypatch.setattr(time, "sleep", lambda seconds: None)

    def urlretrieve(self, url, path):
        self.calls.append(url)
        answer = self.contents.get(url, urllib.error.URLError("Name or service not known"))
        if isinstance(answer, BaseException):
            Path(path).write_bytes(b"half a file")
            raise answer
        Path(path).write_bytes(answer)

    def offer(self, name, content):
        url = f"https://example.org/{name}"
        self.contents[url] = content
        return RemoteFileMetadata(name, url, hashlib.sha256(content).hexdigest())


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def web(home, monkeypatch):
    return Web(monkeypatch)


@pytest.fixture
def lfw(web, monkeypatch):
    names = ("pairsDevTrain.txt", "pairsDevTest.txt", "pairs.txt")
    targets = tuple(web.offer(name, PAIRS.encode()) for name in names)
    monkeypatch.setattr(_lfw, "TARGETS", targets)
    monkeypatch.setattr(_lfw, "FUNNELED_ARCHIVE", web.offer("lfw-funneled.tgz", archive()))
    monkeypatch.setattr(module, "_PICTURES_OF_LFW", 6)
    monkeypatch.setattr(module, "_PAIRS", {"train": 2, "test": 2, "10_folds": 6000})
    return web


def colors(images):
    return images.mean((-3, -2)).argmax(-1)


@pytest.mark.parametrize("size", [16, 63, 64, 100, 128, 150])
def test_lfw_comes_in_the_courses_form(size, lfw):
    faces = lfw_people(least=2, size=size)
    assert faces.images.shape == (5, size, size, 3) and faces.images.dtype == np.float32
    assert faces.people.dtype == np.int64 and len(faces) == 5
    assert faces.names == ("Green Person", "Red Person")
    assert np.bincount(faces.people).tolist() == [2, 3]
    # Every picture keeps its person, and the frame is cut off.
    np.testing.assert_array_equal(colors(faces.images), np.where(faces.people == 0, 1, 0))
    assert faces.images.max(-1).min() > 0.9


def test_lfw_is_fetched_once(lfw):
    lfw_people(least=1)
    calls = len(lfw.calls)
    lfw_people(least=3)
    lfw_pairs("test")
    assert len(lfw.calls) == calls == 4


def test_pairs_come_in_the_courses_form(lfw):
    pairs = lfw_pairs("test", size=32)
    assert pairs.images.shape == (2, 2, 32, 32, 3) and pairs.images.dtype == np.float32
    assert pairs.same.tolist() == [True, False] and pairs.same.dtype == bool
    assert len(pairs) == 2
    assert colors(pairs.images).tolist() == [[0, 0], [0, 1]]


@pytest.mark.parametrize("call", [lambda: lfw_people(least=1), lfw_pairs])
def test_a_folder_that_was_unpacked_by_half_is_refused(call, lfw, home):
    lfw_people(least=1)
    left = next(home.glob("lfw_home/lfw_funneled/Blue_Person/*.jpg"))
    left.unlink()
    with pytest.raises(DataError, match=r"is damaged: .* Delete lfw_home under"):
        call()


def test_a_picture_that_cannot_be_read_is_told(lfw, home):
    lfw_people(least=1)
    next(home.glob("lfw_home/lfw_funneled/Red_Person/*2.jpg")).write_bytes(b"none")
    with pytest.raises(DataError, match=r"could not be loaded \(UnidentifiedImageError"):
        lfw_people(least=2, size=32)


def test_fewer_pairs_than_the_data_set_has_are_refused(lfw, monkeypatch):
    monkeypatch.setattr(module, "_PAIRS", {"test": 1_000})
    with pytest.raises(DataError, match=r"Labeled Faces in the Wild .* is damaged"):
        lfw_pairs("test")


# No network, broken downloads --------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Retry downloading")
@pytest.mark.parametrize(
    ("call", "size"), [(olivetti_faces, "4 MB"), (lfw_people, "233 MB"), (lfw_pairs, "233 MB")]
)
def test_without_a_network_the_error_says_what_to_do_and_nothing_is_left(call, size, web, home):
    with pytest.raises(DataError) as caught:
        call()
    message = str(caught.value)
    for word in ("URLError", "Name or service not known", size, "network", "utils.faces"):
        assert word in message
    assert "~/scikit_learn_data" in message and "\n" not in message
    assert caught.value.__suppress_context__
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_another_archive_than_expected_is_not_kept(lfw, home, monkeypatch):
    offered = _lfw.FUNNELED_ARCHIVE
    lfw.contents[offered.url] = lfw.contents[offered.url][:-20]
    with pytest.raises(
        DataError, match=r"lfw-funneled\.tgz.*SHA256 checksum|SHA256 checksum of lfw-funneled\.tgz"
    ):
        lfw_people()
    assert not list(home.glob("lfw_home/lfw*"))


def test_an_interrupted_download_leaves_nothing(web, home):
    from sklearn.datasets import _olivetti_faces

    web.contents[_olivetti_faces.FACES.url] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        olivetti_faces()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_what_was_there_before_is_kept_when_a_call_fails(lfw, home):
    lfw_people(least=1)
    next(home.glob("lfw_home/lfw_funneled/Red_Person/*2.jpg")).write_bytes(b"none")
    with pytest.raises(DataError):
        lfw_pairs(size=32)
    assert len(list(home.glob("lfw_home/pairs*.txt"))) == 3


def test_scikit_learns_own_checksums_are_sha256():
    from sklearn.datasets import _olivetti_faces

    files = [*_lfw.TARGETS, _lfw.FUNNELED_ARCHIVE, _olivetti_faces.FACES]
    assert {len(file.checksum) for file in files} == {64}
    assert all(file.url.startswith("https://") for file in files)


# Bad questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lfw_people(least=0), "1 to 530 pictures of a person, asked for at least 0"),
        (lambda: lfw_people(least=531), "asked for at least 531"),
        (lambda: lfw_people(size=15), "16 to 128 pixels, or 150, got 15"),
        (lambda: lfw_pairs(size=151), "16 to 128 pixels, or 150, got 151"),
        (lambda: lfw_pairs("validation"), "no subset 'validation'. Choose one of: train, test"),
    ],
)
def test_bad_questions_are_refused_before_anything_is_fetched(call, message, web):
    with pytest.raises(ValueError, match=message):
        call()
    assert web.calls == []
