"""Dead letters after a replay into the lake: what it has rejected has one, and letters of what it has not are resolved.

Both may be done again: only what lacks a letter gets one, and only letters that wait are resolved.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile

import numpy as np

from tidegate.clients.audit import Action
from tidegate.clients.flink import FlinkClient
from tidegate.clients.lake import open_catalog
from tidegate.clients.lake_rows import table_if_there
from tidegate.clients.ledger import write_entries
from tidegate.clients.ledger_some import read_entries
from tidegate.clients.replay_evidence import Evidence, published_evidence
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dead_letters.redriven import OF_HEADER
from tidegate.dlq.index import Index, letter_index
from tidegate.dlq.layout import OFFSET, PARTITION
from tidegate.dlq.turn import letters_turn
from tidegate.jobs.flink_run import JOBS_FOLDER
from tidegate.own_files import write_whole
from tidegate.proof import rows
from tidegate.proof.letters import WHOLE
from tidegate.proof.replayed import Replayed, unlettered
from tidegate.proof.replayed_reader import read_replayed
from tidegate.proof.rows import Rows, concat
from tidegate.replay.plan import LIMIT, Plan
from tidegate.replay.range_plan import BRONZE, RangePlan
from tidegate.replay.recompute import offsets_of, places_of
from tidegate.replay.resolved import By, Held, numbered, reopened, resolved, resolved_and_rejected
from tidegate.replay.row_range import RowRange
from tidegate.replay.run import begin, require_finished, wait_until_ended
from tidegate.replay.store import plan_file
from tidegate.settings import Settings
from tidegate.sql.scope import of_spans

PROGRAM = "replay.py"
MOST = 100_000
"""Letters that are held at a time, each in a kilobyte."""


def settle_letters(settings: Settings, stream: Stream, plan: RangePlan, action: Action) -> dict[str, int]:
    """Returns how many records were ``lettered``, and how many letters ``resolved`` or ``reopened``.

    Raises:
        TidegateError: a redrive of the dataset or a decision is at work on this machine; or a job failed.
        TransientError: a server does not answer.
    """
    client = FlinkClient(settings)
    _wait_for_an_earlier_one(client, plan)
    if table_if_there(settings, plan.aside.table) is None:  # published by an earlier version: nobody knows its verdicts
        return {"lettered": 0, "resolved": 0, "reopened": 0}
    replayed = read_replayed(settings, stream, _since(settings, stream, plan))
    by = By(stream.name, plan.plan_id, now_ms(), action.actor)
    with letters_turn(settings, stream.name), letter_index(settings, [stream]) as index:
        looked = _Looked(settings, index, stream, replayed)
        settled = sum(write_entries(settings, action, looked.entries(letters_near(index, stream, plan), by)))
    rejected = replayed.rejected.where(RowRange(plan.rows.spans).of(replayed.rejected))
    lacking = places_of(unlettered(rejected, concat(looked.there), replayed.silver))
    for some in _parts(lacking):
        _write(settings, client, plan, some)
    return {"lettered": len(lacking), "resolved": settled - looked.reopened, "reopened": looked.reopened}


def _since(settings: Settings, stream: Stream, plan: RangePlan) -> list[Evidence]:
    """This replay, and before it those that came later: where its command ended too early, they have judged anew."""
    published = published_evidence(settings, open_catalog(settings), stream.name)
    later = takewhile(lambda each: each.plan_id != plan.plan_id, published)
    # Whether topics were filled with it or not: what letters are held to are the lake's rows.
    return [
        *(replace(each, filled=None) for each in later),
        Evidence(plan.plan_id, plan.aside.table, plan.rows.spans, 0),
    ]


class _Looked:
    """Goes through letters once: ``there`` are those that lie in their topic."""

    def __init__(self, settings: Settings, index: Index, stream: Stream, replayed: Replayed) -> None:
        self._settings = settings
        self._stream = stream
        self._replayed = replayed
        self._starts = {number: start for number, (start, _) in index.spans[stream.name].items()}
        self.there: list[Rows] = []
        self.reopened = 0

    def entries(self, letters: Iterable[Sequence[Held]], by: By) -> Iterator[Entry]:
        """What the ledger has to say of them from now on."""
        for some in letters:
            self.there.append(numbered([each for each in some if self._is_there(each)]))
            yield from resolved(some, self._replayed, by)
            again = resolved_and_rejected(some, self._replayed)
            known = read_entries(self._settings, self._stream.name, [each.id for each in again]) if again else {}
            for entry in reopened(again, known, by):
                self.reopened += 1
                yield entry

    def _is_there(self, letter: Held) -> bool:
        return letter.letter.offset >= self._starts.get(letter.letter.partition, letter.letter.offset)


def letters_near(index: Index, stream: Stream, plan: RangePlan, most: int = MOST) -> Iterator[list[Held]]:
    """The letters of the range's records, and those of redriven copies, which may be of them; ``most`` at a time."""
    of_range = " or ".join(of_spans(plan.rows.spans, ("source_partition", "source_offset"))) or "false"
    where = f"dataset = ? and list_contains(?, stage) and source_topic = ? and ({of_range} or plan is not null)"
    values = [stream.name, [stage.value for stage in STAGES_BEFORE_SILVER], stream.contract.topic.name]
    ((count,),) = index.rows(f"select count(*) from letters where {where}", values)
    parts = count // most + 1
    for part in range(parts):
        found = index.rows(
            f"select id, state, {PARTITION}, {OFFSET}, source_partition, source_offset, source_row, attempt, "
            "case when plan is not null then header_names end, case when plan is not null then header_values end, "
            f"plan is not null from letters where {where} and hash(id) % {parts} = {part} order by id",
            values,
        )
        yield [_held(stream, row) for row in found]


