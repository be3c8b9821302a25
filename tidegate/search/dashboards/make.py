"""From a contract to its dashboards. Pure.

What a dataset's events are split by follows from its files: the fields that its metrics go by, and those whose values
a rule lists. A dataset with neither is split by its first keyword fields. Every field comes from the index template.
"""

import re
from collections.abc import Iterable, Sequence

from tidegate.avro.paths import column_of
from tidegate.contracts.dataset import Metric, Stream, is_stream
from tidegate.search.dashboards import charts
from tidegate.search.dashboards.saved_objects import dashboard, index_pattern, saved_search, visualization
from tidegate.search.mapping import JsonObject, alias, index_template, metric_template

MAX_DIMENSIONS = 4
MAX_MEASURES = 2
MAX_COLUMNS = 10
_WHOLE = frozenset({"integer", "long"})
_NUMBERS = _WHOLE | {"float", "double", "scaled_float"}
_LISTED = re.compile(r"\bIN\s*\(", re.IGNORECASE)
_FRACTIONS = frozenset({"float", "double"})
_NO_SUM = frozenset(
    re.findall(
        r"\w+",
        """age average avg battery celsius degrees depth duration height humidity latency length level max mean median
        min ms percent percentage position pressure price rank rate ratio score seconds share speed temperature
        width""",
    )
)
"""Words of a field's name that say several of its values have an average and no sum."""
_PERCENTILE = re.compile(r"^p\d+$", re.IGNORECASE)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NAMES_SOMETHING = frozenset(
    re.findall(
        r"\w+", "code codes id ids index key keys no nr num number numbers offset serial status uuid version year"
    )
)
"""Words at the end of a field's name that say it names or classifies something."""
_SAYS_HOW_MUCH = frozenset(
    re.findall(
        r"\w+",
        """amount attempts balance basket bytes cents clicks cost count counts days depth distance duration errors fee
        height hits hours items length mb minutes ms orders pages paid pieces points price quantity qty records requests
        retries revenue rows sales score seconds size sum tax times total units value views visits volume weight
        width""",
    )
)
"""Words of a field's name that say it is a quantity."""
_NOT_ID = re.compile(r"[^a-z0-9_]+")
Properties = dict[str, JsonObject]


def event_dashboard(dataset: Stream) -> list[JsonObject]:
    """The saved objects of a dataset's events: index pattern, charts, the newest events, and the dashboard.

    Raises:
        ContractError: the dataset is not searchable.
    """
    contract = dataset.contract
    properties: Properties = index_template(dataset)["template"]["mappings"]["properties"]
    name, time_field = alias(contract), contract.event_time.column
    split_by = dimensions(dataset, properties)
    states = {
        "events": charts.number(charts.count()),
        "events over time": charts.over_time(charts.count(), time_field, split_by[:1], "events"),
        **{f"events by {field}": charts.top(charts.count(), field, "events") for field in split_by},
        **dict(
            _over_time(field, aggregation(field, properties), time_field, split_by[:1])
            for field in measures(dataset, properties)
        ),
    }
    parts = [
        *_charts(name, dataset.name, states),
        saved_search(f"{name}-newest", f"{dataset.name}: newest", columns(dataset, properties), time_field, name),
    ]
    return [
        index_pattern(name, f"{name}-*", time_field),
        *parts,
        dashboard(f"{name}-dashboard", f"Tidegate: {dataset.name}", contract.description, parts),
    ]


def metric_dashboard(datasets: Iterable[Stream]) -> list[JsonObject]:
    """The saved objects of all metrics of the datasets: a chart per measure, split by the whole key, on one dashboard.

    Split by its whole key a measure is shown as it is, minute by minute: distinct counts and ratios don't add up.
    """
    patterns, parts = [], []
    for metric in (metric for dataset in datasets if is_stream(dataset) for metric in dataset.metrics):
        time_field, *split_by = metric.key
        patterns.append(index_pattern(metric.index, f"{metric.index}-*", time_field))
        states = dict(_over_time(field, kind, time_field, split_by) for field, kind in metric_measures(metric).items())
        parts += _charts(metric.index, f"{metric.dataset} {metric.name}", states)
    overview = dashboard(
        "metrics-dashboard", "Tidegate: metrics", "Business metrics per minute, from the job metrics.", parts
    )
    return [*patterns, *parts, overview]


