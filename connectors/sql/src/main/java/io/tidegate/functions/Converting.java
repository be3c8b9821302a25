package io.tidegate.functions;

import io.tidegate.common.Conversion;

/**
 * {@code Converting(value, 'field\ttype\tflags')}: the value, which is about to be converted; see {@link Conversion}.
 *
 * <p>{@code Converted(TRY_CAST(Converting(x, …) AS INT), '')} is a cast whose failure names field and value.
 */
public final class Converting extends Watched {
    private final Conversion conversion;

    /** Without a conversion, the function can only be planned with. */
    public Converting() {
        this(null);
    }

    private Converting(Conversion conversion) {
        this.conversion = conversion;
    }

    @Override
    void look(Object value) {
        conversion.begin(value);
    }

    @Override
    public Converting specialize(SpecializedContext context) {
        return new Converting(Conversion.of(textOf(context.getCallContext())));
    }

    /** Each call is followed by its conversion, so none may be left out, moved, or made once for two. */
    @Override
    public boolean isDeterministic() {
        return false;
    }
}
