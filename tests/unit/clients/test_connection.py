"""Each client gets the addresses and logins of the settings; a login that is not set is asked of nobody."""

import pytest
from pydantic import SecretStr

from tidegate.clients import connection
from tidegate.settings import Settings

PLAIN = Settings.model_construct(
    kafka_bootstrap_servers="kafka:9092",
    registry_url="http://registry:8080/apis/ccompat/v7",
    opensearch_url="https://opensearch:9200",
    dashboards_url="http://dashboards:5601",
    flink_rest_url="http://flink:8081/",
    s3_endpoint="http://s3:8333",
    lake_catalog_uri="http://catalog:8181/",
    lake_warehouse="s3://lake",
)
WITH_LOGINS = PLAIN.model_copy(
    update={
        "opensearch_user": "ann",
        "opensearch_password": SecretStr("open-sesame"),
        "s3_access_key": "key",
        "s3_secret_key": SecretStr("s3-secret"),
    }
)


def test_a_reader_of_kafka_sees_what_is_committed_and_commits_nothing_by_itself() -> None:
    options = connection.kafka_reader(PLAIN, "some-group")

    assert options["bootstrap.servers"] == "kafka:9092"
    assert (options["group.id"], options["isolation.level"]) == ("some-group", "read_committed")
    assert options["enable.auto.commit"] is False


def test_opensearch_and_its_dashboards_have_one_login() -> None:
    assert connection.opensearch(PLAIN) == {"hosts": ["https://opensearch:9200"], "http_auth": None}
    assert connection.dashboards(PLAIN) == {"base_url": "http://dashboards:5601", "auth": None}
    assert connection.opensearch(WITH_LOGINS)["http_auth"] == ("ann", "open-sesame")
    assert connection.dashboards(WITH_LOGINS)["auth"] == ("ann", "open-sesame")


def test_flink_is_asked_by_its_url_and_its_command_gets_host_and_port() -> None:
    assert connection.flink(PLAIN) == {"base_url": "http://flink:8081"}
    assert connection.flink_command(PLAIN) == ["--jobmanager", "flink:8081/"]


def test_s3_without_keys_looks_for_its_own() -> None:
    assert connection.s3(PLAIN)["aws_secret_access_key"] is None
    assert connection.s3(WITH_LOGINS)["aws_secret_access_key"] == "s3-secret"


def test_the_lake_is_the_same_for_python_and_for_flink() -> None:
    python, flink = connection.lake_catalog(WITH_LOGINS), connection.flink_sql(WITH_LOGINS).lake_catalog

    shared = python.keys() & flink.keys()
    assert shared >= {"uri", "warehouse", "credential", "s3.endpoint", "s3.access-key-id", "s3.secret-access-key"}
    assert {name: python[name] for name in shared} == {name: flink[name] for name in shared}
    assert python["oauth2-server-uri"] == "http://catalog:8181/v1/oauth/tokens"


def test_flink_is_told_no_login_where_there_is_none() -> None:
    connections = connection.flink_sql(PLAIN)

    assert connections.opensearch_login == {}
    assert "credential" not in connections.lake_catalog


@pytest.mark.parametrize("secret", ["open-sesame", "s3-secret"])
def test_secrets_are_in_no_repr(secret: str) -> None:
    connections = connection.flink_sql(WITH_LOGINS)

    assert secret in {*connections.opensearch_login.values(), *connections.lake_catalog.values()}
    assert secret not in repr(connections)
