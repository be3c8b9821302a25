package io.tidegate.connectors.files;

import io.tidegate.connectors.json.JsonValues;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonGenerator;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.Binary;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.Converter;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.GroupConverter;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.iceberg.shaded.org.apache.parquet.schema.GroupType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type.Repetition;

/** Writes a map whose keys are texts as a JSON object; any other map is a group as it lies there, with the list of its entries. */
final class ParquetMap extends GroupConverter {
    private final ParquetJson row;
    private final Runnable before;
    private final Entry entry;

    ParquetMap(GroupType map, Schema wanted, ParquetJson row, Runnable before) {
        this.row = row;
        this.before = before;
        boolean isKnown = wanted != null && wanted.getType() == Schema.Type.MAP;
        entry = new Entry(map.getType(0).asGroupType(), isKnown ? wanted.getValueType() : null);
    }

    /** Whether it is one whose keys can be names. */
    static boolean isOne(GroupType map) {
        Type inner = map.getType(0);
        if (inner.isPrimitive() || inner.asGroupType().getFieldCount() != 2) {
            return false;
        }
        Type key = inner.asGroupType().getType(0);
        return key.isPrimitive()
                && key.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
                && !key.isRepetition(Repetition.REPEATED)
                && !inner.asGroupType().getType(1).isRepetition(Repetition.REPEATED);
    }

    @Override
    public Converter getConverter(int field) {
        return entry;
    }

    @Override
    public void start() {
        before.run();
        row.write(JsonGenerator::writeStartObject);
    }

    @Override
    public void end() {
        row.write(JsonGenerator::writeEndObject);
    }

    private final class Entry extends GroupConverter {
        private final Converter[] both;
        private boolean isKeyThere;
        private boolean isValueThere;

        Entry(GroupType entry, Schema wanted) {
            both = new Converter[] {new Key(entry.getFieldName(0)), ParquetGroup.of(entry.getType(1), wanted, row, this::beginValue)};
        }

        @Override
        public Converter getConverter(int field) {
            return both[field];
        }

        @Override
        public void start() {
            isKeyThere = false;
            isValueThere = false;
        }

        private void beginValue() {
            isValueThere = true;
            if (!isKeyThere) {
                row.blame(JsonValues.bad("a map with a key that is null"));
                row.write(json -> json.writeFieldName(""));
            }
        }

        @Override
        public void end() {
            if (!isValueThere) {
                beginValue();
                row.write(JsonGenerator::writeNull);
            }
        }

        private final class Key extends PrimitiveConverter {
            private final String field;

            Key(String field) {
                this.field = field;
            }

            @Override
            public void addBinary(Binary key) {
                isKeyThere = true;
                row.name(field, key.getBytes());
            }
        }
    }
}
