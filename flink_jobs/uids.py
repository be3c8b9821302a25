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
    """Whether an operator works for the dataset whose operators have the prefix, of its job and itself."""
    job, _, dataset = prefix.partition(":")
    return dataset_of(uid, job) == dataset
