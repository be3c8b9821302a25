"""How fast one command produces clicks: ``python -m benchmarks.producer --events 2000000 --runs 3``.

The stack must be up with contracts (``tidegate up --only kafka,registry``, ``tidegate contract register --all``).
The seconds are those between the first record sent and the last one acknowledged; the producer's CPU seconds are the
whole command's, start-up included. Every run adds its events to raw.clicks: use a throw-away stack.
"""

import argparse
import json
import resource
import subprocess
import sys

from benchmarks.measure import Run, cpu_seconds, report, since
from tidegate.settings import Settings, get_settings

MIXES = {
    "good clicks": (),
    "1 % bad, 5 % duplicates, 2 % late": (
        *("--bad-ratio", "0.01"),
        *("--duplicate-ratio", "0.05"),
        *("--late-ratio", "0.02"),
    ),
}


def main() -> None:
    """Parses, measures, prints."""
    parser = argparse.ArgumentParser(prog="producer")
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    settings = get_settings()
    for title, ratios in MIXES.items():
        runs = [produce(settings, options.events, *ratios) for _ in range(options.runs)]
        print(report(f"produce, {title}", runs, ("producer",)))


def produce(settings: Settings, events: int, *ratios: str) -> Run:
    """One command, as fast as it goes."""
    command = [sys.executable, "-m", "tidegate", "produce", "clicks", "--rate", "0", "--count", str(events), "--json"]
    servers, own_s = cpu_seconds(settings), children_cpu_s()
    result = subprocess.run([*command, *ratios], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    summary = json.loads(result.stdout)
    used = since(servers, cpu_seconds(settings)) | {"producer": children_cpu_s() - own_s}
    return Run(summary["delivered"], summary["seconds"], used)


def children_cpu_s() -> float:
    """User and system CPU seconds of all ended child processes, theirs included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
