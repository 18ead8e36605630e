import numpy as np
import pytest

keras = pytest.importorskip("keras")

from utils import pretrained  # noqa: E402
from utils.data import DataError  # noqa: E402
from utils.street_detector import (  # noqa: E402
    ANCHORS,
    KINDS,
    STRIDE,
    backbone,
    street_detector,
)
from utils.street_training import (  # noqa: E402
    StreetBatches,
    add_helpers,
    do_not_care,
    one_way_down,
)
from utils.streets import StreetScenes, street_scenes  # noqa: E402

GRID = (16, 20)


@pytest.fixture(scope="module")
def detector():
    return street_detector()


def answers(model, images):
    return np.array(keras.ops.convert_to_numpy(model(images, training=False)))


# The network -------------------------------------------------------------------------------------


def test_features_have_a_cell_for_8_pixels():
    assert backbone().output.shape == (None, *GRID, 96)
    assert backbone((64, 96, 3)).output.shape == (None, 8, 12, 96)


def test_raw_numbers_have_slots_for_anchors_and_numbers_for_kinds(detector):
    assert detector.output.shape == (None, *GRID, len(ANCHORS), 5 + len(KINDS))


@pytest.mark.parametrize("shape", [(120, 160, 3), (128, 150, 3), (128, 160, 1), (0, 160, 3)])
def test_sizes_that_do_not_fit_are_told(shape):
    with pytest.raises(ValueError, match="multiples of 32"):
        street_detector(weights=None, input_shape=shape)


def test_other_weights_are_unknown():
    with pytest.raises(ValueError, match="'streets' or None"):
        street_detector(weights="imagenet")


def test_missing_weights_say_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path)
    pretrained._arrays.cache_clear()
    with pytest.raises(DataError, match="git restore"):
        street_detector()
    pretrained._arrays.cache_clear()


def test_the_weights_serve_other_sizes(detector):
    picture = street_scenes("test", 1).images
    larger = np.zeros((1, 160, 192, 3), np.float32)
    larger[:, :128, :160] = picture
    wide = answers(street_detector(input_shape=(160, 192, 3)), larger)
    assert wide.shape == (1, 20, 24, 3, 9)
    # Far from the new edges, where the network sees the same.
    np.testing.assert_allclose(wide[0, :4, :4], answers(detector, picture)[0, :4, :4], atol=2.5)


def test_the_shipped_detector_sees_vehicles_where_they_are(detector):
    """Where the middle of a large vehicle is, objectness is far higher than elsewhere."""
    streets = street_scenes("test", 30)
    objectness = 1 / (1 + np.exp(-answers(detector, streets.images)[..., 0].max(axis=-1)))
    inside, background = [], []
    for seen, boxes, clear in zip(objectness, streets.boxes, streets.clear(20, 0.5), strict=True):
        free = np.ones(GRID, bool)
        for left, top, right, bottom in boxes / STRIDE:
            free[int(top) : int(bottom) + 2, int(left) : int(right) + 2] = False
        background.append(seen[free].mean())
        for left, top, right, bottom in boxes[clear] / STRIDE:
            row, column = int((top + bottom) / 2), int((left + right) / 2)
            inside.append(seen[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].max())
    assert len(inside) > 20
    assert np.mean(inside) > 0.5
    assert np.mean(background) < 0.05


# What it is trained on ---------------------------------------------------------------------------


def encoded(boxes, kinds):
    """Encode as the lesson asks for, in plain loops."""
    target = np.zeros((*GRID, len(ANCHORS), 9), np.float32)
    for (left, top, right, bottom), kind in zip(boxes, kinds, strict=True):
        x, y, w, h = (left + right) / 16, (top + bottom) / 16, right - left, bottom - top
        fits = [min(w, p) * min(h, q) / (w * h + p * q - min(w, p) * min(h, q)) for p, q in ANCHORS]
        row, column, anchor = min(int(y), 15), min(int(x), 19), int(np.argmax(fits))
        p, q = ANCHORS[anchor]
        target[row, column, anchor, :5] = 1, x - column, y - row, np.log(w / p), np.log(h / q)
        target[row, column, anchor, 5 + kind] = 1
    return target


