import hashlib
import io
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from utils import street_photographs as module
from utils.data import DataError
from utils.street_photographs import FOLDER, own_photographs, street_photographs

ENTRIES = tomllib.loads((FOLDER / "photographs.toml").read_text(encoding="utf-8"))


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the shipped folder that a test may damage."""
    for path in FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    module._entries.cache_clear()
    module._verified.cache_clear()
    yield tmp_path
    module._entries.cache_clear()
    module._verified.cache_clear()


def test_the_photographs_are_in_the_courses_form():
    pictures = street_photographs()
    assert len(pictures) == 3
    for picture in pictures:
        height, width = picture.image.shape[:2]
        assert picture.image.shape == (height, width, 3)
        assert picture.image.dtype == np.float32
        assert picture.image.min() >= 0 and 0.9 < picture.image.max() <= 1
        assert 320 <= width <= 640
        assert picture.title and picture.source and picture.licence
        assert picture.boxes.dtype == np.float64
        left, top, right, bottom = picture.boxes.T
        assert (left >= 0).all() and (top >= 0).all()
        assert (right <= width).all() and (bottom <= height).all()
        assert (right - left > 14).all() and (bottom - top > 7).all()


def test_the_boxes_hold_cars():
    """A car is no lawn and no asphalt: its box varies more than the road below it."""
    for picture in street_photographs():
        for left, top, right, bottom in picture.boxes.round().astype(int):
            car = picture.image[top:bottom, left:right]
            road = picture.image[-(bottom - top) :, left:right]
            assert car.std() > 1.5 * road.std(), picture.name


def test_one_car_is_the_same_in_the_whole_picture_and_in_its_part():
    corner, junction = street_photographs()[1:]
    cut = np.array(ENTRIES["corner"]["cut"])
    in_original = corner.boxes[0] + np.tile(cut[:2], 2)
    np.testing.assert_allclose(in_original / 3, junction.boxes[2], atol=0.1)


def test_every_file_has_an_entry_and_its_terms_beside_it():
    pictures = {path.stem: path for path in FOLDER.glob("*.jpg")}
    assert set(pictures) == set(ENTRIES)
    for name, entry in ENTRIES.items():
        content = pictures[name].read_bytes()
        assert len(content) == entry["bytes"] <= 200_000
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert "MIT" in entry["licence"] and "Adrien Pavie" in entry["licence"]
        with Image.open(pictures[name]) as picture:
            assert picture.size == (entry["width"], entry["height"])
            assert not picture.getexif(), "the camera's notes tell place and time"
    terms = (FOLDER / "LICENCE.txt").read_text(encoding="utf-8")
    assert "Copyright (c) 2022 Adrien Pavie" in terms
    assert "The above copyright notice and this permission notice shall be included" in terms


@pytest.mark.parametrize("file", ["corner.jpg", "photographs.toml"])
def test_a_missing_file_says_what_to_do(file, copied):
    (copied / file).unlink()
    with pytest.raises(DataError, match=rf"{file} is missing\. Restore it with `git checkout"):
        street_photographs()


def test_a_changed_photograph_is_refused(copied):
    path = copied / "corner.jpg"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DataError, match=r"corner\.jpg is not the file .* Restore it with"):
        street_photographs()


# A learner's own ---------------------------------------------------------------------------------


def save(path, width, height, **options):
    across = np.linspace(0, 255, width, dtype=np.uint8)
    pixels = np.broadcast_to(across[None, :, None], (height, width, 3))
    Image.fromarray(np.ascontiguousarray(pixels)).save(path, **options)


def test_own_photographs_are_loaded_in_order(tmp_path):
    save(tmp_path / "b.png", 100, 50)
    save(tmp_path / "a.JPG", 900, 300)
    Image.new("L", (8, 6), 51).save(tmp_path / "c.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    wide, small, gray = own_photographs(tmp_path, width=300)
    assert [p.name for p in (wide, small, gray)] == ["a.JPG", "b.png", "c.png"]
    assert wide.image.shape == (100, 300, 3)
    assert small.image.shape == (50, 100, 3)
    assert small.image.dtype == np.float32
    np.testing.assert_allclose(small.image[:, -1], 1)
    np.testing.assert_allclose(gray.image, np.full((6, 8, 3), 0.2), rtol=1e-6)
    assert small.boxes is None
    assert str(tmp_path) in small.source


def test_a_picture_that_was_taken_upright_is_turned(tmp_path):
    notes = Image.Exif()
    notes[0x0112] = 6  # the camera was held a quarter turn to the left
    save(tmp_path / "a.jpg", 60, 40, exif=notes)
    (picture,) = own_photographs(tmp_path)
    assert picture.image.shape == (60, 40, 3)
    assert picture.image[0].mean() < 0.1 < 0.9 < picture.image[-1].mean()


def test_own_photographs_need_a_folder_with_pictures(tmp_path):
    with pytest.raises(ValueError, match="There is no folder"):
        own_photographs(tmp_path / "none")
    with pytest.raises(ValueError, match=r"holds no picture: put \.jpg or \.png files there"):
        own_photographs(tmp_path)
    with pytest.raises(ValueError, match="at least 1 pixel, got 0"):
        own_photographs(tmp_path, width=0)


def gif():
    stream = io.BytesIO()
    Image.new("L", (4, 4)).save(stream, "GIF")
    return stream.getvalue()


def cut_png():
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(
        stream, "PNG"
    )
    return stream.getvalue()[:2000]


@pytest.mark.parametrize("content", [b"", b"no picture", gif(), cut_png()])
def test_a_file_that_is_no_picture_is_named(content, tmp_path):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.png cannot be read as a JPEG or PNG .* Take it out"):
        own_photographs(tmp_path)


def test_a_picture_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    save(tmp_path / "a.png", 40, 30)
    monkeypatch.setattr(module, "MOST_PIXELS", 1000)
    with pytest.raises(DataError, match=r"40 × 30 pixels.*make it smaller"):
        own_photographs(tmp_path)


# How they are made -------------------------------------------------------------------------------

TOOL = Path(__file__).parents[1] / "tools" / "make_street_photographs.py"


def test_another_original_is_refused_by_the_tool(tmp_path):
    archive = tmp_path / "geovisio.tar.gz"
    entry = next(iter(ENTRIES.values()))
    before = {path: path.read_bytes() for path in FOLDER.iterdir()}
    with tarfile.open(archive, "w:gz") as files:
        member = tarfile.TarInfo(f"geovisio-2.15.1/{entry['original']}")
        member.size = 5
        files.addfile(member, io.BytesIO(b"other"))
    done = subprocess.run([sys.executable, TOOL, archive], capture_output=True, text=True)
    assert done.returncode != 0
    assert "is another file than the one that was cut" in done.stderr
    assert {path: path.read_bytes() for path in FOLDER.iterdir()} == before
