import tomllib
from dataclasses import replace
from itertools import combinations
from time import process_time

import numpy as np
import pytest
from shipped_set import assert_damage_is_told, read_from

from utils.graphics.meshes import box, combined
from utils.graphics.noise import fractal_noise, lattice_noise
from utils.graphics.raster import NEAR, cut_at_camera, rasterise
from utils.streets import (
    CLASS_COLORS,
    CLASS_NAMES,
    KINDS,
    SETTINGS,
    SPLITS,
    VIEWS,
    WEATHERS,
    Box,
    make_set,
    render,
    scene,
    shipped,
    street_scenes,
)
from utils.streets.buildings import TOWNS
from utils.streets.furniture import FURNITURE, Furniture, furniture_mesh
from utils.streets.ground import ground_at
from utils.streets.rendering import viewpoint
from utils.streets.shading import in_sunlight
from utils.streets.vehicle_bodies import vehicle_mesh
from utils.streets.vehicles import DESIGNS, draw_vehicle

WIDTH, HEIGHT = 128, 96
SKY = CLASS_NAMES.index("sky")
PICTURES = [("train", seed) for seed in range(8)] + [("test", seed) for seed in range(6)]


@pytest.fixture(scope="module")
def pictures():
    """Scenes with what was rendered of them."""
    scenes = [scene(seed, split) for split, seed in PICTURES]
    return [(one, render(one, WIDTH, HEIGHT)) for one in scenes]


def empty_street(**changes):
    """A car park in the sun without anything on it, seen straight ahead."""
    base = scene(7, "train", setting="car park", weather="sunny", view="dash-cam")
    camera = replace(
        base.camera, x=0.0, height=1.5, yaw=0.0, pitch=0.0, roll=0.0, field=1.0, noise=0.0, blur=0.0
    )
    nothing = dict(vehicles=(), buildings=(), trees=(), hedges=(), furniture=())
    return replace(base, camera=camera, **(nothing | changes))


def vehicle(kind="car", x=0.0, z=12.0, heading=0.0, **changes):
    drawn = draw_vehicle(np.random.default_rng(3), kind, False, x, z, heading, 0.0)
    return replace(drawn, **changes)


# Labels agree with the pixels they describe ------------------------------------------------------


def test_a_picture_and_its_labels_have_their_shapes(pictures):
    for _, picture in pictures:
        assert picture.image.shape == (HEIGHT, WIDTH, 3) and picture.image.dtype == np.float32
        assert picture.image.min() >= 0 and picture.image.max() <= 1
        assert picture.image.std() > 0.03
        assert picture.mask.shape == (HEIGHT, WIDTH) and picture.mask.dtype == np.uint8
        assert picture.mask.max() < len(CLASS_NAMES) == len(CLASS_COLORS)
        assert picture.depth.shape == (HEIGHT, WIDTH) and picture.depth.dtype == np.float32
        assert picture.instances.shape == (HEIGHT, WIDTH)
        assert picture.instances.dtype == np.int16


def test_there_is_something_of_every_class(pictures):
    seen = np.unique(np.concatenate([picture.mask.ravel() for _, picture in pictures]))
    np.testing.assert_array_equal(seen, range(len(CLASS_NAMES)))


def test_a_visible_box_bounds_the_pixels_of_its_object(pictures):
    for _, picture in pictures:
        for number, user in enumerate(picture.objects, 1):
            rows, columns = np.nonzero(picture.instances == number)
            bounds = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            assert user.visible_box == bounds


def test_pixels_of_vehicles_are_those_of_the_objects(pictures):
    vehicles = [CLASS_NAMES.index(kind) for kind in KINDS]
    for _, picture in pictures:
        assert picture.instances.max(initial=0) == len(picture.objects)
        np.testing.assert_array_equal(np.isin(picture.mask, vehicles), picture.instances > 0)
        for number, user in enumerate(picture.objects, 1):
            kinds = np.unique(picture.mask[picture.instances == number])
            assert [CLASS_NAMES[kind] for kind in kinds] == [user.kind]


