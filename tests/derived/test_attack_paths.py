"""Each kind of step in the smallest world that has it; ways, barriers and cuts; and what was not seen."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from assessment.derived.attack_paths import steps
from assessment.derived.attack_paths.cuts import cuts
from assessment.derived.attack_paths.families import FAMILIES
from assessment.derived.run import all_tables, derive
from collectors.evidence.item import Item, as_item
from collectors.kubernetes.offline import in_memory
from collectors.tables.build import Tables
from collectors.tables.database import base_inputs
from tests.checks.example_worlds import Stored, renamed, tables_of, with_cells_unknown, withholdings, without

Object = dict[str, Any]
STANDING = {"any_node", "any_pod", "any_role", "node_disk", "in_namespace", "in_every_namespace", "member_of"}
NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
ACCOUNT = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}"


def pod(container: str = "", spec: str = "") -> str:
    inside, beside = (f", {text}" if text else "" for text in (container, spec))
    return f"""{{apiVersion: v1, kind: Pod, metadata: {{name: web, namespace: shop, labels: {{app: web}}}},
      spec: {{nodeName: n1, containers: [{{name: main, image: web{inside}}}]{beside}}}}}"""


def security(text: str) -> str:
    return pod(f"securityContext: {{{text}}}")


def volume(path: str, read_only: str = "false", more: str = "") -> str:
    return pod(f"volumeMounts: [{{name: v, mountPath: /v, readOnly: {read_only}{more}}}]",
               f"volumes: [{{name: v, hostPath: {{path: {path}}}}}]")  # fmt: skip


def grant(rules: str, kind: str = "ClusterRole", subject: str = "") -> str:
    """A role of these rules, bound to the account of the pod: in the cluster, or in its namespace."""
    inside = "" if kind == "ClusterRole" else ", namespace: shop"
    subject = subject or "{kind: ServiceAccount, name: default, namespace: shop}"
    head = "apiVersion: rbac.authorization.k8s.io/v1"
    return f"""{{{head}, kind: {kind}, metadata: {{name: duty{inside}}}, rules: [{rules}]}}
