"""A subject whose schemas the producers register: looked up and checked, never written to."""

from collections.abc import Iterator
from dataclasses import dataclass

from tidegate.avro.binary import BadRecord
from tidegate.avro.resolution import resolve
from tidegate.avro.types import AvroSchema, AvroType
from tidegate.avro.writer_types import WriterSchemaError, read_writer_type
from tidegate.clients.registry import RegisteredSchema, RegistryClient
from tidegate.contracts.dataset import Dataset
from tidegate.contracts.topics import raw_subject
from tidegate.errors import ContractError


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the producers have registered: the ids by version, and versions whose records become dead letters."""

    schema_ids: list[int]
    warnings: list[str]


def look_at(registry: RegistryClient, dataset: Dataset) -> Theirs:
    """The versions of the dataset's raw subject, each of which the contract should read.

    Raises:
        ContractError: there is no such subject, or its newest version can't be read; names the version and the field.
    """
    subject = raw_subject(dataset.contract)
    found = versions_of(registry, subject)
    unread = [(each.version, why) for each in found if (why := why_unreadable(each.schema, dataset.raw_type))]
    newest = found[-1].version
    told = [
        f"version {version} of the subject {subject} can't be read with the contract: {why}" for version, why in unread
    ]
    if unread and unread[-1][0] == newest:
        raise ContractError(
            f"{told[-1]}.",
            remedy=f"Add a v{max(dataset.versions) + 1}.avsc that reads it: a field that is not always there is "
            '["null", X] with "default": null.',
        )
    return Theirs(
        [each.schema_id for each in found],
        [f"{line}. Records written with it become dead letters of SCHEMA_MISMATCH." for line in told],
    )


def versions_of(registry: RegistryClient, subject: str) -> list[RegisteredSchema]:
    """All versions of ``subject`` with what they refer to, oldest first.

    Raises:
        ContractError: there is no such subject; names those that look like it.
    """
    numbers = registry.versions(subject)
    if not numbers:
        alike = ", ".join(_alike(registry, subject)) or "none like it"
        raise ContractError(
            f"the registry has no subject {subject}.", remedy=f"It has {alike}. Name one as topic.subject."
        )
    return [registry.written_with(subject, number) for number in sorted(numbers)]


def why_unreadable(schema: AvroSchema, contract: AvroType) -> str | None:
    """Why records written with ``schema`` can't be read as the contract's; None if they can."""
    try:
        resolve(read_writer_type(schema), contract)
    except WriterSchemaError as error:
        return f"it is no Avro schema: {error}"
    except BadRecord as mismatch:
        return mismatch.message
    return None


def _alike(registry: RegistryClient, subject: str) -> Iterator[str]:
    """Subjects that share a word with the one that is not there, ten at most."""
    words = set(_words(subject))
    found = (other for other in sorted(registry.subjects()) if words & set(_words(other)))
    return (other for _, other in zip(range(10), found, strict=False))


def _words(subject: str) -> list[str]:
    ordinary = {"value", "key", "raw", "topic", ""}
    return [word for word in subject.lower().replace(".", "-").replace("_", "-").split("-") if word not in ordinary]
