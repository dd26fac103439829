"""Random words planted wherever a secret may stand never reach the store, in no alignment of base64."""

from __future__ import annotations

import base64
import copy
import json
import random
import secrets
import string
from typing import Any

import pytest

from collectors.evidence.redact import redact
from tests.evidence.conftest import a_draft


def plant(canary: str) -> list[dict[str, Any]]:
    """Objects that hold the canary, plain and in base64, in every place that people use for secrets."""
    packed = base64.b64encode(canary.encode()).decode()
    wrapped = base64.b64encode(f"user: x\npassword: {canary}\n".encode()).decode()
    variants = (canary, packed, wrapped, f"x={canary}", f"line\n{canary}\n", f"https://x:{canary}@host/")
    probe = {"exec": {"command": ["sh", "-c", f"test {canary}", canary]}}
    container = {
        "name": "web",
        "env": [{"name": f"V{number}", "value": value} for number, value in enumerate(variants)],
        "args": [*variants, f"--flag={canary}", f"--password={canary}", "--token", canary, f"-p{canary}"],
        "command": ["/bin/sh", "-c", f"echo {canary}", *variants],
        "livenessProbe": copy.deepcopy(probe),
        "startupProbe": {"httpGet": {"path": "/", "httpHeaders": [{"name": "X-Any", "value": canary}]}},
        "lifecycle": {"postStart": copy.deepcopy(probe)},
    }
    annotations = {f"example.com/{number}": value for number, value in enumerate(variants)}
    values = {f"key{number}": value for number, value in enumerate(variants)}
    applied = json.dumps({"kind": "Secret", "data": values})
    metadata = {
        "name": "web",
        "annotations": {**annotations, "kubectl.kubernetes.io/last-applied-configuration": applied},
    }
    pod = {"containers": [container], "initContainers": [container], "ephemeralContainers": [container]}
    message = {"containerStatuses": [{"lastState": {"terminated": {"message": f"bad {canary}"}}}]}
    template = {"metadata": copy.deepcopy(metadata), "spec": copy.deepcopy(pod)}

    def an_object(api: str, kind: str, **parts: Any) -> dict[str, Any]:
        return {"apiVersion": api, "kind": kind, "metadata": copy.deepcopy(metadata), **copy.deepcopy(parts)}

    custom = {"password": canary, "db": {"adminPassword": canary, "apiKeys": [canary, packed]}}
    return [
        an_object("v1", "Pod", spec=pod, status=message),
        an_object("apps/v1", "Deployment", spec={"template": template}),
        an_object("batch/v1", "CronJob", spec={"jobTemplate": {"spec": {"template": template}}}),
        an_object("v1", "Secret", data=values, stringData=values),
        an_object("v1", "ConfigMap", data=values, binaryData=values),
        an_object("apps/v1", "ControllerRevision", data={"spec": {"template": template}}),
        an_object("example.com/v1", "Database", spec={**custom, "template": template}),
        an_object("v1", "List", items=[an_object("v1", "Secret", data=values), an_object("v1", "Pod", spec=pod)]),
        an_object("v1", "Event", message=f"failed: {canary}"),
    ]


def alignments(canary: str) -> list[bytes]:
    """What base64 makes of the canary wherever it starts in a longer text: the signs it alone decides."""
    found = []
    for before in range(3):
        packed = base64.b64encode(b"\0" * before + canary.encode())
        first = -(-before * 8 // 6)
        found.append(packed[first : (before + len(canary)) * 8 // 6])
    return found


def a_word(rng: random.Random) -> str:
    return "Canary" + "".join(rng.choices("0123456789abcdef", k=6))


CANARIES = {
    "a word": a_word,
    "a lower-case word": lambda rng: "canary" + "".join(rng.choices(string.ascii_lowercase, k=10)),
    "an upper-case word": lambda rng: "CANARY_" + "".join(rng.choices(string.ascii_uppercase, k=10)),
    "hex": lambda rng: "".join(rng.choices("0123456789abcdef", k=12)),
    "a word with dashes": lambda rng: "canary-" + "-".join(rng.choices("0123456789abcdef", k=9)),
    "a key id": lambda rng: "AKIA" + "".join(rng.choices(string.ascii_uppercase + string.digits, k=16)),
    "base64": lambda rng: base64.b64encode(rng.randbytes(24)).decode(),
    "a sentence": lambda rng: f"the canary {a_word(rng)} sings",
}


@pytest.mark.parametrize("sort", CANARIES)
def test_no_stored_byte_holds_a_canary(run, sort):
    rng = random.Random(f"planted {sort}")
    for number in range(5):
        canary = CANARIES[sort](rng)
        key = secrets.token_bytes(32)
        objects = plant(canary)
        lines = []
        for position, obj in enumerate(objects):
            redact(obj, key)
            lines.append(json.dumps({"place": f"/items/{position}", "object": obj}).encode() + b"\n")
        item = run.add(a_draft(f"{number}.json"), lines)
        stored = run.read(item) + (run.path / "index.jsonl").read_bytes()
        for trace in (canary.encode(), *alignments(canary)):
            assert trace not in stored, f"{canary} survived as {trace!r}"
