"""Flink: a session cluster of one JobManager and one TaskManager."""

import sys
from pathlib import Path
from typing import Any

import httpx
import yaml

from tidegate.metric_names import flink_filter
from tidegate.stack import flink_home, process
from tidegate.stack.blank_free import blank_free
from tidegate.stack.class_archive import base_archive, class_archive
from tidegate.stack.java import java_home
from tidegate.stack.ports import LOOPBACK
from tidegate.stack.process import Command
from tidegate.stack.server import Server
from tidegate.stack.state import StackState

SLOTS = 10
"""By default: two for each of the four jobs, where parallelism is 2, and two for a replay beside them."""
METRICS_REPORTER = "org.apache.flink.metrics.prometheus.LoopbackPrometheusReporterFactory"
"""Flink's reporter in the form of `connectors/`; each process gets its port by its command line."""
HIGH_AVAILABILITY = "io.tidegate.highavailability.FileHaServicesFactory"
"""Of `connectors/`: a JobManager that is started again goes on with its jobs."""
HEARTBEAT_TIMEOUT_S = 20
"""How long a process may stand still before the others take it for lost. Flink's own 50 s suit a network."""


class JobManager(Server):
    """Takes jobs, and restores them after a failure; its start also renews the Flink distribution."""

    name = "jobmanager"
    port_names = ("flink_rest", "flink_rpc", "jobmanager_metrics")
    jars = "flink"
    memory_mb = 750

    def prepare(self) -> None:
        home = flink_home.make(self.stack.home, self.cache)
        options = {
            "env.java.opts.all": flink_home.java_options(),
            "env.java.opts.client": f"-Xshare:auto -XX:SharedArchiveFile={base_archive(blank_free(self.cache.root))}",
        }
        config = yaml.safe_dump({**options, **configuration(self.stack)}, sort_keys=False)
        (home / "conf" / "config.yaml").write_text(config)

    def command(self) -> Command:
        return _command(self, "jobmanager.sh")

    def classpath(self) -> list[Path]:
        return flink_home.library(self.stack.home)

    @property
    def address(self) -> str:
        return f"{super().address}, {_metrics_address(self)}"

    def check(self) -> None:
        """Ask for the cluster's overview, which the dispatcher answers."""
        _get(self, "/overview")


class TaskManager(Server):
    """Runs the tasks of all jobs, each slot one thread of each operator chain."""

    name = "taskmanager"
    port_names = ("taskmanager_metrics",)
    needs = ("jobmanager",)

    @property
    def memory_mb(self) -> int:
        """All that Flink may use, of which a tenth stays unused."""
        number, unit = self.stack.flink_task_manager_memory[:-1], self.stack.flink_task_manager_memory[-1]
        return int(number) * (1024 if unit == "g" else 1) * 9 // 10

    def prepare(self) -> None:
        """Nothing: it shares the distribution and the configuration the JobManager's start made."""

    def command(self) -> Command:
        return _command(self, "taskmanager.sh")

    def classpath(self) -> list[Path]:
        return flink_home.library(self.stack.home)

    def check(self) -> None:
        """Have the JobManager fetch this TaskManager's threads: a call that goes all the way and back."""
        mine = [member for member in _get(self, "/taskmanagers")["taskmanagers"] if self._is_mine(member)]
        if not any(member["slotsNumber"] == self.stack.flink_task_slots for member in mine):
            raise self.not_ready("it has not registered its slots with the JobManager")
        _get(self, f"/taskmanagers/{mine[0]['id']}/thread-dump")

    def _is_mine(self, member: dict[str, Any]) -> bool:
        """Not one that was killed before: it stays listed, with its last sign of life, until that times out."""
        alive = process.running(self.files)
        last_heartbeat_s = member["timeSinceLastHeartbeat"] / 1000  # an instant, 0 before the first
        return alive is not None and (last_heartbeat_s == 0 or last_heartbeat_s >= alive.create_time())

    @property
    def address(self) -> str:
        return f"{self.stack.flink_task_slots} slots, {_metrics_address(self)}"


def configuration(stack: StackState) -> dict[str, Any]:
    """``config.yaml``: what differs from Flink's defaults, and why."""
    python = str(blank_free(Path(sys.executable).parent) / Path(sys.executable).name)
    return {
        "env.java.home": str(blank_free(java_home())),
        "rest.address": LOOPBACK,
        "rest.bind-address": LOOPBACK,
        "rest.port": stack.ports.flink_rest,
        "jobmanager.rpc.address": LOOPBACK,
        "jobmanager.rpc.port": stack.ports.flink_rpc,
        "jobmanager.bind-host": LOOPBACK,
        "taskmanager.host": LOOPBACK,
        "taskmanager.bind-host": LOOPBACK,
        "metrics.reporter.prom.factory.class": METRICS_REPORTER,
        "metrics.reporter.prom.filter.includes": flink_filter(),
        "metrics.fetcher.update-interval": 2000,  # ms; how old the numbers of the REST API may be
        "python.client.executable": python,
        "python.executable": python,
        **_memory(stack),
        **_durability(stack),
    }


