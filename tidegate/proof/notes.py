"""What a proof is not about, one line each: as much a part of it as its verdict. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from tidegate.proof.open_transactions import OpenEnd
from tidegate.proof.retention import Edge, LeftOut

COMPARED = "Compared: each row's place and identity. Not compared: its other columns, and bronze's bytes."
CONTENT_TOO = "Compared: each row's place and identity, and the content as said. Not compared: bronze's bytes."
SHOWN = 8


def left_out(edge: Edge | None, offsets: Sequence[LeftOut]) -> Iterator[str]:
    """Which raw offsets the proof leaves out since outputs of them are gone."""
    if edge is None or not offsets:
        return
    places = _listed([f"{each.partition}:{each.start}–{each.end}" for each in offsets])
    until = datetime.fromtimestamp(edge.until_ms / 1000, UTC)
    count = sum(each.end - each.start for each in offsets)
    yield (
        f"left out: {count:,} offsets ({places}), which arrived before {until:%Y-%m-%dT%H:%M:%SZ}: retention has "
        f"removed rows of {edge.topic} that were written until then."
    )


def taken(layer: str, count: int, before: date | None) -> Iterator[str]:
    """Rows of a layer that were removed on purpose."""
    if count and before is not None:
        yield (
            f"left out: {count:,} rows of {layer.replace('_', ' ')} of the days before {before}: "
            "`tidegate retention apply` has removed these days there."
        )


def emptied(before: Mapping[str, date]) -> Iterator[str]:
    """Values that need not be there any more."""
    if before:
        listed = ", ".join(f"{path} before {day}" for path, day in sorted(before.items()))
        yield f"personal values that may be gone, or be as they were: {listed} (`tidegate retention apply`)."


def expired(count: int) -> Iterator[str]:
    """Events of which nobody can tell any more whether they are duplicates."""
    if count:
        yield (
            f"left out: {count:,} events without a verdict, each of which may repeat an event whose silver row "
            "retention has removed."
        )


def replayed(plans: Sequence[str], records: int) -> Iterator[str]:
    """Which raw records have their verdicts from replays, the newest first."""
    if records:
        yield (
            f"{records:,} raw records are judged by what replays into the lake have made of them "
            f"({_listed(plans)}), not by what silver, dead letters and dropped had before."
        )


def replays_unknown(why: str) -> Iterator[str]:
    """Where the lake is left out, and does not tell."""
    if why:
        yield f"replays into the lake are not known, so each event is judged by the topics: {why}"


def redriven(copies: int, discarded: int) -> Iterator[str]:
    """Which raw records are no events of their own, and which dead letters are to stay so."""
    if copies:
        yield f"{copies:,} redriven copies in raw are counted with the events that they repair."
    if discarded:
        yield f"{discarded:,} of the dead letters are discarded: they stay dead letters."


def redriven_documents(count: int) -> Iterator[str]:
    """Which documents have no excuse any more."""
    if count:
        yield f"{count:,} documents that OpenSearch had refused were redriven: the index has to have them."


def behind_open_transactions(ends: Sequence[OpenEnd]) -> Iterator[str]:
    """What can't be decided while a transaction is open, and what can be done about it."""
    for end in ends[:SHOWN]:
        yield (
            f"undecided: {end.size:,} offsets of {end.topic}, partition {end.partition}, from {end.start:,} on, are "
            "behind a transaction that is still open. Kafka's kafka-transactions.sh describes it "
            f"(describe-producers --topic {end.topic} --partition {end.partition}) and can abort it."
        )


def silver_dead_letters(counts: Mapping[str, int]) -> Iterator[str]:
    """Silver records that jobs behind it could not read."""
    if counts:
        listed = ", ".join(f"{reason} {count:,}" for reason, count in counts.items())
        yield f"dead letters of silver records, excused where a job could not read them: {listed}."


def gone_from_raw(dataset: str) -> Iterator[str]:
    """Where content alone was compared."""
    yield f"raw has none of these events of {dataset} any more: which of them there were is not proved."


def unended(counts: Mapping[str, int]) -> Iterator[str]:
    """Actions on dead letters or by replays of which the audit has no end."""
    if counts:
        listed = ", ".join(f"{count:,} {action}" for action, count in counts.items())
        yield f"begun and not ended: {listed}. At work, cut off, or its last record is lost: `tidegate audit list`."


def unknown_schemas(count: int) -> Iterator[str]:
    """Silver records that the proof can't read, although a job may have written them."""
    if count:
        yield f"{count:,} records of silver have a schema that the registry does not know or that begins otherwise."


def _listed(places: Sequence[str]) -> str:
    return ", ".join(places[:SHOWN]) + ", …" * (len(places) > SHOWN)
