package io.tidegate.connectors.json;

/** What becomes of a field that the contract's schema lacks. */
public enum UnknownFields {
    REJECT,
    RESCUE,
    IGNORE
}
