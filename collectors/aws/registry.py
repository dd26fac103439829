"""The image registry of an account in its region, and whether Inspector looks for flaws there and on machines.

Both belong to the account: every cluster of it is told the same, and AWS is asked once.
"""

from __future__ import annotations

import copy
import re

import orjson

from collectors.aws import operations as call
from collectors.aws.answers import Answer, Ask, Request
from collectors.aws.drafts import About
from collectors.aws.operations import Operation
from collectors.aws.recording import Recorder, hidden
from collectors.evidence.item import WHOLE_CLUSTER, Claim

KINDS = (
    call.REPOSITORY, call.REGISTRY_SCANNING, call.REPOSITORY_POLICY, call.LIFECYCLE_POLICY, call.INSPECTOR_STATUS,
    call.INSPECTOR_COVERAGE,
)  # fmt: skip
# Amazon ECR API Reference, "Repository": what a name may be.
_NAME = re.compile(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*")
_OF_THE_ACCOUNT = ("ecr", "inspector2")
_NOT_WATCHED = "Inspector does not look at the machines of the account"


class AskedOnce:
    """A transport that asks what belongs to the account once, and remembers the answer for its other clusters."""

    def __init__(self, ask: Ask) -> None:
        self.collection_mode = ask.collection_mode
        self.unknown_principal = ask.unknown_principal
        self._ask = ask
        self._answers: dict[str, Answer] = {}

    def __call__(self, request: Request) -> Answer:
        """The answer; whoever gets it may change it."""
        if request.operation.service not in _OF_THE_ACCOUNT:
            return self._ask(request)
        if request.text not in self._answers:
            self._answers[request.text] = self._ask(request)
        return copy.deepcopy(self._answers[request.text])


def read(record: Recorder, name: str, account: str) -> None:
    """Both, as evidence; `name` is what the cluster is called here."""
    _images(record, name, account)
    _inspector(record, name, account)


def _images(record: Recorder, name: str, account: str) -> None:
    """Repositories, how they are scanned, and the policies of each."""
    names: set[str] = set()
    short = ""
    for answer in record.pages(call.DESCRIBE_REPOSITORIES, {}, About(name, call.REPOSITORY, account)):
        short = short or hidden(answer)
        found = (answer.body or {}).get("repositories")
        told = [each.get("repositoryName") if isinstance(each, dict) else None for each in _list(found)]
        if answer.body is not None and (not isinstance(found, list) or not all(map(_is_name, told))):
            short = short or f"{call.DESCRIBE_REPOSITORIES.action} was answered without a list of named repositories"
        names |= {each for each in told if isinstance(each, str) and _is_name(each)}
    record.end(name, call.REPOSITORY, short)
    _once(record, call.GET_SCANNING, name, account, {})
    for operation in (call.GET_REPOSITORY_POLICY, call.GET_LIFECYCLE_POLICY):
        _of_each(record, operation, name, sorted(names), f"not every repository is known: {short}" if short else "")


def _inspector(record: Recorder, name: str, account: str) -> None:
    """What Inspector is switched on for, and which machines it looks at: where it looks at none it is not asked."""
    answer = _once(record, call.INSPECTOR_ACCOUNT, name, account, {"accountIds": account})
    if answer.body is not None and _status(answer.body, account) not in ("", "ENABLED", "DISABLING"):
        record.end(name, call.INSPECTOR_COVERAGE, "", _NOT_WATCHED)
        return
    short = ""
    equals = {"accountId": account, "resourceType": "AWS_EC2_INSTANCE"}
    criteria = {key: [{"comparison": "EQUALS", "value": value}] for key, value in equals.items()}
    of = {"filterCriteria": orjson.dumps(criteria).decode()}
    for each in record.pages(call.LIST_COVERAGE, of, About(name, call.INSPECTOR_COVERAGE, account)):
        short = short or hidden(each)
        if each.body is not None and not isinstance(each.body.get("coveredResources"), list):
            short = short or f"{call.LIST_COVERAGE.action} was answered without a list of resources"
    record.end(name, call.INSPECTOR_COVERAGE, short)


def _once(record: Recorder, operation: Operation, name: str, account: str, of: dict[str, str]) -> Answer:
    """A question that has one answer for the whole account."""
    seen = (Claim(operation.kind, WHOLE_CLUSTER, True),)
    return record.one(record.request(operation, of), About(name, operation.kind, account), seen)


def _of_each(record: Recorder, operation: Operation, name: str, repositories: list[str], short: str) -> None:
    """A policy of each repository. That there is none is an answer too, and leaves nothing open."""
    for each in repositories:
        answer = record.one(record.request(operation, {"repositoryName": each}), About(name, operation.kind, each))
        short = short or hidden(answer)
    record.end(name, operation.kind, short)


def _status(body: dict[str, object], account: str) -> str:
    """How far Inspector looks at machines, in AWS's word; "" when that is not told."""
    for each in _list(body.get("accounts")):
        states = each.get("resourceState") if isinstance(each, dict) and each.get("accountId") == account else None
        ec2 = states.get("ec2") if isinstance(states, dict) else None
        status = ec2.get("status") if isinstance(ec2, dict) else None
        if isinstance(status, str):
            return status
    return ""


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []


def _is_name(told: object) -> bool:
    return isinstance(told, str) and bool(_NAME.fullmatch(told))
