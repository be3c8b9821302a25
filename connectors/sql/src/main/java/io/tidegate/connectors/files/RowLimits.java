package io.tidegate.connectors.files;

import java.io.Serializable;

/**
 * How much of a row is held.
 *
 * @param maxBytes a longer row is RECORD_TOO_LARGE
 * @param keptBytes the first bytes of such a row that are kept
 */
record RowLimits(int maxBytes, int keptBytes) implements Serializable {}