def test_objects_tell_which_vehicle_they_are_nearest_first(pictures):
    for one, picture in pictures:
        distances = [user.distance for user in picture.objects]
        assert distances == sorted(distances)
        assert len({user.vehicle for user in picture.objects}) == len(picture.objects)
        for user in picture.objects:
            source = one.vehicles[user.vehicle]
            assert user.kind == source.kind
            assert user.distance == pytest.approx(np.hypot(source.x - one.camera.x, source.z))


def test_the_whole_box_holds_the_visible_one(pictures):
    for _, picture in pictures:
        for user in picture.objects:
            seen, full = user.visible_box, user.full_box
            # A pixel counts as a whole, so the visible box may stick out by less than one.
            assert full.left < seen.left + 1 and full.top < seen.top + 1
            assert full.right > seen.right - 1 and full.bottom > seen.bottom - 1
            beyond = full.left < 0 or full.top < 0 or full.right > WIDTH or full.bottom > HEIGHT
            assert user.truncated == beyond
            if not user.truncated and user.visible == 1 and seen.width > 8:
                np.testing.assert_allclose(seen, full, atol=1.5)


def test_the_visible_share_is_what_rendering_the_vehicle_alone_says(pictures):
    compared, hidden = 0, 0
    for one, picture in pictures:
        nothing = dict(buildings=(), trees=(), hedges=(), furniture=())
        for number, user in enumerate(picture.objects, 1):
            seen = np.count_nonzero(picture.instances == number)
            assert 0 < user.visible <= 1
            if seen < 30 or (user.visible > 0.9 and compared > 8):
                continue
            bare = render(
                replace(one, vehicles=(one.vehicles[user.vehicle],), **nothing), WIDTH, HEIGHT
            )
            alone = np.count_nonzero(bare.instances == 1)
            assert bare.objects[0].visible == 1
            # The share counts four samples a pixel, finer than a count of pixels.
            rough = 0.05 + 1 / np.sqrt(alone)
            assert user.visible == pytest.approx(seen / alone, abs=rough)
            np.testing.assert_allclose(bare.objects[0].full_box, user.full_box)
            compared += 1
            hidden += user.visible < 0.9
    assert compared >= 15 and hidden >= 3


def test_depth_is_positive_and_infinite_in_the_sky_alone(pictures):
    for _, picture in pictures:
        assert (picture.depth > 0).all()
        np.testing.assert_array_equal(np.isinf(picture.depth), picture.mask == SKY)


def test_the_depth_of_a_vehicle_is_where_it_stands(pictures):
    for one, picture in pictures:
        view = viewpoint(one.camera, WIDTH, HEIGHT)
        for number, user in enumerate(picture.objects, 1):
            source = one.vehicles[user.vehicle]
            middle = view.depth(np.array([[source.x, source.height / 2, source.z]]))[0]
            half = np.hypot(np.hypot(source.length, source.width), source.height) / 2 + 0.3
            depth = picture.depth[picture.instances == number]
            assert depth.min() > middle - half and depth.max() < middle + half


def test_the_depth_of_the_ground_follows_the_pinhole_camera():
    one = empty_street()
    picture = render(one, WIDTH, HEIGHT)
    focal = WIDTH / 2 / np.tan(0.5)
    for row in (60, 75, 90):
        # Four samples a pixel: their centres lie a quarter above or below the pixel's.
        near, far = (1.5 * focal / (row + part - HEIGHT / 2) for part in (0.75, 0.25))
        assert ((picture.depth[row] >= near * 0.999) & (picture.depth[row] <= far * 1.001)).all()
    assert picture.objects == () and not picture.instances.any()


def test_a_car_ahead_has_the_box_that_geometry_says():
    car = vehicle(x=1.0, z=14.0)
    one = empty_street(vehicles=(car,))
    user = render(one, 320, 240).objects[0]
    focal = 160 / np.tan(0.5)
    tail = 14.0 - car.length / 2
    assert user.visible == 1 and not user.truncated
    # Between the road under its rear axle and the road under its tail.
    low = 120 + focal * 1.5 / np.array([tail + 0.25 * car.length, tail])
    assert low[0] - 1 < user.full_box.bottom < low[1] + 1
    middle = (user.full_box.left + user.full_box.right) / 2
    assert middle == pytest.approx(160 + focal * 1.0 / tail, abs=5)
    # Mirrors stick out by up to a fifth of a metre on each side.
    wide = focal * car.width / tail
    assert wide * 0.88 < user.full_box.width < wide * 1.25


