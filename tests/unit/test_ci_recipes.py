"""The GitHub Action and the recipes of docs/ci.md: what their runners take, and what their scripts do."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft7Validator

from agentconv.cli.run import build_parser
from console_runs import environment_for

CHECKOUT = Path(__file__).parents[2]
ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text("utf-8"))
RECIPES = re.findall(r"(?s)^```yaml\n(.*?)^```$", (CHECKOUT / "docs/ci.md").read_text("utf-8"), re.MULTILINE)
WORKFLOW, STEP, GITLAB, LOCAL, PRE_COMMIT, OF_OTHERS = map(yaml.safe_load, RECIPES)
SCRIPTS = [
    *(step["run"] for one in (WORKFLOW, OF_OTHERS) for step in one["jobs"]["agents"]["steps"] if "run" in step and "name" not in step),
    *(script for job in GITLAB.values() for script in job.get("script", ())),
]
PINNED = "uvx --from agentconv-toolkit==0.1.0 "
DOCUMENTS = {
    "github-actions": ACTION,
    "github-workflows": {"on" if key is True else key: value for key, value in WORKFLOW.items()},  # a boolean in YAML 1.1
    "github-workflows of others": {"on" if key is True else key: value for key, value in OF_OTHERS.items()},
    "gitlab-ci": GITLAB,
    "readthedocs": yaml.safe_load((CHECKOUT / ".readthedocs.yaml").read_text("utf-8")),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_runners_take(name):
    """The action, the workflow, the pipeline and the site's build are what the schemas of their runners say."""
    errors = list(Draft7Validator(get_builtin_schema(f"vendor.{name.split()[0]}")).iter_errors(DOCUMENTS[name]))

    assert [error.message for error in errors] == []


def test_recipes_name_what_is_there():
    """Hooks, inputs and the step of the recipes are those that this repository has."""
    hooks = {hook["id"] for hook in yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8"))}

    assert {hook["id"] for hook in PRE_COMMIT["repos"][0]["hooks"]} <= hooks
    assert {*STEP[0]["with"]} <= {*ACTION["inputs"]}
    assert all(script.startswith(f"{PINNED}agentconv ") for script in SCRIPTS)
    assert "setup-uv" in WORKFLOW["jobs"]["agents"]["steps"][1]["uses"]


def test_recipes_are_commands_that_there_are():
    """What a recipe runs is a command with the options that it has, whatever it then finds."""
    local = [hook["entry"] for hook in LOCAL["repos"][0]["hooks"]]

    for script in (*(job.removeprefix(PINNED).partition(" > ")[0] for job in SCRIPTS), *local):
        command, *words = shlex.split(script, comments=True)[1:]
        build_parser(command).check_flags(words)

        assert build_parser(command).parse_args(words)


def test_no_input_is_part_of_a_script():
    """What a workflow gives the action reaches its scripts as variables, never as text that is run."""
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]

    assert [script for script in scripts if "${{" in script] == []
    assert len(scripts) == 3


@pytest.mark.skipif(os.name == "nt", reason="run by bash")
@pytest.mark.parametrize("path", [".", "\n.claude/agents/issue-writer.md\n", "$(touch ran) --fix"])
def test_the_lint_step(path, tmp_path):
    """The step writes valid SARIF, annotates each finding and fails for errors; a hostile input is only a path that is not there."""
    project = tmp_path / "project"
    shutil.copytree(CHECKOUT / "fixtures/examples", project)
    (lint,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "lint")
    inputs = {name.removeprefix("INPUT_").lower().replace("_", "-"): name for name in lint["env"] if name.startswith("INPUT_")}
    given = {name: ACTION["inputs"][key]["default"] for key, name in inputs.items()}
    given |= {"INPUT_PATH": path, "INPUT_FOR": "gemini-cli", "INPUT_STRICT": "off"}
    places = {"SARIF": str(tmp_path / "out.sarif"), "GITHUB_OUTPUT": str(tmp_path / "outputs")}
    environment = {**environment_for(tmp_path), **given, **places}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", lint["run"]]  # as a runner has it
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    if "touch" in path:
        assert (done.returncode, (project / "ran").exists()) == (2, False)
        return
    found = json.loads((tmp_path / "out.sarif").read_text("utf-8"))["runs"][0]["results"]

    assert done.returncode == 1
    assert len(found) == done.stdout.count("\n") >= 2
    assert (tmp_path / "outputs").read_text() == f"sarif={places['SARIF']}\n"
