"""No credential that somebody wrote into AWS reaches the disk, wherever they wrote it."""

from __future__ import annotations

from pathlib import Path

import zstandard

from collectors.aws.redaction import redacted
from tests.aws import bodies
from tests.aws.endpoint import Estate
from tests.aws.surveys import of_estate

KEY = "AKIAZ3MHALF2TESTHIJK"
WORD = "Wp7-canary-Kx91mQz"
TOKEN = "ghp_" + "Ab3Ab3" * 6
CANARIES = (KEY, WORD, TOKEN, "Canary-in-a-subnet-77", "Y2VydGlmaWNhdGU=",
            "Y2FuYXJ5LWluLXVzZXItZGF0YS03Nw==")


def hostile() -> Estate:
    """Credentials in every place where a person can write."""
    tags = {"password": WORD, "note": WORD, "token": TOKEN, KEY.lower(): KEY}
    issue = {"code": "AccessDenied", "message": f"login with password={WORD} failed", "resourceIds": [KEY]}
    shop = bodies.cluster(tags=tags, connectorConfig={"activationCode": WORD, "provider": "OTHER"})
    template = {"id": "lt-0a", "version": "2"}
    labels = {"note": WORD, "pool": "web"}
    web = bodies.node_group("web", tags=tags, launchTemplate=template, labels=labels, health={"issues": [issue]})
    dns = bodies.add_on("coredns", tags=tags, health={"issues": [issue]})
    dns["configurationValues"] = '{"env": {"PASSWORD": "' + WORD + '"}}'
    dev = bodies.entry(bodies.DEV, tags=tags, username=f"{TOKEN}")
    return Estate(
        clusters={"shop": shop}, node_groups={"web": web, KEY: bodies.node_group(KEY)},
        add_ons={"coredns": dns}, entries={bodies.DEV: dev},
    )  # fmt: skip


def test_no_canary_reaches_the_disk(tmp_path: Path) -> None:
    found = of_estate(tmp_path, hostile())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".zst" or content[:4] == b"\x28\xb5\x2f\xfd":
            content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
        for canary in CANARIES:
            assert canary.encode() not in content, f"{canary} in {path}"
    assert b"~redacted:" in b"".join(found.run.read(item) for item in found.items if item.sha256)


def test_what_was_taken_out_is_counted_and_what_checks_need_stays(tmp_path: Path) -> None:
    found = of_estate(tmp_path, hostile())
    counted = {each.rule for each in found.item("describe-cluster --name").redactions}
    assert {"credential", "cut"} <= counted
    web = found.rows("eks_node_groups")["web"]
    assert web.health_issues == ["AccessDenied"]
    assert web.has_health_issues
    assert found.rows("eks_addons")["coredns"].has_settings


def test_a_name_that_looks_like_a_credential_is_a_gap_not_a_question(tmp_path: Path) -> None:
    estate = hostile()
    found = of_estate(tmp_path, estate)
    assert KEY not in [about for _, about, _ in estate.calls]
    assert "looks like a credential" in found.gaps()["eks_node_groups", "eks/Nodegroup"]


def test_a_remote_access_key_is_seen_though_its_name_is_not_kept(tmp_path: Path) -> None:
    group = bodies.node_group("web", remoteAccess={"ec2SshKey": "my-laptop"})
    found = of_estate(tmp_path, Estate(node_groups={"web": group}))
    assert found.verdicts["eks.nodes_without_remote_access"] == {"web": "fail"}
    assert b"my-laptop" not in found.run.read(found.item("--nodegroup-name web"))


def test_harmless_tags_and_labels_stay() -> None:
    body, counts = redacted({"nodegroup": {"tags": {"stage": "production"}, "labels": {"pool": "web"}}}, b"k" * 32)
    assert body == {"nodegroup": {"tags": {"stage": "production"}, "labels": {"pool": "web"}}}
    assert counts == ()


def test_a_marker_is_not_marked_again() -> None:
    body, _ = redacted({"tags": {"password": WORD}}, b"k" * 32)
    again, _ = redacted({"tags": dict(body["tags"])}, b"j" * 32)
    assert again["tags"]["password"].count("~redacted:") == 1
