"""What the jobs of a dataset need to find in Kafka and the registry, looked for before they are started.

Flink itself would submit the job, fail at the missing topic, and start it again for ever.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tidegate.clients.kafka_topics import existing_topics
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Dataset, Stream
from tidegate.contracts.load import load_reference, load_stream
from tidegate.contracts.naming import subject
from tidegate.contracts.sound import sound_datasets
from tidegate.contracts.topics import plan_topics, raw_subject
from tidegate.errors import ContractError, TidegateError
from tidegate.job_names import LAKE, METRICS, REFINE
from tidegate.registration.register import plan_subjects
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Missing:
    """What of a dataset is not there: names of topics and subjects, and whether that is all of it.

    ``datasets``: those to register, the dataset and the reference data that it is enriched by.
    """

    dataset: str
    topics: tuple[str, ...]
    subjects: tuple[str, ...]
    never_registered: bool
    datasets: tuple[str, ...]

    def __str__(self) -> str:
        parts = [
            f"{what}{'s' if len(names) > 1 else ''} {', '.join(names)}"
            for what, names in (("topic", self.topics), ("subject", self.subjects))
            if names
        ]
        return f"{self.dataset} has no {' and no '.join(parts)}"

    @property
    def command(self) -> str:
        """What makes all of it."""
        return f"tidegate contract register {' '.join(self.datasets)}"


def datasets_to_start(settings: Settings, jobs: Sequence[str], names: Sequence[str]) -> tuple[list[str], list[Missing]]:
    """The datasets that the jobs can be started with, and those to leave out as they lack something.

    Raises:
        ContractError: one that is named lacks something, or every one does.
        TransientError: Kafka or the registry is out of reach.
    """
    named = [load_stream(settings.schemas_dir, name) for name in names]
    streams = named or sound_datasets(settings.schemas_dir).streams
    found = {each.dataset: each for each in missing(settings, streams, jobs)}
    if found and (names or len(found) == len(streams)):
        raise _refusal(list(found.values()))
    return [stream.name for stream in streams if stream.name not in found], list(found.values())


def missing(settings: Settings, streams: Iterable[Stream], jobs: Sequence[str]) -> list[Missing]:
    """What the jobs would not find, by dataset; those that lack nothing are not listed."""
    there = existing_topics(settings)
    with RegistryClient(settings) as registry:
        look = _Look(there, registry, settings.schemas_dir)
        return [lacking for stream in streams if (lacking := look.at(stream, _needed(stream, settings, jobs)))]


@dataclass(frozen=True, slots=True)
class _Needed:
    """A topic that a job reads or writes. Who writes registers nothing: its very schema has to be there."""

    topic: str
    owner: Dataset
    written: bool = False

    @property
    def subject(self) -> str:
        contract = self.owner.contract
        return raw_subject(contract) if self.topic == contract.topic.name else subject(self.topic)


def _needed(stream: Stream, settings: Settings, jobs: Sequence[str]) -> list[_Needed]:
    contract = stream.contract
    needed = [
        _Needed(contract.silver_topic, stream, written=REFINE in jobs),
        _Needed(contract.dead_letter_topic, stream, written=True),
    ]
    if REFINE in jobs or LAKE in jobs:
        needed.append(_Needed(contract.topic.name, stream))
    if REFINE in jobs:
        needed.append(_Needed(contract.dropped_topic, stream, written=True))
        for name in dict.fromkeys(enrich.reference for enrich in contract.enrich):
            reference = load_reference(settings.schemas_dir, name)
            needed.append(_Needed(reference.contract.topic.name, reference))
    if METRICS in jobs:
        needed += [_Needed(metric.topic, stream, written=True) for metric in stream.metrics]
    return needed


@dataclass(frozen=True, slots=True)
class _Look:
    """The topics that are there, and the registry to ask."""

    there: Collection[str]
    registry: RegistryClient
    schemas_dir: Path

    def at(self, stream: Stream, needed: list[_Needed]) -> Missing | None:
        topics = tuple(each.topic for each in needed if each.topic not in self.there)
        subjects = tuple(each.subject for each in needed if not self._is_registered(each))
        if not topics and not subjects:
            return None
        never = not _own_topics(stream) & set(self.there)
        owners = {stream.name, *(each.owner.name for each in needed)}
        return Missing(stream.name, topics, subjects, never, (stream.name, *sorted(owners - {stream.name})))

    def _is_registered(self, needed: _Needed) -> bool:
        contract = needed.owner.contract
        if contract.is_json and needed.topic == contract.topic.name:
            return True
        name = needed.subject
        if not needed.written:
            return bool(self.registry.versions(name))
        plans = plan_subjects(needed.owner, self.schemas_dir)
        return any(self.registry.lookup(name, plan.schemas[-1]) is not None for plan in plans if plan.subject == name)


def _own_topics(stream: Stream) -> set[str]:
    """The topics that registering makes: a raw one that its producers made says nothing of that."""
    contract = stream.contract
    theirs = {contract.topic.name} if contract.topic.registered_by == "producers" else set()
    return {plan.name for plan in plan_topics(stream)} - theirs


def _refusal(lacking: Sequence[Missing]) -> TidegateError:
    names = sorted({name for each in lacking for name in each.datasets})
    command = lacking[0].command if len(lacking) == 1 else f"tidegate contract register {' '.join(names)}"
    return ContractError(f"{'; '.join(map(str, lacking))}.", remedy=f"Run `{command}`, then this again.")
