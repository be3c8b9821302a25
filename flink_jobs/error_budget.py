"""Puts a dataset's error budget into refine: an operator that sees every record, in the chain of what makes letters."""

from datetime import UTC, datetime
from typing import Any

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway

from flink_jobs.job import Part
from flink_jobs.operator_names import transformations
from tidegate.contracts import naming
from tidegate.errors import ContractError
from tidegate.job_names import REFINE

UID = "error_budget"
_NOTHING_ACCEPTED = datetime.fromtimestamp(0, UTC)


def put_budget(part: Part, environment: StreamExecutionEnvironment) -> None:
    """After the source; of a dataset that explodes also before its items, behind the exchange by identity."""
    prefix = naming.operator_prefix(part.job.name, part.dataset.name)
    uids = [str(each.getUid()) for each in transformations(_sinks(environment)) if each.getUid() is not None]
    (source,) = (uid for uid in uids if uid.startswith(f"{prefix}:") and uid.endswith(".raw_records:1"))
    put_after(source, f"{prefix}:{UID}", part, environment)
    if part.dataset.contract.explode:
        put_after(f"{prefix}:Deduplicate:1", f"{prefix}:{UID}:items", part, environment)


def put_after(uid: str, own_uid: str, part: Part, environment: StreamExecutionEnvironment) -> None:
    """All that read from the operator with the uid read from the new one, whose uid is given too."""
    budget = get_gateway().jvm.io.tidegate.budget
    dead_letters = part.dataset.contract.dead_letters
    accepted_until = part.accepted_until or _NOTHING_ACCEPTED
    budget.BudgetPlacement.after(
        environment._j_stream_execution_environment,
        uid,
        own_uid,
        budget.ErrorBudget(
            part.dataset.name,
            dead_letters.max_ratio,
            dead_letters.max_consecutive,
            dead_letters.window_s * 1000,
            dead_letters.min_events,
            dead_letters.action == "stop",
            int(accepted_until.timestamp() * 1000),
        ),
    )


def refuse_company(part: Part, together: int) -> None:
    """A job that ends ends for all of its datasets.

    Raises:
        ContractError: the dataset's budget stops its job, which others share.
    """
    if part.job.name == REFINE and part.dataset.contract.dead_letters.action == "stop" and together > 1:
        raise ContractError(
            f"{part.dataset.name} stops its job past its error budget (`dead_letters.action: stop`), and others share "
            "this one.",
            remedy=f"Start it in a job of its own, with `--dataset {part.dataset.name}`; `tidegate run` does so.",
        )


def _sinks(environment: StreamExecutionEnvironment) -> list[Any]:
    return list(environment._j_stream_execution_environment.getTransformations())
