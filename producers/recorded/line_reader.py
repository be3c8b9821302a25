"""One recorded line as a record of a dataset: an access log's or JSON, with an id that a second run makes again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, cast

from producers.datasets.find import FOLDER, find
from producers.recorded.access_log import Request, parse_line
from producers.recorded.split import MAX_LINE_BYTES, Line
from producers.sending.believed_time import check_time
from producers.sending.ids import line_uuid
from producers.sending.raw_paths import moment_of, raw_time
from tidegate.avro.json_text import read_json
from tidegate.avro.json_values import from_json
from tidegate.contracts.dataset import Dataset, Stream
from tidegate.errors import TidegateError

Format = Literal["auto", "combined", "jsonl"]
Record = dict[str, object]
FromAccessLog = Callable[[Request], Record]
_ONE_A_LINE = "Give one JSON object a line, for example by `jq -c '.[]' FILE`."


class LineReader:
    """Turns lines into records of a dataset; ``now`` is what times of reference data are compared with.

    Raises:
        TidegateError: access logs were asked for, and the dataset has no mapping from them.
    """

    def __init__(self, dataset: Dataset, line_format: Format, now: Callable[[], datetime] | None = None) -> None:
        self._type = dataset.raw_type
        self._believed = dataset.contract.event_time
        self._now = now or (lambda: datetime.now(UTC))
        self._is_stream = isinstance(dataset, Stream)
        self._id_field = _made_id(dataset)
        self._time = raw_time(dataset)
        self._from_access_log = _access_log_mapping(dataset.name)
        self._format = line_format
        if line_format == "combined" and self._from_access_log is None:
            raise TidegateError(
                f"{dataset.name} has no mapping from access logs.",
                remedy=f"Send JSON lines, or write {FOLDER}/{dataset.name}/access_log.py.",
            )

    def record(self, line: Line) -> tuple[Record, datetime]:
        """The record of a line, and when it happened.

        Raises:
            ValueError: the line is no record; says why.
        """
        if line.too_long:
            raise ValueError(f"a line of {line.too_long:,} bytes; at most {MAX_LINE_BYTES:,} are read")
        if not line.text.strip():
            raise ValueError("empty line")
        if b"\r" in line.text:
            raise ValueError("a carriage return within the line; lines end with \\n or \\r\\n")
        record = self._from_json(line) if self._is_json(line.text) else self._from_log(line)
        time = moment_of(self._time, record, self._now())
        if not self._is_stream:
            check_time(self._believed, time, self._now())
        return record, time

    def _is_json(self, text: bytes) -> bool:
        if self._format == "auto":
            return self._from_access_log is None or text.lstrip()[:1] == b"{" or _is_array(text)
        return self._format == "jsonl"

    def _from_log(self, line: Line) -> Record:
        assert self._from_access_log is not None
        request = parse_line(line.text.decode("utf-8", errors="backslashreplace"))
        record = self._from_access_log(request)
        if self._id_field is not None:
            record[self._id_field] = line_uuid(line.text, line.number, int(request.time.timestamp() * 1000))
        return record

    def _from_json(self, line: Line) -> Record:
        if _is_array(line.text):
            raise ValueError(f"a JSON array. {_ONE_A_LINE}")
        value = read_json(line.text)
        if isinstance(value, dict) and self._id_field is not None:
            value.setdefault(self._id_field, line_uuid(line.text, line.number, 0))
        return cast(Record, from_json(value, self._type, "line"))


def _is_array(text: bytes) -> bool:
    """Whether a line begins an array of objects; ``[`` alone may begin the IPv6 address of an access log."""
    beginning = text.lstrip()[:50].replace(b" ", b"")
    return beginning in (b"[", b"[]") or beginning.startswith((b"[{", b"[["))


def _made_id(dataset: Dataset) -> str | None:
    """The field that gets an id where a line has none: that of an event, if it is one text. A key is never made up."""
    identity = dataset.raw_identity
    if not isinstance(dataset, Stream) or len(identity) != 1:
        return None
    field = dataset.raw_fields.get(identity[0])
    return identity[0] if field is not None and field.type.kind == "string" else None


def _access_log_mapping(dataset: str) -> FromAccessLog | None:
    """The function ``from_access_log`` of the dataset's ``access_log.py``, if there is one."""
    return cast(FromAccessLog | None, find(dataset, "access_log", "from_access_log"))
