"""The gate stepper by hand: each gate at each step, a memory that is hidden and shown, the game for two, the band."""

import re

import numpy as np
import pytest

from lstm_course.explorers import gate_stepper
from lstm_course.lessons.l06_lstm_cell.gate_picture import draw


def put(explorer, name, number):
    """What a student does: type a number into the box of a control."""
    explorer.controls[name].box.value = str(number)


def test_each_gate_can_be_set_at_each_step():
    explorer = gate_stepper()
    explorer.reveal()
    explorer.set(step=12)                                           # the end of t = 4
    for sets, places in (("here", [3]), ("onwards", range(3, 10)), ("all", range(10))):
        for gate, number in (("f", 0.2), ("i", 0.3), ("g", 0.4), ("o", 0.1)):
            explorer.set(f=0.9, i=0.5, g=-0.6, o=0.7, sets=sets)
            old = explorer.values[gate]
            put(explorer, gate, number)
            assert explorer.values[gate] == tuple(number if t in places else old[t] for t in range(10)), (sets, gate)
            assert np.all(explorer.data.gates[gate] == explorer.values[gate])
    explorer.set(f=tuple(t / 10 for t in range(10)))
    for step, shown in ((1, "0.00"), (3, "0.00"), (4, "0.10"), (30, "0.90")):
        explorer.set(step=step)
        assert explorer.controls["f"].box.value == shown            # the slider is that of the step that is shown
    put(explorer, "f", "1.5")
    assert "f takes a number from 0 to 1" in explorer.readout.value
    with pytest.raises(ValueError, match="f takes 10 numbers"):
        explorer.set(f=(0.1, 0.2))


def test_write_hide_and_show_later_by_hand():
    """Task 3 of lesson 06."""
    explorer = gate_stepper()
    explorer.reveal()
    explorer.buttons["remember"].click()
    explorer.set(parts=False)
    explorer.set(c0=0.0)
    put(explorer, "o", 0)
    put(explorer, "g", 1)
    explorer.set(sets="here")
    for t, gate in ((1, "i"), (6, "o")):
        explorer.set(step=t)
        put(explorer, gate, 1)
    np.testing.assert_array_equal(explorer.data.c, [0] + 10 * [1])
    assert np.flatnonzero(explorer.data.h).tolist() == [6]


def test_the_last_c_depends_on_the_first_where_it_is_kept():
    """Task 2 of lesson 06."""
    depends = {}
    for name in ("remember", "forget", "overwrite", "add"):
        explorer = gate_stepper()
        explorer.reveal()
        explorer.buttons[name].click()
        before = explorer.data.c[-1]
        explorer.set(c0=-1.0)
        depends[name] = explorer.data.c[-1] != before
    assert depends == {"remember": True, "forget": False, "overwrite": False, "add": True}


def test_one_partner_sets_the_gates_and_the_other_predicts():
    explorer = gate_stepper()
    explorer.reveal()
    explorer.set(blind=True, sets="here", c0=0.0)
    c = 0.0
    for f, i in ((0.5, 1.0), (1.0, 0.0), (0.0, 0.5)):
        put(explorer, "f", f)
        put(explorer, "i", i)
        assert not explorer.revealed and explorer.panel.is_open
        c = f * c - 0.6 * i
        explorer.panel.answer.value = str(round(c, 3))
        explorer.panel.commit.click()
        assert "✓" in explorer.panel.verdict.value
        explorer.buttons["Step"].click()


def picture(hidden=False, parts=False, **values):
    explorer = gate_stepper()
    explorer.reveal()
    explorer.set(parts=parts)
    explorer.set(**values)
    return draw(explorer.data, hidden)


def bands_of(picture):
    return re.findall(r'height="([\d.]+)" fill="(#C9C9C9|#ffffff)" stroke="#767676"', picture)


def test_the_band_shows_the_size_of_c():
    bands = lambda **values: [(float(wide), fill == "#ffffff") for wide, fill in bands_of(picture(**values))]
    assert [len(bands(parts=True, step=step)) for step in range(4)] == [1, 2, 3, 3]
    wide = [w for w, _ in bands(step=1)]
    assert wide[0] > wide[1] > wide[2]                              # 0.8, 0.72, 0.42
    assert [hollow for _, hollow in bands(step=10)] == [True, True, True]
    assert bands(c0=0.0, step=0) == []
    assert len(bands(step=3)) == 3 and len(bands_of(picture(hidden=True, step=3))) == 1
