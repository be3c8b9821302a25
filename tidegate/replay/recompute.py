"""Silver's content, proved: records are refined once more by a bounded Flink job, and the rows compared.

They are read out of raw, or out of bronze where raw has them no more.

The job writes to a table of its own in the lake, which is dropped when it was read.
"""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from tidegate.clients.flink import FlinkClient
from tidegate.clients.lake import drop_table, open_catalog
from tidegate.clients.lake_dataset import LakeDataset
from tidegate.clients.lake_rows import open_table
from tidegate.clients.retention_notes import erased_before
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.naming import TableName, lake_table
from tidegate.errors import TidegateError
from tidegate.job_names import RECOMPUTE
from tidegate.jobs.flink_run import JOBS_FOLDER, make_ready
from tidegate.proof.content import Asked, ContentVerdict, Source
from tidegate.proof.content_compare import Layout, compare_content
from tidegate.proof.document_content import Apart, document_content
from tidegate.proof.erased import emptied_columns
from tidegate.proof.lake_reader import LakeSource
from tidegate.proof.notes import emptied, gone_from_raw
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.redrives import by_partition
from tidegate.proof.report import ProofReport
from tidegate.proof.rows import Offsets, Rows, make_rows
from tidegate.proof.window import Window, spans_of
from tidegate.proof.workers import peak_rss_mb
from tidegate.replay.content_range import committed, windows_in_bronze
from tidegate.replay.not_idempotent import not_idempotent
from tidegate.replay.range_plan import BRONZE
from tidegate.replay.run import begin, require_finished, wait_until_ended
from tidegate.replay.sources import raw_has_some
from tidegate.settings import Settings
from tidegate.sql.recompute import Recomputation


def prove_content(settings: Settings, name: str, scope: Scope, asked: Asked) -> ProofReport:
    """The proof of a dataset, and of its content.

    Raises:
        TidegateError: as ``prove`` and ``recompute``; or the lake is left out.
    """
    if not scope.lake:
        raise TidegateError("content is compared in the lake.", remedy="Leave --no-lake out.")
    dataset = load_stream(settings.schemas_dir, name)
    layout_of(dataset, asked.left_out)
    _refuse_what_changes(dataset, asked)
    make_ready(settings)
    older = windows_in_bronze(settings, dataset, scope, asked.source)
    asked = replace(asked, source="raw" if older is None else "bronze")
    begun_s = time.monotonic()
    if older is None or raw_has_some(settings, dataset, spans_of(older)):
        report = prove(settings, name, scope)
    else:
        report = ProofReport(name, (), (), {}, 0, peak_rss_mb(), notes=tuple(gone_from_raw(name)))
    with_index = scope.index and dataset.contract.index is not None
    windows = [verdict.window for verdict in report.partitions] if older is None else older
    contents = tuple(recompute(settings, dataset, windows, asked, with_index=with_index))
    notes = (*report.notes, *emptied(erased_before(open_table(settings, lake_table("silver", name)).properties)))
    return replace(report, contents=contents, notes=notes, seconds=time.monotonic() - begun_s)


def recompute(
    settings: Settings, dataset: Stream, windows: Sequence[Window], asked: Asked, *, with_index: bool = False
) -> list[ContentVerdict]:
    """The content of the windows' rows of the lake's silver table, and of the same rows' documents.

    Takes as long as refining these records.

    Raises:
        TidegateError: a column that is not there is left out, or the job failed.
    """
    name = lake_table("silver", dataset.name)
    before = erased_before(open_table(settings, name).properties)
    layout = replace(layout_of(dataset, asked.left_out), emptied=_emptied_columns(dataset, before))
    source: Source = asked.source or "raw"
    held = places_of(LakeSource(settings, "lake_silver", name, ()).read(windows).rows)
    if source == BRONZE:
        held = committed(settings, dataset, windows, held)
    chosen = sampled(held, asked.sample, np.random.default_rng())
    if not len(chosen):
        return [ContentVerdict("lake_silver", 0, 0, left_out=asked.left_out, source=source)]
    partitions = [window.partition for window in windows]
    which: dict[str, Any] = {"ranges": ranges_of(chosen, partitions)}
    if len(chosen) < len(held):
        which = {"offsets": offsets_of(chosen, partitions)}
    which["from_bronze"] = source == BRONZE
    with _refined(settings, Recomputation.of(dataset.name, _token(), **which)) as made:
        found = compare_content(_open(settings, name), _open(settings, made), chosen, layout)
    silver = ContentVerdict("lake_silver", len(chosen), len(held), found.changed, found.first, asked.left_out, source)
    if not with_index:
        return [silver]
    return [silver, document_content(settings, dataset, _open(settings, name), chosen, Apart(asked.left_out, before))]


