"""What each namespace refuses at admission, control by control, and what refuses it.

A mechanism counts for a control only where it denies, sees pods of the namespace, and is known to be about that very
control. That some webhook exists proves nothing; an engine whose policies are not read leaves every control open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from assessment.derived.webhook_scopes import NamespaceLabels
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import UNLISTED, Gap
from collectors.tables.kubernetes.admission.controls import BASELINE, CONTROLS, RESTRICTED
from collectors.tables.kubernetes.admission.engine_matches import is_for
from collectors.tables.schema import ClusterContext, Column, table

_READ = ("engine_rules", "admission_policies", "admission_policy_bindings", "policy_exceptions")
_ENGINES_READ = frozenset({"Kyverno", "Gatekeeper", "Azure Policy"})
_LEVELS = {"the baseline level": BASELINE, "the restricted level": RESTRICTED}


@table(
    "admission_coverage",
    grain="one control of one Namespace",
    namespaced=False,
    derived_from=("namespaces", "admission_webhooks", *_READ),
    part="control",
)
class AdmissionCoverage(NamedTuple):
    """A control, or a level of the Pod Security Standards, and whether a namespace refuses what breaks it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace_name: Annotated[str | None, Column("Name of the Namespace.")]
    namespace_key: Annotated[str, Column("Surrogate key of the Namespace.", owner="namespaces")]
    control: Annotated[str | None, Column("What can be refused: a control, or a whole level of Pod Security.")]
    is_refused: Annotated[bool | None, Column("Whether pods that break it are refused; NULL when not decidable.")]
    refused_by: Annotated[list[str] | None, Column("What surely refuses them, sorted.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the Namespace, and of what surely refuses.")]


@dataclass(frozen=True, slots=True)
class _Mechanism:
    """One thing that may refuse: what it is about (None: may be anything), and in which namespaces."""

    label: str
    controls: Sequence[str] | None
    denies: bool | None
    selectors: tuple[Sequence[str] | None, ...]
    for_namespaces: Sequence[str] | None
    not_for_namespaces: Sequence[str] | None
    refs: list[str]

    def refuses_in(self, namespace: Any, labels: NamespaceLabels) -> bool | None:
        """Whether it refuses what it is about in this namespace."""
        name = namespace.name
        inside = None if self.for_namespaces is None else not self.for_namespaces or is_for(name, self.for_namespaces)
        outside = None if self.not_for_namespaces is None else is_for(name, self.not_for_namespaces)
        selected = (labels.meet(each, namespace.cluster, name) for each in self.selectors)
        return both(self.denies, inside, opposite(outside), *selected)


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[AdmissionCoverage]:
    """A row for each control and level, of each namespace."""
    unseen, labels = Unseen(gaps), NamespaceLabels(tables["namespaces"])
    mechanisms = _mechanisms(tables)
    found: list[AdmissionCoverage] = []
    for namespace in tables["namespaces"]:
        places = ((name, each) for name in (*_READ, "admission_webhooks") for each in (None, namespace.name, UNLISTED))
        hidden = any(unseen.near(namespace.cluster, name, each) for name, each in places)
        found.extend(_of_namespace(namespace, mechanisms[namespace.cluster], labels, hidden=hidden))
    return found


def _of_namespace(
    namespace: Any, mechanisms: Iterable[_Mechanism], labels: NamespaceLabels, *, hidden: bool
) -> Iterable[AdmissionCoverage]:
    level = namespace.enforce_level_by_label
    answers: dict[str, list[bool | None]] = {control: [None] if hidden else [] for control in CONTROLS}
    sure: dict[str, list[_Mechanism]] = defaultdict(list)
    for mechanism in mechanisms:
        refuses = mechanism.refuses_in(namespace, labels)
        for control in CONTROLS if mechanism.controls is None else mechanism.controls:
            answers[control].append(refuses if mechanism.controls is not None or refuses is False else None)
            if refuses and mechanism.controls is not None:
                sure[control].append(mechanism)
    for controls in _LEVELS.values():
        by_label = None if level is None else level == "restricted" or (level == "baseline" and controls is BASELINE)
        for control in controls:
            answers[control].append(by_label)
    refused = {control: either(*said) for control, said in answers.items()}
    for control in CONTROLS:
        yield _row(namespace, control, refused[control], sure[control])
    for name, controls in _LEVELS.items():
        behind = {each.label: each for control in controls for each in sure[control]}
        yield _row(namespace, name, both(*(refused[control] for control in controls)), behind.values())


