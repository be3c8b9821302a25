"""Files that are wrong, or only odd, as a whole."""

from enum import StrEnum

from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError


class BadFile(StrEnum):
    """What is done to a file."""

    WRONG_HEADER = "wrong-header"
    TWO_HEADERS = "two-headers"
    HEADER_ONLY = "header-only"
    EMPTY = "empty"
    TRUNCATED_GZIP = "truncated-gzip"
    GZIP_NAMED_PLAIN = "gzip-named-plain"
    CR_ONLY = "cr-only"
    NO_LAST_NEWLINE = "no-last-newline"
    MOSTLY_BAD = "mostly-bad"
    WRONG_SHA256 = "wrong-sha256"
    WRONG_ROW_COUNT = "wrong-row-count"


ODD = frozenset({BadFile.TWO_HEADERS, BadFile.GZIP_NAMED_PLAIN, BadFile.CR_ONLY, BadFile.NO_LAST_NEWLINE})
"""These are loaded; a header that comes again is a bad row. All others are put into quarantine."""
_OF_CSV = frozenset({BadFile.WRONG_HEADER, BadFile.TWO_HEADERS, BadFile.HEADER_ONLY})
_OF_A_MANIFEST = frozenset({BadFile.WRONG_SHA256, BadFile.WRONG_ROW_COUNT})


def require_possible(dataset: Files, kinds: tuple[BadFile, ...]) -> None:
    """Makes sure that files of this dataset can be wrong like that.

    Raises:
        TidegateError: they have no header, or no manifest.
    """
    for kind in kinds:
        if kind in _OF_CSV and not (dataset.file.is_csv and dataset.file.csv.columns is None):
            raise TidegateError(f"--bad-file {kind}: files of {dataset.name} have no header.", remedy="Leave it out.")
        if kind in _OF_A_MANIFEST and dataset.file.complete.by != "manifest":
            raise TidegateError(f"--bad-file {kind}: {dataset.name} has no manifest.", remedy="Leave it out.")


def fault_of(kind: BadFile | None) -> str | None:
    """Why a file is put into quarantine; None if it is not."""
    return None if kind is None or kind in ODD else kind.value
