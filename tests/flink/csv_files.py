"""Random files of CSV, good and broken, and what Python's own module says of each of their lines."""

import csv
import re
from dataclasses import dataclass, field
from random import Random

COLUMNS = ("a", "b", "c")
NO_VALUE = "<null>"
_MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-8": b"\xef\xbb\xbf"}
_STRANGERS = {"utf-8": b"\xff", "utf-16-le": b"\x00\xd8", "utf-16-be": b"\xd8\x00", "ascii": b"\xe9"}
"""Bytes that no text of an encoding has."""


@dataclass(frozen=True)
class Dialect:
    """How a file is written; the options of the source say the same."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    comment: str = ""
    encoding: str = "utf-8"
    mark: bool = False
    newline: str = "\n"

    @classmethod
    def any(cls, rng: Random) -> "Dialect":
        encoding = rng.choice(["utf-8", "utf-8", "iso-8859-1", "utf-16-le", "utf-16-be", "ascii"])
        return cls(
            delimiter=rng.choice([",", ";", "\t", "|"]),
            quote=rng.choice(['"', '"', "'"]),
            escape=rng.choice(["", "", "\\"]),
            comment=rng.choice(["", "#"]),
            encoding=encoding,
            mark=encoding.startswith("utf") and rng.random() < 0.4,
            newline=rng.choice(["\n", "\r\n", "\r"]),
        )

    def options(self) -> dict[str, str]:
        fields = ", ".join(f'{{"name": "{name}", "type": "string"}}' for name in COLUMNS)
        return {
            "layout": "csv",
            "csv.schema": f'{{"type": "record", "name": "R", "fields": [{fields}]}}',
            "csv.null": NO_VALUE,
            "csv.delimiter": self.delimiter.replace("\t", "\\t"),
            "csv.quote": self.quote,
            "csv.escape": self.escape,
            "csv.comment": self.comment,
            "encoding": self.java_encoding,
        }

    @property
    def java_encoding(self) -> str:
        return "UTF-16" if self.mark and "16" in self.encoding else self.encoding.replace("16-", "16")

    def beginning(self) -> bytes:
        return _MARKS[self.encoding] if self.mark else b""

    def cells(self, lines: list[str]) -> list[str]:
        """By Python's module.

        Raises:
            csv.Error: it is no CSV.
        """
        escape = self.escape or None
        reader = csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, escapechar=escape, strict=True)
        return next(reader)


@dataclass
class Expected:
    """What is to be read: rows as offset, length, and cells or code; and what is none."""

    rows: list[tuple[int, int, list[str] | str]] = field(default_factory=list)
    header_lines: int = 0
    blank_lines: int = 0
    comment_lines: int = 0


def some_file(rng: Random, dialect: Dialect) -> bytes:
    """A header in any order, and lines of which many are broken."""
    names = rng.sample(COLUMNS, len(COLUMNS))
    quoted = [f"{dialect.quote}{name}{dialect.quote}" if rng.random() < 0.3 else name for name in names]
    lines = [_nothing(rng, dialect) for _ in range(rng.choice([0, 0, 1, 2]))]
    lines.append(dialect.delimiter.join(quoted).encode(dialect.encoding))
    lines += [_line(rng, dialect, lines) for _ in range(rng.randint(0, 12))]
    ends = [(rng.choice(["\n", "\r\n", "\r"]) if rng.random() < 0.1 else dialect.newline) for _ in lines]
    if rng.random() < 0.4:
        ends[-1] = ""
    content = (line + end.encode(dialect.encoding) for line, end in zip(lines, ends, strict=True))
    return dialect.beginning() + b"".join(content)


def _nothing(rng: Random, dialect: Dialect) -> bytes:
    text = f"{dialect.comment}{rng.choice(['', 'x', dialect.quote])}" if dialect.comment else ""
    return text.encode(dialect.encoding)


def _line(rng: Random, dialect: Dialect, lines: list[bytes]) -> bytes:
    kind = rng.random()
    if kind < 0.1:
        text = rng.choice(["", dialect.comment and f"{dialect.comment} {dialect.quote}"])
        return text.encode(dialect.encoding)
    if kind < 0.13:
        return lines[-1]
    signs = ["x", "1", " ", "", dialect.quote, dialect.quote * 2, dialect.delimiter, dialect.escape, "\0"]
    signs += [] if dialect.encoding == "ascii" else ["é"]
    signs += ["😀", "\u2028"] if dialect.encoding.startswith("utf") else []
    weights = [6, 3, 2, 1, 2, 2, 3, 1, 0.1, *[1] * (len(signs) - 9)]
    if rng.random() < 0.5:
        cells = ["".join(rng.choices(["x", "1", " ", *signs[9:]], k=rng.randint(0, 4))) for _ in COLUMNS]
        odd = f"{dialect.quote * 2}{dialect.delimiter}{dialect.quote}"
        quoted = [f"{dialect.quote}{cell}{odd}" if rng.random() < 0.3 else cell for cell in cells]
        text = dialect.delimiter.join(quoted)
    else:
        text = "".join(rng.choices(signs, weights, k=rng.randint(1, 14)))
    line = text.encode(dialect.encoding)
    if rng.random() < 0.05 and dialect.encoding in _STRANGERS:
        width = 2 if "16" in dialect.encoding else 1
        at = rng.randint(0, len(line) // width) * width
        line = line[:at] + _STRANGERS[dialect.encoding] + line[at:]
    return line


def expected(content: bytes, dialect: Dialect) -> Expected:
    """By Python: line by line, each for itself."""
    found = Expected()
    header: bytes = b""
    order: list[int] = []
    for offset, line in lines_of(content, dialect):
        if not line:
            found.blank_lines += 1
        elif dialect.comment and line.startswith(dialect.comment.encode(dialect.encoding)):
            found.comment_lines += 1
        elif not header:
            header = line
            names = dialect.cells([line.decode(dialect.encoding)])
            order = [names.index(name) for name in COLUMNS]
            found.header_lines += 1
        else:
            verdict = "NOT_CSV" if line == header else _verdict(line, dialect, order)
            found.rows.append((offset, len(line), verdict))
    return found


def _verdict(line: bytes, dialect: Dialect, order: list[int]) -> list[str] | str:
    try:
        text = line.decode(dialect.encoding)
        cells = dialect.cells([text])
    except UnicodeDecodeError:
        return "BAD_UTF8"
    except csv.Error:
        return "NOT_CSV"
    if "\0" in text:
        return "NOT_CSV"
    return "CELL_COUNT" if len(cells) != len(COLUMNS) else [cells[place] for place in order]


def lines_of(content: bytes, dialect: Dialect) -> list[tuple[int, bytes]]:
    """Each line's offset and its bytes without its end."""
    cr, lf = (sign.encode(dialect.encoding) for sign in "\r\n")
    width = len(cr)
    found, start = [], len(dialect.beginning())
    ends = re.compile(re.escape(cr + lf) + b"|" + re.escape(cr) + b"|" + re.escape(lf))
    at = start
    while at < len(content):
        match = ends.match(content, at) if (at - start) % width == 0 else None
        if match:
            found.append((start, content[start:at]))
            start = at = match.end()
        else:
            at += width
    if start < len(content):
        found.append((start, content[start:]))
    return found
