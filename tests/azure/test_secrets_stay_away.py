"""Nothing that could be a secret reaches the disk, whatever Azure or a folder of saved answers holds."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any

import pytest
import zstandard

from collectors import azure
from collectors.evidence.store import Run
from tests.azure.arm import Arm, Credential, error
from tests.azure.bodies import GROUP, LIST, LOGS, NAME, ONE, POOLS, SUBSCRIPTION, a_list, agent_pool, managed_cluster
from tests.azure.conftest import Collect


def planted(canary: str) -> dict[str, Any]:
    """A managed cluster with the canary wherever a secret was ever seen in one."""
    packed = base64.b64encode(f"users: [{{user: {{token: {canary}}}}}]".encode()).decode()
    return managed_cluster(
        servicePrincipalProfile={"clientId": "1111", "secret": canary},
        windowsProfile={"adminUsername": "azureuser", "adminPassword": canary},
        aadProfile={"managed": True, "enableAzureRBAC": True, "serverAppSecret": canary},
        httpProxyConfig={"httpProxy": f"http://proxy:{canary}@proxy.example:3128"},
        kubeconfigs=[{"name": "clusterAdmin", "value": packed}],
        addonProfiles={"old": {"enabled": True, "config": {"workspaceKey": canary, "clientSecret": canary}}},
    ) | {"tags": {"deploy-password": canary}}


def on_disk(run: Run) -> bytes:
    """Everything below the run, unpacked."""
    found = b""
    for path in sorted(run.path.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            packed = path.suffix == ".zst"
            found += zstandard.ZstdDecompressor().decompressobj().decompress(content) if packed else content
    return found


def traces(canary: str, text: bytes) -> list[bytes]:
    """The canary, plain and in each alignment of base64."""
    shifted = [base64.b64encode(b"x" * shift + canary.encode())[4:-4] for shift in range(3)]
    return [each for each in (canary.encode(), *shifted) if each in text]


@pytest.mark.parametrize("flattened", [False, True], ids=["live", "saved"])
def test_canaries_never_reach_the_disk(
    arm: Arm, run: Run, collect: Collect, tmp_path: Path, flattened: bool
) -> None:
    canary = f"Zx9{secrets.token_hex(12)}"
    body = planted(canary)
    transport = None
    if flattened:
        place = tmp_path / "saved" / SUBSCRIPTION / GROUP / NAME
        place.mkdir(parents=True)
        lifted = {key: value for key, value in body.items() if key != "properties"} | body["properties"]
        (place / "managed-cluster.json").write_text(json.dumps(lifted))
        (place.parents[1] / "managed-clusters.json").write_text(json.dumps([lifted]))
        (place / "agent-pools.err").write_text(f"ERROR: the token {canary} is not good")
        transport = azure.saved(tmp_path / "saved")
    arm.answer(LIST, a_list(body))
    arm.answer(ONE, body)
    arm.answer(POOLS, error(403, "AuthorizationFailed", f"The token {canary} may not perform action 'x'."))
    arm.answer(LOGS, error(500, f"Oops {canary}", canary))
    collect(transport)
    stored = on_disk(run)
    assert NAME.encode() in stored
    assert traces(canary, stored) == []
    assert Credential().token.encode() not in stored
    replaced = {redaction.rule for item in run.items() for redaction in item.redactions}
    assert replaced == {"credential", "literal"} or replaced == {"credential"}


def test_what_detection_and_tables_need_stays(arm: Arm, run: Run, collect: Collect) -> None:
    body = managed_cluster()
    pools = a_list(agent_pool("system", nodeLabels={"tier": "web"}, nodeTaints=["CriticalAddonsOnly=true:NoSchedule"]))
    arm.answer(POOLS, pools)
    collect()
    kept = {item.parameters.get("kind"): json.loads(run.read(item)) for item in run.items()}
    assert kept["aks/ManagedCluster"] == body
    assert kept["aks/AgentPool"] == pools
