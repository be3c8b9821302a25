"""Daily files: what is known of each, and whether every row of them is somewhere."""
