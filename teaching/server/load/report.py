"""The load test's result: as JSON, as text, and in the teacher's page."""

import json
import math
import textwrap
from pathlib import Path

from . import measures

SERVER = Path(__file__).resolve().parents[1]
RESULT = SERVER / "load_test.json"
LESSONS = SERVER / "lesson_memory.json"
PAGE = SERVER / "README.md"
WRITTEN = [RESULT, LESSONS, PAGE]
CLASSES = (10, 20, 30, 60, 100)
STEP_MB = 50
WIDTH = 118


def result(chosen, records, measured, machine):
    """Everything that was measured, ready for JSON."""
    end, ready = measured["memory_end"], measured["memory_ready"]
    singles = [value for record in records for value in record.singles]
    drags = [value for record in records for value in record.drags]
    problems = [f"{record.name}: {problem}" for record in records for problem in record.problems]
    moved = len(singles) + len(drags) + sum(record.unanswered for record in records)
    if moved and len(singles) + len(drags) < moved / 2:
        problems.append(f"only {len(singles) + len(drags)} of {moved} slider changes were followed by a picture")
    return {
        "students": chosen.students, "notebook": chosen.notebook, "arrivals_s": chosen.arrivals,
        "slider_s": chosen.slider_seconds, "changes_per_second": chosen.changes, "seed": chosen.seed,
        "machine": machine,
        "start_s": measures.summary(present(record.start for record in records)),
        "server_s": measures.summary(present(record.server for record in records)),
        "finish_s": measures.summary(present(record.finish for record in records)),
        "finish_again_s": measures.summary(present(record.finish_again for record in records)),
        "slider_ms": measures.summary(singles), "drag_ms": measures.summary(drags),
        "slider_changes": moved, "without_a_new_picture": sum(record.unanswered for record in records),
        "client_lag_ms": measured["lag_ms"],
        "memory_mb": {name: measures.summary([used[name] for used in end.values()], 0)
                      for name in ("pss", "server_pss", "kernel_pss", "rss", "peak_rss")},
        "memory_before_sliders_mb": measures.summary([used["pss"] for used in ready.values()], 0),
        "memory_all_students_mb": round(sum(used["pss"] for used in end.values())),
        "memory_hub_and_proxy_mb": round(measured["hub_and_proxy_mb"]),
        "memory_left_mb": round(measured["least_available_mb"]), "took_s": round(measured["took_s"]),
        "preparing": measured["preparing"], "sliders": measured["sliders"],
        "notebooks_saved_whole": sum(not record.problems for record in records),
        "problems": problems,
    }


def present(values):
    """The values without None."""
    return [value for value in values if value is not None]


def lesson_memory(found):
    """What one lesson takes of a student's memory, in MB."""
    memory = found["memory_mb"]
    return {"student": round(memory["pss"]["max"] or 0), "kernel": round(memory["kernel_pss"]["max"] or 0)}


def planned_mb(lessons):
    """Memory to plan for a student, in MB: the largest lesson and another kernel left open, rounded up."""
    usual = measures.percentile([memory["kernel"] for memory in lessons.values()], 0.5)
    return STEP_MB * math.ceil((max(memory["student"] for memory in lessons.values()) + usual) / STEP_MB)


def machine_gb(found, lessons, students):
    """Memory of a machine for a class, in whole GB: 1 GB for the system, the hub, and the students."""
    return math.ceil(1 + (found["memory_hub_and_proxy_mb"] + students * planned_mb(lessons)) / 1024)


def cpu_seconds_per_student(found):
    """CPU seconds from login to a finished notebook, with the hub's and the proxy's part."""
    used = found["preparing"]["cpu_seconds"]
    return sum(used[part] for part in ("hub", "proxy", "servers and kernels")) / found["students"]


def slider_cores_per_student(found):
    """Cores that a student takes who moves sliders without a break."""
    used = found["sliders"]["cpu_seconds"]
    parts = sum(used[part] for part in ("hub", "proxy", "servers and kernels"))
    return parts / max(found["sliders"]["seconds"], 0.01) / found["students"]


# ---- tables ------------------------------------------------------------------------------------------------


def row(name, numbers, unit):
    """A line of the figures' table."""
    values = (numbers[key] for key in ("p50", "p95", "max"))
    shown = [number(value) if value >= 100 else f"{value:g}" for value in values if value is not None]
    return f"| {name} | {' | '.join(shown) if shown else '- | - | -'} | {unit} |"


