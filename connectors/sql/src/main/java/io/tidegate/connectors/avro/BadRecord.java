package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;

/** One record cannot be decoded. It has no stack trace: a flood of bad records must stay cheap. */
public final class BadRecord extends RuntimeException {
    private final ErrorCode code;
    private final String path;

    public BadRecord(ErrorCode code, String message) {
        this(code, message, "");
    }

    private BadRecord(ErrorCode code, String message, String path) {
        super(message, null, false, false);
        this.code = code;
        this.path = path;
    }

    /** The same error, seen from the record that holds the field, or from the array that holds the item {@code [3]}. */
    public BadRecord inField(String field) {
        boolean follows = path.isEmpty() || path.startsWith("[");
        return new BadRecord(code, super.getMessage(), follows ? field + path : field + "." + path);
    }

    public ErrorCode code() {
        return code;
    }

    @Override
    public String getMessage() {
        return path.isEmpty() ? super.getMessage() : "field '" + path + "': " + super.getMessage();
    }
}