---
{{{head}, kind: {kind}Binding, metadata: {{name: duty{inside}}}, subjects: [{subject}],
 roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: duty}}}}"""


def rule(group: str, resources: str, verbs: str, names: str = "") -> str:
    return f'{{apiGroups: ["{group}"], resources: [{resources}], verbs: [{verbs}], resourceNames: [{names}]}}'


def node(labels: str = "", provider: str = "") -> str:
    named = f"metadata: {{name: n1, labels: {{{labels}}}}}"
    return f"{{apiVersion: v1, kind: Node, {named}, spec: {{providerID: '{provider}'}}}}"


RBAC = "rbac.authorization.k8s.io"
CERTIFICATES = "certificates.k8s.io"
EVERYBODY = "{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts'}"
PODS_AND = [rule("", "pods", "create")]
FAMILY_WORLDS: dict[str, tuple[str, ...]] = {
    "published": (pod(), "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},"
                         " spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}"),
    "privileged": (security("privileged: true"),),
    "host_process": (pod(spec="os: {name: windows}, hostNetwork: true,"
                              " securityContext: {windowsOptions: {hostProcess: true}}"),),
    "host_pid_admin": (pod("securityContext: {privileged: true}", "hostPID: true"),),
    "sys_admin": (security("capabilities: {add: [SYS_ADMIN]}"),),
    "sys_module": (security("capabilities: {add: [CAP_SYS_MODULE]}"),),
    "sys_ptrace": (pod("securityContext: {capabilities: {add: [SYS_PTRACE]}}", "hostPID: true"),),
    "raw_disk": (security("capabilities: {add: [SYS_RAWIO]}"),),
    "dac_read_search": (security("capabilities: {add: [DAC_READ_SEARCH]}"),),
    "bpf": (security("capabilities: {add: [BPF]}"),),
    "runtime_socket": (volume("/run/containerd/containerd.sock", "true"),),
    "host_path_write": (volume("/etc"),),
    "host_path_read": (volume("/var/lib/kubelet", "true"), node()),
    "host_path_claim": (pod(spec="volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]"),
                        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: shop},"
                        " spec: {volumeName: p}}",
                        "{apiVersion: v1, kind: PersistentVolume, metadata: {name: p}, spec: {hostPath: {path: /},"
                        " claimRef: {name: c, namespace: shop}}}"),
    "proc_unmasked": (security("procMount: Unmasked"),),
    "host_network": (pod(spec="hostNetwork: true"), node(provider="aws:///eu-west-1a/i-1")),
    "mount_propagation": (volume("/data", more=", mountPropagation: Bidirectional"),),
    "runs_as": (pod(), ACCOUNT),
    "workload_identity": (pod(), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop,"
                          " annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/web'}}}",),
    "everything": (ACCOUNT, grant('{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}')),
    "create_pods": (ACCOUNT, grant(rule("batch", "jobs", "create"), "Role")),
    "change_workloads": (ACCOUNT, grant(rule("apps", "deployments", "patch"))),
    "exec_pods": (ACCOUNT, grant(rule("", "pods/exec", "create"))),
    "debug_pods": (ACCOUNT, grant(rule("", "pods/ephemeralcontainers", "patch"))),
    "proxy_nodes": (ACCOUNT, grant(rule("", "nodes/proxy", "get"))),
    "read_secrets": (ACCOUNT, grant(rule("", "secrets", "list"))),
    "create_tokens": (ACCOUNT, grant(rule("", "serviceaccounts/token", "create"))),
    "create_token_secrets": (ACCOUNT, grant(rule("", "secrets", "create, get"), "Role")),
    "impersonate_service_accounts": (ACCOUNT, grant(rule("", "serviceaccounts", "impersonate"))),
    "impersonate_users": (ACCOUNT, grant(rule("", "users, groups", "impersonate"))),
    "forge_certificates": (ACCOUNT, grant(", ".join((
        rule(CERTIFICATES, "certificatesigningrequests", "create"),
        rule(CERTIFICATES, "certificatesigningrequests/approval", "patch"),
        rule(CERTIFICATES, "signers", "approve", "kubernetes.io/kube-apiserver-client"))))),
    "bind_roles": (ACCOUNT, grant(", ".join((rule(RBAC, "clusterroles", "bind"),
                                             rule(RBAC, "clusterrolebindings", "create"))))),
    "escalate_roles": (ACCOUNT, grant(rule(RBAC, "clusterroles", "escalate, update"))),
    "write_persistent_volumes": (ACCOUNT, grant(", ".join((*PODS_AND, rule("", "persistentvolumes", "create"))))),
    "write_webhooks": (ACCOUNT, grant(rule("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "patch"))),
    "write_api_services": (ACCOUNT, grant(rule("apiregistration.k8s.io", "apiservices", "update"))),
    "label_namespaces": (ACCOUNT, grant(", ".join((*PODS_AND, rule("", "namespaces", "patch"))))),
    "write_auth_map": (ACCOUNT, grant(rule("", "configmaps", "update")),
                       "{apiVersion: v1, kind: ConfigMap, metadata: {name: aws-auth, namespace: kube-system}}"),
    "use_account": (NAMESPACE, ACCOUNT, pod()),
    "mount_secrets": (NAMESPACE, pod()),
    "run_privileged": (NAMESPACE, pod()),
    "node_accounts": (pod(), ACCOUNT, node()),
    "control_plane": (pod(), node("node-role.kubernetes.io/control-plane: ''")),
    "node_role": (pod(), node(provider="azure:///subscriptions/1")),
}  # fmt: skip
NEVER_CERTAIN = {"unseen", "unknown_right", "token_secret"}
"""Steps that only say that something was not seen; a token Secret's account was not read either."""
ANSWERED_BY_KUBELETS = {"kubelet_open"}


def world(name: str, documents: tuple[str, ...], *, running: bool = True) -> Stored:
    objects = [each for document in documents for each in yaml.safe_load_all(document)]
    items: list[Item] = []
    bodies = {}
    placed = in_memory(objects, cluster=name, whole=True, kubernetes_version="1.35", running=running)
    for draft, held in placed:
        items.append(as_item(draft, f"{name}-{len(items)}", 0, "in memory"))
        bodies[items[-1].evidence_id] = held
    return Stored(items, bodies)


