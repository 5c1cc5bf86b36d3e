"""Text for lesson 14: the Analects (Chinese) and Shakespeare's sonnets (English), as tokens, and what counting knows.

    train, held_out = words.split(words.sonnets())          # the last fifth of the book is held out
    tokens = words.letters(train)                           # or words.english(train); words.chinese(…)
    vocabulary = words.Vocabulary(tokens)
    counts = words.Bigram(vocabulary.encode(tokens), len(vocabulary))
    counts.perplexity(vocabulary.encode(words.letters(held_out)))

Both texts are old and free. Where the files come from stands in data/NOTICE.txt.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "data"
HELD_OUT = 0.2                                          # the last fifth of a text is never trained on
UNKNOWN, LINE_END = "□", "\n"
NUMERAL = re.compile(r"[IVXLC]+")
ENGLISH = re.compile(r"[a-z]+(?:['-][a-z]+)*'?|[.,;:!?()\n]")

# Names and nouns of the Analects that are written with several characters. Short on purpose: most words of the old
# language are single characters, and a word that is not listed falls apart into those.
NAMES_AND_NOUNS = """
    孔子 君子 小人 夫子 弟子 门人 二三子 天下 大夫 诸侯 先王 百姓 父母 兄弟 朋友 礼乐 三年 子路
    子贡 子夏 子张 子游 曾子 有子 闵子骞 颜渊 颜回 冉有 冉求 樊迟 仲弓 宰我 公西华 司马牛 原宪 漆雕开
    管仲 晏平仲 季氏 季康子 孟懿子 孟武伯 叔孙武叔 齐景公 卫灵公 哀公 定公 周公 文王 武王 伯夷 叔齐 柳下惠 微子
    箕子 比干 阳货 公冶长 而已 而已矣 如之何 何如 可以 可谓 然后 以为 所以
"""
LEXICON = frozenset(NAMES_AND_NOUNS.split())


# ---- the two texts -----------------------------------------------------------------------------------------

@cache
def analects() -> tuple[str, ...]:
    """The Analects of Confucius: a tuple of paragraphs in the order of the book."""
    chapters = json.loads((FOLDER / "lunyu.json").read_text(encoding="utf-8"))
    return tuple(paragraph.strip() for chapter in chapters for paragraph in chapter["paragraphs"])


@cache
def sonnets() -> tuple[str, ...]:
    """Shakespeare's 154 sonnets in their order: a tuple of poems, lines joined by newlines, without numbers."""
    blocks = (FOLDER / "sonnets.txt").read_text(encoding="utf-8").split("\n\n")
    poems = [block for block in map(_trimmed, blocks) if block.count("\n") > 5]
    return tuple(poems)


def _trimmed(block):
    """A poem without its number, and without blanks at the ends of its lines."""
    lines = [line.strip() for line in block.strip().split("\n")]
    return "\n".join(line for line in lines if line and not NUMERAL.fullmatch(line))


def split(pieces: Sequence[str], held_out: float = HELD_OUT) -> tuple[Sequence[str], Sequence[str]]:
    """A text in pieces -> its first part to train on, its last part to test on: later text, never seen."""
    if not 0 < held_out < 1:
        raise ValueError(f"held_out is {held_out}, expected a share between 0 and 1")
    border = round(len(pieces) * (1 - held_out))
    if not 0 < border < len(pieces):
        raise ValueError(f"there are {len(pieces)} pieces: too few to hold {held_out:.0%} of them out")
    return pieces[:border], pieces[border:]


# ---- tokens ------------------------------------------------------------------------------------------------

def letters(poems: Iterable[str]) -> list[str]:
    """English text as single characters, a blank line between poems: a list of strings of length 1."""
    return list("\n\n".join(poems) + "\n\n")


def english(poems: Iterable[str]) -> list[str]:
    """English text as words in lower case; punctuation and the end of a line are tokens of their own."""
    return [token for poem in poems for token in ENGLISH.findall(poem.lower() + "\n")]


def chinese(paragraphs: Iterable[str], lexicon: Collection[str] = LEXICON) -> list[str]:
    """Chinese text as words, by longest match; punctuation and the end of a paragraph are tokens of their own."""
    return [token for paragraph in paragraphs for token in [*longest_match(paragraph, lexicon), LINE_END]]


def longest_match(text: str, lexicon: Collection[str] = LEXICON) -> list[str]:
    """Cut a text that has no blanks: at each place take the longest word of the lexicon, else one character."""
    longest, tokens, start = max(map(len, lexicon), default=1), [], 0
    while start < len(text):
        sizes = range(min(longest, len(text) - start), 0, -1)
        size = next(size for size in sizes if size == 1 or text[start:start + size] in lexicon)
        tokens.append(text[start:start + size])
        start += size
    return tokens


