package io.tidegate.connectors.bronze;

import io.tidegate.connectors.avro.HeaderFrame;
import io.tidegate.connectors.avro.SchemaIdHeaders;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.Collector;

/**
 * Decodes the bytes of one record as the topic's reader does. What follows in the chain runs within the decoder's {@code
 * collect}, so that a record that SQL fails for comes once more, with the reason.
 */
final class BronzeDecoder extends RichFlatMapFunction<RowData, RowData> {
    private static final long serialVersionUID = 1L;
    private static final StringData SCHEMA_HEADER = StringData.fromString(SchemaIdHeaders.NAME);

    private final DeserializationSchema<RowData> decoder;
    private final OffsetSpans spans;
    private final int[] layout;
    private final RowData.FieldGetter[] own;

    private transient Beside beside;

    /** @param layout of each field of a row, its number among what is decoded, or of the record's own, from -1 downwards */
    BronzeDecoder(DeserializationSchema<RowData> decoder, OffsetSpans spans, int[] layout) {
        this.decoder = decoder;
        this.spans = spans;
        this.layout = layout;
        own = new RowData.FieldGetter[RawBytes.COLUMNS.getColumnCount()];
        for (int i = 0; i < own.length; i++) {
            own[i] = RowData.createFieldGetter(RawBytes.COLUMNS.getColumnDataTypes().get(i).getLogicalType(), i);
        }
    }

    @Override
    public void open(OpenContext context) throws Exception {
        decoder.open(RuntimeContextInitializationContextAdapters.deserializationAdapter(getRuntimeContext()));
        beside = new Beside();
    }

    @Override
    public void flatMap(RowData record, Collector<RowData> out) throws IOException {
        if (!spans.contains(record.getInt(RawBytes.PARTITION), record.getLong(RawBytes.OFFSET))) {
            return;
        }
        beside.record = record;
        beside.out = out;
        decoder.deserialize(message(record), beside);
    }

    /** The value, with the header before it that names its schema, if the record has one. */
    private static byte[] message(RowData record) {
        byte[] value = record.isNullAt(RawBytes.VALUE) ? null : record.getBinary(RawBytes.VALUE);
        if (value == null || record.isNullAt(RawBytes.HEADERS)) {
            return value;
        }
        MapData headers = record.getMap(RawBytes.HEADERS);
        for (int i = 0; i < headers.size(); i++) {
            if (SCHEMA_HEADER.equals(headers.keyArray().getString(i))) {
                byte[] named = headers.valueArray().isNullAt(i) ? null : headers.valueArray().getBinary(i);
                return HeaderFrame.marked(named, value);
            }
        }
        return value;
    }

    /** Puts what the record has of its own beside what was decoded. */
    private final class Beside implements Collector<RowData> {
        private RowData record;
        private Collector<RowData> out;

        @Override
        public void collect(RowData decoded) {
            GenericRowData values = (GenericRowData) decoded;
            GenericRowData row = new GenericRowData(layout.length);
            for (int i = 0; i < layout.length; i++) {
                row.setField(i, layout[i] < 0 ? own[-1 - layout[i]].getFieldOrNull(record) : values.getField(layout[i]));
            }
            out.collect(row);
        }

        @Override
        public void close() {
            // The chain's end is not its own to close.
        }
    }
}