@pytest.mark.parametrize("behind", ["car", "bus"])
def test_what_stands_behind_is_hidden(behind):
    front, back = vehicle(z=9.0), vehicle(behind, z=22.0, x=1.3 if behind == "car" else 0.0)
    picture = render(empty_street(vehicles=(back, front)), WIDTH, HEIGHT)
    assert [user.vehicle for user in picture.objects] == [1, 0]
    assert picture.objects[0].visible == 1
    # A bus towers above a car.
    low, high = (0.1, 0.8) if behind == "car" else (0.3, 0.95)
    assert low < picture.objects[1].visible < high
    near, far = (picture.depth[picture.instances == number] for number in (1, 2))
    assert near.max() < far.min()


def test_a_vehicle_at_the_edge_is_truncated_and_its_whole_box_goes_on():
    user = render(empty_street(vehicles=(vehicle(x=5.2, z=9.0),)), WIDTH, HEIGHT).objects[0]
    assert user.truncated and user.visible == 1
    assert user.visible_box.right == WIDTH < user.full_box.right
    assert user.full_box.width > user.visible_box.width + 3


def test_a_bus_that_reaches_behind_the_camera_is_cut_there():
    bus = vehicle("bus", x=3.2, z=2.0)
    picture = render(empty_street(vehicles=(bus,)), WIDTH, HEIGHT)
    assert picture.objects[0].truncated
    assert picture.depth[picture.instances == 1].min() >= NEAR
    assert np.isfinite(picture.objects[0].full_box).all()


def test_the_mask_tells_road_from_pavement_by_the_place():
    one = replace(scene(0, setting="street"), buildings=(), trees=(), hedges=(), furniture=())
    road = replace(one.road, lanes=1, lane=3.0, parking=0.0, median=0.0, pavement=2.0, paved=False)
    x = np.array([0.0, 2.9, 3.1, 4.9, 5.1])
    kinds = ground_at(road, x, np.full(5, 10.0), np.full(5, 0.02)).kind
    names = [CLASS_NAMES[kind] for kind in kinds]
    assert names == ["road", "road", "pavement", "pavement", "vegetation"]


def test_a_box_knows_its_size():
    one = Box(1, 2, 4, 8)
    assert (one.width, one.height, one.area) == (3, 6, 18)
    assert tuple(one) == (1, 2, 4, 8)


# The same picture at any time; other seeds and splits give others --------------------------------


def test_the_same_seed_gives_the_same_scene_and_picture(pictures):
    for (split, seed), (one, picture) in zip(PICTURES[:2], pictures, strict=False):
        again = scene(seed, split)
        assert again == one
        second = render(again, WIDTH, HEIGHT)
        np.testing.assert_array_equal(second.image, picture.image)
        np.testing.assert_array_equal(second.mask, picture.mask)
        np.testing.assert_array_equal(second.depth, picture.depth)
        assert second.objects == picture.objects


def test_other_seeds_and_splits_are_other_streets(pictures):
    images = [picture.image for _, picture in pictures]
    for first, second in combinations(images, 2):
        assert np.abs(first - second).mean() > 0.02
    assert scene(5, "train").vehicles != scene(5, "validation").vehicles


def test_a_larger_picture_shows_the_same_scene(pictures):
    for one, small in (pictures[0], pictures[9]):
        large = render(one, 2 * WIDTH, 2 * HEIGHT)
        shrunk = large.image.reshape(HEIGHT, 2, WIDTH, 2, 3).mean((1, 3))
        assert np.corrcoef(shrunk.ravel(), small.image.ravel())[0, 1] > 0.9
        assert (large.mask[::2, ::2] == small.mask).mean() > 0.93
        boxes = {user.vehicle: np.array(user.full_box) for user in large.objects}
        for user in small.objects:
            if user.visible_box.area > 60:
                np.testing.assert_allclose(boxes[user.vehicle] / 2, user.full_box, atol=1.0)


