"""Training runs: whatever ends one is said, and its result is kept."""

import asyncio
import os
import re
import signal
from html import unescape

import pytest

from tests.widgets.test_shell import make, press, said, training


def test_a_run_keeps_its_result():
    explorer = make(run=("Train", training))
    press(explorer, "Run")
    assert explorer.result == 4 and explorer.data["result"] == 4 and explorer.runner.progress.value == 1.0
    assert explorer.buttons["Run"].description == "Train"
    explorer.set(x=0.5)
    assert explorer.data["result"] == 4


def test_a_run_can_be_stopped():
    async def scene():
        def endless(**values):
            for k in range(10 ** 9):
                yield 0.5, k
        explorer = make(run=("Train", endless))
        press(explorer, "Run")
        await asyncio.sleep(0.05)
        press(explorer, "Run")
        kept = explorer.result
        await asyncio.sleep(0.03)
        assert explorer.result == kept is not None
    asyncio.run(scene())


def test_a_fault_in_a_run_is_shown():
    def broken(**values):
        yield 0.1, 1
        raise ValueError("The rate is too high.")
    explorer = make(run=("Train", broken))
    press(explorer, "Run")
    assert said(explorer) == "The rate is too high." and not explorer.runner.running


def scene_of_a_run(act, **more):
    """A run of many pieces in an event loop; act(explorer) while it goes on. The explorer afterwards."""
    def long(**values):
        for k in range(1, 10_001):
            yield k / 10_000, k

    async def scene():
        explorer = make(run=("Train", long), **more)
        press(explorer, "Run")
        while explorer.result is None:
            await asyncio.sleep(0.005)
        act(explorer)
        await asyncio.sleep(0.05)
        assert not explorer.runner.running and explorer.buttons["Run"].description == "Train"
        return explorer
    return asyncio.run(scene())


def words_of(runner):
    return unescape(re.sub("<[^>]*>", "", runner.words.value))


@pytest.mark.parametrize("act, words", [
    (lambda explorer: press(explorer, "Run"), "you stopped it"),
    (lambda explorer: setattr(explorer.controls["x"].bar, "value", 0.5), "a setting was changed"),
    (lambda explorer: press(explorer, "high"), "a preset was chosen"),
    (lambda explorer: os.kill(os.getpid(), signal.SIGINT), "Interrupted at")])
def test_what_ends_a_run_is_said_and_its_result_is_kept(act, words):
    before = signal.getsignal(signal.SIGINT)
    explorer = scene_of_a_run(act)
    assert words in words_of(explorer.runner) and explorer.result and "kept" in words_of(explorer.runner)
    assert signal.getsignal(signal.SIGINT) is before


def test_reset_takes_the_run_back():
    explorer = scene_of_a_run(lambda explorer: press(explorer, "Reset"))
    assert explorer.result is None and explorer.runner.progress.value == 0 and words_of(explorer.runner) == ""


def test_the_end_of_a_run_is_said():
    explorer = make(run=("Train", training))
    press(explorer, "Run")
    assert words_of(explorer.runner) == "Done."
    explorer = make(run=("Train", lambda **values: iter([(0.4, 1), (0.74, 2)])))
    press(explorer, "Run")
    assert words_of(explorer.runner) == "The time is over, at 74 % of the run." and explorer.result == 2


def test_a_run_that_makes_no_sense_cannot_be_started():
    explorer = make(run=("Train", training, lambda values: values["kind"] == "a"))
    assert not explorer.buttons["Run"].disabled
    explorer.set(kind="b")
    assert explorer.buttons["Run"].disabled and explorer.buttons["Run"].layout.display == "none"
