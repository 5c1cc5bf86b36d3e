"""The latch over 50 steps, with clipping and without: can the gradient of an LSTM explode, and is clipping the cure?

LSTMs with forget bias 3, trained by plain gradient descent at four learning rates and by Adam, 20 runs each, at most
300 updates. The small rates are the control: does a smaller step do what clipping does? Takes about 8 minutes.

Expected: at the rates 0.01 and 0.03 all runs learn without clipping, at 0.1 twelve of 20 and at 0.3 none; with clipping
all but one at 0.3. Adam needs none.
"""

from dataclasses import replace

import numpy as np

from lstm_course.experiments.shared import races

TASK = replace(races.LATCH, name="latch, 300 updates", updates=300)
NETWORK = "LSTM b=3"
RATES = (0.01, 0.03, 0.1, 0.3)
OPTIMIZERS = {f"SGD {rate}": {"sgd": True, "rate": rate} for rate in RATES} | {"Adam 0.01": {}}
SEEDS = tuple(range(20))
CLIPS = {"no clipping": None, "norm ≤ 1": 1.0}


def run(optimizers=tuple(OPTIMIZERS), clips=tuple(CLIPS), seeds=SEEDS, updates=None):
    """optimizers and clips (M,), one of each a setting, and what `race` gives."""
    pairs = [(optimizer, clip) for optimizer in optimizers for clip in clips]
    make_model = races.by_name(TASK, NETWORK)
    settings = [{"make_model": make_model, "clip": CLIPS[clip], **OPTIMIZERS[optimizer]} for optimizer, clip in pairs]
    names, limits = zip(*pairs, strict=True)
    return {"optimizers": np.array(names), "clips": np.array(limits)} | races.race(TASK, settings, seeds, updates)
