"""Where the files of a day go, so that the contract's pattern finds them."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from producers.files.packing import SUFFIXES, Packing
from tidegate.contracts.dataset import Files
from tidegate.contracts.file_pattern import FILE_SCHEME, S3_SCHEME, FilePattern, read_pattern
from tidegate.errors import TidegateError

_NUMBER_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, and what the contract's pattern has behind those of its folders that are always the same."""

    folder: Path
    tail: str

    def file(self, day: date, number: int, packing: Packing) -> Path:
        """The file of a number, from 1.

        Raises:
            TidegateError: the pattern has no ``*``, so that there is one file a day.
        """
        return self.folder / _numbered(FilePattern.of_day(self.tail, day), number, SUFFIXES[packing])

    def told_in(self, day: date) -> Path:
        """The folder of what tells of the files of a day, such as a manifest."""
        pattern = FilePattern(f"{FILE_SCHEME}{self.folder.absolute().as_posix()}/{self.tail}")
        return Path(pattern.folder(day).removeprefix(FILE_SCHEME))


def place_of(dataset: Files, into: Path | None) -> Place:
    """Where the contract looks for files, or ``into`` in place of the folders that its pattern begins with.

    Raises:
        TidegateError: the pattern is of a bucket, and no folder is given; or it is no pattern.
    """
    pattern = read_pattern(dataset.file.pattern, Path())
    fixed = re.split(r"\{date:|\*", pattern.uri, maxsplit=1)[0].rpartition("/")[0]
    tail = pattern.uri.removeprefix(f"{fixed}/")
    if into is None and fixed.startswith(S3_SCHEME):
        raise TidegateError(
            f"the files of {dataset.name} lie at {fixed}/.",
            remedy=f"Make them in a folder by --into, then copy them: aws s3 cp --recursive FOLDER {fixed}/",
        )
    return Place(Path(fixed.removeprefix(FILE_SCHEME)) if into is None else into, tail)


def _numbered(text: str, number: int, suffix: str) -> str:
    """Of a pattern's stars the first is the number, one at the very end the suffix, others nothing."""
    is_packed = text.endswith("*") and text.count("*") > 1
    name = text[:-1] if is_packed else text
    if "*" not in name and number > 1:
        raise TidegateError(
            f"{text} has no *: there is one file a day.", remedy="Leave out --files, --first, --bad-file."
        )
    return name.replace("*", f"{number:0{_NUMBER_DIGITS}}", 1).replace("*", "") + (suffix if is_packed else "")
