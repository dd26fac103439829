"""What engagement.yaml says is on file: decisions, provider reports, documents, signatures."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from collectors.people.checked import Written
from collectors.people.known_names import known_frameworks, known_requirements, one_of
from collectors.people.values import Day, Text, lower, position_or_text


class _AboutRequirement(Written):
    framework: Text
    requirement: Text

    @field_validator("framework")
    @classmethod
    def _framework_is_known(cls, value: str, info: ValidationInfo) -> str:
        known = known_frameworks(info)
        return value if known is None else one_of(value, known, "framework")

    @field_validator("requirement")
    @classmethod
    def _requirement_is_known(cls, value: str, info: ValidationInfo) -> str:
        asked = known_requirements(info)
        return value if asked is None else one_of(value, asked, f"requirement of {info.data['framework']}")


class NotApplicable(_AboutRequirement):
    """A requirement, or a section with all below it, that a person decided not to apply, and why."""

    reason: Text
    approver: Text
    date: Day | None = None


class Period(Written):
    """The days that a report speaks for, both included."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.end < self.start:
            raise PydanticCustomError("order", "ends before it begins.")
        return self


class ProviderReport(Written):
    """A report of a provider that is on file: which frameworks it serves and, if not all, what it covers."""

    provider: Annotated[Text, BeforeValidator(lower)]
    title: Text
    period: Period
    frameworks: tuple[Text, ...]
    covers: tuple[Text, ...] = ()
    file: Text | None = None

    @field_validator("frameworks")
    @classmethod
    def _frameworks_are_known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not value:
            raise PydanticCustomError("none", "must name a framework that the report serves.")
        known = known_frameworks(info)
        return value if known is None else tuple(one_of(name, known, "framework") for name in value)

    @field_validator("covers")
    @classmethod
    def _requirements_are_known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known, named = known_frameworks(info), info.data.get("frameworks")
        if known is None or named is None:
            return value
        asked = [requirement for name in named for requirement in known[name]]
        return tuple(one_of(one, asked, f"requirement of {', '.join(named)}") for one in value)


class ByHand(_AboutRequirement):
    """A document on file: which item it answers (its number from 1, or its text) and who vouches for it."""

    item: Annotated[int | str, BeforeValidator(position_or_text)]
    title: Text
    date: Day
    signed_by: Text
    role: Text
    file: Text | None = None

    @field_validator("item")
    @classmethod
    def _item_is_asked_for(cls, value: int | str, info: ValidationInfo) -> int | str:
        asked = known_requirements(info)
        requirement = info.data.get("requirement")
        if asked is None or requirement is None:
            return value
        items = asked[requirement]
        if isinstance(value, int) and not 1 <= value <= len(items):
            told = "asks for nothing by hand" if not items else f"asks for {len(items)}: 1 to {len(items)}"
            raise PydanticCustomError("item", "is not an item; {requirement} {told}.",
                                      {"requirement": requirement, "told": told})
        return value if isinstance(value, int) else one_of(value, items, f"item that {requirement} asks for")


class Signature(_AboutRequirement):
    """A person's conclusion that a requirement is met as the evidence shows."""

    signed_by: Text
    role: Text
    date: Day