def _held(stream: Stream, row: Sequence[object]) -> Held:
    contract = stream.contract
    name, state, *numbers = row[:8]
    letter_partition, letter_offset, partition, offset, number, attempt = (int(str(each or 0)) for each in numbers)
    headers = dict(zip(row[8] or (), row[9] or (), strict=False))  # type: ignore[call-overload]
    return Held(
        str(name),
        State(str(state)),
        Place(contract.dead_letter_topic, letter_partition, letter_offset),
        Place(contract.topic.name, partition, offset),
        number or WHOLE,
        attempt,
        # Refine has written the plan only where it has believed the headers.
        _origin(contract.topic.name, headers.get(OF_HEADER)) if row[10] else None,
    )


def _origin(topic: str, said: bytes | None) -> rows.Place | None:
    with suppress(ValueError):
        of, partition, offset, _ = (said or b"").decode().split("/")
        return (int(partition), int(offset)) if of == topic else None
    return None


def _wait_for_an_earlier_one(client: FlinkClient, plan: RangePlan) -> None:
    """The job of a command that was killed: what it writes, no other has to."""
    for job in client.jobs():
        if job.live and job.name == plan.job_name:
            wait_until_ended(client, job.job_id)


def _parts(lacking: Rows) -> Iterator[Rows]:
    for start in range(0, len(lacking), LIMIT):
        yield lacking.where(np.arange(start, min(start + LIMIT, len(lacking))))


def _write(settings: Settings, client: FlinkClient, plan: RangePlan, lacking: Rows) -> None:
    offsets: Mapping[int, tuple[int, ...]] = offsets_of(lacking, [*plan.rows.spans])
    asked = Plan(plan.dataset, dict(offsets), letters_of=plan.plan_id, from_bronze=plan.source == BRONZE)
    file = plan_file(settings, plan.plan_id).with_name(f"{plan.plan_id}.letters.json")
    write_whole(file, asked.to_json())
    job = begin(settings, client, plan.job_name, [str(JOBS_FOLDER / PROGRAM), "--plan", str(file)])
    require_finished(
        client,
        wait_until_ended(client, job.job_id),
        "the job that writes the dead letters",
        remedy=f"See `tidegate logs taskmanager`; `tidegate replay run {plan.plan_id}` writes them once more.",
    )
