"""Which texts and names are credentials, and which only look like them."""

from __future__ import annotations

import base64
import time

import pytest

from collectors.evidence.detect import CREDENTIAL_CLASSES, classify
from collectors.evidence.secret_names import promises_credential

# Put together here so that no scanner takes this file for a leak.
KEY_ID = "AKIA" + "IOSFODNN7EXAMPLE"
JWT = "eyJhbGciOiJIUzI1NiJ9" + "." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\n"

SHOWN_BY_THE_VALUE = {
    "aws-access-key-id": KEY_ID,
    "aws-secret-access-key": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "private-key": PEM,
    "jwt": JWT,
    "gcp-service-account": '{"type": "service_account", "project_id": "x"}',
    "gcp-api-key": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "azure-storage-key": "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=" + "a" * 40 + "==",
    "azure-connection-string": "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKey=abcdefgh=",
    "azure-sas": "https://x.blob.core.windows.net/c?sv=2022-11-02&sig=" + "abcdefghijklmnopqrst%3D",
    "github-token": "ghp" + "_0123456789abcdefghijABCDEFGHIJ012345",
    "gitlab-token": "glpat" + "-0123456789abcdefghij",
    "slack-token": "xoxb" + "-123456789012-abcdefghijkl",
    "npm-token": "npm" + "_0123456789abcdefghijABCDEFGHIJ012345",
    "stripe-key": "sk_live" + "_0123456789abcdefghij",
    "vault-token": "hvs" + ".0123456789abcdefghijABCD",
    "service-token": "SG" + ".0123456789abcdefghij.0123456789abcdefghijABCDEFGHIJ",
    "authorization-header": "Authorization: Bearer 0123456789abcdef",
    "basic-auth": "Basic " + base64.b64encode(b"admin:hunter2").decode(),
    "url-userinfo": "postgres://app:hunter2@db:5432/app",
    "url-query-token": "https://example.com/hook?access_token=0a1b2c3d4e",
    "password-hash": "admin:$apr1$abcdefgh$0123456789",
    "kubeconfig": "kind: Config\nusers:\n- user:\n    client-key-data: LS0t\n",
    "docker-config": '{"auths": {"registry.example.com": {"auth": "YWRtaW46aHVudGVyMg=="}}}',
    "password-assignment": "[db]\nuser = app\npassword = hunter2\n",
    "high-entropy": "kX9vQ2mZ7rT4bN8wL3sP6yH1jD5fG0cA/uE+iO",
}


@pytest.mark.parametrize("class_", SHOWN_BY_THE_VALUE)
def test_a_credential_shows_by_its_value_alone(class_):
    assert classify(SHOWN_BY_THE_VALUE[class_], "NOTES") == class_
    assert class_ in CREDENTIAL_CLASSES


