"""A simulated student: logs in, opens a notebook, runs it, moves sliders, writes notes and saves."""

import asyncio
import contextlib
import copy
import json
import random
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from yarl import URL

from . import checking, widgets
from .kernel import Kernel

SHOW = "Just show me"
SCRIPTS_MB = 5.4            # of scripts that JupyterLab 4.6 loads into an empty browser, counted in Chromium
AT_ONCE = 6                 # requests of one browser to one server
POLL_SECONDS = 10           # how often JupyterLab's page asks for its kernels and sessions
DRAG_MOVES, MOVES_PER_SECOND = 20, 30       # a drag across most of a slider in two thirds of a second


@dataclass
class Plan:
    """What all students of a class share."""

    address: str
    notebook: str               # the path below the student's home folder
    seed: int = 0
    changes_per_second: float = 3.0
    slider_seconds: float = 60.0
    patience: float = 600.0     # seconds for any one step


@dataclass
class Record:
    """What happened to a student: seconds, milliseconds, and what went wrong."""

    name: str
    start: float | None = None          # login to JupyterLab's page, its settings and the file list
    server: float | None = None         # of this: until the hub said that the server is ready
    finish: float | None = None         # all cells of the notebook, one after the other
    finish_again: float | None = None   # the same after a restart of the kernel
    singles: list = field(default_factory=list)
    drags: list = field(default_factory=list)
    unanswered: int = 0                 # changes that left the picture as it was
    step: str = "wait to arrive"        # what the student was doing last
    problems: list = field(default_factory=list)
    seen: dict | None = None            # the notebook as last saved
    notes: list = field(default_factory=list)


