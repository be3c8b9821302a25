"""Scans of the lake that see every file; whoever makes a catalog imports this.

pyiceberg plans a scan by several threads, a manifest each, and in 0.8 they share one evaluator of files' statistics,
which keeps those of the file that it looks at in itself. Of a table with several manifests a scan with a condition then
leaves out files that have such rows, now and then. Here each file is looked at by an evaluator of its own.
"""

import copy

from pyiceberg import table
from pyiceberg.expressions.visitors import _InclusiveMetricsEvaluator
from pyiceberg.manifest import DataFile


class OwnEvaluator(_InclusiveMetricsEvaluator):
    """May be asked by any number of threads at a time."""

    def eval(self, file: DataFile) -> bool:
        """Whether the file may have rows that meet the condition."""
        return _InclusiveMetricsEvaluator.eval(copy.copy(self), file)


table._InclusiveMetricsEvaluator = OwnEvaluator  # type: ignore[attr-defined]
