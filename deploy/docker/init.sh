#!/bin/sh
# From empty servers to running jobs: topics and schemas, the lake's warehouse, search templates, dashboards, sample
# reference data, jobs. Every step looks first at what is there, so it is safe to repeat. That is also the way to start
# jobs again that were stopped, from their newest savepoint or checkpoint.
#
# Reads the TIDEGATE_ settings, and: INIT_JOBS (default: all four; empty starts none), INIT_SAMPLE_PRODUCTS (yes or no).
set -eu

say() { printf '\n== %s\n' "$1"; }
tidegate() { python -m tidegate "$@"; }
# 3: done, but for the datasets that are named as left out, whose contracts are wrong.
but_for_broken_contracts() { "$@" || [ $? -eq 3 ]; }

say "topics and schemas"
but_for_broken_contracts tidegate contract register --all
say "the lake's warehouse"
python -m tidegate.clients.warehouse
say "search templates"
tidegate index apply
if [ -n "${TIDEGATE_DASHBOARDS_URL:-}" ]; then
    say "dashboards"
    tidegate dashboards apply
fi
if [ "${INIT_SAMPLE_PRODUCTS:-yes}" = yes ]; then
    say "sample products"
    tidegate load products --sample
fi
jobs=${INIT_JOBS-refine lake index metrics}
if [ -n "$jobs" ]; then
    say "jobs"
    # A dataset that can't be started is named, and stops no other: what runs (a line for each job) is to be watched.
    # shellcheck disable=SC2086 # a list of names
    running=$(tidegate run --leave-running $jobs) || [ $? -eq 3 ] || [ -n "$running" ]
    printf '%s\n' "$running"
fi
