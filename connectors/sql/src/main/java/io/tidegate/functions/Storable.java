package io.tidegate.functions;

import io.tidegate.common.RecordFault;
import io.tidegate.connectors.avro.ValueCheck;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.functions.SpecializedFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.ArgumentCount;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.ConstantArgumentCount;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.Signature;
import org.apache.flink.table.types.inference.Signature.Argument;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.utils.DataTypeUtils;

/**
 * {@code Storable(value, 'avro record')}: the value, if the record's only field can hold it, else a {@link RecordFault}.
 *
 * <p>A SQL expression can be null where its type says it is not: a CAST to a decimal that overflows. The sink could only
 * fail for it; here the record is still at hand to become a dead letter.
 */
public final class Storable extends ScalarFunction implements SpecializedFunction {
    private final ValueCheck check;

    /** Without a check, the function can only be planned with. */
    public Storable() {
        this(null);
    }

    private Storable(ValueCheck check) {
        this.check = check;
    }

    public Boolean eval(Boolean value, StringData field) {
        return checked(value);
    }

    public Integer eval(Integer value, StringData field) {
        return checked(value);
    }

    public Long eval(Long value, StringData field) {
        return checked(value);
    }

    public Float eval(Float value, StringData field) {
        return checked(value);
    }

    public Double eval(Double value, StringData field) {
        return checked(value);
    }

    public StringData eval(StringData value, StringData field) {
        return checked(value);
    }

    public byte[] eval(byte[] value, StringData field) {
        return checked(value);
    }

    public DecimalData eval(DecimalData value, StringData field) {
        return checked(value);
    }

    public TimestampData eval(TimestampData value, StringData field) {
        return checked(value);
    }

    public ArrayData eval(ArrayData value, StringData field) {
        return checked(value);
    }

    public MapData eval(MapData value, StringData field) {
        return checked(value);
    }

    public RowData eval(RowData value, StringData field) {
        return checked(value);
    }

    private <T> T checked(T value) {
        check.require(value);
        return value;
    }

    @Override
    public Storable specialize(SpecializedContext context) {
        CallContext call = context.getCallContext();
        String record = call.getArgumentValue(1, String.class).orElseThrow();
        return new Storable(new ValueCheck(record, call.getArgumentDataTypes().get(0).getLogicalType()));
    }

    @Override
    public TypeInference getTypeInference(DataTypeFactory factory) {
        return TypeInference.newBuilder()
                .inputTypeStrategy(new ValueAndField())
                .outputTypeStrategy(call -> Optional.of(
                        DataTypeUtils.toInternalDataType(call.getArgumentDataTypes().get(0))))
                .build();
    }

    /** Any value and a constant text, both as Flink keeps them. */
    private static final class ValueAndField implements InputTypeStrategy {
        @Override
        public ArgumentCount getArgumentCount() {
            return ConstantArgumentCount.of(2);
        }

        @Override
        public Optional<List<DataType>> inferInputTypes(CallContext call, boolean throwOnFailure) {
            if (call.isArgumentLiteral(1)) {
                return Optional.of(call.getArgumentDataTypes().stream()
                        .map(DataTypeUtils::toInternalDataType)
                        .toList());
            }
            return call.fail(throwOnFailure, "%s takes a value and an Avro record with one field.", call.getName());
        }

        @Override
        public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
            return List.of(Signature.of(Argument.of("value", "ANY"), Argument.of("record", "STRING literal")));
        }
    }
}
