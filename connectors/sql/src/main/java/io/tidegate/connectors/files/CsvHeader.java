package io.tidegate.connectors.files;

import io.tidegate.connectors.avro.SentNames;
import io.tidegate.connectors.json.JsonValues;
import io.tidegate.connectors.json.UnknownFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;

/**
 * The columns of a file, in its own order.
 *
 * @param fields of each column, its field's place in the schema; -1 if there is no such field
 */
record CsvHeader(List<String> names, int[] fields) {
    private static final int SHOWN = 10;

    /** @throws FileFault with all that is wrong at once */
    static CsvHeader of(List<String> names, ColumnRules rules) throws FileFault {
        List<Schema.Field> known = rules.schema().getFields();
        Map<String, Integer> positions = SentNames.positions(known);
        int[] fields = names.stream().mapToInt(name -> positions.getOrDefault(name, -1)).toArray();
        List<String> twice = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < fields.length; i++) {
            if (!seen.add(fields[i] < 0 ? names.get(i) : (Object) fields[i])) {
                twice.add(names.get(i));
            } else if (fields[i] < 0 && rules.unknownColumns() == UnknownFields.REJECT) {
                unknown.add(names.get(i));
            }
        }
        List<String> missing = known.stream()
                .filter(field -> !seen.contains(field.pos()) && !(rules.isMissingAllowed() && field.hasDefaultValue()))
                .map(SentNames::of)
                .toList();
        List<String> problems = new ArrayList<>();
        tell(problems, "missing", missing);
        tell(problems, "there twice", twice);
        tell(problems, "unknown", unknown);
        if (!problems.isEmpty()) {
            throw new FileFault(FileFault.Code.BAD_HEADER, "columns " + String.join("; ", problems));
        }
        return new CsvHeader(names, fields);
    }

    private static void tell(List<String> problems, String what, List<String> names) {
        if (!names.isEmpty()) {
            String more = names.size() > SHOWN ? ", and " + (names.size() - SHOWN) + " more" : "";
            problems.add(what + ": " + names.stream()
                    .limit(SHOWN)
                    .map(name -> "'" + JsonValues.shortened(name) + "'")
                    .collect(Collectors.joining(", ")) + more);
        }
    }
}
