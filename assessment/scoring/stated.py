"""What engagement.yaml says of clusters and objects, as far as risk is concerned: environment, tier, data class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assessment.scoring import factors
from assessment.scoring.factors import LOSS, NOT_STATED, Factor
from collectors.people import ANSWERS
from collectors.people.engagement import Engagement
from collectors.people.selection import Selected


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject stands, and the labels it is known to carry ("key=value").

    `namespace` is "" for an object of the whole cluster, None where it is not known. Labels are those of the
    object, of its pods and of its namespace; `all_labels` says that no others can exist.
    """

    cluster: str
    namespace: str | None
    labels: frozenset[str] = frozenset()
    all_labels: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """The entries that matter here, in the order of the file: the first that holds an object decides."""

    environments: dict[str, str | None] = field(default_factory=dict)
    cluster_tiers: dict[str, str] = field(default_factory=dict)
    tiers: tuple[tuple[str, Selected], ...] = ()
    data_classes: tuple[tuple[str, Selected], ...] = ()

    def environment(self, cluster: str) -> Factor:
        """The environment of a cluster. What people answer concerns the whole organisation."""
        if cluster == ANSWERS:
            return factors.not_asked("environment", LOSS, "the whole organisation")
        return factors.environment(self.environments.get(cluster))

    def tier(self, place: Place) -> frozenset[str]:
        """The tiers that an object there may have."""
        return _possible(self.tiers, place, self.cluster_tiers.get(place.cluster, NOT_STATED))

    def data_class(self, place: Place) -> frozenset[str]:
        """The classes of data that an object there may hold."""
        return _possible(self.data_classes, place, NOT_STATED)

    @property
    def reads_labels(self) -> bool:
        """Whether any entry asks for labels at all."""
        return any(entry.labels for _, entry in (*self.tiers, *self.data_classes))


def stated(engagement: Engagement) -> Stated:
    """The one place where scoring reads engagement.yaml."""
    clusters = engagement.clusters
    return Stated(
        {name: one.environment for name, one in clusters.items()},
        {name: one.tier for name, one in clusters.items() if one.tier},
        tuple((entry.tier, entry) for entry in engagement.tiers),
        tuple((entry.data_class, entry) for entry in engagement.data_classes),
    )


def _possible(entries: Sequence[tuple[str, Selected]], place: Place, otherwise: str) -> frozenset[str]:
    """The value of the first entry that surely holds the place, and of those before it that may."""
    found = set()
    for value, entry in entries:
        holds = _holds(entry, place)
        if holds is not False:
            found.add(value)
        if holds:
            return frozenset(found)
    return frozenset(found | {otherwise})


def _holds(entry: Selected, place: Place) -> bool | None:
    labels = dict(label.partition("=")[::2] for label in place.labels)
    missing = {key: value for key, value in entry.labels.items() if f"{key}={value}" not in place.labels}
    seen = {**labels, **{key: value for key, value in entry.labels.items() if key not in missing}}
    return entry.holds(place.cluster, place.namespace, seen if not missing or place.all_labels else None)


def written(values: Iterable[str]) -> str:
    """Possible values as one text, so that equal ones group together."""
    return "|".join(sorted(values))


def read(text: str) -> list[str]:
    """The values that `written` put into a text."""
    return text.split("|")
