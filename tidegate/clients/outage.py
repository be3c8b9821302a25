"""The wording of an outage, once for all clients: which server is away, where it was looked for, what to do."""

from dataclasses import dataclass

from tidegate.errors import TransientError
from tidegate.settings import Settings, variable_of


@dataclass(frozen=True, slots=True)
class Server:
    """A server as people call it, and the setting that says where it is; whether ``tidegate up`` starts one."""

    title: str
    setting: str
    is_local: bool = True

    def address(self, settings: Settings) -> str:
        """Where the settings look for it."""
        return str(getattr(settings, self.setting))


KAFKA = Server("Kafka", "kafka_bootstrap_servers")
REGISTRY = Server("the schema registry", "registry_url")
OPENSEARCH = Server("OpenSearch", "opensearch_url")
S3 = Server("S3", "s3_endpoint")
CATALOG = Server("the lake's catalog", "lake_catalog_uri")
FLINK = Server("Flink", "flink_rest_url")
DASHBOARDS = Server("OpenSearch Dashboards", "dashboards_url", is_local=False)


def outage(server: Server, settings: Settings, reason: str) -> TransientError:
    """``server`` does not answer; ``reason`` is the client's."""
    return TransientError(
        f"{server.title} at {server.address(settings)} does not answer ({reason}).", remedy=_remedy(server)
    )


def silence(server: Server, settings: Settings, what: str, waited_s: float) -> TransientError:
    """``server`` is asked for ``what`` and sends nothing, for so long that it is given up."""
    return TransientError(
        f"{server.title} at {server.address(settings)} sent nothing of {what} for {waited_s:.0f} s.",
        remedy=_remedy(server),
    )


def _remedy(server: Server) -> str:
    """For a local stack, and for servers that somebody else runs."""
    start = "Run `tidegate status`; start a stack of your own with `tidegate up`" if server.is_local else "Start it"
    return f"{start}, or set {variable_of(server.setting)} to where it is."
