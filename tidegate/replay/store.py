"""Plans of replays and how far each has come, as files of the home folder."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from tidegate.errors import TidegateError
from tidegate.own_files import write_whole
from tidegate.replay.range_plan import RangePlan
from tidegate.settings import Settings

PLANNED, WRITING, WRITTEN, PUBLISHED, INDEXING, INDEXED, FILLING, FILLED, DONE, CANCELLED = (
    "planned",
    "writing",
    "written",
    "published",
    "indexing",
    "indexed",
    "filling",
    "filled",
    "done",
    "cancelled",
)
ENDED = (DONE, CANCELLED)
SWITCHING, COMMITTING, SWITCHED = "switching", "committing", "switched"
"""Of a replay whose next topics are filled, and to which jobs go over: see ``silver_switch.py``."""
_PLAN, _STATUS = ".plan.json", ".status.json"


Places = Mapping[str, Mapping[str, int]]
"""Offsets by output of refine and by partition, whose number is text here as in JSON."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far a replay has come: ``writing`` aside by the Flink job ``job_id``, ``written``, ``published`` in
    the lake, ``indexing`` by the job ``index_job_id``, ``indexed``, ``filling`` silver's next topics by the job
    ``fill_job_id``, ``filled``, ``switching`` jobs to them, ``committing`` their places there, ``switched``, ``done``.

    Times are in ms since 1970. ``counts``: of :class:`~tidegate.replay.account.Account`. ``proof``: the verdict of
    ``tidegate prove`` on the range, and ``proof_holds``. ``rate``: raw records a second, at most, that the job reads.
    ``version``: of the documents that it writes, which are counted in ``documents``. ``letters``: how many it has
    written (``lettered``), ``resolved`` and ``reopened``. ``filling``: what the job that was begun last fills the
    topics with (:class:`~tidegate.sql.replay_silver.Filling`), ``fill_from``: where in them it begins. ``filled_to``:
    the ends of the old topics up to which the new ones were compared with them, and ``filled`` counts what they have.
    ``jobs``: before the switch, by their names in Flink the datasets of those jobs that had the replay's dataset;
    ``stopped_at``: since when that stands still. ``begin_at``: where readers begin in silver's new topic, by partition.
    ``forgotten_at``: when the old topics were deleted.
    """

    state: str = PLANNED
    job_id: str | None = None
    started_at: int | None = None
    written_at: int | None = None
    snapshot_id: int | None = None
    ended_at: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    proof: str | None = None
    proof_holds: bool | None = None
    rate: float | None = None
    version: int | None = None
    index_job_id: str | None = None
    index_started_at: int | None = None
    documents: Mapping[str, int] = field(default_factory=dict)
    fill_job_id: str | None = None
    fill_started_at: int | None = None
    filling: Mapping[str, Any] | None = None
    fill_from: Places = field(default_factory=dict)
    filled_to: Places = field(default_factory=dict)
    filled: Mapping[str, int] = field(default_factory=dict)
    letters: Mapping[str, int] = field(default_factory=dict)
    jobs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stopped_at: int | None = None
    begin_at: Mapping[str, int] = field(default_factory=dict)
    forgotten_at: int | None = None


def store_plan(settings: Settings, plan: RangePlan) -> Path:
    """Returns the file."""
    return write_whole(_folder(settings) / f"{plan.plan_id}{_PLAN}", plan.to_json())


def plan_file(settings: Settings, plan_id: str) -> Path:
    """Where the plan is.

    Raises:
        TidegateError: there is none of that id.
    """
    file = _folder(settings) / f"{plan_id}{_PLAN}"
    if "/" in plan_id or not file.exists():
        raise TidegateError(f"there is no replay {plan_id!r}.", remedy="`tidegate replay list` shows them all.")
    return file


def read_plan(file: Path) -> RangePlan:
    """Raises: TidegateError: it is none, or was changed since."""
    return RangePlan.from_json(file.read_text())


def load_plan(settings: Settings, plan_id: str) -> RangePlan:
    """By its id.

    Raises:
        TidegateError: there is none, or it was changed since.
    """
    return read_plan(plan_file(settings, plan_id))


def all_plans(settings: Settings) -> Iterator[RangePlan]:
    """The oldest first; without files that are no plan any more, of which :func:`load_plan` says why."""
    for file in sorted(_folder(settings).glob(f"*{_PLAN}")):
        with suppress(TidegateError):
            yield read_plan(file)


def load_status(settings: Settings, plan_id: str) -> Status:
    """Of a plan that has not begun, too."""
    file = _folder(settings) / f"{plan_id}{_STATUS}"
    if not file.exists():
        return Status()
    found: dict[str, Any] = json.loads(file.read_text())
    known = {each.name for each in fields(Status)}  # earlier versions had others
    return Status(**{name: value for name, value in found.items() if name in known})


def status_to_go_on(settings: Settings, plan_id: str) -> Status:
    """The same, of a replay that is to be run or gone on with.

    Raises:
        TidegateError: it has ended.
    """
    status = load_status(settings, plan_id)
    if status.state in ENDED:
        raise TidegateError(f"the replay {plan_id} is {status.state}.", remedy=f"See `tidegate replay show {plan_id}`.")
    return status


def store_status(settings: Settings, plan_id: str, status: Status) -> Status:
    """Returns it."""
    write_whole(_folder(settings) / f"{plan_id}{_STATUS}", json.dumps(asdict(status), indent=2))
    return status


def _folder(settings: Settings) -> Path:
    folder = settings.home / "replays"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
