"""An endpoint, a run to write to, and a collection from one into the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import azure
from collectors.evidence.store import Evidence, Run
from tests.azure.arm import Arm, Credential, endpoint
from tests.azure.bodies import (
    CLUSTER,
    GROUP,
    LIST,
    LOGS,
    NAME,
    ONE,
    POOLS,
    SUBSCRIPTION,
    a_list,
    agent_pool,
    diagnostic_setting,
    managed_cluster,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def _endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Arm, Path]]:
    with endpoint(tmp_path_factory.mktemp("arm")) as running:
        yield running


@pytest.fixture
def arm(_endpoint: tuple[Arm, Path]) -> Arm:
    """The endpoint with one well-kept cluster of two pools behind it."""
    found = _endpoint[0]
    found.responses.clear()
    found.asked.clear()
    found.answer(LIST, a_list(managed_cluster()))
    found.answer(ONE, managed_cluster())
    found.answer(POOLS, a_list(agent_pool("system"), agent_pool("work", mode="User")))
    found.answer(LOGS, a_list(diagnostic_setting()))
    return found


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that were waited between attempts, without waiting."""
    return []


@pytest.fixture
def ask(arm: Arm, _endpoint: tuple[Arm, Path], pauses: list[float]) -> azure.Live:
    """The endpoint asked over TLS with a credential."""
    return azure.live(Credential(), arm.url, verify=str(_endpoint[1]), pause=pauses.append)  # type: ignore[arg-type]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Evidence(tmp_path / "evidence").new_run(NOON)


Collect = Callable[..., azure.Collected]


@pytest.fixture
def collect(run: Run, ask: azure.Live) -> Collect:
    """Collect the clinic's cluster into the run, unless told otherwise."""

    def collected(transport: Any = None, into: Run | None = None, **options: Any) -> azure.Collected:
        asked = {"subscription": SUBSCRIPTION, "clusters": {(GROUP, NAME): CLUSTER}, "now": lambda: NOON} | options
        return azure.collect(into or run, transport or ask, **asked)

    return collected
