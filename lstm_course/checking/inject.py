"""Where the right numbers, put into a student's code, make all that follows right: the mistake is there or before.

Each value that a line of hers sets is replaced by each value of the lesson's solution, round by round. What is found
holds in every case.
"""

import ast

import numpy as np

from lstm_course.checking import locate
from lstm_course.checking.expressions import numbers_in, values_of
from lstm_course.checking.repair import quiet
from lstm_course.checking.solution import solution
from lstm_course.checking.source import Part, clone, read
from lstm_course.checking.workshop import Workshop, counted_parts, ticking

PUT = "__put__"


class _Points(ast.NodeTransformer):
    """Puts __put__(number, …) round what is assigned, added or appended; points[number] is (line, words)."""

    def __init__(self, points):
        self.points = points

    def _put(self, value, line, words):
        self.points.append((line, words))
        call = ast.Call(ast.Name(PUT, ast.Load()), [ast.Constant(len(self.points) - 1), value], [])
        return ast.copy_location(call, value)

    def visit_Assign(self, node):
        """a = value, a[k] = value; for `a, b = …` each name gets a line of its own behind it."""
        target = node.targets[0]
        if isinstance(node.value, ast.Constant):            # a start value: what would do there is an accident
            return node
        if len(node.targets) == 1 and isinstance(target, ast.Tuple):
            names = [one for one in target.elts if isinstance(one, ast.Name)]
            return [node, *(ast.copy_location(ast.Assign([clone(one)], self._put(
                ast.copy_location(ast.Name(one.id, ast.Load()), one), node.lineno, one.id)), node) for one in names)]
        node.value = self._put(node.value, node.lineno, ast.unparse(target))
        return node

    def visit_AugAssign(self, node):
        """What is added to a or a[k]."""
        node.value = self._put(node.value, node.lineno, f"what comes to {ast.unparse(node.target)}")
        return node

    def visit_Call(self, node):
        """list.append(value)"""
        self.generic_visit(node)
        if getattr(node.func, "attr", "") == "append" and len(node.args) == 1:
            node.args = [self._put(node.args[0], node.lineno, f"what is appended to {ast.unparse(node.func.value)}")]
        return node


class _Injector:
    """A student's function in which one point can be given other values, one for each time that it is reached."""

    def __init__(self, found, deadline):
        self.points, self.values, self.point, self.count = [], [], None, 0
        watched = []
        for part in found:
            before = len(self.points)
            tree = ast.fix_missing_locations(_Points(self.points).visit(clone(part.tree)))
            self.points[before:] = [(part, *point) for point in self.points[before:]]
            watched.append(Part(part.function, tree, part.lines))
        self.workshop = Workshop(watched, deadline, {PUT: self.put})
        self.function = self.workshop.build()
        self.seen = {}

    def put(self, number, value):
        """The value, or at the chosen point the next of the given ones."""
        if numbers_in(value):
            self.seen.setdefault(number, []).append(value)
        if number != self.point:
            return value
        self.count += 1
        if self.count > len(self.values):
            raise IndexError
        new = self.values[self.count - 1]
        return new.copy() if isinstance(new, np.ndarray) else new

    def trial(self, trial, point, values):
        """The case with these values at a point; did it need them all?"""
        self.point, self.values, self.count, self.workshop.steps, self.seen = point, values, 0, 0, {}
        tried = trial.of(self.function)
        return tried, self.count == len(values)


def right_from(case):
    """(part, line, words) of the first value of hers with whose right numbers every case is right, or None."""
    found, right = counted_parts(case.function), read(solution(case.exercise))
    if not found or right is None:
        return None
    injector = _Injector(found, case.budget.share(0.3).end)
    if injector.function is None or not injector.points:
        return None
    right = Part(right.function, ticking(right.tree), right.lines)
    known = {}

    def values(trial):
        if id(trial) not in known:
            known[id(trial)] = {}
            for number, value in values_of([right], trial.arguments, numbers_in)[0]:
                known[id(trial)].setdefault(number, []).append(value)
        return known[id(trial)]

    failing = [trial for trial in case.trials if not trial.passes()]
    with quiet():
        injector.trial(case.first, None, [])
        reached, candidates = dict(injector.seen), values(case.first)
        fine = locate.right_names(case)
        for alike in (True, False):
            for point, before in reached.items():               # in the order in which they are reached
                if injector.points[point][2] in fine:
                    continue
                for number, after in candidates.items():
                    if len(after) == len(before) and (np.shape(after[0]) == np.shape(before[0])) is alike and not all(
                            map(np.array_equal, before, after)) and all(
                            _passes(injector, trial, point, values(trial).get(number))
                            for trial in [case.first, *failing, *case.trials, *case.more()[-2:]]):
                        return injector.points[point]
    return None


def _passes(injector, trial, point, values):
    if values is None:
        return False
    tried, used = injector.trial(trial, point, values)
    return used and tried.passes()


def in_words(found):
    """Of what right_from found."""
    part, line, words = found
    helper = f" of {part.function.__name__}" if part.function.__name__ != "<lambda>" else ""
    name = words if " " in words and not words.startswith("(") else f"`{words}`"
    return (f"what comes after line {line}{helper} is right: with the right numbers for {name} there, every case is "
            f"right. So the mistake is in this line, `{part.quote(line)}`, or in what goes into it")
