"""Reads contracts from their folders: the only place that knows the layout of ``schemas/``."""

import re
from pathlib import Path

from pydantic import ValidationError

from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Dataset, Draft, Files, Metric, Reference, Stream, is_stream
from tidegate.contracts.model import GONE_FIELDS, Contract
from tidegate.contracts.text_files import read_object, read_text, read_yaml
from tidegate.errors import ContractError

CONTRACT_FILE = "contract.yaml"
MAP_FILE = "map.sql"
MAPPED_FILE = "mapped.avsc"
SHIPPED = Path(__file__).parents[2] / "schemas"
"""Tidegate's own folder, which comes with it."""
_VERSION_FILE = re.compile(r"^v(\d+)\.avsc$")


def dataset_names(schemas_dir: Path) -> list[str]:
    """Names of all folders below ``schemas_dir`` that hold a contract, sorted."""
    if not schemas_dir.is_dir():
        raise ContractError(
            f"there is no contract folder {schemas_dir}.",
            remedy="Run in the project's folder or set TIDEGATE_SCHEMAS_DIR.",
        )
    return sorted(path.parent.name for path in schemas_dir.glob(f"*/{CONTRACT_FILE}"))


def load_draft(schemas_dir: Path, name: str) -> Draft:
    """The folder ``schemas_dir/name`` as it is; only its contract and a raw schema must be there.

    Raises:
        ContractError: no such dataset, or a file that is missing or wrong; names the file and the place.
    """
    known = dataset_names(schemas_dir)
    if name not in known:
        raise ContractError(f"there is no dataset {name!r}.", remedy=f"Known: {', '.join(known) or 'none'}.")
    folder = schemas_dir / name
    contract = parse_contract(read_text(folder / CONTRACT_FILE), folder / CONTRACT_FILE)
    if contract.dataset != name:
        raise ContractError(
            f"{folder / CONTRACT_FILE} says dataset: {contract.dataset}, its folder is {name}.",
            remedy="Give both the same name.",
        )
    versions = _versions(folder)
    if not versions:
        raise ContractError(f"{folder} has no v1.avsc.", remedy="Add the Avro schema of the raw records.")
    silver = folder / "silver.avsc"
    refine = folder / "refine.sql"
    map_sql, mapped = _read_mapping(folder)
    return Draft(
        contract=contract,
        folder=folder,
        versions=versions,
        silver=read_avsc(silver) if silver.exists() else None,
        refine_sql=read_text(refine) if refine.exists() else None,
        metrics=_read_metrics(folder / "metrics"),
        map_sql=map_sql,
        mapped=mapped,
    )


def finished(draft: Draft) -> Dataset:
    """What the folder is.

    Raises:
        ContractError: a stream without ``silver.avsc`` or ``refine.sql``, or reference data without a key.
    """
    if draft.contract.kind == "reference":
        return _reference(draft)
    if draft.silver is None or draft.refine_sql is None:
        raise ContractError(
            f"{draft.folder} lacks silver.avsc or refine.sql.",
            remedy=f"Add them; `tidegate contract check {draft.name}` says what they need.",
        )
    kind = Files if draft.contract.kind == "file" else Stream
    return kind(
        contract=draft.contract,
        folder=draft.folder,
        versions=draft.versions,
        silver=draft.silver,
        refine_sql=draft.refine_sql,
        metrics=draft.metrics,
        map_sql=draft.map_sql,
        mapped=draft.mapped,
    )


def load_dataset(schemas_dir: Path, name: str) -> Dataset:
    """The dataset in ``schemas_dir/name``.

    Raises:
        ContractError: no such dataset, or a file that is missing or wrong; names the file and the place.
    """
    return finished(load_draft(schemas_dir, name))


def load_stream(schemas_dir: Path, name: str) -> Stream:
    """As :func:`load_dataset`, where events of a topic are needed.

    Raises:
        ContractError: it is reference data, or comes in files, too.
    """
    dataset = load_refined(schemas_dir, name)
    if isinstance(dataset, Files):
        raise ContractError(f"{name} comes in files.", remedy=f"See `tidegate files list {name}`.")
    return dataset


def load_refined(schemas_dir: Path, name: str) -> Stream:
    """As :func:`load_dataset`, where events are needed, of a topic or of files.

    Raises:
        ContractError: it is reference data, too.
    """
    dataset = load_dataset(schemas_dir, name)
    if isinstance(dataset, Reference):
        raise ContractError(f"{name} is reference data.", remedy="Name a stream, such as clicks.")
    return dataset


def load_files(schemas_dir: Path, name: str) -> Files:
    """As :func:`load_dataset`, where files are needed.

    Raises:
        ContractError: it comes by a topic, too.
    """
    dataset = load_dataset(schemas_dir, name)
    if not isinstance(dataset, Files):
        raise ContractError(f"{name} does not come in files.", remedy="Name a dataset of kind: file.")
    return dataset


def load_reference(schemas_dir: Path, name: str) -> Reference:
    """As :func:`load_dataset`, where reference data is needed.

    Raises:
        ContractError: it is a stream, too.
    """
    return _reference(load_draft(schemas_dir, name))


def load_drafts(schemas_dir: Path) -> list[Draft]:
    """All folders as they are, by name."""
    return [load_draft(schemas_dir, name) for name in dataset_names(schemas_dir)]


