"""Which of her statements make the wrong output, where another output is right."""

import ast

from lstm_course.checking.source import read


def made_by(case):
    """"grad_W is right; grad_x is made in line 4 …", or ""."""
    trial, part = case.first, read(case.function)
    if not trial.comparable or part is None or len(trial.exercise.outputs) < 2:
        return ""
    right = [all(good) for good in zip(*(one.right_outputs() for one in case.trials), strict=True)]
    wrong = [k for k, good in enumerate(right) if not good]
    returns = [node for node in ast.walk(part.tree) if isinstance(node, ast.Return)]
    value = returns[-1].value if len(returns) == 1 else getattr(part.tree, "body", None)
    if not any(right) or not isinstance(value, ast.Tuple) or len(value.elts) != len(right):
        return ""
    makers = [_makers(part.tree, one) for one in value.elts]
    shared = {id(node) for k, good in enumerate(right) if good for node in makers[k]}
    alone = {ast.unparse(node): node.lineno for k in wrong for node in makers[k] if id(node) not in shared}
    names = [output.name for output in trial.exercise.outputs]
    start = f"{_list(names, right, True)} right, {_list(names, right, False)} wrong: "
    own = " and ".join(f"`{ast.unparse(value.elts[k])}`" for k in wrong)
    if alone:
        places = "; ".join(f"`{words}` (line {line})" for words, line in list(alone.items())[:3])
        return f"{start}what makes {own}, and nothing else that you return, is {places}"
    return f"{start}look at {own} in line {value.lineno}"


def _list(names, right, wanted):
    chosen = [name for name, good in zip(names, right, strict=True) if good is wanted]
    return f"{' and '.join(chosen)} {'is' if len(chosen) == 1 else 'are'}"


def _makers(tree, expression):
    """The statements that set or change what an expression is made of."""
    names, found, before = _names(expression), [], None
    while before != names:
        before, found = set(names), []
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(_names(target) & names for target in targets):
                    found.append(node)
                    names |= _names(node)
    return found


def _names(node):
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
