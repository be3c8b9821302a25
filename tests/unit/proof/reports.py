"""Two reports for tests: one that holds, and one with faults in two layers."""

import numpy as np

from tidegate.proof.report import LayerVerdict, ProofReport
from tidegate.proof.rows import Difference
from tidegate.proof.verdict import PartitionVerdict
from tidegate.proof.window import Window

NO_OFFSETS = np.array([], np.int64)


def difference(missing: list[int] | None = None, doubled: list[int] | None = None) -> Difference:
    found = (np.array(values or [], np.int64) for values in (missing, doubled, None))
    return Difference(*found)


def report_of(partitions: list[Difference], bronze: Difference) -> ProofReport:
    verdicts = [
        PartitionVerdict(Window(number, 0, 100, 100), 100, 90, 90, 4, 3, 3, behind=0, torn=NO_OFFSETS, difference=found)
        for number, found in enumerate(partitions)
    ]
    layer = LayerVerdict("lake_bronze", expected=200, actual=199, differences={0: bronze})
    return ProofReport("clicks", tuple(verdicts), (layer,), {"TRUNCATED": 8}, seconds=1.5, peak_rss_mb=80.4)


RIGHT = report_of([difference(), difference()], difference())
WRONG = report_of([difference(missing=[*range(20, 40)]), difference(missing=[7], doubled=[3])], difference(missing=[1]))
