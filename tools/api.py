"""Writes the docstrings of the package as pages that can be read offline.

    python tools/api.py             # into api/; open api/index.html
    python tools/api.py FOLDER      # into another folder
"""

import pkgutil
import re
import sys
import warnings
from pathlib import Path

if not __package__:                     # `python tools/api.py`, from any folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = r"lstm_course\.(lessons\.|former_names|__main__|experiments\.__main__)"


def modules():
    """The names of the modules that have pages: all but the lessons' own."""
    import lstm_course

    names = ["lstm_course", *(module.name for module in pkgutil.walk_packages(lstm_course.__path__, "lstm_course."))]
    return [name for name in names if not re.match(LEFT_OUT, name)]


def write(folder, names=()):
    """Writes the pages of these modules (of all, if none is named) into a folder; needs pdoc, from the extra `dev`."""
    try:
        import pdoc
    except ImportError as error:
        sys.exit(f"The package {error.name} is missing: {sys.executable} -m pip install -c constraints.txt -e '.[dev]'")
    pdoc.render.configure(docformat="markdown", show_source=False)
    with warnings.catch_warnings():         # a package is named beside its modules, so that none is left out
        warnings.filterwarnings("ignore", "The module specification .* has already been added", UserWarning)
        pdoc.pdoc(*(names or modules()), f"!{LEFT_OUT}", output_directory=folder)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "api"
    write(target)
    print(f"{len(list(target.rglob('*.html')))} pages: open {target / 'index.html'} in a browser")
