"""CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.

Source: Cilium documentation, "Network Policy": rule basics, policy enforcement modes, deny policies. A direction is
isolated where the spec has a rule for it, be it an empty one, unless enableDefaultDeny says otherwise; an empty rule
allows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.tables.as_written import Section, both, either, flag, section, sections, texts
from collectors.tables.kubernetes.network.plugins.reading import NAMESPACE_NAME, UNREAD, Direction, Spec
from collectors.tables.schema import Sighting
from collectors.tables.selectors import requirements

KINDS = ("cilium.io/CiliumNetworkPolicy", "cilium.io/CiliumClusterwideNetworkPolicy")
_PREFIXES = ("k8s:", "any:")
_OF_NAMESPACE = "io.cilium.k8s.namespace.labels."
_NAMESPACE = "io.kubernetes.pod.namespace"
_NARROWING = ("toPorts", "icmps", "authentication")
_ENTITIES = {"ingress": "fromEntities", "egress": "toEntities"}


def specs(sighting: Sighting) -> Iterator[Spec]:
    """The spec and each of the specs; those about nodes select no pods."""
    written: list[tuple[str, Section | None]] = []
    if sighting.object.get("spec") is not None:
        written.append(("spec", section(sighting.object, "spec")))
    several = sections(sighting.object, "specs")
    written += [("specs", None)] if several is None else [(f"specs[{n}]", each) for n, each in enumerate(several)]
    for label, spec in written:
        if spec is None or spec.get("endpointSelector") is not None or spec.get("nodeSelector") is None:
            yield _spec(label, spec)


def _spec(label: str, spec: Section | None) -> Spec:
    chosen = None if spec is None or spec.get("endpointSelector") is None else section(spec, "endpointSelector")
    read = requirements(_plain(chosen))
    pods = None if read is None else [each for each in read if not _is_about_namespace(each)]
    spaces = None if read is None else [_of_namespace(each) for each in read if _is_about_namespace(each)]
    return Spec(label, pods, spaces, _direction(spec, "ingress"), _direction(spec, "egress"))


def _direction(spec: Section | None, name: str) -> Direction:
    allows, denies = sections(spec, name), sections(spec, name + "Deny")
    if allows is None or denies is None:
        return UNREAD
    asked = flag(section(spec, "enableDefaultDeny"), name, default=bool(allows or denies))
    named = either(*(None if rule is None else bool(rule) for rule in allows))
    return Direction(asked, either(*(_opens(rule, name) for rule in allows)), named, bool(denies))


def _opens(rule: Section | None, name: str) -> bool | None:
    entities = texts(rule, _ENTITIES[name])
    if rule is None or entities is None:
        return None
    return both("all" in entities, not any(rule.get(each) for each in _NARROWING))


def _plain(selector: Section | None) -> Section | None:
    """The selector with the sources taken from its keys: "k8s:app" is the label app of the pod."""
    if selector is None:
        return None
    labels = section(selector, "matchLabels")
    expressions = sections(selector, "matchExpressions")
    if labels is None or expressions is None or None in expressions or not all(isinstance(key, str) for key in labels):
        return None
    named = [each | {"key": _without_source(each.get("key"))} for each in expressions if each is not None]
    plain = {_without_source(key): value for key, value in labels.items()}
    return {**selector, "matchLabels": plain, "matchExpressions": named}


def _without_source(key: object) -> object:
    text = key
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix) if isinstance(text, str) else text
    return text


def _bare(requirement: str) -> str:
    return requirement.removeprefix("!")


def _is_about_namespace(requirement: str) -> bool:
    return _bare(requirement).startswith((_OF_NAMESPACE, _NAMESPACE))


def _of_namespace(requirement: str) -> str:
    not_there, bare = requirement.startswith("!"), _bare(requirement)
    if bare.startswith(_OF_NAMESPACE):
        bare = bare.removeprefix(_OF_NAMESPACE)
    else:
        bare = NAMESPACE_NAME + bare.removeprefix(_NAMESPACE)
    return f"!{bare}" if not_there else bare
