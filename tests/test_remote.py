"""Remote functions and objects: every use is a question, and no answer is believed too much."""

import copy
import sys

import numpy as np
import pytest
from stand_in import StandIn

from autograder import codec, remote
from autograder.codec import Handle
from autograder.remote import (
    AuthorError,
    Link,
    Lost,
    RemoteError,
    RemoteFunction,
    RemoteObject,
    Unavailable,
    Unsendable,
)
from utils.checks import Checks, Outcome, call_unchanged, numeric_gradient


def function(source, name="f"):
    return RemoteFunction(Link("answer", StandIn(source)), name)


def answering(*reply):
    """Return a function whose process answers everything alike."""
    payload = reply[0] if isinstance(reply[0], bytes) else codec.encode(list(reply))
    return RemoteFunction(Link("answer", lambda question: payload), "f")


def result_of(action, *args):
    checks = Checks("answer")
    with checks("the property"):
        action(*args)
    return checks.results[0]


VALUES = [
    None,
    True,
    7,
    2**70,
    2.5,
    "text",
    b"bytes",
    [1, [2]],
    (1, (2, 3)),
    {"a": 1, 2: (3,)},
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.float64(2.5),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_go_there_and_come_back(value):
    result = function("def f(x, *, y):\n    return [x, y]")(value, y=value)
    for item in result:
        assert type(item) is type(value)
        np.testing.assert_equal(item, value)


def test_arguments_are_copies():
    x = np.zeros(2)
    function("def f(x):\n    x += 1")(x)
    assert (x == 0).all()


def test_call_unchanged_sees_what_became_of_the_arguments():
    spoil = function("def f(x, y):\n    y['w'] += 1\n    return x")
    with pytest.raises(AssertionError, match="`y`"):
        call_unchanged(spoil, np.ones(2), y={"w": np.ones(2)})
    assert call_unchanged(function("def f(x, y):\n    return x[0] + y"), [1, 2], y=3) == 4


@pytest.mark.parametrize(
    "after", [None, [], [[1], {}], [[], {}], [[1, 2], {"y": 1}], [(1,), {}], "after"], ids=repr
)
def test_arguments_that_do_not_come_back_fail_the_check(after):
    result = result_of(call_unchanged, answering("value", 1, after), 1, 2)
    assert result.outcome is Outcome.FAILED


def test_helpers_of_the_checks_take_a_remote_function():
    square = function("def f(x):\n    return x ** 2")
    np.testing.assert_allclose(numeric_gradient(square, np.ones(3), np.ones(3)), 2 * np.ones(3))


def test_the_same_name_may_mean_another_function_in_a_later_exercise():
    student = StandIn("def f():\n    return 1")
    student.mark("first")
    student.run("def f():\n    return 2")
    student.mark("second")
    found = [RemoteFunction(Link(name, student), "f")() for name in ("first", "second")]
    assert found == [1, 2]


# Exceptions --------------------------------------------------------------------------------------


def test_a_value_error_is_a_value_error():
    with pytest.raises(ValueError, match="too small"):
        function("def f():\n    raise ValueError('too small')")()


def test_an_error_names_the_line_of_the_learners_cell():
    result = result_of(function("def g():\n    return 1 / 0\n\ndef f():\n    return g()"))
    assert result.outcome is Outcome.ERROR
    assert result.message == (
        "ZeroDivisionError in line 2 of the cell that defines `g`: division by zero"
    )


@pytest.mark.parametrize("name", ["AssertionError", "NameError", "KeyError", "OSError"])
def test_an_exception_of_the_learners_is_her_error_whatever_its_class(name):
    # Raised in a check's own code, the first two would mean something else.
    result = result_of(function(f"def f():\n    raise {name}('mine')"))
    assert result.outcome is Outcome.ERROR
    assert result.message.startswith(f"{name} in line 2") and "mine" in result.message


def test_a_stub_is_missing():
    result = result_of(function("def f():\n    raise NotImplementedError('still to be done')"))
    assert (result.outcome, result.message) == (Outcome.MISSING, "still to be done")


def test_a_hidden_check_shows_no_text_of_the_learners():
    checks = Checks("answer")
    with checks.hidden("a secret"):
        function("def f(x):\n    raise NotImplementedError(f'got {x}')")(4711)
    with checks.hidden("another"):
        function("def f(x):\n    raise ValueError(f'got {x}')")(4711)
    assert [check.outcome for check in checks.results] == [Outcome.MISSING, Outcome.ERROR]
    assert not any("4711" in check.message for check in checks.results)


def test_a_name_that_is_not_there_is_missing():
    result = result_of(function("", name="conv_forward"))
    assert result.outcome is Outcome.MISSING
    assert "`conv_forward` is not defined" in result.message


@pytest.mark.parametrize(
    "name",
    ["StopIteration", "SystemExit", "KeyboardInterrupt", "GeneratorExit", "Mine", "_Check", "x y"],
)
def test_other_exceptions_arrive_as_a_remote_error(name):
    with pytest.raises(Exception, match="boom") as caught:
        answering("raised", name, "boom", None, None)()
    assert type(caught.value) in (RemoteError, Exception)  # and of no class that is caught
    assert caught.value.check_outcome == "error"


def test_no_exception_of_the_learners_ends_a_loop_of_the_check():
    stopping = answering("raised", "StopIteration", "", None, None)
    with pytest.raises(RemoteError):
        all(map(stopping, [1, 2, 3]))


def test_a_class_on_top_of_pythons_own_is_caught_as_that():
    with pytest.raises(ValueError) as caught:
        answering("raised", "AxisError/ValueError", "axis 9", 3, "f")()
    assert caught.value.check_message == (
        "AxisError in line 3 of the cell that defines `f`: axis 9"
    )


@pytest.mark.parametrize("name", sorted(remote._RAISABLE))
def test_every_exception_of_pythons_can_be_raised_again(name):
    with pytest.raises(remote._RAISABLE[name], match="boom"):
        answering("raised", name, "boom", 1, "f")()


def test_the_text_of_an_error_is_cut():
    result = result_of(answering("raised", "ValueError", "x" * 10**6, 10**9, "f" * 1000))
    assert len(result.message) < 400


# Hostile answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        ["passed"],
        ["value"],
        ["value", 1],
        ["value", 1, None, None],
        ["raised", "ValueError"],
        ["raised", 3, "text", None, None],
        ["undefined", 3],
        ["unsendable"],
        [["value"], 1, None],
        [],
    ],
    ids=repr,
)
def test_an_answer_of_another_form_fails_the_check(reply):
    result = result_of(answering(*(reply or [codec.encode([])])))
    assert result.outcome is Outcome.FAILED


