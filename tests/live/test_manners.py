"""How a survey behaves: as fast as it may, so many at once, under its own name, and it says where it is."""

from __future__ import annotations

import threading
from contextlib import suppress
from importlib.metadata import version

from collectors.kubernetes.live.answers import Answer, no_answer
from collectors.kubernetes.live.manners import Manners, Patience, Turnstile
from tests.live.fault_proxy import Exchange, Rule
from tests.live.troubled import KEPT, NAMESPACE, Clock, World

LISTS = sum(map(len, KEPT.values()))


def test_a_turnstile_lets_a_burst_through_and_then_so_many_a_second() -> None:
    clock = Clock()
    turnstile = Turnstile(clock.manners(requests_a_second=10, burst=5))
    for _ in range(25):
        turnstile.enter()
    assert clock.now == 1000.0 + 2.0
    assert len(clock.waits) == 20


def test_a_turnstile_counts_for_all_threads() -> None:
    clock = Clock()
    turnstile = Turnstile(clock.manners(requests_a_second=10, burst=1))
    threads = [threading.Thread(target=lambda: [turnstile.enter() for _ in range(10)]) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(clock.waits) >= 70 and clock.now >= 1000.0 + 7.9


def test_every_request_of_a_survey_passes_the_turnstile(world: World) -> None:
    with world.behind() as behind:
        connection = behind.connect(manners=behind.clock.manners(requests_a_second=2, burst=1))
        for _ in range(5):
            assert connection.get("/version").is_complete
    assert behind.clock.now == 1000.0 + 2.0


def test_the_audit_log_names_the_tool_and_the_account(world: World) -> None:
    world.plane.forget_audit_events()
    with world.behind() as behind:
        behind.survey()
    events = world.plane.audit_events(f"system:serviceaccount:{NAMESPACE}:troubled")
    assert {event["userAgent"] for event in events} == {f"kubesurvey/{version('kubesurvey')} (read-only survey)"}
    assert {event["verb"] for event in events} <= {"get", "list"}
    assert len(events) == len(behind.proxy.asked)


def test_so_many_lists_at_once_and_no_more(world: World) -> None:
    together = threading.Barrier(3)

    def held(exchange: Exchange) -> None:
        if not together.broken:
            with suppress(threading.BrokenBarrierError):
                together.wait(60)  # until three are there: the bound is reached
            together.abort()
        exchange.send(exchange.real())

    with world.behind(Rule("/api.*/[a-z]+s", held)) as behind:
        found = behind.survey(workers=3)
    assert found.proxy.most_at_once == 3
    assert not found.said
    with world.behind() as behind:
        assert behind.survey(workers=1).proxy.most_at_once == 1


def test_progress_names_each_list_once_as_it_begins(world: World) -> None:
    told: list[tuple[int, int, str]] = []
    with world.behind() as behind:
        behind.survey(progress=lambda *said: told.append(said))
    assert [done for done, _, _ in told] == list(range(LISTS))
    assert {total for _, total, _ in told} == {LISTS}
    assert {name for _, _, name in told} == {plural for plurals in KEPT.values() for plural in plurals}


def test_patience_ends_for_all_after_questions_in_a_row_that_nobody_answered() -> None:
    clock = Clock()
    patience = Patience(clock.manners(patience=3))
    asked = []

    def silent() -> Answer:
        asked.append(1)
        return no_answer("the connection broke off", retriable=True)

    answers = [patience.ask(silent) for _ in range(5)]
    assert len(asked) == 3 * 4
    assert answers[-1].reason == "not asked any more, for 3 questions in a row had no answer"
    assert clock.waits == [0.5, 1, 2] * 3


def test_one_answer_between_keeps_the_hope() -> None:
    patience = Patience(Manners(attempts=1, patience=2))
    for answer in (no_answer("x"), Answer(500, "failed", "x"), no_answer("x"), Answer(200)) * 3:
        patience.ask(lambda answer=answer: answer)  # type: ignore[misc]
    assert not patience.lost
