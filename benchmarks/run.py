"""All benchmarks on a stack of their own: ``make bench``, or ``python -m benchmarks.run --events 2000000 --runs 3``.

The stack lives in a temporary folder, on free ports, and is removed at the end. Nothing else should run meanwhile.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

PREPARE = ("contract register --all", "index apply", "load products --sample")
# The jobs of the first one start with the oldest record, so it must find none.
STEADY = "steady --rate 5000 --seconds 300"
# The producer leaves a larger backlog than --events, so these come after those that work one off.
LAST = ("functions --events 1000000 --runs 1", "document_cost --documents 300000 --runs 2 --rate 10000")
BENCHMARKS = (
    "catch_up refine --parallelism 2",
    "catch_up refine --at-least-once",
    "catch_up refine",
    "budget",
    "catch_up metrics",
    "catch_up lake",
    "catch_up index",
    "producer",
    "prove --lake --index",
)


def main() -> None:
    """Parses, and runs one benchmark after the other; each prints its own lines."""
    parser = argparse.ArgumentParser(prog="run")
    parser.add_argument("--events", type=int, default=2_000_000, help="events of each run")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the stack is taken down then too
    with throw_away_stack() as environment:
        sizes = f"--events {options.events} --runs {options.runs}"
        for benchmark in (STEADY, *(f"{benchmark} {sizes}" for benchmark in BENCHMARKS), *LAST):
            began = time.monotonic()
            run(["benchmarks." + benchmark.split()[0], *benchmark.split()[1:]], environment)
            print(f"({benchmark}: {time.monotonic() - began:.0f} s)", flush=True)


@contextmanager
def throw_away_stack() -> Iterator[dict[str, str]]:
    """Servers with contracts, templates and products; gives the environment that leads commands to them."""
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as home:
        environment = os.environ | {"TIDEGATE_HOME": f"{home}/stack"}
        try:
            run(["tidegate", "up", "--ports", "auto"], environment)
            for command in PREPARE:
                run(["tidegate", *command.split()], environment)
            yield environment
        finally:
            run(["tidegate", "down", "--purge", "--yes"], environment)


def run(module: list[str], environment: dict[str, str]) -> None:
    """A Python module as a process of its own, whose failure ends the benchmarks."""
    result = subprocess.run([sys.executable, "-m", *module], env=environment, stdin=subprocess.DEVNULL, check=False)
    if result.returncode != 0:
        sys.exit(f"error: `python -m {' '.join(module)}` failed; what it said is above.")


if __name__ == "__main__":
    main()
