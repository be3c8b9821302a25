"""The SQL functions of ``connectors/``, by the names that queries use."""

from pyflink.table import TableEnvironment

FUNCTIONS = {
    "hmac_sha256": "HmacSha256",
    "sha256_hex": "Sha256Hex",
    "violations": "Violations",
    "rule_names": "RuleNames",
    "first_rule_name": "FirstRuleName",
    "dead_letter_id": "DeadLetterId",
    "connect_headers": "ConnectHeaders",
    "dead_letter_key": "DeadLetterKey",
    "dead_letter_headers": "DeadLetterHeadersKept",
    "dead_letter_message": "DeadLetterMessage",
    "first_arrival": "FirstArrival",
    "redriven": "Redriven",
    "classify": "Classify",
    "item_min": "ItemMin",
    "item_max": "ItemMax",
    "is_among": "IsAmong",
    "storable": "Storable",
    "mappable": "Mappable",
    "converting": "Converting",
    "converted": "Converted",
    "iso_time": "IsoTime",
    "items": "Items",
    "counts_still": "CountsStill",
}


def register_functions(flink: TableEnvironment) -> None:
    """Makes the functions known, whose jar is on the class path."""
    for name, class_name in FUNCTIONS.items():
        flink.execute_sql(
            f"CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS {name} AS 'io.tidegate.functions.{class_name}'"
        )
