"""A small HTTP endpoint that answers as EKS, EC2, ECR, Inspector and STS do, and can be told to refuse or to break."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.aws import bodies, bodies_of_ec2


@dataclass
class Estate:
    """What the account holds, what it refuses, and every call that was made."""

    clusters: dict[str, dict[str, Any]] = field(default_factory=lambda: {"shop": bodies.cluster()})
    node_groups: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            "batch": bodies.node_group("batch", launchTemplate={"id": "lt-0a", "name": "batch", "version": "2"}),
            "web": bodies.node_group("web"),
        }
    )
    add_ons: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {name: bodies.add_on(name) for name in ("coredns", "vpc-cni")}
    )
    entries: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            bodies.DEV: bodies.entry(bodies.DEV), bodies.OPS: bodies.entry(bodies.OPS),
            bodies.NODES: bodies.entry(bodies.NODES, "EC2_LINUX"),
        }
    )  # fmt: skip
    policies: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {
            bodies.DEV: [bodies.policy("AmazonEKSEditPolicy", "shop")],
            bodies.OPS: [bodies.policy("AmazonEKSClusterAdminPolicy")],
        }
    )
    versions: dict[str, dict[str, Any]] = field(default_factory=lambda: {"1.34": bodies.version("1.34")})
    reservations: list[list[dict[str, Any]]] = field(
        default_factory=lambda: [[bodies.machine("i-0a"), bodies.machine("i-0b", httpPutResponseHopLimit=2)]]
    )
    templates: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"lt-0a": {"httpTokens": "required", "httpPutResponseHopLimit": 1}}
    )
    repositories: list[dict[str, Any]] = field(
        default_factory=lambda: [bodies.repository("shop/web"), bodies.repository("tools", "MUTABLE")]
    )
    scanning: dict[str, Any] = field(default_factory=lambda: bodies.scanning("CONTINUOUS_SCAN", "shop/*"))
    repository_policies: dict[str, str] = field(default_factory=lambda: {"shop/web": bodies.OPEN_TO_ONE})
    lifecycle_policies: dict[str, str] = field(default_factory=lambda: {"shop/web": bodies.EXPIRES})
    inspector: dict[str, str] = field(default_factory=lambda: {"ec2": "ENABLED", "ecr": "ENABLED"})
    coverage: list[dict[str, Any]] = field(default_factory=lambda: [bodies.covered("i-0a"), bodies.covered("i-0b")])
    page_size: int = 100
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    """operation, or operation and the last part of what it asks about -> HTTP status and code"""
    raw: dict[str, bytes] = field(default_factory=dict)
    """operation -> bytes to answer instead"""
    slow: set[str] = field(default_factory=set)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """operation, what it asks about, headers"""

    def asked(self, operation: str) -> int:
        return sum(name == operation for name, _, _ in self.calls)


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


_BELOW = {
    "node-groups": ("ListNodegroups", "DescribeNodegroup", "nodegroups", "nodegroup"),
    "addons": ("ListAddons", "DescribeAddon", "addons", "addon"),
    "access-entries": ("ListAccessEntries", "DescribeAccessEntry", "accessEntries", "accessEntry"),
}


class Answers:
    """The answer to each path."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate

    def eks(self, parts: list[str], query: dict[str, list[str]], headers: dict[str, str]) -> dict[str, Any]:
        estate = self.estate
        if parts == ["cluster-versions"]:
            self.noted("DescribeClusterVersions", query["clusterVersions"][0], headers)
            return {"clusterVersions": [estate.versions[each] for each in query["clusterVersions"]]}
        if parts == ["clusters"]:
            self.noted("ListClusters", "", headers)
            return self.paged("clusters", sorted(estate.clusters), query)
        name = parts[1]
        if len(parts) == 2:
            self.noted("DescribeCluster", name, headers)
            return {"cluster": self.found(estate.clusters, name)}
        listing, describing, plural, singular = _BELOW[parts[2]]
        held: dict[str, Any] = {"node-groups": estate.node_groups, "addons": estate.add_ons}.get(
            parts[2], estate.entries
        )
        if len(parts) == 3:
            self.noted(listing, name, headers)
            self.found(estate.clusters, name)
            return self.paged(plural, sorted(held), query)
        if len(parts) == 4:
            self.noted(describing, parts[3], headers)
            return {singular: self.found(held, parts[3])}
        self.noted("ListAssociatedAccessPolicies", parts[3], headers)
        self.found(held, parts[3])
        return {"clusterName": name, "principalArn": parts[3],
                "associatedAccessPolicies": estate.policies.get(parts[3], [])}  # fmt: skip

    def query(self, form: dict[str, list[str]], headers: dict[str, str]) -> str:
        operation = form["Action"][0]
        self.noted(operation, "", headers)
        if operation == "GetCallerIdentity":
            return (
                '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
                f"<Arn>{bodies.CALLER}</Arn><UserId>AROA:kubesurvey</UserId><Account>{bodies.ACCOUNT}</Account>"
                "</GetCallerIdentityResult></GetCallerIdentityResponse>"
            )
        wanted = [value[0] for key, value in sorted(form.items()) if key.startswith("Filter.1.Value.")]
        if operation == "DescribeInstances":
            return bodies_of_ec2.instances(self.estate.reservations, form["Filter.1.Name"][0], wanted)
        if operation == "DescribeLaunchTemplateVersions":
            name = form["LaunchTemplateId"][0]
            return bodies_of_ec2.template(name, form["LaunchTemplateVersion.1"][0], self.estate.templates[name])
        items = "".join(
            f"<item><subnetId>{each}</subnetId><availabilityZoneId>{bodies.ZONES[each]}</availabilityZoneId>"
            "<vpcId>vpc-1</vpcId><availableIpAddressCount>200</availableIpAddressCount>"
            "<mapPublicIpOnLaunch>false</mapPublicIpOnLaunch><tagSet><item><key>note</key>"
            "<value>Canary-in-a-subnet-77</value></item></tagSet></item>"
            for each in wanted if each in bodies.ZONES
        )  # fmt: skip
        return (
            '<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
            f"<subnetSet>{items}</subnetSet></DescribeSubnetsResponse>"
        )

    def ecr(self, operation: str, asked: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        estate, name = self.estate, str(asked.get("repositoryName", ""))
        self.noted(operation, name, headers)
        if operation == "DescribeRepositories":
            return self.paged("repositories", estate.repositories, {"nextToken": [asked.get("nextToken", "0")]})
        if operation == "GetRegistryScanningConfiguration":
            return {"registryId": bodies.ACCOUNT, "scanningConfiguration": estate.scanning}
        held, key = {
            "GetRepositoryPolicy": (estate.repository_policies, "policyText"),
            "GetLifecyclePolicy": (estate.lifecycle_policies, "lifecyclePolicyText"),
        }[operation]
        if name not in held:
            raise Refused(400, f"{operation.removeprefix('Get')}NotFoundException")
        return {"registryId": bodies.ACCOUNT, "repositoryName": name, key: held[name]}

    def inspector2(self, path: str, asked: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        estate = self.estate
        if path == "/status/batch/get":
            self.noted("BatchGetAccountStatus", asked["accountIds"][0], headers)
            states = {key: {"status": status} for key, status in estate.inspector.items()}
            return {"accounts": [{"accountId": bodies.ACCOUNT, "resourceState": states}]}
        self.noted("ListCoverage", "", headers)
        wanted = asked["filterCriteria"]["resourceType"][0]["value"]
        held = [each for each in estate.coverage if each["resourceType"] == wanted]
        return self.paged("coveredResources", held, {"nextToken": [asked.get("nextToken", "0")]})

    def noted(self, operation: str, about: str, headers: dict[str, str]) -> None:
        self.estate.calls.append((operation, about, headers))
        if operation in self.estate.slow:
            time.sleep(3)
        for key in (operation, f"{operation} {about.rpartition('/')[2]}"):
            if key in self.estate.refusals:
                raise Refused(*self.estate.refusals[key])

    def found(self, held: dict[str, Any], name: str) -> Any:
        if name not in held:
            raise Refused(404, "ResourceNotFoundException")
        return held[name]

    def paged(self, key: str, names: list[Any], query: dict[str, list[str]]) -> dict[str, Any]:
        start = int(query.get("nextToken", ["0"])[0])
        end = start + self.estate.page_size
        token = {"nextToken": str(end)} if end < len(names) else {}
        return {key: names[start:end]} | token


@contextmanager
def serving(estate: Estate) -> Iterator[str]:
    """The address of an endpoint that answers for this estate."""
    answers = Answers(estate)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            parts = [unquote(part) for part in url.path.strip("/").split("/")]
            self.answer(lambda: json.dumps(answers.eks(parts, parse_qs(url.query), dict(self.headers))), "json")

        def do_POST(self) -> None:
            said, headers = self.rfile.read(int(self.headers["Content-Length"])).decode(), dict(self.headers)
            if "X-Amz-Target" in headers:
                operation = headers["X-Amz-Target"].rpartition(".")[2]
                self.answer(lambda: json.dumps(answers.ecr(operation, json.loads(said), headers)), "json")
            elif self.path != "/":
                self.answer(lambda: json.dumps(answers.inspector2(self.path, json.loads(said), headers)), "json")
            else:
                self.answer(lambda: answers.query(parse_qs(said), headers), "xml")

        def answer(self, body: Any, form: str) -> None:
            try:
                status, content, code = 200, body().encode(), ""
                content = estate.raw.get(estate.calls[-1][0], content)
            except Refused as refused:
                status, code = refused.status, refused.code
                message = f"User: {bodies.CALLER} is not authorized because no identity-based policy allows it"
                content = json.dumps({"__type": code, "message": message}).encode()
                if form == "xml":
                    fault = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
                    content = f"<Response><Errors>{fault}</Errors></Response>".encode()
                    if "GetCallerIdentity" in estate.calls[-1][0]:
                        content = f"<ErrorResponse>{fault}</ErrorResponse>".encode()
            self.send_response(status)
            if code:
                self.send_header("x-amzn-ErrorType", code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked has stopped waiting
                self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
