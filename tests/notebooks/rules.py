"""The rules that every notebook keeps. Each function returns a list of sentences, one for each fault."""

import re
from pathlib import Path
from statistics import median

from lstm_course.students.lesson_source import HIDDEN, SOLUTION
from tests.notebooks.support import code_cells, headings, tags
from tools.minutes import PART
from tools.run_notebook import WIDGET
from tools.source import first_line

GRAMMAR = ["① Predict", "② Try", "③ See", "④ Formula", "⑤ Code", "⑥ Check", "⑦ Apply"]
TYPICAL_LINES, MANY_LINES, MOST_LINES, MANY_SHARE = 7, 15, 30, 0.1
EMPTY_WORDS = {"a", "alt", "an", "chart", "description", "diagram", "figure", "graph", "hint", "image", "of",
               "output", "picture", "placeholder", "plot", "solution", "text", "the", "this", "untitled"}
MACHINE = re.compile(r"(?<![\w.:/])/(?:tmp|home|root|work|Users|opt|usr|var|mnt)/[\w.-]+|\b[A-Z]:\\\w+")
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def different_sources(expected, stored):
    """Where a stored notebook is not what its source says: cells, sources, ids, tags, nbgrader's entries."""
    key = lambda cell: (cell.cell_type, cell.id, cell.source, dict(cell.metadata))
    pairs = zip(expected.cells, stored.cells, strict=False)
    faults = [f"cell {number}: {first_line(b)!r} is {first_line(a)!r} in the source, or its metadata differs"
              for number, (a, b) in enumerate(pairs) if key(a) != key(b)]
    if len(expected.cells) != len(stored.cells):
        faults.append(f"{len(stored.cells)} cells, {len(expected.cells)} in the source")
    return faults


def unrun_cells(notebook):
    """Code cells that were not executed, or not in this order, or that hold nothing."""
    faults = []
    for number, cell in enumerate(code_cells(notebook), 1):
        if not cell.source.strip():
            faults.append(f"code cell {number} is empty")
        elif cell.execution_count is None:
            faults.append(f"{first_line(cell)!r} was never executed")
        elif cell.execution_count != number:
            faults.append(f"{first_line(cell)!r} was executed as number {cell.execution_count}, not {number}")
    return faults


def bad_outputs(notebook):
    """Errors, stderr, widgets, machine paths and memory addresses in the stored outputs."""
    faults = ["the notebook stores widgets"] if "widgets" in notebook.metadata else []
    for cell in code_cells(notebook):
        for output in cell.outputs:
            faults += [f"{first_line(cell)!r} stores {fault}" for fault in output_faults(output, tags(cell))]
    return faults


def output_faults(output, cell_tags):
    """The faults of one output."""
    data = output.get("data", {})
    words = " ".join([output.get("text", ""), str(output.get("evalue", "")), *output.get("traceback", []),
                      *(str(value) for kind, value in data.items() if kind.startswith("text/"))])
    found = {
        "an error": output.output_type == "error" and "raises-exception" not in cell_tags,
        "stderr": output.get("name") == "stderr",
        "a widget": WIDGET in data or any("widget-state" in kind for kind in data),
        "an SVG output, which GitHub does not show": "image/svg+xml" in data,
        "a path of a machine": MACHINE.search(words),
        "a memory address": ADDRESS.search(words),
    }
    return [fault for fault, present in found.items() if present]


def bad_pictures(notebook):
    """Pictures without alt text, with a placeholder or a repeated one, or without the hash of their data."""
    faults, seen = [], {}
    for cell in code_cells(notebook):
        for output in cell.outputs:
            for kind in output.get("data", {}):
                meta = output.metadata.get(kind, {})
                alt = str(meta.get("alt", "")).strip()
                if not kind.startswith("image/"):
                    continue
                if not says_something(alt):
                    faults.append(f"{first_line(cell)!r} holds a picture whose alt text is {alt!r}")
                elif alt in seen:
                    faults.append(f"{first_line(cell)!r} holds a picture with the alt text of {seen[alt]!r}")
                if not re.fullmatch(r"[0-9a-f]{64}", str(meta.get("data_sha256", ""))):
                    faults.append(f"{first_line(cell)!r} holds a picture without the hash of its data")
                seen[alt] = first_line(cell)
            if re.search(r"<img(?![^>]*\balt=\"[^\"]{20})", output.get("data", {}).get("text/html", "")):
                faults.append(f"{first_line(cell)!r} holds an <img> without alt text")
    return faults


def says_something(alt):
    """Whether an alt text is more than a placeholder: some words that are not empty ones."""
    words = [word for word in re.findall(r"[^\W\d_]+", alt.lower()) if word not in EMPTY_WORDS]
    return len(alt) >= 20 and len(set(words)) >= 3


def bad_headings(notebook, name):
    """One H1, first of all; no level left out; in lessons 01 to 14 the seven headings of the grammar, then "More"."""
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    found = [heading for source in markdown for heading in headings(source)]
    levels = [level for level, _ in found]
    faults = [] if levels.count(1) == 1 and levels[0] == 1 else ["its first heading alone must be of level 1"]
    faults += [f"{words!r} skips a level" for before, (level, words) in zip(levels, found[1:], strict=False)
               if level > before + 1]
    second = [words for level, words in found if level == 2]
    if re.match(r"(0[1-9]|1[0-4])_", name) and not follows_grammar(second):
        faults.append(f"the sections are {second}, expected {GRAMMAR}")
    return faults


def follows_grammar(titles):
    """Whether these are the seven headings, each alone or followed by a colon and words; then the parts "More"."""
    core, more = titles[:len(GRAMMAR)], titles[len(GRAMMAR):]
    return [title.split(": ")[0] for title in core] == GRAMMAR and all(PART.fullmatch(title) for title in more)


def bad_prose(notebook, folder):
    """Pictures and machine paths in prose (cells draw the pictures), and links that lead nowhere."""
    faults = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        where = repr(first_line(cell))
        if re.search(r"!\[|<img|<svg|\]\(attachment:", cell.source):
            faults.append(f"{where} holds a picture")
        if MACHINE.search(cell.source):
            faults.append(f"{where} holds a path of a machine")
        links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)", cell.source)]
        local = [link for link in links if link and not re.match(r"[a-z]+:", link)]
        faults += [f"{where} links to {link}, which is not there" for link in local
                   if not (Path(folder) / link).exists()]
    return faults


def bad_rhythm(notebook):
    """Code cells that are too long, one by one or as a whole."""
    sizes = {first_line(cell): code_lines(cell) for cell in code_cells(notebook)}
    counts = list(sizes.values())
    faults = [f"{start!r} has {count} lines, more than {MOST_LINES}" for start, count in sizes.items()
              if count > MOST_LINES]
    many = [start for start, count in sizes.items() if count > MANY_LINES]
    if len(many) > max(1, MANY_SHARE * len(counts)):
        faults.append(f"{len(many)} of {len(counts)} code cells have more than {MANY_LINES} lines: {many}")
    if counts and median(counts) > TYPICAL_LINES:
        faults.append(f"a typical code cell has {median(counts)} lines, more than {TYPICAL_LINES}")
    return faults


def code_lines(cell):
    """The lines of a cell that are neither empty nor a marker."""
    lines = [line.strip() for line in cell.source.splitlines()]
    return sum(bool(line) and line not in SOLUTION + HIDDEN for line in lines)
