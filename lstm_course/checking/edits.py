"""Small changes of a syntax tree: what a slip of the hand changes, and what mends it again.

`edits(tree)` lists them, the likeliest first. Each says in which line it stands, what to look at there, and what it
writes; `applied(edit)` makes it while a `with` block runs.
"""

import ast
import contextlib
from dataclasses import dataclass, field
from itertools import combinations

from lstm_course.checking.operands import LOAD, attribute_of_np, of_call, of_index
from lstm_course.checking.source import clone
from lstm_course.checking.statements import statement_edits
from lstm_course.checking.workshop import TICK

OPERATORS = {ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add,), ast.Mult: (ast.MatMult, ast.Div, ast.Add, ast.Pow),
             ast.MatMult: (ast.Mult,), ast.Div: (ast.Mult, ast.FloorDiv), ast.FloorDiv: (ast.Div, ast.Mod),
             ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,), ast.BitXor: (ast.Mult,), ast.BitAnd: (ast.BitOr,),
             ast.BitOr: (ast.BitAnd, ast.Add)}
COMPARISONS = {ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt),
               ast.GtE: (ast.Gt, ast.LtE, ast.Eq), ast.Eq: (ast.NotEq, ast.GtE, ast.Is), ast.NotEq: (ast.Eq,),
               ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,)}


ALIKE = {"sides", "transpose", "transposed", "untranspose", "product", "arguments", "axis"}      # each in its own words
TOGETHER = ALIKE | {"unwrap", "sibling", "wrap", "keepdims", "drop", "number", "backwards", "index", "operator",
                    "factor", "slice", "range", "name"}


@dataclass
class Edit:
    """One change: in which slots of the tree, (node, field, index or None, new)."""

    kind: str
    line: int
    slots: list
    look: str                           # what to look at in the line
    old: str                            # the code before
    written: str = ""                   # and after it, if the new node does not say it
    rank: int = field(default=5)

    @property
    def moves(self):
        """Does it move, add or drop a whole line?"""
        return isinstance(self.slots[0][3], list)

    @property
    def new(self):
        """The code after the change."""
        return self.written or text(self.slots[0][3])


@contextlib.contextmanager
def applied(*changes):
    """Make the changes, and undo them afterwards."""
    undo = []
    try:
        for change in changes:
            for node, name, index, new in change.slots:
                for one in new if isinstance(new, list) else [new]:
                    ast.fix_missing_locations(one) if hasattr(one, "lineno") else None
                holder = getattr(node, name)
                if index is None:
                    undo.append((node, name, None, holder))
                    setattr(node, name, new)
                else:
                    undo.append((holder, name, index, holder[index]))
                    holder[index] = new
        yield
    finally:
        for node, name, index, old in reversed(undo):
            if index is None:
                setattr(node, name, old)
            else:
                node[index] = old


def edits(tree, extra=()):
    """All single changes of a function's tree, sorted by how likely they are. extra: more names that may be meant."""
    ast.fix_missing_locations(tree)
    names = scope(tree, extra)
    found = [edit for slot in slots(tree) for edit in _of_expression(*slot, names)]
    found += [Edit(*change) for change in statement_edits(tree, names)]
    return sorted(found, key=lambda edit: edit.rank)


def everywhere(found):
    """The same change made in every place where it fits, as one; two places or more."""
    groups = {}
    for edit in found:
        if edit.kind in TOGETHER:
            look, new = "" if edit.kind in ALIKE else edit.look, edit.new if edit.kind == "name" else ""
            groups.setdefault((edit.kind, look, new), []).append(edit)
    for group in groups.values():
        taken = {}
        for edit in group:
            taken.setdefault((id(edit.slots[0][0]), edit.slots[0][1], edit.slots[0][2]), edit)
        group = list(taken.values())[:6]
        yield from (list(pair) for size in range(len(group), 1, -1) for pair in combinations(group, size) if size <= 4)


def scope(tree, extra=()):
    """The names that a line of this function may mean: arguments, then what is assigned."""
    arguments = [one.arg for one in [*tree.args.posonlyargs, *tree.args.args]]
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return list(dict.fromkeys([*arguments, *stored, *extra]))


def slots(tree):
    """(parent, field, index, expression) of each expression that is read, but for the names of called functions."""
    body = tree.body if isinstance(tree.body, list) else [tree]
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        children = []
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "args") and not isinstance(node, ast.Call):
                continue
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(child, ast.AST) or getattr(getattr(child, "func", None), "id", "") == TICK:
                    continue
                if isinstance(child, ast.expr) and not isinstance(getattr(child, "ctx", LOAD), ast.Store) and not (
                        isinstance(node, ast.Call) and name == "func") and not _is_docstring(node):
                    yield node, name, index, child
                children.append(child)
        stack += reversed(children)


def text(node):
    """The code of a node, without what counts its steps."""
    return ast.unparse(node).replace(" if __tick__()", "")


def _is_docstring(node):
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == TICK:
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


