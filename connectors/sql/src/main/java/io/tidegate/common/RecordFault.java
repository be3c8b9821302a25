package io.tidegate.common;

/** The values of one record can't be taken further: the record is at fault, and nothing else. */
public final class RecordFault extends RuntimeException {
    private final ErrorCode code;

    public RecordFault(String reason) {
        this(ErrorCode.TRANSFORM_FAILED, reason);
    }

    public RecordFault(ErrorCode code, String reason) {
        super(reason, null, false, false);
        this.code = code;
    }

    /** What its dead letter says. */
    public ErrorCode code() {
        return code;
    }
}
