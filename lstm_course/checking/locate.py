"""Which part of an answer goes wrong: its outputs, their blocks and steps, and the student's own variables.

Each sentence was compared with numbers in every case that it speaks of.
"""

from itertools import permutations

import numpy as np

from lstm_course.checking.compare import is_close, unpack
from lstm_course.checking.run import run_quietly
from lstm_course.checking.source import read

GATES = {4: "ifgo", 3: "rzn"}           # the blocks of W, U and b in this course
LEAST = 6                               # numbers that have to agree; fewer agree by accident


def structure(case):
    """Right numbers in the wrong place: blocks, outputs, axes, steps; or ""."""
    trials = [trial for trial in case.trials if trial.comparable and not trial.passes()]
    if len(trials) < sum(not trial.passes() for trial in case.trials) or _count(trials) < LEAST:
        return ""
    means = (_nearly, _order_of_gates, _swapped_outputs, _other_order, _an_argument, _mixed_columns, _one_block)
    return next((words for mean in means if (words := mean(case, trials))), "")


def _count(trials):
    return sum(part.size for trial in trials for part in trial.got)


def _equal(a, b):
    return np.shape(a) == np.shape(b) and bool(is_close(np.asarray(a), np.asarray(b), 1e-7).all())


def _nearly(case, trials):
    """What agrees in six digits, but not in all, is estimated or rounded."""
    for k, output in enumerate(case.exercise.outputs):
        wrong = [trial for trial in trials if not trial.right_outputs()[k]]
        if wrong and all(_equal(trial.got[k], trial.expected[k]) for trial in wrong):
            return (f"{output.name} agrees with the right numbers in at least six digits, but not in all: is it "
                    "estimated (by a nudge, say) or rounded? It has to come from its formula")
    return ""


def _order_of_gates(case, trials):
    """The reference gives the student's numbers if the blocks of its parameters stand in another order."""
    for names in GATES.values():
        blocks = len(names)
        if not all(has_blocks(trial.arguments, blocks) for trial in trials):
            continue
        for order in permutations(range(blocks)):
            if list(order) != sorted(order) and all(_gives(case, trial, order) for trial in case.trials if (
                    trial.comparable)):
                given = ", ".join(names[order.index(k)] for k in range(blocks))
                return (f"the blocks are taken in the order {given}. In W, U and b they stand in the order "
                        f"{', '.join(names)}")
    return ""


def has_blocks(arguments, blocks):
    U, W = arguments.get("U"), arguments.get("W")
    return isinstance(U, np.ndarray) and isinstance(W, np.ndarray) and U.ndim == 2 and (
        U.shape[1] == W.shape[-1] == blocks * U.shape[0])


def _gives(case, trial, order):
    width = trial.arguments["U"].shape[1]
    turned = {name: np.concatenate([np.split(value, len(order), axis=-1)[k] for k in order], axis=-1)
              if isinstance(value, np.ndarray) and value.ndim and value.shape[-1] == width and name in ("W", "U", "b")
              else value for name, value in trial.arguments.items()}
    other = unpack(run_quietly(case.exercise.reference, turned).returned, case.exercise.outputs)
    return isinstance(other, list) and all(_equal(a, b) for a, b in zip(other, trial.got, strict=True))


def _swapped_outputs(case, trials):
    """Two outputs in each other's place."""
    outputs = case.exercise.outputs
    for a in range(len(outputs)):
        for b in range(a):
            if all(_equal(trial.got[a], trial.expected[b]) and _equal(trial.got[b], trial.expected[a])
                   and not _equal(trial.expected[a], trial.expected[b]) for trial in trials):
                names = ", ".join(output.name for output in outputs)
                return f"{outputs[b].name} and {outputs[a].name} have changed places: it should return {names}"
    return ""


WAYS = (("the order of its rows is reversed: the first stands last", lambda e: e[::-1]),
        ("it is transposed", lambda e: e.T if e.ndim == 2 else None),
        ("its first two axes are swapped", lambda e: e.swapaxes(0, 1) if e.ndim == 3 else None),
        ("each row is that of the row before, and the first is another: it comes one too late",
         lambda e: (slice(1, None), e[:-1]) if len(e) > 2 else None),
        ("each row is that of the row after, and the last is another: it comes one too early",
         lambda e: (slice(None, -1), e[1:]) if len(e) > 2 else None),
        ("everything has the wrong sign", lambda e: -1.0 * e))


