from __future__ import annotations

import pytest

from pipeline.deployed.api_address import api_base_address


@pytest.mark.parametrize(
    ("endpoint", "region", "address"),
    [
        (
            "https://apigateway.us-east-1.amazonaws.com",
            "us-east-1",
            "https://a1.execute-api.us-east-1.amazonaws.com/v1",
        ),
        (
            "https://apigateway.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
            "https://a1.execute-api.cn-north-1.amazonaws.com.cn/v1",
        ),
        ("http://127.0.0.1:5810", "us-east-1", "http://127.0.0.1:5810/_aws/execute-api/a1/v1"),
        ("http://127.0.0.1:5810/", "us-east-1", "http://127.0.0.1:5810/_aws/execute-api/a1/v1"),
    ],
)
def test_an_address_follows_from_the_endpoint(endpoint: str, region: str, address: str) -> None:
    # Given API Gateway's endpoint / When an API's address is derived / Then it is that target's
    assert api_base_address(endpoint, region, "a1", "v1") == address
