"""Whether the pods of a workload get the token of their ServiceAccount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from assessment.derived.unseen import Unseen


class TokenMounts:
    """The pod's own word first, then its account's; an account that nobody declares mounts a token.

    Source: Kubernetes documentation, "Configure Service Accounts for Pods", automountServiceAccountToken.
    """

    def __init__(self, accounts: Iterable[Any], unseen: Unseen) -> None:
        self._unseen = unseen
        self._accounts: dict[tuple[str, str | None, str], list[Any]] = defaultdict(list)
        for account in accounts:
            self._accounts[account.cluster, account.namespace, account.name].append(account)

    def of(self, workload: Any) -> bool | None:
        """Whether its pods carry a token; None where that was not seen."""
        if workload.has_declared_automount is not False:
            return workload.declared_automount if workload.has_declared_automount else None
        if workload.service_account_name is None or workload.namespace is None:
            return None
        key = (workload.cluster, workload.namespace, workload.service_account_name)
        if self._unseen.near(workload.cluster, "service_accounts", workload.namespace):
            return None
        if (workload.cluster, None, workload.service_account_name) in self._accounts:
            return None
        found = {account.automounts_token for account in self._accounts.get(key, ())}
        return True if not found else found.pop() if len(found) == 1 else None
