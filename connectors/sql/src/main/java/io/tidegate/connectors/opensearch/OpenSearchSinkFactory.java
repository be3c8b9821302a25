package io.tidegate.connectors.opensearch;

import static io.tidegate.connectors.opensearch.OpenSearchOptions.*;

import io.tidegate.common.Names;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.logical.RowType;

/** Makes the sink of a table {@code WITH ('connector' = 'opensearch-bulk', …)}. */
public final class OpenSearchSinkFactory implements DynamicTableSinkFactory {

    @Override
    public String factoryIdentifier() {
        return "opensearch-bulk";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(
                HOSTS, INDEX, DEAD_LETTER_TOPIC, DEAD_LETTER_DATASET, DEAD_LETTER_SCHEMA, DEAD_LETTER_REGISTRY_URL);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(
                DOCUMENT_ID_FIELDS, DOCUMENT_ID_KEY_DELIMITER, USERNAME, PASSWORD, CONNECTION_TIMEOUT,
                CONNECTION_REQUEST_TIMEOUT, CONNECTION_COMPRESSION, BULK_MAX_ACTIONS, BULK_MAX_SIZE, BULK_INTERVAL,
                BACKOFF_DELAY, BACKOFF_MAX_DELAY, MAX_IN_FLIGHT, MAX_BUFFERED, OP_TYPE, VERSION_COLUMN, VERSION,
                VERSION_CLOCK,
                DEAD_LETTER_PROCESSOR, DEAD_LETTER_ROW_FIELD, DEAD_LETTER_SUBJECT, DEAD_LETTER_REGISTRY_RETRY_TIMEOUT,
                FactoryUtil.SINK_PARALLELISM);
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validateExcept(DEAD_LETTER_PRODUCER_PREFIX);
        ReadableConfig options = helper.getOptions();
        ResolvedSchema schema = context.getCatalogTable().getResolvedSchema();
        BulkConfig bulk = bulk(options);
        DocumentLayout layout = layout(options, schema);
        RowType table = (RowType) schema.toPhysicalRowDataType().getLogicalType();
        OpenSearchSink.Settings settings = new OpenSearchSink.Settings(
                connection(options),
                bulk,
                new OpenSearchSink.Operation(options.get(OP_TYPE).action(), versionClock(options)),
                new Backoff(options.get(BACKOFF_DELAY), options.get(BACKOFF_MAX_DELAY)),
                deadLetters(options, producerSettings(context.getCatalogTable().getOptions())));
        OpenSearchSink sink = new OpenSearchSink(new DocumentConverter(table, layout, bulk.maxSizeBytes()), settings);
        boolean ordered = layout.version().column() != null || bulk.maxInFlight() == 1;
        Integer parallelism = options.getOptional(FactoryUtil.SINK_PARALLELISM).orElse(null);
        return new OpenSearchTableSink(sink, ordered, parallelism);
    }

    private static DocumentLayout layout(ReadableConfig options, ResolvedSchema schema) {
        List<String> idColumns = options.get(DOCUMENT_ID_FIELDS);
        if (idColumns.isEmpty()) {
            idColumns = schema.getPrimaryKey()
                    .orElseThrow(() -> new ValidationException("Documents need an identity, or a replay doubles them:"
                            + " set document-id.fields or declare PRIMARY KEY (…) NOT ENFORCED."))
                    .getColumns();
        }
        return new DocumentLayout(
                options.get(INDEX),
                List.copyOf(idColumns),
                options.get(DOCUMENT_ID_KEY_DELIMITER),
                version(options),
                options.get(DEAD_LETTER_ROW_FIELD));
    }

    private static DocumentLayout.Version version(ReadableConfig options) {
        String column = options.get(VERSION_COLUMN);
        Long fixed = options.get(VERSION);
        if (column != null && options.get(OP_TYPE) == OperationType.CREATE) {
            throw new ValidationException("sink.version-column needs sink.op-type = index.");
        }
        if (fixed != null && (column != null || fixed < 0 || options.get(OP_TYPE) == OperationType.CREATE)) {
            throw new ValidationException(
                    "sink.version must be 0 or more, and needs sink.op-type = index and no sink.version-column.");
        }
        return new DocumentLayout.Version(column, fixed);
    }

