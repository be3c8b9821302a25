package io.tidegate.connectors.avro;

import org.apache.flink.table.data.RowData;

/**
 * Writes a row's fields in the schema's order.
 *
 * @param getters where each field's value comes from
 * @param writers one per field
 */
record RecordWriter(RowData.FieldGetter[] getters, ValueWriter[] writers) implements ValueWriter {

    @Override
    public void write(Object row, AvroOutput output) {
        for (int field = 0; field < writers.length; field++) {
            writers[field].write(getters[field].getFieldOrNull((RowData) row), output);
        }
    }
}
