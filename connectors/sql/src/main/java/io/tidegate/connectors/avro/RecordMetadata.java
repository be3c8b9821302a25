package io.tidegate.connectors.avro;

import io.tidegate.common.ConfluentHeader;
import io.tidegate.common.Sha256;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;

/** Readable metadata: {@code value.<key>} in a Kafka table. */
enum RecordMetadata {
    ERROR_CODE("error-code", DataTypes.STRING()) {
        @Override
        Object of(byte[] message, BadRecord error, int rawMaxBytes) {
            return error == null ? null : StringData.fromString(error.code().name());
        }
    },
    ERROR_MESSAGE("error-message", DataTypes.STRING()) {
        @Override
        Object of(byte[] message, BadRecord error, int rawMaxBytes) {
            return error == null ? null : StringData.fromString(error.getMessage());
        }
    },
    RAW("raw", DataTypes.BYTES()) {
        @Override
        Object of(byte[] message, BadRecord error, int rawMaxBytes) {
            return message == null || message.length <= rawMaxBytes ? message : Arrays.copyOf(message, rawMaxBytes);
        }
    },
    RAW_LENGTH("raw-length", DataTypes.INT()) {
        @Override
        Object of(byte[] message, BadRecord error, int rawMaxBytes) {
            return message == null ? null : message.length;
        }
    },
    /** Of the whole value, where {@code raw} may not be all that is ever needed: bad or cut records. Null elsewhere. */
    RAW_SHA256("raw-sha256", DataTypes.STRING()) {
        @Override
        Object of(byte[] message, BadRecord error, int rawMaxBytes) {
            boolean wanted = message != null && (error != null || message.length > rawMaxBytes);
            return wanted ? Sha256.hexOf(message) : null;
        }
    },
    SCHEMA_ID("schema-id", DataTypes.INT()) {
        @Override
        Object of(byte[] message, BadRecord error, int rawMaxBytes) {
            return ConfluentHeader.isPresent(message) ? ConfluentHeader.schemaId(message) : null;
        }
    };

    final String key;
    final DataType type;

    RecordMetadata(String key, DataType type) {
        this.key = key;
        this.type = type;
    }

    /**
     * @param message the record's value, null for a tombstone
     * @param error null for a good record
     */
    abstract Object of(byte[] message, BadRecord error, int rawMaxBytes);

    static Map<String, DataType> types() {
        Map<String, DataType> types = new LinkedHashMap<>();
        for (RecordMetadata metadata : values()) {
            types.put(metadata.key, metadata.type);
        }
        return types;
    }

    static RecordMetadata ofKey(String key) {
        return Arrays.stream(values()).filter(metadata -> metadata.key.equals(key)).findFirst().orElseThrow();
    }
}
