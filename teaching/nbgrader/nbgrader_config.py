"""nbgrader's settings for this course. `course.py` copies this file into the course folder: change it there."""

import os
import sysconfig
import warnings

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor, Preprocessor
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    GetGrades,
    OverwriteCells,
    OverwriteKernelspec,
)
from sqlalchemy.exc import SAWarning

c = get_config()  # noqa: F821      nbgrader defines it

c.CourseDirectory.course_id = "lstm_course"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", ".venv", ".DS_Store"]

# The stubs of the lessons. The checks know `...` and say "not attempted yet".
c.ClearSolutions.code_stub = {"python": "..."}
c.ClearSolutions.text_stub = "*Write your answer here.*"

# Seconds for one cell: a loop without end is interrupted then, and the next cell runs.
c.Execute.timeout = 30

# What each kernel does first, without leaving a name behind.
# One BLAS thread: two are many times slower on a busy machine. Static: pictures instead of explorers, which would be
# empty in the feedback. No warnings: nbgrader gives 0 points to a check that wrote to stderr, and a warning goes there,
# even in a right answer.
c.Execute.extra_arguments = ["--IPKernelApp.log_level=ERROR"] + [f"--IPKernelApp.exec_lines={line}" for line in (
    "__import__('os').environ.update(OPENBLAS_NUM_THREADS='1', MKL_NUM_THREADS='1', OMP_NUM_THREADS='1')",
    "__import__('os').environ.update(LSTM_COURSE_STATIC='1')",
    "__import__('warnings').simplefilter('ignore')")]

# nbgrader calls the program `alembic` by its name alone, and finds it only if this folder is in the PATH.
os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])

# nbgrader 0.9 prints three warnings of SQLAlchemy 2 at each first submission. They say nothing about the grades.
warnings.filterwarnings("ignore", category=SAWarning)


class OneOfEach(DeduplicateIds):
    """Of an exercise or a check that a student has copied the last one counts.

    nbgrader 0.9 alone leaves an empty entry in the others, takes the notebook for one of an old version and stops, so
    that the students after this one are not graded (its issue 1083).
    """

    def preprocess_cell(self, cell, resources, cell_index):
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
        return cell, resources


class ForReaders(Preprocessor):
    """Makes the feedback readable: long lines are broken, pictures keep their alt text, nothing is said twice."""

    def preprocess(self, notebook, resources):
        resources["inlining"]["css"].append("pre, code {white-space: pre-wrap; word-break: normal; "
                                            "overflow-wrap: anywhere;}")
        return super().preprocess(notebook, resources)

    def preprocess_cell(self, cell, resources, index):
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.get("data", {}):       # as HTML it keeps its label, as <img> it would not
                output.data["text/html"] = output.data.pop("image/svg+xml")
        if "nbgrader" in cell.metadata:
            self.say_once(cell)
        return cell, resources

    def say_once(self, cell):
        """A check cell calls the check before its hidden test and in it, so all that it prints is there twice."""
        prints = [output for output in cell.get("outputs", []) if output.output_type == "stream"]
        words = "".join(output.text for output in prints)
        half = words[:len(words) // 2]
        if words and words == half + half:
            prints[0].text = half
            cell.outputs = [one for one in cell.outputs if one is prints[0] or one.output_type != "stream"]


c.Autograde.sanitize_preprocessors = [ClearOutput, OneOfEach, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
c.ForReaders.enabled = True
c.GenerateFeedback.preprocessors = [GetGrades, CSSHTMLHeaderPreprocessor, ForReaders]
