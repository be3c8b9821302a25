"""Kafka: one node, broker and controller in one process (KRaft)."""

import base64
import subprocess
import uuid
from contextlib import closing
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from tidegate.errors import TidegateError
from tidegate.stack.java import java, jvm_options
from tidegate.stack.ports import LOOPBACK
from tidegate.stack.process import Command
from tidegate.stack.server import Server

HEALTH_TOPIC = "tidegate.health"
MAX_TRANSACTION_TIMEOUT_S = 900
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
RETENTION_H = 168
_QUIET = {"log_level": 0, "socket.timeout.ms": 5000}


class Kafka(Server):
    """The broker with its data in the stack's folder."""

    name = "kafka"
    port_names = ("kafka", "kafka_controller")
    jars = "kafka"
    memory_mb = 900

    def prepare(self) -> None:
        folder = self.stack.folder("data", "kafka")
        self._properties_file.write_text(self._properties())
        self._log_config_file.write_text(_LOG_CONFIG)
        if not (folder / "log" / "meta.properties").exists():
            self._format()

    def command(self) -> Command:
        main = ["kafka.Kafka", str(self._properties_file)]
        return Command([*self._jvm(*self.class_archive().options()), *main])

    def classpath(self) -> list[Path]:
        return self.cache.files("kafka")

    def check(self) -> None:
        """Write a record and read it back."""
        try:
            token = uuid.uuid4().hex.encode()
            self._ensure_health_topic()
            if self._read(self._write(token)) != token:
                raise self.not_ready("the record read back is not the one written")
        except KafkaException as error:
            raise self.not_ready(_reason(error)) from error

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.stack.ports.kafka}"

    def max_transaction_timeout_s(self) -> float:
        """What the running broker allows at most. Raises :class:`NotReadyError` if it does not answer."""
        admin = AdminClient({"bootstrap.servers": self.address, **_QUIET})
        resource = ConfigResource(ResourceType.BROKER, "1")
        try:
            config = admin.describe_configs([resource], request_timeout=10)[resource].result()
        except KafkaException as error:
            raise self.not_ready(_reason(error)) from error
        return int(config["transaction.max.timeout.ms"].value) / 1000

    @property
    def _properties_file(self) -> Path:
        return self.stack.folder("conf") / "kafka.properties"

    @property
    def _log_config_file(self) -> Path:
        return self.stack.folder("conf") / "kafka-log4j2.properties"

    def _jvm(self, *options: str) -> list[str]:
        classpath = ":".join(str(path) for path in self.classpath())
        return [
            java(),
            *jvm_options(512, self.temporary),
            *options,
            f"-Dlog4j2.configurationFile={self._log_config_file}",
            "-cp",
            classpath,
        ]

    def _format(self) -> None:
        cluster_id = _cluster_id()
        tool = [*self._jvm(), "kafka.tools.StorageTool", "format"]
        argv = [*tool, "--cluster-id", cluster_id, "--config", str(self._properties_file)]
        formatted = subprocess.run(argv, capture_output=True, text=True, check=False)
        if formatted.returncode != 0:
            raise TidegateError(
                f"Kafka's storage could not be formatted: {formatted.stderr.strip()[-300:]}.",
                remedy=f"Correct what it says about {self.stack.home / 'data' / 'kafka'}. If there is nothing in it to "
                "keep, `tidegate down --purge` and `tidegate up` begin again.",
            )

    def _properties(self) -> str:
        ports = self.stack.ports
        settings: dict[str, object] = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{LOOPBACK}:{ports.kafka_controller}",
            "listeners": f"PLAINTEXT://{LOOPBACK}:{ports.kafka},CONTROLLER://{LOOPBACK}:{ports.kafka_controller}",
            "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{ports.kafka}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.stack.folder("data", "kafka") / "log",
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            # Flink commits a transaction at its checkpoint: it must outlive a restart of the job.
            "transaction.max.timeout.ms": MAX_TRANSACTION_TIMEOUT_S * 1000,
            # Flink makes one id per checkpoint and subtask: kept for the default week they would pile up.
            "transactional.id.expiration.ms": 24 * 3600 * 1000,
            "message.max.bytes": MAX_MESSAGE_BYTES,
            "replica.fetch.max.bytes": MAX_MESSAGE_BYTES,
            "socket.request.max.bytes": 4 * MAX_MESSAGE_BYTES,
            "group.initial.rebalance.delay.ms": 0,
            "log.retention.hours": RETENTION_H,
            "num.network.threads": 2,
            "num.io.threads": 4,
        }
        return "".join(f"{key}={value}\n" for key, value in settings.items())

    def _ensure_health_topic(self) -> None:
        admin = AdminClient({"bootstrap.servers": self.address, **_QUIET})
        if HEALTH_TOPIC in admin.list_topics(timeout=5).topics:
            return
        config = {"retention.ms": "3600000", "segment.ms": "3600000"}
        created = admin.create_topics([NewTopic(HEALTH_TOPIC, 1, 1, config=config)], request_timeout=10)
        try:
            created[HEALTH_TOPIC].result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise

    def _write(self, token: bytes) -> int:
        producer = Producer({"bootstrap.servers": self.address, "acks": "all", "message.timeout.ms": 5000, **_QUIET})
        offsets: list[int] = []
        failures: list[object] = []

        def on_delivery(error: object, message: object) -> None:
            if error is not None:
                failures.append(error)
            else:
                offsets.append(message.offset())  # type: ignore[attr-defined]

        producer.produce(HEALTH_TOPIC, token, on_delivery=on_delivery)
        producer.flush(6)
        if not offsets:
            raise self.not_ready(f"a record was not written: {failures[0] if failures else 'no answer in 6 s'}")
        return offsets[0]

    def _read(self, offset: int) -> bytes | None:
        config = {
            "bootstrap.servers": self.address,
            "group.id": HEALTH_TOPIC,
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            **_QUIET,
        }
        with closing(Consumer(config)) as consumer:
            consumer.assign([TopicPartition(HEALTH_TOPIC, 0, offset)])
            message = consumer.poll(6)
            if message is None:
                raise self.not_ready("no record was read in 6 s")
            if message.error():
                raise self.not_ready(message.error())
            value = message.value()
            return value if isinstance(value, bytes) else None


def _cluster_id() -> str:
    """A random id of 22 characters. With a dash at its beginning, the tool would take it for an option."""
    while True:
        made = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not made.startswith("-"):
            return made


def _reason(error: KafkaException) -> str:
    cause = error.args[0]
    return str(cause.str()) if isinstance(cause, KafkaError) else str(cause)


_LOG_CONFIG = """\
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.name = console
appender.console.type = Console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %c - %m%n
# Their INFO lines repeat the whole configuration, or tell of each segment and each transaction.
logger.config.name = org.apache.kafka.common.config
logger.config.level = WARN
logger.serverconfig.name = kafka.server.KafkaConfig
logger.serverconfig.level = WARN
logger.segments.name = org.apache.kafka.storage.internals.log
logger.segments.level = WARN
logger.transactions.name = org.apache.kafka.coordinator.transaction
logger.transactions.level = WARN
"""
