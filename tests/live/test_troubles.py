"""Whatever goes wrong with one list is an outcome of that list; the others are complete, and nothing waits for ever."""

from __future__ import annotations

import pytest

from tests.live.fault_proxy import Action, Rule
from tests.live.faults import LOGIN_PAGE, NOT_SERVED, TO_LOGIN, answer, cut, drip, headed, refuse, reset
from tests.live.troubled import CONFIG_MAPS, EVERYWHERE, KEPT, NAMESPACE, World

BACKING_OFF = [0.5, 1.0, 2.0]
ASK_AGAIN = "an API server that answers: kubesurvey collect --resume, or --new"
BUSY = refuse(429, "TooManyRequests", "the server has received too many requests", retry_after="7")
FORBIDDEN = refuse(403, "Forbidden", 'configmaps is forbidden: User "ann" cannot list resource "configmaps"')


@pytest.mark.parametrize(
    ("action", "outcome", "reason", "attempts", "waits"),
    [
        (NOT_SERVED, "absent", "not served (404): the server could not find", 1, []),
        (refuse(405, "MethodNotAllowed", "no list"), "absent", "cannot be listed (405): no list", 1, []),
        (answer(b"404 page not found\n", 404, "text/plain"), "absent", "not served (404)", 1, []),
        (BUSY, "failed", "too much to do (429)", 4, [7, 7, 7]),
        (refuse(429, "TooManyRequests", "x", retry_after="86400"), "failed", "(429)", 1, []),
        (refuse(429, "TooManyRequests", "x", retry_after="\u00b2"), "failed", "(429)", 4, BACKING_OFF),
        (refuse(500, "InternalError", "etcd is away"), "failed", "not answered (500): etcd is away", 4, BACKING_OFF),
        (answer(b"upstream connect error", 503, "text/plain"), "failed", "not answered (503)", 4, BACKING_OFF),
        (answer(b"<h1>Bad gateway</h1>", 502, "text/html"), "failed", "not answered (502)", 4, BACKING_OFF),
        (refuse(504, "Timeout", "request timed out", retry_after="1"), "failed", "(504)", 4, [1, 1, 1]),
        (reset("before"), "failed", "the connection broke off", 4, BACKING_OFF),
        (reset("headers"), "failed", "the connection broke off", 4, BACKING_OFF),
        (reset("body"), "failed", "the connection broke off", 4, BACKING_OFF),
        (cut("right"), "failed", "is not whole JSON", 4, BACKING_OFF),
        (cut("wrong"), "failed", "the connection broke off", 4, BACKING_OFF),
        (cut("chunked"), "failed", "the connection broke off", 4, BACKING_OFF),
        (cut("nothing"), "failed", "is not whole JSON", 4, BACKING_OFF),
        (answer(b"x" * (2 << 20), 418), "failed", "did not end within 300 seconds and 1 MiB", 1, []),
        (LOGIN_PAGE, "failed", "a page for people answered", 1, []),
        (TO_LOGIN, "failed", "sent elsewhere (302), where nobody follows", 1, []),
        (answer(b"<html>blocked</html>", 403, "text/html"), "failed", "a page for people answered", 1, []),
    ],
)  # fmt: skip
def test_what_a_list_is_answered_with_is_its_outcome_and_nobody_elses(
    world: World, action: Action, outcome: str, reason: str, attempts: int, waits: list[float]
) -> None:
    with world.behind(Rule(EVERYWHERE, action)) as behind:
        found = behind.survey()
    item = found.item()
    assert (item.outcome, item.sha256, item.claims) == (outcome, None, ())
    assert reason in item.reason
    assert len(found.proxy.requests(EVERYWHERE)) == attempts
    assert found.clock.waits == waits
    assert {said for _, _, said in found.gaps().values()} == {ASK_AGAIN}
    assert {each for each, _, _ in found.gaps().values()} == {outcome}
    assert found.others_are_complete()
    assert not found.collected.unreachable
    assert any(CONFIG_MAPS in gap for gap in found.collected.gaps)


@pytest.mark.parametrize(
    ("action", "times", "waits"),
    [
        (BUSY, 2, [7, 7]),
        (refuse(500, "InternalError", "x"), 3, BACKING_OFF),
        (reset("before"), 1, [0.5]),
        (reset("headers"), 1, [0.5]),
        (reset("body"), 2, [0.5, 1.0]),
        (cut("right"), 1, [0.5]),
        (cut("wrong"), 1, [0.5]),
        (cut("chunked"), 1, [0.5]),
    ],
)
def test_what_passes_by_leaves_no_trace_but_the_wait(
    world: World, action: Action, times: int, waits: list[float]
) -> None:
    with world.behind() as behind:
        calm = behind.survey()
    with world.behind(Rule(CONFIG_MAPS, action, range(2, 2 + times))) as behind:
        found = behind.survey()
    assert found.item().outcome == "complete"
    assert found.clock.waits == waits
    assert len(found.proxy.requests(CONFIG_MAPS)) == len(calm.proxy.requests(CONFIG_MAPS)) + times
    assert not found.said and not found.gaps()
    assert found.same_rows(calm)


