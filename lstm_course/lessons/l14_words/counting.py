"""Lesson 14, words: cutting a text into words, what counting knows, and the control without order."""

import numpy as np

from lstm_course.checking.compare import Output
from lstm_course.checking.declare import exercise

# ------------------------------------------------------------------------------------------ cutting into words

def cutting_cases(rng):
    """A sentence of the Analects, then letters."""
    yield "忠恕而已矣。 with 而已 and 而已矣 in the list", {
        "text": "忠恕而已矣。", "lexicon": {"而已", "而已矣", "君子"}}
    yield "ababcab with ab, abc and bab in the list", {"text": "ababcab", "lexicon": {"ab", "abc", "bab"}}
    for size, longest in ((17, 4), (29, 3)):
        text = "".join(rng.choice(list("abc"), size))
        places = [(k, rng.integers(2, longest + 1)) for k in rng.integers(0, size - longest, 5)]
        lexicon = {text[k:k + n] for k, n in places} | {text[-2:], text[-2:] + "b", text[:longest]}
        yield f"{size} letters and a list of {len(lexicon)} words", {"text": text, "lexicon": lexicon}


def cut(text, lexicon, *, sizes=lambda longest: range(longest, 0, -1), own=lambda word, size: len(word),
        forward=lambda size: size):
    """The lengths of the words; the options make the mutants."""
    longest, lengths, start = max(map(len, lexicon)), [], 0
    while start < len(text):
        size = next((n for n in sizes(longest) if text[start:start + n] in lexicon), 1)
        size = own(text[start:start + size], size)
        lengths.append(size)
        start += forward(size)
    return np.array(lengths)


@exercise(
    cases=cutting_cases, outputs=Output("lengths", "N", whole=True),
    correct="The words have these lengths, and together they are the text again.",
    hints=("Keep one number, the place where the next word begins. How long can a word be at most?",
           "At each place try the longest size first, then shorter ones: is text[start:start + size] in the lexicon? "
           "If none is, the word is one character. Then start += size.",
           "for size in range(longest, 0, -1): if size == 1 or text[start:start + size] in lexicon: break. Here "
           "longest is max(len(word) for word in lexicon), but at most len(text) - start."))
def word_lengths(text, lexicon):
    """text (str), lexicon (set of str) -> lengths (N,): of the words, from left to right"""
    return cut(text, lexicon)


word_lengths.mistakes({
    "the shortest word that fits is taken. 而已 would win over 而已矣: try the longest size first": {
        "sizes": lambda longest: range(2, longest + 1)},
    "each word begins one character after the last, so that words overlap. Go on behind the word, start += size": {
        "forward": lambda size: 1},
    "no word is longer than two characters in yours: the lexicon says how long one may be": {
        "sizes": lambda longest: (2, 1)},
}, of=cut)


@word_lengths.mutant("text[start:start + size] is shorter than size near the end of the text, and you count size. At "
                     "most len(text) - start characters are left")
def beyond_the_end(text, lexicon):
    return cut(text, lexicon, own=lambda word, size: size, sizes=lambda longest: range(longest, 0, -1))


@word_lengths.mutant("a word is made longer as long as what it is so far stands in the list. But the beginning of a "
                     "long word need not be a word itself: try the longest size first, then shorter ones")
def grown_letter_by_letter(text, lexicon):
    lengths, start = [], 0
    while start < len(text):
        end = start + 1
        while end < len(text) and text[start:end + 1] in lexicon:
            end += 1
        lengths.append(end - start)
        start = end
    return np.array(lengths)


@word_lengths.mutant("this cuts from the right end: there, too, the longest word wins, but other words come out. Begin "
                     "at the left")
def from_the_right(text, lexicon):
    return cut(text[::-1], {word[::-1] for word in lexicon})[::-1]


@word_lengths.mutant("the text is cut into single characters: ask the lexicon for longer words first")
def single_characters(text, lexicon):
    return np.ones(len(text), int)


@word_lengths.mutant("only words of the list are counted. A character that begins no word of the list is a word of its "
                     "own, with length 1")
def listed_only(text, lexicon):
    found = cut(text, lexicon)
    starts = np.cumsum(found) - found
    return np.array([n for n, k in zip(found, starts, strict=True) if text[k:k + n] in lexicon])


# ------------------------------------------------------------------------------ perplexity of pairs with single words

