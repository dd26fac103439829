"""What the world does wrong becomes an outcome, and never a pass; what we do wrong raises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from collectors.aws import NoSuchProfile, SameName, WrongAccount, collect, live
from collectors.aws.answers import Answer, Request
from collectors.aws.live import PATIENCE, Live
from collectors.aws.operations import DESCRIBE_CLUSTER, LIST_NODE_GROUPS, OPERATIONS, Operation, RefusedOperation
from collectors.evidence.trouble import SourceAlreadyCollected
from tests.aws.bodies import ACCOUNT, DEV, REGION, arn, cluster
from tests.aws.endpoint import Estate, serving
from tests.aws.surveys import WHEN, Survey, asking, new_run, of_estate, survey


def nothing_passes(found: Any) -> bool:
    return all("pass" not in subjects.values() for subjects in found.verdicts.values())


@pytest.mark.parametrize(
    ("status", "code", "outcome", "words"),
    [
        (403, "AccessDeniedException", "denied", f"AWS denied eks:ListAddons on {arn('cluster/shop')}"),
        (500, "ServerException", "failed", "with 500 ServerException"),
        (503, "ServiceUnavailableException", "failed", "with 503 ServiceUnavailableException"),
        (429, "TooManyRequestsException", "failed", "throttled eks:ListAddons"),
        (400, "ThrottlingException", "failed", "throttled eks:ListAddons"),
        (403, "ExpiredTokenException", "failed", "the credentials cannot be used (ExpiredTokenException)"),
        (403, "UnrecognizedClientException", "failed", "the credentials cannot be used"),
        (400, "InvalidParameterException", "failed", "with 400 InvalidParameterException"),
        (418, "<script>alert(1)</script>", "failed", "with 418 an error without a code"),
    ],
)  # fmt: skip
def test_an_error_of_aws_is_an_outcome_with_a_reason(
    status: int, code: str, outcome: str, words: str, tmp_path: Path
) -> None:
    found = of_estate(tmp_path, Estate(refusals={"ListAddons": (status, code)}))
    item = found.item("list-addons")
    assert item.outcome == outcome
    assert words in item.reason
    assert item.parameters["closed_by"]
    assert "pass" not in found.verdicts["eks.addons_healthy"].values()


def test_retries_are_bounded(tmp_path: Path) -> None:
    estate = Estate(refusals={"ListAddons": (503, "ServiceUnavailableException")})
    of_estate(tmp_path, estate, attempts=3)
    assert estate.asked("ListAddons") == 3


def test_what_is_deleted_between_list_and_description_is_absent_and_hides_nothing(tmp_path: Path) -> None:
    found = of_estate(tmp_path, Estate(refusals={"DescribeNodegroup web": (404, "ResourceNotFoundException")}))
    item = found.item("--nodegroup-name web")
    assert (item.outcome, "kind" in item.parameters) == ("absent", False)
    assert found.verdicts["eks.node_groups_healthy"] == {"batch": "pass"}
    assert not found.gaps()


def test_a_cluster_that_aws_does_not_know_is_a_gap_from_end_to_end(tmp_path: Path) -> None:
    found = of_estate(tmp_path, Estate(), {"elsewhere": "shop"})
    assert nothing_passes(found)
    assert "the right account, region and name of this cluster in engagement.yaml" in found.gaps()[
        "eks_clusters", "eks/Cluster"
    ]  # fmt: skip
    assert found.collected.unnamed == ("shop",)


def test_credentials_that_expired_answer_nothing(tmp_path: Path) -> None:
    expired = (403, "ExpiredToken")
    found = of_estate(tmp_path, Estate(refusals=dict.fromkeys((each.name for each in OPERATIONS), expired)))
    assert nothing_passes(found)
    assert {item.outcome for item in found.items} == {"failed", "partial"}
    assert "credentials of account 111122223333" in found.gaps()["eks_clusters", "eks/Cluster"]


def test_without_any_credentials_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    estate = Estate()
    with serving(estate) as url:
        found = survey(tmp_path, live(REGION, endpoint_url=url))
    assert not estate.calls
    assert nothing_passes(found)
    assert "NoCredentialsError" in found.gaps()["eks_clusters", "eks/Cluster"]


def test_a_role_that_cannot_be_taken_on_is_about_credentials_not_about_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile survey]\nrole_arn = arn:aws:iam::111122223333:role/survey\nsource_profile = me\n"
        "[profile me]\naws_access_key_id = AKIDTEST\naws_secret_access_key = not-a-secret\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    estate = Estate(refusals={"AssumeRole": (403, "AccessDenied")})
    with serving(estate) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
        found = survey(tmp_path, live(REGION, profile="survey", endpoint_url=url, attempts=1))
    assert nothing_passes(found)
    assert "the credentials cannot be used (AssumeRole was refused)" in found.gaps()["eks_clusters", "eks/Cluster"]


def test_a_profile_that_is_not_there_is_refused_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(NoSuchProfile, match="'elsewhere'"):
        live(REGION, profile="elsewhere")


def test_an_endpoint_that_does_not_answer_in_time_has_failed(tmp_path: Path) -> None:
    with serving(Estate(slow={"ListAddons"})) as url:
        found = survey(tmp_path, asking(url, read_seconds=0.3))
    assert found.item("list-addons").outcome == "failed"
    assert "ReadTimeoutError" in found.item("list-addons").reason
    assert found.verdicts["eks.audit_log"] == {"shop": "pass"}


@pytest.mark.parametrize("region", ["mars-1", "not a region"])
def test_a_region_that_does_not_exist_is_not_answered_and_soon_not_asked(region: str, tmp_path: Path) -> None:
    session = boto3.session.Session(aws_access_key_id="AKIDTEST", aws_secret_access_key="x", region_name=region)
    ask = live(region, session=session, attempts=1)
    found = collect(new_run(tmp_path), ask, account=ACCOUNT, region=region, clusters={"shop": "shop"}, now=lambda: WHEN)
    assert {gap.outcome for gap in found.gaps} == {"failed"}
    assert f"not asked any more, for {PATIENCE} calls in a row were not answered" in str(found.gaps[-1])


@pytest.mark.parametrize(
    "content", [b"<html>proxy</html>", b"", b"[]", b'{"addons": "coredns"}', b'{"addons": [1]}', b"{}"]
)
def test_an_answer_that_is_none_is_never_an_empty_list(content: bytes, tmp_path: Path) -> None:
    found = of_estate(tmp_path, Estate(raw={"ListAddons": content}))
    assert not found.rows("eks_addons")
    assert ("eks_addons", "eks/Addon") in found.gaps()
    assert set(found.verdicts["eks.addons_healthy"].values()) == {"unknown"}


def test_a_list_that_never_ends_comes_to_an_end(tmp_path: Path) -> None:
    class Endless:
        collection_mode, unknown_principal = "online_read_only", "nobody"

        def __call__(self, request: Request) -> Answer:
            if request.operation is LIST_NODE_GROUPS:
                return Answer({"nodegroups": [], "nextToken": "again"})
            return Answer(None, "failed", "not asked")

    found = survey(tmp_path, Endless())
    assert "went on after 1000 pages" in found.gaps()["eks_node_groups", "eks/Nodegroup"]


def test_a_page_that_is_refused_leaves_what_the_pages_before_it_showed(tmp_path: Path) -> None:
    class SecondPageDenied(Live):
        def __call__(self, request: Request) -> Answer:
            if request.operation is LIST_NODE_GROUPS and request.page == 2:
                return Answer(None, "denied", "AWS denied eks:ListNodegroups", "IAM permission eks:ListNodegroups")
            return super().__call__(request)

    with serving(Estate(page_size=1)) as url:
        found = survey(tmp_path, SecondPageDenied(asking(url)._client_of))
    assert list(found.rows("eks_node_groups")) == ["batch"]
    assert ("eks_node_groups", "eks/Nodegroup") in found.gaps()


def test_a_cluster_without_access_entries_is_not_asked_for_them(tmp_path: Path) -> None:
    described = cluster(accessConfig={"authenticationMode": "CONFIG_MAP"})
    estate = Estate(clusters={"shop": described})
    found = of_estate(tmp_path, estate)
    assert estate.asked("ListAccessEntries") == 0
    assert not found.gaps()
    assert found.verdicts["eks.access_by_entries_only"] == {"shop": "fail"}
    assert "eks.no_cluster_admin_entries" not in found.verdicts


def test_the_credentials_of_another_account_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    with serving(Estate()) as url, pytest.raises(WrongAccount, match="111122223333, and account 999988887777"):
        collect(run, asking(url), account="999988887777", region=REGION, clusters={})
    assert not run.items()
    assert not run.sources()


def test_two_clusters_cannot_become_one(tmp_path: Path) -> None:
    with pytest.raises(SameName, match="a and b would both be cluster shop"):
        collect(new_run(tmp_path), asking("http://127.0.0.1:9"), account=ACCOUNT, region=REGION,
                clusters={"a": "shop", "b": "shop"})  # fmt: skip


def test_an_account_and_region_is_asked_once_a_run(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    with serving(Estate()) as url:
        collect(run, asking(url), account=ACCOUNT, region=REGION, clusters={})
        with pytest.raises(SourceAlreadyCollected, match="aws/111122223333/eu-west-1"):
            collect(run, asking(url), account=ACCOUNT, region=REGION, clusters={})


@pytest.mark.parametrize("broken_after", [1, 3, 5, 8, 12])
def test_resuming_asks_only_for_what_is_missing_and_ends_with_the_same_rows(broken_after: int, tmp_path: Path) -> None:
    class Died(BaseException):
        pass

    class Dies(Live):
        left = broken_after

        def __call__(self, request: Request) -> Answer:
            self.left -= 1
            if self.left < 0:
                raise Died
            return super().__call__(request)

    estate = Estate(page_size=1)
    run = new_run(tmp_path)
    with serving(estate) as url:
        options: dict[str, Any] = {
            "account": ACCOUNT,
            "region": REGION,
            "clusters": {"shop": "shop"},
            "now": lambda: WHEN,
        }
        with pytest.raises(Died):
            collect(run, Dies(asking(url)._client_of), **options)
        run.close()
        before = [item.request for item in run.items()]
        collect(run, asking(url), resume=True, **options)
        whole = survey(tmp_path / "whole", asking(url))
    resumed = Survey(run, whole.collected)
    assert [item.request for item in run.items()][: len(before)] == before
    assert len({(item.cluster, item.request) for item in run.items()}) == len(run.items())
    assert estate.asked("DescribeCluster") == 2, "once in each run, however often it was broken off"
    for table in ("eks_clusters", "eks_node_groups", "eks_addons", "eks_access_entries", "eks_access_policies"):
        assert resumed.rows(table) == whole.rows(table)
    assert not resumed.gaps()


def test_our_own_mistakes_raise() -> None:
    with serving(Estate()) as url:
        with pytest.raises(RefusedOperation):
            asking(url)(Request(Operation("eks", "DeleteCluster", "", ()), ACCOUNT, REGION, {"name": "shop"}))
        with pytest.raises(ParamValidationError):
            asking(url)(Request(DESCRIBE_CLUSTER, ACCOUNT, REGION, {"nmae": "shop"}))


def test_names_of_the_client_reach_the_cloud_as_they_are(tmp_path: Path) -> None:
    estate = Estate()
    of_estate(tmp_path, estate)
    assert ("DescribeAccessEntry", DEV) in [(name, about) for name, about, _ in estate.calls]
