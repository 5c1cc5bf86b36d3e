"""Where in her own lines a student leaves the right way, found by the values of all expressions.

The code is run with each expression watched, and so is the lesson's solution. An expression is right if the solution
has its numbers somewhere, too; the first that is not, though everything in it is, is where to look.
"""

import ast

import numpy as np

from lstm_course.checking.budget import Budget
from lstm_course.checking.edits import text
from lstm_course.checking.repair import quiet
from lstm_course.checking.run import run
from lstm_course.checking.solution import solution
from lstm_course.checking.source import Part, clone, read
from lstm_course.checking.workshop import TICK, Workshop, counted_parts, ticking

LEAST, MOST, TIMES = 3, 4000, 30        # numbers of a value that is compared, and how often one expression is noted
WATCHED = ast.BinOp | ast.Call | ast.Subscript | ast.Attribute | ast.UnaryOp | ast.Name | ast.IfExp | ast.Compare
SECONDS, PROOF = 0.15, 0.25           # to watch, and to show that an expression is the one


class Watching(ast.NodeTransformer):
    """Puts __seen__(number, …) round each expression that is read; nodes[number] is the expression."""

    def __init__(self):
        self.nodes, self.parent = [], {}

    def generic_visit(self, node):
        """Watch an expression and those in it."""
        if getattr(getattr(node, "func", None), "id", "") == TICK:
            return node
        watched = isinstance(node, WATCHED) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        number = len(self.nodes)
        if watched:
            self.nodes.append(clone(node))
        for name, value in ast.iter_fields(node):
            if name in ("args", "decorator_list", "returns") and isinstance(node, ast.FunctionDef | ast.Lambda):
                continue
            if name == "func" and isinstance(value, ast.Name):
                continue
            if isinstance(value, list):
                setattr(node, name, [self._inside(one, number, watched) for one in value])
            elif isinstance(value, ast.AST):
                setattr(node, name, self._inside(value, number, watched))
        if not watched:
            return node
        call = ast.Call(ast.Name("__seen__", ast.Load()), [ast.Constant(number), node], [])
        return ast.copy_location(call, node)

    def _inside(self, child, number, watched):
        if not isinstance(child, ast.AST) or isinstance(child, ast.Starred | ast.JoinedStr):
            return child
        before = len(self.nodes)
        new = self.generic_visit(child)
        if watched:
            for inner in range(before, len(self.nodes)):
                self.parent.setdefault(inner, number)
        return new


def arrays_in(value):
    """Is this an array that is worth comparing?"""
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and LEAST <= value.size <= MOST


def numbers_in(value):
    """Or a number."""
    return arrays_in(value) or (isinstance(value, np.ndarray | np.generic | int | float) and np.size(value) <= MOST
                                and np.asarray(value).dtype.kind in "biuf")


def values_of(found, arguments, wanted=arrays_in):
    """([(number of the expression, value), …] in the order in which they end, what knows the numbers)."""
    seen, counts = [], {}

    def note(number, value):
        counts[number] = counts.get(number, 0) + 1
        if counts[number] <= TIMES and wanted(value):
            seen.append((number, np.copy(value) if np.ndim(value) else value))
        return value

    workshop, watchers = _watched(found, note, Budget(SECONDS))
    if (function := workshop.build()) is None:
        return [], watchers
    with quiet():
        run(function, arguments)
    return seen, watchers


def _watched(found, note, budget):
    """The Workshop of a function in which note(number, value) stands round each expression, and its watchers."""
    watchers, watched = [], []
    for part in found:
        watcher, tree = Watching(), clone(part.tree)
        watcher.generic_visit(tree)
        watchers.append(watcher)
        watched.append(Part(part.function, _renumbered(tree, len(watched)), part.lines))
    return Workshop(watched, budget.end, {"__seen__": note}), watchers


def _mends(case, own, right, chosen, budget):
    """Is every case right if one expression gets the values of one of the solution's, each time that it is met?"""
    after, place = [], [0]

    def note(number, value):
        if number != chosen:
            return value
        place[0] += 1
        return after[place[0] - 1]                  # one too few stops it: then it is not the one

    workshop, _ = _watched(own, note, budget)
    function = workshop.build()
    known = {}

    def passes(trial, quantity):
        if id(trial) not in known:
            known[id(trial)] = _grouped(values_of([right], trial.arguments, numbers_in)[0])
        after[:], place[0], workshop.steps = known[id(trial)].get(quantity, []), 0, 0
        return trial.of(function).passes() and place[0] == len(after)

    before = _grouped(values_of(own, case.first.arguments, numbers_in)[0]).get(chosen, [])
    with quiet():
        if function is None or not before or passes(case.first, None):
            return False
        return any(budget and len(values) == len(before) and np.shape(values[0]) == np.shape(before[0]) and all(
            passes(trial, quantity) for trial in [case.first, *case.trials, *case.more()[-2:]])
            for quantity, values in list(known[id(case.first)].items()))


def _grouped(seen):
    found = {}
    for number, value in seen:
        found.setdefault(number, []).append(value)
    return found


