"""What policy engines refuse: rules of Kyverno's policies, and constraints of Gatekeeper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import Section, is_set, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.admission import controls
from collectors.tables.kubernetes.admission.engine_matches import Match, of_constraints, of_gatekeeper, of_kyverno
from collectors.tables.kubernetes.admission.engine_rule_rows import CONSTRAINTS, KINDS, KYVERNO, EngineRule
from collectors.tables.schema import ClusterContext, Sighting, UnseenPart

_ACTIONS = {"enforce": True, "audit": False}
_CONSTRAINT_ACTIONS = {"deny": True, "dryrun": False, "warn": False}


class EngineRules:
    """One row per rule that can refuse something."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[EngineRule] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """Each rule of a policy."""
        group = group_of(sighting.kind)
        if group == CONSTRAINTS:
            self._constraint(sighting)
        elif group == KYVERNO:
            self._kyverno(sighting)
        else:
            self._kyverno_cel(sighting)

    def rows(self) -> dict[str, list[Any]]:
        """All rows of the table."""
        return {"engine_rules": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Policies whose rules could not be read."""
        return self._unseen

    def _constraint(self, sighting: Sighting) -> None:
        spec = section(sighting.object, "spec")
        action = text(spec, "enforcementAction", default="deny")
        denies = _scoped(spec) if action == "scoped" else _CONSTRAINT_ACTIONS.get(action or "")
        about, match = controls.of_gatekeeper(name_of(sighting.kind)), of_gatekeeper(section(spec, "match"))
        self._add(sighting, 0, sighting.name, "Gatekeeper", denies, about, match)

    def _kyverno(self, sighting: Sighting) -> None:
        """Source: Kyverno documentation, "Validate Rules" and "Verify Images Rules": failureAction; default Audit."""
        spec = section(sighting.object, "spec")
        written = sections(spec, "rules")
        if written is None:
            self._unseen.append(UnseenPart("engine_rules", sighting.kind, sighting.namespace, surrogate(sighting)))
        for number, rule in enumerate(written or ()):
            for found, about in _refusals(rule):
                own = text(found, "failureAction", default=text(spec, "validationFailureAction", default="Audit"))
                denies = _ACTIONS.get((own or "").lower())
                if denies and is_set(spec, "validationFailureActionOverrides"):
                    denies = None
                self._add(sighting, number, text(rule, "name"), "Kyverno", denies, about, of_kyverno(rule))

    def _kyverno_cel(self, sighting: Sighting) -> None:
        """Source: Kyverno documentation, "ValidatingPolicy": unset actions deny."""
        spec = section(sighting.object, "spec")
        actions = texts(spec, "validationActions")
        denies = None if actions is None else not actions or "Deny" in actions
        match = of_constraints(section(spec, "matchConstraints"), sections(spec, "matchConditions"))
        images = name_of(sighting.kind) == "ImageValidatingPolicy"
        about = ["image signatures"] if images else controls.named_in([spec and spec.get(each) for each in _CEL])
        self._add(sighting, 0, sighting.name, "Kyverno", denies, None if spec is None else about, match)

    def _add(
        self, sighting: Sighting, number: int, rule: str | None, product: str, denies: bool | None,
        about: list[str] | None, match: Match,
    ) -> None:  # fmt: skip
        says, ready = self._readiness(sighting)
        self._rows.append(
            EngineRule(
                cluster=self._cluster.name,
                namespace=sighting.namespace,
                api_group=group_of(sighting.kind),
                kind=name_of(sighting.kind),
                name=sighting.name,
                engine_rule_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}/{number}",
                rule_name=rule,
                product=product,
                denies=denies,
                controls=about,
                sees_pods=match.sees_pods,
                for_namespaces=match.namespaces if sighting.namespace is None else [sighting.namespace],
                not_for_namespaces=match.excluded,
                namespace_selector=match.selector,
                is_narrowed=match.narrowed,
                has_ready_condition=says,
                is_ready=ready,
                basis=self._cluster.basis,
                evidence_refs=sighting.refs,
            )
        )

    def _readiness(self, sighting: Sighting) -> tuple[bool | None, bool | None]:
        """Kyverno says so in a condition, Gatekeeper for each of its pods: enforced."""
        if self._cluster.basis != "running":
            return None, None
        status = section(sighting.object, "status")
        if group_of(sighting.kind) == CONSTRAINTS:
            pods = sections(status, "byPod")
            if pods is None:
                return None, None
            said = [None if each is None else each.get("enforced") for each in pods]
            return bool(pods), None if None in said else all(each is True for each in said)
        conditions = sections(status, "conditions")
        conditions = conditions or sections(section(status, "conditionStatus"), "conditions")
        found = {text(each, "type"): text(each, "status") for each in conditions or ()}
        old = section(status, "conditionStatus") or status or {}
        if conditions is not None and "Ready" not in found and isinstance(old.get("ready"), bool):
            return True, bool(old["ready"])
        if conditions is None or None in found:
            return None, None
        return "Ready" in found, {"True": True, "False": False}.get(found.get("Ready") or "")


_CEL = ("validations", "variables")


def _refusals(rule: Section | None) -> Iterator[tuple[Section | None, list[str] | None]]:
    """The parts of a rule that refuse, each with what it is about."""
    if rule is None:
        yield None, None
        return
    if is_set(rule, "validate"):
        validate = section(rule, "validate")
        level = section(validate, "podSecurity")
        if validate is None or level is None:
            yield validate, None
        elif level:
            named = controls.of_level(text(level, "level", default="baseline"))
            yield validate, None if sections(level, "exclude") != [] else named
        else:
            yield validate, controls.named_in({key: value for key, value in validate.items() if key != "message"})
    for images in sections(rule, "verifyImages") or ([None] if is_set(rule, "verifyImages") else []):
        yield images, None if images is None else ["image signatures"]


def _scoped(spec: Section | None) -> bool | None:
    """Source: Gatekeeper documentation, "Enforcement points": a scoped action denies where one of its points does."""
    actions = sections(spec, "scopedEnforcementActions")
    if actions is None or None in actions:
        return None
    return any(text(each, "action") == "deny" and _at_the_door(each) for each in actions)


def _at_the_door(action: Section | None) -> bool:
    points = sections(action, "enforcementPoints") or ()
    return any(text(point, "name") in ("*", "validation.gatekeeper.sh", "vap.k8s.io") for point in points)


BUILDERS = (EngineRules,)
