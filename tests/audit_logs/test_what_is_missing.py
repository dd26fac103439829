"""What a log does not show is never taken for nothing: torn records, left-out reads, silences, cut exports."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from collectors.audit_logs import ChangedLog, InvalidPath, source_key
from collectors.audit_logs.bodies import ANONYMOUS_CALL, CHANGE, LOG, SECRET_READ, SESSION, USER, Body
from collectors.audit_logs.bodies import Log as ReadLog
from collectors.audit_logs.counting import Counting
from collectors.audit_logs.event import converted
from collectors.audit_logs.reading_lines import LONGEST_LINE
from collectors.evidence.trouble import SourceAlreadyCollected
from tests.audit_logs import logs
from tests.audit_logs.logs import Survey, event

READING = (USER, SECRET_READ, SESSION, ANONYMOUS_CALL)


def states(survey: Survey) -> dict[str, str]:
    return {item.parameters["kind"]: item.outcome for item in survey.run.items()}


@pytest.mark.parametrize("torn", [b'{"kind":"Event","apiVersion":"audit.k8s.io/v1","l', b'name":"web"}}', b"\xff\xfe{"])
def test_a_torn_line_leaves_every_kind_of_count_partial(torn: bytes, tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    found = survey.of(logs.lines(logs.LOG[:3]) + torn + b"\n" + logs.lines(logs.LOG[3:]))
    assert (found.events, found.lines_not_read) == (len(logs.LOG), 1)
    assert {kind for kind, outcome in states(survey).items() if outcome == "complete"} == {LOG}
    assert survey.item(CHANGE).claims[0].reason == "1 records of the log could not be read"
    assert survey.told(LOG)["was_read_whole"] is False


def test_a_log_that_begins_in_the_middle_of_a_line_is_read_from_the_next(tmp_path: Path) -> None:
    whole = logs.lines(logs.LOG)
    found = Survey(tmp_path).of(whole[whole.index(b'{"username"') :])
    assert (found.events, found.lines_not_read) == (len(logs.LOG) - 1, 1)


@pytest.mark.parametrize("cut", [-1, -40])
def test_gzip_that_was_cut_off_counts_what_came_before(cut: int, tmp_path: Path) -> None:
    found = Survey(tmp_path).of(gzip.compress(logs.lines(logs.LOG * 500))[:cut])
    assert 0 < found.events <= 500 * len(logs.LOG)
    assert "audit.log: it is gzip that was cut off" in found.gaps


def test_a_document_that_was_cut_off_counts_what_came_before(tmp_path: Path) -> None:
    found = Survey(tmp_path).of(logs.filtered(logs.LOG)[:-400])
    assert found.events == len(logs.LOG) - 1
    assert found.gaps == ("audit.log: its JSON is cut off or damaged",)


def test_a_line_longer_than_any_event_is_passed_over_in_bounded_memory(tmp_path: Path) -> None:
    found = Survey(tmp_path).of(logs.lines(logs.LOG) + b"x" * (LONGEST_LINE + 5) + b"\n" + logs.lines([event()]))
    assert (found.events, found.lines_not_read) == (len(logs.LOG) + 1, 1)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (logs.filtered(logs.LOG, nextToken="abc"), "an export ends with a token for more pages"),
        (logs.insights(logs.LOG, "Timeout"), "a query had not ended when its results were saved"),
        (logs.insights(logs.LOG[:1] * 10_000), "a query gave 10,000 results, the most that Logs Insights returns"),
    ],
    ids=["page", "status", "limit"],
)
def test_an_export_that_says_that_it_is_not_whole_is_believed(body: bytes, why: str, tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    assert survey.of(body).gaps == (why,)
    assert states(survey)[USER] == "partial"


def test_the_category_of_aks_without_reads_leaves_open_what_only_reads_show(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    changes = [each for each in logs.LOG if each["verb"] in ("patch", "create")]
    survey.of(logs.storage_account(changes, "kube-audit-admin"))
    told, found = survey.told(LOG), states(survey)
    assert (told["records_reads"], told["records_secret_reads"]) == (False, False)
    assert found[CHANGE] == found[LOG] == "complete"
    assert {found[kind] for kind in READING} == {"partial"}
    assert "kube-audit-admin" in survey.item(SECRET_READ).reason
    assert "kube-audit" in survey.item(SECRET_READ).parameters["closed_by"]


def test_both_categories_together_do_not_say_since_when_reads_are_recorded(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.storage_account(logs.LOG[:2]) + logs.storage_account(logs.LOG[2:4], "kube-audit-admin"))
    assert survey.told(LOG)["records_reads"] is None and states(survey)[SESSION] == "partial"


def test_without_any_read_of_a_secret_it_is_not_known_whether_they_are_recorded(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines([event()]))
    assert (survey.told(LOG)["records_reads"], survey.told(LOG)["records_secret_reads"]) == (True, None)
    assert states(survey)[SECRET_READ] == "partial" and states(survey)[SESSION] == "complete"


def test_a_silence_of_more_than_a_day_hides_what_happened_in_it(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    late = [event(at="2026-11-22T10:00:30.000000Z"), event(at="2026-11-22T10:05:00+01:00")]
    found = survey.of(logs.lines([*late, *logs.LOG]))
    assert (found.first, found.last) == ("2026-11-20T10:00:00Z", "2026-11-22T10:00:30Z")
    assert found.gaps == ("the log is silent for 47 hours from 2026-11-20T10:00:00Z to 2026-11-22T09:05:00Z",)
    assert survey.told(LOG)["longest_silence"]["minutes"] == 47 * 60 + 4
    assert survey.told(LOG)["was_read_whole"] is True and states(survey)[CHANGE] == "partial"


def test_events_without_a_time_are_counted_and_told(tmp_path: Path) -> None:
    found = Survey(tmp_path).of(logs.lines([*logs.LOG, event(at="yesterday"), event(at="2026-13-99T10:00:00Z")]))
    assert found.events == len(logs.LOG) + 2
    assert found.gaps == ("2 events have no time that can be read",)


@pytest.mark.parametrize("body", [b"", b"nothing\n", b'{"a": 1}\n', b"[]"])
def test_a_log_without_an_event_says_nothing_of_anything(body: bytes, tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    assert survey.of(body).events == 0
    assert set(states(survey).values()) == {"partial"}


def test_more_names_than_are_counted_apart_leave_their_kind_partial() -> None:
    log = ReadLog(counting=Counting(most=3))
    for number in range(10):
        log.counting.add(converted(event(f"stranger-{number}", "get", "secrets")))
    bodies: dict[str, Body] = {body.kind: body for body in log.bodies()}
    assert len(bodies[USER].said["rows"]) == 3 and len(bodies[SECRET_READ].said["rows"]) == 3
    assert "7 events were counted under no name" in bodies[USER].reason
    assert bodies[LOG].said["others"] == {"secret_reads": 7, "users": 7}
    assert not bodies[SESSION].reason and not bodies[LOG].reason


def test_what_cannot_be_read_at_all_is_our_trouble_and_leaves_the_run_as_it_was(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "nowhere", tmp_path / "empty"):
        with pytest.raises(InvalidPath):
            survey.collect(path)
    assert survey.run.sources() == []


def test_a_cluster_has_one_log_a_run(tmp_path: Path) -> None:
    survey = Survey(tmp_path)
    survey.of(logs.lines(logs.LOG))
    with pytest.raises(SourceAlreadyCollected, match=source_key("shop")):
        survey.of(logs.lines(logs.LOG))


def test_an_unfinished_collection_goes_on_with_the_same_log_and_refuses_another(tmp_path: Path) -> None:
    survey, undisturbed = Survey(tmp_path / "a"), Survey(tmp_path / "b")
    undisturbed.of(logs.lines(logs.LOG))
    first = undisturbed.item(LOG)
    survey.run.begin_source(source_key("shop"), {})
    survey.run.add(first, undisturbed.run.read(first), source=source_key("shop"))
    survey.run.leave_source(source_key("shop"))
    log = tmp_path / "a" / "audit.log"
    log.write_bytes(logs.lines(logs.LOG[1:]))
    with pytest.raises(ChangedLog):
        survey.collect(log, resume=True)
    log.write_bytes(logs.lines(logs.LOG))
    survey.collect(log, resume=True)
    assert [item.sha256 for item in survey.run.items()] == [item.sha256 for item in undisturbed.run.items()]
    assert survey.run.sources()[0].finished
