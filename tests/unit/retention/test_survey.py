"""What is too old is told by where a day or an index ends."""

from datetime import date, timedelta

from tidegate.retention.policy import Limit, Personal
from tidegate.retention.survey import Emptied, Piece, Shelf, Survey, TopicKept

TODAY = date(2026, 11, 29)
LIMIT = Limit(30, "privacy.ip.retention_days")


def day(age: int, rows: int = 1) -> Piece:
    first = TODAY - timedelta(days=age)
    return Piece(first.isoformat(), first + timedelta(days=1), rows, 10 * rows)


def shelf(*pieces: Piece) -> Shelf:
    return Shelf("silver", "silver.clicks", LIMIT, LIMIT.before(TODAY), pieces)


def test_a_day_goes_when_its_last_hour_is_too_old() -> None:
    assert [piece.name for piece in shelf(day(30), day(31), day(0), day(400)).doomed] == ["2025-10-25", "2026-10-29"]


def test_an_index_of_a_month_stays_until_all_of_it_is_too_old() -> None:
    october = Piece("events-clicks-2026.10", date(2026, 11, 1), 5, 5)
    assert shelf(october).doomed == ()
    assert Shelf("index", "events-clicks", LIMIT, date(2026, 11, 1), (october,)).doomed == (october,)


def test_places_are_summed_for_machines() -> None:
    facts = shelf(day(31, 3), day(0, 4)).facts()
    assert facts["held"] == {"pieces": 2, "rows": 7, "bytes": 70, "oldest": "2026-10-29"}
    assert facts["removes"] == {"pieces": 1, "rows": 3, "bytes": 30, "names": ["2026-10-29"]}


def test_an_empty_place_has_nothing_to_remove() -> None:
    assert shelf().oldest is None
    assert shelf().facts()["removes"]["rows"] == 0


def test_there_is_work_where_something_is_too_old() -> None:
    personal = Personal("ip", ("ip",), LIMIT, "a test")
    nothing = Emptied(personal, LIMIT.before(TODAY))
    assert not Survey("clicks", TODAY, (shelf(day(0)),), (nothing,), ()).has_work
    assert Survey("clicks", TODAY, (shelf(day(31)),), (nothing,), ()).has_work
    assert Survey("clicks", TODAY, (), (Emptied(personal, LIMIT.before(TODAY), documents=1),), ()).has_work


def test_a_topic_that_keeps_personal_values_longer_is_told() -> None:
    assert TopicKept("raw.clicks", 721, LIMIT).is_too_long
    assert TopicKept("raw.clicks", None, LIMIT).is_too_long
    assert not TopicKept("raw.clicks", 720, LIMIT).is_too_long
    assert not TopicKept("raw.logs", None, None).is_too_long
