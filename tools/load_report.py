"""The load test's result as text and in the teacher's page, and the machine that a class needs."""

import json
import math
import textwrap
from pathlib import Path

SERVER = Path(__file__).resolve().parents[1] / "teaching" / "server"
RESULT, LESSONS, PAGE = SERVER / "load_test.json", SERVER / "lesson_memory.json", SERVER / "README.md"
CLASSES = (10, 20, 30, 60, 100)
STEP_MB = 50
WIDTH = 118


def percentile(values, share):
    """The smallest of the values that at least this share of them do not exceed (nearest rank), or None."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None


def summary(values, digits=1):
    """{"n", "p50", "p95", "max"} of the values; None where there are none."""
    shown = {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "max": max(values, default=None)}
    return {"n": len(values)} | {name: None if v is None else round(v, digits or None) for name, v in shown.items()}


def planned_mb(lessons):
    """Memory to plan for a student, in MB: the largest lesson and another kernel left open, rounded up."""
    usual = percentile([memory["kernel"] for memory in lessons.values()], 0.5)
    return STEP_MB * math.ceil((max(memory["student"] for memory in lessons.values()) + usual) / STEP_MB)


def machine_gb(found, lessons, students):
    """Memory of a machine for a class, in whole GB: 1 GB for the system, the hub, and the students."""
    return math.ceil(1 + (found["memory_hub_and_proxy_mb"] + students * planned_mb(lessons)) / 1024)


def cores(found, students):
    """Cores for a class: as many students a core as in the test, at least 2."""
    return max(2, math.ceil(students * found["machine"]["cores"] / found["students"]))


def number(value):
    """A whole number with groups of three."""
    return f"{value:,.0f}".replace(",", " ")


def figures(found):
    """What was measured, as a Markdown table."""
    memory = found["memory_mb"]
    rows = [("start: log in until JupyterLab is there", found["start_s"], "s"),
            ("run all cells, the whole class at once", found["finish_s"], "s"),
            ("slider: one change until the new picture", found["slider_ms"], "ms"),
            ("memory of a student, server and kernel (PSS)", memory["pss"], "MB"),
            ("of this the kernel", memory["kernel_pss"], "MB")]
    lines = ["| | median | 95 % | most | |", "|---|---|---|---|---|"]
    for name, numbers, unit in rows:
        values = [numbers[key] for key in ("p50", "p95", "max")]
        shown = ["-" if value is None else number(value) if value >= 100 else f"{value:g}" for value in values]
        lines.append(f"| {name} | {' | '.join(shown)} | {unit} |")
    return "\n".join(lines)


def conditions(found):
    """How it was measured, in sentences."""
    machine, preparing, sliders, students = (found[name] for name in ("machine", "preparing", "sliders", "students"))
    start = (f"{students} students, lesson `{found['notebook']}`. They arrive within {found['arrivals_s']:g} s, each "
             f"runs all cells without a pause, and then all move sliders at the same time for {found['slider_s']:g} s "
             f"(some 3 changes a second each). Machine: {machine['cores']} cores ({machine['cpu']}), "
             f"{machine['memory_gib']:g} GiB, {machine['system']}, Python {machine['python']}, JupyterHub "
             f"{machine['jupyterhub']}; load before the test {machine['load_before'][0]:g}. The test took "
             f"{found['took_s'] / 60:.1f} minutes. {found.get('note', '')}")
    changes = found["slider_ms"]["n"] + found["without_a_new_picture"]
    slider_cores = sliders["cpu_seconds"] / max(sliders["seconds"], 0.01) / students
    items = [
        f"Notebooks finished without an error and found whole on the disk: **{found['notebooks_saved_whole']} of "
        f"{students}**.",
        f"Memory: all students together {number(found['memory_all_students_mb'])} MB, the hub and its proxy "
        f"{found['memory_hub_and_proxy_mb']} MB. The machine had at least {number(found['memory_left_mb'])} MB left.",
        f"CPU: from login to the finished notebook {preparing['cpu_seconds'] / students:.1f} s a student; while moving "
        f"sliders {100 * slider_cores:.1f} % of a core a student. The machine was {100 * preparing['busy']:.0f} % busy "
        f"in the {preparing['seconds']:.0f} s until all were ready, and {100 * sliders['busy']:.0f} % with the "
        "sliders.",
        f"{found['without_a_new_picture']} of {number(changes)} slider changes made no new picture. The simulated "
        "students run on the same cores, and their own delay is part of these times. Painting in the browser and the "
        "network of the room come on top.",
    ]
    points = [textwrap.fill(f"- {item}", WIDTH, subsequent_indent="  ", break_on_hyphens=False) for item in items]
    return "\n".join([textwrap.fill(start, WIDTH, break_on_hyphens=False), "", *points])


def sizes(found, lessons):
    """The machine for a class, as a Markdown table."""
    planned = planned_mb(lessons)
    lines = [f"| {students} | {students * planned / 1024:.1f} GB | **{machine_gb(found, lessons, students)} GB** "
             f"| {cores(found, students)} |" for students in CLASSES]
    return "\n".join([f"| students at once | {planned} MB each | machine: memory | machine: cores |",
                      "|---|---|---|---|", *lines])


def by_lesson(lessons):
    """The memory of each lesson, as a Markdown table."""
    lines = [f"| {name} | {memory['kernel']} MB | {memory['student']} MB |" for name, memory in lessons.items()]
    return "\n".join(["| lesson, all cells run | kernel | with the student's server |", "|---|---|---|", *lines])


def text(found):
    """The result for the terminal."""
    return f"{figures(found)}\n\n{conditions(found)}"


def filled(page, name, content):
    """A page with new content between its marks `<!-- name -->` and `<!-- end of name -->`."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if page.count(start) != 1 or page.count(end) != 1:
        raise ValueError(f"the page must have the marks {start} and {end} once each")
    before, rest = page.split(start)
    return f"{before}{start}\n{content}\n{end}{rest.split(end)[1]}"


def page_with(page, found, lessons):
    """The teacher's page with these results in it."""
    page = filled(page, "figures", text(found))
    return filled(filled(page, "sizes", sizes(found, lessons)), "lessons", by_lesson(lessons))


def stored():
    """The stored results: (of the class, of the lessons)."""
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in (RESULT, LESSONS))


def write(found=None, lessons=None):
    """Store what is new, and bring the page up to date."""
    for path, new in ((RESULT, found), (LESSONS, lessons)):
        if new is not None:
            path.write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), *stored()), encoding="utf-8")
