"""Files sealed by a passphrase: in pieces, so that a large one needs no memory. A piece that was
changed, moved or left out is found out."""

import os
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MARK: Final = b"unstuck sealed backup 1\n"
_SALT: Final = 16
_PREFIX: Final = 7
_PIECE: Final = 1_000_000
_TAG: Final = 16


class WrongPassphrase(Exception):
    """The passphrase is another one, or the file was changed."""


def is_sealed(path: Path) -> bool:
    """Whether the file begins as a sealed one."""
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def seal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write the rest of `source` to `target`, sealed."""
    salt, prefix = os.urandom(_SALT), os.urandom(_PREFIX)
    cipher = _cipher(passphrase, salt)
    target.write(MARK + salt + prefix)
    number, piece = 0, source.read(_PIECE)
    while True:
        following = source.read(_PIECE)
        nonce = _nonce(prefix, number, last=not following)
        target.write(cipher.encrypt(nonce, piece, MARK))
        if not following:
            return
        number, piece = number + 1, following


def unseal(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write what was sealed to `target`; raises WrongPassphrase, after which `target` is of no
    use."""
    source.seek(len(MARK))
    salt, prefix = source.read(_SALT), source.read(_PREFIX)
    cipher = _cipher(passphrase, salt)
    number, piece = 0, source.read(_PIECE + _TAG)
    while True:
        following = source.read(_PIECE + _TAG)
        nonce = _nonce(prefix, number, last=not following)
        try:
            target.write(cipher.decrypt(nonce, piece, MARK))
        except InvalidTag:
            raise WrongPassphrase from None
        if not following:
            return
        number, piece = number + 1, following


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    scrypt = Scrypt(salt=salt, length=32, n=2**16, r=8, p=1)
    return AESGCM(scrypt.derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
