"""The repository's own machinery: dependency files, setup script, Makefile, workflows."""

import ast
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def load_setup_script():
    path = ROOT / "tools" / "setup_environment.py"
    spec = importlib.util.spec_from_file_location("setup_environment", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


setup = load_setup_script()


# --- dependencies ---------------------------------------------------------------------------------


def declared(*extras):
    """The project's own requirements: `dependencies` and the named extras."""
    lines = list(PROJECT["dependencies"])
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def read_pins(text):
    """Requirements of a lock file, by canonical name."""
    lines = [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    pins = {}
    for requirement in map(Requirement, lines):
        pins.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return pins


def pinned_version(requirement):
    (specifier,) = requirement.specifier
    assert specifier.operator == "==", f"{requirement} is not pinned"
    return Version(specifier.version)


def lower_bound(requirement):
    return next(Version(s.version) for s in requirement.specifier if s.operator == ">=")


def disagreements(requirements, pins, lowest=False):
    """What a lock file and the declared ranges disagree about, as sentences."""
    found = []
    for requirement in requirements:
        for pin in pins.get(canonicalize_name(requirement.name), []):
            version = pinned_version(pin)
            if version not in requirement.specifier:
                found.append(f"{pin} is outside {requirement}")
            if lowest and version != lower_bound(requirement):
                found.append(f"{pin} is not the lower bound of {requirement}")
        if canonicalize_name(requirement.name) not in pins and applies_here(requirement):
            found.append(f"{requirement} is not pinned")
    return found


def applies_here(requirement):
    """On the platform the lock files are made for: Linux on x86_64."""
    linux = {"sys_platform": "linux", "platform_machine": "x86_64"}
    return requirement.marker is None or requirement.marker.evaluate(linux)


@pytest.mark.parametrize("name, lowest", [("lock.txt", False), ("oldest.txt", True)])
def test_pins_agree_with_the_declared_ranges(name, lowest):
    pins = read_pins((ROOT / "requirements" / name).read_text(encoding="utf-8"))
    assert len(pins) > 100
    assert disagreements(declared("cpu", "dev"), pins, lowest) == []


def test_a_pin_that_disagrees_is_found():
    ranges = [Requirement("numpy>=1.26.0,<3"), Requirement("keras>=3.10.0,<4")]
    assert disagreements(ranges, read_pins("numpy==2.4.6\nkeras==3.15.1")) == []
    assert len(disagreements(ranges, read_pins("numpy==3.0\nkeras==3.15.1"))) == 1
    assert len(disagreements(ranges, read_pins("numpy==2.4.6"))) == 1
    assert len(disagreements(ranges, read_pins("numpy==1.26.0\nkeras==3.11.0"), lowest=True)) == 1


@pytest.mark.parametrize("name", ["lock.txt", "oldest.txt"])
def test_lock_files_name_no_registry_and_no_folder(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert re.findall(r"^.*(?://|file:|--index-url|--find-links| @ |\(/).*$", text, re.M) == []


def test_every_dependency_has_both_bounds():
    for requirement in declared("cpu", "gpu", "dev"):
        operators = {specifier.operator for specifier in requirement.specifier}
        assert operators == {">=", "<"}, f"{requirement}: give a range like >=1.2.0,<2"


def test_exactly_one_tensorflow_applies_to_each_system():
    systems = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")]
    extra = [Requirement(line) for line in PROJECT["optional-dependencies"]["cpu"]]
    for system, machine in systems:
        here = {"sys_platform": system, "platform_machine": machine}
        assert sum(r.marker.evaluate(here) for r in extra) == 1, f"{system} {machine}"
    assert not any("tensorflow" in line for line in PROJECT["dependencies"])


# Keras's other backends: imported only where the learner has chosen one and installed it.
OPTIONAL = {"atheris", "jax", "torch"}


def third_party_imports(path):
    """Top-level modules that a file imports, less the standard library and the project's own."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.split(".")[0])
    own = {
        "utils",
        "autograder",
        "tests",
        "benchmarks",
        "redteam",
        "conftest",
        *(p.stem for p in (ROOT / "tests").glob("*.py")),
    }
    return names - own - OPTIONAL - set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "folder, extras",
    [
        ("utils", ["cpu"]),
        ("autograder", ["cpu"]),
        ("solutions", ["cpu"]),
        ("tests", ["cpu", "dev"]),
    ],
)
def test_what_the_code_imports_is_declared(folder, extras):
    known = {canonicalize_name(requirement.name) for requirement in declared(*extras)}
    packages = importlib.metadata.packages_distributions()
    # Hand-ins, right, wrong and hostile ones, import what they like.
    hand_ins = {"submissions", *(p.parent.name for p in (ROOT / "tests").rglob("attack.toml"))}
    files = [p for p in (ROOT / folder).rglob("*.py") if not hand_ins & set(p.parts)]
    undeclared = set()
    for path in files:
        for module in third_party_imports(path):
            if not known & {canonicalize_name(name) for name in packages.get(module, [])}:
                undeclared.add(f"{path.relative_to(ROOT)} imports {module}")
    assert files, f"no Python file in {folder}"
    assert sorted(undeclared) == []


def test_the_conda_environment_installs_the_package_and_lists_nothing_twice():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    items = re.findall(r"^\s*- (.+?)\s*$", text, re.M)
    assert items[0] == "conda-forge"
    assert items[2:] == ["pip", "pip:", "-e .[cpu]"]
    python = items[1].removeprefix("python=")
    assert python in SpecifierSet(PROJECT["requires-python"])


# --- workflows ------------------------------------------------------------------------------------


def actionlint(*paths):
    program = Path(sysconfig.get_path("scripts")) / "actionlint"
    assert program.exists(), "actionlint is missing: pip install -e '.[dev]'"
    config = ROOT / ".github" / "actionlint.yaml"
    command = [program, "-no-color", "-config-file", config, *paths]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_actionlint_accepts_the_workflows():
    assert [path.name for path in WORKFLOWS] == ["cpu.yml", "gpu.yml"]
    done = actionlint(*WORKFLOWS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ("runs-on: ubuntu-latest", "runs-on: ubuntu-latset", "ubuntu-latset"),
        ("${{ matrix.python }}", "${{ matrix.pythn }}", "pythn"),
        ("    runs-on: ubuntu-latest\n", "", "runs-on"),
        ("contents: read", "contents: rea", "rea"),
    ],
)
def test_actionlint_rejects_a_broken_workflow(tmp_path, old, new, complaint):
    text = (ROOT / ".github/workflows/cpu.yml").read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "broken.yml"
    broken.write_text(text.replace(old, new), encoding="utf-8")
    done = actionlint(broken)
    assert done.returncode == 1
    assert complaint in done.stdout


def test_the_cpu_workflow_tries_every_supported_python_and_both_locks():
    text = (ROOT / ".github/workflows/cpu.yml").read_text(encoding="utf-8")
    tried = set(re.findall(r'"(3\.\d+)"', text))
    classifiers = {c.split()[-1] for c in PROJECT["classifiers"] if "Python :: 3." in c}
    supported = {
        f"3.{n}" for n in range(30) if f"3.{n}" in SpecifierSet(PROJECT["requires-python"])
    }
    assert tried == classifiers == supported
    assert "packages: [lock]" in text and "packages: oldest" in text


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_are_bounded_and_may_only_read(path):
    text = path.read_text(encoding="utf-8")
    assert re.search(r"^permissions:\n  contents: read\n\n", text, re.M)
    assert "concurrency:" in text
    assert text.count("runs-on:") == text.count("timeout-minutes:")
    assert re.findall(r"uses: (\S+)", text) == re.findall(r"uses: (\S+@v\d+)\s", text)


# --- the setup script -----------------------------------------------------------------------------


def test_the_setup_script_is_python_3_8_and_standard_library_only():
    path = ROOT / "tools" / "setup_environment.py"
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    assert third_party_imports(path) == set()


def fake_python(folder, name, version, status=0):
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {version}\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_supported_versions_come_from_the_project_file():
    assert setup.supported_versions(ROOT / "pyproject.toml") == ((3, 11), (3, 14))


@pytest.mark.parametrize(
    "version, status, complaint",
    [
        ("3 8 18", 0, "3.8.18: too old"),
        ("3 14 0", 0, "3.14.0: too new"),
        ("3 12 1", 1, "apt install python3.12-venv"),
        ("nonsense", 0, "does not run"),
    ],
)
def test_an_unsuitable_python_is_named_with_what_to_do(tmp_path, version, status, complaint):
    python = fake_python(tmp_path, "python-x", version, status)
    with pytest.raises(setup.SetupError) as caught:
        setup.find_python(python, (3, 11), (3, 14))
    assert complaint in str(caught.value)
    assert "needs Python 3.11 to 3.13" in str(caught.value)


def test_the_search_passes_over_unsuitable_pythons(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(setup.SetupError, match="none on PATH"):
        setup.find_python("", (3, 11), (3, 14))
    fake_python(tmp_path, "python3", "3 8 18")
    with pytest.raises(setup.SetupError, match=r"python3 3\.8\.18: too old"):
        setup.find_python("", (3, 11), (3, 14))
    fake_python(tmp_path, "python3.12", "3 12 4")
    assert setup.find_python("", (3, 11), (3, 14)) == ("python3.12", (3, 12, 4))


def test_too_little_disk_is_said_with_what_is_free_and_needed(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1_500_000_000)
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda _: usage)
    assert setup.check_disk(tmp_path, 1.5) == 1.5
    with pytest.raises(setup.SetupError, match=r"1\.5 GB are free, 4\.0 GB are needed"):
        setup.check_disk(tmp_path, 4.0)


def test_only_a_folder_that_the_course_made_is_removed(tmp_path):
    setup.remove_old(tmp_path / "absent")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "diary.txt").write_text("dear diary", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(foreign)
    for path in (foreign, link, foreign / "diary.txt"):
        with pytest.raises(setup.SetupError, match="VENV="):
            setup.remove_old(path)
    assert (foreign / "diary.txt").exists()
    (foreign / setup.OURS).touch()
    setup.remove_old(foreign)
    assert not foreign.exists()


def test_the_fingerprint_follows_the_lock_the_project_and_the_place(tmp_path):
    lock, pyproject = tmp_path / "lock.txt", tmp_path / "pyproject.toml"
    lock.write_text("numpy==2.4.6\n", encoding="utf-8")
    tables = '[project]\nname = "course"\n\n[tool.ruff]\nline-length = {}\n'
    pyproject.write_text(tables.format(100), encoding="utf-8")

    def now(venv=tmp_path / "venv"):
        return setup.fingerprint(lock, pyproject, venv)

    first = now()
    pyproject.write_text(tables.format(80), encoding="utf-8")
    assert now() == first, "a lint rule is no reason to install again"
    assert now(tmp_path / "elsewhere") != first
    pyproject.write_text(tables.format(80).replace("course", "other"), encoding="utf-8")
    assert now() != first
    pyproject.write_text(tables.format(80), encoding="utf-8")
    lock.write_text("numpy==2.4.7\n", encoding="utf-8")
    assert now() != first


@pytest.fixture
def installs(monkeypatch):
    """Replace the installation by one that makes an empty environment, and count the calls."""
    calls = []

    def install(python, venv, lock):
        calls.append(python)
        setup.python_of(venv).parent.mkdir(parents=True, exist_ok=True)
        setup.python_of(venv).touch()

    monkeypatch.setattr(setup, "install", install)
    return calls


def test_a_ready_environment_is_made_again_only_when_something_changed(tmp_path, installs):
    lock, venv = tmp_path / "lock.txt", tmp_path / "venv"
    lock.write_text("numpy==2.4.6\n", encoding="utf-8")
    python = fake_python(tmp_path, "python-a", "3 12 4")
    other = fake_python(tmp_path, "python-b", "3 13 0")
    setup.ensure(venv, lock, python)
    setup.ensure(venv, lock, python)
    setup.ensure(venv, lock, "")
    assert installs == [python]
    setup.ensure(venv, lock, other)
    assert installs == [python, other]
    lock.write_text("numpy==2.4.7\n", encoding="utf-8")
    setup.ensure(venv, lock, other)
    assert installs == [python, other, other]


def test_an_interrupted_installation_starts_over(tmp_path, installs, monkeypatch):
    lock, venv = tmp_path / "lock.txt", tmp_path / "venv"
    lock.touch()
    python = fake_python(tmp_path, "python-a", "3 12 4")
    finish = setup.install

    def interrupted(*arguments):
        finish(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(setup, "install", interrupted)
    arguments = ["--venv", str(venv), "--lock", str(lock), "--python", python]
    assert setup.main(arguments) == 130
    monkeypatch.setattr(setup, "install", finish)
    assert setup.main(arguments) == 0
    assert installs == [python, python]


def test_a_lock_that_is_not_there_is_an_error(tmp_path, capsys):
    assert setup.main(["--lock", str(tmp_path / "new.txt"), "--venv", str(tmp_path / "v")]) == 1
    assert "There is no" in capsys.readouterr().err


def test_an_index_out_of_reach_gives_advice_and_no_ready_environment(tmp_path, monkeypatch, capsys):
    """A real environment and a real pip, whose index is a closed port of this machine."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setattr(setup, "NEEDED_GB", 0.05)
    lock, venv = tmp_path / "lock.txt", tmp_path / "venv"
    lock.write_text("absent-package==1.0\n", encoding="utf-8")
    arguments = ["--venv", str(venv), "--lock", str(lock), "--python", sys.executable]
    assert setup.main(arguments) == 1
    said = capsys.readouterr().err
    assert "No package index can be reached" in said
    assert "ERROR: No matching distribution found for absent-package" in said
    assert (venv / setup.OURS).exists()
    assert setup.ready_with(venv) == ("", "")


def test_pip_output_becomes_a_status_line():
    watch = setup.PipWatch(3)
    for line in (
        "Ignoring appnope: markers 'sys_platform == \"darwin\"' don't match your environment\n",
        "Collecting numpy==2.4.6 (from -r lock.txt (line 3))\n",
    ):
        watch.feed(line)
    assert watch.status(0) == "Downloading: 1 of 2 packages (numpy)"
    watch.feed("Processing /wheels/scikit_image-0.26.0-cp311-none-any.whl (from -r lock.txt)\n")
    assert watch.status(0) == "Downloading: 2 of 2 packages (scikit_image)"
    watch.feed("Installing collected packages: numpy, scikit-image\n")
    assert watch.status(1) == "Installing: 1 of 2 packages"


@pytest.mark.parametrize(
    "log, advice",
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED", "PIP_CERT"),
        ("ERROR: No matching distribution found for x==1", "no build for this system"),
        ("course 1.0 requires numpy, which is not installed.", "run make lock"),
        ("course 1.0 has requirement numpy>=2, but you have numpy 1.26.", "run make lock"),
        ("ERROR: something new", "something new"),
        ("", "nothing"),
    ],
)
def test_a_failure_of_pip_is_explained(log, advice):
    assert advice in setup.explain(log, Path("setup.log"))


# --- the Makefile ---------------------------------------------------------------------------------

RUFF = '#!/bin/sh\necho "ruff $*"\nexit $LINT\n'
PYTHON = """#!/bin/sh
echo "first on PATH: ${PATH%%:*}"
case "$*" in
  *--nbval-lax*solutions*) test "$COURSE_QUICK" = 1 && exit $NOTEBOOKS; exit 9;;
  *"pytest tests"*) exit $TESTS;;
esac
exit 9
"""


def make(*arguments, cwd=ROOT, **variables):
    """Run make as a user does, not as the child of the make that runs these tests."""
    environment = {
        k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    }
    environment.update(variables)
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def workshop(tmp_path):
    """The Makefile in a folder, named with a space, whose tools only report their exit status."""
    folder = tmp_path / "my course"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "tools").mkdir()
    (folder / "tools" / "setup_environment.py").write_text("", encoding="utf-8")
    shutil.copy(ROOT / "Makefile", folder)
    for name, text in (("ruff", RUFF), ("python", PYTHON)):
        (folder / ".venv" / "bin" / name).write_text(text, encoding="utf-8")
        (folder / ".venv" / "bin" / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("failing", ["", "lint", "notebooks", "tests"])
def test_make_test_fails_when_any_part_fails(workshop, failing):
    statuses = {part.upper(): str(int(part == failing)) for part in ("lint", "notebooks", "tests")}
    done = make("test", cwd=workshop, **statuses)
    assert (done.returncode != 0) == bool(failing), done.stdout + done.stderr
    last = done.stdout.strip().splitlines()[-1]
    if failing:
        assert last == f"make test: failed: {failing}"
    else:
        assert last == "make test: lint, notebooks and tests passed"
    assert done.stdout.count("first on PATH") == 2, "every part runs"
    assert f"first on PATH: {workshop}/.venv/bin" in done.stdout


def test_make_without_a_target_lists_the_targets():
    done = make()
    assert done.returncode == 0
    for target in ("learn", "grade", "test", "build", "lint", "lock", "clean"):
        assert re.search(rf"^  {target} +\w", done.stdout, re.M), target


def test_make_clean_leaves_a_foreign_environment_alone(workshop):
    assert make("clean", cwd=workshop).returncode == 0
    assert (workshop / ".venv").exists()
    (workshop / ".venv" / setup.OURS).touch()
    assert make("clean", cwd=workshop).returncode == 0
    assert not (workshop / ".venv").exists()


def test_make_says_so_when_there_is_no_python(workshop, tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "make").symlink_to(shutil.which("make"))
    done = make("test", cwd=workshop, PATH=str(tools))
    assert done.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr


def test_continuous_integration_runs_the_readme_test_command():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
