"""The list of a date's files that a supplier puts beside them: names, and what each should be. Pure.

Either JSON, of which other keys are left alone::

    {"files": [{"name": "part-1.csv.gz", "bytes": 1048576, "sha256": "9f86d0…", "rows": 12000}]}

where all but ``name`` may be missing, or the text that ``sha256sum`` writes. A name is that of a file beside the list,
or below its folder with ``/`` between.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tidegate.errors import TidegateError

MAX_BYTES = 64 * 1024 * 1024
"""A longer list is none."""
_MOST = 2**63 - 1
"""What a column of the lake holds."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LINE_END = re.compile(r"\r?\n|\r")
"""No other sign, which a name may have, such as U+2028."""
_LINE = re.compile(r"(\\?)([0-9A-Fa-f]{64}) [ *](.+)")
_EXAMPLE = '{"files": [{"name": "part-1.csv.gz", "bytes": 1048576, "sha256": "9f86…", "rows": 12000}]}'


@dataclass(frozen=True, slots=True)
class Promised:
    """What a list says of a file; None: it doesn't say."""

    name: str
    bytes: int | None = None
    sha256: str | None = None
    rows: int | None = None


def read_manifest(data: bytes, uri: str) -> dict[str, Promised]:
    """What the list promises, by name.

    Raises:
        TidegateError: it is none; ``uri`` names it.
    """
    try:
        text = data.decode("utf-8-sig")
        found = _of_json(text) if text.lstrip().startswith(("{", "[")) else _of_lines(text)
        if not found:
            raise ValueError("it names no file")
        if twice := [name for name, count in Counter(each.name for each in found).items() if count > 1]:
            raise ValueError(f"it names {twice[0]} twice")
    except (ValueError, RecursionError) as error:
        raise TidegateError(
            f"{uri} is no list of files: {error}.",
            remedy=f"It has to be such as {_EXAMPLE}, or what `sha256sum` writes. Ask the supplier for another one.",
        ) from error
    return {each.name: each for each in found}


def broken_promise(promised: Promised, size: int, sha256: str, rows: int | None = None) -> str | None:
    """How a file differs from what its list says; None if it does not.

    ``rows``: where the file itself says how many it has; else they are counted when it is loaded.
    """
    if promised.bytes is not None and promised.bytes != size:
        return f"it has {size} bytes, and its manifest says {promised.bytes}"
    if promised.sha256 is not None and promised.sha256 != sha256:
        return f"its SHA-256 is {sha256}, and its manifest says {promised.sha256}"
    if rows is not None and promised.rows not in (None, rows):
        return f"it has {rows:,} rows, and its manifest says {promised.rows:,}"
    return None


def _of_json(text: str) -> list[Promised]:
    told = json.loads(text)
    files = told.get("files") if isinstance(told, dict) else None
    if not isinstance(files, list):
        raise ValueError('it has no "files", a list')
    return [_of_object(each) for each in files]


def _of_object(told: Any) -> Promised:
    if not isinstance(told, dict) or not isinstance(told.get("name"), str) or not told["name"]:
        raise ValueError('one of its "files" has no "name"')
    name, sha256 = told["name"], told.get("sha256")
    counts = {key: told.get(key) for key in ("bytes", "rows")}
    for key, count in counts.items():
        if count is not None and (type(count) is not int or not 0 <= count <= _MOST):
            raise ValueError(f'"{key}" of {name} is no number of them')
    if sha256 is not None and not (isinstance(sha256, str) and _SHA256.fullmatch(sha256.lower())):
        raise ValueError(f'"sha256" of {name} is none')
    return Promised(name.removeprefix("./"), counts["bytes"], sha256.lower() if sha256 else None, counts["rows"])


def _of_lines(text: str) -> list[Promised]:
    """As GNU writes it: a ``\\`` before the hash says that there are some in the name."""
    found = []
    for line in _LINE_END.split(text):
        if not line.strip():
            continue
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise ValueError(f"{line[:80]!r} is no line of sha256sum")
        name = parts[3].replace("\\\\", "\\") if parts[1] else parts[3]
        found.append(Promised(name.removeprefix("./"), sha256=parts[2].lower()))
    return found