def _row(
    namespace: Any, control: str, is_refused: bool | None, sure: Iterable[_Mechanism]
) -> AdmissionCoverage:
    behind = list(sure) if is_refused else []
    labels = {f"Pod Security level {namespace.enforce_level_by_label}"} if is_refused and not behind else set()
    refs = [*namespace.evidence_refs, *(ref for each in behind for ref in each.refs)]
    return AdmissionCoverage(
        cluster=namespace.cluster,
        namespace_name=namespace.name,
        namespace_key=namespace.namespace_key,
        control=control,
        is_refused=is_refused,
        refused_by=None if is_refused is None else sorted(labels | {each.label for each in behind}),
        evidence_refs=list(dict.fromkeys(refs)),
    )


def _mechanisms(tables: Mapping[str, list[Any]]) -> dict[str, list[_Mechanism]]:
    found: dict[str, list[_Mechanism]] = defaultdict(list)
    excepted: dict[str, set[str]] = defaultdict(set)
    left_out: dict[str, list[str] | None] = {}
    for each in tables["policy_exceptions"]:
        excepted[each.cluster].update(each.policies if each.policies is not None else ["*"])
        before = left_out.get(each.cluster, [])
        known = before is not None and each.leaves_out_namespaces is not None
        left_out[each.cluster] = [*(before or ()), *(each.leaves_out_namespaces or ())] if known else None
    for rule in tables["engine_rules"]:
        found[rule.cluster].append(_of_rule(rule, excepted[rule.cluster], left_out.get(rule.cluster, [])))
    bound: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
    for binding in tables["admission_policy_bindings"]:
        bound[binding.cluster, binding.policy_name].append(binding)
    for policy in tables["admission_policies"]:
        for binding in [*bound[policy.cluster, policy.name], *bound.get((policy.cluster, None), ())]:
            if not policy.is_mutating and not binding.is_mutating:
                found[policy.cluster].append(_of_policy(policy, binding))
    for webhook in tables["admission_webhooks"]:
        is_read = either(opposite(webhook.is_of_policy_engine), webhook.product in _ENGINES_READ)
        if is_read is not True and webhook.sees_new_pods is not False:
            found[webhook.cluster].append(_unread(webhook))
    return found


def _of_rule(rule: Any, excepted: set[str], left_out: list[str] | None) -> _Mechanism:
    named = {rule.name, f"{rule.namespace}/{rule.name}"} & excepted or any("*" in each for each in excepted)
    is_whole = None if rule.product == "Kyverno" and named else True
    accepted = None if rule.has_ready_condition and rule.is_ready is None else rule.is_ready is not False or None
    beyond = left_out if rule.product == "Gatekeeper" else []
    outside = None if rule.not_for_namespaces is None or beyond is None else [*rule.not_for_namespaces, *beyond]
    return _Mechanism(
        f"{rule.kind} {rule.name}", rule.controls,
        both(rule.denies, rule.sees_pods, None if rule.is_narrowed is not False else True, is_whole, accepted),
        (rule.namespace_selector,), rule.for_namespaces, outside, rule.evidence_refs,
    )  # fmt: skip


def _of_policy(policy: Any, binding: Any) -> _Mechanism:
    """Both must match; one that reads a parameter which may be missing, or that fails open, is never sure."""
    narrowed = either(policy.is_narrowed, binding.is_narrowed, policy.has_parameters, opposite(policy.fails_closed))
    names_it = True if binding.policy_name is not None else None
    return _Mechanism(
        f"{policy.kind} {policy.name}", policy.controls,
        both(binding.denies, policy.sees_pods, None if narrowed is not False else True, names_it),
        (policy.namespace_selector, binding.namespace_selector), [], [],
        [*policy.evidence_refs, *binding.evidence_refs],
    )  # fmt: skip


def _unread(webhook: Any) -> _Mechanism:
    name = webhook.webhook_name or ""
    return _Mechanism(name, None, None, (webhook.namespace_selector,), [], [], webhook.evidence_refs)


DERIVED_SEEING_GAPS = {"admission_coverage": rows}
