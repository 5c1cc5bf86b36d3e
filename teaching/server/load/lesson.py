"""A whole class: students arrive, run the notebook, move sliders together, save; then every file is read again."""

import asyncio
import json
import os
import random
import time

from . import checking, measures
from .student import Signals, Student

RESTART_EVERY = 5           # every fifth student restarts the kernel and runs the notebook again


class Stopwatch:
    """CPU seconds of the hub, the proxy, the servers, the client and the machine, between two moments."""

    def __init__(self, hub_pid):
        self.hub_pid = hub_pid
        self.start = self._now()

    def _now(self):
        busy, whole = measures.machine_seconds()
        return time.perf_counter(), busy, whole, measures.cpu_by_part(measures.census(self.hub_pid))

    def read(self):
        """{"seconds", "cpu_seconds" by part, "share" of the machine by part} since the start."""
        (before, busy0, whole0, parts0), (now, busy, whole, parts) = self.start, self._now()
        used = {part: max(0.0, seconds - parts0[part]) for part, seconds in parts.items()}
        used["other programs and the system"] = max(0.0, busy - busy0 - sum(used.values()))
        return {"seconds": round(now - before, 2),
                "cpu_seconds": {part: round(seconds, 1) for part, seconds in used.items()},
                "share": {part: round(seconds / (whole - whole0), 3) for part, seconds in used.items()}}


async def watch_memory(lowest, every=0.5):
    """Note the least memory that was available; until cancelled."""
    while True:
        lowest[0] = min(lowest[0], measures.available_mb())
        await asyncio.sleep(every)


async def hold(plan, hub, count, arrivals, say=print):
    """A class of `count` students who arrive within `arrivals` seconds: (records, measured)."""
    names = [f"student{number:02d}" for number in range(1, count + 1)]
    rng = random.Random(plan.seed)
    times = sorted(rng.uniform(0, arrivals) for _ in names)
    students = [Student(name, plan, restarts=number % RESTART_EVERY == 0) for number, name in enumerate(names, 1)]
    signals, lag, lowest = Signals.of(names), measures.Lag(), [measures.available_mb()]
    measured, whole = {}, Stopwatch(hub.process.pid)
    at_work = [asyncio.create_task(student.attend(when, signals))
               for student, when in zip(students, times, strict=True)]
    watching = [asyncio.create_task(lag.watch()), asyncio.create_task(watch_memory(lowest)),
                asyncio.create_task(tell(students, say))]
    try:
        await signals.ready.complete.wait()
        measured["preparing"] = whole.read()
        measured["memory_ready"] = measures.memory_per_student(measures.census(hub.process.pid))
        lag.late.clear()
        sliders = Stopwatch(hub.process.pid)
        signals.go.set()
        await signals.moved.complete.wait()
        measured["sliders"] = sliders.read()
        measured["lag_ms"] = measures.summary(lag.late or [0.0])
        found = measures.census(hub.process.pid)
        measured["memory_end"] = measures.memory_per_student(found)
        measured["hub_and_proxy_mb"] = sum(measures.memory(pid)["pss"] for pid in found["hub"] + found["proxy"])
        measured["least_available_mb"] = lowest[0]
        signals.leave.set()
        await asyncio.gather(*at_work)
    finally:
        for task in (*watching, *at_work):
            task.cancel()
    return [student.record for student in students], measured


async def tell(students, say, every=10):
    """Say now and then how far the class is."""
    began = time.perf_counter()
    while True:
        await asyncio.sleep(every)
        steps = {}
        for student in students:
            steps[student.record.step] = steps.get(student.record.step, 0) + 1
        say(f"  {time.perf_counter() - began:4.0f} s   " + ", ".join(f"{n} {step}" for step, n in steps.items()))


def check_files(records, homes, notebook):
    """Read every student's file again; what is wrong is added to the student's problems."""
    for record in records:
        if record.seen is None:
            record.problems.append("nothing was ever saved")
            continue
        try:
            stored = json.loads((homes / record.name / notebook).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            record.problems.append(f"the file cannot be read: {error}")
            continue
        record.problems += checking.lost_work(stored, record.seen, record.notes)


def load_average():
    """The machine's load before the test: (1 minute, 5 minutes)."""
    return [round(load, 2) for load in os.getloadavg()[:2]]
