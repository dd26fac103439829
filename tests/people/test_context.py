"""Clusters in a cloud, team, dates that must hold, owners, tiers, data classes: read as strictly as the rest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from collectors.people.engagement import Engagement, Team, read
from collectors.people.selection import Scope, Selected
from collectors.people.team import first_day_of_plan
from collectors.problems import InvalidFile, Problem


def written(tmp_path: Path, text: str) -> Engagement:
    path = tmp_path / "engagement.yaml"
    path.write_text(f"client: Acme\n{text}\n", encoding="utf-8")
    return read(path, remedies=["rehearse-restores", "set-up-on-call"])


def problems(tmp_path: Path, text: str) -> dict[str, Problem]:
    with pytest.raises(InvalidFile) as caught:
        written(tmp_path, text)
    return {one.field: one for one in caught.value.problems}


def test_a_cluster_has_the_name_its_cloud_gives_it_or_its_own(tmp_path: Path) -> None:
    text = (
        "clusters:\n"
        "  prod: {cloud: {account: 111122223333, region: eu-central-1}}\n"
        "  lab: {managed: aks, cloud: {subscription: s-1, resource_group: rg, name: lab-aks}}\n"
    )
    clusters = written(tmp_path, text).clusters
    prod, lab = clusters["prod"].cloud, clusters["lab"].cloud
    assert prod is not None and lab is not None
    assert (prod.provider, prod.account, prod.name) == ("eks", "111122223333", "prod")
    assert (lab.provider, lab.name) == ("aks", "lab-aks")


@pytest.mark.parametrize(
    ("written_as", "expected"),
    [("critical", "tier-1"), ("Important", "tier-2"), ("other", "tier-3"), ("tier-2", "tier-2")],
)
def test_a_tier_goes_by_either_name(tmp_path: Path, written_as: str, expected: str) -> None:
    assert written(tmp_path, f"clusters: {{a: {{tier: {written_as}}}}}").clusters["a"].tier == expected
    assert written(tmp_path, f"tiers: [{{tier: {written_as}}}]").tiers[0].tier == expected


@pytest.mark.parametrize(("text", "known"), [("Production", True), ("development", True), ("QA", False)])
def test_an_environment_that_nobody_knows_is_kept_and_said_not_to_be_known(
    tmp_path: Path, text: str, known: bool
) -> None:
    cluster = written(tmp_path, f"clusters: {{a: {{environment: {text}}}}}").clusters["a"]
    assert cluster.environment_is_known is known
    assert cluster.environment == (text.lower() if known else text)


def test_capacity_is_one_number_or_four(tmp_path: Path) -> None:
    text = "team: {capacity: {platform: 30.5, sre: {1: 6, 2: 0, 3: 6, 4: 6}}, gitops: yes, staging: false}"
    team = written(tmp_path, text).team
    assert team is not None
    assert [team.days("platform", quarter) for quarter in (1, 4)] == [Decimal("30.5")] * 2
    assert [team.days("sre", quarter) for quarter in (1, 2)] == [Decimal(6), Decimal(0)]
    assert team.days("security", 1) == 0
    assert (team.reserve_percent, team.gitops, team.staging, team.change_board) == (20, True, False, None)


def test_the_plan_begins_as_the_team_says_or_the_day_after(tmp_path: Path) -> None:
    team = written(tmp_path, "team: {start: 2027-01-04}").team
    assert first_day_of_plan(team, date(2026, 12, 31)) == date(2027, 1, 4)
    assert first_day_of_plan(Team(), date(2026, 12, 31)) == first_day_of_plan(None, date(2026, 12, 31))
    assert first_day_of_plan(None, date(2026, 12, 31)) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("text", "field", "message", "nearest"),
    [
        ("clusters: {a: {tier: gold}}", "clusters.a.tier", "must be tier-1, tier-2 or tier-3, not 'gold'.", None),
        ("clusters: {a: {cloud: {acount: x}}}", "clusters.a.cloud.acount", "is not a known key.", "account"),
        ("clusters: {a: {cloud: {account: x}}}", "clusters.a.cloud",
         "needs account and region (EKS), or subscription and resource_group (AKS).", None),
        ("clusters: {a: {cloud: {account: x, region: y, subscription: z}}}", "clusters.a.cloud",
         "mixes EKS (account, region) with AKS (subscription, resource_group).", None),
        ("clusters: {a: {managed: aks, cloud: {account: x, region: y}}}", "clusters.a.cloud",
         "is an address of EKS, but `managed` says aks.", None),
        ("survey: {first_day: Monday}", "survey.first_day", "must be a date such as 2026-11-21.", None),
        ("team: {capacity: {platfrm: 3}}", "team.capacity.platfrm",
         "must be platform, application, security or sre, not 'platfrm'.", "platform"),
        ("team: {capacity: {platform: 3d}}", "team.capacity.platform",
         "must be a number such as 30 or 7.5, without unit or separators.", None),
        ("team: {capacity: {platform: 1e9}}", "team.capacity.platform",
         "must be a number such as 30 or 7.5, without unit or separators.", None),
        ("team: {capacity: {platform: 10001}}", "team.capacity.platform",
         "is more days in a quarter than any team has.", None),
        ("team: {capacity: {platform: {1: 3, 2: 3}}}", "team.capacity.platform",
         "must be one number, or name the quarters 1, 2, 3 and 4.", None),
        ("team: {reserve_percent: 95}", "team.reserve_percent", "must be between 0 and 90.", None),
        ("team: {reserve_percent: -1}", "team.reserve_percent", "must be a whole number such as 20.", None),
        ("team: {day_rate: 900}", "team", "needs a currency beside its day rate.", None),
        ("team: {gitops: maybe}", "team.gitops", "must be true or false.", None),
        ("must_do: [{remedy: rehearse-restore, by: 2027-03-31, reason: r}]", "must_do[1].remedy",
         "'rehearse-restore' is not a known remedy.", "rehearse-restores"),
        ("clusters: {prod: {}}\nmust_do: [{remedy: set-up-on-call, by: 2027-03-31, reason: r, clusters: [prd]}]",
         "must_do", "names clusters that `clusters` does not: 'prd'.", "prod"),
        ("clusters: {prod: {}}\nowners: [{owner: A, clusters: [prd]}]", "owners",
         "names clusters that `clusters` does not: 'prd'.", "prod"),
        ("owners: [{contact: x}]", "owners[1].owner", "is missing.", None),
        ("tiers: [{}]", "tiers[1].tier", "is missing.", None),
        ("data_classes: [{data_class: secret}]", "data_classes[1].data_class",
         "must be regulated, confidential, internal or public, not 'secret'.", None),
        ("scopes: {cde: {acounts: [x]}}", "scopes.cde.acounts", "is not a known key.", "accounts"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(
    tmp_path: Path, text: str, field: str, message: str, nearest: str | None
) -> None:
    found = problems(tmp_path, text)
    assert (found[field].message, found[field].nearest) == (message, nearest)


def test_all_of_it_is_told_at_once(tmp_path: Path) -> None:
    text = "team: {gitops: maybe, day_rate: 1}\nsurvey: {}\nowners: [{}]\ntiers: [{tier: x}]"
    assert set(problems(tmp_path, text)) == {
        "team.gitops", "team", "survey.first_day", "owners[1].owner", "tiers[1].tier"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("namespace", "labels", "expected"),
    [
        ("pay", {"app": "x"}, True),
        ("pay", {"app": "y"}, False),
        ("web", None, False),
        ("pay", None, None),
        (None, {"app": "x"}, None),
        (None, {"app": "y"}, False),
        ("", {"app": "x"}, False),
    ],
)
def test_an_entry_holds_what_it_names_and_says_when_it_cannot_know(
    namespace: str | None, labels: dict[str, str] | None, expected: bool | None
) -> None:
    entry = Selected(labels={"app": "x"}, namespaces=("pay",), clusters=("prod",))
    assert entry.holds("prod", namespace, labels) is expected
    assert entry.holds("lab", namespace, labels) is False


def test_an_entry_that_names_nothing_holds_everything() -> None:
    assert Selected().is_empty
    assert Selected().holds("any", None, None) is True
    assert not Scope(accounts=("111122223333",)).is_empty


def test_hostile_names_stay_plain_text(tmp_path: Path) -> None:
    name = "=cmd|' /C calc'!A0 <img src=x onerror=alert(1)> \u202e{{ 7*7 }} " + "x" * 300
    found = written(tmp_path, f"owners: [{{owner: \"{name}\", contact: '@SUM(A1)'}}]").owners[0]
    assert (found.owner, found.contact) == (name, "@SUM(A1)")
