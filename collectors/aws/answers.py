"""What is asked of AWS and what comes back, whether from AWS itself or from files that somebody saved."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from collectors.aws.operations import Operation

# What is asked for does not exist: AWS says so itself, so that nothing is hidden.
NOT_FOUND = frozenset((
    "ResourceNotFoundException", "RepositoryNotFoundException", "RepositoryPolicyNotFoundException",
    "LifecyclePolicyNotFoundException", "InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.VersionNotFound",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One call to one region of one account. `page` counts the pages of a list from 1."""

    operation: Operation
    account: str
    region: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    page: int = 1
    token: str | None = None

    @property
    def text(self) -> str:
        """The same question in the words of the AWS CLI, so that anybody can ask it again."""
        words = ["aws", self.operation.service, self.operation.command]
        for name, value in self.parameters.items():
            words += [f"--{re.sub(r'(?<=[a-z])(?=[A-Z])', '-', name).lower()}", shlex.quote(value)]
        words += ["--region", shlex.quote(self.region)]
        return " ".join(words) + (f" (page {self.page})" if self.page > 1 else "")

    @property
    def resource(self) -> str:
        """The ARN that a permission for this call must cover."""
        if self.operation.resource == "*":
            return "*"
        name = self.parameters.get("clusterName") or self.parameters.get("name", "*")
        kind = self.operation.resource.partition("/")[0]
        below = "" if kind == "cluster" else "/*"
        return f"arn:{partition(self.region)}:eks:{self.region}:{self.account}:{kind}/{name}{below}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `body` as the AWS CLI prints it. `error` is the code that AWS gave, "" for none.

    `closed_by` says what would have to be different for the answer to be complete. `is_gone`: what was asked for
    does not exist any more, so that nothing is hidden. `token` asks for the next page of a list.
    """

    body: dict[str, Any] | None = None
    outcome: str = "complete"
    reason: str = ""
    closed_by: str = ""
    error: str = ""
    server_date: str | None = None
    is_gone: bool = False
    token: str | None = None


class Ask(Protocol):
    """A transport: answers every request, and turns the trouble of the world into outcomes."""

    collection_mode: str
    """online_read_only or offline_bundle"""
    unknown_principal: str
    """Who asked, where no answer says so."""

    def __call__(self, request: Request) -> Answer: ...


def partition(region: str) -> str:
    """The AWS partition of a region, which starts every ARN of it."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
