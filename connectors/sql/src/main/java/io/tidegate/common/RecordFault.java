package io.tidegate.common;

/** The values of one record can't be taken further: the record is at fault, and nothing else. */
public final class RecordFault extends RuntimeException {
    public RecordFault(String reason) {
        super(reason, null, false, false);
    }
}
