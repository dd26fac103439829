"""The EKS clusters of one account and region as evidence: cluster by cluster, list by list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from collectors.aws import machines, registry
from collectors.aws import operations as call
from collectors.aws.answers import NOT_FOUND, Answer, Ask, Request
from collectors.aws.drafts import About
from collectors.aws.operations import Operation
from collectors.aws.recording import Gap, Recorder, hidden
from collectors.evidence.clock import utc_now
from collectors.evidence.item import WHOLE_CLUSTER, Claim
from collectors.evidence.marker import PREFIX
from collectors.evidence.store import Run

Progress = Callable[[int, int, str], None]

_NO_ENTRIES = "the authentication mode of the cluster is CONFIG_MAP, in which there are no access entries"
_VALUES_OF_A_FILTER = 200
_SUBNET = re.compile(r"subnet-[0-9a-z]{1,32}")
_WHERE = "the right account, region and name of this cluster in engagement.yaml"


class WrongAccount(Exception):  # noqa: N818 - it names a state, and the name is public
    """The credentials, or the saved answers, are of another account than the one that was asked for."""


class SameName(Exception):  # noqa: N818
    """Two clusters of the account would be one cluster here."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of one account and region.

    `clusters` are the names that were asked about, `unnamed` the clusters that AWS lists and nobody named.
    """

    source: str
    account: str
    region: str
    clusters: tuple[str, ...]
    unnamed: tuple[str, ...]
    items: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """Names that a list gave, and why there may be more ("" when there are not)."""

    names: list[str]
    short: str
    described: tuple[dict[str, Any], ...] = ()


def source_key(account: str, region: str) -> str:
    """The key under which a run knows an account and region."""
    return f"aws/{account}/{region}"


def collect(
    run: Run, ask: Ask, *, account: str, region: str, clusters: Mapping[str, str],
    resume: bool = False, progress: Progress | None = None, now: Callable[[], datetime] = utc_now,
) -> Collected:  # fmt: skip
    """Store what AWS says of these clusters. `clusters` maps AWS's name to ours; empty means every cluster.

    `progress` is called with clusters done, clusters in all, and the name of the next. Raises WrongAccount and
    SameName before anything is written, and SourceAlreadyCollected when the run has this account and region.
    """
    _refuse_same_names(clusters)
    identity = ask(Request(call.WHO_AM_I, account, region))
    _refuse_other_account(identity, account)
    key = source_key(account, region)
    description = {"kind": "aws", "account": account, "region": region, "clusters": dict(sorted(clusters.items()))}
    run.begin_source(key, description, resume=resume)
    recorder = Recorder(run, registry.AskedOnce(ask), account, region, now)
    found = _Survey(recorder, account, region).all(identity, clusters, progress)
    run.end_source(key)
    return replace(found, source=key)


def _refuse_same_names(clusters: Mapping[str, str]) -> None:
    ours: dict[str, str] = {}
    for cloud_name, name in clusters.items():
        if name in ours:
            raise SameName(f"{ours[name]} and {cloud_name} would both be cluster {name}")
        ours[name] = cloud_name


def _refuse_other_account(identity: Answer, account: str) -> None:
    told = (identity.body or {}).get("Account")
    if isinstance(told, str) and told != account:
        raise WrongAccount(f"the credentials are of account {told}, and account {account} was asked for")


class _Survey:
    """Which question follows which."""

    def __init__(self, recorder: Recorder, account: str, region: str) -> None:
        self._record = recorder
        self._account = account
        self._region = region

    def all(self, identity: Answer, clusters: Mapping[str, str], progress: Progress | None) -> Collected:
        self._record.begin(identity)
        self._record.one(self._record.request(call.WHO_AM_I, {}), About(None), given=identity)
        listed = self._names(call.LIST_CLUSTERS, {}, "clusters", self._about_the_list())
        wanted = dict(clusters) or {name: name for name in listed.names}
        for done, (cloud_name, name) in enumerate(sorted(wanted.items())):
            if progress:
                progress(done, len(wanted), name)
            self._cluster(cloud_name, name)
        unnamed = tuple(name for name in listed.names if name not in wanted)
        record = self._record
        ours = tuple(sorted(wanted.values()))
        return Collected("", self._account, self._region, ours, unnamed, record.items, tuple(record.gaps))

    def _about_the_list(self) -> About:
        """A refused list hides clusters that nobody can name: it is a gap under a name of its own."""
        return About(None, call.CLUSTER, refused_as=f"aws-{self._account}-{self._region}")

    def _cluster(self, cloud_name: str, name: str) -> None:
        """Everything about one cluster; `name` is what it is called here."""
        request = self._record.request(call.DESCRIBE_CLUSTER, {"name": cloud_name})
        seen = (Claim(call.CLUSTER, WHOLE_CLUSTER, True),)
        answer = self._record.one(request, About(name, call.CLUSTER, cloud_name), seen, missing=_WHERE)
        described = (answer.body or {}).get("cluster")
        cluster = described if isinstance(described, dict) else {}
        self._version(name, _text(cluster, "version"))
        of = {"clusterName": cloud_name}
        groups = self._each(name, of, call.LIST_NODE_GROUPS, "nodegroups", call.DESCRIBE_NODE_GROUP, "nodegroupName")
        self._subnets(name, [cluster, *groups.described], groups.short)
        if answer.error in NOT_FOUND:
            for kind in (*machines.KINDS, *registry.KINDS):  # those of this account may be of another cluster's
                self._record.end(name, kind, "AWS does not know the cluster in this account and region")
        else:
            machines.read(self._record, name, cloud_name, groups.described, groups.short)
            registry.read(self._record, name, self._account)
        self._each(name, of, call.LIST_ADD_ONS, "addons", call.DESCRIBE_ADD_ON, "addonName")
        access = cluster.get("accessConfig")
        if isinstance(access, dict) and access.get("authenticationMode") == "CONFIG_MAP":
            for kind in (call.ACCESS_ENTRY, call.ACCESS_POLICIES):  # AWS answers questions about them with an error
                self._record.end(name, kind, "", _NO_ENTRIES)
        else:
            self._entries(name, of)

    def _version(self, name: str, version: str) -> None:
        """How long AWS supports this version, in its own words."""
        if not version:
            self._record.end(name, call.CLUSTER_VERSION, "the version of the cluster is not known")
            return
        request = self._record.request(call.DESCRIBE_VERSIONS, {"clusterVersions": version})
        about = About(name, call.CLUSTER_VERSION, version)
        self._record.one(request, about, (Claim(call.CLUSTER_VERSION, WHOLE_CLUSTER, True),))

    def _each(
        self, name: str, of: dict[str, str], listing: Operation, key: str, describing: Operation, parameter: str
    ) -> _Listed:
        """List, then describe one by one; then say how much was seen."""
        listed = self._names(listing, of, key, About(name, listing.kind))
        short = listed.short
        described = []
        for each in listed.names:
            request = self._record.request(describing, of | {parameter: each})
            answer = self._record.one(request, About(name, describing.kind, each))
            short = short or hidden(answer)
            described.append(answer.body or {})
        self._record.end(name, listing.kind, short)
        return _Listed(listed.names, short, tuple(described))

    def _subnets(self, name: str, described: list[dict[str, Any]], short: str) -> None:
        """Where the subnets of the cluster and its node groups are: nothing else tells the zone of a node group."""
        short = f"not every node group is known: {short}" if short else ""
        found = sorted({subnet for each in described for subnet in _subnets_in(each)})
        for start in range(0, len(found), _VALUES_OF_A_FILTER):
            values = ",".join(found[start : start + _VALUES_OF_A_FILTER])
            request = self._record.request(call.DESCRIBE_SUBNETS, {"filters": f"Name=subnet-id,Values={values}"})
            short = short or hidden(self._record.one(request, About(name, call.SUBNETS, name)))
        self._record.end(name, call.SUBNETS, short)

    def _entries(self, name: str, of: dict[str, str]) -> None:
        """Access entries, and the access policies of each."""
        entries = self._each(name, of, call.LIST_ENTRIES, "accessEntries", call.DESCRIBE_ENTRY, "principalArn")
        short = f"not every access entry is known: {entries.short}" if entries.short else ""
        for principal in entries.names:
            about = About(name, call.ACCESS_POLICIES, principal)
            for answer in self._record.pages(call.LIST_POLICIES, of | {"principalArn": principal}, about):
                short = short or hidden(answer)
        self._record.end(name, call.ACCESS_POLICIES, short)

    def _names(self, operation: Operation, of: Mapping[str, str], key: str, about: About) -> _Listed:
        names: set[str] = set()
        short = ""
        for answer in self._record.pages(operation, of, about, missing=_WHERE):
            short = short or hidden(answer)
            held: Any = (answer.body or {}).get(key)
            if answer.body is None:
                continue
            if not isinstance(held, list) or not all(isinstance(each, str) for each in held):
                short = short or f"{operation.action} was answered without a list of {key}"
                continue
            names |= {each for each in held if not each.startswith(PREFIX)}
            if any(each.startswith(PREFIX) for each in held):
                short = short or "a name in the list looks like a credential and was not asked for"
        return _Listed(sorted(names), short)


def _subnets_in(described: Mapping[str, Any]) -> list[str]:
    """The subnets that a described cluster or node group names."""
    network = described.get("resourcesVpcConfig")
    group = described.get("nodegroup")
    listed: list[Any] = []
    for held in (
        network.get("subnetIds") if isinstance(network, dict) else None,
        group.get("subnets") if isinstance(group, dict) else None,
    ):
        listed += held if isinstance(held, list) else []
    return [each for each in listed if isinstance(each, str) and _SUBNET.fullmatch(each)]


def _text(held: Mapping[str, Any], name: str) -> str:
    value = held.get(name)
    return value if isinstance(value, str) and not value.startswith(PREFIX) else ""
