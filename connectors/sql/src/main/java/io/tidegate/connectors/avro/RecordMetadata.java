package io.tidegate.connectors.avro;

import io.tidegate.common.ConfluentHeader;
import io.tidegate.common.Sha256;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;

/** Readable metadata: {@code value.<key>} in a Kafka table. */
public enum RecordMetadata {
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
    },
    /** The fields that no column takes, of formats that keep them: these say what it is. */
    RESCUED("rescued", DataTypes.STRING()) {
        @Override
        Object of(byte[] message, BadRecord error, int rawMaxBytes) {
            return null;
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

    /** Those of a format that rescues nothing. */
    static Map<String, DataType> types() {
        Map<String, DataType> types = allTypes();
        types.remove(RESCUED.key);
        return types;
    }

    /** All of them, by their keys. */
    public static Map<String, DataType> allTypes() {
        Map<String, DataType> types = new LinkedHashMap<>();
        for (RecordMetadata metadata : values()) {
            types.put(metadata.key, metadata.type);
        }
        return types;
    }

    public static RecordMetadata ofKey(String key) {
        return Arrays.stream(values()).filter(metadata -> metadata.key.equals(key)).findFirst().orElseThrow();
    }

    /** What a decoder makes of a record: its columns, then those of the metadata. */
    public static DataType besides(DataType columns, List<RecordMetadata> metadata) {
        Stream<DataTypes.Field> fields = Stream.concat(
                DataType.getFields(columns).stream(),
                metadata.stream().map(column -> DataTypes.FIELD("$" + column.key, column.type)));
        return DataTypes.ROW(fields.toArray(DataTypes.Field[]::new)).notNull();
    }
}
