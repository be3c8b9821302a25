package io.tidegate.connectors.json;

import io.tidegate.common.Names;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of format {@code contract-json}, without their prefix. */
final class ContractJsonOptions {
    static final ConfigOption<String> SCHEMA = ConfigOptions.key("schema")
            .stringType()
            .noDefaultValue()
            .withDescription("The contract's Avro schema: its fields are found by their property 'json', or else by name.");

    static final ConfigOption<UnknownFields> UNKNOWN_FIELDS = ConfigOptions.key("unknown-fields")
            .enumType(UnknownFields.class)
            .defaultValue(UnknownFields.IGNORE)
            .withDescription("What becomes of a field that the schema lacks: the record is rejected, the field is kept as text"
                    + " in metadata column 'rescued', or it is passed over.");

    static final ConfigOption<MemorySize> MAX_RECORD_BYTES = ConfigOptions.key("max-record-bytes")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(1))
            .withDescription("A longer record is RECORD_TOO_LARGE.");

    static final ConfigOption<MemorySize> RAW_MAX_BYTES = ConfigOptions.key("raw.max-bytes")
            .memoryType()
            .defaultValue(new MemorySize(Names.PAYLOAD_LIMIT_BYTES))
            .withDescription("Metadata column 'raw' holds at most so many of the record's first bytes.");

    private ContractJsonOptions() {}
}
