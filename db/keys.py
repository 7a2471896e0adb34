"""The data key of a ledger in its slots: the password and the printed recovery code each open it.

`keys.json` holds, per slot, the 32-byte data key under AES-256-GCM. The password goes through
Argon2id (RFC 9106, 64 MiB, 3 passes); the recovery code has 160 bits of its own and only HKDF.
"""

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from caseworker_app.domain.errors import ExpectedError
from db.ids import new_id

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread.
_LOOKALIKES = str.maketrans("ILO", "110")
_MEMORY_KIB = 64 * 1024
_PASSES = 3
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Opened:
    """What the slots give: the id of the ledger and its raw data key."""

    ledger: str
    data_key: bytes


def _check_character(characters: str) -> str:
    """Return the Luhn character modulo 32: it notices every single wrong character."""
    total = 0
    for place, each in enumerate(reversed(characters)):
        total += sum(divmod(_ALPHABET.index(each) * (2 - place % 2), 32))
    return _ALPHABET[-total % 32]


def new_recovery_code() -> str:
    """Return 160 random bits as 32 characters and a check character, in groups of four to write down."""
    number = secrets.randbits(160)
    characters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(31, -1, -1))
    whole = characters + _check_character(characters)
    return "-".join(whole[start : start + 4] for start in range(0, len(whole), 4))


def _recovery_bytes(code: str) -> bytes:
    """Return the secret of a typed recovery code; ExpectedError when it was mistyped."""
    characters = "".join(each for each in code.upper().translate(_LOOKALIKES) if each.isalnum())
    if (
        len(characters) != 33
        or set(characters) - set(_ALPHABET)
        or _check_character(characters[:32]) != characters[32]
    ):
        raise ExpectedError("ledger.recovery_mistyped")
    return characters[:32].encode("ascii")


def _slot_key(kind: str, secret: bytes, salt: bytes) -> bytes:
    if kind == "password":
        return Argon2id(salt=salt, length=32, iterations=_PASSES, lanes=4, memory_cost=_MEMORY_KIB).derive(
            secret
        )
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"caseworker recovery").derive(secret)


def _slot(kind: str, secret: bytes, opened: Opened) -> dict[str, str]:
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_slot_key(kind, secret, salt)).encrypt(nonce, opened.data_key, opened.ledger.encode())
    return {"kind": kind, "salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what the system says of files and folders into `ledger.disk_full` or `ledger.read_only`."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise ExpectedError("ledger.disk_full" if full else "ledger.read_only") from error


def write_whole(file: Path, content: bytes) -> None:
    """Write a file for its owner only; it appears, or takes the old one's place, only when it is on the disk."""
    draft = file.with_suffix(".new")
    with open(draft, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def _file(folder: Path) -> Path:
    return folder / "keys.json"


def _write(folder: Path, ledger: str, slots: list[dict[str, str]]) -> None:
    content = json.dumps({"version": _VERSION, "ledger": ledger, "slots": slots}, indent=1)
    with disk_errors():
        write_whole(_file(folder), content.encode("ascii"))


def create(folder: Path, password: str) -> tuple[Opened, str]:
    """Make a data key with its two slots; return it and the recovery code, which is kept nowhere else."""
    opened, code = Opened(new_id(), os.urandom(32)), new_recovery_code()
    slots = [_slot("password", password.encode(), opened), _slot("recovery", _recovery_bytes(code), opened)]
    _write(folder, opened.ledger, slots)
    return opened, code


def _read(folder: Path) -> tuple[str, list[dict[str, str]]]:
    try:
        content = json.loads(_file(folder).read_text(encoding="ascii"))
        version, ledger, slots = int(content["version"]), content["ledger"], content["slots"]
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise ExpectedError("ledger.keys_damaged", folder=str(folder)) from error
    except OSError as error:
        raise ExpectedError("ledger.read_only") from error
    if version > _VERSION:
        raise ExpectedError("ledger.newer")
    return ledger, slots


def _unseal(folder: Path, kind: str, secret: bytes, refusal: str) -> Opened:
    ledger, slots = _read(folder)
    for slot in slots:
        try:
            if slot["kind"] != kind:
                continue
            salt, nonce, sealed = (bytes.fromhex(slot[part]) for part in ("salt", "nonce", "sealed"))
            data_key = AESGCM(_slot_key(kind, secret, salt)).decrypt(nonce, sealed, ledger.encode())
        except InvalidTag:
            raise ExpectedError(refusal) from None
        except (ValueError, KeyError, TypeError) as error:
            raise ExpectedError("ledger.keys_damaged", folder=str(folder)) from error
        return Opened(ledger, data_key)
    raise ExpectedError("ledger.keys_damaged", folder=str(folder))


def with_password(folder: Path, password: str) -> Opened:
    """Open the password slot; ExpectedError `ledger.wrong_password`."""
    return _unseal(folder, "password", password.encode(), "ledger.wrong_password")


def with_recovery_code(folder: Path, code: str) -> Opened:
    """Open the recovery slot; ExpectedError `ledger.recovery_mistyped` or `ledger.wrong_recovery`."""
    return _unseal(folder, "recovery", _recovery_bytes(code), "ledger.wrong_recovery")


def set_password(folder: Path, opened: Opened, password: str) -> None:
    """Replace the password slot; the data key and the recovery slot stay."""
    ledger, slots = _read(folder)
    kept = [slot for slot in slots if slot["kind"] != "password"]
    _write(folder, ledger, [_slot("password", password.encode(), opened), *kept])
