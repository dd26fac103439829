"""Who owns what, how much the business depends on it, how sensitive its data is.

Entries are read from the top: for one object the first entry that holds it decides.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator

from collectors.people.selection import Selected
from collectors.people.values import Text, Tier, lower


class Owned(Selected):
    """The team or person that changes these objects, and how to reach them."""

    owner: Text
    contact: Text | None = None
    role: Text | None = None


class Tiered(Selected):
    """How much the business depends on these objects: tier-1 the most."""

    tier: Tier


class Classed(Selected):
    """The most sensitive class of data that these objects hold or can reach."""

    data_class: Annotated[Literal["regulated", "confidential", "internal", "public"], BeforeValidator(lower)]
