/**
 * Source {@code files}: the rows of a list of files, each with its place and its bytes. What is no row is counted, and a row
 * that can't be read becomes one that says why; the rows beside it are what they would be without it. What a CSV file is, is
 * said by Python's module {@code csv} with {@code strict=True}, and what a cell's text stands for by {@code
 * producers/reference/cells.py}; tests compare.
 */
package io.tidegate.connectors.files;
