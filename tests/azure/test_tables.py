"""What rows become of Azure's answers: effective settings, documented defaults, and NULL for what is not known."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from collectors.tables.azure.address_ranges import addresses_in
from collectors.tables.azure.agent_pools import AgentPool, AgentPools
from collectors.tables.azure.clusters import AksCluster, AksClusters
from collectors.tables.azure.diagnostic_settings import DiagnosticSetting, DiagnosticSettings
from collectors.tables.azure.node_images import built_at
from collectors.tables.azure.support import support_of
from collectors.tables.lifecycles import NOT_KNOWN, STALE_AFTER
from collectors.tables.schema import ClusterContext, Sighting
from tests.azure.bodies import GROUP, NAME, SUBSCRIPTION, a_list, agent_pool, diagnostic_setting, managed_cluster
from tests.azure.rows import AS_OF
from tests.inputs import inputs

CONTEXT = ClusterContext("clinic", "running", None, True, AS_OF)


def cluster(body: dict[str, Any], context: ClusterContext = CONTEXT) -> AksCluster:
    builder = AksClusters(context)
    builder.observe(Sighting("aks/ManagedCluster", None, NAME, None, 0, body, ["E-000001#/"]))
    (row,) = builder.rows()["aks_clusters"]
    return row  # type: ignore[no-any-return]


def pools(*bodies: dict[str, Any]) -> list[AgentPool]:
    builder = AgentPools(CONTEXT)
    for number, body in enumerate(bodies, 1):
        builder.observe(Sighting("aks/AgentPool", None, NAME, None, 0, body, [f"E-{number:06d}#/"]))
    return builder.rows()["aks_agent_pools"]


def pool(**properties: Any) -> AgentPool:
    (row,) = pools(a_list(agent_pool("work", **properties)))
    return row


def settings(*bodies: dict[str, Any]) -> list[DiagnosticSetting]:
    builder = DiagnosticSettings(CONTEXT)
    builder.observe(Sighting("aks/DiagnosticSettings", None, NAME, None, 0, a_list(*bodies), ["E-000001#/"]))
    return builder.rows()["aks_diagnostic_settings"]


def test_a_well_kept_cluster_has_every_setting() -> None:
    row = cluster(managed_cluster())
    assert (row.name, row.subscription, row.resource_group) == (NAME, SUBSCRIPTION, GROUP)
    assert (row.kubernetes_version, row.kubernetes_minor) == ("1.35.4", 35)
    assert (row.is_private, row.authorized_addresses, row.tier, row.has_uptime_sla) == (False, 256, "Standard", True)
    good = (
        row.is_run_command_disabled, row.are_local_accounts_disabled, row.has_entra_sign_in, row.has_azure_rbac,
        row.has_kubernetes_rbac, row.has_managed_identity, row.has_workload_identity, row.enforces_network_policy,
        row.encrypts_secrets,
    )  # fmt: skip
    assert set(good) == {True}
    assert (row.upgrade_channel, row.node_upgrade_channel) == ("patch", "nodeimage")


def test_a_cluster_that_says_nothing_has_the_documented_defaults() -> None:
    row = cluster({"name": NAME, "properties": {"provisioningState": "Succeeded"}})
    assert (row.is_private, row.has_authorized_ranges, row.authorized_addresses) == (False, False, None)
    assert (row.tier, row.has_uptime_sla, row.support_plan) == ("Free", False, "KubernetesOfficial")
    assert (row.network_policy, row.upgrade_channel) == ("none", "none")
    bad = (
        row.is_run_command_disabled, row.are_local_accounts_disabled, row.has_entra_sign_in, row.has_azure_rbac,
        row.has_workload_identity, row.enforces_network_policy, row.encrypts_secrets,
    )  # fmt: skip
    assert set(bad) == {False}
    unsaid = (row.has_kubernetes_rbac, row.has_managed_identity, row.node_upgrade_channel, row.kubernetes_minor)
    assert set(unsaid) == {None}


@pytest.mark.parametrize("body", [{}, {"properties": None}, {"properties": []}, {"name": NAME, "sku": {}}])
def test_an_extract_has_no_defaults(body: dict[str, Any]) -> None:
    row = cluster(body)
    known = {name for name, value in row._asdict().items() if value is not None}
    assert known == {"cluster", "name", "basis", "evidence_refs"}


def test_values_of_the_wrong_type_and_contradictions_are_not_known() -> None:
    body = managed_cluster(disableLocalAccounts="true", aadProfile=["x"], securityProfile=3)
    body["properties"] |= {"enableRBAC": True, "enableRbac": False}
    row = cluster(body)
    assert (row.are_local_accounts_disabled, row.has_entra_sign_in, row.encrypts_secrets) == (None, None, None)
    assert row.has_kubernetes_rbac is None


def test_the_command_lines_form_is_the_same_cluster() -> None:
    body = managed_cluster()
    flattened = {key: value for key, value in body.items() if key != "properties"}
    renamed = {"enableRBAC": "enableRbac"}
    flattened |= {renamed.get(key, key): value for key, value in body["properties"].items()}
    flattened["apiServerAccessProfile"] = {"authorizedIpRanges": ["192.0.2.0/24"], "disableRunCommand": True}
    flattened["aadProfile"] = {"managed": True, "enableAzureRbac": True}
    flattened["nodeProvisioningProfile"] = None
    assert cluster(flattened) == cluster(body)


@pytest.mark.parametrize(
    ("ranges", "addresses"),
    [
        (["192.0.2.0/24"], 256), (["192.0.2.7"], 1), (["0.0.0.0/32"], 1), (["0.0.0.0/0"], 2**32),
        (["0.0.0.0/1", "128.0.0.0/1"], 2**32), (["10.0.0.0/8", "10.1.0.0/16"], 2**24), (["2001:db8::/48"], 1),
        (["2001:db8::/32"], 2**16), (["::/0"], 2**48), (["192.0.2.5/24"], 256), (["everywhere"], None), ([], 0),
    ],
)  # fmt: skip
def test_ranges_are_counted_by_what_they_let_in(ranges: list[str], addresses: int | None) -> None:
    assert addresses_in(ranges) == addresses


@pytest.mark.parametrize(
    ("identity", "principal", "managed"),
    [
        ({"type": "SystemAssigned"}, "msi", True), ({"type": "SystemAssigned, UserAssigned"}, None, True),
        ({"type": "None"}, "0000-1111", False), (None, "0000-1111", False), (None, "msi", True), (None, None, None),
    ],
)  # fmt: skip
def test_an_identity_is_managed_or_a_service_principal(identity: Any, principal: Any, managed: Any) -> None:
    body = managed_cluster(servicePrincipalProfile=principal and {"clientId": principal}) | {"identity": identity}
    assert cluster(body).has_managed_identity is managed


@pytest.mark.parametrize(
    ("network", "enforced"),
    [
        ({"networkPolicy": "calico"}, True), ({"networkPolicy": "azure"}, True), ({"networkPolicy": "none"}, False),
        ({}, False), ({"networkDataplane": "cilium"}, True), ({"networkPolicy": 7}, None),
        ({"networkPolicy": 7, "networkDataplane": "cilium"}, True),
    ],
)  # fmt: skip
def test_policies_need_an_engine(network: dict[str, Any], enforced: bool | None) -> None:
    assert cluster(managed_cluster(networkProfile=network)).enforces_network_policy is enforced


@pytest.mark.parametrize(
    ("security", "encrypted"),
    [
        ({}, False), ({"azureKeyVaultKms": {"enabled": True}}, True), ({"azureKeyVaultKms": {"keyId": "x"}}, False),
        ({"kubernetesResourceObjectEncryptionProfile": {"infrastructureEncryption": "Enabled"}}, True),
        ({"azureKeyVaultKms": {"enabled": "yes"}}, None),
    ],
)  # fmt: skip
def test_secrets_have_a_key_of_their_own_or_not(security: dict[str, Any], encrypted: bool | None) -> None:
    assert cluster(managed_cluster(securityProfile=security)).encrypts_secrets is encrypted


def test_support_ends_as_the_calendar_says_while_it_is_fresh() -> None:
    assert support_of(34, AS_OF).standard_ends == datetime(2026, 12, 1)
    assert support_of(34, AS_OF).extended_ends == datetime(2027, 12, 1)
    assert support_of(34, datetime(2026, 8, 5) + STALE_AFTER).standard_ends is not None
    assert support_of(34, datetime(2026, 12, 3, 0, 0, 1)) == NOT_KNOWN
    for minor, as_of in ((99, AS_OF), (34, None), (None, AS_OF)):
        assert support_of(minor, as_of) == NOT_KNOWN


def test_support_that_had_ended_before_the_calendar_stays_ended() -> None:
    long_after = datetime(2030, 1, 1)
    assert support_of(9, long_after).standard_ends == support_of(27, long_after).standard_ends == datetime(2024, 8, 1)
    assert support_of(33, long_after).standard_ends == datetime(2026, 8, 1)


def test_pools_of_all_pages_are_rows_with_their_place() -> None:
    rows = pools(a_list(agent_pool("a"), agent_pool("b")), a_list(agent_pool("B", count=9), agent_pool("c")))
    assert [(row.name, row.node_count) for row in rows] == [("a", 3), ("B", 9), ("c", 3)]
    assert rows[1].evidence_refs == ["E-000001#/value/1", "E-000002#/value/0"]


def test_a_pool_has_the_documented_defaults_and_nothing_else() -> None:
    bare = {"name": "p", "properties": {"provisioningState": "Succeeded"}}
    (row,) = pools(a_list(bare))
    assert (row.has_public_addresses, row.is_autoscaled, row.is_encrypted_at_host) == (False, False, False)
    assert (row.zone_count, row.zones, row.os_type, row.is_spot) == (0, [], "Linux", False)
    (extract,) = pools(a_list({"name": "p", "properties": {}}))
    known = {name for name, value in extract._asdict().items() if value is not None}
    assert known == {"cluster", "name", "basis", "evidence_refs"}


def test_bounds_belong_to_pools_that_scale() -> None:
    assert pool()[6:10] == (True, True, 3, 6)
    assert pool(enableAutoScaling=False)[6:10] == (False, False, None, None)
    assert pool(minCount=None, maxCount=None)[6:10] == (True, False, None, None)


def test_the_kind_of_a_pools_machines_is_not_mistaken_for_the_kind_of_resource() -> None:
    row = pool(type="AvailabilitySet", availabilityZones=None)
    assert (row.zone_count, row.mode) == (0, "System")


def test_pools_are_alike_when_the_same_pods_may_run_on_them() -> None:
    labels = {"nodeLabels": {"tier": "web"}, "nodeTaints": ["x=y:NoSchedule"]}
    assert pool(**labels).placement == pool(mode="system", **labels).placement
    assert pool(**labels).placement != pool().placement
    assert pool(nodeTaints=[7]).placement is None


@pytest.mark.parametrize(
    ("version", "day"),
    [
        ("AKSUbuntu-2204gen2containerd-202511.07.0", "2025-11-07"), ("AKSUbuntu:1604:2020.03.11", "2020-03-11"),
        ("AKSAzureLinux-V3gen2-202610.28.0", "2026-10-28"),
        ("AKSWindows-2022-containerd-20348.4294.251016", "2025-10-16"),
        ("AKSUbuntu-2204gen2containerd-202513.07.0", None), ("custom", None), (None, None),
    ],
)  # fmt: skip
def test_an_image_tells_the_day_it_was_built(version: str | None, day: str | None) -> None:
    assert built_at(version) == (datetime.fromisoformat(day) if day else None)


def test_a_setting_records_the_audit_log_when_it_sends_it_somewhere() -> None:
    group = {"logs": [{"categoryGroup": "allLogs", "enabled": True}]}
    off = {"logs": [{"category": "kube-audit", "enabled": False}, {"category": "guard", "enabled": True}]}
    rows = settings(
        diagnostic_setting("a", "kube-apiserver", "kube-audit-admin"), diagnostic_setting("b", "guard"),
        diagnostic_setting("c", **group), diagnostic_setting("d", **off), diagnostic_setting("e", workspaceId=None),
        diagnostic_setting("f", logs=[{"category": "kube-audit"}]),
    )  # fmt: skip
    assert [row.records_audit for row in rows] == [True, False, True, False, True, None]
    assert [row.has_destination for row in rows] == [True, True, True, True, False, True]
    assert rows[3].categories == ["guard"]


def test_published_answers_become_rows() -> None:
    published = inputs("cloud-azure", "rest-api-examples")
    row = cluster(json.loads((published / "2026-01-01_ManagedClusters_Get.json").read_text()))
    assert (row.has_kubernetes_rbac, row.has_managed_identity, row.kubernetes_minor) == (False, False, 9)
    secured = cluster(
        json.loads((published / "2025-10-01_ManagedClusters_CreateOrUpdate_SecurityProfile_200.json").read_text())
    )
    assert (secured.has_workload_identity, secured.resource_group) == (True, "rg1")
    commanded = cluster(
        json.loads((published / "2026-03-01_ManagedClusters_CreateOrUpdate_DisableRunCommand_200.json").read_text())
    )
    assert commanded.is_run_command_disabled is True
    by_roles = cluster(
        json.loads((published / "2026-03-01_ManagedClusters_CreateOrUpdate_EnableAzureRBAC_200.json").read_text())
    )
    assert (by_roles.has_azure_rbac, by_roles.has_entra_sign_in) == (True, True)
    (listed,) = pools(json.loads((published / "2025-10-01_AgentPools_List.json").read_text()))
    assert (listed.name, listed.zone_count, listed.node_image_built_at) == ("agentpool1", 0, datetime(2020, 3, 11))


def test_a_sample_that_a_peer_made_is_read_as_far_as_it_says() -> None:
    row = cluster(json.loads(inputs("cloud-azure", "recorded", "kubebuddy_aks-sample.json").read_text()))
    assert (row.kubernetes_minor, row.tier, row.has_managed_identity) == (30, "Free", True)
    assert (row.are_local_accounts_disabled, row.has_entra_sign_in, row.has_workload_identity) == (False, False, False)
    assert (row.is_run_command_disabled, row.encrypts_secrets) == (None, None)
