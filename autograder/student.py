"""Runs a learner's cells and answers questions about what they defined, inside the sandbox.

This process is the learner's: nothing that it says is believed by the grader, and whatever a cell
does to it, only its own results suffer. It sees Python, its packages, ``utils``, and of the
autograder this module, ``codec``, ``wire`` and ``keras_codec``, which hold no secret.

Requests come over a socket and each gets one reply; both are lists in :mod:`autograder.codec`:

=====================================================  ============================================
``["run", cell, source]``                              ``["ran", None]`` or
                                                       ``["ran", [type, text, [line, …]]]``
``["mark", exercise]``                                 ``["marked"]``
``["ask", exercise, verb, target, args, kwargs, w]``   ``["value", value, after]``,
                                                       ``["raised", type, text, line, function]``,
                                                       ``["undefined", name]`` or
                                                       ``["unsendable", sentence]``
=====================================================  ============================================

The verbs: ``call`` a name or an object, ``get`` a name's value, an object's ``attribute``,
``item``, ``length``, ``iterate`` (gives an iterator, which stays here) and its ``next`` (a
``StopIteration`` is raised at the end). Names are those of the time when the exercise was marked.
The type of an exception is its class's name, and behind a stroke that of the nearest class of
Python's own where that is another: ``"AxisError/ValueError"``.

How a value leaves
    None, bool, int, float, str, bytes, list, tuple, dict and arrays leave as they are; subclasses
    of int, float, str, bytes and arrays as what they are below (``np.str_``, an ``IntEnum``,
    ``np.matrix``); named tuples as tuples; ``OrderedDict``, ``defaultdict``, ``Counter`` as
    dictionaries; complex numbers as NumPy's; tensors of frameworks as arrays (bfloat16 as
    float32), and frameworks' own lists and dictionaries as plain ones; Keras models and layers as
    configuration and weights. Everything else (generators, sets, dataclasses, classes, a learner's
    own subclass of list or dict) stays here, and a number that stands for it leaves.
"""

from __future__ import annotations

import builtins
import collections
import importlib.abc
import json
import linecache
import os
import resource
import socket
import subprocess
import sys
import types
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from IPython.core.compilerop import CachingCompiler
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder import codec, wire
from autograder.codec import CodecError, Handle, ModelData

MAX_TEXT = 2000  # characters of an exception's text
MAX_TRACE = 20  # frames of a traceback
_MAX_HANDLES = 100_000
_FRAMEWORKS = ("tensorflow", "keras", "torch", "jax", "jaxlib")
_DICTIONARIES = (dict, collections.OrderedDict, collections.defaultdict, collections.Counter)


def main(arguments: Sequence[str]) -> None:
    """Serve until the grader goes away.

    Args:
        arguments: The number of the socket that was inherited, and as JSON the limits by name
            (``RLIMIT_AS``, …) and the packages that cannot be imported.
    """
    settings = json.loads(arguments[1])
    _limit(settings["limits"])
    _forbid(settings["forbidden"])
    for noise in ("FigureCanvasAgg is non-interactive", "To exit: use"):
        warnings.filterwarnings("ignore", message=noise)
    sys.stdout.reconfigure(line_buffering=True)  # so that it stays in order with stderr
    with socket.socket(fileno=int(arguments[0])) as sock:
        try:
            _serve(sock, Learner())
        except wire.WireError:
            pass
        finally:
            # Nothing that a cell has registered for the end of the process is waited for.
            os._exit(0)


def _serve(sock: socket.socket, learner: Learner) -> None:
    receive, send, answer = wire.receive, wire.send, learner.answer
    own, pid, leave = os.getpid, os.getpid(), os._exit
    send(sock, codec.encode(["ready"]))
    while True:
        reply = answer(receive(sock, codec.MAX_PAYLOAD))
        if own() != pid:  # a cell has forked, and this is the copy
            leave(0)
        send(sock, reply)


def _limit(limits: dict[str, int]) -> None:
    for name, value in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # At its soft limit of processor time a process is told by a signal that says so.
        last = most + 5 if name == "RLIMIT_CPU" and hard == resource.RLIM_INFINITY else most
        resource.setrlimit(kind, (most, last))
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")  # when the machine's memory is full, this process ends first
    except OSError:
        pass