def _memory(stack: StackState) -> dict[str, Any]:
    return {
        "jobmanager.memory.process.size": "700m",
        "jobmanager.memory.jvm-metaspace.size": "160m",
        "jobmanager.memory.off-heap.size": "64m",
        "taskmanager.memory.process.size": stack.flink_task_manager_memory,
        "taskmanager.memory.managed.size": "64m",
        # Deduplication keeps its keys in RocksDB: one budget for all slots, outside of the heap.
        "state.backend.rocksdb.memory.managed": False,
        "state.backend.rocksdb.memory.fixed-per-tm": "384m",
        # Half of the heap for new objects: nearly all that jobs make is gone by the next collection.
        "env.java.opts.taskmanager": "-XX:+UseParallelGC -XX:NewRatio=1",
        "taskmanager.memory.network.min": "96m",
        "taskmanager.memory.network.max": "96m",
        # Of each result that a subtask of a batch job keeps; by default 512 of 32 KiB, of which 96 MB hold six.
        "taskmanager.network.sort-shuffle.min-buffers": 64,
        # Kafka's and S3's clients read and write through direct buffers.
        "taskmanager.memory.task.off-heap.size": "512m",
        "taskmanager.numberOfTaskSlots": stack.flink_task_slots,
    }


def _durability(stack: StackState) -> dict[str, Any]:
    return {
        "execution.checkpointing.storage": "filesystem",
        "execution.checkpointing.dir": _uri(stack.folder("flink-checkpoints")),
        "execution.checkpointing.savepoint-dir": _uri(stack.folder("flink-savepoints")),
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "execution.checkpointing.num-retained": 3,
        "heartbeat.timeout": f"{HEARTBEAT_TIMEOUT_S} s",
        "heartbeat.interval": "5 s",
        "high-availability.type": HIGH_AVAILABILITY,
        "high-availability.storageDir": _uri(stack.folder("flink-ha")),
        "high-availability.cluster-id": "tidegate",
        "high-availability.jobmanager.port": stack.ports.flink_rpc,
        # An outage is waited for, each failure is in the log and in `tidegate status`; the pause grows and resets.
        "restart-strategy.type": "exponential-delay",
        "restart-strategy.exponential-delay.initial-backoff": "1 s",
        "restart-strategy.exponential-delay.max-backoff": "10 s",
        "restart-strategy.exponential-delay.reset-backoff-threshold": "2 min",
    }


def _uri(folder: Path) -> str:
    """Not encoded: Flink takes ``%20`` for the name of a folder."""
    return f"file://{folder}"


def _metrics_address(server: Server) -> str:
    return f"metrics :{server.stack.ports.get(f'{server.name}_metrics')}"


def _command(server: Server, script: str) -> Command:
    stack = server.stack
    own = blank_free(stack.home)
    home = own / "flink"
    run, logs = (own / stack.folder(name).name for name in ("run", "logs"))
    archive = class_archive(blank_free(server.cache.root), server.name, server.classpath(), run)
    env = {
        "FLINK_HOME": str(home),
        flink_home.HOME_IS_SET: "1",
        "FLINK_CONF_DIR": str(home / "conf"),
        "FLINK_LOG_DIR": str(logs),
        "FLINK_PID_DIR": str(run),
        "JAVA_HOME": str(blank_free(java_home())),
        "JVM_ARGS": " ".join(archive.options()),
        "MAX_LOG_FILE_NUMBER": "2",
        # Keys reach functions through their process's environment, never through SQL, plan or log.
        "TIDEGATE_PRIVACY_KEY": stack.privacy_key.get_secret_value(),
        "TIDEGATE_REDRIVE_KEY": stack.redrive_key.get_secret_value(),
    }
    port = stack.ports.get(f"{server.name}_metrics")
    options = {"metrics.reporter.prom.port": port, "io.tmp.dirs": own / server.temporary.relative_to(stack.home)}
    arguments = [part for name, value in options.items() for part in ("-D", f"{name}={value}")]
    return Command([str(home / "bin" / script), "start-foreground", *arguments], env)


def _get(server: Server, path: str) -> Any:
    try:
        return httpx.get(server.stack.url("flink_rest") + path, timeout=10).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise server.not_ready(error) from error
