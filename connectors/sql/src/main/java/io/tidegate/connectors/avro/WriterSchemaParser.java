package io.tidegate.connectors.avro;

import io.tidegate.common.ErrorCode;
import io.tidegate.common.RegistryClient;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/**
 * Parses what the registry holds as a writer's schema, which may be of another language, refer to other schemas, or be none.
 * {@code tidegate/avro/writer_types.py} takes the same for schemas.
 */
final class WriterSchemaParser {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_REFERENCES = 100;

    private final RegistryClient registry;

    WriterSchemaParser(RegistryClient registry) {
        this.registry = registry;
    }

    /**
     * @param answer the registry's: {@code schema}, {@code schemaType}, {@code references}
     * @throws BadRecord SCHEMA_MISMATCH, if it is no Avro schema
     * @throws IOException if the registry is out of reach
     */
    Schema parse(JsonNode answer) throws IOException {
        Map<String, JsonNode> references = new LinkedHashMap<>();
        addReferences(answer, references);
        Schema.Parser parser = new Schema.Parser().setValidate(false).setValidateDefaults(false);
        try {
            references.values().forEach(reference -> parser.parse(avro(reference)));
            Schema schema = parser.parse(avro(answer));
            requireShallow(schema, 0, Collections.newSetFromMap(new IdentityHashMap<>()));
            return schema;
        } catch (BadRecord unreadable) {
            throw unreadable;
        } catch (RuntimeException | StackOverflowError e) {
            throw new BadRecord(ErrorCode.SCHEMA_MISMATCH, "it is no Avro schema: " + e.getMessage());
        }
    }

    /** Adds what a schema refers to, each behind what it refers to itself. */
    private void addReferences(JsonNode answer, Map<String, JsonNode> found) throws IOException {
        for (JsonNode reference : answer.path("references")) {
            String subject = reference.path("subject").asText();
            int version = reference.path("version").asInt();
            String key = version + " of " + subject;
            if (found.containsKey(key) || found.size() >= MAX_REFERENCES) {
                continue;
            }
            found.put(key, reference);
            JsonNode referred = registry.schemaOf(subject, version).orElseThrow(
                    () -> new BadRecord(ErrorCode.SCHEMA_MISMATCH, "the registry lacks a schema it refers to, version " + key));
            addReferences(referred, found);
            found.remove(key);
            found.put(key, referred);
        }
    }

    private static String avro(JsonNode answer) {
        String language = answer.path("schemaType").asText("AVRO");
        if (!language.equals("AVRO")) {
            throw new BadRecord(ErrorCode.SCHEMA_MISMATCH, "it is no Avro schema, but " + language);
        }
        return answer.path("schema").asText();
    }

    private static void requireShallow(Schema schema, int depth, Set<Schema> seen) {
        if (depth > MAX_DEPTH) {
            throw new BadRecord(ErrorCode.SCHEMA_MISMATCH, "its types are nested deeper than " + MAX_DEPTH);
        }
        if (seen.add(schema)) {
            parts(schema).forEach(part -> requireShallow(part, depth + 1, seen));
        }
    }

    private static List<Schema> parts(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> schema.getFields().stream().map(Schema.Field::schema).toList();
            case ARRAY -> List.of(schema.getElementType());
            case MAP -> List.of(schema.getValueType());
            case UNION -> schema.getTypes();
            default -> List.of();
        };
    }
}
