"""Every name that is state of a running system: topics, subjects, groups, operators, transactions, indices, tables.

Whoever writes or reads under one of these names asks here. Renaming one is a breaking change: what was written, or how
far a job has read, stays under the old name.
"""

import re
from collections.abc import Iterable
from typing import Literal, NewType

TopicName = NewType("TopicName", str)
SubjectName = NewType("SubjectName", str)
GroupId = NewType("GroupId", str)
TransactionalPrefix = NewType("TransactionalPrefix", str)
OperatorPrefix = NewType("OperatorPrefix", str)
AliasName = NewType("AliasName", str)
"""An alias over indices, and the name of the template that makes them."""
TableName = NewType("TableName", str)
"""A table of the lake with its namespace."""
Output = Literal["silver", "dlq", "dropped"]
"""What refine writes: the good rows, the dead letters, the coordinates of what a rule drops."""
Layer = Literal["bronze", "silver"]
"""The namespaces of the lake: raw bytes as they came, and the good rows."""
GOLD = "gold"
"""The lake's namespace of business metrics."""
REPLAYS = "replays"
"""The lake's namespace of what replays leave beside their rows, until the topics have nothing of their ranges."""
FILES = "files"
"""The lake's namespace of what loads of files leave beside their rows."""
FileTable = Literal["verdicts", "letters", "splits"]
CHANGES_SUFFIX = "_changes"
LAKE_DEAD_LETTERS = TableName("bronze.dead_letters")
"""One table for all datasets."""
RECOMPUTED = "recomputed"
"""The lake's namespace of what proofs refine once more, for as long as they take."""
LAKE_KEY = "tidegate.key"
"""Property of a table of changes: the columns that name one row, by commas."""

PROVE_GROUP = GroupId("tidegate-prove")
DEMO_GROUP = GroupId("tidegate-demo")
SAMPLES_GROUP = GroupId("tidegate-samples")
LOAD_GROUP = GroupId("tidegate-load")
MONITOR_GROUP = GroupId("tidegate-monitor")
MEASURE_GROUP = GroupId("tidegate-measure")
SUBJECT_SUFFIX = "-value"
ALL_EVENTS = "events-*"
"""Pattern of the indices of all datasets."""


def output_topic(output: Output, dataset: str, version: int = 1) -> TopicName:
    """Where refine writes one of a dataset's outputs; ``version`` is silver's.

    Its first version has no number in the name. Dead letters have a life of their own and no version: people decide
    on them, whichever topic the good rows are in.
    """
    return TopicName(f"{output}.{dataset}" if version == 1 or output == "dlq" else f"{output}.{dataset}.v{version}")


def silver_version(topic: str, dataset: str) -> int | None:
    """The version that a topic of silver or of dropped records is of; None if it is neither, of this dataset."""
    found = re.fullmatch(rf"(?:silver|dropped)\.{re.escape(dataset)}(?:\.v([2-9]|[1-9]\d+))?", topic)
    return None if found is None else int(found[1] or 1)


def earlier_topics(output: Output, dataset: str, version: int) -> dict[TopicName, int]:
    """The topics of the versions before one, each with its version."""
    return {output_topic(output, dataset, number): number for number in range(1, version)}


def output_topics(output: Output, dataset: str, topics: Iterable[str]) -> list[TopicName]:
    """Those of ``topics`` that are one of a dataset's outputs, of whatever version, the first one first."""
    versions = sorted({version for topic in topics if (version := silver_version(topic, dataset)) is not None} | {1})
    names = dict.fromkeys(output_topic(output, dataset, version) for version in versions)
    return [name for name in names if name in topics]


def gold_topic(dataset: str, metric: str) -> TopicName:
    """The newest value of each key of a metric."""
    return TopicName(f"gold.{dataset}.{metric}")


def subject(topic: str) -> SubjectName:
    """The registry's subject for the values of a topic."""
    return SubjectName(f"{topic}{SUBJECT_SUFFIX}")


def group_prefix(job: str) -> str:
    """What the consumer groups of a job begin with."""
    return f"tidegate-{job}-"


def group(job: str, dataset: str) -> GroupId:
    """The consumer group by which a job reads a dataset's topics."""
    return GroupId(f"{group_prefix(job)}{dataset}")


def transactional_prefix(job: str, output: Output, dataset: str) -> TransactionalPrefix:
    """What the ids of a sink's Kafka transactions begin with."""
    return TransactionalPrefix(f"{job}-{output}-{dataset}")


def ledger_writer(dataset: str) -> TransactionalPrefix:
    """The id of the transactions by which people's decisions on a dataset's letters are written."""
    return TransactionalPrefix(f"tidegate-dlq-{dataset}")


def file_letter_writer(dataset: str) -> TransactionalPrefix:
    """The id of the transactions by which the dead letters of a dataset's files are written."""
    return TransactionalPrefix(f"tidegate-files-{dataset}")


def operator_prefix(job: str, dataset: str) -> OperatorPrefix:
    """What the uids of the operators begin with that work for one dataset of a job."""
    return OperatorPrefix(f"{job}:{dataset}")


def events_alias(dataset: str) -> AliasName:
    """What searches over all days of a dataset's rows use."""
    return AliasName(f"events-{dataset}")


def metric_alias(dataset: str, metric: str) -> AliasName:
    """What searches over all months of a metric use."""
    return AliasName(f"metrics-{dataset}-{metric}")


def index_prefix(alias: str) -> str:
    """What the indices behind an alias begin with; their day or month follows."""
    return f"{alias}-"


def all_indices(alias: str) -> str:
    """Pattern of the indices behind an alias."""
    return f"{index_prefix(alias)}*"


def index_pattern(alias: str, time_column: str, period: str) -> str:
    """The index of a row, in the sink's words: ``period`` is how its time is written, such as ``yyyy.MM``."""
    return f"{index_prefix(alias)}{{{time_column}|{period}}}"


def lake_changes(dataset: str, metric: str) -> TableName:
    """The lake's table of what a metric's rows were and are."""
    return TableName(f"{GOLD}.{dataset}_{metric}{CHANGES_SUFFIX}")


def lake_figures(dataset: str, metric: str) -> TableName:
    """The lake's table of a metric's rows, of a dataset that comes in files."""
    return TableName(f"{GOLD}.{dataset}_{metric}")


def files_source(dataset: str) -> str:
    """What a dataset of files has in the place of a raw topic's name; no topic is called so."""
    return f"files.{dataset}"


def files_table(dataset: str, table: FileTable) -> TableName:
    """The lake's table of what became of the rows of a dataset's files, of letters, or of the parts of files."""
    return TableName(f"{FILES}.{dataset}_{table}")


def lake_table(layer: Layer, dataset: str) -> TableName:
    """The lake's table of a dataset's raw bytes or silver rows."""
    return TableName(f"{layer}.{dataset}")
