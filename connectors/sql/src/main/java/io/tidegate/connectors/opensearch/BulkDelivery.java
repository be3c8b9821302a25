package io.tidegate.connectors.opensearch;

import io.tidegate.connectors.opensearch.BulkTransport.Reply;
import io.tidegate.connectors.opensearch.BulkVerdict.Outcome;
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

    private final BulkSender sender;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Deque<List<DocumentEntry>> parts = new ArrayDeque<>();

    /** The indices that took a document of this batch: what such a one refuses is not refused by its state. */
    private final Set<String> taking = new HashSet<>();

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
        if (reply.status() == 200) {
            settleEach(part, reply.body());
            return;
        }
        BulkVerdict verdict = BulkVerdict.ofRequest(reply.status(), reply.body());
        boolean atFault = verdict.outcome() == Outcome.REJECTED || verdict.outcome() == Outcome.UNSURE;
        if (reply.status() == 413 || atFault) {
            divide(part, reply, verdict);
        } else {
            sender.metrics.verdict(reply.status(), part.size());
            retry(part, verdict.cause(), describe(reply));
        }
    }

    private void settleEach(List<DocumentEntry> part, byte[] body) {
        List<BulkVerdict> verdicts;
        try {
            verdicts = BulkVerdict.parse(body, part.size());
        } catch (IOException e) {
            sender.metrics.noAnswer(part.size());
            retry(part, "no_bulk_answer", e.getMessage() + ": " + new String(body, StandardCharsets.UTF_8));
            return;
        }
        for (int i = 0; i < verdicts.size(); i++) {
            sender.metrics.verdict(verdicts.get(i).status(), 1);
            if (verdicts.get(i).outcome() == Outcome.DONE) {
                taking.add(part.get(i).address().index());
            }
        }
        settleEach(part, verdicts);
    }

    /** From the last to the first, so that a document isn't sent again after a later one of the same id went in. */
    private void settleEach(List<DocumentEntry> part, List<BulkVerdict> verdicts) {
        LinkedList<DocumentEntry> again = new LinkedList<>();
        Set<Address> overtaken = new HashSet<>();
        BulkVerdict refusal = null;
        int finished = 0;
        for (int i = part.size() - 1; i >= 0; i--) {
            DocumentEntry entry = part.get(i);
            BulkVerdict verdict = verdicts.get(i);
            Address unversioned = new Address(entry.address().index(), entry.address().id(), null);
            Outcome outcome = decided(entry, verdict);
            if (outcome == Outcome.REJECTED) {
                bury(entry, Rejection.refused(verdict.reason()));
            } else if (outcome == Outcome.RETRY && !overtaken.contains(unversioned)) {
                again.addFirst(entry);
                refusal = verdict;
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
            sender.state.takes();
            next();
        } else {
            retry(List.copyOf(again), refusal.cause(), refusal.reason());
        }
    }

    /** What becomes of a document where its verdict alone leaves it open. */
    private Outcome decided(DocumentEntry entry, BulkVerdict verdict) {
        return switch (verdict.outcome()) {
            case UNSURE -> taking.contains(entry.address().index()) ? Outcome.REJECTED : Outcome.RETRY;
            case CONFLICT -> sender.body.passBeyond(verdict.reason()) ? Outcome.RETRY : Outcome.DONE;
            default -> verdict.outcome();
        };
    }

    private void retryOutage(List<DocumentEntry> part, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof Error) {
            done.completeExceptionally(cause);
            return;
        }
        sender.metrics.noAnswer(part.size());
        retry(part, "no_answer", cause.toString());
    }

    private void retry(List<DocumentEntry> part, String cause, String reason) {
        long delayMs = sender.backoff.delayMs(retries++, ThreadLocalRandom.current());
        sender.state.refuses(cause, reason);
        sender.metrics.heldBack(cause, part.size());
        LOG.debug("{} documents go to OpenSearch again in {} ms: {}", part.size(), delayMs, reason);
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
    private void divide(List<DocumentEntry> part, Reply reply, BulkVerdict verdict) {
        if (part.size() > 1) {
            int half = part.size() / 2;
            push(part.subList(half, part.size()));
            push(part.subList(0, half));
            next();
            return;
        }
        DocumentEntry entry = part.get(0);
        sender.metrics.verdict(reply.status(), 1);
        if (reply.status() == 413) {
            bury(entry, Rejection.tooLarge(describe(reply)));
        } else if (decided(entry, verdict) == Outcome.REJECTED) {
            bury(entry, Rejection.refused(describe(reply)));
        } else {
            retry(part, verdict.cause(), describe(reply));
            return;
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
        return ("status " + reply.status() + " " + ServerState.quoted(new String(reply.body(), StandardCharsets.UTF_8)))
                .strip();
    }
}
