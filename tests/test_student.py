"""The learner's process: what it answers when it is honest, and how it ends when it is not."""

import contextlib
import os
import sys
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder import codec
from autograder.codec import Handle
from autograder.results import Outcome
from autograder.sandbox import find_sandbox
from autograder.student_process import (
    CellRun,
    Excerpt,
    Lost,
    StudentLimits,
    StudentProcess,
    _descendants,
    _resident,
)

SANDBOX = find_sandbox()
LIMITS = StudentLimits(
    cell_seconds=20, call_seconds=20, memory_bytes=600 * 2**20, folder_bytes=32 * 2**20
)
SHORT = replace(LIMITS, cell_seconds=1, call_seconds=1)
needs_bwrap = pytest.mark.skipif(SANDBOX is None, reason="bubblewrap does not work here")
KINDS = [pytest.param("sandbox", marks=needs_bwrap), "unsafe"]
BEST = "sandbox" if SANDBOX else "unsafe"  # for what is the same in both


def start(kind="sandbox", limits=LIMITS, **more):
    return StudentProcess(SANDBOX, limits, unsafe=kind == "unsafe", **more)


@pytest.fixture(scope="module", params=[BEST])
def student(request):
    """A process for tests that leave it as it was."""
    with start(request.param) as process:
        yield process


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def run(student, source, cell="c"):
    return student.run(cell, source)


def define(student, source):
    """Run a cell that must succeed, and mark it."""
    result = run(student, source)
    assert result.error is None, result
    student.mark("e")


def ask(student, verb, target, args=(), kwargs=None, want=False, exercise="e"):
    request = ["ask", exercise, verb, target, list(args), kwargs or {}, want]
    return codec.decode(student.ask(codec.encode(request)))


def lost(student, source):
    """Run a cell that must cost the process; return how it was lost, and after what time."""
    begin = time.monotonic()
    with pytest.raises(Lost) as caught:
        run(student, source)
    return caught.value, time.monotonic() - begin


# Honest -------------------------------------------------------------------------------------------


class TestCells:
    def test_output_and_last_value_are_text_in_order(self, student):
        source = "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')\n1 + 1"
        assert run(student, source) == CellRun(None, "a\nb\nc\n2\n")

    def test_output_of_one_cell_is_not_in_the_next(self, student):
        run(student, "print('first')")
        assert run(student, "print('second')").output == "second\n"

    def test_an_error_is_told_with_the_learners_lines_only(self, student):
        source = "import numpy as np\ndef f(x):\n    return np.linalg.inv(x)\nf(np.zeros((2, 2)))"
        error = run(student, source, "exercise").error
        assert (error.type_name, error.text) == ("LinAlgError", "Singular matrix")
        assert error.lines == (
            *("cell exercise, line 4", "    f(np.zeros((2, 2)))"),
            *("cell exercise, line 3, in f", "    return np.linalg.inv(x)"),
        )

    def test_no_path_of_the_machine_is_told(self, student):
        error = run(student, "from numpy import no_such_name").error
        output = run(student, "import numpy, sys; print(numpy.__file__, sys.prefix)").output
        assert error.type_name == "ImportError"
        assert sys.prefix not in error.text + output and "numpy" in output

    def test_a_syntax_error_is_told_with_its_line(self, student):
        error = run(student, "x = 1\ny = = 2", "bad").error
        assert error.type_name == "SyntaxError"
        assert error.lines == ("cell bad, line 2", "    y = = 2")

    def test_magics_figures_and_shell_commands_work(self, student):
        source = (
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"
            "files = !echo one two\nprint(files)\n!echo three\n%timeit -n1 -r1 1 + 1"
        )
        result = run(student, source)
        assert result.error is None
        assert "['one two']" in result.output and "three" in result.output

    def test_await_works_at_the_top_of_a_cell(self, student):
        source = "import asyncio\nawait asyncio.sleep(0)\nprint('awake')"
        assert run(student, source).output == "awake\n"

    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("raise SystemExit(3)", "SystemExit"),
            ("raise KeyboardInterrupt", "KeyboardInterrupt"),
            ("raise BaseException('x')", "BaseException"),
            ("input()", "EOFError"),
            ("def f(): f()\nf()", "RecursionError"),
            ("class E(Exception):\n    def __str__(self): raise self\nraise E", "E"),
        ],
    )
    def test_whatever_is_raised_is_an_error_of_the_cell(self, student, source, name):
        assert run(student, source).error.type_name == name
        assert run(student, "print(1)").output == "1\n"

    def test_exit_does_nothing(self, student):
        assert run(student, "exit").error is None
        assert run(student, "1").output == "1\n"


