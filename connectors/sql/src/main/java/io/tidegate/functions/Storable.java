package io.tidegate.functions;

import io.tidegate.common.ErrorCode;
import io.tidegate.common.RecordFault;
import io.tidegate.connectors.avro.ValueCheck;
import org.apache.flink.table.types.inference.CallContext;

/**
 * {@code Storable(value, 'avro record')}: the value, if the record's only field can hold it, else a {@link RecordFault}.
 *
 * <p>A SQL expression can be null where its type says it is not: a CAST to a decimal that overflows. The sink could only
 * fail for it; here the record is still at hand to become a dead letter.
 */
public final class Storable extends Watched {
    private final ValueCheck check;

    /** Without a check, the function can only be planned with. */
    public Storable() {
        this(null);
    }

    private Storable(ValueCheck check) {
        this.check = check;
    }

    @Override
    void look(Object value) {
        check.require(value);
    }

    @Override
    public Storable specialize(SpecializedContext context) {
        return new Storable(checkOf(context.getCallContext(), ErrorCode.TRANSFORM_FAILED));
    }

    /** The check that a call asks for; {@code code} is what it refuses values by. */
    static ValueCheck checkOf(CallContext call, ErrorCode code) {
        return new ValueCheck(textOf(call), call.getArgumentDataTypes().get(0).getLogicalType(), code);
    }
}
