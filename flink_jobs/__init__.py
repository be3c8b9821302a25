"""Flink jobs: the only place that imports pyflink."""
