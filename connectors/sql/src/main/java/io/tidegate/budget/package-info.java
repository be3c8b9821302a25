/** The error budget: how many dead letters are normal for a dataset, counted in the chain of its records. */
package io.tidegate.budget;
