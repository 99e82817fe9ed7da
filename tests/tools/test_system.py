from __future__ import annotations

from tools.system import Need, SystemProbe, apt_commands, build_needs, line_to_run, missing_packages

COMPILER = Need("g++", "command:c++")
GL = Need("libgl1", "library:libGL.so.1")
EMOJI = Need("fonts-noto-color-emoji", "font:truetype/noto/NotoColorEmoji.ttf", is_optional=True)


def test_only_what_no_probe_finds_is_missing() -> None:
    there = {"library:libGL.so.1"}
    assert missing_packages([COMPILER, GL, EMOJI], there.__contains__) == [COMPILER, EMOJI]


def test_the_line_to_run_is_one_line_with_every_package() -> None:
    assert line_to_run([COMPILER, GL], has_package_lists=True) == "sudo apt-get install -y g++ libgl1"


def test_a_bare_image_is_told_to_fetch_the_package_lists_first() -> None:
    line = line_to_run([COMPILER], has_package_lists=False)
    assert line == "sudo apt-get update && sudo apt-get install -y g++"


def test_root_fetches_package_lists_only_where_there_are_none() -> None:
    quick = apt_commands([COMPILER, GL], lists_are_there=True)
    assert len(quick) == 1
    assert quick[0][-2:] == ["g++", "libgl1"]
    mending = apt_commands([COMPILER], lists_are_there=False)
    assert [command[0] for command in mending] == ["dpkg", "apt-get", "apt-get"]
    assert "update" in mending[1]


def test_the_probe_knows_this_machine() -> None:
    probe = SystemProbe()
    assert probe("library:libc.so.6")
    assert probe("command:make")
    assert probe("module:zipfile")
    assert not probe("library:libnothing.so.99")
    assert not probe("command:no-such-program")
    assert not probe("file:/no/such/file")
    assert not probe("font:no/such/font.ttf")


def test_nothing_that_the_build_needs_is_missing_after_set_up() -> None:
    assert missing_packages(build_needs(), SystemProbe()) == []
