package io.tidegate.budget;

import io.tidegate.common.Placement;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.types.logical.RowType;

/**
 * Puts the operator that counts between an operator that SQL was planned to and all that read from it.
 *
 * <p>SQL has no operator that keeps state of a stream without an exchange, and an exchange would end the chain.
 */
public final class BudgetPlacement {
    private BudgetPlacement() {}

    /**
     * @param uid of the operator after which records are counted; its rows have the coordinates of their records
     * @param own uid of the operator that is put in
     * @return how many operators read from it now
     */
    public static int after(
            StreamExecutionEnvironment environment, String uid, String own, ErrorBudget budget) {
        Placement placement = new Placement(environment, uid);
        RowType rows = (RowType) placement.type().toLogicalType();
        RecordPlace place = RecordPlace.of(rows.getFieldNames());
        return placement.put("error_budget", own, new BudgetOperator(budget, place, own));
    }
}
