"""Admission policies that the API server itself enforces, and the bindings without which they do nothing."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import name_of
from collectors.tables.as_written import is_set, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.admission import controls
from collectors.tables.kubernetes.admission.engine_matches import of_constraints
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

GROUP = "admissionregistration.k8s.io"
POLICIES = (f"{GROUP}/MutatingAdmissionPolicy", f"{GROUP}/ValidatingAdmissionPolicy")
BINDINGS = tuple(f"{kind}Binding" for kind in POLICIES)
_EXPRESSIONS = ("validations", "variables", "mutations")


@table(
    "admission_policies",
    grain="one ValidatingAdmissionPolicy or MutatingAdmissionPolicy",
    kinds=POLICIES,
    namespaced=False,
    relations=(
        Relation("bindings", "admission_policy_bindings", (("name", "policy_name"), ("is_mutating", "is_mutating")),
                 "The bindings that put it in force."),
    ),
    subject=Subject("api_group", "kind", None, "name"),
)  # fmt: skip
class AdmissionPolicy(NamedTuple):
    """An admission policy of the API server."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    api_group: Annotated[str, Column("admissionregistration.k8s.io.")]
    kind: Annotated[str, Column("ValidatingAdmissionPolicy or MutatingAdmissionPolicy.")]
    name: Annotated[str, Column("Name of the policy.")]
    admission_policy_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_mutating: Annotated[bool | None, Column("Whether it changes what it sees.")]
    fails_closed: Annotated[
        bool | None, Column("Whether a request is refused when the policy cannot be evaluated; unset means so.")
    ]
    has_parameters: Annotated[bool | None, Column("Whether it reads a parameter object.")]
    controls: Annotated[
        list[str] | None, Column("What of a pod it is about, by the fields that its expressions name.")
    ]
    sees_pods: Annotated[bool | None, Column("Whether it is about new pods.")]
    namespace_selector: Annotated[
        list[str] | None, Column("What selects its namespaces by label; an empty list selects all.")
    ]
    is_narrowed: Annotated[
        bool | None, Column("Whether labels of objects, exclusions or conditions narrow further what it sees.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "admission_policy_bindings",
    grain="one ValidatingAdmissionPolicyBinding or MutatingAdmissionPolicyBinding",
    kinds=BINDINGS,
    namespaced=False,
    relations=(
        Relation("policy", "admission_policies", (("policy_name", "name"), ("is_mutating", "is_mutating")),
                 "The policy that it puts in force."),
    ),
    subject=Subject("api_group", "kind", None, "name"),
)  # fmt: skip
class AdmissionPolicyBinding(NamedTuple):
    """A binding of an admission policy."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    api_group: Annotated[str, Column("admissionregistration.k8s.io.")]
    kind: Annotated[str, Column("ValidatingAdmissionPolicyBinding or MutatingAdmissionPolicyBinding.")]
    name: Annotated[str, Column("Name of the binding.")]
    admission_binding_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_mutating: Annotated[bool | None, Column("Whether its policy changes what it sees.")]
    policy_name: Annotated[str | None, Column("Name of its policy.")]
    validation_actions: Annotated[list[str] | None, Column("What happens to what breaks the policy, sorted.")]
    denies: Annotated[bool | None, Column("Whether what breaks the policy is refused.")]
    has_parameters: Annotated[bool | None, Column("Whether it names a parameter object.")]
    ignores_missing_parameters: Annotated[
        bool | None,
        Column("Whether the policy is skipped where there is no such parameter object.", guard="has_parameters"),
    ]
    namespace_selector: Annotated[
        list[str] | None, Column("What selects its namespaces by label; an empty list selects all.")
    ]
    is_narrowed: Annotated[
        bool | None, Column("Whether rules, labels of objects or exclusions narrow further what it is for.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class AdmissionPolicies(OneRowPerObject):
    """One row per policy."""

    reads = POLICIES
    fills = "admission_policies"

    def row(self, sighting: Sighting) -> AdmissionPolicy:
        """Source: Kubernetes documentation, "Validating Admission Policy"."""
        spec = section(sighting.object, "spec")
        kind = name_of(sighting.kind)
        match = of_constraints(section(spec, "matchConstraints"), sections(spec, "matchConditions"))
        policy = text(spec, "failurePolicy", default="Fail")
        return AdmissionPolicy(
            cluster=self.cluster.name,
            api_group=GROUP,
            kind=kind,
            name=sighting.name,
            admission_policy_key=surrogate(sighting),
            is_mutating=kind.startswith("Mutating"),
            fails_closed={"Fail": True, "Ignore": False}.get(policy or ""),
            has_parameters=None if spec is None else is_set(spec, "paramKind"),
            controls=None if spec is None else controls.named_in([spec.get(each) for each in _EXPRESSIONS]),
            sees_pods=match.sees_pods,
            namespace_selector=match.selector,
            is_narrowed=match.narrowed,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class AdmissionPolicyBindings(OneRowPerObject):
    """One row per binding."""

    reads = BINDINGS
    fills = "admission_policy_bindings"

    def row(self, sighting: Sighting) -> AdmissionPolicyBinding:
        """Source: Kubernetes documentation, "Validating Admission Policy", bindings; matchResources is optional."""
        spec = section(sighting.object, "spec")
        kind = name_of(sighting.kind)
        actions, resources = texts(spec, "validationActions"), section(spec, "matchResources")
        rules = sections(resources, "resourceRules")
        match = of_constraints(resources, rules)
        parameters = section(spec, "paramRef")
        missing = text(parameters, "parameterNotFoundAction", default="Deny")
        return AdmissionPolicyBinding(
            cluster=self.cluster.name,
            api_group=GROUP,
            kind=kind,
            name=sighting.name,
            admission_binding_key=surrogate(sighting),
            is_mutating=kind.startswith("Mutating"),
            policy_name=text(spec, "policyName"),
            validation_actions=None if actions is None else sorted(actions),
            denies=None if actions is None else "Deny" in actions,
            has_parameters=None if spec is None else is_set(spec, "paramRef"),
            ignores_missing_parameters={"Allow": True, "Deny": False}.get(missing or ""),
            namespace_selector=match.selector,
            is_narrowed=match.narrowed,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (AdmissionPolicies, AdmissionPolicyBindings)
