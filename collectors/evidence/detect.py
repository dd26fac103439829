"""What kind of credential a text is, before it is replaced: only the name of the kind is kept."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter

from collectors.evidence.secret_names import promises_credential

NONE = "none"
TEMPLATE = "template-reference"
PASSWORD_NAME = "password-name"  # noqa: S105 - the name of a kind
ASSIGNMENT = "password-assignment"
HIGH_ENTROPY = "high-entropy"
WORD_OF_PATH = "url-path-word"  # it may be no more than the name of a thing: no check counts it as a credential

# One alternative for each kind; the name of the group is the name of the kind, with dashes.
_KINDS = re.compile(
    r"""
      (?P<private_key>-{2,5}[ ]?BEGIN[ ][A-Z0-9 ]{0,20}PRIVATE[ ]KEY|PuTTY-User-Key-File-\d|AGE-SECRET-KEY-1)
    | (?P<aws_access_key_id>(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9]))
    | (?P<aws_secret_access_key>
          (?i:aws_?secret_?(?:access_?)?key)["']?\s{0,3}[:=]\s{0,3}["']?[A-Za-z0-9/+]{40})
    | (?P<gcp_service_account>"type"\s{0,3}:\s{0,3}"service_account"|"private_key_id"\s{0,3}:)
    | (?P<gcp_api_key>(?<![A-Za-z0-9])AIza[0-9A-Za-z_-]{35}|GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{20,})
    | (?P<azure_storage_key>AccountKey=[A-Za-z0-9+/=]{8,})
    | (?P<azure_connection_string>SharedAccessKey(?:Name)?=[^;\s]{4,})
    | (?P<azure_sas>[?&;]sig=[A-Za-z0-9%+/=_-]{16,})
    | (?P<azure_client_secret>(?<![A-Za-z0-9])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34})
    | (?P<jwt>(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*)
    | (?P<github_token>(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}))
    | (?P<gitlab_token>(?<![A-Za-z0-9])gl(?:pat|dt|rt|ptt|cbt|ft|soat)-[A-Za-z0-9_-]{16,})
    | (?P<slack_token>xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}
        | hooks\.slack\.com/services/T\w+/B\w+)
    | (?P<npm_token>(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}|_authToken=[^\s$]{8,})
    | (?P<stripe_key>(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{10,})
    | (?P<vault_token>(?<![A-Za-z0-9])hv[sbr]\.[A-Za-z0-9_-]{20,})
    | (?P<service_token>(?<![A-Za-z0-9])(?:
          SG\.[\w-]{16,32}\.[\w-]{16,64} | SK[0-9a-f]{32} | do[opr]_v1_[a-f0-9]{64} | dckr_pat_[\w-]{20,}
        | pypi-AgE[\w-]{20,} | hf_[A-Za-z]{30,} | sk-(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Z])[\w-]{20,}
        | shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}
        | NRAK-[A-Z0-9]{27} | ATATT3[\w=-]{20,} | dapi[a-f0-9]{32} | dp\.pt\.[A-Za-z0-9]{40}
        | \d{8,10}:AA[\w-]{33} ))
    | (?P<authorization_header>(?<![A-Za-z])(?i:bearer)\s+(?=[^\s$]{0,60}[0-9.])[A-Za-z0-9._~+/-]{8,})
    | (?P<basic_auth>(?<![A-Za-z])(?i:basic)\s+(?=\S{0,60}[A-Z0-9=])[A-Za-z0-9+/]{8,}={0,2}(?!\S))
    | (?P<password_hash>\$(?:apr1|2[abxy]|5|6|argon2id?|y)\$[^\s$]{2,})
    | (?P<kubeconfig>client-key-data["']?\s{0,3}:\s{0,3}\S)
    | (?P<docker_config>"auths"\s{0,3}:\s{0,3}\{\s*"|"auth"\s{0,3}:\s{0,3}"[A-Za-z0-9+/=]{8,}")
    | (?P<netrc>(?<![a-z])machine\s{1,4}\S{1,200}\s{1,4}login\s{1,4}\S{1,200}\s{1,4}password\s{1,4}\S)
    """,
    re.VERBOSE,
)
# Every kind holds one of these, so that most texts are passed after one cheap look.
_HINTS = re.compile(
    r"PRIVATE KEY|User-Key|AGE-SEC|AKIA|ASIA|ABIA|ACCA|(?i:secret)|service_account|private_key_id|AIza|GOCSPX|ya29"
    r"|AccountKey|SharedAcc|sig=|[78]Q~|eyJ|gh[pousr]_|github_pat|gl(?:pat|dt|rt|ptt|cbt|ft|soat)-|xox|xapp|hooks\.sl"
    r"|npm_|_auth|[sr]k_|whsec|hv[sbr]\.|SG\.|SK[0-9a-f]|_v1_|dckr|pypi-|hf_|sk-|shp|NRAK|ATATT|dapi|dp\.pt|:AA"
    r"|(?i:bearer|basic)|\$[a-z0-9]{1,8}\$|client-key|\"auth|machine"
)
_USERINFO = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}://[^\s/?#@:'\"]{0,80}:([^\s/?#@'\"]{1,200})@"
    r"|(?:^|[\s=\"'])[\w.-]{1,100}:([^\s@/:]{1,200})@(?:tcp|unix)?\("
)
_QUERY = re.compile(r"[?&]([A-Za-z_-]{2,40})=([^&\s$<{\"']{6,})")
# What lets one in may stand as a word of the path: long, of small letters, capitals and digits.
_WORD_OF_PATH = re.compile(
    r"https?://[^\s/?#]+/(?:[^\s/?#]*/){0,12}"
    r"(?=[^/\s?#]*[a-z])(?=[^/\s?#]*[A-Z])(?=[^/\s?#]*\d)[A-Za-z0-9_=+.$!-]{16,}(?=[/?#\s\"']|$)"
)
_REFERENCE = re.compile(r"\$\([A-Za-z_][\w.-]*\)|\$\{[^}]{0,200}\}|\{\{[^}]{0,200}\}\}|^\$[A-Za-z_]\w*$")
_NO_SECRET = re.compile(
    r"(?i)true|false|yes|no|on|off|null|none|nil|enabled|disabled|required|optional|string|str|text"
    r"|(?:\.{0,2}|~)/\S*|file:\S+|[a-z]:\\\S+|[a-z][a-z0-9+.-]*://[^\s@]*|arn:\S+"
    r"|(?:ref\+)?vault:\S+|secretref:\S+|projects/\S+/secrets/\S+|<[^>]*>|\S*\*{3}\S*|%\S*"
)
_SURE = re.compile(
    r"(?i)passw(?:or)?d|passphrase|(?:api|access|private|secret|account)[_-]?key|client[_-]?secret|token|secret|pwd"
)
_BEFORE = re.compile(r"[\w.-]*$")
_AFTER = re.compile(r"([\w.-]{0,24})[\"']?[ \t]{0,3}(=>|[:=])[ \t]{0,3}([\"']?)([^\s\"',;&|)}\]]{3,200})([^\n]?)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{32,512}")

CREDENTIAL_CLASSES: frozenset[str] = frozenset(
    [name.replace("_", "-") for name in _KINDS.groupindex]
    + [PASSWORD_NAME, ASSIGNMENT, HIGH_ENTROPY, "url-userinfo", "url-query-token"]
)


def classify(text: str, name: str = "") -> str:
    """The kind of credential that this text is, TEMPLATE for a reference to another value, else NONE.

    `name` is what the value is called where it stands; "" when nothing names it.
    """
    bare = text.strip()
    if not bare:
        return NONE
    kind = kind_of(bare)
    if kind != NONE:
        return kind
    if _REFERENCE.search(bare) and _is_template(bare):
        return TEMPLATE
    if name and promises_credential(name) and not _says_no_secret(bare):
        return PASSWORD_NAME
    return ASSIGNMENT if _assigns_password(bare) else NONE


def kind_of(text: str) -> str:
    """The kind that the text shows by itself, also under base64; NONE when it shows none."""
    found = _plain_kind(text)
    if found == NONE and len(text) >= 16 and "\0" not in text:
        inner = _decoded(text)
        found = _plain_kind(inner) if inner else NONE
        if found == NONE and not inner and _is_random(text):
            return HIGH_ENTROPY
    return found


def _plain_kind(text: str) -> str:
    if _HINTS.search(text):
        for found in _KINDS.finditer(text):
            if found.lastgroup and (found.lastgroup != "basic_auth" or ":" in _decoded(found[0].split()[1])):
                return found.lastgroup.replace("_", "-")
    if "@" in text:
        for password in _USERINFO.finditer(text):
            if not _REFERENCE.match(password[1] or password[2]):
                return "url-userinfo"
    if "=" in text:
        for query in _QUERY.finditer(text):
            if promises_credential(query[1]) and not _says_no_secret(query[2]):
                return "url-query-token"
    if "://" in text and _WORD_OF_PATH.search(text):
        return WORD_OF_PATH
    return NONE


def _says_no_secret(value: str) -> bool:
    """Whether a value under a promising name is a switch, a path, an address or a reference."""
    return len(value) <= 1000 and _NO_SECRET.fullmatch(value) is not None


def _is_template(text: str) -> bool:
    """Whether what is left without the references is no more than punctuation around a name or an address."""
    rest = _REFERENCE.sub("", text)
    return len(rest) < len(text) and "\n" not in rest and not _assigns_password(rest)


def _assigns_password(text: str) -> bool:
    """Whether a text (a script, a configuration file) gives a password a literal value."""
    for core in _SURE.finditer(text):
        after = _AFTER.match(text, core.end())
        if after is None or _is_comment(text, core.start()):
            continue
        before = _BEFORE.search(text, max(0, core.start() - 40), core.start())
        name = (before[0] if before else "") + core[0] + after[1]
        if promises_credential(name) and _is_literal(core[0].lower(), after):
            return True
    return False


def _is_comment(text: str, position: int) -> bool:
    """Whether this position stands in a line that begins as a comment."""
    line = text[max(text.rfind("\n", max(0, position - 500), position) + 1, position - 500) : position]
    return line.lstrip().startswith(("#", "//"))


def _is_literal(core: str, after: re.Match[str]) -> bool:
    separator, quote, value, following = after[2], after[3], after[4], after[5]
    if _says_no_secret(value) or any(sign in value for sign in "([{$<%`*") or value.lower().strip(".:=") == core:
        return False
    if separator == ":" and not quote and following not in ("", "\n", '"', "'", ",", "}", ";"):
        return False
    if core in ("token", "secret", "pwd"):
        return len(value) >= 12 and any(sign.isdigit() for sign in value)
    return True


def _decoded(text: str) -> str:
    """The text under one layer of base64, "" when there is none."""
    packed = "".join(text.split())
    if not _BASE64.fullmatch(packed):
        return ""
    packed = packed.replace("-", "+").replace("_", "/")
    try:
        inner = base64.b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return inner if all(sign.isprintable() or sign in "\n\r\t" for sign in inner) else ""


def _is_random(text: str) -> bool:
    """Whether the text is one long token of mixed signs with more than 4.3 bits a sign, as keys are.

    Hex digests and UUIDs have four bits at most, words and paths less.
    """
    if not _TOKEN.fullmatch(text) or text[0] == "/":
        return False
    if not (re.search("[a-z]", text) and re.search("[A-Z]", text) and len(re.findall("[0-9]", text)) >= 3):
        return False
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) > 4.3
