"""A table of PostgreSQL as reference data: which keys it holds since when, and their rows.

All is read in one snapshot (repeatable read), so a row that changes meanwhile is either old or new, never both.
"""

import importlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from producers.reference.rows import Row
from producers.sending.decoding import Fault, decoded
from tidegate.avro.json_text import read_json
from tidegate.avro.types import AvroType
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError, TransientError

SCHEMES = ("postgresql://", "postgres://")
_CHUNK_KEYS = 5000
_CONNECT_TIMEOUT_S = 10
_HIGHEST_PORT = 65535
_SHOWN_CHARACTERS = 100
_TIMES = frozenset({1082, 1114, 1184})
"""The type codes of date, timestamp and timestamptz."""
# One @, and only before the host: another one is a password's, of which libpq would make a host or a database.
_SHAPE = re.compile(r"\w+://([^@/]*@)?[^@/?]*(/[^@?]*)?(\?.*)?", re.DOTALL)


class PostgresTable:
    """One table, read in one transaction; columns have the names of the contract's fields."""

    def __init__(self, connection: Any, table: str, dataset: Reference) -> None:
        self._sql = importlib.import_module("psycopg.sql")
        self._connection = connection
        self._name = table
        self._table = self._sql.Identifier(*table.split("."))
        self._key = self._sql.Identifier(dataset.key)
        self._time_name = dataset.contract.event_time.field
        self._time = self._sql.Identifier(self._time_name)
        self._rows_of_key: Counter[str | None] = Counter()
        self._fields = {name: field.type for name, field in dataset.raw_fields.items()}
        self._check_columns(dataset)

    def versions(self) -> dict[str | None, datetime | None]:
        """Since when each key holds its row, to the millisecond; None where the row does not say.

        A key None stands for all rows that have none. A time that is none (``infinity``, before Christ, after the year
        9999) reads as None: the row itself is asked for then, and rejected.
        """
        time = _column(self._sql, self._time, AvroType("timestamp-millis"), self._types[self._time_name])
        query = self._sql.SQL("SELECT {}::text, ({})::text FROM {}").format(self._key, time, self._table)
        found: dict[str | None, datetime | None] = {}
        with self._connection.cursor(name="versions") as cursor:
            cursor.itersize = _CHUNK_KEYS
            for key, since in cursor.execute(query):
                self._rows_of_key[key] += 1
                found[key] = _moment(since)
        return found

    def rows(self, keys: Sequence[str | None]) -> Iterator[Row]:
        """The rows of these keys, as JSON values; a row's number is its place among them.

        A key that the table has twice has no state: both of its rows are rejected.
        """
        columns = [
            self._sql.SQL("{} AS {}").format(
                _column(self._sql, self._sql.Identifier(name), avro, self._types[name]), self._sql.Identifier(name)
            )
            for name, avro in self._fields.items()
            if name in self._types
        ]
        query = self._sql.SQL(
            "SELECT r.{}::text, row_to_json(r)::text "
            "FROM (SELECT {} FROM {} WHERE {}::text = ANY(%s) OR (%s AND {} IS NULL)) r"
        ).format(self._key, self._sql.SQL(", ").join(columns), self._table, self._key, self._key)
        number = 0
        for start in range(0, len(keys), _CHUNK_KEYS):
            chunk = keys[start : start + _CHUNK_KEYS]
            asked = [[key for key in chunk if key is not None], None in chunk]
            for key, text in self._connection.execute(query, asked):
                number += 1
                yield json_row(number, key, text, self._rows_of_key[key])

    def _check_columns(self, dataset: Reference) -> None:
        description = self._connection.execute(
            self._sql.SQL("SELECT * FROM {} LIMIT 0").format(self._table)
        ).description
        self._types: Mapping[str, int] = {column.name: column.type_code for column in description}
        needed = (dataset.key, dataset.contract.event_time.field)
        if missing := [name for name in needed if name not in self._types]:
            raise TidegateError(
                f"the table {self._name} has no column {missing[0]}.",
                remedy=f"Name a view with the contract's columns: {', '.join(self._fields)}.",
            )


