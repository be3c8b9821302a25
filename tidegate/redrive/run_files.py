"""What a run keeps beside its plan: who is at work, and where refine's outputs ended before the first copy was sent."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager

from tidegate.errors import TidegateError
from tidegate.redrive.plan import FOLDER
from tidegate.settings import Settings

Starts = dict[str, dict[int, int]]
"""By topic and partition, the first offset in which an outcome may lie."""


@contextmanager
def redrive_turn(settings: Settings, dataset: str) -> Iterator[None]:
    """One redrive of a dataset at a time on this machine; the broker sees to those of others.

    Raises:
        TidegateError: one is at work.
    """
    folder = settings.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{dataset}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TidegateError(
                f"another redrive of {dataset} is at work.",
                remedy="Let it end, or end it by `tidegate redrive cancel PLAN`; then ask again.",
            ) from error
        yield


def write_starts(settings: Settings, plan_id: str, starts: Starts) -> None:
    """Kept until the plan is done; written whole or not at all."""
    file = settings.home / FOLDER / f"{plan_id}.starts"
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(starts))
    draft.replace(file)


def read_starts(settings: Settings, plan_id: str) -> Starts | None:
    """What was written; None where another machine began, or the file is gone or broken."""
    try:
        stored = json.loads((settings.home / FOLDER / f"{plan_id}.starts").read_text())
        return {
            topic: {int(partition): int(offset) for partition, offset in offsets.items()}
            for topic, offsets in stored.items()
        }
    except (OSError, ValueError, AttributeError, TypeError):
        return None
