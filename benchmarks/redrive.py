"""How fast letters are sent again: ``python -m benchmarks.redrive --letters 100000 --runs 3 [--recipe]``.

The stack must be up (``tidegate up --only kafka,registry``); refine of the dataset does not run. Each run has letters
of its own: clicks of about 250 bytes that broke a rule. What is measured is ``tidegate redrive run`` from reading the
plan's letters to the last commit of copies and ledger, without what refine does then. With ``--recipe`` a field of each
is set, so that records are decoded and written anew. Use a throw-away stack: what its ledger holds is read first.
"""

import argparse
import resource
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measure import spread
from benchmarks.prove import CLICK, EVENT_TIME_MS, PARTITIONS, dead_letter, encoder, leading_encoder, make_dataset, send
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.letters import read_letters
from tidegate.collecting import collect_seldom
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import platform_schema
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import Place, State
from tidegate.dead_letters.record import Source, dead_letter_id
from tidegate.dlq.turn import FOLDER
from tidegate.redrive.pace import Pace
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.redrive.run import Run
from tidegate.settings import Settings, get_settings


class Measured(NamedTuple):
    """Of one run: letters a second, by the clock and by the CPU time of all of the redriver's processes."""

    rate: float
    rate_cpu: float


RECIPE = """
fixes:
  - when: {code: RULE_VIOLATED}
    do:
      - set: {page_url: /mended}
"""


def main() -> None:
    """Parses, fills, measures, prints."""
    parser = argparse.ArgumentParser(prog="redrive")
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--recipe", action="store_true", help="mend the records by a recipe in YAML")
    options = parser.parse_args()
    collect_seldom()  # as each command does
    measured = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            name = f"bench_redrive_{uuid.uuid4().hex[:8]}"
            settings, stream = make_dataset(get_settings(), Path(folder) / "schemas", name)
            (settings.home / FOLDER).mkdir(parents=True, exist_ok=True)
            measured.append(measure(settings, stream, options.letters, RECIPE if options.recipe else None))
    how = "mended by a recipe" if options.recipe else "as they came"
    print(f"redrive of {options.letters:,} letters {how}, {options.runs} runs:")
    print(f"  {statistics.median(each.rate for each in measured):,.0f} letters/s (median)")
    print(f"  {spread([each.rate for each in measured])} letters/s")
    print(f"  {spread([each.rate_cpu for each in measured])} letters per CPU-second of the redriver's processes")


def measure(settings: Settings, stream: Stream, letters: int, recipe: str | None) -> Measured:
    """Sends all letters once."""
    fill(settings, stream, letters)
    plan = planned(settings, stream, recipe)
    assert len(plan.letters) == letters
    began_s, cpu_s = time.perf_counter(), cpu_seconds()
    run = Run(settings, stream, plan, "benchmark", Pace(ramp=False, wait_s=0.0, max_lag=10**9))
    run.carry_out()
    seconds, cpu = time.perf_counter() - began_s, cpu_seconds() - cpu_s
    assert run.sent == sum(entry.state == State.IN_FLIGHT for entry in run.ledger.values()) == letters
    return Measured(letters / seconds, letters / cpu)


def cpu_seconds() -> float:
    """Of this process, and of those that it has begun and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def fill(settings: Settings, stream: Stream, count: int) -> None:
    """Writes the letters; their records are not written, as nothing reads them."""
    contract = stream.contract
    raw = leading_encoder(settings, contract.topic.name, stream.latest, ("event_id",), CLICK)
    letters = encoder(settings, contract.dead_letter_topic, platform_schema(settings.schemas_dir, "dead_letter"))
    base = dead_letter(contract.topic.name)

    def written() -> Iterator[tuple[str, int, bytes]]:
        for number in range(count):
            place = Source(contract.topic.name, number % PARTITIONS, number // PARTITIONS)
            yield (
                contract.dead_letter_topic,
                place.partition,
                letters.encode(letter(base, place, raw(str(uuid.uuid4())))),
            )

    send(settings, written())
    assert topic_spans(settings, contract.dead_letter_topic)


def letter(base: dict[str, Any], place: Source, payload: bytes) -> dict[str, Any]:
    """A letter of its own."""
    coordinates = {
        "partition": place.partition,
        "offset": place.offset,
        "timestamp": EVENT_TIME_MS,
        "key": b"a-session",
    }
    return base | {
        "dead_letter_id": dead_letter_id(place, base["stage"]),
        "source": base["source"] | coordinates,
        "payload": payload,
    }


def planned(settings: Settings, stream: Stream, recipe: str | None) -> RedrivePlan:
    """All letters of the dataset."""
    letters = []
    for at, each in read_letters(settings, stream.name, LetterFilter()):
        source = each["source"]
        place = Place(source["topic"], source["partition"], source["offset"])
        letters.append(PlannedLetter(each["dead_letter_id"], at, place, each["stage"], each["attempt"]))
    return RedrivePlan(
        stream.name, stream.name, EVENT_TIME_MS, "benchmark", "", recipe, recipe and "r.yaml", tuple(letters)
    )


if __name__ == "__main__":
    main()
