package io.tidegate.connectors.files;

import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonGenerator;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.Converter;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.GroupConverter;
import org.apache.iceberg.shaded.org.apache.parquet.schema.GroupType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type;

/**
 * Writes a list as a JSON array. Between it and its items stands a group of its own, in which an item may be null; files of
 * older writers have none: which is which, Parquet's page of logical types says (backward compatibility of lists).
 */
final class ParquetList extends GroupConverter {
    private final ParquetJson row;
    private final Runnable before;
    private final Converter repeated;

    ParquetList(GroupType list, Schema wanted, ParquetJson row, Runnable before) {
        this.row = row;
        this.before = before;
        boolean isKnown = wanted != null && wanted.getType() == Schema.Type.ARRAY;
        Schema item = isKnown ? wanted.getElementType() : null;
        Type inner = list.getType(0);
        repeated = isItem(inner, list.getName())
                ? ParquetGroup.of(inner, item, row, () -> { })
                : new Item(inner.asGroupType(), item);
    }

    private static boolean isItem(Type inner, String list) {
        return inner.isPrimitive()
                || inner.asGroupType().getFieldCount() != 1
                || inner.getName().equals("array")
                || inner.getName().equals(list + "_tuple");
    }

    @Override
    public Converter getConverter(int field) {
        return repeated;
    }

    @Override
    public void start() {
        before.run();
        row.write(JsonGenerator::writeStartArray);
    }

    @Override
    public void end() {
        row.write(JsonGenerator::writeEndArray);
    }

    private final class Item extends GroupConverter {
        private final Converter value;
        private boolean isThere;

        Item(GroupType group, Schema item) {
            value = ParquetGroup.of(group.getType(0), item, row, () -> isThere = true);
        }

        @Override
        public Converter getConverter(int field) {
            return value;
        }

        @Override
        public void start() {
            isThere = false;
        }

        @Override
        public void end() {
            if (!isThere) {
                row.write(JsonGenerator::writeNull);
            }
        }
    }
}
