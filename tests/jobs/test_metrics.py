"""Metrics per minute: the same as a batch computation, in the topic and in OpenSearch, late events counted."""

import math
import statistics
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import duckdb
import fastavro
import pyarrow as pa
import pytest
import ua_parser
from confluent_kafka.admin import AdminClient
from duckdb.func import SPECIAL

from tests.pipeline import Pipeline, produce, prove_window, tidegate
from tests.polling import wait_for
from tests.topics import read_committed
from tidegate.avro.codec import decode
from tidegate.clients.kafka_offsets import OffsetReader, Spans, reached, topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Metric
from tidegate.contracts.load import load_stream
from tidegate.settings import Settings

Values = dict[tuple[Any, ...], tuple[Any, ...]]
EXACT = 1e-9
"""As far as sums of doubles agree whose order differs."""
TOLERANCES = {"p50_ms": 0.01, "p95_ms": 0.01}

BATCH = {
    ("orders", "sales"): """
        select date_trunc('minute', order_time), coalesce(category, 'unknown'), coalesce(country, 'unknown'), currency,
            count(distinct order_id), sum(quantity), sum(amount),
            (2 * cast(sum(amount) * 100 as bigint) + count(distinct order_id)) // (2 * count(distinct order_id)) / 100
        from silver where status = 'paid' group by all""",
    ("clicks", "page_views"): """
        select date_trunc('minute', event_time), coalesce(country, 'unknown'), device_family,
            count(*), count(distinct session_id)
        from silver where event_type = 'view' group by all""",
    ("clicks", "funnel"): """
        select time_bucket(interval 5 minute, event_time), coalesce(country, 'unknown'),
            count(distinct session_id) filter (event_type = 'view'),
            count(distinct session_id) filter (event_type = 'cart'),
            count(distinct session_id) filter (event_type = 'checkout'),
            count(distinct session_id) filter (event_type = 'purchase'),
            count(distinct session_id) filter (event_type = 'purchase')
                / nullif(count(distinct session_id) filter (event_type = 'view'), 0)
        from silver where event_type in ('view', 'cart', 'checkout', 'purchase') group by all""",
    ("app_logs", "service_health"): """
        select date_trunc('minute', event_time), service_name,
            count(*), count(*) filter (is_error), count(*) filter (is_error) / count(*),
            quantile_cont(duration_ms, 0.5), quantile_cont(duration_ms, 0.95)
        from silver group by all""",
    ("clicks", "browsers"): """
        select time_bucket(interval 5 minute, event_time), browser(user_agent), os(user_agent),
            count(*), count(*) filter (event_type = 'view'), count(*) filter (event_type = 'purchase')
        from silver group by all""",
    ("app_logs", "error_anomalies"): """
        with counted as (
            select date_trunc('minute', event_time) as minute, service_name,
                count(*) as records, count(*) filter (is_error) as errors
            from silver group by all
        )
        select now.minute, now.service_name, any_value(now.records), any_value(now.errors),
            any_value(now.errors / now.records), count(past.minute),
            score(any_value(now.errors), any_value(now.records),
                coalesce(list(past.errors / past.records) filter (past.minute is not null), []))
        from counted as now left join counted as past
            on past.service_name = now.service_name
            and past.minute between now.minute - interval 30 minute and now.minute - interval 1 minute
        group by now.minute, now.service_name""",
}
DATASETS = sorted({dataset for dataset, _ in BATCH})
_read: dict[str, tuple[Spans, pa.Table]] = {}
"""By dataset, its rows of silver, and the offsets that they were read up to."""


@pytest.fixture(scope="module")
def judged(pipeline: Pipeline) -> Pipeline:
    """With events of each dataset, late and doubled ones among them, which have all come to silver."""
    for dataset in DATASETS:
        summary = produce(
            "--count", "5000", "--rate", "5000", "--seed", "41", "--late-ratio", "0.1", "--duplicate-ratio", "0.05",
            dataset=dataset,
        )  # fmt: skip
        report = prove_window(summary["offsets"], dataset=dataset)
        assert report["holds"], report
    return pipeline


@pytest.mark.parametrize(("dataset", "name"), BATCH, ids=lambda part: str(part))
def test_values_are_those_of_a_batch_computation(judged: Pipeline, dataset: str, name: str) -> None:
    assert len(_wait_for_the_values_of_a_batch(judged, dataset, name)) > 50


def test_a_replay_ends_with_the_same_values(pipeline: Pipeline) -> None:
    """All of silver is read again without any state: values go back, and come to where they were."""
    for dataset in DATASETS:
        sent = produce("--count", "1000", "--rate", "1000", "--seed", "43", "--late-ratio", "0.3", dataset=dataset)
        assert prove_window(sent["offsets"], dataset=dataset)["holds"]  # so all of it is in silver by now
    before = {metric: _wait_for_the_values_of_a_batch(pipeline, *metric) for metric in BATCH}
    ends = {metric: _metric_end(pipeline.settings, *metric) for metric in BATCH}

    tidegate("stop", "metrics")
    _forget_positions(pipeline.settings, DATASETS)
    tidegate("run", "metrics", "--recover-from", "none")
    wait_for("all of silver to be read again", lambda: _has_read_all(pipeline.settings, DATASETS))

    for metric, values in before.items():
        assert _wait_for_the_values_of_a_batch(pipeline, *metric) == values
        assert _metric_end(pipeline.settings, *metric) > ends[metric], f"{metric} was not written again"


