"""One frozen settings object, read once: by the command or job that runs, which hands it on.

Who needs other values makes a new object of it (``model_copy(update=…)``), and a child process is given them by
:func:`as_environment`: nothing is ever written into this process's own environment.

Sources, the first that has a value wins: environment (``TIDEGATE_<NAME>``), ``stack.json`` in the home folder
(written by ``tidegate up``), the defaults below. Secrets never appear in ``repr``.
"""

import json
import os
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from tidegate.errors import TidegateError

STACK_FILE = "stack.json"
STACK_FILE_REMEDY = (
    "Correct that file, or bring a copy of it back; don't delete it: it holds the stack's privacy key, and with "
    "another key the same person gets another hash. If the key is set as TIDEGATE_PRIVACY_KEY, move the file away."
)
ENV_PREFIX = "TIDEGATE_"

# Flink refuses to checkpoint more often.
CheckpointInterval = Annotated[float, Field(ge=0.01, allow_inf_nan=False)]
JOB_GROUPS = r"^\s*[A-Za-z_]\w*\s*([,;]\s*[A-Za-z_]\w*\s*)*;?\s*$"
# What Kubernetes tells each container of a service named tidegate or tidegate-….
_OF_KUBERNETES = re.compile(r".*_SERVICE_(HOST|PORT(_.+)?)|.*_PORT_\d+_(TCP|UDP|SCTP)(_.+)?")
_ADDRESS_OF_KUBERNETES = re.compile(r"(tcp|udp|sctp)://.*")


def home_folder() -> Path:
    """Where the local stack keeps its data: ``$TIDEGATE_HOME``, else ``.tidegate`` in the current folder."""
    return Path(os.environ.get("TIDEGATE_HOME", ".tidegate")).absolute()


def cache_default() -> Path:
    """``tidegate`` in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidegate"


@lru_cache(maxsize=1)
def generated_run_id() -> str:
    """The id of this process's run, unless it is given one."""
    return uuid.uuid4().hex


class LogSettings(BaseSettings):
    """What is needed to report anything, a problem with the other settings too."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="ignore")

    log_format: Literal["text", "json"] = Field(
        default="text", description="progress and errors on standard error: text for people, or JSON lines"
    )
    run_id: str = Field(
        default_factory=generated_run_id, description="in every JSON line; else a new one for each command"
    )

    @field_validator("run_id")
    @classmethod
    def _never_empty(cls, run_id: str) -> str:
        return run_id or generated_run_id()


class Settings(LogSettings):
    """Endpoints, credentials and limits; units are in the names."""

    home: Path = Field(default_factory=home_folder, description="folder of the local stack")
    cache: Path = Field(default_factory=cache_default, description="downloaded server files, shared by all stacks")
    schemas_dir: Path = Field(default=Path("schemas"), description="folder of the contracts")
    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    registry_url: str = Field(
        default="http://127.0.0.1:8081/apis/ccompat/v7", description="Confluent-compatible registry API"
    )
    opensearch_url: str = "http://127.0.0.1:9200"
    opensearch_user: str | None = None
    opensearch_password: SecretStr | None = None
    opensearch_heap_mb: int = Field(default=1024, ge=512, description="heap of the local OpenSearch")
    opensearch_shards: int = Field(default=1, ge=1, description="primary shards of each new index")
    opensearch_replicas: int = Field(default=0, ge=0, description="copies of each shard; 0 suits a single node only")
    dashboards_url: str = Field(default="http://127.0.0.1:5601", description="OpenSearch Dashboards")
    s3_endpoint: str = "http://127.0.0.1:8333"
    s3_region: str = "us-east-1"
    s3_access_key: str | None = None
    s3_secret_key: SecretStr | None = None
    lake_catalog_uri: str = Field(default="http://127.0.0.1:8181", description="Iceberg REST catalog")
    lake_warehouse: str = "s3://warehouse"
    lake_archive: str | None = Field(
        default=None,
        pattern=r"^s3://[^/]+(/.+)?$",
        description="where `tidegate retention apply` copies silver's days before it removes them: s3://bucket/folder",
    )
    files_store: str = Field(
        default="s3://files", description="where copies of daily files are kept: s3://bucket/folder, or file:///folder"
    )
    flink_rest_url: str = "http://127.0.0.1:8088"
    flink_rest_urls: str | None = Field(
        default=None, description="where each job has a JobManager of its own: all of them for `monitor`, by commas"
    )
    flink_home: Path | None = Field(default=None, description="Flink distribution that `tidegate run` uses")
    flink_task_manager_memory: str = Field(
        default="2560m",
        pattern=r"^[1-9]\d*[mg]$",
        description="all memory of the local TaskManager, such as 3584m or 4g",
    )
    flink_task_slots: int = Field(
        default=10, ge=1, description="slots of the local TaskManager; a job takes as many as TIDEGATE_PARALLELISM"
    )
    privacy_key: SecretStr | None = Field(default=None, description="key of the HMAC for personal fields")
    redrive_key: SecretStr | None = Field(
        default=None,
        description="key by which redriven records are signed; the TaskManagers must have the same, else they are "
        "judged by the time of their second arrival",
    )
    transaction_timeout_s: int = Field(default=600, gt=0, description="Kafka transactions of the Flink sinks")
    refine_checkpoint_interval_s: CheckpointInterval = 2.0
    index_checkpoint_interval_s: CheckpointInterval = 5.0
    lake_checkpoint_interval_s: CheckpointInterval = 60.0
    metrics_checkpoint_interval_s: CheckpointInterval = 10.0
    metrics_max_lateness_hours: float = Field(
        default=144,
        gt=0,
        description="events that arrive later than this after they happened count in no metric",
    )
    metrics_since: AwareDatetime | None = Field(
        default=None, description="a metric leaves earlier events out; else whatever silver still holds whole days of"
    )
    parallelism: int = Field(
        default=1, ge=1, description="subtasks of each job; a second one helps where cores are left over"
    )
    job_groups: str = Field(
        default="shared",
        pattern=JOB_GROUPS,
        description="which datasets share a Flink job: shared (all), each (none), or groups: clicks,orders;logs",
    )
    savepoints: str | None = Field(default=None, description="folder of savepoints; else below the home folder")

    def checkpoint_interval_s(self, job: str) -> float:
        """How often a job commits: each one of ``tidegate.job_names`` has a setting of its own."""
        return float(getattr(self, f"{job}_checkpoint_interval_s"))

    def savepoint_dir(self) -> str:
        """Where ``tidegate stop`` keeps savepoints, as a URI."""
        return self.savepoints or f"file://{self.home}/flink-savepoints"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        stack_file = JsonConfigSettingsSource(settings_cls, json_file=home_folder() / STACK_FILE)
        return init_settings, env_settings, stack_file


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting for people: the variable that sets it, its value (a secret as ``***``), and where that comes from."""

    variable: str
    value: str | None
    source: str
    description: str


