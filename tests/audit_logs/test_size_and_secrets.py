"""A log of any size takes bounded memory, and nothing of it reaches the disk but counts and names."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from collectors.audit_logs.bodies import CHANGE, SECRET_READ, USER
from tests.audit_logs import logs
from tests.audit_logs.logs import FORMS, Survey, event

CANARY = "hunter2-canary-5f1e"
TOKEN = "AKIAIOSFODNN7EXAMPLE"
HOSTILE = (
    "'; drop table findings; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\u202eb\nc\x00d", "x" * 100_000,
    "system:serviceaccount:../../etc:root", "😈" * 300, '"}],"rows":[{', "<kim> <lea>",
)  # fmt: skip


def planted() -> list[dict[str, object]]:
    body = {"kind": "Secret", "data": {"password": CANARY}, "stringData": {"p": CANARY}}
    return [
        event(
            level="RequestResponse", requestObject=body, responseObject=body, userAgent=CANARY, sourceIPs=[CANARY],
            annotations={"note": CANARY}, requestURI=f"/api/v1/namespaces/shop/secrets?token={CANARY}",
            verb=verb, resource=resource, user=user, auditID=CANARY,
            about={"uid": CANARY, "apiGroup": "rbac.authorization.k8s.io"} if resource == "roles" else {},
            responseStatus={"code": 200, "message": CANARY, "reason": CANARY},
        )
        for verb, resource, user in (
            ("get", "secrets", "kim"), ("list", "secrets", "system:kube-controller-manager"),
            ("create", "roles", "kim"), ("get", "pods", "system:anonymous"),
        )
    ]  # fmt: skip


def stored(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            yield zstandard.ZstdDecompressor().decompressobj().decompress(body) if path.suffix == ".zst" else body


@pytest.mark.parametrize("form", FORMS)
def test_what_requests_carry_never_reaches_the_disk(form: str, tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    found = survey.of(FORMS[form](planted()), "audit.export")
    assert found.events == 4
    assert not [body for body in stored(tmp_path / "evidence") if CANARY.encode() in body]


def test_torn_records_never_reach_the_disk_either(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines(planted())[:-300] + f"\n{CANARY}\n".encode())
    assert not [body for body in stored(tmp_path / "evidence") if CANARY.encode() in body]


def test_a_credential_typed_as_a_name_is_not_kept(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines([event(TOKEN, "get", "secrets", about={"name": TOKEN, "namespace": TOKEN})]))
    assert survey.rows(USER)[0]["user"] == "(looks like a credential)"
    assert not [body for body in stored(tmp_path / "evidence") if TOKEN.encode() in body]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_bounded_text_and_nothing_else(name: str, tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines([event(name, "get", "secrets", about={"name": name, "namespace": name}), event()]))
    users = [row["user"] for row in survey.rows(USER)]
    assert len(users) == 2 and all(len(user) <= 253 for user in users)
    assert all(len(json.dumps(row, ensure_ascii=False)) < 1_500 for row in survey.rows(SECRET_READ))
    (log,) = survey.tables().rows["audit_logs"]
    listed = [row.listed_as for row in survey.tables().rows["audit_users"]]
    assert log.events == 2 and all(text.count("<") == text.count(">") == 1 for text in listed)


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(FORMS["AKSAudit JSON"]([event("\ud800kim", "get", "secrets", about={"name": "\udfff"}), event()]))
    assert {row["user"] for row in survey.rows(USER)} == {"?kim", "kim"}


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """Twenty megabytes of events with bodies, every one with another user and another binding."""
    log = tmp_path / "audit.log"
    with log.open("wb") as file:
        for number in range(8_000):
            file.write(logs.lines([event(
                f"user-{number % 2_000}", "patch", "rolebindings", requestObject={"a": "x" * 2_000},
                about={"apiGroup": "rbac.authorization.k8s.io", "name": f"b-{number % 2_000}"},
            )]))  # fmt: skip
    packed = tmp_path / "audit.log.gz"
    packed.write_bytes(gzip.compress(log.read_bytes(), 1))
    for number, path in enumerate((log, packed)):
        survey = Survey(tmp_path / str(number))
        tracemalloc.start()
        found = survey.collect(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found.events == 8_000 and len(survey.rows(CHANGE)) == 2_000
        assert peak < 16 << 20, f"{peak:,} bytes at most"
    assert log.stat().st_size > 20 << 20


def test_a_document_on_one_line_is_read_element_by_element(tmp_path: Path) -> None:
    document = tmp_path / "events.json"
    exported = logs.filtered([event(requestObject={"a": "x" * 9_000})] * 2_000)
    document.write_bytes(json.dumps(json.loads(exported)).encode())
    survey = Survey(tmp_path)
    tracemalloc.start()
    found = survey.collect(document)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.events == 2_000 and document.stat().st_size > 18 << 20
    assert peak < 16 << 20, f"{peak:,} bytes at most"
