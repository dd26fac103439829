"""Repositories of the account's image registry (ECR): whether tags move, who looks for flaws, who may pull."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, instant, required, sections, text
from collectors.tables.aws.scanning import ScanningOfAws
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

# Amazon ECR API Reference, "Repository", imageTagMutability: whether a tag may move that no filter excepts.
_CANNOT_MOVE = {
    "IMMUTABLE": True, "IMMUTABLE_WITH_EXCLUSION": True, "MUTABLE": False, "MUTABLE_WITH_EXCLUSION": False,
}  # fmt: skip


@table(
    "ecr_repositories",
    grain="one repository of the image registry that the account has in the region",
    kinds=("ecr/Repository",),
    namespaced=False,
    relations=(
        Relation("tag_exceptions", "ecr_tag_exceptions", (("name", "repository"),), "Tags that are treated otherwise."),
        Relation("policies", "ecr_repository_policies", (("name", "repository"),), "Its policy, where it has one."),
        Relation("lifecycle_policies", "ecr_lifecycle_policies", (("name", "repository"),), "What it deletes."),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="ECRRepository", fixed_group="ecr"),
)
class EcrRepository(NamedTuple):
    """A repository as ECR describes it, and as the registry's rules scan it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the repository.", identity=True)]
    account: Annotated[str | None, Column("AWS account that it is in.")]
    registry: Annotated[str | None, Column("Host that images of it are pulled from.")]
    tag_mutability: Annotated[str | None, Column("MUTABLE or IMMUTABLE, or either ending in _WITH_EXCLUSION.")]
    tags_cannot_move: Annotated[bool | None, Column("Whether a tag stays at its image, unless a filter excepts it.")]
    is_scanned_when_pushed: Annotated[bool | None, Column("Whether a rule of the registry scans what is pushed.")]
    is_scanned_continuously: Annotated[
        bool | None, Column("Whether what lies in it is scanned again as new flaws become known.")
    ]
    encryption_type: Annotated[str | None, Column("AES256, KMS or KMS_DSSE.")]
    is_encrypted_by_kms: Annotated[bool | None, Column("Whether a key of KMS encrypts it.")]
    created_at: Annotated[datetime | None, Column("When it was created.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "ecr_tag_exceptions",
    grain="one filter of tags that a repository treats the other way round",
    kinds=("ecr/Repository",),
    namespaced=False,
)
class EcrTagException(NamedTuple):
    """A filter of tags that may move in a repository whose tags may not, or the reverse."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    key: Annotated[str, Column("The repository and the filter.", identity=True)]
    repository: Annotated[str | None, Column("Name of the repository.")]
    filter: Annotated[str | None, Column("The filter; * stands for any characters.")]
    approved_by: Annotated[
        list[str] | None, Column("Every filter that approves of it: itself, and each that is wider at its end.")
    ]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EcrRepositories:
    """One row per repository. The scanning that a repository itself asks for is deprecated and counts for nothing."""

    reads: ClassVar[tuple[str, ...]] = ("ecr/Repository", "ecr/RegistryScanningConfiguration")

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._scanning = ScanningOfAws()
        self._seen: dict[str, tuple[Section | None, str]] = {}

    def observe(self, sighting: Sighting) -> None:
        """Take in one page of repositories, or how the registry scans."""
        if sighting.kind != "ecr/Repository":
            self._scanning.observe(sighting)
            return
        for position, said in enumerate(sections(sighting.object, "repositories") or ()):
            name = text(said, "repositoryName") or f"{sighting.refs[0]} {position}"
            self._seen.setdefault(name, (said, f"{sighting.refs[0]}repositories/{position}"))

    def rows(self) -> dict[str, list[Any]]:
        """One row per repository."""
        return {
            "ecr_repositories": [self._row(name, *found) for name, found in self._seen.items()],
            "ecr_tag_exceptions": [row for name, found in self._seen.items() for row in self._exceptions(name, *found)],
        }

    def unseen(self) -> list[UnseenPart]:
        """Nothing: what was not shown is said by the end of the list."""
        return []

    def _row(self, name: str, said: Section | None, ref: str) -> EcrRepository:
        named = text(said, "repositoryName")
        mutability = text(said, "imageTagMutability")
        encryption = text(required(said, "encryptionConfiguration"), "encryptionType")
        return EcrRepository(
            cluster=self._context.name,
            name=name,
            account=text(said, "registryId"),
            registry=(text(said, "repositoryUri") or "").partition("/")[0] or None,
            tag_mutability=mutability,
            tags_cannot_move=_CANNOT_MOVE.get(mutability or ""),
            is_scanned_when_pushed=self._scanning.when_pushed(named),
            is_scanned_continuously=self._scanning.continuously(named),
            encryption_type=encryption,
            is_encrypted_by_kms={"AES256": False, "KMS": True, "KMS_DSSE": True}.get(encryption or ""),
            created_at=instant(said, "createdAt"),
            basis=self._context.basis,
            evidence_refs=[ref],
        )


    def _exceptions(self, name: str, said: Section | None, ref: str) -> Iterator[EcrTagException]:
        """The filters of a repository; one that cannot be read may be any."""
        place = f"{ref}/imageTagMutabilityExclusionFilters"
        written = sections(said, "imageTagMutabilityExclusionFilters")
        for position, each in enumerate([None] if written is None else written):
            found = text(each, "filter") if text(each, "filterType") == "WILDCARD" else None
            yield EcrTagException(
                cluster=self._context.name,
                key=f"{name} {position}",
                repository=name,
                filter=found,
                approved_by=None if found is None else _approved_by(found),
                basis=self._context.basis,
                evidence_refs=[ref if each is None else f"{place}/{position}"],
            )


def _approved_by(written: str) -> list[str]:
    """The filter itself, and every shorter beginning of it that goes on with anything."""
    stem = written.partition("*")[0]
    return sorted({written, *(f"{stem[:length]}*" for length in range(1, len(stem) + 1))})


BUILDERS = (EcrRepositories,)
