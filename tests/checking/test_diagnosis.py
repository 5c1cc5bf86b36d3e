"""Mistakes that nobody foresaw: a check names the line or the part, proves what it says, and harms nothing."""

import copy
import inspect
import io
import itertools
import sys
import time

import numpy as np
import pytest

from lstm_course.checking.declare import CodeExercise
from lstm_course.checking.run import run_quietly
from lstm_course.checking.solution import function_of, solution, sources
from lstm_course.exercises import check
from lstm_course.networks.functions import sigmoid
from lstm_course.tasks import air_passengers

ARGUMENTS = {"rnn_step": "x, h, W, U, b", "rnn_forward": "x, h0, W, U, b", "lstm_step": "x, h_prev, c_prev, W, U, b",
             "rnn_backward": "x, h0, states, grad_outputs, W, U"}


def written(name, body, **names):
    """A function of a notebook cell, whose source can be read: the body below the first line of an exercise."""
    lines = "\n".join("    " + line for line in body.strip("\n").splitlines())
    arguments = ARGUMENTS.get(name) or ", ".join(next(iter(check_cases(name)))[1])
    space = {"np": np, "sigmoid": sigmoid, "__name__": "__main__"} | names
    return function_of(f"def {name}({arguments}):\n{lines}\n", f"cell {name} {hash(body)}", space)


@pytest.fixture
def no_search(monkeypatch):
    """What a test is about is found without trying repairs of the code, which takes a second."""
    monkeypatch.setattr("lstm_course.checking.diagnose.repair", lambda *_: None)
    monkeypatch.setattr("lstm_course.checking.diagnose.SECONDS", 0.2)


def check_cases(name):
    return getattr(check, name).cases(np.random.default_rng(0))


def edited(name, old, new):
    """The lesson's solution with one piece of text exchanged, and the number of that line."""
    before, after = sources()[name].split(old)          # which stands there once
    function = function_of(before + new + after, f"{name}: {new}", dict(solution(getattr(check, name)).__globals__))
    function.__globals__["__name__"] = function.__module__ = "__main__"
    return function, before.count("\n") + 1


# ------------------------------------------------------------------------------------------- the line is named

@pytest.mark.parametrize("name, old, new", [
    ("rnn_step", "+ b)", "- b)"), ("rnn_step", "h @ U", "h * h @ U"),
    ("rnn_forward", "np.stack(states)", "np.stack([h, *states])"),
    ("rnn_forward", "h @ U + b", "h @ U - b"), ("rnn_backward", "states[t] ** 2", "states[t] ** 3"),
    ("rnn_backward", "grad_b += delta.sum(axis=0)", "grad_b += delta.max(axis=0)"),
    ("rnn_backward", "grad_W +=", "grad_W ="), ("grad_check", "old - epsilon", "old - 2 * epsilon"),
    ("grad_check", "/ (2 * epsilon)", "/ 2 * epsilon"), ("lstm_step", "o * np.tanh(c)", "i * np.tanh(c)"),
    ("lstm_step", "f * c_prev + i * g", "f * c_prev - i * g"),
    ("lstm_step_backward", "grad_c * i * (1 - g ** 2)", "grad_c * g * (1 - g ** 2)"),
    ("lstm_step_backward", "c_prev * f * (1 - f)", "c_prev * i * (1 - f)"), ("gru_step", "(1 - z) * n", "(1 - r) * n"),
    ("decode", "2 ** np", "3 ** np"), ("carries", "// 2", "% 2"), ("bi_last", "H:]", "H + 1:]")])
def test_one_slip_is_found_in_its_line(name, old, new):
    function, line = edited(name, old, new)
    message = getattr(check, name)(function).message
    assert f"line {line}" in message.lower(), message


def test_a_repair_is_true_and_is_given_away_by_the_last_hint_only(capsys):
    function = written("rnn_step", "z = x @ W + h @ U + b\nreturn np.tanh(z) * 2")
    result = check.rnn_step(function)
    assert "the mistake is in line 3, `return np.tanh(z) * 2`" in result.headline
    assert "One small change there: then every case is right." in result.message
    capsys.readouterr()
    said = []
    for number in (1, 2, 3):
        check.rnn_step.hint(number)
        said.append(capsys.readouterr().out)
    assert all("line 3" in words.lower() for words in said)
    assert "In line 3 write `" in said[2] and " write `" not in said[0] + said[1] + result.message


def test_a_mistake_seen_twice_says_more():
    function = written("rnn_step", "z = x @ W + h @ U - b\nreturn np.tanh(z)")
    check.rnn_step(check.rnn_step.reference)
    first, second = check.rnn_step(function), check.rnn_step(function)
    assert first.headline == second.headline and "Still the same." in second.message
    assert len(second.message) > len(first.message)


