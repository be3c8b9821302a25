"""The newest samples of all readers, as Prometheus collects them."""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from tidegate import metric_names
from tidegate.metric_names import Metric
from tidegate.monitor.reading import Distribution, Reader, Sample, Since


class Board(Collector):
    """Readers put their samples here, each from its own thread; a scrape takes all of them, and asks nobody.

    The lock is held for what is already in memory, never while a server is asked: so no scrape waits for one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: dict[str, Sequence[Sample]] = {}
        self._up: dict[str, bool] = {}
        self._failures: Counter[str] = Counter()
        self._read_s: dict[str, float] = {}
        self._gone = set[Reader]()

    def expect(self, reader: Reader) -> None:
        """The reader's first reading begins: until one is whole, its age counts from here."""
        with self._lock:
            if reader in self._gone:
                return
            self._read_s.setdefault(reader.name, time.time())
            self._failures[reader.name] += 0

    def put(self, reader: Reader, samples: Sequence[Sample], began_s: float | None = None) -> None:
        """Takes a whole reading in place of the reader's last one; it was begun then (seconds since 1970)."""
        with self._lock:
            if reader in self._gone:
                return
            self._samples[reader.name] = samples
            self._failures[reader.name] += 0
            self._read_s[reader.name] = time.time() if began_s is None else began_s
            if reader.server:
                self._up[reader.server] = True

    def fail(self, reader: Reader, samples: Sequence[Sample] = ()) -> None:
        """Counts a failed reading; ``samples`` are what it gave before it failed, the only ones of it that are true."""
        with self._lock:
            if reader in self._gone:
                return
            self._failures[reader.name] += 1
            if reader.server:
                self._up[reader.server] = False
            if samples or not reader.keeps_last:
                self._samples[reader.name] = samples

    def forget(self, reader: Reader, *, replaced: bool) -> None:
        """Takes nothing of the reader any more. What it gave stays until the one that replaces it has read."""
        with self._lock:
            self._gone.add(reader)
            if not replaced:
                for told in (self._samples, self._failures, self._read_s):
                    told.pop(reader.name, None)

    def collect(self) -> Iterator[Family]:
        """One family per metric of the closed list, also of those without a sample yet."""
        with self._lock:
            samples = [sample for reading in self._samples.values() for sample in reading]
            samples += [Sample(metric_names.UP, (server,), float(up)) for server, up in self._up.items()]
            samples += [Sample(metric_names.READING_FAILURES, (name,), count) for name, count in self._failures.items()]
            samples += [Sample(metric_names.READING_AGE, (name,), Since(at_s)) for name, at_s in self._read_s.items()]
        # One of two samples with the same labels: with both, Prometheus would refuse the whole scrape.
        distinct = {(sample.metric.name, tuple(sample.labels)): sample for sample in samples}.values()
        now_s = time.time()
        for metric in metric_names.of_source("monitor"):
            yield family(metric, [sample for sample in distinct if sample.metric is metric], now_s)


def family(metric: Metric, samples: Iterable[Sample], now_s: float) -> Family:
    """The samples of one metric in the client library's form."""
    match metric.kind:
        case "histogram":
            histogram = HistogramMetricFamily(metric.name, metric.meaning, labels=metric.labels)
            for sample in samples:
                assert isinstance(sample.value, Distribution), metric.name
                histogram.add_metric(sample.labels, sample.value.cumulative(), sample.value.total)
            return histogram
        case "counter":
            counter = CounterMetricFamily(metric.name, metric.meaning, labels=metric.labels)
            for sample in samples:
                counter.add_metric(sample.labels, _number(sample, now_s))
            return counter
        case "gauge":
            gauge = GaugeMetricFamily(metric.name, metric.meaning, labels=metric.labels)
            for sample in samples:
                gauge.add_metric(sample.labels, _number(sample, now_s))
            return gauge


def _number(sample: Sample, now_s: float) -> float:
    assert not isinstance(sample.value, Distribution), sample.metric.name
    return max(0.0, now_s - sample.value.at_s) if isinstance(sample.value, Since) else sample.value
