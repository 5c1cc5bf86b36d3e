"""How long nbgrader needs: python tests/benchmarks/autograde.py [01_rnn …]     (all lessons: three minutes and more)

The lessons are laid out in a temporary folder, the solution notebooks are handed in, graded and commented on. Prints
CPU seconds, all programs and kernels included: about the time on the clock of an idle machine. Exit status 1 if a
command failed, a solution did not get all its points, or the grading of a notebook took more than 60 s.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 60


def run(*command, folder):
    """Runs a command in the folder; returns the CPU seconds of all its processes, or stops with what it said."""
    before = os.times()
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def score(lesson, folder):
    """(points given, points possible) by the program alone; written answers wait for a person."""
    from nbgrader.api import Gradebook
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        [notebook] = gradebook.find_submission(lesson, "model").notebooks
        by_program = [grade for grade in notebook.grades if grade.cell.cell_type == "code"]
        return sum(grade.auto_score for grade in by_program), sum(grade.max_score for grade in by_program)


def main(names):
    names = names or [path.stem for path in sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))]
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        run(ROOT / "teaching" / "nbgrader" / "course.py", folder, *names, folder=folder)
        took = run("-m", "nbgrader", "generate_assignment", "*", folder=folder)
        print(f"generate_assignment, all of these: {took:.0f} s")
        print("\n| lesson | points | autograde |\n|---|---|---|")
        for lesson in names:
            handed_in = Path(folder) / "submitted" / "model" / lesson
            handed_in.mkdir(parents=True)
            shutil.copy(ROOT / "notebooks" / "solutions" / f"{lesson}.ipynb", handed_in)
            took = run("-m", "nbgrader", "autograde", lesson, folder=folder)
            given, most = score(lesson, folder)
            failed |= given < most or took > MOST_SECONDS
            print(f"| {lesson} | {given:g} of {most:g} | {took:.1f} s |", flush=True)
        took = run("-m", "nbgrader", "generate_feedback", "*", folder=folder)
        print(f"\ngenerate_feedback, all of these: {took:.0f} s")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
