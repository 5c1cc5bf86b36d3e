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
SECONDS = 0.15


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
    seen, budget, watchers = [], Budget(SECONDS), []
    watched = []
    for part in found:
        watcher = Watching()
        tree = clone(part.tree)
        watcher.generic_visit(tree)
        watchers.append(watcher)
        watched.append(Part(part.function, _renumbered(tree, len(watched)), part.lines))

    counts = {}

    def note(number, value):
        counts[number] = counts.get(number, 0) + 1
        if counts[number] <= TIMES and wanted(value):
            seen.append((number, np.copy(value) if np.ndim(value) else value))
        return value

    function = Workshop(watched, budget.end, {"__seen__": note}).build()
    if function is None:
        return [], watchers
    with quiet():
        run(function, arguments)
    return seen, watchers


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
    """"line 4: `a` and `b` are right, `a * b` is not …", or ""."""
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
        known = {_key(one) for value in right_values for one in (value, *_blocks(value))}
        known |= {_key(value) for value in (*trial.arguments.values(), *trial.expected)
                  if isinstance(value, np.ndarray)}
        known |= {_key(block) for value in trial.arguments.values() for block in _blocks(value)}
        seen, watchers = values_of(own, trial.arguments)
    good = {}
    for number, value in seen:
        good.setdefault(number, []).append(_is_known(value, known))
    for number in dict.fromkeys(number for number, _ in seen):
        part, node = watchers[number // 10000], watchers[number // 10000].nodes[number % 10000]
        inside = [one for one in good if one // 10000 == number // 10000
                  and part.parent.get(one % 10000) == number % 10000]
        if isinstance(node, ast.Name) or not inside or all(good[number]):
            continue
        if all(all(good[one]) for one in inside) and not _ends_well(number, part, good):
            return _in_words(own[number // 10000], node, [part.nodes[one % 10000] for one in inside], good[number])
    return ""


def _is_known(value, known):
    """Do the numbers occur, or their negatives, or each of its blocks?"""
    return not np.any(value) or not known.isdisjoint((_key(value), _key(-1 * value))) or any(
        all(_key(block) in known for block in blocks) for blocks in _cuts(value))


def _blocks(value):
    return [block for blocks in _cuts(value) for block in blocks]


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


def _in_words(part, node, inside, times):
    words = list(dict.fromkeys(f"`{text(one)}`" for one in inside))[:3]
    listed = ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]
    arguments = {one.arg for one in part.tree.args.args}
    made = "" if all(word.strip("`") in arguments for word in words) else (
        f" ({listed} {'do' if len(words) > 1 else 'does'})")
    when = times.index(False)
    again = "" if when == 0 else f", from its {'second' if when == 1 else f'{when + 1}th'} round on"
    helper = f" of {part.function.__name__}" if part.function.__name__ != "<lambda>" else ""
    return (f"line {node.lineno}{helper}: `{text(node)}` is the first thing in your code whose numbers do not "
            f"occur in the lesson's solution{again}{made}. Look at how it is made")
