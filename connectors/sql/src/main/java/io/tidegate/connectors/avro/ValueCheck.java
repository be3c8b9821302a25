package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import io.tidegate.common.RecordFault;
import java.io.Serializable;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.api.TableRuntimeException;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Whether the only field of an Avro record can hold a value: it is written as the sink would write it. */
public final class ValueCheck implements Serializable {
    private final String record;
    private final LogicalType type;
    private final ErrorCode code;

    private transient RecordWriter writer;
    private transient AvroOutput scratch;
    private transient GenericRowData row;
    private transient String name;
    private transient boolean allowsNull;
    private transient boolean isWritten;

    /**
     * @param record the Avro record as JSON
     * @param type that of the value in SQL
     * @param code what a value that can't be held is refused by
     */
    public ValueCheck(String record, LogicalType type, ErrorCode code) {
        this.record = record;
        this.type = type;
        this.code = code;
    }

    /** @throws RecordFault if the field can't hold the value */
    public void require(Object value) {
        if (writer == null) {
            open();
        }
        if (value == null) {
            if (!allowsNull) {
                throw new RecordFault(code, name + " is null, which its schema does not allow");
            }
        } else if (isWritten) {
            requireWritable(value);
        }
    }

    private void requireWritable(Object value) {
        scratch.clear();
        row.setField(0, value);
        try {
            writer.write(row, scratch);
        } catch (TableRuntimeException | ArithmeticException unwritable) {
            throw new RecordFault(code, name + " can not be written: " + unwritable.getMessage());
        }
    }

    private void open() {
        Schema schema = new Schema.Parser().parse(record);
        Schema field = schema.getFields().get(0).schema();
        name = schema.getFields().get(0).name();
        allowsNull = AvroTypes.withoutNull(field) != field;
        isWritten = switch (AvroTypes.withoutNull(field).getType()) {
            case ARRAY, MAP, RECORD -> true;
            default -> AvroTypes.withoutNull(field).getLogicalType() instanceof LogicalTypes.TimestampMicros;
        };
        scratch = new AvroOutput();
        row = new GenericRowData(1);
        writer = WriterCompiler.compile(schema, RowType.of(false, new LogicalType[] {type}, new String[] {name}));
    }
}
