"""What a dataset's kind leaves without an effect, and so must not be said: a promise that nobody keeps. Pure."""

from collections.abc import Iterable, Iterator

from tidegate.contracts.dataset import Draft
from tidegate.contracts.model import Contract
from tidegate.contracts.problem import Problem

_EVENTS_ONLY = {
    "rules": "rules judge events",
    "privacy": "the fields of reference data stay in clear, in its topic and in the events that are enriched by it",
    "explode": "only events are taken apart",
    "enrich": "only events are enriched",
    "dedup_ttl_hours": "of reference data each version counts",
    "silver": "reference data has no silver rows",
    "lake": "only events have tables in the lake",
    "index": "only events are searchable",
    "dead_letters": "the loader says which rows it rejects",
}
"""The sections of events, each with why reference data has none."""
_STREAMS_ONLY = {
    "silver": "the rows of files have no topic",
    "dedup_ttl_hours": "a file's row is a duplicate if its identity is in silver, however long ago it came",
}
"""The sections of streams, each with why files have none."""
_BUDGET = "the budget of streams; files have file.thresholds"
_DELETE = "Delete it."


_Found = tuple[str, str, str]


def kind_problems(draft: Draft) -> list[Problem]:
    """What a stream, files, or reference data, says and nothing does."""
    if draft.contract.kind == "file":
        return _problems(draft, _file_problems(draft.contract))
    if draft.contract.kind == "stream":
        return _problems(draft, _stream_problems(draft.contract))
    found = _problems(draft, _reference_problems(draft.contract))
    if draft.map_sql is not None:
        problem = "reference data is not mapped: jobs look it up as it came"
        found.append(Problem(f"{draft.name}/map.sql", "file", problem, "Delete it, and mapped.avsc."))
    for file, given in (("silver.avsc", draft.silver), ("refine.sql", draft.refine_sql), ("metrics", draft.metrics)):
        if given:
            found.append(Problem(f"{draft.name}/{file}", "file", "reference data has no silver rows", _DELETE))
    return found


def _problems(draft: Draft, found: Iterable[_Found]) -> list[Problem]:
    return [Problem(f"{draft.name}/contract.yaml", *each) for each in found]


def _file_problems(contract: Contract) -> Iterator[_Found]:
    for section, reason in _STREAMS_ONLY.items():
        if section in contract.model_fields_set:
            yield section, reason, _DELETE
    for field in sorted(contract.dead_letters.model_fields_set - {"max_attempts"}):
        yield f"dead_letters.{field}", _BUDGET, _DELETE


def _stream_problems(contract: Contract) -> Iterator[_Found]:
    if contract.topic.compacted:
        problem = "of the events that share a key all but the last would go, before a stopped job has read them"
        yield "topic.compacted", problem, "Delete it, or make the dataset reference data with kind: reference."
    if contract.topic.min_compaction_lag_hours:
        yield "topic.min_compaction_lag_hours", "events are not compacted", _DELETE
    if contract.dedup_ttl_hours > contract.topic.retention_hours:
        problem = "is longer than topic.retention_hours: the proof could no more find what a duplicate repeats"
        yield "dedup_ttl_hours", problem, f"Make it {contract.topic.retention_hours} at most, or retention longer."


def _reference_problems(contract: Contract) -> Iterator[_Found]:
    if not contract.topic.compacted:
        yield "topic.compacted", "reference data is kept by key", "Set compacted: true."
    if contract.topic.key is None or contract.identity != [contract.topic.key]:
        yield "topic.key", "the key of reference data is its identity", "Give both the same single field."
    if contract.topic.compacted and "retention_hours" in contract.topic.model_fields_set:
        yield "topic.retention_hours", "the newest version of each key is kept for ever", _DELETE
    for section, reason in _EVENTS_ONLY.items():
        if section in contract.model_fields_set:
            yield section, reason, _DELETE
