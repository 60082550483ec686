"""The `baton` command: finds the sub-command, and turns what it raises into words and a code."""

from __future__ import annotations

import importlib
import io
import os
import sys

import click

from codegen.errors import BatonError
from pipeline import __version__
from pipeline.adapters.process import interrupt_on_signals
from pipeline.runs.console import explain, say

# name: (module in pipeline.commands, help). The modules are imported when they are called.
COMMANDS = {
    "doctor": ("doctor", "Check tools, settings and credentials; say how to fix what is wrong."),
    "local": ("local", "Start, stop, reset or show the local emulators."),
    "env": ("env", "Print shell lines that point any AWS tool at an environment."),
    "check": ("check", "Check that outputs, templates, parameters and settings fit together."),
    "render": ("render", "Render samconfig.toml and the parameters from Terraform outputs."),
    "build": ("build", "Build a release from the checkout."),
    "plan": ("plan", "Show what a promotion would change, and what its gates find."),
    "promote": ("promote", "Promote a release to an environment."),
    "rollback": ("rollback", "Redeploy a release that was verified here before."),
    "status": ("status", "Show what runs in each environment, and the next release."),
    "diff": ("diff", "Show differences between two environments; unintended ones apart."),
    "drift": ("drift", "Find changes since the last verified promotion."),
    "redrive": ("redrive", "Reprocess failed stream records and scheduled events."),
    "destroy": ("destroy", "Delete an environment: stack, buckets, infrastructure, state."),
}


class Commands(click.Group):
    """A group whose sub-commands are imported only when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"pipeline.commands.{COMMANDS[name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version=__version__, prog_name="baton")
def baton() -> None:
    """One release from dev to prod: Terraform below, SAM above, one contract between them.

    BATON_TARGET says where the environments are: local (emulators, the default) or aws.
    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 differences, or something waits, 4 a gate
    refused, 5 not eligible, 130 interrupted.
    """


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; nothing but code errors get through."""
    interrupt_on_signals()
    try:
        result = baton.main(arguments, prog_name="baton", standalone_mode=False)
    except BatonError as error:
        return explain(error)
    except click.exceptions.Exit as error:
        return error.exit_code
    except BrokenPipeError:  # `baton status | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a disk that is full, a folder that cannot be written
        return explain(BatonError(f"{error.filename or 'the system'}: {error.strerror or error}"))
    except click.ClickException as error:
        error.show(file=(usage := io.StringIO()))
        say(usage.getvalue().rstrip("\n"))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("baton: interrupted; the same command goes on from here.")
        return 130
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
