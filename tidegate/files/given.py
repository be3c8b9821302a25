"""Files that a command is given by name: a path, or ``s3://bucket/key``."""

from pathlib import Path

from tidegate.clients.landing import FILE_SCHEME, Landing, Listed, open_landing, root_for
from tidegate.clients.s3 import SCHEME
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.sql.file_to_read import FileToRead


def uri_of(file: str | Path) -> str:
    """As files of a listing are called; a path begins in the folder in which the command runs."""
    text = str(file)
    return text if text.startswith((SCHEME, f"{FILE_SCHEME}/")) else f"{FILE_SCHEME}{Path(file).absolute().as_posix()}"


def look_at(settings: Settings, uri: str) -> tuple[Landing, Listed]:
    """The file as it is now, and where it is.

    Raises:
        TidegateError: it is not there. TransientError: S3 is out of reach.
    """
    landing = open_landing(settings, root_for(uri))
    listed = landing.look(uri)
    if listed is None:
        raise TidegateError(f"{uri} is not there, or is no file.", remedy="Name a file, or s3://bucket/key.")
    return landing, listed


def read_as(listed: Listed, number: int, *, is_repair: bool = False) -> FileToRead:
    """The file itself, no copy of it, under a number; ``is_repair``: it has mended rows of another."""
    return FileToRead(listed.uri, listed.size, listed.modified_ms, number, listed.uri, is_repair)