class TestQuestions:
    def test_a_function_is_called_by_value(self, student):
        define(student, "def double(x, n=2):\n    return x * n")
        assert ask(student, "call", "double", [3]) == ["value", 6, None]
        answer = ask(student, "call", "double", [np.ones(2)], {"n": 3.0})
        np.testing.assert_array_equal(answer[1], [3.0, 3.0])

    def test_arguments_come_back_as_they_are_after_the_call(self, student):
        define(student, "def clear(x, y):\n    x[:] = 0\n    y['k'].append(1)")
        answer = ask(student, "call", "clear", [np.ones(2)], {"y": {"k": []}}, True)
        (args, kwargs) = answer[2]
        np.testing.assert_array_equal(args[0], [0.0, 0.0])
        assert answer[1] is None and kwargs == {"y": {"k": [1]}}

    def test_each_exercise_keeps_the_names_of_its_time(self, student):
        for number in (1, 2):
            assert run(student, f"def which(): return {number}").error is None
            student.mark(f"exercise{number}")
        answers = [ask(student, "call", "which", exercise=f"exercise{n}")[1] for n in (1, 2)]
        assert answers == [1, 2]

    def test_an_undefined_name_is_told(self, student):
        define(student, "pass")
        assert ask(student, "call", "nothing_of_that_name") == ["undefined", "nothing_of_that_name"]

    def test_an_exception_is_told_with_the_learners_line(self, student):
        define(
            student, "def outer():\n    return inner()\ndef inner():\n    raise ValueError('no')"
        )
        assert ask(student, "call", "outer") == ["raised", "ValueError", "no", 4, "inner"]

    def test_an_exception_names_the_nearest_one_of_pythons_own(self, student):
        define(student, "import numpy as np\ndef f():\n    return np.sum(np.ones(2), axis=5)")
        assert ask(student, "call", "f")[1] == "AxisError/ValueError"

    @pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit"])
    def test_no_exception_ends_the_process(self, student, name):
        define(student, f"def f():\n    raise {name}")
        assert ask(student, "call", "f")[:2] == ["raised", name]
        assert ask(student, "get", "f")[0] == "value"

    def test_output_while_asking_is_dropped(self, student):
        define(student, "def f(x):\n    print('got', x)\n    return x")
        assert ask(student, "call", "f", ["hidden value"])[1] == "hidden value"
        assert "hidden" not in run(student, "print('after')").output

    def test_objects_stay_and_are_used_by_number(self, student):
        source = (
            "class Box:\n    width = 3\n    def area(self, h): return self.width * h\n"
            "    def __getitem__(self, key): return key * 2\n    def __len__(self): return 5\n"
            "def make(): return Box()\ndef numbers():\n    yield 1\n    yield 2\n"
            "def width(box): return box.width"
        )
        define(student, source)
        box = ask(student, "call", "make")[1]
        assert isinstance(box, Handle) and box.type_name == "Box"
        assert ask(student, "attribute", box, ["width"])[1] == 3
        assert ask(student, "call", ask(student, "attribute", box, ["area"])[1], [2])[1] == 6
        assert ask(student, "item", box, [4])[1] == 8
        assert ask(student, "length", box)[1] == 5
        assert ask(student, "call", "width", [box])[1] == 3
        iterator = ask(student, "iterate", ask(student, "call", "numbers")[1])[1]
        assert [ask(student, "next", iterator)[1] for _ in range(2)] == [1, 2]
        assert ask(student, "next", iterator)[:2] == ["raised", "StopIteration"]

    def test_a_number_of_no_object_is_refused(self, student):
        answer = ask(student, "length", Handle(10**6, "x"))
        assert answer == ["unsendable", "the object is not there any more"]

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("np.str_('a')", "a"),
            ("enum.IntEnum('E', 'A').A", 1),
            ("type('S', (str,), {'__str__': lambda s: 'lie'})('true')", "true"),
            ("type('F', (float,), {'__float__': lambda s: 9.0})(1.5)", 1.5),
            ("collections.OrderedDict(a=1)", {"a": 1}),
            ("collections.Counter('aab')", {"a": 2, "b": 1}),
            ("collections.defaultdict(list, a=[np.str_('x')])", {"a": ["x"]}),
            ("{np.int64(3): (np.str_('k'),)}", {3: ("k",)}),
            ("collections.namedtuple('P', 'x y')(1, 2)", (1, 2)),
            ("1 + 2j", np.complex128(1 + 2j)),
            ("float('nan')", pytest.approx(float("nan"), nan_ok=True)),
            ("2**200", 2**200),
        ],
    )
    def test_values_leave_as_what_they_are_below(self, student, expression, value):
        define(student, f"import collections, enum, numpy as np\nvalue = {expression}")
        answer = ask(student, "get", "value")
        assert answer[0] == "value" and answer[1] == value
        assert type(answer[1]) is type(value) or expression == "float('nan')"

    def test_subclasses_of_arrays_leave_as_arrays(self, student):
        source = (
            "import numpy as np\nclass Liar(np.ndarray):\n"
            "    def __eq__(self, other): return True\n    def tobytes(self): return b''\n"
            "values = [np.ones((2, 2)).view(Liar), np.matrix([[1, 2]])]"
        )
        define(student, source)
        liar, matrix = ask(student, "get", "values")[1]
        assert type(liar) is type(matrix) is np.ndarray
        np.testing.assert_array_equal(liar, np.ones((2, 2)))
        np.testing.assert_array_equal(matrix, [[1, 2]])

    @pytest.mark.parametrize(
        "expression",
        [
            *("{1, 2}", "range(3)", "{}.keys()", "(i for i in [])", "lambda: 1", "int", "object()"),
            *("type('L', (list,), {})([1])", "type('D', (dict,), {})(a=1)", "slice(1)"),
        ],
    )
    def test_everything_else_stays(self, student, expression):
        define(student, f"value = {expression}")
        assert isinstance(ask(student, "get", "value")[1], Handle)

    @pytest.mark.parametrize(
        ("source", "word"),
        [
            ("value = []\nvalue.append(value)", "nested"),
            ("import numpy as np\nvalue = np.array([object()])", "dtype"),
            ("value = {object(): 1}", "key"),
            ("import numpy as np\nvalue = np.zeros(10**7)", "too large"),
            ("value = [0] * 10**6", ""),
            ("value = 1 << 10**6", "digits"),
            ("value = {None: 1}\nvalue[(1, (value.__iter__,))] = 1", "key"),
        ],
    )
    def test_what_cannot_be_sent_is_told_in_a_sentence(self, student, source, word):
        define(student, source)
        try:
            answer = ask(student, "get", "value")
        except codec.CodecError:
            return  # sent, and refused where it is read
        assert answer[0] == "unsendable" and word in answer[1]
        assert ask(student, "get", "__name__")[0] == "value"


