"""An outage says which server is away, where it was looked for, and what to do: here, or about servers elsewhere."""

import pytest

from tidegate.clients.outage import CATALOG, DASHBOARDS, FLINK, KAFKA, OPENSEARCH, REGISTRY, S3, Server, outage, silence
from tidegate.settings import Settings, variable_of

SERVERS = (KAFKA, REGISTRY, OPENSEARCH, S3, CATALOG, FLINK)


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.setting)
def test_an_outage_names_the_address_the_reason_and_both_remedies(server: Server) -> None:
    settings = Settings.model_validate({server.setting: "http://there:99"})

    error = outage(server, settings, "no route")

    assert error.problem == f"{server.title} at http://there:99 does not answer (no route)."
    for remedy in ("`tidegate status`", "`tidegate up`", variable_of(server.setting)):
        assert remedy in error.remedy


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.setting)
def test_the_address_is_a_setting(server: Server) -> None:
    assert server.setting in Settings.model_fields


def test_what_the_local_stack_does_not_have_is_not_started_by_it() -> None:
    error = outage(DASHBOARDS, Settings(dashboards_url="http://there:5601"), "no route")

    assert error.remedy == "Start it, or set TIDEGATE_DASHBOARDS_URL to where it is."


def test_a_server_that_stays_silent_is_told_with_what_was_asked() -> None:
    error = silence(KAFKA, Settings(kafka_bootstrap_servers="there:9092"), "raw.clicks", 30)

    assert error.problem == "Kafka at there:9092 sent nothing of raw.clicks for 30 s."
    assert "TIDEGATE_KAFKA_BOOTSTRAP_SERVERS" in error.remedy
