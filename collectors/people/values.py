"""What a scalar that a person wrote means: text, a day, an instant, a version, a parameter."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

from collectors.people.written_yaml import Unquoted

NAMESPACE = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"

Parameter = bool | int | Decimal | date | str


def day(value: object) -> date:
    """A date; raises what pydantic gathers."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise PydanticCustomError("day", "must be a date such as 2026-11-21.") from None


def instant(value: object) -> datetime:
    """An instant in UTC; a bare date means the end of that day, so that what was dated on it counts."""
    text = _text(value)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("instant", "must be a date such as 2026-11-21, or an instant such as "
                                             "2026-11-21T17:00:00Z.") from None
    if found.tzinfo is None:
        raise PydanticCustomError("zone", "must say its time zone, such as 2026-11-21T17:00:00Z.")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("instant", "is outside the years 1 to 9999.") from None


def kubernetes_version(value: object) -> str:
    """The minor version, `1.34`, of `1.34`, `v1.34.2` or `v1.34.2-eks-1a2b3c`."""
    found = re.fullmatch(r"v?(1\.\d{1,3})(\.\d+)?([-+].*)?", _text(value))
    if found is None:
        raise PydanticCustomError("version", "must be a Kubernetes version such as 1.34.")
    return found.group(1)


def parameter(value: object) -> Parameter:
    """What an unquoted parameter says: true or false, a whole number, a decimal, a date, or text."""
    if not isinstance(value, str):
        raise PydanticCustomError("parameter", "must be one value: text, a number, a date, true or false.")
    if not isinstance(value, Unquoted):
        return value
    if value in ("true", "false"):
        return value == "true"
    if re.fullmatch(r"-?\d{1,18}", value):
        return int(value)
    if re.fullmatch(r"-?\d{1,18}\.\d{1,9}", value):
        return Decimal(value)
    try:
        return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else str(value)
    except ValueError:
        return str(value)


def truth(value: object) -> bool:
    """Yes or no, as people write it: true, false, yes or no."""
    if isinstance(value, bool):
        return value
    found = {"true": True, "yes": True, "false": False, "no": False}.get(_text(value).lower())
    if found is None:
        raise PydanticCustomError("truth", "must be true or false.")
    return found


def whole_number(value: object) -> int:
    """A count of something, never negative."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if re.fullmatch(r"\d{1,9}", _text(value)):
        return int(_text(value))
    raise PydanticCustomError("whole", "must be a whole number such as 20.")


def amount(value: object) -> Decimal:
    """Days or money, never negative, with at most two decimals; a comma is not guessed at."""
    text = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else _text(value)
    if re.fullmatch(r"\d{1,9}(\.\d{1,2})?", text):
        return Decimal(text)
    raise PydanticCustomError("amount", "must be a number such as 30 or 7.5, without unit or separators.")


def tier(value: object) -> object:
    """The name of the tier, from that name or from the word that people use for it."""
    words = {"critical": "tier-1", "important": "tier-2", "other": "tier-3"}
    found = lower(value)
    return words.get(found, found) if isinstance(found, str) else found


def namespace(value: object) -> str:
    """The name of a namespace, as Kubernetes writes it."""
    if re.fullmatch(NAMESPACE, _text(value)):
        return _text(value)
    raise PydanticCustomError("namespace", "must be the name of a namespace: small letters, digits and hyphens.")


def lower(value: object) -> object:
    """Names that mean the same in any case."""
    return value.strip().lower() if isinstance(value, str) else value


def position_or_text(value: object) -> object:
    """A number when written as one, without quotes."""
    if isinstance(value, Unquoted) and re.fullmatch(r"\d{1,4}", value):
        return int(value)
    return value


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Namespace = Annotated[str, BeforeValidator(namespace)]
Day = Annotated[date, BeforeValidator(day)]
Instant = Annotated[datetime, BeforeValidator(instant)]
KubernetesVersion = Annotated[str, BeforeValidator(kubernetes_version)]
Truth = Annotated[bool, BeforeValidator(truth)]
WholeNumber = Annotated[int, BeforeValidator(whole_number)]
Amount = Annotated[Decimal, BeforeValidator(amount)]
Tier = Annotated[Literal["tier-1", "tier-2", "tier-3"], BeforeValidator(tier)]
ParameterValue = Annotated[Parameter, BeforeValidator(parameter)]
