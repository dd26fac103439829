"""What the fields of AWS's answers mean, and that what is missing or odd is not known."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.tables.aws.access import EksAccessEntries, EksAccessPolicies
from collectors.tables.aws.addons import EksAddons
from collectors.tables.aws.clusters import EksClusters
from collectors.tables.aws.inspector import InspectorAccounts, InspectorCoverages
from collectors.tables.aws.instances import EksInstances, EksLaunchTemplates
from collectors.tables.aws.node_groups import EksNodeGroups
from collectors.tables.aws.repositories import EcrRepositories
from collectors.tables.aws.repository_policies import EcrLifecyclePolicies, EcrRepositoryPolicies
from collectors.tables.aws.scanning import EcrScanningRules
from collectors.tables.aws.subnets import EksSubnets
from collectors.tables.aws.versions import EksVersions
from collectors.tables.database import arrow
from collectors.tables.lifecycles import NOT_KNOWN, Calendar, Support, calendar
from collectors.tables.schema import Builder, ClusterContext, Sighting

AS_OF = datetime(2026, 11, 21)
HERE = ClusterContext("shop", "running", None, whole=False, as_of=AS_OF)
ALL: tuple[Any, ...] = (
    EksClusters, EksNodeGroups, EksAddons, EksAccessEntries, EksAccessPolicies, EksVersions, EksSubnets,
    EksInstances, EksLaunchTemplates, EcrRepositories, EcrScanningRules, EcrRepositoryPolicies, EcrLifecyclePolicies,
    InspectorAccounts, InspectorCoverages,
)  # fmt: skip


def sighting(kind: str, body: dict[str, Any], name: str = "x") -> Sighting:
    return Sighting(kind, None, name, None, 0, body, ["E-000001#/"])


def rows(builder: Any, *seen: Sighting) -> dict[str, list[Any]]:
    built: Builder = builder(HERE)
    for each in seen:
        built.observe(each)
    return built.rows()


def cluster(**said: Any) -> Any:
    (row,) = rows(EksClusters, sighting("eks/Cluster", {"cluster": said}))["eks_clusters"]
    return row


def node_group(*more: Sighting, **said: Any) -> Any:
    (row,) = rows(EksNodeGroups, sighting("eks/Nodegroup", {"nodegroup": said}), *more)["eks_node_groups"]
    return row


@pytest.mark.parametrize(
    ("ranges", "ipv4", "ipv6"),
    [
        (["203.0.113.7/32"], 32, None),
        (["198.51.100.0/25", "198.51.100.128/25"], 24, None),
        (["0.0.0.0/1", "128.0.0.0/1"], 0, None),
        (["2001:db8::/32", "10.0.0.0/8"], 8, 32),
        (None, 0, 0),
        ([], 0, 0),
    ],
)
def test_ranges_are_as_wide_as_they_are_together(ranges: Any, ipv4: int | None, ipv6: int | None) -> None:
    row = cluster(resourcesVpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": ranges})
    assert (row.widest_public_ipv4, row.widest_public_ipv6) == (ipv4, ipv6)
    assert (row.has_public_ipv4, row.has_public_ipv6) == (ipv4 is not None, ipv6 is not None)


@pytest.mark.parametrize("ranges", [["everywhere"], "0.0.0.0/0", [1], [None], ["10.0.0.0/99"]])
def test_a_range_that_is_none_may_be_any(ranges: Any) -> None:
    row = cluster(resourcesVpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": ranges})
    assert (row.has_public_ipv4, row.widest_public_ipv4) == (None, None)


def test_support_dates_are_those_of_aws_where_it_was_asked() -> None:
    said = {"clusterVersion": "1.31", "endOfStandardSupportDate": "2027-01-01T00:00:00+00:00"}
    (row,) = rows(
        EksClusters, sighting("eks/Cluster", {"cluster": {"version": "1.31"}}),
        sighting("eks/ClusterVersion", {"clusterVersions": [said]}),
    )["eks_clusters"]  # fmt: skip
    assert str(row.standard_support_ends) == "2027-01-01 00:00:00"


def test_a_node_group_is_in_the_zones_of_its_subnets() -> None:
    known = sighting("ec2/Subnet", {"Subnets": [{"SubnetId": "a", "AvailabilityZoneId": "z1"},
                                                {"SubnetId": "b", "AvailabilityZoneId": "z2"}]})  # fmt: skip
    assert node_group(known, subnets=["a", "b"]).zones == ["z1", "z2"]
    assert node_group(known, subnets=["a", "b", "c"]).spans_zones is True, "two zones are two, whatever c is"
    assert node_group(known, subnets=["a", "b", "c"]).zones is None
    assert node_group(known, subnets=["a", "a2"]).spans_zones is None
    assert node_group(known, subnets=["c"]).spans_zones is False, "one subnet is in one zone"
    assert node_group(known, subnets=[]).spans_zones is None


def test_a_launch_template_may_open_what_eks_does_not_show() -> None:
    assert node_group(status="ACTIVE").has_remote_access is False
    assert (
        node_group(remoteAccess={"ec2SshKey": "~redacted:credential:x:length=3:mac=00000000"}).has_remote_access is True
    )
    assert node_group(launchTemplate={"id": "lt-1"}).has_remote_access is None
    assert node_group(remoteAccess="x").has_remote_access is None
    assert node_group(remoteAccess={"ec2SshKey": 1}).has_remote_access is None


def test_policies_that_cannot_be_read_may_grant_anything() -> None:
    (row,) = rows(
        EksAccessPolicies, sighting("eks/AssociatedAccessPolicies", {"associatedAccessPolicies": "all"}, "p")
    )["eks_access_policies"]
    assert (row.principal, row.is_cluster_admin, row.covers_whole_cluster) == ("p", None, None)


@pytest.mark.parametrize("body", [{}, {"cluster": None}, {"cluster": {}}, {"cluster": "x"}, {"cluster": []}])
def test_an_answer_without_its_subject_says_nothing(body: dict[str, Any]) -> None:
    (row,) = rows(EksClusters, sighting("eks/Cluster", body))["eks_clusters"]
    kept = ("cluster", "name", "basis", "evidence_refs")
    assert {value for name, value in row._asdict().items() if name not in kept} == {None}


_SCALAR = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False)
_FIELDS = (
    "cluster", "nodegroup", "addon", "accessEntry", "associatedAccessPolicies", "clusterVersions", "Subnets",
    "resourcesVpcConfig", "publicAccessCidrs", "endpointPublicAccess", "logging", "clusterLogging", "types", "enabled",
    "encryptionConfig", "resources", "provider", "version", "clusterVersion", "subnets", "health", "issues", "code",
    "scalingConfig", "maxSize", "remoteAccess", "ec2SshKey", "launchTemplate", "labels", "accessScope", "policyArn",
    "type", "arn", "createdAt", "connectorConfig", "computeConfig", "SubnetId", "AvailabilityZoneId",
    "Reservations", "Instances", "InstanceId", "State", "MetadataOptions", "HttpTokens", "LaunchTemplateVersions",
    "LaunchTemplateData", "VersionNumber", "repositories", "repositoryName", "imageTagMutabilityExclusionFilters",
    "filter", "scanningConfiguration", "rules", "repositoryFilters", "policyText", "lifecyclePolicyText", "accounts",
    "resourceState", "ec2", "status", "coveredResources", "resourceId", "scanStatus",
)  # fmt: skip
_HOSTILE = st.recursive(
    _SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=5)
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(_FIELDS), _HOSTILE, max_size=6))
def test_whatever_is_answered_becomes_rows_of_the_declared_types(body: dict[str, Any]) -> None:
    from collectors.tables.families import tables_of

    for builder in ALL:
        for name, found in rows(builder, *(sighting(kind, body) for kind in builder.reads)).items():
            arrow(tables_of("aws")[name], found)


def test_the_published_calendar_ages_and_only_what_was_over_stays_over() -> None:
    known = Calendar(
        date(2026, 4, 24),
        {30: Support(datetime(2025, 7, 23), datetime(2026, 7, 23)), 34: Support(datetime(2026, 12, 2), None)},
    )
    fresh, stale = datetime(2026, 8, 22), datetime(2026, 8, 23)
    assert known.support_of(34, fresh).standard_ends == datetime(2026, 12, 2)
    assert known.support_of(34, stale).standard_ends is None
    assert known.support_of(30, stale) == Support(datetime(2025, 7, 23), None)
    assert known.support_of(None, fresh) == known.support_of(99, fresh) == known.support_of(34, None) == NOT_KNOWN


def test_the_calendar_of_eks_says_where_and_when_it_was_read() -> None:
    held = calendar("eks")
    assert len(held.versions) > 8
    assert 35 not in held.versions, "nobody has verified it"
    for support in held.versions.values():
        assert support.standard_ends is not None
        assert support.extended_ends is not None
        assert support.standard_ends < support.extended_ends


def test_every_table_of_aws_says_what_feeds_it() -> None:
    from collectors.tables.families import tables_of

    assert all(table.kinds and not table.namespaced for table in tables_of("aws").values())
