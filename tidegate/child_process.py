"""The program's own processes: what they are started with, and how a failure of theirs reaches who started them.

A child says everything in JSON lines (:mod:`tidegate.log`), so that problem and remedy arrive apart, as its ``failed``
event has them. Run by hand, the same commands speak text.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

from tidegate.errors import TidegateError, TransientError
from tidegate.log import FORMAT_VARIABLE, REQUIRED
from tidegate.settings import Settings, as_environment


def child_environment(settings: Settings) -> dict[str, str]:
    """For a child that goes on with this run: the settings as they are here, whatever the environment says of them."""
    return os.environ | as_environment(settings) | {FORMAT_VARIABLE: "json"}


def reported_error(said: str) -> TidegateError | None:
    """The error that a child ended with, by all it said; None if it told of none, as after a crash."""
    return next(reversed(reported_errors(said)), None)


def reported_errors(said: str) -> list[TidegateError]:
    """Every error that a child told of, in their order."""
    return [
        (TransientError if each.get("transient") else TidegateError)(str(each["error"]), remedy=str(each["remedy"]))
        for each in events(said, "failed")
    ]


def events(said: str, *names: str) -> list[dict[str, Any]]:
    """A child's events of these names, in their order."""
    return [line for line in map(_event, said.splitlines()) if line and line["event"] in names]


def readable(said: str) -> str:
    """What a child said, for people: its JSON lines as text, and what others wrote beside them as it is."""
    return "".join(f"{line}\n" for text in said.splitlines() for line in _readable(text))


def last_words(said: str) -> str:
    """The last line of what a child said that tells of no error of ours, for want of a better reason."""
    spoken = [text for text in said.splitlines() if (_event(text) or {}).get("event") != "command_finished"]
    return (readable("\n".join(spoken)).strip().splitlines() or ["it said nothing"])[-1]


def _readable(text: str) -> Iterator[str]:
    event = _event(text)
    if event is None:
        yield text
    elif event["event"] == "output":
        yield str(event["message"])
    elif "error" in event:
        yield " ".join(filter(None, ["error:", event["error"], event.get("remedy")]))
    else:
        facts = {name: value for name, value in event.items() if name not in REQUIRED and value is not None}
        yield " ".join([str(event["event"]), *(f"{name}={value}" for name, value in facts.items())])


def _event(text: str) -> dict[str, Any] | None:
    """One of our lines; None for any other."""
    if not text.startswith("{"):
        return None
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if all(key in line for key in REQUIRED) else None
