"""Functions in Python for where SQL ends, one per file, found by the file's name (docs/add-a-function.md).

A file knows pandas and nothing of Flink: ``flink_jobs/python_functions.py`` makes it a SQL function.
"""