@pytest.mark.parametrize("payload", [b"x", b"", b"\0" * 100, codec.encode("value")], ids=repr)
def test_bytes_that_are_no_answer_fail_the_check(payload):
    assert result_of(answering(payload)).outcome is Outcome.FAILED


def test_what_cannot_be_sent_is_told_to_the_learner():
    result = result_of(answering("unsendable", "an array of dtype object cannot be sent"))
    assert result.outcome is Outcome.FAILED and "dtype object" in result.message


def test_a_check_that_raises_never_passes_whatever_the_exception_says():
    error = RemoteError("all fine", "passed")

    def lie():
        raise error

    assert result_of(lie).outcome is Outcome.ERROR


def test_a_lost_process_gives_the_check_its_outcome():
    def transport(question):
        raise Lost("Your code did not return within 20 seconds.", "timeout")

    result = result_of(RemoteFunction(Link("answer", transport), "f"))
    assert result.outcome is Outcome.TIMEOUT
    assert result.message == "Your code did not return within 20 seconds."


def test_a_model_where_none_is_expected_does_not_import_keras(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    result = result_of(answering("value", codec.ModelData("{}", ()), None))
    assert result.outcome is Outcome.FAILED and "Keras model" in result.message
    assert "keras" not in sys.modules


# Objects that stay there -------------------------------------------------------------------------

LIAR = """
import numpy as np
class Liar:
    __class__ = np.ndarray
    shape, dtype, ndim = (2, 2), np.float64, 2
    def __init__(self): self.count = 3
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __bool__(self): return True
    def __hash__(self): return 1
    def __repr__(self): return "array([[1., 2.]])"
    def __array__(self, *args, **kwargs): return np.ones((2, 2))
    def __float__(self): return 1.0
    def __len__(self): return 2
    def __getitem__(self, key): return [10, 20][key]
    def __call__(self, x): return x + 1
    def child(self): return Liar()
def f(): return Liar()
def same(a, b): return a is b
"""


@pytest.fixture
def liar():
    return function(LIAR)()


def test_an_object_is_no_array_whatever_it_says(liar):
    assert isinstance(liar, RemoteObject)
    assert not isinstance(liar, (np.ndarray, list, tuple, dict, int, float, str))
    with pytest.raises(Unsendable, match="not an array"):
        np.asarray(liar)
    with pytest.raises(Unsendable, match="not an array"):
        np.allclose(liar, np.ones((2, 2)))


def test_an_object_is_equal_to_nothing_but_itself(liar):
    assert liar == liar and liar != function(LIAR)()
    for other in (1, "x", None, [10, 20], np.float64(1)):
        assert not liar == other  # noqa: SIM201
    assert not np.any(np.ones(2) == liar)
    assert hash(liar) != 1
    assert repr(liar) == "<Liar object>"


@pytest.mark.parametrize(
    "use",
    [
        lambda x: bool(x),
        lambda x: not x,
        lambda x: float(x),
        lambda x: int(x),
        lambda x: x < 1,
        lambda x: x + 1,
        lambda x: np.ones(2) + x,
        lambda x: np.sum(x),
        lambda x: np.isclose(x, 1),
        lambda x: x._private,
        lambda x: x.__wrapped__,
        lambda x: setattr(x, "count", 4),
    ],
)
def test_what_an_object_cannot_do_raises(liar, use):
    # assert_shape and its like look at the type first; this is for checks that do not.
    with pytest.raises((TypeError, AttributeError, Unsendable)):
        use(liar)


def test_an_object_can_be_used_where_it_is(liar):
    assert liar.count == 3 and liar.shape == (2, 2)
    assert (len(liar), liar[1], liar(4)) == (2, 20, 5)
    assert liar.child().child().count == 3
    with pytest.raises(AttributeError, match="colour"):
        _ = liar.colour
    with pytest.raises(IndexError):
        _ = liar[9]


def test_an_object_can_be_handed_back():
    student = StandIn(LIAR)
    link = Link("answer", student)
    first = RemoteFunction(link, "f")()
    assert RemoteFunction(link, "same")(first, first) is True
    assert RemoteFunction(link, "same")(first, RemoteFunction(link, "f")()) is False
    assert copy.deepcopy(first) is first


def test_messages_name_the_type_of_an_object():
    checks = Checks("answer")
    with checks("a dictionary"):
        result = function(LIAR)()
        assert isinstance(result, dict), f"a dictionary is due, got {type(result).__name__}"
    assert checks.results[0].message.startswith("a dictionary is due, got Liar")


@pytest.mark.parametrize("name", ["<script>", "a" * 99, "", "x y"])
def test_a_type_name_that_is_none_is_not_shown(name):
    result = answering("value", Handle(0, name), None)()
    assert type(result).__name__ in ("RemoteObject", "object")


def test_a_generator_is_gone_through_item_by_item():
    counting = function("def f(n):\n    for i in range(n):\n        yield i * i")
    assert list(counting(4)) == [0, 1, 4, 9]
    endless = function("import itertools\ndef f():\n    return itertools.count()")()
    assert [next(endless) for _ in range(3)] == [0, 1, 2]


def test_an_object_that_is_not_iterable_says_so():
    with pytest.raises(TypeError, match="not iterable"):
        list(function("class A: pass\ndef f(): return A()")())


@pytest.mark.parametrize("length", [-1, 2**40, 1.5, "2", None])
def test_an_impossible_length_is_refused(length):
    objects = RemoteObject(
        Link("answer", lambda question: codec.encode(["value", length, None])), Handle(0, "A")
    )
    with pytest.raises(Unsendable):
        len(objects)


def test_many_types_do_not_make_many_classes():
    numbers = iter(range(10**6))

    def transport(question):
        return codec.encode(["value", Handle(0, f"Type{next(numbers)}"), None])

    call = RemoteFunction(Link("answer", transport), "f")
    kinds = {type(call()) for _ in range(300)}
    assert len(kinds) <= 101


# What a check cannot send ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        lambda x: x,
        np.sin,
        {1, 2},
        iter([1]),
        object(),
        np.array([object()]),
        function("def f(): pass"),
        Checks("answer"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_no_check_can_send_is_the_authors_mistake(value):
    student = StandIn("def f(x):\n    return 1")
    call = RemoteFunction(Link("answer", student), "f")
    with pytest.raises(AuthorError, match="authors"):
        call(value)
    with pytest.raises(AuthorError):
        call_unchanged(call, [value])
    assert student.asked == []


def test_a_value_that_could_not_be_had_raises_why_wherever_it_is_used():
    value = Unavailable(Unsendable("too large"))
    for use in (bool, len, iter, float, np.asarray, str.lower, lambda v: v == 1, lambda v: v.shape):
        with pytest.raises((Unsendable, TypeError)):
            use(value)
