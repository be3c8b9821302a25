package io.tidegate.connectors.files;

/** How rows lie in a file. */
enum Layout {
    CSV("csv"),
    /** One object a line. */
    JSON_LINES("json-lines"),
    /** One array of objects. */
    JSON_ARRAY("json-array"),
    /** Columns, of which rows are made: they have numbers, and no bytes of their own. */
    PARQUET("parquet");

    private final String option;

    Layout(String option) {
        this.option = option;
    }

    /** As the option has it. */
    @Override
    public String toString() {
        return option;
    }
}
