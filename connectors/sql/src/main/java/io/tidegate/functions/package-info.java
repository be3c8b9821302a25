/** Scalar functions that Flink SQL lacks, registered by the jobs under their class names. */
package io.tidegate.functions;
