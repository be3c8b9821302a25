/** What became of a Kafka transaction whose commit is refused after a recovery. */
package io.tidegate.commits;
