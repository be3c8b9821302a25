"""What is said of a job that has ended by itself."""

from typing import Any, cast

from tidegate.clients.flink import Failure, FlinkClient, FlinkJob, root_cause
from tidegate.jobs.ended import Ended, ended_of, why_ended

TRACE = """org.apache.flink.runtime.JobException: Recovery is suppressed by ExponentialDelayRestartStrategy
\tat org.apache.flink.runtime.ExecutionFailureHandler.handle(ExecutionFailureHandler.java:1)
Caused by: org.apache.flink.streaming.runtime.tasks.ExceptionInChainedOperatorException: Could not forward
\tat org.apache.flink.streaming.runtime.tasks.ChainingOutput.pushToOperator(ChainingOutput.java:1)
Caused by: io.tidegate.budget.BudgetPassed: The error budget of clicks is passed: 4 dead letters in a row in partition \
2, max_consecutive is 3; the last one: rule/RULE_VIOLATED (price_positive) at partition 2, offset 17
\tat io.tidegate.budget.BudgetOperator.act(BudgetOperator.java:1)
"""


class Client:
    """Remembers one failure of one job."""

    def newest_failure(self, _job_id: str) -> Failure:
        return Failure(1, root_cause(TRACE))


def why(state: str) -> Ended | None:
    return why_ended(cast(FlinkClient, cast(Any, Client())), FlinkJob("1", "refine.clicks", state, 0))


def test_a_job_past_its_error_budget_says_what_has_passed_it_and_what_to_type() -> None:
    ended = why("FAILED")
    assert ended is not None
    assert ended.dataset == "clicks"
    assert str(ended.told) == (
        "refine.clicks has stopped. The error budget of clicks is passed: 4 dead letters in a row in partition 2, "
        "max_consecutive is 3; the last one: rule/RULE_VIOLATED (price_positive) at partition 2, offset 17. Nothing is "
        "lost: what came since lies in its topic. Mend the contract or the producer, then `tidegate run refine "
        "--dataset clicks`; where the records are to become dead letters, `tidegate run refine --dataset clicks "
        "--budget-reset`."
    )


def test_another_failure_is_told_as_it_is() -> None:
    told = ended_of("lake", "OutOfMemoryError: Java heap space").told
    assert told.problem == "lake has ended: OutOfMemoryError: Java heap space."


def test_a_job_that_runs_or_was_stopped_has_not_failed() -> None:
    assert why("RUNNING") is None
    assert why("CANCELED") is None
    assert why("FINISHED") is None
