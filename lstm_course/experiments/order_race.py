"""Temporal order over 50 steps: which networks learn which of two symbols came first, and with which forget bias?

Hochreiter & Schmidhuber 1997, section 5.6; Jozefowicz, Zaremba & Sutskever 2015. Ten runs of each network, until
99 % of new sequences are right or 1 000 updates are over; guessing has 25 %. Takes about 3 minutes.

Expected: 10 runs of 10 with forget bias 1 or 3 and with a GRU, none with bias 0, 1 of the RNN.
"""

from lstm_course.experiments.shared import races


def run(networks=races.RACERS, seeds=races.SEEDS, updates=None):
    """networks (M,), and what `race` gives: updates, seeds, scores, solved, largest."""
    return races.race_of_networks(races.ORDER, networks, seeds, updates)
