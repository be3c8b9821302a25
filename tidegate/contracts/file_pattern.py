"""Where the files of a dataset are: ``s3://landing/orders/{date:yyyy-MM-dd}/part-*.csv.gz`` or a path. Pure.

``{date:…}`` is there once, of ``yyyy``, ``MM`` and ``dd``; ``*`` stands for signs of one segment. As in a shell, a
``*`` that begins a segment stands for no name that begins with ``.`` or ``_``: such files tell of others.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tidegate.contracts.file_section import Complete
from tidegate.errors import ContractError

S3_SCHEME, FILE_SCHEME = "s3://", "file://"
_DATE = re.compile(r"\{date:([^{}]*)\}")
_PARTS = {"yyyy": "(?P<yyyy>[0-9]{4})", "MM": "(?P<MM>[0-9]{2})", "dd": "(?P<dd>[0-9]{2})"}
_FORMAT = re.compile(r"yyyy|MM|dd|[-_./]|.")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_VISIBLE = r"(?![._])"
_REMEDY = "Write it such as s3://landing/orders/{date:yyyy-MM-dd}/part-*.csv.gz or data/orders_{date:yyyyMMdd}.csv."


def pattern_problem(text: str) -> str | None:
    """What is wrong with a pattern; None if nothing is."""
    dates = _DATE.findall(text)
    if len(dates) != 1:
        return f"{text} has {len(dates)} times {{date:…}}, and needs it once"
    if (found := _format_problem(dates[0])) is not None:
        return found
    rest = _DATE.sub("0", text)
    if strange := re.search(r"[{}?\[\]\x00-\x1f\x7f]", rest):
        return f"{strange.group()!r} means nothing in a pattern: there are * and one {{date:…}}"
    if "**" in rest:
        return "** means nothing in a pattern: * stands for signs of one segment"
    return _address_problem(text)


def marker_name(complete: Complete) -> str:
    """Of the list of a date's files, or of the file that says that all are there; nothing where no file tells it."""
    default = {"manifest": "manifest.json", "success": "_SUCCESS"}.get(complete.by, "")
    return default and (complete.name or default)


def marker_problem(pattern: str, name: str) -> str | None:
    """Why ``name`` can't be that of a file beside those of a date that says that they are there; None if it can."""
    dates = _DATE.findall(name)
    if dates:
        return next((problem for each in dates if (problem := _format_problem(each)) is not None), None)
    if "{" in name or "*" in name:
        return f"{name} is the name of one file, with {{date:…}} at most"
    if not FilePattern(pattern).has_dated_folder:
        return f"files of several dates are beside {name}, so it says nothing of one date"
    return None


@dataclass(frozen=True, slots=True)
class FilePattern:
    """A pattern as a URI: that of a path is of the folder where it was read."""

    uri: str

    def date_of(self, uri: str) -> date | None:
        """The date of a file of this pattern; None of any other file. Of several dates in a name the first counts."""
        found = re.fullmatch(self._regex(), uri)
        if found is None or uri.endswith("/"):  # a bucket may have objects that stand for folders
            return None
        try:
            return date(int(found["yyyy"]), int(found["MM"]), int(found["dd"]))
        except ValueError:
            return None

    def prefix(self, day: date | None = None) -> str:
        """What the URIs of all files begin with, or those of one date."""
        text = self.uri if day is None else self.of_day(self.uri, day)
        return re.split(r"\{date:|\*", text, maxsplit=1)[0]

    def folder(self, day: date) -> str:
        """Of a date: the last folder that all of its files are below, with a ``/`` at its end."""
        return self.prefix(day).rpartition("/")[0] + "/"

    @property
    def has_dated_folder(self) -> bool:
        """Whether the files of each date have a folder of their own."""
        first, second = date(2001, 2, 3), date(2002, 3, 4)
        return self.folder(first) != self.folder(second)

    @staticmethod
    def of_day(text: str, day: date) -> str:
        """The text with the date in the place of its ``{date:…}``, if it has one."""
        return _DATE.sub(lambda found: _written(found.group(1), day), text)

    def _regex(self) -> str:
        before, form, behind = _DATE.split(self.uri)
        dated = "".join(_PARTS.get(part, re.escape(part)) for part in _FORMAT.findall(form))
        return f"{_glob(before, '')}{dated}{_glob(behind, before + '0')}"


def read_pattern(text: str, folder: Path) -> FilePattern:
    """The pattern of a contract; ``folder`` is where a path begins that does not begin with ``/``.

    Raises:
        ContractError: it is none.
    """
    if (problem := pattern_problem(text)) is not None:
        raise ContractError(f"file.pattern: {problem}.", remedy=_REMEDY)
    if text.startswith((S3_SCHEME, FILE_SCHEME)):
        return FilePattern(text)
    path = text if text.startswith("/") else f"{folder.absolute().as_posix().rstrip('/')}/{text.removeprefix('./')}"
    return FilePattern(f"{FILE_SCHEME}{path}")


def _format_problem(form: str) -> str | None:
    parts = _FORMAT.findall(form)
    strange = [part for part in parts if part not in _PARTS and part not in set("-_./")]
    if strange:
        return f"{{date:{form}}}: {strange[0]!r} is none of yyyy, MM, dd, and of the signs - _ . / between them"
    if sorted(part for part in parts if part in _PARTS) != sorted(_PARTS):
        return f"{{date:{form}}} needs yyyy, MM and dd, each once"
    return None


def _address_problem(text: str) -> str | None:
    path = text
    if text.startswith(S3_SCHEME):
        bucket, _, path = text.removeprefix(S3_SCHEME).partition("/")
        if not _BUCKET.fullmatch(bucket):
            return f"{bucket!r} is no name of a bucket"
    elif text.startswith(FILE_SCHEME):
        path = text.removeprefix(FILE_SCHEME)
        if not path.startswith("/"):
            return f"{text} needs three slashes behind file:"
        path = path.removeprefix("/")
    elif "://" in text:
        return f"{text.partition('://')[0]}:// is not read: write s3://, file:// or a path"
    else:
        path = path.removeprefix("./") if path.startswith("./") else path.removeprefix("/")
    segments = path.split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        return "it names no file, or a folder by . or .. or by nothing"
    return None


def _glob(text: str, before: str) -> str:
    """The regex of a part without a date; ``before`` is what stands before it."""
    done = ""
    for piece in re.split(r"(\*)", text):
        if piece == "*":
            done += f"{_VISIBLE if (before or '/').endswith('/') else ''}[^/]*?"
        else:
            done += re.escape(piece)
        before += piece
    return done


def _written(form: str, day: date) -> str:
    values = {"yyyy": f"{day.year:04}", "MM": f"{day.month:02}", "dd": f"{day.day:02}"}
    return "".join(values.get(part, part) for part in _FORMAT.findall(form))