@needs_bwrap
@pytest.mark.slow
class TestFrameworks:
    """One process with Keras; importing it takes seconds."""

    @pytest.fixture(scope="class")
    @staticmethod
    def student():
        pytest.importorskip("keras")
        limits = replace(LIMITS, cell_seconds=120, memory_bytes=4 * 2**30)
        with start(limits=limits) as process:
            source = (
                "import keras\nfrom keras import ops\nimport numpy as np\n"
                "tensor = ops.ones((2, 3))\nvariable = keras.Variable([1.0, 2.0])\n"
                "half = ops.cast(tensor, 'bfloat16')\nboth = {'a': [tensor], 'b': (variable,)}\n"
                "symbolic = keras.Input((3,))\n"
                "model = keras.Sequential([symbolic, keras.layers.Dense(2)])\n"
                "history = model.compile(loss='mse') or model.fit(np.ones((4, 3)), np.ones((4, 2)),"
                " verbose=0)\ndef shape(x): return tuple(x.shape)\ntrainable = model.weights"
            )
            define(process, source)
            yield process

    def test_tensors_and_variables_leave_as_arrays(self, student):
        for name, shape in (("tensor", (2, 3)), ("variable", (2,)), ("half", (2, 3))):
            value = ask(student, "get", name)[1]
            assert type(value) is np.ndarray and value.shape == shape
            assert value.dtype == np.float32
        both = ask(student, "get", "both")[1]
        np.testing.assert_array_equal(both["a"][0], np.ones((2, 3)))
        np.testing.assert_array_equal(both["b"][0], [1, 2])
        assert [w.shape for w in ask(student, "get", "trainable")[1]] == [(3, 2), (2,)]

    def test_what_has_no_value_stays(self, student):
        assert isinstance(ask(student, "get", "symbolic")[1], Handle)
        history = ask(student, "get", "history")[1]
        assert isinstance(history, Handle)
        assert list(ask(student, "attribute", history, ["history"])[1]) == ["loss"]

    def test_models_leave_as_configuration_and_weights_and_come_back(self, student):
        pytest.importorskip("autograder.keras_codec")
        model = ask(student, "get", "model")[1]
        assert [weight.shape for weight in model.weights] == [(3, 2), (2,)]
        define(student, "def count(m): return m.count_params()")
        assert ask(student, "call", "count", [model])[1] == 8


