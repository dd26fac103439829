"""A list that a real API server lets expire between two pages, as compaction of etcd does on a busy cluster."""

from __future__ import annotations

import time
from pathlib import Path

from tests.control_plane.server import start
from tests.live.fault_proxy import Exchange, Rule
from tests.live.troubled import CONFIG_MAPS, MADE, World, furnish


def test_a_list_that_expires_on_a_real_server_starts_again_and_is_whole(
    control_plane_programs: Path, tmp_path: Path
) -> None:
    with start(tmp_path / "plane", controllers=False, nodes=0, flags=["--etcd-compaction-interval=1s"]) as plane:
        world = World(plane, furnish(plane), tmp_path)
        statuses: list[int] = []

        def late(exchange: Exchange) -> None:
            """The client comes back for its next page only after the server has forgotten the first."""
            if not statuses:
                plane.wait("the first page to expire", lambda: expired(exchange))
            real = exchange.real()
            statuses.append(real.status)
            exchange.send(real)

        def expired(exchange: Exchange) -> bool:
            written = plane.ask("/api/v1/namespaces/default/configmaps", {"metadata": {"generateName": "later-"}})
            assert written["metadata"]["name"]
            time.sleep(0.2)
            return exchange.real().status == 410

        with world.behind(Rule(CONFIG_MAPS, late, goes_on=True)) as behind:
            found = behind.survey()
    item = found.item()
    assert statuses[0] == 410 and statuses[-1] == 200
    assert (item.outcome, item.reason) == ("complete", "")
    assert item.parameters["consistency"].startswith("one moment; started again ")
    assert sum(name.startswith("made-") for name in found.names(item)) == MADE
    assert any(name.startswith("later-") for name in found.names(item))
    assert found.others_are_complete()
