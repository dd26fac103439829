"""Programs that run beside a test and never outlive it, and the ports they listen on."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
from pathlib import Path

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_SECONDS_TO_END = 10


class NotReady(Exception):
    """A program ended or did not become ready; the message ends with its own last words."""


class Program:
    """One program that is running. It has a session of its own, so that Ctrl-C reaches the test first."""

    def __init__(self, log: Path, *command: str | Path) -> None:
        self.name, self.log = Path(command[0]).name, log
        with log.open("ab") as written:
            self._process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=written, stderr=written,
                start_new_session=True, preexec_fn=_die_with_the_test, cwd=log.parent,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def must_be_running(self) -> None:
        if not self.running:
            raise NotReady(f"{self.name} ended with {self._process.returncode}:\n{self.last_words()}")

    def last_words(self, characters: int = 3000) -> str:
        return self.log.read_text(errors="replace")[-characters:]

    def stop(self) -> None:
        """TERM, and KILL for who lingers."""
        self._process.terminate()
        self.ended()

    def kill(self) -> None:
        """At once, as power does."""
        self._process.kill()
        self.ended()

    def ended(self) -> None:
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def stop_together(programs: list[Program]) -> None:
    """TERM to all, then wait for all."""
    for program in programs:
        with contextlib.suppress(ProcessLookupError):
            os.kill(program.pid, signal.SIGTERM)
    for program in programs:
        program.ended()


def free_port() -> int:
    """A port nobody listens on, below those that outgoing connections take."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as trying:
            try:
                trying.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _die_with_the_test() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
