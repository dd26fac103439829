"""What namespaces refuse, control by control, from Kubernetes objects; and whom the API server calls."""

from __future__ import annotations

from typing import Any

from assessment.derived import admission_coverage, service_references, webhook_scopes
from collectors.tables.coverage import Gap
from collectors.tables.kubernetes.admission.admission_policies import AdmissionPolicies, AdmissionPolicyBindings
from collectors.tables.kubernetes.admission.engine_rules import EngineRules
from collectors.tables.kubernetes.admission.policy_exceptions import PolicyExceptions
from collectors.tables.kubernetes.admission.webhooks import AdmissionWebhooks
from collectors.tables.kubernetes.extensions.api_services import ApiServices
from collectors.tables.kubernetes.extensions.custom_resource_definitions import CustomResourceDefinitions
from collectors.tables.kubernetes.namespaces import Namespaces
from collectors.tables.kubernetes.network.endpoint_slices import EndpointSlices
from collectors.tables.kubernetes.services import Services
from collectors.tables.schema import ClusterContext
from tests.tables.rows_of import DECLARED, build

ALL: tuple[Any, ...] = (
    Namespaces, EngineRules, AdmissionPolicies, AdmissionPolicyBindings, PolicyExceptions, AdmissionWebhooks,
    ApiServices, CustomResourceDefinitions, Services, EndpointSlices,
)  # fmt: skip
RUNS = ClusterContext("c", "running", 36, whole=False)


def tables(*objects: dict[str, Any], cluster: ClusterContext = DECLARED) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {}
    for builder in ALL:
        kinds = {kind.rpartition("/")[2] for kind in builder.reads}
        made_up = "*" in kinds
        known = [obj for obj in objects if obj["kind"] in kinds or (made_up and "constraints" in obj["apiVersion"])]
        rows |= build(builder, *known, cluster=cluster)
    return rows


def coverage(*objects: dict[str, Any], gaps: tuple[Gap, ...] = ()) -> dict[str, bool | None]:
    found = admission_coverage.rows(tables(*objects), {"c": DECLARED}, gaps)
    return {row.control: row.is_refused for row in found if row.control is not None}


def shop(level: str = "") -> dict[str, Any]:
    labels = {"pod-security.kubernetes.io/enforce": level} if level else {}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}


def constraint(kind: str, **match: Any) -> dict[str, Any]:
    head = {"apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": kind, "metadata": {"name": kind}}
    return head | {"spec": {"match": match}}


