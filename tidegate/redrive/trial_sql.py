"""Refine's own SQL over a scratch topic, its outputs as files: what becomes of records, without a trace. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tidegate.avro.types import columns
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import HEADERS
from tidegate.contracts.naming import GroupId
from tidegate.contracts.topics import raw_subject
from tidegate.sql.ddl import column_lines, create
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import JobSql, Table, View
from tidegate.sql.platform import Platform
from tidegate.sql.refine import job_sql
from tidegate.sql.scope import Scope
from tidegate.sql.sources import raw_source

NAME = "dry_run"
GROUP = GroupId("tidegate-dry-run")
OUTPUTS = ("silver", "dead_letters", "dropped")
"""The tables of refine that are files here, each a folder of that name."""


@dataclass(frozen=True, slots=True)
class Trial:
    """``topic`` has ``count`` records in its one partition; the outputs go to ``folder``."""

    topic: str
    count: int
    folder: Path


def trial_stream(stream: Stream, trial: Trial) -> Stream:
    """The dataset as it is, with another raw topic; no budget of errors ends a trial."""
    contract = stream.contract
    topic = contract.topic.model_copy(update={"name": trial.topic})
    if not contract.is_json:
        topic = topic.model_copy(update={"subject": raw_subject(contract)})
    budget = contract.dead_letters.model_copy(
        update={"action": "alert", "max_ratio": 1.0, "max_consecutive": max(1, trial.count + 1)}
    )
    return replace(stream, contract=contract.model_copy(update={"topic": topic, "dead_letters": budget}))


def trial_sql(stream: Stream, platform: Platform, trial: Trial) -> JobSql:
    """The SQL of one trial: views and inserts are refine's, only where it reads and writes is another place."""
    tried = trial_stream(stream, trial)
    sql = job_sql(tried, platform, Scope(NAME), Delivery(transaction_timeout_s=600))
    source = raw_source(tried, platform.connections, GROUP, {0: (0, trial.count)})
    return replace(sql, definitions=tuple(_definitions(sql, source, _files(tried, platform, trial))))


def _definitions(sql: JobSql, source: Table, files: dict[str, Table]) -> Iterator[Table | View]:
    for each in sql.definitions:
        if each.name == source.name:
            yield replace(source, resumed="")
        else:
            yield files.get(each.name, each) if isinstance(each, Table) else each


def _files(stream: Stream, platform: Platform, trial: Trial) -> dict[str, Table]:
    letters = [*column_lines(columns(platform.dead_letter)), f"`{HEADERS}` MAP<STRING, BYTES>"]
    bodies = (column_lines(stream.silver_columns), letters, column_lines(columns(platform.dropped)))
    return {
        name: create(
            name,
            body,
            {
                "connector": "filesystem",
                "path": f"file://{trial.folder}/{name}",
                "format": "json",
                "json.timestamp-format.standard": "ISO-8601",
            },
        )
        for name, body in zip(OUTPUTS, bodies, strict=True)
    }
