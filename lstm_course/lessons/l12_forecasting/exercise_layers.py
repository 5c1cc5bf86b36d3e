"""Lesson 12, More: two LSTM layers, one step, and the parameters of the article's network."""

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise, value
from lstm_course.networks.cells import lstm_step


def layer(rng, inputs, H):
    """W, U, b of one LSTM layer"""
    return (rng.standard_normal((inputs, 4 * H)), rng.standard_normal((H, 4 * H)), rng.standard_normal(4 * H))


def two_layer_cases(rng):
    """One input; then B = 3, I = 2, H = 4, with states that are not 0."""
    for title, B, I, H in [("one input (B = 2, I = 1, H = 3)", 2, 1, 3),
                           ("random numbers (B = 3, I = 2, H = 4)", 3, 2, 4)]:
        states = {name: rng.uniform(-0.9, 0.9, (B, H)) for name in ("h1", "c1", "h2", "c2")}
        yield title, {"x": rng.standard_normal((B, I)), **states, "first": layer(rng, I, H), "second": layer(rng, H, H)}


@exercise(
    cases=two_layer_cases, outputs=tuple(Output(name, "B H") for name in ("h1", "c1", "h2", "c2")),
    correct="Only h goes up. Each layer keeps its own c.",
    hints=("The first layer reads x. What does the second layer read: what does an LSTM show to the outside?",
           "lstm_step gives h, c and the gates. The second layer's input is the *new* h1; its state is its own, h2 and "
           "c2.",
           "h1, c1, _ = lstm_step(x, h1, c1, *first), then h2, c2, _ = lstm_step(h1, h2, c2, *second)."))
def two_layer_step(x, h1, c1, h2, c2, first, second):
    """One step of two LSTM layers: x (B,I), states (B,H), first = (W, U, b), second = (W, U, b) -> h1, c1, h2, c2"""
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    h2, c2, _ = lstm_step(h1, h2, c2, *second)
    return h1, c1, h2, c2


@two_layer_step.quantities
def on_the_way(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return {"the new h1": h1, "the new c1": c1}


@two_layer_step.mutant("c goes up: the second layer reads the cell state of the first. A layer shows only h; c is its "
                       "own memory")
def c_goes_up(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return h1, c1, *lstm_step(c1, h2, c2, *second)[:2]


@two_layer_step.mutant("the second layer reads the *old* h1, from before this step: it is always one step late. First "
                       "compute the new h1, then hand it up")
def old_h_goes_up(x, h1, c1, h2, c2, first, second):
    return (*lstm_step(x, h1, c1, *first)[:2], *lstm_step(h1, h2, c2, *second)[:2])


@two_layer_step.mutant("the second layer starts from the new state of the first, (h1, c1). It reads h1 as its *input*, "
                       "and its state is its own: (h2, c2)")
def state_goes_up(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return h1, c1, *lstm_step(h1, h1, c1, *second)[:2]


@two_layer_step.mutant("the second layer keeps no c of its own: it starts from (h2, c1)")
def one_cell_for_both(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return h1, c1, *lstm_step(h1, h2, c1, *second)[:2]


@two_layer_step.mutant("the second layer starts from a state of zeros at each step: hand it h2 and c2")
def second_forgets(x, h1, c1, h2, c2, first, second):
    h1, c1, _ = lstm_step(x, h1, c1, *first)
    return h1, c1, *lstm_step(h1, 0 * h2, 0 * c2, *second)[:2]


@two_layer_step.mutant("the results stand in another order: h1, c1, h2, c2 is asked, each layer's h followed by its c")
def both_h_first(x, h1, c1, h2, c2, first, second):
    h1, c1, h2, c2 = two_layer_step.reference(x, h1, c1, h2, c2, first, second)
    return h1, h2, c1, c2


@two_layer_step.mutant("h and c of a layer have changed places: lstm_step gives h first")
def c_before_h(x, h1, c1, h2, c2, first, second):
    h1, c1, h2, c2 = two_layer_step.reference(x, h1, c1, h2, c2, first, second)
    return c1, h1, c2, h2


@two_layer_step.mutant("the second layer has not been run: h2 and c2 come back as they went in")
def second_untouched(x, h1, c1, h2, c2, first, second):
    return *lstm_step(x, h1, c1, *first)[:2], h2, c2


def count(inputs, H, blocks=4):
    """The parameters of one LSTM layer: W, U, b"""
    return blocks * (inputs * H + H * H + H)


article_parameters = value(
    "article_parameters", count(2, 4) + count(4, 4) + 5,
    correct="112 + 144 + 5. PyTorch counts 293, because it keeps a second bias vector of 16 for each LSTM layer.",
    wrong=[
        (293, "either the first LSTM layer is counted with 4 inputs (it reads 2 months), or each LSTM layer has two "
              "bias vectors, as in PyTorch (ours has one of 16)"),
        (256, "the linear layer is missing: 4 weights and a bias"),
        (260, "the bias of the linear layer is missing"),
        (288, "the linear layer is missing (4 weights and a bias). And either the first LSTM layer is counted with 4 "
              "inputs (it reads 2 months), or each LSTM layer has two bias vectors (ours has one of 16)"),
        (133, "the recurrent weights U are missing: h, too, has weights into all four blocks, "
              "4 · 4 · 4 in each LSTM layer"),
        (69, "that is one block a layer. i, f, g and o make four"),
        (117, "that is one LSTM layer and the linear one. The second LSTM layer has parameters of its own"),
        (229, "either the second LSTM layer is counted with 2 inputs (it reads the 4 units of the first), or the "
              "biases b of both layers are missing, 16 each"),
        (325, "the second layer is counted with 8 inputs, as if c went up together with h. It reads h alone: 4"),
        (197, "that is three blocks a layer. i, f, g and o make four"),
        (245, "the bias b of one LSTM layer is missing: 16 numbers"),
        (261 * 99, "the same weights serve all steps: the number of months does not matter"),
    ],
    otherwise="For each LSTM layer: W (I, 16), U (4, 16), b (16). Then the linear layer: W (4, 1), b (1).",
    hints=("How many inputs has the first LSTM layer, how many the second?",
           "An LSTM layer with I inputs and H units has 4 (I H + H H + H) parameters.",
           "4 (2·4 + 4·4 + 4) + 4 (4·4 + 4·4 + 4) + (4 + 1)"))
