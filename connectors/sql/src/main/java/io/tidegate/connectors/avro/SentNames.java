package io.tidegate.connectors.avro;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;

/** What fields are called where they are sent by name: in JSON, and in the header of a file. */
public final class SentNames {
    /** What a field is called where Avro does not allow that name. */
    private static final String NAME = "json";

    private SentNames() {}

    public static String of(Schema.Field field) {
        Object name = field.getObjectProp(NAME);
        return name == null ? field.name() : name.toString();
    }

    /** The fields' places by their own names, and by their aliases where they are nobody's name. */
    public static Map<String, Integer> positions(List<Schema.Field> fields) {
        Map<String, Integer> positions = new HashMap<>();
        fields.forEach(field -> positions.put(of(field), field.pos()));
        fields.forEach(field -> field.aliases().forEach(alias -> positions.putIfAbsent(alias, field.pos())));
        return positions;
    }
}
