package io.tidegate.functions;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code RuleNames(mask, names) -> ARRAY<STRING>}: the names of the rules whose bits are set.
 *
 * <p>{@code names} is a constant with one name per bit, separated by commas.
 */
public final class RuleNames extends ScalarFunction {
    private transient RuleTable rules;

    @Override
    public void open(FunctionContext context) {
        rules = new RuleTable(",", "\n", 1);
    }

    @DataTypeHint(value = "ARRAY<STRING>", bridgedTo = ArrayData.class)
    public ArrayData eval(Long mask, @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData names) {
        StringData[][] matching = rules.matching(mask == null ? 0 : mask, names);
        Object[] found = new Object[matching.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = matching[i][0];
        }
        return new GenericArrayData(found);
    }
}
