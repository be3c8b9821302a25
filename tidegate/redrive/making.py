"""Makes the copies of many letters: read, decoded, mended and signed, in processes beside the one that sends."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Place
from tidegate.dead_letters.payload import PayloadReader
from tidegate.proof.workers import Workers
from tidegate.redrive.copies import Copier, Copy
from tidegate.redrive.fix import NotFixed, fixer
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.redrive.planned import read_planned
from tidegate.settings import Settings

CHUNK = 10_000
"""So many letters are made in one go; of fewer than three times as many, this process makes all."""
PROCESSES = 2
AHEAD = PROCESSES + 1
"""Chunks that are made or wait to be sent: what of memory a run takes."""


class Work(NamedTuple):
    """What the copies of a plan are made by; ``copies``: where those of earlier redrives lie."""

    settings: Settings
    stream: Stream
    plan: RedrivePlan
    actor: str
    copies: frozenset[Place]


def make_copies(work: Work, letters: Sequence[PlannedLetter]) -> Iterator[Copy | NotFixed]:
    """The copies of the letters, in their order, or why there is none.

    Raises:
        TidegateError: the recipe is none, or the letters are others than those of the plan.
        TransientError: Kafka or the registry is out of reach.
    """
    if len(letters) < AHEAD * CHUNK:
        yield from _made(work, letters)
        return
    chunks = (letters[start : start + CHUNK] for start in range(0, len(letters), CHUNK))
    with Workers(PROCESSES) as workers:
        jobs = (workers.submit(made, _part(work, chunk), chunk) for chunk in chunks)
        waiting = deque(islice(jobs, AHEAD))
        while waiting:
            [copies] = workers.results([waiting.popleft()])
            waiting.extend(islice(jobs, 1))
            yield from copies


def made(work: Work, letters: Sequence[PlannedLetter]) -> list[Copy | NotFixed]:
    """One chunk, in a process of its own."""
    return [*_made(work, letters)]


def _made(work: Work, letters: Sequence[PlannedLetter]) -> Iterator[Copy | NotFixed]:
    settings, stream, plan, actor, copies = work
    key = settings.redrive_key.get_secret_value() if settings.redrive_key else ""
    identity_of = PayloadReader(stream, RegistryClient(settings)).identity
    copier = Copier(plan.dataset, plan.plan_id, actor, fixer(settings, stream, plan), key, copies, identity_of)
    for place, letter in read_planned(settings, letters):
        yield copier.copy_of(place, letter, time.time_ns() // 1_000_000)


def _part(work: Work, chunk: Sequence[PlannedLetter]) -> Work:
    """What a process needs for a chunk, and no more: all of it is sent there."""
    mine = work.copies.intersection(each.source for each in chunk)
    return work._replace(plan=replace(work.plan, letters=()), copies=mine)