# ------------------------------------------------------------------------------------------ one expression

def _of_expression(parent, name, index, node, names):
    """The changes of one expression in its slot."""
    words = text(node)

    def edit(kind, new, look, rank):
        ast.copy_location(new, node)
        return Edit(kind, node.lineno, [(parent, name, index, new)], look, words, "", rank)

    if isinstance(node, ast.BinOp):
        yield from _of_operation(node, words, edit)
    elif isinstance(node, ast.Call):
        yield from of_call(node, words, edit)
    elif isinstance(node, ast.Subscript):
        yield from of_index(node, words, edit, names)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node, words, edit)
    elif isinstance(node, ast.Compare):
        chooses = name == "test" and getattr(parent, "orelse", None)
        kind, look = "comparison", f"the comparison `{words}`"
        if chooses:
            kind, look = "choice", f"the condition `{words}` and its two sides: when is each taken, is each right?"
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield edit(kind, ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators), look, 2)
    elif isinstance(node, ast.UnaryOp):
        yield edit("sign", node.operand, f"the sign before `{ast.unparse(node.operand)}`", 2)
    elif isinstance(node, ast.IfExp):
        yield edit("branch", node.body, f"the choice `{words}`: when is each side used?", 4)
        yield edit("branch", node.orelse, f"the choice `{words}`: when is each side used?", 4)
        yield edit("branch", ast.IfExp(node.test, node.orelse, node.body), f"the two sides of `{words}`", 3)
    elif isinstance(node, ast.Name):
        for other in names:
            if other != node.id:
                near = len(other) == len(node.id) or other[:3] == node.id[:3]
                yield edit("name", ast.Name(other, LOAD), f"`{node.id}`: is it the right operand there?",
                           2 + (not near))
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield edit("untranspose", node.value, f"`{words}`: is it to be transposed?", 1)
    if isinstance(node, ast.Tuple | ast.List) and isinstance(getattr(node, "ctx", LOAD), ast.Load):
        yield from _of_sequence(node, words, edit)
    if not isinstance(node, ast.Constant | ast.Slice | ast.Tuple | ast.Starred | ast.Lambda) and name != "slice":
        yield from _wrapped(node, words, edit, parent, names)


def _of_operation(node, words, edit):
    left, right, op = node.left, node.right, node.op
    if not isinstance(op, ast.Add | ast.Mult):
        yield edit("sides", ast.BinOp(right, op, left), f"the two sides of `{words}`", 1)
    for other in OPERATORS.get(type(op), ()):
        kind = "product" if {type(op), other} == {ast.Mult, ast.MatMult} else "operator"
        yield edit(kind, ast.BinOp(left, other(), right), f"the operation in `{words}`", 1 if kind == "product" else 2)
    if isinstance(op, ast.BitXor):
        look, power = f"`^` in `{words}`: Python writes a power with another sign", ast.Pow()
        yield edit("power", ast.BinOp(left, power, right), look, 1)
        if isinstance(left, ast.BinOp):
            yield edit("power", ast.BinOp(left.left, left.op, ast.BinOp(left.right, power, right)), look, 1)
    if isinstance(op, ast.MatMult):
        yield edit("transposed", ast.BinOp(_turned(right), op, _turned(left)),
                   f"`{words}`: is it this product, or its transpose?", 1)
        for a, b in ((_turned(left), right), (left, _turned(right)), (_turned(left), _turned(right))):
            yield edit("transpose", ast.BinOp(a, op, b), f"`{words}`: which axes meet, and is one to be transposed?", 1)
            yield edit("transpose", ast.BinOp(b, op, a), f"`{words}`: its sides, and what is transposed", 4)
    whole = "factor" if isinstance(op, ast.Mult | ast.MatMult | ast.Div) else "part"
    for kept, lost in ((left, right), (right, left)):
        yield edit("drop", kept, f"`{words}`: is one {whole} too many? (`{ast.unparse(lost)}`)", 3)
    # brackets: a op (b op c) against (a op b) op c
    if isinstance(right, ast.BinOp):
        yield edit("brackets", ast.BinOp(ast.BinOp(left, op, right.left), right.op, right.right),
                   f"the brackets in `{words}`: what is computed first?", 1)
    if isinstance(left, ast.BinOp):
        yield edit("brackets", ast.BinOp(left.left, left.op, ast.BinOp(left.right, op, right)),
                   f"the brackets in `{words}`: what is computed first?", 1)
        if isinstance(left.left, ast.BinOp):
            yield edit("brackets", ast.BinOp(left.left.left, left.left.op, ast.BinOp(
                ast.BinOp(left.left.right, left.op, left.right), op, right)),
                f"the brackets in `{words}`: what is computed first?", 2)
    if isinstance(op, ast.Pow) and isinstance(left, ast.BinOp):
        yield edit("brackets", ast.BinOp(left.left, left.op, ast.BinOp(left.right, op, right)),
                   f"the brackets in `{words}`: what is squared?", 1)


