"""A dataset's schemas against those of another time: what the registry holds, or what git has at a commit."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tidegate.contracts.avro_types import AvroType, Field, columns, flink_type_of, read_type
from tidegate.contracts.compat import broken_promises
from tidegate.contracts.load import AvroSchema, Dataset
from tidegate.contracts.problem import Problem
from tidegate.contracts.registry import RegistryClient
from tidegate.errors import ContractError

REGISTRY = "registry"
_VERSION = re.compile(r"v(\d+)\.avsc$")


@dataclass(frozen=True, slots=True)
class Earlier:
    """The schemas of another time, oldest first, by the file that continues them; ``where`` in words."""

    where: str
    raw: Sequence[AvroSchema]
    silver: Sequence[AvroSchema]


def from_registry(registry: RegistryClient, dataset: Dataset) -> Earlier:
    """What is registered for a dataset; nothing for a new one."""
    contract = dataset.contract

    def schemas(topic: str) -> list[AvroSchema]:
        subject = f"{topic}-value"
        return [registry.version(subject, number) for number in registry.versions(subject)]

    silver = [] if contract.kind == "reference" else schemas(contract.silver_topic)
    return Earlier("the registry", schemas(contract.topic.name), silver)


def from_git(reference: str, dataset: Dataset) -> Earlier:
    """What git has of a dataset's folder at a commit, tag or branch; nothing if it was not there yet.

    Raises:
        ContractError: no git repository, or no such commit.
    """
    listed = _git(dataset.folder, "ls-tree", "--name-only", reference, "./")
    names = {Path(line).name for line in listed.splitlines()}
    numbers = sorted(int(found[1]) for name in names if (found := _VERSION.match(name)))

    def schema(name: str) -> AvroSchema:
        value = json.loads(_git(dataset.folder, "show", f"{reference}:./{name}"))
        assert isinstance(value, dict)
        return value

    silver = [schema("silver.avsc")] if "silver.avsc" in names else []
    return Earlier(f"git {reference}", [schema(f"v{number}.avsc") for number in numbers], silver)


def against_problems(dataset: Dataset, earlier: Earlier) -> list[Problem]:
    """Versions that were changed after others may have used them, and new ones that break the contract's promise."""
    found = [*_changed_versions(dataset, earlier)]
    level = dataset.contract.compatibility
    raw = [*earlier.raw, *(schema for schema in dataset.versions.values() if schema not in earlier.raw)]
    silver = [*earlier.silver, *([dataset.silver] if dataset.silver and dataset.silver not in earlier.silver else [])]
    for file, schemas in ((f"v{max(dataset.versions)}.avsc", raw), ("silver.avsc", silver)):
        # A change of an old version shows as one more version here; it is told once, above.
        if not (found and file != "silver.avsc"):
            for broken in broken_promises(dict(enumerate(schemas, start=1)), level):
                reasons = "; ".join(broken.reasons)
                remedy = "Give new fields a default and leave the types of old ones."
                found.append(
                    Problem(f"{dataset.name}/{file}", f"against {earlier.where}", f"breaks {level}: {reasons}", remedy)
                )
    return found


def changes(old: AvroSchema, new: AvroSchema) -> list[str]:
    """What differs between two record schemas, a line per field: added (+), removed (-), changed (~)."""
    before = {field.name: field for field in read_type(old, "schema").fields}
    after = {field.name: field for field in read_type(new, "schema").fields}
    added = [f"+ {name} {_told(after[name])}" for name in after if name not in before]
    removed = [f"- {name} {_told(before[name])}" for name in before if name not in after]
    changed = [
        f"~ {name} {_told(before[name])} -> {_told(after[name])}"
        for name in after
        if name in before and _told(before[name]) != _told(after[name])
    ]
    return [*added, *removed, *changed]


def _changed_versions(dataset: Dataset, earlier: Earlier) -> Iterator[Problem]:
    known = [_without_docs(schema) for schema in dataset.versions.values()]
    for number, schema in enumerate(earlier.raw, start=1):
        if _without_docs(schema) not in known:
            yield Problem(
                f"{dataset.name}/v{number}.avsc",
                f"against {earlier.where}",
                f"version {number} was {', '.join(column.name for column in columns(schema))}, and is no more",
                f"Restore it, and put the change into v{max(dataset.versions) + 1}.avsc.",
            )


def _without_docs(schema: AvroSchema) -> AvroType:
    """The schema's structure: words for people may change."""
    return _plain(read_type(schema, str(schema.get("name"))))


def _plain(avro: AvroType) -> AvroType:
    return AvroType(
        avro.kind,
        avro.nullable,
        avro.null_first,
        avro.precision,
        avro.scale,
        avro.items and _plain(avro.items),
        tuple(
            Field(field.name, _plain(field.type), "", field.has_default, field.default, field.aliases)
            for field in avro.fields
        ),
        avro.name,
    )


def _told(field: Field) -> str:
    default = f" default {json.dumps(field.default)}" if field.has_default else ""
    return f"{flink_type_of(field.type)}{'' if field.type.nullable else ' not null'}{default}"


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise ContractError("git is not installed.", remedy="Install it, or check against the registry.") from error
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1].removeprefix("fatal: ")
        raise ContractError(f"git says: {reason}.", remedy="Name a commit, tag or branch of this repository.")
    return done.stdout
