"""Where a topic that somebody else made is not as a contract calls for, and what that means for its users. Pure."""

from collections.abc import Iterator, Mapping
from math import ceil

from tidegate.contracts.model import MAX_HOURS
from tidegate.contracts.topics import TopicPlan

_MS_PER_HOUR = 3_600_000
_CREATE_TIME = (
    "`_ingested_at` is the time that the producer stamps, not that of arrival: by it Kafka removes old records (an old "
    "stamp at once, though nobody has read it), bronze has its days, the proof its beginning, the monitor its "
    "latencies, and an event more than event_time.max_future_s behind its stamp is a dead letter"
)
_MEANINGS = {
    ("message.timestamp.type", "CreateTime"): _CREATE_TIME,
    (
        "message.timestamp.type",
        "LogAppendTime",
    ): "a row counts from its arrival, not from the time it was sent with",
    ("max.message.bytes", ""): "larger records could not be written",
    ("min.compaction.lag.ms", ""): "for so long old versions can be read again",
    ("retention.bytes", ""): "beyond that size the oldest records of a partition are removed, read or not",
}


def setting_warnings(plan: TopicPlan, found: Mapping[str, str]) -> list[str]:
    """The settings of a topic that are not as planned, each in a line with what it means and what to do.

    A setting that ``found`` lacks is not told of. Of a topic of its producers' own nothing is asked to be altered, and
    how large their records may be is theirs to say.
    """
    return list(_of_theirs(plan, found) if plan.theirs else _of_ours(plan, found))


def _of_ours(plan: TopicPlan, found: Mapping[str, str]) -> Iterator[str]:
    for key, wanted in plan.config.items():
        if key in found and not _is_as_planned(key, found[key], wanted):
            yield (
                f"topic {plan.name} has {key}={found[key]}, its contract calls for {wanted} "
                f"({_meaning(key, found[key], wanted)}): kafka-configs.sh --alter --entity-type topics "
                f"--entity-name {plan.name} --add-config {key}=[{wanted}]"
            )


def _of_theirs(plan: TopicPlan, found: Mapping[str, str]) -> Iterator[str]:
    unlimited = {"retention.bytes": "-1"}
    for key, wanted in (plan.config | unlimited).items():
        if key in found and key != "max.message.bytes" and not _is_as_planned(key, found[key], wanted):
            yield (
                f"topic {plan.name} has {key}={found[key]}: {_meaning(key, found[key], wanted)}. "
                "It is its producers' topic, and stays as it is."
            )


def _meaning(key: str, found: str, wanted: str) -> str:
    match key:
        case "retention.ms":
            return _retention(int(found), int(wanted))
        case "cleanup.policy":
            return _cleanup(found)
        case _:
            return _MEANINGS.get((key, found)) or _MEANINGS.get((key, ""), "it is not as planned")


def _retention(found_ms: int, wanted_ms: int) -> str:
    if found_ms < 0 or found_ms > wanted_ms:
        return f"records stay longer than the {wanted_ms // _MS_PER_HOUR} h that the contract says"
    hours = found_ms / _MS_PER_HOUR
    return f"after {hours:g} h records are gone: a job that stands still for longer loses them, and none is replayed"


def _cleanup(found: str) -> str:
    if "compact" in found:
        return "of each key only the newest record stays: one before it may be gone before a job has read it"
    return "records are removed by their age, also the newest of a key"


def _hours(retention_ms: int) -> int:
    return MAX_HOURS if retention_ms < 0 else min(MAX_HOURS, ceil(retention_ms / _MS_PER_HOUR))


def _is_as_planned(key: str, found: str, wanted: str) -> bool:
    match key:
        case "cleanup.policy":
            return set(found.replace(" ", "").split(",")) == set(wanted.split(","))
        case "max.message.bytes":
            return int(found) >= int(wanted)
        case "retention.ms":  # a contract speaks in hours, and of a hundred years at most
            return found == wanted or _hours(int(found)) == _hours(int(wanted))
        case _:
            return found == wanted
