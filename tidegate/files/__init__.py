"""Daily files: taken in, judged by Flink, published in one commit, and accounted for row by row."""
