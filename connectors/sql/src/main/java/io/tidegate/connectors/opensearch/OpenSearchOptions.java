package io.tidegate.connectors.opensearch;

import io.tidegate.common.Names;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of the connector; where Flink's Elasticsearch connector has a counterpart, the name is the same. */
final class OpenSearchOptions {

    static final ConfigOption<List<String>> HOSTS = ConfigOptions.key("hosts")
            .stringType()
            .asList()
            .noDefaultValue()
            .withDescription("Base addresses, separated by semicolons; requests go to each in turn.");

    static final ConfigOption<String> INDEX = ConfigOptions.key("index")
            .stringType()
            .noDefaultValue()
            .withDescription("A fixed name, or name-{column|yyyy.MM.dd} with the column's day in UTC.");

    static final ConfigOption<List<String>> DOCUMENT_ID_FIELDS = ConfigOptions.key("document-id.fields")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("Identity columns, separated by semicolons; by default the table's primary key.");

    static final ConfigOption<String> DOCUMENT_ID_KEY_DELIMITER = ConfigOptions.key("document-id.key-delimiter")
            .stringType()
            .defaultValue(Names.IDENTITY_SEPARATOR)
            .withDescription("Stands between the texts of several identity columns.");

    static final ConfigOption<String> USERNAME = ConfigOptions.key("username")
            .stringType()
            .noDefaultValue()
            .withDescription("User for basic authentication.");

    static final ConfigOption<String> PASSWORD = ConfigOptions.key("password")
            .stringType()
            .noDefaultValue()
            .withDescription("The user's password.");

    static final ConfigOption<Duration> CONNECTION_TIMEOUT = ConfigOptions.key("connection.timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(5))
            .withDescription("How long connecting may take.");

    static final ConfigOption<Duration> CONNECTION_REQUEST_TIMEOUT = ConfigOptions.key("connection.request-timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription("How long one request may take before it is sent again.");

    static final ConfigOption<Boolean> CONNECTION_COMPRESSION = ConfigOptions.key("connection.compression")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether requests are compressed with gzip.");

    static final ConfigOption<Integer> BULK_MAX_ACTIONS = ConfigOptions.key("sink.bulk-flush.max-actions")
            .intType()
            .defaultValue(1000)
            .withDescription("Documents in one request at most.");

    static final ConfigOption<MemorySize> BULK_MAX_SIZE = ConfigOptions.key("sink.bulk-flush.max-size")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(5))
            .withDescription("Bytes in one request at most; a document beyond it is DOCUMENT_TOO_LARGE.");

    static final ConfigOption<Duration> BULK_INTERVAL = ConfigOptions.key("sink.bulk-flush.interval")
            .durationType()
            .defaultValue(Duration.ofMillis(500))
            .withDescription("How long a document waits for others at most.");

    static final ConfigOption<Duration> BACKOFF_DELAY = ConfigOptions.key("sink.bulk-flush.backoff.delay")
            .durationType()
            .defaultValue(Duration.ofMillis(100))
            .withDescription("Wait before the first retry; it doubles each time.");

    static final ConfigOption<Duration> BACKOFF_MAX_DELAY = ConfigOptions.key("sink.bulk-flush.backoff.max-delay")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription("Wait between two retries at most.");

    static final ConfigOption<Integer> MAX_IN_FLIGHT = ConfigOptions.key("sink.max-in-flight-requests")
            .intType()
            .defaultValue(2)
            .withDescription("Requests under way at the same time, per task.");

    static final ConfigOption<Integer> MAX_BUFFERED = ConfigOptions.key("sink.max-buffered-requests")
            .intType()
            .defaultValue(3_000)
            .withDescription("Documents that wait, per task, before the sink holds the job back.");

    static final ConfigOption<OperationType> OP_TYPE = ConfigOptions.key("sink.op-type")
            .enumType(OperationType.class)
            .defaultValue(OperationType.INDEX)
            .withDescription("index: a repeat overwrites. create: the first document of an id stays.");

    static final ConfigOption<String> VERSION_COLUMN = ConfigOptions.key("sink.version-column")
            .stringType()
            .noDefaultValue()
            .withDescription("Number or timestamp; a document never overwrites one with a higher value.");

    static final ConfigOption<Long> VERSION = ConfigOptions.key("sink.version")
            .longType()
            .noDefaultValue()
            .withDescription("The version of every document; it never overwrites one with a higher version.");

    static final ConfigOption<Boolean> VERSION_CLOCK = ConfigOptions.key("sink.version-clock")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether a document's version is when it is sent; a request given up overwrites nothing newer.");

    static final ConfigOption<String> DEAD_LETTER_TOPIC = ConfigOptions.key("dead-letter.topic")
            .stringType()
            .noDefaultValue()
            .withDescription("Topic for the documents that OpenSearch refuses.");

    static final ConfigOption<String> DEAD_LETTER_DATASET = ConfigOptions.key("dead-letter.dataset")
            .stringType()
            .noDefaultValue()
            .withDescription("Dataset that the dead letters name.");

    static final ConfigOption<String> DEAD_LETTER_PROCESSOR = ConfigOptions.key("dead-letter.processor")
            .stringType()
            .defaultValue("index")
            .withDescription("Job that the dead letters name.");

    static final ConfigOption<String> DEAD_LETTER_ROW_FIELD = ConfigOptions.key("dead-letter.row-field")
            .stringType()
            .noDefaultValue()
            .withDescription("Column with the row's number, where a record is several rows.");

    static final ConfigOption<String> DEAD_LETTER_SCHEMA = ConfigOptions.key("dead-letter.schema")
            .stringType()
            .noDefaultValue()
            .withDescription("Avro schema (JSON) of a dead letter.");

    static final ConfigOption<String> DEAD_LETTER_SUBJECT = ConfigOptions.key("dead-letter.subject")
            .stringType()
            .noDefaultValue()
            .withDescription("Registry subject that holds the schema; by default <topic>-value.");

    static final ConfigOption<String> DEAD_LETTER_REGISTRY_URL = ConfigOptions.key("dead-letter.registry.url")
            .stringType()
            .noDefaultValue()
            .withDescription("Base address of the registry's Confluent-compatible API.");

    static final ConfigOption<Duration> DEAD_LETTER_REGISTRY_RETRY_TIMEOUT = ConfigOptions.key(
                    "dead-letter.registry.retry-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(10))
            .withDescription("How long an unreachable registry is asked again before the task fails.");

    /** Whatever follows this prefix is a setting of the dead letters' Kafka producer. */
    static final String DEAD_LETTER_PRODUCER_PREFIX = "dead-letter.properties.";

    /** What happens when the id is already in the index. */
    enum OperationType {
        INDEX,
        CREATE;

        String action() {
            return this == INDEX ? "index" : "create";
        }
    }

    private OpenSearchOptions() {}
}
