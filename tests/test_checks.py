"""The Checks object and its helpers, as learners, authors and nbgrader meet them."""

import subprocess
import sys

import nbformat
import numpy as np
import pytest

from autograder.execute import client_for, environment
from autograder.reports import reports_in
from utils.checks import (
    Checks,
    ChecksFailed,
    Outcome,
    as_html,
    as_text,
    assert_close,
    assert_shape,
    call_unchanged,
    forbid_imports,
    numeric_gradient,
    rectangular_cases,
)


def learners_function(body, name="answer", **names):
    """Make a function as if a learner had written it in a cell of her notebook."""
    namespace = dict(names)
    text = f"def {name}(*args):\n    {body}\n"
    exec(compile(text, "/tmp/ipykernel_1/123.py", "exec"), namespace)
    return namespace[name]


def outcome_of(function):
    checks = Checks("answer", points=4)
    with checks("the property"):
        function()
    return checks.results[0]


def test_points_follow_the_weights_of_the_checks_that_pass():
    checks = Checks("answer", points=8)
    with checks("one"):
        pass
    with checks("two", weight=2):
        raise AssertionError("no")
    with checks("three"):
        pass
    assert checks.summary().earned == 4


def test_all_passed_gives_exactly_all_points():
    checks = Checks("answer", points=10)
    for name in "abc":
        with checks(name, weight=0.1):
            pass
    assert checks.summary().earned == 10


def test_no_check_gives_no_points():
    assert Checks("answer", points=10).summary().earned == 0


def test_a_stub_is_missing_and_names_the_exercise():
    def stub():
        raise NotImplementedError("Exercise answer is still to be done.")

    result = outcome_of(stub)
    assert result.outcome is Outcome.MISSING
    assert "answer" in result.message


def test_an_undefined_name_is_missing():
    result = outcome_of(lambda: undefined_name)  # noqa: F821
    # The name is missing in the check itself, so the learner has not run her cell.
    assert result.outcome is Outcome.MISSING
    assert "`undefined_name`" in result.message


def test_a_name_error_inside_the_learners_code_is_her_error():
    result = outcome_of(learners_function("return undefined_name"))
    assert result.outcome is Outcome.ERROR
    assert "line 2 of the cell that defines `answer`" in result.message
    assert "undefined_name" in result.message


def test_the_learners_own_assertion_is_an_error_with_its_line():
    result = outcome_of(learners_function("assert False, 'mine'"))
    assert result.outcome is Outcome.ERROR
    assert "line 2" in result.message and "mine" in result.message


def test_a_failed_property_shows_its_message():
    def wrong():
        raise AssertionError("rows and columns are swapped")

    result = outcome_of(wrong)
    assert (result.outcome, result.message) == (Outcome.FAILED, "rows and columns are swapped")


def test_a_hidden_check_keeps_its_message_to_itself():
    checks = Checks("answer")
    with checks.hidden("a secret", hint="look at the border"):
        raise AssertionError("expected 42")
    with checks.hidden("another"):
        learners_function("raise ValueError(f'got {args}')")(42)
    text = as_text(checks.summary()) + as_html(checks.summary())
    assert "42" not in text
    assert "look at the border" in text


def test_an_interrupt_is_not_swallowed():
    checks = Checks("answer")
    with pytest.raises(KeyboardInterrupt), checks("one"):
        raise KeyboardInterrupt


def test_system_exit_in_the_learners_code_fails_its_check_only():
    result = outcome_of(learners_function("raise SystemExit('bye')"))
    assert result.outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda c: Checks("x", points=0), "above 0"),
        (lambda c: c(" "), "needs a name"),
        (lambda c: c("x", weight=0), "weight above 0"),
        (lambda c: c("taken"), "same name"),
    ],
)
def test_an_authors_mistakes_are_told(make, words):
    checks = Checks("answer")
    with checks("taken"):
        pass
    with pytest.raises(ValueError, match=words):
        make(checks)


def test_checks_do_not_nest():
    checks = Checks("answer")
    with checks("outer"), pytest.raises(RuntimeError, match="inside the check"), checks("inner"):
        pass


def test_the_report_says_how_many_checks_wait_for_grading():
    checks = Checks("answer", points=2, hidden=3)
    with checks("one"):
        pass
    assert "3 more checks will run when it is graded" in as_text(checks.summary(), 3)


def test_html_escapes_what_the_learner_wrote():
    checks = Checks("answer")
    with checks("one"):
        raise AssertionError("<script>alert(1)</script>")
    assert "<script>" not in as_html(checks.summary())


