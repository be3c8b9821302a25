package io.tidegate.connectors.files;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import java.io.Serializable;

/**
 * How much of a row is held.
 *
 * @param maxBytes a longer row is RECORD_TOO_LARGE
 * @param keptBytes the first bytes of such a row that are kept
 */
record RowLimits(int maxBytes, int keptBytes) implements Serializable {
    /** The fault of a row that was cut. */
    BadRecord tooLarge(Line line) {
        return new BadRecord(ErrorCode.RECORD_TOO_LARGE, line.length() + " bytes are over the limit of " + maxBytes);
    }
}
