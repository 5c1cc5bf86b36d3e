"""Embedded Reber strings without end: after the first T or P, remember it until the string is nearly over.

Reber 1967; embedded by Cleeremans, Servan-Schreiber & McClelland 1989 and Hochreiter & Schmidhuber 1997, section 5.1;
one string after the other, without a mark between them, by Gers, Schmidhuber & Cummins 2000, section 4.1.
"""

import numpy as np

SYMBOLS = "BTPSXVE"
# state -> its two ways on, as (symbol, next state); state 5 ends the string
WAYS = ((("T", 1), ("P", 2)), (("S", 1), ("X", 3)), (("T", 2), ("V", 4)), (("X", 2), ("S", 5)), (("P", 3), ("V", 5)))


def reber_string(rng: np.random.Generator) -> str:
    """A string of Reber's grammar, such as BTXSE: at each state one of two ways, with equal chance."""
    state, symbols = 0, ["B"]
    while state < 5:
        symbol, state = WAYS[state][rng.integers(2)]
        symbols.append(symbol)
    return "".join([*symbols, "E"])


def embedded_string(rng: np.random.Generator) -> str:
    """B, then T or P, a Reber string, the same T or P again, E: the last symbol but one is the second."""
    side = "TP"[rng.integers(2)]
    return f"B{side}{reber_string(rng)}{side}E"


def is_grammatical(string: str) -> bool:
    """Is this one embedded Reber string?"""
    side, inner = string[1:2], string[2:-2]
    if not (string[:1] == "B" and side in ("T", "P") and string[-2:] == side + "E"):
        return False
    state: int | None = 0
    for symbol in inner[1:-1]:
        state = dict(WAYS[state]).get(symbol) if state is not None and state < 5 else None
    return inner[:1] == "B" and inner[-1:] == "E" and state == 5


def continual_reber(steps: int, streams: int, rng: np.random.Generator | int | None = None,
                    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> x (T,B,7): one-hot symbols; targets (T,B): the next one, as its place in SYMBOLS; far (T,B): True where the
    next symbol is the last but one of its string, the one that has to be remembered.
    """
    rng = np.random.default_rng(rng)
    codes, far = np.zeros((steps + 1, streams), int), np.zeros((steps + 1, streams), bool)
    for b in range(streams):
        t = 0
        while t <= steps:
            string = embedded_string(rng)
            places = [SYMBOLS.index(symbol) for symbol in string][:steps + 1 - t]
            codes[t:t + len(places), b] = places
            if t + len(string) - 2 <= steps:
                far[t + len(string) - 2, b] = True
            t += len(string)
    return np.eye(len(SYMBOLS))[codes[:-1]], codes[1:], far[1:]


def baseline() -> float:
    """Accuracy on the last symbol but one of who has forgotten the second: a coin."""
    return 1 / 2
