package io.tidegate.connectors.files;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import io.tidegate.connectors.avro.Utf8;
import io.tidegate.connectors.json.JsonValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonGenerator;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.util.MinimalPrettyPrinter;

/** A row as JSON in UTF-8 while it is written, value by value; one after the other. */
final class ParquetJson {
    /** Of rows that are longer by far than others no memory is kept. */
    private static final int KEPT_BYTES = 1024 * 1024;

    /** What is done with the generator, which throws as if it wrote to a file. */
    interface Step {
        void with(JsonGenerator json) throws IOException;
    }

    private ByteArrayOutputStream bytes;
    private JsonGenerator json;
    private BadRecord fault;

    ParquetJson() {
        renew();
    }

    private void renew() {
        bytes = new ByteArrayOutputStream();
        try {
            json = new JsonFactory().createGenerator(bytes);
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
        // Nothing between two rows.
        json.setPrettyPrinter(new MinimalPrettyPrinter(""));
    }

    /** @throws UncheckedIOException never, but that the generator may say so */
    void write(Step step) {
        try {
            step.with(json);
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
    }

    /** A text, which is the row's fault if it is none; the row then has signs that stand for what can't be said. */
    void text(String field, byte[] utf8) {
        if (isText(field, utf8)) {
            write(to -> to.writeUTF8String(utf8, 0, utf8.length));
        } else {
            write(to -> to.writeString(new String(utf8, StandardCharsets.UTF_8)));
        }
    }

    /** The same as the name of what follows. */
    void name(String field, byte[] utf8) {
        isText(field, utf8);
        write(to -> to.writeFieldName(new String(utf8, StandardCharsets.UTF_8)));
    }

    private boolean isText(String field, byte[] utf8) {
        boolean isValid = Utf8.isValid(utf8, 0, utf8.length);
        if (!isValid) {
            blame(new BadRecord(ErrorCode.BAD_UTF8, "a text that is not UTF-8").inField(JsonValues.shortened(field)));
        }
        return isValid;
    }

    /** The first fault of a row is told. */
    void blame(BadRecord found) {
        fault = fault == null ? found : fault;
    }

    /** Null of a row of which all can be said. */
    BadRecord fault() {
        return fault;
    }

    /** The row that has been written; the next one begins, and has no fault yet. */
    byte[] take() {
        fault = null;
        write(JsonGenerator::flush);
        byte[] row = bytes.toByteArray();
        if (row.length > KEPT_BYTES) {
            renew();
        }
        bytes.reset();
        return row;
    }

}
