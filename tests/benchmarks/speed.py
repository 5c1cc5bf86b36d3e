"""Speed of the NumPy layers against PyTorch's, forward + backward, on one core. Run by hand:

    python tests/benchmarks/speed.py                                   # everything, about five minutes
    python tests/benchmarks/speed.py --cases tiny mid --kinds lstm32   # a part of it
    python tests/benchmarks/speed.py --malloc tuned --rounds 21        # only the tuned C allocator

How it measures. Both sides run in one process that is pinned to one core, each with one thread. In every
round all measurements stand in a new random order, the two sides of a measurement directly after each other
(which one first is random too), and each side repeats its work until it has used at least `--least` seconds.
Clock: `time.process_time`, the CPU time, which other programs disturb least. The number shown is the median
over the rounds of (PyTorch's time / ours), so above 1 means that NumPy is faster; the spread is the
interquartile range divided by the median, and a result whose spread exceeds 15 % is refused. Before anything
is timed both sides get the same weights and must give the same outputs and gradients.

PyTorch's forward pass records its graph, its backward pass gives the gradients of x and of all parameters;
ours gives these and those of the initial state.

PyTorch loses the long cases to page faults of the C allocator. The program therefore starts itself twice,
once with MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ so high that memory is kept, once without.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import time
from pathlib import Path

CASES = {  # T, B, I, H
    "tiny": (4, 1, 50, 100),
    "adder": (8, 1, 2, 16),
    "mid": (50, 32, 16, 64),
    "MNIST rows": (28, 128, 28, 128),
    "text": (100, 32, 64, 256),
    "long": (784, 32, 1, 128),
}
KINDS = {  # title, name in both libraries, dtype
    "lstm32": ("LSTM f32", "LSTM", "float32"),
    "lstm64": ("LSTM f64", "LSTM", "float64"),
    "gru32": ("GRU f32", "GRU", "float32"),
    "rnn32": ("RNN f32", "RNN", "float32"),
    "gru64": ("GRU f64", "GRU", "float64"),
    "rnn64": ("RNN f64", "RNN", "float64"),
}
USUAL_KINDS = ("lstm32", "lstm64", "gru32", "rnn32")
LARGEST_SPREAD = 0.15
FEWEST_ROUNDS = 11
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
TUNED_MALLOC = {"MALLOC_MMAP_THRESHOLD_": "4000000000", "MALLOC_TRIM_THRESHOLD_": "8000000000"}
ROOT = Path(__file__).resolve().parents[2]


# ---------------------------------------------------------------- the two sides of one measurement

def same_weights(layer, net):
    """Copy the parameters of a torch.nn layer into ours; PyTorch's second bias is made zero first."""
    import torch

    arrays = {name: value.detach().numpy() for name, value in net.named_parameters()}
    H = layer.parameters["U"].shape[0]
    with torch.no_grad():
        net.bias_hh_l0[: (2 * H if "b_hn" in layer.parameters else None)] = 0
    layer.parameters["W"][...] = arrays["weight_ih_l0"].T
    layer.parameters["U"][...] = arrays["weight_hh_l0"].T
    layer.parameters["b"][...] = arrays["bias_ih_l0"]
    if "b_hn" in layer.parameters:
        layer.parameters["b_hn"][...] = arrays["bias_hh_l0"][2 * H:]


def require_close(ours, theirs, what, dtype):
    """Stop unless the two arrays agree to the rounding of their type, relative to the largest entry."""
    error = abs(ours - theirs).max() / max(abs(theirs).max(), 1e-30)
    if not error < (2e-4 if dtype == "float32" else 1e-10):
        sys.exit(f"{what}: ours differs from PyTorch's by {error:.1e} of the largest entry")


