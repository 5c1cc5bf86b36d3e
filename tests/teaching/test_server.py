"""The class server: its files agree with the project, and the load test's own parts find what they must find."""

import ast
import copy
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from teaching.server.load import checking, hub, measures, report, widgets
from tests.notebooks.support import lessons_on_the_map

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "teaching" / "server"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONSTRAINTS = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines()
                   if "==" in line and not line.startswith("#"))
LITTLEST = (SERVER / "littlest" / "README.md").read_text(encoding="utf-8")
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(SERVER.rglob("*.md"))}
VALUES = yaml.safe_load((SERVER / "kubernetes" / "config.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (SERVER / "kubernetes" / "Dockerfile").read_text()
RESULT, LESSONS = report.stored()


def megabytes(text):
    """"400M" or "1G" in MB."""
    number, unit = re.fullmatch(r"([\d.]+)(M|G|Gi)", text).groups()
    return float(number) * {"M": 1, "G": 1024, "Gi": 1024}[unit]


# ---- the recipes -------------------------------------------------------------------------------------------


def test_the_memory_of_both_recipes_is_enough_for_what_was_measured():
    planned = report.planned_mb(LESSONS)
    assert megabytes(VALUES["singleuser"]["memory"]["guarantee"]) >= planned
    littlest = re.search(r"tljh-config set limits\.memory (\S+)", LITTLEST).group(1)
    assert littlest == VALUES["singleuser"]["memory"]["limit"]
    assert megabytes(littlest) >= 2 * planned


def test_both_recipes_limit_cores_and_stop_servers_alike():
    def set_to(name):
        return int(re.search(rf"tljh-config set {re.escape(name)} (\d+)", LITTLEST).group(1))
    assert set_to("limits.cpu") == VALUES["singleuser"]["cpu"]["limit"]
    assert set_to("services.cull.timeout") == VALUES["cull"]["timeout"] >= 3600
    assert VALUES["singleuser"]["defaultUrl"] == "/lab"


def test_the_kubernetes_page_names_the_values_of_the_file():
    page = PAGES["teaching/server/kubernetes/README.md"]
    single = VALUES["singleuser"]
    for value in (single["memory"]["guarantee"], single["memory"]["limit"], single["storage"]["capacity"],
                  f"{single['cpu']['guarantee']}, {single['cpu']['limit']}",
                  VALUES["scheduling"]["userPlaceholder"]["replicas"]):
        assert f"| {value} |" in page, value
    chart = re.search(r"chart .*?version (\d+\.\d+\.\d+)", (SERVER / "kubernetes" / "config.yaml").read_text()).group(1)
    assert set(re.findall(r"\b4\.\d+\.\d+\b", page)) == {chart}


def test_nobody_can_log_in_to_kubernetes_before_an_authenticator_is_chosen():
    assert VALUES["hub"]["config"]["JupyterHub"]["authenticator_class"] == "null"


def test_the_image_has_the_tested_python_and_versions():
    python = re.search(r"^FROM python:([\d.]+)-slim$", DOCKERFILE, flags=re.M).group(1)
    assert Version(python) in SpecifierSet(PROJECT["requires-python"])
    assert (ROOT / "binder" / "runtime.txt").read_text().strip() == f"python-{python}"
    install = re.search(r"pip install --no-cache-dir -c (\S+) (.*?) \\\n", DOCKERFILE)
    assert "grep -v '^jupyterhub==' constraints.txt > image-constraints.txt" in DOCKERFILE
    assert install.group(1) == "image-constraints.txt"
    course, *others = install.group(2).replace('"', "").split()
    names = {Requirement(each).name for each in others}
    assert course == "." and names == {"notebook", "jupyterhub", "nbgitpuller"}
    assert "notebook" in CONSTRAINTS and "nbgitpuller" not in CONSTRAINTS
    assert VALUES["singleuser"]["image"]["tag"] == PROJECT["version"]


def test_the_image_and_the_page_name_the_same_jupyterhub():
    hubs = re.findall(r'"jupyterhub==(\d+\.\d+)\.\*"', DOCKERFILE)
    assert hubs == re.findall(r"JupyterHub (\d+\.\d+)", PAGES["teaching/server/kubernetes/README.md"])[:1]
    extra = next(Requirement(line) for line in PROJECT["optional-dependencies"]["hub"] if "jupyterhub" in line)
    assert f"{hubs[0]}.0" in extra.specifier and CONSTRAINTS["jupyterhub"] in extra.specifier


def test_the_littlest_installs_with_the_constraints():
    commands = re.findall(r"sudo -E pip install .*", LITTLEST)
    assert len(commands) == 2
    assert all(command.startswith("sudo -E pip install -c constraints.txt . notebook") for command in commands)


@pytest.mark.parametrize("name", ["littlest/course.py", "settings/jupyter_server_config.py",
                                  "load/jupyterhub_config.py"])
def test_a_settings_file_sets_one_blas_thread(name):
    text = (SERVER / name).read_text(encoding="utf-8")
    strings = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    assert "OPENBLAS_NUM_THREADS" in strings and "1" in strings


def test_the_image_sets_one_blas_thread():
    assert "ENV OPENBLAS_NUM_THREADS=1\n" in DOCKERFILE
    assert VALUES["singleuser"]["extraEnv"] == {"OPENBLAS_NUM_THREADS": "1"}


def test_jupyter_server_takes_its_settings():
    """A real (not started) server with the file: its connection sends at once, and no setting is unknown."""
    code = """
import sys
from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
app = ServerApp()
app.load_config_file(False)
for name, kind in {"ServerApp": ServerApp, "LabApp": LabApp, "MappingKernelManager": MappingKernelManager}.items():
    unknown = set(app.config[name]) - set(kind.class_trait_names(config=True))
    assert app.config[name] and not unknown, (name, unknown)
said = []
connect = app.config.ServerApp.kernel_websocket_connection_class.__mro__[1].connect
kind = app.kernel_websocket_connection_class
kind.__mro__[1].connect = lambda self: said.append("connected")
class Handler:
    set_nodelay = lambda self, on: said.append(("nodelay", on))
connection = kind.__new__(kind)
kind.websocket_handler = Handler()
connection.connect()
assert said == [("nodelay", True), "connected"], said
assert app.config.MappingKernelManager.cull_idle_timeout == 3600
import os
assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
"""
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": str(SERVER / "settings"), "JUPYTER_CONFIG_DIR": os.devnull}
    environment.pop("OPENBLAS_NUM_THREADS")
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


# ---- the pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_links_within_the_repository_lead_somewhere(name):
    page = ROOT / name
    for target in re.findall(r"\]\(([^)#\s]+)?(?:#([^)\s]+))?\)", PAGES[name]):
        path, anchor = target
        if path.startswith("http"):
            continue
        aim = (page.parent / path).resolve() if path else page
        assert aim.exists(), f"{name}: {path}"
        if anchor:
            titles = re.findall(r"^#+ (.*)$", aim.read_text(encoding="utf-8"), flags=re.M)
            assert anchor in [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles], anchor


def test_the_example_link_names_this_repository_and_an_existing_lesson():
    links = re.findall(r"https://\S+/hub/user-redirect/git-pull\?\S+", PAGES["teaching/server/README.md"])
    assert links
    for link in links:
        query = parse_qs(urlsplit(link).query)
        repository = PROJECT["urls"]["Repository"]
        assert query["repo"] == [repository]
        folder = f"lab/tree/{repository.rpartition('/')[2]}/"
        assert query["urlpath"][0].startswith(folder)
        assert (ROOT / unquote(query["urlpath"][0]).removeprefix(folder)).is_file()


def test_the_page_shows_the_stored_result():
    page = report.PAGE.read_text(encoding="utf-8")
    assert report.page_with(page, RESULT, LESSONS) == page, "run load_test.py --write; do not edit between the marks"
    assert "MINUTES" not in page + (SERVER / "load_test.py").read_text()


def test_the_stored_result_is_a_whole_class_without_a_problem():
    assert RESULT["problems"] == [] and RESULT["notebooks_saved_whole"] == RESULT["students"] >= 30
    for name in ("start_s", "finish_s", "slider_ms", "drag_ms"):
        assert 0 < RESULT[name]["p50"] <= RESULT[name]["p95"] <= RESULT[name]["max"]
    memory = RESULT["memory_mb"]
    assert memory["kernel_pss"]["max"] < memory["pss"]["max"] <= memory["rss"]["max"] <= memory["peak_rss"]["max"]


def test_the_memory_of_every_lesson_was_measured():
    assert list(LESSONS) == lessons_on_the_map()
    assert all(40 < memory["kernel"] < 400 and memory["kernel"] < memory["student"] for memory in LESSONS.values())


def test_the_hub_reads_settings_from_where_the_recipes_do():
    assert "teaching/server/settings/jupyter_server_config.py" in DOCKERFILE
    assert "teaching/server/settings/jupyter_server_config.py" in LITTLEST
    assert 'HERE / "settings"' in (SERVER / "load_test.py").read_text()


# ---- measures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values, share, expected", [
    ([3, 1, 2], 0.5, 2), ([4, 1, 3, 2], 0.5, 2), (list(range(1, 101)), 0.95, 95), ([7], 0.95, 7), ([], 0.5, None),
], ids=["three", "four", "hundred", "one", "none"])
def test_percentile(values, share, expected):
    assert measures.percentile(values, share) == expected


