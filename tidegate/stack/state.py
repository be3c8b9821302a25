"""What one stack is: its folder, ports and credentials, kept in ``stack.json`` (readable by its owner only)."""

import json
import os
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr

from tidegate.errors import TidegateError
from tidegate.settings import STACK_FILE, STACK_FILE_REMEDY, Settings
from tidegate.stack.blank_free import blank_free
from tidegate.stack.ports import LOOPBACK, PortChoice, Ports, choose_ports, recorded_ports


class StackState(BaseModel):
    """Everything a server needs to know about the stack it belongs to."""

    model_config = ConfigDict(frozen=True)

    home: Path
    ports: Ports
    s3_access_key: str
    s3_secret_key: SecretStr
    privacy_key: SecretStr
    redrive_key: SecretStr
    opensearch_heap_mb: int = 1024
    flink_task_manager_memory: str = "2560m"
    flink_task_slots: int = 10
    transaction_timeout_s: int = 600

    def folder(self, *parts: str) -> Path:
        """A folder of the stack, made if missing."""
        path = self.home.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def file(self) -> Path:
        """Where the state is kept."""
        return self.home / STACK_FILE

    def url(self, port_name: str) -> str:
        """The HTTP address of one port."""
        return f"http://{LOOPBACK}:{self.ports.get(port_name)}"

    def endpoints(self) -> dict[str, str | Path | SecretStr]:
        """Addresses and credentials, named and typed as the fields of :class:`tidegate.settings.Settings`."""
        return {
            "kafka_bootstrap_servers": f"{LOOPBACK}:{self.ports.kafka}",
            "registry_url": self.url("registry") + "/apis/ccompat/v7",
            "opensearch_url": self.url("opensearch"),
            "s3_endpoint": self.url("s3"),
            "s3_access_key": self.s3_access_key,
            "s3_secret_key": self.s3_secret_key,
            "lake_catalog_uri": self.url("lake_catalog"),
            "flink_rest_url": self.url("flink_rest"),
            "flink_home": blank_free(self.home) / "flink",
            "privacy_key": self.privacy_key,
            "redrive_key": self.redrive_key,
        }

    def save(self) -> None:
        """Write ``stack.json`` in one step, so that a reader never sees half of it."""
        self.home.mkdir(parents=True, exist_ok=True)
        recorded = {name: _plain(value) for name, value in self.endpoints().items()}
        text = json.dumps({**recorded, "ports": self.ports.model_dump()}, indent=2)
        draft = self.file.with_suffix(".draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text + "\n")
        draft.replace(self.file)


def _plain(value: str | Path | SecretStr) -> str:
    """For the file, which is its owner's alone: a secret as it is."""
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _recorded(file: Path) -> dict[str, object]:
    if not file.exists():
        return {}
    try:
        recorded = json.loads(file.read_text())
    except ValueError as error:
        raise TidegateError(f"{file} is not valid JSON: {error}.", remedy=STACK_FILE_REMEDY) from error
    return recorded if isinstance(recorded, dict) else {}


def _refuse_new_keys(settings: Settings) -> None:
    """A stack that has data had keys: another privacy key would give the same person another hash, without a word."""
    data = settings.home / "data"
    if settings.privacy_key is None and data.is_dir() and any(data.iterdir()):
        raise TidegateError(
            f"{settings.home / STACK_FILE} is gone, and with it the privacy key of the data in {data}.",
            remedy="Bring the file back, or set TIDEGATE_PRIVACY_KEY to that key. With another key set, joins over the "
            "change find nothing; `tidegate down --purge` begins from nothing.",
        )


def load_state(settings: Settings, *, choice: PortChoice | None = None, running: bool = False) -> StackState:
    """The stack in ``settings.home``: as recorded if it runs, else with new ports and missing keys made."""
    recorded = _recorded(settings.home / STACK_FILE)
    if not running:
        _refuse_new_keys(settings)
    entry = recorded.get("ports")
    known = {str(name): int(port) for name, port in entry.items()} if isinstance(entry, dict) else None
    ports = recorded_ports(known) if running and known else choose_ports(choice, known)
    return StackState(
        home=settings.home,
        ports=ports,
        s3_access_key=settings.s3_access_key or secrets.token_hex(10),
        s3_secret_key=settings.s3_secret_key or SecretStr(secrets.token_hex(20)),
        privacy_key=settings.privacy_key or SecretStr(secrets.token_hex(32)),
        redrive_key=settings.redrive_key or SecretStr(secrets.token_hex(32)),
        opensearch_heap_mb=settings.opensearch_heap_mb,
        flink_task_manager_memory=settings.flink_task_manager_memory,
        flink_task_slots=settings.flink_task_slots,
        transaction_timeout_s=settings.transaction_timeout_s,
    )