class _Forbidden(importlib.abc.MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        top = name.partition(".")[0]
        if top in self._names:
            raise ModuleNotFoundError(
                f"No module named {top!r}: it cannot be used in this notebook's exercises.",
                name=top,
            )


def _forbid(names: Sequence[str]) -> None:
    # In the sandbox the packages are not there. What is left of them is an empty folder, which
    # Python would take for a package without contents.
    sys.meta_path.insert(0, _Forbidden(names))


# Running cells ------------------------------------------------------------------------------------


class _Compiler(CachingCompiler):
    """Names code after the cell that it comes from."""

    cell = ""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return _file_name(self.cell)


class _Shell(InteractiveShell):
    """IPython without a person in front of it."""

    compiler_class = Type(_Compiler)

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Show nothing: the error is sent as data."""

    showsyntaxerror = showindentationerror = showtraceback

    def _format_exception_for_storage(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # IPython 9 formats each error for its history, seconds for a deep recursion.
        return {}

    def ask_exit(self) -> None:
        """Do nothing: ``exit`` in a notebook has nobody to leave."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there is no window."""

    def system(self, cmd: str) -> None:
        """Run a command line, without a terminal."""
        sys.stdout.flush()
        done = subprocess.run(self.var_expand(cmd, depth=1), shell=True, stdin=subprocess.DEVNULL)
        self.user_ns["_exit_code"] = done.returncode

    system_raw = system_piped = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Run a command line and return what it wrote."""
        done = subprocess.run(
            self.var_expand(cmd, depth=depth + 1),
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        text = done.stdout.decode("utf-8", "replace")
        return text.splitlines() if split else text


def _make_shell() -> _Shell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor" if _new_colours() else "NoColor"
    config.DisplayFormatter.active_types = ["text/plain"]
    shell = _Shell.instance(config=config)
    shell.displayhook.write_output_prompt = lambda: None
    return shell


def _new_colours() -> bool:
    import IPython

    return IPython.version_info[0] >= 9


def _file_name(cell: str) -> str:
    return f"cell {cell}"


class Learner:
    """The learner's notebook, as far as it has run."""

    def __init__(self) -> None:
        self._shell = _make_shell()
        self._marks: dict[str, dict[str, Any]] = {}
        self._cells: set[str] = set()
        self._objects = _Objects()

    def answer(self, payload: bytes) -> bytes:
        """Do what a request asks for and return the reply."""
        try:
            request = codec.decode(payload, self._objects.incoming)
        except CodecError as error:
            return codec.encode(["unsendable", str(error)])
        tag, *rest = request
        if tag == "run":
            reply = ["ran", self.run(*rest)]
        elif tag == "mark":
            self._marks[rest[0]] = dict(self._shell.user_ns)
            reply = ["marked"]
        else:
            reply = self._ask(*rest)
        return self._encode(reply)

    def run(self, cell: str, source: str) -> list[Any] | None:
        """Run a cell; return its error, if it raised one."""
        shell = self._shell
        shell.compile.cell = cell
        self._cells.add(_file_name(cell))
        try:
            result = shell.run_cell(source, store_history=True)
            error = result.error_before_exec or result.error_in_exec
        except BaseException as raised:
            error = raised
        report = None if error is None else self._report(error)
        # What IPython remembers of an error would keep alive whatever its frames hold.
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            vars(sys).pop(name, None)
        _flush()
        return report

    def _ask(
        self,
        exercise: str,
        verb: str,
        target: Any,
        args: list[Any],
        kwargs: dict[str, Any],
        want_arguments: bool,
    ) -> list[Any]:
        names = self._marks.get(exercise, self._shell.user_ns)
        # An object that stays here is no string, so a string is a name.
        if type(target) is str:
            if target not in names:
                return ["undefined", target]
            target = names[target]
        try:
            value = _VERBS[verb](target, args, kwargs)
        except BaseException as error:
            return self._raised(error)
        return ["value", value, [args, kwargs] if want_arguments else None]

    def _encode(self, reply: list[Any]) -> bytes:
        try:
            return codec.encode([self._objects.outgoing(part) for part in reply])
        except CodecError as error:
            reason = str(error)
        except RecursionError:
            reason = "the value is nested too deeply"
        except MemoryError:
            reason = "there is not enough memory to send the value"
        except BaseException as error:  # a learner's class may raise anything when looked at
            reason = f"looking at the value raised {_name_of(type(error))}"
        return codec.encode(["unsendable", reason[:MAX_TEXT]])

    # Errors, told without a path of this machine

    def _report(self, error: BaseException) -> list[Any]:
        lines = []
        for frame, line in self._frames(error)[-MAX_TRACE:]:
            function = frame.co_name
            where = "" if function == "<module>" else f", in {function}"
            lines.append(f"{frame.co_filename}, line {line}{where}")
            text = linecache.getline(frame.co_filename, line).strip()
            if text:
                lines.append(f"    {text[:200]}")
        if isinstance(error, SyntaxError) and error.filename in self._cells:
            lines.append(f"{error.filename}, line {error.lineno}")
            if error.text:
                lines.append(f"    {str(error.text).strip()[:200]}")
        return [_name_of(type(error)), _text_of(error), [_plain(line) for line in lines]]

    def _raised(self, error: BaseException) -> list[Any]:
        frames = self._frames(error)
        line, function = None, None
        if frames:
            line, function = int(frames[-1][1]), _plain(frames[-1][0].co_name)
        name, nearest = _name_of(type(error)), _nearest_of(type(error))
        kind = name if name == nearest else f"{name}/{nearest}"
        return ["raised", kind, _text_of(error), line, function]

    def _frames(self, error: BaseException) -> list[tuple[types.CodeType, int]]:
        """Return the frames that lie in the learner's cells, outermost first."""
        frames: collections.deque = collections.deque(maxlen=MAX_TRACE)
        traceback = error.__traceback__
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename in self._cells and traceback.tb_lineno is not None:
                frames.append((code, traceback.tb_lineno))
            traceback = traceback.tb_next
        return list(frames)


_VERBS: dict[str, Callable[[Any, list[Any], dict[str, Any]], Any]] = {
    "call": lambda target, args, kwargs: target(*args, **kwargs),
    "get": lambda target, args, kwargs: target,
    "attribute": lambda target, args, kwargs: getattr(target, args[0]),
    "item": lambda target, args, kwargs: target[args[0]],
    "length": lambda target, args, kwargs: len(target),
    "iterate": lambda target, args, kwargs: _Iterator(target),
    "next": lambda target, args, kwargs: next(target),
}


class _Iterator:
    """Goes through an object; an iterator of one's own kind always stays here."""

    def __init__(self, target: Any) -> None:
        self._iterator = iter(target)

    def __iter__(self) -> _Iterator:
        return self

    def __next__(self) -> Any:
        return next(self._iterator)


def _name_of(kind: type) -> str:
    return _plain(type.__getattribute__(kind, "__name__"))[:100]


def _nearest_of(kind: type) -> str:
    for base in type.mro(kind):
        if base.__module__ == "builtins" and getattr(builtins, base.__name__, None) is base:
            return base.__name__
    return "Exception"


def _text_of(error: BaseException) -> str:
    try:
        return _plain(str(error))[:MAX_TEXT]
    except BaseException:
        return "the error's own text cannot be had"


def _plain(text: Any) -> str:
    """Return text that can be sent: exactly a string, without half characters."""
    return str.encode(str(text), "utf-8", "replace").decode("utf-8")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # a learner may have put anything there
            continue


# Values -------------------------------------------------------------------------------------------


class _Objects:
    """The objects that stay here, and how every other value leaves and comes."""

    def __init__(self) -> None:
        self._objects: list[Any] = []

    def incoming(self, value: Handle | ModelData) -> Any:
        """Return the object that a number stands for, or the model that data describe."""
        if isinstance(value, Handle):
            if value.number >= len(self._objects):
                raise CodecError("the object is not there any more")
            return self._objects[value.number]
        from autograder import keras_codec

        return keras_codec.rebuild(value)

    def outgoing(self, value: Any, depth: int = 0) -> Any:
        """Turn a value, and all that lies in it, into kinds that the codec knows."""
        kind = type(value)
        if kind in _SENT_AS_IT_IS:
            return value
        if depth > codec.MAX_DEPTH:
            raise CodecError("the value is nested too deeply, or in itself")
        framework = _root_of(kind) in _FRAMEWORKS
        if kind is list or (framework and issubclass(kind, list)):
            return [self.outgoing(item, depth + 1) for item in list.__iter__(value)]
        if kind is tuple or (issubclass(kind, tuple) and (framework or _is_named_tuple(kind))):
            return tuple(self.outgoing(item, depth + 1) for item in tuple.__iter__(value))
        if kind in _DICTIONARIES or (framework and issubclass(kind, dict)):
            return {_key(key): self.outgoing(item, depth + 1) for key, item in dict.items(value)}
        plain = _plain_number_or_text(value, kind)
        if plain is not None:
            return plain
        if framework or _is_keras(value):
            array = _array_of(value)
            if array is not None:
                return array
        if _is_keras(value):
            from autograder import keras_codec

            return keras_codec.describe(value)
        return self._keep(value)

    def _keep(self, value: Any) -> Handle:
        if len(self._objects) >= _MAX_HANDLES:
            raise CodecError("too many objects have been returned that are no plain values")
        self._objects.append(value)
        return Handle(len(self._objects) - 1, _name_of(type(value)))


_SENT_AS_IT_IS = (type(None), bool, int, float, str, bytes, np.ndarray)


def _plain_number_or_text(value: Any, kind: type) -> Any:
    """Return a number, a text or an array as what it is below its class; None for the rest.

    Each by its base's own method: a subclass may lie about its value.
    """
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, bytes):
        return bytes(memoryview(value))
    if issubclass(kind, np.generic) and kind.__module__ == "numpy":
        return value
    if issubclass(kind, int):
        return int.__add__(value, 0)
    if issubclass(kind, float):
        return float.__add__(value, 0.0)
    if kind is complex:
        return np.complex128(value)
    if issubclass(kind, np.ndarray):
        return np.array(np.ndarray.view(value, np.ndarray))
    return None


