"""Answers that a client saved with the AWS CLI give the same rows as asking AWS."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from collectors.aws import UnreadableAnswers, WrongAccount, saved
from collectors.aws.answers import Request
from collectors.aws.saved import LARGEST_FILE, place_of
from tests.aws.bodies import ACCOUNT, CALLER, REGION
from tests.aws.endpoint import Estate, serving
from tests.aws.surveys import Survey, asking, survey

TABLES = (
    "eks_clusters", "eks_node_groups", "eks_addons", "eks_access_entries", "eks_access_policies", "eks_versions",
    "eks_subnets", "eks_instances", "eks_launch_templates", "ecr_repositories", "ecr_tag_exceptions",
    "ecr_scanning_rules", "ecr_repository_policies", "ecr_lifecycle_policies", "inspector_accounts",
    "inspector_coverage",
)  # fmt: skip
HERE = f"{ACCOUNT}/{REGION}"


class Keeping:
    """A transport that writes down every answer as `aws ... > file` would."""

    collection_mode, unknown_principal = "online_read_only", "nobody"

    def __init__(self, ask: Any, folder: Path) -> None:
        self._ask, self._folder = ask, folder

    def __call__(self, request: Request) -> Any:
        answer = self._ask(request)
        file = self._folder / f"{place_of(request)}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        if answer.body is None:
            said = f"An error occurred ({answer.error}) when calling the {request.operation.name} operation: no"
            file.with_suffix(".err").write_text(said)
            return answer
        if file.exists() and "Reservations" in answer.body:  # one file for machines, by whatever tag they are found
            answer.body["Reservations"] += json.loads(file.read_text())["Reservations"]
        file.write_text(json.dumps(answer.body, indent=4))
        return answer


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Survey, Path]:
    folder = tmp_path_factory.mktemp("asked")
    with serving(Estate()) as url:
        return survey(folder, Keeping(asking(url), folder / "saved")), folder / "saved"


@pytest.fixture
def given(asked: tuple[Survey, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(asked[1], tmp_path / "saved"))


def test_saved_answers_give_the_same_rows_and_verdicts(asked: tuple[Survey, Path], tmp_path: Path) -> None:
    found = survey(tmp_path, saved(asked[1]))
    for table in TABLES:
        assert found.rows(table) == asked[0].rows(table)
    assert found.verdicts == asked[0].verdicts
    assert not found.gaps()


def test_they_say_that_they_were_saved_and_by_whom(given: Path, tmp_path: Path) -> None:
    found = survey(tmp_path, saved(given))
    assert {(item.collection_mode, item.principal) for item in found.items} == {("offline_bundle", CALLER)}
    (given / HERE / "get-caller-identity.json").unlink()
    found = survey(tmp_path / "nobody", saved(given))
    assert {item.principal for item in found.items} == {"whoever saved the answers"}


def test_a_file_that_is_missing_is_a_gap_and_says_which_command_makes_it(given: Path, tmp_path: Path) -> None:
    (given / HERE / "describe-nodegroup" / "shop" / "web.json").unlink()
    found = survey(tmp_path, saved(given))
    assert list(found.rows("eks_node_groups")) == ["batch"]
    said = found.gaps()["eks_node_groups", "eks/Nodegroup"]
    assert "describe-nodegroup/shop/web.json was not given" in said
    assert (
        "aws eks describe-nodegroup --cluster-name shop --nodegroup-name web --region eu-west-1"
        f" > {HERE}/describe-nodegroup/shop/web.json" in said
    )


@pytest.mark.parametrize(
    ("stderr", "outcome", "words"),
    [
        ("\nAn error occurred (AccessDeniedException) when calling the ListAddons operation: User: x"
         " is not authorized with an explicit deny in a service control policy\n", "denied",
         "AWS denied eks:ListAddons on arn:aws:eks:eu-west-1:111122223333:cluster/shop (AccessDeniedException,"
         " explicit deny in a service control policy)"),
        ("An error occurred (ExpiredTokenException) when calling the ListAddons operation: The security token ...",
         "failed", "the credentials cannot be used (ExpiredTokenException)"),
        ("An error occurred (AccessDenied) when calling the AssumeRole operation: ...", "failed",
         "the credentials cannot be used (AssumeRole was refused)"),
        ("Unable to locate credentials. You can configure credentials by running \"aws configure\".", "failed",
         "the credentials cannot be used"),
        ('Could not connect to the endpoint URL: "https://eks.mars-1.amazonaws.com/"', "failed", "was not answered"),
        ("An error occurred (ServerException) when calling the ListAddons operation (reached max retries: 4): x",
         "failed", "ServerException"),
    ],
)  # fmt: skip
def test_what_the_cli_wrote_to_stderr_is_understood(
    stderr: str, outcome: str, words: str, given: Path, tmp_path: Path
) -> None:
    (given / HERE / "list-addons" / "shop.json").write_text("")
    (given / HERE / "list-addons" / "shop.err").write_text(stderr)
    found = survey(tmp_path, saved(given))
    item = found.item("list-addons")
    assert (item.outcome, words in item.reason) == (outcome, True), item.reason
    assert set(found.verdicts["eks.addons_healthy"].values()) == {"unknown"}


def test_an_answer_counts_though_the_cli_warned_beside_it(given: Path, tmp_path: Path) -> None:
    (given / HERE / "list-addons" / "shop.err").write_text("DeprecationWarning: something old\n")
    assert list(survey(tmp_path, saved(given)).rows("eks_addons")) == ["coredns", "vpc-cni"]


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b'"text"', b"\xff\xfe{}", b"{}", b'{"addon": []}'])
def test_a_file_that_is_no_answer_is_not_taken_for_one(content: bytes, given: Path, tmp_path: Path) -> None:
    (given / HERE / "describe-addon" / "shop" / "coredns.json").write_bytes(content)
    found = survey(tmp_path, saved(given))
    verdicts = found.verdicts["eks.addons_healthy"]
    assert verdicts.pop("vpc-cni") == "pass"
    assert set(verdicts.values()) == {"unknown"}


def test_a_list_that_was_cut_short_is_partial(given: Path, tmp_path: Path) -> None:
    (given / HERE / "list-addons" / "shop.json").write_text('{"addons": ["coredns"], "NextToken": "abc"}')
    found = survey(tmp_path, saved(given))
    assert list(found.rows("eks_addons")) == ["coredns"]
    assert "the pages after the first were not saved" in found.gaps()["eks_addons", "eks/Addon"]


def test_names_inside_answers_never_leave_the_folder(given: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text('{"addon": {"status": "ACTIVE", "health": {"issues": []}}}')
    link = given / HERE / "describe-addon" / "shop" / "link.json"
    link.symlink_to(outside)
    names = ["../../../../../outside", "link", "/etc/passwd", "..", "", "a\u0000b", "x" * 300]
    (given / HERE / "list-addons" / "shop.json").write_bytes(orjson.dumps({"addons": names}))
    found = survey(tmp_path, saved(given))
    assert not found.rows("eks_addons")
    assert ("eks_addons", "eks/Addon") in found.gaps()


def test_a_file_too_large_to_be_an_answer_is_refused(given: Path, tmp_path: Path) -> None:
    with (given / HERE / "list-addons" / "shop.json").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    found = survey(tmp_path, saved(given))
    assert "is larger than" in found.gaps()["eks_addons", "eks/Addon"]


def test_instants_mean_the_same_in_any_zone(given: Path, tmp_path: Path) -> None:
    file = given / HERE / "describe-cluster-versions.json"
    said = json.loads(file.read_text())
    said["clusterVersions"][0]["endOfStandardSupportDate"] = "2026-12-01T18:00:00-06:00"
    file.write_text(json.dumps(said))
    row = survey(tmp_path, saved(given)).rows("eks_clusters")["shop"]
    assert str(row.standard_support_ends) == "2026-12-02 00:00:00"


def test_a_folder_of_another_account_is_refused(given: Path, tmp_path: Path) -> None:
    file = given / HERE / "get-caller-identity.json"
    file.write_text('{"Account": "999988887777", "Arn": "arn:aws:iam::999988887777:user/x"}')
    with pytest.raises(WrongAccount):
        survey(tmp_path, saved(given))


def test_a_folder_without_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAnswers, match="holds no"):
        saved(tmp_path)
    with pytest.raises(UnreadableAnswers, match="is not a folder"):
        saved(tmp_path / "nowhere")