def test_noise_is_the_same_on_every_machine():
    points = np.array([[0.25, 0.5], [3.7, -2.2], [-150.4, 99.9], [12345.6, 0.1]])
    np.testing.assert_allclose(lattice_noise(points, 7), NOISE, atol=1e-4)
    many = fractal_noise(np.random.default_rng(0).uniform(-50, 50, (4000, 2)), 4, 1)
    assert many.min() >= 0 and many.max() <= 1
    assert many.mean() == pytest.approx(0.5, abs=0.05) and many.std() > 0.08


NOISE = [0.36382, 0.84868, 0.56943, 0.76919]


def test_the_test_streets_share_no_town_weather_or_vehicle_with_the_others():
    found = {}
    for split in SPLITS:
        scenes = [scene(seed, split) for seed in range(60)]
        designs = {vehicle.design for one in scenes for vehicle in one.vehicles}
        found[split] = ({one.town for one in scenes}, {one.weather.name for one in scenes}, designs)
        assert {one.split for one in scenes} == {split}
        assert {one.road.setting for one in scenes} == set(SETTINGS)
        assert {one.camera.view for one in scenes} == set(VIEWS)
        assert {vehicle.kind for one in scenes for vehicle in one.vehicles} == set(KINDS)
    for part in range(3):
        assert found["train"][part] == found["validation"][part]
        assert not found["train"][part] & found["test"][part]
    towns, weathers, designs = (found["train"][part] | found["test"][part] for part in range(3))
    assert towns == {town.name for town in TOWNS}
    assert weathers == set(WEATHERS)
    assert designs == {design.name for design in DESIGNS}


# Scenes make sense -------------------------------------------------------------------------------


def test_no_vehicle_stands_in_another_or_in_the_camera():
    for split, seed in [(split, seed) for split in SPLITS for seed in range(40)]:
        one = scene(seed, split)
        for first, second in combinations(one.vehicles, 2):
            apart_x = abs(first.x - second.x) - first.reach[0] - second.reach[0]
            apart_z = abs(first.z - second.z) - first.reach[1] - second.reach[1]
            assert max(apart_x, apart_z) > 0
        for vehicle in one.vehicles:
            wide, deep = vehicle.reach
            assert abs(vehicle.x - one.camera.x) > wide or abs(vehicle.z) > deep


def test_houses_leave_the_road_free():
    for seed in range(40):
        one = scene(seed, "train")
        for house in one.buildings:
            assert house.left < house.right and house.near < house.far and house.height > 2
            if one.road.setting not in ("car park", "motorway"):
                free = min(abs(house.left), abs(house.right))
                assert house.left * house.right > 0 and free >= one.road.half


@pytest.mark.parametrize("name", WEATHERS)
def test_every_weather_can_be_asked_for(name):
    one = scene(2, "train", weather=name)
    assert one.weather.name == name
    assert np.linalg.norm(one.weather.sun) == pytest.approx(1)
    with np.errstate(divide="raise", invalid="raise"):
        picture = render(one, 64, 48)
    assert np.isfinite(picture.image).all() and picture.image.std() > 0.02


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_every_place_and_view_can_be_asked_for(setting, view):
    one = scene(4, "test", setting=setting, view=view)
    assert (one.road.setting, one.camera.view) == (setting, view)
    with np.errstate(divide="raise", invalid="raise"):
        picture = render(one, 64, 48)
    assert (picture.mask == CLASS_NAMES.index("road")).mean() > 0.04
    assert (one.camera.height > 3) == (view == "CCTV")


def test_night_is_dark_and_lamps_light_it():
    day, night = (render(scene(3, weather=name), 64, 48).image for name in ("sunny", "night"))
    assert night.mean() < 0.6 * day.mean()
    lit = scene(3, setting="street", weather="night", view="dash-cam")
    unlit = replace(lit, weather=replace(lit.weather, dark=False))
    # The road before the headlights, compared with the sky.
    road, sky = np.s_[36:46, 22:42], np.s_[:6]
    with_, without = (render(one, 64, 48).image for one in (lit, unlit))
    assert with_[road].mean() / with_[sky].mean() > 1.5 * without[road].mean() / without[sky].mean()


