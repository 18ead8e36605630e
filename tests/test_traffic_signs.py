from time import process_time

import numpy as np
import pytest

from utils import sign_photographs
from utils.sign_photographs import photograph_of_sign
from utils.traffic_signs import SIGN_NAMES, draw_sign, traffic_signs


@pytest.fixture(scope="module")
def signs():
    return traffic_signs(train=160, validation=48, test=64)


def test_there_are_sixteen_signs_with_different_names():
    assert len(SIGN_NAMES) == len(set(SIGN_NAMES)) == 16


@pytest.mark.parametrize("size", [16, 32, 100])
@pytest.mark.parametrize("name", SIGN_NAMES)
def test_a_clean_sign_has_colour_and_opacity(name, size):
    sign = draw_sign(name, size)
    assert sign.shape == (size, size, 4)
    assert sign.dtype == np.float32
    assert sign.min() >= 0 and sign.max() <= 1
    opacity = sign[..., 3]
    assert opacity[size // 2, size // 2] == 1
    assert opacity[0, 0] < 0.5 and opacity[-1, -1] < 0.5
    # It fills the picture, and its edge is smooth.
    assert opacity.any(0).mean() > 0.85 or opacity.any(1).mean() > 0.85
    assert ((opacity > 0) & (opacity < 1)).any()
    assert not sign[opacity == 0].any()


def test_every_two_signs_differ_clearly_at_the_size_of_the_data_set():
    # In a picture of 32 pixels a sign has 16 to 29.
    signs = np.stack([draw_sign(name, 22) for name in SIGN_NAMES])
    for first in range(16):
        for second in range(first):
            distance = np.abs(signs[first] - signs[second])
            assert (distance.max(-1) > 0.3).sum() >= 4, (SIGN_NAMES[first], SIGN_NAMES[second])


@pytest.mark.parametrize("kind", ["turn", "bend"])
def test_left_and_right_are_mirror_images(kind):
    left, right = draw_sign(f"{kind} left", 64), draw_sign(f"{kind} right", 64)
    assert np.abs(left[:, ::-1] - right).mean() < 0.005
    assert np.abs(left - right).mean() > 0.03


def test_a_drawing_may_be_changed_without_changing_the_next_one():
    draw_sign("stop", 32)[:] = 0
    assert draw_sign("stop", 32).max() > 0.9


def test_an_unknown_sign_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"no sign 'dead end'\. Choose one of: stop, yield, "):
        draw_sign("dead end", 32)


@pytest.mark.parametrize("size", [0, 7, 1025])
def test_a_drawing_has_a_sensible_size(size):
    with pytest.raises(ValueError, match=f"8 to 1024 pixels wide, got {size}"):
        draw_sign("stop", size)


def test_the_parts_have_what_was_asked_for(signs):
    assert signs.names == SIGN_NAMES
    for part, count in ((signs.train, 160), (signs.validation, 48), (signs.test, 64)):
        assert len(part) == count
        assert part.images.shape == (count, 32, 32, 3)
        assert part.images.dtype == np.float32
        assert part.images.min() >= 0 and part.images.max() <= 1
        assert part.labels.dtype == np.int64
        np.testing.assert_array_equal(np.bincount(part.labels), [count // 16] * 16)


def test_any_number_of_pictures_is_balanced_and_begins_like_more(signs):
    few = traffic_signs(train=39, validation=0, test=0).train
    counts = np.bincount(few.labels, minlength=16)
    assert counts.max() - counts.min() == 1
    np.testing.assert_array_equal(few.labels, signs.train.labels[:39])
    np.testing.assert_array_equal(few.images, signs.train.images[:39])


def test_classes_are_not_in_order(signs):
    assert not np.array_equal(signs.train.labels[:16], signs.train.labels[16:32])


def test_the_same_seed_gives_the_same_pictures(signs):
    again = traffic_signs(train=16, validation=16, test=16)
    for part in ("train", "validation", "test"):
        first, second = getattr(signs, part), getattr(again, part)
        np.testing.assert_array_equal(first.images[:16], second.images)
        np.testing.assert_array_equal(first.labels[:16], second.labels)


def test_another_seed_gives_other_pictures(signs):
    other = traffic_signs(train=160, validation=0, test=0, seed=1).train
    assert not np.array_equal(other.labels, signs.train.labels)
    known = {image.tobytes() for image in signs.train.images}
    assert not known & {image.tobytes() for image in other.images}


def test_no_picture_is_in_two_parts_or_twice_in_one(signs):
    parts = (signs.train, signs.validation, signs.test)
    pictures = [image.tobytes() for part in parts for image in part.images]
    assert len(set(pictures)) == len(pictures)


def test_pictures_differ_in_light_and_contrast(signs):
    brightness = signs.train.images.mean((1, 2, 3))
    assert brightness.min() < 0.25 and brightness.max() > 0.5
    assert (signs.train.images.std((1, 2, 3)) > 0.01).all()


@pytest.mark.parametrize("size", [16, 33, 64, 128])
def test_pictures_come_in_other_sizes(size):
    part = traffic_signs(train=4, validation=0, test=0, size=size).train
    assert part.images.shape == (4, size, size, 3)


def test_a_larger_picture_shows_the_same_scene():
    small = traffic_signs(train=8, validation=0, test=0, size=32).train
    large = traffic_signs(train=8, validation=0, test=0, size=64).train
    np.testing.assert_array_equal(small.labels, large.labels)
    shrunk = large.images.reshape(8, 32, 2, 32, 2, 3).mean((2, 4))
    for one, other in zip(small.images, shrunk, strict=True):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.5


@pytest.mark.parametrize("size", [15, 257, 0])
def test_pictures_have_a_sensible_size(size):
    with pytest.raises(ValueError, match=f"16 to 256 pixels wide, got {size}"):
        traffic_signs(size=size)


def test_a_count_is_not_negative():
    with pytest.raises(ValueError, match="cannot be negative, got 16, -1 and 16"):
        traffic_signs(train=16, validation=-1, test=16)


@pytest.mark.parametrize("name", SIGN_NAMES)
def test_the_sign_is_what_makes_the_picture(name, monkeypatch):
    """The same scene with another sign differs where the sign is, and hardly elsewhere."""
    other = SIGN_NAMES[SIGN_NAMES.index(name) - 1]
    monkeypatch.setattr(sign_photographs, "_developed", lambda pixels, rng: pixels)
    for number in range(5):
        one, two = (
            photograph_of_sign(sign, 64, np.random.default_rng(number)) for sign in (name, other)
        )
        changed = np.abs(one - two).max(-1) > 0.02
        assert 20 < changed.sum() < 0.7 * changed.size


def test_half_of_the_sign_at_least_is_in_every_picture(monkeypatch):
    found = []
    pose = sign_photographs._pose

    def spy(side, rng):
        found.append((side, *pose(side, rng)))
        return found[-1][1:]

    monkeypatch.setattr(sign_photographs, "_pose", spy)
    traffic_signs(train=64, validation=0, test=0)
    for side, homography, center, radius in found:
        mapped = homography @ [*center, 1]
        np.testing.assert_allclose(mapped[:2] / mapped[2], 0, atol=1e-9)
        assert (center - 0.8 * radius > 0).all() and (center + 0.8 * radius < side).all()


def test_a_picture_is_made_in_little_time():
    traffic_signs(train=16, validation=0, test=0)  # fills the caches
    begin = process_time()
    traffic_signs(train=100, validation=0, test=0)
    # About 2 ms each; the bound leaves room for a slow machine.
    assert (process_time() - begin) / 100 < 0.02
