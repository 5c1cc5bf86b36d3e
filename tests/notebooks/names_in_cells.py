"""Which cells to run again: those that could find another value under a name than at their first run.

A cell is run again at the end if a later cell gives one of the names that it reads another value; and a cell below it
after that, if it reads a name that the first gives a value and a cell between them gives another one. All other pairs
see what they saw when the notebook was run from the top.
"""

import ast
import symtable
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

CHANGING = {"append", "extend", "insert", "pop", "update", "add", "remove", "clear", "sort", "setdefault"}


@dataclass
class Names:
    """What a cell reads before it has set it, what it sets or changes, and what its functions read when called."""

    reads: set = field(default_factory=set)
    sets: set = field(default_factory=set)
    functions: dict = field(default_factory=dict)


def names_of(source):
    """The names of a cell."""
    found = Names()
    for statement in ast.parse(TransformerManager().transform_cell(source)).body:
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
        known = found.sets | set_first(statement)
        inner = {name for child in table.get_children() for name in globals_of(child)}
        is_function = isinstance(statement, ast.FunctionDef)
        reads = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
        found.reads |= (reads | (set() if is_function else inner) | changed(statement)) - known
        found.sets |= changed(statement) | {
            symbol.get_name() for symbol in table.get_symbols()
            if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()}
        if is_function:
            found.functions[statement.name] = inner
    return found


def globals_of(table):
    """The global names that a function, a class or a comprehension reads."""
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return own.union(*(globals_of(child) for child in table.get_children()))


def set_first(statement):
    """The names that a loop or a with sets before its body reads them."""
    targets = [getattr(statement, "target", None), *(item.optional_vars for item in getattr(statement, "items", ()))]
    return {node.id for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name)} - {
        statement.target.id if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name) else ""}


def changed(statement):
    """The names whose values a statement changes in place: x[0] = …, x.a = …, x += …, x.append(…)."""
    places = [node for node in ast.walk(statement) if isinstance(node, ast.Subscript | ast.Attribute)
              and isinstance(node.ctx, ast.Store)]
    places += [node.func.value for node in ast.walk(statement) if isinstance(node, ast.Call)
               and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING]
    while any(not isinstance(place, ast.Name) for place in places):
        places = [place if isinstance(place, ast.Name) else place.value for place in places
                  if isinstance(place, ast.Name | ast.Subscript | ast.Attribute)]
    return {place.id for place in places}


def pairs_to_rerun(cells):
    """[[i], …, [i, j], …]: the numbers of the cells to run at the end, one after the other."""
    names = [names_of(cell.source) for cell in cells]
    visible = ["verify" not in cell.metadata.get("tags", ()) and "raises-exception" not in cell.metadata.get("tags", ())
               for cell in cells]
    reads, functions = [], {}
    for one in names:
        functions |= one.functions
        reads.append(with_called(one.reads, functions))
    found = []
    for first, one in enumerate(names):
        if not visible[first]:
            continue
        later = set().union(*(other.sets for other in names[first + 1:]))
        found += [[first]] if reads[first] & later else []
        between = set()
        for below in range(first + 1, len(names)):
            found += [[first, below]] if visible[below] and reads[below] & one.sets & between else []
            between |= names[below].sets
    return found


def with_called(names, functions):
    """The names, and all that the functions among them read."""
    done, new = set(), set(names)
    while new:
        done |= new
        new = set().union(*(functions.get(name, ()) for name in new)) - done
    return done