def kyverno(**rule: Any) -> dict[str, Any]:
    rules = [{"name": "r", "match": {"any": [{"resources": {"kinds": ["Pod"]}}]}} | rule]
    return {"apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "metadata": {"name": "p"}, "spec": {"rules": rules}}


def exception(policy: str) -> dict[str, Any]:
    spec = {"exceptions": [{"policyName": policy, "ruleNames": ["r"]}]}
    metadata = {"name": "e", "namespace": "shop"}
    return {"apiVersion": "kyverno.io/v2", "kind": "PolicyException", "metadata": metadata, "spec": spec}


def test_a_level_refuses_its_own_controls_and_no_others() -> None:
    found = coverage(shop("baseline"))
    assert (found["privileged containers"], found["the baseline level"]) == (True, True)
    assert (found["root users"], found["the restricted level"], found["image signatures"]) == (False, False, False)


def test_constraints_that_together_name_every_control_are_a_level() -> None:
    kinds = ("K8sPSPPrivilegedContainer", "K8sPSPHostNamespace", "K8sPSPHostNetworkingPorts", "K8sPSPHostFilesystem",
             "K8sPSPCapabilities", "K8sPSPForbiddenSysctls", "K8sPSPSELinuxV2", "K8sPSPAppArmor", "K8sPSPProcMount",
             "K8sPSPSeccomp")  # fmt: skip
    found = coverage(shop(), *map(constraint, kinds))
    assert found["the baseline level"] is False, "none of them is about Windows host processes"
    assert (found["host ports"], found["Windows host processes"]) == (True, False)


def test_a_constraint_counts_only_where_it_looks() -> None:
    kind = "K8sPSPPrivilegedContainer"
    seen = [coverage(shop(), constraint(kind, **match))["privileged containers"] for match in (
        {"namespaces": ["sh*"]}, {"namespaces": ["bank"]}, {"excludedNamespaces": ["shop"]},
        {"kinds": [{"apiGroups": ["apps"], "kinds": ["Deployment"]}]}, {"labelSelector": {"matchLabels": {"a": "b"}}},
        {"namespaceSelector": {"matchLabels": {"tier": "gold"}}},
    )]  # fmt: skip
    assert seen == [True, False, False, False, None, False]


def test_an_exception_leaves_open_what_its_policy_refuses() -> None:
    policy = kyverno(validate={"failureAction": "Enforce", "podSecurity": {"level": "restricted"}})
    assert coverage(shop(), policy)["the restricted level"] is True
    assert coverage(shop(), policy, exception("p"))["the restricted level"] is None
    assert coverage(shop(), policy, exception("other"))["the restricted level"] is True


def test_what_was_not_seen_can_refuse_and_cannot_undo() -> None:
    gap = Gap(0, "live", "c", None, "*", "engine_rules", "absent", "", "")
    found = coverage(shop("baseline"), gaps=(gap,))
    assert (found["the baseline level"], found["root users"]) == (True, None)


def test_a_policy_of_a_client_leaves_every_control_open() -> None:
    assert set(coverage(shop(), constraint("HouseRules")).values()) == {None}
    assert coverage(shop(), constraint("K8sRequiredLabels"))["privileged containers"] is False


def hook(**fields: Any) -> dict[str, Any]:
    webhook = {"name": "h", "clientConfig": {"service": {"namespace": "guard", "name": "hook"}}} | fields
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": "h"}, "webhooks": [webhook]}  # fmt: skip


def scope(*objects: dict[str, Any]) -> tuple[bool | None, bool | None]:
    (row,) = webhook_scopes.rows(tables(*objects), {"c": DECLARED})
    return row.sees_kube_system, row.sees_its_own_namespace


def test_whose_requests_a_webhook_sees_follows_from_all_its_selectors() -> None:
    named = {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["guard"]}]}
    assert scope(hook()) == (True, True)
    assert scope(hook(namespaceSelector=named)) == (False, True)
    assert scope(hook(objectSelector={"matchLabels": {"inject": "yes"}})) == (False, False)
    assert scope(hook(matchConditions=[{"name": "n", "expression": "e"}])) == (None, None)
    assert scope(hook(namespaceSelector={"matchLabels": {"a": "b"}})) == (None, None)
    labelled = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "guard", "labels": {"a": "b"}}}
    assert scope(hook(namespaceSelector={"matchLabels": {"a": "b"}}), labelled) == (None, True)


def reference(*objects: dict[str, Any], cluster: ClusterContext = DECLARED, gaps: tuple[Gap, ...] = ()) -> Any:
    (row,) = service_references.rows(tables(*objects, cluster=cluster), {"c": cluster}, gaps)
    return row.exists, row.has_ready_endpoint


def service(namespace: str | None = "guard") -> dict[str, Any]:
    metadata = {"name": "hook"} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {}}


def test_a_service_is_missing_only_where_all_were_seen() -> None:
    gap = Gap(0, "live", "c", "?", "Service", "services", "denied", "", "")
    assert reference(hook(), service())[0] is True
    assert reference(hook())[0] is False
    assert reference(hook(), gaps=(gap,))[0] is None
    assert reference(hook(), service(None))[0] is None, "it may be the one, in a namespace that it does not state"


def test_a_service_is_published_by_its_type_and_never_while_it_is_missing() -> None:
    def published(*objects: dict[str, Any], gaps: tuple[Gap, ...] = ()) -> bool | None:
        (row,) = service_references.rows(tables(hook(), *objects), {"c": DECLARED}, gaps)
        found: bool | None = row.is_published
        return found

    outside = service() | {"spec": {"type": "NodePort"}}
    gap = Gap(0, "live", "c", "?", "Service", "services", "denied", "", "")
    assert [published(service()), published(outside), published()] == [False, True, False]
    assert published(gaps=(gap,)) is None
    assert published(service() | {"spec": {"type": 1}}) is None


def test_only_a_running_cluster_shows_who_answers() -> None:
    metadata = {"name": "h-1", "namespace": "guard", "labels": {"kubernetes.io/service-name": "hook"}}
    answering = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata,
                 "endpoints": [{"addresses": ["10.0.0.1"]}]}  # fmt: skip
    assert reference(hook(), answering, cluster=RUNS)[1] is True
    assert reference(hook(), cluster=RUNS)[1] is False
    assert reference(hook())[1] is None
