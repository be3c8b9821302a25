"""Whose an operator is, by its uid as a state has it."""

import re

_FLINKS = r"^(?:[\w ]+: )?"
"""Flink puts its own words before the uid of a sink's committer."""
_TABLE = re.compile(rf"{_FLINKS}lake\.(?:bronze|silver)\.(\w+)(?::|$)")
"""Iceberg's sinks are called by their table, and have been so before operators had uids of ours."""

_SILVER_SOURCE = re.compile(r":KafkaSource-[^:]*\.silver(?:_records)?(?:\.v(\d+))?:\d+$")
"""The sources of silver, by what the jobs that read it call their tables."""


def versioned(label: str, version: int) -> str:
    """What the uid of a source of silver begins with: each version has its own, so that none is read from offsets of
    another one's topic.
    """
    return label if version == 1 else f"{label}.v{version}"


def silver_version(uid: str) -> int | None:
    """The version of silver's topic that a source reads; None of any other operator."""
    found = _SILVER_SOURCE.search(uid)
    return None if found is None else int(found[1] or 1)


def dataset_of(uid: str, job: str) -> str | None:
    """The dataset that an operator works for; None if its uid names none."""
    found = re.match(rf"{_FLINKS}{re.escape(job)}:(\w+):", uid) or _TABLE.match(uid)
    return found[1] if found else None


def is_of(uid: str, prefix: str) -> bool:
    """Whether an operator is one of those with the prefix: of a job and a dataset, or of a part of these, a metric."""
    job, dataset, *part = prefix.split(":")
    if part:
        return re.match(rf"{_FLINKS}{re.escape(prefix)}:", uid) is not None
    return dataset_of(uid, job) == dataset
