"""Sinks that refuse, or take their time: what they refuse for a while is sent again, and nothing is dead-lettered."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.conftest import StartDrill, revive
from tests.faults.http_proxy import Trouble, TroubledProxy, proxy_to
from tests.faults.servers import kill
from tests.pipeline import Pipeline, tidegate

AWAY_S = 60.0
TROUBLE_S = 30.0


@pytest.fixture
def rerun(healthy: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator["Rerun"]:
    """Restarts one job with other settings, and again with its own at the end."""
    made = Rerun(monkeypatch)
    yield made
    made.undo()


class Rerun:
    """Jobs that run with settings of a test."""

    def __init__(self, environment: pytest.MonkeyPatch) -> None:
        self._environment = environment
        self._jobs: list[str] = []

    def __call__(self, job: str, variable: str, value: str) -> None:
        self._environment.setenv(variable, value)
        self._jobs.append(job)
        tidegate("stop", job)
        tidegate("run", job)

    def undo(self) -> None:
        """The job with its own settings."""
        self._environment.undo()
        for job in self._jobs:
            tidegate("stop", job)
            tidegate("run", job)


@contextmanager
def _trouble(proxy: TroubledProxy, trouble: Trouble) -> Iterator[None]:
    with proxy.troubled(trouble):
        yield
    assert proxy.refused > 5
    assert proxy.passed > 5


@pytest.mark.long
def test_a_search_engine_that_is_away_and_then_refuses_a_third_of_the_bulks(
    healthy: Pipeline, start_drill: StartDrill, rerun: Rerun, seed: int
) -> None:
    with proxy_to(healthy.settings.opensearch_url, seed) as proxy:
        rerun("index", "TIDEGATE_OPENSEARCH_URL", proxy.url)
        drill = start_drill(f"OpenSearch away for {AWAY_S:.0f} s, then 429 to 30 % of bulks for {TROUBLE_S:.0f} s")
        drill.send()
        kill(healthy.settings, "opensearch")
        time.sleep(AWAY_S)  # the fault itself: nothing to poll for
        revive(healthy.settings)
        with _trouble(proxy, Trouble("/_bulk", share=0.3, status=429)):
            time.sleep(TROUBLE_S)  # the second fault
        drill.healed()
        drill.prove()
        rerun.undo()


@pytest.mark.long
def test_a_store_that_is_slow_and_refuses_every_other_request(
    healthy: Pipeline, start_drill: StartDrill, rerun: Rerun, seed: int
) -> None:
    with proxy_to(healthy.settings.s3_endpoint, seed) as proxy:
        rerun("lake", "TIDEGATE_S3_ENDPOINT", proxy.url)
        drill = start_drill(f"S3 answers 503 to half of the requests, the others after 1 s, for {TROUBLE_S:.0f} s")
        drill.send()
        with _trouble(proxy, Trouble("/", share=0.5, status=503, delay_s=1.0)):
            time.sleep(TROUBLE_S)  # the fault itself: nothing to poll for
        drill.healed()
        drill.prove()
        rerun.undo()