def test_validate_gets_an_error_without_traceback(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    checks = Checks("answer")
    with checks("the border counts", hint="look at the last row"):
        raise AssertionError("row 4 is missing")
    with pytest.raises(ChecksFailed) as caught:
        checks.report()
    lines = "\n".join(caught.value._render_traceback_())
    assert "row 4 is missing" in lines and "look at the last row" in lines
    assert "Traceback" not in lines and "checks.py" not in lines


def test_the_seed_of_random_cases_is_fixed_and_a_grader_can_change_it(monkeypatch):
    first = Checks("answer").rng.random()
    assert Checks("answer").rng.random() == first
    assert Checks("other").rng.random() != first
    monkeypatch.setenv("COURSE_CHECKS_SEED", "7")
    assert Checks("answer").rng.random() != first


def run_cells(*sources):
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    with (
        environment(COURSE_QUICK="1"),
        client_for(notebook, ".", allow_errors=True) as client,
    ):
        client.execute()
    return notebook.cells


def test_in_a_notebook_the_report_is_a_table_and_a_number():
    cells = run_cells(
        "from utils.checks import Checks\ndef twice(x):\n    y = x\n    return y / 0",
        "checks = Checks('twice', points=3, hidden=1)\n"
        "with checks('two', hint='think of 2'):\n    assert twice(2) == 4, 'no'\n"
        "with checks('three'):\n    pass\n"
        "checks.report()",
    )
    table, score = cells[1].outputs
    assert score.output_type == "execute_result" and score.data["text/plain"] == "1.5"
    assert "✗" in table.data["text/html"] and "think of 2" in table.data["text/plain"]
    assert "ZeroDivisionError in line 4 of the cell that defines `twice`" in str(table.data)
    [report] = reports_in(cells[1])
    assert (report.exercise, report.points, report.earned) == ("twice", 3, 1.5)
    assert [check.outcome for check in report.checks] == [Outcome.ERROR, Outcome.PASSED]


def test_outside_a_notebook_the_report_is_text():
    code = (
        "from utils.checks import Checks\nchecks = Checks('a', points=2)\n"
        "with checks('one'):\n    pass\nprint(checks.report())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert "a: 1 of 1 checks passed, 2 of 2 points" in done.stdout


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (None, np.zeros(2), "return"),
        (..., np.zeros(2), "replace the dots"),
        ([1, 2], np.zeros(2), "should be an array, got list"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "axes are in another order"),
        (np.zeros(3), np.zeros(2), r"shape \(2,\), got \(3,\)"),
        (np.array([1.0, np.nan]), np.ones(2), r"not a finite number at \[1\]"),
        (np.array([1.0, 2.5]), np.array([1.0, 2.0]), r"1 of 2 .* at \[1\]: got 2.5, expected 2"),
        (np.array(["a"]), np.array([1.0]), "hold numbers"),
        (np.array([object()]), np.array([1.0]), "hold numbers"),
        ("4", 4, "a number, got str"),
        (5, 4, "got 5, expected 4"),
        (np.array([4.0]), 4.0, "shape"),
    ],
)
def test_assert_close_says_what_is_wrong(actual, expected, words):
    with pytest.raises(AssertionError, match=words):
        assert_close(actual, expected, "the result")


def test_assert_close_accepts_what_is_right():
    assert_close(4, 4.0)
    assert_close(np.float32(4), 4)
    assert_close(np.array([1, 2]), np.array([1.0, 2.0]))
    assert_close(np.array([np.inf]), np.array([np.inf]))
    assert_close(np.zeros((0, 3)), np.zeros((0, 3)))


def test_assert_close_never_prints_an_array():
    with pytest.raises(AssertionError) as caught:
        assert_close(np.zeros((40, 40)), np.ones((40, 40)))
    assert len(str(caught.value)) < 120


def test_assert_shape():
    assert_shape(np.zeros((2, 3)), (2, 3))
    with pytest.raises(AssertionError, match="should have shape"):
        assert_shape(np.zeros((2, 3)), (2, 4))


def test_call_unchanged_names_the_argument():
    def spoil(x, *, y):
        y[0] = 9
        return x

    with pytest.raises(AssertionError, match="`y`"):
        call_unchanged(spoil, np.ones(2), y=np.ones(2))

    def spoil_first(x, y):
        x["w"] += 1

    with pytest.raises(AssertionError, match="number 1"):
        call_unchanged(spoil_first, {"w": np.ones(2)}, 3)


def test_call_unchanged_leaves_the_callers_arrays_alone():
    x = np.ones(2)
    with pytest.raises(AssertionError):
        call_unchanged(lambda a: a.fill(0), x)
    assert (x == 1).all()
    assert call_unchanged(lambda a, b: a.sum() + b, x, 1.0) == 3


def test_numeric_gradient_of_a_known_function():
    rng = np.random.default_rng(0)
    x, upstream = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    gradient = numeric_gradient(np.sin, x, upstream)
    np.testing.assert_allclose(gradient, np.cos(x) * upstream, rtol=1e-6)


def test_numeric_gradient_refuses_a_result_of_another_shape():
    with pytest.raises(AssertionError, match="shape"):
        numeric_gradient(lambda x: x.sum(), np.ones(3), np.ones(3))


def test_rectangular_cases_tell_height_from_width():
    cases = list(rectangular_cases(np.random.default_rng(0), 9))
    for case in cases:
        assert case.x.shape[1] != case.x.shape[2]
        assert case.kernels.shape[0] != case.kernels.shape[1]
        assert min(case.output_shape) >= 1
    assert {case.stride for case in cases} == {1, 2, 3}
    assert {case.padding for case in cases} == {0, 1, 2}
    assert any(case.padding == 0 and case.stride > 1 for case in cases[:4])


def test_forbid_imports_finds_a_package_however_it_is_used():
    import scipy.signal

    by_module = learners_function("return scipy.signal.convolve(*args)", scipy=scipy)
    by_name = learners_function("return convolve(*args)", convolve=scipy.signal.convolve)
    by_import = learners_function("from scipy.signal import convolve")
    by_helper = learners_function("return helper(*args)", helper=by_import)
    by_lambda = learners_function("return (lambda: scipy)()", scipy=scipy)
    for function in (by_module, by_name, by_import, by_helper, by_lambda):
        with pytest.raises(AssertionError, match="without it"):
            forbid_imports(function, "scipy")
        forbid_imports(function, "tensorflow")


def test_a_forbidden_import_costs_all_points():
    import scipy

    checks = Checks("answer", points=4)
    with checks("works"):
        pass
    with checks("without scipy"):
        forbid_imports(learners_function("return scipy", scipy=scipy), "scipy")
    assert checks.summary().earned == 0
    assert "gives no points" in checks.results[1].message


def test_forbid_imports_leaves_recursion_and_stand_ins_alone():
    forbid_imports(learners_function("return answer()"), "scipy")
    forbid_imports(object(), "scipy")
