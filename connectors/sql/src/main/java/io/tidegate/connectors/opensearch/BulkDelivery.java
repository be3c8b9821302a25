package io.tidegate.connectors.opensearch;

import io.tidegate.connectors.opensearch.BulkTransport.Reply;
import io.tidegate.connectors.opensearch.DocumentEntry.Address;
import io.tidegate.connectors.opensearch.DocumentEntry.Rejection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The course of one batch: its parts are sent one after the other; a part comes back when some of its documents must
 * be sent again, and as two halves when OpenSearch can't take it as a whole. One request is under way at a time, so
 * the fields need no lock.
 */
final class BulkDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(BulkDelivery.class);
    private static final int MAX_QUOTED_CHARS = 500;

    private final BulkSender sender;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Deque<List<DocumentEntry>> parts = new ArrayDeque<>();
    private int retries;

    BulkDelivery(BulkSender sender) {
        this.sender = sender;
    }

    CompletableFuture<Void> start(List<DocumentEntry> batch) {
        List<DocumentEntry> sendable = batch.stream().filter(entry -> entry.rejection() == null).toList();
        if (sendable.size() < batch.size()) {
            batch.stream().filter(entry -> entry.rejection() != null).forEach(e -> bury(e, e.rejection()));
        }
        push(sendable);
        next();
        return done;
    }

    private void next() {
        List<DocumentEntry> part = parts.poll();
        if (part == null) {
            done.complete(null);
            return;
        }
        if (sender.isClosed()) {
            return;
        }
        sender.transport.post(sender.body.of(part)).whenComplete((reply, failure) -> {
            try {
                if (failure == null) {
                    settle(part, reply);
                } else {
                    retryOutage(part, failure);
                }
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
    }

    private void settle(List<DocumentEntry> part, Reply reply) {
        switch (reply.status()) {
            case 200 -> settleEach(part, reply.body());
            case 400, 413 -> divide(part, reply);
            case 408, 429 -> retryRefused(part, reply);
            case 401, 403 -> throw new OpenSearchException("OpenSearch refuses the user: " + describe(reply)
                    + ". Check the table's username and password and that the user may write to the index.");
            default -> {
                if (reply.status() < 500) {
                    throw new OpenSearchException("OpenSearch does not take bulk requests here: " + describe(reply)
                            + ". Check the table's option hosts.");
                }
                retryRefused(part, reply);
            }
        }
    }

    private void retryRefused(List<DocumentEntry> part, Reply reply) {
        sender.metrics.verdict(reply.status(), part.size());
        retry(part, describe(reply));
    }

    private void settleEach(List<DocumentEntry> part, byte[] body) {
        List<BulkVerdict> verdicts;
        try {
            verdicts = BulkVerdict.parse(body, part.size());
        } catch (IOException e) {
            sender.metrics.noAnswer(part.size());
            retry(part, e.toString());
            return;
        }
        if (verdicts.isEmpty()) {
            sender.metrics.verdict(200, part.size());
            sender.metrics.indexed(part.size());
            retries = 0;
            next();
            return;
        }
        settleEach(part, verdicts);
    }

    /** From the last to the first, so that a document isn't sent again after a later one of the same id went in. */
    private void settleEach(List<DocumentEntry> part, List<BulkVerdict> verdicts) {
        LinkedList<DocumentEntry> again = new LinkedList<>();
        Set<Address> overtaken = new HashSet<>();
        String reason = "";
        int finished = 0;
        for (int i = part.size() - 1; i >= 0; i--) {
            DocumentEntry entry = part.get(i);
            BulkVerdict verdict = verdicts.get(i);
            sender.metrics.verdict(verdict.status(), 1);
            Address unversioned = new Address(entry.address().index(), entry.address().id(), null);
            if (verdict.outcome() == BulkVerdict.Outcome.REJECTED) {
                bury(entry, Rejection.refused(verdict.reason()));
            } else if (verdict.outcome() == BulkVerdict.Outcome.RETRY && !overtaken.contains(unversioned)) {
                again.addFirst(entry);
                reason = verdict.reason();
            } else {
                overtaken.add(unversioned);
                finished++;
            }
        }
        sender.metrics.indexed(finished);
        if (again.size() < part.size()) {
            retries = 0;
        }
        if (again.isEmpty()) {
            next();
        } else {
            retry(List.copyOf(again), reason);
        }
    }

    private void retryOutage(List<DocumentEntry> part, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof IOException)) {
            done.completeExceptionally(cause);
            return;
        }
        sender.metrics.noAnswer(part.size());
        retry(part, cause.toString());
    }

    private void retry(List<DocumentEntry> part, String reason) {
        long delayMs = sender.backoff.delayMs(retries++, ThreadLocalRandom.current());
        LOG.warn("{} documents go to OpenSearch again in {} ms: {}", part.size(), delayMs, reason);
        parts.addFirst(part);
        sender.metrics.retryScheduled(part.size());
        CompletableFuture.delayedExecutor(delayMs, TimeUnit.MILLISECONDS).execute(() -> {
            sender.metrics.retryStarted();
            try {
                next();
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
    }

    /** A request refused as a whole is halved until the document at fault is alone. */
    private void divide(List<DocumentEntry> part, Reply reply) {
        if (part.size() == 1) {
            sender.metrics.verdict(reply.status(), 1);
            String reason = describe(reply);
            bury(part.get(0), reply.status() == 413 ? Rejection.tooLarge(reason) : Rejection.refused(reason));
        } else {
            int half = part.size() / 2;
            push(part.subList(half, part.size()));
            push(part.subList(0, half));
        }
        next();
    }

    private void push(List<DocumentEntry> part) {
        if (!part.isEmpty()) {
            parts.addFirst(part);
        }
    }

    private void bury(DocumentEntry entry, Rejection rejection) {
        sender.metrics.deadLettered();
        sender.deadLetters.add(entry, rejection);
    }

    private static String describe(Reply reply) {
        String text = new String(reply.body(), StandardCharsets.UTF_8);
        String quoted = text.length() > MAX_QUOTED_CHARS ? text.substring(0, MAX_QUOTED_CHARS) + "…" : text;
        return ("status " + reply.status() + " " + quoted).strip();
    }
}
