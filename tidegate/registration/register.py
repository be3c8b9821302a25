"""Brings contracts to the servers: topics to Kafka, schemas to the registry. Safe to repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tidegate import log
from tidegate.avro.compatibility import Compatibility, broken_promises
from tidegate.avro.types import AvroSchema
from tidegate.clients.kafka_topics import TopicReport, create_topics, require_topics
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.audit_topics import AUDIT_SCHEMAS, audit_topics
from tidegate.contracts.dataset import Dataset, Files, Reference, Stream
from tidegate.contracts.load import load_dataset, platform_schemas
from tidegate.contracts.naming import subject as subject_of
from tidegate.contracts.sound import sound_datasets
from tidegate.contracts.topics import TopicPlan, plan_topics, raw_subject
from tidegate.errors import ContractError
from tidegate.registration.registered import registered_schemas
from tidegate.registration.silver_history import schemas_before
from tidegate.registration.theirs import look_at
from tidegate.settings import Settings

PLATFORM_COMPATIBILITY: Compatibility = "FULL_TRANSITIVE"


@dataclass(frozen=True, slots=True)
class SubjectPlan:
    """A subject with its schemas, oldest first."""

    subject: str
    schemas: list[AvroSchema]
    compatibility: Compatibility


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """What the registry holds now: ids in the order of the versions, and how many were new."""

    subject: str
    schema_ids: list[int]
    added: int


@dataclass(frozen=True, slots=True)
class Registration:
    """The outcome for all datasets; ``left_out`` names those that were not registered, each with its problem.

    ``warnings``: versions of producers' own schemas that can't be read.
    """

    topics: TopicReport
    subjects: list[SubjectReport]
    warnings: list[str] = field(default_factory=list)
    left_out: Mapping[str, object] = field(default_factory=dict)


def plan_subjects(dataset: Dataset, schemas_dir: Path) -> list[SubjectPlan]:
    """The subjects to register for a dataset; the raw one, which reference data has only, may be its producers'.

    Of records in JSON there is none.
    """
    contract = dataset.contract
    is_ours = contract.topic.registered_by == "tidegate" and not (contract.is_json or contract.file)
    raw = [_raw_plan(dataset)] if is_ours else []
    if isinstance(dataset, Reference):
        return raw
    dead_letter, dropped = (platform_schemas(schemas_dir, name) for name in ("dead_letter", "dropped"))
    letters = SubjectPlan(subject_of(contract.dead_letter_topic), dead_letter, PLATFORM_COMPATIBILITY)
    if isinstance(dataset, Files):
        return [letters]
    return [
        *raw,
        SubjectPlan(subject_of(contract.silver_topic), [dataset.silver], contract.compatibility),
        letters,
        SubjectPlan(subject_of(contract.dropped_topic), dropped, PLATFORM_COMPATIBILITY),
        *(SubjectPlan(subject_of(metric.topic), [metric.schema], contract.compatibility) for metric in dataset.metrics),
    ]


def subjects_with_history(registry: RegistryClient, dataset: Dataset, schemas_dir: Path) -> list[SubjectPlan]:
    """As :func:`plan_subjects`; of a later version of silver with the schemas of those before in front.

    Raises:
        ContractError: one of these can't be read.
        TransientError: the registry is out of reach.
    """
    silver, before = subject_of(dataset.contract.silver_topic), schemas_before(registry, dataset)
    return [
        replace(plan, schemas=[*(each for each in before if each not in plan.schemas), *plan.schemas])
        if plan.subject == silver
        else plan
        for plan in plan_subjects(dataset, schemas_dir)
    ]


def audit_subjects(schemas_dir: Path) -> list[SubjectPlan]:
    """Those of the topics that belong to no dataset, and that every stream needs."""
    return [
        SubjectPlan(subject_of(topic), platform_schemas(schemas_dir, name), PLATFORM_COMPATIBILITY)
        for topic, name in AUDIT_SCHEMAS.items()
    ]


def _raw_plan(dataset: Dataset) -> SubjectPlan:
    versions = [dataset.versions[number] for number in sorted(dataset.versions)]
    return SubjectPlan(raw_subject(dataset.contract), versions, dataset.contract.compatibility)


def register_all(settings: Settings, schemas_dir: Path, names: Sequence[str] = ()) -> Registration:
    """Create the topics and register the schemas of the named datasets, or of all.

    Of all, a dataset whose contract can't work, or breaks its promise, is left out and told; the others go on.

    Raises:
        ContractError: a named contract is wrong, or a version of it is incompatible with an earlier one.
        TransientError: Kafka or the registry is out of reach.
    """
    datasets, left_out = _wanted(schemas_dir, names)
    topics: list[TopicPlan] = []
    reports: list[SubjectReport] = []
    warnings: list[str] = []
    with RegistryClient(settings) as registry:
        for dataset in datasets:
            try:
                if dataset.contract.topic.registered_by == "producers":
                    require_topics(settings, [dataset.contract.topic.name])
                    theirs = look_at(registry, dataset)
                    reports.append(SubjectReport(raw_subject(dataset.contract), theirs.schema_ids, 0))
                    warnings += theirs.warnings
                plans = subjects_with_history(registry, dataset, schemas_dir)
                reports += [register_subject(registry, plan) for plan in plans]
                topics += plan_topics(dataset)
            except ContractError as error:
                if names:
                    raise
                left_out[dataset.name] = error
        if any(isinstance(dataset, Stream) and dataset.name not in left_out for dataset in datasets):
            reports += [register_subject(registry, plan) for plan in audit_subjects(schemas_dir)]
            topics += audit_topics()
    log.left_out(left_out)
    return Registration(create_topics(settings, topics), reports, warnings, left_out)


def _wanted(schemas_dir: Path, names: Sequence[str]) -> tuple[list[Dataset], dict[str, object]]:
    """The named datasets, or all that can work, and why others can't."""
    if names:
        return [load_dataset(schemas_dir, name) for name in names], {}
    sound = sound_datasets(schemas_dir)
    return sound.datasets, {**sound.left_out}


