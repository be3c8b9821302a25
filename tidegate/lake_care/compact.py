"""Puts the small files of a lake table together, by a Flink job beside those that write, and says what became of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from tidegate.clients.audit import audited, new_action
from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_commits import ancestors
from tidegate.clients.lake_contents import current_files
from tidegate.clients.lake_rows import open_table
from tidegate.job_names import COMPACT, flink_name
from tidegate.jobs.flink_run import JOBS_FOLDER
from tidegate.lake_care.small_files import Compaction, Sizes, Small, in_partitions, small_files
from tidegate.own_files import one_at_a_time, write_whole
from tidegate.replay.run import begin, require_finished, wait_until_ended
from tidegate.settings import Settings

ATTEMPTS = 3
"""Of whoever commits at the same moment one is refused, and Iceberg's task takes its files back then."""
_REPLACE = "replace"
"""What Iceberg calls a commit that changes files and no row."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What the commits of one run have made of how many files, and what is small still."""

    table: str
    files: int
    into: int
    bytes: int
    commits: int
    left: tuple[Small, ...]

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def plan_compaction(settings: Settings, name: str, partition: str | None, sizes: Sizes) -> list[Small]:
    """What would be put together now; nothing is changed.

    Raises:
        TidegateError: there is no such table or partition. TransientError: catalog or lake are out of reach.
    """
    table = open_table(settings, name)
    with lake_errors(settings):
        return small_files(in_partitions(current_files(table), partition), sizes)


def compact(settings: Settings, asked: Compaction, actor: str | None = None) -> Compacted:
    """Does it, and tells the audit. A job of before that still runs is waited for, and counts.

    Killed in between it leaves the job at work; a job that fails leaves what it has committed, and no row is twice.

    Raises:
        TidegateError: another one is at work, or the job failed. TransientError: catalog or lake are out of reach.
    """
    folder, job = settings.home / "lake_care", flink_name(COMPACT, asked.table)
    with one_at_a_time(
        folder / f"{job}.lock",
        f"another `tidegate lake compact` is at work on {asked.table}.",
        remedy="Let it end; then type it again: what is put together by then is left alone.",
    ):
        file = write_whole(folder / f"{job}.json", asked.to_json())
        action = new_action("lake compact", asked.table, actor, detail=f"of {len(asked.partitions)} partitions")
        with audited(settings, action) as counts:
            done = _until_done(settings, asked, job, ["--plan", str(file)])
            counts.update(files=done.files, into=done.into, bytes=done.bytes, commits=done.commits)
    return done


def _until_done(settings: Settings, asked: Compaction, job: str, arguments: Sequence[str]) -> Compacted:
    """A task that was refused its commit ends well all the same: the table tells what is left."""
    client, before = FlinkClient(settings), _before(settings, asked.table)
    for attempt in range(1, ATTEMPTS + 1):
        ended = _run(settings, client, job, arguments)
        done = _told(settings, asked, before)
        if not done.left or attempt == ATTEMPTS:
            require_finished(
                client,
                ended,
                f"the job that puts files of {asked.table} together",
                remedy="No row is lost or twice. See `tidegate logs taskmanager`; typed again, it does what is left.",
            )
            return done
    raise AssertionError(ATTEMPTS)


def _run(settings: Settings, client: FlinkClient, job: str, arguments: Sequence[str]) -> FlinkJob:
    running = client.live_job(job)
    if running is None:
        running = begin(settings, client, job, [str(JOBS_FOLDER / f"{COMPACT}.py"), *arguments])
    return wait_until_ended(client, running.job_id, begun=client.begun)


class _Before(NamedTuple):
    """Of a table: its snapshots by id, and the paths of its files."""

    snapshots: frozenset[int]
    files: frozenset[str]


def _before(settings: Settings, name: str) -> _Before:
    table = open_table(settings, name)
    with lake_errors(settings):
        paths = frozenset(each.path for each in current_files(table))
    return _Before(frozenset(each.snapshot_id for each in table.metadata.snapshots), paths)


def _told(settings: Settings, asked: Compaction, before: _Before) -> Compacted:
    """By the table, whoever has begun the job. What has come meanwhile is not left: it is for the next time."""
    table = open_table(settings, asked.table)
    commits = [
        each.summary.additional_properties
        for each in ancestors(table.metadata)
        if each.snapshot_id not in before.snapshots and each.summary and each.summary.operation.value == _REPLACE
    ]
    with lake_errors(settings):
        current = [each for each in current_files(table) if each.partition in asked.partitions]
    files = [each for each in current if each.path in before.files]
    return Compacted(
        asked.table,
        files=_sum(commits, "deleted-data-files"),
        into=_sum(commits, "added-data-files"),
        bytes=_sum(commits, "removed-files-size"),
        commits=len(commits),
        left=tuple(small_files(files, asked.sizes)),
    )


def _sum(commits: Sequence[dict[str, str]], name: str) -> int:
    return sum(int(each.get(name, "0")) for each in commits)
