"""A simulated student of the load test: logs in, opens a notebook, runs it, moves sliders, writes notes and saves."""

import asyncio
import copy
import json
import random
import sys
import time
from pathlib import Path

import nbformat

SHOW = "Just show me"
SCRIPTS_MB = 5.4                # of scripts that JupyterLab loads into an empty browser, counted in Chromium
PATIENCE = 600                  # the most seconds that a student waits, before the sliders and with them
CHANGES_PER_SECOND = 3.0        # of a student who moves sliders


# ---- a kernel and its widgets ------------------------------------------------------------------------------


class Kernel:
    """A kernel as JupyterLab's page talks to it: one websocket for all channels. `widgets` holds each model's state."""

    def __init__(self, websocket):
        from jupyter_client.session import Session
        from jupyter_server.services.kernels.connection import base
        self.websocket, self.session, self.wire = websocket, Session(key=b""), base
        self.widgets, self.inboxes = {}, {}
        self.listener = asyncio.create_task(self.listen())

    async def ask(self, kind, content):
        """Send a message: (what is replied, [(time, message)] until the kernel is idle again)."""
        message = self.session.msg(kind, content)
        inbox = self.inboxes[message["msg_id"]] = asyncio.Queue()
        parts = [json.dumps(message[part], default=str).encode()
                 for part in ("header", "parent_header", "metadata", "content")]
        await self.websocket.send_bytes(self.wire.serialize_msg_to_ws_v1(parts, "shell"))
        wanted, reply, came = {"idle", "reply"} if kind.endswith("_request") else {"idle"}, None, []
        while wanted:
            when, channel, message = await inbox.get()
            if channel == "closed":
                raise RuntimeError("the connection to the kernel ended")
            if channel == "shell":
                reply, wanted = message["content"], wanted - {"reply"}
            elif message["content"].get("execution_state") == "idle":
                wanted = wanted - {"idle"}
            came.append((when, message))
        return reply, came

    async def listen(self):
        """Sort what comes by the message that it answers, and keep the widgets' states."""
        async for packet in self.websocket:
            when = time.perf_counter()
            channel, parts = self.wire.deserialize_msg_from_ws_v1(packet.data)
            header, parent, _, content = (json.loads(part) for part in parts[:4])
            keep_widget(self.widgets, header["msg_type"], content)
            if parent.get("msg_id") in self.inboxes:
                message = {"header": header, "msg_type": header["msg_type"], "content": content}
                self.inboxes[parent["msg_id"]].put_nowait((when, channel, message))
        for inbox in self.inboxes.values():
            inbox.put_nowait((None, "closed", None))

    async def run(self, cell):
        """Run a cell and put what it gives into it."""
        reply, came = await self.ask("execute_request", {"code": cell["source"], "silent": False, "allow_stdin": False,
                                                         "store_history": True, "stop_on_error": True})
        cell["execution_count"] = reply["execution_count"]
        cell["outputs"] = [nbformat.v4.output_from_msg(message) for _, message in came
                           if message["msg_type"] in ("stream", "display_data", "execute_result", "error")]

    async def change(self, picture, slider, value):
        """Move a slider: the time of the first new picture, or None if the picture stays as it is."""
        self.widgets[slider]["value"] = value
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        _, came = await self.ask("comm_msg", {"comm_id": slider, "data": data})
        return next((when for when, message in came if message["content"].get("comm_id") == picture
                     and "value" in message["content"]["data"].get("state", {})), None)


def keep_widget(widgets, kind, content):
    """Keep what a message says of a widget."""
    if kind == "comm_open" or (kind == "comm_msg" and content["data"].get("method") == "update"):
        widgets.setdefault(content["comm_id"], {}).update(content["data"].get("state", {}))


def explorers(widgets):
    """[(picture, sliders, buttons by their words)] of all explorers that have a picture and sliders, as ids."""
    def below(model):
        inner = widgets.get(model, {}).get("children") or []
        return [model, *(each for child in inner for each in below(child.removeprefix("IPY_MODEL_")))]

    found = []
    for top in [model for model, state in widgets.items() if "lstm-explorer" in state.get("_dom_classes", ())]:
        parts = {model: widgets.get(model, {}) for model in below(top)}
        pictures = [model for model, state in parts.items() if "<svg" in str(state.get("value"))]
        sliders = [model for model, state in parts.items()
                   if state.get("_model_name") in ("FloatSliderModel", "IntSliderModel") and not state.get("disabled")]
        buttons = {state["description"]: model for model, state in parts.items()
                   if state.get("_model_name") == "ButtonModel"}
        if pictures and sliders:
            found.append((pictures[0], sliders, buttons))
    return found


