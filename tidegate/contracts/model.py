"""The contract of a dataset as values: what ``schemas/<dataset>/contract.yaml`` may say.

``Contract`` is checked by pydantic; unknown keys are refused, so that a typing error is found, not ignored.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, NewType
from unicodedata import category

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from tidegate.avro.compatibility import Compatibility
from tidegate.avro.json_records import UnknownFields
from tidegate.avro.paths import column_of
from tidegate.contracts.file_section import FileSection, with_source
from tidegate.contracts.naming import output_topic
from tidegate.contracts.part import Part

DatasetName = NewType("DatasetName", str)
TopicFormat = Literal["avro", "json"]
Severity = Literal["reject", "warn", "drop"]
PrivacyMethod = Literal["hmac", "drop", "mask"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""As Avro allows it."""
FieldPath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$")]
"""A field, or one in a record within the record: ``operator.fullName``."""
TAKEN_DATASETS = frozenset({"dead_letter", "dropped", "default_database"})
"""Folders of schemas that belong to no dataset, and what Flink calls the database it begins with."""
MAX_HOURS = 100 * 366 * 24
MAX_DAYS = 100 * 366
MAX_BUDGET_WINDOW_S = 24 * 3600
MAX_RULES_PER_SEVERITY = 60
"""Each has a bit of a BIGINT, and so has the event-time window beside those of ``reject``."""
EVENT_TIME_RULE = "event_time_in_range"
"""Name that the violation of a contract's event-time window goes by; no rule may take it."""
_INDEX_PATTERN = r"^[a-z0-9._-]+-\{[A-Za-z_][A-Za-z0-9_]*\|yyyy([.-]?MM([.-]?dd)?)?\}$"
"""A year, month or day: without its year a day would share its index with those of other years."""
GONE_FIELDS = frozenset({"event_time.max_out_of_orderness_s", "lake.partition_by"})
"""What a contract could say once although nothing ever read it, by dotted place."""


def _one_line(text: str) -> str:
    """The text with blanks in place of line ends, tabs and what else has no shape: it becomes part of lines."""
    return " ".join("".join(" " if category(sign) == "Cc" else sign for sign in text).split())


def _bounded(moment: datetime) -> datetime:
    if not 1900 <= moment.year < 2200:
        raise ValueError("lies outside of 1900 to 2199")
    return moment


OneLine = Annotated[str, AfterValidator(_one_line)]


class Topic(Part):
    """The Kafka topic that carries the dataset's raw records."""

    format: TopicFormat = Field(default="avro", description="how its records are written")
    unknown_fields: UnknownFields | None = Field(
        default=None,
        description="of JSON, what becomes of a field that v<N>.avsc lacks: reject its record, rescue it as text, or "
        "ignore it (the default)",
    )
    name: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._-]+$", max_length=200)]
    partitions: int = Field(default=4, ge=1, le=10_000)
    key: FieldPath | None = Field(default=None, description="field whose text is the Kafka key")
    retention_hours: int = Field(default=168, ge=1, le=MAX_HOURS)
    registered_by: Literal["tidegate", "producers"] = Field(
        default="tidegate", description="who registers the schemas of the records: producers, if theirs was there first"
    )
    subject: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = Field(
        default=None, description="the registry's subject of those schemas, if it is not <name>-value"
    )
    compacted: bool = False
    min_compaction_lag_hours: int = Field(
        default=0, ge=0, le=MAX_HOURS, description="how long old versions of a key are surely kept, for replay"
    )


class EventTime(Part):
    """When an event happened, and which times are believed."""

    field: str = Field(description="field, or path such as meta.at")
    earliest: Annotated[AwareDatetime, AfterValidator(_bounded)] = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    max_future_s: int = Field(
        default=600, ge=0, le=366 * 86_400, description="how far ahead of its Kafka timestamp it may be"
    )

    @property
    def column(self) -> str:
        """What it is called as a column."""
        return column_of(self.field)


class Rule(Part):
    """A condition that an event meets: a Flink SQL boolean over the raw columns; NULL counts as met."""

    name: Name
    field: str = Field(description="column that the violation is reported for")
    check: Annotated[str, StringConstraints(min_length=1)]
    severity: Severity
    description: OneLine


class Privacy(Part):
    """What happens to a personal field before anything is written."""

    field: str = Field(description="text field, or path such as operator.fullName")
    method: PrivacyMethod
    purpose: str
    retention_days: int = Field(ge=1, le=MAX_DAYS)


class Enrich(Part):
    """Columns of a reference dataset, as they were at the event's time."""

    reference: Name
    on: str = Field(description="column of this dataset, or path into it, that holds the reference's key")
    prefix: Annotated[str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9_]*)?$")] = ""
    columns: list[str] = Field(min_length=1)
    missing: Literal["keep", "dead_letter"] = Field(
        default="keep", description="an event whose key is set but unknown: keep it, or dead-letter it"
    )


class Explode(Part):
    """One silver row per item of an array, such as the lines of an order."""

    field: FieldName = Field(
        description="array of records that may not be null; its fields become columns of `validated`"
    )
    position: FieldName = Field(default="position", description="column that numbers the items of one record from 1")


class Silver(Part):
    """The topic of the good rows."""

    version: int = Field(
        default=1, ge=1, description="which of its topics jobs write and read; `tidegate replay` makes the next one"
    )


class Lake(Part):
    """The dataset's lake tables."""

    retention_days: int = Field(default=730, ge=1, le=MAX_DAYS)


