"""Named checks that tell a learner at once what is wrong and where to look.

A check cell makes one :class:`Checks`, holds one ``with`` block per property, and ends with
``checks.report()``::

    checks = Checks("conv_forward")
    with checks("the output's height and width follow (n + 2p - f) // s + 1", hint="..."):
        assert_shape(conv_forward(x, kernels, bias), (2, 3, 5, 4))
    ### BEGIN HIDDEN TESTS
    with checks.hidden("a random batch agrees with the definition", hint="..."):
        ...
    ### END HIDDEN TESTS
    checks.report()

The same cell runs in a learner's notebook and where hand-ins are graded. There a learner's
function may live in another process; so a check calls it with plain values, compares what comes
back, and never looks at how it is written.
"""

from __future__ import annotations

import copy
import dis
import os
import sys
import types
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from html import escape
from typing import Any

import numpy as np

MIME = "application/vnd.convnet-course.checks+json"


class Outcome(StrEnum):
    """How a check ended, seen from the notebook it runs in."""

    PASSED = "passed"
    FAILED = "failed"  # the property does not hold
    ERROR = "error"  # the learner's code raised
    MISSING = "missing"  # the exercise is still to be done
    # These three come up only where hand-ins are graded, which sets the limits.
    TIMEOUT = "timeout"  # a time limit was reached
    MEMORY = "memory"  # a memory limit was reached
    KILLED = "killed"  # the learner's process ended by itself


@dataclass(frozen=True)
class CheckResult:
    """What one named check found.

    Attributes:
        name: The property, in words.
        outcome: How the check ended.
        message: What is wrong; empty when it passed, and for a hidden check.
        hint: Where to look; shown when the check did not pass.
        weight: Its share of the exercise's points, relative to the other checks.
        hidden: Whether it runs only where hand-ins are graded.
    """

    name: str
    outcome: Outcome
    message: str
    hint: str
    weight: float
    hidden: bool


