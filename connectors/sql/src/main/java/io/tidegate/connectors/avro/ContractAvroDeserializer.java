package io.tidegate.connectors.avro;

import io.tidegate.common.ConfluentHeader;
import io.tidegate.common.ErrorCode;
import io.tidegate.common.RecordFaults;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/** One row for every record: its columns and metadata, or nulls and the reason. */
final class ContractAvroDeserializer implements DeserializationSchema<RowData> {
    private final FormatConfig config;
    private final RowType columns;
    private final List<RecordMetadata> metadata;
    private final TypeInformation<RowData> producedType;

    private transient WriterSchemas writers;
    private transient Counter badRecords;

    ContractAvroDeserializer(
            FormatConfig config, RowType columns, List<RecordMetadata> metadata, TypeInformation<RowData> producedType) {
        this.config = config;
        this.columns = columns;
        this.metadata = metadata;
        this.producedType = producedType;
    }

    @Override
    public void open(InitializationContext context) {
        Schema reader = config.schema();
        writers = new WriterSchemas(
                config.registry(),
                writer -> ReaderCompiler.compile(writer, reader, columns, metadata.size()),
                System::nanoTime);
        badRecords = context.getMetricGroup().counter("badRecords");
    }

    /**
     * What follows in the chain runs within {@code collect}: where an expression fails for the record's values, the record
     * comes once more, as one that could not be taken.
     */
    @Override
    public void deserialize(byte[] message, Collector<RowData> out) throws IOException {
        RowData row = deserialize(message);
        try {
            out.collect(row);
        } catch (RuntimeException failure) {
            String reason = RecordFaults.reasonOf(failure).orElseThrow(() -> failure);
            BadRecord error = new BadRecord(ErrorCode.TRANSFORM_FAILED, reason);
            HeaderFrame header = HeaderFrame.of(message);
            out.collect(header == null ? withMetadata(null, message, error) : withMetadata(null, header, error));
        }
    }

    /** @throws IOException only if the registry is out of reach, never for what the record holds */
    @Override
    public RowData deserialize(byte[] message) throws IOException {
        HeaderFrame header = HeaderFrame.of(message);
        BadRecord error = null;
        GenericRowData row = null;
        try {
            row = header == null ? decode(message) : decode(header);
        } catch (BadRecord bad) {
            error = bad;
        } catch (RuntimeException unforeseen) {
            // A record must not be able to stop the job, whatever it holds.
            error = new BadRecord(ErrorCode.BAD_VALUE, "not decodable: " + unforeseen);
        }
        return header == null ? withMetadata(row, message, error) : withMetadata(row, header, error);
    }

    /** As below, for a record whose schema is named in a Kafka header. */
    private GenericRowData withMetadata(GenericRowData decoded, HeaderFrame header, BadRecord error) throws IOException {
        GenericRowData row = withMetadata(decoded, header.value(), error);
        int column = metadata.indexOf(RecordMetadata.SCHEMA_ID);
        if (column >= 0) {
            row.setField(columns.getFieldCount() + column, schemaId(header));
        }
        return row;
    }

    /** Null where it is not known. */
    private Integer schemaId(HeaderFrame header) throws IOException {
        try {
            return header.hasId() ? Integer.valueOf(header.schemaId()) : writers.writer(header.guid()).schemaId();
        } catch (BadRecord unknown) {
            return null;
        }
    }

    /** The record's row, or one of nulls where there is none, with what is known of the record. */
    private GenericRowData withMetadata(GenericRowData decoded, byte[] message, BadRecord error) {
        GenericRowData row = decoded;
        if (row == null) {
            row = new GenericRowData(columns.getFieldCount() + metadata.size());
            badRecords.inc();
        }
        for (int i = 0; i < metadata.size(); i++) {
            row.setField(columns.getFieldCount() + i, metadata.get(i).of(message, error, config.rawMaxBytes()));
        }
        return row;
    }

    private GenericRowData decode(HeaderFrame header) throws IOException {
        requireSize(header.value());
        RecordReader reader =
                header.hasId() ? writers.reader(header.schemaId()) : writers.writer(header.guid()).reader();
        return read(reader, header.value(), 0);
    }

    private GenericRowData decode(byte[] message) throws IOException {
        requireHeader(message);
        return read(writers.reader(ConfluentHeader.schemaId(message)), message, ConfluentHeader.BYTES);
    }

    private GenericRowData read(RecordReader reader, byte[] message, int start) {
        AvroInput input = new AvroInput(message, start, config.maxRecordBytes());
        GenericRowData row = reader.read(input);
        if (input.remaining() > 0) {
            throw new BadRecord(ErrorCode.TRAILING_BYTES, input.remaining() + " bytes after the last field");
        }
        return row;
    }

    private void requireHeader(byte[] message) {
        if (message == null) {
            throw new BadRecord(ErrorCode.TOMBSTONE, "the record has no value");
        }
        if (message.length == 0) {
            throw new BadRecord(ErrorCode.EMPTY_VALUE, "the value has no bytes");
        }
        requireSize(message);
        if (message[0] != ConfluentHeader.MAGIC) {
            throw new BadRecord(ErrorCode.BAD_MAGIC, "the first byte is " + message[0] + ", not " + ConfluentHeader.MAGIC);
        }
        if (message.length < ConfluentHeader.BYTES) {
            throw new BadRecord(ErrorCode.TRUNCATED, message.length + " bytes end before the schema id");
        }
    }

    private void requireSize(byte[] message) {
        if (message.length > config.maxRecordBytes()) {
            throw new BadRecord(
                    ErrorCode.RECORD_TOO_LARGE, message.length + " bytes are over the limit of " + config.maxRecordBytes());
        }
    }

    @Override
    public boolean isEndOfStream(RowData nextElement) {
        return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return producedType;
    }
}
