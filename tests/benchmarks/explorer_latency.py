"""How fast the explorers of a notebook are in JupyterLab, from key press to painted picture. Run by hand:

    python -m tests.benchmarks.explorer_latency notebooks/01_rnn.ipynb [--changes 60]

For the first slider of each explorer: time until the new picture is painted (p50 and p95: the key event in the
page, the new node, the frame after it), CPU time of the kernel and kB from the kernel per change; then a fast
drag over the slider: pictures per second, and how long after the last move the last picture is painted. The
goals hold on a quiet machine; nothing is gated.
"""

import argparse
import os
import platform
import statistics
import tempfile
from pathlib import Path

from tests.browser.jupyterlab import KERNEL, browser, opened, running_lab

GOALS = {"p50 ms": "<= 25", "p95 ms": "<= 50", "kernel CPU ms": "<= 10", "kB": "<= 20", "drag pictures/s": ">= 15",
         "lag ms": "<= 150"}

# In the page: the time of each painted picture, and of each key or move.
WATCH = """explorer => {
    window.seen = {painted: [], acted: []};
    const note = () => requestAnimationFrame(() => setTimeout(
        () => window.seen.painted.push(performance.now())));     // after the frame
    let last = explorer.querySelector('svg[role=img]').outerHTML;
    window.watcher?.disconnect();
    window.watcher = new MutationObserver(() => {
        const now = explorer.querySelector('svg[role=img]')?.outerHTML;
        if (now && now !== last) { last = now; note(); }
    });
    window.watcher.observe(explorer, {subtree: true, childList: true});
    for (const kind of ['keydown', 'pointermove'])
        explorer.addEventListener(kind, () => window.seen.acted.push(performance.now()), true);
}"""
COUNT_BYTES = f"""() => {{
    window.bytes = 0;
    {KERNEL}.anyMessage.connect((_, {{msg, direction}}) => {{
        if (direction === 'recv') window.bytes += JSON.stringify([msg.content, msg.metadata]).length;
    }});
}}"""
CPU = """async () => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const asked = kernel.requestExecute({code: 'import time; print(time.process_time())', store_history: false});
    let text = '';
    asked.onIOPub = message => { if (message.header.msg_type === 'stream') text += message.content.text; };
    await asked.done;
    return parseFloat(text);
}"""


def press_keys(page, slider, changes):
    """Milliseconds from each of many key presses to the painted picture."""
    times = []
    at, top = (float(slider.get_attribute(f"aria-value{end}")) for end in ("now", "max"))
    there, back = ("ArrowLeft", "ArrowRight") if at >= top else ("ArrowRight", "ArrowLeft")
    slider.focus()
    for number in range(changes):
        page.evaluate("window.seen.painted = []; window.seen.acted = []")
        slider.press(there if number % 2 == 0 else back)
        page.wait_for_timeout(200)                                  # asking the page meanwhile would slow it down
        page.wait_for_function("window.seen.painted.length > 0")
        times.append(page.evaluate("window.seen.painted.at(-1) - window.seen.acted[0]"))
    return times


def drag(page, slider, moves=60):
    """A fast drag to both sides: (pictures per second, lag after the last move in ms)."""
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("window.seen.painted = []; window.seen.acted = []")
    for number in range(moves):
        page.mouse.move(x + 50 * (1 - abs(2 * number / moves - 1)), y)
        page.wait_for_timeout(12)
    page.mouse.up()
    page.wait_for_timeout(1500)
    seen = page.evaluate("window.seen")
    seconds = (seen["acted"][-1] - seen["acted"][0]) / 1000
    painted = [time for time in seen["painted"] if time <= seen["acted"][-1]]
    return len(painted) / seconds, max(0.0, max(seen["painted"], default=0) - seen["acted"][-1])


def measure(page, explorer, changes):
    """The numbers of one explorer."""
    explorer.evaluate(WATCH)
    slider = explorer.get_by_role("slider").first
    press_keys(page, slider, 10)                                    # warm
    cpu, sent = page.evaluate(CPU), page.evaluate("window.bytes")
    times = press_keys(page, slider, changes)
    sent = (page.evaluate("window.bytes") - sent) / 1000 / changes
    cpu = 1000 * (page.evaluate(CPU) - cpu) / changes
    rate, lag = drag(page, slider)
    return {"p50 ms": statistics.median(times), "p95 ms": statistics.quantiles(times, n=20)[-1], "kernel CPU ms": cpu,
            "kB": sent, "drag pictures/s": rate, "lag ms": lag}


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--changes", type=int, default=60)
    given = parser.parse_args()
    with (tempfile.TemporaryDirectory() as place, running_lab(given.notebook.parent, place) as address,
          browser() as chromium, opened(chromium, address, given.notebook.name, 1280, 800) as notebook):
        notebook.run_all()
        notebook.page.evaluate(COUNT_BYTES)
        print(f"{given.notebook.name}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
              f"Chromium {chromium.version}, {given.changes} changes")
        print(f"{'':32s}" + "".join(f"{name:>17s}" for name in GOALS))
        print(f"{'goal':32s}" + "".join(f"{goal:>17s}" for goal in GOALS.values()))
        for explorer in notebook.page.locator(".lstm-explorer").all():
            title = explorer.locator(".lstm-title").first.inner_text()
            show = explorer.get_by_role("button", name="Just show me")
            if show.count():                                            # before the guess the controls rest
                show.first.click()
                notebook.page.wait_for_timeout(300)
            if not explorer.get_by_role("slider").count():
                continue                                                # buttons only: nothing to drag
            found = measure(notebook.page, explorer, given.changes)
            print(f"{title[:31]:32s}" + "".join(f"{found[name]:17.1f}" for name in GOALS), flush=True)


if __name__ == "__main__":
    main()
