"""Zips from Canvas, Moodle and by hand: each student's files are found, no trick gets through."""

import io
import stat
import struct
import warnings
import zipfile
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mini_course import WEEK, Work, build_mini_course

from autograder import archives, intake
from autograder.archives import Archive, ArchiveError, Budget
from autograder.course import Course
from autograder.coursework import load_week
from autograder.intake import IntakeError, find, is_student_name, read

LITTER = {
    "__MACOSX/._arrays.ipynb": b"x",
    ".DS_Store": b"x",
    "ada/.ipynb_checkpoints/x.ipynb": b"x",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return build_mini_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def week(course):
    return load_week(Course(course), WEEK)


@pytest.fixture(scope="module")
def arrays(course):
    return Work(course).fill(double=True).text().encode()


def zipped(members, **options):
    """Return a zip's bytes. A member's name may be a ZipInfo."""
    data = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(data, "w", **options) as archive:
        warnings.simplefilter("ignore")  # a name that is there twice
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def save(tmp_path, members, **options):
    path = tmp_path / "submissions.zip"
    path.write_bytes(zipped(members, **options))
    return path


def graded(path, week):
    """Return what the first notebook of each student came to: its text, or what is wrong."""
    found = {}
    for location in find(path, week.name):
        hand_in = read(location, week)
        notebook = hand_in.notebooks[0] if hand_in.notebooks else None
        good = notebook is not None and notebook.cells is not None
        problem = hand_in.problem or (notebook.problem if notebook else "")
        found[location.student] = "read" if good else problem
    return found


def first_of(path, week, student):
    location = next(x for x in find(path, week.name) if x.student == student)
    return read(location, week).notebooks[0]


# What learning management systems write


def test_canvas_names_late_and_anonymous(tmp_path, week, arrays):
    path = save(
        tmp_path,
        {
            "lovelaceada_12345_67890_arrays.ipynb": arrays,
            "hoppergrace_LATE_12346_67891_arrays.ipynb": arrays,
            "noether2_12347_67892_arrays.ipynb": arrays,
            "anon_Xy9Zq_67893_arrays.ipynb": arrays,
            "LATE_anon_Ab1Cd_67894_arrays.ipynb": arrays,
            "müllerjürgen_12348_67895_arrays.ipynb": arrays,
            "textonly_12349_text.html": b"<p>my answer</p>",
            **LITTER,
        },
    )
    found = graded(path, week)
    assert found == {
        "lovelaceada_12345": "read",
        "hoppergrace_12346": "read",
        "noether2_12347": "read",
        "anon_Xy9Zq": "read",
        "anon_Ab1Cd": "read",
        "müllerjürgen_12348": "read",
        "textonly_12349": "nothing handed in: there is no file",
    }
    places = {x.student: x for x in find(path, week.name)}
    assert (places["hoppergrace_12346"].lms, places["hoppergrace_12346"].lms_id) == (
        "canvas",
        "12346",
    )
    late = first_of(path, week, "hoppergrace_12346")
    assert late.repairs == ("Canvas marks the file as late.",)


def test_canvas_counts_the_latest_of_several_uploads(tmp_path, week, course, arrays):
    newest = Work(course).fill(double="def double(x): return 'newest'").text().encode()
    path = save(
        tmp_path,
        {
            "ada_1_103_arrays-2.ipynb": newest,
            "ada_1_101_arrays.ipynb": arrays,
            "ada_1_102_arrays-1.ipynb": arrays,
            "bob_2_104_arrays-1.ipynb": arrays,
        },
    )
    notebook = first_of(path, week, "ada_1")
    assert any("newest" in cell.text for cell in notebook.cells)
    assert notebook.repairs == (
        "arrays.ipynb was handed in 3 times; the last one, arrays-2.ipynb, counts.",
    )
    assert first_of(path, week, "bob_2").repairs == ("The file was named arrays-1.ipynb.",)


@pytest.mark.parametrize("flat", [False, True])
def test_moodle_folders_and_flat_files(tmp_path, week, arrays, flat):
    end = "_assignsubmission_file_" + ("" if flat else "/")
    path = save(
        tmp_path,
        {
            f"Ada Lovelace_12345{end}arrays.ipynb": arrays,
            f"Anne O'Brien_12346{end}arrays.ipynb": arrays,
            f"Same Name_1{end}arrays.ipynb": arrays,
            f"Same Name_2{end}arrays.ipynb": arrays,
            "Only Text_12347_assignsubmission_onlinetext_/onlinetext.html": b"words",
        },
    )
    assert graded(path, week) == {
        "Ada Lovelace_12345": "read",
        "Anne O_Brien_12346": "read",
        "Same Name_1": "read",
        "Same Name_2": "read",
        "Only Text_12347": "nothing handed in: there is no file",
    }
    assert {(x.lms, x.lms_id) for x in find(path)} >= {("moodle", "12345"), ("moodle", "2")}


@pytest.mark.parametrize(
    "names",
    [
        ["ada/arrays.ipynb", "bob/arrays.ipynb"],
        [f"ada/{WEEK}/arrays.ipynb", f"bob/{WEEK}/arrays.ipynb"],
        ["all/ada/arrays.ipynb", "all/bob/arrays.ipynb"],
        [f"submitted/ada/{WEEK}/arrays.ipynb", f"submitted/bob/{WEEK}/arrays.ipynb"],
        [f"ada/{WEEK}/arrays.ipynb", "bob/my work/arrays.ipynb"],
    ],
)
def test_folders_of_students(tmp_path, week, arrays, names):
    path = save(tmp_path, {name: arrays for name in names} | {"notes.txt": b"ignored"} | LITTER)
    if names[0].startswith(("all", "submitted")):
        path = save(tmp_path, {name: arrays for name in names})
    assert graded(path, week) == {"ada": "read", "bob": "read"}


def test_one_student_with_the_weeks_folder_is_no_folder_around(tmp_path, week, arrays):
    assert graded(save(tmp_path, {f"ada/{WEEK}/arrays.ipynb": arrays}), week) == {"ada": "read"}
    assert graded(save(tmp_path, {"ada/arrays.ipynb": arrays}), week) == {"ada": "read"}


def test_zips_in_the_zip_are_opened_once(tmp_path, week, arrays):
    inner = zipped({"homework/arrays.ipynb": arrays, "homework/data.csv": b"1,2"})
    path = save(
        tmp_path,
        {
            "ada.zip": inner,
            "bob/work.zip": inner,
            "eve_1_2_work.zip": inner,
            "Moo Dle_3_assignsubmission_file_/work.zip": inner,
            "deep.zip": zipped({"work.zip": inner}),
            "broken/work.zip": inner[:-40],
            "loose_first/work.zip": zipped({"arrays.ipynb": b"{}"}),
            "loose_first/arrays.ipynb": arrays,
        },
    )
    found = graded(path, week)
    good = {"ada", "bob", "eve_1", "Moo Dle_3", "loose_first"}
    assert {student for student, said in found.items() if said == "read"} == good
    assert "holds a zip in a zip" in found["deep"]
    assert "work.zip is damaged or no zip file" in found["broken"]
    assert first_of(path, week, "bob").repairs == ("It came in work.zip.",)


def test_zip_in_a_students_folder_on_disk(tmp_path, week, arrays):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "work.zip").write_bytes(zipped({"x/arrays.ipynb": arrays}))
    assert graded(tmp_path, week) == {"ada": "read"}


