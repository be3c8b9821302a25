"""Makes the copies of many letters: read, decoded, mended and signed, in processes beside the one that sends."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Place
from tidegate.redrive.beside import made_beside
from tidegate.redrive.copies import Copier, Copy
from tidegate.redrive.fix import NotFixed, fixer
from tidegate.redrive.pace import batches
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.redrive.planned import read_planned
from tidegate.settings import Settings

BESIDE = 50_000
"""Of fewer letters this process makes all: another one takes a second to begin."""
PROCESSES = 2
CHUNK = 1_000
CHUNK_BYTES = 4 * 1024 * 1024
"""So many are handed over at once."""


class Work(NamedTuple):
    """What the copies of a plan are made by; ``copies``: where those of earlier redrives lie."""

    settings: Settings
    stream: Stream
    plan: RedrivePlan
    actor: str
    copies: frozenset[Place]


class Part(NamedTuple):
    """What one process makes."""

    work: Work
    letters: Sequence[PlannedLetter]


def make_copies(work: Work, letters: Sequence[PlannedLetter]) -> Iterator[Copy | NotFixed]:
    """The copies of the letters, those of a partition in their order, or why there is none.

    Raises:
        TidegateError: the recipe is none, or the letters are others than those of the plan.
        TransientError: Kafka or the registry is out of reach.
    """
    if len(letters) < BESIDE:
        yield from _made(Part(work, letters))
        return
    for chunk in made_beside(_chunks, [_part(work, some) for some in split(letters, PROCESSES)]):
        yield from chunk


def split(letters: Sequence[PlannedLetter], parts: int) -> list[list[PlannedLetter]]:
    """The letters in at most so many parts of about one size, those of a partition in one: they keep their order."""
    partitions: defaultdict[tuple[str, int], list[PlannedLetter]] = defaultdict(list)
    for each in letters:
        partitions[each.letter[:2]].append(each)
    found: list[list[PlannedLetter]] = [[] for _ in range(parts)]
    for some in sorted(partitions.values(), key=len, reverse=True):
        min(found, key=len).extend(some)
    return [some for some in found if some]


def _chunks(part: Part) -> Iterator[list[Copy | NotFixed]]:
    sized = ((each, each.size_bytes if isinstance(each, Copy) else 0) for each in _made(part))
    return batches(sized, CHUNK, CHUNK_BYTES)


def _made(part: Part) -> Iterator[Copy | NotFixed]:
    settings, stream, plan, actor, copies = part.work
    key = settings.redrive_key.get_secret_value() if settings.redrive_key else ""
    copier = Copier(plan.dataset, plan.plan_id, actor, fixer(settings, stream, plan), key, copies)
    for place, letter in read_planned(settings, part.letters):
        yield copier.copy_of(place, letter, now_ms())


def _part(work: Work, letters: Sequence[PlannedLetter]) -> Part:
    """What a process needs, and no more: all of it is sent there."""
    mine = work.copies.intersection(each.source for each in letters)
    return Part(work._replace(plan=replace(work.plan, letters=()), copies=mine), letters)
