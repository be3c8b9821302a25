"""The closed list of metric names: what each means, and what to do about it.

A name that is not here is not exported, and one that is here is: tests hold producers, monitor and Flink against it.
``docs/metrics.md`` is made from it (:mod:`tidegate.monitor.describe`).
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Source = Literal["producer", "monitor", "flink"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; ``labels`` are those that queries use, Flink adds more of its own."""

    name: str
    kind: Kind
    source: Source
    labels: tuple[str, ...]
    meaning: str
    act: str


PRODUCER_SENT = Metric(
    "tidegate_producer_sent_total", "counter", "producer", ("dataset",), "records handed to the Kafka client", "–"
)
PRODUCER_DELIVERED = Metric(
    "tidegate_producer_delivered_total",
    "counter",
    "producer",
    ("dataset",),
    "records acknowledged by all in-sync replicas",
    "far below sent: look at the broker",
)
PRODUCER_FAILED = Metric(
    "tidegate_producer_failed_total",
    "counter",
    "producer",
    ("dataset",),
    "records that Kafka did not take",
    "the last line of the run says why",
)
PRODUCER_BEHIND = Metric(
    "tidegate_producer_behind_seconds",
    "gauge",
    "producer",
    ("dataset",),
    "how late the last batch was sent",
    "growing: lower the rate or add workers",
)

