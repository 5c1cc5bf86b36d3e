"""Every known mistake is known however it is written: np.dot, matmul, einsum, loops, in place."""

import ast
import inspect
import linecache

import numpy as np
import pytest

from lstm_course import lessons
from lstm_course.checking.declare import CodeExercise
from lstm_course.checking.trial import known_mistake
from lstm_course.exercises import check


class Spelled(ast.NodeTransformer):
    """a @ b in another spelling, or a = a + b as a += b and the other way round."""

    def __init__(self, spelling):
        self.spelling, self.count = spelling, 0

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.MatMult) or not self.spelling:
            return node
        self.count += 1
        return ast.parse(self.spelling.format(ast.unparse(node.left), ast.unparse(node.right)), mode="eval").body

    def visit_Assign(self, node):
        self.generic_visit(node)
        target, value = node.targets[0], node.value
        if self.spelling or not isinstance(value, ast.BinOp) or ast.unparse(value.left) != ast.unparse(target):
            return node
        self.count += 1
        return ast.AugAssign(target, value.op, value.right)

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if self.spelling:
            return node
        self.count += 1
        read_again = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.Assign([node.target], ast.BinOp(read_again, node.op, node.value))


SPELLINGS = {"np.dot": "np.dot({0}, {1})", "np.matmul": "np.matmul({0}, {1})", ".dot": "({0}).dot({1})",
             "einsum": "np.einsum('...i,ij->...j', {0}, {1})", "in place": "",
             "loops": "np.array([[sum(p * q for p, q in zip(r, c, strict=True)) for c in ({1}).T] for r in ({0})])"}
OTHERS = [spelling for spelling in SPELLINGS if spelling != "np.dot"]
seen_spellings = dict.fromkeys(SPELLINGS, 0)


def spelled(module, spelling):
    """{name: exercise} of a lesson whose whole code is written otherwise, with its known wrong answers; {} if not."""
    writer = Spelled(SPELLINGS[spelling])
    code = ast.unparse(ast.fix_missing_locations(writer.visit(ast.parse(inspect.getsource(module)))))
    file, space = f"<{module.__name__} with {spelling}>", {"__name__": module.__name__}
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    exec(compile(code, file, "exec"), space)
    return {one.name: one for one in space.values() if isinstance(one, CodeExercise)} if writer.count else {}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("lesson", lessons.lessons(), ids=lambda lesson: lesson.number)
def test_a_known_mistake_is_known_however_it_is_written(lesson, spelling):
    """All with np.dot, and each with one of the others in turn; einsum, loops, in place where they give the same."""
    unknown, turn = [], OTHERS.index(spelling) if spelling in OTHERS else None
    for name, other in spelled(lesson.module("exercises"), spelling).items():
        one = getattr(check, name)
        for k, mutant in enumerate(one.mutants.values()):
            if turn not in (None, k % len(OTHERS)):
                continue
            trials = list(one.trials(np.random.default_rng(1997), other.mutants[mutant.name].function))
            if "dot" in spelling or "mul" in spelling or all(trial.looks_like(mutant) == 1 for trial in trials):
                seen_spellings[spelling] += 1
                known = known_mistake(one, trials)
                unknown += [] if known and known.message == mutant.message else [f"{name}: {mutant.name}"]
    assert not unknown


def test_every_spelling_was_tried():
    if sum(seen_spellings.values()):
        assert seen_spellings["np.dot"] > 300 and all(seen_spellings[one] >= 20 for one in OTHERS), seen_spellings
