"""The modules without a test of their own name, each with the test that covers it.

Most of them talk to servers and have no other meaning: a test on real servers says more than one on stand-ins.
"""

COVERED = {
    "flink_jobs/check_plans.py": "tests/flink/test_check_contracts.py",
    "flink_jobs/fallible.py": "tests/flink/test_check_contracts.py",
    "flink_jobs/index.py": "tests/stack/test_pipeline.py",
    "flink_jobs/lake.py": "tests/stack/test_pipeline.py",
    "flink_jobs/metrics.py": "tests/stack/test_metrics.py",
    "flink_jobs/metrics_since.py": "tests/stack/test_metrics_since.py",
    "flink_jobs/refine.py": "tests/flink/test_given_by_the_cluster.py",
    "flink_jobs/replay.py": "tests/faults/test_commit_window.py",
    "flink_jobs/sql_error.py": "tests/flink/test_check_contracts.py",
    "flink_jobs/sql_functions.py": "tests/flink/test_functions_run.py",
    "flink_jobs/together.py": "tests/stack/test_pipeline.py",
    "producers/sending/batch.py": "tests/unit/producers/generated/test_mixing.py",
    "tidegate/cli/demo.py": "tests/stack/test_demo.py",
    "tidegate/cli/doctor.py": "tests/unit/cli/test_status.py",
    "tidegate/cli/logs.py": "tests/unit/cli/test_status.py",
    "tidegate/cli/monitor.py": "tests/stack/test_monitor.py",
    "tidegate/cli/prove.py": "tests/stack/test_prove_topics.py",
    "tidegate/cli/replay.py": "tests/faults/test_commit_window.py",
    "tidegate/cli/run.py": "tests/stack/test_pipeline.py",
    "tidegate/cli/stop.py": "tests/stack/test_pipeline.py",
    "tidegate/contracts/check_select.py": "tests/unit/contracts/test_check_fields.py",
    "tidegate/contracts/expect.py": "tests/unit/contracts/test_check_fields.py",
    "tidegate/contracts/history/earlier.py": "tests/unit/contracts/history/test_against.py",
    "tidegate/contracts/problem.py": "tests/unit/contracts/test_check.py",
    "tidegate/demo/options.py": "tests/unit/demo/test_traffic.py",
    "tidegate/demo/watched.py": "tests/stack/test_demo.py",
    "tidegate/jobs/check_contracts.py": "tests/flink/test_check_contracts.py",
    "tidegate/measure/output_watch.py": "tests/stack/test_demo.py",
    "tidegate/replay/run.py": "tests/faults/test_commit_window.py",
    "tidegate/sql/delivery.py": "tests/unit/sql/test_sinks.py",
    "tidegate/sql/platform.py": "tests/unit/sql/test_golden.py",
    "tidegate/stack/local.py": "tests/stack/test_local_stack.py",
}