def _other_order(case, trials):
    """An output with the right numbers in another order."""
    for k, output in enumerate(case.exercise.outputs):
        wrong = [trial for trial in trials if not trial.right_outputs()[k]]
        if not wrong or sum(trial.expected[k].size for trial in wrong) < LEAST:
            continue
        for words, way in WAYS:
            if all(trial.expected[k].ndim and _is_way(way(trial.expected[k]), trial.got[k]) for trial in wrong):
                return f"the numbers of {output.name} are right, but {words}" if "sign" not in words else (
                    f"in {output.name} {words}")
    return ""


def _is_way(other, got):
    if other is None:
        return False
    if isinstance(other, tuple):
        part, expected = other
        return got.ndim == expected.ndim and np.abs(expected).max(initial=0) > 1e-9 and _equal(got[part], expected)
    return np.abs(other).max(initial=0) > 1e-9 and _equal(other, got)


def _an_argument(case, trials):
    """An output that is an argument, or another thing that is known."""
    for k, output in enumerate(case.exercise.outputs):
        wrong = [trial for trial in trials if not trial.right_outputs()[k]]
        if len(wrong) < 2 and sum(trial.expected[k].size for trial in wrong) < LEAST:
            continue
        for name in wrong[0].arguments:
            if all(isinstance(trial.arguments[name], np.ndarray) and np.size(trial.got[k]) > 2
                   and _equal(trial.got[k], trial.arguments[name]) for trial in wrong):
                return f"{output.name} is the argument {name} as it came: something is still to be done with it"
    return ""


def _mixed_columns(case, trials):
    """The columns of an output are right, but stand in another order."""
    for k, output in enumerate(case.exercise.outputs):
        wrong = [trial for trial in trials if not trial.right_outputs()[k]]
        orders = {_order_of_columns(trial.expected[k], trial.got[k]) for trial in wrong}
        if orders and None not in orders:
            first = ", ".join(map(str, _order_of_columns(wrong[0].expected[k], wrong[0].got[k])[:8]))
            return (f"the columns of {output.name} are right, but in another order: yours are those that should be the "
                    f"columns {first}")
    return ""


def _order_of_columns(expected, got):
    """Which right column stands in each place, if each stands in one; else None."""
    if expected.ndim < 2 or expected.shape != got.shape or not 2 < expected.shape[-1] <= 64 or len(expected) < 2:
        return None
    order = [next((b for b in range(expected.shape[-1]) if _equal(expected[..., b], got[..., a])), None)
             for a in range(expected.shape[-1])]
    return tuple(order) if None not in order and len(set(order)) == len(order) else None


def _one_block(case, trials):
    """"block f of grad_W is wrong; i, g, o are right"."""
    for k, output in enumerate(case.exercise.outputs):
        names = output.blocks
        wrong = [trial for trial in trials if not trial.right_outputs()[k]]
        if not names or not wrong or any(trial.got[k].shape != trial.expected[k].shape for trial in wrong):
            continue
        cut = [[np.split(part, len(names), axis=-1) for part in (trial.expected[k], trial.got[k])] for trial in wrong]
        for order in permutations(range(len(names))):
            if list(order) != sorted(order) and all(_equal(own[a], right[b]) for right, own in cut
                                                    for a, b in enumerate(order)):
                given = ", ".join(names[b] for b in order)
                return f"the blocks of {output.name} stand in the order {given}; asked is {', '.join(names)}"
        bad = [name for n, name in enumerate(names) if not all(_equal(right[n], own[n]) for right, own in cut)]
        good = [name for name in names if name not in bad]
        if good:
            return f"{_blocks(bad)} of {output.name} {_are(bad)} wrong; {', '.join(good)} {_are(good)} right"
    return ""


def _blocks(names):
    return f"block {names[0]}" if len(names) == 1 else f"the blocks {', '.join(names)}"


def _are(names):
    return "is" if len(names) == 1 else "are"


# ------------------------------------------------------------------------------------------- her own variables

def on_the_way(case):
    """"z and i are right; f is the first that is not (line 4: …)", or ""."""
    trial, part = case.first, read(case.function)
    if trial.run.error is not None:
        return ""
    own, known = case.variables
    shared = [name for name in known if name in own and _same_shape(known[name], own[name])]
    right = [name for name in shared if _agree(known[name], own[name])]
    fine = {*right, *(part.made_into(right) if part else ())}       # f may be called so before its σ
    wrong = sorted((own[name][_first_wrong(known[name], own[name])][0], name) for name in shared if name not in fine)
    if not wrong:
        return ""
    line, name = wrong[0]
    elsewhere = {case.exercise.outputs[k].name for k in trial.wrong_elsewhere}
    right = [name for name in right if name not in elsewhere and not _given(trial.arguments, own[name])]
    first, rounds = _first_wrong(known[name], own[name]), len(own[name]) == len(known[name])
    place = f" (line {line}" + (f": {part.quote(line)})" if part else ")")
    start = f"{_list(right)} {_are(right)} right; " if right else ""
    if len(own[name]) == 1 and not rounds:              # it is only set, and what should change it does not come
        return f"{start}{name} is the first that is not" if right else ""
    case.suspect = line
    if first > 0 and rounds:
        return f"{start}{name} is right the first time that it is set, but not time {first + 1}{place}"
    return f"{start}{name} is {'the first that is not' if right else 'not what it should be'}{place}"


