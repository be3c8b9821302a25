"""What a wrong question is answered."""

import pytest

from tidegate.errors import TidegateError
from tidegate.query.session import Session


@pytest.mark.parametrize(
    ("sql", "problem", "remedy"),
    [
        ("select pagge from silver.clicks", "there is no column 'pagge'.", "silver.clicks has _source_offset, event"),
        ("select c.pagge from silver.clicks c", "there is no column 'pagge'.", "silver.clicks has _source_offset"),
        ("select * from silver.clickz", "there is no table 'silver.clickz'.", "The tables: gold.clicks_page_views, "),
        ("select * from clicks", "there is no table 'clicks'.", "gold.clicks_page_views_changes, silver.clicks."),
        ("select * from gold2.x", "there is no table 'gold2.x'.", "The tables: "),
        ("selec 1", "syntax error at or near", "`tidegate query` alone lists"),
        ("select page_url::int from silver.clicks", "Could not convert string", "Correct the SQL"),
        ("select nosuch(day) from silver.clicks", "nosuch", "Correct the SQL"),
        ("select count(*) from silver.clicks where day = 'x'", "Could not convert", "Correct the SQL"),
    ],
)
def test_it_is_one_line_with_what_there_is(session: Session, sql: str, problem: str, remedy: str) -> None:
    with pytest.raises(TidegateError) as raised:
        session.rows(sql, 10)
    assert problem in raised.value.problem
    assert remedy in raised.value.remedy
    assert "\n" not in str(raised.value)
