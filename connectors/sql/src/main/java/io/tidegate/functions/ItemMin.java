package io.tidegate.functions;

import org.apache.flink.table.data.RowData;

/** {@code ItemMin(items, 'field')}: the smallest value of a field over an array of rows, see {@link ItemExtreme}. */
public final class ItemMin extends ItemExtreme {
    public ItemMin() {
        this(0, null);
    }

    private ItemMin(int fields, RowData.FieldGetter getter) {
        super(-1, fields, getter);
    }

    @Override
    ItemExtreme reading(int fields, RowData.FieldGetter getter) {
        return new ItemMin(fields, getter);
    }
}
