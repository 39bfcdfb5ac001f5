"""How full the disk is, and what that means."""

import pytest

from webapp.disk import LEAST_MB, Disk, DiskFull, Usage

GB = 1_000_000_000


def disk(tmp_path, used: int, free: int) -> Disk:
    return Disk(tmp_path, lambda _: Usage(used + free, used, free))


def test_a_disk_with_room_is_nothing_to_speak_of(tmp_path):
    roomy = disk(tmp_path, 89 * GB, 11 * GB)
    assert (roomy.state(), roomy.warning()) == ("", "")
    roomy.require_room()


def test_from_90_percent_on_there_is_a_warning_and_everything_goes_on(tmp_path, caplog):
    filling = disk(tmp_path, 90 * GB, 10 * GB)
    assert filling.state() == "filling"
    assert "90% full" in filling.warning()
    assert "90% full" in caplog.text
    filling.require_room()


def test_without_room_for_the_log_of_the_database_nothing_is_written(tmp_path, caplog):
    full = disk(tmp_path, 100 * GB, LEAST_MB * 1_000_000 - 1)
    with pytest.raises(DiskFull):
        full.require_room()
    assert "writes are refused" in caplog.text


def test_a_database_elsewhere_is_full_when_it_says_so():
    elsewhere = Disk(None)
    assert elsewhere.state() == ""
    elsewhere.refused()
    assert elsewhere.state() == "full"
    elsewhere.require_room()  # it alone knows when there is room again
