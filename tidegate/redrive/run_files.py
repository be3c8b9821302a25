"""What a run keeps beside its plan: who is at work, and where refine's outputs ended before the first copy was sent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tidegate.own_files import one_at_a_time, write_whole
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
    with one_at_a_time(
        settings.home / FOLDER / f"{dataset}.lock",
        f"another redrive of {dataset} is at work.",
        remedy="Let it end, or end it by `tidegate redrive cancel PLAN`; then ask again.",
    ):
        yield


def write_starts(settings: Settings, plan_id: str, starts: Starts) -> None:
    """Kept until the plan is done; written whole or not at all."""
    write_whole(settings.home / FOLDER / f"{plan_id}.starts", json.dumps(starts))


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