@dataclass(frozen=True)
class Report:
    """All checks of one exercise and the points they give."""

    exercise: str
    points: float
    earned: float
    checks: tuple[CheckResult, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for the notebook's output."""
        return asdict(self)


@dataclass(frozen=True)
class Score:
    """The points of an exercise, in the form that nbgrader reads: a bare number."""

    earned: float
    points: float

    def __repr__(self) -> str:
        return f"{self.earned:g}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        words = f"{self.earned:g} of {self.points:g} points"
        return {"text/plain": repr(self), "text/html": f"<p><strong>{words}</strong></p>"}


class ChecksFailed(AssertionError):
    """Raised by :meth:`Checks.report` for nbgrader's Validate button, which shows errors only."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks the exception first: no traceback into the checks.
        return str(self).splitlines()


class ForbiddenImport(AssertionError):
    """Raised by :func:`forbid_imports`. It costs all points of the exercise.

    Where hand-ins are graded the package is not there to import, so nothing works there: a learner
    must not see points that she will not get.
    """


class _Check:
    """One ``with`` block: turns whatever happens inside into a :class:`CheckResult`."""

    def __init__(self, checks: Checks, name: str, hint: str, weight: float, hidden: bool) -> None:
        self._checks, self._name, self._hint = checks, name, hint
        self._weight, self._hidden = weight, hidden

    def __enter__(self) -> None:
        self._checks._open(self._name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> bool:
        if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
            return False
        if isinstance(error, ForbiddenImport):
            self._checks._forbidden = True
        outcome, message = _describe(error, self._checks.exercise)
        if self._hidden and outcome in (Outcome.FAILED, Outcome.ERROR):
            # The message may quote a value that the hidden check expects or passes in.
            message = ""
        elif self._hidden and isinstance(error, NotImplementedError):
            # So may the text of this one, when the learner wrote it.
            message = f"Exercise {self._checks.exercise} is still to be done."
        self._checks._close(
            CheckResult(self._name, outcome, message, self._hint, self._weight, self._hidden)
        )
        return True


class Checks:
    """The checks of one exercise.

    Args:
        exercise: The exercise's id, as in its cell's header.
        points: What the exercise is worth. The builder fills it in.
        hidden: How many more checks run when the exercise is graded. The builder fills it in.

    Raises:
        ValueError: If ``points`` is not positive.

    Example:
        >>> checks = Checks("double")
        >>> with checks("twice two is four"):
        ...     assert 2 * 2 == 4
        >>> checks.results[0].outcome
        <Outcome.PASSED: 'passed'>
    """

    def __init__(self, exercise: str, points: float = 1, hidden: int = 0) -> None:
        if points <= 0:
            raise ValueError(f"Checks({exercise!r}) needs points above 0, got {points}.")
        self.exercise = exercise
        self.points = points
        self.results: list[CheckResult] = []
        self._hidden = hidden
        self._current: str | None = None
        self._forbidden = False
        seed = os.environ.get("COURSE_CHECKS_SEED", "0")
        #: A generator for random cases. Its seed is fixed per exercise; a grader sets another.
        self.rng = np.random.default_rng(zlib.crc32(f"{exercise}/{seed}".encode()))

    def __call__(self, name: str, *, hint: str = "", weight: float = 1.0) -> _Check:
        """Open a check that everybody sees.

        Args:
            name: The property that must hold, in words.
            hint: Where to look when it does not hold. Never the answer.
            weight: Its share of the points, relative to the other checks of the exercise.

        Returns:
            A context manager; the property fails when its block raises.

        Raises:
            ValueError: If the name is taken or empty, or the weight is not positive.
        """
        return self._make(name, hint, weight, hidden=False)

    def hidden(self, name: str, *, hint: str = "", weight: float = 1.0) -> _Check:
        """Open a check that runs only where hand-ins are graded.

        Its name and hint are shown to the learner; its message is not, since that may quote what
        the check expects. Arguments, return value and errors are those of ``checks(...)``.
        """
        return self._make(name, hint, weight, hidden=True)

    def report(self) -> Score:
        """Show the table of checks and return the points.

        Returns:
            The score, whose text form is the number of points: nbgrader reads it as partial
            credit. Every check gives its share; an exercise without any check gives nothing.

        Raises:
            ChecksFailed: Where nbgrader validates, if a check did not pass: its button shows
                errors and nothing else.
        """
        report = self.summary()
        _display(report, self._waiting())
        if report.earned < report.points and os.environ.get("NBGRADER_VALIDATING"):
            raise ChecksFailed(as_text(report, self._waiting()))
        return Score(report.earned, report.points)

    def summary(self) -> Report:
        """Return what the checks have found so far, without showing it."""
        total = sum(result.weight for result in self.results)
        passed = sum(r.weight for r in self.results if r.outcome is Outcome.PASSED)
        share = passed / total if total else 0.0
        earned = self.points if total and passed == total else round(self.points * share, 2)
        earned = 0.0 if self._forbidden else earned
        return Report(self.exercise, self.points, earned, tuple(self.results))

    def _make(self, name: str, hint: str, weight: float, *, hidden: bool) -> _Check:
        if not name.strip():
            raise ValueError("A check needs a name: the property that must hold.")
        if weight <= 0:
            raise ValueError(f"The check {name!r} needs a weight above 0, got {weight}.")
        if any(result.name == name for result in self.results):
            raise ValueError(f"Two checks of {self.exercise!r} have the same name: {name!r}.")
        return _Check(self, name, hint, weight, hidden)

    def _open(self, name: str) -> None:
        if self._current is not None:
            raise RuntimeError(f"The check {name!r} stands inside the check {self._current!r}.")
        self._current = name

    def _close(self, result: CheckResult) -> None:
        self._current = None
        self.results.append(result)

    def _waiting(self) -> int:
        """Count the hidden checks that have not run here."""
        return max(0, self._hidden - sum(result.hidden for result in self.results))


# What went wrong, in words -----------------------------------------------------------------------


def _describe(error: BaseException | None, exercise: str) -> tuple[Outcome, str]:
    """Turn what a check's block raised into an outcome and a message for the learner.

    An exception may bring both itself, as ``check_outcome`` and ``check_message``: those that stand
    for something in another process do.
    """
    if error is None:
        return Outcome.PASSED, ""
    told = getattr(error, "check_outcome", None)
    if told is not None:
        # Whatever it says, what raises has not passed.
        outcome = Outcome.ERROR if told == Outcome.PASSED else Outcome(told)
        return outcome, getattr(error, "check_message", "") or _first_line(error)
    if isinstance(error, NotImplementedError):
        return Outcome.MISSING, str(error) or f"Exercise {exercise} is still to be done."
    if isinstance(error, NameError) and _raised_in_check(error):
        return (
            Outcome.MISSING,
            f"`{error.name}` is not defined: fill in the exercise's cell and run it first.",
        )
    if isinstance(error, AssertionError) and _raised_in_check(error):
        return Outcome.FAILED, str(error) or "The property does not hold."
    where = _learners_line(error)
    return Outcome.ERROR, f"{type(error).__name__}{where}: {_first_line(error)}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    text = lines[0] if lines else "no message"
    return text if len(text) <= 300 else text[:297] + "…"


def _frames(error: BaseException) -> list[tuple[types.CodeType, int]]:
    frames, traceback = [], error.__traceback__
    while traceback is not None:
        frames.append((traceback.tb_frame.f_code, traceback.tb_lineno))
        traceback = traceback.tb_next
    return frames


def _raised_in_check(error: BaseException) -> bool:
    """Tell whether the check's own code raised, or a helper of this module on its behalf."""
    own = {frames_code.co_filename for frames_code, _ in _frames(error)[:1]} | {__file__}
    return all(code.co_filename in own for code, _ in _frames(error))


def _learners_line(error: BaseException) -> str:
    """Say which line of the learner's cell raised, if one did."""
    frames = _frames(error)
    if not frames:
        return ""
    check_cell = frames[0][0].co_filename
    for code, line in reversed(frames[1:]):
        filename = code.co_filename
        in_a_cell = "ipykernel_" in filename or filename.startswith("<ipython-input")
        if in_a_cell and filename != check_cell:
            return f" in line {line} of the cell that defines `{code.co_name}`"
    return ""


# Showing a report --------------------------------------------------------------------------------

_SIGNS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.ERROR: "✗",
    Outcome.MISSING: "○",
    Outcome.TIMEOUT: "✗",
    Outcome.MEMORY: "✗",
    Outcome.KILLED: "✗",
}


