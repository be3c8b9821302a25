package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.RecordLimits;
import java.io.Serializable;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.configuration.ReadableConfig;

/** The format's options, as they travel to the tasks. */
record JsonConfig(String schemaJson, UnknownFields unknownFields, RecordLimits limits) implements Serializable {
    static JsonConfig from(ReadableConfig options) {
        return new JsonConfig(
                options.get(ContractJsonOptions.SCHEMA),
                options.get(ContractJsonOptions.UNKNOWN_FIELDS),
                RecordLimits.of(
                        options.get(ContractJsonOptions.MAX_RECORD_BYTES), options.get(ContractJsonOptions.RAW_MAX_BYTES)));
    }

    Schema schema() {
        return AvroTypes.parseContract("contract-json.schema", schemaJson);
    }
}
