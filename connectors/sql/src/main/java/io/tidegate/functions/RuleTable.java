package io.tidegate.functions;

import io.tidegate.common.DeadLetterLimits;
import org.apache.flink.table.data.StringData;

/**
 * A constant text that describes rules, parsed once: rule {@code i} belongs to bit {@code i} of a mask.
 *
 * <p>A query passes the same constant with every row, so the text is compared by identity first.
 */
final class RuleTable {
    private final String ruleSeparator;
    private final String partSeparator;
    private final int parts;
    private StringData text;
    private StringData[][] rules;

    /**
     * @param parts how many parts each rule's description has
     */
    RuleTable(String ruleSeparator, String partSeparator, int parts) {
        this.ruleSeparator = ruleSeparator;
        this.partSeparator = partSeparator;
        this.parts = parts;
    }

    /** The parts of each rule whose bit is set, lowest bit first. */
    StringData[][] matching(long mask, StringData text) {
        StringData[][] all = parsed(text);
        StringData[][] matching = new StringData[Long.bitCount(mask)][];
        int found = 0;
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            int bit = Long.numberOfTrailingZeros(rest);
            if (bit >= all.length) {
                throw new IllegalArgumentException("Bit " + bit + " of the mask has no rule: only " + all.length
                        + " are described. Pass the descriptions of the rules that made the mask.");
            }
            matching[found++] = all[bit];
        }
        return matching;
    }

    private StringData[][] parsed(StringData wanted) {
        if (wanted != text && !wanted.equals(text)) {
            rules = parse(wanted.toString());
            text = wanted;
        }
        return rules;
    }

    private StringData[][] parse(String text) {
        String[] lines = text.isEmpty() ? new String[0] : text.split(ruleSeparator);
        StringData[][] parsed = new StringData[lines.length][parts];
        for (int i = 0; i < lines.length; i++) {
            String[] values = lines[i].split(partSeparator, parts);
            if (values.length != parts) {
                throw new IllegalArgumentException("'" + lines[i] + "' has " + values.length + " parts, not " + parts + ".");
            }
            for (int part = 0; part < parts; part++) {
                parsed[i][part] = StringData.fromString(DeadLetterLimits.text(values[part]));
            }
        }
        return parsed;
    }
}
