"""The refine job that takes no record for a redriven one, and has no error budget: what the whole job is compared with.

``python -m benchmarks.budget`` submits it.
"""

import re
from dataclasses import replace

from benchmarks.jobs.refine_without_budget import nothing
from flink_jobs.begun import Begun
from flink_jobs.refine import JOB as REFINE_JOB
from flink_jobs.submit import main
from tidegate.contracts.dataset import Stream
from tidegate.settings import Settings
from tidegate.sql.job_sql import JobSql, View

_FIRST_ARRIVAL = re.compile(r"first_arrival\((\w+),[^)]*\)")


def sql(dataset: Stream, settings: Settings, begun: Begun) -> JobSql:
    """That of refine, where each record came when it was appended."""
    found = REFINE_JOB.sql(dataset, settings, begun)
    views = tuple(_plain(view) for view in found.shared_views)
    definitions = tuple(_plain(each) if isinstance(each, View) else each for each in found.definitions)
    changed = replace(found, shared_views=views, definitions=definitions)
    assert changed != found
    return changed


def _plain(view: View) -> View:
    return replace(view, query=_FIRST_ARRIVAL.sub(r"\1", view.query))


JOB = replace(REFINE_JOB, sql=sql, complete=nothing)

if __name__ == "__main__":
    main(JOB)
