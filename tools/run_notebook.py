"""Runs a notebook in a fresh kernel and keeps of its outputs what is the same in every run.

Two runs on one machine give the same bytes: no times, no widgets, no paths. A widget is shown by a picture: with
LSTM_COURSE_STATIC=1 it displays an SVG with its alt text and a hash of its data, which becomes a PNG here.
"""

import asyncio
import base64
import os
import struct
import tempfile
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from tools.source import NOTEBOOK_METADATA, SourceError, first_line

TIMEOUT = 120
WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL_CONFIG = """\
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = "ERROR"
c.InteractiveShellApp.exec_lines = [
    "__import__('warnings').filterwarnings('error', module=r'(__main__|lstm_course)(\\\\.|$)')"
]
"""


def make_ipython_dir(folder):
    """Writes a kernel's settings into the folder: warnings of cells and lstm_course are errors, no history.

    Warnings of the kernel's own start-up are not (PYTHONWARNINGS=error would make them so).
    """
    profile = Path(folder) / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL_CONFIG)
    return str(folder)


def kernel_environment(ipython_dir, static=True):
    """The environment of a notebook's kernel, with static pictures or with widgets; nobody's progress is in it."""
    kept = dict(os.environ, OPENBLAS_NUM_THREADS="1", IPYTHONDIR=str(ipython_dir), LSTM_COURSE_STATIC="1",
                LSTM_COURSE_PROGRESS="off")
    dropped = {"MPLBACKEND"} if static else {"MPLBACKEND", "LSTM_COURSE_STATIC"}
    return {name: value for name, value in kept.items() if name not in dropped}


def execute(notebook, folder, timeout=TIMEOUT, environment=(), draw=None):
    """Runs all cells in a fresh kernel of this Python, in the folder; their outputs are cleaned.

    draw(svg) -> PNG bytes, width, height makes the pictures: png_from_svg, if it is not given.
    """
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(notebook, km=manager, timeout=timeout, record_timing=False,
                            store_widget_state=False, resources={"metadata": {"path": str(folder)}})
    with tempfile.TemporaryDirectory() as ipython_dir:
        kernel = {**kernel_environment(make_ipython_dir(ipython_dir)), **dict(environment)}
        asyncio.run(client.async_execute(env=kernel, cleanup_kc=True))      # a loop of its own, in any thread
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = clean_outputs(cell, draw or png_from_svg)
    return notebook


def clean_outputs(cell, draw):
    """The outputs of a cell without what differs between runs or machines, pictures as PNG."""
    cleaned = []
    for output in cell.outputs:
        if output.output_type == "error":
            output.traceback = [f"{output.ename}: {output.evalue}"]
        elif output.output_type == "stream" and cleaned and cleaned[-1].get("name") == output.name:
            cleaned[-1].text += output.text
            continue
        elif "data" in output:
            clean_picture(output, cell, draw)
        cleaned.append(output)
    return cleaned


def clean_picture(output, cell, draw):
    """No widget view; an SVG becomes a PNG that keeps its alt text and the hash of its data."""
    svg = output.data.pop("image/svg+xml", None)
    if svg is not None:
        png, width, height = draw(svg)
        output.data["image/png"] = base64.b64encode(png).decode()
        kept = output.metadata.pop("image/svg+xml", {})
        output.metadata["image/png"] = nbformat.from_dict({**kept, "width": width, "height": height})
    if output.data.pop(WIDGET, None) and "image/png" not in output.data:
        raise SourceError(f"{first_line(cell)!r} shows a widget that has no picture without a kernel.")


def png_from_svg(svg, scale=2):
    """(PNG bytes, width, height): sharp on a projector, in the fonts that come with matplotlib and the course."""
    import matplotlib
    import resvg_py

    from lstm_course.widgets import han

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    # resvg knows no unicode-range: it finds Chinese by itself, when a letter is not in the fonts that are named
    png = bytes(resvg_py.svg_to_bytes(
        svg_string=svg.replace(f"{han.FAMILY}, ", ""), zoom=scale, skip_system_fonts=True, background="#ffffff",
        font_files=[str(path) for path in [*sorted(fonts.glob("DejaVuSans*.ttf")), han.FILE]],
        font_family="DejaVu Sans", sans_serif_family="DejaVu Sans", serif_family="DejaVu Sans",
        monospace_family="DejaVu Sans Mono"))
    width, height = struct.unpack(">II", png[16:24])
    return png, round(width / scale), round(height / scale)