class TestForbidden:
    def test_a_forbidden_package_cannot_be_imported(self, kind):
        with start(kind, forbidden=frozenset({"scipy", "six"})) as student:
            for source in ("import scipy", "from scipy.signal import convolve", "import six"):
                error = run(student, source).error
                assert error.type_name == "ModuleNotFoundError", source
                assert "cannot be used in this notebook" in error.text

    @needs_bwrap
    def test_without_the_notice_it_is_still_not_there(self):
        with start(forbidden=frozenset({"scipy"})) as student:
            source = "import sys; del sys.meta_path[0]\nfrom scipy.signal import convolve"
            assert run(student, source).error.type_name == "ModuleNotFoundError"


# Hostile ------------------------------------------------------------------------------------------

# Finds the socket to the grader, as a learner can.
SOCKET = """
import gc, os, socket, struct
sock = [s for s in gc.get_objects() if isinstance(s, socket.socket) and s.fileno() > 2][0]
"""


class TestTime:
    @pytest.mark.parametrize(
        "source",
        [
            "while True: pass",
            "import signal\nfor n in range(1, 32):\n    try: signal.signal(n, signal.SIG_IGN)\n"
            "    except OSError: pass\nimport time; time.sleep(60)",
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
            "import re; re.match('(a+)+b', 'a' * 60)",
        ],
    )
    def test_a_cell_without_end_is_stopped(self, kind, source):
        with start(kind, SHORT) as student:
            end, seconds = lost(student, source)
            assert end.outcome is Outcome.TIMEOUT and "1 second" in end.sentence
            assert seconds < 4
            with pytest.raises(Lost):
                run(student, "1")
        assert student._process is None

    def test_a_call_without_end_is_stopped(self, kind):
        with start(kind, SHORT) as student:
            define(student, "def f():\n    while True: pass")
            with pytest.raises(Lost) as caught:
                ask(student, "call", "f")
            assert caught.value.outcome is Outcome.TIMEOUT

    def test_the_notebook_as_a_whole_is_bounded(self, kind):
        with start(kind, replace(LIMITS, notebook_seconds=1)) as student:
            end, seconds = lost(student, "import time; time.sleep(30)")
            assert end.outcome is Outcome.TIMEOUT and "notebook" in end.sentence
            assert seconds < 4

    def test_processor_time_is_bounded(self, kind):
        with start(kind, replace(LIMITS, cpu_seconds=1)) as student:
            end, _ = lost(student, "while True: pass")
            assert end.outcome is Outcome.TIMEOUT and "processor" in end.sentence

    def test_output_before_the_end_is_kept(self, kind):
        with start(kind, SHORT) as student:
            end, _ = lost(student, "print('so far')\nwhile True: pass")
            assert end.output == "so far\n"