def test_wet_ground_mirrors_what_stands_on_it():
    car = vehicle(z=12.0, paint=(0.7, 0.02, 0.02))
    dry = empty_street(vehicles=(car,))
    weather = replace(dry.weather, sunlight=(0, 0, 0), wet=1.0)
    road = replace(dry.road, rows=())
    wet, without = (
        render(replace(dry, weather=weather, road=road, vehicles=chosen), WIDTH, HEIGHT)
        for chosen in ((car,), ())
    )
    bottom, middle = int(wet.objects[0].visible_box.bottom), WIDTH // 2
    below = np.s_[bottom + 2 : bottom + 8, middle - 5 : middle + 5]
    with_, bare = (picture.image[below] for picture in (wet, without))
    assert (with_[..., 0] - with_[..., 1]).mean() > (bare[..., 0] - bare[..., 1]).mean() + 0.05


def test_a_house_keeps_the_sun_from_what_lies_behind_it():
    one = next(s for s in map(scene, range(50)) if s.buildings and any(s.weather.sunlight))
    house = replace(one.buildings[0], left=0.0, right=10.0, near=20.0, far=30.0, height=10.0)
    weather = replace(one.weather, sun=(0.6, 0.5292, 0.6))
    points = np.array([[-2.0, 0.0, 18.0], [12.0, 0.0, 32.0], [5.0, 10.9, 25.0], [-2.0, 9.0, 18.0]])
    free = in_sunlight(points, weather, (replace(house, roof="flat"),))
    np.testing.assert_array_equal(free, [False, True, True, True])


def test_a_car_darkens_the_ground_beside_it_in_the_sun():
    weather = replace(empty_street().weather, sun=(-0.8, 0.6, 0.0), clouds=0.0)
    car = vehicle(z=12.0)
    with_car = render(empty_street(vehicles=(car,), weather=weather), WIDTH, HEIGHT)
    without = render(empty_street(weather=weather), WIDTH, HEIGHT)
    seen = with_car.objects[0].visible_box
    bottom, left, right = int(seen.bottom), int(seen.left), int(seen.right)
    shade = (without.image - with_car.image).mean(-1)
    assert (shade[bottom - 5 : bottom - 1, right + 1 : right + 5] > 0.05).mean() > 0.5
    assert (shade[bottom - 5 : bottom - 1, left - 5 : left - 1] > 0.05).mean() < 0.3


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_a_vehicle_has_the_size_it_says_and_stands_on_the_ground(design):
    drawn = draw_vehicle(np.random.default_rng(1), design.kind, design.held_out, 0, 0, 0, 0.5)
    middles = [float(np.mean(r)) for r in (design.length, design.width, design.height)]
    one = replace(drawn, design=design.name, length=middles[0], width=middles[1], height=middles[2])
    for detail in (0.3, 1.0):
        mesh = vehicle_mesh(one, detail)
        low, high = mesh.vertices.min(0), mesh.vertices.max(0)
        assert low[1] == pytest.approx(0, abs=0.03)
        assert high[1] == pytest.approx(one.height, rel=0.06)
        assert high[0] - low[0] == pytest.approx(one.length, rel=0.05)
        assert one.width * 0.95 < high[2] - low[2] < one.width * 1.05 + 0.5
        assert low[2] == pytest.approx(-high[2], abs=1e-9)
        assert mesh.faces.max() < len(mesh.vertices) == len(mesh.normals) == len(mesh.coordinates)
        assert len(mesh.parts) == len(mesh.faces)