def json_row(number: int, key: str | None, text: str, count: int) -> Row:
    """A row that PostgreSQL's ``row_to_json`` told; ``count`` rows of the table have its key."""
    place = "row without a key" if key is None else f"row {key[:_SHOWN_CHARACTERS]}"
    found = decoded(lambda: read_json(text))
    if isinstance(found, Fault):
        return Row(number, None, f"{place}: {found.reason}", text.encode(), place)
    if count > 1 and key is not None:
        return Row(number, None, f"{place}: {count:,} rows of the table have this key", text.encode(), place)
    return Row(number, found, "", text.encode(), place)


def _moment(text: str | None) -> datetime | None:
    """A time as PostgreSQL tells it in UTC; None for what no clock here shows, such as ``infinity``."""
    try:
        moment = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


@contextmanager
def open_table(url: str, table: str, dataset: Reference) -> Iterator[PostgresTable]:
    """The table at ``postgresql://user@host:port/database``; libpq's own PGPASSWORD and service files work too.

    Raises:
        TidegateError: the address can't be read, or the server refuses.
        TransientError: the server does not answer.
    """
    psycopg = importlib.import_module("psycopg")
    place = f"PostgreSQL at {_server(url)}"
    try:
        connection = psycopg.connect(url, connect_timeout=_CONNECT_TIMEOUT_S)
    except psycopg.OperationalError as error:
        reason = _reason(error)
        if "authentication" in reason or "does not exist" in reason or "no password" in reason:
            raise TidegateError(f"{place} refuses: {reason}.", remedy="Check user, database and PGPASSWORD.") from error
        raise TransientError(f"{place} does not answer: {reason}.", remedy="Check the address, try again.") from error
    with connection:
        try:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            connection.execute("SET TIME ZONE 'UTC'")
            connection.execute("SET DateStyle TO 'ISO'")
            yield PostgresTable(connection, table, dataset)
        except psycopg.OperationalError as error:
            raise TransientError(f"{place} went away: {_reason(error)}.", remedy="Load again.") from error
        except psycopg.Error as error:
            remedy = "Check --table and the columns' types."
            raise TidegateError(f"{place} refuses: {_reason(error)}.", remedy=remedy) from error


def _server(url: str) -> str:
    """Host and port of the address, for people.

    Raises:
        TidegateError: libpq can't read the address, or would read a part of the password as something else.
    """
    psycopg = importlib.import_module("psycopg")
    try:
        given = importlib.import_module("psycopg.conninfo").conninfo_to_dict(url) if _SHAPE.fullmatch(url) else None
    except psycopg.ProgrammingError:  # its text may quote the password
        given = None
    port = "" if given is None else given.get("port") or "5432"
    if given is None or not all(_is_port(each) for each in port.split(",")):
        raise TidegateError(
            "the address after --from can't be read.",
            remedy="Write it as postgresql://user@host:port/database, libpq's own parameters after a ?; percent-encode "
            "special characters of the password (@ is %40, / is %2F), or give it in PGPASSWORD.",
        )
    return f"{given.get('host') or 'localhost'}:{port}"


def _is_port(text: str) -> bool:
    """Whether libpq takes this for a port; nothing is its default."""
    return not text or (text.isascii() and text.isdecimal() and 0 < int(text) <= _HIGHEST_PORT)


def _column(sql: Any, name: Any, avro: AvroType, type_code: int) -> Any:
    """A column as :mod:`tidegate.avro.json_values` reads it; a time without a zone is UTC.

    A time that is text, or a number, is left as it is: a cast would let one bad row stop all.
    """
    match avro.kind:
        case "timestamp-millis" if type_code in _TIMES:
            return sql.SQL("date_trunc('milliseconds', {}::timestamptz)").format(name)
        case "timestamp-micros" if type_code in _TIMES:
            return sql.SQL("{}::timestamptz").format(name)
        case "string":
            return sql.SQL("{}::text").format(name)
        case "bytes":
            return sql.SQL("translate(encode({}, 'base64'), E'\\n', '')").format(name)
        case _:
            return name


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0].rstrip(".")
