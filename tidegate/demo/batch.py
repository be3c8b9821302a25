"""A day of files, as somebody would load it by hand: each command is shown, then run, on a stack started for it.

The day has bad rows and a bad file; rows that are bad for one cause are mended by a recipe. Then a file is corrected by
its supplier, and one comes late. The contract is the project's own, but its files lie in the demo's folder.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console

from tidegate.demo.options import DemoOptions
from tidegate.demo.phases import Phases
from tidegate.demo.prepare import start_stack
from tidegate.errors import TidegateError
from tidegate.redrive.plan import plan_ids
from tidegate.settings import Settings, as_environment
from tidegate.stack import local
from tidegate.stack.ports import PortChoice
from tidegate.stack.supervisor import is_running

DATASET = "transactions"
PLAN = "PLAN"
"""The redrive's plan, whose id is known once it is made."""
NOT_ALL = 3
"""What ``files load`` ends with if it has put files into quarantine."""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """``rows`` of the day's two good files together; ``keep`` leaves the stack running."""

    rows: int = 20_000
    keep: bool = False
    ports: PortChoice | None = None


def run_batch(settings: Settings, options: BatchOptions, console: Console) -> None:
    """Ends with the proof of the dataset's files; takes down what it has started, unless that is to be kept.

    Raises:
        TidegateError: a command failed, or the proof does not hold.
    """
    ran_before = is_running(settings.home)
    phases = Phases(console)
    up = start_stack(settings, DemoOptions(keep=options.keep, ports=options.ports), phases, console)
    try:
        folder = up.home / "demo" / f"files-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        with phases.phase("contract", "a copy of it, for files in the demo's folder") as note:
            demo = up.model_copy(update={"schemas_dir": _contracts(up.schemas_dir, folder)})
            note.text = str(demo.schemas_dir / DATASET / "contract.yaml")
        for typed, codes in commands(options, secrets.randbits(31), datetime.now(UTC).date() - timedelta(days=1)):
            words = _with_plan(demo, typed)
            with phases.phase(words[0], f"tidegate {' '.join(words)}") as note:
                console.print(f"[bold]$ tidegate {' '.join(words)}[/]", highlight=False, soft_wrap=True)
                _run(demo, words, codes)
                note.text = f"tidegate {' '.join(words[:2])}"
    finally:
        if not ran_before and not options.keep:
            local.down(up)


def commands(options: BatchOptions, seed: int, day: date) -> list[tuple[Sequence[str], Sequence[int]]]:
    """What is typed, in this order, and the exit codes that are well."""
    made = ("files", "make", DATASET, "--seed", str(seed), "--date", str(day))
    good = (*made, "--rows", str(options.rows), "--files", "2", "--bad-rows", "0.01", "--duplicates", "0.005")
    late = ("files", "make", DATASET, "--seed", str(seed), "--date", str(day - timedelta(days=3)), "--rows", "500")
    load = ("files", "load", DATASET)
    return [
        (("contract", "register", "products", DATASET), (0,)),
        (("load", "products", "--sample"), (0,)),
        ((*good, "--bad-file", "wrong-header"), (0,)),
        (load, (NOT_ALL,)),
        (("dlq", "stats", DATASET), (0,)),
        (("redrive", "plan", DATASET, "--rule", "currency_is_iso_code", "--recipe", "currency_signs"), (0,)),
        (("redrive", "run", PLAN, "--no-prove"), (0,)),
        ((*good, "--corrected", "1"), (0,)),
        ((*late, "--first", "9"), (0,)),
        (load, (0, NOT_ALL)),
        (("dlq", "stats", DATASET), (0,)),
        (("prove", DATASET), (0,)),
    ]


def _with_plan(settings: Settings, words: Sequence[str]) -> Sequence[str]:
    if PLAN not in words:
        return words
    newest = [each for each in plan_ids(settings) if each.startswith(f"{DATASET}-")][-1]
    return [newest if word == PLAN else word for word in words]


def _contracts(schemas: Path, folder: Path) -> Path:
    copied = folder / "schemas"
    shutil.copytree(schemas, copied)
    contract = copied / DATASET / "contract.yaml"
    text = contract.read_text().replace("pattern: landing/", f"pattern: {folder}/landing/")
    contract.write_text(text)
    return copied


def _run(settings: Settings, words: Sequence[str], codes: Sequence[int]) -> None:
    command = [sys.executable, "-m", "tidegate", *words]
    environment = os.environ | as_environment(settings)
    code = subprocess.run(command, env=environment, check=False).returncode
    if code not in codes:
        raise TidegateError(f"`tidegate {' '.join(words)}` ended with {code}.", remedy="Its own words are above.")
