package io.tidegate.connectors.files;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.SentNames;
import java.util.List;
import java.util.Map;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonGenerator;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.Converter;
import org.apache.iceberg.shaded.org.apache.parquet.io.api.GroupConverter;
import org.apache.iceberg.shaded.org.apache.parquet.schema.GroupType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type.Repetition;

/** Writes a group of fields as a JSON object with all of them: one without a value is null, or an empty array. */
final class ParquetGroup extends GroupConverter {
    private final ParquetJson row;
    private final Runnable before;
    private final GroupType type;
    private final Converter[] fields;
    private int next;
    private boolean isArrayOpen;

    /**
     * @param wanted the contract's record, or whatever it has there; null if it has nothing
     * @param before what is written before each object
     */
    ParquetGroup(GroupType type, Schema wanted, ParquetJson row, Runnable before) {
        this.row = row;
        this.before = before;
        this.type = type;
        fields = new Converter[type.getFieldCount()];
        boolean isRecord = wanted != null && wanted.getType() == Schema.Type.RECORD;
        Map<String, Integer> places = isRecord ? SentNames.positions(wanted.getFields()) : Map.of();
        for (int i = 0; i < fields.length; i++) {
            int field = i;
            Integer place = places.get(type.getFieldName(i));
            Schema of = place == null ? null : wanted.getFields().get(place).schema();
            boolean isArray = isArray(i) && of != null && AvroTypes.withoutNull(of).getType() == Schema.Type.ARRAY;
            fields[i] = of(type.getType(i), isArray ? AvroTypes.withoutNull(of).getElementType() : of, row, () -> begin(field));
        }
    }

    /** Of whatever a field is. */
    static Converter of(Type type, Schema field, ParquetJson row, Runnable before) {
        Schema wanted = field == null ? null : AvroTypes.withoutNull(field);
        if (type.isPrimitive()) {
            boolean isText = wanted != null
                    && (wanted.getType() == Schema.Type.STRING || wanted.getType() == Schema.Type.ENUM);
            return new ParquetLeaf(type.asPrimitiveType(), isText, row, before);
        }
        GroupType group = type.asGroupType();
        boolean isOfOneRepeated = group.getFieldCount() == 1 && group.getType(0).isRepetition(Repetition.REPEATED);
        boolean isMap = group.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation
                || group.getLogicalTypeAnnotation() instanceof MapKeyValueTypeAnnotation;
        if (isOfOneRepeated && group.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation) {
            return new ParquetList(group, wanted, row, before);
        }
        return isOfOneRepeated && isMap && ParquetMap.isOne(group)
                ? new ParquetMap(group, wanted, row, before)
                : new ParquetGroup(group, wanted, row, before);
    }

    private boolean isArray(int field) {
        return type.getType(field).isRepetition(Repetition.REPEATED);
    }

    @Override
    public Converter getConverter(int field) {
        return fields[field];
    }

    @Override
    public void start() {
        before.run();
        row.write(JsonGenerator::writeStartObject);
        next = 0;
        isArrayOpen = false;
    }

    @Override
    public void end() {
        goTo(fields.length);
        row.write(JsonGenerator::writeEndObject);
    }

    /** Before a value of a field; values come in the order of the fields. */
    private void begin(int field) {
        if (isArrayOpen && field == next - 1) {
            return;
        }
        goTo(field);
        name(field);
        next = field + 1;
        isArrayOpen = isArray(field);
        if (isArrayOpen) {
            row.write(JsonGenerator::writeStartArray);
        }
    }

    private void goTo(int field) {
        if (isArrayOpen) {
            row.write(JsonGenerator::writeEndArray);
            isArrayOpen = false;
        }
        for (; next < field; next++) {
            name(next);
            boolean isEmpty = isArray(next);
            row.write(json -> {
                if (isEmpty) {
                    json.writeStartArray();
                    json.writeEndArray();
                } else {
                    json.writeNull();
                }
            });
        }
    }

    private void name(int field) {
        row.write(json -> json.writeFieldName(type.getFieldName(field)));
    }

    /** The columns of a file, by their names. */
    static List<String> namesOf(GroupType file) {
        return file.getFields().stream().map(Type::getName).toList();
    }
}