def layout_of(dataset: Stream, left_out: Sequence[str]) -> Layout:
    """The columns of silver to compare.

    Raises:
        TidegateError: one that is left out is none of them.
    """
    contract = dataset.contract
    names = [column.name for column in dataset.silver_columns]
    if unknown := sorted(set(left_out) - set(names)):
        raise TidegateError(
            f"{dataset.name} has no column {unknown[0]}.", remedy=f"Its columns: {', '.join(sorted(names))}."
        )
    keys = Layout(contract.explode.position if contract.explode else None, ()).keys
    return Layout(
        contract.explode.position if contract.explode else None,
        tuple(name for name in names if name not in {*keys, *left_out}),
    )


def _emptied_columns(dataset: Stream, before: Mapping[str, date]) -> dict[str, str]:
    return emptied_columns(dataset.silver_fields, dataset.contract.event_time.column, before)


def places_of(rows: Rows) -> Rows:
    """Each record once."""
    places = np.unique(np.column_stack([rows.partition.astype(np.int64), rows.offset]), axis=0)
    return make_rows(places[:, 0], places[:, 1])


def sampled(rows: Rows, count: int | None, chance: np.random.Generator) -> Rows:
    """So many of them, in their order; all if there are no more."""
    if count is None or count >= len(rows):
        return rows
    return rows.where(np.sort(chance.choice(len(rows), count, replace=False)))


def offsets_of(rows: Rows, partitions: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    """As the job's scope takes them: every partition is named."""
    found = by_partition(zip(rows.partition.tolist(), rows.offset.tolist(), strict=True))
    none: Offsets = np.zeros(0, np.int64)
    return {number: tuple(found.get(number, none).tolist()) for number in sorted({*partitions, *found})}


def ranges_of(rows: Rows, partitions: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """The spans that have all of them, as the job's scope takes them."""
    found = offsets_of(rows, partitions)
    return {number: (among[0], among[-1] + 1) if among else (0, 0) for number, among in found.items()}


def _refuse_what_changes(dataset: Stream, asked: Asked) -> None:
    """Columns of the clock or of chance differ each time: who leaves some out has thought of it."""
    changing = not_idempotent(dataset)
    if changing and not asked.left_out:
        raise TidegateError(
            f"{dataset.name} can't be recomputed: {changing[0]}, which gives another answer each time.",
            remedy="Leave the columns out that are made by it: --except COLUMN.",
        )


@contextmanager
def _refined(settings: Settings, asked: Recomputation) -> Iterator[TableName]:
    """The table of the recomputed rows, for as long as it is needed."""
    folder = settings.home / "recomputed"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{asked.table}.json"
    file.write_text(asked.to_json())
    try:
        _run(settings, [str(JOBS_FOLDER / f"{RECOMPUTE}.py"), "--plan", str(file)])
        yield asked.table
    finally:
        file.unlink()
        drop_table(settings, open_catalog(settings), asked.table)


def _run(settings: Settings, arguments: list[str]) -> None:
    client = FlinkClient(settings)
    job_id = begin(settings, client, RECOMPUTE, arguments).job_id
    try:
        ended = wait_until_ended(client, job_id)
    except KeyboardInterrupt:
        client.cancel(job_id)
        raise
    remedy = "See `tidegate logs taskmanager`; nothing but its own table was written."
    require_finished(client, ended, "the recomputation", remedy)


def _open(settings: Settings, name: str) -> LakeDataset:
    return LakeDataset(open_table(settings, name))


def _token() -> str:
    return time.strftime("%Y%m%dt%H%M%S", time.gmtime()) + secrets.token_hex(2)
