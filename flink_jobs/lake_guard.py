"""Refuses a state that the lake's tables are ahead of.

Iceberg's sink leaves out a commit whose checkpoint it has seen already of the same Flink job, and writes all others. So
from such a state it would lose rows in silence (the same job id), or write them a second time (a new one).
"""

import re
from collections.abc import Iterator

from flink_jobs.job import StateFacts
from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.clients.lake_commits import FlinkCommit, newest_flink_commit
from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import TableName, lake_table
from tidegate.errors import TidegateError
from tidegate.settings import Settings

_JOB_IN_PATH = re.compile(r"/([0-9a-f]{32})/chk-\d+/?$|/savepoint-([0-9a-f]{6})-[0-9a-f]+/?$")


def refuse_older_state(dataset: Stream, settings: Settings, state: StateFacts) -> None:
    """Compares the state with the last commit of both of the dataset's tables.

    Raises:
        TidegateError: one of them was committed to after the state.
        TransientError: the catalog does not answer.
    """
    for table, commit in _newest_commits(dataset, settings):
        if is_ahead(commit, state):
            raise TidegateError(
                f"the lake's table {table} has commits that are newer than the state {state.path}: its last is of "
                f"checkpoint {commit.checkpoint_id}, the state of checkpoint {state.checkpoint_id}. The lake job would "
                "lose rows in silence, or write them twice.",
                remedy="Leave --recover-from out: the job goes on from its newest state. If that is gone, set "
                f"{table} back to its snapshot of that time with Iceberg's rollback_to_snapshot; then start it again.",
            )


def is_ahead(commit: FlinkCommit, state: StateFacts) -> bool:
    """Whether the commit is of a later checkpoint than the state; their numbers go on from job to job.

    Of another job, which may have begun at 1 again, the time tells too.
    """
    mine = job_in(state.path)
    if mine and commit.job_id.startswith(mine):
        return commit.checkpoint_id > state.checkpoint_id
    return commit.at_ms > state.written_ms and (bool(mine) or commit.checkpoint_id > state.checkpoint_id)


def job_in(path: str) -> str:
    """The id of the Flink job that a state is of, or how it begins; empty where the path does not tell."""
    found = _JOB_IN_PATH.search(path)
    return (found.group(1) or found.group(2)) if found else ""


def _newest_commits(dataset: Stream, settings: Settings) -> Iterator[tuple[TableName, FlinkCommit]]:
    catalog = open_catalog(settings)
    for name in (lake_table("bronze", dataset.name), lake_table("silver", dataset.name)):
        with lake_errors(settings):
            table = find_table(catalog, name)
        commit = None if table is None else newest_flink_commit(table)
        if commit is not None:
            yield name, commit
