"""The monitor: what goes through the pipeline and how it fares, as Prometheus metrics from a closed list of names."""