def _renumbered(tree, part):
    """The numbers of __seen__ with that of the part: part * 10000 + number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "__seen__":
            node.args[0] = ast.Constant(part * 10000 + node.args[0].value)
    return ast.fix_missing_locations(tree)


def _key(value):
    """Equal for values that are equal to six digits."""
    with np.errstate(all="ignore"):
        value = np.asarray(value, float) + 0.0
        size = np.abs(value).max(initial=0)
        scale = 10.0 ** (6 - np.ceil(np.log10(size))) if size > 0 and np.isfinite(size) else 1.0
        return value.shape, np.round(value * scale).tobytes()


def first_wrong(case):
    """"with the right numbers for `a * b` in line 4 every case is right", if runs show it; or what is right so far."""
    own, right = counted_parts(case.function), read(solution(case.exercise))
    trials = [one for one in case.trials if one.run.error is None]
    if not own or right is None or _hides_its_work(right) or all(one.passes() for one in trials):
        return ""
    right = Part(right.function, ticking(right.tree), right.lines)
    if all(part.size == 1 for trial in trials for part in trial.expected):
        known, seen, watchers = _across(own, right, trials)
    else:
        trial = max((one for one in trials if not one.passes()), key=lambda one: one.size)
        right_values = [value for _, value in values_of([right], trial.arguments)[0]]
        known = {_key(one) for value in right_values for one in (value, *_blocks(value), *_rows(value))}
        known |= {_key(value) for value in (*trial.arguments.values(), *trial.expected)
                  if isinstance(value, np.ndarray)}
        known |= {_key(part) for value in trial.arguments.values() for part in (*_blocks(value), *_rows(value))}
        seen, watchers = values_of(own, trial.arguments)
    good, telling = {}, set()
    for number, value in seen:
        good.setdefault(number, []).append(_is_known(value, known))
        if len(np.unique(value)) > 2:
            telling.add(number)
    for number in dict.fromkeys(number for number, _ in seen):
        part, node = watchers[number // 10000], watchers[number // 10000].nodes[number % 10000]
        inside = [one for one in good if one // 10000 == number // 10000
                  and part.parent.get(one % 10000) == number % 10000]
        if isinstance(node, ast.Name) or not inside or all(good[number]):
            continue
        if all(all(good[one]) for one in inside) and not _ends_well(number, part, good):
            proven = _mends(case, own, right, number, Budget(PROOF))
            return _in_words(own[number // 10000], node, _right_so_far(number, watchers, good, telling), proven)
    return ""


def _right_so_far(number, watchers, good, telling):
    """The last of her expressions before a number whose numbers the solution has, too: the largest ones.

    Zeros, or yes and no, tell nothing: the solution may have them by chance.
    """
    found = []
    for one, times in good.items():
        part, node = watchers[one // 10000], watchers[one // 10000].nodes[one % 10000]
        around = part.parent.get(one % 10000)
        if one == number or (around is not None and all(good.get(one - one % 10000 + around, [False]))):
            continue
        if all(times) and one in telling and not isinstance(node, ast.Name):
            found.append(f"`{text(node)}` (line {node.lineno})")
        if len(found) > 2:
            break
    return list(dict.fromkeys(found))


def _is_known(value, known):
    """Do the numbers occur, or their negatives, or each of its blocks?"""
    return not np.any(value) or not known.isdisjoint((_key(value), _key(-1 * value))) or any(
        all(_key(block) in known for block in blocks) for blocks in _cuts(value))


def _blocks(value):
    return [block for blocks in _cuts(value) for block in blocks]


def _rows(value):
    """What a loop over the first axis meets, if it is not a few numbers that many things have."""
    return list(value) if np.ndim(value) > 1 and len(value) <= TIMES and np.size(value[0]) >= LEAST else []


def _cuts(value):
    """The blocks side by side on the last axis: halves, thirds, quarters."""
    width = np.shape(value)[-1] if np.ndim(value) > 1 else 0
    return [np.split(value, count, axis=-1) for count in (2, 3, 4) if width > count and width % count == 0]


def _across(own, right, trials):
    """The same where every case gives one number: the values of an expression in all cases are one array."""
    if len(trials) < LEAST:
        return set(), [], []
    known = {_key(np.array([trial.arguments[name] for trial in trials], float)) for name in trials[0].arguments
             if all(np.size(trial.arguments[name]) == 1 and not callable(trial.arguments[name]) for trial in trials)}
    found, watchers = {}, []
    for parts in ([right], own):
        runs = []
        for trial in trials:
            seen, watchers = values_of(parts, trial.arguments, numbers_in)
            once = {}
            for number, value in seen:
                once.setdefault(number, []).append(value)
            runs.append({number: values for number, values in once.items() if all(np.size(one) == 1 for one in values)})
        same = [number for number in runs[0] if all(len(run.get(number, [])) == len(runs[0][number]) for run in runs)]
        found = {number: [np.array([np.ravel(run[number][k])[0] for run in runs], float)
                          for k in range(len(runs[0][number]))] for number in same}
        if parts is not own:
            known |= {_key(value) for values in found.values() for value in values}
    return known, [(number, value) for number, values in found.items() for value in values], watchers


def _hides_its_work(part):
    """Does the solution leave the work to functions of the course, in which nothing is watched?"""
    called = {node.func for node in ast.walk(part.tree) if isinstance(node, ast.Call)}
    return any(ast.unparse(one).split(".")[0] in ("cells", "lstm_step", "layer", "learn") for one in called)


def _ends_well(number, part, good):
    """Is an expression around it right again?"""
    at = part.parent.get(number % 10000)
    while at is not None:
        if all(good.get(number - number % 10000 + at, [False])):
            return True
        at = part.parent.get(at)
    return False


def _in_words(part, node, right, proven):
    helper = f" of {part.function.__name__}" if part.function.__name__ != "<lambda>" else ""
    place = f"`{text(node)}` in line {node.lineno}{helper}"
    if proven:
        return (f"with the right numbers for {place} every case is right, so the mistake is there. Look at how it is "
                "made")
    so_far = f"the lesson's solution has the numbers of {' and '.join(right)}, too. From" if right else "from"
    return (f"{so_far} {place} on you go another way than the lesson's solution: look there first, then at what "
            "follows it")
