/** Iceberg's maintenance of a table as a job that does it once and ends. */
package io.tidegate.maintenance;
