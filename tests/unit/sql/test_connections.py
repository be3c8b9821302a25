"""Options of a server are written down under a connector's own names."""

from tidegate.sql.connections import prefixed


def test_each_name_gets_the_prefix_and_the_order_stays() -> None:
    options = prefixed("properties.", {"bootstrap.servers": "kafka:9092", "acks": "all"})

    assert list(options.items()) == [("properties.bootstrap.servers", "kafka:9092"), ("properties.acks", "all")]
