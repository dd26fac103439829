"""Who will do the work, from when, what it costs, and what has a date of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from collectors.people.checked import Written
from collectors.people.known_names import known_remedies, one_of
from collectors.people.values import Amount, Day, Text, Truth, WholeNumber, amount

Skill = Literal["platform", "application", "security", "sre"]
Quarter = Literal[1, 2, 3, 4]
MOST_DAYS = Decimal(10_000)


def _days(value: object) -> object:
    """One number for every quarter, or a mapping of the four quarters; raises what pydantic gathers."""
    if not isinstance(value, dict):
        return _bounded(amount(value))
    named = {str(quarter): days for quarter, days in value.items()}
    if sorted(named) != ["1", "2", "3", "4"]:
        raise PydanticCustomError("quarters", "must be one number, or name the quarters 1, 2, 3 and 4.")
    return {int(quarter): _bounded(amount(days)) for quarter, days in named.items()}


def _bounded(days: Decimal) -> Decimal:
    if days > MOST_DAYS:
        raise PydanticCustomError("days", "is more days in a quarter than any team has.")
    return days


Days = Annotated[Decimal | dict[int, Decimal], BeforeValidator(_days)]


class Team(Written):
    """Person-days a quarter by skill, before `reserve_percent` is kept back for what nobody can plan.

    No capacity at all means that it is not known. A skill left out of a stated capacity has no days.
    What is None was not said.
    """

    capacity: dict[Skill, Days] = Field(default_factory=dict)
    reserve_percent: WholeNumber = 20
    day_rate: Amount | None = None
    currency: Annotated[str, Field(min_length=1, max_length=12)] | None = Field(default=None, validate_default=True)
    gitops: Truth | None = None
    change_board: Truth | None = None
    staging: Truth | None = None
    clear_ownership: Truth | None = None
    start: Day | None = None
    risky_per_quarter: WholeNumber | None = None

    def days(self, skill: str, quarter: int) -> Decimal:
        """Person-days of this skill in quarter 1 to 4, before the reserve."""
        stated = self.capacity.get(cast(Skill, skill), Decimal(0))
        return stated[quarter] if isinstance(stated, dict) else stated

    @field_validator("reserve_percent")
    @classmethod
    def _something_is_left(cls, value: int) -> int:
        if value > 90:
            raise PydanticCustomError("reserve", "must be between 0 and 90.")
        return value

    @field_validator("currency")
    @classmethod
    def _a_rate_has_a_currency(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("day_rate") is not None:
            raise PydanticCustomError("currency", "needs a currency beside its day rate.")
        return value


class MustDo(Written):
    """A remedy that has to be finished by a day, everywhere or in these clusters, and why."""

    remedy: Text
    by: Day
    reason: Text
    clusters: tuple[Text, ...] = ()

    @field_validator("remedy")
    @classmethod
    def _remedy_is_known(cls, value: str, info: ValidationInfo) -> str:
        known = known_remedies(info)
        return value if known is None else one_of(value, known, "remedy")


class Survey(Written):
    """When the two weeks of the survey begin."""

    first_day: Day


def first_day_of_plan(team: Team | None, as_of: date) -> date:
    """The day on which quarter one begins: as the team says, or the day after the survey speaks."""
    return team.start if team and team.start else date.fromordinal(as_of.toordinal() + 1)
