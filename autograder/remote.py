"""Stands for the learner's names where checks run: each use is a question to her process.

A check cell says ``conv_forward(x, kernels, bias)`` and neither knows nor cares that the function
lives elsewhere: arguments go there by value, the result comes back by value, and an exception is
raised here as if the function had raised it. What comes back is plain data, arrays and rebuilt
Keras models. Anything else stays there; here it is a :class:`RemoteObject`, which can be called,
indexed, and asked for attributes, and which is equal to nothing but itself.

What the other process answers is a stranger's word. It is read strictly, and it never decides by
itself that a check has passed.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder import codec
from autograder.codec import CodecError, Handle, ModelData

MAX_TEXT = 300  # characters of an exception's text that are shown

Transport = Callable[[bytes], bytes]

_IDENTIFIER = re.compile(r"[^\W\d]\w{0,59}")
_FUNCTION = re.compile(r"<?\w{1,60}>?")


class RemoteError(Exception):
    """Something that the learner's process answered, or did not; a check that meets it fails.

    Args:
        message: What the learner reads.
        outcome: The check's outcome, one of those of :class:`utils.checks.Outcome`.
    """

    def __init__(self, message: str, outcome: str = "error") -> None:
        super().__init__(message)
        self.check_outcome = outcome
        self.check_message = message


class Unsendable(RemoteError):
    """The learner's value cannot be sent, or what was sent is no value."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "failed")


class Lost(RemoteError):
    """The learner's process is gone, for the reason that the outcome says."""


class AuthorError(RemoteError):
    """The check does what no check can do across two processes: the course has to be mended."""

    def __init__(self, message: str) -> None:
        super().__init__(f"This check cannot run ({message}). Please tell the course's authors.")


