"""Settings: declared, checked, saved."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.errors import SettingsError
from desktop_llm.settings import SETTINGS, Setting, SettingsStore


def test_every_default_passes_its_own_check() -> None:
    for setting in SETTINGS:
        assert setting.check(setting.default) == setting.default


def test_a_value_is_there_again_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "settings.toml"
    SettingsStore(path).set("system_prompt", 'Say "hi"\n\tand \\ nothing else. ñ')
    store = SettingsStore(path)
    assert store.text("system_prompt") == 'Say "hi"\n\tand \\ nothing else. ñ'
    assert store.problem is None


@given(st.text())
def test_any_text_survives_saving(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    store = SettingsStore(path)
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        return  # no text: half of a surrogate pair
    store.set("model", text)
    assert SettingsStore(path).text("model") == text.replace("\r\n", "\n") or SettingsStore(path).text("model") == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("temperature", 9.0),
        ("temperature", "hot"),
        ("threads", -1),
        ("threads", 1.5),
        ("load_at_start", 1),
    ],
)
def test_a_wrong_value_is_refused_with_the_settings_name(tmp_path: Path, name: str, value: str | float) -> None:
    with pytest.raises(SettingsError, match=name):
        SettingsStore(tmp_path / "settings.toml").set(name, value)


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="colour"):
        SettingsStore(tmp_path / "settings.toml").get("colour")


def test_a_broken_file_is_kept_aside_and_the_defaults_are_used(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xff not toml = = =")
    store = SettingsStore(path)
    assert store.text("theme") == "system"
    assert "kept" in str(store.problem)
    assert (tmp_path / "settings.broken.toml").read_bytes() == b"\xff not toml = = ="


def test_one_bad_value_in_the_file_does_not_cost_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "pink"\nthreads = 3\nfrom_the_future = 1\n')
    store = SettingsStore(path)
    assert store.text("theme") == "system"
    assert store.number("threads") == 3
    assert "theme" in str(store.problem)


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(SettingsError, match="could not be saved"):
        SettingsStore(blocker / "settings.toml").set("threads", 2)


def test_a_whole_number_is_good_for_a_real_one() -> None:
    assert Setting("x", 0.5, "", low=0, high=2).check(1) == 1.0
