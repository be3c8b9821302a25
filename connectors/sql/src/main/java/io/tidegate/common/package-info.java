/** What connectors and functions share: codes, names and limits that Python knows too, hashes, framing, and the registry. */
package io.tidegate.common;