def test_a_heading_turns_a_vehicle():
    ahead, right, _ = vehicle(heading=0.0).axes, vehicle(heading=np.pi / 2).axes, None
    np.testing.assert_allclose(ahead[0], [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(right[0], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(ahead[2], [1, 0, 0], atol=1e-12)
    across = vehicle(heading=np.pi / 2)
    np.testing.assert_allclose(across.reach, (across.length / 2, across.width / 2))


# Rasteriser --------------------------------------------------------------------------------------


def test_the_rasteriser_agrees_with_a_test_of_every_pixel():
    rng = np.random.default_rng(5)
    points = np.column_stack([rng.uniform(-5, 25, (30, 2)), rng.uniform(1, 9, 30)])
    faces = rng.integers(0, 30, (40, 3))
    found = rasterise(points, faces, 20, 16)
    face, depth = np.full((16, 20), -1), np.full((16, 20), np.inf)
    face[found.window], depth[found.window] = found.face, found.depth
    for row in range(16):
        for column in range(20):
            nearest, number = np.inf, -1
            for k, corners in enumerate(points[faces]):
                system = np.column_stack([corners[:, :2], np.ones(3)]).T
                if abs(np.linalg.det(system)) < 1e-6:
                    continue
                weights = np.linalg.solve(system, [column + 0.5, row + 0.5, 1])
                here = 1 / (weights / corners[:, 2]).sum()
                if weights.min() > 1e-9 and here < nearest:
                    nearest, number = here, k
            assert number == face[row, column]
            assert number < 0 or nearest == pytest.approx(depth[row, column])


def test_weights_in_a_triangle_are_those_of_space():
    one = empty_street()
    view = viewpoint(one.camera, 64, 48)
    corners = np.array([[-1.0, 0.5, 3.0], [2.0, 0.7, 9.0], [0.0, 3.0, 5.0]])
    found = rasterise(view.project(corners), np.array([[0, 1, 2]]), 64, 48)
    rows, columns = np.nonzero(found.face == 0)
    points = found.weights[rows, columns] @ corners
    projected = view.project(points)
    np.testing.assert_allclose(projected[:, 0], columns + found.left + 0.5)
    np.testing.assert_allclose(projected[:, 1], rows + found.top + 0.5)
    np.testing.assert_allclose(projected[:, 2], found.depth[rows, columns])


def test_nothing_in_the_picture_gives_no_fragments():
    faces = np.array([[0, 1, 2]])
    outside = np.array([[-9.0, 1, 2], [-2, 1, 2], [-3, 5, 2]])
    edge_on = np.array([[1.0, 1, 2], [2, 2, 2], [3, 3, 2]])
    assert rasterise(outside, faces, 8, 8) is None
    assert rasterise(edge_on, faces, 8, 8) is None


def test_what_lies_behind_the_camera_is_cut_away():
    view = viewpoint(empty_street().camera, 64, 48)
    room = box((-3, 0, -5), (3, 4, 12), without=())
    cut = cut_at_camera(room, view)
    depth = view.depth(cut.vertices)[cut.faces]
    assert depth.min() == pytest.approx(NEAR)
    assert depth.max() == 12
    # The floor ahead keeps its area, and its coordinates are still positions.
    floor = cut.vertices[cut.faces][:, :, 1].max(1) == 0
    corners = cut.vertices[cut.faces[floor]]
    edges = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(edges[0][:, 0] * edges[1][:, 2] - edges[0][:, 2] * edges[1][:, 0]).sum() / 2
    assert area == pytest.approx(6 * (12 - NEAR))
    used = np.unique(cut.faces)
    np.testing.assert_allclose(cut.vertices[used], cut.coordinates[used])
    ahead = box((-3, 0, 5), (3, 4, 12))
    assert cut_at_camera(ahead, view) is ahead


def test_meshes_side_by_side_keep_their_triangles():
    one, two = box((0, 0, 0), (1, 1, 1), part=1), box((2, 0, 0), (3, 1, 1), part=2)
    both = combined([one, two])
    np.testing.assert_array_equal(
        both.vertices[both.faces[len(one.faces) :]], two.vertices[two.faces]
    )
    np.testing.assert_array_equal(np.unique(both.parts), [1, 2])


@pytest.mark.parametrize("kind", FURNITURE)
def test_furniture_stands_where_it_should(kind):
    mesh = furniture_mesh(Furniture(kind, 4.0, 20.0, 2.0, 1, (0.3, 0.02, 0.02), 4.0))
    used = mesh.vertices[np.unique(mesh.faces)]
    assert used[:, 1].min() > -0.1 and 0.7 < used[:, 1].max() < 3.0
    assert (np.abs(used[:, 0] - 4) < 2).all() and used[:, 2].min() > 19


# Bad arguments -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (dict(split="holdout"), r"no split 'holdout'\. Choose one of: train, validation, test"),
        (dict(setting="desert"), r"no setting 'desert'\. Choose one of: street, "),
        (dict(weather="snow"), r"no weather 'snow'\. Choose one of: sunny, "),
        (dict(view="drone"), r"no view 'drone'\. Choose one of: dash-cam, "),
    ],
)
def test_an_unknown_name_lists_the_known_ones(arguments, words):
    with pytest.raises(ValueError, match=words):
        scene(0, **arguments)


@pytest.mark.parametrize("seed", [-1, 1.5, True, "3"])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match=f"whole number from 0 on, got {seed!r}"):
        scene(seed)


