"""The refine job without the operator of the error budget: what the whole job is compared with.

``python -m benchmarks.budget`` submits it.
"""

from dataclasses import replace

from pyflink.datastream import StreamExecutionEnvironment

from flink_jobs.job import Part
from flink_jobs.refine import JOB as REFINE_JOB
from flink_jobs.submit import main


def nothing(_part: Part, _environment: StreamExecutionEnvironment) -> None:
    """In place of the operator."""


JOB = replace(REFINE_JOB, complete=nothing)

if __name__ == "__main__":
    main(JOB)
