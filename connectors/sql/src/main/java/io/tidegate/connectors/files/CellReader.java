package io.tidegate.connectors.files;

/** Reads one cell into Flink's internal representation of its field's type. */
@FunctionalInterface
interface CellReader {
    /** @throws io.tidegate.connectors.avro.BadRecord BAD_VALUE, if its text stands for no such value */
    Object read(CsvCells cell);
}
