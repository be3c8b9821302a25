package io.tidegate.functions;

import io.tidegate.budget.Letters;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code Violations(mask, descriptions) -> ARRAY<ROW<rule, field, message>>}: the rules whose bits are set.
 *
 * <p>{@code descriptions} is a constant with one line per bit: {@code rule <tab> field <tab> message}.
 */
public final class Violations extends ScalarFunction {
    private transient RuleTable rules;

    @Override
    public void open(FunctionContext context) {
        rules = new RuleTable("\n", "\t", 3);
    }

    @DataTypeHint(value = "ARRAY<ROW<`rule` STRING, `field` STRING, `message` STRING>>", bridgedTo = ArrayData.class)
    public ArrayData eval(
            Long mask, @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData descriptions) {
        StringData[][] matching = rules.matching(mask == null ? 0 : mask, descriptions);
        Object[] rows = new Object[matching.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = GenericRowData.of((Object[]) matching[i]);
        }
        if (rows.length > 0) {
            Letters.ofThread().rules(Arrays.stream(matching).map(each -> each[0].toString()).collect(Collectors.joining(", ")));
        }
        return new GenericArrayData(rows);
    }
}
