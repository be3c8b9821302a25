package io.tidegate.common;

/**
 * Names and limits that Python and Java both know.
 *
 * <p>Made by {@code python -m tidegate.dead_letters.java}.
 */
public final class Names {
    public static final String SOURCE_TOPIC = "_source_topic";
    public static final String SOURCE_PARTITION = "_source_partition";
    public static final String SOURCE_OFFSET = "_source_offset";
    public static final String INGESTED_AT = "_ingested_at";
    public static final String SCHEMA_ID = "_schema_id";
    public static final String KEY = "_key";
    public static final String HEADERS = "_headers";
    public static final String VALUE = "_value";
    public static final String IDENTITY_SEPARATOR = "_";
    public static final String IDENTITY_ESCAPE = "~";
    public static final int DOCUMENT_ID_MAX_BYTES = 512;
    public static final String UNINDEXED = "_unindexed";
    public static final String SUBJECT_SUFFIX = "-value";
    public static final int FRAME_BYTES = 5;
    public static final String INDEX_STAGE = "index";
    public static final String TOPIC_HEADER = "__connect.errors.topic";
    public static final String PARTITION_HEADER = "__connect.errors.partition";
    public static final String OFFSET_HEADER = "__connect.errors.offset";
    public static final String STAGE_HEADER = "__connect.errors.stage";
    public static final String CODE_HEADER = "__connect.errors.exception.class.name";
    public static final String MESSAGE_HEADER = "__connect.errors.exception.message";
    public static final String REDRIVE_OF_HEADER = "tidegate.redrive.of";
    public static final String REDRIVE_ATTEMPT_HEADER = "tidegate.redrive.attempt";
    public static final String REDRIVE_PLAN_HEADER = "tidegate.redrive.plan";
    public static final String REDRIVE_ARRIVED_HEADER = "tidegate.redrive.arrived";
    public static final String REDRIVE_FIRST_FAILED_HEADER = "tidegate.redrive.first-failed";
    public static final String REDRIVE_SIGNATURE_HEADER = "tidegate.redrive.signature";
    public static final int ID_HEX_DIGITS = 32;
    public static final int PAYLOAD_LIMIT_BYTES = 921_600;
    public static final int KEY_LIMIT_BYTES = 65_536;
    public static final int HEADERS_LIMIT_BYTES = 131_072;
    public static final int TEXT_LIMIT_BYTES = 16_384;
    public static final int REQUEST_MAX_BYTES = 8_323_072;

    private Names() {}
}
