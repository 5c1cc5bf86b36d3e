"""How long the matrix products of a layer take alone, on one core: no layer with these products is faster. By hand:

    python tests/benchmarks/products.py

For each case of speed.py: the products of the forward pass, of the way back, of the weight gradients and of the
gradient of x, in CPU milliseconds, in the shapes and layouts of `lstm_course.networks`, with this machine's BLAS.
"""

import os
import statistics
import time

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
os.environ.pop("OPENBLAS_CORETYPE", None)

import numpy as np  # noqa: E402

CASES = {"mid": (50, 32, 16, 64), "MNIST rows": (28, 128, 28, 128), "text": (100, 32, 64, 256),
         "long": (784, 32, 1, 128)}
KINDS = {"LSTM f32": (4, "float32"), "LSTM f64": (4, "float64"), "GRU f32": (3, "float32"), "RNN f32": (1, "float32")}


def milliseconds(work, rounds=7):
    """The median CPU time of one call."""
    work()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def products(case, kind):
    """The CPU milliseconds of all products of one forward and backward pass."""
    (T, B, I, H), (gates, dtype) = CASES[case], KINDS[kind]
    rng = np.random.default_rng(0)
    random = lambda *shape: rng.standard_normal(shape).astype(dtype)
    Kt, s, z = random(gates * H, H + I + 1), random(T, H + I + 1, B), random(T, gates * H, B)
    Kh, dh, W = random(H, gates * H), np.empty((H, B), dtype), random(I, gates * H)
    columns, inputs = random(gates * H, T * B), random(H + I + 1, T * B)

    def forward():
        for s_t, z_t in zip(s, z, strict=True):
            np.dot(Kt, s_t, out=z_t)

    def back():
        for z_t in z:
            np.dot(Kh, z_t, out=dh)

    return sum(map(milliseconds, (forward, back, lambda: inputs @ columns.T, lambda: columns.T @ W.T)))


def main():
    print(f"| case (T, B, I, H) | {' | '.join(KINDS)} |\n|{' --- |' * (len(KINDS) + 1)}")
    for case, sizes in CASES.items():
        print(f"| {case} {sizes} | {' | '.join(f'{products(case, kind):.3g}' for kind in KINDS)} |")


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    main()
