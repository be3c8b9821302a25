"""Bringing what runs to what the contracts say: what is missing as a plan, shown first, and carried out."""