class TestMemory:
    def test_a_process_that_takes_too_much_is_ended(self, kind):
        with start(kind) as student:
            source = "data = []\nwhile True: data.append(bytearray(2**24))"
            end, seconds = lost(student, source)
            assert end.outcome is Outcome.MEMORY and "more than 600 MiB" in end.sentence
            assert seconds < 10

    def test_children_count_too(self, kind):
        with start(kind, replace(LIMITS, memory_bytes=400 * 2**20)) as student:
            source = (
                "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n"
                "        data = os.urandom(2**17) * 2**10\n        time.sleep(30)\n"
                "        os._exit(0)\ntime.sleep(30)"
            )
            end, _ = lost(student, source)
            assert end.outcome is Outcome.MEMORY

    def test_memory_that_children_share_counts_once(self, kind):
        with start(kind, replace(LIMITS, memory_bytes=500 * 2**20)) as student:
            source = (
                "import os, time\ndata = os.urandom(2**17) * 2**11\nfor _ in range(4):\n"
                "    if os.fork() == 0:\n        time.sleep(1)\n        os._exit(0)\n"
                "time.sleep(1)\nprint('fine')"
            )
            assert run(student, source).output == "fine\n"

    def test_address_space_is_bounded_with_an_ordinary_error(self, kind):
        with start(kind) as student:
            error = run(student, "import numpy as np; x = np.empty(10**12)").error
            assert error.type_name in ("MemoryError", "_ArrayMemoryError", "ArrayMemoryError")

    def test_files_are_bounded_in_length(self, kind):
        with start(kind, replace(LIMITS, file_bytes=2**20)) as student:
            source = "with open('big', 'wb') as file: file.write(bytes(2**22))"
            assert run(student, source).error.type_name == "OSError"

    @needs_bwrap
    def test_files_are_bounded_in_number(self):
        with start(limits=replace(LIMITS, files=2000)) as student:
            source = "import time\nfor i in range(4000): open(f'/tmp/{i}', 'w').close()\n"
            end, _ = lost(student, source + "time.sleep(10)")
            assert end.outcome is Outcome.KILLED and "files" in end.sentence


class TestProcesses:
    def test_a_fork_bomb_ends(self, kind):
        # The length of a file serves as a mark: it stands in the command line of every copy.
        with start(kind, replace(LIMITS, processes=30, file_bytes=31_415_926)) as student:
            source = "import os, time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(30)"
            end, seconds = lost(student, source + "\ntime.sleep(20)")
            assert end.outcome is Outcome.KILLED and "30 processes" in end.sentence
            assert seconds < 10
        assert not _running("31415926")

    @needs_bwrap
    def test_a_fork_bomb_that_doubles_ends(self):
        source = "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass"
        with start(limits=replace(LIMITS, processes=30, threads=300)) as student:
            end, _ = lost(student, source)
            assert end.outcome is Outcome.KILLED

    @needs_bwrap
    def test_nothing_outlives_the_process(self):
        source = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "54.321"])
    os._exit(0)
"""
        with start() as student:
            assert run(student, source).error is None
            deadline = time.monotonic() + 5
            while not _running("54.321") and time.monotonic() < deadline:
                time.sleep(0.05)
            assert _running("54.321")
        assert not _running("54.321")

    def test_a_child_that_keeps_the_pipe_does_not_keep_the_grader(self, kind):
        source = (
            "import os, time\nif os.fork() == 0:\n    time.sleep(8)\n    os._exit(0)\nprint('on')"
        )
        begin = time.monotonic()
        with start(kind) as student:
            assert run(student, source).output == "on\n"
        assert time.monotonic() - begin < 5

    def test_a_copy_of_the_process_does_not_answer(self, kind):
        with start(kind) as student:
            assert run(student, "import os\npid = os.fork()").error is None
            define(student, "def f(): return pid")
            assert ask(student, "call", "f")[1] > 0
            assert run(student, "print('once')").output == "once\n"

    @pytest.mark.parametrize(
        "source",
        [
            "import os; os._exit(0)",
            "import os; os._exit(7)",
            "import os; os.abort()",
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "import ctypes; ctypes.string_at(0)",
            "import os\nif os.fork() == 0:\n    import time; time.sleep(8)\nelse:\n    os._exit(0)",
        ],
    )
    def test_a_process_that_ends_itself_is_told(self, kind, source):
        with start(kind) as student:
            end, seconds = lost(student, source)
            assert end.outcome is Outcome.KILLED and "ended the Python process" in end.sentence
            assert seconds < 5

    @needs_bwrap
    def test_process_1_and_the_grader_are_out_of_reach(self):
        with start() as student:
            source = f"""