def test_of_two_mistakes_the_first_is_named():
    function = written("lstm_step", "z_i, z_f, z_g, z_o = np.split(x @ W + h_prev @ U + b, 4, axis=1)\n"
                       "i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)\n"
                       "c = f * c_prev - i * g\nh = i * np.tanh(c)\nreturn h, c")
    message = check.lstm_step(function).message
    assert "line 4" in message and "line 2" not in message and "line 3" not in message


# ------------------------------------------------------------------------------------------- parts and blocks

@pytest.mark.parametrize("order", [order for order in itertools.permutations("ifgo") if "".join(order) != "ifgo"])
def test_every_order_of_the_gates_is_named(order, no_search):
    def lstm_step(x, h_prev, c_prev, W, U, b):
        z = dict(zip(order, np.split(x @ W + h_prev @ U + b, 4, axis=1), strict=True))
        c = sigmoid(z["f"]) * c_prev + sigmoid(z["i"]) * np.tanh(z["g"])
        return sigmoid(z["o"]) * np.tanh(c), c
    headline = check.lstm_step(lstm_step).headline
    assert ", ".join(order) in headline or "changed places" in headline


@pytest.mark.parametrize("gate", "ifo")
def test_a_block_that_alone_is_wrong_is_named(gate, no_search):
    def lstm_step_backward(grad_h, grad_c, x, h_prev, c_prev, c, gates, U):
        i, f, g, o = gates
        slope = {name: value * (1 - value) for name, value in zip("ifo", (i, f, o), strict=True)}
        slope[gate] = 0.3 + slope[gate]
        grad_c = grad_c + grad_h * o * (1 - np.tanh(c) ** 2)
        z = np.concatenate([grad_c * g * slope["i"], grad_c * c_prev * slope["f"], grad_c * i * (1 - g ** 2),
                            grad_h * np.tanh(c) * slope["o"]], axis=1)
        return z @ U.T, grad_c * f, x.T @ z, h_prev.T @ z, z.sum(axis=0)
    message = check.lstm_step_backward(lstm_step_backward).message
    others = ", ".join(name for name in "ifgo" if name != gate)
    assert f"block {gate} of grad_W is wrong; {others} are right" in message


def test_the_first_variable_that_is_wrong_is_named():
    code = ("def lstm_step(x, h_prev, c_prev, W, U, b):\n"
            "    z_i, z_f, z_g, z_o = np.split(x @ W + h_prev @ U + b, 4, 1)\n"
            "    i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)\n"
            "    c = np.sqrt(np.abs(f * c_prev)) + np.sin(i * g)\n    h = o * np.tanh(c)\n    return h, c\n")
    exec(code, space := {"np": np, "sigmoid": sigmoid})     # pasted code: there is no source, and no repair
    message = check.lstm_step(space["lstm_step"]).message
    assert "c is the first that is not (line 4)" in message and "i, f, g and o" in message


def test_without_source_the_numbers_tell():
    exec("def rnn_step(x, h, W, U, b):\n    return np.tanh(x @ W + h @ U + b) ** 2", space := {"np": np})
    message = check.rnn_step(space["rnn_step"]).message
    assert "not right yet" in message and "rnn_step.example()" in message
    assert check.rnn_step(np.add).status == "wrong"                     # a built-in function


# ---------------------------------------------------------------------------------------------- known, in any spelling

CODE = [one for one in check if isinstance(one, CodeExercise)]


@pytest.mark.parametrize("one", [one for one in CODE if any(isinstance(value, np.ndarray) and value.dtype.kind == "f"
                                 for value in next(iter(one.cases(np.random.default_rng(0))))[1].values())],
                         ids=lambda one: one.name)
def test_a_known_mistake_is_known_although_it_also_writes_into_an_argument(one, no_search):
    case = next(iter(one.cases(np.random.default_rng(0))))[1]
    names = list(case)
    mutant = next(mutant for mutant in one.mutants.values() if run_quietly(mutant.function, case).error is None)

    def answer(*given):
        given, result = list(given), copy.deepcopy(mutant.function(*given))
        for value in given:
            if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.flags.writeable:
                value += 1
                break
        return result
    answer.__signature__ = inspect.Signature([inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
                                              for name in names])
    message = one(answer).message
    assert mutant.message[:40] in message and "changes its argument" in message


def test_another_mistake_in_the_same_line_is_not_taken_for_a_known_one():
    function = written("lstm_step", "i, f, g, o = np.split(x @ W + U @ h_prev + b, 4, axis=1)\n"
                       "c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)\nreturn sigmoid(o) * np.tanh(c), c")
    message = check.lstm_step(function).message
    assert "axis=1. " not in message and "np.split cuts" not in message and "`U` is of shape" in message


# ------------------------------------------------------------------------------------------------- exceptions in words

