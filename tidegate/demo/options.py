"""What a demo run is asked to do."""

from dataclasses import dataclass
from pathlib import Path

from tidegate.job_names import INDEX, LAKE, REFINE
from tidegate.stack.ports import PortChoice

DATASET = "clicks"
JOBS = (REFINE, INDEX, LAKE)
BAD_RATIO = DUPLICATE_RATIO = LATE_RATIO = 0.01


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """``input`` replays a real log in place of generated traffic; ``keep`` leaves stack and jobs running."""

    seconds: float = 60
    rate_per_s: float = 5000
    input: Path | None = None
    keep: bool = False
    ports: PortChoice | None = None
