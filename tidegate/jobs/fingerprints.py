"""What a job runs of a dataset, in a few signs: a started job carries them, a contract gives those it calls for.

They are made of the job's SQL and refine's error budget, and nothing else: a change of a description restarts nothing,
and neither the address of a server nor a secret is part of them, so that a command on another machine finds the same.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from tidegate.contracts.dataset import Stream
from tidegate.job_names import INDEX, LAKE, METRICS, REFINE
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings
from tidegate.sql import index, lake, metrics, refine
from tidegate.sql.connections import Connections
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import JobSql
from tidegate.sql.metrics import Counted
from tidegate.sql.platform import Platform
from tidegate.sql.scope import Scope

DATASET_PARAMETER = "tidegate.dataset."
"""What a job's global parameters that name its datasets begin with; the value is the fingerprint."""
_SIGNS = 12
_NO_ADDRESSES = Connections({}, {}, {}, {}, {})
_ANY_TIMEOUT_S = 900
_ANY_LATENESS_HOURS = 24.0


def fingerprints(stream: Stream, settings: Settings) -> dict[str, str]:
    """By job, what it would run of the dataset; a job that has nothing to do for it is not listed.

    Raises:
        ContractError: the stream is enriched by a reference that is not there.
    """
    platform = replace(platform_of(stream, settings), connections=_NO_ADDRESSES)
    budget = {REFINE: _budget(stream)}
    return {job: _signs(sql, budget.get(job, ())) for job, sql in _sql_of_jobs(stream, platform).items() if sql.inserts}


def parameter(dataset: str) -> str:
    """The name of the global parameter by which a job tells of one of its datasets."""
    return f"{DATASET_PARAMETER}{dataset}"


def datasets_in(parameters: Mapping[str, str]) -> dict[str, str]:
    """The fingerprints that a job tells by its global parameters, by dataset."""
    told = {name: value for name, value in parameters.items() if name.startswith(DATASET_PARAMETER)}
    return {name.removeprefix(DATASET_PARAMETER): value for name, value in told.items()}


def _sql_of_jobs(stream: Stream, platform: Platform) -> dict[str, JobSql]:
    return {
        REFINE: refine.job_sql(stream, platform, Scope(), Delivery(_ANY_TIMEOUT_S)),
        LAKE: lake.job_sql(stream, platform),
        **({INDEX: index.job_sql(stream, platform)} if stream.contract.index else {}),
        METRICS: metrics.job_sql(stream, platform, Counted(_ANY_LATENESS_HOURS)),
    }


def _budget(stream: Stream) -> tuple[str, ...]:
    """What refine is told beside its SQL."""
    dead_letters = stream.contract.dead_letters
    limits = (dead_letters.max_ratio, dead_letters.max_consecutive, dead_letters.window_s, dead_letters.min_events)
    return (*map(str, limits), dead_letters.action)


def _signs(sql: JobSql, beside: tuple[str, ...]) -> str:
    told = "\0".join((str(sql.state_ttl_ms), *sql.texts, *beside))
    return sha256(told.encode()).hexdigest()[:_SIGNS]
