"""A recipe in Python: a file with ``fix(record)``, which returns the record to send, or None to leave it out."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from traceback import extract_tb
from typing import Any

from tidegate.errors import TidegateError

FUNCTION = "fix"


class ScriptError(ValueError):
    """The function fails for a record, or gives what is none; the message says where."""


@dataclass(frozen=True, slots=True)
class Script:
    """A recipe's function, by the name of its file."""

    name: str
    function: Callable[[dict[str, Any]], Any]

    def fixed(self, record: dict[str, Any]) -> dict[str, Any] | None:
        """What it makes of a record, which itself stays as it is.

        Raises:
            ScriptError: it fails, or gives something else than a record or None.
        """
        try:
            found = self.function(deepcopy(record))
        except Exception as error:
            raise ScriptError(f"{FUNCTION}() fails at {self.name} {_line(error)}: {_told(error)}") from error
        if found is not None and not isinstance(found, dict):
            raise ScriptError(f"{FUNCTION}() of {self.name} gives {type(found).__name__}, not a record (dict) or None")
        return found


def read_script(text: str, name: str) -> Script:
    """The function in a file's text, which is run once.

    Raises:
        TidegateError: it is no Python, fails, or has no such function.
    """
    remedy = f"Write def {FUNCTION}(record): return record."
    names: dict[str, Any] = {"__name__": "tidegate_recipe"}
    try:
        exec(compile(text, name, "exec"), names)
    except SyntaxError as error:
        raise TidegateError(f"{name} line {error.lineno}: {error.msg}.", remedy=remedy) from error
    except Exception as error:
        raise TidegateError(f"{name} {_line(error)}: {_told(error)}.", remedy=remedy) from error
    function = names.get(FUNCTION)
    if not callable(function):
        raise TidegateError(f"{name} has no function {FUNCTION}(record).", remedy=remedy)
    return Script(name, function)


def _line(error: Exception) -> str:
    return f"line {extract_tb(error.__traceback__)[-1].lineno}"


def _told(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
