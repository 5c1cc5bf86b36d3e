"""The run of a layer inside a student's function, for answers that are numbers with which a network runs."""

from unittest.mock import patch

import numpy as np

from lstm_course.checking.run import run_quietly


def first_fault(layer, function, trial):
    """(trace, t, sequence): the last run of this class of layer, of one unit, and where the answer is wrong first.

    layer: the class, as LSTM; the answer of the trial is (T,B). None if the function runs no such layer.
    """
    runs, forward = [], layer.forward

    def recorded(*arguments, **options):
        runs.append(forward(*arguments, **options))
        return runs[-1]

    with patch.object(layer, "forward", recorded):
        run_quietly(function, trial.arguments)
    expected, got = trial.expected[0], trial.got[0]
    if not runs or not runs[-1].outputs.shape == (*expected.shape, 1) == (*got.shape, 1):
        return None
    return next(((runs[-1], t, sequence) for t, sequence in np.argwhere(got != expected)), None)