def mirrored(image, boxes):
    left, top, right, bottom = boxes.T
    return image[:, ::-1], np.stack([160 - right, top, 160 - left, bottom], axis=1)


def boxes_in(target):
    """Turn the taken slots back into boxes."""
    found = []
    for row, column, anchor in np.argwhere(target[..., 0] == 1):
        _, x, y, w, h = target[row, column, anchor, :5].astype(float)
        cx, cy = STRIDE * (column + x), STRIDE * (row + y)
        w, h = np.array(ANCHORS[anchor]) * np.exp([w, h])
        found.append((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2))
    return np.array(found).reshape(-1, 4)


def bright_boxes(count=8):
    """Make dark pictures with one bright vehicle each, and one too small to be learned."""
    rng = np.random.default_rng(0)
    images = np.full((count, 128, 160, 3), 0.2, np.float32)
    boxes = []
    for image in images:
        left, top = rng.integers(10, 90), rng.integers(10, 70)
        box = (left, top, left + rng.integers(20, 60), top + rng.integers(20, 50))
        image[box[1] : box[3], box[0] : box[2]] = 0.9
        boxes.append(np.array([box, (0, 120, 5, 124)], np.float32))
    return StreetScenes(
        images=images,
        boxes=tuple(boxes),
        full_boxes=tuple(boxes),
        kinds=(np.array([2, 0]),) * count,
        visible=(np.ones(2, np.float32),) * count,
        truncated=(np.zeros(2, bool),) * count,
        distances=(np.ones(2, np.float32),) * count,
        masks=np.zeros((count, 128, 160), np.uint8),
    )


def test_batches_are_pictures_and_targets():
    batches = StreetBatches(street_scenes("train", 10), encoded, mirrored, batch=4)
    assert len(batches) == 2
    images, targets = batches[1]
    assert images.shape == (4, 128, 160, 3)
    assert targets.shape == (4, *GRID, 3, 9)
    assert images.dtype == targets.dtype == np.float32
    assert images.min() >= 0 and images.max() <= 1
    assert set(np.unique(targets[..., 0])) == {-1, 0, 1}


