"""Why a job has ended by itself, and what to type: past its error budget refine ends instead of starting again."""

import re
from dataclasses import dataclass

from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.errors import TidegateError
from tidegate.job_names import job_of

_PASSED = re.compile(r"The error budget of (\w+) is passed: .+")


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a job has failed for good; ``dataset`` is the one whose error budget is passed, None for another reason."""

    job: str
    cause: str
    dataset: str | None = None

    @property
    def told(self) -> TidegateError:
        """The cause, with what to do."""
        if self.dataset is None:
            return TidegateError(
                f"{self.job} has ended: {self.cause}.",
                remedy=f"Mend that, then `tidegate run {job_of(self.job)}`; `tidegate logs jobmanager` has more.",
            )
        start = f"tidegate run {job_of(self.job)} --dataset {self.dataset}"
        return TidegateError(
            f"{self.job} has stopped. {self.cause}.",
            remedy=f"Nothing is lost: what came since lies in its topic. Mend the contract or the producer, then "
            f"`{start}`; where the records are to become dead letters, `{start} --budget-reset`.",
        )


def ended_of(job: str, cause: str) -> Ended:
    """By the cause of all causes, as Flink tells it."""
    if passed := _PASSED.search(cause):
        return Ended(job, passed[0], passed[1])
    return Ended(job, cause)


def why_ended(client: FlinkClient, job: FlinkJob) -> Ended | None:
    """Asks Flink; None of a job that has not failed for good, or of which it remembers nothing.

    Raises:
        TidegateError: it does not answer.
    """
    if job.state != "FAILED":
        return None
    failure = client.newest_failure(job.job_id)
    return ended_of(job.name, failure.cause) if failure else None
