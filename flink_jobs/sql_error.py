"""What Flink says of SQL that it refuses, reduced to where and why."""

import re

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyflink.util.exceptions import TableException

FLINK_REFUSES = (Py4JJavaError, TableException)
"""As which PyFlink hands on what the planner throws."""
_POSITION = re.compile(r"(?:From|At) line (\d+), column (\d+)(?: to line \d+, column \d+)?: ?")
_CLASS = re.compile(r"(?:[a-z_]\w*\.)+[A-Z]\w*(?:Exception|Error): ")
_TRACE = "\n\tat "
_PARSER_POSITION = re.compile(r"Encountered (.+?) at line (\d+), column (\d+)", re.DOTALL)


class SqlError(Exception):
    """Flink's complaint about a query, reduced to where and why."""

    def __init__(self, error: Exception) -> None:
        messages = _messages(error)
        position = _POSITION.search("\n".join(messages))
        self.reason = " ".join(_POSITION.sub("", messages[-1]).split()).rstrip(".")
        self._at = (int(position[1]), int(position[2])) if position else None
        if parser := _PARSER_POSITION.search(messages[-1]):
            self.reason = f"SQL syntax: unexpected {parser[1]}"
            self._at = (int(parser[2]), int(parser[3]))
        super().__init__(self.reason)

    def place(self, first_line: int) -> str:
        """Line and column counted from ``first_line``; empty where Flink names none."""
        return f"line {self._at[0] - first_line + 1} column {self._at[1]}" if self._at else ""


def _messages(error: Exception) -> list[str]:
    """The messages of a Java error and its causes, innermost last; where one has none, what it is."""
    cause = getattr(error, "java_exception", None)
    # What PyFlink translates comes as text: the exception's class, its message and its whole trace.
    messages = [] if cause is not None else [_CLASS.sub("", str(error).partition(_TRACE)[0], count=1)]
    while cause is not None:
        said = cause.getMessage()
        messages.append(cause.getClass().getSimpleName() if said is None else str(said))
        cause = cause.getCause()
    return messages
