/** A job that takes no more records a second than it was told. */
package io.tidegate.throttle;
