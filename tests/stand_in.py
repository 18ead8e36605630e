"""Plays the learner's process for tests of the examiner: no sandbox, but real payloads."""

from functools import cache

import numpy as np

from autograder import codec
from autograder.codec import Handle, ModelData
from autograder.source import CellKind


class StandIn:
    """Runs cells in this process and answers questions about what they defined."""

    def __init__(self, *cells, namespace=None):
        self.namespace = dict(namespace or {"__name__": "learner"})
        self.marks = {}
        self.objects = []
        self.asked = []
        for cell in cells:
            self.run(cell)

    def run(self, cell):
        exec(compile(cell, "<cell>", "exec", dont_inherit=True), self.namespace)

    def mark(self, exercise):
        self.marks[exercise] = dict(self.namespace)

    def __call__(self, payload):
        tag, *question = codec.decode(payload, self._incoming)
        assert tag == "ask"
        self.asked.append(question)
        try:
            return codec.encode(self._answer(*question), self._outgoing)
        except codec.CodecError as error:
            return codec.encode(["unsendable", str(error)])

    def _answer(self, exercise, verb, target, args, kwargs, want_arguments):
        if isinstance(target, str):
            names = self.marks.get(exercise, self.namespace)
            if target not in names:
                return ["undefined", target]
            target = names[target]
        try:
            if verb == "call":
                value = target(*args, **kwargs)
            elif verb == "attribute":
                value = getattr(target, args[0])
            elif verb == "item":
                value = target[args[0]]
            elif verb == "iterate":
                value = iter(target)
            else:
                value = {"get": lambda t: t, "length": len, "next": next}[verb](target)
        except Exception as error:
            return ["raised", type(error).__name__, str(error), *_place(error)]
        return ["value", value, [args, kwargs] if want_arguments else None]

    def _incoming(self, value):
        if isinstance(value, Handle):
            return self.objects[value.number]
        from autograder import keras_codec

        return keras_codec.rebuild(value)

    def _outgoing(self, value):
        if type(value).__module__.startswith(("keras", "tensorflow")):
            return _framework(value)
        self.objects.append(value)
        return Handle(len(self.objects) - 1, type(value).__name__)


def _framework(value):
    import keras

    from autograder import keras_codec

    if keras.ops.is_tensor(value) or isinstance(value, keras.Variable):
        return np.asarray(keras.ops.convert_to_numpy(value))
    data = keras_codec.describe(value)
    assert type(data) is ModelData
    return data


def _place(error):
    place, traceback = (None, None), error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<cell>":
            place = (traceback.tb_lineno, traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    return place


@cache
def _prepared(notebook):
    """Run the setup cells once for all tests: they load data."""
    student = StandIn()
    for cell in notebook.of_kind(CellKind.SETUP):
        student.run(cell.text)
    return student.namespace


def _end(notebook, only):
    places = [
        place
        for place, cell in enumerate(notebook.cells, start=1)
        if cell.kind is CellKind.CHECK and cell.exercise == only
    ]
    return places[0] if places else None


def examine(server, notebook, answers, only=None, environment=None):
    """Grade a notebook with the real examiner and a stand-in; return the reports by exercise.

    Exercises without an answer hold the reference. A cell that raises leaves nothing behind. With
    ``only`` the notebook ends with that exercise's check.
    """
    from autograder.examiner_process import bound_names

    cells = notebook.cells[: _end(notebook, only)]
    student = StandIn(namespace=_prepared(notebook))
    for cell in cells:
        if cell.kind is CellKind.EXERCISE:
            try:
                student.run(answers.get(cell.exercise, cell.text))
            except Exception:
                assert cell.exercise in answers
        elif cell.kind is CellKind.CHECK:
            student.mark(cell.exercise)
    names = bound_names(cell.text for cell in notebook.of_kind(CellKind.EXERCISE))
    reports = {}
    with server.new() as examiner:
        examiner.begin("0", names, environment or {})  # the seed of the samples' headers
        for cell in cells:
            if cell.kind is CellKind.SETUP:
                examiner.setup(cell.text)
            elif cell.kind is CellKind.CHECK and only in (None, cell.exercise):
                reports[cell.exercise] = examiner.check(
                    cell.exercise, cell.points, cell.text, student
                )
    return reports
