"""Files with a JSON value on each line, by lines that end with a line feed and nothing else."""

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tidegate.avro.json_text import UnreadableNumber, read_json
from tidegate.errors import ContractError

_REMEDY = "Give one JSON object a line."
_MARK = b"\xef\xbb\xbf"


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1; a byte order mark is no part of the first.

    Raises:
        ContractError: the file can't be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ContractError(f"{path} cannot be read ({error.strerror}).", remedy="Check the path.") from error
    yield from _lines(data)


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(data.removeprefix(_MARK).split(b"\n"), start=1):
        if line.strip():
            yield number, line


def read_samples(path: Path) -> list[Mapping[str, Any]]:
    """The records of a file with one JSON object per line, its numbers as ``int`` and ``float``.

    Raises:
        ContractError: no such file, or a line that is no JSON object, or holds what JSON does not; names it.
    """
    return _samples(lines_of(path), path)


def samples_of(data: bytes, path: Path) -> list[Mapping[str, Any]]:
    """As :func:`read_samples`, of what was read already; ``path`` is for the errors."""
    return _samples(_lines(data), path)


def _samples(lines: Iterable[tuple[int, bytes]], path: Path) -> list[Mapping[str, Any]]:
    samples: list[Mapping[str, Any]] = []
    for number, line in lines:
        where = f"{path} line {number}"
        try:
            value = read_json(line)
        except ValueError as error:
            remedy = "Convert the file, e.g. by `iconv -f LATIN1 -t UTF-8`." if "UTF-8" in str(error) else _REMEDY
            raise ContractError(f"{where}: {error}.", remedy=remedy) from error
        if not isinstance(value, dict):
            raise ContractError(f"{where} is no JSON object.", remedy=_REMEDY)
        samples.append(plain_numbers(value, where))
    return samples


def plain_numbers(value: Any, where: str) -> Any:
    """The value with its numbers as ``int`` and ``float``.

    Raises:
        ContractError: it holds what no field can; ``where`` is named.
    """
    match value:
        case dict():
            return {plain_numbers(name, where): plain_numbers(part, f"{where}: {name}") for name, part in value.items()}
        case list():
            return [plain_numbers(part, where) for part in value]
        case Decimal() if math.isfinite(float(value)):
            return float(value)
        case Decimal() | UnreadableNumber():
            raise ContractError(f"{where}: {value} is no number that a field can hold.", remedy="Leave it out.")
        case str() if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ContractError(
                f"{ascii(where)[1:-1]}: {value!a} holds half of a surrogate pair, which is no character.",
                remedy="Do not cut text within an emoji.",
            )
        case _:
            return value
