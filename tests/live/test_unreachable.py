"""A cluster that cannot be reached costs one attempt and one row, whose reason says why and nothing else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from collectors.kubernetes import live
from collectors.tables.build import build
from tests.control_plane.certificates import Authority
from tests.live.surveying import WHEN, new_run
from tests.live.troubled import Clock

TOKEN = "Canary-in-a-token-77"


@contextmanager
def listening(*, answers: bool) -> Iterator[str]:
    """A port that takes connections and never says a word; or one that nobody listens to."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        if answers:
            door.listen(8)
        yield f"https://127.0.0.1:{door.getsockname()[1]}"


def kubeconfig(folder: Path, server: str, **cluster: Any) -> Path:
    path = folder / "config"
    path.write_text(yaml.safe_dump({
        "current-context": "x", "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
        "clusters": [{"name": "x", "cluster": {"server": server} | cluster}],
        "users": [{"name": "x", "user": {"token": TOKEN}}],
    }))  # fmt: skip
    return path


def one_row(folder: Path, path: Path) -> str:
    """Survey, hold what every unreachable cluster leaves, and return the reason."""
    clock, run = Clock(), new_run(folder)
    connection = live.connect(path, manners=clock.manners(), connect_seconds=0.5, read_seconds=0.5)
    collected = live.collect(run, connection, cluster="away", now=lambda: WHEN)
    (item,) = run.items()
    assert (item.request, item.outcome, item.claims, item.sha256) == ("GET /version", "failed", (), None)
    assert collected.unreachable == item.reason and collected.items == 1
    assert clock.waits == []
    assert [source.finished for source in run.sources()] == [False]
    tables = build(run.items(), run)
    assert not tables.covered and tables.gaps
    assert TOKEN not in repr(item) and "Bearer" not in repr(item)
    return item.reason


def test_a_port_where_nobody_listens(tmp_path: Path) -> None:
    with listening(answers=False) as server:
        reason = one_row(tmp_path, kubeconfig(tmp_path, server))
    assert reason == "the API server cannot be reached (NewConnectionError)"


def test_a_port_that_never_says_a_word_costs_its_timeout_once(tmp_path: Path) -> None:
    with listening(answers=True) as server:
        reason = one_row(tmp_path, kubeconfig(tmp_path, server))
    assert reason == "the connection broke off (ReadTimeoutError)"


def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    reason = one_row(tmp_path, kubeconfig(tmp_path, "https://cluster.invalid:6443"))
    assert reason == "the API server cannot be reached (NameResolutionError)"


@pytest.mark.parametrize("server", ["https://", "https://[::1", "ftp://x", "https://127.0.0.1:99999", "nonsense", ""])
def test_an_address_that_is_none(tmp_path: Path, server: str) -> None:
    with pytest.raises(live.SignInFailed, match=r"is none that can be asked|cannot be used") as refused:
        live.connect(kubeconfig(tmp_path, server))
    assert TOKEN not in str(refused.value)


def test_an_authority_that_did_not_sign_the_server(world: Any, tmp_path: Path) -> None:
    (tmp_path / "ca").write_bytes(Authority("stranger").certificate)
    reason = one_row(tmp_path, kubeconfig(tmp_path, world.plane.url, **{"certificate-authority": "ca"}))
    assert reason.startswith("the API server cannot be reached (SSLError: ")
