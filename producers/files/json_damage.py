"""Ways to break a row of JSON."""

import json
from functools import partial

from producers.files.damage import Damage, Values, breaking_values, other_kinds, too_early
from tidegate.contracts.dataset import Files
from tidegate.dead_letters.codes import Code


def json_damages(dataset: Files) -> list[Damage]:
    """All that can be done to rows of ``dataset``; none has the end of a line within."""
    time, number = other_kinds(dataset)
    with_values = partial(with_json_values, encoding=dataset.file.encoding)

    def values(cause: str, code: Code, of: Values) -> Damage:
        return Damage(cause, code, partial(with_values, values=of))

    found = [
        Damage("nul", Code.NOT_JSON, lambda line: line[:1] + "\0".encode(dataset.file.encoding) + line[1:]),
        values("other_number", Code.BAD_VALUE, {number: "1.234,50"}),
        values("other_time", Code.BAD_VALUE, {time: "28.11.2026 14:03"}),
        values("no_time", Code.BAD_VALUE, {time: None}),
        values("too_early", Code.EVENT_TIME_OUT_OF_RANGE, {time: too_early(dataset)}),
        *(values(f"rule_{rule}", Code.RULE_VIOLATED, of) for rule, of in breaking_values(dataset).items()),
    ]
    if dataset.file.format == "json_lines":
        found.append(Damage("cut", Code.NOT_JSON, lambda line: _half(line, dataset.file.encoding)))
    if dataset.file.encoding == "UTF-8":
        found.append(Damage("bad_encoding", Code.BAD_UTF8, lambda line: line.replace(b'":"', b'":"\xff', 1)))
    return found


def huge_json(dataset: Files, size: int) -> Damage:
    """A field of so many bytes, for a row that is too long to be read."""
    values = {"huge": "x" * size}
    return Damage("huge_field", Code.RECORD_TOO_LARGE, partial(with_json_values, values=values, encoding="UTF-8"))


def with_json_values(line: bytes, values: Values, encoding: str) -> bytes:
    """The row with these values, by their names."""
    return json.dumps({**json.loads(line.decode(encoding)), **values}, ensure_ascii=False).encode(encoding)


def _half(line: bytes, encoding: str) -> bytes:
    text = line.decode(encoding)
    return text[: len(text) // 2].encode(encoding)
