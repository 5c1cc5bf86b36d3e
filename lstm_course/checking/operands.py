"""Small changes of calls and indices; `edit(kind, new, look, rank)` makes an Edit of one (see edits.py)."""

import ast
from itertools import combinations

LOAD = ast.Load()
SIBLINGS = [{"tanh", "sigmoid", "sig"}, {"max", "min"}, {"sum", "mean", "max"}, {"all", "any", "sum"},
            {"stack", "concatenate", "array"}, {"exp", "log"}, {"log2", "log", "log10"}, {"zeros", "ones"},
            {"zeros_like", "ones_like"}, {"argmax", "argmin"}, {"maximum", "minimum"}, {"split", "array_split"},
            {"cumsum", "cumprod"}, {"sum", "prod"}, {"repeat", "tile"}, {"std", "var"}, {"ceil", "floor"},
            {"hstack", "vstack", "concatenate"}, {"append", "extend"}, {"sqrt", "square"}, {"dot", "multiply"}]


def attribute_of_np(name):
    """np.name"""
    return ast.Attribute(ast.Name("np", LOAD), name, LOAD)


def of_call(node, words, edit):
    function = node.func
    called = getattr(function, "attr", getattr(function, "id", ""))
    owner = getattr(function, "value", None)

    def call(args=None, keywords=None, func=None):
        return ast.Call(func or function, node.args if args is None else args,
                        node.keywords if keywords is None else keywords)

    for other in {name for group in SIBLINGS if called in group for name in group} - {called}:
        if isinstance(function, ast.Attribute):
            yield edit("sibling", call(func=ast.Attribute(function.value, other, LOAD)),
                       f"`{called}`: is it the right function there?", 2)
        if other in ("sigmoid", "sig"):
            yield edit("sibling", call(func=ast.Name(other, LOAD)), f"`{called}`: is it the right function there?", 2)
        if called in ("sigmoid", "sig") and other == "tanh":
            yield edit("sibling", call(func=attribute_of_np("tanh")), f"`{called}`: is it the right function there?", 2)
    axes = [one for one in node.keywords if one.arg == "axis"]
    keep = [one for one in node.keywords if one.arg == "keepdims"]
    rest = [one for one in node.keywords if one.arg != "axis"]
    if axes or called in ("sum", "mean", "max", "min", "all", "any", "stack", "concatenate", "split", "cumsum", "prod",
                          "argmax", "flip", "array_split"):
        for value in (0, 1, -1, 2, None):
            if axes and ast.unparse(axes[0].value) == str(value):
                continue
            new = [] if value is None else [ast.keyword("axis", ast.Constant(value))]
            if new or axes:
                yield edit("axis", call(keywords=[*rest, *new]), f"the axis of `{called}`", 1)
            if new and value in (0, 1) and not keep and called in ("sum", "max", "mean", "min"):
                kept = ast.keyword("keepdims", ast.Constant(True))
                yield edit("axis", call(keywords=[*rest, *new, kept]), f"the axis of `{called}`, and its shape", 2)
            if new and len(node.args) > 0 and not axes and called in ("sum", "mean", "all", "any", "max", "min") and (
                    owner is not None and getattr(owner, "id", "") != "np"):
                yield edit("axis", call(args=[], keywords=[*rest, *new]), f"the axis of `{called}`", 1)
    if keep:
        yield edit("keepdims", call(keywords=[one for one in node.keywords if one.arg != "keepdims"]),
                   f"keepdims in `{words}`", 2)
    elif axes:
        yield edit("keepdims", call(keywords=[*node.keywords, ast.keyword("keepdims", ast.Constant(True))]),
                   f"the shape of `{words}`: does it keep its axes?", 2)
    for one in node.keywords:
        if one.arg not in ("axis", "keepdims"):
            yield edit("keyword", call(keywords=[other for other in node.keywords if other is not one]),
                       f"`{one.arg}` in `{words}`", 2)
    for a, b in combinations(range(min(len(node.args), 7)), 2):
        swapped = list(node.args)
        swapped[a], swapped[b] = swapped[b], swapped[a]
        yield edit("arguments", call(args=swapped), f"the order in which `{called}` gets its arguments", 2)
    for k, one in enumerate(node.args):
        if len(node.args) > 1:
            yield edit("argument", call(args=[*node.args[:k], *node.args[k + 1:]]),
                       f"the arguments of `{called}`: is one too many?", 4)
        if not isinstance(one, ast.Starred) and called[:1].islower() and isinstance(one, ast.Name):
            yield edit("star", call(args=[*node.args[:k], ast.Starred(one, LOAD), *node.args[k + 1:]]),
                       f"`{one.id}` in `{called}(…)`: is it one argument or several?", 3)
    if called == "maximum" and len(node.args) == 2:
        for one in node.args:
            for other in (attribute_of_np("tanh"), ast.Name("sigmoid", LOAD)):
                yield edit("sibling", ast.Call(other, [one], []), f"`{called}`: is it the right function there?", 2)
    if getattr(owner, "id", "") == "math":
        yield edit("sibling", call(func=attribute_of_np(called)),
                   f"`math.{called}`: it takes one number; which function takes whole arrays?", 1)
    if called in ("min", "max", "maximum", "minimum", "where", "clip") and len(node.args) > 1:
        for one in node.args:
            yield edit("unwrap", one, f"`{called}`: is it needed there?", 3)
    if len(node.args) == 1 and not node.keywords:
        yield edit("unwrap", node.args[0], f"`{called}`: is it needed there?", 2)
    if owner is not None and not node.args and getattr(owner, "id", "") != "np":
        yield edit("unwrap", owner, f"`.{called}()`: is it needed there?", 2)
    if called == "round" and len(node.args) == 2:
        yield edit("unwrap", node.args[0], f"`{called}`: is it needed there?", 2)
    if called == "reshape" and getattr(owner, "id", "np") != "np":
        turned = ast.Call(ast.Attribute(owner, "swapaxes", LOAD), [ast.Constant(0), ast.Constant(1)], [])
        yield edit("reshape", call(func=ast.Attribute(turned, "reshape", LOAD)),
                   f"`{words}`: reshape keeps the numbers in their order; which axes belong side by side?", 2)
    if called == "len" and len(node.args) == 1:
        yield edit("size", ast.Attribute(node.args[0], "size", LOAD), f"`{words}`: how many numbers are there?", 2)
    if called == "copy" and not node.args:
        yield edit("start", ast.Call(attribute_of_np("zeros_like"), [owner], []),
                   f"`{words}`: with which numbers is it to begin?", 2)
    if called == "range":
        yield from _of_range(node, words, edit)


