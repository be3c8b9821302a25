"""The refine job without transactions, whose rows may come twice after a failure: what exactly-once is compared with.

``python -m benchmarks.catch_up refine --at-least-once`` submits it.
"""

from dataclasses import replace

from flink_jobs import refine
from flink_jobs.environment import main
from tidegate.contracts.dataset import Stream
from tidegate.settings import Settings

_GUARANTEE = "'sink.delivery-guarantee' = '{}-once'"


def statements(dataset: Stream, settings: Settings) -> list[str]:
    """Those of refine, with sinks that show a row at once."""
    made = refine.statements(dataset, settings)
    changed = [sql.replace(_GUARANTEE.format("exactly"), _GUARANTEE.format("at-least")) for sql in made]
    if changed == made:
        raise ValueError("no sink of refine names its guarantee")
    return changed


JOB = replace(
    refine.JOB,
    statements=statements,
    options={**refine.JOB.options, "execution.checkpointing.mode": "AT_LEAST_ONCE"},
)

if __name__ == "__main__":
    main(JOB)
