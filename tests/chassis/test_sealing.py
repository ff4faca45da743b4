"""What is sealed can be read again with an old key, and never with another or when it was changed."""

from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken

from chassis.identity.keys import make_secret_file, write_secret
from chassis.sealing import KEY_FILE, Sealer, sealer


def sealer_with(folder: Path, *keys: str) -> Sealer:
    folder.mkdir(exist_ok=True)
    write_secret(folder / KEY_FILE, "\n".join(keys))
    return sealer(folder)


OLD, NEW = "a" * 64, "b" * 64


def test_a_new_key_seals_and_the_old_one_still_unseals(tmp_path: Path) -> None:
    before = sealer_with(tmp_path, OLD).seal("whsec_x")
    rotated = sealer_with(tmp_path, NEW, OLD)
    assert rotated.unseal(before) == "whsec_x"
    after = rotated.seal("whsec_y")
    with pytest.raises(InvalidToken):
        sealer_with(tmp_path, OLD).unseal(after)
    with pytest.raises(InvalidToken):
        sealer_with(tmp_path, NEW).unseal(before)


def test_equal_secrets_look_different_and_changed_ones_are_refused(tmp_path: Path) -> None:
    make_secret_file(tmp_path / KEY_FILE)
    box = sealer(tmp_path)
    first, second = box.seal("whsec_x"), box.seal("whsec_x")
    assert first != second
    for changed in (first[:-1] + bytes([first[-1] ^ 1]), first[:-4], b""):
        with pytest.raises(InvalidToken):
            box.unseal(changed)


def test_a_malformed_key_file_is_an_error(tmp_path: Path) -> None:
    for key in ("", "xyz", "ab"):
        with pytest.raises(ValueError, match=r".+"):
            sealer_with(tmp_path, key)
