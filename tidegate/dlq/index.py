"""All letters of some datasets with their states, to be asked in SQL."""

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import duckdb

from tidegate.clients.kafka_offsets import Spans
from tidegate.contracts.audit_topics import LEDGER_TOPIC
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import State
from tidegate.dlq.folders import alone, letters_folder
from tidegate.dlq.layout import ENTRIES, LETTERS, OFFSET, PARTITION, Kind, Layout
from tidegate.dlq.segments import Heard, Kept, Topic, catch_up
from tidegate.settings import Settings

MEMORY = "192MB"
_THREADS = 2
_SQL_TYPES: Mapping[Kind, str] = {
    "number": "bigint",
    "text": "varchar",
    "bytes": "blob",
    "texts": "varchar[]",
    "many bytes": "blob[]",
    "joined": "varchar",
}
_FIRST = "qualify row_number() over (partition by id order by letter_partition, letter_offset) = 1"


@dataclass(frozen=True, slots=True)
class Unseen:
    """Of a dataset: offsets of its topic that retention removed before they were read on this machine."""

    dataset: str
    offsets: int


class Index:
    """The table ``letters``: one row a letter, its columns those of the layout with ``dataset`` and ``state``."""

    def __init__(self, connection: Any, unseen: Sequence[Unseen], spans: Mapping[str, Spans]) -> None:
        """``spans``: by dataset, the offsets that its topic of letters has now."""
        self._connection = connection
        self.unseen = unseen
        self.spans = spans

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The answer to a question about ``letters``."""
        return list(self._connection.execute(sql, [*values]).fetchall())

    def attach(self, name: str, kept: Kept, layout: Layout) -> None:
        """Another topic's columns beside ``letters``, in place of what had this name."""
        for kind in ("view", "table"):
            with suppress(duckdb.CatalogException):
                self._connection.execute(f"drop {kind} if exists {name}")
        _create(self._connection, name, kept, layout)

    def records(self, sql: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The same, by the names of the columns."""
        cursor = self._connection.execute(sql, [*values])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def letter_index(settings: Settings, streams: Sequence[Stream], heard: Heard = lambda _: None) -> Iterator[Index]:
    """Reads what is new since the last time; another process that wants to, waits.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    with alone(settings) as folder:
        connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": _THREADS, "temp_directory": f"{folder}"})
        try:
            ledger = Topic(settings, LEDGER_TOPIC, folder / "ledger", ENTRIES)
            yield _opened(connection, ledger, streams, heard)
        finally:
            connection.close()


def _opened(connection: Any, ledger: Topic, streams: Sequence[Stream], heard: Heard) -> Index:
    settings = ledger.settings
    _create(connection, "entries", catch_up(ledger), ENTRIES)
    parts, unseen, spans = [], [], dict[str, Spans]()
    for number, stream in enumerate(streams):
        topic = Topic(settings, stream.contract.dead_letter_topic, letters_folder(settings, stream.name), LETTERS)
        kept = catch_up(topic, heard)
        if kept.gaps and kept.folder and _fill(settings, connection, stream.name, kept.folder, kept.gaps):
            kept = catch_up(topic, heard)
        _create(connection, f"kept_{number}", kept, LETTERS)
        unseen.append(Unseen(stream.name, kept.unseen))
        spans[stream.name] = {partition: (start, kept.ends[partition]) for partition, start in kept.starts.items()}
        parts.append(_with_state(connection, number, stream.name, kept))
    connection.execute(f"create view letters as {' union all '.join(parts)}")
    return Index(connection, unseen, spans)


def _fill(*arguments: Any) -> bool:
    """From the lake, whose client is loaded only where something is missing."""
    return bool(importlib.import_module("tidegate.dlq.from_lake").fill(*arguments))


def _create(connection: Any, name: str, kept: Kept, layout: Layout) -> None:
    """A view of the files; of nothing where there is none."""
    if kept.files:
        files = ", ".join(f"'{str(path).replace(chr(39), chr(39) * 2)}'" for path in kept.files)
        connection.execute(f"create view {name} as select * from read_parquet([{files}], hive_partitioning=false)")
        return
    columns = ", ".join(f'"{column}" {_SQL_TYPES[kept.kind]}' for column, kept in layout.items())
    connection.execute(f"create table {name} ({PARTITION} integer, {OFFSET} bigint, {columns})")


def _with_state(connection: Any, number: int, dataset: str, kept: Kept) -> str:
    """The letters of one dataset, each once: the one that lies first, if a job wrote it twice."""
    starts = ", ".join(f"({partition}, {start})" for partition, start in kept.starts.items()) or "(-1, 0)"
    connection.execute(
        f"create table starts_{number} as select * from (values {starts}) as s(letter_partition, first_offset)"
    )
    connection.execute(
        f"create table states_{number} as select id, arg_max(state, letter_offset) as state, "
        "arg_max(outcome, letter_offset) as outcome, max(changed_at) as changed_at "
        "from entries where dataset = ? group by id",
        [dataset],
    )
    once = "" if _is_unique(connection, number, kept) else _FIRST
    return f"""select '{dataset}' as dataset, k.*, s.outcome, s.changed_at,
  case
    when s.state is not null and s.state <> '{State.OPEN}' then s.state
    when k.letter_offset < b.first_offset then '{State.EXPIRED}'
    else '{State.OPEN}'
  end as state
from (select * from kept_{number} {once}) k
left join states_{number} s using (id)
left join starts_{number} b using (letter_partition)"""


def _is_unique(connection: Any, number: int, kept: Kept) -> bool:
    """Whether no letter is there twice; what was found of the same files is noted beside them."""
    if not kept.files:
        return True
    note, names = kept.files[0].with_name("unique.json"), [path.name for path in kept.files]
    with suppress(OSError, ValueError, KeyError):
        noted = json.loads(note.read_text())
        if noted["files"] == names:
            return bool(noted["unique"])
    ((rows, ids),) = connection.execute(f"select count(*), count(distinct id) from kept_{number}").fetchall()
    note.write_text(json.dumps({"files": names, "unique": rows == ids}))
    return bool(rows == ids)
