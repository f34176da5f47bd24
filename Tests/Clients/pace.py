"""How slow the machine is for a program just now, so that a limit of time holds where others compute.

    with Pace() as pace:
        what is measured
    assert pace.seconds < 1.6

``seconds`` is what it would have taken with a processor to itself: the time that passed, by how much
longer a thread of this test took for a little work than it computed. On a quiet machine that is the
time itself.
"""

import threading
import time

# Longer than the scheduler lets anybody compute at a stretch where others wait.
WORK = 0.01
PAUSE = 0.03


class Pace:
    def __enter__(self):
        self._ended = threading.Event()
        self._passed = self._computed = 0.0
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        self._began = time.monotonic()
        return self

    def __exit__(self, *_):
        passed = time.monotonic() - self._began
        self._ended.set()
        self._thread.join()
        self.seconds = passed / max(1.0, self._passed / self._computed)

    def _sample(self):
        while True:
            began, computed = time.monotonic(), time.thread_time()
            while time.thread_time() - computed < WORK:
                pass
            self._passed += time.monotonic() - began
            self._computed += time.thread_time() - computed
            if self._ended.wait(PAUSE):
                return
