"""Do the tests notice? Plants known faults in a copy of the package and runs the network tests. By hand:

    python tests/benchmarks/planted_faults.py            # all faults, a few minutes
    python tests/benchmarks/planted_faults.py peep zip   # those whose title contains one of the words

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
TESTS = ["tests/networks/test_reference_torch.py", "tests/networks/test_reference_onnx.py",
         "tests/networks/test_lengths.py", "tests/networks/test_layers.py", "tests/networks/test_cells.py",
         "tests/networks/test_numeric_gradients.py"]

MASK = "valid_steps(lengths, len(array))[:, None, :]"
FAULTS = {  # title: (file, old text, new text), ...
    "gate order: i and f swapped": [
        ("lstm.py", "i_f, i, f, g, o, c_prev, c_t, squashed,", "i_f, f, i, g, o, c_prev, c_t, squashed,")],
    "gate order: r and z swapped": [
        ("gru.py", "for rz, (r, z, n), h_prev", "for rz, (z, r, n), h_prev")],
    "U transposed per gate": [
        ("recurrent.py", 'np.concatenate([self.parameters["U"],',
         'np.concatenate([self.parameters["U"].reshape(H, -1, H).transpose(2, 1, 0).reshape(H, -1),'),
        ("recurrent.py", "    def _stacked_parameters(self):\n", "    def _stacked_parameters(self):\n"
         "        H = self.hidden_size\n")],
    "no output tanh": [
        ("lstm.py", "np.tanh(c_t, out=squashed)", "squashed[...] = c_t")],
    "no output tanh, in the backward pass neither": [
        ("lstm.py", 'squash = self.output_activation == "tanh"', "squash = False"),
        ("lstm.py", 'if self.output_activation == "identity":', "if True:")],
    "o peeps at the old c": [
        ("lstm.py", "o += half * P[2] * c_t", "o += half * P[2] * c_prev")],
    "no gradient through the peephole of o": [
        ("lstm.py", "dc += P[2] * d_o", "dc += 0 * d_o")],
    "z flipped": [
        ("gru.py", "np.subtract(h_prev, n, out=difference)", "np.subtract(n, h_prev, out=difference)"),
        ("gru.py", "h += n  ", "h += h_prev  ")],
    "reset before the product instead of after it": [
        ("gru.py", "self.reset_after = check_flag(", "self.reset_after = not check_flag(")],
    "dU with h_t instead of h_{t-1}": [
        ("recurrent.py", "add_to(sums, \"K\", as_columns(memory[\"s\"][window])",
         "add_to(sums, \"K\", as_columns(np.concatenate([memory[\"s\"][1:, :self.hidden_size], "
         "memory[\"s\"][:-1, self.hidden_size:]], axis=1)[window])")],
    "no dc_next": [
        ("lstm.py", "dc *= f  ", "dc *= 0  ")],
    "no dh_next": [
        ("lstm.py", "dh += grad_outputs[t]", "dh[...] = grad_outputs[t]")],
    "= for += in the parameters' gradients": [
        ("recurrent.py", "sums[name] += value\n", "sums[name] = value\n")],
    "= for += in the gradient of x of a two-way layer": [
        ("wrappers.py", 'grad_x = grads["forward"].x + ', "grad_x = ")],
    "padding leaks into the states": [
        ("recurrent.py", "if lengths is None:\n        return states[-1].T.copy()",
         "if True:\n        return states[-1].T.copy()")],
    "padding leaks into the outputs": [
        ("recurrent.py", f"array *= {MASK}", "pass")],
    "padding leaks into the gradients": [
        ("recurrent.py", "grad = grad * valid_steps(trace.lengths, T)[:, :, None]", "pass")],
    "gradient of the final state enters at the last step of the batch": [
        ("recurrent.py", "def sequence_ends(lengths, steps):",
         "def sequence_ends(lengths, steps):\n    lengths = None")],
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
    "naive sigmoid in the LSTM": [
        ("lstm.py", "np.tanh(z_before, out=z_before)",
         "z_before[:] = np.concatenate([2 / (1 + np.exp(-2 * z_before[:2 * H])) - 1, "
         "np.tanh(z_before[2 * H:3 * H]), 2 / (1 + np.exp(-2 * z_before[3 * H:])) - 1])")],
    "backward changes the trace": [
        ("lstm.py", "dc_dh = squashed * squashed", "dc_dh = np.multiply(squashed, squashed, out=squashed)")],
    "backward changes the trace of an RNN": [
        ("rnn.py", 'dz = SLOPES[self.activation](memory["s"][1:, :H][window])',
         'dz = memory["s"][1:, :H][window]; dz[...] = SLOPES[self.activation](dz)')],
    "traces share memory": [
        ("recurrent.py", "s = np.empty((T + 1, H + I + 1, B), x.dtype)",
         "s = KEPT.setdefault((T, H, I, B, x.dtype), np.empty((T + 1, H + I + 1, B), x.dtype))"),
        ("recurrent.py", "def stack_steps(", "KEPT = {}\n\n\ndef stack_steps(")],
    "cells: o peeps at the old c": [
        ("cells.py", "z_o = z_o + P[2] * c\n", "z_o = z_o + P[2] * c_prev\n")],
    "cells: dU with h_t": [
        ("cells.py", "return grad_z @ W.T, grad_z @ U.T, _affine_gradients(grad_z, x, h_prev)",
         "return grad_z @ W.T, grad_z @ U.T, _affine_gradients(grad_z, x, h)")],
}


def planted(copy, fault):
    """Write the fault into the copy of the package."""
    for name, old, new in fault:
        path = copy / NETWORKS / name
        text = path.read_text()
        if text.count(old) != 1:
            sys.exit(f"{name} contains this text {text.count(old)} times, expected once:\n{old}")
        path.write_text(text.replace(old, new))


def failures(fault):
    """The names of the tests that fail with the fault in place, and pytest's last line."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("lstm_course", "tests/networks"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / "tests" / "__init__.py").touch()
        planted(copy, fault)
        command = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-rfE", "-p", "no:cacheprovider",
                   "-W", "error", "-k", "not generated_cases", f"--rootdir={copy}", *TESTS]
        environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if crash := re.search("(Name|Attribute|UnboundLocal|Syntax|Import)Error: .*", done.stdout):
        sys.exit(f"the planted text does not run, which proves nothing: {crash.group()}\n{fault}")
    lines = done.stdout.splitlines()
    return [line.split(" ")[1] for line in lines if re.match("(FAILED|ERROR) ", line)], lines[-1]


def by_function(tests):
    """"file: function (how often)" of the tests, the most frequent first."""
    names = [test.split("[")[0].removeprefix("tests/networks/").replace(".py::", ": ") for test in tests]
    counts = {name: names.count(name) for name in names}
    return [f"{name} ({count})" for name, count in sorted(counts.items(), key=lambda item: -item[1])]


def main():
    """Run the tests without a fault, then with each one."""
    words = sys.argv[1:]
    titles = [title for title in FAULTS if not words or any(word in title for word in words)]
    failed, last = failures([])
    if failed:
        sys.exit(f"without any fault: {last}: {', '.join(by_function(failed))}")
    print(f"without any fault: {last}\n\n| fault | tests that fail | the first of them |")
    print("| --- | --- | --- |")
    missed = []
    for title in titles:
        failed, last = failures(FAULTS[title])
        functions = by_function(failed)
        count = f"{len(failed)} in {len(functions)} functions"
        print(f"| {title} | {count} | {'; '.join(functions[:4])} |", flush=True)
        if not failed:
            missed.append(title)
    if missed:
        sys.exit(f"\nNOT CAUGHT: {', '.join(missed)}")


if __name__ == "__main__":
    main()
