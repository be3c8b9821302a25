"""The stack's recorded state."""

import json
import stat
from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.settings import Settings, get_settings
from tidegate.stack.flink import SLOTS, configuration
from tidegate.stack.state import load_state


def test_what_up_records_is_what_settings_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path))
    state = load_state(Settings(), choice="auto")
    state.save()
    settings = get_settings()
    assert settings.kafka_bootstrap_servers == f"127.0.0.1:{state.ports.kafka}"
    assert settings.privacy_key == state.privacy_key
    assert settings.redrive_key == state.redrive_key
    assert settings.flink_home == tmp_path / "flink"


def test_keys_and_ports_stay_when_the_state_is_loaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path))
    state = load_state(Settings(), choice="auto")
    state.save()
    assert load_state(Settings()) == state


def test_every_endpoint_is_a_setting(tmp_path: Path) -> None:
    state = load_state(Settings.model_validate({"home": tmp_path}))
    assert set(state.endpoints()) <= set(Settings.model_fields)


def test_the_file_is_its_owners_alone_and_keys_are_not_shown(tmp_path: Path) -> None:
    state = load_state(Settings.model_validate({"home": tmp_path}))
    state.save()
    assert stat.S_IMODE(state.file.stat().st_mode) == 0o600
    assert state.privacy_key.get_secret_value() not in repr(state)


def test_servers_get_the_memory_that_is_set(tmp_path: Path) -> None:
    sizes = {"opensearch_heap_mb": 2048, "flink_task_manager_memory": "3584m", "flink_task_slots": 40}
    state = load_state(Settings.model_validate({"home": tmp_path, **sizes}))
    assert state.opensearch_heap_mb == 2048
    assert configuration(state)["taskmanager.memory.process.size"] == "3584m"
    assert configuration(state)["taskmanager.numberOfTaskSlots"] == 40


def test_the_local_task_manager_has_as_many_slots_as_that_of_compose(tmp_path: Path) -> None:
    assert load_state(Settings.model_validate({"home": tmp_path})).flink_task_slots == SLOTS


def test_two_stacks_have_different_keys(tmp_path: Path) -> None:
    first, second = (load_state(Settings.model_validate({"home": tmp_path / name})) for name in ("a", "b"))
    assert first.privacy_key != second.privacy_key
    assert first.redrive_key != second.redrive_key
    assert first.s3_secret_key != second.s3_secret_key


def test_a_broken_file_is_reported_with_its_remedy(tmp_path: Path) -> None:
    settings = Settings.model_validate({"home": tmp_path})
    (tmp_path / "stack.json").write_text(json.dumps({"ports": {}})[:-3])
    with pytest.raises(TidegateError, match=r"stack\.json .*don't delete it: it holds the stack's privacy key"):
        load_state(settings)


def test_a_stack_with_data_gets_no_new_privacy_key_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "data" / "kafka").mkdir(parents=True)
    with pytest.raises(TidegateError, match=r"stack\.json is gone, and with it the privacy key.*TIDEGATE_PRIVACY_KEY"):
        load_state(Settings.model_validate({"home": tmp_path}))
    load_state(Settings.model_validate({"home": tmp_path, "privacy_key": "the old one"}))
