"""A redrive's plan: a frozen list of dead letters and the recipe they are fixed by, kept in a file with its hash."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from tidegate.dead_letters.codes import Stage
from tidegate.dead_letters.ledger import Place
from tidegate.dlq.turn import FOLDER
from tidegate.errors import TidegateError
from tidegate.settings import Settings

_NEW = "Make a new one by `tidegate redrive plan`."
_ID_TIME = "%Y%m%dT%H%M%S"


class PlannedLetter(NamedTuple):
    """One letter of a plan: its id, where it lies in ``dlq.<dataset>``, and the record that failed."""

    dead_letter_id: str
    letter: Place
    source: Place
    stage: str
    attempt: int


@dataclass(frozen=True)
class RedrivePlan:
    """What one redrive sends, and nothing else: letters that come later are not taken.

    ``created_at``: ms since the epoch, UTC. ``filters``: how the letters were chosen, for people. ``recipe``: the text
    of the recipe as it was then, None where the bytes go as they are; ``recipe_name`` ends in ``.yaml`` or ``.py``.
    """

    plan_id: str
    dataset: str
    created_at: int
    actor: str
    filters: str
    recipe: str | None
    recipe_name: str | None
    letters: tuple[PlannedLetter, ...]

    @property
    def is_of_documents(self) -> bool:
        """Whether it writes documents to OpenSearch; else it sends records to the raw topic. No plan does both."""
        return bool(self.letters) and self.letters[0].stage == Stage.INDEX

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hex, over the plan as canonical JSON."""
        text = json.dumps(self._fields(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> str:
        """The plan as text, its hash inside."""
        return json.dumps({"hash": self.hash, **self._fields()}, ensure_ascii=False)

    def _fields(self) -> dict[str, Any]:
        return {
            "plan_id": self.plan_id,
            "dataset": self.dataset,
            "created_at": self.created_at,
            "actor": self.actor,
            "filters": self.filters,
            "recipe": self.recipe,
            "recipe_name": self.recipe_name,
            "letters": self.letters,
        }


def new_plan_id(dataset: str, now: datetime, salt: bytes) -> str:
    """An id that says whose plan it is and when it was made; ``salt`` tells plans of one second apart."""
    return f"{dataset}-{now.astimezone(UTC).strftime(_ID_TIME)}-{hashlib.sha256(salt).hexdigest()[:6]}"


def store(settings: Settings, plan: RedrivePlan) -> Path:
    """Writes the plan, whole or not at all; returns its file.

    Raises:
        TidegateError: there is one of this id, or the folder can't be written.
    """
    file = _file(settings, plan.plan_id)
    aside = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(plan.to_json(), encoding="utf-8")
        os.link(aside, file)
    except FileExistsError as error:
        raise TidegateError(f"there is a plan {plan.plan_id} already.", remedy="Make it again.") from error
    except OSError as error:
        raise TidegateError(
            f"the plan can't be kept in {file.parent}: {error.strerror}.", remedy="See to the folder, then plan again."
        ) from error
    finally:
        aside.unlink(missing_ok=True)
    return file


def load(settings: Settings, plan_id: str) -> RedrivePlan:
    """The plan with this id.

    Raises:
        TidegateError: there is none, or its file is not what was stored.
    """
    file = _file(settings, plan_id)
    if plan_id not in plan_ids(settings):
        raise TidegateError(
            f"there is no plan {plan_id!r} in {file.parent}.", remedy="`tidegate redrive list` names the plans."
        )
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        plan = _plan(stored)
    except (ValueError, KeyError, TypeError) as error:
        raise TidegateError(f"{file} is no plan.", remedy=_NEW) from error
    if stored["hash"] != plan.hash or plan.plan_id != plan_id:
        raise TidegateError(f"{file} was changed after the plan was made: its hash does not fit.", remedy=_NEW)
    return plan


def plan_ids(settings: Settings) -> list[str]:
    """The ids of all plans that are kept, by dataset and time."""
    return sorted(file.stem for file in (settings.home / FOLDER).glob("*.json"))


def _file(settings: Settings, plan_id: str) -> Path:
    return settings.home / FOLDER / f"{plan_id}.json"


def _plan(stored: Mapping[str, Any]) -> RedrivePlan:
    letters = tuple(
        PlannedLetter(dead_letter_id, Place(*letter), Place(*source), stage, attempt)
        for dead_letter_id, letter, source, stage, attempt in stored["letters"]
    )
    fields = {name: value for name, value in stored.items() if name not in ("hash", "letters")}
    return RedrivePlan(**fields, letters=letters)
