"""What commands and jobs say of their work on standard error: text for people, or one JSON object a line.

``TIDEGATE_LOG_FORMAT=json`` turns lines into objects with ``timestamp`` (RFC 3339, UTC), ``level``, ``event``,
``dataset``, ``job`` and ``run_id``, null where they don't apply, and the event's own fields. A run's id passes on to
the commands it starts (:mod:`tidegate.child_process`). Results on standard output stay as they are.
"""

import atexit
import json
import logging
import re
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Literal

import click
import structlog
from pydantic import SecretStr
from rich.console import Console

from tidegate.captured_stderr import CapturedStderr
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import LogSettings, Settings, get_settings

FORMAT_VARIABLE = "TIDEGATE_LOG_FORMAT"
REQUIRED = ("timestamp", "level", "event", "dataset", "job", "run_id")
HIDDEN = "***"

_Entry = MutableMapping[str, Any]
_PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)([^\s:/@]+):[^\s/@]+@")
_captured: CapturedStderr | None = None
_run_id: str | None = None
_hidden: set[str] = set()


def start(settings: LogSettings) -> None:
    """Begins a run: gives it its id, and turns standard error into JSON lines if the settings ask for that."""
    global _captured, _run_id
    _run_id = settings.run_id
    if settings.log_format == "text" or _captured is not None:
        return
    with suppress(TidegateError):  # what is wrong with the others is about to be reported
        hide_secrets(get_settings())
    _captured = CapturedStderr(_pass_on)
    atexit.register(_captured.close)
    structlog.configure(
        processors=[*_shared_processors(), _complete, structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.WriteLoggerFactory(_captured.real),
        cache_logger_on_first_use=False,
    )
    _take_over_logging(_captured)


def hide_secrets(settings: Settings) -> None:
    """From now on, no line shows a secret of these settings; ``start`` hides those of the environment and the stack."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    _hidden.update(value.get_secret_value() for value in values if isinstance(value, SecretStr) and value)


def is_json() -> bool:
    """Whether standard error holds JSON lines."""
    return _captured is not None


def bind(**fields: Any) -> None:
    """Adds the fields, such as ``dataset`` or ``job``, to all that follows."""
    structlog.contextvars.bind_contextvars(**fields)


def event(name: str, level: Literal["info", "warning", "error", "critical"] = "info", **fields: Any) -> None:
    """Reports an event; nothing in text, where the command's own output tells people enough."""
    if is_json():
        getattr(structlog.get_logger(), level)(name, **fields)


def tell(text: str, name: str, level: Literal["info", "warning"] = "info", **fields: Any) -> None:
    """A line for people, or the event ``name``."""
    if is_json():
        event(name, level, **fields)
    else:
        click.echo(text, err=True)


def left_out(problems: Mapping[str, object]) -> None:
    """The datasets that a command or job goes on without, each with the problem that keeps it from working."""
    for dataset, problem in problems.items():
        text = f"{click.style('warning:', fg='yellow')} {dataset} is left out: {problem}"
        tell(text, "dataset_left_out", "warning", dataset=dataset, problem=str(problem))


def failed(error: TidegateError, exit_code: int = 1) -> None:
    """The one line of an error that a user can meet."""
    if is_json():
        facts = {"error": error.problem, "remedy": error.remedy, "transient": isinstance(error, TransientError)}
        event("failed", "error", **facts, exit_code=exit_code)
    else:
        click.echo(f"{click.style('error:', fg='red')} {error}", err=True)


def console() -> Console:
    """For progress on standard error that only people read: silent where events take its place."""
    return Console(stderr=True, quiet=is_json())


def _shared_processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]


def _take_over_logging(captured: CapturedStderr) -> None:
    """Libraries log by Python's own means: the same lines, with the logger's name."""
    handler = logging.StreamHandler(captured.real)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_shared_processors(), structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _complete,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(True)


def _pass_on(line: str) -> None:
    """A line that something else wrote: JSON of a process of this run as it is, anything else as an event."""
    assert _captured is not None, "called by it"
    if line.startswith("{"):
        try:
            if all(key in json.loads(line) for key in REQUIRED):
                _captured.real.write(line + "\n")
                _captured.real.flush()
                return
        except ValueError:
            pass
    event("output", message=line)


def _complete(_logger: Any, _method: str, entry: _Entry) -> _Entry:
    """Every key that each line must have, in this order, and no secret."""
    entry["run_id"] = _run_id
    ordered = {name: entry.pop(name, None) for name in REQUIRED}
    secrets = sorted(_hidden, key=len, reverse=True)
    return {name: without_secrets(value, secrets) for name, value in (ordered | dict(entry)).items()}


def without_secrets(value: Any, secrets: list[str]) -> Any:
    """The value with each secret, and each password in an address, replaced."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
        return _PASSWORD_IN_ADDRESS.sub(rf"\1:{HIDDEN}@", value)
    if isinstance(value, dict):
        return {name: without_secrets(part, secrets) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(part, secrets) for part in value]
    return value
