"""Metrics as tests read them: a scrape by name and labels, and Prometheus by its API."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

Samples = dict[str, dict[tuple[tuple[str, str], ...], float]]


@dataclass(frozen=True, slots=True)
class Scrape:
    """Values by sample name and labels."""

    samples: Samples

    @property
    def names(self) -> set[str]:
        return set(self.samples)

    def labels_of(self, name: str) -> list[dict[str, str]]:
        return [dict(labels) for labels in self.samples.get(name, {})]

    def total(self, name: str, **labels: str) -> float:
        """The sum over all series with these labels."""
        wanted = set(labels.items())
        return sum(value for found, value in self.samples.get(name, {}).items() if wanted <= set(found))

    def by(self, name: str, label: str, **labels: str) -> dict[str, float]:
        """The same by the values of one label."""
        values = sorted({found[label] for found in self.labels_of(name) if labels.items() <= found.items()})
        return {value: self.total(name, **{label: value}, **labels) for value in values}


def scrape(*ports: int) -> Scrape:
    """What the servers on these ports export now, together."""
    return parse("".join(httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).text for port in ports))


def parse(text: str) -> Scrape:
    """Samples of the text format."""
    samples: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            samples.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return Scrape(samples)


def settled(read: Callable[[], Mapping[str, float]], quiet_s: float, timeout_s: float = 60) -> Mapping[str, float]:
    """The first values that stay as they are for ``quiet_s``."""
    last, since = read(), time.monotonic()
    deadline = since + timeout_s
    while time.monotonic() - since < quiet_s:
        assert time.monotonic() < deadline, f"still changing: {last}"
        time.sleep(0.5)
        now = read()
        if now != last:
            last, since = now, time.monotonic()
    return last


class PrometheusApi:
    """A few calls of Prometheus' HTTP API."""

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)

    def ready(self) -> bool:
        try:
            return self._http.get("/-/ready").is_success
        except httpx.TransportError:
            return False

    def range(self, expression: str, start_s: float, end_s: float) -> list[dict[str, Any]]:
        """The series of an expression, every two seconds."""
        query: dict[str, str | float] = {"query": expression, "start": start_s, "end": end_s, "step": 2}
        answer = self._http.get("/api/v1/query_range", params=query)
        assert answer.is_success, f"{expression}: {answer.text}"
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return result

    def rules(self) -> list[dict[str, Any]]:
        groups = self._http.get("/api/v1/rules").raise_for_status().json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]