def _key(key: Any) -> Any:
    """Return a dictionary's key in the plain form that is equal to it."""
    kind = type(key)
    if kind is tuple:
        return tuple(map(_key, key))
    plain = _plain_number_or_text(key, kind)
    if isinstance(plain, np.generic):
        return plain.item()
    return key if plain is None else plain


def _is_named_tuple(kind: type) -> bool:
    fields = vars(kind).get("_fields")
    return kind.__bases__ == (tuple,) and isinstance(fields, tuple)


def _root_of(kind: type) -> str:
    module = type.__getattribute__(kind, "__module__")
    return module.partition(".")[0] if isinstance(module, str) else ""


def _is_keras(value: Any) -> bool:
    keras = sys.modules.get("keras")
    try:
        return keras is not None and isinstance(value, (keras.Model, keras.layers.Layer))
    except AttributeError:  # the learner's own module of that name
        return False


def _array_of(value: Any) -> np.ndarray | None:
    """Return a framework's tensor or variable as an array; None for anything else."""
    if not (hasattr(value, "shape") and hasattr(value, "dtype")) or _is_keras(value):
        return None
    if _root_of(type(value)) == "torch":
        value = value.detach().cpu()
        if str(value.dtype) == "torch.bfloat16":
            value = value.float()
    elif hasattr(value, "value") and _root_of(type(value)) == "keras":  # a variable
        value = value.value
        value = value.detach().cpu() if hasattr(value, "detach") else value
    try:
        array = np.asarray(value)
    except Exception:  # symbolic, sparse, ragged: it has no value, or none of one shape
        return None
    if array.dtype.kind == "V" and "float" in array.dtype.name:  # bfloat16 and its like
        array = array.astype(np.float32)
    return None if array.dtype.hasobject else array
