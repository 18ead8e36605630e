"""Where things lie in the course's repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class CourseError(Exception):
    """Something about the course's folder is not as it should be; the message says what to do."""


@dataclass(frozen=True)
class Course:
    """The repository's folders.

    Attributes:
        root: The repository's top folder.
    """

    root: Path

    @property
    def solutions(self) -> Path:
        """Sources and executed solutions: nbgrader's source directory."""
        return self.root / "solutions"

    @property
    def notebooks(self) -> Path:
        """The learners' versions: nbgrader's release directory."""
        return self.root / "notebooks"

    @property
    def lock(self) -> Path:
        """The versions that the committed pictures and results were made with."""
        return self.root / "requirements" / "lock.txt"

    def weeks(self) -> list[str]:
        """Return the names of all weeks that have a lesson, sorted."""
        return sorted({path.parent.name for path in self.solutions.glob("*/*.py")})

    def require_week(self, week: str) -> Path:
        """Return the folder of a week's sources.

        Raises:
            CourseError: If there is no such week, with the list of those that are there.
        """
        if week not in self.weeks():
            known = ", ".join(self.weeks()) or "none"
            raise CourseError(f"there is no week {week!r}; the weeks are: {known}")
        return self.solutions / week


def find_course(start: Path | None = None) -> Course:
    """Find the course's repository around a folder.

    Args:
        start: Where to look first, the working directory by default; then in its parents, then
            around this package.

    Returns:
        The course.

    Raises:
        CourseError: If no folder holds ``solutions/`` and ``nbgrader_config.py``.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parent.parent):
        if (folder / "solutions").is_dir() and (folder / "nbgrader_config.py").is_file():
            return Course(folder)
    raise CourseError(
        f"{here} is not inside the course's repository: change to the folder that holds "
        "solutions/ and nbgrader_config.py"
    )
