"""What the monitor is put together from."""

from datetime import UTC, datetime
from typing import Any
from urllib.request import urlopen

import pytest

from tests.frozen_server import HALF_AN_ANSWER, frozen_server
from tests.metrics import parse
from tests.polling import wait_for
from tests.project import PROJECT
from tidegate.errors import TidegateError
from tidegate.monitor import jobs
from tidegate.monitor.lake import LakeReader
from tidegate.monitor.reading import Reader
from tidegate.monitor.roster import Options
from tidegate.monitor.run import proof_process, serving
from tidegate.settings import Settings
from tidegate.stack.ports import free_ports

SETTINGS = Settings.model_validate({"schemas_dir": PROJECT / "schemas", "lake_checkpoint_interval_s": 7})


def silent(*said: str, **fields: Any) -> None:
    """Whatever the monitor has to say is not what is tested."""


def test_a_proof_is_about_what_the_jobs_write() -> None:
    def left_out(jobs: tuple[str, ...] | None) -> list[str]:
        command = proof_process(SETTINGS, Options(jobs=jobs)).command("clicks", datetime(2026, 1, 1, tzinfo=UTC))
        return [argument for argument in command if argument.startswith("--no-")]

    assert left_out(None) == left_out(("refine", "lake", "index")) == []
    assert left_out(("refine", "lake")) == ["--no-index"]


def test_a_taken_port_is_one_clear_error() -> None:
    options, (port,) = Options(every_s=60), free_ports(1)
    away = SETTINGS.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    with (
        serving(away, options, ("127.0.0.1", port), silent) as served,
        pytest.raises(TidegateError, match="--port"),
        serving(away, options, ("127.0.0.1", served), silent),
    ):
        pass


@pytest.mark.parametrize("said", [b"", HALF_AN_ANSWER], ids=["silent", "half an answer"])
def test_frozen_servers_are_told_by_name_and_no_scrape_waits_for_them(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reader, "deadline_s", 1.0)
    monkeypatch.setattr(LakeReader, "deadline_s", 1.0)
    monkeypatch.setattr(jobs, "ANSWER_S", 0.5)
    with frozen_server(said) as server:
        url = f"http://127.0.0.1:{server}"
        frozen = SETTINGS.model_copy(
            update={
                "kafka_bootstrap_servers": f"127.0.0.1:{server}",
                **dict.fromkeys(("registry_url", "opensearch_url", "lake_catalog_uri", "flink_rest_url"), url),
            }
        )
        with serving(frozen, Options(every_s=60), ("127.0.0.1", 0), silent) as port:

            def scraped() -> dict[str, float]:
                with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=1) as answer:
                    return parse(answer.read().decode()).by("tidegate_up", "server")

            assert scraped() == {}
            servers = ("kafka", "registry", "opensearch", "lake", "flink")
            wait_for("all of them to be down", lambda: scraped() == dict.fromkeys(servers, 0), timeout_s=30)
