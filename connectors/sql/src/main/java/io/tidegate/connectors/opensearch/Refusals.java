package io.tidegate.connectors.opensearch;

import java.util.Set;
import java.util.regex.Pattern;

/** Whose fault a 400 is, by the type of OpenSearch's error: it answers so to bad documents and to states of its own alike. */
final class Refusals {

    /** Always the document: its JSON, a value that does not fit its field, a field that is not there, its id or its day. */
    private static final Set<String> OF_THE_DOCUMENT = Set.of(
            "mapper_parsing_exception",
            "document_parsing_exception",
            "strict_dynamic_mapping_exception",
            "parse_exception",
            "parsing_exception",
            "x_content_parse_exception",
            "json_parse_exception",
            "not_x_content_exception",
            "action_request_validation_exception",
            "max_bytes_length_exceeded_exception",
            "invalid_index_name_exception");

    /** Always the server, and never the document: too many shards, a block, a closed or missing index, a right. */
    private static final Set<String> OF_THE_SERVER = Set.of(
            "validation_exception",
            "cluster_block_exception",
            "index_closed_exception",
            "index_not_found_exception",
            "index_create_block_exception",
            "invalid_alias_name_exception",
            "invalid_index_template_exception",
            "no_shard_available_action_exception",
            "security_exception");

    /** An illegal argument may be anything; these are the document's. */
    private static final Pattern ARGUMENT_OF_THE_DOCUMENT = Pattern.compile(
            "immense term|bytes can be at most|must not be empty|Limit of [a-z ]+ \\[\\d+\\]|number of nested documents"
                    + "|mapper \\[|object mapping|cannot be changed from type|is too large|too long");

    private Refusals() {}

    static boolean areOfTheServer(String type) {
        return OF_THE_SERVER.contains(type);
    }

    static boolean areOfTheDocument(String type, String reason) {
        return OF_THE_DOCUMENT.contains(type)
                || type.equals("illegal_argument_exception") && ARGUMENT_OF_THE_DOCUMENT.matcher(reason).find();
    }
}