def test_a_file_that_is_there_twice_is_refused(tmp_path, week, arrays):
    path = save(tmp_path, [("ada/arrays.ipynb", arrays), ("ada/arrays.ipynb", b"{}")])
    assert "could be any of arrays.ipynb, arrays.ipynb: keep one" in graded(path, week)["ada"]


def test_the_weeks_folder_and_the_shallowest_win(tmp_path, week, arrays):
    path = save(
        tmp_path,
        {
            "ada/old/arrays.ipynb": b"{}",
            f"ada/x/{WEEK}/arrays.ipynb": arrays,
            "bob/old/arrays.ipynb": b"{}",
            "bob/arrays.ipynb": arrays,
        },
    )
    assert graded(path, week) == {"ada": "read", "bob": "read"}


# Names


def test_unsafe_paths_are_nobodys_or_refused(tmp_path, week, arrays):
    names = [
        "../evil.ipynb",
        "/etc/evil.ipynb",
        "C:evil.ipynb",
        "ada/../../evil.ipynb",
        "ada/../arrays.ipynb",
        "..\\evil.ipynb",
    ]
    path = save(tmp_path, {**{name: arrays for name in names}, "bob/arrays.ipynb": arrays})
    found = graded(path, week)
    assert found.pop("bob") == "read"
    assert len(found) == len(names) - 1  # two of them are shown alike
    assert set(found.values()) == {
        "refused: has a path that leads out of the zip: make the zip again"
    }
    assert not any(is_student_name(student) for student in found)
    assert not (tmp_path.parent / "evil.ipynb").exists()


