"""How people sign in to Argo CD, read from its ConfigMap argocd-cm.

Source: Argo CD documentation, "User Management" (admin.enabled is true unless set otherwise; local accounts stand under
accounts.NAME; SSO under oidc.config or dex.config) and "RBAC Configuration" (anonymous access,
users.anonymous.enabled). A ConfigMap holds text, so flags are "true" and "false".
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import REDACTED, Section, section
from collectors.tables.identity import surrogate
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

_NAME = "argocd-cm"


@table(
    "argo_cd_settings",
    grain="one ConfigMap argocd-cm: one installation of Argo CD",
    kinds=("ConfigMap",),
    subject=Subject(None, None, "namespace", "name", fixed_kind="ConfigMap"),
)
class ArgoCdSettings(NamedTuple):
    """The settings of one Argo CD."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the ConfigMap.")]
    argo_cd_settings_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_local_admin: Annotated[bool | None, Column("Whether the built-in account admin may sign in; unset means yes.")]
    allows_anonymous: Annotated[bool | None, Column("Whether visitors who do not sign in get a role; unset means no.")]
    has_single_sign_on: Annotated[bool | None, Column("Whether sign-in is left to an identity provider.")]
    local_account_count: Annotated[int | None, Column("Number of local accounts beside admin.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ArgoCds:
    """One row per ConfigMap of that name."""

    reads: ClassVar[tuple[str, ...]] = ("ConfigMap",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[ArgoCdSettings] = []

    def observe(self, sighting: Sighting) -> None:
        """Keep the settings of an Argo CD; other ConfigMaps are none."""
        if sighting.name != _NAME:
            return
        held = section(sighting.object, "data")
        accounts = None if held is None else {key.split(".")[1] for key in map(str, held) if _is_account(key)}
        row = ArgoCdSettings(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            argo_cd_settings_key=surrogate(sighting),
            has_local_admin=_flag(held, "admin.enabled", default=True),
            allows_anonymous=_flag(held, "users.anonymous.enabled", default=False),
            has_single_sign_on=None if held is None else bool(held.get("oidc.config") or held.get("dex.config")),
            local_account_count=None if accounts is None else len(accounts - {"admin"}),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )
        self._rows.append(row)

    def rows(self) -> dict[str, list[Any]]:
        """One row per Argo CD."""
        return {"argo_cd_settings": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """A ConfigMap shows all that it holds."""
        return []


def _is_account(key: str) -> bool:
    return key.startswith("accounts.") and key.count(".") == 1


def _flag(held: Section | None, key: str, *, default: bool) -> bool | None:
    """Go's ParseBool decides in Argo CD: what it cannot read is the default."""
    if held is None:
        return None
    value = held.get(key)
    if value is None:
        return default
    if not isinstance(value, str) or value.startswith(REDACTED):
        return None
    return {"true": True, "false": False}.get(value.strip().lower())


BUILDERS = (ArgoCds,)
