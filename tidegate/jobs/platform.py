"""Gathers what the SQL of a dataset's jobs needs beside the dataset."""

from tidegate.clients import connection
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_reference, platform_schema
from tidegate.settings import Settings
from tidegate.sql.platform import Platform


def platform_of(stream: Stream, settings: Settings) -> Platform:
    """The platform as the settings and the contract folder have it.

    Raises:
        ContractError: the stream is enriched by a reference that is not there.
    """
    return Platform(
        connections=connection.flink_sql(settings),
        dead_letter=platform_schema(settings.schemas_dir, "dead_letter"),
        dropped=platform_schema(settings.schemas_dir, "dropped"),
        references={
            enrich.reference: load_reference(settings.schemas_dir, enrich.reference)
            for enrich in stream.contract.enrich
        },
    )
