"""Which loopback port each part of the stack listens on, and how a free one is found."""

import random
import socket
import sys
from collections.abc import Iterable
from typing import Literal

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tidegate.errors import TidegateError

LOOPBACK = "127.0.0.1"
ENV_PREFIX = "TIDEGATE_PORT_"
PortChoice = Literal["auto", "default"]

# Below the range the kernel hands out for outgoing connections, which could take a port between choice and use.
AUTO_RANGE = range(20_000, 32_000)

_promises: list[socket.socket] = []
"""Held until this process ends, by when its servers listen; each keeps every other process from choosing the port."""


class Ports(BaseSettings):
    """TCP ports of the stack, all on loopback; ``TIDEGATE_PORT_<NAME>`` moves one."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="ignore")

    kafka: int = 9092
    kafka_controller: int = 9093
    registry: int = 8081
    registry_management: int = 8082
    opensearch: int = 9200
    opensearch_transport: int = 9300
    s3: int = 8333
    s3_grpc: int = 18333
    lake_catalog: int = 8181
    seaweedfs_master: int = 9333
    seaweedfs_master_grpc: int = 19333
    seaweedfs_volume: int = 9340
    seaweedfs_volume_grpc: int = 19340
    seaweedfs_filer: int = 8888
    seaweedfs_filer_grpc: int = 18888
    flink_rest: int = 8088
    flink_rpc: int = 6123
    jobmanager_metrics: int = 9249
    taskmanager_metrics: int = 9250

    def get(self, name: str) -> int:
        """The port of one field, by its name."""
        port = getattr(self, name)
        assert isinstance(port, int)
        return port


def choose_ports(choice: PortChoice | None, recorded: dict[str, int] | None) -> Ports:
    """The ports of a stack that is not running: as asked, else as last time, moved by the environment."""
    if choice == "auto":
        names = list(Ports.model_fields)
        return Ports.model_validate(dict(zip(names, free_ports(len(names)), strict=True)))
    from_environment = _ports_from_environment()
    if choice == "default" or recorded is None:
        return from_environment
    moved = from_environment.model_dump(include=from_environment.model_fields_set)
    return Ports.model_validate({**recorded, **moved})


def _ports_from_environment() -> Ports:
    try:
        return Ports()
    except ValidationError as error:
        names = ", ".join(port_setting(str(problem["loc"][0])) for problem in error.errors())
        raise TidegateError(f"{names} is not a port number.", remedy="Set it to one, or unset it.") from error


def recorded_ports(recorded: dict[str, int]) -> Ports:
    """The ports of a stack that runs: as recorded, whatever the environment says now."""
    return Ports().model_copy(update=recorded)


def free_ports(count: int) -> list[int]:
    """Different loopback ports that nothing listens on, and that no other running process was given here.

    A server may take a minute from the choice of its port until it listens.
    """
    candidates = random.SystemRandom().sample(AUTO_RANGE, len(AUTO_RANGE))
    found = [port for _, port in zip(range(count), filter(_is_promised, candidates), strict=False)]
    if len(found) < count:
        raise TidegateError(
            f"Fewer than {count} free ports between {AUTO_RANGE.start} and {AUTO_RANGE.stop}.",
            remedy="Stop some servers of this machine.",
        )
    return found


def _is_promised(port: int) -> bool:
    """Whether the port is free, and kept for this process from here on."""
    promise = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    if sys.platform == "linux":
        try:
            # An abstract name: no file, in the namespace that the ports are of, given back by the kernel.
            promise.bind(f"\0tidegate-port-{port}")
        except OSError:
            promise.close()
            return False
    if not is_free(port):
        promise.close()
        return False
    _promises.append(promise)
    return True


def is_free(port: int) -> bool:
    """Whether a server could bind this loopback port now."""
    with socket.socket() as probe:
        # Servers set this too: a connection in TIME_WAIT doesn't keep them from binding.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def accepts_connections(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def port_setting(name: str) -> str:
    """The environment variable that moves a port."""
    return ENV_PREFIX + name.upper()


def busy_ports(ports: Ports, names: Iterable[str]) -> list[str]:
    """Those of the named ports that another process holds."""
    return [name for name in names if not is_free(ports.get(name))]