def register_subject(registry: RegistryClient, plan: SubjectPlan) -> SubjectReport:
    """Register the schemas of one subject in their order, each checked against all that are there.

    Raises:
        ContractError: a schema is incompatible; nothing after it is registered.
    """
    if registry.versions(plan.subject):
        registry.set_compatibility(plan.subject, plan.compatibility)
    ids: list[int] = []
    added = 0
    for schema in plan.schemas:
        schema_id = registry.lookup(plan.subject, schema)
        if schema_id is None:
            refuse_incompatible(registry, plan, schema)
            schema_id = registry.register(plan.subject, schema)
            # Only now: a registry takes no level for a subject that does not exist yet.
            registry.set_compatibility(plan.subject, plan.compatibility)
            added += 1
        ids.append(schema_id)
    return SubjectReport(plan.subject, ids, added)


def refuse_incompatible(registry: RegistryClient, plan: SubjectPlan, schema: AvroSchema) -> None:
    """Refuse what the registry refuses, and what only looks compatible (see :mod:`tidegate.avro.compatibility`)."""
    if plan.compatibility == "NONE":
        return
    registered = registered_schemas(registry, plan.subject)
    newest = max(registered, default=0) + 1
    broken = broken_promises(registered | {newest: schema}, plan.compatibility)
    reasons = [reason for found in broken if newest in (found.reader, found.writer) for reason in found.reasons]
    reasons = reasons or registry.incompatibilities(plan.subject, schema)
    if reasons:
        raise ContractError(
            f"{plan.subject}: the new schema breaks {plan.compatibility}: {'; '.join(dict.fromkeys(reasons))}.",
            remedy="Leave registered versions as they are; add a v<N>.avsc whose new fields have defaults.",
        )
