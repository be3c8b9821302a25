"""The copy of a letter's record as it is tried: with the headers by which refine knows its first arrival."""

from collections.abc import Mapping
from typing import Any

from tidegate.dead_letters.redriven import Origin, Redriven, marked, read
from tidegate.redrive.fix import Fix as MakeFixed
from tidegate.redrive.fix import Fixed, NotFixed
from tidegate.redrive.plan import RedrivePlan
from tidegate.settings import Settings


class CopyMaker:
    """Makes the copies of one plan."""

    def __init__(self, settings: Settings, plan: RedrivePlan, fix: MakeFixed) -> None:
        self._key = settings.redrive_key.get_secret_value() if settings.redrive_key else ""
        self._plan_id = plan.plan_id
        self._fix = fix

    def copy_of(self, letter: Mapping[str, Any]) -> Fixed | NotFixed:
        """The record to try, or why there is none."""
        fixed = self._fix(letter)
        if isinstance(fixed, NotFixed):
            return fixed
        headers = marked(fixed.headers, self._said(letter), fixed.value, self._key)
        return fixed._replace(headers=headers)

    def _said(self, letter: Mapping[str, Any]) -> Redriven:
        """What the copy says of itself; that of a copy's letter goes on with what that copy said."""
        source, attempt = letter["source"], letter["attempt"]
        before = read(source["headers"].items()) if letter.get("replay_id") else None
        if before is not None:
            return before._replace(attempt=max(attempt, before.attempt + 1), plan_id=self._plan_id)
        origin = Origin(source["topic"], source["partition"], source["offset"], letter["dead_letter_id"])
        return Redriven(origin, attempt, self._plan_id, source["timestamp"], letter["first_failed_at"])
