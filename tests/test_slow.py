from pathlib import Path

import pytest

from tests.slow import SLOW, is_slow

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("path", SLOW)
def test_what_is_called_slow_is_there(path: str) -> None:
    assert (ROOT / path).exists()
    assert is_slow(f"{path}/test_x.py" if (ROOT / path).is_dir() else path)


def test_a_file_of_a_longer_name_is_not_slow() -> None:
    assert not is_slow("tests/outages_of_another.py")
