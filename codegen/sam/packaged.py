"""What a release packs: the properties that may name a local file or folder, and their forms.

Source: docs.aws.amazon.com/cli, `aws cloudformation package`, and the list of SAM CLI
(samcli/lib/utils/resources.py). A test compares this table with the pinned SAM CLI's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

BUCKET_PARAMETER = "ArtifactBucket"
FUNCTION, LAYER = "AWS::Serverless::Function", "AWS::Serverless::LayerVersion"
RAW_FUNCTION, RAW_LAYER = "AWS::Lambda::Function", "AWS::Lambda::LayerVersion"
STACK, APPLICATION = "AWS::CloudFormation::Stack", "AWS::Serverless::Application"
ANY = "*"  # in a path: every key there


class Form(Enum):
    """How a property says where an object is. The bucket is a parameter in each."""

    BUCKET_KEY = "{Bucket, Key}"
    S3_BUCKET_KEY = "{S3Bucket, S3Key}"
    S3_URL = "s3://bucket/key"
    HTTPS_URL = "https://…/bucket/key"
    STACK = "a stack with an https:// URL, in place of the application"
    TEXT = "the text itself, in the property beside it"


class Content(Enum):
    """What is packed."""

    CODE = "a folder or a file as a zip, an archive as it is; built first where SAM builds it"
    FILE = "a file as it is, a folder as a zip"
    TEMPLATE = "a template, packaged in turn"


@dataclass(frozen=True)
class Packaged:
    """A property that may name a local file or folder.

    Attributes
    ----------
    path:
        Where it is in the resource's properties.
    content, form:
        What is packed, and how the property says where that is.
    by_default:
        Whether the template's folder is packed where the property is missing.
    """

    path: tuple[str, ...]
    form: Form
    content: Content = Content.FILE
    by_default: bool = False


def _appsync(*names: str) -> tuple[Packaged, ...]:
    return tuple(Packaged((name,), Form.S3_URL) for name in names)


_MAPPING_TEMPLATES = (
    "RequestMappingTemplateS3Location",
    "ResponseMappingTemplateS3Location",
    "CodeS3Location",
)
PACKAGED: dict[str, tuple[Packaged, ...]] = {
    FUNCTION: (Packaged(("CodeUri",), Form.BUCKET_KEY, Content.CODE, by_default=True),),
    LAYER: (Packaged(("ContentUri",), Form.BUCKET_KEY, Content.CODE, by_default=True),),
    RAW_FUNCTION: (Packaged(("Code",), Form.S3_BUCKET_KEY, Content.CODE, by_default=True),),
    RAW_LAYER: (Packaged(("Content",), Form.S3_BUCKET_KEY, Content.CODE, by_default=True),),
    "AWS::Serverless::Api": (Packaged(("DefinitionUri",), Form.BUCKET_KEY),),
    "AWS::Serverless::HttpApi": (Packaged(("DefinitionUri",), Form.BUCKET_KEY),),
    "AWS::Serverless::StateMachine": (Packaged(("DefinitionUri",), Form.BUCKET_KEY),),
    "AWS::Serverless::GraphQLApi": (
        Packaged(("SchemaUri",), Form.TEXT),  # SAM takes no reference there
        Packaged(("Functions", ANY, "CodeUri"), Form.S3_URL),
        Packaged(("Resolvers", ANY, ANY, "CodeUri"), Form.S3_URL),
    ),
    "AWS::AppSync::GraphQLSchema": _appsync("DefinitionS3Location"),
    "AWS::AppSync::Resolver": _appsync(*_MAPPING_TEMPLATES),
    "AWS::AppSync::FunctionConfiguration": _appsync(*_MAPPING_TEMPLATES),
    "AWS::ApiGateway::RestApi": (Packaged(("BodyS3Location",), Form.BUCKET_KEY),),
    "AWS::ApiGatewayV2::Api": (Packaged(("BodyS3Location",), Form.BUCKET_KEY),),
    "AWS::StepFunctions::StateMachine": (Packaged(("DefinitionS3Location",), Form.BUCKET_KEY),),
    "AWS::ElasticBeanstalk::ApplicationVersion": (Packaged(("SourceBundle",), Form.S3_BUCKET_KEY),),
    "AWS::CloudFormation::ModuleVersion": (Packaged(("ModulePackage",), Form.S3_URL),),
    "AWS::CloudFormation::ResourceVersion": (Packaged(("SchemaHandlerPackage",), Form.S3_URL),),
    "AWS::Glue::Job": (Packaged(("Command", "ScriptLocation"), Form.S3_URL),),
    "AWS::CloudFormation::StackSet": (Packaged(("TemplateURL",), Form.HTTPS_URL),),
    STACK: (Packaged(("TemplateURL",), Form.HTTPS_URL, Content.TEMPLATE),),
    APPLICATION: (Packaged(("Location",), Form.STACK, Content.TEMPLATE),),
}
# What SAM packs and a release does not, with the reason; each is refused by its name.
REFUSED: dict[str, str] = {
    "AWS::Serverless::WebFunction": (
        "its code must be in a versioned bucket that Lambda itself may read, and the artifact "
        "bucket is not one"
    ),
}
INLINE = {FUNCTION: "InlineCode", RAW_FUNCTION: "ZipFile"}
