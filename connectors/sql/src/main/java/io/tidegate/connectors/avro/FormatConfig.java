package io.tidegate.connectors.avro;

import io.tidegate.common.RegistryClient;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/** The format's options, as they travel to the tasks. */
record FormatConfig(String registryUrl, Duration retryTimeout, String schemaJson, String subject, RecordLimits limits)
        implements Serializable {

    static FormatConfig from(ReadableConfig options) {
        return new FormatConfig(
                options.get(ContractAvroOptions.REGISTRY_URL),
                options.get(ContractAvroOptions.REGISTRY_RETRY_TIMEOUT),
                options.get(ContractAvroOptions.SCHEMA),
                options.getOptional(ContractAvroOptions.SUBJECT).orElse(null),
                RecordLimits.of(
                        options.get(ContractAvroOptions.MAX_RECORD_BYTES), options.get(ContractAvroOptions.RAW_MAX_BYTES)));
    }

    Schema schema() {
        return AvroTypes.parseContract("contract-avro.schema", schemaJson);
    }

    RegistryClient registry() {
        return new RegistryClient(registryUrl, retryTimeout);
    }

    String requiredSubject() {
        return Optional.ofNullable(subject).orElseThrow(() -> new ValidationException(
                "Writing with format 'contract-avro' needs option 'contract-avro.subject': the subject under which the schema is"
                        + " registered, usually <topic>-value."));
    }
}
