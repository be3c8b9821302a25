"""What a lake needs that is written to all day: looked at, its small files put together, its past removed."""