UP = Metric(
    "tidegate_up",
    "gauge",
    "monitor",
    ("server",),
    "1 if the server answered the monitor's last question in time, 0 if not; only of those that the jobs need",
    "`tidegate status`, then its log",
)
READING_FAILURES = Metric(
    "tidegate_reading_failures_total",
    "counter",
    "monitor",
    ("reading",),
    "readings of the monitor that failed, since it started",
    "the monitor says why in one line",
)
READING_AGE = Metric(
    "tidegate_reading_age_seconds",
    "gauge",
    "monitor",
    ("reading",),
    "since the last whole reading was begun, before the first one since the monitor started",
    "over some minutes: what it reads is not shown; the monitor says why in one line",
)
CONTRACT_OK = Metric(
    "tidegate_contract_ok",
    "gauge",
    "monitor",
    ("dataset",),
    "1 if the dataset's contract can work, 0 if not: then jobs leave the dataset out, and no proof of it is made",
    "`tidegate contract check DATASET`",
)
EVENTS_IN = Metric(
    "tidegate_events_in_total",
    "counter",
    "monitor",
    ("dataset",),
    "records that came into the raw topic since it was made, by its end offsets",
    "stands still: look at the producers",
)
SILVER_ROWS = Metric(
    "tidegate_silver_rows_total",
    "counter",
    "monitor",
    ("dataset",),
    "good rows that refine wrote to silver since it last started, by Flink's count; an exploded record is several",
    "0 while events come in: lag and checkpoints of refine",
)
DUPLICATES = Metric(
    "tidegate_duplicates_total",
    "counter",
    "monitor",
    ("dataset",),
    "records left out as duplicates since refine last started, by Flink's count",
    "a jump: a producer sends again what it has sent",
)
DEAD_LETTERS = Metric(
    "tidegate_dead_letters_total",
    "counter",
    "monitor",
    ("dataset", "stage", "code", "rule"),
    "dead letters, counted in their topic; `rule` is the first rule that the record breaks, empty of other stages",
    "`tidegate dlq stats DATASET`; docs/dead-letters.md has a remedy for each code",
)
NEW_CAUSE = Metric(
    "tidegate_dead_letter_cause_is_new",
    "gauge",
    "monitor",
    ("dataset", "stage", "code", "rule", "schema_id", "letter"),
    "1 for an hour from the first dead letter of a cause that the topic did not hold before; `letter` is its id",
    "`tidegate dlq show LETTER`",
)
DROPPED = Metric(
    "tidegate_dropped_total",
    "counter",
    "monitor",
    ("dataset", "rule"),
    "records left out by a drop rule, counted in their topic",
    "a jump: see whether the rule still fits",
)
OLDEST_DEAD_LETTER = Metric(
    "tidegate_dead_letter_oldest_age_seconds",
    "gauge",
    "monitor",
    ("dataset",),
    "age of the oldest dead letter that its topic still holds; 0 without any",
    "close to the retention: fix or export it, or retention removes it",
)
OLDEST_OPEN = Metric(
    "tidegate_dead_letter_oldest_open_age_seconds",
    "gauge",
    "monitor",
    ("dataset",),
    "age of the oldest dead letter that is neither resolved, discarded nor failed again; 0 without any",
    "close to the retention: `tidegate dlq list DATASET`",
)
IN_FLIGHT_AGE = Metric(
    "tidegate_redrive_in_flight_age_seconds",
    "gauge",
    "monitor",
    ("dataset",),
    "since when the redriven dead letter that waits longest has no outcome; 0 without any",
    "over an hour: `tidegate redrive status`",
)
ERROR_BUDGET_STOPPED = Metric(
    "tidegate_error_budget_stopped",
    "gauge",
    "monitor",
    ("dataset",),
    "1 while the dataset's refine job stands since it has passed its error budget (`dead_letters.action: stop`)",
    "`tidegate status` says why, and what to type",
)
DEAD_LETTER_RETENTION = Metric(
    "tidegate_dead_letter_retention_seconds",
    "gauge",
    "monitor",
    ("dataset",),
    "how long the topic of dead letters keeps them",
    "–",
)
DEAD_LETTER_MAX_RATIO = Metric(
    "tidegate_dead_letter_max_ratio",
    "gauge",
    "monitor",
    ("dataset",),
    "share of dead letters that the contract calls normal (`dead_letters.max_ratio`)",
    "–",
)
COMMITTED_LATENCY = Metric(
    "tidegate_committed_latency_seconds",
    "histogram",
    "monitor",
    ("dataset",),
    "from a record's arrival in Kafka until its silver row is committed, of sampled rows",
    "over three checkpoint intervals: lag, back pressure and checkpoints of refine",
)
SEARCHABLE_LATENCY = Metric(
    "tidegate_searchable_latency_seconds",
    "histogram",
    "monitor",
    ("dataset",),
    "from a record's arrival in Kafka until a search finds its document, of sampled rows",
    "far above committed: the index job and OpenSearch",
)
SEARCHABLE_LOST = Metric(
    "tidegate_searchable_lost_total",
    "counter",
    "monitor",
    ("dataset",),
    "sampled rows that no search found within ten minutes",
    "dead letters of stage index, then `tidegate prove`",
)
JOB_UP = Metric(
    "tidegate_job_up",
    "gauge",
    "monitor",
    ("job_name",),
    "1 if the job runs with all its tasks, 0 if it restarts, has ended or was never started; one of a dataset alone "
    "by its own name, such as `refine.readings`",
    "`tidegate status`; the job's exceptions in the Flink UI",
)
CHECKPOINT_AGE = Metric(
    "tidegate_checkpoint_age_seconds",
    "gauge",
    "monitor",
    ("job_name",),
    "since the job's last completed checkpoint; without any, since its start or the monitor's, whichever came first",
    "several intervals: the job's checkpoints in the Flink UI",
)
JOB_RESTARTS = Metric(
    "tidegate_job_restarts_total",
    "counter",
    "monitor",
    ("job_name",),
    "restarts of the job since it was submitted, as its JobManager counts them",
    "growing: its exceptions in the Flink UI",
)
CHECKPOINT_INTERVAL = Metric(
    "tidegate_checkpoint_interval_seconds",
    "gauge",
    "monitor",
    ("job_name",),
    "how often the job is to make a checkpoint",
    "–",
)
LAG = Metric(
    "tidegate_lag_records",
    "gauge",
    "monitor",
    ("job_name", "dataset", "topic", "partition"),
    "offsets between the end of the topic and what the job has committed; in silver, transaction markers count too",
    "growing: more events than the job can carry, or it stands",
)
LAKE_FILES = Metric(
    "tidegate_lake_files",
    "gauge",
    "monitor",
    ("dataset", "table"),
    "data files of the current snapshot",
    "–",
)
LAKE_ROWS = Metric("tidegate_lake_rows", "gauge", "monitor", ("dataset", "table"), "rows of the current snapshot", "–")
LAKE_PARTITION_FILES_MAX = Metric(
    "tidegate_lake_partition_files_max",
    "gauge",
    "monitor",
    ("dataset", "table"),
    "data files of the partition that has most",
    "many small files make queries slow: `tidegate lake compact`, or a longer checkpoint interval",
)
LAKE_PARTITION_FILE_BYTES = Metric(
    "tidegate_lake_partition_file_bytes_median",
    "gauge",
    "monitor",
    ("dataset", "table"),
    "median size of the data files of the partition that has most",
    "far below 128 MB where the partition has hundreds: `tidegate lake compact`",
)
LAKE_PARTITION_FILES_AVG = Metric(
    "tidegate_lake_partition_files_avg",
    "gauge",
    "monitor",
    ("dataset", "table"),
    "data files per partition on average",
    "–",
)
LAKE_COMMIT_AGE = Metric(
    "tidegate_lake_commit_age_seconds",
    "gauge",
    "monitor",
    ("dataset", "table"),
    "since the table's last commit",
    "growing while events come in: the lake job",
)
FILES = Metric(
    "tidegate_files",
    "gauge",
    "monitor",
    ("dataset", "state"),
    "daily files of the last 31 dates whose newest version is in this state",
    "`quarantined`: `tidegate files list DATASET` says why",
)
FILES_LATE = Metric(
    "tidegate_files_late_dates",
    "gauge",
    "monitor",
    ("dataset",),
    "dates of the last 31 whose files are due and are not there, or not loaded",
    "over 0: `tidegate files list DATASET`",
)
DOCUMENTS = Metric(
    "tidegate_documents", "gauge", "monitor", ("dataset",), "documents that a search over all days can find", "–"
)
_ROOM = "none where OpenSearch does not tell it, as some hosted ones"
SEARCH_SHARDS = Metric(
    "tidegate_search_shards", "gauge", "monitor", (), f"shards that OpenSearch has in use; {_ROOM}", "–"
)
SEARCH_SHARDS_MAX = Metric(
    "tidegate_search_shards_max",
    "gauge",
    "monitor",
    (),
    f"shards that it may have (`cluster.max_shards_per_node`); {_ROOM}",
    "nearly in use: delete old indices, or raise it: without a shard no index of a new day is made",
)
SEARCH_DISK_USED = Metric(
    "tidegate_search_disk_used_ratio",
    "gauge",
    "monitor",
    (),
    f"how full its fullest disk is, where it looks at its disks; {_ROOM}",
    "over 0.9: delete old indices; at 0.95 it takes no documents",
)
SEARCH_BLOCKS = Metric(
    "tidegate_search_blocks",
    "gauge",
    "monitor",
    (),
    f"blocks of the cluster and its indices; {_ROOM}",
    "any: `tidegate doctor` names them",
)
PROOF_OK = Metric(
    "tidegate_proof_ok",
    "gauge",
    "monitor",
    ("dataset",),
    "1 if the last proof holds, 0 if it does not, be it that refine is only behind or an event is undecided",
    "`tidegate prove DATASET`",
)
PROOF_FAULTY = Metric(
    "tidegate_proofs_faulty_in_a_row",
    "gauge",
    "monitor",
    ("dataset",),
    "the last proofs, one after the other, that found more than events which refine has not reached yet",
    "1: made again within a minute, perhaps only late; from 3 on: `tidegate prove DATASET`",
)
PROOF_FAULTS = Metric(
    "tidegate_proof_faults",
    "gauge",
    "monitor",
    ("dataset", "fault"),
    "offsets that the last proof found missing, doubled, unexplained, or behind: beyond all that refine has written",
    "`tidegate prove DATASET` names them",
)
PROOF_MISSING = Metric(
    "tidegate_proof_missing",
    "gauge",
    "monitor",
    ("dataset",),
    "offsets that the last proof found missing, in any layer; those that refine has not reached yet are not among them",
    "stays above 0: `tidegate prove DATASET` names them, `tidegate replay` refines them again",
)
PROOF_DOUBLED = Metric(
    "tidegate_proof_doubled",
    "gauge",
    "monitor",
    ("dataset",),
    "offsets that are twice in the last proof, in any layer",
    "above 0: `tidegate prove DATASET` names them",
)
PROOF_RECORDS = Metric(
    "tidegate_proof_records",
    "gauge",
    "monitor",
    ("dataset", "verdict"),
    "records of the last proof's window by verdict: raw, silver, dead_letter, repaired (redriven, and well now), "
    "parked, dropped, duplicate, undecided (behind an open transaction), expired (nobody can tell after retention)",
    "undecided for long: a transaction that nobody ends",
)
PROOF_AGE = Metric(
    "tidegate_proof_age_seconds",
    "gauge",
    "monitor",
    ("dataset",),
    "since the last proof was made",
    "several times the interval: proofs fail, or take longer than it",
)
PROOF_INTERVAL = Metric(
    "tidegate_proof_interval_seconds",
    "gauge",
    "monitor",
    ("dataset",),
    "how often a proof is to be made",
    "–",
)
PROOF_RUNNING = Metric(
    "tidegate_proof_running_seconds",
    "gauge",
    "monitor",
    ("dataset",),
    "how long the proof that is being made has taken so far; 0 while none is",
    "above the interval: prove less often, or a shorter window",
)
PROOF_MEMORY = Metric(
    "tidegate_proof_memory_bytes",
    "gauge",
    "monitor",
    ("dataset",),
    "memory that the last proof's processes took together at most",
    "near `--prove-memory`, at which a proof is ended: a shorter window, or more memory",
)
PROOF_DURATION = Metric(
    "tidegate_proof_duration_seconds", "gauge", "monitor", ("dataset",), "how long the last proof took", "–"
)

