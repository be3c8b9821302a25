"""What a run keeps beside its plan: where refine's outputs ended before the first copy was sent."""

import json

from tidegate.dlq.turn import FOLDER
from tidegate.own_files import write_whole
from tidegate.settings import Settings

Starts = dict[str, dict[int, int]]
"""By topic and partition, the first offset in which an outcome may lie."""


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