def _wait_for_the_values_of_a_batch(pipeline: Pipeline, dataset: str, name: str) -> Values:
    """Until topic and index both hold what DuckDB computes from silver as it is by now: the topic's."""
    metric = _metric(pipeline.settings, dataset, name)
    wanted = _batch(pipeline, dataset, name, len(metric.key))
    wait_for(f"{name} in its topic", lambda: not _differences(metric, wanted, _in_topic(pipeline.settings, metric)))
    wait_for(f"{name} in OpenSearch", lambda: not _differences(metric, wanted, _indexed(pipeline.settings, metric)))
    return _in_topic(pipeline.settings, metric)


def _metric(settings: Settings, dataset: str, name: str) -> Metric:
    return next(each for each in load_stream(settings.schemas_dir, dataset).metrics if each.name == name)


def _metric_end(settings: Settings, dataset: str, name: str) -> int:
    """How many records its topic ever took."""
    spans = topic_spans(settings, _metric(settings, dataset, name).topic)
    return sum(end for _, end in spans.values())


def _forget_positions(settings: Settings, datasets: list[str]) -> None:
    """The job commits its positions for us to see; it does not start from them."""
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers})
    for future in admin.delete_consumer_groups([f"tidegate-metrics-{name}" for name in datasets]).values():
        future.result()


def _has_read_all(settings: Settings, datasets: list[str]) -> bool:
    reader = OffsetReader(settings)
    groups = {f"tidegate-metrics-{name}": load_stream(settings.schemas_dir, name).contract for name in datasets}
    positions = reader.committed(groups)
    return all(
        reached(reader.ends(reader.places([contract.silver_topic])), positions[group])
        for group, contract in groups.items()
    )


def _batch(pipeline: Pipeline, dataset: str, name: str, key_length: int) -> Values:
    """What DuckDB computes from all silver rows, by its own functions: a job begun from nothing counts any age."""
    silver = _silver(pipeline.settings, dataset)
    with duckdb.connect() as database:
        database.execute("set timezone = 'UTC'")
        database.register("silver", silver)
        _create_functions(database)
        found = database.execute(BATCH[dataset, name]).fetchall()
    return {row[:key_length]: row[key_length:] for row in found}


def _silver(settings: Settings, dataset: str) -> pa.Table:
    """All its rows; read again only where some have come."""
    loaded = load_stream(settings.schemas_dir, dataset)
    spans = topic_spans(settings, loaded.contract.silver_topic)
    if _read.get(dataset, ({}, None))[0] != spans:
        rows = read_committed(settings, loaded.contract.silver_topic, loaded.silver)
        columns = {name for name in rows[0] if not name.startswith("_") and name != "attributes"}
        table = pa.Table.from_pylist([{name: row[name] for name in columns} for row in rows])
        _read[dataset] = spans, table
    return _read[dataset][1]


def _create_functions(database: duckdb.DuckDBPyConnection) -> None:
    """What the metrics call, one value at a time and by other means than the functions of the jobs."""

    def family(parse: Callable[[str], Any]) -> Callable[[str | None], str]:
        return lambda agent: getattr(parse(agent or ""), "family", "unknown")

    def score(errors: int, records: int, baseline: list[float]) -> float | None:
        if len(baseline) < 5:
            return None
        median = statistics.median(baseline)
        deviation = 1.4826 * statistics.median(abs(rate - median) for rate in baseline)
        usual = (median * records + 0.5) / (records + 1)
        return (errors / records - median) / max(deviation, math.sqrt(usual * (1 - usual) / records))

    database.create_function(
        "browser", family(ua_parser.parse_user_agent), ["VARCHAR"], "VARCHAR", null_handling=SPECIAL
    )
    database.create_function("os", family(ua_parser.parse_os), ["VARCHAR"], "VARCHAR", null_handling=SPECIAL)
    database.create_function("score", score, ["BIGINT", "BIGINT", "DOUBLE[]"], "DOUBLE", null_handling=SPECIAL)


def _in_topic(settings: Settings, metric: Metric) -> Values:
    """The last value of each key."""
    names = [field["name"] for field in metric.schema["fields"]]
    values: Values = {}
    for record in _records(settings, metric):
        values[tuple(record[name] for name in metric.key)] = tuple(
            record[name] for name in names if name not in metric.key
        )
    return values


def _records(settings: Settings, metric: Metric) -> Iterator[dict[str, Any]]:
    schema = fastavro.parse_schema(metric.schema)
    spans = topic_spans(settings, metric.topic)
    for batch in read_batches(Scan(settings, metric.topic, spans)):
        for value in filter(None, batch.values):  # without a value: taken back for a moment, the next one follows
            yield decode(value, schema)


def _indexed(settings: Settings, metric: Metric) -> Values:
    names = [field["name"] for field in metric.schema["fields"]]
    hits = SearchClient(settings).search(metric.index, {"size": 10_000})["hits"]["hits"]
    values: Values = {}
    for hit in hits:
        source = hit["_source"]
        source[metric.key[0]] = datetime.fromisoformat(source[metric.key[0]])
        key = tuple(source[name] for name in metric.key)
        values[key] = tuple(source.get(name) for name in names if name not in metric.key)
    return values


def _differences(metric: Metric, wanted: Values, found: Values) -> list[tuple[Any, ...]]:
    """Keys whose values differ."""
    columns = [field["name"] for field in metric.schema["fields"] if field["name"] not in metric.key]

    def differ(key: tuple[Any, ...], values: tuple[Any, ...]) -> bool:
        return key not in found or not all(
            _is_close(column, value, other) for column, value, other in zip(columns, values, found[key], strict=True)
        )

    return [key for key, values in wanted.items() if differ(key, values)] + [key for key in found if key not in wanted]


def _is_close(column: str, wanted: Any, found: Any) -> bool:
    if wanted is None or found is None:
        return wanted is found
    return math.isclose(float(wanted), float(found), rel_tol=TOLERANCES.get(column, EXACT))
