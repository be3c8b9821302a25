"""Which files are put together, by Iceberg's rules; that the job does so is in ``tests/flink/test_compact.py``."""

import pytest

from tidegate.clients.lake_contents import ListedFile
from tidegate.errors import TidegateError
from tidegate.lake_care.small_files import Compaction, Sizes, Small, by_columns, in_partitions, small_files

SIZES = Sizes(target=100, group=1_000)


def files(partition: str, *sizes: int, deletes: bool = False) -> list[ListedFile]:
    return [ListedFile(f"{partition}/{at}", partition, size, 1, deletes) for at, size in enumerate(sizes)]


def test_small_ones_of_a_partition_become_as_few_as_their_size_needs() -> None:
    found = small_files([*files("day=2", 10, 10, 10, 10, 10), *files("day=1", *[30] * 10)], SIZES)

    assert found == [Small("day=1", 10, 300, 3), Small("day=2", 5, 50, 1)]


def test_what_is_large_enough_is_left_alone_and_what_is_too_large_is_divided() -> None:
    assert small_files(files("day=1", 75, 100, 180), SIZES) == []
    assert small_files(files("day=1", 250), SIZES) == [Small("day=1", 1, 250, 3)]


@pytest.mark.parametrize(
    ("sizes", "into"),
    [
        ((10, 10, 10, 10), None),
        ((60, 60), 2),
        ((10,), None),
        ((1, 1, 1, 1, 1), 1),
        ((70, 70, 70), 2),
    ],
)
def test_few_small_ones_wait_until_they_make_a_file(sizes: tuple[int, ...], into: int | None) -> None:
    """A rest of a tenth is spread over the others."""
    expected = [] if into is None else [Small("day=1", len(sizes), sum(sizes), into)]

    assert small_files(files("day=1", *sizes), SIZES) == expected


def test_a_group_is_no_larger_than_a_task_takes_at_a_time() -> None:
    """The last one alone is left for the next time."""
    found = small_files(files("day=1", *[50] * 41), SIZES)

    assert found == [Small("day=1", 40, 2_000, 20)]


def test_files_that_delete_rows_are_none_to_put_together() -> None:
    assert small_files(files("day=1", *[1] * 9, deletes=True), SIZES) == []


def test_partitions_are_chosen_by_all_of_their_parts_or_some() -> None:
    every = [
        *files("year=2026/month=11/day=1", 1),
        *files("year=2026/month=11/day=21", 2),
        *files("year=2025/month=11/day=1", 3),
    ]

    def chosen(asked: str | None) -> list[int]:
        return [file.bytes for file in in_partitions(every, asked)]

    assert chosen(None) == [1, 2, 3]
    assert chosen("year=2026,month=11,day=1") == chosen("year=2026/month=11/day=01") == [1]
    assert chosen("year=2026, month=11") == [1, 2]
    with pytest.raises(TidegateError, match="no file is in a partition year=2024"):
        in_partitions(every, "year=2024")


@pytest.mark.parametrize(
    ("partitions", "named"),
    [
        (("year=2026/month=11", "year=null/month=1"), True),
        (("",), False),
        (("year=2026/month=11", "at_day=2026-11-21"), False),
        (("word=a/b",), False),
    ],
)
def test_partitions_are_named_by_columns_or_the_whole_table_is_meant(partitions: tuple[str, ...], named: bool) -> None:
    assert by_columns(partitions, {"year", "month", "at", "word"}) == (partitions if named else ())


def test_what_the_job_is_asked_for_is_read_as_it_was_written() -> None:
    asked = Compaction("silver.clicks", ("day=1", "day=2"), SIZES, 2)

    assert Compaction.from_json(asked.to_json()) == asked
