package io.tidegate.functions;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.ValueCheck;

/** As {@link Storable}, for what a dataset's mapping gives: the record's dead letter says that the mapping failed. */
public final class Mappable extends Watched {
    private final ValueCheck check;

    /** Without a check, the function can only be planned with. */
    public Mappable() {
        this(null);
    }

    private Mappable(ValueCheck check) {
        this.check = check;
    }

    @Override
    void look(Object value) {
        check.require(value);
    }

    @Override
    public Mappable specialize(SpecializedContext context) {
        return new Mappable(Storable.checkOf(context.getCallContext(), ErrorCode.MAPPING_FAILED));
    }
}
