"""Groups that Kubernetes itself puts identities in, which no binding and no directory shows.

Source: Kubernetes documentation, "Using RBAC Authorization" (default roles), "Authenticating" (ServiceAccount
tokens, anonymous requests).
"""

from __future__ import annotations

AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
ALL_ACCOUNTS = "system:serviceaccounts"
MASTERS = "system:masters"


def user_of_service_account(namespace: str, name: str) -> str:
    """The user name that requests of a ServiceAccount carry."""
    return f"system:serviceaccount:{namespace}:{name}"


def groups_of_service_account(namespace: str, name: str) -> tuple[str, ...]:
    """The groups that every ServiceAccount belongs to; its name decides none of them."""
    return ALL_ACCOUNTS, f"{ALL_ACCOUNTS}:{namespace}", AUTHENTICATED


def groups_of_user(name: str) -> tuple[str, ...]:
    """The groups that a user belongs to whatever the directory says."""
    return (UNAUTHENTICATED,) if name == "system:anonymous" else (AUTHENTICATED,)
