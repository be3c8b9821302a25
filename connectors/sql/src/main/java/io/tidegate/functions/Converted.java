package io.tidegate.functions;

import io.tidegate.common.Conversion;

/** {@code Converted(result, '')}: the result of the conversion that {@link Converting} began, or the record's fault. */
public final class Converted extends Watched {
    @Override
    void look(Object result) {
        Conversion.end(result);
    }

    @Override
    public Converted specialize(SpecializedContext context) {
        return this;
    }

    @Override
    public boolean isDeterministic() {
        return false;
    }
}
