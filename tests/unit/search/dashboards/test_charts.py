"""Charts as OpenSearch Dashboards describes them."""

from tidegate.search.dashboards.charts import count, number, over_time, top


def test_the_ids_of_a_charts_aggregations_are_all_different() -> None:
    chart = over_time(count(), "event_time", ["country", "device"], "events")

    ids = [each["id"] for each in chart["aggs"]]
    assert len(ids) == len(set(ids)) == 4
    assert [each["type"] for each in chart["aggs"]] == ["count", "date_histogram", "terms", "terms"]


def test_a_further_split_has_fewer_lines() -> None:
    chart = over_time(count(), "event_time", ["a", "b", "c", "d"], "events")
    sizes = [each["params"]["size"] for each in chart["aggs"] if each["type"] == "terms"]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] > 0


def test_what_is_drawn_is_named_on_the_axis_and_in_the_legend() -> None:
    chart = top(count(), "page_url", "views")

    assert chart["params"]["valueAxes"][0]["title"] == {"text": "views"}
    assert chart["params"]["seriesParams"][0]["data"]["label"] == "views"
    assert chart["params"]["categoryAxes"][0]["position"] == "left"


def test_one_number_has_nothing_but_its_value() -> None:
    assert number(count())["aggs"] == [count()]
