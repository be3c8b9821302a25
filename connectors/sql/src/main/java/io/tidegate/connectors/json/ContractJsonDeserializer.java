package io.tidegate.connectors.json;

import io.tidegate.common.ConfluentHeader;
import io.tidegate.common.ErrorCode;
import io.tidegate.common.RegistryClient;
import io.tidegate.connectors.avro.BadRecord;
import io.tidegate.connectors.avro.ContractDeserializer;
import io.tidegate.connectors.avro.HeaderFrame;
import io.tidegate.connectors.avro.RecordMetadata;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads records in JSON: plain, behind a schema's id, or with that id in a header. The schema under the id is the producer's
 * affair; records are read by the contract's fields alone, so the registry is never asked.
 */
final class ContractJsonDeserializer extends ContractDeserializer {
    /** Of a good record that names no schema, or one by its GUID alone: no registry gives out this id. */
    private static final int NO_ID = 0;

    private final JsonConfig config;

    private transient JsonRecordReader reader;
    private transient JsonTokens tokens;
    private transient Rescued rescued;

    ContractJsonDeserializer(
            JsonConfig config, RowType columns, List<RecordMetadata> metadata, TypeInformation<RowData> producedType) {
        super(config.limits(), columns, metadata, producedType);
        this.config = config;
    }

    @Override
    public void open(InitializationContext context) {
        super.open(context);
        reader = JsonReaders.compile(config.schema(), columns(), metadataColumns(), config.unknownFields());
        tokens = new JsonTokens();
    }

    @Override
    protected GenericRowData decode(byte[] value, HeaderFrame header) {
        int start = 0;
        if (header == null) {
            requireContent(value);
            requireSize(value);
            start = value[0] == ConfluentHeader.MAGIC ? requireId(value) : 0;
        } else {
            requireSize(value);
            requireId(header);
        }
        return tokens.read(value, start, (input, first) -> {
            rescued = new Rescued(value, first);
            return reader.readRecord(input, rescued);
        });
    }

    @Override
    protected Object metadata(RecordMetadata key, byte[] value, HeaderFrame header, BadRecord error) throws IOException {
        return switch (key) {
            case SCHEMA_ID -> schemaId(value, header, error);
            case RESCUED -> error == null ? rescued.text() : null;
            default -> super.metadata(key, value, header, error);
        };
    }

    /** Null for a bad record that names none. */
    private static Integer schemaId(byte[] value, HeaderFrame header, BadRecord error) {
        if (header != null && header.hasId()) {
            return header.schemaId();
        }
        if (header == null && ConfluentHeader.isPresent(value)) {
            return ConfluentHeader.schemaId(value);
        }
        return error == null ? NO_ID : null;
    }

    /** Where the JSON begins behind a schema's id. */
    private static int requireId(byte[] value) {
        if (value.length < ConfluentHeader.BYTES) {
            throw new BadRecord(ErrorCode.TRUNCATED, value.length + " bytes end before the schema id");
        }
        requireId(ConfluentHeader.schemaId(value));
        return ConfluentHeader.BYTES;
    }

    private static void requireId(HeaderFrame header) {
        if (header.hasId()) {
            requireId(header.schemaId());
        } else {
            header.guid();
        }
    }

    private static void requireId(int id) {
        if (id < RegistryClient.FIRST_ID) {
            throw new BadRecord(ErrorCode.UNKNOWN_SCHEMA, "no registry has a schema with id " + id);
        }
    }
}
