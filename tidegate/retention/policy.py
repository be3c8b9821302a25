"""What a contract says of how long what is kept, and which days that makes too old. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import COORDINATES
from tidegate.contracts.model import Contract, Privacy
from tidegate.redrive.personal import columns_made_of


@dataclass(frozen=True, slots=True)
class Limit:
    """For how many days something is kept, and which line of the contract says so."""

    days: int
    said_by: str

    def before(self, today: date) -> date:
        """The days before this one are over for longer than that, with all their hours (UTC)."""
        return today - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal field: its paths in silver, for how long their values are kept, and what for.

    ``kept`` are those of the paths that can't be emptied, since rows are known by them.
    """

    field: str
    paths: tuple[str, ...]
    limit: Limit
    purpose: str
    kept: tuple[str, ...] = ()


def lake_limit(contract: Contract) -> Limit:
    """Of rows of silver and of what metrics were."""
    return Limit(contract.lake.retention_days, "lake.retention_days")


def raw_limit(contract: Contract) -> Limit:
    """Of records as they came, in bronze and in dead letters: personal values stand in their bytes, as they were sent.

    Of bytes no field can be taken out, so they are kept as long as the most sensitive field may be, at most.
    """
    return min([lake_limit(contract), *personal_limits(contract)], key=lambda limit: limit.days)


def index_limit(contract: Contract) -> Limit | None:
    """Of dated indices; None where the dataset is not indexed."""
    return None if contract.index is None else Limit(contract.index.retention_days, "index.retention_days")


def personal_limits(contract: Contract) -> list[Limit]:
    """Of each personal field, whatever becomes of it in silver."""
    return [Limit(privacy.retention_days, f"privacy.{privacy.field}.retention_days") for privacy in contract.privacy]


def personal_fields(stream: Stream) -> list[Personal]:
    """The personal fields, each with all that ``refine.sql`` makes of it in silver."""
    limits = personal_limits(stream.contract)
    return [_personal(stream, privacy, limit) for privacy, limit in zip(stream.contract.privacy, limits, strict=True)]


def due(fields: list[Personal], today: date) -> dict[str, date]:
    """By path in silver, the day before which its values are to be gone: of several fields the earliest decides."""
    found: dict[str, date] = {}
    for each in fields:
        for path in each.paths:
            before = each.limit.before(today)
            found[path] = max(before, found.get(path, before))
    return found


def _personal(stream: Stream, privacy: Privacy, limit: Limit) -> Personal:
    paths = [*columns_made_of(stream, privacy.field)]
    known_by = {*COORDINATES, *stream.contract.row_identity, stream.contract.event_time.column}
    kept = tuple(path for path in paths if path.partition(".")[0] in known_by)
    return Personal(privacy.field, tuple(path for path in paths if path not in kept), limit, privacy.purpose, kept)