_OPERATOR = ("job_name", "operator_name")
SINK_INDEXED = Metric(
    "flink_taskmanager_job_task_operator_documentsIndexed",
    "gauge",
    "flink",
    _OPERATOR,
    "documents that OpenSearch took",
    "–",
)
SINK_RETRIED = Metric(
    "flink_taskmanager_job_task_operator_documentsRetried",
    "gauge",
    "flink",
    _OPERATOR,
    "documents that were sent again after an outage or an overload",
    "growing: OpenSearch's health and load",
)
SINK_DEAD_LETTERED = Metric(
    "flink_taskmanager_job_task_operator_documentsDeadLettered",
    "gauge",
    "flink",
    _OPERATOR,
    "documents that OpenSearch refused for good",
    "`tidegate index status`; dead letters of stage index",
)
SINK_WAITING = Metric(
    "flink_taskmanager_job_task_operator_requestsWaitingToRetry",
    "gauge",
    "flink",
    _OPERATOR,
    "bulk requests that wait to be sent again",
    "above 0 for long: OpenSearch does not take documents",
)
SINK_STATUS = Metric(
    "flink_taskmanager_job_task_operator_status_verdicts",
    "gauge",
    "flink",
    (*_OPERATOR, "status"),
    "verdicts on documents by OpenSearch's HTTP status class: 2xx, 409, 429, 4xx, 5xx, none (no answer)",
    "429 and 5xx: OpenSearch is overloaded; 4xx: the mapping refuses documents",
)
SINK_HELD_BACK = Metric(
    "flink_taskmanager_job_task_operator_reason_documentsHeldBack",
    "gauge",
    "flink",
    (*_OPERATOR, "reason"),
    "documents that OpenSearch did not take and that wait, at each attempt, by its type of error; no_answer, "
    "no_bulk_answer and status_… where it gave none",
    "growing: lift what `reason` names; `tidegate doctor` knows shards, blocks and disks",
)
FAILED_COMMITTABLES = Metric(
    "flink_taskmanager_job_task_operator_failedCommittables",
    "gauge",
    "flink",
    _OPERATOR,
    "commits of a sink (a Kafka transaction, an Iceberg commit) that failed for good",
    "any: `tidegate prove`, since what was to be committed may be lost",
)
FUNCTION_FAILURES = Metric(
    "flink_taskmanager_job_task_operator_function_failures",
    "gauge",
    "flink",
    (*_OPERATOR, "function"),
    "values that became null because a Python function raised or gave a wrong type, since the task started",
    "any: the TaskManager's log has the first of each worker",
)
EVENTS_NOT_COUNTED = Metric(
    "flink_taskmanager_job_task_operator_dataset_reason_eventsNotCounted",
    "gauge",
    "flink",
    (*_OPERATOR, "dataset", "reason"),
    "silver rows that no business metric counts, since the task started. `too_late`: older than "
    "TIDEGATE_METRICS_MAX_LATENESS_HOURS when they were read; `before_since`: of days of which silver lacks rows",
    "`too_late` grows: late events, a replay or an outage; `tidegate run metrics --recover-from none` counts them all",
)
LOOKUPS_MISSED = Metric(
    "flink_taskmanager_job_task_operator_reference_lookupsMissed",
    "gauge",
    "flink",
    (*_OPERATOR, "reference"),
    "lookups of a key that the reference topic did not hold at the event's time, since the task started",
    "growing: load the reference data before the events; rows hold from their own time on",
)
_OF_DATASET = (*_OPERATOR, "dataset")
ERROR_BUDGET_PASSED = Metric(
    "flink_taskmanager_job_task_operator_dataset_errorBudgetPassed",
    "gauge",
    "flink",
    _OF_DATASET,
    "1 while the dataset's dead letters are past its error budget (`dead_letters` of its contract) and refine goes on",
    "1: `tidegate dlq stats DATASET`",
)
ERROR_BUDGET_RATIO = Metric(
    "flink_taskmanager_job_task_operator_dataset_errorBudgetRatio",
    "gauge",
    "flink",
    _OF_DATASET,
    "share of the records of `dead_letters.window_s` that became dead letters, as the error budget counts it",
    "near `max_ratio`: `tidegate dlq stats DATASET`",
)
ERROR_BUDGET_CONSECUTIVE = Metric(
    "flink_taskmanager_job_task_operator_dataset_errorBudgetConsecutive",
    "gauge",
    "flink",
    _OF_DATASET,
    "dead letters in a row at the end of a partition, of the one that has most",
    "near `max_consecutive`: `tidegate dlq stats DATASET`",
)
RESTARTS = Metric(
    "flink_jobmanager_job_numRestarts",
    "gauge",
    "flink",
    ("job_name",),
    "restarts of the job since it was submitted",
    "growing: its exceptions in the Flink UI",
)
CHECKPOINT_DURATION = Metric(
    "flink_jobmanager_job_lastCheckpointDuration",
    "gauge",
    "flink",
    ("job_name",),
    "milliseconds that the last checkpoint took",
    "close to the interval: back pressure, or slow storage",
)
CHECKPOINTS_FAILED = Metric(
    "flink_jobmanager_job_numberOfFailedCheckpoints",
    "gauge",
    "flink",
    ("job_name",),
    "checkpoints that failed",
    "growing: the log of the JobManager",
)
BACK_PRESSURE = Metric(
    "flink_taskmanager_job_task_backPressuredTimeMsPerSecond",
    "gauge",
    "flink",
    ("job_name", "task_name"),
    "milliseconds of each second in which the task waited for the next one",
    "near 1000: the task behind it is the slow one",
)
HEAP_USED = Metric(
    "flink_taskmanager_Status_JVM_Memory_Heap_Used",
    "gauge",
    "flink",
    (),
    "bytes of heap that the TaskManager uses",
    "near the maximum for long: a larger TaskManager",
)

METRICS = tuple(value for value in tuple(globals().values()) if isinstance(value, Metric))


def of_source(source: Source) -> list[Metric]:
    """The metrics that one source exports."""
    return [metric for metric in METRICS if metric.source == source]


def flink_filter() -> list[str]:
    """The closed list's Flink metrics as ``metrics.reporter.<name>.filter.includes``, by scope and name.

    A TaskManager with four jobs exports 6 MB without a filter.
    """
    parts = [metric.name.removeprefix("flink_").split("_") for metric in of_source("flink")]
    return [f"{'.'.join(part[:-1])}:{part[-1]}" for part in parts]
