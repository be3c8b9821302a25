package io.tidegate.functions;

import io.tidegate.common.RecordFaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.functions.SpecializedFunction;
import org.apache.flink.table.functions.TableFunction;
import org.apache.flink.table.types.CollectionDataType;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentCount;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.ConstantArgumentCount;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;
import org.apache.flink.table.types.inference.Signature.Argument;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.utils.DataTypeUtils;

/**
 * {@code Items(array of rows)}: a row for each item with its fields, its position from 1, and a text that is null.
 *
 * <p>What UNNEST WITH ORDINALITY does, and more: what follows in the chain runs within {@link #collect}. Where an
 * expression fails for an item, the item comes once more, without its fields and with the reason as the text, so that
 * it can become a dead letter.
 */
public final class Items extends TableFunction<RowData> implements SpecializedFunction {
    private final RowData.FieldGetter[] getters;

    /** Without getters, the function can only be planned with. */
    public Items() {
        this(new RowData.FieldGetter[0]);
    }

    private Items(RowData.FieldGetter[] getters) {
        this.getters = getters;
    }

    public void eval(ArrayData items) {
        for (int i = 0; items != null && i < items.size(); i++) {
            try {
                collect(item(items, i, null));
            } catch (RuntimeException failure) {
                String reason = RecordFaults.reasonOf(failure).orElseThrow(() -> failure);
                collect(item(items, i, StringData.fromString(reason)));
            }
        }
    }

    private RowData item(ArrayData items, int index, StringData fault) {
        GenericRowData row = new GenericRowData(getters.length + 2);
        if (fault == null && !items.isNullAt(index)) {
            RowData item = items.getRow(index, getters.length);
            for (int field = 0; field < getters.length; field++) {
                row.setField(field, getters[field].getFieldOrNull(item));
            }
        }
        row.setField(getters.length, index + 1);
        row.setField(getters.length + 1, fault);
        return row;
    }

    @Override
    public Items specialize(SpecializedContext context) {
        RowType row = (RowType) itemOf(context.getCallContext()).orElseThrow().getLogicalType();
        RowData.FieldGetter[] fields = new RowData.FieldGetter[row.getFieldCount()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = RowData.createFieldGetter(row.getTypeAt(i), i);
        }
        return new Items(fields);
    }

    @Override
    public TypeInference getTypeInference(DataTypeFactory factory) {
        return TypeInference.newBuilder()
                .inputTypeStrategy(new ArrayOfRows())
                .outputTypeStrategy(call -> itemOf(call).map(Items::outputOf))
                .build();
    }

    /** The fields of an item, none of which is certain: a fault has none. */
    private static DataType outputOf(DataType item) {
        List<DataTypes.Field> fields = new ArrayList<>();
        for (DataTypes.Field field : DataType.getFields(item)) {
            fields.add(DataTypes.FIELD("f" + fields.size(), field.getDataType().nullable()));
        }
        fields.add(DataTypes.FIELD("position", DataTypes.INT().notNull()));
        fields.add(DataTypes.FIELD("fault", DataTypes.STRING()));
        return DataTypeUtils.toInternalDataType(DataTypes.ROW(fields.toArray(DataTypes.Field[]::new)));
    }

    private static Optional<DataType> itemOf(CallContext call) {
        DataType items = call.getArgumentDataTypes().get(0);
        return items instanceof CollectionDataType array
                        && array.getElementDataType().getLogicalType() instanceof RowType
                ? Optional.of(array.getElementDataType())
                : Optional.empty();
    }

    /** An array of rows, as Flink keeps it. */
    private static final class ArrayOfRows implements InputTypeStrategy {
        @Override
        public ArgumentCount getArgumentCount() {
            return ConstantArgumentCount.of(1);
        }

        @Override
        public Optional<List<DataType>> inferInputTypes(CallContext call, boolean throwOnFailure) {
            if (itemOf(call).isPresent()) {
                return Optional.of(List.of(DataTypeUtils.toInternalDataType(call.getArgumentDataTypes().get(0))));
            }
            return call.fail(throwOnFailure, "%s takes an array of rows.", call.getName());
        }

        @Override
        public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
            return List.of(Signature.of(Argument.of("items", "ARRAY<ROW>")));
        }
    }
}
