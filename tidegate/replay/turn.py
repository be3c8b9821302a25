"""One replay at a time: a second one would plan what the first is about to write, and write it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tidegate.clients.flink import FlinkClient
from tidegate.errors import TidegateError
from tidegate.job_names import REPLAY, job_of
from tidegate.own_files import one_at_a_time
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to plan a replay and to run it; ``earlier`` are the replays that Flink knew before the plan."""

    client: FlinkClient
    earlier: frozenset[str]

    def still_mine(self) -> None:
        """To be asked between the plan and its start.

        Raises:
            TidegateError: someone else, from another machine, has begun a replay meanwhile: the plan is out of date.
        """
        if _replays(self.client) - self.earlier:
            raise TidegateError(
                "another replay was started while this one was planned.",
                remedy="Let it end; then ask again: only what is still missing is read.",
            )

    def started(self) -> str:
        """The id of the replay that was started in this turn."""
        return next(iter(_replays(self.client) - self.earlier))


@contextmanager
def replay_turn(settings: Settings, own: str = "") -> Iterator[Turn]:
    """Taken before the plan is made, and kept until the replay has ended.

    ``own``: a job that may run, since it is this replay's.

    Raises:
        TidegateError: a replay is planned, or runs.
    """
    with one_at_a_time(
        settings.home / "replays" / "lock",
        "another `tidegate replay` is at work.",
        remedy="Let it end; then ask again.",
    ):
        client = FlinkClient(settings)
        _refuse_others(client, own)
        yield Turn(client, frozenset(_replays(client)))


def _replays(client: FlinkClient) -> set[str]:
    return {job.job_id for job in client.jobs() if job_of(job.name) == REPLAY}


def _refuse_others(client: FlinkClient, own: str) -> None:
    for job in client.jobs():
        if job.live and job_of(job.name) == REPLAY and job.name != own:
            raise TidegateError(
                f"a replay runs already: the Flink job {job.name} ({job.state}, id {job.job_id}).",
                remedy="Let it end; `tidegate replay list` shows which it is, `tidegate replay cancel` ends it.",
            )
