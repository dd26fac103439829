"""From a log to rows, gaps and verdicts; whom bindings name beside whom the log shows; a real log."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from assessment.checks.expression import Constants
from assessment.checks.load import library
from assessment.checks.parameters import DEFAULTS
from assessment.checks.run import judge
from assessment.derived.run import all_tables, derive
from assessment.expectation import expected
from collectors.audit_logs.bodies import LOG, SECRET_READ
from collectors.evidence.item import as_item
from collectors.kubernetes.offline import in_memory
from collectors.people.engagement import Engagement
from collectors.tables.answers_given import Bodies
from collectors.tables.build import Tables, build
from collectors.tables.families import AUDIT, builders_of
from collectors.tables.schema import ClusterContext, Sighting
from tests.audit_logs import logs
from tests.audit_logs.logs import Survey, event
from tests.inputs import inputs

CHECKS = [check for check in library(all_tables()) if check.check_id.startswith("audit.")]
RBAC = "rbac.authorization.k8s.io"


def verdicts(tables: Tables, **parameters: Any) -> dict[str, tuple[str, list[str]]]:
    """Check -> verdict and witnesses."""
    derive(tables)
    judged = judge("test", tables, all_tables(), CHECKS, Constants("2026-11-21 00:00:00", parameters))
    rows = judged.findings.to_pylist()
    assert len(rows) == len(CHECKS)
    return {row["check_id"].removeprefix("audit."): (row["verdict"], list(row["witnesses"] or [])) for row in rows}


def test_a_cluster_without_an_audit_log_is_one_open_question_a_check() -> None:
    engagement = Engagement.model_validate({"client": "Acme", "clusters": {"shop": {}}})
    wanted = {"shop": frozenset({AUDIT}) & expected(engagement)["shop"]}
    tables = build([], Memory(), expected=wanted)
    assert {verdict for verdict, _ in verdicts(tables).values()} == {"unknown"}
    assert {gap.closed_by.split(",")[0] for gap in tables.gaps} == {"the audit log of its API server"}


def test_whoever_did_something_is_named_and_everything_else_passes(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines(logs.LOG))
    found = verdicts(survey.tables())
    assert found["no_person_reads_secrets"] == ("fail", ["kim: get secrets shop/till"])
    assert found["no_person_opens_sessions"] == ("fail", ["kim: exec shop/web"])
    assert found["rights_are_changed_by_machines"] == ("fail", ["lea: patch rolebindings shop/team"])
    failed = {name for name, (verdict, _) in found.items() if verdict == "fail"}
    assert failed == {"no_person_reads_secrets", "no_person_opens_sessions", "rights_are_changed_by_machines",
                      "log_covers_the_period"}  # fmt: skip
    assert {verdict for verdict, _ in found.values()} == {"pass", "fail"}


def test_a_torn_record_opens_what_passed_and_mends_nothing_that_failed(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines(logs.LOG) + b'{"torn\n')
    found = verdicts(survey.tables())
    assert found["no_person_opens_sessions"][0] == "fail"
    assert found["impersonation_is_known"][0] == found["anonymous_calls_are_refused"][0] == "unknown"
    assert found["log_was_read_whole"][0] == "fail"


def test_people_who_may_are_listed_by_their_whole_name(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines([*logs.LOG, event("ki", "get", "secrets", about={"name": "vault"})]))
    found = verdicts(survey.tables(), audit_known_identities="<kim> <someone else>")
    assert found["no_person_opens_sessions"][0] == "pass"
    assert found["no_person_reads_secrets"] == ("fail", ["ki: get secrets shop/vault"])


def test_parameters_of_the_client_come_before_ours(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines(logs.LOG))
    assert {"audit_days", "audit_refusals_a_day"} <= set(DEFAULTS)
    found = verdicts(survey.tables(), audit_days=0, audit_refusals_a_day=0)
    assert found["log_covers_the_period"][0] == "pass"
    assert found["refusals_are_few"] == ("fail", ["mo"])


def test_whom_bindings_name_and_the_log_never_shows(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines([*logs.LOG, event("system:serviceaccount:shop:till")]))
    found = {row.subject_name: row for row in joined(survey)}
    assert {name: row.was_seen for name, row in found.items()} == {
        "kim": True, "gone": False, "till": True, "idle": False, "system:authenticated": True, "auditors": False,
    }  # fmt: skip
    assert found["kim"].last_seen_at == found["gone"].log_last_event_at
    assert found["kim"].bindings == 1 and len(found["kim"].evidence_refs) == 2


def test_where_the_log_may_hide_a_caller_nobody_is_said_to_be_idle(tmp_path: Path) -> None:
    torn, without = Survey(tmp_path / "torn"), Survey(tmp_path / "none")
    torn.of(logs.lines(logs.LOG) + b"torn\n")
    assert {row.was_seen for row in joined(torn)} == {True, None}
    assert {row.was_seen for row in joined(without)} == {None}


def test_stored_counts_of_the_wrong_shape_are_not_known_and_never_raise(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines(logs.LOG))
    here = ClusterContext("shop", "running", None, whole=True)
    for item in survey.run.items():
        told = json.loads(survey.run.read(item))
        places = told["rows"][0] if told.get("rows") else told
        for name in places:
            for odd in (None, 5, "x", [], {}, [None], True):
                broken = json.loads(survey.run.read(item))
                (broken["rows"][0] if broken.get("rows") else broken)[name] = odd
                kind = item.parameters["kind"]
                for builder in (each for each in builders_of(AUDIT) if kind in each.reads):
                    built = builder(here)
                    built.observe(Sighting(kind, None, "audit log", None, 0, broken, ["E-000001#/"]))
                    assert built.rows() and built.unseen() == []


def test_a_real_log_shows_its_administrator_and_the_account_that_was_refused(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    found = survey.collect(inputs("live-clusters", "real-1.36", "audit.log.gz"))
    assert (found.events, found.lines_not_read, found.gaps) == (3059, 0, ())
    assert (found.first, found.last) == ("2026-11-21T10:26:07Z", "2026-11-21T10:27:38Z")
    tables = survey.tables()
    users = {row.user: row for row in tables.rows["audit_users"]}
    assert users["admin"].is_person and users["admin"].is_in_masters
    assert users["system:serviceaccount:default:reader"].refused == 5
    assert {row.user for row in tables.rows["audit_secret_reads"] if row.was_answered} == {
        "system:apiserver", "system:kube-controller-manager",
    }  # fmt: skip
    told = verdicts(tables)
    assert told["no_person_is_in_masters"] == ("fail", ["admin"])
    assert told["no_person_opens_sessions"][0] == told["log_records_secret_reads"][0] == "pass"
    assert told["log_covers_the_period"][0] == "fail"


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    log = inputs("live-clusters", "real-1.36", "audit.log.gz")
    survey = Survey(tmp_path)
    survey.collect(log)
    (file,) = survey.told(LOG)["files"]
    assert (file["sha256"], file["bytes"]) == (sha256(log.read_bytes()).hexdigest(), log.stat().st_size)
    assert file["records"] == file["events"] + file["other_records"] + file["not_read"]
    assert survey.item(SECRET_READ).request == "audit.log.gz (audit/SecretRead)"


class Memory(Bodies):
    """Bodies of bindings in memory, others from a run."""

    def __init__(self, survey: Survey | None = None) -> None:
        self.lines: dict[str, list[bytes]] = {}
        self._survey = survey

    def open(self, item: Any) -> Any:
        return self.lines.get(item.evidence_id) or (self._survey.run.open(item) if self._survey else [])


def joined(survey: Survey) -> list[Any]:
    """The rows of binding_subjects_seen for three bindings beside the log of this survey."""
    subjects = [
        {"kind": "User", "name": "kim"}, {"kind": "User", "name": "gone"}, {"kind": "Group", "name": "auditors"},
        {"kind": "Group", "name": "system:authenticated"},
        {"kind": "ServiceAccount", "name": "till", "namespace": "shop"},
        {"kind": "ServiceAccount", "name": "idle", "namespace": "shop"},
    ]  # fmt: skip
    binding = {
        "apiVersion": f"{RBAC}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "all"}, "subjects": subjects,
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"},
    }  # fmt: skip
    memory, items = Memory(survey), list(survey.run.items())
    for draft, placed in in_memory([binding], cluster="shop", whole=True, kubernetes_version=None):
        item = as_item(draft, f"M-{len(items)}", 0, "in memory")
        memory.lines[item.evidence_id] = [
            json.dumps({"place": place, "object": held}).encode() for place, held in placed
        ]
        items.append(item)
    tables = build(items, memory)
    derive(tables)
    return tables.rows["binding_subjects_seen"]