@pytest.mark.parametrize("body, words", [
    ("for x_t in x:\n    h = np.tanh(x_t @ W + h @ U + b)\nreturn h", "h is used before it has a value"),
    ("return np.tanh(x @ W + h0 @ W)", "For h0 @ W the last axis of h0, "),
    ("return h0 + U", "the same shape, or 1"), ("return x.sum(axis=7)", "The axes are counted from 0"),
    ("return x[len(x) / 1]", "// a whole number"), ("return np.array([x, h0, W])", "different shapes"),
    ("return h0 if h0 == None else h0", "`x is None` asks for the object"), ("return len(x)[0]", "Square brackets"),
    ("out = [].append(x)\nreturn out + 1", "None"), ("return quux", "Nothing is called quux"),
    ("return x[len(x)]", "the last is the length - 1"), ("return np.tahn(x)", "did you mean .t"),
    ("a, b_ = h0, W, U\nreturn a", "more or fewer names"), ("return x(0)", "Round brackets call a function"),
    ("return x.tolist().T", "np.array(…) makes one"), ("import tensorfield\nreturn x", "NumPy alone"),
    ("return x.reshape(7, 7)", "keeps the count"), ("return h00 + 1", "did you mean h0"),
    ("return np.einsum('i,ij->j', x, W)", "each axis has a letter"), ("return 1 // 0", "A divisor is 0"),
    ("return np.concatenate(h0, h0, axis=1)", "in one list"), ("return np.concatenate(h0, h0)", "in one list"),
    ("return x[:len(x) / 2]", "ends of a slice"), ("return (x @ W).outputs", "Leave .outputs away")])
def test_an_exception_is_understood(body, words, no_search):
    result = check.rnn_forward(written("rnn_forward", body))
    assert result.status == "wrong" and words in result.message, result.message


def test_an_empty_array_of_floats_lacks_windows_not_whole_numbers():
    assert "whole" not in check.split_in_time(lambda series, width, known: (
        np.zeros((0, width)), np.zeros(0), np.zeros((0, width)), np.zeros(0))).headline


# ------------------------------------------------------------------------------------------------------ no harm

def test_a_check_takes_two_seconds_at_most_and_changes_nothing(capsys, usual_pace):
    bag, numbers = [], np.arange(40.0)
    function = written("rnn_backward", """
bag.append(1)
numbers[0] += 1
print("hello")
grad_W, grad_U, grad_b = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U))
k = 0
while k < len(x):
    grad_W = grad_W + x[k].T @ np.sin(states[k]) + np.cos(grad_outputs[k]).sum()
    k = k + 1
return grad_W, grad_U, grad_b""", bag=bag, numbers=numbers)
    start = time.process_time()
    check.rnn_backward(function)
    assert time.process_time() - start < 2.5
    runs = sum(1 for _ in check_cases("rnn_backward"))
    assert len(bag) <= 3 * runs and numbers[0] <= 3 * runs and capsys.readouterr().out.count("hello") == runs


def test_edited_code_opens_no_file_and_asks_nothing(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("input"))
    function = written("rnn_step", "if len(x) > 99:\n    open('nothing')\nreturn np.tanh(x @ W - h @ U + b)")
    assert check.rnn_step(function).status == "wrong"


def test_ctrl_c_during_the_search_ends_it(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt
    monkeypatch.setattr("lstm_course.checking.diagnose.repair", interrupted)
    result = check.rnn_step(written("rnn_step", "return np.tanh(x @ W - h @ U + b)"))
    assert result.status == "wrong" and "should be" in result.message


@pytest.mark.parametrize("coding", ["ascii", "cp1252", "gbk", "latin-1"])
def test_any_terminal_can_show_what_is_said(coding, monkeypatch, no_search):
    file = io.TextIOWrapper(io.BytesIO(), encoding=coding)
    monkeypatch.setattr(sys, "stdout", file)
    check.lstm_step(lambda x, h_prev, c_prev, W, U, b: (h_prev, c_prev))
    check.lstm_step.hint(3)
    check.lstm_step.reset()
    file.flush()
    assert b"lstm_step: not right yet" in file.buffer.getvalue()


def test_an_answer_that_knows_the_future_is_refused():
    _, months = air_passengers.load()
    for body in ("return 0.9 * months[len(past)] + 0.1 * past[-12]",
                 "z = np.log(months)\ng = z[12:] - z[:-12]\na, b = np.polyfit(g[:-1], g[1:], 1)\np = np.log(past)\n"
                 "return np.exp(p[-12] + b + a * (p[-1] - p[-13]))"):
        assert not check.next_month(written("next_month", body, months=months)).correct


def test_a_constant_of_the_notebook_may_be_used():
    assert check.decode(written("decode", "return powers[:len(bits)] @ bits", powers=2 ** np.arange(20))).correct


def test_the_example_is_code(capsys):
    function = written("rnn_step", "return np.tanh(x @ W - h @ U + b)")
    check.rnn_step(function)
    capsys.readouterr()
    check.rnn_step.example()
    code, space = capsys.readouterr().out, {"np": np, "rnn_step": function}
    exec(code, space)
    assert "# right: h = np.array(" in code and "# yours: h = np.array(" in code and space["x"].ndim == 2