def test_a_list_that_breaks_in_the_middle_keeps_what_was_seen_and_claims_no_more(world: World) -> None:
    with world.behind(Rule(CONFIG_MAPS, refuse(500, "InternalError", "etcd is away"), goes_on=True)) as behind:
        found = behind.survey()
    item = found.item()
    assert (item.outcome, item.parameters["pages"]) == ("partial", "1")
    assert item.reason == "page 2 is missing: was not answered (500): etcd is away"
    assert [claim.complete for claim in item.claims] == [False]
    assert len(found.names(item)) == 10
    assert {reason for _, reason, _ in found.gaps().values()} == {item.reason}
    assert {covered.state for covered in found.tables.covered if covered.kind == "ConfigMap"} == {"partial"}
    assert found.others_are_complete()


def test_a_kind_that_the_whole_cluster_refuses_is_asked_of_each_namespace(world: World) -> None:
    with world.behind(Rule(CONFIG_MAPS, FORBIDDEN)) as behind:
        found = behind.survey()
    assert found.item().outcome == "denied"
    inside = found.item(f"/api/v1/namespaces/{NAMESPACE}/configmaps")
    assert (inside.outcome, inside.parameters["namespace"]) == ("complete", NAMESPACE)
    assert not found.gaps()
    assert found.others_are_complete()


def test_a_kind_refused_everywhere_is_a_gap_in_each_namespace_that_names_its_rule(world: World) -> None:
    with world.behind(Rule(EVERYWHERE, FORBIDDEN)) as behind:
        found = behind.survey()
    rule = f'rule {{apiGroups: [""], resources: ["configmaps"], verbs: ["list"]}} in a Role of namespace {NAMESPACE}'
    outcome, reason, closed_by = found.gaps()[NAMESPACE]
    assert (outcome, closed_by) == ("denied", rule)
    assert reason.startswith("forbidden (403): configmaps is forbidden")
    assert len(found.gaps()) == len(found.names(found.item("/api/v1/namespaces")))
    assert found.others_are_complete()


def test_one_namespace_that_refuses_is_the_only_gap(world: World) -> None:
    with world.behind(Rule(f"{CONFIG_MAPS}|/api/v1/namespaces/{NAMESPACE}/configmaps", FORBIDDEN)) as behind:
        found = behind.survey()
    assert set(found.gaps()) == {NAMESPACE}


def test_a_review_that_nobody_answers_refuses_nothing_and_stays_open(world: World) -> None:
    reviews = Rule("/apis/authorization.*", refuse(500, "InternalError", "x"))
    with world.behind(Rule(CONFIG_MAPS, FORBIDDEN), reviews) as behind:
        found = behind.survey()
    assert {item.outcome for item in found.items if item.method == "review"} == {"failed"}
    assert not found.gaps()


def test_a_body_that_drips_is_given_up_after_its_time_by_the_clock(world: World) -> None:
    with world.behind() as behind:
        behind.proxy.rules.insert(0, Rule(EVERYWHERE, drip(lambda: behind.clock.pause(50))))
        found = behind.survey(workers=1)  # side by side, other lists would grow old by the same clock
    assert found.item().reason == "the answer did not end within 300 seconds and 512 MiB"
    assert len(found.proxy.requests(EVERYWHERE)) == 1
    assert found.others_are_complete()


def test_the_servers_own_clock_is_kept_as_it_is(world: World) -> None:
    skewed = headed(Date="Wed, 01 Jan 2020 07:08:09 GMT")
    odd = headed(Date="Mon, 99 Foo 0000 99:99:99 -9999")
    with world.behind(Rule(CONFIG_MAPS, skewed), Rule("/api/v1/pods", odd), Rule("/version", skewed)) as behind:
        found = behind.survey()
    assert found.item().server_date == found.item("/version").server_date == "2020-01-01T07:08:09Z"
    assert found.item("/api/v1/pods").server_date is None
    assert found.item("/api/v1/namespaces").server_date not in (None, "2020-01-01T07:08:09Z")
    assert not found.said


def test_a_reason_is_one_bounded_line_without_what_was_quoted(world: World) -> None:
    said = "no\x1b[31m\r\n\u202eentry for Bearer Canary-in-a-reason-1 at https://ann:Canary-2@host/ " + "x" * 100_000
    with world.behind(Rule(EVERYWHERE, refuse(403, "Forbidden", said))) as behind:
        found = behind.survey()
    reason = found.item().reason
    assert reason.startswith("forbidden (403): no [31m entry for Bearer ...")
    assert "Canary" not in reason and len(reason) < 400 and reason.isprintable()


def test_every_list_of_this_world_is_read_in_pages_of_what_the_server_gives(world: World) -> None:
    with world.behind() as behind:
        found = behind.survey()
    item = found.item()
    assert int(item.parameters["pages"]) == len(found.proxy.requests(CONFIG_MAPS)) > 2
    assert (item.parameters["consistency"], item.outcome) == ("one moment", "complete")
    assert len(item.parameters["audit_ids"].split()) == 2
    assert all(asked.query["limit"] == "500" for asked in found.proxy.requests(CONFIG_MAPS))
    listed = {asked.path.rpartition("/")[2] for asked in found.proxy.requests(r"/apis?/.*/[a-z]+")}
    assert listed == {plural for plurals in KEPT.values() for plural in plurals}
