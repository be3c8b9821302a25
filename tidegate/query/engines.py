"""What to paste into other engines to read the lake: the login by the names of variables, never by value. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Engine = Literal["duckdb", "pyiceberg", "spark", "trino", "aws"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
KEY, SECRET = "TIDEGATE_S3_ACCESS_KEY", "TIDEGATE_S3_SECRET_KEY"
"""The variables that hold the lake's login."""


@dataclass(frozen=True, slots=True)
class LakeAddress:
    """Where catalog and files are."""

    catalog_uri: str
    warehouse: str
    s3_endpoint: str
    s3_region: str

    @property
    def token_uri(self) -> str:
        """Where a login becomes a token."""
        return f"{self.catalog_uri.rstrip('/')}/v1/oauth/tokens"


def snippet(engine: Engine, lake: LakeAddress) -> str:
    """What to paste, after a line that says what the login needs."""
    return _SNIPPETS[engine](lake)


def _duckdb(lake: LakeAddress) -> str:
    host = lake.s3_endpoint.partition("://")[2].rstrip("/")
    tls = str(lake.s3_endpoint.startswith("https://")).lower()
    return f"""-- For the duckdb command line, which alone reads variables by getenv.
install iceberg; load iceberg; install httpfs; load httpfs;
create or replace secret lake_login (
    type iceberg,
    client_id getenv('{KEY}'),
    client_secret getenv('{SECRET}'),
    oauth2_server_uri '{lake.token_uri}'
);
create or replace secret lake_files (
    type s3,
    key_id getenv('{KEY}'),
    secret getenv('{SECRET}'),
    endpoint '{host}',
    region '{lake.s3_region}',
    url_style 'path',
    use_ssl {tls}
);
attach '{lake.warehouse}' as lake (
    type iceberg,
    secret lake_login,
    endpoint '{lake.catalog_uri}',
    access_delegation_mode 'none'
);
show all tables;
"""


def _pyiceberg(lake: LakeAddress) -> str:
    return f"""# pip install 'pyiceberg[pyarrow]'
import os

from pyiceberg.catalog import load_catalog

key, secret = os.environ["{KEY}"], os.environ["{SECRET}"]
catalog = load_catalog(
    "lake",
    **{{
        "type": "rest",
        "uri": "{lake.catalog_uri}",
        "warehouse": "{lake.warehouse}",
        "oauth2-server-uri": "{lake.token_uri}",
        "credential": f"{{key}}:{{secret}}",
        "s3.endpoint": "{lake.s3_endpoint}",
        "s3.region": "{lake.s3_region}",
        "s3.access-key-id": key,
        "s3.secret-access-key": secret,
    }},
)
print(catalog.list_tables("silver"))
"""


def _spark(lake: LakeAddress) -> str:
    return f"""# Start pyspark with Iceberg for your version of Spark, and its bundle for S3:
# --packages org.apache.iceberg:iceberg-spark-runtime-<Spark>_<Scala>:<version>
#   and org.apache.iceberg:iceberg-aws-bundle:<version>, by a comma
import os

from pyspark.sql import SparkSession

key, secret = os.environ["{KEY}"], os.environ["{SECRET}"]
options = {{
    "type": "rest",
    "uri": "{lake.catalog_uri}",
    "warehouse": "{lake.warehouse}",
    "oauth2-server-uri": "{lake.token_uri}",
    "credential": f"{{key}}:{{secret}}",
    "io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    "header.X-Iceberg-Access-Delegation": "vended-credentials",
    "s3.endpoint": "{lake.s3_endpoint}",
    "s3.path-style-access": "true",
    "client.region": "{lake.s3_region}",
    "s3.access-key-id": key,
    "s3.secret-access-key": secret,
}}
builder = SparkSession.builder.config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
builder = builder.config("spark.sql.session.timeZone", "UTC")
for name, value in options.items():
    builder = builder.config(f"spark.sql.catalog.lake.{{name}}", value)
spark = builder.getOrCreate()
spark.sql("show tables in lake.silver").show()
"""


def _trino(lake: LakeAddress) -> str:
    return f"""# etc/catalog/lake.properties; Trino reads the variables from its own environment.
connector.name=iceberg
iceberg.catalog.type=rest
iceberg.rest-catalog.uri={lake.catalog_uri}
iceberg.rest-catalog.warehouse={lake.warehouse}
iceberg.rest-catalog.security=OAUTH2
iceberg.rest-catalog.oauth2.server-uri={lake.token_uri}
iceberg.rest-catalog.oauth2.credential=${{ENV:{KEY}}}:${{ENV:{SECRET}}}
fs.native-s3.enabled=true
s3.endpoint={lake.s3_endpoint}
s3.region={lake.s3_region}
s3.path-style-access=true
s3.aws-access-key=${{ENV:{KEY}}}
s3.aws-secret-key=${{ENV:{SECRET}}}
"""


def _aws(lake: LakeAddress) -> str:
    return f"""export AWS_ACCESS_KEY_ID="${KEY}" AWS_SECRET_ACCESS_KEY="${SECRET}"
export AWS_REGION="{lake.s3_region}" AWS_ENDPOINT_URL="{lake.s3_endpoint}"
aws s3 ls
aws s3tables list-table-buckets
"""


_SNIPPETS: dict[Engine, Callable[[LakeAddress], str]] = {
    "duckdb": _duckdb,
    "pyiceberg": _pyiceberg,
    "spark": _spark,
    "trino": _trino,
    "aws": _aws,
}
