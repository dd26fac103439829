"""What AWS's error codes mean for evidence: denied, absent or failed, and what would change that.

Only the code of an error is kept. Its message is free text that may repeat what was sent.
"""

from __future__ import annotations

import re

from collectors.aws.answers import NOT_FOUND, Answer, Request

_DENIED = frozenset(("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"))
_CREDENTIALS = frozenset(
    (
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "InvalidAccessKeyId",
        "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException",
        "IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure",
    )
)  # fmt: skip
_THROTTLED = frozenset(
    ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown")
)
_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DENIED_BY = re.compile(r"explicit deny in an? ([a-z -]{3,40}?) ?policy|no ([a-z-]{3,40}) policy allows")


def refused(request: Request, code: str, message: str = "", status: int = 0) -> Answer:
    """The answer that an error of AWS is. `status` is that of HTTP, 0 where it is not known."""
    known = code if _CODE.fullmatch(code) else "an error without a code"
    asked = request.operation.action
    if known in _DENIED:
        return denied(request, known, message)
    if known in NOT_FOUND:
        reason = f"AWS answered {asked} with {known}: it does not exist"
        return Answer(None, "absent", reason, error=known, is_gone=True)
    if known in _CREDENTIALS:
        return unusable_credentials(request, known)
    if known in _THROTTLED or status == 429:
        return Answer(
            None, "failed", f"AWS throttled {asked} until every retry was used up ({known})",
            "collect into a new run when fewer others call AWS in this account", known,
        )  # fmt: skip
    number = f"{status} " if status else ""
    return Answer(None, "failed", f"AWS answered {asked} with {number}{known}", "collect into a new run, later", known)


def denied(request: Request, code: str, message: str = "") -> Answer:
    """AWS knows who asks and says no: the permission is named."""
    found = _DENIED_BY.search(message)
    by = "" if found is None else f", {found[0]}"
    reason = f"AWS denied {request.operation.action} on {request.resource} ({code}{by})"
    return Answer(None, "denied", reason, f"IAM permission {request.operation.action} on {request.resource}", code)


def unusable_credentials(request: Request, why: str) -> Answer:
    """AWS does not accept who asks, or there was nobody to ask as."""
    return Answer(
        None, "failed", f"{request.operation.action} was not answered: the credentials cannot be used ({why})",
        f"credentials of account {request.account} that are valid until collecting ends", why,
    )  # fmt: skip


def unreachable(request: Request, why: str) -> Answer:
    """Nothing answered."""
    return Answer(
        None, "failed", f"{request.operation.action} was not answered in region {request.region} ({why})",
        f"a connection to {request.operation.service} in region {request.region}, and a region that exists", why,
    )  # fmt: skip
