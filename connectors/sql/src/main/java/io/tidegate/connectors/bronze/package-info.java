/**
 * The raw records of a range as refine reads them, of the lake's bronze table: decoded by the formats that decode the topic.
 */
package io.tidegate.connectors.bronze;
