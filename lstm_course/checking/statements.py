"""Small changes of whole lines: moved into or out of a loop, added up or set, one left out, a start value missing."""

import ast

from lstm_course.checking.source import clone
from lstm_course.checking.workshop import TICK

LOAD, STORE = ast.Load(), ast.Store()


def _is_tick(line):
    return isinstance(line, ast.Expr) and getattr(getattr(line.value, "func", None), "id", "") == TICK


def statement_edits(tree, names):
    """(kind, line, slots, look, old, new, rank) of each change of a line of a function's tree."""
    if not isinstance(tree.body, list):
        return
    for holder, name, body in blocks(tree):
        for index, line in enumerate(body):
            if _is_tick(line):
                continue
            yield from _of_line(holder, name, body, index, line, tree, names)


def blocks(tree):
    """(node, field, lines) of the body of the function, of each loop and branch; outer ones first."""
    queue = [tree]
    while queue:
        node = queue.pop(0)
        for name in ("body", "orelse"):
            lines = getattr(node, name, None)
            if isinstance(lines, list) and lines and isinstance(lines[0], ast.stmt):
                yield node, name, lines
                queue += lines


def _of_line(holder, name, body, index, line, tree, names):
    old = ast.unparse(line).splitlines()[0]

    def change(kind, new, look, rank, words=None):
        words = "\n".join(ast.unparse(one) for one in new[index:index + 1]) if words is None else words
        return kind, line.lineno, [(holder, name, None, new)], look, old, words, rank

    def replaced(new):
        return [*body[:index], ast.copy_location(new, line), *body[index + 1:]]

    if isinstance(line, ast.AugAssign):
        target = _read(line.target)
        yield change("added up", replaced(ast.Assign([line.target], line.value)),
                     "the `+=`: is it to be added up, or set?", 2)
        for op in (ast.Sub, ast.Add, ast.Mult):
            if not isinstance(line.op, op):
                yield change("added up", replaced(ast.AugAssign(line.target, op(), line.value)),
                             "the operation before =", 2)
        yield change("in place", replaced(ast.Assign([line.target], ast.BinOp(target, line.op, line.value))),
                     "what it changes: the array itself, which another name may hold, too", 2)
    if isinstance(line, ast.Assign) and len(line.targets) == 1:
        target = line.targets[0]
        if isinstance(target, ast.Name | ast.Subscript):
            yield change("added up", replaced(ast.AugAssign(target, ast.Add(), line.value)),
                         "the `=`: is it to be set, or added up?", 2)
            whole = ast.Slice(None, None, None)
            if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Tuple):
                for index_ in (ast.BinOp(target.slice, ast.Add(), ast.Constant(1)),
                               ast.BinOp(target.slice, ast.Sub(), ast.Constant(1)),
                               ast.Tuple([whole, target.slice], LOAD)):
                    place = ast.Subscript(target.value, index_, STORE)
                    yield change("index", replaced(ast.Assign([place], line.value)),
                                 f"the index in `{ast.unparse(target)}`", 3)
        if isinstance(target, ast.Tuple):
            for a in range(len(target.elts)):
                for b in range(a):
                    elements = list(target.elts)
                    elements[a], elements[b] = elements[b], elements[a]
                    yield change("order", replaced(ast.Assign([ast.Tuple(elements, STORE)], line.value)),
                                 f"the order of `{ast.unparse(target)}`", 1)
            for extra in ("_",):
                yield change("unpack", replaced(ast.Assign([ast.Tuple([*target.elts, ast.Name(extra, STORE)], STORE)],
                                                           line.value)), "what comes back there: how many things?", 2)
        if isinstance(target, ast.Name) and isinstance(holder, ast.For) and isinstance(holder.target, ast.Name):
            place = ast.Subscript(ast.Name(target.id, LOAD), ast.Name(holder.target.id, LOAD), STORE)
            yield change("target", replaced(ast.Assign([place], line.value)),
                         f"`{target.id}`: is the whole of it set in each round, or a part?", 2)
        if isinstance(target, ast.Name):
            for other in names:
                if other != target.id:
                    yield change("target", replaced(ast.Assign([ast.Name(other, STORE)], line.value)),
                                 f"the name `{target.id}` that gets this value", 4)
    if isinstance(line, ast.If) and not line.orelse and len(line.body) == 1 and isinstance(line.body[0], ast.Assign):
        for value in (0, 1):
            otherwise = ast.Assign(line.body[0].targets, ast.Constant(value))
            yield ("else", line.lineno, [(line, "orelse", None, [ast.copy_location(otherwise, line)])],
                   "the other case: what if the condition does not hold?", old, f"else: {ast.unparse(otherwise)}", 2)
    if isinstance(line, ast.For):
        backwards = ast.Subscript(line.iter, ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1))), LOAD)
        for new in (ast.Call(ast.Name("reversed", LOAD), [line.iter], []), backwards,
                    *([line.iter.args[0]] if getattr(getattr(line.iter, "func", None), "id", "") == "reversed" else []),
                    ast.Call(ast.Name("range", LOAD), [ast.Call(ast.Name("len", LOAD), [line.iter], [])], []),
                    *(ast.parse(f"np.ndindex({name}.shape)", mode="eval").body for name in names
                      if f"len({name})" in old),
                    ast.Call(ast.Attribute(line.iter, "swapaxes", LOAD), [ast.Constant(0), ast.Constant(1)], [])):
            yield ("backwards", line.lineno, [(line, "iter", None, ast.copy_location(new, line.iter))],
                   "over what the loop runs, and in which direction", old, f"for … in {ast.unparse(new)}:", 2)
        yield from _out_of_a_loop(holder, name, body, index, line)
    if index + 1 < len(body):
        after = body[index + 1]
        both = "the order of this line and the next" if after.lineno > line.lineno else (
            f"the order of `{old}` and `{_first(after)}`")
        yield change("moved", [*body[:index], after, line, *body[index + 2:]], both, 2, f"{_first(after)}\n{old}")
        if isinstance(after, ast.For | ast.While) and not isinstance(line, ast.Return):
            yield ("moved", line.lineno, [(holder, name, None, [*body[:index], *body[index + 1:]]),
                                          (after, "body", None, [line, *after.body])],
                   "its place: it runs once before the loop; does it belong into it?", old, f"    {old}", 2)
        if isinstance(line, ast.For | ast.While) and not isinstance(after, ast.Return):
            yield ("moved", after.lineno, [(holder, name, None, [*body[:index + 1], *body[index + 2:]]),
                                           (line, "body", None, [*line.body, after])],
                   "its indentation: it runs once after the loop; does it belong into it?", _first(after),
                   f"    {_first(after)}", 2)
    if len(body) > 1 and not isinstance(line, ast.Return):
        yield change("left out", [*body[:index], *body[index + 1:]], "the whole line: is it needed?", 4,
                     "(without this line)")
    if isinstance(holder, ast.For) and index == len(body) - 1:
        yield from _at_the_end(holder, body, tree, names)


