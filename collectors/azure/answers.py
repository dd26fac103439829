"""What came of one call, whether Azure answered just now or somebody saved the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from collectors.azure.operations import Operation

Body = dict[str, Any] | list[Any]
Place = Mapping[str, str]
"""subscription, resource_group and name: where a call is made"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response, or one page of a list.

    `body` is None unless `outcome` is "complete". `ends` says that nothing follows: the last page, or the
    refusal that ended a list. `missing` is the permission that would have helped, where one would.
    """

    request: str
    body: Body | None
    ends: bool
    outcome: str = "complete"
    reason: str = ""
    missing: str = ""
    server_date: str | None = None


class Transport(Protocol):
    """Where answers come from."""

    collection_mode: str

    @property
    def principal(self) -> str:
        """Who asks, as far as is known by now."""

    def first_request(self, operation: Operation, place: Place) -> str:
        """The first request of a call, as an answer to it will name it."""

    def answers(self, operation: Operation, place: Place) -> Iterator[Answer]:
        """The pages of one call, the last of which `ends`. Never raises for what Azure or a folder does."""
