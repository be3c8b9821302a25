package io.tidegate.functions;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/** {@code FirstRuleName(mask, names) -> STRING}: the rule of the lowest bit that is set, null if none is. */
public final class FirstRuleName extends ScalarFunction {
    private transient RuleTable rules;

    @Override
    public void open(FunctionContext context) {
        rules = new RuleTable(",", "\n", 1);
    }

    @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
    public StringData eval(Long mask, @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData names) {
        return mask == null || mask == 0 ? null : rules.matching(Long.lowestOneBit(mask), names)[0][0];
    }
}
