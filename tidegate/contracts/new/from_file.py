"""The folder of a new dataset that comes in files, from one of them: CSV, JSON lines, a JSON array or Parquet."""

import gzip
import importlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tidegate.avro.json_text import read_json
from tidegate.contracts.json_lines import plain_numbers, samples_of
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.scaffold import avsc_text, scaffold
from tidegate.contracts.new.sniff_csv import SniffedCsv, sniff_csv
from tidegate.errors import ContractError

SAMPLE_BYTES = 16 * 1024 * 1024
"""Of a longer file its first rows are looked at."""
_GLANCE_BYTES = 4096
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_DOCS = {
    "partition of the raw record": "number of the file's version",
    "offset of the raw record": "byte offset of the row in the unpacked file",
    "topic of the raw record": "URI of the file",
    "Kafka timestamp of the raw record": "when the file arrived",
    "registry id the raw record was written with": "0: files have no schema in the registry",
}
"""What columns of the envelope mean where there is no topic."""
_OF_PARQUET = "  format: parquet\n"
_PLACE = ("byte offset of the row in the unpacked file", "number of the row in the file, from 0")
"""Of a row, and of one of Parquet."""
_SCHEMAS = ("v1.avsc", "mapped.avsc", "silver.avsc")
Samples = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows as JSON would send them; ``section``: how they are written, as lines of a contract's section ``file``.

    ``types``: of columns that JSON has no value for, as Avro.
    """

    samples: Samples
    section: str
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_sample(path: Path) -> Sample:
    """The first rows of a file.

    Raises:
        ContractError: it can't be read.
    """
    if _content(path, _GLANCE_BYTES).startswith(_PARQUET):
        parquet = _sniffed_parquet(path)
        return Sample(parquet.samples, _OF_PARQUET, parquet.types)
    data = _content(path, SAMPLE_BYTES)
    beginning = _beginning(data)
    if beginning == b"{":
        return Sample(samples_of(data, path), "  format: json_lines\n")
    if beginning == b"[":
        return Sample(_array(data, path), "  format: json_array\n")
    found = sniff_csv(data, str(path))
    return Sample(found.samples, _csv_section(found), found.types)


def from_file(name: str, path: Path, fields: Fields) -> dict[str, str]:
    """The files of the dataset's folder by their paths in it, as of a contract of kind file.

    Raises:
        ContractError: the sample can't be read, or a name, field or sample can't be used.
    """
    sample = read_sample(path)
    files = _files(name, sample.samples, fields, sample.section, path)
    files = {each: _with_types(text, sample.types) if each in _SCHEMAS else text for each, text in files.items()}
    if sample.section == _OF_PARQUET:
        files["silver.avsc"] = files["silver.avsc"].replace(*_PLACE)
    return files


def is_of_files(path: Path) -> bool:
    """Whether a sample is packed, CSV, Parquet or a JSON array; JSON lines may as well be records of a topic."""
    data = _content(path, _GLANCE_BYTES)
    return path.suffix == ".gz" or _beginning(data) not in (b"{", b"")


def _content(path: Path, limit: int) -> bytes:
    """The first bytes, unpacked, to the end of a line."""
    try:
        with path.open("rb") as file:
            packed = file.peek(len(_GZIP)).startswith(_GZIP)
            data = gzip.GzipFile(fileobj=file).read(limit) if packed else file.read(limit)
    except (OSError, EOFError) as error:
        raise ContractError(
            f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).", remedy="Check the path."
        ) from error
    return data if len(data) < limit else data[: data.rfind(b"\n") + 1] or data


def _sniffed_parquet(path: Path) -> Any:
    """Nobody else needs what it is read by."""
    try:
        sniffing = importlib.import_module("tidegate.contracts.new.sniff_parquet")
    except ImportError as error:
        raise ContractError(
            f"{path} is Parquet, which can't be read without pyarrow.", remedy="Install tidegate[lake]."
        ) from error
    return sniffing.sniff_parquet(path)


def _beginning(data: bytes) -> bytes:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]


def _array(data: bytes, path: Path) -> Samples:
    try:
        found = read_json(data)
    except ValueError as error:
        raise ContractError(f"{path}: {error}.", remedy="Give an array of JSON objects.") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ContractError(f"{path} is no array of objects.", remedy="Give an array of JSON objects.")
    return [plain_numbers(each, f"{path} item {place}") for place, each in enumerate(found, start=1)]


def _files(name: str, samples: Samples, fields: Fields, section: str, path: Path) -> dict[str, str]:
    """As of a topic, with files in its place: no index, and no time for which duplicates are known."""
    files = scaffold(name, samples, fields)
    suffix = "".join(each for each in path.suffixes[-2:] if re.fullmatch(r"\.[A-Za-z0-9]+", each))
    pattern = f"landing/{name}/{{date:yyyy-MM-dd}}/*{suffix.removesuffix('.gz')}*"
    file = f"file:\n  # In a bucket: s3://{pattern}\n  pattern: {pattern}\n{section}  complete:\n    by: stable\n"
    text = re.sub(r"topic:\n(  .*\n)+", lambda _: file, files["contract.yaml"], count=1)
    text = text.replace("dedup_ttl_hours: 1\n", "").partition("\nindex:\n")[0]
    text = re.sub(r"^(dataset: .*)$", r"\1\nkind: file", text, count=1, flags=re.MULTILINE)
    silver = files["silver.avsc"]
    for of_topic, of_file in _DOCS.items():
        silver = silver.replace(of_topic, of_file)
    return {**files, "contract.yaml": text, "silver.avsc": silver}


def _csv_section(found: SniffedCsv) -> str:
    lines = ["format: csv", "csv:", f"  delimiter: {json.dumps(found.delimiter)}"]
    if found.nulls != ("",):
        lines.append(f"  nulls: {json.dumps([*found.nulls])}")
    if found.encoding != "UTF-8":
        lines.append(f"encoding: {found.encoding}")
    return "".join(f"  {line}\n" for line in lines)


def _with_types(text: str, types: Mapping[str, Mapping[str, Any]]) -> str:
    schema = json.loads(text)
    for each in schema["fields"]:
        known = types.get(each.get("json", each["name"]))
        if known is not None:
            each["type"] = ["null", dict(known)] if isinstance(each["type"], list) else dict(known)
    return avsc_text(schema)
