"""Takes away what a switch has left of the version of silver before: its topics, their subjects, the lake's tag."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tidegate.clients.audit import audited, new_action
from tidegate.clients.kafka_topics import delete_topics, existing_topics
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import drop_branch
from tidegate.clients.lake_rows import open_table
from tidegate.clients.registry import RegistryClient
from tidegate.clock import now_ms
from tidegate.contracts.load import load_stream
from tidegate.contracts.naming import SubjectName, subject
from tidegate.errors import TidegateError
from tidegate.replay.next_topics import topics_of
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.store import DONE, SWITCHED, Status, load_status, store_status
from tidegate.replay.switch_steps import refuse_without_silver
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is deleted, by its names; ``kept``: subjects whose schemas records of the new topics still need.

    ``tags``: of the lake's table, as it was before the replay.
    """

    topics: tuple[str, ...]
    subjects: tuple[SubjectName, ...]
    kept: tuple[SubjectName, ...] = ()
    tags: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Each kind in a line; none of a kind that is empty."""
        kinds = {"topics": self.topics, "subjects": self.subjects, "tags of the lake's table": self.tags}
        yield from (f"{kind}: {', '.join(names)}" for kind, names in kinds.items() if names)
        if self.kept:
            yield f"kept, as the new topics' records need their schemas: {', '.join(self.kept)}"


def refuse_to_forget(plan: RangePlan, status: Status, version: int) -> None:
    """``version``: of silver, as the contract says.

    Raises:
        TidegateError: the jobs are not switched by this plan, or the contract says the version of before.
    """
    refuse_without_silver(plan)
    is_switched = status.state == DONE or (status.state == SWITCHED and status.proof_holds is False)
    if not (is_switched and status.jobs):
        raise TidegateError(
            f"the replay {plan.plan_id} is {status.state}: jobs still use the topics of before.",
            remedy=f"`tidegate replay switch {plan.plan_id}` moves them, or goes on where it was cut short.",
        )
    if version < plan.silver_version:
        raise TidegateError(
            f"the contract of {plan.dataset} says version {version} of silver, whose topics would be deleted.",
            remedy=f"Write silver: {{version: {plan.silver_version}}} into it, as its jobs run; then this again.",
        )


def to_forget(settings: Settings, plan: RangePlan) -> Forgotten:
    """What there is to delete; nothing is changed.

    Raises:
        TidegateError: as :func:`refuse_to_forget`.
        TransientError: a server does not answer.
    """
    stream = load_stream(settings.schemas_dir, plan.dataset)
    refuse_to_forget(plan, load_status(settings, plan.plan_id), stream.contract.silver_version)
    there, version = existing_topics(settings), plan.silver_version
    old, new = ([*topics_of(stream, number).values()] for number in (version - 1, version))
    with RegistryClient(settings) as registry:
        pairs = [(subject(before), subject(after)) for before, after in zip(old, new, strict=True)]
        known = {before: _has_all(registry, before, after) for before, after in pairs if registry.versions(before)}
    return Forgotten(
        tuple(topic for topic in old if topic in there),
        tuple(name for name, has_all in known.items() if has_all),
        tuple(name for name, has_all in known.items() if not has_all),
        tuple(tag for tag in (plan.before_tag,) if tag in open_table(settings, plan.table).metadata.refs),
    )


def forget(settings: Settings, plan: RangePlan, what: Forgotten, actor: str) -> Status:
    """Deletes it. Killed in the middle, it is asked again what is left.

    Raises:
        TidegateError: Kafka or the registry refuses.
        TransientError: one of them does not answer.
    """
    action = new_action("replay forget", plan.dataset, actor, plan_id=plan.plan_id, detail="; ".join(what.lines()))
    with audited(settings, action) as counts:
        delete_topics(settings, what.topics)
        with RegistryClient(settings) as registry:
            for name in what.subjects:
                registry.delete(name)
        with lake_errors(settings):
            for tag in what.tags:
                drop_branch(open_table(settings, plan.table), tag)
        counts.update(topics=len(what.topics), subjects=len(what.subjects))
        status = load_status(settings, plan.plan_id)
        return store_status(settings, plan.plan_id, replace(status, forgotten_at=now_ms()))


def _has_all(registry: RegistryClient, before: SubjectName, after: SubjectName) -> bool:
    """Whether each schema of the subject has the same id under the other: records name the schema they need by it."""
    schemas = [registry.version(before, number) for number in registry.versions(before)]
    return all(registry.lookup(before, each) == registry.lookup(after, each) for each in schemas)
