"""Tidegate: a streaming lakehouse gate on Kafka and Flink."""

__version__ = "0.1.0"