def test_a_summary_of_nothing_has_no_numbers():
    assert measures.summary([]) == {"n": 0, "p50": None, "p95": None, "max": None}


@pytest.mark.skipif(not (measures.PROC / "self" / "smaps_rollup").exists(), reason="/proc is Linux's")
def test_memory_and_cpu_of_a_process_that_we_know():
    code = "x = bytearray(80_000_000); print('ready', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline().strip() == b"ready"
        used, below = measures.memory(child.pid), measures.tree(os.getpid())
        cpu = measures.cpu_seconds([child.pid])
        child.communicate(b"\n")
    assert child.pid in below
    assert 76 < used["pss"] < 140 and used["pss"] <= used["rss"] <= used["peak"]
    assert 0 <= cpu < 20
    assert measures.stat(child.pid) is None and measures.memory(child.pid)["pss"] == 0


# ---- lost work ---------------------------------------------------------------------------------------------

ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "planted", "traceback": []}


def finished():
    """A small notebook as a student saved it."""
    def code(source, count, outputs, tags=()):
        return {"cell_type": "code", "source": source, "execution_count": count, "outputs": outputs,
                "metadata": {"tags": list(tags)}}
    return {"cells": [
        code("x = 1", 1, []), {"cell_type": "markdown", "source": "prose", "metadata": {}},
        code("print(x)", 2, [{"output_type": "stream", "name": "stdout", "text": "1\n2\n"}]),
        code("1 / 0", 3, [dict(ERROR)], ["raises-exception"]), code("", None, []),
        {"cell_type": "markdown", "source": "my note", "metadata": {}}]}


