"""How far a switch to the next version of silver has come, what may be done then, and what to write where. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import Output
from tidegate.errors import TidegateError
from tidegate.job_names import REFINE, group_of, job_of
from tidegate.jobs.plan_start import GroupStart, works_on
from tidegate.jobs.silver_versions import READERS
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.store import CANCELLED, COMMITTING, DONE, FILLED, SWITCHED, SWITCHING, Status

OF_SWITCH = (SWITCHING, COMMITTING, SWITCHED)
Jobs = Mapping[str, Sequence[str]]
"""By its name in Flink, the datasets of a job."""


def refuse_to_switch(plan: RangePlan, status: Status) -> None:
    """Raises: TidegateError: it makes no version of silver, has not filled it yet, or has ended."""
    refuse_without_silver(plan)
    if status.state in (FILLED, *OF_SWITCH):
        return
    if status.state == DONE:
        raise TidegateError(
            f"the replay {plan.plan_id} is done: its jobs are switched.",
            remedy=f"`tidegate replay show {plan.plan_id}` tells what it has changed.",
        )
    if status.state == CANCELLED:
        raise TidegateError(
            f"the replay {plan.plan_id} is cancelled.", remedy="Plan its range again with `--target lake,index,silver`."
        )
    raise TidegateError(
        f"the replay {plan.plan_id} is {status.state}: the new topics are not filled.",
        remedy=f"`tidegate replay run {plan.plan_id}` fills them.",
    )


def refuse_to_go_back(plan: RangePlan, status: Status) -> None:
    """Raises: TidegateError: nothing was stopped yet, or the jobs' places in the new topic are known already."""
    refuse_without_silver(plan)
    if status.state == SWITCHING:
        return
    if status.state in (COMMITTING, SWITCHED):
        raise TidegateError(
            f"the replay {plan.plan_id} is {status.state}: there is no way back to the topics of before.",
            remedy=f"Go on with `tidegate replay switch {plan.plan_id}`; another replay mends what is wrong then.",
        )
    raise TidegateError(
        f"the replay {plan.plan_id} is {status.state}: there is no switch of it to take back.",
        remedy=f"`tidegate replay show {plan.plan_id}` tells how far it is.",
    )


def refuse_without_silver(plan: RangePlan) -> None:
    """Raises: TidegateError: silver is none of its targets."""
    if plan.silver is None:
        raise TidegateError(
            f"the replay {plan.plan_id} makes no new version of silver: its target is {plan.target}.",
            remedy="Plan the range with `--target lake,index,silver`.",
        )


def refuse_in_a_switch(plan: RangePlan, status: Status) -> None:
    """To be asked by what else there is to be done with a plan.

    Raises:
        TidegateError: jobs go over to what it has filled.
    """
    if status.state in OF_SWITCH:
        back = f", or `tidegate replay switch {plan.plan_id} --back` first" if status.state == SWITCHING else ""
        raise TidegateError(
            f"the replay {plan.plan_id} is {status.state}: jobs go over to what it has filled.",
            remedy=f"Go on with `tidegate replay switch {plan.plan_id}`{back}.",
        )


def refuse_version(stream: Stream, version: int, folder: Path) -> None:
    """Makes sure that the contract says what jobs are to be started with.

    Raises:
        TidegateError: it says another version; the remedy is the line to write.
    """
    if stream.contract.silver_version != version:
        line = f"silver: {{version: {version}}}" if version > 1 else "no `silver:` section, or silver: {version: 1}"
        raise TidegateError(
            f"the contract of {stream.name} says version {stream.contract.silver_version} of silver, and jobs are to "
            f"be started with {version}.",
            remedy=f"Write into {folder / stream.name / 'contract.yaml'}: {line}. Then this again.",
        )


def readers_of(stream: Stream, running: Collection[str], begun: Collection[str]) -> tuple[str, ...]:
    """The jobs that have to be switched: those that run with the dataset, out of those that read silver.

    ``begun``: those that have ever read the old topic. One that never has begins with the new topic by itself.

    Raises:
        TidegateError: one has read the old topic and does not run: nobody can tell where it would be in the new one.
    """
    mine = [job for job in READERS if works_on(job, stream)]
    if away := [job for job in mine if job in begun and job not in running]:
        raise TidegateError(
            f"{away[0]} has read the old topic of {stream.name} and does not run: its place in the new one can't be "
            "told before it has read all of the old one.",
            remedy=f"Start it with the contract of before (`tidegate run {away[0]} --dataset {stream.name}`), then "
            "write the new version again and this.",
        )
    return tuple(job for job in mine if job in running)


def refuse_without_refine(stream: Stream, running: Collection[str]) -> None:
    """Raises: TidegateError: refine does not run with the dataset, so nobody knows where it would be started again."""
    if REFINE not in running:
        raise TidegateError(
            f"refine does not run with {stream.name}.",
            remedy=f"Start it with the contract of before (`tidegate run refine --dataset {stream.name}`), then write "
            "the new version again and this.",
        )


def to_jobs(homes: Iterable[GroupStart]) -> Jobs:
    """As they are kept in a replay's state."""
    return {home.name: home.datasets for home in homes}


def homes_in(jobs: Jobs, kinds: Collection[str]) -> list[GroupStart]:
    """Those of these kinds, as :func:`to_jobs` has kept them."""
    found = [GroupStart(job_of(name), group_of(name), tuple(datasets)) for name, datasets in jobs.items()]
    return [home for home in found if home.job in kinds]


def others_of(jobs: Jobs, dataset: str) -> list[str]:
    """The datasets that share a job with it, and stand still while that one is started without it and with it again."""
    return sorted({name for datasets in jobs.values() for name in datasets} - {dataset})


def filled_since(status: Status, ends: Mapping[Output, Mapping[int, int]]) -> int:
    """How many records the old topics have that the new ones were not filled with yet."""
    return sum(
        end - status.filled_to.get(output, {}).get(str(number), 0)
        for output, by_partition in ends.items()
        for number, end in by_partition.items()
    )