def as_text(report: Report, waiting: int = 0) -> str:
    """Lay a report out as lines of text.

    Args:
        report: The report.
        waiting: How many hidden checks have not run.

    Returns:
        A headline, then a line per check with its message and hint below it.
    """
    lines = [_headline(report)]
    for result in report.checks:
        lines.append(f"  {_SIGNS[result.outcome]} {result.name}")
        if result.outcome is not Outcome.PASSED:
            if result.message:
                lines.append(f"      {result.message}")
            if result.hint:
                lines.append(f"      Hint: {result.hint}")
    if waiting:
        lines.append(_waiting_line(waiting))
    return "\n".join(lines)


def as_html(report: Report, waiting: int = 0) -> str:
    """Lay a report out as a small HTML table. Arguments as in :func:`as_text`.

    Signs and words tell the outcome, colour only repeats it. All text is escaped.
    """
    rows = "".join(_row(result) for result in report.checks)
    foot = f"<p>{escape(_waiting_line(waiting))}</p>" if waiting else ""
    return (
        "<div class='course-checks'>"
        f"<p><strong>{escape(_headline(report))}</strong></p>"
        "<table><thead><tr><th></th><th style='text-align:left'>Check</th>"
        "<th style='text-align:left'>What to do</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{foot}</div>"
    )


def _headline(report: Report) -> str:
    passed = sum(result.outcome is Outcome.PASSED for result in report.checks)
    return (
        f"{report.exercise}: {passed} of {len(report.checks)} checks passed, "
        f"{report.earned:g} of {report.points:g} points"
    )


def _waiting_line(waiting: int) -> str:
    return f"{waiting} more {'check' if waiting == 1 else 'checks'} will run when it is graded."


def _row(result: CheckResult) -> str:
    colour = {"✓": "#00674B", "✗": "#A63F00", "○": "#555555"}[_SIGNS[result.outcome]]
    advice = ""
    if result.outcome is not Outcome.PASSED:
        advice = escape(result.message)
        if result.hint:
            advice += ("<br>" if advice else "") + f"<em>Hint: {escape(result.hint)}</em>"
    return (
        f"<tr><td style='color:{colour}' title='{result.outcome}'>{_SIGNS[result.outcome]}</td>"
        f"<td style='text-align:left'>{escape(result.name)}</td>"
        f"<td style='text-align:left'>{advice}</td></tr>"
    )


def _display(report: Report, waiting: int) -> None:
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        bundle = {
            "text/plain": as_text(report, waiting),
            "text/html": as_html(report, waiting),
            MIME: report.to_dict(),
        }
        sys.modules["IPython"].display.display(bundle, raw=True)
    else:
        print(as_text(report, waiting))


