"""Links in mails, and the mails themselves."""

from __future__ import annotations

from bench.mutations.guard import Module

_CODE_TESTS, _QUEUE_TESTS = "tests/auth/issuing/test_codes.py", "tests/auth/issuing/test_queue.py"
_WEB, _SMTP_TESTS = "tests/api/test_confirm.py", "tests/mailing/test_smtp.py"
_CODES = Module("iargus/auth/issuing/codes.py", _CODE_TESTS)
_LINKS = Module("iargus/auth/issuing/links.py", _WEB)
_QUEUE = Module("iargus/auth/issuing/queue.py", _QUEUE_TESTS)
_DUE = Module("iargus/auth/issuing/decisions.py", _QUEUE_TESTS)
_DELIVERY = Module("iargus/auth/issuing/delivery.py", "tests/auth/issuing/test_delivery.py")
_RECORD = Module("iargus/auth/tokens/record.py", "tests/auth/tokens/test_record.py")
_MESSAGE = Module("iargus/mailing/message.py", _SMTP_TESTS)
_SMTP = Module("iargus/mailing/smtp.py", _SMTP_TESTS)

GUARDS = (
    _CODES.guard(
        "only the secret proves a code",
        "same = hmac.compare_digest(self.digest, _DUMMY_DIGEST if digest is None else digest)",
        "same = True",
    ),
    _CODES.guard(
        "no row proves nothing",
        "return same and digest is not None",
        "return same or digest is None",
    ),
    _CODES.guard("a link has 192 secret bits", "LINK_KEY_CHARS = 16", "LINK_KEY_CHARS = 40"),
    _CODES.guard(
        "an invitation has 140 secret bits", "INVITATION_KEY_CHARS = 4", "INVITATION_KEY_CHARS = 16"
    ),
    _CODES.guard(
        "what looks like no link is not looked up",
        "if not _LINK.fullmatch(text):",
        "if not _LINK.match(text):",
    ),
    _LINKS.guard(
        "a guessed link is unknown",
        'if not code.proves(None if row is None else row["digest"]) or row is None:',
        "if row is None:",
    ),
    _LINKS.guard("a used link is used", 'if row["used_at"] is not None:', "if False:"),
    _LINKS.guard("a link expires", 'if row["expires_at"] <= at:', "if False:"),
    _LINKS.guard(
        "of several who press at once one gets a token",
        "    if used.rowcount != 1:\n",
        "    if False:\n",
        f"{_WEB}::test_pressing_twice_at_once_gives_one_token",
        "tests/auth/issuing/test_links.py",
    ),
    _RECORD.guard(
        "a link follows a policy that became shorter",
        "return replace(self, ttl_days=days)",
        "return self",
    ),
    _QUEUE.guard("the database knows no link", "digest=link.digest", "digest=link.secret"),
    _QUEUE.guard(
        "one worker at a time sends a mail", "next_attempt_at=at + lease", "next_attempt_at=at"
    ),
    _QUEUE.guard(
        "a late failure takes nothing from who took it over",
        "                .where(confirmations.c.attempts == claimed.attempts)\n",
        "",
    ),
    _QUEUE.guard(
        "requests are forgotten a day after",
        "confirmations.c.expires_at < at - _KEPT",
        "confirmations.c.expires_at < at - 9 * _KEPT",
    ),
    _QUEUE.guard(
        "mails are counted one after the other",
        "            acquire_lock(connection, MAILS)\n",
        "",
        f"{_QUEUE_TESTS}::test_mails_to_a_person_and_to_all_are_counted_exactly",
    ),
    _DUE.guard(
        "all addresses of a mailbox share its mails",
        'confirmations.c.person == row["person"]',
        'confirmations.c.email == row["email"]',
    ),
    _DUE.guard(
        "mails of an hour are counted", "_HOUR = timedelta(hours=1)", "_HOUR = timedelta(seconds=1)"
    ),
    _DELIVERY.guard(
        "the log says which request, and not whose",
        'logger.info("the mail of request %d was sent", claimed.id)',
        'logger.info("the mail to %s was sent", claimed.email)',
    ),
    _SMTP.guard(
        "a mail server's certificate is verified",
        "context = ssl.create_default_context()",
        "context = ssl._create_unverified_context()",
    ),
    _SMTP.guard(
        "nothing goes over a network in the clear",
        "elif server.login is not None or not is_loopback(server.host):",
        "elif server.login is not None:",
    ),
    _SMTP.guard(
        "no password goes in the clear",
        "elif server.login is not None or not is_loopback(server.host):",
        "elif not is_loopback(server.host):",
    ),
    _SMTP.guard(
        "STARTTLS is used where it is offered",
        "            client.starttls(context=context)\n            client.ehlo()\n",
        "            client.ehlo()\n",
    ),
    _MESSAGE.guard(
        "a refusal of the mail server names no address",
        '_ADDRESS.sub("<address>", " ".join(str(error).split()))',
        '" ".join(str(error).split())',
    ),
    _SMTP.guard(
        "only 5xx of every recipient is a refusal for good",
        "MailRefused if codes[0] >= 500 else MailNotSent",
        "MailRefused if codes[-1] >= 500 else MailNotSent",
    ),
    _SMTP.guard(
        "a refused password is not shown",
        'f"the mail server {_name(server)} refused SMTP_LOGIN and SMTP_PWD "',
        'f"the mail server {_name(server)} refused SMTP_LOGIN and SMTP_PWD {server.login} "',
    ),
)
