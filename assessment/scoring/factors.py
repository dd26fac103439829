"""Context as factors on the odds and on the loss, each with a lower, an estimated and an upper value.

Context is three-valued. What is known, true or false, has one value. What was not seen takes its least value in
the lower bound, its greatest in the upper one, and stays neutral (1) in the estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessment.scoring import scale
from assessment.scoring.points import MemberRisk, member_risk

ODDS, LOSS = "odds", "loss"
_ONE = Decimal(1)
NOT_STATED = ""
"""Among the possible values of what people say: nobody said anything."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of context: what it acts on (odds or loss), what is known of it, and its three values."""

    name: str
    acts_on: str
    says: str
    lower: Decimal
    estimate: Decimal
    upper: Decimal

    @property
    def is_neutral(self) -> bool:
        """Whether it changes nothing, in the bounds neither."""
        return self.lower == self.estimate == self.upper == 1


@dataclass(frozen=True, slots=True)
class MemberBounds:
    """The risk of one subject: at the least, as far as is known, at the most."""

    lower: MemberRisk
    estimate: MemberRisk
    upper: MemberRisk


def bounds(likelihood: int, impact: int, grade: str, factors: Sequence[Factor]) -> MemberBounds:
    """Base steps moved by what the evidence is worth (A not at all), then multiplied by the factors."""
    off, off_impact = scale.WIDENING[grade]
    found = []
    for which, sign in (("lower", -1), ("estimate", 0), ("upper", 1)):
        odds = _product(getattr(factor, which) for factor in factors if factor.acts_on == ODDS)
        loss = _product(getattr(factor, which) for factor in factors if factor.acts_on == LOSS)
        found.append(member_risk(_step(likelihood + sign * off), _step(impact + sign * off_impact), odds, loss))
    return MemberBounds(*found)


def exposure(reachable: bool | None, isolated: bool | None) -> Factor:
    """How a workload can be reached. Isolation counts only where nothing leads in from the internet."""
    if reachable:
        return _known("exposure", ODDS, "reachable from the internet", scale.INTERNET)
    if reachable is False and isolated is not None:
        says = "isolated by network policies both ways" if isolated else "internal only"
        return _known("exposure", ODDS, says, scale.ISOLATED if isolated else scale.INTERNAL)
    least = scale.INTERNAL if isolated is False else scale.ISOLATED
    if reachable is False:
        return Factor("exposure", ODDS, "internal; isolation not known", least, _ONE, scale.INTERNAL)
    return Factor("exposure", ODDS, "not known whether the internet reaches it", least, _ONE, scale.INTERNET)


def privilege(privileged: bool | None) -> Factor:
    """Whether whoever breaks in holds the node or the cluster."""
    told = {True: "privileged", False: "not privileged", None: "not known whether it is privileged"}[privileged]
    return _three_valued("privilege", told, privileged, scale.PRIVILEGED)


def open_way(leads_on: bool | None, privileged: bool | None) -> Factor:
    """The precursor of an attack: a proven way from here to a node or to every right.

    Of a privileged workload that is what privilege says already, and it counts once.
    """
    if privileged:
        return not_asked("precursor", ODDS, "counted as privilege")
    told = {True: "leads on to a node or to every right", False: "leads nowhere", None: "not known where it leads"}
    return _three_valued("precursor", told[leads_on], leads_on, scale.PRECURSOR)


def loss_occurred(seen: bool | None) -> Factor:
    """The loss itself within 90 days."""
    return _three_valued("loss", _yes_no(seen, "loss within 90 days"), seen, scale.LOSS_OCCURRED)


def control(verified: bool | None) -> Factor:
    """One compensating control that a passing check verifies."""
    return _three_valued("control", _yes_no(verified, "verified compensating control"), verified, scale.CONTROL)


def environment(stated: str | None) -> Factor:
    """What the cluster is for; anything that nobody stated, or that the scale does not know, counts as production."""
    if stated is not None and stated in scale.ENVIRONMENT:
        return _known("environment", LOSS, stated, scale.ENVIRONMENT[stated])
    says = f"{stated!r} is none that the scale knows" if stated else "not stated"
    least = min(scale.ENVIRONMENT.values())
    return Factor("environment", LOSS, f"{says}: taken as production", least, _ONE, _ONE)


def tier(possible: Iterable[str]) -> Factor:
    """How much the business depends on it, from the tiers that it may have ("" for: nobody said)."""
    return _stated("tier", possible, scale.TIER)


def data_class(possible: Iterable[str]) -> Factor:
    """How sensitive its data is, from the classes that it may have ("" for: nobody said)."""
    return _stated("data class", possible, scale.DATA_CLASS)


def not_asked(name: str, acts_on: str, says: str) -> Factor:
    """A factor that this kind of subject does not have."""
    return _known(name, acts_on, says, _ONE)


def _stated(name: str, possible: Iterable[str], values: Mapping[str, Decimal]) -> Factor:
    """One possible value is known; of several, none is."""
    among = sorted(set(possible))
    if len(among) == 1 and among[0] != NOT_STATED:
        return _known(name, LOSS, among[0], values[among[0]])
    worth = [values[each] for each in (values if NOT_STATED in among else among)]
    says = "not stated" if among == [NOT_STATED] else "one of " + ", ".join(each or "not stated" for each in among)
    return Factor(name, LOSS, says, min(worth), min(max(_ONE, min(worth)), max(worth)), max(worth))


def _three_valued(name: str, says: str, holds: bool | None, worth: Decimal) -> Factor:
    if holds is None:
        return Factor(name, ODDS, says, min(_ONE, worth), _ONE, max(_ONE, worth))
    return _known(name, ODDS, says, worth if holds else _ONE)


def _known(name: str, acts_on: str, says: str, worth: Decimal) -> Factor:
    return Factor(name, acts_on, says, worth, worth, worth)


def _yes_no(holds: bool | None, what: str) -> str:
    return f"not known: {what}" if holds is None else what if holds else f"no {what}"


def _step(number: int) -> int:
    return min(5, max(1, number))


def _product(values: Iterable[Decimal]) -> Decimal:
    product = _ONE
    for value in values:
        product *= value
    return product