@pytest.mark.parametrize(("width", "height"), [(15, 96), (96, 0), (4000, 96)])
def test_a_picture_has_a_sensible_size(width, height):
    with pytest.raises(ValueError, match=f"16 to 2048 pixels, got {width} by {height}"):
        render(scene(0), width, height)


def test_unknown_designs_and_furniture_list_the_known_ones():
    with pytest.raises(ValueError, match=r"no design 'tram'\. Choose one of: sedan, "):
        vehicle_mesh(vehicle(design="tram"), 1.0)
    with pytest.raises(ValueError, match=r"no furniture 'statue'\. Choose one of: lamp post, "):
        furniture_mesh(Furniture("statue", 0, 0, 1, 1, (0, 0, 0)))


# The set that ships ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A set of a few pictures, made by the command."""
    folder = tmp_path_factory.mktemp("streets")
    make_set.main(["--folder", str(folder), "--count", "3", "--processes", "1"])
    return folder


@pytest.fixture
def tiny_set(tiny, monkeypatch):
    """Reads that set in place of the shipped one."""
    with read_from(shipped, tiny, monkeypatch):
        yield tiny


def test_a_set_comes_back_as_it_was_made(tiny_set):
    for split in SPLITS:
        scenes = street_scenes(split)
        assert len(scenes) == 3 and scenes.names == KINDS
        assert scenes.images.shape == (3, 128, 160, 3) and scenes.images.dtype == np.float32
        assert scenes.masks.shape == (3, 128, 160) and scenes.masks.dtype == np.uint8
        for number in range(2):
            picture = render(scene(number, split))
            assert np.abs(scenes.images[number] - picture.image).mean() < 0.03
            np.testing.assert_array_equal(scenes.masks[number], picture.mask)
            boxes = [user.visible_box for user in picture.objects]
            np.testing.assert_array_equal(scenes.boxes[number], np.array(boxes).reshape(-1, 4))
            full = np.array([user.full_box for user in picture.objects]).reshape(-1, 4)
            np.testing.assert_allclose(scenes.full_boxes[number], full, rtol=1e-6)
            kinds = [KINDS[kind] for kind in scenes.kinds[number]]
            assert kinds == [user.kind for user in picture.objects]
            truncated = [user.truncated for user in picture.objects]
            assert scenes.truncated[number].tolist() == truncated
            for name, values in (("visible", scenes.visible), ("distance", scenes.distances)):
                expected = [getattr(user, name) for user in picture.objects]
                np.testing.assert_allclose(values[number], expected, rtol=1e-6)


def test_few_pictures_are_the_first_ones(tiny_set):
    all_, one = street_scenes("train"), street_scenes("train", 1)
    np.testing.assert_array_equal(one.images, all_.images[:1])
    np.testing.assert_array_equal(one.masks, all_.masks[:1])
    assert len(one.boxes) == len(one.kinds) == len(one.visible) == 1
    np.testing.assert_array_equal(one.boxes[0], all_.boxes[0])


def test_labels_may_be_changed_without_changing_the_next_ones(tiny_set):
    first = street_scenes("train", 1)
    before = first.boxes[0].copy()
    first.boxes[0][:] = -1
    np.testing.assert_array_equal(street_scenes("train", 1).boxes[0], before)


def test_another_size_is_rendered_from_the_same_scenes(tiny_set):
    small = street_scenes("test", 2, width=64, height=48)
    assert small.images.shape == (2, 48, 64, 3) and small.masks.shape == (2, 48, 64)
    for number in range(2):
        picture = render(scene(number, "test"), 64, 48)
        np.testing.assert_array_equal(small.images[number], picture.image)
        assert small.boxes[number].shape == (len(picture.objects), 4)
        assert small.boxes[number].dtype == np.float32 and small.kinds[number].dtype == np.int64


