"""One audit event, as far as it is read: who asked what of which object, and what was answered.

Bodies, annotations, addresses and user agents have no field here, so that nothing of them is ever held.
"""

from __future__ import annotations

from typing import Any

import msgspec

API_GROUP = "audit.k8s.io"


class User(msgspec.Struct, gc=False):
    """An identity as the API server authenticated it."""

    username: str = ""
    groups: list[str] | None = None


class Reference(msgspec.Struct, gc=False):
    """The object that a request is about."""

    resource: str = ""
    namespace: str = ""
    name: str = ""
    apiGroup: str = ""  # noqa: N815 - the API's spelling
    subresource: str = ""


class Status(msgspec.Struct, gc=False):
    """The status of the answer."""

    code: int | None = None


class Event(msgspec.Struct, gc=False):
    """An event of audit.k8s.io. A request leaves one event a stage; `stage` says which."""

    apiVersion: str = ""  # noqa: N815
    kind: str = ""
    level: str = ""
    stage: str = ""
    requestURI: str = ""  # noqa: N815
    verb: str = ""
    user: User | None = None
    impersonatedUser: User | None = None  # noqa: N815
    objectRef: Reference | None = None  # noqa: N815
    responseStatus: Status | None = None  # noqa: N815
    requestReceivedTimestamp: str = ""  # noqa: N815
    stageTimestamp: str = ""  # noqa: N815

    @property
    def is_one(self) -> bool:
        """Is this an event at all, and not some other JSON, or a list of events?"""
        return self.apiVersion.startswith(API_GROUP) and self.kind == "Event" and bool(self.verb)


decode = msgspec.json.Decoder(Event).decode


def converted(held: dict[str, Any]) -> Event:
    """The event that is this parsed JSON. Raises msgspec.ValidationError."""
    return msgspec.convert(held, Event)
