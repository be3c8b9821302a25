"""The whole suite in order, quickest verdict first; the last line is pytest's own.

``make test`` runs it: lint, types and layers, the Java module, then pytest over its folders (``testpaths`` in
pyproject.toml).
"""

import os
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
STEPS = {
    "lint, types and layers": ["make", "--no-print-directory", "check"],
    "connectors (Java)": ["mvn", "--batch-mode", "--quiet", "--file", "connectors/pom.xml", "verify"],
}


def main() -> None:
    """Runs the steps, stops at the first that fails, and becomes pytest at the end."""
    os.chdir(PROJECT)
    for name, command in STEPS.items():
        began = time.monotonic()
        result = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
        seconds = time.monotonic() - began
        print(f"suite: {name} {'passed' if result.returncode == 0 else 'FAILED'} in {seconds:.0f} s", flush=True)
        if result.returncode != 0:
            sys.exit(f"error: {name} failed. Run it alone with: {' '.join(command)}")
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[1:]])


if __name__ == "__main__":
    main()
