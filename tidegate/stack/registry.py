"""The schema registry: Apicurio with its Confluent-compatible API and a store that survives kill -9."""

from pathlib import Path

import httpx

from tidegate.stack.java import java, jvm_options
from tidegate.stack.ports import LOOPBACK
from tidegate.stack.process import Command
from tidegate.stack.server import Server

HEALTH_SUBJECT = "tidegate.health-value"
_HEALTH_SCHEMA = '{"type": "string"}'


class Registry(Server):
    """One instance on an H2 file; several would share a Kafka topic instead."""

    name = "registry"
    port_names = ("registry", "registry_management")
    jars = "registry"
    memory_mb = 500

    def prepare(self) -> None:
        self.stack.folder("data", "registry")
        self.cache.unpacked("registry")

    def command(self) -> Command:
        store = self.stack.home / "data" / "registry" / "registry"
        env = {
            "QUARKUS_HTTP_HOST": LOOPBACK,
            "QUARKUS_HTTP_PORT": str(self.stack.ports.registry),
            "QUARKUS_MANAGEMENT_HOST": LOOPBACK,
            "QUARKUS_MANAGEMENT_PORT": str(self.stack.ports.registry_management),
            "APICURIO_STORAGE_KIND": "sql",
            "APICURIO_STORAGE_SQL_KIND": "h2",
            # WRITE_DELAY=0: without it a schema registered just before a crash is forgotten and its id used again.
            "APICURIO_DATASOURCE_URL": f"jdbc:h2:file:{store};WRITE_DELAY=0",
        }
        home = self.cache.unpacked("registry")
        options = [*jvm_options(256, self.temporary), *self.class_archive().options()]
        return Command([java(), *options, "-jar", "quarkus-run.jar"], env, cwd=home)

    def classpath(self) -> list[Path]:
        return [self.cache.unpacked("registry") / "quarkus-run.jar"]

    def check(self) -> None:
        """Register a schema and read it back by its id."""
        try:
            with httpx.Client(base_url=str(self.stack.endpoints()["registry_url"]), timeout=10) as client:
                answer = client.post(f"/subjects/{HEALTH_SUBJECT}/versions", json={"schema": _HEALTH_SCHEMA})
                schema_id = answer.raise_for_status().json()["id"]
                client.get(f"/schemas/ids/{schema_id}").raise_for_status()
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise self.not_ready(error) from error
