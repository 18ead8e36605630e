import numpy as np
import pytest
from scipy.ndimage import center_of_mass

from utils import portraits as module
from utils.data import DataError, photograph
from utils.portraits import EYE_LINE, GRACE_HOPPER, LEFT_EYE, RIGHT_EYE, face_of, portraits


def test_the_portraits_are_in_the_courses_form():
    one, two = portraits()
    assert (one.person, two.person) == ("Eileen Collins", "Grace Hopper")
    assert one.image.shape == (512, 512, 3) and two.image.shape == (600, 512, 3)
    for portrait in (one, two):
        assert portrait.image.dtype == np.float32
        assert portrait.image.min() >= 0 and 0.9 < portrait.image.max() <= 1
        assert portrait.eyes.shape == (2, 2) and portrait.eyes.dtype == np.float64
        assert "public domain" in portrait.licence and portrait.source
    np.testing.assert_array_equal(one.image, photograph("astronaut"))


def test_nobody_can_spoil_a_portrait_for_others():
    portraits()[0].image[:] = 0
    assert portraits()[0].image.max() > 0.9


def test_the_eyes_are_dark_places_between_brighter_ones():
    for portrait in portraits():
        for x, y in portrait.eyes.round().astype(int):
            reach = int(np.ptp(portrait.eyes[:, 0]) / 6)
            patch = portrait.image[y - reach : y + reach, x - reach : x + reach].mean(2)
            face = face_of(portrait.image, portrait.eyes).mean()
            assert patch.min() < 0.25 < face


def test_another_file_is_refused(monkeypatch):
    module._pixels.cache_clear()
    other = GRACE_HOPPER.__class__(**{**vars(GRACE_HOPPER), "sha256": "0" * 64})
    monkeypatch.setattr(module, "GRACE_HOPPER", other)
    with pytest.raises(DataError, match="is not the file that the course was written with"):
        portraits()
    module._pixels.cache_clear()


# Cutting -----------------------------------------------------------------------------------------


def marked(eyes, height=200, width=240):
    """A gray picture with a red and a green spot where the eyes are."""
    rows, columns = np.mgrid[:height, :width] + 0.5
    image = np.full((height, width, 3), 0.2)
    for channel, (x, y) in enumerate(eyes):
        spot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 18)
        image[..., channel] += 0.8 * spot
    return image


@pytest.mark.parametrize(
    "eyes",
    [
        ((100, 90), (140, 90)),
        ((70, 110), (170, 80)),
        ((90, 60), (118, 88)),
        ((60.5, 99.25), (180.5, 99.25)),
    ],
    ids=["level", "turned", "steep", "near"],
)
@pytest.mark.parametrize("size", [64, 150])
def test_the_eyes_get_to_their_place(eyes, size):
    face = face_of(marked(eyes), np.array(eyes), size)
    assert face.shape == (size, size, 3) and face.dtype == np.float32
    for channel, across in enumerate((LEFT_EYE, RIGHT_EYE)):
        spot = face[..., channel] - face[..., 2]
        row, column = np.array(center_of_mass(np.maximum(spot, 0))) + 0.5
        assert abs(row - EYE_LINE * size) < 0.5
        assert abs(column - across * size) < 0.5


def test_nothing_is_mirrored_or_sheared():
    image = np.zeros((100, 100, 3))
    image[:, :50, 0] = 1
    image[:50, :, 1] = 1
    eyes = np.array([(32.0, 32.0), (67.0, 32.0)])
    face = face_of(image, eyes, 100)
    assert face[5, 5].tolist() == [1, 1, 0]
    assert face[5, -30].tolist() == [0, 1, 0]
    assert face[-30, 5].tolist() == [1, 0, 0]


def test_what_lies_outside_is_black():
    face = face_of(np.ones((40, 40, 3)), np.array([(5.0, 5.0), (25.0, 5.0)]), 60)
    assert face[0].max() == 0 and face[25, 25].min() == 1


def test_a_face_that_is_made_smaller_keeps_no_false_pattern():
    image = np.zeros((400, 400, 3))
    image[:, ::2] = 1  # finer than what is left after shrinking to a fifth
    face = face_of(image, np.array([(130.0, 130.0), (270.0, 130.0)]), 80)
    assert abs(face[20:60, 20:60].mean() - 0.5) < 0.05
    assert face[20:60, 20:60].std() < 0.1


EYES = np.array([(10.0, 10.0), (20.0, 10.0)])


@pytest.mark.parametrize(
    ("image", "eyes", "size", "message"),
    [
        (np.zeros((30, 30)), EYES, 150, r"shape \(H, W, 3\), got \(30, 30\)"),
        (np.zeros((30, 30, 4)), EYES, 150, r"got \(30, 30, 4\)"),
        (np.zeros((30, 30, 3)), EYES.ravel(), 150, r"array of shape \(2, 2\)"),
        (np.zeros((30, 30, 3)), EYES * np.nan, 150, r"array of shape \(2, 2\)"),
        (np.zeros((30, 30, 3)), EYES[::-1], 150, "left eye .* comes first, got 20 and 10"),
        (np.zeros((30, 30, 3)), EYES[[0, 0]], 150, "comes first"),
        (np.zeros((30, 30, 3)), EYES, 7, "at least 8 pixels, got 7"),
    ],
)
def test_bad_input_is_told(image, eyes, size, message):
    with pytest.raises(ValueError, match=message):
        face_of(image, eyes, size)