def two_sides(kind, shape):
    """Return two functions without arguments, ours and PyTorch's: each one forward and backward pass."""
    import numpy as np
    import torch

    import lstm_course

    _, name, dtype = KINDS[kind]
    T, B, I, H = shape
    rng = np.random.default_rng(0)
    layer = getattr(lstm_course, name)(I, H, rng=rng, dtype=np.dtype(dtype))
    net = getattr(torch.nn, name)(I, H, dtype=getattr(torch, dtype))
    same_weights(layer, net)
    x = rng.standard_normal((T, B, I)).astype(dtype)
    grad = rng.standard_normal((T, B, H)).astype(dtype)
    torch_x, torch_grad = torch.tensor(x, requires_grad=True), torch.tensor(grad)

    def ours():
        trace = layer.forward(x)
        return trace.outputs, layer.backward(trace, grad)

    def theirs():
        torch_x.grad = None
        net.zero_grad(set_to_none=True)
        outputs, _ = net(torch_x)
        outputs.backward(torch_grad)
        return outputs

    outputs, grads = ours()
    require_close(outputs, theirs().detach().numpy(), f"{name} outputs", dtype)
    require_close(grads.x, torch_x.grad.numpy(), f"{name} gradient of x", dtype)
    require_close(grads.parameters["U"], net.weight_hh_l0.grad.numpy().T, f"{name} gradient of U", dtype)
    return ours, theirs


# ---------------------------------------------------------------- timing

def cpu_time(work, repeats):
    """Seconds of CPU time that one call of `work` takes, the mean of `repeats` calls."""
    start = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - start) / repeats


def repeats_for(work, least):
    """How often `work` must run to use at least `least` seconds."""
    cpu_time(work, 1)
    repeats = 1
    while (seconds := cpu_time(work, repeats) * repeats) < least:
        repeats = max(repeats + 1, int(1.2 * repeats * least / max(seconds, least / 100)))
    return repeats


def one_round(order, measurements, seconds):
    """Time each measurement once, in the order given, and append the times of both sides."""
    for key in order:
        sides = list(measurements[key].items())
        random.shuffle(sides)
        for side, (work, repeats) in sides:
            seconds[key][side].append(cpu_time(work, repeats))


def summary(ours, theirs):
    """Median ratio, its relative spread, and the median milliseconds of both sides."""
    import numpy as np

    ratios = np.array(theirs) / np.array(ours)
    low, middle, high = np.percentile(ratios, [25, 50, 75])
    return {"ratio": middle, "spread": (high - low) / middle,
            "ours_ms": 1e3 * np.median(ours), "theirs_ms": 1e3 * np.median(theirs)}


def measure(cases, kinds, rounds, least):
    """Time all cases and kinds in shuffled interleaving; return {"case|kind": summary}."""
    measurements = {}
    for case in cases:
        for kind in kinds:
            ours, theirs = two_sides(kind, CASES[case])
            measurements[f"{case}|{kind}"] = {"ours": (ours, repeats_for(ours, least)),
                                              "theirs": (theirs, repeats_for(theirs, least))}
    seconds = {key: {"ours": [], "theirs": []} for key in measurements}
    order = list(measurements)
    for _ in range(rounds):
        random.shuffle(order)
        one_round(order, measurements, seconds)
    return {key: summary(**times) for key, times in seconds.items()}


# ---------------------------------------------------------------- the machine