def places(state):
    """All values that a slider can have."""
    count = round((state["max"] - state["min"]) / state["step"])
    values = [round(state["min"] + k * state["step"], 9) for k in range(count + 1)]
    return [int(value) for value in values] if state["_model_name"] == "IntSliderModel" else values


def another_value(state, rng):
    """A value that the slider does not have now."""
    return rng.choice([value for value in places(state) if abs(value - state["value"]) > state["step"] / 2])


# ---- a student ---------------------------------------------------------------------------------------------


class Student:
    """One student with a browser of their own: what happened to them, and what went wrong."""

    def __init__(self, name, address, notebook, seed):
        import aiohttp
        self.name, self.address, self.path = name, address, notebook
        self.base, self.rng = f"{address}/user/{name}", random.Random(f"{seed} {name}")
        self.browser = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), raise_for_status=True,
                                             timeout=aiohttp.ClientTimeout(total=PATIENCE))
        self.step, self.problems, self.notes, self.seen = "arrive", [], [], None
        self.start = self.finish = self.kernel = None
        self.pairs, self.latencies, self.unanswered = [], [], 0

    async def safely(self, doing, seconds):
        """Do something that takes these seconds at least; what goes wrong is noted, and the class goes on."""
        try:
            async with asyncio.timeout(seconds + PATIENCE):
                await doing
        except Exception as error:
            self.problems.append(f"could not {self.step}: {type(error).__name__} {error}".rstrip())

    def token(self, address):
        """The cookie that shows that a request comes from the page."""
        from yarl import URL
        found = self.browser.cookie_jar.filter_cookies(URL(address)).get("_xsrf")
        return found.value if found else ""

    async def ask(self, method, place, content=None):
        """A request to the student's own server; its answer, from JSON."""
        address = f"{self.base}/{place}"
        headers = {"X-XSRFToken": self.token(address)}
        async with self.browser.request(method, address, json=content, headers=headers) as answer:
            return json.loads(await answer.text() or "null")

    async def prepare(self, arrival):
        """All until the sliders."""
        await asyncio.sleep(arrival)
        began = time.perf_counter()
        await self.log_in()
        await self.open_lab()
        self.start = time.perf_counter() - began
        await self.open_notebook()
        self.step, began = "run the notebook", time.perf_counter()
        for cell in code_cells(self.notebook):
            await self.kernel.run(cell)
        self.finish = time.perf_counter() - began
        await self.save_with_note("in the middle")
        await self.find_sliders()

    async def log_in(self):
        """The login form; then follow the hub's messages until the server is ready, as its waiting page does."""
        self.step, page = "log in", f"{self.address}/hub/login"
        await self.browser.get(page)
        form = {"username": self.name, "password": "", "_xsrf": self.token(page)}
        await (await self.browser.post(page, data=form)).read()
        self.step, progress = "start a server", f"{self.address}/hub/api/users/{self.name}/server/progress"
        async with self.browser.get(f"{progress}?_xsrf={self.token(progress)}") as answer:
            events = [json.loads(line[5:]) async for line in answer.content if line.startswith(b"data:")]
        if not events or not events[-1].get("ready"):
            raise RuntimeError(f"the server did not start; the hub's last words: {events[-1:]}")

    async def open_lab(self):
        """JupyterLab's page (through the hub's permission) and what it asks for first."""
        self.step = "open JupyterLab"
        answer = await self.browser.get(f"{self.base}/lab")
        if not str(answer.url).startswith(f"{self.base}/lab"):
            raise RuntimeError(f"not JupyterLab opened, but {answer.url}")
        files = sorted((Path(sys.prefix) / "share/jupyter/lab/static").glob("*.js"))
        self.rng.shuffle(files)
        free, total = asyncio.Semaphore(6), 0            # requests of one browser at a time

        async def load(name):
            async with free, self.browser.get(f"{self.base}/static/lab/{name}") as script:
                await script.read()

        wanted = []
        while files and total < SCRIPTS_MB * 1e6:
            total += files[-1].stat().st_size
            wanted.append(files.pop().name)
        await asyncio.gather(*map(load, wanted))
        for place in ("lab/api/settings", "lab/api/translations/en", "lab/api/workspaces/default", "api/kernelspecs",
                      "api/contents?content=1", "api/sessions", "api/terminals"):
            await self.ask("GET", place)

    async def open_notebook(self):
        """Read the notebook, start its kernel and wait for its first answer."""
        self.step = "open the notebook"
        self.notebook = (await self.ask("GET", f"api/contents/{self.path}?content=1"))["content"]
        session = {"path": self.path, "name": self.path.rpartition("/")[2], "type": "notebook",
                   "kernel": {"name": self.notebook["metadata"]["kernelspec"]["name"]}}
        kernel = (await self.ask("POST", "api/sessions", session))["kernel"]["id"]
        self.kernel = Kernel(await self.browser.ws_connect(
            f"{self.base}/api/kernels/{kernel}/channels?session_id={self.name}", max_msg_size=0,
            protocols=["v1.kernel.websocket.jupyter.org"]))
        await self.kernel.ask("kernel_info_request", {})

    async def save_with_note(self, when):
        """Write a note of one's own under the notebook, and save."""
        self.step, words = "save the notebook", f"Note of {self.name} {when}: {self.rng.randrange(10**9)}"
        self.notebook["cells"].append({"cell_type": "markdown", "id": f"note-{len(self.notes)}", "metadata": {},
                                       "source": words})
        self.notes.append(words)
        await self.ask("PUT", f"api/contents/{self.path}",
                       {"type": "notebook", "format": "json", "content": self.notebook})
        self.seen = copy.deepcopy(self.notebook)

    async def find_sliders(self):
        """Show every explorer's answer, then keep the sliders that change their picture now."""
        self.step, kernel = "find the sliders", self.kernel
        for _, _, buttons in explorers(kernel.widgets):
            if SHOW in buttons:
                click = {"method": "custom", "content": {"event": "click"}}
                await kernel.ask("comm_msg", {"comm_id": buttons[SHOW], "data": click})
        pairs = [(picture, slider) for picture, sliders, _ in explorers(kernel.widgets) for slider in sliders]
        self.pairs = [pair for pair in pairs
                      if await kernel.change(*pair, another_value(kernel.widgets[pair[1]], self.rng))]
        if pairs and not self.pairs:
            raise RuntimeError(f"no slider moves its picture in {self.path}")

    async def move_sliders(self, seconds):
        """For a while, at a human pace; each change until its new picture, in milliseconds. Then save."""
        self.step, end = "move sliders", time.perf_counter() + seconds
        while self.pairs and time.perf_counter() < end:
            picture, slider = self.rng.choice(self.pairs)
            for _ in range(self.rng.randint(1, 8)):
                await asyncio.sleep(self.rng.uniform(0.5, 1.5) / CHANGES_PER_SECOND)
                value, began = another_value(self.kernel.widgets[slider], self.rng), time.perf_counter()
                shown = await self.kernel.change(picture, slider, value)
                if shown is None:
                    self.unanswered += 1
                else:
                    self.latencies.append(1000 * (shown - began))
        await self.save_with_note("at the end")

    async def leave(self):
        """Close the page; the server and the kernel run on."""
        if self.kernel:
            self.kernel.listener.cancel()
        await self.browser.close()


