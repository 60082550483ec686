"""Secret access keys that only a home's own user can know: derived from the home's random secret.

An emulator verifies signatures of any account's root, because one environment's emulator is asked
with the credentials of the environment above it, as AWS accounts are.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

SECRET_BYTES = 32  # of the home's random secret


def root_secret_key(secret: str, account_id: str) -> str:
    """The secret access key of an account's root; its access key id is the account's 12 digits."""
    return _derived(secret, f"root:{account_id}")


def role_secrets(secret: str, subject: str) -> tuple[str, str]:
    """Secret access key and session token of the credentials that a function gets for its role.

    Parameters
    ----------
    secret:
        The home's.
    subject:
        What names the function and its role.
    """
    return _derived(secret, f"role:{subject}"), _derived(secret, f"token:{subject}")


def _derived(secret: str, purpose: str) -> str:
    digest = hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()[:40]  # as long as AWS's own
