"""Resource policies, where a service of AWS calls another one.

AWS: EventBridge and CloudWatch deliver to a queue, a topic or a function only where its policy lets
that service in, with the rule or the alarm as aws:SourceArn and its account as aws:SourceAccount;
API Gateway calls a function only where a permission lets it, with the method as aws:SourceArn.
MiniStack: asks these policies for what SNS and S3 deliver, and for nothing else.
Here: they are asked for all of these. What is not let in is dropped, and said in the log: there are
no retries, and no dead-letter queue of a target.
"""

from __future__ import annotations

import logging
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway_v1, cloudwatch, eventbridge, lambda_svc, sns, sqs

EVENTS, ALARMS, GATEWAY = (
    f"{name}.amazonaws.com" for name in ("events", "cloudwatch", "apigateway")
)
ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
logger = logging.getLogger("baton.service_policies")


def install() -> None:
    """Ask the policies where a rule, an alarm and a method are at work."""
    invoke_target = eventbridge._invoke_target
    alarm_actions = cloudwatch._dispatch_alarm_actions
    invoke_proxy = apigateway_v1._invoke_lambda_proxy_v1

    def invoke_target_if_let_in(target: Any, event: Any, rule: Any, *rest: Any) -> None:
        if lets_in(target.get("Arn", ""), EVENTS, rule.get("Arn", "")):
            invoke_target(target, event, rule, *rest)

    def alarm_actions_that_are_let_in(alarm: dict[str, Any], *rest: Any) -> None:
        source = alarm.get("AlarmArn", "")
        let_in = {
            name: [arn for arn in alarm.get(name) or [] if lets_in(arn, ALARMS, source)]
            for name in ACTIONS
        }
        alarm_actions({**alarm, **let_in}, *rest)

    async def invoke_proxy_if_let_in(
        integration: Any, api: str, name: str, stage: Any, resource: Any, *rest: Any, **more: Any
    ) -> Any:
        uri, method = integration.get("uri", ""), rest[1]
        where, path = f"{get_region()}:{get_account_id()}", resource.get("path", "/")
        source = f"arn:aws:execute-api:{where}:{api}/{name}/{method}{path}"
        function = apigateway_v1._extract_lambda_ref_from_integration_uri(uri)
        if not lets_in(function, GATEWAY, source):
            return apigateway_v1._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
        return await invoke_proxy(integration, api, name, stage, resource, *rest, **more)

    eventbridge._invoke_target = invoke_target_if_let_in
    cloudwatch._dispatch_alarm_actions = alarm_actions_that_are_let_in
    apigateway_v1._invoke_lambda_proxy_v1 = invoke_proxy_if_let_in


def lets_in(target: str, service: str, source: str) -> bool:
    """Whether a queue's, a topic's or a function's policy lets a service in, for this source."""
    ask = {"sqs": sqs.queue_policy_allows, "sns": sns.topic_policy_allows, "lambda": _function}
    kind = target.split(":")[2] if target.count(":") >= 5 else ""
    if kind not in ask or ask[kind](target, service, source, get_account_id()):
        return True
    logger.warning("%s is not let in by %s: from %s", service, target, source)
    return False


def _function(target: str, service: str, source: str, account_id: str) -> bool:
    _, _, name = lambda_svc._get_func_record_for_ref(target)
    function = lambda_svc._functions.get(name)  # versions have no policy of their own
    if not function:
        return True  # that it is not there is said elsewhere
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=target,
        region=get_region(),
        service_context={"aws:sourcearn": source, "aws:sourceaccount": account_id},
    )
    found = iam_evaluator.evaluate_resource_policy(function["policy"], context, service=service)
    return bool(found.decision == "Allow")
