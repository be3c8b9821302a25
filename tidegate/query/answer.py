"""An answer of the lake, as a file or on standard output."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from tidegate.errors import TidegateError
from tidegate.query.session import Session

FileFormat = Literal["csv", "parquet", "json"]
OPTIONS: dict[FileFormat, str] = {
    "csv": "format csv, header",
    "parquet": "format parquet, compression zstd",
    "json": "format json",
}
"""Of DuckDB's COPY; JSON is one object a line."""
MOST_ROWS = 1000
"""That are printed as a table."""
_CELL = 200


def write(session: Session, sql: str, file_format: FileFormat, output: Path | None) -> None:
    """All rows to ``output``, which is there when it is whole; None: standard output.

    Raises:
        TidegateError: the file can't be written, or the question is wrong.
    """
    if output is None:
        with tempfile.TemporaryDirectory(prefix="tidegate-query-") as folder:
            path = Path(folder) / "answer"
            session.copy(sql, str(path), OPTIONS[file_format])
            with path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    if not output.absolute().parent.is_dir():
        raise TidegateError(f"there is no folder {output.parent}.", remedy="Make it, or name another file.")
    part = output.with_name(f".{output.name}.part")
    try:
        session.copy(sql, str(part), OPTIONS[file_format])
        part.replace(output)
    except OSError as error:
        raise TidegateError(f"{output} can't be written: {error.strerror}.", remedy="Name another file.") from error
    finally:
        part.unlink(missing_ok=True)


def cell(value: object) -> str:
    """A value in a printed table."""
    text = _text(value)
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def _text(value: object) -> str:
    shown: dict[type, Callable[[], str]] = {
        type(None): lambda: "",
        bytes: lambda: repr(value)[2:-1],
        dict: lambda: json.dumps(value, default=str, ensure_ascii=False),
        list: lambda: json.dumps(value, default=str, ensure_ascii=False),
    }
    return shown.get(type(value), lambda: str(value))()
