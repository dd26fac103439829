"""The pipeline policy that lets no other call through than those in the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline.policies import SansIOHTTPPolicy

from collectors.azure.operations import refuse_unless_listed


class OnlyListedCalls(SansIOHTTPPolicy[Any, Any]):
    """Raises OperationRefused before anything leaves. It stands first and last in the pipeline, so that no
    other policy can add a call of its own."""

    def on_request(self, request: Any) -> None:
        """Look at what is about to be sent."""
        sent = request.http_request
        refuse_unless_listed(sent.method, urlsplit(sent.url).path)
