"""How a guest behaves: a bounded number of requests a second, patience with a server that is busy, and an end to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from collectors.kubernetes.live.answers import Answer, no_answer

Clock = Callable[[], float]
Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Manners:
    """Bounds of one cluster: requests a second and at once, attempts, seconds waited in all for one question.

    `patience`: after so many questions in a row that nobody answered, nothing is asked any more.
    """

    requests_a_second: float = 50
    burst: int = 100
    attempts: int = 4
    longest_wait_seconds: float = 60
    patience: int = 3
    clock: Clock = time.monotonic
    pause: Pause = time.sleep


class Turnstile:
    """Lets requests through at a bounded rate; whoever comes too early waits. For several threads."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._free = float(manners.burst)
        self._last = manners.clock()
        self._mutex = threading.Lock()

    def enter(self) -> None:
        """Wait for one's turn."""
        with self._mutex:
            now = self._manners.clock()
            self._free = min(self._manners.burst, self._free + (now - self._last) * self._manners.requests_a_second)
            self._last = now
            self._free -= 1
            wait = -self._free / self._manners.requests_a_second if self._free < 0 else 0
        if wait:
            self._manners.pause(wait)


@dataclass(slots=True)
class Patience:
    """Asks again while that makes sense. Shared by the threads that ask one cluster."""

    manners: Manners
    turnstile: Turnstile = field(init=False)
    silent: int = 0
    lost: str = ""
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.turnstile = Turnstile(self.manners)

    def ask(self, attempt: Callable[[], Answer], *, is_first: bool = False) -> Answer:
        """The last answer of a few attempts. The first of all is not repeated to a server that is not there."""
        if self.lost:
            return no_answer(self.lost)
        answer = self._patiently(attempt, is_first)
        self._note(answer)
        return answer

    def _patiently(self, attempt: Callable[[], Answer], is_first: bool) -> Answer:
        waited = 0.0
        for number in range(1, self.manners.attempts + 1):
            self.turnstile.enter()
            answer = attempt()
            if not answer.retriable or self.lost or (is_first and answer.nobody_there):
                return answer
            wait = answer.wait if answer.wait is not None else 2.0 ** (number - 2)
            if number == self.manners.attempts or waited + wait > self.manners.longest_wait_seconds:
                return answer
            waited += wait
            self.manners.pause(wait)
        raise AssertionError("the last attempt returns")

    def _note(self, answer: Answer) -> None:
        with self._mutex:
            self.silent = 0 if answer.status else self.silent + 1
            if self.silent < self.manners.patience:
                return
            self.lost = f"not asked any more, for {self.manners.patience} questions in a row had no answer"
