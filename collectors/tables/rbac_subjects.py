"""Who a subject of an RBAC binding is.

Source: Kubernetes documentation, "Using RBAC Authorization" (referring to subjects) and "Authenticating"
(anonymous requests, ServiceAccount user and group names).
"""

from __future__ import annotations

from dataclasses import dataclass

from collectors.tables.as_written import Section, text

_ACCOUNT_USER = "system:serviceaccount:"
ANONYMOUS = frozenset({("User", "system:anonymous"), ("Group", "system:unauthenticated")})
EVERYONE = frozenset({("Group", "system:authenticated"), ("Group", "system:serviceaccounts")})


@dataclass(frozen=True, slots=True)
class Grantee:
    """A subject as written; a part that could not be read is None."""

    kind: str | None
    name: str | None
    namespace: str | None

    @property
    def in_one_line(self) -> str:
        """The subject for a reader: "Group system:authenticated", "ServiceAccount shop/till"."""
        where = f"{self.namespace}/" if self.kind == "ServiceAccount" and self.namespace else ""
        return f"{self.kind or '?'} {where}{self.name or '?'}"

    @property
    def is_anonymous(self) -> bool | None:
        """Whether it means requests that carry no credentials."""
        return self._is_among(ANONYMOUS)

    @property
    def is_everyone(self) -> bool | None:
        """Whether it means everyone who can log in, or every ServiceAccount of the cluster."""
        return self._is_among(EVERYONE)

    @property
    def is_system(self) -> bool | None:
        """Whether it is a user or group of the control plane or of kubeadm; a ServiceAccount never is."""
        if self.kind == "ServiceAccount" or self.is_service_account:
            return False
        if self.kind is None or self.name is None:
            return None
        named = self.name.startswith("system:") or self.name == "kubeadm:cluster-admins"
        return named and (self.kind, self.name) not in ANONYMOUS | EVERYONE

    @property
    def is_service_account(self) -> bool | None:
        """Whether it is one ServiceAccount, also when a User carries its name."""
        if self.kind == "ServiceAccount":
            return True
        if self.kind != "User":
            return None if self.kind is None else False
        return None if self.name is None else self.name.startswith(_ACCOUNT_USER)

    @property
    def service_account(self) -> tuple[str | None, str | None]:
        """Namespace and name of the ServiceAccount, where it is one."""
        if self.kind == "ServiceAccount":
            return self.namespace, self.name
        if self.kind == "User" and self.name and self.name.startswith(_ACCOUNT_USER):
            namespace, _, name = self.name.removeprefix(_ACCOUNT_USER).partition(":")
            return namespace, name
        return None, None

    def _is_among(self, names: frozenset[tuple[str, str]]) -> bool | None:
        if self.kind is not None and self.name is not None:
            return (self.kind, self.name) in names
        possible = [(kind, name) for kind, name in names if self.kind in (None, kind) and self.name in (None, name)]
        return None if possible else False


def read_subject(written: Section | None, namespace: str | None = None) -> Grantee:
    """A subject as it stands in a binding.

    `namespace` is that of a RoleBinding: the authorizer looks there for a ServiceAccount that names none.
    """
    return Grantee(text(written, "kind"), text(written, "name"), text(written, "namespace", default=namespace))
