"""Secrets that stand in tutorials, libraries and word lists: long enough, and known to everybody.

Programs that look for weak tokens try these first. The list is of those that would otherwise pass.
"""

PUBLISHED_SECRETS = frozenset(
    {
        # jwt.io and jwt.io's longer ones
        "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-384-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        # FastAPI's tutorial
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        # RFC 7515 appendix A.1, in base64url
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr9Z9CAow",
        # what people type
        "12345678901234567890123456789012",
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz123456",
        "my_very_long_and_safe_secret_key",
    }
)