def _first(line):
    return ast.unparse(line).splitlines()[0]


def _read(target):
    target = clone(target)
    target.ctx = LOAD
    return target


def _out_of_a_loop(holder, name, body, index, loop):
    """Lines of a loop put before it or after it."""
    for k, line in enumerate(loop.body):
        rest = [*loop.body[:k], *loop.body[k + 1:]]
        if not rest or _is_tick(line):
            continue
        round_ = "it ends the function in the first round" if isinstance(line, ast.Return) else "it runs in every round"
        for place, new in (("before", [*body[:index], line, *body[index:]]),
                           ("after", [*body[:index + 1], line, *body[index + 1:]])):
            yield ("moved", line.lineno, [(loop, "body", None, rest), (holder, name, None, new)],
                   f"its indentation: {round_}; does it belong into the loop?", _first(line),
                   f"{_first(line)}   ({place} the loop)", 1 if isinstance(line, ast.Return) else 2)


def _at_the_end(loop, body, tree, names):
    """What is handed on to the next round is missing: a = b at the end of the loop."""
    stored = {node.id for line in body for node in ast.walk(line) if isinstance(node, ast.Name)
              and isinstance(node.ctx, ast.Store)}
    outside = [name for name in names if name not in stored]
    used = {node.id for line in body for node in ast.walk(line) if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)}
    for target in outside:
        for source in sorted(stored):
            if target in used:
                new = ast.Assign([ast.Name(target, STORE)], ast.Name(source, LOAD))
                ast.copy_location(new, body[-1])
                yield ("handed on", loop.lineno, [(loop, "body", None, [*body, new])],
                       f"what the next round gets: does `{target}` change?", _first(loop), ast.unparse(new), 2)


def start_values(tree, name, names):
    """`name = …` before everything else, for a name that has no value yet."""
    from_argument = [ast.Name(other, LOAD) for other in names if other != name]
    zeros = [ast.Call(ast.Attribute(ast.Name("np", LOAD), "zeros_like", LOAD), [one], []) for one in from_argument]
    for value in [*from_argument, *zeros, *map(ast.Constant, (0, 1, 0.0, 1.0)), ast.List([], LOAD)]:
        new = ast.Assign([ast.Name(name, STORE)], value)
        ast.copy_location(new, tree.body[0])
        yield ("start", tree.lineno, [(tree, "body", None, [new, *tree.body])],
               f"`{name}`: it needs a value before it is used for the first time", "", ast.unparse(new), 1)
