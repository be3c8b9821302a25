"""One frozen settings object, read once.

Sources, the first that has a value wins: environment (``TIDEGATE_<NAME>``), ``stack.json`` in the home folder
(written by ``tidegate up``), the defaults below. Secrets never appear in ``repr``.
"""

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from tidegate.errors import TidegateError

STACK_FILE = "stack.json"


def home_folder() -> Path:
    """Where the local stack keeps its data: ``$TIDEGATE_HOME``, else ``.tidegate`` in the current folder."""
    return Path(os.environ.get("TIDEGATE_HOME", ".tidegate")).absolute()


def cache_default() -> Path:
    """``tidegate`` in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidegate"


class LogSettings(BaseSettings):
    """What is needed to report anything, a problem with the other settings too."""

    model_config = SettingsConfigDict(env_prefix="TIDEGATE_", frozen=True, extra="ignore")

    log_format: Literal["text", "json"] = Field(
        default="text", description="progress and errors on standard error: text for people, or JSON lines"
    )
    run_id: str | None = Field(default=None, description="in every JSON line; else made anew for each command")


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
    opensearch_shards: int = Field(default=1, description="primary shards of each new index")
    opensearch_replicas: int = Field(default=0, description="copies of each shard; 0 suits a single node only")
    dashboards_url: str = Field(default="http://127.0.0.1:5601", description="OpenSearch Dashboards")
    s3_endpoint: str = "http://127.0.0.1:8333"
    s3_region: str = "us-east-1"
    s3_access_key: str | None = None
    s3_secret_key: SecretStr | None = None
    lake_catalog_uri: str = Field(default="http://127.0.0.1:8181", description="Iceberg REST catalog")
    lake_warehouse: str = "s3://warehouse"
    flink_rest_url: str = "http://127.0.0.1:8088"
    flink_home: Path | None = Field(default=None, description="Flink distribution that `tidegate run` uses")
    flink_task_manager_memory: str = "2560m"
    privacy_key: SecretStr | None = Field(default=None, description="key of the HMAC for personal fields")
    transaction_timeout_s: int = Field(default=600, description="Kafka transactions of the Flink sinks")
    refine_checkpoint_interval_s: float = 2.0
    index_checkpoint_interval_s: float = 5.0
    lake_checkpoint_interval_s: float = 60.0
    metrics_checkpoint_interval_s: float = 10.0
    metrics_max_lateness_hours: float = Field(
        default=144, description="events that arrive later than this after they happened count in no metric"
    )
    parallelism: int = 2
    savepoints: str | None = Field(default=None, description="folder of savepoints; else below the home folder")

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
        variable, value = f"TIDEGATE_{name.upper()}", getattr(settings, name)
        source = "environment" if variable in in_environment else str(stack_file) if name in in_stack else "default"
        found.append(Setting(variable, None if value is None else str(value), source, field.description or ""))
    return found


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once. Raises :class:`TidegateError` if one of them has a wrong value."""
    try:
        return Settings()
    except ValueError as error:
        raise TidegateError(
            f"The settings can't be read: {_problem(error)}.",
            remedy=f"Correct the TIDEGATE_ variables of the environment, or delete {home_folder() / STACK_FILE}.",
        ) from error


def _problem(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
