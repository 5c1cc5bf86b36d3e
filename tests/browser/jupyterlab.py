"""A real JupyterLab in a real, headless Chromium, for the tests and for the commands beside them.

    with running_lab(folder, place) as address, browser() as chromium:
        with opened(chromium, address, "01_rnn.ipynb") as notebook:
            notebook.run_all()
            print(notebook.errors())
"""

import ast
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tools.build import kernel_environment, make_ipython_dir

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},            # all cells stay in the page
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
PANEL = "jupyterapp.shell.currentWidget"                                # the open notebook, inside the page
KERNEL = f"{PANEL}.sessionContext.session.kernel"
IN_TIME = """const inTime = (promise, seconds, what) => Promise.race([promise, new Promise(
    (_, reject) => setTimeout(() => reject(new Error(`${what} took more than ${seconds} s`)), 1000 * seconds))]);"""
LISTEN = f"""async () => {{
    {IN_TIME}
    await inTime({PANEL}.context.ready, 60, 'opening the notebook');
    await inTime({PANEL}.sessionContext.ready, 60, 'starting the kernel');
    await inTime({KERNEL}.info, 60, 'the answer of the kernel');
    window.kernelErrors = [];
    {KERNEL}.iopubMessage.connect((_, message) => {{
        if (message.header.msg_type === 'error') window.kernelErrors.push(message.content.evalue);
    }});
}}"""
COMPLAINTS = f"""() => [...{PANEL}.content.model.cells]
    .filter(cell => cell.outputs && !(cell.getMetadata('tags') || []).includes('raises-exception'))
    .flatMap(cell => cell.outputs.toJSON())
    .filter(output => output.name === 'stderr' || output.output_type === 'error')
    .map(output => output.evalue || output.text)"""


def why_not():
    """Why no browser can be started here; an empty string if it can."""
    if not shutil.which(CHROMIUM):
        return f"there is no browser {CHROMIUM} (the variable CHROMIUM may name another one)"
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return ""


def need_a_browser():
    """Skips the test without a browser; with CI in the environment it fails then."""
    import pytest

    if reason := why_not():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def copy_notebooks(folder, place):
    """A copy of the notebooks, so that nothing that is run or saved changes them."""
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", "conftest.py")
    return shutil.copytree(folder, place, ignore=ignored)


@contextlib.contextmanager
def running_lab(folder, place):
    """Serves a copy of the folder, with settings of its own kept in `place`; gives the server's address."""
    place = Path(place)
    environment = kernel_environment(make_ipython_dir(place / "ipython"), static=False)
    with serving(copy_notebooks(folder, place / "notebooks"), place, environment) as address:
        yield address


@contextlib.contextmanager
def serving(folder, place, environment, command=(sys.executable, "-m", "jupyterlab"), cwd=None, seconds=60):
    """Serves the folder itself by a command, which may be a JupyterLab of another environment; gives the address.

    The command, run in the folder `cwd`, gets JupyterLab's options at its end; within `seconds` the server answers.
    """
    place = Path(place)
    for name, values in SETTINGS.items():
        path = place / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
               "--IdentityProvider.token=t", f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True"]
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
           "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    environment = {**environment, **{name: str(place / part) for name, part in own.items()}}
    with open(place / "server.log", "w") as log:
        server = subprocess.Popen([*command, *options], env=environment, stdout=log, stderr=log, cwd=cwd)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, server, place / "server.log", seconds)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def wait_for(address, server, log, seconds=60):
    """Waits until the server answers."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api?token=t", timeout=2):
            return
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"JupyterLab did not start: {log.read_text()[-2000:]}")
        time.sleep(0.1)


@contextlib.contextmanager
def browser():
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@contextlib.contextmanager
def opened(chromium, address, name, width=1400, height=1500):
    """A notebook opened in JupyterLab; its kernel ends with it."""
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(60_000)
    notebook = Notebook(page, name)
    page.goto(f"{address}/doc/tree/{name}?token=t")
    page.wait_for_function(f"window.jupyterapp && {PANEL} && {PANEL}.context")
    page.evaluate(LISTEN)
    try:
        yield notebook
    finally:
        page.evaluate("jupyterapp.serviceManager.sessions.shutdownAll()")
        page.close()


SETTLED = f"""async () => {{
    {IN_TIME}
    const frame = () => new Promise(requestAnimationFrame);
    for (let round = 0; round < 2; round++) {{          // a slider sends its last value when the first is answered
        await inTime({KERNEL}.requestKernelInfo(), 300, 'an answer of the kernel');
        await frame();
        await frame();
    }}
}}"""
ASK = f"""async expression => {{
    {IN_TIME}
    const wanted = {{code: '', silent: true, store_history: false, user_expressions: {{answer: expression}}}};
    const asked = {KERNEL}.requestExecute(wanted);
    const {{answer}} = (await inTime(asked.done, 60, 'the answer of the kernel')).content.user_expressions;
    if (answer.status !== 'ok') throw new Error(`${{answer.ename}}: ${{answer.evalue}}`);
    return answer.data['text/plain'];
}}"""
RUN_ALL = f"""async () => {{
    {IN_TIME}
    return await inTime(jupyterapp.commands.execute('notebook:run-all-cells'), 300, 'running all cells');
}}"""
ALT_TEXTS = f"""() => [...{PANEL}.content.model.cells].filter(cell => cell.outputs)
    .flatMap(cell => cell.outputs.toJSON())
    .flatMap(({{data, metadata}}) => Object.keys(data || {{}}).filter(kind => kind.startsWith('image/'))
        .map(kind => (metadata[kind] || {{}}).alt || ''))"""


class Notebook:
    """An open notebook: run it, look at its pictures, ask for what went wrong."""

    def __init__(self, page, name):
        self.page, self.name, self.crashes = page, name, []
        page.on("pageerror", lambda error: self.crashes.append(str(error)))

    def run_all(self):
        """Runs all cells; False if one of them failed."""
        done = self.page.evaluate(RUN_ALL)
        self.wait()
        return bool(done)

    def wait(self):
        """Waits until the kernel has answered everything that was sent to it, and the page has shown it.

        The kernel answers in order, so its answer to one more question comes last. (Its status will not do: it is
        still "idle" until the kernel has begun with what was sent.)
        """
        self.page.evaluate(SETTLED)

    def errors(self):
        """Errors in cells and in callbacks, texts on stderr, errors in the page."""
        self.wait()
        found = self.page.evaluate("window.kernelErrors") + self.page.evaluate(COMPLAINTS)
        return sorted(set(found)) + self.crashes

    def ask(self, expression):
        """The value of a Python expression in the kernel, beside the notebook's cells."""
        return ast.literal_eval(self.page.evaluate(ASK, expression))

    def alt_texts(self):
        """The alt texts of the pictures that cells have shown (in the outputs; JupyterLab itself ignores them)."""
        return self.page.evaluate(ALT_TEXTS)

    def picture(self, box):
        """What the screen shows in a box (a clip of the page: the nodes in it may be replaced)."""
        return self.page.screenshot(clip=box)

    def becomes(self, box, old, same, seconds):
        """Waits until the pixels in the box equal `old` (same) or differ from it; False if they never do."""
        end = time.monotonic() + seconds
        while (self.picture(box) == old) is not same:
            if time.monotonic() > end:
                return False
            time.sleep(0.03)
        return True
