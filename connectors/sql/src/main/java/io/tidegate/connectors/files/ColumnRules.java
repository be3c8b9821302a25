package io.tidegate.connectors.files;

import io.tidegate.connectors.json.UnknownFields;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;

/** Which columns a file must have, and may have. */
interface ColumnRules {
    /** The contract's. */
    Schema schema();

    UnknownFields unknownColumns();

    /** Whether a column may be missing whose field has a default. */
    boolean isMissingAllowed();
}
