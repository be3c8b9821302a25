"""Contracts: what a dataset promises, and what other parts derive from it."""
