"""``error_rate_score(errors, records, baseline)``: how unusual an error rate is against a service's own past.

The modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993): the distance from the median
of the baseline, in units of its scaled median absolute deviation; from about 3.5 on a value counts as an outlier.
Median and MAD are not moved by the outliers themselves, unlike mean and standard deviation.

A service that never fails has a deviation of 0. No unit is therefore smaller than the sampling error that a rate of so
few records has anyhow, √(p(1−p)/n), p being the median with half an error added (Jeffreys' prior), so never 0.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ARGUMENTS = ("BIGINT", "BIGINT", "ARRAY<DOUBLE>")
RESULT = "DOUBLE"

MIN_BASELINE = 5
"""With fewer rates to compare with there is no score."""

MAD_TO_DEVIATION = 1.4826
"""MAD times this is the standard deviation of normally distributed values."""


def error_rate_score(errors: pd.Series, records: pd.Series, baseline: pd.Series) -> pd.Series:
    """The score of each rate ``errors / records`` against the rates in ``baseline``, whose order means nothing.

    Null without records, or with fewer than ``MIN_BASELINE`` rates in the baseline.
    """
    rates = _table(baseline)
    known = np.count_nonzero(~np.isnan(rates), axis=1)
    count = records.to_numpy(dtype=float, na_value=np.nan)
    rate = np.divide(
        errors.to_numpy(dtype=float, na_value=np.nan), count, where=count > 0, out=np.full(len(count), np.nan)
    )
    scored = (known >= MIN_BASELINE) & ~np.isnan(rate)
    scores = np.full(len(count), np.nan)
    scores[scored] = _scores(rate[scored], count[scored], rates[scored])
    return pd.Series(scores, index=errors.index).astype(object).where(scored, None)


def _scores(rate: Floats, count: Floats, rates: Floats) -> Floats:
    median = np.nanmedian(rates, axis=1)
    deviation = MAD_TO_DEVIATION * np.nanmedian(np.abs(rates - median[:, None]), axis=1)
    usual = (median * count + 0.5) / (count + 1)
    sampling_error = np.sqrt(usual * (1 - usual) / count)
    scores: Floats = (rate - median) / np.maximum(deviation, sampling_error)
    return scores


def _table(baseline: pd.Series) -> Floats:
    """One row per list, filled up with NaN."""
    lists = [[] if each is None else each for each in baseline]
    table = np.full((len(lists), max((len(each) for each in lists), default=0) or 1), np.nan)
    for row, each in zip(table, lists, strict=True):
        row[: len(each)] = each
    return table
