"""The latch over 100 steps: is the usual forget bias 1 enough to hold one bit for so long?

Ten runs of each network, until 99 % of new sequences are right or 400 updates are over; a coin has 50 %. Takes about
4 minutes.

Expected: 6 runs of 10 with bias 1, all with bias 3 and 5, 8 of the RNN, none of the GRU.
"""

from lstm_course.experiments.shared import races

NETWORKS = ("RNN", "LSTM b=1", "LSTM b=3", "LSTM b=5", "GRU")


def run(networks=NETWORKS, seeds=races.SEEDS, updates=None):
    """networks (M,), and what `race` gives: updates, seeds, scores, solved, largest."""
    return races.race_of_networks(races.LONG_LATCH, networks, seeds, updates)