def dimensions(dataset: Stream, properties: Properties) -> list[str]:
    """The keyword fields by which events are split."""
    contract = dataset.contract
    by_metrics = [field for metric in dataset.metrics for field in metric.key]
    by_rules = [column_of(rule.field) for rule in contract.rules if _LISTED.search(rule.check)]
    personal = {column_of(privacy.field) for privacy in contract.privacy}
    keywords = [
        name
        for name, mapping in properties.items()
        if mapping.get("type") == "keyword" and not name.startswith("_") and name not in personal
    ]
    known = [name for name in dict.fromkeys([*by_rules, *by_metrics]) if name in keywords]
    return (known or [name for name in keywords if name not in contract.identity_columns])[:MAX_DIMENSIONS]


def measures(dataset: Stream, properties: Properties) -> list[str]:
    """The numbers of an event that are worth a line: first those that add up, and of these first the amounts.

    A number is none that identifies, that a rule lists the values of, or that is named as an id or a code; a whole
    number is one only if its name says how much: a sum of badge numbers means nothing.
    """
    contract = dataset.contract
    listed = {column_of(rule.field) for rule in contract.rules if _LISTED.search(rule.check)}
    joined = [column_of(enrich.on) for enrich in contract.enrich] + [column_of(contract.topic.key or "")]
    numbers = [
        name
        for name, mapping in properties.items()
        if mapping.get("type") in _NUMBERS
        and not name.startswith("_")
        and name not in (*contract.row_identity, *listed, *joined)
        and _is_quantity(name, whole=mapping["type"] in _WHOLE)
    ]
    order = {name: (aggregation(name, properties) != "sum", properties[name]["type"] in _WHOLE) for name in numbers}
    return sorted(numbers, key=order.__getitem__)[:MAX_MEASURES]


def _is_quantity(name: str, *, whole: bool) -> bool:
    words = _words(name)
    if _names_something(words):
        return False
    return not whole or words[:2] == ["number", "of"] or not _SAYS_HOW_MUCH.isdisjoint(words)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _names_something(words: Sequence[str]) -> bool:
    """By the last word, but for a number behind it: ``alarm_code_2``."""
    named = [word for word in words if not word.isdigit()]
    return named[-1:] != [] and named[-1] in _NAMES_SOMETHING


def columns(dataset: Stream, properties: Properties) -> list[str]:
    """The columns of the table of newest events."""
    contract = dataset.contract
    wanted = [*contract.row_identity, *dimensions(dataset, properties), *measures(dataset, properties), *properties]
    shown = [name for name in wanted if name in properties and not name.startswith("_")]
    return [name for name in dict.fromkeys(shown) if name != contract.event_time.column][:MAX_COLUMNS]


def metric_measures(metric: Metric) -> dict[str, str]:
    """The numbers of a metric, each with its aggregation."""
    properties: Properties = metric_template(metric)["template"]["mappings"]["properties"]
    numbers = [name for name, mapping in properties.items() if mapping.get("type") in _NUMBERS]
    measured = [name for name in numbers if name not in metric.key and not _names_something(_words(name))]
    return {name: aggregation(name, properties) for name in measured}


def aggregation(field: str, properties: Properties) -> str:
    """How several values of a number become one: ``sum`` only of counts and amounts, else ``avg``.

    A whole number that got here counts something; a decimal has a sum only if its name says how much.
    """
    kind, words = properties[field]["type"], _words(field)
    if kind in _FRACTIONS or not _NO_SUM.isdisjoint(words) or any(_PERCENTILE.match(word) for word in words):
        return "avg"
    return "sum" if kind in _WHOLE or not _SAYS_HOW_MUCH.isdisjoint(words) else "avg"


def _over_time(field: str, kind: str, time_field: str, split_by: Sequence[str]) -> tuple[str, JsonObject]:
    title = f"{field} over time" if kind == "sum" else f"{field} over time, on average"
    return title, charts.over_time(charts.aggregate(kind, field), time_field, split_by, field)


def _charts(pattern_id: str, subject: str, states: dict[str, JsonObject]) -> list[JsonObject]:
    return [
        visualization(f"{pattern_id}-{_NOT_ID.sub('-', title)}", f"{subject}: {title}", state, pattern_id)
        for title, state in states.items()
    ]
