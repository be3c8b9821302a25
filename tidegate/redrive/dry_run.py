"""What would become of a plan's letters: they are mended, refined by the jobs' own SQL, and held against silver."""

import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tidegate.clients.scratch_topic import Record, fill, scratch_topic
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.topics import RAW_MAX_BYTES
from tidegate.dead_letters.ledger import Place
from tidegate.redrive.compare import Comparer
from tidegate.redrive.copies import Copier
from tidegate.redrive.document_trial import try_documents
from tidegate.redrive.engine import outputs, run_trial
from tidegate.redrive.fix import Fixed, Fixer, NotFixed, fixer
from tidegate.redrive.in_silver import Identities, silver_places
from tidegate.redrive.judged import DryRun, Judged
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.redrive.planned import ledger_of, read_planned
from tidegate.redrive.trial_sql import Trial
from tidegate.redrive.verdicts import Row, Verdict, rows_of, verdict_of
from tidegate.settings import Settings
from tidegate.sql.metrics import Counted, max_lateness_hours

LARGEST_BYTES = RAW_MAX_BYTES - 64 * 1024
"""Key and value of a record together: its headers have to fit too."""
_MS_PER_HOUR = 3_600_000


def dry_run(settings: Settings, plan: RedrivePlan, sample: int) -> DryRun:
    """Tries the whole plan; nothing that lasts is written.

    Raises:
        TidegateError: Flink is not installed, or the trial fails.
        TransientError: a server is out of reach.
    """
    stream = load_stream(settings.schemas_dir, plan.dataset)
    if plan.is_of_documents:
        return try_documents(settings, stream, plan, sample)
    return _Trial(settings, stream, plan, sample).run()


class _Trial:
    def __init__(self, settings: Settings, stream: Stream, plan: RedrivePlan, sample: int) -> None:
        self._settings = settings
        self._stream = stream
        self._plan = plan
        self._fixer: Fixer = fixer(settings, stream, plan)
        key = settings.redrive_key.get_secret_value() if settings.redrive_key else ""
        placed = (entry.copy for entry in ledger_of(settings, plan).values())
        copies = frozenset(place for place in placed if place is not None)
        self._copier = Copier(plan.dataset, plan.plan_id, plan.actor, self._fixer, key, copies)
        self._comparer = Comparer(stream, self._fixer)
        self._identities = Identities(settings, stream)
        self._tried: list[PlannedLetter] = []
        self._found = DryRun(plan, sample)
        self._gone = {letter.dead_letter_id: letter for letter in plan.letters}

    def run(self) -> DryRun:
        topic = f"tidegate.dry-run.{self._plan.plan_id}-{time.time_ns():x}"
        with scratch_topic(self._settings, topic), tempfile.TemporaryDirectory(prefix="tidegate-dry-run-") as folder:
            letters = read_planned(self._settings, self._plan.letters)
            trial = Trial(topic, fill(self._settings, topic, self._records(letters)), Path(folder))
            for planned in self._gone.values():
                self._found.add(Judged(planned, Verdict.GONE, detail="retention has removed the letter"))
            if trial.count:
                run_trial(self._settings, self._stream.name, trial)
                self._judge(trial)
        self._found.samples = list(self._shown(self._found.samples))
        return self._found

    def _records(self, letters: Iterable[tuple[Place, dict[str, Any]]]) -> Iterator[Record]:
        """The copies to try; a letter that has none is judged at once."""
        planned_ms = now_ms()
        for place, letter in letters:
            planned = self._gone.pop(letter["dead_letter_id"])
            copy = self._copier.copy_of(place, letter, planned_ms)
            if isinstance(copy, NotFixed):
                self._found.add(Judged(planned, Verdict(copy.kind), detail=copy.reason))
            elif copy.size_bytes > LARGEST_BYTES:
                self._found.add(Judged(planned, Verdict.TOO_LARGE, detail=f"{len(copy.value or b''):,} bytes"))
            else:
                self._identities.add(letter, Fixed(copy.key, copy.value, copy.headers))
                self._tried.append(planned)
                yield copy.key, copy.value, copy.headers

    def _judge(self, trial: Trial) -> None:
        rows = rows_of(self._stream, {name: outputs(trial, name) for name in ("silver", "dead_letters", "dropped")})
        places = silver_places(self._settings, self._stream, self._identities)
        late_ms = max_lateness_hours(self._stream.contract, Counted(self._settings.metrics_max_lateness_hours))
        oldest_ms = time.time() * 1000 - late_ms * _MS_PER_HOUR
        for number, planned in enumerate(self._tried):
            self._found.add(self._judged(number, planned, rows.get(number, Row()), places, oldest_ms))

    def _judged(
        self, number: int, planned: PlannedLetter, row: Row, places: dict[int, Place], oldest_ms: float
    ) -> Judged:
        first = self._identities.earlier(number)
        earlier = None if first is None else self._tried[first].source
        verdict, cause, detail = verdict_of(row, places.get(number), earlier)
        late = bool(self._stream.metrics) and verdict is Verdict.PASSES and row.event_time_ms < oldest_ms
        return Judged(planned, verdict, cause, detail, late_for_metrics=late)

    def _shown(self, samples: list[Judged]) -> Iterator[Judged]:
        """The samples with what the recipe changes, and without personal values."""
        by_id = {judged.letter.dead_letter_id: judged for judged in samples}
        for _, letter in read_planned(self._settings, [judged.letter for judged in samples]):
            judged = by_id.pop(letter["dead_letter_id"])
            fixed = self._fixer(letter)
            found = self._comparer.compared(letter, None if isinstance(fixed, NotFixed) else fixed)
            yield replace(judged, detail=found.masker.told(judged.detail), changes=found.changes)
        yield from (judged for judged in by_id.values() if judged.verdict is Verdict.GONE)
