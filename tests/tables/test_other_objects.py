"""Objects without a table of their own, certificates in Secrets, and that nothing is listed for no table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
import pytest

from collectors.evidence.item import Claim, Item, ItemDraft, as_item
from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import NOT_STORED
from collectors.kubernetes.surveyed import KUBELET_PATH, PATHS, SECRETS, SURVEYED
from collectors.tables.build import Tables, base_tables, build
from collectors.tables.coverage import Gap
from collectors.tables.database import phantom
from collectors.tables.families import KUBERNETES, tables_of
from collectors.tables.kubernetes.other_objects import OTHER_KINDS, OtherObjects
from collectors.tables.kubernetes.secret_certificates import SecretCertificates
from tests.tables import rows_of
from tests.tables.rows_of import DECLARED, RUNNING

CONSTRAINT = "constraints.gatekeeper.sh/K8sRequiredLabels"


class Memory:
    """Bodies that were never written."""

    def __init__(self, objects: Iterable[dict[str, Any]]) -> None:
        self._lines = [orjson.dumps({"place": f"/{n}", "object": obj}) for n, obj in enumerate(objects)]

    def open(self, item: Item) -> Iterable[bytes]:
        return self._lines
LOCATION = "velero.io/VolumeSnapshotLocation"


def tables(*claims: Claim, objects: Iterable[dict[str, Any]] = (), **more: Any) -> Tables:
    parameters = {"basis": "running"} | more.pop("parameters", {})
    draft = ItemDraft(
        source="live", cluster="c", request="GET /x", parameters=parameters, principal="p", method="list",
        collection_mode="online_read_only", started_at="2026-11-21T10:00:00Z", ended_at="2026-11-21T10:00:00Z",
        claims=claims, **more,
    )  # fmt: skip
    return build([as_item(draft, "E-000001", 1, "stored")], Memory(objects))


def gaps(found: Tables, table: str = "other_objects") -> list[tuple[str, str | None]]:
    return [(gap.kind, gap.namespace) for gap in found.gaps if gap.table == table]


def other(api_version: str, kind: str, cluster: Any = RUNNING, **fields: Any) -> Any:
    obj = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", "namespace": "shop"}} | fields
    return rows_of.build(OtherObjects, obj, cluster=cluster)["other_objects"][0]


def flux(status: str, **fields: Any) -> Any:
    said = {"conditions": [{"type": "Reconciling", "status": "True"}, {"type": "Ready", "status": status}]}
    return other("kustomize.toolkit.fluxcd.io/v1", "Kustomization", status=said, **fields)


def secret(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls", "namespace": "shop"}, **fields}


def test_everything_that_is_asked_of_a_cluster_feeds_a_table() -> None:
    fed = {kind for table in tables_of(KUBERNETES).values() for kind in table.kinds}
    assert KUBELET_PATH and set(SURVEYED) - fed == set()
    assert {SECRETS.kind, *PATHS.values(), *NOT_STORED} - fed == set()
    assert {f"{group}/*" for group in EVERY_KIND_OF} <= fed


def test_no_kind_stands_in_two_places() -> None:
    fed = [kind for table in tables_of(KUBERNETES).values() if not table.kinds_together for kind in table.kinds]
    assert not set(OTHER_KINDS) & set(fed)


def test_an_object_says_what_it_is_evidence_of() -> None:
    row = other("velero.io/v1", "Backup", status={"phase": "Completed"})
    assert (row.product, row.evidence_of) == ("Velero", "what is backed up, and whether it was restored")
    assert (row.has_phase, row.phase, row.has_ready_condition, row.is_ready) == (True, "Completed", False, None)
    built_in = other("apiregistration.k8s.io/v1", "APIService")
    assert (built_in.product, built_in.evidence_of) == ("Kubernetes", "which extensions are installed")
    assert all(other(f"{kind.rpartition('/')[0]}/v1", kind.rpartition("/")[2]).evidence_of
               for kind in OTHER_KINDS if "/" in kind and "*" not in kind)  # fmt: skip


@pytest.mark.parametrize(("status", "ready"), [("True", True), ("False", False), ("Unknown", None), ("", None)])
def test_a_controller_says_in_a_condition_whether_all_is_well(status: str, ready: bool | None) -> None:
    row = flux(status)
    assert (row.has_ready_condition, row.is_ready) == (True, ready)


def test_a_manifest_does_not_show_what_became_of_it() -> None:
    row = other("helm.toolkit.fluxcd.io/v2", "HelmRelease", DECLARED, status={"conditions": []})
    assert (row.has_ready_condition, row.is_ready, row.has_phase) == (None, None, None)
    seen = other("helm.toolkit.fluxcd.io/v2", "HelmRelease", RUNNING, status={"conditions": []})
    assert (seen.has_ready_condition, seen.is_ready) == (False, None)


def test_each_product_has_its_own_way_to_be_paused() -> None:
    keda = {"name": "x", "annotations": {"autoscaling.keda.sh/paused": "true"}}
    paused = [
        flux("True", spec={"suspend": True}), other("velero.io/v1", "Schedule", spec={"paused": True}),
        other("keda.sh/v1alpha1", "ScaledObject", metadata=keda), flux("True", spec={"suspend": "yes"}), flux("True"),
    ]  # fmt: skip
    assert [row.is_paused for row in paused] == [True, True, True, None, False]


def test_constraints_that_a_client_made_up_are_rows_too() -> None:
    obj = {"apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": "K8sRequiredLabels", "metadata": {"name": "x"}}
    found = tables(Claim(CONSTRAINT, "*", True), objects=[obj])
    (row,) = found.rows["other_objects"]
    assert (row.kind, row.product, row.namespace) == ("K8sRequiredLabels", "Gatekeeper", None)
    assert (CONSTRAINT, None) not in gaps(found)
    assert CONSTRAINT in {covered.kind for covered in found.covered if covered.table == "other_objects"}


def test_kinds_that_nobody_spoke_of_are_one_gap_and_a_refused_one_is_a_gap_of_its_own() -> None:
    refused = {"kind": LOCATION}
    found = tables(Claim("Namespace", "*", True), parameters=refused, outcome="denied", reason="forbidden")
    assert gaps(found) == [(LOCATION, None), ("*", None)]
    words = [gap.closed_by for gap in found.gaps if gap.table == "other_objects"]
    assert "velero.io" in words[0] and "permissions" in words[1]


def test_a_kind_refused_in_one_namespace_is_a_gap_there() -> None:
    claims = [Claim(kind, "*", True) for kind in (*OTHER_KINDS, "Namespace") if kind != LOCATION]
    inside = (Claim(LOCATION, "shop", True), Claim(LOCATION, "bank", False, "cut short"))
    assert gaps(tables(*claims, *inside)) == [(LOCATION, "bank")]
    assert gaps(tables(*claims, Claim(LOCATION, "*", True))) == []


def test_a_whole_folder_speaks_of_what_can_be_stored_only() -> None:
    found = tables(Claim("*", "*", True), parameters={"whole": "true"})
    assert gaps(found) == []
    assert {kind for gap in found.gaps for kind in [gap.kind]} == set(NOT_STORED)


def test_the_row_of_a_gap_of_many_kinds_names_none_of_them() -> None:
    table = base_tables()["other_objects"]
    position = [field.name for field in table.fields].index
    for kind, group in (("*", None), ("constraints.gatekeeper.sh/*", "constraints.gatekeeper.sh")):
        row = phantom(table, Gap(0, "live", "c", None, kind, table.name, "absent", "", ""), RUNNING)
        assert (row[position("kind")], row[position("api_group")]) == (None, group)


def test_public_certificates_of_a_secret_are_rows() -> None:
    certificate = {
        "key": "tls.crt", "subject": "CN=shop.example", "issuer": "CN=authority", "serial": "1a", "is_ca": False,
        "not_before": "2026-10-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z",
        "dns_names": ["b.example", "a.example"],
    }  # fmt: skip
    obj = secret(data={"tls.crt": "~"}, certificates=[certificate])
    (row,) = rows_of.build(SecretCertificates, obj, cluster=RUNNING)["secret_certificates"]
    assert (row.secret_key, row.certificate_name) == ("Secret/shop/tls", "tls.crt: CN=shop.example")
    assert (row.not_after, row.dns_names, row.is_ca) == (datetime(2027, 1, 1), ["a.example", "b.example"], False)
    assert rows_of.unseen(SecretCertificates, obj, cluster=RUNNING) == []


@pytest.mark.parametrize(
    ("fields", "unseen"),
    [({"data": {"a": "~"}}, 1), ({"data": {"a": "~"}, "certificates": []}, 0), ({}, 0), ({"stringData": {"a": "~"}}, 1),
     ({"data": "~"}, 1), ({"data": {"a": "~"}, "certificates": "x"}, 1),
     ({"data": {"a": "~"}, "certificates": [1]}, 1)],
)  # fmt: skip
def test_a_secret_that_nobody_looked_into_may_hold_a_certificate(fields: dict[str, Any], unseen: int) -> None:
    assert len(rows_of.unseen(SecretCertificates, secret(**fields), cluster=RUNNING)) == unseen
