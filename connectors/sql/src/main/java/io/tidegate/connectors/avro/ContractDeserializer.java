package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import io.tidegate.common.RecordFault;
import io.tidegate.common.RecordFaults;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/** One row for every record: its columns and metadata, or nulls and the reason. How a record is read is the subclass's. */
public abstract class ContractDeserializer implements DeserializationSchema<RowData> {
    private final RowType columns;
    private final List<RecordMetadata> metadata;
    private final TypeInformation<RowData> producedType;
    private final RecordLimits limits;

    private transient Counter badRecords;

    protected ContractDeserializer(
            RecordLimits limits, RowType columns, List<RecordMetadata> metadata, TypeInformation<RowData> producedType) {
        this.limits = limits;
        this.columns = columns;
        this.metadata = metadata;
        this.producedType = producedType;
    }

    @Override
    public void open(InitializationContext context) {
        badRecords = context.getMetricGroup().counter("badRecords");
    }

    /**
     * The columns of one record, with room for its metadata.
     *
     * @param value as it lies in the topic
     * @param header null for a record that names no schema in a header
     * @throws BadRecord for what is wrong with the record
     * @throws IOException only if a server is out of reach
     */
    protected abstract GenericRowData decode(byte[] value, HeaderFrame header) throws IOException;

    /**
     * One metadata column of a record.
     *
     * @param error null for a good record
     */
    protected Object metadata(RecordMetadata key, byte[] value, HeaderFrame header, BadRecord error) throws IOException {
        return key.of(value, error, limits.rawMaxBytes());
    }

    protected final RowType columns() {
        return columns;
    }

    protected final int metadataColumns() {
        return metadata.size();
    }

    protected final int maxRecordBytes() {
        return limits.maxRecordBytes();
    }

    /**
     * What follows in the chain runs within {@code collect}: where an expression fails for the record's values, the record
     * comes once more, as one that could not be taken.
     */
    @Override
    public final void deserialize(byte[] message, Collector<RowData> out) throws IOException {
        RowData row = deserialize(message);
        try {
            out.collect(row);
        } catch (RuntimeException failure) {
            RecordFault fault = RecordFaults.faultOf(failure).orElseThrow(() -> failure);
            BadRecord error = new BadRecord(fault.code(), fault.getMessage());
            out.collect(withMetadata(null, message, HeaderFrame.of(message), error));
        }
    }

    /** @throws IOException only if a server is out of reach, never for what the record holds */
    @Override
    public final RowData deserialize(byte[] message) throws IOException {
        HeaderFrame header = HeaderFrame.of(message);
        BadRecord error = null;
        GenericRowData row = null;
        try {
            row = decode(header == null ? message : header.value(), header);
        } catch (BadRecord bad) {
            error = bad;
        } catch (RuntimeException unforeseen) {
            // A record must not be able to stop the job, whatever it holds.
            error = new BadRecord(ErrorCode.BAD_VALUE, "not decodable: " + unforeseen);
        }
        return withMetadata(row, message, header, error);
    }

    /** The record's row, or one of nulls where there is none, with what is known of the record. */
    private GenericRowData withMetadata(GenericRowData decoded, byte[] message, HeaderFrame header, BadRecord error)
            throws IOException {
        byte[] value = header == null ? message : header.value();
        GenericRowData row = decoded;
        if (row == null) {
            row = new GenericRowData(columns.getFieldCount() + metadata.size());
            badRecords.inc();
        }
        for (int i = 0; i < metadata.size(); i++) {
            row.setField(columns.getFieldCount() + i, metadata(metadata.get(i), value, header, error));
        }
        return row;
    }

    /** @throws BadRecord TOMBSTONE or EMPTY_VALUE */
    protected static void requireContent(byte[] value) {
        if (value == null) {
            throw new BadRecord(ErrorCode.TOMBSTONE, "the record has no value");
        }
        if (value.length == 0) {
            throw new BadRecord(ErrorCode.EMPTY_VALUE, "the value has no bytes");
        }
    }

    /** @throws BadRecord RECORD_TOO_LARGE */
    protected final void requireSize(byte[] value) {
        if (value.length > limits.maxRecordBytes()) {
            throw new BadRecord(
                    ErrorCode.RECORD_TOO_LARGE, value.length + " bytes are over the limit of " + limits.maxRecordBytes());
        }
    }

    @Override
    public final boolean isEndOfStream(RowData nextElement) {
        return false;
    }

    @Override
    public final TypeInformation<RowData> getProducedType() {
        return producedType;
    }
}
