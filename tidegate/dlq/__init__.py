"""Looking at dead letters and deciding on them: counts, pages, one letter whole; discard, park, export, purge."""
