"""The command ``autograder``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple


class Command(NamedTuple):
    """A subcommand: where its arguments and its work are, by name, loaded when it is asked for."""

    module: str
    arguments: str
    work: str
    help: str


COMMANDS = {
    "build": Command(
        "build", "add_arguments", "run", "make executed solutions and learners' notebooks"
    ),
    "grade": Command("grade", "add_arguments", "run", "grade a folder of hand-ins"),
    "check": Command(
        "run_checks", "add_check_arguments", "check", "run a notebook's visible checks"
    ),
    "progress": Command(
        "run_checks", "add_progress_arguments", "progress", "list points reached, by week"
    ),
    "sample-class": Command(
        "sample_class", "add_arguments", "run", "write a class of sample hand-ins"
    ),
    "pictures": Command(
        "pictures", "add_arguments", "run", "take the README's pictures out of the solutions"
    ),
    "backends": Command(
        "backends", "add_arguments", "run", "run the Keras lessons on JAX and on PyTorch"
    ),
    "syllabus": Command(
        "syllabus", "add_arguments", "run", "list weeks, exercises, points and times"
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments, without the program's name; those of the process by default.

    Returns:
        The exit status: 0 when all is well, 1 when a check or comparison fails, 2 for bad input.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="autograder", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = next((word for word in argv if word in COMMANDS), None)
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=command.help, description=command.help)
        if name == asked:
            # Importing all of nbgrader takes seconds: load what is asked for, and no more.
            _load(command, command.arguments)(subparser)
    arguments = parser.parse_args(argv)
    command = COMMANDS[arguments.command]
    try:
        return _load(command, command.work)(arguments)
    except KeyboardInterrupt:
        print("\nstopped; what is finished is kept", file=sys.stderr)
        return 130
    except _known_errors() as error:
        print(f"autograder {arguments.command}: {error}", file=sys.stderr)
        return 2


def _load(command: Command, name: str) -> Callable:
    return getattr(import_module(f"autograder.{command.module}"), name)


def _known_errors() -> tuple[type[Exception], ...]:
    """Return the errors whose message is for the user: no traceback."""
    from autograder.course import CourseError
    from autograder.execute import ExecutionError
    from autograder.source import SourceError

    return (CourseError, ExecutionError, SourceError)


if __name__ == "__main__":
    sys.exit(main())
