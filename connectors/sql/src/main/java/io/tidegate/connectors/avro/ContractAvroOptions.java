package io.tidegate.connectors.avro;

import io.tidegate.common.Names;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of format {@code contract-avro}, without their prefix. */
final class ContractAvroOptions {
    static final ConfigOption<String> REGISTRY_URL = ConfigOptions.key("registry.url")
            .stringType()
            .noDefaultValue()
            .withDescription("Base address of the registry's Confluent-compatible API.");

    static final ConfigOption<Duration> REGISTRY_RETRY_TIMEOUT = ConfigOptions.key("registry.retry-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(10))
            .withDescription("How long an unreachable registry is asked again before the task fails.");

    static final ConfigOption<String> SCHEMA = ConfigOptions.key("schema")
            .stringType()
            .noDefaultValue()
            .withDescription("The contract's Avro schema (JSON): records are read as, and written with, this schema.");

    static final ConfigOption<String> SUBJECT = ConfigOptions.key("subject")
            .stringType()
            .noDefaultValue()
            .withDescription("Registry subject that holds the schema; needed for writing.");

    static final ConfigOption<MemorySize> MAX_RECORD_BYTES = ConfigOptions.key("max-record-bytes")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(1))
            .withDescription("A longer record is RECORD_TOO_LARGE.");

    static final ConfigOption<MemorySize> RAW_MAX_BYTES = ConfigOptions.key("raw.max-bytes")
            .memoryType()
            .defaultValue(new MemorySize(Names.PAYLOAD_LIMIT_BYTES))
            .withDescription("Metadata column 'raw' holds at most so many of the record's first bytes.");

    private ContractAvroOptions() {}
}
