"""Secrets that are shown once and stored as digests: links in mails, and invitations. Pure.

Each has a key, by which its row is found, and a secret, which proves the right. Only the secret's
SHA-256 is stored; as the secrets are random and long, a slow digest would add nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

LINK_KEY_CHARS = 16
_LINK = re.compile(r"[0-9a-f]{64}")
# Crockford's base 32, five bits each: no I, L, O and U, which people mistake for others.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("ILO", "110")
INVITATION_KEY_CHARS = 4
_INVITATION = re.compile(rf"[{_ALPHABET}]{{32}}")
_GROUP_CHARS = 4
# What an unknown key is compared with, so that it takes as long as a known one.
_DUMMY_DIGEST = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


@dataclass(frozen=True)
class Code:
    key: str
    secret: str

    @property
    def digest(self) -> str:
        """What a database may know of the secret."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def proves(self, digest: str | None) -> bool:
        """Whether the secret has this digest; None where no row has the key."""
        same = hmac.compare_digest(self.digest, _DUMMY_DIGEST if digest is None else digest)
        return same and digest is not None


def new_link() -> Code:
    """A link of 192 secret bits, in letters and digits that no mail program breaks."""
    text = secrets.token_hex(32)
    return Code(text[:LINK_KEY_CHARS], text[LINK_KEY_CHARS:])


def link_text(code: Code) -> str:
    return code.key + code.secret


def parse_link(text: str) -> Code | None:
    """None where no link of ours looks like this."""
    if not _LINK.fullmatch(text):
        return None
    return Code(text[:LINK_KEY_CHARS], text[LINK_KEY_CHARS:])


def new_invitation() -> Code:
    """An invitation of 140 secret bits; its key is what administrators see in lists."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(32))
    return Code(text[:INVITATION_KEY_CHARS], text[INVITATION_KEY_CHARS:])


def invitation_text(code: Code) -> str:
    """The invitation in groups of four, as it is read out or typed."""
    text = code.key + code.secret
    return "-".join(text[at : at + _GROUP_CHARS] for at in range(0, len(text), _GROUP_CHARS))


def parse_invitation(text: str) -> Code | None:
    """Read what a person typed: any case, with or without hyphens and blanks, and I, L and O for
    1, 1 and 0. None where no invitation looks like this."""
    plain = re.sub(r"[\s-]+", "", text[:200]).upper().translate(_READ_AS)
    if not _INVITATION.fullmatch(plain):
        return None
    return Code(plain[:INVITATION_KEY_CHARS], plain[INVITATION_KEY_CHARS:])
