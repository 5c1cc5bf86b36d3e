"""Does the loss show a wrong gradient? The article's LSTM with a tanh in its output: lines backward right, and wrong.

160 networks, which differ in their random weights and inputs; the loss of each after 100 updates. Half a minute.

Expected: below 0.001 in 129 with the wrong gradient and in 131 with the right one; the wrong one ends lower in 106.
"""

import numpy as np

from lstm_course.experiments.article_lstm import first_network, half_mended, losses

SEEDS = 160


def run(seeds=range(SEEDS)):
    """The loss after 100 updates: {"right": (seeds,), "wrong": (seeds,)}."""
    return {"right": np.array([losses(*first_network(seed, output_activation="tanh"))[-1] for seed in seeds]),
            "wrong": np.array([half_mended(*first_network(seed, output_activation="tanh"))[-1] for seed in seeds])}
