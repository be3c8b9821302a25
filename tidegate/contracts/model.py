"""The contract of a dataset as values: what ``schemas/<dataset>/contract.yaml`` may say.

``Contract`` is checked by pydantic; unknown keys are refused, so that a typing error is found, not ignored.
"""

from collections import Counter
from datetime import datetime
from typing import Annotated, Literal, NewType

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tidegate.avro.compatibility import Compatibility
from tidegate.contracts.naming import output_topic

DatasetName = NewType("DatasetName", str)
Severity = Literal["reject", "warn", "drop"]
PrivacyMethod = Literal["hmac", "drop", "mask"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
MAX_RULES_PER_SEVERITY = 60
"""Each has a bit of a BIGINT, and so has the event-time window beside those of ``reject``."""
EVENT_TIME_RULE = "event_time_in_range"
"""Name that the violation of a contract's event-time window goes by; no rule may take it."""
GONE_FIELDS = frozenset({"event_time.max_out_of_orderness_s", "lake.partition_by"})
"""What a contract could say once although nothing ever read it, by dotted place."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Topic(_Part):
    """The Kafka topic that carries the dataset's raw records."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._-]+$", max_length=200)]
    partitions: int = Field(default=4, ge=1)
    key: Name | None = Field(default=None, description="field whose text is the Kafka key")
    retention_hours: int = Field(default=168, ge=1)
    compacted: bool = False
    min_compaction_lag_hours: int = Field(
        default=0, ge=0, description="how long old versions of a key are surely kept, for replay"
    )


class EventTime(_Part):
    """When an event happened, and which times are believed."""

    field: str
    earliest: AwareDatetime = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    max_future_s: int = Field(default=600, ge=0, description="how far ahead of its Kafka timestamp it may be")


class Rule(_Part):
    """A condition that an event meets: a Flink SQL boolean over the raw columns; NULL counts as met."""

    name: Name
    field: str = Field(description="column that the violation is reported for")
    check: str
    severity: Severity
    description: str


class Privacy(_Part):
    """What happens to a personal field before anything is written."""

    field: str
    method: PrivacyMethod
    purpose: str
    retention_days: int = Field(ge=1)


class Enrich(_Part):
    """Columns of a reference dataset, as they were at the event's time."""

    reference: Name
    on: str = Field(description="column of this dataset that holds the reference's key")
    prefix: str = ""
    columns: list[str]
    missing: Literal["keep", "dead_letter"] = Field(
        default="keep", description="an event whose key is set but unknown: keep it, or dead-letter it"
    )


class Explode(_Part):
    """One silver row per item of an array, such as the lines of an order."""

    field: Name = Field(description="array of records that may not be null; its fields become columns of `validated`")
    position: Name = Field(default="position", description="column that numbers the items of one record from 1")


class Lake(_Part):
    """The dataset's lake tables."""

    retention_days: int = Field(default=730, ge=1)


class Index(_Part):
    """The dataset's search indices."""

    pattern: Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]+-\{[a-z_]+\|[yMd.\-]+\}$")]
    overrides: dict[str, dict[str, object]] = Field(
        default_factory=dict, description="OpenSearch mapping per silver field, in place of the derived one"
    )
    retention_days: int = Field(default=90, ge=1)


class DeadLetters(_Part):
    """Above which share dead letters are more than a normal error rate."""

    max_ratio: float = Field(default=0.05, gt=0, le=1)
    max_consecutive: int = Field(default=1000, ge=1)
    action: Literal["alert", "stop"] = "alert"


class Contract(_Part):
    """Everything a dataset promises beyond its structure (which is in ``v<N>.avsc`` and ``silver.avsc``)."""

    dataset: Name
    kind: Literal["stream", "reference"] = "stream"
    owner: str
    description: str
    topic: Topic
    compatibility: Compatibility = "BACKWARD_TRANSITIVE"
    event_time: EventTime
    identity: list[str] = Field(min_length=1)
    dedup_ttl_hours: float = Field(default=1, gt=0)
    rules: list[Rule] = []
    privacy: list[Privacy] = []
    explode: Explode | None = None
    enrich: list[Enrich] = []
    lake: Lake = Lake()
    index: Index | None = None
    dead_letters: DeadLetters = DeadLetters()

    @model_validator(mode="after")
    def _rules_are_distinct_and_few(self) -> "Contract":
        names = [rule.name for rule in self.rules]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"rules named twice: {', '.join(sorted(doubled))}")
        if EVENT_TIME_RULE in names:
            raise ValueError(f"a rule is named {EVENT_TIME_RULE}, which stands for the event_time section")
        for severity, count in Counter(rule.severity for rule in self.rules).items():
            if count > MAX_RULES_PER_SEVERITY:
                raise ValueError(f"{count} rules of severity {severity}, at most {MAX_RULES_PER_SEVERITY}")
        return self

    def rules_of(self, severity: Severity) -> list[Rule]:
        """The rules of one severity, in the order of the file."""
        return [rule for rule in self.rules if rule.severity == severity]

    @property
    def row_identity(self) -> tuple[str, ...]:
        """What identifies one silver row: the record's identity, and the item's position where records explode."""
        return (*self.identity, *([self.explode.position] if self.explode else []))

    @property
    def silver_topic(self) -> str:
        return output_topic("silver", self.dataset)

    @property
    def dead_letter_topic(self) -> str:
        return output_topic("dlq", self.dataset)

    @property
    def dropped_topic(self) -> str:
        return output_topic("dropped", self.dataset)