def raw_name(data, old, new):
    """Change a name in both places where a zip keeps it, without telling."""
    assert len(old) == len(new) and data.count(old) >= 2
    return data.replace(old, new)


@pytest.mark.parametrize(
    "name", [b"ada/arr\0ys.ipynb", b"ada\\arrays.ipynb", b"../x/arrays.ipy", b"ada/..//..//x.ipy"]
)
def test_tricks_with_names_are_not_read(tmp_path, week, arrays, name):
    plain = b"ada/arrays.ipynb".ljust(len(name), b"x")[: len(name)]
    data = zipped({plain.decode(): arrays, "bob/arrays.ipynb": arrays})
    path = tmp_path / "x.zip"
    path.write_bytes(raw_name(data, plain, name))
    found = graded(path, week)
    assert found.pop("bob") == "read"
    assert "read" not in found.values()


def test_names_that_would_become_the_same_stay_apart(tmp_path, week, arrays):
    names = ["a'b", 'a"b', "a_b", "a\u202eb", "a\nb", "con", "x" * 300, "x" * 301]
    path = save(tmp_path, {f"{name}/arrays.ipynb": arrays for name in names})
    found = find(path, week.name)
    assert len({location.student for location in found}) == len(names)
    assert all(is_student_name(location.student) for location in found)
    assert "a_b" in {location.student for location in found}
    assert set(graded(path, week).values()) == {"read"}


def test_utf8_names_without_their_mark_and_old_names(tmp_path, week, arrays):
    both = zipped({"Zoë/arrays.ipynb": arrays, "bob/arrays.ipynb": arrays})
    unmarked = bytearray(both)
    for place in (both.find(b"PK\x03\x04") + 6, both.find(b"PK\x01\x02") + 8):
        unmarked[place : place + 2] = b"\0\0"
    path = tmp_path / "x.zip"
    path.write_bytes(unmarked)
    assert graded(path, week) == {"Zoë": "read", "bob": "read"}
    path.write_bytes(bytes(unmarked).replace("Zoë".encode(), b"Zo\x89\x89"))  # code page 437
    assert graded(path, week) == {"Zoëë": "read", "bob": "read"}


def test_decomposed_letters_are_composed(tmp_path, week, arrays):
    assert graded(save(tmp_path, {"Zoe\u0308/arrays.ipynb": arrays}), week) == {"Zoë": "read"}


# Kinds of entries


def test_links_and_devices_are_not_read(tmp_path, week, arrays):
    members = [("bob/arrays.ipynb", arrays)]
    for student, kind in [("link", stat.S_IFLNK), ("pipe", stat.S_IFIFO), ("disk", stat.S_IFBLK)]:
        info = zipfile.ZipInfo(f"{student}/arrays.ipynb")
        info.external_attr = (kind | 0o777) << 16
        members.append((info, b"/etc/passwd"))
    found = graded(save(tmp_path, members), week)
    assert found.pop("bob") == "read"
    assert all("is a link or a device" in said for said in found.values()) and len(found) == 3


