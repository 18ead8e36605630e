"""nbgrader's settings for this course: its commands and formgrader use them from this folder.

``autograder build`` reads this file too. ``autograder grade`` sets the same steps with absolute
paths of its own; see ``autograder.engine.py``.
"""

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions

from autograder.engine import GRADE_STEPS, IGNORED_FILES, SANITIZE_STEPS
from autograder.feedback import FeedbackExporter, feedback_steps
from autograder.release import DropExecution, NameExercise

c = get_config()  # noqa: F821 (traitlets puts this name into a configuration file)

c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = "sqlite:///grading/gradebook.db"
# The sources that people edit stand beside the notebooks; nbgrader would hand them out.
c.CourseDirectory.ignore = IGNORED_FILES

# A learner's version says in each exercise which one is still to be done.
_steps = GenerateAssignment.preprocessors.default()
c.GenerateAssignment.preprocessors = [
    DropExecution,
    *(NameExercise if step is ClearSolutions else step for step in _steps),
]

# Grading is done on notebooks that `autograder grade` rebuilt, with its own steps.
c.Autograde.sanitize_preprocessors = SANITIZE_STEPS
c.Autograde.autograde_preprocessors = GRADE_STEPS

# Feedback is written without hidden checks and without HTML from hand-ins.
c.GenerateFeedback.preprocessors = feedback_steps()
c.GenerateFeedback.exporter_class = FeedbackExporter
