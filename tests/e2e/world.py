"""A checkout of its own with emulators of its own, worked on by commands as a user types them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pipeline.deployed.api_address import api_base_address
from pipeline.target.local.ministack.keys import root_secret_key

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ("dev", "staging", "prod")


@dataclass(frozen=True)
class World:
    """A copy of the checkout in `root`; its emulators listen from `port` on."""

    root: Path
    port: int

    @classmethod
    def create(cls, root: Path) -> World:
        """Copy what git would, make it a repository, and lend it the installed tools."""
        listed = _git(ROOT, "ls-files", "-z", "-co", "--exclude-standard").split("\0")
        for name in filter(None, listed):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)
        (root / ".tools").symlink_to(ROOT / ".tools")
        _git(root, "init", "--quiet")
        world = cls(root, _free_ports(len(ENVIRONMENTS) + 1))
        world.commit("a copy")
        return world

    @property
    def variables(self) -> dict[str, str]:
        """A user's shell: nothing of AWS, Terragrunt or Baton in it but the ports."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "TG_", "TF_", "BATON_", "PYTEST", "PYTHONPATH"))
        }
        return kept | {"BATON_LOCAL_PORT": str(self.port)}

    def commit(self, message: str) -> None:
        """Commit everything."""
        _git(self.root, "add", "--all")
        who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        _git(self.root, *who, "commit", "--quiet", "--message", message)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        text = (self.root / name).read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        (self.root / name).write_text(text.replace(old, new))

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout; what it printed is kept, its code not looked at."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.variables | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def baton(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `./baton`; its code is not looked at."""
        return self.run("./baton", *arguments, **variables)

    def data(self, *arguments: str) -> Any:
        """Run `./baton … --json`, which must succeed, and read what it printed."""
        done = self.baton(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def shell(self, environment: str, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script in a shell that was pointed at an environment by `baton env`."""
        return self.run("bash", "-euc", f'eval "$(./baton env {environment})"\n{script}')

    def settings(self, environment: str) -> dict[str, Any]:
        """What an environment's own file says."""
        text = (self.root / "live" / environment / "env.yaml").read_text()
        own: dict[str, Any] = yaml.safe_load(text)
        return {"region": "us-east-1"} | own

    def session(self, environment: str) -> boto3.Session:
        """A boto3 session of an environment: its account's root."""
        own = self.settings(environment)
        return boto3.Session(
            own["account_id"], self.secret_key(environment), region_name=own["region"]
        )

    def secret_key(self, environment: str) -> str:
        """The secret access key of an environment's account."""
        secret = (self.root / ".baton" / "local" / "secret").read_text()
        return root_secret_key(secret, self.settings(environment)["account_id"])

    def client(self, environment: str, service: Any) -> Any:
        """A boto3 client of an environment; it reaches the emulator."""
        state = self.root / ".baton" / "local" / environment / "emulator.json"
        port = json.loads(state.read_text())["port"]
        return self.session(environment).client(service, endpoint_url=f"http://127.0.0.1:{port}")

    def outputs(self, environment: str) -> dict[str, str]:
        """The stack's outputs."""
        stacks = self.client(environment, "cloudformation").describe_stacks(
            StackName=f"desk-{environment}"
        )
        return {o["OutputKey"]: o["OutputValue"] for o in stacks["Stacks"][0]["Outputs"]}

    def live(self, environment: str) -> dict[str, dict[str, Any]]:
        """Function → configuration of the version behind its alias."""
        functions = self.client(environment, "lambda")
        return {
            name: functions.get_function(
                FunctionName=f"desk-{environment}-{name}", Qualifier="live"
            )["Configuration"]
            for name in ("api", "processor", "scheduled")
        }

    def address(self, environment: str) -> str:
        """The address of an environment's API."""
        outputs = self.outputs(environment)
        gateway = self.client(environment, "apigateway").meta
        return api_base_address(
            gateway.endpoint_url, gateway.region_name, outputs["ApiId"], outputs["ApiStage"]
        )

    def call(
        self, environment: str, method: str, path: str, body: Any = None, *, known: bool = True
    ) -> tuple[int, Any]:
        """Call the API over HTTP, as a client that it knows (by key or signature) or as a stranger.

        Returns
        -------
        tuple
            Status and body.
        """
        headers = {"Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = os.urandom(16).hex()
        data = None if body is None else json.dumps(body).encode()
        url = self.address(environment) + path
        if known:
            headers |= self._credentials(environment, method, url, data, headers)
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                answered = reply.read()
                return reply.status, json.loads(answered) if answered else None
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _credentials(
        self, environment: str, method: str, url: str, data: bytes | None, headers: dict[str, str]
    ) -> dict[str, str]:
        """What the environment's API asks for: its key, a user's token, or a signature."""
        auth = self.settings(environment).get("api", {}).get("auth", "api_key")
        if auth == "cognito":
            return {"Authorization": self._token(environment)}
        if auth == "api_key":
            found = self.client(environment, "apigateway").get_api_key(
                apiKey=self.outputs(environment)["ApiKeyId"], includeValue=True
            )
            return {"x-api-key": found["value"]}
        own = self.settings(environment)
        signed = AWSRequest(method, url, headers, data)
        root = Credentials(own["account_id"], self.secret_key(environment))
        SigV4Auth(root, "execute-api", own["region"]).add_auth(signed)
        return dict(signed.headers.items())

    def _token(self, environment: str) -> str:
        """A token of a user who is entered into the environment's pool for it."""
        users = self.client(environment, "cognito-idp")
        pool = self.outputs(environment)["UserPoolArn"].rpartition("/")[2]
        name, password = f"user-{os.urandom(4).hex()}", f"{os.urandom(12).hex()}-Aa1"
        who = {"UserPoolId": pool, "Username": name}
        users.admin_create_user(**who, TemporaryPassword=f"{password}0", MessageAction="SUPPRESS")
        users.admin_set_user_password(**who, Password=password, Permanent=True)
        clients = users.list_user_pool_clients(UserPoolId=pool, MaxResults=1)["UserPoolClients"]
        answer = users.admin_initiate_auth(
            UserPoolId=pool,
            ClientId=clients[0]["ClientId"],
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )
        return str(answer["AuthenticationResult"]["IdToken"])


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=True)
    return done.stdout.decode()


def _free_ports(count: int) -> int:
    """The first of `count` ports in a row that nobody listens on."""
    for first in range(20000 + os.getpid() % 5000 * 4, 60000, 10):
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
