"""The effective security context: inherited per sub-field, and never a default where a value cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.tables.kubernetes.workloads import Workloads
from collectors.tables.schema import ClusterContext
from tests.tables.pods_of import Object, container, deployment
from tests.tables.rows_of import DECLARED, build

OLD = ClusterContext("c", "declared", 26, whole=True)


def effective(own: Object | None = None, pod: Object | None = None) -> Any:
    return container({"securityContext": own or {}}, {"securityContext": pod or {}})


def test_an_empty_security_context_gives_the_defaults_of_the_api() -> None:
    row = container()
    assert row.is_privileged is False and row.allows_privilege_escalation is True
    assert row.has_read_only_root_filesystem is False and row.proc_mount == "Default"
    assert row.has_run_as_user is row.has_run_as_non_root is row.has_effective_seccomp_type is False
    assert row.drops_all_capabilities is False and row.uses_user_namespace is False


@pytest.mark.parametrize(
    ("field", "column", "value", "other"),
    [
        ("runAsNonRoot", "run_as_non_root", True, False),
        ("runAsUser", "run_as_user", 7, 0),
        ("runAsGroup", "run_as_group", 7, 0),
    ],
)
def test_the_container_wins_over_its_pod_field_by_field(field: str, column: str, value: Any, other: Any) -> None:
    assert getattr(effective(None, {field: value}), column) == value
    assert getattr(effective({field: other}, {field: value}), column) == other
    assert getattr(effective({"privileged": False}, {field: value}), column) == value


@pytest.mark.parametrize(
    "field", ["privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities", "procMount"]
)
def test_what_only_containers_have_is_not_inherited(field: str) -> None:
    value: Any = (
        {"drop": ["ALL"]}
        if field == "capabilities"
        else "Unmasked"
        if field == "procMount"
        else field != "allowPrivilegeEscalation"
    )
    assert effective(None, {field: value})[4:-1] == container()[4:-1]


def test_privileged_or_sys_admin_force_privilege_escalation() -> None:
    assert effective({"allowPrivilegeEscalation": False}).allows_privilege_escalation is False
    assert effective({"allowPrivilegeEscalation": False, "privileged": True}).allows_privilege_escalation is True
    for name in ("SYS_ADMIN", "CAP_SYS_ADMIN", "sys_admin"):
        row = effective({"allowPrivilegeEscalation": False, "capabilities": {"add": [name]}})
        assert row.allows_privilege_escalation is True


def test_capabilities_are_written_in_one_way() -> None:
    row = effective({"capabilities": {"add": ["cap_chown", "NET_RAW", "NET_RAW"], "drop": ["all"]}})
    assert row.added_capabilities == ["CHOWN", "NET_RAW"] and row.drops_all_capabilities is True
    assert row.adds_capability_beyond_baseline is True
    assert effective({"capabilities": {"drop": ["CAP_ALL"]}}).drops_all_capabilities is False
    assert effective({"capabilities": {"add": ["NET_BIND_SERVICE"]}}).adds_capability_beyond_net_bind_service is False


def test_seccomp_is_the_containers_else_the_pods() -> None:
    default = {"seccompProfile": {"type": "RuntimeDefault"}}
    assert effective(None, default).effective_seccomp_type == "RuntimeDefault"
    assert effective({"seccompProfile": {"type": "Unconfined"}}, default).effective_seccomp_type == "Unconfined"
    assert effective(None, default).has_declared_seccomp_type is False
    assert effective({"seccompProfile": {}}).effective_seccomp_type == ""


def _annotated(cluster: ClusterContext, key: str, value: str) -> Any:
    metadata = {"labels": {}, "annotations": {key: value}}
    (row,) = build(Workloads, deployment(template_metadata=metadata), cluster=cluster)["containers"]
    return row


def test_seccomp_annotations_count_only_where_a_server_still_reads_them() -> None:
    key = "seccomp.security.alpha.kubernetes.io/pod"
    assert _annotated(OLD, key, "docker/default").effective_seccomp_type == "RuntimeDefault"
    assert _annotated(DECLARED, key, "docker/default").has_effective_seccomp_type is False
    own = "container.seccomp.security.alpha.kubernetes.io/main"
    assert _annotated(OLD, own, "localhost/web.json").declared_seccomp_type == "Localhost"


def test_app_armor_annotations_count_for_the_container_they_name() -> None:
    prefix = "container.apparmor.security.beta.kubernetes.io/"
    assert _annotated(DECLARED, prefix + "main", "unconfined").declared_app_armor_type == "Unconfined"
    assert _annotated(DECLARED, prefix + "other", "unconfined").has_declared_app_armor_type is False
    assert _annotated(DECLARED, prefix + "main", "").has_declared_app_armor_type is False


def test_windows_is_what_the_pod_says_then_what_its_node_selector_says() -> None:
    def is_windows(spec: Object) -> object:
        return build(Workloads, deployment(spec))["workloads"][0].is_windows

    assert is_windows({}) is False
    assert is_windows({"nodeSelector": {"kubernetes.io/os": "windows"}}) is True
    assert is_windows({"os": {"name": "linux"}, "nodeSelector": {"kubernetes.io/os": "windows"}}) is False
    assert is_windows({"os": {"name": 5}}) is None


def test_host_process_is_inherited_within_windows_options() -> None:
    pod = {"windowsOptions": {"hostProcess": True, "runAsUserName": "x"}}
    assert effective({"windowsOptions": {"runAsUserName": "y"}}, pod).is_host_process is True
    assert effective({"windowsOptions": {"hostProcess": False}}, pod).is_host_process is False
    assert effective().has_windows_options is False


UNREADABLE = [
    ({"privileged": "false"}, "is_privileged"),
    ({"allowPrivilegeEscalation": 0}, "allows_privilege_escalation"),
    ({"readOnlyRootFilesystem": "true"}, "has_read_only_root_filesystem"),
    ({"procMount": {}}, "proc_mount"),
    ({"capabilities": {"drop": "ALL"}}, "drops_all_capabilities"),
    ({"capabilities": {"add": [5]}}, "adds_capability_beyond_baseline"),
    ({"capabilities": []}, "adds_capability_beyond_net_bind_service"),
    ({"runAsUser": "1000"}, "run_as_user"),
    ({"runAsNonRoot": "true"}, "run_as_non_root"),
    ({"seccompProfile": "RuntimeDefault"}, "effective_seccomp_type"),
    ({"seLinuxOptions": {"user": 1}}, "sets_se_linux_user_or_role"),
    ({"windowsOptions": {"hostProcess": "no"}}, "is_host_process"),
]


@pytest.mark.parametrize(("own", "column"), UNREADABLE)
def test_a_value_of_the_wrong_type_is_not_known(own: Object, column: str) -> None:
    assert getattr(effective(own), column) is None


@pytest.mark.parametrize("column", sorted({column for _, column in UNREADABLE}))
def test_nothing_is_known_of_a_security_context_that_is_no_mapping(column: str) -> None:
    assert getattr(container({"securityContext": "none"}), column) is None


def test_null_blocks_are_unset_blocks() -> None:
    empty = {"securityContext": None, "resources": None, "env": None, "ports": None, "livenessProbe": None}
    assert container(empty, {"securityContext": None, "volumes": None, "hostNetwork": None})[4:-1] == container()[4:-1]
