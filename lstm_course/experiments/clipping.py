"""The latch over 50 steps, with clipping and without: can the gradient of an LSTM explode, and does it matter?

LSTMs with forget bias 3, trained by plain gradient descent (two rates) and by Adam. Ten runs each, at most 300
updates. Takes about 2 minutes.

Expected: with clipping all runs learn; without, all with Adam, 7 of 10 with SGD 0.1 and none with SGD 0.3. The largest
gradient norm is 59.
"""

from dataclasses import replace

import numpy as np

from lstm_course.experiments.shared import races

TASK = replace(races.LATCH, name="latch, 300 updates", updates=300)
NETWORK = "LSTM b=3"
OPTIMIZERS = {"SGD 0.1": {"sgd": True, "rate": 0.1}, "SGD 0.3": {"sgd": True, "rate": 0.3}, "Adam 0.01": {}}
CLIPS = {"no clipping": None, "norm ≤ 1": 1.0}


def run(optimizers=tuple(OPTIMIZERS), clips=tuple(CLIPS), seeds=races.SEEDS, updates=None):
    """optimizers and clips (M,), one of each a setting, and what `race` gives."""
    pairs = [(optimizer, clip) for optimizer in optimizers for clip in clips]
    make_model = races.by_name(TASK, NETWORK)
    settings = [{"make_model": make_model, "clip": CLIPS[clip], **OPTIMIZERS[optimizer]} for optimizer, clip in pairs]
    names, limits = zip(*pairs, strict=True)
    return {"optimizers": np.array(names), "clips": np.array(limits)} | races.race(TASK, settings, seeds, updates)