@pytest.mark.parametrize(
    "class_", ["aws-access-key-id", "private-key", "github-token", "url-userinfo", "docker-config"]
)
def test_a_credential_shows_under_base64_too(class_):
    packed = base64.b64encode(SHOWN_BY_THE_VALUE[class_].encode()).decode()
    assert classify(packed) == class_


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "db_password",
        "dbPassword",
        "MYSQL_ROOT_PASSWORD",
        "POSTGRES_PASSWD",
        "DB_PASS",
        "SECRET",
        "SECRET_BLAH",
        "CLIENT_SECRET",
        "clientsecret",
        "API_KEY",
        "apiKey",
        "X-Api-Key",
        "AWS_SECRET_ACCESS_KEY",
        "AZURE_BATCH_KEY",
        "OCI_CLI_KEY_CONTENT",
        "ACCESS_KEY",
        "MINIO_SECRET_KEY",
        "PRIVATE_KEY",
        "TOKEN",
        "GITHUB_TOKEN",
        "authtoken",
        "CREDENTIALS",
        "CONNECTION_STRING",
        "SENTRY_DSN",
        "Authorization-Token",
        "ENCRYPTION_KEY",
        "storage-account-key",
        "PGPASSWORD",
        "SERVICE_JWT",
        "bearer",
    ],
)
def test_a_name_that_promises_a_credential(name):
    assert promises_credential(name)
    assert classify("x1", name) == "password-name"


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD_FILE",
        "POSTGRES_PASSWORD_FILE",
        "TOKEN_TTL",
        "SECRET_NAME",
        "AUTH_ENABLED",
        "TOKEN_URL",
        "SECRETS_DIR",
        "MAX_TOKENS",
        "TOKEN_EXPIRATION_SECONDS",
        "PUBLIC_KEY",
        "SORT_KEY",
        "ROUTING_KEY",
        "CACHE_KEY",
        "PASSWORD_POLICY",
        "ENABLE_TOKEN_REVIEW",
        "SECRET_NAMESPACE",
        "secretName",
        "tokenPath",
        "AWS_ACCESS_KEY_ID",
        "BYPASS",
        "COMPASS_HOST",
        "KEYBOARD",
        "TOKENIZER",
        "AZURE_KEY_VAULT_NAME",
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "automountServiceAccountToken",
        "KEY",
        "MONKEY",
        "USER",
        "GREETING",
        "JWT_ISSUER",
    ],
)
def test_a_name_that_only_speaks_about_credentials(name):
    assert not promises_credential(name)
    assert classify("x1", name) == "none"


@pytest.mark.parametrize(
    ("value", "class_"),
    [
        ("", "none"),
        ("   ", "none"),
        ("true", "none"),
        ("No", "none"),
        ("disabled", "none"),
        ("/var/run/secrets/db/password", "none"),
        ("./secrets/token", "none"),
        ("file:///etc/token", "none"),
        ("https://login.example.com/token", "none"),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", "none"),
        ("vault:secret/data/db#password", "none"),
        ("<your password>", "none"),
        ("***HIDDEN***", "none"),
        ("$(DB_PASSWORD)", "template-reference"),
        ("postgres://$(USER):$(PASSWORD)@db/app", "template-reference"),
        ("{{ .Values.password }}", "template-reference"),
        ("123456", "password-name"),
        ("pa$sword1", "password-name"),
        ("changeme", "password-name"),
    ],
)
def test_what_a_value_under_a_promising_name_says(value, class_):
    assert classify(value, "DB_PASSWORD") == class_


@pytest.mark.parametrize(
    "text",
    [
        "secretsquirrels",
        "postgres",
        "3b1ebf7df0232d1675896f67b66373db",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "12544d32-e299-460e-97bb-b9029a568d42",
        "registry.k8s.io/kube-apiserver:v1.34.0",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "basicAuth defines the Basic Authentication credentials used by the client.",
        "the password: must be changed every ninety days",
        "# password = secret in the sample below\npassword_file = /run/db",
        "export PASSWORD=$(cat /run/secrets/db)",
        "password = os.environ['PASSWORD']",
        "secretName: db\nimagePullSecrets:\n- name: registry\ntoken: none\n",
        "git@github.com:org/repo.git",
        "nginx.ingress.kubernetes.io/rewrite-target",
    ],
)
def test_what_is_no_credential(text):
    assert classify(text, "NOTES") == "none" or classify(text) == "template-reference"


def test_a_script_that_names_a_password_is_one():
    assert classify("mysql --password=hunter22 -h db", "") == "password-assignment"
    assert classify("PGPASSWORD=hunter22 psql -h db", "") == "password-assignment"
    assert classify('{"user": "app", "password": "hunter22"}', "") == "password-assignment"


@pytest.mark.parametrize(
    "pattern",
    [
        "{{",
        "${",
        "sk-",
        "token=",
        "password: ",
        "bearer ",
        "machine x login ",
        "a:b@",
        "://a:",
        "*",
        "eyJ.",
        "AKIA",
        "\n",
    ],
)
def test_a_hostile_text_is_read_in_the_time_of_a_friendly_one(pattern):
    text = pattern * (300_000 // len(pattern))
    started = time.perf_counter()
    classify(text + " x", "password")
    assert time.perf_counter() - started < 5
