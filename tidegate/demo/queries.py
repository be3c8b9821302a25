"""Three sample questions, answered by the search index, the lake and the dead letters."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.clients.lake import open_catalog
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.measure.output_watch import Example
from tidegate.search.mapping import JsonObject, alias
from tidegate.settings import Settings

TOP = 5
Rows = Sequence[tuple[str, ...]]

PURCHASES: JsonObject = {
    "size": TOP,
    "query": {
        "bool": {
            "filter": [
                {"term": {"event_type": "purchase"}},
                {"term": {"country": "DE"}},
                {"term": {"device_family": "phone"}},
            ]
        }
    },
    "sort": [{"amount": "desc"}, {"event_time": "asc"}],
    "_source": ["product_name", "category", "amount", "currency"],
}
DAYS: JsonObject = {
    "size": 0,
    "aggs": {
        "days": {
            "date_histogram": {"field": "event_time", "calendar_interval": "day", "format": "yyyy-MM-dd"},
            "aggs": {"sessions": {"cardinality": {"field": "session_id"}}},
        }
    },
}
REVENUE_SQL = f"""
select category, count(*) as purchases, sum(amount) as revenue
from clicks
where event_type = 'purchase' and category is not null
group by category
order by revenue desc
limit {TOP}
"""
PAGES_SQL = f"""
select page_url, count(*) as views, count(distinct ip) as visitors
from clicks
group by page_url
order by views desc, page_url
limit {TOP}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, who answered it, and the answer as a table."""

    question: str
    source: str
    columns: tuple[str, ...]
    rows: Rows

    def as_json(self) -> JsonObject:
        """For the report."""
        return {
            "question": self.question,
            "source": self.source,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
        }


def largest_purchases(settings: Settings, dataset: Stream) -> Answer:
    """The largest purchases made on phones in Germany, from the search index."""
    hits = SearchClient(settings).search(alias(dataset.contract), PURCHASES)["hits"]["hits"]
    rows = [hit["_source"] for hit in hits]
    return Answer(
        "the largest purchases from Germany by phone",
        "OpenSearch",
        ("product", "category", "amount"),
        [(str(row["product_name"]), str(row["category"]), f"{row['amount']} {row['currency']}") for row in rows],
    )


def busiest_days(settings: Settings, dataset: Stream) -> Answer:
    """Events and sessions by day, from the search index."""
    found = SearchClient(settings).search(alias(dataset.contract), DAYS)
    days = found.get("aggregations", {}).get("days", {}).get("buckets", [])
    return Answer(
        "events and sessions by day",
        "OpenSearch",
        ("day", "events", "sessions"),
        [
            (day["key_as_string"], f"{day['doc_count']:,}", f"{day['sessions']['value']:,}")
            for day in days
            if day["doc_count"]
        ][-TOP:],
    )


def revenue_by_category(settings: Settings, dataset: Stream) -> Answer:
    """What was sold for how much, from the lake."""
    rows = lake_sql(settings, dataset, REVENUE_SQL, ("event_type", "category", "amount"))
    return Answer(
        "revenue by category",
        "the lake, by DuckDB",
        ("category", "purchases", "revenue"),
        [(str(category), f"{purchases:,}", f"{revenue:,.2f}") for category, purchases, revenue in rows],
    )


def popular_pages(settings: Settings, dataset: Stream) -> Answer:
    """The pages with most views, from the lake."""
    rows = lake_sql(settings, dataset, PAGES_SQL, ("page_url", "ip"))
    return Answer(
        "the most viewed pages",
        "the lake, by DuckDB",
        ("page", "views", "visitors"),
        [(str(page), f"{views:,}", f"{visitors:,}") for page, views, visitors in rows],
    )


def dead_letters(counts: dict[str, int], examples: dict[str, Example]) -> Answer:
    """Dead letters by reason, as counted by the proof, each with the first one that this run saw."""
    rows: list[tuple[str, ...]] = []
    for code, count in counts.items():
        example = examples.get(code, Example("", ""))
        rows.append((code, f"{count:,}", example.place, example.message))
    return Answer("dead letters by reason", "the dead-letter topic", ("reason", "count", "first at", "message"), rows)


def lake_sql(settings: Settings, dataset: Stream, sql: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Runs SQL over these columns of the dataset's silver table, which it calls by the dataset's name."""
    duckdb = importlib.import_module("duckdb")
    table = open_catalog(settings).load_table(naming.lake_table("silver", dataset.name))
    with duckdb.connect() as connection:
        connection.register(dataset.name, table.scan(selected_fields=tuple(columns)).to_arrow())
        rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return rows
