"""Do the tests notice? Plants known faults in a copy of the package and runs the tests beside it. By hand:

    python tests/benchmarks/planted_faults.py            # all faults, a few minutes
    python tests/benchmarks/planted_faults.py peep zip   # those whose title contains one of the words
    python tests/benchmarks/planted_faults.py -x         # only until the first test of each fails

A fault is a replacement in the text of the source; if that text is no longer there, or stands there more than
once, the program stops and says so. Printed: a table, fault -> how many tests failed, and which.
Exit status 1 if a fault is not caught, or if the tests fail without any.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = "lstm_course/networks"
TESTS = [f"tests/networks/test_{name}.py" for name in (
    "cells", "reference_torch", "reference_onnx", "lengths", "layers", "numeric_gradients", "new_cell")]
ELSEWHERE = {  # beginning of the file's name: the tests that are run instead of these
    "word_vectors": ["tests/training/test_text.py"], "../training": ["tests/training/test_training.py"],
    "../experiments": ["tests/experiments/test_experiments.py"]}

KEPT_S = 's = np.empty((T + 1, H + I + 1, B), x.dtype)'
H_NEXT = ('np.concatenate([memory["s"][1:, :memory["H"]], memory["s"][:-1, memory["H"]:]], axis=1)[window]')
LSTM, GRU, RNN, LAYOUT = (f"fast/{name}.py" for name in ("lstm", "gru", "rnn", "layout"))
FAULTS = {  # title: (file, old text, new text), ...
    "gate order: i and f swapped": [
        (LSTM, "i_f, i, f, g, o, c_prev,", "i_f, f, i, g, o, c_prev,")],
    "gate order: r and z swapped": [
        (GRU, "for rz, r, z, n, h_prev", "for rz, z, r, n, h_prev")],
    "U transposed per gate": [
        (LAYOUT, 'return np.concatenate([p["U"],', 'H = len(p["U"]); return np.concatenate(['
         'p["U"].reshape(H, -1, H).transpose(2, 1, 0).reshape(H, -1),')],
    "no output tanh": [
        (LSTM, "np.tanh(c_t, out=squashed)", "squashed[...] = c_t")],
    "no output tanh, in the backward pass neither": [
        (LSTM, 'squash = cell.output_activation == "tanh"', "squash = False"),
        (LSTM, 'if cell.output_activation == "identity":', "if True:")],
    "o peeps at the old c": [
        (LSTM, "o -= P[2] * c_t", "o -= P[2] * c_prev")],
    "no gradient through the peephole of o": [
        (LSTM, "dc += P[2] * d_o", "dc += 0 * d_o")],
    "the gradient of o's peephole sees the old c": [
        (LSTM, "(d_o, c[1:][window])", "(d_o, c[:-1][window])")],
    "σ(-z)": [
        (LSTM, "np.negative(Kt[sigmoids], out=Kt[sigmoids])", "pass")],
    "f's gradient sees the new c": [
        (LSTM, 'd_f *= memory["c"][window]', 'd_f *= memory["c"][1:][window]')],
    "z flipped": [
        (GRU, "np.subtract(h_prev, n, out=difference)", "np.subtract(n, h_prev, out=difference)"),
        (GRU, "h += n  ", "h += h_prev  ")],
    "no b_hn": [
        (GRU, "np.add(product[2 * H:], b_hn, out=reset_t)", "reset_t[...] = product[2 * H:]")],
    "reset before the product instead of after it": [
        ("gru.py", "self.reset_after = check_flag(", "self.reset_after = not check_flag(")],
    "dU with h_t instead of h_{t-1}": [
        (LAYOUT, 'as_columns(memory["s"][window]) @ columns.T', f"as_columns({H_NEXT}) @ columns.T")],
    "no dc_next": [
        (LSTM, "dc *= f  ", "dc *= 0  ")],
    "no dh_next": [
        (LSTM, "dh += grad_outputs[t]", "dh[...] = grad_outputs[t]")],
    "= for += in the parameters' gradients": [
        (LAYOUT, "sums[name] += value\n", "sums[name] = value\n")],
    "= for += in the gradient of x of a two-way layer": [
        ("wrappers.py", 'grad_x = grads["forward"].x + ', "grad_x = ")],
    "padding leaks into the states": [
        (LAYOUT, "if lengths is None:\n        return states[-1]", "if True:\n        return states[-1]")],
    "padding leaks into the outputs": [
        (LAYOUT, "array *= valid_steps(lengths, len(array))[:, None, :]", "pass")],
    "padding leaks into the gradients": [
        ("layer.py", "grad_outputs = grad_outputs * valid_steps(trace.lengths, T)[:, :, None]", "pass")],
    "gradient of the final state enters at the last step of the batch": [
        (LAYOUT, "    if lengths is None:\n        return {steps - 1", "    if True:\n        return {steps - 1")],
    "the backward direction starts at the padding": [
        ("wrappers.py", "last_first = np.maximum(lengths - 1 - np.arange(T)[:, None], 0)",
         "last_first = (T - 1 - np.arange(T))[:, None] + 0 * lengths")],
    "the backward direction's state from the wrong end": [
        ("wrappers.py", "outputs, (ahead.state, back.state), lengths", "outputs, (ahead.state, "
         "self.backward_layer.forward(reverse_time(x, lengths)[:1], states[\"backward\"]).state), lengths")],
    "the outputs of the backward direction stand in its own order": [
        ("wrappers.py", "reverse_time(back.outputs, lengths)]", "back.outputs]")],
    "naive sigmoid in functions.py": [
        ("functions.py", "return 0.5 * np.tanh(0.5 * x) + 0.5", "return 1 / (1 + np.exp(-x))")],
    "the LSTM's exponential overflows aloud": [
        (LSTM, 'np.errstate(over="ignore")', "np.errstate()")],
    "the GRU's exponential overflows aloud": [
        (GRU, 'np.errstate(over="ignore")', "np.errstate()")],
    "backward changes the trace": [
        (LSTM, "dc_dh = squashed * squashed", "dc_dh = np.multiply(squashed, squashed, out=squashed)")],
    "backward changes the trace of an RNN": [
        (RNN, "dz = SLOPES[cell.activation](s[1:, :H][window])",
         "dz = s[1:, :H][window]; dz[...] = SLOPES[cell.activation](dz)")],
    "traces share memory": [
        (LAYOUT, KEPT_S, KEPT_S.replace("np.empty", "KEPT.setdefault((T, H, I, B, x.dtype), np.empty") + ")"),
        (LAYOUT, "def stack_steps(", "KEPT: dict = {}\n\n\ndef stack_steps(")],
    "cells: o peeps at the old c": [
        ("cells.py", "z_o = z_o + P[2] * c\n", "z_o = z_o + P[2] * c_prev\n")],
    "cells: dU with h_t": [
        ("cells.py", "return grad_z @ W.T, grad_z @ U.T, _affine_gradients(grad_z, x, h_prev)",
         "return grad_z @ W.T, grad_z @ U.T, _affine_gradients(grad_z, x, h)")],
    "cells: the reset gate's gradient misses b_hn": [
        ("cells.py", "grad_r = grad_n * (h_prev @ U_n + b_hn)", "grad_r = grad_n * (h_prev @ U_n)")],
    "scan: the steps run on over the padding": [
        ("layer.py", "new = tuple(np.where(on, part, old) for part, old in zip(new, state, strict=True))", "pass")],
    "scan: no gradient past the padding": [
        ("layer.py", "part + old * (1 - on)", "part")],
    "scan: = for += in the parameters' gradients": [
        ("layer.py", "totals[name] += gradient", "totals[name] = gradient")],
    "scan: no dh_next": [
        ("layer.py", "arriving = (grad_state[0] + grad_outputs[t],", "arriving = (grad_outputs[t],")],
    "scan: an update reaches a trace that is already there": [
        ("layer.py", "p = {name: array.copy() for name, array in p.items()}", "p = dict(p)")],
    "scan: the state shares the trace's memory": [
        ("layer.py", "tuple(part.copy() for part in state), memory", "state, memory")],
    "steps: the state of one batch goes on into the next": [
        ("../training/loop.py", "state = None if fresh else state", "pass")],
    "steps: handed over before the update": [
        ("../training/loop.py", "before = _update(optimizer, parameters, grads)\n", "pass\n"),
        ("../training/loop.py", "yield Step(number, total, value, norm, history)\n",
         "yield Step(number, total, value, norm, history)\n"
         "            before = _update(optimizer, parameters, grads)\n")],
    "word vectors start around 1": [
        ("word_vectors.py", "vocabulary_size, size)) - 0.5)", "vocabulary_size, size)) + 0.5)")],
    "experiments: the fingerprint does not see values": [
        ("../experiments/shared/record.py", "return repr(node)", "return type(node).__name__")],
}


def planted(copy, fault):
    """Write the fault into the copy of the package."""
    for name, old, new in fault:
        path = copy / NETWORKS / name
        text = path.read_text()
        if text.count(old) != 1:
            sys.exit(f"{name} contains this text {text.count(old)} times, expected once:\n{old}")
        path.write_text(text.replace(old, new))


def tests_of(fault):
    """The files of tests that are to notice the fault."""
    return next((tests for start, tests in ELSEWHERE.items() if fault[0][0].startswith(start)), TESTS)


def failures(fault, tests, first_only=()):
    """The names of the tests that fail with the fault in place, and pytest's last line."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("lstm_course", "tests/networks", "tests/training", "tests/experiments"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / "tests" / "__init__.py").touch()
        planted(copy, fault)
        command = [sys.executable, "-m", "pytest", "-q", *first_only, "--tb=line", "-rfE", "-p", "no:cacheprovider",
                   "-W", "error", "-k", "not generated_cases", f"--rootdir={copy}", *tests]
        environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if crash := re.search("(Name|Attribute|UnboundLocal|Syntax|Import)Error: .*", done.stdout):
        sys.exit(f"the planted text does not run, which proves nothing: {crash.group()}\n{fault}")
    lines = done.stdout.splitlines()
    return [line.split(" ")[1] for line in lines if re.match("(FAILED|ERROR) ", line)], lines[-1]