class Vocabulary:
    """Numbers for tokens: 0 is the unknown token, then from the most frequent to the rarest.

    Tokens seen fewer than `at_least` times in the training text are unknown; so are new ones.
    """

    def __init__(self, tokens: Iterable[str], at_least: int = 1):
        counted = Counter(tokens)
        kept = sorted((token for token, count in counted.items() if count >= at_least and token != UNKNOWN),
                      key=lambda token: (-counted[token], token))
        self.tokens = (UNKNOWN, *kept)
        self.numbers = {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def __repr__(self) -> str:
        return f"Vocabulary of {len(self)} tokens"

    def encode(self, tokens: Iterable[str]) -> np.ndarray:
        """Tokens -> whole numbers (N,); 0 for unknown ones."""
        return np.array([self.numbers.get(token, 0) for token in tokens], dtype=np.int64)

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Whole numbers -> list of tokens."""
        return [self.tokens[number] for number in numbers]


def streams(numbers: np.ndarray, count: int) -> np.ndarray:
    """A long text (N,) as `count` texts side by side (T + 1, count): step t of stream b is followed by step t + 1.

    Each stream begins with the last token of the one before, so no pair of neighbours is lost but at the end.
    """
    T = (len(numbers) - 1) // count
    if T < 1:
        raise ValueError(f"{len(numbers)} tokens are too few for {count} streams")
    return np.stack([numbers[b * T:(b + 1) * T + 1] for b in range(count)], axis=1)


# ---- what counting knows -----------------------------------------------------------------------------------

class Unigram:
    """The baseline without memory: each token as often as in the training text, plus `extra` for each."""

    def __init__(self, numbers: np.ndarray, size: int, extra: float = 1.0):
        counted = np.bincount(numbers, minlength=size) + extra
        self.probabilities = counted / counted.sum()                    # (V,)

    def of_next(self, numbers: np.ndarray) -> np.ndarray:
        """p(token t | what came before) for t = 1 … N-1 -> (N-1,)"""
        return self.probabilities[numbers[1:]]

    def perplexity(self, numbers: np.ndarray) -> float:
        """exp of the mean surprise about tokens 1 … N-1."""
        return float(np.exp(-np.log(self.of_next(numbers)).mean()))

    def accuracy(self, numbers: np.ndarray) -> float:
        """How often the most frequent token is the next one."""
        return float((numbers[1:] == self.probabilities.argmax()).mean())


class Bigram(Unigram):
    """Pairs counted, smoothed with the unigram: p(b|a) = (count(ab) + strength · p(b)) / (count(a) + strength).

    (A Dirichlet prior: MacKay & Peto, "A hierarchical Dirichlet language model", 1995.) Without `strength` it is the
    best of a grid for the last tenth of the training text, so the held-out text is not touched.
    """

    def __init__(self, numbers: np.ndarray, size: int, strength: float | None = None):
        self.strength = self._best(numbers, size) if strength is None else strength
        self.unigram = Unigram(numbers, size).probabilities
        pairs = np.zeros((size, size))
        np.add.at(pairs, (numbers[:-1], numbers[1:]), 1)
        pairs += self.strength * self.unigram
        self.probabilities = pairs / pairs.sum(axis=1, keepdims=True)   # (V,V): row a holds p(.|a)

    def _best(self, numbers, size):
        border = len(numbers) * 9 // 10
        found = {strength: Bigram(numbers[:border], size, strength).perplexity(numbers[border:])
                 for strength in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)}
        return min(found, key=found.get)

    def of_next(self, numbers: np.ndarray) -> np.ndarray:
        return self.probabilities[numbers[:-1], numbers[1:]]

    def accuracy(self, numbers: np.ndarray) -> float:
        """How often the most frequent successor is the next one."""
        return float((numbers[1:] == self.probabilities.argmax(axis=1)[numbers[:-1]]).mean())


class Ngram:
    """As Bigram with longer contexts, up to order - 1 tokens: each order is smoothed with the one below.

    Counts live in dicts, one for each length of the context.
    """

    def __init__(self, numbers: np.ndarray, size: int, order: int, strength: float | None = None):
        self.order, self.unigram = order, Unigram(numbers, size).probabilities
        self.strength = self._best(numbers, size) if strength is None else strength
        plain = numbers.tolist()
        self.counts = [Counter(tuple(plain[i:i + n]) for i in range(len(plain) - n + 1)) for n in range(2, order + 1)]
        self.contexts = [Counter(tuple(plain[i:i + n - 1]) for i in range(len(plain) - n + 1))
                         for n in range(2, order + 1)]

    def _best(self, numbers, size):
        border = len(numbers) * 9 // 10
        found = {strength: Ngram(numbers[:border], size, self.order, strength).perplexity(numbers[border:])
                 for strength in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)}
        return min(found, key=found.get)

    def of_next(self, numbers: np.ndarray) -> np.ndarray:
        """p(token t | up to order - 1 tokens before it) for t = 1 … N-1 -> (N-1,)"""
        plain, found = numbers.tolist(), self.unigram[numbers[1:]].copy()
        for t in range(1, len(plain)):
            p = found[t - 1]
            for n in range(2, min(self.order, t + 1) + 1):
                seen = self.contexts[n - 2].get(tuple(plain[t - n + 1:t]), 0)
                pair = self.counts[n - 2].get(tuple(plain[t - n + 1:t + 1]), 0)
                p = (pair + self.strength * p) / (seen + self.strength)
            found[t - 1] = p
        return found

    def perplexity(self, numbers: np.ndarray) -> float:
        return float(np.exp(-np.log(self.of_next(numbers)).mean()))