def _turned(node):
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.copy_location(ast.Attribute(node, "T", LOAD), node)


def _of_constant(node, words, edit):
    value, look = node.value, f"the number `{words}`"
    if isinstance(value, bool):
        yield edit("number", ast.Constant(not value), f"`{words}`", 2)
    elif isinstance(value, int | float):
        near = [value - 1, value + 1, -value, 0, 1, 2, 2 * value, value / 2] if isinstance(value, int) else [
            0.0, 1.0, -value, 1 - value, 2 * value, value / 2, 2.0]
        for other in dict.fromkeys(near):
            if other != value and not (isinstance(value, int) and isinstance(other, float) and other != int(other)):
                yield edit("number", ast.Constant(int(other) if isinstance(value, int) else other), look, 2)


def _of_sequence(node, words, edit):
    kind = type(node)
    if 2 <= len(node.elts) <= 8:
        for a, b in combinations(range(len(node.elts)), 2):
            swapped = list(node.elts)
            swapped[a], swapped[b] = swapped[b], swapped[a]
            yield edit("order", kind(swapped, LOAD), f"the order of `{words}`", 1)
        for k in range(len(node.elts)):
            yield edit("order", kind([*node.elts[:k], *node.elts[k + 1:]], LOAD), f"`{words}`: is one too many?", 3)


def _wrapped(node, words, edit, parent, names):
    """Something is still to be done with an expression."""
    look, one = f"`{words}`: is something still to be done with it?", ast.Constant(1)
    product = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult)
    if not product:
        yield edit("transpose", _turned(node), f"`{words}`: is it to be transposed?", 5)
    whole = not isinstance(parent, ast.BinOp | ast.UnaryOp | ast.Attribute | ast.Subscript)
    rank = 3 if whole else 5
    for function in ("tanh", "exp", "log", "sqrt"):
        yield edit("wrap", ast.Call(attribute_of_np(function), [node], []), look, rank)
    yield edit("wrap", ast.Call(ast.Name("sigmoid", LOAD), [node], []), look, rank)
    yield edit("sign", ast.UnaryOp(ast.USub(), node), f"the sign before `{words}`", rank)
    yield edit("mirror", ast.BinOp(one, ast.Sub(), node), f"`{words}`: is that the share that is meant?", rank)
    yield edit("slope", ast.BinOp(one, ast.Sub(), ast.BinOp(node, ast.Pow(), ast.Constant(2))), look, 5)
    yield edit("copy", ast.Call(ast.Attribute(node, "copy", LOAD), [], []),
               f"`{words}`: is it a copy, or the same array?", rank)
    if whole:
        for function in ("array", "stack"):
            yield edit("wrap", ast.Call(attribute_of_np(function), [node], []), look, 3)
        if isinstance(parent, ast.Return):
            for other in names:
                shape = ast.Attribute(ast.Name(other, LOAD), "shape", LOAD)
                yield edit("reshape", ast.Call(ast.Attribute(node, "reshape", LOAD), [shape], []),
                           f"the shape of `{words}`: whose shape is asked?", 3)
        backwards = ast.Slice(None, None, ast.UnaryOp(ast.USub(), one))
        yield edit("backwards", ast.Subscript(node, backwards, LOAD), f"the order of what is in `{words}`", 3)
        for method in ("sum", "mean"):
            yield edit("wrap", ast.Call(ast.Attribute(node, method, LOAD), [], [ast.keyword("axis", ast.Constant(0))]),
                       look, 3)
            yield edit("wrap", ast.Call(ast.Attribute(node, method, LOAD), [], []), look, 4)
    if whole or (isinstance(parent, ast.BinOp) and isinstance(node, ast.Name | ast.BinOp)):
        for other in names:
            more, rank = ast.Name(other, LOAD), 3 if whole else 6
            missing = f"`{words}`: is something missing there?"
            yield edit("factor", ast.BinOp(node, ast.Mult(), more), missing, rank)
            yield edit("summand", ast.BinOp(node, ast.Add(), more), missing, rank)
            if whole:
                yield edit("factor", ast.BinOp(node, ast.Div(), more), missing, 4)
                yield edit("summand", ast.BinOp(node, ast.Sub(), more), missing, 4)
                square = ast.BinOp(clone(more), ast.Pow(), ast.Constant(2))
                yield edit("factor", ast.BinOp(node, ast.Mult(), ast.BinOp(one, ast.Sub(), square)), missing, 4)
                twice = ast.BinOp(ast.BinOp(node, ast.Mult(), more), ast.Mult(), ast.BinOp(one, ast.Sub(), more))
                yield edit("factor", twice, missing, 4)
                yield edit("factor", ast.BinOp(node, ast.Mult(), ast.BinOp(one, ast.Sub(), more)), missing, 4)
                length = ast.Call(ast.Name("len", LOAD), [more], [])
                yield edit("factor", ast.BinOp(node, ast.Div(), length), missing, 4)
