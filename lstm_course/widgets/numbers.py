"""Numbers as a student reads them, in pictures and sentences: a real minus sign, as many digits as are needed."""

import numpy as np


def num(value, digits=3):
    """A number to read: fixed decimals, a real minus sign, never "-0.000"."""
    if not np.isfinite(value):
        return "not a number" if np.isnan(value) else ("∞" if value > 0 else "−∞")
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "−")


def scientific(value, raised=True):
    """A number of any size in two digits: 0.038, 850, and 1.6·10^{−57} (raised) or 1.6e−57 (for plain text)."""
    digits, power = f"{value:.1e}".split("e") if np.isfinite(value) else ("", 0)
    if not np.isfinite(value) or -2 <= int(power) <= 3:
        return num(value, max(0, 1 - int(power)) if value else 0)
    text = f"{digits}·10^{{{int(power)}}}" if raised else f"{digits}e{int(power)}"
    return text.replace("-", "−")


def compact(value, digits=3):
    """Fixed decimals; a small number that is not 0 as 3.1e−05; 0 as 0."""
    if value == 0:
        return "0"
    return f"{value:.1e}".replace("-", "−") if abs(value) < 5e-4 else num(value, digits)


def trimmed(value, digits=4):
    """Fixed decimals without zeros at the end: 0.7, 0.8424; a smaller number as 3.1e−05."""
    if 0 < abs(value) < 0.5 * 10.0 ** -digits:
        return compact(value, digits)
    text = num(value, digits)
    return text.rstrip("0").removesuffix(".") if "." in text else text


def vector(values, digits=3):
    """A row of numbers: (0.600, 0.500)."""
    return "(" + ", ".join(num(v, digits) for v in np.ravel(values)) + ")"


def bracketed(words):
    """A number as a factor or as a later term: "(−0.600)", but "0.600"."""
    return f"({words})" if words.startswith("−") else words


def joined(words, sign):
    """Numbers with a sign between them, the negative ones in brackets but for the first: 0.5 · (−0.2)."""
    first, *others = words
    return f" {sign} ".join([first, *map(bracketed, others)])


def grouped(number):
    """10000 -> "10 000", with a space that does not break."""
    return f"{number:,}".replace(",", "\u00a0")


def percent(low, high=None, digits=1):
    """93.1 %, or 92.8 to 94.1 %."""
    share = lambda value: f"{100 * value:.{digits}f}"
    return f"{share(low)} %" if high is None else f"{share(low)} to {share(high)} %"


def span(values, say=str, between="–"):
    """From the least to the largest of some numbers: "75–375"; one number if both are the same; "–" for none."""
    if not np.size(values):
        return "–"
    low, high = say(np.min(values)), say(np.max(values))
    return low if low == high else f"{low}{between}{high}"


def many(number, word):
    """1 step, 5 steps."""
    return f"{number} {word}" + ("" if number == 1 else "s")


def capital(words):
    """A sentence's first letter as a capital, unless it begins with a symbol: "i = 1 − f" stays."""
    first, _, rest = words.partition(" ")
    return words if len(first) == 1 or not rest else words[:1].upper() + words[1:]
