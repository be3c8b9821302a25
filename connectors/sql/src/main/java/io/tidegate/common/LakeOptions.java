package io.tidegate.common;

import java.util.Map;
import java.util.stream.Collectors;

/** A table's options that are those of Iceberg's catalog. */
public final class LakeOptions {
    /** What their names begin with. */
    public static final String PREFIX = "lake.";

    private LakeOptions() {}

    /** Those of the catalog, under its own names. */
    public static Map<String, String> of(Map<String, String> options) {
        return options.entrySet().stream()
                .filter(option -> option.getKey().startsWith(PREFIX))
                .collect(Collectors.toMap(option -> option.getKey().substring(PREFIX.length()), Map.Entry::getValue));
    }
}
