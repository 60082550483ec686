"""Ways to more rights than one has: each a call that is good as it is.

The ways are those known from the literature (Rhino Security Labs' list, which cloudsplaining has),
as far as the emulator has the call, and what is special here: the boundary. The rest is in
test_role_documents.py. What a call needs to be there, the account's root makes first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.emulator.conftest import unique, zipped
from tests.promotion.standin import calls
from tests.promotion.standin.calls import LAMBDA, MANAGED, Call, call
from tests.promotion.standin.delivery import HERE, PREFIX, QUEUE, Client, Place, trust

ADMIN = f"{MANAGED}/AdministratorAccess"
EVERYTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
    }
)
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
    }
)
STRANGER = trust({"AWS": "arn:aws:iam::999999999999:root"})


def about(make: Callable[[Place], dict[str, Any]], service: str, operation: str) -> Call:
    """A call about something that the administrator makes for it."""
    return lambda client, place: getattr(client(service), operation)(**make(place))


def _user(place: Place) -> str:
    name = unique("user")
    place.admin("iam").create_user(UserName=name)
    return name


def _group(place: Place) -> str:
    name = unique("group")
    place.admin("iam").create_group(GroupName=name)
    return name


def _provider(place: Place) -> str:
    made = place.admin("iam").create_open_id_connect_provider(Url=f"https://{unique('o')}.example")
    return str(made["OpenIDConnectProviderArn"])


def _policy(place: Place) -> str:
    made = place.admin("iam").create_policy(PolicyName=unique("p"), PolicyDocument=EVERYTHING)
    return str(made["Policy"]["Arn"])


def _version(place: Place) -> dict[str, str]:
    """A policy, and a version of it that is not in force."""
    arn = _policy(place)
    made = place.admin("iam").create_policy_version(PolicyArn=arn, PolicyDocument=EVERYTHING)
    return {"PolicyArn": arn, "VersionId": made["PolicyVersion"]["VersionId"]}


def _profile(place: Place) -> str:
    name = unique("profile")
    place.admin("iam").create_instance_profile(InstanceProfileName=name)
    return name


def _bounded(name: str = "spare") -> dict[str, str]:
    return {"RoleName": f"{PREFIX}-{name}"}


def _boundary_version(client: Client, place: Place) -> object:
    made = client("iam").create_policy_version(
        PolicyArn=place.boundary, PolicyDocument=EVERYTHING, SetAsDefault=False
    )
    return place.admin("iam").delete_policy_version(
        PolicyArn=place.boundary, VersionId=made["PolicyVersion"]["VersionId"]
    )


def _same_boundary(client: Client, place: Place) -> object:
    """The boundary that is there already: refused is whoever could put another."""
    return client("iam").put_role_permissions_boundary(
        **_bounded(), PermissionsBoundary=place.boundary
    )


def _unbound(client: Client, place: Place) -> object:
    name = unique(f"{PREFIX}-role")
    place.admin("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=trust(LAMBDA),
        PermissionsBoundary=place.boundary,
    )
    return client("iam").delete_role_permissions_boundary(RoleName=name)


def _make_unbounded(client: Client, _: Place) -> object:
    return client("iam").create_role(
        RoleName=unique(f"{PREFIX}-role"), AssumeRolePolicyDocument=trust(LAMBDA)
    )


def _become_administrator(client: Client, place: Place) -> object:
    _ = place.administrator  # it trusts the account
    return place.assumed(f"arn:aws:iam::{HERE}:role/administrator", client)


def _by_saml(client: Client, _: Place) -> object:
    return client("iam").create_saml_provider(
        SAMLMetadataDocument="<EntityDescriptor/>" + " " * 1000, Name=unique("saml")
    )


ROLES: dict[str, Call] = {
    "makes a role without the boundary": _make_unbounded,
    "makes a role within another boundary": calls.make_role(PREFIX, PermissionsBoundary=ADMIN),
    "takes the boundary off a role": _unbound,
    "puts a boundary on a role": _same_boundary,
    "changes the boundary": _boundary_version,
    "gives a role without the boundary rights": calls.give_rights("unbounded"),
    "attaches to a role without the boundary": calls.attach("unbounded", calls.GATEWAY_LOGS),
    "attaches everything to its own role": calls.attach("spare", ADMIN),
    "changes whom a role trusts": calls.change_trust("spare"),
    "changes whom a role without the boundary trusts": calls.change_trust("unbounded"),
    "changes whom the deploy role trusts": calls.change_trust("deploy"),
    "changes whom the plan role trusts": calls.change_trust("plan"),
    "changes whom the release-reader trusts": calls.change_trust("release-reader"),
    "changes the deploy role's rights": calls.change_rights("deploy-roles"),
    "changes the plan role's rights": calls.change_rights("plan-states"),
    "gives the deploy role rights": calls.give_rights("deploy"),
    "attaches to the deploy role": calls.attach("deploy", "plan-states"),
    "deletes a version of a policy": about(_version, "iam", "delete_policy_version"),
    "makes a policy": about(
        lambda _: {"PolicyName": unique(PREFIX), "PolicyDocument": EVERYTHING},
        *("iam", "create_policy"),
    ),
    "becomes an administrator": _become_administrator,
}
IDENTITIES: dict[str, Call] = {
    "makes a user": about(lambda _: {"UserName": unique("user")}, "iam", "create_user"),
    "makes a user's key": about(
        lambda place: {"UserName": _user(place)}, "iam", "create_access_key"
    ),
    "makes a user's password": about(
        lambda place: {"UserName": _user(place), "Password": "Baton-1234567"},
        *("iam", "create_login_profile"),
    ),
    "writes a user's policy": about(
        lambda place: {
            "UserName": _user(place),
            "PolicyName": "p",
            "PolicyDocument": EVERYTHING,
        },
        *("iam", "put_user_policy"),
    ),
    "attaches to a user": about(
        lambda place: {"UserName": _user(place), "PolicyArn": ADMIN}, "iam", "attach_user_policy"
    ),
    "writes a group's policy": about(
        lambda place: {
            "GroupName": _group(place),
            "PolicyName": "p",
            "PolicyDocument": EVERYTHING,
        },
        *("iam", "put_group_policy"),
    ),
    "attaches to a group": about(
        lambda place: {"GroupName": _group(place), "PolicyArn": ADMIN},
        *("iam", "attach_group_policy"),
    ),
    "adds a user to a group": about(
        lambda place: {"GroupName": _group(place), "UserName": _user(place)},
        *("iam", "add_user_to_group"),
    ),
    "gives an instance a role": about(
        lambda place: {"InstanceProfileName": _profile(place), **_bounded()},
        *("iam", "add_role_to_instance_profile"),
    ),
    "makes an identity provider": calls.make_provider,
    "drops an identity provider": calls.drop_provider,
    "makes a SAML provider": _by_saml,
}


def _function(place: Place) -> dict[str, Any]:
    return {
        "FunctionName": unique(f"{PREFIX}-function"),
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": place.role("api"),
        "Code": {"ZipFile": zipped("def handler(event, context): return 1")},
    }


def _code(client: Client, _: Place) -> object:
    return client("lambda").update_function_code(
        FunctionName=f"{PREFIX}-api", ZipFile=zipped("def handler(event, context): return 2")
    )


def _configuration(client: Client, _: Place) -> object:
    return client("lambda").update_function_configuration(FunctionName=f"{PREFIX}-api", Timeout=10)


def _callable_by(principal: str) -> Call:
    return about(
        lambda place: {
            "FunctionName": _new_function(place),
            "StatementId": "s",
            "Action": "lambda:InvokeFunction",
            "Principal": principal,
        },
        *("lambda", "add_permission"),
    )


def _new_function(place: Place) -> str:
    made = place.admin("lambda").create_function(**_function(place))
    return str(made["FunctionName"])


def _stack(client: Client, _: Place) -> object:
    return client("cloudformation").create_stack(StackName=unique("other"), TemplateBody=QUEUE)


# A role that deploy has made may do these where its policies say so: CloudFormation's does.
CODE_OF_ROLES: dict[str, Call] = {
    "changes a function's code": _code,
    "changes a function's configuration": _configuration,
}
CODE: dict[str, Call] = {
    # on AWS CloudFormation's role may: the emulator asks for every function, not for this one
    "makes a function": about(_function, "lambda", "create_function"),
    "lets another account call a function": _callable_by("999999999999"),
    "lets everybody call a function": _callable_by("*"),
    "gives a function an address": about(
        lambda place: {"FunctionName": _new_function(place), "AuthType": "NONE"},
        *("lambda", "create_function_url_config"),
    ),
    "calls another function": call("lambda", "invoke", FunctionName=f"{PREFIX}-api"),
    "makes another stack": _stack,
}
