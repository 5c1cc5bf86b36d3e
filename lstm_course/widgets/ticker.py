"""Doing one thing after another while the student can still press buttons: for Play and for training runs."""

import asyncio


class Ticker:
    """Calls `tick()` again and again until it returns False or `stop()` is called, then `done()`.

    The next call is only planned when the last one has ended, so nothing piles up on a slow machine. Without
    a running event loop (a plain Python session) all ticks are done at once.
    """

    def __init__(self, tick, done=lambda: None):
        self.tick, self.done, self.running, self.task = tick, done, False, None

    def start(self, pause):
        """Tick with `pause` seconds between the calls."""
        self.stop()
        self.running = True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._at_once()
        else:
            self.task = loop.create_task(self._later(pause))

    def stop(self):
        if self.running:
            self.running = False
            if self.task is not None:
                self.task.cancel()
                self.task = None
            self.done()

    def _at_once(self):
        while self.running and self.tick():
            pass
        self.stop()

    async def _later(self, pause):
        while self.running:
            await asyncio.sleep(pause)
            if not (self.running and self.tick()):
                break
        self.task = None
        self.stop()
