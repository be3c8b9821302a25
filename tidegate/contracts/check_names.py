"""Whether the names in a dataset's schemas can be columns everywhere: in jobs, lake and index. Pure.

Flink tells names apart by case; the lake does not. Names that begin with ``_`` are those of Tidegate's own columns
(:mod:`tidegate.contracts.envelope`), and OpenSearch keeps some of them for itself, such as ``_id``.
"""

from collections.abc import Callable, Collection, Iterator

from tidegate.avro.json_values import sent_name
from tidegate.avro.types import AvroType, read_record
from tidegate.contracts import envelope, naming
from tidegate.contracts.dataset import Draft
from tidegate.contracts.problem import Problem

_Remedy = Callable[[str, str], str]
_READ_BY = '"aliases": ["{name}"] for what is sent as Avro, "json": "{name}" for what is sent as JSON'


def name_problems(draft: Draft) -> list[Problem]:
    """Names that are taken, or differ from another's by case only, in each schema of the dataset."""
    newest = f"{draft.name}/v{max(draft.versions)}.avsc"
    found = [*_own(newest, draft.raw_type, (), _remedy_raw), *_twins(newest, draft.raw_type, "")]
    found += _lake_name(draft.name)
    found += [*_own(newest, _items(draft), (), _remedy_raw), *_sent_names(newest, draft.raw_type, "")]
    if draft.mapped is not None:
        file, mapped = f"{draft.name}/mapped.avsc", read_record(draft.mapped)
        found += [*_own(file, mapped, (), _remedy_sql), *_twins(file, mapped, "")]
    if draft.silver is not None:
        file, silver = f"{draft.name}/silver.avsc", read_record(draft.silver)
        found += [
            *_own(file, silver, _envelope(draft), _remedy_sql),
            *_partitions(file, silver),
            *_twins(file, silver, ""),
        ]
    for metric in draft.metrics:
        file = f"{draft.name}/metrics/{metric.name}.avsc"
        found += [*_own(file, metric.type, (), _remedy_sql), *_twins(file, metric.type, "")]
    return found


def _envelope(draft: Draft) -> list[str]:
    """The columns that silver may have beside those of its own."""
    return [*envelope.TYPES, *([envelope.RESCUED] if draft.contract.rescues else [])]


def _lake_name(dataset: str) -> Iterator[Problem]:
    if naming.lake_table("bronze", dataset) == naming.LAKE_DEAD_LETTERS:
        problem = f"{dataset} is the lake's table of the dead letters of all datasets"
        yield Problem(f"{dataset}/contract.yaml", "dataset", problem, "Give the dataset another name.")


def _items(draft: Draft) -> AvroType:
    """The items that the contract explodes, whose fields become columns."""
    return AvroType("record", fields=tuple(draft.item_fields.values()))


def _own(file: str, record: AvroType, allowed: Collection[str], remedy: _Remedy) -> Iterator[Problem]:
    for field in record.fields:
        if field.name.startswith("_") and field.name not in allowed:
            problem = f"{field.name} begins with _, as the columns do that Tidegate and OpenSearch add"
            yield Problem(file, f"fields.{field.name}", problem, remedy(field.name, field.name.strip("_") or "value"))


def _partitions(file: str, record: AvroType) -> Iterator[Problem]:
    for field in record.fields:
        if field.name.lower() in envelope.LAKE_PARTITIONS:
            problem = f"{field.name} is a column by which the lake's table is partitioned"
            yield Problem(file, f"fields.{field.name}", problem, _remedy_sql(field.name, f"{field.name}_"))


def _twins(file: str, avro: AvroType, place: str) -> Iterator[Problem]:
    """Names of one record that differ by case only, at any depth."""
    known: dict[str, str] = {}
    for field in avro.fields:
        other = known.setdefault(field.name.lower(), field.name)
        if other != field.name:
            problem = f"{other} and {field.name} differ only by case: the lake takes them for one column"
            remedy = f"Give {field.name} another name, with {_READ_BY.format(name=field.name)}."
            yield Problem(file, f"fields.{place}{field.name}", problem, remedy)
        yield from _twins(file, field.type, f"{place}{field.name}.")
    if avro.items is not None:
        yield from _twins(file, avro.items, place)


def _sent_names(file: str, avro: AvroType, place: str) -> Iterator[Problem]:
    """Fields of one record that are read by one name from JSON, at any depth."""
    sent = [sent_name(field) for field in avro.fields]
    for position, field in enumerate(avro.fields):
        if sent[position] in sent[:position]:
            problem = f"{sent[position]} is the name of two fields in JSON"
            yield Problem(file, f"fields.{place}{field.name}", problem, 'Give one of them another "json", or none.')
        yield from _sent_names(file, field.type, f"{place}{field.name}.")
    if avro.items is not None:
        yield from _sent_names(file, avro.items, place)


def _remedy_raw(name: str, other: str) -> str:
    return f"Call it {other}, with {_READ_BY.format(name=name)}."


def _remedy_sql(name: str, other: str) -> str:
    return f"Give it another name there and in the query: `{name}` as `{other}`."