def with_flag(data, number, flag):
    """Set a flag of the n-th file, in its header and in the list of contents."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        for _ in range(number + 1):
            place = data.index(mark, place + 1)
        changed[place + offset] |= flag
    return bytes(changed)


def test_encrypted_and_damaged_files_cost_their_own_author(tmp_path, week, arrays):
    data = zipped({f"{name}/arrays.ipynb": arrays for name in ("ada", "bob", "eve")})
    data = with_flag(data, 1, 1)
    place = data.rindex(b"PK\x03\x04") + 200  # inside eve's packed notebook
    data = data[:place] + bytes(8) + data[place + 8 :]
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    found = graded(path, week)
    assert found["ada"] == "read"
    assert "arrays.ipynb is encrypted: hand it in without a password" in found["bob"]
    assert "arrays.ipynb is damaged: make the zip again" in found["eve"]
    path.write_bytes(with_flag(zipped({"ada_1_2_arrays.ipynb": arrays}), 0, 1))
    assert "arrays.ipynb is encrypted" in graded(path, week)["ada_1"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packing_is_refused(tmp_path, week, arrays, method):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("ada/arrays.ipynb", arrays)
    assert "is packed in an unusual way" in graded(path, week)["ada"]


# Limits


def test_bomb_is_stopped_early_and_costs_its_author_alone(tmp_path, week, arrays):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("bomb/arrays.ipynb", "w", force_zip64=True) as file:
            for _ in range(100):
                file.write(bytes(2**20))
        archive.writestr("ada/arrays.ipynb", arrays)
    begin = perf_counter()
    found = graded(path, week)
    assert perf_counter() - begin < 5
    assert found["ada"] == "read"
    assert "unpacks to more than 300 times its size" in found["bomb"]


def test_sizes_in_headers_are_not_believed(monkeypatch):
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 1000)
    data = zipped({"x": b"abc" * 1000})
    lying = data.replace(struct.pack("<I", 3000), struct.pack("<I", 10))
    assert lying != data
    for archive in (Archive(data), Archive(lying)):
        with pytest.raises(ArchiveError, match=r"unpacks to more than|is damaged"):
            archive.members[0].read(Budget())


def test_students_files_share_one_budget():
    archive = Archive(zipped({"a": bytes(600), "b": bytes(600)}))
    budget = Budget(1000)
    assert len(archive.members[0].read(budget)) == 600
    with pytest.raises(ArchiveError, match="the student's other files"):
        archive.members[1].read(budget)


def test_numbers_of_files_are_limited(tmp_path, week, arrays, monkeypatch):
    monkeypatch.setattr(archives, "MAX_STUDENT_MEMBERS", 3)
    many = {f"bob/{number}.txt": b"" for number in range(4)}
    found = graded(save(tmp_path, {**many, "ada/arrays.ipynb": arrays}), week)
    assert found == {"ada": "read", "bob": "refused: more than 3 files"}
    monkeypatch.setattr(archives, "MAX_MEMBERS", 4)
    with pytest.raises(IntakeError, match="holds more than 4 files"):
        find(tmp_path / "submissions.zip")


def test_overlapping_files_do_not_multiply(tmp_path):
    """Two records that share one packed file: the trick of bombs that nest nothing."""
    data = zipped({"ada": b"x" * 100})
    begin = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    record = data[begin:end]
    tail = bytearray(data[end:])
    tail[8:12] = struct.pack("<HH", 2, 2)
    tail[12:16] = struct.pack("<I", 2 * len(record))
    archive = Archive(data[:begin] + record * 2 + bytes(tail))
    budget = Budget(150)
    with pytest.raises(ArchiveError):
        for member in archive.members:
            member.read(budget)


# Zips that are of no use


def test_useless_zips_say_what_to_do(tmp_path, arrays):
    with pytest.raises(IntakeError, match="holds no student's file"):
        find(save(tmp_path, {"readme.txt": b"hello"}))
    path = tmp_path / "no.zip"
    path.write_bytes(b"no zip at all")
    with pytest.raises(IntakeError, match="there is no folder and no zip"):
        find(path)
    loose = find(save(tmp_path, {"arrays.ipynb": arrays}))
    assert [x.problem for x in loose] == [
        "refused: lies loose in the zip: its name says no student"
    ]
    assert not is_student_name(loose[0].student)


@settings(
    max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_changed_zips_end_in_sentences(tmp_path, week, arrays, data):
    inner = zipped({"x/arrays.ipynb": arrays[:500]})
    good = zipped({"ada/arrays.ipynb": arrays[:2000], "bob_1_2_x.zip": inner})
    changed = bytearray(good)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(
            st.integers(0, len(good) - 1) | st.integers(len(good) - 300, len(good) - 1)
        )
        changed[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "x.zip"
    path.write_bytes(changed[: data.draw(st.just(len(good)) | st.integers(0, len(good)))])
    try:
        locations = find(path, WEEK)
    except IntakeError:
        return
    for location in locations:
        hand_in = read(location, week)
        assert hand_in.problem or len(hand_in.notebooks) == 2


@settings(max_examples=100, deadline=2000)
@given(names=st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=6, unique=True))
def test_any_names_give_students_with_good_names(names):
    try:
        data = zipped([(f"{name}/x.ipynb", b"{}") for name in names])
    except (ValueError, IndexError):  # Python writes no zip with such a name
        return
    found = archives.students(Archive(data))
    assert sum(len(student.uploads) for student in found) <= len(names)
    for student in found:
        assert is_student_name(intake._student_name(student.name))


@pytest.mark.parametrize(
    "name", ["1" * 900, "1_" * 450, "_late" * 180, "a_1_assignsubmission" * 45]
)
def test_long_names_take_no_time(name):
    archive = Archive(zipped({f"{name}{end}": b"" for end in ("", ".ipynb", "-1.ipynb", ".zip")}))
    begin = perf_counter()
    archives.students(archive)
    assert perf_counter() - begin < 1
