package io.tidegate.connectors.bronze;

import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.AND;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.EQUALS;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.GREATER_THAN_OR_EQUAL;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.LESS_THAN;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.OR;

import io.tidegate.common.Names;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.functions.BuiltInFunctionDefinition;
import org.apache.flink.table.types.DataType;

/**
 * The lake's table of raw bytes, read by Iceberg's own connector, found by its name: files without an offset of the spans are
 * not opened.
 */
final class RawBytes {
    static final int TOPIC = 0;
    static final int PARTITION = 1;
    static final int OFFSET = 2;
    static final int INGESTED_AT = 3;
    static final int KEY = 4;
    static final int HEADERS = 5;
    static final int VALUE = 6;

    static final ResolvedSchema COLUMNS = ResolvedSchema.of(
            Column.physical(Names.SOURCE_TOPIC, DataTypes.STRING()),
            Column.physical(Names.SOURCE_PARTITION, DataTypes.INT()),
            Column.physical(Names.SOURCE_OFFSET, DataTypes.BIGINT()),
            Column.physical(Names.INGESTED_AT, DataTypes.TIMESTAMP_LTZ(6)),
            Column.physical(Names.KEY, DataTypes.BYTES()),
            Column.physical(Names.HEADERS, DataTypes.MAP(DataTypes.STRING(), DataTypes.BYTES())),
            Column.physical(Names.VALUE, DataTypes.BYTES()));

    private RawBytes() {}

    /**
     * @param table namespace and name
     * @param catalog options of Iceberg's catalog
     */
    static ScanTableSource source(
            String table, Map<String, String> catalog, OffsetSpans spans, DynamicTableFactory.Context context) {
        int dot = table.lastIndexOf('.');
        ObjectIdentifier name = ObjectIdentifier.of("lake", table.substring(0, dot), table.substring(dot + 1));
        Map<String, String> options = new HashMap<>(catalog);
        options.put("connector", "iceberg");
        options.put("catalog-name", name.getCatalogName());
        options.put("catalog-database", name.getDatabaseName());
        options.put("catalog-table", name.getObjectName());
        CatalogTable described = CatalogTable.newBuilder()
                .schema(Schema.newBuilder().fromResolvedSchema(COLUMNS).build())
                .options(options)
                .build();
        ScanTableSource source = (ScanTableSource) FactoryUtil.createDynamicTableSource(
                null,
                name,
                new ResolvedCatalogTable(described, COLUMNS),
                Map.of(),
                context.getConfiguration(),
                context.getClassLoader(),
                true);
        condition(spans).ifPresent(condition -> ((SupportsFilterPushDown) source).applyFilters(List.of(condition)));
        return source;
    }

    private static Optional<ResolvedExpression> condition(OffsetSpans spans) {
        return spans.byPartition().entrySet().stream()
                .filter(each -> each.getValue()[0] < each.getValue()[1])
                .map(each -> within(each.getKey(), each.getValue()))
                .reduce((one, other) -> call(OR, one, other));
    }

    private static ResolvedExpression within(int partition, long[] span) {
        ResolvedExpression offset = column(OFFSET);
        ResolvedExpression above = call(GREATER_THAN_OR_EQUAL, offset, new ValueLiteralExpression(span[0]));
        ResolvedExpression below = call(LESS_THAN, offset, new ValueLiteralExpression(span[1]));
        ResolvedExpression ours = call(EQUALS, column(PARTITION), new ValueLiteralExpression(partition));
        return call(AND, ours, call(AND, above, below));
    }

    private static ResolvedExpression column(int index) {
        Column column = COLUMNS.getColumns().get(index);
        return new FieldReferenceExpression(column.getName(), column.getDataType(), 0, index);
    }

    private static ResolvedExpression call(BuiltInFunctionDefinition function, ResolvedExpression... operands) {
        DataType type = DataTypes.BOOLEAN();
        return CallExpression.permanent(function, List.of(operands), type);
    }
}