def settings_with_sources(settings: Settings) -> list[Setting]:
    """All settings, in the order of their declaration."""
    stack_file = home_folder() / STACK_FILE
    in_stack = json.loads(stack_file.read_text()).keys() if stack_file.exists() else ()
    in_environment = {name.upper() for name in os.environ}
    found = []
    for name, field in Settings.model_fields.items():
        variable, value = variable_of(name), getattr(settings, name)
        source = "environment" if variable in in_environment else str(stack_file) if name in in_stack else "default"
        if name == "run_id" and value == generated_run_id():  # an empty variable gives none
            source = "generated"
        found.append(Setting(variable, None if value is None else str(value), source, field.description or ""))
    return found


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return ENV_PREFIX + name.upper()


def as_environment(settings: Settings) -> dict[str, str]:
    """The variables by which another process reads these settings, run id included, wherever they came from.

    Secrets are not among them: the other process finds them where this one did, in the environment or ``stack.json``.
    """
    told = settings.model_fields_set | {"home", "run_id"}
    values = {name: getattr(settings, name) for name in Settings.model_fields if name in told}
    return {
        variable_of(name): value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in values.items()
        if value is not None and not isinstance(value, SecretStr)
    }


def with_stack(settings: Settings, endpoints: Mapping[str, object]) -> Settings:
    """The settings with the addresses and keys of a stack that is up now; the environment goes first, as ever."""
    in_environment = {name.upper() for name in os.environ}
    return settings.model_copy(
        update={name: value for name, value in endpoints.items() if variable_of(name) not in in_environment}
    )


def unknown_variables(environment: Mapping[str, str], others: Collection[str]) -> dict[str, str | None]:
    """Variables that look like a setting and are none, each with the setting that was probably meant.

    ``others``: variables that something else reads.
    """
    known = {variable_of(name) for name in Settings.model_fields} | set(others)
    given = {name: value for name, value in environment.items() if name.upper().startswith(ENV_PREFIX)}
    names = sorted(
        name
        for name, value in given.items()
        if name.upper() not in known and not (_OF_KUBERNETES.fullmatch(name) or _ADDRESS_OF_KUBERNETES.match(value))
    )
    return {name: _closest(name.upper(), known) for name in names}


def _closest(variable: str, known: Collection[str]) -> str | None:
    """Without the prefix, which would make all of them alike."""
    found = get_close_matches(
        variable.removeprefix(ENV_PREFIX), [name.removeprefix(ENV_PREFIX) for name in sorted(known)], n=1
    )
    return ENV_PREFIX + found[0] if found else None


def get_settings() -> Settings:
    """Reads the settings. Raises :class:`TidegateError` if one of them has a wrong value."""
    try:
        return Settings()
    except json.JSONDecodeError as error:
        raise TidegateError(
            f"{home_folder() / STACK_FILE} is not valid JSON: {error}.", remedy=STACK_FILE_REMEDY
        ) from error
    except ValueError as error:
        raise TidegateError(
            f"The settings can't be read: {_problem(error)}.",
            remedy=f"Correct the TIDEGATE_ variables of the environment, or the value in {home_folder() / STACK_FILE}.",
        ) from error
    except OSError as error:
        raise TidegateError(
            f"The settings can't be read: {error.filename or home_folder()}: {error.strerror}.",
            remedy="Set TIDEGATE_HOME to a folder that you may read, or run the command as the user it belongs to.",
        ) from error


def _problem(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
