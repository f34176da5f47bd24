"""A program at a terminal of its own."""

import os
import pty
import select
import time


class Terminal:
    """What a program says at its terminal, and what is typed there."""

    def __init__(self, words, environment, folder):
        self.said = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(words[0], words, environment)

    def until(self, text):
        """Reads until the program says this; what it said up to there."""
        start, end = len(self.said), time.monotonic() + 60
        while text not in self.said[start:]:
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text!r} does not come: {self.said}"
            self.said += os.read(self.terminal, 65536).decode(errors="replace")
        return self.said[start:]

    def type(self, line):
        os.write(self.terminal, f"{line}\n".encode())

    def end(self):
        """Its exit code; what a shell left behind may hold the terminal for longer."""
        ended = os.pidfd_open(self.pid)
        while ended not in (ready := select.select([ended, self.terminal], [], [], 60)[0]):
            assert ready, f"it does not end: {self.said}"
            try:
                self.said += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:
                break
        os.close(ended)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def hang_up(self):
        """Takes the terminal away, by which a shell ends."""
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
