"""Only what is new is read, what retention removed stays, and a topic made anew begins anew."""

from collections.abc import Iterator

import pytest

from tests.letters import letter
from tests.unit.dlq.served import Served
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.dlq import segments
from tidegate.dlq.layout import LETTERS
from tidegate.dlq.segments import MOST_SMALL_FILES, Gap, Kept, Topic, catch_up


def _kept(served: Served, heard: list[int]) -> Kept:
    return catch_up(Topic(served.settings, "dlq.clicks", served.settings.home / "clicks", LETTERS), heard.append)


def test_only_what_is_new_is_read(served: Served) -> None:
    heard: list[int] = []
    served.send(letter(1), letter(2))
    _kept(served, heard)
    served.send(letter(3))
    kept = _kept(served, heard)
    _kept(served, heard)

    assert heard == [2, 1]
    assert [path.name for path in kept.files] == ["p0-0-2.parquet", "p0-2-3.parquet"]


def test_what_is_no_letter_is_left_out(served: Served) -> None:
    served.broker.send("dlq.clicks", [(0, b"no letter"), (0, b"\0\0\0\0\1cut"), (0, None)])

    assert _kept(served, []).files == []


def test_a_topic_that_was_made_anew_is_read_from_its_beginning(served: Served) -> None:
    heard: list[int] = []
    served.send(letter(1))
    old = _kept(served, heard).files
    served.topic_ids["dlq.clicks"] = "second"
    new = _kept(served, heard).files

    assert heard == [1, 1]
    assert not old[0].exists() and new[0].exists()


def test_the_id_of_a_topic_may_have_a_slash(served: Served) -> None:
    heard: list[int] = []
    served.topic_ids["dlq.clicks"] = "a/b+c"
    served.send(letter(1))
    _kept(served, heard)

    assert len(_kept(served, heard).files) == 1
    assert heard == [1]


def test_marks_of_transactions_are_no_letters_that_expired(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.send(letter(1))
    _kept(served, [])
    (reached,) = served.settings.home.rglob("reached.json")
    reached.write_text('{"0": 2}')  # a mark at offset 1
    monkeypatch.setattr(segments, "topic_spans", lambda *_: {0: (2, 2)})

    assert _kept(served, []).unseen == 0


def test_what_holds_no_record_of_ours_is_read_once_and_is_no_gap(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[int, int]] = []

    def noted(scan: Scan) -> Iterator[Batch]:
        read.extend(scan.spans.values())
        return read_batches(scan)

    monkeypatch.setattr(segments, "read_batches", noted)
    served.send(letter(1))
    _kept(served, [])
    served.broker.send("dlq.clicks", [(0, b"no letter")] * 3)
    _kept(served, [])
    served.send(letter(2))
    kept = _kept(served, [])

    assert read == [(0, 1), (1, 4), (4, 5)]
    assert [path.name for path in kept.files] == ["p0-0-1.parquet", "p0-1-5.parquet"]


def test_columns_of_another_version_are_not_taken_for_these(served: Served) -> None:
    served.send(letter(1))
    (old,) = _kept(served, []).files
    fewer = {name: kept for name, kept in LETTERS.items() if name != "message"}

    (new,) = catch_up(Topic(served.settings, "dlq.clicks", served.settings.home / "clicks", fewer)).files
    assert new.parent != old.parent and not old.exists()


def test_many_small_files_become_one(served: Served) -> None:
    for number in range(MOST_SMALL_FILES + 1):
        served.send(letter(number))
        kept = _kept(served, [])

    assert len(kept.files) < MOST_SMALL_FILES
    with served.index() as index:
        assert index.rows("select count(*), count(distinct id) from letters") == [(MOST_SMALL_FILES + 1,) * 2]


def test_files_that_a_merged_one_stands_for_do_not_count_twice(served: Served) -> None:
    served.send(letter(1))
    (first,) = _kept(served, []).files
    whole = first.with_name("p0-0-2.parquet")
    whole.write_bytes(first.read_bytes())  # as a crash between the two steps of merging leaves them

    assert _kept(served, []).files == [whole]


def test_offsets_that_expired_before_they_were_read_are_told(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.send(letter(1), letter(2), letter(3))
    monkeypatch.setattr(segments, "topic_spans", lambda *_: {0: (2, 3)})

    kept = _kept(served, [])

    assert (kept.gaps, kept.unseen, kept.starts[0]) == ([Gap(0, 0, 2)], 2, 2)


def test_what_expired_after_it_was_read_still_counts(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.send(letter(1), letter(2), letter(3))
    with served.index():
        pass
    monkeypatch.setattr(segments, "topic_spans", lambda _, topic: {0: (2, 3)} if topic == "dlq.clicks" else {})

    with served.index() as index:
        states = index.rows("select source_offset, state from letters order by 1")
    assert states == [(1, "expired"), (2, "expired"), (3, "open")]


def test_there_is_nothing_without_a_topic(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "topic_id", lambda *_: None)

    assert _kept(served, []) == Kept([], {}, {}, [], None)