class Undefined(NotImplementedError):
    """The learner's notebook has no such name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{_word(name, 'the name')}` is not defined: fill in the exercise's cell and run it "
            "first."
        )
        self.check_outcome = "missing"


class Link:
    """Asks the learner's process on behalf of one exercise's checks.

    Args:
        exercise: Its id. It decides which of two functions of the same name is meant, when a
            later cell defines it once more.
        transport: Takes a question to the other process and brings the answer back; both are
            payloads of :mod:`autograder.codec`. Raises :class:`Lost`.
    """

    def __init__(self, exercise: str, transport: Transport) -> None:
        self.exercise = exercise
        self._transport = transport
        self._types: dict[str, type[RemoteObject]] = {}

    def call(self, target: str | Handle, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a function or object there and return its result."""
        return self._ask("call", target, args, kwargs)[0]

    def call_and_return_arguments(
        self, target: str | Handle, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
        """Call a function there; return its result, and the arguments as they are afterwards."""
        result, after = self._ask("call", target, args, kwargs, want_arguments=True)
        if (
            type(after) is not list
            or len(after) != 2
            or type(after[0]) is not list
            or type(after[1]) is not dict
            or len(after[0]) != len(args)
            or after[1].keys() != kwargs.keys()
        ):
            raise Unsendable("The arguments did not come back from the learner's process.")
        return result, tuple(after[0]), after[1]

    def get(self, name: str) -> Any:
        """Return the value of a name of the learner's notebook."""
        return self._ask("get", name)[0]

    def use(self, verb: str, handle: Handle, *args: Any) -> Any:
        """Do something else with an object there: its attribute, item, length or iterator."""
        return self._ask(verb, handle, args)[0]

    def _ask(
        self,
        verb: str,
        target: str | Handle,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        want_arguments: bool = False,
    ) -> tuple[Any, Any]:
        question = [
            *("ask", self.exercise, verb, target),
            *(list(args), dict(kwargs or {}), want_arguments),
        ]
        try:
            payload = codec.encode(question, _outgoing)
        except CodecError as error:
            raise AuthorError(str(error)) from None
        answer = self._transport(payload)
        try:
            reply = codec.decode(answer, self._incoming)
        except CodecError as error:
            raise Unsendable(_sentence(str(error))) from None
        return self._read(reply)

    def _read(self, reply: Any) -> tuple[Any, Any]:
        """Return a reply's value and arguments, or raise what it tells."""
        tag = reply[0] if type(reply) is list and reply else None
        if tag == "value" and len(reply) == 3:
            return reply[1], reply[2]
        if tag == "raised" and len(reply) == 5 and all(type(r) is str for r in reply[1:3]):
            raise _as_raised(*reply[1:])
        if tag == "undefined" and len(reply) == 2 and type(reply[1]) is str:
            raise Undefined(reply[1])
        if tag == "unsendable" and len(reply) == 2 and type(reply[1]) is str:
            raise Unsendable(_sentence(reply[1]))
        raise Unsendable("The learner's process gave an answer of an unknown form.")

    def _incoming(self, value: Handle | ModelData) -> Any:
        if isinstance(value, Handle):
            return self._type(value.type_name)(self, value)
        if "keras" not in sys.modules:
            raise CodecError("a Keras model came back where none can be used")
        from autograder import keras_codec

        return keras_codec.rebuild(value)

    def _type(self, name: str) -> type[RemoteObject]:
        """Return a class of the object's own name: messages of checks say `got generator`."""
        name = _word(name, "object")
        if name not in self._types and len(self._types) < 100:
            self._types[name] = type(name, (RemoteObject,), {"__slots__": ()})
        return self._types.get(name, RemoteObject)


class RemoteFunction:
    """A function of the learner's, called by its name."""

    def __init__(self, link: Link, name: str) -> None:
        self._link = link
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function there; return its result."""
        return self._link.call(self.__name__, args, kwargs)

    def call_and_return_arguments(
        self, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
        """Call the function; return its result, and the arguments as they are afterwards.

        Used by :func:`utils.checks.call_unchanged`.
        """
        return self._link.call_and_return_arguments(self.__name__, args, kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> RemoteFunction:
        return self

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class RemoteObject:
    """An object of the learner's that stays in her process.

    It is no array, no list and no number, whatever it says of itself: ``isinstance``, ``==``,
    ``hash`` and ``repr`` are answered here, and names with an underscore in front are never asked
    for.
    """

    __slots__ = ("_handle", "_link")

    # NumPy leaves operators alone, so that they end with a TypeError.
    __array_ufunc__ = None

    def __init__(self, link: Link, handle: Handle) -> None:
        self._link, self._handle = link, handle

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object there; return its result."""
        return self._link.call(self._handle, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._link.use("attribute", self._handle, name)

    def __getitem__(self, key: Any) -> Any:
        return self._link.use("item", self._handle, key)

    def __len__(self) -> int:
        length = self._link.use("length", self._handle)
        if type(length) is not int or not 0 <= length < 2**31:
            raise Unsendable(f"The {type(self).__name__} has no length that can be one.")
        return length

    def __iter__(self) -> Iterator[Any]:
        iterator = self._link.use("iterate", self._handle)
        if isinstance(iterator, RemoteObject):
            return iterator
        raise Unsendable(f"The {type(self).__name__} cannot be gone through.")

    def __next__(self) -> Any:
        try:
            return self._link.use("next", self._handle)
        except RemoteError as error:
            if getattr(error, "type_name", "") == "StopIteration":
                raise StopIteration from None
            raise

    def __bool__(self) -> bool:
        raise self._no_value("true or false")

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise self._no_value("an array")

    def __deepcopy__(self, memo: dict[int, Any]) -> RemoteObject:
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"

    def _no_value(self, what: str) -> Unsendable:
        return Unsendable(
            f"An object of type {type(self).__name__} came back, which is not {what}: return "
            "numbers, lists, dictionaries or arrays."
        )


class Unavailable:
    """Takes the place of a value that could not be had: whatever is done with it raises why."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def _fail(self, *args: Any, **kwargs: Any) -> Any:
        raise self._error

    __call__ = __getitem__ = __len__ = __iter__ = __bool__ = __array__ = _fail
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = __index__ = _fail
    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise self._error


# What goes there ----------------------------------------------------------------------------------


def _outgoing(value: Any) -> Any:
    """Turn an argument that is no plain data into something that can be sent."""
    if isinstance(value, RemoteObject):
        return value._handle
    if _of_keras(value):
        return _from_keras(value)
    if callable(value):
        raise CodecError("a function is passed as an argument")
    raise CodecError(f"a value of type {type(value).__name__} is passed as an argument")


def _of_keras(value: Any) -> bool:
    keras = sys.modules.get("keras")
    if keras is None:
        return False
    return isinstance(value, (keras.Model, keras.layers.Layer, keras.Variable)) or bool(
        keras.ops.is_tensor(value)
    )


def _from_keras(value: Any) -> Any:
    import keras

    if isinstance(value, (keras.Model, keras.layers.Layer)):
        from autograder import keras_codec

        return keras_codec.describe(value)
    return np.asarray(keras.ops.convert_to_numpy(value))


# What comes back ----------------------------------------------------------------------------------


def _raisable() -> dict[str, type[Exception]]:
    """Return the exceptions of Python itself that may be raised here in the learner's name."""
    found = {
        name: value
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    # A loop or generator of the check's own would take these for its end.
    for name in ("StopIteration", "StopAsyncIteration", "ExceptionGroup"):
        del found[name]
    # These cannot be made from a text alone; their base class can.
    for name in ("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError"):
        found[name] = UnicodeError
    return found


_RAISABLE = _raisable()


def _as_raised(type_name: str, text: str, line: Any, function: Any) -> Exception:
    """Make the exception that stands for one in the learner's process.

    Args:
        type_name: The name of its class; behind a stroke that of the nearest class of Python's own,
            where that is another: ``"AxisError/ValueError"``.
        text: Its text.
        line: The line of the learner's cell that raised, or None.
        function: The function that this line belongs to, or None.

    Returns:
        An exception of Python's own class, so that a check that expects a ``ValueError`` gets one;
        a :class:`RemoteError` where there is none.
    """
    shown, _, nearest = type_name.partition("/")
    shown = _word(shown, "Exception")
    where = ""
    if type(line) is int and 0 < line < 10**6:
        where = f" in line {line}"
        if type(function) is str and _FUNCTION.fullmatch(function):
            where += f" of the cell that defines `{function}`"
    first = (text.strip().splitlines() or ["no message"])[0]
    message = f"{shown}{where}: {_cut(first)}"
    kind = _RAISABLE.get(nearest) or _RAISABLE.get(shown)
    error: Exception = RemoteError(message) if kind is None else kind(_cut(text))
    error.check_outcome = "error"
    error.check_message = message
    if isinstance(error, NotImplementedError):
        error.check_outcome = "missing"
        error.check_message = _cut(text) or "The exercise is still to be done."
    error.type_name = shown
    return error


def _word(text: str, otherwise: str) -> str:
    return text if _IDENTIFIER.fullmatch(text) else otherwise


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _sentence(text: str) -> str:
    """Make a sentence of a reason for which a value could not be sent."""
    first = (text.strip().splitlines() or ["no reason was given"])[0]
    return _cut(f"What your code returned cannot be used: {first}")
