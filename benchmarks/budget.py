"""What refine pays for the error budget and for redriven records: ``python -m benchmarks.budget --runs 3``.

The stack must be up with contracts and products, and no refine may run: use a throw-away stack. Refine works the same
backlog off as it is, without the budget's operator, and besides without asking each record whether it was redriven, in
turn, so that what else the machine does hits all alike; each round begins with another one, as the JVM still compiles
and the later run is the faster one. What counts is the TaskManager's CPU time; a first run of each is not counted.
"""

import argparse
import statistics

from benchmarks.catch_up import WORKERS, catch_up, fill
from benchmarks.measure import Run, spread
from tidegate.job_names import REFINE
from tidegate.settings import Settings, get_settings

VARIANTS = {
    "as it is": "flink_jobs/refine.py",
    "without the budget": "benchmarks/jobs/refine_without_budget.py",
    "without budget and redrives": "benchmarks/jobs/refine_without_redrives.py",
}


def main() -> None:
    """Parses, fills, measures, prints."""
    parser = argparse.ArgumentParser(prog="budget")
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    settings = get_settings()
    fill(settings, options.events)
    runs: dict[str, list[Run]] = {name: [] for name in VARIANTS}
    for number in range(options.runs + 1):
        for name in in_turn(number):
            run = one_run(settings, name)
            if number:
                runs[name].append(run)
            print(f"{name}: {per_cpu_second(run):,.0f} per CPU-second", flush=True)
    print(table(runs))


def in_turn(number: int) -> list[str]:
    """The variants, in the order of a round."""
    names = [*VARIANTS]
    first = number % len(names)
    return names[first:] + names[:first]


def one_run(settings: Settings, variant: str) -> Run:
    """From no state to the end of the backlog."""
    return catch_up(settings, REFINE, VARIANTS[variant])


def per_cpu_second(run: Run) -> float:
    """Events per CPU-second of the TaskManager."""
    return run.events / sum(run.cpu_s[name] for name in WORKERS)


def table(runs: dict[str, list[Run]]) -> str:
    """Each variant, and what the whole job loses against it: the median of the rounds, each held against its own."""
    whole = [*map(per_cpu_second, runs["as it is"])]
    lines = []
    for name, some in runs.items():
        rates = [*map(per_cpu_second, some)]
        losses = [100 * (1 - mine / other) for mine, other in zip(whole, rates, strict=True)]
        lines.append(
            f"refine {name}: {spread(rates)} events per CPU-second; the whole loses {statistics.median(losses):.1f} % "
            f"({min(losses):.1f} to {max(losses):.1f}) against it"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
