"""The class server: its files agree with the project, and the load test's own parts find what they must find."""

import ast
import copy
import json
import os
import random
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import nbformat
import psutil
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests.notebooks.support import lessons_on_the_map
from tools import load_report as report
from tools import load_student, load_test

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


@pytest.mark.parametrize("name", ["littlest/course.py", "settings/jupyter_server_config.py"])
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
    assert report.page_with(page, RESULT, LESSONS) == page, "do not edit between the marks; run load_test.py --write"


def test_the_stored_result_is_a_whole_class_without_a_problem():
    assert RESULT["problems"] == [] and RESULT["notebooks_saved_whole"] == RESULT["students"] >= 30
    for name in ("start_s", "finish_s", "slider_ms"):
        assert 0 < RESULT[name]["p50"] <= RESULT[name]["p95"] <= RESULT[name]["max"]
    memory = RESULT["memory_mb"]
    assert 40 < memory["kernel_pss"]["max"] < memory["pss"]["max"]
    assert RESULT["memory_all_students_mb"] <= RESULT["students"] * memory["pss"]["max"]


def test_the_memory_of_every_lesson_was_measured():
    assert list(LESSONS) == lessons_on_the_map()
    assert all(40 < memory["kernel"] < 400 and memory["kernel"] < memory["student"] for memory in LESSONS.values())


def test_the_hub_reads_settings_from_where_the_recipes_do(tmp_path):
    place = "teaching/server/settings"
    assert f"{place}/jupyter_server_config.py" in DOCKERFILE and f"{place}/jupyter_server_config.py" in LITTLEST
    _, command = load_test.hub_command(tmp_path, load_test.SETTINGS)
    assert f"--Spawner.environment=JUPYTER_CONFIG_PATH={ROOT / place}" in command
    assert "--Spawner.environment=OPENBLAS_NUM_THREADS=1" in command


# ---- measures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values, share, expected", [
    ([3, 1, 2], 0.5, 2), ([4, 1, 3, 2], 0.5, 2), (list(range(1, 101)), 0.95, 95), ([7], 0.95, 7), ([], 0.5, None),
], ids=["three", "four", "hundred", "one", "none"])
def test_percentile(values, share, expected):
    assert report.percentile(values, share) == expected


def test_a_summary_of_nothing_has_no_numbers():
    assert report.summary([]) == {"n": 0, "p50": None, "p95": None, "max": None}


@pytest.mark.skipif(not psutil.LINUX, reason="PSS is Linux's")
def test_memory_of_a_process_that_we_know():
    code = "x = bytearray(80_000_000); print('ready', flush=True); input()"
    with psutil.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline().strip() == b"ready"
        used = load_test.megabytes(child)
        child.communicate(b"\n")
    assert 76 < used < 140


# ---- lost work ---------------------------------------------------------------------------------------------

ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "planted", "traceback": []}


def finished():
    """A small notebook as a student saved it."""
    def code(source, count, outputs, tags=()):
        return {"cell_type": "code", "source": source, "execution_count": count, "outputs": outputs,
                "metadata": {"tags": list(tags)}}
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [
        code("x = 1", 1, []), {"cell_type": "markdown", "source": "prose", "metadata": {}},
        code("print(x)", 2, [{"output_type": "stream", "name": "stdout", "text": "1\n2\n"}]),
        code("1 / 0", 3, [dict(ERROR)], ["raises-exception"]), code("", None, []),
        {"cell_type": "markdown", "source": "my note", "metadata": {}}]}


@pytest.fixture
def checked(tmp_path):
    """Plant something in a student's file and have it checked: the student's problems."""
    def check(plant=lambda cells: None, seen=None):
        student = SimpleNamespace(name="ada", path="lesson.ipynb", notes=["my note"], problems=[],
                                  seen=seen or finished())
        notebook = copy.deepcopy(student.seen)
        plant(notebook["cells"])
        (tmp_path / "ada").mkdir()
        nbformat.write(nbformat.from_dict(notebook), tmp_path / "ada" / "lesson.ipynb")
        load_student.check_file(student, tmp_path)
        return student.problems
    return check


def test_a_whole_notebook_has_lost_nothing(checked, tmp_path):
    assert checked() == []
    assert '"1\\n",' in (tmp_path / "ada" / "lesson.ipynb").read_text()      # the file holds texts as lists of lines


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
def test_lost_work_is_found(plant, words, checked):
    [found] = checked(plant)
    assert found.startswith(words)


def test_an_error_is_found_although_the_student_saw_it(checked):
    seen = finished()
    seen["cells"][0]["outputs"] = [dict(ERROR)]
    assert checked(seen=seen) == ["code cell 1 shows an error: ValueError: planted"]


@pytest.mark.parametrize("content, words", [(None, "the file cannot be read"), ("{", "the file cannot be read")])
def test_a_file_that_cannot_be_read_is_found(content, words, tmp_path):
    student = SimpleNamespace(name=".", path="lesson.ipynb", notes=[], problems=[], seen=finished())
    if content:
        (tmp_path / "lesson.ipynb").write_text(content)
    load_student.check_file(student, tmp_path)
    assert len(student.problems) == 1 and student.problems[0].startswith(words)


# ---- sliders -----------------------------------------------------------------------------------------------


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
    widgets = {}
    for model, state in json.loads(done.stdout).items():
        load_student.keep_widget(widgets, "comm_open", {"comm_id": model, "data": {"state": state}})
    [(picture, sliders, buttons)] = load_student.explorers(widgets)
    assert "<svg" in widgets[picture]["value"] and len(sliders) >= 4 and load_student.SHOW in buttons
    rng = random.Random(0)
    for slider in sliders:
        state = widgets[slider]
        values = [load_student.another_value(state, rng) for _ in range(50)]
        assert all(state["min"] <= value <= state["max"] and value != state["value"] for value in values)
    update = {"comm_id": sliders[0], "data": {"method": "update", "state": {"value": 0.25}}}
    load_student.keep_widget(widgets, "comm_msg", update)
    assert widgets[sliders[0]]["value"] == 0.25


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


def test_what_is_missing_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr(load_test.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(load_test.CannotStart, match=r"pip install .*\[hub\]"):
        load_test.check_programs()
    monkeypatch.setattr(load_test.importlib.util, "find_spec", lambda name: "there")
    monkeypatch.setattr(load_test.shutil, "which", lambda name: None)
    with pytest.raises(load_test.CannotStart, match="npm install -g configurable-http-proxy"):
        load_test.check_programs()


def test_the_load_test_says_which_lessons_there_are():
    done = subprocess.run([sys.executable, ROOT / "tools" / "load_test.py", "--notebook", "99_nothing"], cwd=ROOT,
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
