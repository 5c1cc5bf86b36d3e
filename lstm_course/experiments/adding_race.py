"""The adding problem over 100 steps: which networks learn to add two numbers that stand far apart?

Hochreiter & Schmidhuber 1997, section 5.4; Le, Jaitly & Hinton 2015. Ten runs of each network, until the mean
squared error is below 0.005 or 1 500 updates are over; always answering 1 has 1/6. Takes about 8 minutes.

Expected: 10 runs of 10 solve it with forget bias 0 or 1 and with a GRU, 9 with bias 3, none of the RNN.
"""

from lstm_course.experiments.shared import races


def run(networks=races.RACERS, seeds=races.SEEDS, updates=None):
    """networks (M,), and what `race` gives: updates, seeds, scores, solved, largest."""
    return races.race_of_networks(races.ADDING, networks, seeds, updates)
