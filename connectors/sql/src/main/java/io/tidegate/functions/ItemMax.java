package io.tidegate.functions;

import org.apache.flink.table.data.RowData;

/** {@code ItemMax(items, 'field')}: the largest value of a field over an array of rows, see {@link ItemExtreme}. */
public final class ItemMax extends ItemExtreme {
    public ItemMax() {
        this(0, null);
    }

    private ItemMax(int fields, RowData.FieldGetter getter) {
        super(1, fields, getter);
    }

    @Override
    ItemExtreme reading(int fields, RowData.FieldGetter getter) {
        return new ItemMax(fields, getter);
    }
}
