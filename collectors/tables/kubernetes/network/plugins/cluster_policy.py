"""AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy of policy.networking.k8s.io.

Source: the Network Policy API documentation. They isolate nothing by themselves: only what a rule denies is refused.
A rule that denies every namespace on every port counts as isolation of incoming traffic, and of outgoing traffic if it
or another one denies every address as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.tables.addresses import cover_everything, network
from collectors.tables.as_written import Section, both, either, section, sections, text, texts
from collectors.tables.kubernetes.network.plugins.reading import UNREAD, Direction, Spec
from collectors.tables.schema import Sighting
from collectors.tables.selectors import requirements

_GROUP = "policy.networking.k8s.io"
KINDS = tuple(
    f"{_GROUP}/{name}" for name in ("AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy")
)
_PEERS = {"ingress": "from", "egress": "to"}
_ALLOWS = ("Allow", "Accept")


def specs(sighting: Sighting) -> Iterator[Spec]:
    """The one spec."""
    spec = section(sighting.object, "spec")
    subject = section(spec, "subject")
    pods = section(subject, "pods")
    chosen: list[str] | None = None
    spaces: list[str] | None = None
    if subject is not None and subject.get("pods") is not None:
        chosen, spaces = requirements(section(pods, "podSelector")), requirements(section(pods, "namespaceSelector"))
    elif subject is not None and subject.get("namespaces") is not None:
        chosen, spaces = [], requirements(section(subject, "namespaces"))
    yield Spec("spec", chosen, spaces, _direction(spec, "ingress"), _direction(spec, "egress"))


def _direction(spec: Section | None, name: str) -> Direction:
    rules = sections(spec, name)
    if rules is None:
        return UNREAD
    denying = [rule for rule in rules if _is(rule, ("Deny",)) is not False]
    spaces = either(*(both(_is(rule, ("Deny",)), _is_every_namespace(rule, name)) for rule in denying))
    addresses = either(*(both(_is(rule, ("Deny",)), _is_every_address(rule, name)) for rule in denying))
    return Direction(
        isolates=spaces if name == "ingress" else both(spaces, addresses),
        allows_all=either(*(both(_is(rule, _ALLOWS), _is_every_namespace(rule, name)) for rule in rules)),
        allows_some=either(*(_is(rule, (*_ALLOWS, "Pass")) for rule in rules)),
        denies_some=either(*(_is(rule, ("Deny",)) for rule in rules)),
    )


def _is(rule: Section | None, wanted: tuple[str, ...]) -> bool | None:
    action = text(rule, "action")
    return None if action is None else action in wanted


def _is_every_namespace(rule: Section | None, name: str) -> bool | None:
    peers = sections(rule, _PEERS[name])
    if rule is None or peers is None:
        return None
    if rule.get("ports") or rule.get("protocols"):
        return False
    return either(*(_selects_all(peer) for peer in peers))


def _selects_all(peer: Section | None) -> bool | None:
    if peer is None:
        return None
    if peer.get("namespaces") is None:
        return False
    wanted = requirements(section(peer, "namespaces"))
    return None if wanted is None else not wanted


def _is_every_address(rule: Section | None, name: str) -> bool | None:
    peers = sections(rule, _PEERS[name])
    if rule is None or peers is None:
        return None
    named = [texts(peer, "networks") for peer in peers]
    known = [network(cidr) for each in named for cidr in each or ()]
    whole = cover_everything([each for each in known if each is not None]) and not rule.get("ports")
    return True if whole else None if None in named or None in known else False
