"""A repair in words: the line, and what to look at in it. What is to be written there only the last hint says."""

import ast
import re

from lstm_course.checking.edits import text

LONGEST = 80                            # of the surroundings that are quoted


def look(found):
    """Where it can be mended, and what to look at there."""
    return f"{in_line(found)} Look at {_looks(found)[0]}"


def headline(found):
    """"the mistake is in line 4, `c = f * c`. Look at …"."""
    where = [f"line {line}, `{found.quote(line)}`" for line in found.lines]
    helper = f" of {found.helper}" if found.helper else ""
    looks, choice = _looks(found), "the choice in " if found.edits[0].kind == "choice" else ""
    if len(where) == 1:
        return f"{'a' if found.then else 'the'} mistake is in {choice}{where[0]}{helper}. Look at {looks[0]}"
    return f"there are mistakes in {' and in '.join(where)}{helper}. In the first look at {looks[0]}"


def details(found):
    """How much is to be changed, and what is right then."""
    changes = "One small change" if len(found.edits) == 1 else f"{len(found.edits)} small changes"
    lines = [f"{changes} there: then {found.then or 'every case is right'}."]
    looks = _looks(found)
    if len(found.lines) > 1:
        lines.append(f"In line {found.edits[1].line} look at {looks[1]}")
    return lines


def in_line(found):
    """Where a mistake that has been named already stands."""
    if found is None:
        return ""
    lines = [f"line {line}" for line in found.lines]
    which = "is the one" if len(lines) == 1 else "are the ones"
    quotes = "; ".join(f"`{found.quote(line)}`" for line in found.lines)
    return f"{' and '.join(lines).capitalize()} {which} to change: {quotes}."


def follow(found):
    """What the three hints say of it: the line, what to look at there, the change."""
    if found is None:
        return ()
    first = " and ".join(f"line {line}, `{found.quote(line)}`" for line in found.lines)
    looks = "; ".join(dict.fromkeys(f"line {edit.line}: look at {words}" for edit, words in zip(
        found.edits, _looks(found), strict=True)))
    writes = "; ".join(f"in line {edit.line} write `{edit.new}`" + (f" for `{edit.old}`" if edit.old else "")
                       for edit in found.edits)
    return f"Your own code: look at {first}.", looks[0].upper() + looks[1:], writes[0].upper() + writes[1:]


def _looks(found):
    """What to look at, for each change; of one function in another's place it is one thing."""
    kinds = {edit.kind: edit for edit in found.edits}
    if len(found.edits) == 2 == len(kinds) and kinds.keys() == {"unwrap", "wrap"} and len(found.lines) == 1 and (
            kinds["unwrap"].old in kinds["wrap"].old or kinds["wrap"].old in kinds["unwrap"].old):
        words = _surrounded(kinds["unwrap"], found)
        return [words.replace("is it needed there?", "is it the right function there?")] * 2
    return [_surrounded(edit, found) for edit in found.edits]


def _surrounded(edit, found):
    """What to look at, with the words around it if it stands in the line more than once."""
    quoted, line = re.search("`([^`]+)`", edit.look), found.quote(edit.line)
    if not quoted or _count(quoted[1], line) < 2:
        return edit.look
    place = edit.slots[0][0]
    around = [text(node) for node in ast.walk(found.part.tree) if getattr(node, "lineno", 0) == edit.line
              and isinstance(node, ast.expr | ast.stmt) and any(one is place for one in ast.walk(node))]
    around = [words for words in [edit.old, *around] if words != quoted[1] and _count(quoted[1], words)
              and _count(words, line) == 1 and len(words) <= LONGEST and "\n" not in words]
    return edit.look.replace(quoted[0], f"{quoted[0]} in `{min(around, key=len)}`", 1) if around else edit.look


def _count(words, line):
    """How often words stand in a line, as whole words, whatever the spaces."""
    words, line = (re.sub(r"\s*([^\w\s])\s*", r"\1", one) for one in (words, line))
    return len(re.findall(rf"(?<!\w){re.escape(words)}(?!\w)" if words[:1].isalnum() else re.escape(words), line))
