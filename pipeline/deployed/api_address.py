"""Where a REST API is called: what its address is follows from where API Gateway itself is."""

from __future__ import annotations

from urllib.parse import urlsplit

OUTPUT = "ApiUrl"  # the stack's output with the whole address


def api_base_address(endpoint: str, region: str, api_id: str, stage: str) -> str:
    """The address that an API's paths are appended to.

    Parameters
    ----------
    endpoint:
        API Gateway's own address as a boto3 client has it: `client.meta.endpoint_url`.
    region:
        The API's region.
    api_id:
        The REST API's id.
    stage:
        Its stage.

    Returns
    -------
    str
        On AWS the API's own host, in the partition of the endpoint. Anywhere else a path below
        the endpoint: an emulator has one address for all APIs.
    """
    host = urlsplit(endpoint).hostname or ""
    service_host = f"apigateway.{region}."
    if host.startswith(service_host):
        suffix = host.removeprefix(service_host)
        return f"https://{api_id}.execute-api.{region}.{suffix}/{stage}"
    return f"{endpoint.rstrip('/')}/_aws/execute-api/{api_id}/{stage}"
