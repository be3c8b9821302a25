"""Prometheus metrics of a running producer, served on 127.0.0.1 unless told otherwise.

- tidegate_producer_sent_total: records handed to the client.
- tidegate_producer_delivered_total: records acknowledged by all in-sync replicas. Far below sent: look at the broker.
- tidegate_producer_failed_total: records that Kafka did not take. The run's last line says why.
- tidegate_producer_behind_seconds: how late the last batch was. Growing: lower the rate or add workers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from producers.sending.publish import Progress
from tidegate.errors import TidegateError


@dataclass(frozen=True, slots=True)
class Address:
    """Where the metrics are served; an empty host or 0.0.0.0 is every interface."""

    port: int
    host: str = "127.0.0.1"


class ProgressMetrics(Collector):
    """The latest progress as metrics, labelled with the dataset."""

    def __init__(self, dataset: str) -> None:
        self.latest = Progress()
        self._dataset = dataset

    def collect(self) -> Iterator[Metric]:
        """One value per metric, as of now."""
        latest = self.latest
        counters = (
            ("sent", "records handed to the client", latest.sent),
            ("delivered", "records acknowledged by all in-sync replicas", latest.delivered),
            ("failed", "records that Kafka did not take", latest.failed),
        )
        for name, meaning, value in counters:
            counter = CounterMetricFamily(f"tidegate_producer_{name}", meaning, labels=["dataset"])
            counter.add_metric([self._dataset], value)
            yield counter
        behind = GaugeMetricFamily("tidegate_producer_behind_seconds", "lateness of the last batch", labels=["dataset"])
        behind.add_metric([self._dataset], latest.behind_s)
        yield behind


@contextmanager
def serve(dataset: str, address: Address | None) -> Iterator[ProgressMetrics]:
    """Serves the metrics at ``address`` (None: nowhere) while the block runs.

    Raises:
        TidegateError: the port is taken, or the host is not this machine's.
    """
    metrics = ProgressMetrics(dataset)
    if address is None:
        yield metrics
        return
    registry = CollectorRegistry()
    registry.register(metrics)
    try:
        server, thread = start_http_server(address.port, addr=address.host, registry=registry)
    except OSError as error:
        raise TidegateError(
            f"metrics can't be served at {address.host}:{address.port} ({error.strerror}).",
            remedy="Give another --metrics-port or --metrics-host.",
        ) from error
    try:
        yield metrics
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
