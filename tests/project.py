"""Where the project is, so that a test may move without counting folders."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]

ACCESS_LOG = PROJECT / "tests" / "data" / "access_log.txt"
"""Requests of two days of May 2015 in the combined format, made for the tests: all names in it are examples."""
ACCESS_LOG_LINES = 500
