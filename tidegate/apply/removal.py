"""What taking a dataset out means: what ends, what stays, and with ``purge`` what is deleted. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from tidegate.contracts import naming
from tidegate.contracts.dataset import Draft
from tidegate.contracts.topics import raw_subject
from tidegate.errors import ContractError, TidegateError
from tidegate.job_names import NAMES
from tidegate.jobs.live import LiveJob


@dataclass(frozen=True, slots=True)
class Part:
    """The dataset's part of a Flink job that runs; ``others`` go on without it."""

    job: str
    name: str
    others: tuple[str, ...]

    def __str__(self) -> str:
        if not self.others:
            return f"stop {self.name} with a savepoint"
        return (
            f"stop {self.name} with a savepoint and start it again without it; the events of "
            f"{', '.join(self.others)} wait meanwhile"
        )


@dataclass(frozen=True, slots=True)
class Written:
    """What of a dataset is on the servers, each by its name; ``aliases`` are over its search indices.

    ``folders`` are on this machine: what was read of its dead letters. ``copies``: where those of its daily files are,
    which go with all that is known of these files.
    """

    topics: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    copies: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Each kind in a line; none of a kind that is empty."""
        kinds = (
            ("topics", self.topics),
            ("subjects", self.subjects),
            ("tables of the lake", self.tables),
            ("search indices and templates", tuple(map(naming.all_indices, self.aliases))),
            ("consumer groups", self.groups),
            ("copies of files, and what is known of the files", self.copies),
            ("what this machine has read of its dead letters", tuple(folder.name for folder in self.folders)),
        )
        return (f"{kind}: {', '.join(names)}" for kind, names in kinds if names)


@dataclass(frozen=True, slots=True)
class Removal:
    """All of it, before anything is done."""

    dataset: str
    parts: tuple[Part, ...]
    written: Written
    purge: bool = False

    def ends(self) -> list[str]:
        """What will be done."""
        deleted = [f"delete {line}" for line in self.written.lines()] if self.purge else []
        return [*map(str, self.parts), *deleted]

    def stays(self) -> list[str]:
        """What will be left as it is."""
        return [] if self.purge else [*self.written.lines()]


def parts_of(dataset: str, live: Iterable[LiveJob], sound: Collection[str]) -> tuple[Part, ...]:
    """The Flink jobs that have the dataset.

    Raises:
        TidegateError: one does not tell whether it has; another dataset of one could not be started again.
    """
    found = []
    for job in live:
        if job.job not in NAMES:
            continue
        if not job.tells:
            raise TidegateError(
                f"the job {job.name} does not tell which datasets it has: it was started by an older version.",
                remedy=f"Stop and start it once: `tidegate stop {job.name}`, `tidegate run {job.job}`.",
            )
        if dataset in job.fingerprints:
            others = tuple(sorted(job.fingerprints.keys() - {dataset}))
            if broken := [name for name in others if name not in sound]:
                raise ContractError(
                    f"{job.name} could not be started again: {broken[0]}, which it has too, can't work as it is.",
                    remedy=f"`tidegate contract check {broken[0]}` says what to mend; then this again.",
                )
            found.append(Part(job.job, job.name, others))
    return tuple(found)


def refuse_what_is_needed(dataset: str, drafts: Iterable[Draft]) -> None:
    """Refuse reference data that others are enriched by.

    Raises:
        ContractError: names them.
    """
    users = [
        draft.name
        for draft in drafts
        if draft.name != dataset and any(each.reference == dataset for each in draft.contract.enrich)
    ]
    if users:
        raise ContractError(
            f"{dataset} is reference data that enriches {', '.join(users)}.",
            remedy=f"First remove {', '.join(users)}, or the enrich section of each that names {dataset}.",
        )


@dataclass(frozen=True, slots=True)
class Raw:
    """Where the dataset's records come from, if that topic and that subject are Tidegate's own."""

    topic: str
    subject: str


def own_raw(dataset: str, draft: Draft | None) -> Raw | None:
    """By its contract; None if topic and schemas are the producers' own, who go on with them.

    Without its folder only a topic that is named as Tidegate names one is taken for its own.
    """
    if draft is None:
        return Raw(f"raw.{dataset}", naming.subject(f"raw.{dataset}"))
    contract = draft.contract
    if contract.topic.registered_by == "producers":
        return None
    return Raw(contract.topic.name, raw_subject(contract))


def written_of(dataset: str, raw: Raw | None, topics: Collection[str], groups: Collection[str]) -> Written:
    """What is there of it by the names that all writers take, whether or not its folder still is; all of its versions.

    What ``topics`` and ``groups`` do not hold is not there.
    """
    gold = sorted(topic for topic in topics if topic.startswith(naming.gold_topic(dataset, "")))
    outputs: tuple[naming.Output, ...] = ("silver", "dlq", "dropped")
    derived = [topic for output in outputs for topic in naming.output_topics(output, dataset, topics)]
    names = tuple(topic for topic in (*derived, *gold) if topic in topics)
    metrics = [topic.removeprefix(naming.gold_topic(dataset, "")) for topic in gold]
    return Written(
        topics=(*([raw.topic] if raw and raw.topic in topics else []), *names),
        subjects=(*([raw.subject] if raw else []), *map(naming.subject, names)),
        tables=(
            *(naming.lake_table(layer, dataset) for layer in ("bronze", "silver")),
            *(naming.lake_changes(dataset, metric) for metric in metrics),
        ),
        aliases=(naming.events_alias(dataset), *(naming.metric_alias(dataset, metric) for metric in metrics)),
        groups=tuple(group for job in NAMES if (group := naming.group(job, dataset)) in groups),
    )


def tables_of_files(dataset: str, metrics: Iterable[str]) -> tuple[naming.TableName, ...]:
    """What a dataset of daily files has in the lake."""
    return (
        naming.lake_table("silver", dataset),
        *(naming.files_table(dataset, each) for each in get_args(naming.FileTable)),
        *(naming.lake_figures(dataset, metric) for metric in metrics),
    )
