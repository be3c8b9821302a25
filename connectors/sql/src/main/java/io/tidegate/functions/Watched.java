package io.tidegate.functions;

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

/** A function of any value and a constant text that gives the value itself, after a look at it. */
public abstract class Watched extends ScalarFunction implements SpecializedFunction {
    /**
     * Looks at a value.
     *
     * @throws io.tidegate.common.RecordFault if the record can't go on with it
     */
    abstract void look(Object value);

    public Boolean eval(Boolean value, StringData text) {
        return watched(value);
    }

    public Byte eval(Byte value, StringData text) {
        return watched(value);
    }

    public Short eval(Short value, StringData text) {
        return watched(value);
    }

    public Integer eval(Integer value, StringData text) {
        return watched(value);
    }

    public Long eval(Long value, StringData text) {
        return watched(value);
    }

    public Float eval(Float value, StringData text) {
        return watched(value);
    }

    public Double eval(Double value, StringData text) {
        return watched(value);
    }

    public StringData eval(StringData value, StringData text) {
        return watched(value);
    }

    public byte[] eval(byte[] value, StringData text) {
        return watched(value);
    }

    public DecimalData eval(DecimalData value, StringData text) {
        return watched(value);
    }

    public TimestampData eval(TimestampData value, StringData text) {
        return watched(value);
    }

    public ArrayData eval(ArrayData value, StringData text) {
        return watched(value);
    }

    public MapData eval(MapData value, StringData text) {
        return watched(value);
    }

    public RowData eval(RowData value, StringData text) {
        return watched(value);
    }

    private <T> T watched(T value) {
        look(value);
        return value;
    }

    /** The constant text of a call. */
    static String textOf(CallContext call) {
        return call.getArgumentValue(1, String.class).orElseThrow();
    }

    @Override
    public TypeInference getTypeInference(DataTypeFactory factory) {
        return TypeInference.newBuilder()
                .inputTypeStrategy(new ValueAndText())
                .outputTypeStrategy(call -> Optional.of(
                        DataTypeUtils.toInternalDataType(call.getArgumentDataTypes().get(0))))
                .build();
    }

    /** Any value and a constant text, both as Flink keeps them. */
    private static final class ValueAndText implements InputTypeStrategy {
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
            return call.fail(throwOnFailure, "%s takes a value and a constant text.", call.getName());
        }

        @Override
        public List<Signature> getExpectedSignatures(FunctionDefinition definition) {
            return List.of(Signature.of(Argument.of("value", "ANY"), Argument.of("text", "STRING literal")));
        }
    }
}
