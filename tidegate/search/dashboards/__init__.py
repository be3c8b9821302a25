"""Dashboards for OpenSearch Dashboards, made from the contracts: the events of each dataset, and its metrics."""