@pytest.fixture(scope="module")
def found() -> Tables:
    return tables_of(world(family, documents) for family, documents in FAMILY_WORLDS.items())


def steps_in(tables: Tables, cluster: str, family: str) -> list[Any]:
    return [row for row in tables.rows["attack_steps"] if (row.cluster, row.family) == (cluster, family)]


def test_every_kind_of_step_has_a_world_or_a_reason() -> None:
    assert set(FAMILIES) == set(FAMILY_WORLDS) | STANDING | NEVER_CERTAIN | ANSWERED_BY_KUBELETS
    assert len(FAMILY_WORLDS) >= 30


@pytest.mark.parametrize("family", FAMILY_WORLDS)
def test_a_step_is_proven_where_its_world_has_it_and_absent_elsewhere(found: Tables, family: str) -> None:
    assert any(row.holds for row in steps_in(found, family, family))
    plain = {"runs_as", "use_account", "mount_secrets", "run_privileged", "node_accounts"}
    elsewhere = [row for row in found.rows["attack_steps"]
                 if row.cluster == "published" and row.family == family and row.holds]  # fmt: skip
    assert not elsewhere or family == "published" or family in plain


def paths(tables: Tables, cluster: str) -> Any:
    return next(row for row in tables.rows["workload_attack_paths"] if row.cluster == cluster and row.name == "web")


def judged(*documents: str, running: bool = True) -> Any:
    return paths(tables_of([world("w", (NAMESPACE, *documents), running=running)]), "w")


def test_a_way_is_told_step_by_step_with_its_evidence() -> None:
    row = judged(security("privileged: true"), ACCOUNT, node("node-role.kubernetes.io/control-plane: ''"))
    assert (row.leads_to_node, row.leads_to_cluster_admin) == (True, True)
    assert row.way_to_cluster_admin == [
        "pods of shop/Pod/web runs a privileged container (container main), which leads to node n1",
        "node n1 runs the control plane (by its labels), which leads to every right in the cluster",
    ]
    assert len(row.way_evidence_refs) >= 2


def test_the_disk_of_a_node_gives_the_tokens_of_other_pods() -> None:
    operator = """{apiVersion: v1, kind: Pod, metadata: {name: operator, namespace: tools},
      spec: {nodeName: n1, serviceAccountName: operator, containers: [{name: main, image: o}]}}"""
    admin = grant('{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}',
                  subject="{kind: ServiceAccount, name: operator, namespace: tools}")  # fmt: skip
    holder = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: operator, namespace: tools}}"
    place = "{apiVersion: v1, kind: Namespace, metadata: {name: tools}}"
    objects = (ACCOUNT, holder, place, operator, admin, node())
    assert judged(volume("/var/lib/kubelet/pods", "true"), *objects).leads_to_cluster_admin is True
    elsewhere = operator.replace("nodeName: n1", "nodeName: n2")
    others = (ACCOUNT, holder, place, elsewhere, admin, node(), node().replace("name: n1", "name: n2"))
    assert judged(volume("/var/lib/kubelet/pods", "true"), *others).leads_to_cluster_admin is False


@pytest.mark.parametrize(
    "documents",
    [
        (pod(),),
        (security("privileged: true").replace("nodeName: n1", "nodeName: n1, hostUsers: false")
         .replace("privileged: true", "capabilities: {add: [SYS_ADMIN]}"),),
        (pod(spec="automountServiceAccountToken: false"), grant('{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}')),
        (pod(), grant(rule("", "pods/*", "create"))),
        (pod(), grant(rule("", "serviceaccounts/token", "create", "other"), "Role")),
        (pod(), grant(rule(RBAC, "clusterroles", "bind"))),
        (pod(), grant(rule(RBAC, "clusterroles", "bind, escalate", "view"), "Role")),
        (pod(), grant(rule(CERTIFICATES, "certificatesigningrequests/approval", "update"))),
        (pod(), grant(rule("", "secrets", "get", "one"))),
        (volume("/data", "true"),),
    ],
    ids=["nothing", "user namespace", "no token", "pods/* is no wildcard", "another account", "bind without writing",
         "bind of a named role", "approve without signer", "one named Secret", "harmless directory"],
)  # fmt: skip
def test_what_looks_like_a_way_and_is_none(documents: tuple[str, ...]) -> None:
    row = judged(ACCOUNT, node(), *documents)
    assert (row.leads_to_cluster_admin, row.leads_to_node) == (False, False)


