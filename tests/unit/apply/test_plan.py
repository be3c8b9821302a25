"""A plan as it is shown."""

from tidegate.apply.job_steps import JobStep
from tidegate.apply.plan import Lacking, Line, Plan


def test_a_plan_tells_each_thing_in_the_order_in_which_it_is_done() -> None:
    lacking = Lacking(
        "readings", ("raw.readings (4 partitions)",), ("raw.readings-value v2",), ("events-readings",), True
    )
    assert Plan((lacking,), (JobStep(("refine",), ("readings",)),)).lines() == [
        Line("readings", "create topic raw.readings (4 partitions)"),
        Line("readings", "register subject raw.readings-value v2"),
        Line("readings", "put search template events-readings"),
        Line("readings", "import dashboards"),
        Line("readings", "start refine beside what runs"),
    ]


def test_where_nothing_is_lacking_there_is_no_line() -> None:
    assert Plan((Lacking("readings"),)).lines() == []
    assert not Lacking("readings", templates=("events-readings",)).registration