import os, signal
for pid in (1, os.getppid(), {os.getpid()}):
    try:
        os.kill(pid, signal.SIGSTOP)
    except OSError as error:
        print(error.errno)
"""
            run(student, source)
            assert run(student, "print('here')").output == "here\n"

    @needs_bwrap
    def test_killing_everything_in_reach_ends_the_process_only(self):
        with start() as student:
            source = "import os\ntry: os.kill(-1, 9)\nexcept OSError: pass\nos.kill(os.getpid(), 9)"
            end, _ = lost(student, source)
            assert end.outcome is Outcome.KILLED


class TestTheSocket:
    @pytest.mark.parametrize(
        "source",
        [
            "sock.close()",
            "sock.shutdown(socket.SHUT_RDWR)",
            "os.closerange(0, 100)",
            "sock.sendall(b'garbage' * 100)",
            "sock.sendall(struct.pack('>I', 2**32 - 1)); import time; time.sleep(20)",
            "sock.sendall(struct.pack('>I', 2**31) + bytes(100))",
            "sock.sendall(struct.pack('>I', 7) + b'garbage')",
            "from autograder import codec, wire\nwire.send(sock, codec.encode(['ran', 5]))",
            "from autograder import codec, wire\nwire.send(sock, codec.encode({'a': 1}))",
            "from autograder import codec, wire\n"
            "wire.send(sock, codec.encode(['ran', ['E', 'text', [1]]]))",
        ],
    )
    def test_a_connection_that_is_misused_is_over(self, source):
        with start(BEST) as student:
            end, seconds = lost(student, SOCKET + source)
            assert end.outcome is Outcome.KILLED
            assert seconds < 5

    def test_a_reply_that_drips_is_not_waited_for(self):
        source = "import time\nsock.sendall(struct.pack('>I', 1000))\nwhile True:\n"
        with start(BEST, SHORT) as student:
            source += "    sock.sendall(b'x'); time.sleep(0.05)"
            end, seconds = lost(student, SOCKET + source)
            assert end.outcome is Outcome.TIMEOUT and seconds < 4

    def test_a_request_that_is_not_read_is_not_waited_for(self):
        source = "import threading, time\nimport autograder.wire as w\nw.receive.__code__ = "
        source += "(lambda *a: __import__('time').sleep(60)).__code__"
        with start(BEST, SHORT) as student:
            run(student, source)
            begin = time.monotonic()
            with pytest.raises(Lost):
                for _ in range(3):
                    run(student, "x = '" + "x" * 2**21 + "'")
            assert time.monotonic() - begin < 6

    def test_a_second_reply_costs_only_the_one_who_sends_it(self):
        source = "from autograder import codec, wire\nwire.send(sock, codec.encode(['ran', None]))"
        with start(BEST) as student:
            assert run(student, SOCKET + source) == CellRun(None, "")
            with pytest.raises(Lost) as caught:
                student.mark("e")  # reads the late reply to the cell
            assert caught.value.outcome is Outcome.KILLED

    def test_a_forged_reply_is_passed_on_as_bytes_and_never_read(self):
        source = SOCKET + "def f():\n    sock.sendall(struct.pack('>I', 7) + b'garbage')"
        with start(BEST) as student:
            define(student, source)
            question = codec.encode(["ask", "e", "call", "f", [], {}, False])
            assert student.ask(question) == b"garbage"

    def test_a_reply_that_is_too_long_is_not_taken(self):
        source = SOCKET + "def f():\n    sock.sendall(struct.pack('>I', 2**32 - 1) + bytes(10))"
        with start(BEST) as student:
            define(student, source)
            with pytest.raises(Lost) as caught:
                ask(student, "call", "f")
            assert caught.value.outcome is Outcome.KILLED

    def test_a_process_whose_tools_are_broken_spoils_only_its_own_results(self):
        source = (
            "import json, codecs, builtins, sys, numpy\n"
            "json.dumps = None; numpy.ndarray = None; builtins.len = lambda x: 7\n"
            "sys.stdout.close(); sys.stderr = None"
        )
        with start(BEST, SHORT) as student:
            begin = time.monotonic()
            try:
                run(student, source)
                student.mark("e")
                ask(student, "get", "json")
            except (Lost, codec.CodecError):
                pass
            assert time.monotonic() - begin < 8


class TestOutput:
    def test_one_endless_line_costs_little(self):
        with start(BEST) as student:
            tracemalloc.start()
            begin = time.monotonic()
            result = run(student, "chunk = 'x' * 2**20\nfor _ in range(200): print(chunk, end='')")
            seconds = time.monotonic() - begin
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert result.error is None and seconds < 10 and peak < 2**24
            assert result.output.startswith("x" * 10_000 + " [Line cut: more than 10,000 bytes.]")
            assert len(result.output) < 11_000

    def test_many_lines_are_cut_with_a_note(self):
        with start(BEST) as student:
            result = run(student, "print('line\\n' * 2**20)")
            assert result.output.endswith("\n[Output cut: more than 1,000,000 bytes.]\n")
            assert len(result.output) < 1_001_000
            assert run(student, "print('next')").output == "next\n"

    def test_a_child_that_never_stops_writing_delays_nothing(self):
        source = "import os\nif os.fork() == 0:\n    while True: os.write(1, b'y' * 4096)"
        with start(BEST) as student:
            begin = time.monotonic()
            for _ in range(3):
                run(student, source if _ == 0 else "1")
            assert time.monotonic() - begin < 5

    def test_bytes_that_are_no_text_are_shown_as_such(self):
        with start(BEST) as student:
            result = run(student, "import os; _ = os.write(1, b'\\xff\\xfe ok\\n')")
            assert result.output == "\ufffd\ufffd ok\n"


class TestExcerpt:
    @pytest.mark.parametrize("size", [1, 3, 1000])
    def test_however_it_arrives_the_text_is_the_same(self, size):
        data = b"short\n" + b"a" * 30 + b"\nlast\n" + b"b" * 25
        excerpt = Excerpt(1000, 20)
        for begin in range(0, len(data), size):
            excerpt.add(data[begin : begin + size])
        note = " [Line cut: more than 20 bytes.]"
        assert excerpt.text() == f"short\n{'a' * 20}{note}\nlast\n{'b' * 20}{note}"

    def test_a_line_that_was_written_over_shows_its_last_form(self):
        excerpt = Excerpt(1000, 100)
        excerpt.add(b"10%\r50%\r100%\r\nnext\r")
        assert excerpt.text() == "100%\nnext"


# The grader's own side ----------------------------------------------------------------------------


def test_there_is_no_process_without_a_sandbox_by_accident():
    with pytest.raises(ValueError, match="needs a sandbox"):
        StudentProcess(None)


def test_a_process_that_cannot_start_is_told(kind, monkeypatch):
    monkeypatch.setattr("autograder.student_process._START", "raise SystemExit('not today')")
    begin = time.monotonic()
    with pytest.raises(Lost, match="not today"):
        start(kind).start()
    assert time.monotonic() - begin < 10


def test_closing_twice_or_before_the_start_is_harmless(kind):
    student = start(kind)
    student.close()
    student.start()
    student.close()
    student.close()


def test_nothing_is_left_open(kind):
    with start(kind):
        pass
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with start(kind, SHORT) as student:
            lost(student, "import os; os._exit(0)")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_resident_memory_of_a_process_is_found():
    assert 2**20 < _resident(os.getpid()) < 2**36
    assert _descendants(os.getpid(), 10)[0][0] == os.getpid()


def test_the_graders_variables_are_not_seen(kind, monkeypatch):
    monkeypatch.setenv("COURSE_CHECKS_SEED", "12345")
    monkeypatch.setenv("SOME_TOKEN", "12345")
    with start(kind, environment={"COURSE_QUICK": "1"}) as student:
        output = run(student, "import os; print(dict(os.environ))").output
        assert "12345" not in output and "'COURSE_QUICK': '1'" in output


def _running(word):
    """Return the processes whose command line holds a word."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if word in (folder / "cmdline").read_text() and int(folder.name) != os.getpid():
                found.append(int(folder.name))
    return found
