"""Holds a bounded job to a rate: an operator behind the source of raw records, which makes the source wait."""

from dataclasses import replace
from functools import partial

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway

from flink_jobs.job import Job, Part
from flink_jobs.operator_names import transformations
from tidegate.contracts import naming

UID = "throttle"


def held_to(job: Job, rate: float | None) -> Job:
    """The job, taking no more than ``rate`` raw records a second; None: as many as it can."""
    return job if rate is None else replace(job, complete=partial(put_throttle, rate))


def put_throttle(rate: float, part: Part, environment: StreamExecutionEnvironment) -> None:
    """All that read raw records read them from the new operator."""
    prefix = naming.operator_prefix(part.job.name, part.dataset.name)
    sinks = list(environment._j_stream_execution_environment.getTransformations())
    uids = [str(each.getUid()) for each in transformations(sinks)]
    (source,) = (uid for uid in uids if uid.startswith(f"{prefix}:") and uid.endswith("raw_records:1"))
    placement = get_gateway().jvm.io.tidegate.throttle.ThrottlePlacement
    placement.after(environment._j_stream_execution_environment, source, f"{prefix}:{UID}", float(rate))
