"""What the tests of the notebooks share: where they are, how they are run, and what of an output counts."""

import copy
import json
import platform
import re
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import nbformat

from lstm_course import lessons
from tests.notebooks.names_in_cells import pairs_to_rerun
from tools import build
from tools.source import first_line, is_verify

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
SOURCES = build.SOURCES
PAGES = [FOLDER / f"{name}.ipynb" for name in build.PAGES]
LESSONS = sorted(set(FOLDER.glob("*.ipynb")) - set(PAGES))
SOLUTIONS = sorted((FOLDER / "solutions").glob("*.ipynb"))
NOTEBOOKS = LESSONS + SOLUTIONS + PAGES
MAP_ROW = re.compile(r"^\| \[(\w+) (.+?)\]\((?:notebooks/)?(\w+)\.ipynb\) \| (.+?) \| (\d+) \|", re.M)

OLD_PROCESSOR = {"OPENBLAS_CORETYPE": "Nehalem",
                 "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}
IS_X86 = platform.machine() in ("x86_64", "AMD64")
MINUS_ZERO = (r"(?<![\w.])-0(\.0*)?(?![\d.])", r"0\1")      # its sign differs between processors
LOOSE_TAGS = {"nbval-ignore-output"}                        # cells whose output may differ between runs

# Runs in the kernel before all cells and after them: CPU seconds of each cell, peak memory in MB.
PROBE_START = """\
def probe():
    import time
    shell, seconds = get_ipython(), []
    shell.events.register("pre_run_cell", lambda info: seconds.append(-time.process_time()))
    def stop(result):
        if seconds:
            seconds[-1] += time.process_time()
    shell.events.register("post_run_cell", stop)
    get_ipython().__dict__["_probe_seconds"] = seconds
probe()
del probe
"""
PROBE_END = """\
def probe():
    import json, pathlib, re
    status = pathlib.Path("/proc/self/status")
    kilobytes = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()).group(1) if status.exists() else 0
    print(json.dumps({"seconds": get_ipython()._probe_seconds[:-1], "megabytes": int(kilobytes) / 1024}))
probe()
"""


def map_rows(markdown):
    """{name of the notebook: (number, title, question, minutes)} of a map of the course."""
    return {name: (number, title, question, minutes)
            for number, title, name, question, minutes in MAP_ROW.findall(markdown)}


def lessons_on_the_map():
    """The names of the lessons in the README's map. A new one has its teacher's page and links when it is there."""
    return sorted(map_rows((ROOT / "README.md").read_text(encoding="utf-8")))


def name_of(path):
    """A short name for a notebook: 01_rnn, or solutions/01_rnn."""
    return path.stem if path.parent.name != "solutions" else f"solutions/{path.stem}"


def tags(cell):
    """The tags of a cell."""
    return set(cell.metadata.get("tags", []))


def code_cells(notebook):
    """The code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def with_verify(path):
    """A lesson's notebook with the cells that only test its numbers, from its source; any other notebook as it is."""
    text = lessons.FOLDER / f"l{path.stem}" / "text.md"
    if path.parent != FOLDER or not text.is_file():
        return nbformat.read(path, 4)
    return build.lesson(build.read_source(text, verify=True))


def comparable(cell, pictures=True):
    """What of a cell's outputs must be the same in each run: text, HTML, errors, the data behind pictures."""
    if tags(cell) & LOOSE_TAGS:
        return ["(not compared)"]
    texts = ("text/plain", "text/html", "text/markdown", "text/latex", "application/json")
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append(f"{output.name}: {output.text}")
        elif output.output_type == "error":
            found.append(f"{output.ename}: {output.evalue}")
        else:
            found += [f"{kind}: {output.data[kind]}" for kind in texts if kind in output.data]
            found += [f"{kind} of the data {output.metadata.get(kind, {}).get('data_sha256')}"
                      for kind in sorted(output.data) if kind.startswith("image/") and pictures]
    return [re.sub(*MINUS_ZERO, text) for text in found]


def differences(old, new, pictures=True):
    """A sentence for each pair of cells whose outputs differ."""
    pairs = [(build.first_line(a), comparable(a, pictures), comparable(b, pictures))
             for a, b in zip(old, new, strict=True)]
    return [f"{cell!r} shows\n    {now}\ninstead of\n    {before}" for cell, before, now in pairs if before != now]


def cells_only(cells):
    """A notebook of copies of these cells (with ids of their own: a cell may occur twice)."""
    copies = [nbformat.from_dict({**copy.deepcopy(dict(cell)), "id": f"cell-{number}"})
              for number, cell in enumerate(cells)]
    return nbformat.v4.new_notebook(cells=copies)


def run(cells, folder, environment=(), timeout=build.TIMEOUT):
    """The cells after a run in a fresh kernel. Pictures are empty: what is compared is the hash of their data."""
    return build.execute(cells_only(cells), folder, timeout, environment, draw=lambda svg: (b"", 0, 0)).cells


@lru_cache
def run_twice(path):
    """Each code cell of a notebook run twice in succession: (stored, first, second, seconds, megabytes, faults).

    On x86-64 NumPy and OpenBLAS are told to do without what processors learned after 2010. The faults are the first
    one, if any, of running a cell again at the end and then one below it (names_in_cells.py). Cells that only test the
    lesson's numbers are run as well, and not returned.
    """
    cells = code_cells(with_verify(path))
    start, again, end = map(nbformat.v4.new_code_cell, (PROBE_START, rerun_code(cells), PROBE_END))
    doubled = [cell for cell in cells for _ in range(2)]
    done = run([start, *doubled, again, end], path.parent, OLD_PROCESSOR if IS_X86 else (), 5 * build.TIMEOUT)
    measured, faults = (json.loads(cell.outputs[0].text) for cell in (done[-1], done[-2]))
    shown = [number for number, cell in enumerate(cells) if not is_verify(cell)]
    pick = lambda values: [values[number] for number in shown]
    return (code_cells(nbformat.read(path, 4)), pick(done[1:-2:2]), pick(done[2:-2:2]),
            sum(pick(measured["seconds"][:-1:2])), measured["megabytes"], faults)


def rerun_code(cells):
    """A cell that runs cells again in forked kernels and prints what goes wrong, as a list of sentences."""
    plan = [[[first_line(cells[number]), cells[number].source] for number in pair] for pair in pairs_to_rerun(cells)]
    program = str(Path(__file__).with_name("run_sections.py"))
    return ("def probe():\n    import json, runpy\n"
            f"    rerun = runpy.run_path({program!r}, run_name='run_sections')['rerun']\n"
            f"    print(json.dumps(rerun(get_ipython(), json.loads({json.dumps(plan)!r}))))\nprobe()")


def sections(notebook):
    """(set-up cells, [(title, code cells)]): a section begins at a heading of the second level."""
    setup, found = [], [("(before the first section)", [])]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found += [(title, []) for level, title in headings(cell.source) if level == 2]
        elif cell.cell_type == "code":
            (setup if "setup" in tags(cell) else found[-1][1]).append(cell)
    return setup, [(title, cells) for title, cells in found if cells]


def headings(markdown):
    """(level, words) of each heading in a Markdown text."""
    outside = re.sub(r"(?ms)^(```|~~~).*?^\1", "", markdown)
    return [(len(marks), words.strip()) for marks, words in re.findall(r"(?m)^(#{1,6})[ \t]+(.+)$", outside)]


def section_faults(path):
    """The sections of a notebook that do not run after its set-up cells alone."""
    setup, found = sections(with_verify(path))
    plan = {"setup": [cell.source for cell in setup],
            "sections": [[title, [[cell.source, "raises-exception" in tags(cell)] for cell in cells]]
                         for title, cells in found]}
    with tempfile.TemporaryDirectory() as ipython_dir:
        environment = build.kernel_environment(ipython_dir, static=False)
        done = subprocess.run([sys.executable, Path(__file__).with_name("run_sections.py")], text=True,
                              input=json.dumps(plan), capture_output=True, cwd=path.parent, env=environment)
    if done.returncode:
        return [done.stderr]
    return json.loads(done.stdout)
