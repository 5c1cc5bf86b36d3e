"""How well do the checks find a mistake that nobody foresaw? Small random changes of every solution. By hand:

    python -m tests.benchmarks.mutation_study              # 30 changes of each code exercise, some minutes
    python -m tests.benchmarks.mutation_study 10 lstm      # 10 of each whose name contains "lstm"

A change exchanges an operator, a name, a number, an index, arguments, or two lines, drawn with a fixed seed; it is made
here, not by the changes that the repair tries (checking/edits.py). Counted are those that change a result.
named: the message says in words what is wrong or where; of those that name a line, the share that names the changed
one; p50, p95: CPU seconds of a check.
"""

import ast
import contextlib
import copy
import io
import random
import re
import sys
import time

import numpy as np

from lstm_course.checking.declare import CodeExercise
from lstm_course.checking.run import run_quietly, same
from lstm_course.checking.solution import function_of, solution, sources
from lstm_course.checking.workshop import lists_in_lists
from lstm_course.exercises import check

OPERATORS = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow, ast.FloorDiv]
COMPARISONS = [ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq]
ONLY_NUMBERS = [r"Stuck\?.*", r"(First s|S)een (first )?in[^\n]*", r"\b[Ii]n [^\n]*?, ?(?=your code stopped|[\w.]+)",
                r"your code stopped with [^\n]*", r"[\w.]+(\[[^\n]*?\])?( \([^\n]*?\))? should (be|have) [^\n]*",
                r"\d+ of \d+ numbers differ", r"One by one: [^\n]*", r"[✗✓]?\b(wrong|right)\b[.,]?"]


def changed(code, rng):
    """(code with one random change, number of the changed line), or None where the change cannot be made."""
    tree = ast.parse(code)
    function = [node for node in tree.body if isinstance(node, ast.FunctionDef)][-1]
    nodes = [node for line in function.body[1:] for node in ast.walk(line)]
    names = sorted({node.id for node in nodes if isinstance(node, ast.Name)} - {"np", "cells", "range", "len", "zip"})
    node = rng.choice([node for node in nodes if hasattr(node, "lineno")])
    if isinstance(node, ast.BinOp):
        if rng.random() < 0.3:
            node.left, node.right = node.right, node.left
        else:
            node.op = rng.choice(OPERATORS)()
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        node.id = rng.choice(names)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        node.value += rng.choice([-2, -1, 1, 2])
    elif isinstance(node, ast.Subscript):
        node.slice = ast.BinOp(node.slice, rng.choice([ast.Add, ast.Sub])(), ast.Constant(1)) if not isinstance(
            node.slice, ast.Slice | ast.Tuple) else ast.Constant(rng.choice([0, 1, -1]))
    elif isinstance(node, ast.Compare):
        node.ops[0] = rng.choice(COMPARISONS)()
    elif isinstance(node, ast.Call) and node.args:
        rng.shuffle(node.args)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        node.attr = "copy()"
    elif isinstance(node, ast.stmt):
        blocks = [one for one in [function, *nodes] if isinstance(getattr(one, "body", None), list)]
        holder = next((one for one in blocks if node in one.body[:-1]), None)
        if holder is None or isinstance(getattr(node, "value", None), ast.Constant):
            return None
        k = holder.body.index(node)
        holder.body[k], holder.body[k + 1] = holder.body[k + 1], holder.body[k]
    else:
        return None
    if not lists_in_lists(tree) <= lists_in_lists(ast.parse(code)):
        return None
    words = ast.unparse(ast.fix_missing_locations(tree))
    before = ast.unparse(ast.parse(code)).splitlines()
    lines = [k + 1 for k, (a, b) in enumerate(zip(before, words.splitlines(), strict=False)) if a != b]
    return (words, lines) if lines else None


def wrong_answers(exercise, count, rng):
    """Functions whose result differs from the right one, with the changed lines."""
    code, right = sources()[exercise.name], solution(exercise)
    cases = list(exercise.cases(np.random.default_rng(1997)))
    wanted = [run_quietly(right, arguments).returned for _, arguments in cases]
    made = set()
    for _ in range(60 * count):
        if len(made) == count:
            return
        change = changed(code, rng)
        if change is None or change[0] in made:
            continue
        namespace = dict(copy.copy(right.__globals__))
        function = function_of(change[0], f"{exercise.name}, change {len(made)}", namespace)
        if function is None or all(same(as_arrays(one), as_arrays(run_quietly(function, arguments).returned))
                                   for one, (_, arguments) in zip(wanted, cases, strict=True)):
            continue
        made.add(change[0])
        yield function, change[1]


def as_arrays(value):
    """What was returned, as a list of arrays that can be compared."""
    parts = value if isinstance(value, tuple | list) else [] if value is None else [value]
    try:
        return [np.asarray(one, float) for one in parts]
    except (TypeError, ValueError):
        return []


def is_named(message):
    """Is something left of the message without numbers that differ and without a library's exception?"""
    words = message.split("✗", 1)[-1]
    for pattern in ONLY_NUMBERS:
        words = re.sub(pattern, "", words, flags=re.DOTALL if pattern.startswith("Stuck") else 0)
    return len(re.sub(r"[\s.,;:]+", " ", words).strip()) > 12


def study(exercise, count):
    """(wrong answers, accepted, named, of those that name a line: all, with the changed one; CPU seconds of each)."""
    rng, tally, seconds = random.Random(exercise.name), [0, 0, 0, 0, 0], []
    for function, lines in wrong_answers(exercise, count, rng):
        start = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            result = exercise(function)
        seconds.append(time.process_time() - start)
        said = [int(number) for number in re.findall(r"\b[Ll]ine (\d+)", result.message)]
        tally[0] += 1
        tally[1] += result.correct
        tally[2] += not result.correct and is_named(result.message)
        tally[3] += bool(said)
        tally[4] += bool(set(said) & set(lines))
    return tally, seconds


def main(count=30, word=""):
    """Print the table."""
    total, all_seconds = np.zeros(5, int), []
    print("| exercise | wrong | accepted | named | name a line | the changed one | p50 s | p95 s |")
    print("|---" * 8 + "|")
    for exercise in check:
        if isinstance(exercise, CodeExercise) and word in exercise.name and exercise.name in sources() and (
                solution(exercise) is not exercise.reference):
            tally, seconds = study(exercise, count)
            if seconds:
                total += tally
                all_seconds += seconds
                print(row(exercise.name, tally, seconds), flush=True)
    print(row("**all**", total, all_seconds))


def row(name, tally, seconds):
    """One line of the table."""
    wrong, accepted, named, with_line, right_line = map(int, tally)
    return (f"| {name} | {wrong} | {accepted} | {100 * named / max(wrong - accepted, 1):.0f} % | {with_line} | "
            f"{100 * right_line / max(with_line, 1):.0f} % | {np.percentile(seconds, 50):.2f} | "
            f"{np.percentile(seconds, 95):.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30, sys.argv[2] if len(sys.argv) > 2 else "")
