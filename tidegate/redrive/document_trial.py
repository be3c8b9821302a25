"""What would become of a plan's documents: each is tried in an index made like its own, and looked for in its own."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tidegate.clients.documents import ASIDE, Answer, Document, DocumentClient
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.codes import Code, Stage
from tidegate.redrive.document_run import GONE, MOST_DOCUMENTS, Kept
from tidegate.redrive.documents import document_of, found_there
from tidegate.redrive.fix import NotFixed
from tidegate.redrive.judged import DryRun, Judged
from tidegate.redrive.pace import batches
from tidegate.redrive.personal import document_paths, told_of
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.redrive.planned import read_planned
from tidegate.redrive.verdicts import Verdict
from tidegate.settings import Settings

CAUSE = f"{Stage.INDEX} {Code.DOCUMENT_REJECTED}"
HELD_BACK = "OpenSearch takes no documents"


def try_documents(settings: Settings, stream: Stream, plan: RedrivePlan, sample: int) -> DryRun:
    """Tries the whole plan; the indices that it needs for this are deleted again.

    Raises:
        TransientError: a server is out of reach.
    """
    found, index = DryRun(plan, sample), DocumentClient(settings)
    by_index: defaultdict[str, list[PlannedLetter]] = defaultdict(list)
    waiting = {each.dead_letter_id: each for each in plan.letters}
    for _, letter in read_planned(settings, plan.letters):
        planned = waiting.pop(letter["dead_letter_id"])
        document = document_of(stream, letter)
        if isinstance(document, NotFixed):
            found.add(Judged(planned, Verdict.UNFIXABLE, detail=document.reason))
        else:
            by_index[document.index].append(planned)
    for planned in waiting.values():
        found.add(Judged(planned, Verdict.GONE, detail=GONE))
    for name, letters in sorted(by_index.items()):
        kept = ((each, len(each.document.body)) for each in _kept(settings, stream, letters))
        for batch in batches(kept, MOST_DOCUMENTS):
            aside = f"{ASIDE}{plan.plan_id.lower()}-{time.time_ns():x}"
            for judged in _judged(index, name, batch, aside, document_paths(stream)):
                found.add(judged)
    return found


def _kept(settings: Settings, stream: Stream, letters: Sequence[PlannedLetter]) -> Iterator[Kept]:
    by_id = {each.dead_letter_id: each for each in letters}
    for _, letter in read_planned(settings, letters):
        document = document_of(stream, letter)
        if isinstance(document, Document):
            yield Kept(by_id[letter["dead_letter_id"]], document)


def _judged(
    index: DocumentClient, name: str, kept: Sequence[Kept], aside: str, personal: tuple[str, ...]
) -> Iterator[Judged]:
    lacking: list[Kept] = []
    for each, held in zip(kept, index.held([each.document for each in kept]), strict=True):
        there = found_there(each.document, held)
        if isinstance(there, NotFixed):
            yield Judged(each.letter, Verdict.UNFIXABLE, detail=there.reason)
        elif there:
            yield Judged(each.letter, Verdict.THERE, detail=f"as {each.document}")
        else:
            lacking.append(each)
    if not lacking:
        return
    for each, answer in zip(lacking, index.try_out(name, [each.document for each in lacking], aside), strict=True):
        yield _verdict(each, answer, personal)


def _verdict(kept: Kept, answer: Answer, personal: tuple[str, ...]) -> Judged:
    if answer.kind == "written":
        return Judged(kept.letter, Verdict.PASSES, detail=f"as {kept.document}")
    reason = told_of(personal, kept.document.body, answer.reason)
    return Judged(kept.letter, Verdict.FAILS, CAUSE if answer.kind == "refused" else HELD_BACK, reason)