def figures(found):
    """What was measured, as a Markdown table."""
    memory = found["memory_mb"]
    rows = [row("start: log in until JupyterLab is there", found["start_s"], "s"),
            row("run all cells, the whole class at once", found["finish_s"], "s"),
            row("slider: one change until the new picture", found["slider_ms"], "ms"),
            row("slider: end of a quick drag until its picture", found["drag_ms"], "ms"),
            row("memory of a student, server and kernel (PSS)", memory["pss"], "MB"),
            row("of this the kernel", memory["kernel_pss"], "MB")]
    if found["finish_again_s"]["n"]:
        rows.insert(2, row("run all cells again after a restart of the kernel", found["finish_again_s"], "s"))
    return "\n".join(["| | median | 95 % | most | |", "|---|---|---|---|---|", *rows])


def conditions(found):
    """How it was measured, in sentences."""
    machine, sliders, preparing, lag = (found[name] for name in ("machine", "sliders", "preparing", "client_lag_ms"))
    shares = ", ".join(f"{part} {percent(share)}" for part, share in sliders["share"].items())
    start = (f"{found['students']} students, lesson `{found['notebook']}`. They arrive within "
             f"{found['arrivals_s']:g} s, each runs all cells without a pause, and then all move sliders at the same "
             f"time for {found['slider_s']:g} s ({found['changes_per_second']:g} changes a second each, "
             f"{found['drag_ms']['n']} quick drags in all). Machine: {machine['cores']} cores ({machine['cpu']}), "
             f"{machine['memory_gib']:g} GiB, {machine['system']}, Python {machine['python']}, JupyterHub "
             f"{machine['jupyterhub']}; load before the test {machine['load_before'][0]:g}. The test took "
             f"{found['took_s'] / 60:.1f} minutes.")
    items = [
        f"Notebooks finished without an error and found whole on the disk: **{found['notebooks_saved_whole']} of "
        f"{found['students']}**.",
        f"Memory: all students together {number(found['memory_all_students_mb'])} MB, the hub and its proxy "
        f"{found['memory_hub_and_proxy_mb']} MB. The machine had at least {number(found['memory_left_mb'])} MB left.",
        f"CPU: from login to the finished notebook {cpu_seconds_per_student(found):.1f} s a student; while moving "
        f"sliders {100 * slider_cores_per_student(found):.1f} % of a core a student.",
        f"The machine was {percent(sum(preparing['share'].values()))} busy in the {preparing['seconds']:.0f} s until "
        f"all were ready, and {percent(sum(sliders['share'].values()))} busy with the sliders ({shares}).",
        f"The simulated students (the client) run on the same cores. Their own delay, which is part of the latencies "
        f"above: {lag['p50']:g} ms (median), {lag['p95']:g} ms (95 %).",
        f"{found['without_a_new_picture']} of {number(found['slider_changes'])} slider changes made no new picture. "
        "Painting in the browser and the network of the room come on top.",
    ]
    points = [textwrap.fill(f"- {item}", WIDTH, subsequent_indent="  ", break_on_hyphens=False) for item in items]
    return "\n".join([textwrap.fill(start, WIDTH, break_on_hyphens=False), "", *points])


def number(value):
    """A whole number with thin groups of three."""
    return f"{value:,.0f}".replace(",", " ")


def percent(share):
    """A share in words."""
    return f"{100 * share:.0f} %"


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


def cores(found, students):
    """Cores for a class: as many students a core as in the test, at least 2."""
    return max(2, math.ceil(students * found["machine"]["cores"] / found["students"]))


def text(found):
    """The result for the terminal."""
    lines = [figures(found), "", conditions(found)]
    if found["problems"]:
        lines += ["", f"{len(found['problems'])} problems:", *(f"  {problem}" for problem in found["problems"][:40])]
    return "\n".join(lines)


# ---- the page ----------------------------------------------------------------------------------------------


def filled(page, name, content):
    """A page with new content between its marks `<!-- name -->` and `<!-- end of name -->`."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if page.count(start) != 1 or page.count(end) != 1:
        raise ValueError(f"the page must have the marks {start} and {end} once each")
    before, rest = page.split(start)
    return f"{before}{start}\n{content}\n{end}{rest.split(end)[1]}"


def page_with(page, found, lessons):
    """The teacher's page with these results in it."""
    page = filled(page, "figures", f"{figures(found)}\n\n{conditions(found)}")
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