def right_names(case):
    """Her variables that hold the right quantity of that name, in every round."""
    own, known = case.variables
    return [name for name in known if name in own and _same_shape(known[name], own[name])
            and _agree(known[name], own[name])]


def _given(arguments, own):
    """Does a variable hold an argument, or a part of one, and nothing that she computed?"""
    parts = [part for value in arguments.values() for part in (value if isinstance(value, tuple | list) else [value])]
    return all(any(isinstance(part, np.ndarray) and _equal(part, value) for part in parts) for _, value in own)


def misfit_since(case):
    """"`grad_b` has this shape since line 6, `grad_b = …`", of an output with a wrong shape that has a name; or ""."""
    trial, part = case.first, read(case.function)
    if part is None or not trial.comparable:
        return ""
    own, _ = case.variables
    for output, expected, got in zip(case.exercise.outputs, trial.expected, trial.got, strict=True):
        values = own.get(output.name, [])
        if expected.shape != got.shape and values and np.shape(values[-1][1]) == got.shape:
            wrong = [np.shape(value) == got.shape for _, value in values]
            line = values[len(wrong) - wrong[::-1].index(False) if False in wrong else 0][0]
            return f"`{output.name}` has had this shape since line {line}, `{part.quote(line)}`"
    return ""


def right_until(case):
    """"on the way i and f are right: it is what is made of them, or something beside them, that is not", or ""."""
    trial = case.first
    if trial.run.error is not None:
        return ""
    own = case.variables[0]
    right = [name for name in right_names(case) if not _given(trial.arguments, own[name])]
    last = max((own[name][-1][0] for name in right), default=0)
    return (f"on the way {_list(right)} {_are(right)} right (up to line {last}): what is made of "
            f"{'them' if len(right) > 1 else 'it'}, or what stands beside, is not") if right else ""


def _same_shape(known, own):
    """May they be the same thing?"""
    return np.shape(known[-1]) == np.shape(own[-1][1]) and np.size(known[-1]) > 1


def _agree(known, own):
    """The same values, in the end at least; of what is filled in place in more steps, the first and the last."""
    if len(own) > len(known) > 1 and _equal(known[0], own[0][1]) and _equal(known[-1], own[-1][1]):
        return True
    return len(own) >= len(known) and all(_equal(a, b) for a, (_, b) in zip(known[::-1], own[::-1], strict=False))


def _first_wrong(known, own):
    """Which of the values that a variable gets is the first wrong one; the last, if they are more or fewer."""
    if len(known) != len(own):
        return len(own) - 1
    return next((k for k, (a, (_, b)) in enumerate(zip(known, own, strict=False)) if not _equal(a, b)),
                len(own) - 1)


def _list(names):
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def steps(case):
    """The first step is right, and the next not; or only the last."""
    trial = case.first
    if not trial.comparable:
        return ""
    for k, output in enumerate(case.exercise.outputs):
        expected, got = trial.expected[k], trial.got[k]
        if trial.right_outputs()[k] or expected.shape != got.shape or len(expected.shape) < 2 or len(expected) < 3:
            continue
        right = [_equal(a, b) for a, b in zip(expected, got, strict=True)]
        word = {"T": "step", "T+1": "step", "B": "sequence", "N": "row"}.get(output.axes.split()[0], "row")
        start, end = ("at the beginning", "at the end") if word == "step" else ("there", "there")
        what = "what is handed on from one to the next" if word == "step" else f"what is different after {word} 0"
        if right[0] and not any(right[1:]):
            return f"{word} 0 of {output.name} is right, and each later {word} has a wrong number: {what}?"
        if right[-1] and not any(right[:-1]):
            return f"only the last {word} of {output.name} is right: what comes to the others from those behind them?"
        if not right[0] and all(right[1:]) and np.any(expected[1:]):            # zeros are right by accident
            return f"only {word} 0 of {output.name} is wrong: what is different {start}?"
        if not right[-1] and all(right[:-1]) and np.any(expected[:-1]):
            return f"only the last {word} of {output.name} is wrong: what is different {end}?"
    return ""
