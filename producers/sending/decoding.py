"""What a decoding fault is, decided in one place: a row that cannot become a record is a value, not an end of the run.

Everything between a row's text and its Avro bytes (reading JSON or a cell, fitting it to the schema, encoding) is done
on one row without a server, so whatever it raises about a value is that row's fault alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tidegate.avro.json_values import JsonValueError
from tidegate.contracts.topics import RAW_MAX_BYTES

MAX_RECORD_BYTES = RAW_MAX_BYTES - 64 * 1024
"""Key and value together: what a topic takes as a batch, and its headers have to fit too."""
_T = TypeVar("_T")
_FAULTS = (ArithmeticError, AttributeError, JsonValueError, LookupError, RecursionError, TypeError, ValueError)
"""What reading, converting and encoding a value raise, our own code, Python and fastavro taken together."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is no record."""

    reason: str


def decoded(decode: Callable[[], _T]) -> _T | Fault:
    """What ``decode`` makes of one row, or what is wrong with the row.

    Raises:
        TidegateError: something else than the row is wrong: an outage, a contract.
    """
    try:
        return decode()
    except RecursionError:
        return Fault("nested too deeply")
    except _FAULTS as error:
        return Fault(str(error) or type(error).__name__)


def check_size(key: bytes | None, value: bytes | None) -> None:
    """Checks that a topic takes a record.

    Raises:
        ValueError: it is too large.
    """
    size = len(key or b"") + len(value or b"")
    if size > MAX_RECORD_BYTES:
        raise ValueError(f"a record of {size:,} bytes; a topic takes at most {MAX_RECORD_BYTES:,}")
