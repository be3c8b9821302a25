"""Whether a job may begin with the version of silver's topic that its contract says: it is switched to, never just set.

A job that turned to another topic by itself would leave rows behind in the one before, or take all of them a second
time. ``tidegate replay switch`` moves all jobs of a dataset, and Kafka keeps the sign of it: the consumer group of a
job that reads silver has committed offsets of the new topic. One such group will do, since an installation may lack
some of the jobs. A replay into silver needs the lake job, so there is one.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from tidegate.clients.kafka_group_state import read_state
from tidegate.clients.kafka_offsets import PATIENT_S, OffsetReader
from tidegate.contracts import naming
from tidegate.contracts.model import Contract
from tidegate.errors import ContractError, TidegateError
from tidegate.job_names import JOBS
from tidegate.settings import Settings

READERS = tuple(job.name for job in JOBS if "silver" in job.reads)
"""The jobs that read silver's topic."""
PLACED = "placed by a switch"
"""Committed with the offsets at which a switch lets a job begin: its first checkpoint commits others, without it."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What Kafka says of the versions of a dataset's silver topic.

    ``read``: by job, those of which its consumer group has committed offsets. ``held``: those before the contract's
    whose topics hold records; ``unused``: whose topics are there and never held one.
    """

    read: Mapping[str, frozenset[int]] = field(default_factory=dict)
    held: frozenset[int] = frozenset()
    unused: frozenset[int] = frozenset()

    @property
    def switched_to(self) -> int:
        """The newest version that a job's group has committed offsets of; 0 if there is none."""
        return max((version for versions in self.read.values() for version in versions), default=0)

    @property
    def forgotten(self) -> bool:
        """Whether no group has offsets of any: of jobs that never ran, or stood still for longer than it keeps them."""
        return not any(self.read.values())

    def taken_before(self, version: int) -> frozenset[int]:
        """The earlier ones that jobs have taken rows of, though retention may have removed these since."""
        read = (number for versions in self.read.values() for number in versions)
        return frozenset(number for number in read if number < version) - self.unused

    def told_by_state(self, job: str, in_state: Collection[int]) -> "Versions":
        """With those that a job's state says where it was in."""
        return replace(self, read={**self.read, job: self.read.get(job, frozenset()) | frozenset(in_state)})


def versions_of(settings: Settings, contract: Contract) -> Versions:
    """Asks Kafka.

    Raises:
        TransientError: it does not answer.
    """
    dataset = contract.dataset
    offsets = OffsetReader(settings, timeout_s=10)
    committed = offsets.committed([naming.group(job, dataset) for job in READERS])
    read = {
        job: frozenset(
            version
            for topic, _ in committed[naming.group(job, dataset)]
            if (version := naming.silver_version(topic, dataset)) is not None
        )
        for job in READERS
    }
    earlier = {
        str(topic): number
        for topic, number in naming.earlier_topics("silver", dataset, contract.silver_version).items()
    }
    places = offsets.places(earlier)
    if not places:
        return Versions(read)
    starts, ends = offsets.starts(places), offsets.ends(places)
    held = {earlier[topic] for topic, number in places if ends[topic, number] > starts[topic, number]}
    used = {earlier[topic] for topic, number in places if ends[topic, number] > 0}
    return Versions(read, frozenset(held), frozenset({earlier[topic] for topic, _ in places} - used))


def refuse_unswitched(contract: Contract, found: Versions) -> None:
    """Refuse a version that the dataset's jobs were not switched to, or were switched away from.

    Raises:
        ContractError: with what to do.
    """
    name, version = contract.dataset, contract.silver_version
    if found.switched_to > version:
        raise ContractError(
            f"{name}: contract.yaml says silver.version {version}, and its jobs were switched to {found.switched_to}.",
            remedy=f"Set it to {found.switched_to}: what was written since is in "
            f"{naming.output_topic('silver', name, found.switched_to)} alone.",
        )
    left_behind = found.held | found.taken_before(version)
    if left_behind and found.switched_to < version:
        before = max(left_behind)
        why = "which holds records" if before in found.held else "of which they have taken rows"
        first = f"If they were, long ago: `tidegate run lake --dataset {name}` first, its state tells. Else: "
        raise ContractError(
            f"{name}: contract.yaml says silver.version {version}, and its jobs were not switched from "
            f"{naming.output_topic('silver', name, before)}, {why}.",
            remedy=f"{first if found.forgotten else ''}`tidegate replay switch` switches them, of a plan with silver "
            f"among its targets; without one, set it back to {before}.",
        )


def refuse_if_unswitched(settings: Settings, contract: Contract) -> None:
    """As :func:`refuse_unswitched`, for who looks for what jobs have written: he would look in another topic.

    Raises:
        ContractError: with what to do.
        TransientError: Kafka does not answer.
    """
    refuse_unswitched(contract, versions_of(settings, contract))


def unswitched(
    settings: Settings, contracts: Iterable[Contract], jobs: Collection[str] = ()
) -> dict[str, TidegateError]:
    """Of the datasets that :func:`refuse_unswitched` refuses, why.

    ``jobs``: those that are to be started. Where Kafka has forgotten who reads which version, jobs that read silver are
    left to what their states say, which is looked for when they start.

    Raises:
        TransientError: Kafka does not answer.
    """
    refused: dict[str, TidegateError] = {}
    have_states = bool(jobs) and all(job in READERS for job in jobs)
    for contract in contracts:
        found = versions_of(settings, contract)
        if have_states and found.forgotten:
            continue
        try:
            refuse_unswitched(contract, found)
        except ContractError as error:
            refused[contract.dataset] = error
    return refused


def has_moved_on(settings: Settings, contract: Contract, job: str) -> bool:
    """Whether the job has had a checkpoint in the contract's version since it was switched to it: what it has taken by
    then, no state of before the switch knows.

    Raises:
        TransientError: Kafka does not answer.
    """
    places = OffsetReader(settings, timeout_s=PATIENT_S).places([contract.silver_topic])
    committed = read_state(settings, naming.group(job, contract.dataset), places)
    return any(offset >= 0 and text != PLACED for offset, text in committed.values())


def refuse_taking_twice(job: str, contract: Contract, found: Versions, in_state: Collection[int]) -> None:
    """Refuse a job that goes on, has taken rows from an earlier version, and is nowhere in the contract's.

    ``in_state``: the versions that its state says where it was in.

    Raises:
        TidegateError: with what to do.
    """
    read = found.read.get(job, frozenset())
    before = {version for version in (*read, *in_state) if version < contract.silver_version} - found.unused
    if not before or contract.silver_version in (*read, *in_state):
        return
    name = contract.dataset
    raise TidegateError(
        f"{job} has taken rows of {name} from {naming.output_topic('silver', name, max(before))}, and its consumer "
        f"group has no offsets of {contract.silver_topic}: it would take all of them again.",
        remedy="Type the `tidegate replay switch` again that was cut short. A job of index or metrics can also begin "
        "anew, with --recover-from none.",
    )
