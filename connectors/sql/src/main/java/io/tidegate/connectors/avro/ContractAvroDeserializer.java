package io.tidegate.connectors.avro;

import io.tidegate.common.ConfluentHeader;
import io.tidegate.common.ErrorCode;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Reads records in Avro, each by the schema that it names. */
final class ContractAvroDeserializer extends ContractDeserializer {
    private final FormatConfig config;

    private transient WriterSchemas writers;

    ContractAvroDeserializer(
            FormatConfig config, RowType columns, List<RecordMetadata> metadata, TypeInformation<RowData> producedType) {
        super(config.limits(), columns, metadata, producedType);
        this.config = config;
    }

    @Override
    public void open(InitializationContext context) {
        super.open(context);
        Schema reader = config.schema();
        writers = new WriterSchemas(
                config.registry(),
                writer -> ReaderCompiler.compile(writer, reader, columns(), metadataColumns()),
                System::nanoTime);
    }

    @Override
    protected GenericRowData decode(byte[] value, HeaderFrame header) throws IOException {
        if (header == null) {
            requireHeader(value);
            return read(writers.reader(ConfluentHeader.schemaId(value)), value, ConfluentHeader.BYTES);
        }
        requireSize(value);
        RecordReader reader =
                header.hasId() ? writers.reader(header.schemaId()) : writers.writer(header.guid()).reader();
        return read(reader, value, 0);
    }

    @Override
    protected Object metadata(RecordMetadata key, byte[] value, HeaderFrame header, BadRecord error) throws IOException {
        boolean isInHeader = key == RecordMetadata.SCHEMA_ID && header != null;
        return isInHeader ? schemaId(header) : super.metadata(key, value, header, error);
    }

    /** Null where it is not known. */
    private Integer schemaId(HeaderFrame header) throws IOException {
        try {
            return header.hasId() ? Integer.valueOf(header.schemaId()) : writers.writer(header.guid()).schemaId();
        } catch (BadRecord unknown) {
            return null;
        }
    }

    private GenericRowData read(RecordReader reader, byte[] message, int start) {
        AvroInput input = new AvroInput(message, start, maxRecordBytes());
        GenericRowData row = reader.read(input);
        if (input.remaining() > 0) {
            throw new BadRecord(ErrorCode.TRAILING_BYTES, input.remaining() + " bytes after the last field");
        }
        return row;
    }

    private void requireHeader(byte[] message) {
        requireContent(message);
        requireSize(message);
        if (message[0] != ConfluentHeader.MAGIC) {
            throw new BadRecord(ErrorCode.BAD_MAGIC, "the first byte is " + message[0] + ", not " + ConfluentHeader.MAGIC);
        }
        if (message.length < ConfluentHeader.BYTES) {
            throw new BadRecord(ErrorCode.TRUNCATED, message.length + " bytes end before the schema id");
        }
    }
}