def perplexity_cases(rng):
    """The text "abab" and "aab", then random text in which what follows depends on what came before."""
    yield "training text a b a b, held-out text a a b (a = 0, b = 1), single = 0.6, 0.4, strength = 2", {
        "training": np.array([0, 1, 0, 1]), "held_out": np.array([0, 0, 1]), "single": np.array([0.6, 0.4]),
        "strength": 2.0}
    for size, strength in ((5, 3.0), (8, 7.0)):
        text = [0]
        for _ in range(260):
            text.append(int((text[-1] + rng.choice([1, 1, 1, 2, 3])) % size) if rng.random() < 0.85 else int(
                rng.integers(0, size) // 2))
        training, held_out = np.array(text[:200]), np.array(text[200:])
        single = (np.bincount(training, minlength=size) + 1) / (len(training) + size)
        yield f"random text of {size} tokens, strength = {strength:g}", {
            "training": training, "held_out": held_out, "single": single, "strength": strength}


def pair_counts(numbers, size):
    pairs = np.zeros((size, size))
    np.add.at(pairs, (numbers[:-1], numbers[1:]), 1)
    return pairs


def surprise(p, numbers):
    """-log p of each token but the first, p (V,V)"""
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.log(p[numbers[:-1], numbers[1:]])


def mixed(training, held_out, single, strength, *, counts=pair_counts, judged=lambda training, held_out: held_out,
          more=lambda single, strength: strength * single, total=lambda row, strength: row + strength,
          table=lambda p: p, end=lambda found: np.exp(found.mean())):
    """The perplexity of pairs with single words; the options make the mutants."""
    pairs = counts(training, len(single))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = (pairs + more(single, strength)) / total(pairs.sum(axis=1, keepdims=True), strength)
        return end(surprise(table(p), judged(training, held_out)))


@exercise(
    cases=perplexity_cases, outputs=Output("perplexity"),
    correct="A network has to beat this, and better counting, too.",
    hints=("Three steps: count the pairs of the training text, make each row a distribution, measure the surprise on "
           "the held-out text.",
           "np.add.at(pairs, (training[:-1], training[1:]), 1) counts; row a, column b. Add strength * single to each "
           "row, and divide each row by its sum: count(a) is the sum of the counts in row a.",
           "pairs = np.zeros((len(single), len(single))); count; p = (pairs + strength * single) / (pairs.sum(axis=1, "
           "keepdims=True) + strength); np.exp(-np.log(p[held_out[:-1], held_out[1:]]).mean())"))
def bigram_perplexity(training, held_out, single, strength):
    """Tokens (N,) and (M,), p of single tokens (V,), s -> perplexity of pairs mixed with them, on the held-out text"""
    return mixed(training, held_out, single, strength)


def counted_once(numbers, size):
    pairs = np.zeros((size, size))
    pairs[numbers[:-1], numbers[1:]] += 1
    return pairs


bigram_perplexity.mistakes({
    "this is the perplexity on the training text: it says how well the table remembers, not how well it predicts": {
        "judged": lambda training, held_out: training},
    "without s · p(b) a new pair has probability 0, and one single such pair makes the perplexity infinite (or NaN)": {
        "more": lambda single, strength: 0.0, "total": lambda row, strength: row},
    "s is added to each row of counts, but not to its sum: count(a) + s belongs below, or the row adds up to more than "
    "1": {"total": lambda row, strength: row},
    "each pair gets s, whatever b is: it gets s · p(b), so that frequent words are likelier also after a new one": {
        "more": lambda single, strength: strength},
    "1 is added to each pair (add-one smoothing): here s · p(b) is added, and s to the sum of the row": {
        "more": lambda single, strength: 1.0, "total": lambda row, strength: row + len(row)},
    "the strength is left out: p(b) is multiplied by s, and s is added to the sum of the row": {
        "more": lambda single, strength: single, "total": lambda row, strength: row + 1},
    "p(a), the token now, is mixed in: it is p(b), the token that comes. single belongs to the columns": {
        "more": lambda single, strength: strength * single[:, None]},
    "the whole table adds up to 1: that is the probability of a *pair*. Given the token now, only its row counts": {
        "table": lambda p: p / len(p)},
    "the table is transposed: row = token now, column = token after it": {"table": lambda p: p.T},
    "pairs[a, b] += 1 counts a pair once, however often it stands in a and b: NumPy reads, adds and writes once for "
    "all. np.add.at(pairs, (a, b), 1) counts each": {"counts": counted_once},
    "the sums of the rows lie along the wrong axis: pairs.sum(axis=1) has one axis, and NumPy divides each *column* by "
    "it. keepdims=True keeps them where they belong": {"total": lambda row, strength: row[:, 0] + strength},
    "the minus sign is missing: the surprise is −log p. A perplexity is at least 1": {
        "end": lambda found: np.exp(-found.mean())},
    "this is the mean surprise itself (the cross-entropy). The perplexity is its exponential": {"end": np.mean},
    "this is the mean of 1/p. The perplexity is exp of the mean of -log p: average first, then exp": {
        "end": lambda found: np.exp(found).mean()},
    "the sum is divided by the length of the text. Its first token has none before it: len(held_out) - 1 surprises": {
        "end": lambda found: np.exp(found.sum() / (len(found) + 1))},
    "this is 1 over the mean of p. The perplexity is exp of the mean of -log p: the logarithm first, then the mean": {
        "end": lambda found: 1 / np.exp(-found).mean()},
    "logarithm and exponential do not belong together: log2 goes with 2 **, log with exp": {
        "end": lambda found: np.exp(found.mean() / np.log(2))},
    "2 ** belongs to log2, exp to the natural logarithm np.log: yours takes 2 ** of a natural one": {
        "end": lambda found: 2 ** found.mean()},
}, of=mixed)


@bigram_perplexity.mutant("the pairs of the held-out text are counted, too: then it is no longer held out, and the "
                          "number flatters. Count the training text only")
def counts_both(training, held_out, single, strength):
    return mixed(training, held_out, single, strength, counts=lambda training, size: pair_counts(
        training, size) + pair_counts(held_out, size))


@bigram_perplexity.mutant("the columns add up to 1, not the rows: asked is p(next | now), so each row, one for each "
                          "token now, is divided by its own sum")
def columns_to_one(training, held_out, single, strength):
    pairs = pair_counts(training, len(single)) + strength * single
    return np.exp(surprise(pairs / pairs.sum(axis=0, keepdims=True), held_out).mean())


@bigram_perplexity.mutant("s · p(b) is added to shares: it is added to the counts, so that it weighs less where a was "
                          "often seen")
def shares_mixed(training, held_out, single, strength):
    return mixed(training, held_out, single, strength, total=lambda row, strength: 1 + strength,
                 counts=lambda training, size: pair_counts(training, size) / np.maximum(
                     pair_counts(training, size).sum(axis=1, keepdims=True), 1))


@bigram_perplexity.mutant("count(a) also counts the last token of the training text, which nothing follows: it is the "
                          "sum of row a, or the row adds up to less than 1")
def all_places(training, held_out, single, strength):
    count = np.bincount(training, minlength=len(single))[:, None]
    return mixed(training, held_out, single, strength, total=lambda row, strength: count + strength)


@bigram_perplexity.mutant("the first token of the held-out text is counted, too: nothing stands before it, so the mean "
                          "goes over the tokens from the second on")
def with_the_first(training, held_out, single, strength):
    return mixed(training, held_out, single, strength, end=lambda found: np.exp(np.append(
        found, -np.log(single[held_out[0]])).mean()))


@bigram_perplexity.mutant("this is the unigram: the token before is not looked at")
def unigram_only(training, held_out, single, strength):
    return np.exp(-np.log(single[held_out[1:]]).mean())


# ----------------------------------------------------------------------------------- 3. the control: shuffled text

def control_cases(rng):
    """Four tokens, then a longer text."""
    yield "the text 7 8 9 5 in the order 2, 0, 3, 1", {"text": np.array([7, 8, 9, 5]), "order": np.array([2, 0, 3, 1])}
    for N in (9, 30):
        yield f"a text of {N} tokens", {"text": rng.integers(0, 50, N), "order": _real_shuffle(rng, N)}


def _real_shuffle(rng, N):
    """An order that is neither the identity nor its own inverse."""
    while True:
        order = rng.permutation(N)
        if not np.array_equal(order, np.argsort(order)):
            return order


@exercise(
    cases=control_cases, outputs=(Output("inputs", "N-1", whole=True), Output("targets", "N-1", whole=True)),
    correct="Every token is as frequent as before, and nothing follows from anything. What is clearly better than the "
            "unigram on this text lets an answer leak.",
    hints=("Which comes first: shuffling, or cutting the text into inputs and targets?",
           "Shuffle the text once, text[order]. Then make the pairs as always: each target is the token after its "
           "input.",
           "mixed = text[order]; return mixed[:-1], mixed[1:]"))
def shuffled_pairs(text, order):
    """text (N,), order (N,) a permutation -> inputs (N-1,) and targets (N-1,) of the shuffled text"""
    mixed = text[order]
    return mixed[:-1], mixed[1:]


@shuffled_pairs.mutant("inputs and targets are shuffled together: each input keeps its true successor, so a bigram "
                       "still knows all it knew. Shuffle the text first, then make the pairs")
def pairs_together(text, order):
    keep = order[order < len(text) - 1]
    return text[:-1][keep], text[1:][keep]


@shuffled_pairs.mutant("nothing is shuffled: these are the pairs of the true text")
def not_shuffled(text, order):
    return text[:-1], text[1:]


@shuffled_pairs.mutant("inputs and targets have changed places: the target is the token *after* its input")
def backwards(text, order):
    mixed = text[order]
    return mixed[1:], mixed[:-1]


shuffled_pairs.mistakes({
    "inputs and targets are the same tokens: the target must be one place later":
        lambda text, order: (text[order][:-1], text[order][:-1]),
    "only the targets are shuffled. That is a control, too, but the network still reads the true text. Here the whole "
    "text is shuffled":
        lambda text, order: (text[:-1], text[order][1:]),
})


@shuffled_pairs.mutant("text is put at the places `order` instead of being taken from them: mixed[order] = text is the "
                       "opposite order. Write text[order]")
def the_other_way(text, order):
    mixed = text[np.argsort(order)]
    return mixed[:-1], mixed[1:]
