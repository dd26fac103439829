"""Whatever form a log was exported in, the same events are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collectors.audit_logs.bodies import ANONYMOUS_CALL, CHANGE, IMPERSONATION, LOG, SECRET_READ, SESSION, USER
from tests.audit_logs import logs
from tests.audit_logs.logs import FORMS, Survey, event, line

KINDS = (USER, CHANGE, SECRET_READ, SESSION, ANONYMOUS_CALL, IMPERSONATION)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_log_gives_the_same_counts(form: str, tmp_path: Path) -> None:
    plain, exported = Survey(tmp_path / "plain"), Survey(tmp_path / "exported")
    plain.of(logs.lines(logs.LOG))
    found = exported.of(FORMS[form](logs.LOG), "export")
    assert (found.events, found.lines_not_read, found.gaps) == (len(logs.LOG), 0, ())
    assert [exported.rows(kind) for kind in KINDS] == [plain.rows(kind) for kind in KINDS]
    assert {item.outcome for item in exported.run.items()} == {"complete"}


def test_the_counts_say_who_did_what(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines(logs.LOG))
    users = {row["user"]: (row["kind"], row["requests"], row["refused"]) for row in survey.rows(USER)}
    assert users == {
        "kim": ("person", 2, 0), "lea": ("person", 1, 0), "mo": ("person", 1, 1),
        "system:anonymous": ("anonymous", 1, 0), "system:kube-controller-manager": ("control plane", 1, 0),
    }  # fmt: skip
    (session,) = survey.rows(SESSION)
    assert (session["user"], session["way"], session["pod"], session["was_answered"]) == ("kim", "exec", "web", True)
    assert [(row["user"], row["secret"]) for row in survey.rows(SECRET_READ)] == [
        ("kim", "till"), ("system:kube-controller-manager", ""),
    ]  # fmt: skip
    (change,) = survey.rows(CHANGE)
    assert (change["user"], change["topic"], change["object"]) == ("lea", "rights", "team")
    (call,) = survey.rows(ANONYMOUS_CALL)
    assert (call["asked"], call["is_harmless"]) == ("/version", "yes")


def test_a_folder_with_its_rotations_is_one_log_and_a_copy_counts_once(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    (folder / "old").mkdir(parents=True)
    (folder / "audit.log").write_bytes(logs.lines(logs.LOG[:3]))
    (folder / "old" / "audit-1.log.gz").write_bytes(FORMS["gzip"](logs.LOG[3:]))
    (folder / "old" / "copy of audit.log").write_bytes(logs.lines(logs.LOG[:3]))
    (folder / "README.md").write_text("Exported on Friday.\n")
    (folder / "link").symlink_to(folder / "audit.log")
    survey = Survey(tmp_path)
    found = survey.collect(folder)
    assert found.events == len(logs.LOG) and found.files == 5
    assert found.gaps == ("link: it is a link, or no ordinary file",)
    forms = {file["name"]: file["form"] for file in survey.told(LOG)["files"]}
    assert forms["old/copy of audit.log"] == "repeated" and forms["README.md"] == "not a log"


def test_what_other_components_write_into_the_same_log_group_is_no_event(tmp_path: Path) -> None:
    body = json.loads(logs.filtered(logs.LOG))
    body["events"].insert(2, {"message": "I1120 10:00:00 authenticator.go:1] access granted", "timestamp": 1})
    body["events"].insert(0, {"message": line({"level": "info", "msg": "json of another program"}), "timestamp": 1})
    survey = Survey(tmp_path)
    found = survey.of(json.dumps(body).encode())
    assert (found.events, found.lines_not_read) == (len(logs.LOG), 0)
    assert survey.told(LOG)["files"][0]["other_records"] == 2


def test_records_of_other_categories_of_azure_are_no_events(tmp_path: Path) -> None:
    other = logs.storage_account([event()], "guard")
    found = Survey(tmp_path).of(logs.storage_account(logs.LOG) + other)
    assert (found.events, found.lines_not_read) == (len(logs.LOG), 0)


def test_a_request_that_leaves_an_event_a_stage_counts_once(tmp_path: Path) -> None:
    stages = [event(stage=stage, verb="watch") for stage in ("RequestReceived", "ResponseStarted", "ResponseComplete")]
    survey = Survey(tmp_path)
    survey.of(logs.lines([*stages, event(stage="ResponseStarted", verb="watch")]))
    assert [row["requests"] for row in survey.rows(USER)] == [2]


@pytest.mark.parametrize(
    ("uri", "asked", "harmless"),
    [
        ("/readyz?verbose", "/readyz", "yes"), ("/livez/ping", "/livez", "yes"), ("/apis/apps/v1", "/apis", "yes"),
        ("/metrics", "/metrics", ""), ("/", "/", ""), ("/s3cr3t-in-a-path", "another path", ""),
    ],
)  # fmt: skip
def test_only_known_paths_of_strangers_are_told_by_name(uri: str, asked: str, harmless: str, tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines([event("system:anonymous", objectRef=None, requestURI=uri)]))
    (row,) = survey.rows(ANONYMOUS_CALL)
    assert (row["asked"], row["is_harmless"]) == (asked, harmless)
