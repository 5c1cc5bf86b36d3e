"""How long a check may think about an answer: CPU time, counted from when it begins."""

import time

PACE = 1                # the tests think longer: what they find must not depend on what else the machine does


class Budget:
    """seconds of CPU time."""

    def __init__(self, seconds):
        self.end = time.process_time() + PACE * seconds

    @property
    def left(self):
        return max(0.0, self.end - time.process_time())

    def share(self, part):
        """A Budget of a part of what is left."""
        return Budget(part * self.left / PACE)

    def __bool__(self):
        return self.left > 0