def in_lines(notebook):
    """The same notebook as nbformat writes it to a file: texts as lists of lines."""
    stored = copy.deepcopy(notebook)
    stored["cells"][2]["outputs"][0]["text"] = ["1\n", "2\n"]
    stored["cells"][5]["source"] = ["my ", "note"]
    return stored


def test_a_whole_notebook_has_lost_nothing():
    assert checking.lost_work(in_lines(finished()), finished(), ["my note"]) == []


def no_note(cells):
    del cells[5]


def no_output(cells):
    cells[2]["outputs"] = []


def other_output(cells):
    cells[2]["outputs"][0]["text"] = ["1\n"]


def not_run(cells):
    cells[0]["execution_count"] = None


def other_code(cells):
    cells[0]["source"] = "x = 2"


def cell_gone(cells):
    del cells[2]


@pytest.mark.parametrize("plant, words", [
    (no_note, "the note 'my note' is missing"), (no_output, "the outputs of code cell 2"),
    (other_output, "the outputs of code cell 2"), (not_run, "code cell 1 was not run"),
    (other_code, "the code cells are not those"), (cell_gone, "the code cells are not those"),
], ids=lambda value: value.__name__ if callable(value) else "")
def test_lost_work_is_found(plant, words):
    stored = in_lines(finished())
    plant(stored["cells"])
    found = checking.lost_work(stored, finished(), ["my note"])
    assert len(found) == 1 and found[0].startswith(words)


def test_an_error_is_found_although_the_student_saw_it():
    seen = finished()
    seen["cells"][0]["outputs"] = [dict(ERROR)]
    assert checking.lost_work(seen, seen, []) == ["code cell 1 shows an error: ValueError: planted"]


def test_outputs_are_kept_as_a_notebook_keeps_them():
    outputs = []
    for kind, content in [("stream", {"name": "stdout", "text": "a"}), ("stream", {"name": "stdout", "text": "b"}),
                          ("status", {"execution_state": "busy"}), ("stream", {"name": "stderr", "text": "c"}),
                          ("execute_result", {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 4})]:
        output = checking.as_output({"header": {"msg_type": kind}, "content": content})
        if output:
            checking.add_output(outputs, output)
    assert [output.get("text") for output in outputs] == ["ab", "c", None]
    assert outputs[2]["execution_count"] == 4


# ---- sliders -----------------------------------------------------------------------------------------------


def opened(model, **state):
    return {"header": {"msg_type": "comm_open"}, "content": {"comm_id": model, "data": {"state": state}}}


def small_page():
    """An explorer with a slider that is seen, one that is hidden, one that is switched off, and a picture."""
    models = widgets.Models()
    slider = {"_model_name": "FloatSliderModel", "min": 0.0, "max": 1.0, "step": 0.01, "value": 0.5}
    models.take(opened("shown"))
    models.take(opened("none", display="none"))
    models.take(opened("f", **slider, layout="IPY_MODEL_shown"))
    models.take(opened("hidden", **slider, layout="IPY_MODEL_none"))
    models.take(opened("off", **slider, disabled=True))
    models.take(opened("head", _model_name="HTMLModel", value="<b>Title</b>"))
    models.take(opened("picture", _model_name="HTMLModel", value="<svg></svg>"))
    models.take(opened("show", _model_name="ButtonModel", description="Just show me"))
    inner = [f"IPY_MODEL_{name}" for name in ("head", "f", "hidden", "off", "picture", "show")]
    models.take(opened("row", _model_name="HBoxModel", children=inner))
    models.take(opened("top", _model_name="VBoxModel", children=["IPY_MODEL_row"], _dom_classes=["lstm-explorer"]))
    models.take(opened("quiz", **slider))
    return models