def load_datasets(schemas_dir: Path) -> list[Dataset]:
    """All datasets, by name."""
    return [finished(draft) for draft in load_drafts(schemas_dir)]


def stream_datasets(schemas_dir: Path) -> list[Stream]:
    """The datasets of topics that jobs refine: neither reference data nor files."""
    return [dataset for dataset in load_datasets(schemas_dir) if is_stream(dataset)]


def file_datasets(schemas_dir: Path) -> list[Files]:
    """The datasets that come in files."""
    return [dataset for dataset in load_datasets(schemas_dir) if isinstance(dataset, Files)]


def _reference(draft: Draft) -> Reference:
    key = draft.contract.topic.key
    if draft.contract.kind != "reference" or key is None:
        remedy = f"Send events with `tidegate produce {draft.name} --from FILE`."
        if draft.contract.kind == "file":
            remedy = f"Its files are loaded by `tidegate files load {draft.name}`."
        raise ContractError(f"{draft.name} is no reference data with a key.", remedy=remedy)
    return Reference(draft.contract, draft.folder, draft.versions, key)


def platform_schemas(schemas_dir: Path, name: str) -> list[AvroSchema]:
    """All schemas of a record that belongs to no dataset, such as ``dead_letter``, oldest first.

    A folder of contracts need not have them: those that come with this version of Tidegate do as well.

    Raises:
        ContractError: there is none.
    """
    versions = _versions(schemas_dir / name) or _versions(SHIPPED / name)
    if not versions:
        raise ContractError(f"{schemas_dir / name} has no v1.avsc.", remedy="Take it from Tidegate's own schemas.")
    return [versions[number] for number in sorted(versions)]


def platform_schema(schemas_dir: Path, name: str) -> AvroSchema:
    """The newest of :func:`platform_schemas`, which jobs write."""
    return platform_schemas(schemas_dir, name)[-1]


def _versions(folder: Path) -> dict[int, AvroSchema]:
    return {
        int(match[1]): read_avsc(path)
        for path in sorted(folder.glob("v*.avsc"))
        if (match := _VERSION_FILE.match(path.name))
    }


def read_avsc(path: Path) -> AvroSchema:
    """The Avro schema in ``path`` as JSON.

    Raises:
        ContractError: the file is missing or is not a JSON object.
    """
    return parse_avsc(read_text(path), path)


def parse_avsc(text: str, path: Path) -> AvroSchema:
    """The Avro schema in the text of an ``.avsc`` file; ``path`` is for the errors.

    Raises:
        ContractError: the text is no JSON object, or no record.
    """
    schema = read_object(text, path)
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise ContractError(f"{path} is not an Avro record.", remedy='It starts with {"type": "record", …}.')
    return schema


def parse_contract(text: str, path: Path) -> Contract:
    """The contract in the text of a ``contract.yaml``; ``path`` is for the errors.

    Raises:
        ContractError: the text is no YAML, or no contract; names each place.
    """
    return _validated(read_yaml(text, path), path)


def parse_earlier_contract(text: str, path: Path) -> Contract:
    """As :func:`parse_contract`, for a contract of another time: it may still have fields that are gone."""
    values = read_yaml(text, path)
    for section, _, field in (place.partition(".") for place in GONE_FIELDS):
        if isinstance(values, dict) and isinstance(values.get(section), dict):
            values[section].pop(field, None)
    return _validated(values, path)


def _validated(values: object, path: Path) -> Contract:
    try:
        return Contract.model_validate(values)
    except ValidationError as error:
        found = [(".".join(map(str, item["loc"])) or "contract", item["msg"]) for item in error.errors()]
        places = "; ".join(
            f"{place}: {'this field is gone, it never had an effect: delete it' if place in GONE_FIELDS else message}"
            for place, message in found
        )
        raise ContractError(f"{path}: {places}.", remedy="docs/contract.schema.json says what fits.") from error


def _read_mapping(folder: Path) -> tuple[str | None, AvroSchema | None]:
    """The query and the schema of what it gives; both None where the dataset has no mapping."""
    query, schema = folder / MAP_FILE, folder / MAPPED_FILE
    if query.exists() and not schema.exists():
        raise ContractError(
            f"{folder} has {MAP_FILE} without {MAPPED_FILE}.", remedy=f"Add the Avro schema of what {MAP_FILE} gives."
        )
    if schema.exists() and not query.exists():
        raise ContractError(
            f"{folder} has {MAPPED_FILE} without {MAP_FILE}.", remedy="Add one SELECT over raw, or delete it."
        )
    return (read_text(query), read_avsc(schema)) if query.exists() else (None, None)


def _read_metrics(folder: Path) -> tuple[Metric, ...]:
    queries = sorted(folder.glob("*.sql"))
    if alone := sorted({path.stem for path in folder.glob("*.avsc")} - {path.stem for path in queries}):
        raise ContractError(f"{folder}/{alone[0]}.avsc has no {alone[0]}.sql.", remedy="Add the query, or delete it.")
    return tuple(map(_read_metric, queries))


def _read_metric(path: Path) -> Metric:
    schema = read_avsc(path.with_suffix(".avsc"))
    key = schema.get("key")
    if not isinstance(key, list) or not key or not all(isinstance(name, str) for name in key):
        raise ContractError(
            f"{path.with_suffix('.avsc')} has no key.", remedy='Add "key": ["minute", …] beside its fields.'
        )
    return Metric(path.parents[1].name, path.stem, schema, tuple(key), read_text(path))