# Helpers for those who write checks --------------------------------------------------------------


def assert_shape(actual: Any, shape: Sequence[int], what: str = "the result") -> None:
    """Assert that ``actual`` is an array of the given shape.

    Args:
        actual: What the learner's function returned.
        shape: The shape it must have.
        what: What it is called in the message.

    Raises:
        AssertionError: With both shapes in its message.
    """
    _assert_array(actual, what)
    _assert_same_shape(tuple(np.shape(actual)), tuple(shape), what)


def _assert_same_shape(got: tuple[int, ...], shape: tuple[int, ...], what: str) -> None:
    if got == shape:
        return
    message = f"{what} should have shape {shape}, got {got}"
    if sorted(got) == sorted(shape):
        message += ": the axes are in another order"
    raise AssertionError(message)


def assert_close(
    actual: Any,
    expected: Any,
    what: str = "the result",
    *,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> None:
    """Assert that two arrays or numbers agree in shape and in every entry.

    Args:
        actual: What the learner's function returned: an array or a number.
        expected: What it must be.
        what: What it is called in the message.
        rtol: Relative tolerance.
        atol: Absolute tolerance.

    Raises:
        AssertionError: With the number of wrong entries and the first of them in its message,
            never a whole array.
    """
    expected = np.asarray(expected)
    _assert_array(actual, what, number=expected.ndim == 0)
    values = np.asarray(actual)
    _assert_same_shape(values.shape, expected.shape, what)
    finite = np.isfinite(values) | ~np.isfinite(expected)
    if not finite.all():
        where = _place(~finite)
        raise AssertionError(f"{what} is not a finite number{where}")
    wrong = ~np.isclose(values, expected, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    pair = f"got {_number(values[index])}, expected {_number(expected[index])}"
    if expected.ndim == 0:
        raise AssertionError(f"{what} is wrong: {pair}")
    count = int(wrong.sum())
    raise AssertionError(
        f"{what} is wrong in {count} of {expected.size} entries; "
        f"the first is{_place(wrong)}: {pair}"
    )


def call_unchanged(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call ``function`` and assert that it left its arguments as they were.

    Where hand-ins are graded, a function in another process gets copies anyway. It then says by
    its method ``call_and_return_arguments`` what has become of them there.

    Args:
        function: The learner's function.
        *args: Its arguments.
        **kwargs: Its keyword arguments.

    Returns:
        What the function returned.

    Raises:
        AssertionError: Naming the argument that was changed in place.
    """
    remote = getattr(function, "call_and_return_arguments", None)
    if remote is not None:
        result, sent_args, sent_kwargs = remote(args, kwargs)
    else:
        sent_args, sent_kwargs = copy.deepcopy(args), copy.deepcopy(kwargs)
        result = function(*sent_args, **sent_kwargs)
    pairs = [
        (f"number {i + 1}", a, b) for i, (a, b) in enumerate(zip(args, sent_args, strict=True))
    ]
    pairs += [(f"`{name}`", value, sent_kwargs[name]) for name, value in kwargs.items()]
    for name, before, after in pairs:
        if not _same(before, after):
            raise AssertionError(
                f"the function changed its argument {name} in place: work on a copy, the caller "
                "may still need it"
            )
    return result


def numeric_gradient(
    function: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    upstream: np.ndarray | float,
    step: float = 1e-5,
) -> np.ndarray:
    """Differentiate ``sum(function(x) * upstream)`` by ``x`` with central differences.

    Each entry costs two calls: keep ``x`` small. Near a kink (a tie in max pooling) the result is
    meaningless: draw values that lie further apart than ``step``.

    Args:
        function: Takes an array of ``x``'s shape and returns an array of ``upstream``'s.
        x: Where to differentiate, any shape; float64 is used whatever its dtype.
        upstream: The gradient that flows in from above, of the shape of the function's result.
        step: Half the distance between the two evaluations.

    Returns:
        The gradient, float64, of ``x``'s shape.

    Raises:
        AssertionError: If the function's result has another shape than ``upstream``.
    """
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        difference = np.asarray(function(above)) - np.asarray(function(below))
        if difference.shape != np.shape(upstream):
            raise AssertionError(
                f"the function returned shape {difference.shape} where {np.shape(upstream)} was due"
            )
        gradient[index] = np.sum(difference * upstream) / (2 * step)
    return gradient


@dataclass(frozen=True)
class ConvolutionCase:
    """A random convolution whose images and kernels are rectangular.

    Attributes:
        x: Images, float64 of shape ``(N, H, W, C)``.
        kernels: float64 of shape ``(FH, FW, C, K)``.
        bias: float64 of shape ``(K,)``.
        stride: Step of the window, in pixels.
        padding: Zeros added on each side, in pixels.
    """

    x: np.ndarray = field(repr=False)
    kernels: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)
    stride: int
    padding: int

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        """Shape ``(N, H', W', K)`` of the convolution's output."""
        n, h, w, _ = self.x.shape
        fh, fw, _, k = self.kernels.shape
        rows = (h + 2 * self.padding - fh) // self.stride + 1
        columns = (w + 2 * self.padding - fw) // self.stride + 1
        return n, rows, columns, k


def rectangular_cases(rng: np.random.Generator, count: int) -> Iterator[ConvolutionCase]:
    """Draw small convolutions that tell height from width and each option from the next.

    Height differs from width in images and in kernels; the batch, the channels in and out differ
    from one another; strides 1 to 3 and paddings 0 to 2 come in turn, padding 0 with a stride
    over 1 among the first four.

    Args:
        rng: Where the randomness comes from.
        count: How many cases.

    Yields:
        The cases; no image is smaller than its kernel.
    """
    options = [(1, 0), (2, 1), (1, 2), (2, 0), (3, 1), (3, 0), (2, 2), (1, 1), (3, 2)]
    for number in range(count):
        stride, padding = options[number % len(options)]
        fh, fw = rng.permutation([1, 2, 3])[:2]
        h, w = rng.permutation(np.arange(5, 9))[:2]
        n, c, k = rng.permutation([1, 2, 3])
        yield ConvolutionCase(
            x=rng.normal(size=(n, h, w, c)),
            kernels=rng.normal(size=(fh, fw, c, k)),
            bias=rng.normal(size=k),
            stride=stride,
            padding=padding,
        )


def forbid_imports(function: Any, *modules: str) -> None:
    """Assert that a function does not use the given packages.

    Follows the names that the function reads and the functions of the notebook that it calls.
    Where hand-ins are graded, forbidden packages are not installed and the function may be a
    stand-in for one in another process: then there is nothing to look at here.

    Args:
        function: The learner's function.
        *modules: Names of top-level packages, ``"scipy"``.

    Raises:
        ForbiddenImport: Naming the package and the function that uses it.
    """
    seen: set[int] = set()
    waiting = [function]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, types.FunctionType) or id(current) in seen:
            continue
        seen.add(id(current))
        for package, value in _used(current):
            if package in modules:
                raise ForbiddenImport(
                    f"`{current.__name__}` uses {package}: this exercise is to be done without it, "
                    "so it gives no points"
                )
            waiting.append(value)


def _used(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the top-level package of every import and global that a function's code reads."""
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
        for instruction in dis.get_instructions(code):
            if instruction.opname == "IMPORT_NAME":
                yield str(instruction.argval).split(".")[0], None
            elif instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                value = function.__globals__.get(instruction.argval)
                owner = value.__name__ if isinstance(value, types.ModuleType) else None
                owner = owner or getattr(value, "__module__", None) or ""
                yield str(owner).split(".")[0], value


def _assert_array(actual: Any, what: str, *, number: bool = False) -> None:
    if actual is None:
        raise AssertionError(f"{what} is None: does the function end with `return`?")
    if actual is Ellipsis:
        raise AssertionError(f"{what} is `...`: replace the dots by your code")
    wanted = "a number" if number else "an array"
    types_allowed: tuple[type, ...] = (np.ndarray, np.generic)
    if number:
        types_allowed += (int, float)
    if not isinstance(actual, types_allowed):
        raise AssertionError(f"{what} should be {wanted}, got {type(actual).__name__}")
    if np.asarray(actual).dtype.kind not in "biuf":
        raise AssertionError(f"{what} should hold numbers, got dtype {np.asarray(actual).dtype}")


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and before.dtype == after.dtype
            and np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
        )
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[k], after[k]) for k in before)
    # Anything else that the course passes is a number, a string, or has an identity of its own.
    return type(before) is type(after) and (before == after or not np.isscalar(before))


def _place(wrong: np.ndarray) -> str:
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f" at {list(index)}" if index else ""


def _number(value: Any) -> str:
    return f"{value:.6g}" if np.asarray(value).dtype.kind == "f" else str(value)