class Student:
    """One student with a browser of their own."""

    def __init__(self, name, plan, restarts=False):
        self.name, self.plan, self.restarts = name, plan, restarts
        self.record, self.rng = Record(name), random.Random(f"{plan.seed} {name}")
        self.base = f"{plan.address}/user/{name}"
        self.kernel = self.polling = None

    async def attend(self, arrival, signals):
        """The whole lesson. Whatever goes wrong is noted, and the class goes on."""
        self.browser = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True),
                                             timeout=aiohttp.ClientTimeout(total=self.plan.patience))
        try:
            await self.lesson(arrival, signals)
            await signals.leave.wait()          # the servers stay until memory has been measured
        finally:
            if self.polling:
                self.polling.cancel()
            if self.kernel:
                await self.kernel.close()
            await self.browser.close()

    async def lesson(self, arrival, signals):
        """From the arrival to the last save; the class need not wait for somebody who fails."""
        try:
            await asyncio.sleep(arrival)
            await self.prepare()
            self.record.step = "wait for the class"
            signals.ready.tick_off(self.name)
            await signals.go.wait()
            await self.does("move sliders", self.move_sliders())
            await self.save_with_note("at the end")
            self.record.step = "done"
        except Exception as error:
            self.record.problems.append(f"could not {self.record.step}: {type(error).__name__} {error}".rstrip())
        finally:
            signals.ready.tick_off(self.name)
            signals.moved.tick_off(self.name)

    async def prepare(self):
        """All until the sliders."""
        began = time.perf_counter()
        await self.does("log in", self.log_in())
        await self.does("start a server", self.wait_for_server())
        self.record.server = time.perf_counter() - began
        await self.does("open JupyterLab", self.open_lab())
        self.record.start = time.perf_counter() - began
        await self.does("open the notebook", self.open_notebook())
        self.record.finish = await self.does("run the notebook", self.run_all())
        await self.save_with_note("in the middle")
        if self.restarts:
            await self.does("restart the kernel", self.restart())
            self.record.finish_again = await self.does("run the notebook again", self.run_all())
            await self.does("save the notebook", self.save())
        await self.does("find the sliders", self.find_sliders())

    async def does(self, step, doing):
        """Do one step; it must not take for ever."""
        self.record.step = step
        async with asyncio.timeout(self.plan.patience):
            return await doing

    # ---- the hub -------------------------------------------------------------------------------------------

    def cookie(self, address, name):
        """A cookie that the browser would send there."""
        found = self.browser.cookie_jar.filter_cookies(URL(address)).get(name)
        return found.value if found else ""

    async def log_in(self):
        """The login form; the hub begins to start the server."""
        page = f"{self.plan.address}/hub/login"
        async with self.browser.get(page, raise_for_status=True):
            pass
        form = {"username": self.name, "password": "", "_xsrf": self.cookie(page, "_xsrf")}
        async with self.browser.post(page, data=form, raise_for_status=True) as answer:
            await answer.read()

    async def wait_for_server(self):
        """Follow the hub's progress messages until the server is ready, as its waiting page does."""
        page = f"{self.plan.address}/hub/api/users/{self.name}/server/progress"
        address = f"{page}?_xsrf={self.cookie(page, '_xsrf')}"
        async with self.browser.get(address, raise_for_status=True) as answer:
            async for line in answer.content:
                if not line.startswith(b"data:"):
                    continue
                event = json.loads(line[5:])
                if event.get("failed"):
                    raise RuntimeError(event.get("message", "the server did not start"))
                if event.get("ready"):
                    return
        raise RuntimeError("the hub stopped telling before the server was ready")

    async def open_lab(self):
        """JupyterLab's page (through the hub's permission) and what it asks for first."""
        async with self.browser.get(f"{self.base}/lab", raise_for_status=True) as answer:
            if not str(answer.url).startswith(f"{self.base}/lab"):
                raise RuntimeError(f"JupyterLab did not open, but {answer.url}")
            await answer.read()
        await self.load_scripts()
        for place in ("lab/api/settings", "lab/api/translations/en", "lab/api/workspaces/default", "api/kernelspecs",
                      "api/contents?content=1", "api/sessions", "api/terminals"):
            await self.ask("GET", place)
        self.polling = asyncio.create_task(self.poll())

    async def load_scripts(self):
        """As many of JupyterLab's scripts as a browser loads, a few at a time."""
        folder = Path(sys.prefix) / "share/jupyter/lab/static"
        files = sorted(folder.glob("*.js"))
        self.rng.shuffle(files)
        free, total = asyncio.Semaphore(AT_ONCE), 0

        async def load(name):
            async with free, self.browser.get(f"{self.base}/static/lab/{name}", raise_for_status=True) as answer:
                await answer.read()

        wanted = []
        while files and total < SCRIPTS_MB * 1e6:
            total += files[-1].stat().st_size
            wanted.append(files.pop().name)
        await asyncio.gather(*map(load, wanted))

    async def poll(self):
        """What an open page asks for again and again."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            for place in ("api/kernels", "api/sessions"):
                with contextlib.suppress(RuntimeError, aiohttp.ClientError, TimeoutError):
                    await self.ask("GET", place)

    # ---- the notebook --------------------------------------------------------------------------------------

    async def ask(self, method, place, content=None):
        """A request to the student's own server; its answer, from JSON."""
        address = f"{self.base}/{place}"
        headers = {"X-XSRFToken": self.cookie(address, "_xsrf")}
        async with self.browser.request(method, address, json=content, headers=headers) as answer:
            text = await answer.text()
            if answer.status >= 400:
                raise RuntimeError(f"{method} {place} was answered with {answer.status}: {text[:200]}")
            return json.loads(text) if text else None

    async def open_notebook(self):
        """Read the notebook and start its kernel."""
        self.notebook = (await self.ask("GET", f"api/contents/{self.plan.notebook}?content=1"))["content"]
        session = {"path": self.plan.notebook, "name": self.plan.notebook.rpartition("/")[2], "type": "notebook",
                   "kernel": {"name": self.notebook["metadata"]["kernelspec"]["name"]}}
        self.kernel_id = (await self.ask("POST", "api/sessions", session))["kernel"]["id"]
        await self.connect()

    async def connect(self):
        """A new connection to the kernel."""
        if self.kernel:
            await self.kernel.close()
        address = f"{self.base}/api/kernels/{self.kernel_id}/channels"
        self.kernel = await Kernel.connect(self.browser, address, uuid.uuid4().hex)

    async def run_all(self):
        """Run all code cells; the seconds it took."""
        began = time.perf_counter()
        for cell in checking.code_cells(self.notebook):
            cell["execution_count"], cell["outputs"] = None, []
        for cell in checking.code_cells(self.notebook):
            cell["execution_count"], cell["outputs"] = await self.kernel.run(checking.sources(cell))
        return time.perf_counter() - began

    async def restart(self):
        """Restart the kernel, as a student does who is stuck."""
        await self.ask("POST", f"api/kernels/{self.kernel_id}/restart")
        await self.connect()

    async def save(self):
        """Write the notebook to the server."""
        model = {"type": "notebook", "format": "json", "content": self.notebook}
        await self.ask("PUT", f"api/contents/{self.plan.notebook}", model)
        self.record.seen = copy.deepcopy(self.notebook)

    async def save_with_note(self, when):
        """Write a note of one's own under the notebook, and save."""
        words = f"Note of {self.name} {when}: {self.rng.randrange(10**9)}"
        checking.add_note(self.notebook, f"{len(self.record.notes)}", words)
        self.record.notes.append(words)
        await self.does("save the notebook", self.save())

    # ---- the sliders ---------------------------------------------------------------------------------------

    async def find_sliders(self):
        """Show every explorer's answer, then keep the sliders that change their picture now."""
        for explorer in self.kernel.models.explorers():
            if SHOW in explorer.buttons:
                await self.kernel.send("comm_msg", widgets.button_press(explorer.buttons[SHOW])).done
        pairs = [(explorer.picture, slider) for explorer in self.kernel.models.explorers()
                 for slider in explorer.sliders]
        self.pairs = [pair for pair in pairs if await self.changes_picture(*pair)]
        if pairs and not self.pairs:
            raise RuntimeError(f"no slider moves its picture in {self.plan.notebook}")

    async def changes_picture(self, picture, slider):
        """Whether a slider's first change makes a new picture."""
        value = widgets.another_value(self.kernel.models.states[slider], self.rng)
        request = await self.change(slider, value).done
        return request.picture_after(picture) is not None

    def change(self, slider, value):
        """Tell the kernel that a slider has moved."""
        self.kernel.models.states[slider]["value"] = value
        return self.kernel.send("comm_msg", widgets.slider_update(slider, value))

    async def move_sliders(self):
        """For a while: single changes at a human pace, and now and then a quick drag."""
        end = time.perf_counter() + self.plan.slider_seconds
        pause = 1 / self.plan.changes_per_second
        while self.pairs and time.perf_counter() < end:
            picture, slider = self.rng.choice(self.pairs)
            if self.rng.random() < 0.1:
                await self.drag(picture, slider)
            for _ in range(self.rng.randint(1, 8)):
                await asyncio.sleep(self.rng.uniform(0.5, 1.5) * pause)
                await self.single(picture, slider)

    async def single(self, picture, slider):
        """One change, as with an arrow key: until the new picture is here."""
        request = self.change(slider, widgets.another_value(self.kernel.models.states[slider], self.rng))
        await request.done
        self.note_latency(self.record.singles, request.picture_after(picture))

    async def drag(self, picture, slider):
        """A quick drag; measured from the last move of the hand to the picture that shows it."""
        hand, last_move = Hand(lambda value: self.change(slider, value)), None
        for value in widgets.drag(self.kernel.models.states[slider], self.rng, DRAG_MOVES):
            last_move = time.perf_counter()
            hand.move(value)
            await asyncio.sleep(1 / MOVES_PER_SECOND)
        request = await hand.rest()
        if request:
            after = request.picture_after(picture)
            self.note_latency(self.record.drags, None if after is None else request.sent + after - last_move)

    def note_latency(self, latencies, seconds):
        """Keep a latency in milliseconds, or that there was no new picture."""
        if seconds is None:
            self.record.unanswered += 1
        else:
            latencies.append(1000 * seconds)


