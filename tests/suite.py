"""The whole suite: the quick verdicts first; the last line is pytest's own.

``make test`` runs it: lint, types and layers beside the Java module, then pytest over its folders (``testpaths`` in
pyproject.toml), on three workers (``tests/workers.py``).
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

PROJECT = Path(__file__).parents[1]
STEPS = {
    "lint, types and layers": ["make", "--no-print-directory", "check"],
    "connectors (Java)": ["mvn", "--batch-mode", "--quiet", "--file", "connectors/pom.xml", "verify"],
}
PYTEST = [sys.executable, "-m", "pytest", "--numprocesses", "3", "--no-loadscope-reorder"]


def main() -> None:
    """Runs the steps side by side, ends there if one fails, and becomes pytest at the end."""
    os.chdir(PROJECT)
    began_s = time.monotonic()
    failed = []
    for name, step in ended(STEPS):
        sys.stdout.write(step.stdout)
        verdict = "FAILED" if step.returncode else "passed"
        print(f"suite: {name} {verdict} after {time.monotonic() - began_s:.0f} s", flush=True)
        if step.returncode:
            failed.append(f"error: {name} failed. Run it alone with: {' '.join(step.args)}")
    if failed:
        sys.exit("\n".join(failed))
    os.execv(sys.executable, [*PYTEST, *sys.argv[1:]])


def ended(steps: Mapping[str, list[str]]) -> Iterator[tuple[str, subprocess.CompletedProcess[str]]]:
    """Starts all, and gives each as it ends, with its output in one piece."""
    with ThreadPoolExecutor(len(steps)) as pool:
        running = {pool.submit(_run, command): name for name, command in steps.items()}
        for step in as_completed(running):
            yield running[step], step.result()


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


if __name__ == "__main__":
    main()
