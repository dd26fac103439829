"""The table of what policy engines refuse, or would refuse if they were told to."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.schema import Column, Subject, table

KYVERNO, KYVERNO_CEL = "kyverno.io", "policies.kyverno.io"
CONSTRAINTS = "constraints.gatekeeper.sh"
KINDS = (
    f"{KYVERNO}/ClusterPolicy", f"{KYVERNO}/Policy", f"{KYVERNO_CEL}/ValidatingPolicy",
    f"{KYVERNO_CEL}/ImageValidatingPolicy", f"{CONSTRAINTS}/*",
)  # fmt: skip


@table(
    "engine_rules",
    grain="one rule of one policy of Kyverno, or one constraint of Gatekeeper, that can refuse something",
    kinds=KINDS,
    kinds_together=True,
    part="rule_name",
    subject=Subject("api_group", "kind", "namespace", "name", part="rule_name"),
)
class EngineRule(NamedTuple):
    """A rule of a policy engine. Rules that only change or make objects refuse nothing and are not here."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of a policy that is for one namespace; else NULL.")]
    api_group: Annotated[str, Column("API group of the policy.")]
    kind: Annotated[str, Column("Kind of the policy.")]
    name: Annotated[str, Column("Name of the policy.")]
    engine_rule_key: Annotated[str, Column("Surrogate key.", identity=True)]
    rule_name: Annotated[str | None, Column("Name of the rule; that of the policy where it has only one.")]
    product: Annotated[str, Column("Kyverno or Gatekeeper.")]
    denies: Annotated[
        bool | None,
        Column("Whether it refuses what breaks it: Kyverno's unset failureAction does not, Gatekeeper's unset"
               " enforcementAction does."),
    ]
    controls: Annotated[
        list[str] | None,
        Column("What of a pod it is about, by the fields that it names; NULL where its contents are the client's own."),
    ]
    sees_pods: Annotated[bool | None, Column("Whether it is about pods.")]
    for_namespaces: Annotated[
        list[str] | None, Column("Namespaces that it is for, with * for any text; an empty list is for all.")
    ]
    not_for_namespaces: Annotated[list[str] | None, Column("Namespaces that it leaves out, with * for any text.")]
    namespace_selector: Annotated[
        list[str] | None, Column("What selects its namespaces by label; an empty list selects all.")
    ]
    is_narrowed: Annotated[
        bool | None, Column("Whether labels of objects, users or conditions narrow further what it sees.")
    ]
    has_ready_condition: Annotated[
        bool | None, Column("Whether the engine says if it took the policy; a manifest does not show that.")
    ]
    is_ready: Annotated[bool | None, Column("Whether the engine took the policy.", guard="has_ready_condition")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]  # fmt: skip
