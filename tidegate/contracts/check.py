"""Everything that can be found wrong with the contracts without a server, as a list of problems."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from tidegate.avro.compatibility import broken_promises, lost_aliases
from tidegate.avro.types import AvroSchema, read_record
from tidegate.contracts.check_defaults import default_problems
from tidegate.contracts.check_enrich import enrich_problems
from tidegate.contracts.check_fields import contract_problems, silver_problems
from tidegate.contracts.check_file import file_problems
from tidegate.contracts.check_identity import identity_problems
from tidegate.contracts.check_kind import kind_problems
from tidegate.contracts.check_mapping import mapping_problems
from tidegate.contracts.check_metrics import metric_problems
from tidegate.contracts.check_names import name_problems
from tidegate.contracts.check_topics import topic_problems
from tidegate.contracts.check_written import written_problems
from tidegate.contracts.dataset import Dataset, Draft, Stream
from tidegate.contracts.examples import read_examples
from tidegate.contracts.load import CONTRACT_FILE, dataset_names, finished, load_draft
from tidegate.contracts.problem import Problem
from tidegate.errors import ContractError


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found; ``sound`` are the datasets without a problem, ``unsound`` the names of the others."""

    problems: list[Problem]
    sound: list[Dataset]
    unsound: list[str]

    @property
    def sound_refined(self) -> list[str]:
        """The streams and files without a problem, whose SQL is worth compiling."""
        return [dataset.name for dataset in self.sound if isinstance(dataset, Stream)]


def check_datasets(schemas_dir: Path, names: Sequence[str] = ()) -> Checked:
    """Check the named datasets, or all.

    Raises:
        ContractError: a name that is no dataset.
    """
    known = dataset_names(schemas_dir)
    if unknown := [name for name in names if name not in known]:
        raise ContractError(f"there is no dataset {unknown[0]!r}.", remedy=f"Known: {', '.join(known) or 'none'}.")
    drafts, unreadable = read_drafts(schemas_dir)
    found = {name: [problem] for name, problem in unreadable.items()}
    wanted = [name for name in known if not names or name in names]
    for name in wanted:
        if name in drafts:
            found[name] = check_draft(drafts[name], drafts)
    return Checked(
        problems=[problem for name in wanted for problem in found[name]],
        sound=[finished(drafts[name]) for name in wanted if not found[name]],
        unsound=[name for name in wanted if found[name]],
    )


def read_drafts(schemas_dir: Path) -> tuple[dict[str, Draft], dict[str, Problem]]:
    """All folders by name, and the problem of each that can't be read."""
    drafts: dict[str, Draft] = {}
    unreadable: dict[str, Problem] = {}
    for name in dataset_names(schemas_dir):
        try:
            drafts[name] = load_draft(schemas_dir, name)
        except ContractError as error:
            unreadable[name] = Problem(f"{name}/{CONTRACT_FILE}", "file", error.problem.rstrip("."), error.remedy)
    return drafts, unreadable


def check_draft(draft: Draft, drafts: dict[str, Draft]) -> list[Problem]:
    """The problems of one dataset; ``drafts`` holds those it may refer to. Without a problem it is finished."""
    if problems := schema_problems(draft):
        return problems  # what follows would only report the same again
    return [*_compatibility_problems(draft), *working_problems(draft, drafts), *read_examples(draft)[1]]


def working_problems(draft: Draft, drafts: Mapping[str, Draft]) -> list[Problem]:
    """Why the dataset can't work as it is written; its schemas can be read."""
    return [
        *name_problems(draft),
        *topic_problems(draft, drafts),
        *kind_problems(draft),
        *file_problems(draft),
        *mapping_problems(draft),
        *contract_problems(draft),
        *enrich_problems(draft, drafts),
        *identity_problems(draft),
        *silver_problems(draft),
        *metric_problems(draft, drafts),
        *written_problems(draft),
    ]


def schema_problems(draft: Draft) -> list[Problem]:
    """What in the dataset's schemas is not Avro, or not of the supported types."""
    schemas = {f"v{number}.avsc": schema for number, schema in draft.versions.items()}
    if draft.silver is not None:
        schemas["silver.avsc"] = draft.silver
    if draft.mapped is not None:
        schemas["mapped.avsc"] = draft.mapped
    schemas |= {f"metrics/{metric.name}.avsc": metric.schema for metric in draft.metrics}
    files = ((f"{draft.name}/{file}", schema) for file, schema in schemas.items())
    return [problem for file, schema in files for problem in _one_schema_problems(file, schema)]


def _one_schema_problems(file: str, schema: AvroSchema) -> Iterator[Problem]:
    try:
        avro = read_record(schema)
    except ContractError as error:
        place, _, problem = error.problem.partition(": ")
        yield Problem(file, place, problem.rstrip("."), error.remedy)
        return
    if problems := list(default_problems(file, avro)):
        yield from problems
        return  # fastavro would report them again, without the remedy
    try:
        fastavro.parse_schema(schema)
    except (SchemaParseException, UnknownType, KeyError, ValueError, TypeError) as error:
        yield Problem(file, "schema", f"is not Avro: {error}", "See the Avro specification.")


def _compatibility_problems(draft: Draft) -> Iterator[Problem]:
    level = draft.contract.compatibility
    for lost in lost_aliases(draft.versions):
        yield Problem(
            f"{draft.name}/v{lost.reader}.avsc",
            f"v{lost.reader} reading v{lost.writer}",
            "; ".join(lost.reasons),
            'Add it to "aliases" again: jobs read all versions by the newest.',
        )
    for broken in broken_promises(draft.versions, level):
        yield Problem(
            f"{draft.name}/v{max(broken.reader, broken.writer)}.avsc",
            f"v{broken.reader} reading v{broken.writer}",
            f"breaks {level}: {'; '.join(broken.reasons)}",
            "Give new fields a default and leave the types of old ones.",
        )