def test_a_seed_decides_order_and_changes():
    streets = street_scenes("train", 8)
    first, again, other = (
        StreetBatches(streets, encoded, mirrored, batch=4, seed=seed)[0] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert np.abs(first[0] - other[0]).max() > 0.1


def test_an_epoch_shows_every_street_once_and_the_next_in_another_order():
    batches = StreetBatches(bright_boxes(8), encoded, mirrored, batch=4)
    first = batches._order.copy()
    assert sorted(first) == list(range(8))
    batches.on_epoch_end()
    assert sorted(batches._order) == list(range(8))
    assert (first != batches._order).any()


def test_boxes_move_along_with_the_pixels():
    batches = StreetBatches(bright_boxes(), encoded, mirrored, batch=8, zoom=0.6, seed=3)
    sizes, gone = set(), 0
    for _ in range(4):
        for image, target in zip(*batches[0], strict=True):
            gray = image.mean(axis=-1)
            rows, columns = np.nonzero(gray > (gray.max() + np.median(gray)) / 2)
            seen = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
            found = boxes_in(target)
            if not len(found):  # nearly all of it lies outside of the picture
                gone += 1
                continue
            # To a pixel: what is enlarged has soft edges.
            np.testing.assert_allclose(found, np.tile(seen, (len(found), 1)), atol=1.6)
            sizes.add(seen[2] - seen[0])
        batches.on_epoch_end()
    assert gone < 6
    assert len(sizes) > 12  # they were magnified


def test_what_is_too_small_to_be_learned_is_not_denied():
    batches = StreetBatches(bright_boxes(2), encoded, lambda *same: same, batch=2, zoom=0)
    _, targets = batches[0]
    assert (targets[:, 15, 0, :, 0] == -1).all()
    assert (targets[:, 15, 10:, :, 0] == 0).all()


def test_do_not_care_leaves_taken_slots_alone():
    target = encoded(np.array([[40.0, 40.0, 69.0, 62.0]]), [1])
    before = target.copy()
    do_not_care(target, np.array([[33.0, 33.0, 71.0, 49.0], [-5.0, -5.0, 3.0, 3.0]]))
    changed = np.argwhere((target != before).any(axis=(2, 3)))
    cells = {(row, column) for row in range(4, 7) for column in range(4, 9)} | {(0, 0)}
    assert {tuple(place) for place in changed.tolist()} == cells
    taken = before[..., 0] == 1
    np.testing.assert_array_equal(target[taken], before[taken])
    assert (target[target[..., 0] != before[..., 0]][:, 0] == -1).all()


def test_helpers_learn_the_same_box_and_kind():
    box = np.array([[40.0, 40.0, 90.0, 85.0]])
    target = encoded(box, [3])
    own = target[target[..., 0] == 1].copy()
    add_helpers(target, box, np.array([3]))
    taken = np.argwhere(target[..., 0] == 1)
    assert len(taken) > 5
    np.testing.assert_allclose(boxes_in(target), np.tile(box, (len(taken), 1)), atol=1e-3)
    assert (target[target[..., 0] == 1][:, 5:] == [0, 0, 0, 1]).all()
    assert any(np.array_equal(slot, own[0]) for slot in target[target[..., 0] == 1])
    for row, column, anchor in np.argwhere(target[..., 0] != 0):
        fit = begin_fit(row, column, anchor, box[0])
        value = target[row, column, anchor, 0]
        assert fit >= 0.5 or (row, column) == (7, 8) if value == 1 else 0.4 <= fit < 0.5
    for row, column, anchor in np.argwhere(target[..., 0] == 0):
        assert begin_fit(row, column, anchor, box[0]) < 0.4


def begin_fit(row, column, anchor, box):
    """IoU of a slot's anchor in the middle of its cell with a box."""
    p, q = ANCHORS[anchor]
    x, y = STRIDE * (column + 0.5), STRIDE * (row + 0.5)
    wide = min(x + p / 2, box[2]) - max(x - p / 2, box[0])
    high = min(y + q / 2, box[3]) - max(y - q / 2, box[1])
    common = max(wide, 0) * max(high, 0)
    return common / (p * q + (box[2] - box[0]) * (box[3] - box[1]) - common)


def test_helpers_do_not_take_a_slot_from_another_vehicle():
    boxes = np.array([[40.0, 40.0, 69.0, 62.0], [48.0, 40.0, 77.0, 62.0]])
    target = encoded(boxes, [0, 1])
    before = target.copy()
    add_helpers(target, boxes, np.array([0, 1]))
    taken = before[..., 0] == 1
    np.testing.assert_array_equal(target[taken], before[taken])


def test_without_vehicles_nothing_helps():
    target = np.zeros((*GRID, 3, 9), np.float32)
    add_helpers(target, np.zeros((0, 4)), np.zeros(0, int))
    assert not target.any()


@pytest.mark.parametrize("batch", [0, 11])
def test_a_batch_of_another_size_is_refused(batch):
    with pytest.raises(ValueError, match="1 to 10"):
        StreetBatches(street_scenes("train", 10), encoded, mirrored, batch=batch)


def test_the_learning_rate_rises_then_falls():
    rate = one_way_down(3e-3, 1000)
    values = [float(keras.ops.convert_to_numpy(rate(step))) for step in (0, 50, 100, 500, 1000)]
    assert values[0] == pytest.approx(1e-4)
    assert values[0] < values[1] < values[2] == pytest.approx(3e-3)
    assert values[2] > values[3] > values[4] == pytest.approx(3e-5)
    assert float(keras.ops.convert_to_numpy(one_way_down(3e-3, 6)(1))) > 0
