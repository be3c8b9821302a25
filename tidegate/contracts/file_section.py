"""The section ``file`` of a contract: how a dataset's files are written, found, complete, and when one is refused."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from tidegate.contracts.naming import files_source
from tidegate.contracts.part import Part

FileFormat = Literal["csv", "json_lines", "json_array", "parquet"]
Encoding = Literal["UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "ISO-8859-15", "windows-1252", "US-ASCII"]
UnknownColumns = Literal["reject", "rescue", "ignore"]
Sign = Annotated[
    str,
    StringConstraints(pattern=r"^([\x20-\x7e]|\t|\\t)$"),
    AfterValidator(lambda sign: "\t" if sign == r"\t" else sign),
]
"""One sign of ASCII; ``\\t`` is a tab, and becomes one."""
MAX_ROW_BYTES = 64 * 1024 * 1024


class Csv(Part):
    """The dialect of CSV."""

    delimiter: Sign = ","
    quote: Sign | Literal[""] = Field(default='"', description="empty: cells are never quoted")
    escape: Sign | None = Field(default=None, description="takes the meaning of the sign behind it, if there is one")
    comment: Sign | None = Field(default=None, description="a line that begins with it is no row")
    multiline: bool = Field(default=False, description="cells in quotes may hold the ends of lines; one task reads it")
    columns: list[str] | None = Field(
        default=None, min_length=1, description="the columns in their order, of files without a header"
    )
    nulls: list[str] = Field(default=[""], description="cells that stand for no value")

    @model_validator(mode="after")
    def _signs_differ(self) -> "Csv":
        signs = [sign for sign in (self.delimiter, self.quote, self.escape, self.comment) if sign]
        if len(set(signs)) < len(signs):
            raise ValueError("delimiter, quote, escape and comment must be different signs")
        if any(";" in each or "\n" in each for each in (*self.nulls, *(self.columns or []))):
            raise ValueError("neither a column's name nor a cell that stands for no value may hold ; or a line's end")
        return self


class Complete(Part):
    """When a date's files are all there."""

    by: Literal["manifest", "success", "stable", "always"] = Field(
        default="stable",
        description="a list of the files beside them, a file that says so, two equal listings, or each file by itself",
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="name of the list (default manifest.json) or of the file (default _SUCCESS)"
    )
    quiet_s: int = Field(default=60, ge=1, le=86_400, description="how long two equal listings lie apart")


class Expected(Part):
    """By when a date's files should be there."""

    days_after: int = Field(default=1, ge=0, le=31, description="days behind the date of the files")
    at: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = Field(
        default="06:00", description="time of that day, UTC"
    )


class Thresholds(Part):
    """Past which a file is put into quarantine as a whole."""

    max_rejected_ratio: float = Field(default=0.05, ge=0, le=1, description="share of its rows that may be rejected")
    min_rows: int = Field(default=1, ge=0, description="of fewer rows it is put into quarantine")
    max_rows: int | None = Field(default=None, ge=1)


class FileSection(Part):
    """Daily files."""

    format: FileFormat
    pattern: Annotated[str, StringConstraints(min_length=1, max_length=1000)] = Field(
        description="where they are: a path or s3://… with {date:yyyy-MM-dd} and, within a segment, *"
    )
    csv: Csv = Csv()
    encoding: Encoding = "UTF-8"
    compression: Literal["auto", "none", "gzip", "zstd"] = Field(
        default="auto", description="known by the first bytes; or else another one is refused"
    )
    unknown_columns: UnknownColumns = Field(
        default="reject", description="columns that v<N>.avsc lacks: reject the file, rescue as text, or ignore"
    )
    missing_columns: Literal["reject", "default"] = Field(
        default="reject", description="of CSV and Parquet: columns that a file lacks, where their fields have a default"
    )
    complete: Complete = Complete()
    expected: Expected = Expected()
    thresholds: Thresholds = Thresholds()
    max_row_bytes: int = Field(default=1024 * 1024, ge=1, le=MAX_ROW_BYTES, description="a longer row is rejected")

    @model_validator(mode="after")
    def _formats_have_their_own_keys(self) -> "FileSection":
        if not self.is_csv and "csv" in self.model_fields_set:
            raise ValueError("csv counts for files of CSV only; leave it out")
        if not self.has_columns and "missing_columns" in self.model_fields_set:
            raise ValueError("missing_columns counts for files of CSV and Parquet only; leave it out")
        if self.is_parquet and {"encoding", "compression"} & self.model_fields_set:
            raise ValueError("files of Parquet say themselves how they are written; leave out encoding and compression")
        return self

    @property
    def is_csv(self) -> bool:
        """Whether rows are lines of CSV; else they are read as JSON."""
        return self.format == "csv"

    @property
    def is_parquet(self) -> bool:
        """Whether rows have numbers in the place of bytes."""
        return self.format == "parquet"

    @property
    def has_columns(self) -> bool:
        """Whether a file says once which columns all of its rows have."""
        return self.is_csv or self.is_parquet


def with_source(values: dict[str, Any]) -> dict[str, Any]:
    """A contract's values; of kind file with a topic made up, so that what names the source of records has a name.

    Raises:
        ValueError: the sections do not go with the kind.
    """
    if values.get("kind") != "file":
        if values.get("file") is not None:
            raise ValueError("the section file is of kind: file")
        return values
    if "topic" in values:
        raise ValueError("files have no topic; describe them in the section file")
    if values.get("file") is None:
        raise ValueError("kind: file needs the section file, which says how the files are written and found")
    return {**values, "topic": {"name": files_source(str(values.get("dataset"))), "partitions": 1}}