def test_the_explorer_in_the_messages_is_found():
    assert small_page().explorers() == [widgets.Explorer("picture", ["f"], {"Just show me": "show"})]


def test_the_sliders_of_a_real_explorer_are_found():
    """Its widgets' states as the kernel sends them; in a process of its own, so that no other widget is there."""
    code = """
import json
from ipywidgets.widgets import widget
from lstm_course.explorers import gate_stepper
gate_stepper()
print(json.dumps({model: each.get_state() for model, each in widget._instances.items()}, default=lambda each: None))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    models = widgets.Models()
    for model, state in json.loads(done.stdout).items():
        models.take(opened(model, **state))
    [explorer] = models.explorers()
    assert len(explorer.sliders) >= 4 and "Just show me" in explorer.buttons


def test_an_update_changes_the_model_and_is_told():
    models = small_page()
    content = {"comm_id": "f", "data": {"method": "update", "state": {"value": 0.7}}}
    assert models.take({"header": {"msg_type": "comm_msg"}, "content": content}) == ("f", {"value": 0.7})
    assert models.states["f"]["value"] == 0.7
    echo = content | {"data": {"method": "echo_update", "state": {"value": 0.1}}}
    assert models.take({"header": {"msg_type": "comm_msg"}, "content": echo}) is None


def test_slider_values_stay_on_the_slider():
    import random
    state, rng = small_page().states["f"], random.Random(0)
    for _ in range(200):
        value = widgets.another_value(state, rng)
        assert 0 <= value <= 1 and value != state["value"] and abs(value * 100 - round(value * 100)) < 1e-6
        path = widgets.drag(state, rng, 20)
        assert 5 < len(path) <= 20 and all(0 <= each <= 1 for each in path)
        assert path == sorted(path) or path == sorted(path, reverse=True)
        state["value"] = path[-1]
    whole = {"_model_name": "IntSliderModel", "min": 0, "max": 10, "step": 1, "value": 3}
    assert isinstance(widgets.another_value(whole, rng), int)


# ---- the report and its start ------------------------------------------------------------------------------


def test_the_page_is_filled_between_its_marks_only():
    page = "a\n<!-- sizes -->\nold\n<!-- end of sizes -->\nb\n"
    once = report.filled(page, "sizes", "new")
    assert once == "a\n<!-- sizes -->\nnew\n<!-- end of sizes -->\nb\n" == report.filled(once, "sizes", "new")
    with pytest.raises(ValueError, match="the marks"):
        report.filled("no marks", "sizes", "new")


def test_the_sizes_grow_with_the_class():
    machines = [report.machine_gb(RESULT, LESSONS, students) for students in report.CLASSES]
    assert machines == sorted(machines)
    assert machines[0] * 1024 > 10 * report.planned_mb(LESSONS)
    assert report.planned_mb(LESSONS) > RESULT["memory_mb"]["pss"]["max"]


def test_the_plan_is_the_largest_lesson_and_another_kernel():
    lessons = {"a": {"student": 230, "kernel": 100}, "b": {"student": 341, "kernel": 210},
               "c": {"student": 200, "kernel": 90}}
    assert report.planned_mb(lessons) == 450


def test_a_missing_proxy_is_said_in_a_sentence():
    with pytest.raises(hub.CannotStart, match="npm install -g configurable-http-proxy"):
        hub.proxy_command("no-such-proxy")


def test_a_missing_jupyterhub_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr(hub.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(hub.CannotStart, match=r"pip install .*\[hub\]"):
        hub.check_python()


def test_the_load_test_says_which_lessons_there_are():
    done = subprocess.run([sys.executable, SERVER / "load_test.py", "--notebook", "99_nothing"], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 2 and "06_lstm_cell" in done.stderr


def test_the_image_gets_what_it_needs_and_nothing_else():
    """What stands in Dockerfile.dockerignore is all that docker copies."""
    lines = (SERVER / "kubernetes" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert "*" in lines and all((ROOT / path).exists() for path in taken)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {"pyproject.toml", "constraints.txt", "lstm_course", "notebooks", "teaching/server/settings",
              project["readme"], *(path for path in project["license-files"] if "/" not in path)}
    assert taken == needed
