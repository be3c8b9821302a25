"""Whose an operator is, by its uid as a state has it."""

import re

_FLINKS = r"^(?:[\w ]+: )?"
"""Flink puts its own words before the uid of a sink's committer."""
_TABLE = re.compile(rf"{_FLINKS}lake\.(?:bronze|silver)\.(\w+)(?::|$)")
"""Iceberg's sinks are called by their table, and have been so before operators had uids of ours."""


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
