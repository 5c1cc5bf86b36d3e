"""Do neighbours of word vectors mean anything on a small text? Names among the nearest words of a name, 20 seeds.

word2vec (CBOW) on the Analects, words that occur five times or more, vectors of 50 numbers, window 4; with settings for
a small text, and with the subsampling and rate of the article "真正掌握一种算法…". The opponent is counting: a word's
vector says how often it stands beside each other word. It takes about two minutes.

Expected: of the three nearest words of a name three quarters are names, by word2vec and by counting, against one in 25
by chance.
"""

import numpy as np

from lstm_course.networks.word_vectors import cbow, cosines
from lstm_course.tasks import words

SEEDS, AT_LEAST, SIZE, WINDOW, NEAREST = 20, 5, 50, 4, 3
SMALL_TEXT = {"subsample": 0, "rate": 0.2, "epochs": 8, "negative": 10}
ARTICLE = {"subsample": 1e-4, "rate": 0.025, "epochs": 8, "negative": 10}
NAMES = """
    孔子 子路 子贡 子夏 子张 子游 曾子 有子 闵子骞 颜渊 颜回 冉有 冉求 樊迟 仲弓 宰我 公西华 司马牛 管仲
    季氏 季康子 哀公 周公 文王 伯夷 叔齐
"""
PERSONS = NAMES.split()


def data():
    """-> Vocabulary of the whole book, its tokens (N,), the numbers of the persons in it"""
    tokens = words.chinese(words.analects())
    vocabulary = words.Vocabulary(tokens, AT_LEAST)
    return vocabulary, vocabulary.encode(tokens), np.array([vocabulary.numbers[p] for p in PERSONS if
                                                            p in vocabulary.numbers])


def nearest(vectors, token, count=NEAREST):
    """The tokens whose vectors have the largest cosine with that of `token`; neither itself nor the unknown one."""
    found = cosines(vectors, vectors[token])
    found[[0, token]] = -np.inf
    return found.argsort()[::-1][:count]


def names_near_names(vectors, persons):
    """The share of persons among the nearest words of a person."""
    return float(np.mean([np.isin(nearest(vectors, person), persons).mean() for person in persons]))


def counted(numbers, V):
    """Vectors (V, V) without learning: log(1 + how often a word stands directly beside each other word)."""
    beside = np.zeros((V, V))
    np.add.at(beside, (numbers[:-1], numbers[1:]), 1)
    return np.log1p(beside + beside.T)


def run(seeds=SEEDS):
    """word2vec, article (seeds,): the share of names near names; counted, chance: the same; vectors (V, SIZE):
    word2vec, seed 0."""
    vocabulary, numbers, persons = data()
    make = lambda seed, given: cbow(numbers, len(vocabulary), SIZE, WINDOW, rng=seed, **given)
    small = [make(seed, SMALL_TEXT) for seed in range(seeds)]
    return {"word2vec": np.array([names_near_names(vectors, persons) for vectors in small]),
            "article": np.array([names_near_names(make(seed, ARTICLE), persons) for seed in range(seeds)]),
            "counted": np.array(names_near_names(counted(numbers, len(vocabulary)), persons)),
            "chance": np.array((len(persons) - 1) / (len(vocabulary) - 2)), "vectors": small[0].astype(np.float16)}