def test_clear_vehicles_are_large_and_well_seen(tiny_set):
    scenes = street_scenes("train")
    clear = scenes.clear(min_side=10, min_visible=0.5)
    everything = scenes.clear(min_side=0, min_visible=0)
    for number, chosen in enumerate(clear):
        boxes = scenes.boxes[number]
        expected = [
            min(right - left, bottom - top) >= 10 and share >= 0.5
            for (left, top, right, bottom), share in zip(boxes, scenes.visible[number], strict=True)
        ]
        assert chosen.tolist() == expected
        assert everything[number].all() and len(everything[number]) == len(boxes)


def test_a_damaged_file_is_told_with_the_command_that_mends_it(tiny_set, tmp_path, monkeypatch):
    assert_damage_is_told(shipped, street_scenes, tiny_set, tmp_path, monkeypatch)


def test_the_shipped_set_is_asked_for_in_bounds(tiny_set):
    with pytest.raises(ValueError, match=r"no split 'all'\. Choose one of: train, "):
        street_scenes("all")
    for count in (0, -1, 4):
        with pytest.raises(ValueError, match=f"are 3 pictures, asked for {count}"):
            street_scenes("train", count)


@pytest.mark.parametrize("arguments", [["--processes", "0"], ["--count", "0"]])
def test_the_command_refuses_what_makes_no_set(arguments, capsys):
    with pytest.raises(SystemExit):
        make_set.main(arguments)
    assert "at least 1" in capsys.readouterr().err


def test_more_processes_make_the_same_set(tiny, tmp_path):
    make_set.make_set({"validation": 3}, tmp_path, tmp_path / "list.toml", processes=2)
    assert (tmp_path / "validation.npz").read_bytes() == (tiny / "validation.npz").read_bytes()


def test_the_shipped_set_is_what_the_command_makes():
    listed = tomllib.loads(shipped.MANIFEST.read_text(encoding="utf-8"))
    assert {split: entry["scenes"] for split, entry in listed.items()} == make_set.COUNTS
    sizes = [(shipped.FOLDER / f"{split}.npz").stat().st_size for split in SPLITS]
    assert sizes == [entry["bytes"] for entry in listed.values()] and sum(sizes) < 20_000_000


@pytest.mark.parametrize("split", SPLITS)
def test_the_shipped_set_shows_what_the_renderer_draws(split):
    """On any machine: single pixels may differ a little, the picture may not."""
    scenes = street_scenes(split)
    assert len(scenes) == make_set.COUNTS[split]
    for number in (0, 1, len(scenes) - 1):
        picture = render(scene(number, split))
        assert np.abs(scenes.images[number] - picture.image).mean() < 0.03
        assert (scenes.masks[number] == picture.mask).mean() > 0.995
        full = np.array([user.full_box for user in picture.objects]).reshape(-1, 4)
        np.testing.assert_allclose(scenes.full_boxes[number], full, atol=0.01)


def test_the_shipped_labels_fit_the_shipped_masks():
    scenes = street_scenes("validation")
    first = CLASS_NAMES.index(KINDS[0])
    clear = scenes.clear(min_side=8, min_visible=0.999)
    for number in range(len(scenes)):
        chosen = clear[number]
        boxes, kinds = scenes.boxes[number][chosen].astype(int), scenes.kinds[number][chosen]
        for (left, top, right, bottom), kind in zip(boxes, kinds, strict=True):
            inside = scenes.masks[number][top:bottom, left:right] == first + kind
            assert inside.mean() > 0.25
            assert inside[0].any() and inside[-1].any()
            assert inside[:, 0].any() and inside[:, -1].any()


def test_a_picture_is_made_in_little_time():
    render(scene(0))  # fills the caches
    begin = process_time()
    for seed in range(5):
        render(scene(seed))
    # About 0.25 s each; the bound leaves room for a slow machine.
    assert (process_time() - begin) / 5 < 2.5
