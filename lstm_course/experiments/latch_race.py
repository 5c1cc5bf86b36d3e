"""The latch over 50 steps: which networks learn to hold one bit in noise, and do the weights they start with matter?

Bengio, Simard & Frasconi 1994; Hochreiter & Schmidhuber 1997, section 5.3. Ten runs of each network, two of them also
with Glorot's numbers in U, until 99 % of new sequences are right or 600 updates are over; a coin has 50 %. Takes
about 3 minutes.

Expected: 10 runs of 10 of the RNN and with forget bias 3, 9 with bias 1, 1 of the GRU, none with bias 0; with Glorot's
numbers 10 of the RNN and 5 with bias 1.
"""

from lstm_course.experiments.shared import races

NETWORKS = (*races.RACERS, "RNN, Glorot U", "LSTM b=1, Glorot U")


def run(networks=NETWORKS, seeds=races.SEEDS, updates=None):
    """networks (M,), and what `race` gives: updates, seeds, scores, solved, largest."""
    return races.race_of_networks(races.LATCH, networks, seeds, updates)