def processor():
    """The processor's name as the operating system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def blas_kernel():
    """Version and kernel of the BLAS that NumPy has loaded, asked of the library itself if it is OpenBLAS."""
    import ctypes

    import numpy as np

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    kernel = "kernel unknown"
    try:
        maps = Path("/proc/self/maps").read_text().split()
        library = ctypes.CDLL(next(word for word in maps if "openblas" in word and ".so" in word))
        names = [f"{start}openblas_get_corename{end}" for start in ("scipy_", "") for end in ("64_", "")]
        corename = next(getattr(library, name) for name in names if hasattr(library, name))
        corename.restype = ctypes.c_char_p
        kernel = f"kernel {corename().decode()}"
    except (OSError, StopIteration):
        pass
    return f"{blas.get('name')} {blas.get('version')}, {kernel}"


def machine(core, load_before):
    """One line a fact about where and how this was measured."""
    import numpy as np
    import torch

    load = ", ".join(f"{value:.2f}" for value in load_before)
    return [f"{processor()}, {os.cpu_count()} cores, pinned to core {core}; {platform.platform()}",
            f"Python {platform.python_version()}, NumPy {np.__version__} ({blas_kernel()}), "
            f"PyTorch {torch.__version__} ({torch.get_num_threads()} thread, "
            f"{torch.backends.cpu.get_cpu_capability()})",
            f"load before {load}; after {', '.join(f'{value:.2f}' for value in os.getloadavg())}"]


# ---------------------------------------------------------------- a child measures, the parent shows

def child(options):
    """Pin this process, measure, and print the result as JSON."""
    load = os.getloadavg()
    core = options.core if options.core is not None else max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    sys.path.insert(0, str(ROOT))
    import torch

    torch.set_num_threads(1)
    result = measure(options.cases, options.kinds, options.rounds, options.least)
    print(json.dumps({"result": result, "machine": machine(core, load)}))


def run_child(options, malloc):
    """Start this program again with the environment that must be set before NumPy is imported."""
    environment = {name: value for name, value in os.environ.items()
                   if name != "OPENBLAS_CORETYPE" and name not in TUNED_MALLOC}
    environment |= ONE_THREAD | (TUNED_MALLOC if malloc == "tuned" else {})
    command = [sys.executable, __file__, *sys.argv[1:], "--child"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def cell(entry):
    """One table cell: the ratio with its spread, or a refusal."""
    text = f"{entry['ratio']:.2f} ({100 * entry['spread']:.0f} %)"
    return text if entry["spread"] <= LARGEST_SPREAD else f"REFUSED: {text}"


def table(options, result, show):
    """A Markdown table, a row for each case and a column for each kind."""
    rows = [["case (T, B, I, H)", *(KINDS[kind][0] for kind in options.kinds)]]
    rows.append(["---"] * len(rows[0]))
    for case in options.cases:
        rows.append([f"{case} {CASES[case]}", *(show(result[f"{case}|{kind}"]) for kind in options.kinds)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def show_run(options, malloc, run):
    """Print everything about one run."""
    print(f"\n### C allocator: {malloc}\n")
    print(f"PyTorch's time / ours, forward + backward, median of {options.rounds} rounds "
          "(in brackets the spread: interquartile range / median); above 1: NumPy is faster.\n")
    print(table(options, run["result"], cell))
    print("\nMilliseconds of CPU time, ours / PyTorch:\n")
    print(table(options, run["result"], lambda entry: f"{entry['ours_ms']:.3g} / {entry['theirs_ms']:.3g}"))
    print("\n" + "\n".join(f"- {line}" for line in run["machine"]), flush=True)


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description="Speed against PyTorch, forward + backward, on one core.")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(USUAL_KINDS))
    parser.add_argument("--malloc", nargs="+", choices=["tuned", "default"], default=["tuned", "default"])
    parser.add_argument("--rounds", type=int, default=15, help=f"at least {FEWEST_ROUNDS}")
    parser.add_argument("--least", type=float, default=0.05, help="seconds of work per side and round")
    parser.add_argument("--core", type=int, help="the core to be pinned to (default: the last one)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rounds < FEWEST_ROUNDS:
        parser.error(f"--rounds is {options.rounds}, expected at least {FEWEST_ROUNDS}")
    return options


def main():
    """Measure once for each allocator setting and print Markdown."""
    options = parse()
    if options.child:
        child(options)
        return
    refused = 0
    for malloc in options.malloc:
        run = run_child(options, malloc)
        show_run(options, malloc, run)
        refused += sum(entry["spread"] > LARGEST_SPREAD for entry in run["result"].values())
    if refused:
        sys.exit(f"{refused} results refused: their spread exceeds {LARGEST_SPREAD:.0%}; run them again")


if __name__ == "__main__":
    main()
