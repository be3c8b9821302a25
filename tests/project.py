"""Where the project is, so that a test may move without counting folders."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
