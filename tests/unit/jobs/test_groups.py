"""Which datasets share a Flink job, by the setting and by what is asked for."""

import pytest

from tidegate.errors import TidegateError
from tidegate.jobs.groups import grouped, name_of, to_start
from tidegate.settings import Settings

ALL = ["clicks", "logs", "orders", "readings"]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("shared", {"": ("clicks", "logs", "orders", "readings")}),
        ("each", {name: (name,) for name in ALL}),
        ("readings", {"": ("clicks", "logs", "orders"), "readings": ("readings",)}),
        (
            "clicks, orders; readings;",
            {"clicks-orders": ("clicks", "orders"), "": ("logs",), "readings": ("readings",)},
        ),
        ("clicks,of_another_folder", {"clicks-of_another_folder": ("clicks",), "": ("logs", "orders", "readings")}),
    ],
)
def test_the_setting_says_which_datasets_share_a_job(setting: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert grouped(Settings(job_groups=setting).job_groups, ALL) == expected


def test_a_dataset_in_two_groups_is_refused() -> None:
    with pytest.raises(TidegateError, match="TIDEGATE_JOB_GROUPS has clicks in two groups"):
        grouped("clicks,orders;clicks", ALL)


@pytest.mark.parametrize("setting", ["", ";", "clicks;;orders", "clicks orders", "clicks-orders", "9clicks"])
def test_a_setting_that_says_nothing_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="job_groups"):
        Settings(job_groups=setting)


def test_a_group_of_many_has_a_short_name() -> None:
    many = [f"dataset_{number}" for number in range(30)]
    assert name_of(["clicks", "orders"]) == "clicks-orders"
    assert name_of(many) == "dataset_0-and-29-more"


SHARED = {"": ("clicks", "orders", "readings")}


@pytest.mark.parametrize(
    ("groups", "wanted", "taken", "named", "expected"),
    [
        (SHARED, ["clicks", "orders", "readings"], [], False, SHARED),
        (SHARED, ["clicks", "orders"], ["readings"], False, {"": ("clicks", "orders")}),
        (SHARED, ["readings"], [""], False, {"readings": ("readings",)}),
        (SHARED, ["readings"], [], True, {"readings": ("readings",)}),
        (SHARED, ["clicks", "orders", "readings"], [], True, SHARED),
        (SHARED, ["orders", "readings"], ["", "clicks"], True, {"orders-readings": ("orders", "readings")}),
        ({"": ("clicks",), "a-b": ("a", "b")}, ["a"], [], True, {"a": ("a",)}),
        ({"": ("clicks",), "a-b": ("a", "b")}, ["a", "b"], [""], True, {"a-b": ("a", "b")}),
        (SHARED, [], [""], False, {}),
    ],
)
def test_what_is_asked_for_is_started_beside_what_runs(
    groups: dict[str, tuple[str, ...]],
    wanted: list[str],
    taken: list[str],
    named: bool,
    expected: dict[str, tuple[str, ...]],
) -> None:
    assert to_start(groups, wanted, taken, named=named) == expected


@pytest.mark.parametrize("setting", ["shared", "clicks,orders"])
def test_a_dataset_that_may_end_its_job_has_one_of_its_own(setting: str) -> None:
    found = grouped(setting, ALL, alone=["clicks"])
    assert found.pop("clicks") == ("clicks",)
    assert "clicks" not in [name for names in found.values() for name in names]
