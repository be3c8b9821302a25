package io.tidegate.budget;

import java.util.ArrayList;
import java.util.List;

/**
 * The dead letters that the thread has made and nobody has counted yet.
 *
 * <p>Flink runs a chain of operators as nested calls: when an operator has handed a record on, whatever follows it in the
 * chain has dealt with it. So the functions that make a dead letter tell here, and the operator at the head of the chain,
 * which sees every record, knows what has become of it without another look at it.
 */
public final class Letters {
    private static final ThreadLocal<Letters> OF_THREAD = ThreadLocal.withInitial(Letters::new);

    private final List<Letter> told = new ArrayList<>();
    private String rules = "";
    private boolean isHeard;

    /** A dead letter: where its record lies, and its cause, which is {@code stage/code}. */
    record Letter(int partition, long offset, String cause, String rules) {}

    private Letters() {}

    public static Letters ofThread() {
        return OF_THREAD.get();
    }

    /** The names of the rules that the record breaks whose dead letter is being made. */
    public void rules(String names) {
        rules = names;
    }

    /** From now on somebody takes what is told; what is told in other threads is let go. */
    void hear() {
        isHeard = true;
    }

    public void tell(int partition, long offset, String cause) {
        if (isHeard) {
            told.add(new Letter(partition, offset, cause, rules));
        }
        rules = "";
    }

    boolean isEmpty() {
        return told.isEmpty();
    }

    List<Letter> take() {
        List<Letter> taken = List.copyOf(told);
        told.clear();
        return taken;
    }
}
