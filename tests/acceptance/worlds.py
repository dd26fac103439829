"""Many copies of the sample's two clusters in one estate, each without one thing: each a cluster, judged together.

A copy has its own account or subscription, so that its cloud can refuse what the others' answers.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.estate import AWS, AZURE, Object, deny_list, edit

BASES = ("lakeside", "harbour")
_ACCOUNT, _SUBSCRIPTION = "111122223333", "7f1d3a52-0c4e-4b1b-9d3e-2a6c5e8f9b10"
_ACTIONS = {
    "managed-clusters": "Microsoft.ContainerService/managedClusters/read",
    "managed-cluster": "Microsoft.ContainerService/managedClusters/read",
    "agent-pools": "Microsoft.ContainerService/managedClusters/agentPools/read",
    "diagnostic-settings": "Microsoft.Insights/diagnosticSettings/read",
}  # fmt: skip
Withhold = Callable[[Path], None]


@dataclass(frozen=True)
class World:
    """One copy: `withhold` takes something away from the folder of its evidence, `cluster` or `cloud` below it.

    `wanted` is what a gap must name as closing it, None where the sample refuses the same thing already.
    """

    name: str
    base: str
    withheld: str
    withhold: Withhold
    wanted: str | None = None

    @property
    def of_cloud(self) -> bool:
        return self.withheld.startswith("cloud ")


def worlds(sources: Path) -> list[World]:
    """Every list of each cluster and every answer of each cloud once away, in turn not given and denied."""
    return [
        World(f"{base}-{number:02}", base, *rest)
        for base in BASES
        for number, rest in enumerate([*_lists(sources, base), *_answers(sources, base), *_everything()])
    ]


def _lists(sources: Path, base: str) -> Iterator[tuple[str, Withhold, str | None]]:
    for number, file in enumerate(sorted((sources / "clusters" / base).glob("*.json"))):
        if file.with_suffix(".err").exists() or file.name == "version.json":
            continue

        def gone(folder: Path, name: str = file.name) -> None:
            (folder / "cluster" / name).unlink()

        def denied(folder: Path, name: str = file.name) -> None:
            deny_list(folder / "cluster" / name)

        yield (f"{file.stem}", gone, file.stem) if number % 2 else (f"{file.stem}, denied", denied, file.stem)


def _answers(sources: Path, base: str) -> Iterator[tuple[str, Withhold, str | None]]:
    top = sources / {"lakeside": AWS, "harbour": AZURE}[base]
    for file in sorted(top.rglob("*.json")):
        place = file.relative_to(top).as_posix()
        said, wanted = refusal(place, base)

        def denied(folder: Path, place: str = place, said: str = said) -> None:
            (folder / "cloud" / place).unlink()
            (folder / "cloud" / place).with_suffix(".err").write_text(said)

        yield f"cloud {place}", denied, wanted


def _everything() -> Iterator[tuple[str, Withhold, str | None]]:
    yield "the whole cluster", lambda folder: shutil.rmtree(folder / "cluster"), None
    yield "the whole of its cloud", lambda folder: shutil.rmtree(folder / "cloud"), None


def refusal(place: str, base: str) -> tuple[str, str]:
    """What the cloud's command line writes when the answer at `place` is denied, and the permission it misses."""
    if base == "harbour":
        action = _ACTIONS[Path(place).stem]
        return f"ERROR: (AuthorizationFailed) The client 's' does not have authorization to perform action '{action}'" \
               " over scope '/subscriptions/x' or the scope is invalid.\n", action  # fmt: skip
    command = Path(place).parts[0].removesuffix(".json")
    operation = "".join(part.capitalize() for part in command.split("-"))
    service = {"get-caller-identity": "sts", "describe-subnets": "ec2"}.get(command, "eks")
    text = (f"\nAn error occurred (AccessDeniedException) when calling the {operation} operation: User: arn:aws:iam::x:"
            f"user/s is not authorized to perform: {service}:{operation} on resource: *\n")  # fmt: skip
    return text, f"{service}:{operation}"


def multiply(sources: Path, found: list[World]) -> None:
    """Put every world beside the two clusters of the sample, and tell engagement.yaml of each."""
    originals = sources / "originals"
    (sources / "clusters").rename(originals)
    (sources / "clusters").mkdir()
    for base in BASES:
        shutil.copytree(originals / base, sources / "clusters" / base)
    for number, world in enumerate(found):
        place = sources / "world"
        shutil.copytree(originals / world.base, place / "cluster")
        cloud = _cloud(sources, world.base, number)
        shutil.copytree(sources / {"lakeside": AWS, "harbour": AZURE}[world.base], place / "cloud")
        world.withhold(place)
        if (place / "cluster").exists():
            (place / "cluster").rename(sources / "clusters" / world.name)
        if (place / "cloud").exists():
            cloud.parent.mkdir(parents=True, exist_ok=True)
            (place / "cloud").rename(cloud)
            _renumber(cloud, number)
        shutil.rmtree(place)
    edit(sources / "engagement.yaml", lambda said: _tell(said, found))


def _cloud(sources: Path, base: str, number: int) -> Path:
    text = _numbered((AWS if base == "lakeside" else AZURE), number)
    return sources / text


def _numbered(text: str, number: int) -> str:
    return text.replace(_ACCOUNT, f"2{number:011}").replace(_SUBSCRIPTION, _SUBSCRIPTION[:-3] + f"{number:03}")


def _renumber(cloud: Path, number: int) -> None:
    for file in sorted(path for path in cloud.rglob("*") if path.is_file()):
        file.write_text(_numbered(file.read_text(), number))
        if _ACCOUNT in file.name:
            file.rename(file.with_name(_numbered(file.name, number)))


def _tell(said: Object, found: list[World]) -> None:
    for number, world in enumerate(found):
        original = said["clusters"][world.base]
        place = {key: _numbered(text, number) for key, text in original["cloud"].items()}
        said["clusters"][world.name] = {**original, "display_name": world.name, "cloud": place}
    named = {base: [base, *(world.name for world in found if world.base == base)] for base in BASES}
    for entry in [*said["owners"], *said["tiers"], *said["data_classes"], *said["must_do"], *said["scopes"].values()]:
        if "clusters" in entry:
            entry["clusters"] = [name for base in entry["clusters"] for name in named[base]]