def test_the_level_of_the_namespace_is_a_barrier_that_is_named() -> None:
    strict = NAMESPACE.replace("name: shop", "name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}")
    documents = (pod(), ACCOUNT, node(), grant(rule("", "pods", "create"), "Role"))
    tables = tables_of([world("open", (NAMESPACE, *documents)), world("strict", (strict, *documents))])
    assert paths(tables, "open").leads_to_node is True
    assert paths(tables, "strict").leads_to_node is False
    barrier = next(row for row in steps_in(tables, "strict", "run_privileged") if "shop" in row.source)
    assert (barrier.holds, barrier.because) == (False, "the namespace enforces baseline")


def test_a_folder_proves_a_way_to_some_node_and_leaves_the_rest_open() -> None:
    row = judged(security("privileged: true"), ACCOUNT, running=False)
    assert (row.leads_to_node, row.leads_to_cluster_admin) == (True, None)


def test_a_binding_for_all_accounts_counts_for_each() -> None:
    all_of_them = grant(rule("", "serviceaccounts/token", "create"), subject=EVERYBODY)
    operator = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: operator, namespace: shop}}"
    by_user_name = "{kind: User, name: 'system:serviceaccount:shop:operator'}"
    admin = grant('{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}', subject=by_user_name).replace("duty", "all")
    assert judged(pod(), ACCOUNT, operator, all_of_them, admin).leads_to_cluster_admin is True


def test_the_best_cut_is_the_step_that_all_ways_share() -> None:
    pods = [pod().replace("name: web,", f"name: web-{n},") for n in range(5)]
    admin = grant('{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}')
    tables = tables_of([world("w", (NAMESPACE, ACCOUNT, *pods, node(), admin))])
    best = next(each for each in cuts(tables.rows, tables.clusters, tables.gaps) if each.target == steps.CLUSTER_ADMIN)
    assert (best.family, best.starts, best.cut_off, best.rank) == ("everything", 5, 5, 1)
    assert best.evidence_refs


CELLS = ("is_published", "leads_to_cluster_admin", "leads_to_node", "leads_to_cloud_role")


def _stronger(before: Any, after: Any) -> list[str]:
    return [cell for cell in CELLS if getattr(after, cell) not in (None, getattr(before, cell))]


@pytest.mark.parametrize("family", ["host_path_read", "create_tokens", "label_namespaces", "host_path_claim"])
def test_less_evidence_only_ever_leaves_a_way_open(family: str) -> None:
    documents = (NAMESPACE, pod(), ACCOUNT, node(), *FAMILY_WORLDS[family])
    whole = world("w", documents)
    before = {row.workload_id: row for row in tables_of([whole]).rows["workload_attack_paths"]}
    worlds = [renamed(without(whole, kind, namespace, "running", how), f"{kind} {how} in {namespace}")
              for kind, namespace, how in withholdings(whole)]  # fmt: skip
    for row in tables_of(worlds).rows["workload_attack_paths"]:
        assert row.workload_id not in before or not _stronger(before[row.workload_id], row), row.cluster
    changed, origin = with_cells_unknown(tables_of([whole]), lambda _: _inputs())
    derive(changed)
    for row in changed.rows["workload_attack_paths"]:
        if row.workload_id in before:
            assert not _stronger(before[row.workload_id], row), (origin[row.cluster], row)


def _inputs() -> list[Any]:
    names = set(base_inputs(all_tables()["workload_attack_paths"], all_tables()))
    return [all_tables()[name] for name in sorted(names)]
