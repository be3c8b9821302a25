/** What connectors and functions share: codes, names and limits that Python knows too, hashes, framing, the registry, and the lake's options. */
package io.tidegate.common;