def by_function(tests):
    """"file: function (how often)" of the tests, the most frequent first."""
    names = [test.split("[")[0].removeprefix("tests/").replace(".py::", ": ") for test in tests]
    counts = {name: names.count(name) for name in names}
    return [f"{name} ({count})" for name, count in sorted(counts.items(), key=lambda item: -item[1])]


def main():
    """Run the tests without a fault, then with each one."""
    first_only = ["-x"] if "-x" in sys.argv else []
    words = [word for word in sys.argv[1:] if word != "-x"]
    titles = [title for title in FAULTS if not words or any(word in title for word in words)]
    failed, last = failures([], sorted({test for title in titles for test in tests_of(FAULTS[title])}))
    if failed:
        sys.exit(f"without any fault: {last}: {', '.join(by_function(failed))}")
    print(f"without any fault: {last}\n\n| fault | tests that fail | the first of them |")
    print("| --- | --- | --- |")
    missed = []
    for title in titles:
        failed, last = failures(FAULTS[title], tests_of(FAULTS[title]), first_only)
        functions = by_function(failed)
        count = f"{len(failed)} in {len(functions)} functions"
        print(f"| {title} | {count} | {'; '.join(functions[:4])} |", flush=True)
        if not failed:
            missed.append(title)
    if missed:
        sys.exit(f"\nNOT CAUGHT: {', '.join(missed)}")


if __name__ == "__main__":
    main()