# ---- the file ----------------------------------------------------------------------------------------------


def code_cells(notebook):
    """The cells that are run: code cells that are not empty."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["source"].strip()]


def lost_work(stored, seen, notes):
    """What is wrong with a notebook, a sentence each: the file's, the one the student last saw, the student's notes."""
    texts = [cell["source"] for cell in stored["cells"] if cell["cell_type"] == "markdown"]
    found = [f"the note {note!r} is missing" for note in notes if note not in texts]
    cells, same_cells = code_cells(stored), code_cells(seen)
    if [cell["source"] for cell in cells] != [cell["source"] for cell in same_cells]:
        return [*found, "the code cells are not those that the student saw"]
    for number, (cell, same) in enumerate(zip(cells, same_cells, strict=True), 1):
        if cell["execution_count"] is None:
            found.append(f"code cell {number} was not run")
        if cell["outputs"] != same["outputs"]:
            found.append(f"the outputs of code cell {number} are not those that the student saw")
        if "raises-exception" not in cell["metadata"].get("tags", []):
            found += [f"code cell {number} shows an error: {output['ename']}: {output['evalue']}"
                      for output in cell["outputs"] if output["output_type"] == "error"]
    return found


def check_file(student, homes):
    """Read a student's file again; what is wrong is added to the student's problems."""
    if student.seen is None:
        student.problems.append("nothing was ever saved")
        return
    try:
        stored = nbformat.read(homes / student.name / student.path, as_version=4)
    except (OSError, ValueError) as error:
        student.problems.append(f"the file cannot be read: {error}")
        return
    student.problems += lost_work(stored, student.seen, student.notes)
