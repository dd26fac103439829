"""What stands between every botocore client and AWS: only listed calls go out, only well-formed answers come in."""

from __future__ import annotations

from typing import Any

import orjson

from collectors.aws.operations import refuse_unlisted

_BEFORE = ("provide-client-params.*.*", "before-call.*.*")
_AFTER = "after-call.*.*"


def guarded(client: Any) -> Any:
    """The client, which from now on raises RefusedOperation for every operation that is not listed.

    The hooks stand before a request is made and before a URL is signed, below everything that calls them.
    """
    service = client.meta.service_model.service_name

    def guard(**event: Any) -> None:
        model = event.get("model")
        name = getattr(model, "name", None) or str(event.get("event_name", "")).rpartition(".")[2]
        refuse_unlisted(service, name)

    for event in _BEFORE:
        client.meta.events.register_first(event, guard, unique_id=f"kubesurvey-guard-{event}")
    client.meta.events.register_first(_AFTER, _refuse_malformed, unique_id="kubesurvey-malformed")
    return client


def _refuse_malformed(http_response: Any, model: Any, **_: Any) -> None:
    """Raise ResponseParserError where AWS documents a list and something else came.

    botocore takes a text for the list of its letters: a list of names would turn into names that do not exist.
    """
    from botocore.parsers import ResponseParserError

    if model.metadata.get("protocol") not in ("rest-json", "json") or http_response.status_code >= 300:
        return
    said = orjson.loads(http_response.content)
    for name, shape in model.output_shape.members.items():
        wanted = {"list": list, "structure": dict}.get(shape.type_name)
        value = said.get(shape.serialization.get("name", name))
        if wanted is not None and value is not None and not isinstance(value, wanted):
            raise ResponseParserError(f"{name} is no {shape.type_name}")