class Hand:
    """A hand on a slider. As in a browser, one change is on its way at a time and the newest waits."""

    def __init__(self, change):
        self.change, self.on_its_way, self.waiting = change, None, None

    def move(self, value):
        """The slider has a new value."""
        self.waiting = value
        self._send()

    def _send(self):
        if self.waiting is None or (self.on_its_way and not self.on_its_way.done.done()):
            return
        self.on_its_way, self.waiting = self.change(self.waiting), None
        self.on_its_way.done.add_done_callback(lambda _: self._send())

    async def rest(self):
        """Wait until the last value has been answered; its request."""
        while self.on_its_way and (self.waiting is not None or not self.on_its_way.done.done()):
            await self.on_its_way.done
            await asyncio.sleep(0)
        return self.on_its_way


class Gathering:
    """Who of a class is still missing; `complete` is set when nobody is."""

    def __init__(self, names):
        self.missing, self.complete = set(names), asyncio.Event()

    def tick_off(self, name):
        """This student is here, or will not come."""
        self.missing.discard(name)
        if not self.missing:
            self.complete.set()


@dataclass
class Signals:
    """How the class and the one who measures wait for each other."""

    ready: Gathering            # everybody has run the notebook
    moved: Gathering            # everybody has moved the sliders and saved
    go: asyncio.Event           # now move the sliders
    leave: asyncio.Event        # memory is measured; go home

    @classmethod
    def of(cls, names):
        """Signals for a class."""
        return cls(Gathering(names), Gathering(names), asyncio.Event(), asyncio.Event())
