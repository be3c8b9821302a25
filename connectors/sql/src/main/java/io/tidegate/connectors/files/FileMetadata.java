package io.tidegate.connectors.files;

import io.tidegate.common.Sha256;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.DataType;

/** Readable metadata that the source itself knows: a row's place and bytes, and what a split held. */
enum FileMetadata {
    /** {@code row}, or {@code split} of the row that ends a split. */
    KIND("kind", DataTypes.STRING().notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? ROW_KIND : SPLIT_KIND;
        }
    },
    FILE("file", DataTypes.STRING().notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.part().origin().file();
        }
    },
    /** What the rows are said to come from, as the next ones, under the names that Kafka's connector has for a record's. */
    NAME("topic", DataTypes.STRING().notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.part().origin().name();
        }
    },
    NUMBER_OF_FILE("partition", DataTypes.INT().notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.part().origin().number();
        }
    },
    ARRIVAL("timestamp", DataTypes.TIMESTAMP_WITH_LOCAL_TIME_ZONE(3).notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.part().origin().modified();
        }
    },
    HEADERS("headers", DataTypes.MAP(DataTypes.STRING().nullable(), DataTypes.BYTES().nullable()).notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return NO_HEADERS;
        }
    },
    OFFSET("offset", DataTypes.BIGINT().notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? row.line().offset() : row.end().from();
        }
    },
    LENGTH("length", DataTypes.BIGINT().notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? row.line().length() : row.end().to() - row.end().from();
        }
    },
    /** In the file; null where nobody knows how many are in front of the split. */
    NUMBER("row", DataTypes.BIGINT()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null && row.part().start() == 0 ? row.number() : null;
        }
    },
    SPLIT("split", DataTypes.BIGINT().notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.part().start();
        }
    },
    NUMBER_IN_SPLIT("split-row", DataTypes.BIGINT()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? row.number() : null;
        }
    },
    FILE_SIZE("file-size", DataTypes.BIGINT().notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.part().origin().size();
        }
    },
    FILE_MODIFIED("file-modified", DataTypes.TIMESTAMP_WITH_LOCAL_TIME_ZONE(3).notNull()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.part().origin().modified();
        }
    },
    ROWS("rows", DataTypes.BIGINT()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? null : row.end().rows();
        }
    },
    /** Of the rows of a split, by their offsets: {@link Places}. */
    PLACES("places", DataTypes.BIGINT()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? null : row.end().places();
        }
    },
    HEADER_LINES("header-lines", DataTypes.BIGINT()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? null : row.end().headerLines();
        }
    },
    BLANK_LINES("blank-lines", DataTypes.BIGINT()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? null : row.end().blankLines();
        }
    },
    COMMENT_LINES("comment-lines", DataTypes.BIGINT()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.end() == null ? null : row.end().commentLines();
        }
    },
    RAW("value.raw", DataTypes.BYTES()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            if (row.line() == null) {
                return null;
            }
            byte[] bytes = row.line().bytes();
            return bytes.length <= rawMaxBytes ? bytes : Arrays.copyOf(bytes, rawMaxBytes);
        }
    },
    RAW_LENGTH("value.raw-length", DataTypes.INT()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            return row.line() == null ? null : (int) Math.min(row.line().length(), Integer.MAX_VALUE);
        }
    },
    /** Of the whole row, where {@code value.raw} may not be all that is ever needed: bad or cut rows. Null elsewhere. */
    RAW_SHA256("value.raw-sha256", DataTypes.STRING()) {
        @Override
        Object of(FileRow row, boolean isBad, int rawMaxBytes) {
            if (row.line() == null || row.line().isCut()) {
                return row.line() == null ? null : row.line().sha256();
            }
            byte[] bytes = row.line().bytes();
            return isBad || bytes.length > rawMaxBytes ? Sha256.hexOf(bytes) : null;
        }
    };

    private static final StringData ROW_KIND = StringData.fromString("row");
    private static final StringData SPLIT_KIND = StringData.fromString("split");
    private static final MapData NO_HEADERS = new GenericMapData(Map.of());

    final String key;
    final DataType type;

    FileMetadata(String key, DataType type) {
        this.key = key;
        this.type = type;
    }

    /** @param isBad whether the row could not be taken */
    abstract Object of(FileRow row, boolean isBad, int rawMaxBytes);

    static Map<String, DataType> types() {
        Map<String, DataType> types = new LinkedHashMap<>();
        for (FileMetadata metadata : values()) {
            types.put(metadata.key, metadata.type);
        }
        return types;
    }

    /** Null if it is not the source's. */
    static FileMetadata ofKey(String key) {
        return Arrays.stream(values()).filter(metadata -> metadata.key.equals(key)).findFirst().orElse(null);
    }
}
