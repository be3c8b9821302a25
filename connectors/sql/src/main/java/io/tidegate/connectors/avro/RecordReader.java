package io.tidegate.connectors.avro;

import org.apache.flink.table.data.GenericRowData;

/**
 * Reads a record's fields in the writer's order, each into its column.
 *
 * @param names the fields as written, for error messages
 * @param readers one per written field
 * @param columns the column each field goes to, or -1 for a field that is only passed over
 * @param template a row's initial values: the reader's defaults where the writer has no such field, else null
 */
record RecordReader(String[] names, ValueReader[] readers, int[] columns, Object[] template) implements ValueReader {

    @Override
    public GenericRowData read(AvroInput input) {
        GenericRowData row = GenericRowData.of(template.clone());
        int field = 0;
        try {
            for (; field < readers.length; field++) {
                Object value = readers[field].read(input);
                int column = columns[field];
                if (column >= 0) {
                    row.setField(column, value);
                }
            }
        } catch (BadRecord bad) {
            throw bad.inField(names[field]);
        }
        return row;
    }
}
