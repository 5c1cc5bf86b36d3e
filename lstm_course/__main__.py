"""python -m lstm_course: what the course can do for you on the command line; %run -m lstm_course in a notebook."""

import argparse
import codecs
import os
import sys

from lstm_course.students import copy_course as copying
from lstm_course.students import environment
from lstm_course.students import progress as remembering
from lstm_course.students.errors import NoSuchChoice
from lstm_course.whereabouts import ipython

EXAMPLES = """examples:
  python -m lstm_course check                                       is everything there? what to do if not
  python -m lstm_course copy ~/my-course                            the lessons in a folder of your own
  python -m lstm_course reset ~/my-course/06_lstm_cell.ipynb lstm_step    an exercise as it was
  python -m lstm_course progress                                    what you have done; only you see it
"""


def parser():
    """All commands and what they take."""
    whole = argparse.ArgumentParser("python -m lstm_course", epilog=EXAMPLES, description="The course on recurrent "
                                    "networks: checks, copies, and what helps when you are stuck.",
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("check", help="check the environment, and say how to mend it")
    copy = commands.add_parser("copy", help="copy the lessons into a folder of your own; what you wrote stays",
                               description="Copy the lessons into FOLDER. Run it again after an update of the course: "
                               "what you wrote stays, new versions arrive beside it.")
    copy.add_argument("folder", metavar="FOLDER")
    copy.add_argument("--from", dest="place", metavar="PLACE", help="where the course's notebooks are, if they are not "
                      "beside the package")
    copy.add_argument("--solutions", action="store_true", help="copy the solutions as well")
    reset = commands.add_parser("reset", help="put an exercise back to its beginning; your attempt is kept",
                                description="Put the first cell of EXERCISE back into NOTEBOOK. The notebook as it was "
                                "is kept beside it.")
    reset.add_argument("notebook", metavar="NOTEBOOK")
    reset.add_argument("exercise", metavar="EXERCISE", help="as in check.EXERCISE")
    progress = commands.add_parser("progress", help="show what you have done so far")
    progress.add_argument("--forget", action="store_true", help="delete it")
    return whole


def main(words=None):
    """Run a command; 0, or 1 if something is missing or could not be done."""
    codecs.register_error("as_it_came", _as_it_came)
    for stream in (sys.stdout, sys.stderr):         # a pipe on Windows knows neither → nor every name
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="as_it_came")
    given = parser().parse_args(words)
    try:
        done = COMMANDS[given.command](given)
        sys.stdout.flush()
        return done
    except (copying.CannotCopy, NoSuchChoice) as error:
        print(str(error)[:1].upper() + str(error)[1:], file=sys.stderr)
    except BrokenPipeError:                         # whoever reads, as `head` does, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
    return 1


def _as_it_came(error):
    """Write the bytes of a file's name as they are in the file system, and any other sign as an escape."""
    sign = error.object[error.start]
    if "\udc80" <= sign <= "\udcff":
        return bytes([ord(sign) - 0xdc00]), error.start + 1
    return sign.encode("ascii", "backslashreplace").decode(), error.start + 1


def _help(given):
    parser().print_help()
    return 0


def _check(given):
    environment.check_environment(details=True)
    return 0 if environment.is_complete(environment.advice()) else 1


def _copy(given):
    print(*copying.copy(given.folder, given.place, given.solutions), sep="\n")
    start = copying.named(given.folder).resolve() / copying.FIRST
    print(f"Open it:  {environment.python_command()} -m jupyter lab {environment.quoted(start)}")
    return 0


def _reset(given):
    print(*copying.reset(given.notebook, given.exercise), sep="\n")
    return 0


def _progress(given):
    path = remembering.students_file()
    if given.forget:
        print("Forgotten." if remembering.forget_everything(path) else "There was nothing to forget.")
    else:
        print(*remembering.report(path), sep="\n")
    return 0


COMMANDS = {None: _help, "check": _check, "copy": _copy, "reset": _reset, "progress": _progress}

if __name__ == "__main__":
    failed = main()
    if ipython() is None:       # `%run -m lstm_course …` in a notebook would show the exit as an error
        sys.exit(failed)
