package io.tidegate.functions;

import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.functions.SpecializedFunction;
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
 * {@code ItemMin(items, 'field')} and {@code ItemMax}: the smallest or largest value of a field over an array of rows.
 *
 * <p>Null for no array, no items, or none whose field is set. SQL can't look into the items of an array in one
 * expression, so rules on them need these two: {@code item_min(lines, 'quantity') >= 1}.
 */
abstract class ItemExtreme extends ScalarFunction implements SpecializedFunction {
    private final int sign;
    private final int fields;
    private final RowData.FieldGetter getter;

    /** {@code sign} 1 keeps the largest value, -1 the smallest; without a getter it can only be planned with. */
    ItemExtreme(int sign, int fields, RowData.FieldGetter getter) {
        this.sign = sign;
        this.fields = fields;
        this.getter = getter;
    }

    abstract ItemExtreme reading(int fields, RowData.FieldGetter getter);

    @SuppressWarnings("unchecked")
    public Object eval(ArrayData items, StringData field) {
        Comparable<Object> best = null;
        for (int i = 0; items != null && i < items.size(); i++) {
            Object value = items.isNullAt(i) ? null : getter.getFieldOrNull(items.getRow(i, fields));
            if (value != null && (best == null || sign * best.compareTo(value) < 0)) {
                best = (Comparable<Object>) value;
            }
        }
        return best;
    }

    @Override
    public ItemExtreme specialize(SpecializedContext context) {
        CallContext call = context.getCallContext();
        RowType row = rowOf(call).orElseThrow();
        int index = indexOf(call, row);
        return reading(row.getFieldCount(), RowData.createFieldGetter(row.getTypeAt(index), index));
    }

    @Override
    public TypeInference getTypeInference(DataTypeFactory factory) {
        return TypeInference.newBuilder()
                .inputTypeStrategy(new ItemsAndField())
                .outputTypeStrategy(ItemExtreme::typeOfField)
                .build();
    }

    /** An array of rows and a constant text, both as Flink keeps them: no row is converted for a look at one field. */
    private static final class ItemsAndField implements InputTypeStrategy {
        @Override
        public ArgumentCount getArgumentCount() {
            return ConstantArgumentCount.of(2);
        }

        @Override
        public Optional<List<DataType>> inferInputTypes(CallContext call, boolean throwOnFailure) {
            if (rowOf(call).isPresent() && call.isArgumentLiteral(1)) {
                return Optional.of(call.getArgumentDataTypes().stream()
                        .map(DataTypeUtils::toInternalDataType)
                        .toList());
            }
            return call.fail(throwOnFailure, "%s takes an array of rows and the name of a field.", call.getName());
        }

        @Override
        public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
            return List.of(Signature.of(Argument.of("items", "ARRAY<ROW>"), Argument.of("field", "STRING literal")));
        }
    }

    private static Optional<DataType> typeOfField(CallContext call) {
        return rowOf(call).map(row -> {
            DataType item = ((CollectionDataType) call.getArgumentDataTypes().get(0)).getElementDataType();
            return DataTypeUtils.toInternalDataType(item.getChildren().get(indexOf(call, row)).nullable());
        });
    }

    private static Optional<RowType> rowOf(CallContext call) {
        DataType items = call.getArgumentDataTypes().get(0);
        boolean areRows = items instanceof CollectionDataType array
                && array.getElementDataType().getLogicalType() instanceof RowType;
        return areRows
                ? Optional.of((RowType) ((CollectionDataType) items).getElementDataType().getLogicalType())
                : Optional.empty();
    }

    private static int indexOf(CallContext call, RowType row) {
        String field = call.getArgumentValue(1, String.class).orElseThrow();
        List<String> names = row.getFieldNames();
        if (!names.contains(field)) {
            throw new ValidationException("The items have no field " + field + ", only " + String.join(", ", names) + ".");
        }
        return names.indexOf(field);
    }
}