def _of_range(node, words, edit):
    last, ends = len(node.args) - 1, "where the loop begins and ends"
    stop = node.args[min(last, 1)]
    for difference, rounds in ((ast.Sub(), "a round too many"), (ast.Add(), "a round too few")):
        moved = ast.BinOp(stop, difference, ast.Constant(1))
        args = list(node.args)
        args[min(last, 1)] = moved
        yield edit("range", ast.Call(node.func, args, []), f"where the loop ends: is it {rounds}?", 2)
    if last == 0:
        yield edit("range", ast.Call(node.func, [ast.Constant(1), stop], []), ends, 2)
        yield edit("range", ast.Call(node.func, [ast.Constant(1), ast.BinOp(stop, ast.Add(), ast.Constant(1))], []),
                   ends, 3)
        yield edit("backwards", ast.Call(ast.Name("reversed", LOAD), [node], []), "the direction of the loop", 1)
    if last == 1:
        yield edit("range", ast.Call(node.func, [stop], []), ends, 2)
        shorter = ast.BinOp(stop, ast.Sub(), node.args[0])
        yield edit("range", ast.Call(node.func, [ast.Constant(0), shorter], []), ends, 3)
    for size in ast.walk(stop):
        if isinstance(size, ast.Call) and getattr(size.func, "id", "") == "len" and size.args:
            for axis in (1, 2):
                of = ast.Subscript(ast.Attribute(size.args[0], "shape", LOAD), ast.Constant(axis), LOAD)
                args = list(node.args)
                if size is stop:
                    args[min(last, 1)] = of
                    yield edit("range", ast.Call(node.func, args, []), "over which axis the loop runs", 3)


