"""What an ARN says: of whose account a thing is, and what it is called."""

from __future__ import annotations

from collectors.tables.as_written import Section, text


def account_of(owner: Section | None, name: str) -> str | None:
    """The account in the ARN under this name; None when there is none, as in the ARN of an access policy."""
    parts = (text(owner, name) or "").split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" and parts[4] else None


def last_part(arn: str | None) -> str | None:
    """What follows the last slash: "AmazonEKSClusterAdminPolicy"."""
    return arn.rpartition("/")[2] if arn and "/" in arn else None
