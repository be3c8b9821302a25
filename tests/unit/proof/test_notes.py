"""What a proof says that it is not about."""

from datetime import date

from tidegate.proof import notes
from tidegate.proof.open_transactions import OpenEnd
from tidegate.proof.retention import Edge, LeftOut


def test_what_retention_has_taken_is_named_by_its_offsets_and_by_the_topic() -> None:
    (note,) = notes.left_out(Edge("silver.x", 5000), [LeftOut(0, 10, 30), LeftOut(2, 0, 5)])

    assert "25 offsets (0:10–30, 2:0–5)" in note
    assert "before 1970-01-01T00:00:05Z" in note
    assert "silver.x" in note
    assert [*notes.left_out(Edge("silver.x", 5000), [])] == []
    assert [*notes.left_out(None, [])] == []


def test_rows_that_were_removed_on_purpose_are_named_by_the_day() -> None:
    (note,) = notes.taken("lake_silver", 1200, date(2026, 3, 1))

    assert "1,200 rows of lake silver of the days before 2026-03-01" in note
    assert [*notes.taken("lake_silver", 0, date(2026, 3, 1))] == []


def test_personal_values_that_may_be_gone_are_named_with_their_days() -> None:
    (note,) = notes.emptied({"user_id": date(2025, 1, 2), "ip": date(2026, 3, 1)})

    assert "ip before 2026-03-01, user_id before 2025-01-02" in note
    assert [*notes.emptied({})] == []


def test_many_partitions_are_cut_short() -> None:
    (note,) = notes.left_out(Edge("silver.x", 0), [LeftOut(number, 0, 1) for number in range(50)])

    assert "7:0–1, …)" in note
    assert "8:0–1" not in note


def test_an_open_transaction_is_named_with_its_remedy() -> None:
    (note,) = notes.behind_open_transactions([OpenEnd("silver.x", 3, 40, 52)])

    assert "12 offsets of silver.x, partition 3, from 40 on" in note
    assert "kafka-transactions.sh" in note
    assert "--topic silver.x --partition 3" in note


def test_actions_without_an_end_are_counted() -> None:
    (note,) = notes.unended({"park": 2, "redrive": 1})

    assert "2 park, 1 redrive" in note and "`tidegate audit list`" in note
    assert [*notes.unended({})] == []


def test_events_that_nobody_can_tell_any_more_and_silver_records_are_counted() -> None:
    assert "2 events" in next(notes.expired(2))
    assert "index TRUNCATED 3" in next(notes.silver_dead_letters({"index TRUNCATED": 3}))
    assert "1 records of silver" in next(notes.unknown_schemas(1))
    assert [*notes.expired(0), *notes.silver_dead_letters({}), *notes.unknown_schemas(0)] == []


def test_copies_and_discarded_letters_are_told_of_where_there_are_some() -> None:
    assert [*notes.redriven(0, 0)] == []
    copies, discarded = notes.redriven(1200, 3)
    assert copies.startswith("1,200 redriven copies")
    assert discarded.startswith("3 of the dead letters are discarded")


def test_documents_that_were_redriven_are_told() -> None:
    assert next(notes.redriven_documents(2)).startswith("2 documents that OpenSearch had refused were redriven")
    assert not [*notes.redriven_documents(0)]


def test_which_replays_have_judged_and_that_they_are_not_known() -> None:
    (note,) = notes.replayed(["20260103t000000-aa", "20260102t000000-bb"], 1200)
    assert "1,200 raw records" in note and "(20260103t000000-aa, 20260102t000000-bb)" in note
    assert [*notes.replayed(["20260103t000000-aa"], 0), *notes.replays_unknown("")] == []
