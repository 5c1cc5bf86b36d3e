"""Make the reference cases in `more/` with PyTorch. Run by hand, with the extra `oracle` installed:

    python tests/networks/reference/generate.py

All random numbers come from NumPy's default_rng(case's own seed), all work is done on one thread, so the same
versions give the same file. Printed: one line for each case written. The tests read only the file.

Keys are `case|array`. Arrays of the cases with kind RNN, LSTM and GRU are named as in `torch/manifest.json`:
x, lengths, h0, c0 -> y, hn, cn; L = sum(y*gy) + sum(hn*gh) + sum(cn*gc); d_name is dL/dname. The cases with
"variant" are networks that torch.nn lacks, written below with the equations and differentiated by autograd;
their parameters have the course's own names and layout.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

FOLDER = Path(__file__).parent / "more"
RAGGED = [4, 1, 6, 3]


def uniform(rng, shape, scale, dtype=np.float64):
    """Uniform numbers within ±scale as a tensor that records gradients."""
    return torch.tensor(rng.uniform(-scale, scale, shape).astype(dtype), requires_grad=True)


def numbers(tensors):
    """Arrays of a dict of tensors."""
    return {name: tensor.detach().numpy().copy() for name, tensor in tensors.items()}


def gradients(tensors):
    """Arrays d_name of a dict of tensors after backward()."""
    return {f"d_{name}": tensor.grad.numpy().copy() for name, tensor in tensors.items()}


def upstream(rng, results, dtype):
    """Random gradients gy, gh, gc for the results y, hn, cn, and the loss that they stand for."""
    arrays, loss = {}, 0.0
    for name, result in results.items():
        arrays[f"g{name[0]}"] = rng.standard_normal(tuple(result.shape)).astype(dtype)
        loss = loss + (result * torch.tensor(arrays[f"g{name[0]}"])).sum()
    return arrays, loss


# ---------------------------------------------------------------- torch.nn

def run_torch(net, x, state, lengths):
    """One forward pass, through pack_padded_sequence where there are lengths."""
    if lengths is None:
        return net(x, state)
    packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    packed_y, state = net(packed, state)
    return pad_packed_sequence(packed_y, total_length=x.shape[0])[0], state


def torch_case(seed, kind, layers=1, directions=1, lengths=None, T=6, B=3, I=3, H=4, x_scale=1.5,
               nonlinearity="tanh", dtype="float64"):
    """Arrays of one case of torch.nn.RNN, LSTM or GRU with initial states that are not zero."""
    rng, B = np.random.default_rng(seed), (B if lengths is None else len(lengths))
    extra = {"nonlinearity": nonlinearity} if kind == "RNN" else {}
    extra |= {"bidirectional": directions == 2, "dtype": getattr(torch, dtype)}
    net = getattr(torch.nn, kind)(I, H, layers, **extra)
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(torch.tensor(rng.uniform(-0.9, 0.9, tuple(weight.shape))))
    inputs = {"x": uniform(rng, (T, B, I), x_scale, dtype)}
    for name in ("h0", "c0") if kind == "LSTM" else ("h0",):
        inputs[name] = uniform(rng, (layers * directions, B, H), 0.8, dtype)
    state = (inputs["h0"], inputs["c0"]) if kind == "LSTM" else inputs["h0"]
    y, state = run_torch(net, inputs["x"], state, lengths)
    results = {"y": y, **dict(zip(("hn", "cn"), state if kind == "LSTM" else (state,), strict=False))}
    arrays, loss = upstream(rng, results, dtype)
    loss.backward()
    weights = dict(net.named_parameters())
    arrays |= numbers(inputs | results | weights) | gradients(inputs | weights)
    return arrays | ({} if lengths is None else {"lengths": np.array(lengths)})


# ---------------------------------------------------------------- networks that torch.nn lacks

def sigmoid_rnn_step(p, x, h):
    """RNN with the logistic function."""
    return (torch.sigmoid(x @ p["W"] + h @ p["U"] + p["b"]),)


def lstm_step(p, x, h, c, output=torch.tanh):
    """LSTM; with P the gates i and f see c, the gate o sees the new c."""
    z_i, z_f, z_g, z_o = (x @ p["W"] + h @ p["U"] + p["b"]).chunk(4, dim=-1)
    P = p.get("P", torch.zeros(3, 1, dtype=x.dtype))
    i, f = torch.sigmoid(z_i + P[0] * c), torch.sigmoid(z_f + P[1] * c)
    new_c = f * c + i * torch.tanh(z_g)
    return torch.sigmoid(z_o + P[2] * new_c) * output(new_c), new_c


def identity_lstm_step(p, x, h, c):
    """LSTM without the output tanh."""
    return lstm_step(p, x, h, c, output=lambda value: value)


def gru_before_step(p, x, h):
    """GRU whose reset gate acts before the recurrent product."""
    H = h.shape[1]
    a, U = x @ p["W"] + p["b"], p["U"]
    r = torch.sigmoid(a[:, :H] + h @ U[:, :H])
    z = torch.sigmoid(a[:, H:2 * H] + h @ U[:, H:2 * H])
    n = torch.tanh(a[:, 2 * H:] + (r * h) @ U[:, 2 * H:])
    return ((1 - z) * n + z * h,)


VARIANTS = {  # kind, options of the course's layer, step, blocks of columns, has P
    "rnn_sigmoid": ("RNN", {"activation": "sigmoid"}, sigmoid_rnn_step, 1, False),
    "lstm_peephole": ("LSTM", {"peephole": True}, lstm_step, 4, True),
    "lstm_identity": ("LSTM", {"output_activation": "identity"}, identity_lstm_step, 4, False),
    "lstm_peephole_identity": ("LSTM", {"peephole": True, "output_activation": "identity"},
                               identity_lstm_step, 4, True),
    "gru_before": ("GRU", {"reset_after": False}, gru_before_step, 3, False),
}


def run_steps(step, p, x, state, lengths):
    """Run a step over all sequences; a sequence that has ended keeps its state and gives zeros."""
    outputs = []
    for t in range(x.shape[0]):
        on = torch.tensor([[t < n] for n in lengths])
        new_state = step(p, x[t], *state)
        state = tuple(torch.where(on, new, old) for new, old in zip(new_state, state, strict=True))
        outputs.append(torch.where(on, state[0], torch.zeros_like(state[0])))
    return torch.stack(outputs), state


def variant_case(seed, variant, lengths=RAGGED, T=6, I=3, H=4):
    """Arrays of one case of a network that torch.nn lacks."""
    rng, B = np.random.default_rng(seed), len(lengths)
    _, _, step, blocks, peephole = VARIANTS[variant]
    shapes = {"W": (I, blocks * H), "U": (H, blocks * H), "b": (blocks * H,)}
    shapes |= {"P": (3, H)} if peephole else {}
    weights = {name: uniform(rng, shape, 0.9) for name, shape in shapes.items()}
    inputs = {"x": uniform(rng, (T, B, I), 1.5)}
    inputs |= {name: uniform(rng, (B, H), 0.8) for name in (("h0", "c0") if blocks == 4 else ("h0",))}
    state = tuple(inputs[name] for name in inputs if name != "x")
    y, state = run_steps(step, weights, inputs["x"], state, lengths)
    results = {"y": y, **dict(zip(("hn", "cn"), state, strict=False))}
    arrays, loss = upstream(rng, results, np.float64)
    loss.backward()
    arrays |= numbers(inputs | results | weights) | gradients(inputs | weights)
    return arrays | {"lengths": np.array(lengths)}


# ---------------------------------------------------------------- Jacobians

def jacobian_case(seed, kind, H=6, T=40, I=3, forget_bias=0.0):
    """Spectral norms of ∂s_T/∂s_t for t = 0 … T, each from autograd through the remaining steps."""
    rng = np.random.default_rng(seed)
    cell = getattr(torch.nn, f"{kind}Cell")(I, H, dtype=torch.float64)
    with torch.no_grad():
        for weight in cell.parameters():
            weight.copy_(torch.tensor(rng.uniform(-0.8, 0.8, tuple(weight.shape))))
        if kind == "LSTM":
            cell.bias_ih[H:2 * H] += forget_bias
    xs = torch.tensor(rng.standard_normal((T, 1, I)))
    size = 2 * H if kind == "LSTM" else H
    s0 = torch.tensor(rng.uniform(-0.5, 0.5, size))

    def unpack(s):
        return (s[None, :H], s[None, H:]) if kind == "LSTM" else s[None]

    def run(s, start):
        for x in xs[start:]:
            new = cell(x, unpack(s))
            s = torch.cat([part[0] for part in new]) if kind == "LSTM" else new[0]
        return s

    states = [s0]
    for t in range(T):
        new = cell(xs[t], unpack(states[-1]))
        states.append((torch.cat([part[0] for part in new]) if kind == "LSTM" else new[0]).detach())
    jacobians = [torch.autograd.functional.jacobian(lambda s, t=t: run(s, t), states[t]).numpy()
                 for t in range(T + 1)]
    arrays = {"x": xs.numpy(), "s0": s0.numpy(), "states": torch.stack(states).numpy(),
              "jac_T_0": jacobians[0], "spec_full": np.array([np.linalg.norm(J, 2) for J in jacobians])}
    if kind == "LSTM":
        arrays["spec_dhT_dht"] = np.array([np.linalg.norm(J[:H, :H], 2) for J in jacobians])
        arrays["spec_dcT_dct"] = np.array([np.linalg.norm(J[H:, H:], 2) for J in jacobians])
    return arrays | {name: value.detach().numpy() for name, value in cell.named_parameters()}


# ---------------------------------------------------------------- the list of cases

def plan():
    """Name, description and maker of every case."""
    shapes = {"L2": (2, 1, None), "D2": (1, 2, None), "L2_D2": (2, 2, None), "L3_D2": (3, 2, None),
              "ragged": (1, 1, RAGGED), "ragged_D2": (1, 2, RAGGED), "ragged_L2_D2": (2, 2, RAGGED)}
    kinds = {"rnn_tanh": {"kind": "RNN"}, "rnn_relu": {"kind": "RNN", "nonlinearity": "relu"},
             "lstm": {"kind": "LSTM"}, "gru": {"kind": "GRU"}}
    cases = [(f"{name}_{shape}", settings | {"layers": layers, "directions": directions, "lengths": lengths})
             for name, settings in kinds.items() for shape, (layers, directions, lengths) in shapes.items()
             if name in ("lstm", "gru") or shape in ("L2", "D2", "L2_D2", "ragged_L2_D2")]
    long = {"T": 40, "B": 2, "I": 2, "H": 5}
    cases += [(f"{name}_long", settings | long) for name, settings in kinds.items()]
    for name in ("rnn_tanh", "lstm", "gru"):
        cases.append((f"{name}_saturated", kinds[name] | {"x_scale": 2000.0}))
        cases.append((f"{name}_float32", kinds[name] | {"layers": 2, "directions": 2, "lengths": RAGGED,
                                                        "H": 3, "dtype": "float32"}))
    return [(name, torch_case, settings) for name, settings in cases] + [
        (variant, variant_case, {"variant": variant}) for variant in VARIANTS] + [
        ("jacobian_rnn", jacobian_case, {"kind": "RNN"}), ("jacobian_gru", jacobian_case, {"kind": "GRU"}),
        ("jacobian_lstm", jacobian_case, {"kind": "LSTM", "forget_bias": 2.0})]


def describe(name, seed, maker, settings):
    """The manifest's entry of a case."""
    entry = {"name": name, "maker": maker.__name__, "seed": seed, **settings}
    if maker is variant_case:
        kind, options, *_ = VARIANTS[name]
        entry |= {"kind": kind, "options": options}
    return entry


def main():
    """Write all cases and their manifest."""
    torch.set_num_threads(1)
    arrays, entries = {}, []
    for seed, (name, maker, settings) in enumerate(plan()):
        case = maker(seed, **settings)
        arrays |= {f"{name}|{key}": value for key, value in case.items()}
        entries.append(describe(name, seed, maker, settings))
        print(f"{name}: {len(case)} arrays")
    np.savez_compressed(FOLDER / "cases.npz", **arrays)
    manifest = {"torch": torch.__version__, "cases": entries}
    (FOLDER / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"wrote {FOLDER / 'cases.npz'}: {(FOLDER / 'cases.npz').stat().st_size} bytes")


if __name__ == "__main__":
    main()