def of_index(node, words, edit, names):
    index, look = node.slice, f"the index in `{words}`"

    def at(new):
        return ast.Subscript(node.value, new, node.ctx)

    yield edit("whole", node.value, f"`{words}`: is a part of it meant, or all?", 4)
    if isinstance(index, ast.Slice):
        if index.lower and not index.upper and not index.step:
            yield edit("axes", at(index.lower), f"`{words}`: is one meant, or all from there on?", 1)
        for one in _other_slices(index):
            yield edit("slice", at(one), f"where `{words}` begins and ends", 2)
    elif isinstance(index, ast.Tuple):
        for a, b in combinations(range(len(index.elts)), 2):
            swapped = list(index.elts)
            swapped[a], swapped[b] = swapped[b], swapped[a]
            yield edit("axes", at(ast.Tuple(swapped, LOAD)), f"the order of the axes in `{words}`", 1)
        for k, one in enumerate(index.elts):
            if isinstance(one, ast.Slice):
                for other in _other_slices(one):
                    yield edit("slice", at(ast.Tuple([*index.elts[:k], other, *index.elts[k + 1:]], LOAD)),
                               f"where `{words}` begins and ends", 3)
            else:
                yield from (edit("index", at(ast.Tuple([*index.elts[:k], other, *index.elts[k + 1:]], LOAD)), look, 3)
                            for other in _neighbours(one))
        if len(index.elts) == 2:
            yield edit("axes", at(index.elts[1]), look, 3)
            yield edit("axes", at(index.elts[0]), look, 3)
    else:
        yield from (edit("index", at(other), look, 1) for other in _neighbours(index))
        everything = ast.Slice(None, None, None)
        yield edit("axes", at(ast.Tuple([everything, index], LOAD)), f"`{words}`: along which axis is it cut?", 2)
        for name in names:
            if not isinstance(index, ast.Name) or name != index.id:
                counter = isinstance(index, ast.Constant) and len(name) == 1 and name.islower()
                yield edit("index", at(ast.Name(name, LOAD)), look, 3 if counter else 5)


def _neighbours(index):
    """index - 1, index + 1; the same nearer to zero if it is that already."""
    if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add | ast.Sub):
        yield index.left
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        yield from (ast.Constant(index.value + step) for step in (-1, 1))
    elif not isinstance(index, ast.Constant):
        yield from (ast.BinOp(index, op, ast.Constant(1)) for op in (ast.Sub(), ast.Add()))


def _other_slices(one):
    lower, upper, step = one.lower, one.upper, one.step
    if step is None:
        yield ast.Slice(lower, upper, ast.UnaryOp(ast.USub(), ast.Constant(1)))
    else:
        yield ast.Slice(lower, upper, None)
    yield ast.Slice(upper, lower, step)
    for bound in ("lower", "upper"):
        value = getattr(one, bound)
        if value is None:
            yield ast.Slice(**{"lower": lower, "upper": upper, "step": step} | {bound: (
                ast.Constant(1) if bound == "lower" else ast.UnaryOp(ast.USub(), ast.Constant(1)))})
        else:
            others = [None, *_neighbours(value)]
            others += [value.operand] if isinstance(value, ast.UnaryOp) else []
            for other in others:
                yield ast.Slice(**{"lower": lower, "upper": upper, "step": step} | {bound: other})
