"""Print speed and memory. Nothing is asserted; every measurement is a process of its own."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import estate_of_clusters, live

HERE = Path(__file__).resolve().parent
CLUSTER = HERE.parents[1] / "shared/inputs/live-clusters/kwok-15k-kubescape/all.json.gz"


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds by the clock and of all cores together, start included; peak memory; what the process said."""

    seconds: float
    cpu: float
    peak_mb: float
    said: dict[str, float]


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        cluster, made = _cluster(arguments.cluster, Path(folder))
        print(f"From snapshot to results: {cluster.name}{made}, {cluster.stat().st_size / 1e6:.1f} MB packed")
        _survey_against_floor(cluster, arguments.pairs, Path(folder))
        _large_estate(Path(folder))
    _small_worlds(arguments.worlds)
    if arguments.live:
        live.compare(_measure, arguments.pairs)
        estate_of_clusters.compare(_measure, arguments.pairs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="how often floor and survey run after each other")
    parser.add_argument("--worlds", type=int, default=1000, help="how many one-object worlds are judged at once")
    parser.add_argument("--cluster", type=Path, default=CLUSTER, help="a kubectl List, gzipped")
    parser.add_argument("--no-live", dest="live", action="store_false", help="without the control plane and its pods")
    return parser.parse_args()


def _cluster(path: Path, folder: Path) -> tuple[Path, str]:
    if path.is_file():
        return path, ""
    made = folder / "generated.json.gz"
    _measure("generate", str(made))
    return made, " (generated: the shared inputs are not beside this checkout)"


def _survey_against_floor(cluster: Path, pairs: int, folder: Path) -> None:
    floors, surveys = [], []
    for number in range(pairs):
        floors.append(_measure("floor", str(cluster)))
        surveys.append(_measure("survey", str(cluster), str(folder / f"workspace-{number}")))
        print(f"  pair {number + 1}: floor {floors[-1].seconds:.2f} s, survey {surveys[-1].seconds:.2f} s", flush=True)
    ratios = [survey.said["seconds"] / floor.said["seconds"]
              for survey, floor in zip(surveys, floors, strict=True)]
    work = [survey.cpu / floor.cpu for survey, floor in zip(surveys, floors, strict=True)]
    stages = ", ".join(f"{stage} {statistics.median(each.said[stage] for each in surveys):.2f} s"
                       for stage in ("collect", "assess"))
    print(f"  ratio to the floor, median of {pairs} pairs: {statistics.median(ratios):.1f} "
          f"({statistics.median(work):.1f} in processor time, the start of Python in both)")
    print(f"  of it {stages}; {surveys[0].said['objects']:,.0f} objects, {surveys[0].said['findings']:,.0f} findings")
    print(f"  peak memory: survey {max(each.peak_mb for each in surveys):.0f} MB, "
          f"floor {max(each.peak_mb for each in floors):.0f} MB")


def _large_estate(folder: Path) -> None:
    """A made-up cluster of 25,000 pods: each stage beside reading and parsing the same bytes."""
    estate = folder / "large.json.gz"
    _measure("large", str(estate))
    floor, survey = _measure("floor", str(estate)), _measure("survey", str(estate), str(folder / "large"))
    parsed, said = floor.said["seconds"], survey.said
    print(f"An estate of 25,000 pods: {said['objects']:,.0f} objects, {said['findings']:,.0f} findings; reading and "
          f"parsing {parsed:.2f} s, the whole line {said['seconds']:.2f} s ({said['seconds'] / parsed:.1f} times)")
    stages = ("collect", "reading evidence", "deriving", "judging", "weighing", "planning", "writing")
    print("  " + ", ".join(f"{stage} {said[stage]:.2f} s ({said[stage] / parsed:.1f})" for stage in stages))
    print(f"  peak memory: survey {survey.peak_mb:.0f} MB, floor {floor.peak_mb:.0f} MB")


def _small_worlds(count: int) -> None:
    measured = _measure("worlds", str(count))
    first, warm, cpu = (count / measured.said[each] for each in ("first", "warm", "warm_cpu"))
    print(f"Small worlds: {count:,} of one object each, {first:,.0f} worlds a second the first time, {warm:,.0f} when "
          f"warm ({cpu:,.0f} a second of processor time), peak {measured.peak_mb:.0f} MB")


def _measure(*task: str) -> Measured:
    command = [sys.executable, str(HERE / "task.py"), *task]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE.parent, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(task[:1])} failed with exit code {process.returncode}")
    figures = json.loads(said.splitlines()[-1])
    return Measured(seconds, figures.pop("cpu"), figures.pop("peak_kb") / 1000, figures)


if __name__ == "__main__":
    main()
