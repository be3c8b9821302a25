"""The one place that turns the settings into clients' options: addresses and logins, for Python and for Flink's SQL.

No client is made here. What a caller needs besides, such as timeouts and fetch sizes, it adds to what it gets.
"""

from typing import Any

from tidegate.clients.outage import Server
from tidegate.settings import Settings
from tidegate.sql.connections import Connections

ClientOptions = dict[str, Any]


def kafka(settings: Settings) -> ClientOptions:
    """For any client of confluent-kafka; it logs next to nothing, since what it raises is told."""
    return {"bootstrap.servers": settings.kafka_bootstrap_servers, "log_level": 2}


def kafka_reader(settings: Settings, group: str) -> ClientOptions:
    """For a consumer of committed records that is assigned its partitions; offsets are committed by call only."""
    return kafka(settings) | {"group.id": group, "enable.auto.commit": False, "isolation.level": "read_committed"}


def registry(settings: Settings) -> ClientOptions:
    """For a client of httpx."""
    return {"base_url": settings.registry_url}


def flink(settings: Settings) -> ClientOptions:
    """For a client of httpx."""
    return {"base_url": settings.flink_rest_url.rstrip("/")}


def flink_command(settings: Settings) -> list[str]:
    """For Flink's command line, which takes the address without its scheme."""
    return ["--jobmanager", settings.flink_rest_url.removeprefix("http://")]


def opensearch(settings: Settings) -> ClientOptions:
    """For a client of opensearch-py."""
    return {"hosts": [settings.opensearch_url], "http_auth": _opensearch_login(settings)}


def dashboards(settings: Settings) -> ClientOptions:
    """For a client of httpx; the login is OpenSearch's."""
    return {"base_url": settings.dashboards_url, "auth": _opensearch_login(settings)}


def s3(settings: Settings) -> ClientOptions:
    """For any client of boto3."""
    return {
        "endpoint_url": settings.s3_endpoint,
        "region_name": settings.s3_region,
        "aws_access_key_id": settings.s3_access_key,
        "aws_secret_access_key": settings.s3_secret_key.get_secret_value() if settings.s3_secret_key else None,
    }


def stranger(settings: Settings, server: Server) -> ClientOptions:
    """For a client of httpx that only wants to know whether somebody is there, and brings no key."""
    return {"base_url": server.address(settings)}


def lake_catalog(settings: Settings) -> dict[str, str]:
    """For pyiceberg's catalog."""
    key, secret = _s3_keys(settings)
    return {
        "type": "rest",
        "uri": settings.lake_catalog_uri,
        "warehouse": settings.lake_warehouse,
        "oauth2-server-uri": f"{settings.lake_catalog_uri.rstrip('/')}/v1/oauth/tokens",
        "credential": f"{settings.s3_access_key}:{secret}",
        "s3.endpoint": settings.s3_endpoint,
        "s3.access-key-id": key,
        "s3.secret-access-key": secret,
        "s3.region": settings.s3_region,
    }


def flink_sql(settings: Settings) -> Connections:
    """For the tables of Flink's jobs."""
    login = _opensearch_login(settings)
    return Connections(
        kafka={"bootstrap.servers": settings.kafka_bootstrap_servers},
        registry={"registry.url": settings.registry_url},
        opensearch={"hosts": settings.opensearch_url},
        opensearch_login={"username": login[0], "password": login[1]} if login and login[1] else {},
        lake_catalog=_flink_lake_catalog(settings),
    )


def _flink_lake_catalog(settings: Settings) -> dict[str, str]:
    options = {
        "uri": settings.lake_catalog_uri,
        "warehouse": settings.lake_warehouse,
        "io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        "s3.endpoint": settings.s3_endpoint,
        "s3.path-style-access": "true",
        # Asked for signatures too, SeaweedFS answers with an endpoint of its own, which would replace the settings'.
        "header.X-Iceberg-Access-Delegation": "vended-credentials",
        "client.region": settings.s3_region,
    }
    key, secret = _s3_keys(settings)
    if key:
        options |= {"credential": f"{key}:{secret}", "s3.access-key-id": key, "s3.secret-access-key": secret}
    return options


def _s3_keys(settings: Settings) -> tuple[str, str]:
    secret = settings.s3_secret_key.get_secret_value() if settings.s3_secret_key else ""
    return settings.s3_access_key or "", secret


def _opensearch_login(settings: Settings) -> tuple[str, str] | None:
    password = settings.opensearch_password.get_secret_value() if settings.opensearch_password else ""
    return (settings.opensearch_user, password) if settings.opensearch_user else None