    private static boolean versionClock(ReadableConfig options) {
        boolean used = options.get(VERSION_CLOCK);
        if (used && (options.get(VERSION_COLUMN) != null
                || options.get(VERSION) != null
                || options.get(OP_TYPE) == OperationType.CREATE
                || options.get(MAX_IN_FLIGHT) != 1)) {
            throw new ValidationException("sink.version-clock needs sink.op-type = index,"
                    + " sink.max-in-flight-requests = 1, no sink.version-column and no sink.version.");
        }
        return used;
    }

    private static ConnectionConfig connection(ReadableConfig options) {
        ConnectionConfig.Credentials credentials = null;
        if (options.get(USERNAME) != null) {
            String password = options.getOptional(PASSWORD)
                    .orElseThrow(() -> new ValidationException("username is set but password isn't; set both."));
            credentials = new ConnectionConfig.Credentials(options.get(USERNAME), password);
        }
        List<String> hosts = options.get(HOSTS).stream().map(OpenSearchSinkFactory::host).toList();
        if (hosts.isEmpty()) {
            throw new ValidationException("hosts is empty; set it to OpenSearch's address.");
        }
        return new ConnectionConfig(
                hosts,
                credentials,
                options.get(CONNECTION_TIMEOUT),
                options.get(CONNECTION_REQUEST_TIMEOUT),
                options.get(CONNECTION_COMPRESSION));
    }

    private static String host(String address) {
        String base = address.strip().replaceAll("/+$", "");
        if (!base.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?") || URI.create(base).getHost() == null) {
            throw new ValidationException("hosts: '" + address + "' is no address like http://localhost:9200");
        }
        return base;
    }

    private static BulkConfig bulk(ReadableConfig options) {
        BulkConfig bulk = new BulkConfig(
                options.get(BULK_MAX_ACTIONS),
                options.get(BULK_MAX_SIZE).getBytes(),
                options.get(BULK_INTERVAL),
                options.get(MAX_IN_FLIGHT),
                options.get(MAX_BUFFERED));
        if (bulk.maxActions() < 1 || bulk.maxSizeBytes() < 1 || bulk.maxInFlight() < 1 || bulk.interval().toMillis() < 1) {
            throw new ValidationException("The options sink.bulk-flush.max-actions, .max-size and .interval and"
                    + " sink.max-in-flight-requests must be greater than 0.");
        }
        if (bulk.maxBuffered() <= bulk.maxActions()) {
            throw new ValidationException(
                    "sink.max-buffered-requests must be greater than sink.bulk-flush.max-actions.");
        }
        return bulk;
    }

    private static DeadLetterConfig deadLetters(ReadableConfig options, Map<String, String> producer) {
        if (!producer.containsKey("bootstrap.servers")) {
            throw new ValidationException(
                    "Set " + DEAD_LETTER_PRODUCER_PREFIX + "bootstrap.servers to the brokers of the dead-letter topic.");
        }
        String topic = options.get(DEAD_LETTER_TOPIC);
        DeadLetterConfig.Registry registry = new DeadLetterConfig.Registry(
                options.get(DEAD_LETTER_REGISTRY_URL),
                options.getOptional(DEAD_LETTER_SUBJECT).orElse(topic + Names.SUBJECT_SUFFIX),
                options.get(DEAD_LETTER_SCHEMA),
                options.get(DEAD_LETTER_REGISTRY_RETRY_TIMEOUT));
        DeadLetterConfig.Labels labels =
                new DeadLetterConfig.Labels(options.get(DEAD_LETTER_DATASET), options.get(DEAD_LETTER_PROCESSOR));
        return new DeadLetterConfig(topic, labels, registry, producer);
    }

    private static Map<String, String> producerSettings(Map<String, String> tableOptions) {
        Map<String, String> settings = new HashMap<>();
        tableOptions.forEach((key, value) -> {
            if (key.startsWith(DEAD_LETTER_PRODUCER_PREFIX)) {
                settings.put(key.substring(DEAD_LETTER_PRODUCER_PREFIX.length()), value);
            }
        });
        return settings;
    }
}