class Index(Part):
    """The dataset's search indices."""

    pattern: Annotated[str, StringConstraints(pattern=_INDEX_PATTERN)]
    overrides: dict[str, dict[str, object]] = Field(
        default_factory=dict, description="OpenSearch mapping per silver field, in place of the derived one"
    )
    retention_days: int = Field(default=90, ge=1, le=MAX_DAYS)


class DeadLetters(Part):
    """The error budget: how many dead letters are a normal error rate, and what refine does past it."""

    max_ratio: float = Field(
        default=0.05, gt=0, le=1, description="share of the records within `window_s` that may become dead letters"
    )
    max_consecutive: int = Field(default=1000, ge=1, description="dead letters in a row within one partition")
    window_s: int = Field(default=300, ge=60, le=MAX_BUDGET_WINDOW_S, description="over how long `max_ratio` counts")
    min_events: int = Field(default=200, ge=1, description="of fewer records within the window no share is taken")
    action: Literal["alert", "stop"] = Field(
        default="alert",
        description="past the budget: a metric and a line in the log, or the dataset's own refine job ends",
    )
    max_attempts: int = Field(
        default=5,
        ge=1,
        description="a record that has failed so often is parked: no plan takes it without being told to",
    )


class Contract(Part):
    """Everything a dataset promises beyond its structure (which is in ``v<N>.avsc`` and ``silver.avsc``)."""

    dataset: Name
    kind: Literal["stream", "reference", "file"] = "stream"
    owner: str
    description: str
    topic: Topic
    file: FileSection | None = Field(default=None, description="of kind file, which has no topic")
    compatibility: Compatibility = "BACKWARD_TRANSITIVE"
    event_time: EventTime
    identity: list[str] = Field(min_length=1)
    dedup_ttl_hours: float = Field(default=1, ge=1 / 3600, le=MAX_HOURS, allow_inf_nan=False)
    rules: list[Rule] = Field(default=[])
    privacy: list[Privacy] = Field(default=[])
    explode: Explode | None = None
    enrich: list[Enrich] = Field(default=[])
    silver: Silver = Silver()
    lake: Lake = Lake()
    index: Index | None = None
    dead_letters: DeadLetters = DeadLetters()

    @model_validator(mode="before")
    @classmethod
    def _files_have_no_topic(cls, values: Any) -> Any:
        return with_source(values) if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _format_has_its_own_keys(self) -> "Contract":
        topic = self.topic
        if not self.is_json and topic.unknown_fields is not None:
            raise ValueError("topic.unknown_fields counts for topics of JSON only; leave it out")
        if self.is_json and self.kind == "reference":
            raise ValueError("topic.format: json is for streams; reference data is loaded from files, as Avro")
        if self.is_json and (topic.registered_by == "producers" or topic.subject is not None):
            raise ValueError(
                "topic.registered_by and topic.subject count for Avro only, as no JSON is looked up; leave out"
            )
        return self

    @model_validator(mode="after")
    def _names_are_distinct_and_free(self) -> "Contract":
        _refuse_doubled("rules", (rule.name for rule in self.rules))
        _refuse_doubled("privacy", (privacy.field for privacy in self.privacy))
        if any(rule.name == EVENT_TIME_RULE for rule in self.rules):
            raise ValueError(f"a rule is named {EVENT_TIME_RULE}, which stands for the event_time section")
        if self.dataset in TAKEN_DATASETS:
            raise ValueError(f"no dataset can be named {self.dataset}, something else is")
        return self

    @model_validator(mode="after")
    def _rules_are_few(self) -> "Contract":
        for severity, count in Counter(rule.severity for rule in self.rules).items():
            if count > MAX_RULES_PER_SEVERITY:
                raise ValueError(f"{count} rules of severity {severity}, at most {MAX_RULES_PER_SEVERITY}")
        return self

    def rules_of(self, severity: Severity) -> list[Rule]:
        """The rules of one severity, in the order of the file."""
        return [rule for rule in self.rules if rule.severity == severity]

    @property
    def is_json(self) -> bool:
        """Whether the raw records are written in JSON."""
        return self.topic.format == "json" if self.file is None else not self.file.is_csv

    @property
    def rescues(self) -> bool:
        """Whether a record has a column of the fields that the contract lacks."""
        unknown = self.topic.unknown_fields if self.file is None else self.file.unknown_columns
        return unknown == "rescue"

    @property
    def identity_columns(self) -> tuple[str, ...]:
        """The identity, as columns are called."""
        return tuple(map(column_of, self.identity))

    @property
    def row_identity(self) -> tuple[str, ...]:
        """What identifies one silver row: the record's identity, and the item's position where records explode."""
        return (*self.identity_columns, *([self.explode.position] if self.explode else []))

    @property
    def column_paths(self) -> tuple[str, ...]:
        """The paths into records within the record that have to be columns of their own, each once."""
        names = (*self.identity, self.event_time.field, self.topic.key, *(enrich.on for enrich in self.enrich))
        return tuple(dict.fromkeys(name for name in names if name is not None and "." in name))

    @property
    def silver_version(self) -> int:
        """Which of silver's topics jobs write and read, from 1."""
        return self.silver.version

    @property
    def silver_topic(self) -> str:
        return output_topic("silver", self.dataset, self.silver_version)

    @property
    def dead_letter_topic(self) -> str:
        return output_topic("dlq", self.dataset)

    @property
    def dropped_topic(self) -> str:
        return output_topic("dropped", self.dataset, self.silver_version)


def _refuse_doubled(section: str, names: Iterable[str]) -> None:
    if doubled := sorted(name for name, count in Counter(names).items() if count > 1):
        raise ValueError(f"{section} named twice: {', '.join(doubled)}")
