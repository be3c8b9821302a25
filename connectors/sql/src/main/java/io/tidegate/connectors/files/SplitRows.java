package io.tidegate.connectors.files;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import io.tidegate.connectors.avro.SentNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;

/** The rows of one split, and at its end what it held. */
final class SplitRows implements RowsOfSplit {
    private final FilesConfig config;
    private final FileOrigin origin;
    private final SplitInput input;

    private RowScanner scanner;
    private FilePart part;
    private CsvHeader header;
    private Line headerLine;
    private boolean isOver;
    private long from;
    private long to;
    private long rows;
    private long places;
    private long headerLines;
    private long blankLines;
    private long commentLines;

    /** @param input whose to close is up to this from now on */
    SplitRows(FilesConfig config, SplitInput input, FileOrigin origin) {
        this.config = config;
        this.input = input;
        this.origin = origin;
        describe(null);
    }

    @Override
    public FileRow next() throws IOException {
        if (isOver) {
            return null;
        }
        FileFault fault = null;
        try {
            if (scanner == null) {
                open();
            }
            FileRow row = nextRow();
            if (row != null) {
                return row;
            }
        } catch (FileFault found) {
            fault = found;
        }
        isOver = true;
        input.requireUnchanged();
        return FileRow.of(part, new PartEnd(from, to, rows, places, headerLines, blankLines, commentLines, fault));
    }

    private void open() throws IOException {
        from = input.start();
        to = from;
        input.begin(config);
        scanner = config.scanner(input.window(), input.encoding());
        if (config.csv() != null && !config.csv().hasHeader()) {
            take(CsvHeader.of(namesOfColumns(), config.csv()));
        }
        if (!input.isAtBeginning()) {
            if (isHeaderWanted()) {
                readHeader();
            }
            input.moveToSplit(config);
            scanner = config.scanner(input.window(), input.encoding());
        }
        from = input.start() == 0 ? 0 : input.window().offset();
        to = input.window().offset();
        describe(header);
    }

    private List<String> namesOfColumns() {
        List<String> named = config.csv().columns();
        List<Schema.Field> fields = config.csv().schema().getFields();
        return named.isEmpty() ? fields.stream().map(SentNames::of).toList() : named;
    }

    private boolean isHeaderWanted() {
        return config.csv() != null && header == null;
    }

    /** In front of the split: its lines are counted where they belong. */
    private void readHeader() throws IOException {
        for (Line line = scanner.next(); line != null; line = scanner.next()) {
            if (line.length() > 0 && !isComment(line)) {
                takeHeader(line);
                return;
            }
        }
        throw noHeader();
    }

    private FileRow nextRow() throws IOException {
        long end = input.end();
        while (input.window().offset() < end) {
            Line line = scanner.next();
            to = input.window().offset();
            if (line == null) {
                if (isHeaderWanted()) {
                    throw noHeader();
                }
                return null;
            }
            if (line.length() == 0) {
                blankLines++;
            } else if (isComment(line)) {
                commentLines++;
            } else if (isHeaderWanted()) {
                takeHeader(line);
                headerLines++;
            } else if (headerLine != null && headerLine.offset() == line.offset()) {
                headerLines++;
            } else {
                rows++;
                places += Places.hash(line.offset());
                return FileRow.of(part, rows, line, fault(line));
            }
        }
        return null;
    }

    private BadRecord fault(Line line) {
        if (line.isCut()) {
            return config.limits().tooLarge(line);
        }
        if (config.csv() == null) {
            return null;
        }
        int mark = input.encoding().markBytesOf(line.bytes());
        if (headerLine != null && isRest(line.bytes(), mark, headerLine.bytes())) {
            return new BadRecord(ErrorCode.NOT_CSV, "the header once more");
        }
        return mark > 0 ? new BadRecord(ErrorCode.NOT_CSV, "cell 1: a byte order mark, which is no part of a text") : null;
    }

    private static boolean isRest(byte[] row, int from, byte[] text) {
        return Arrays.equals(row, from, row.length, text, 0, text.length);
    }

    private boolean isComment(Line line) {
        boolean isWhole = line.bytes().length >= input.encoding().width();
        return config.csv() != null && isWhole
                && input.encoding().unit(line.bytes(), 0) == config.csv().dialect().comment();
    }

    private void takeHeader(Line line) throws FileFault {
        headerLine = line;
        if (line.isCut()) {
            throw new FileFault(FileFault.Code.BAD_HEADER, "a first row of " + line.length() + " bytes");
        }
        try {
            CsvCells cells = new CsvCells(config.csv().dialect());
            cells.read(input.encoding().utf8(line.bytes()));
            List<String> names = new ArrayList<>();
            for (int i = 0; i < cells.count(); i++) {
                cells.select(i);
                names.add(cells.text());
            }
            take(CsvHeader.of(names, config.csv()));
        } catch (BadRecord bad) {
            throw new FileFault(FileFault.Code.BAD_HEADER, "the first row can't be read: " + bad.getMessage());
        }
    }

    private void take(CsvHeader found) {
        header = found;
        if (scanner instanceof QuotedScanner quoted) {
            quoted.columns(found.fields().length);
        }
        describe(found);
    }

    private void describe(CsvHeader found) {
        part = new FilePart(origin, input.start(), input.encoding(), found);
    }

    private static FileFault noHeader() {
        return new FileFault(FileFault.Code.BAD_HEADER, "no header: the file has no row");
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
