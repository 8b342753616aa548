"""The stacks through the real engine: what an operator does to them, and what must then be true."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inferplane.sandbox.provider.cloud import Cloud
from inferplane.sandbox.session import Session
from inferplane.summary import render

pytestmark = pytest.mark.engine

README = Path(__file__).parents[2] / "README.md"

Stack = Callable[[str], Session]

IMAGE = "vllm/vllm-openai:v0.30.0@sha256:" + "1" * 64
GREEN = re.compile(r"(      green:\n        image: )\S+")
BLUE = re.compile(r"(      blue:\n        image: )\S+")


def _edit(session: Session, fleet: str, pattern: re.Pattern[str], replacement: str) -> None:
    path = session.project / "stacks" / fleet
    text, count = pattern.subn(replacement, path.read_text(encoding="utf-8"), count=1)
    assert count == 1, f"{pattern.pattern} is not in {fleet}"
    path.write_text(text, encoding="utf-8")


def _record(
    session: Session, model: str, weights: dict[str, int], *, stable: str, candidate: str | None
) -> None:
    """Plant a release record, as the release controller would have written it."""
    value = {"version": 1, "stable": stable, "candidate": candidate, "weights": weights, "phase": "observe"}
    world = {
        "ssm_parameters": {
            "us-east-1": {f"/inferplane/staging/us-east-1/releases/{model}": json.dumps(value)}
        }
    }
    session.directory.mkdir(parents=True, exist_ok=True)
    (session.directory / "world.json").write_text(json.dumps(world), encoding="utf-8")


def _rule_weights(session: Session, model: str) -> dict[str, int]:
    """The weights of a model's main rule, by slot, as the state has them."""
    resources = session.resources()
    arns = {
        r["outputs"]["arn"]: slot
        for r in resources
        for slot in ("blue", "green")
        if r["type"] == "aws:lb/targetGroup:TargetGroup" and r["inputs"]["tags"]["inferplane:slot"] == slot
    }
    found: list[dict[str, int]] = []
    for resource in resources:
        if resource["type"] == "aws:lb/listenerRule:ListenerRule" and model in json.dumps(
            resource["inputs"]["conditions"]
        ):
            groups = resource["inputs"]["actions"][0].get("forward", {}).get("targetGroups", [])
            if len(groups) == 2:
                found.append({arns[group["arn"]]: int(group["weight"]) for group in groups})
    assert len(found) == 1
    return found[0]


def _changes(digest: dict[str, Any]) -> list[tuple[str, str]]:
    """(operation, URN's last parts) of the steps that are not `same`."""
    return [
        (s["op"], s["urn"].split("::", 2)[-1]) for s in digest["steps"] if s["op"] not in ("same", "read")
    ]


def test_dev_comes_up_once_and_a_second_run_changes_nothing(stack: Stack) -> None:
    """Dev comes up as the README shows, is stable, and a destroy leaves nothing at the cloud."""
    session = stack("dev")
    session.up()
    assert len(session.resources()) > 100
    assert render(session.outputs(), "dev") in README.read_text(encoding="utf-8")
    second = session.up().stdout
    assert re.search(r"^\s*\d+ unchanged$", second, re.MULTILINE)
    assert set(session.preview_steps()) == {"same"}
    session.destroy()
    assert [r for r in session.resources() if r["type"] != "pulumi:pulumi:Stack"] == []
    assert list(Cloud(session.directory / "cloud.db").resources()) == []


def test_a_preview_before_the_first_up_works(stack: Stack) -> None:
    """With every computed value unknown the whole program still previews, as it must at a real cloud."""
    assert set(stack("dev").preview_steps()) == {"create"}


def test_an_image_change_touches_only_the_idle_slot(staging: Session) -> None:
    """A new image in the free slot updates that slot's Deployment and nothing else."""
    _edit(staging, "staging.fleet.yaml", GREEN, rf"\g<1>{IMAGE}")
    changes = _changes(staging.preview())
    assert len(changes) == 1
    operation, urn = changes[0]
    assert operation == "update"
    assert "apps/v1:Deployment" in urn
    assert "green" in urn


def test_a_change_to_a_slot_that_carries_traffic_is_refused_at_preview(staging: Session) -> None:
    """The preview fails and says which slot is free; nothing has changed afterwards."""
    _edit(staging, "staging.fleet.yaml", BLUE, rf"\g<1>{IMAGE}")
    refused = staging.run("preview", check=False)
    assert refused.returncode != 0
    assert "blue" in refused.stdout
    assert "carries traffic" in refused.stdout
    assert "green" in refused.stdout
    assert "Traceback" not in refused.stdout
    assert staging.up(check=False).returncode != 0
    staging.configure("inferplane:liveChanges", '["llama-3-3-70b"]')
    assert [operation for operation, _ in _changes(staging.preview())] == ["update"]


def test_an_up_in_the_middle_of_a_release_changes_no_weight(staging: Session) -> None:
    """Weights follow the release record, whatever the fleet file calls stable."""
    _record(staging, "llama-3-3-70b", {"blue": 95, "green": 5}, stable="blue", candidate="green")
    staging.up()
    assert _rule_weights(staging, "llama-3-3-70b") == {"blue": 95, "green": 5}
    assert set(staging.preview_steps()) == {"same"}
    _record(staging, "llama-3-3-70b", {"blue": 0, "green": 100}, stable="green", candidate=None)
    staging.up()
    assert _rule_weights(staging, "llama-3-3-70b") == {"blue": 0, "green": 100}


def test_a_refresh_finds_no_drift_with_target_groups_in_another_order(staging: Session) -> None:
    """The service returns target groups unordered; that is no change."""
    (staging.directory / "world.json").write_text(
        json.dumps({"shuffle_target_groups": True}), encoding="utf-8"
    )
    refreshed = staging.refresh().stdout
    assert "updated" not in refreshed
    assert set(staging.preview_steps()) == {"same"}


def test_api_keys_are_in_no_state_in_plain_text(stack: Stack) -> None:
    """Generated and given keys lie encrypted in the state and masked in the outputs."""
    session = stack("dev")
    session.configure("inferplane:apiKeys", '{"llama-3-1-8b": "given-key-0123456789"}', secret=True)
    session.up()
    keys = session.outputs(show_secrets=True)["apiKeys"]
    assert keys == {"us-east-1": {"llama-3-1-8b": "given-key-0123456789"}}
    assert "given-key-0123456789" not in session.checkpoint_text()
    assert (
        "Z2l2ZW4ta2V5" not in session.checkpoint_text()
    )  # the same in base64, as a Kubernetes Secret holds it
    assert session.outputs()["apiKeys"] == "[secret]"


def test_a_generated_key_is_kept(stack: Stack) -> None:
    """Without a given key one is made at the first up, is secret, and stays the same."""
    session = stack("dev")
    session.up()
    first = session.outputs(show_secrets=True)["apiKeys"]["us-east-1"]["llama-3-1-8b"]
    session.up()
    assert session.outputs(show_secrets=True)["apiKeys"]["us-east-1"]["llama-3-1-8b"] == first
    assert len(first) >= 32
    assert first not in session.checkpoint_text()


def test_production_comes_up_region_by_region_and_then_its_names(stack: Stack) -> None:
    """Two regional stacks and the global one, which reads them, beside dev in the same account; all are stable."""
    stack("dev").up()
    regional = [stack("prod-us-east-1"), stack("prod-us-west-2")]
    for session in regional:
        session.up()
    names = stack("prod-global")
    names.up()
    checks = Counter(r["type"] for r in names.resources())["aws:route53/healthCheck:HealthCheck"]
    assert checks >= 4  # two models in two regions
    assert [n["base_url"] for n in names.outputs()["names"]] == [
        "https://llama-3-3-70b.llm.example.com/v1",
        "https://llama-3-1-8b.llm.example.com/v1",
    ]
    for session in (*regional, names):
        assert set(session.preview_steps()) == {"same"}


def test_the_global_stack_says_which_stack_is_missing(stack: Stack) -> None:
    """Names over regions that are not deployed yet are refused with the stack's name."""
    refused = stack("prod-global").up(check=False)
    assert refused.returncode != 0
    assert "prod-us-east-1" in refused.stdout


def test_a_wrong_fleet_file_is_one_clear_error(stack: Stack) -> None:
    """A misspelt field stops the program before anything is declared, without a stack trace."""
    session = stack("dev")
    _edit(session, "dev.fleet.yaml", re.compile("context_tokens"), "contxt_tokens")
    refused = session.run("preview", check=False)
    assert refused.returncode != 0
    assert "contxt_tokens" in refused.stdout
    assert "context_tokens" in refused.stdout
    assert "Traceback" not in refused.stdout


def test_api_keys_that_are_no_object_are_refused_without_showing_them(stack: Stack) -> None:
    """A key set in the wrong place is one clear error that does not repeat it."""
    session = stack("dev")
    session.configure("inferplane:apiKeys", "a-key-in-the-wrong-place", secret=True)
    refused = session.run("preview", check=False)
    assert refused.returncode != 0
    assert "inferplane:apiKeys: not an object of keys by model" in refused.stdout
    assert "a-key-in-the-wrong-place" not in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stdout


def test_production_is_taken_down_in_two_deliberate_steps(staging: Session) -> None:
    """A plain destroy is refused; after the profile is set to development it leaves nothing."""
    refused = staging.destroy(check=False)
    assert refused.returncode != 0
    assert "protect" in refused.stdout
    assert len(staging.resources()) > 100
    _edit(
        staging,
        "staging.fleet.yaml",
        re.compile(r"^environment: staging$", re.MULTILINE),
        "environment: staging\nprofile: development",
    )
    staging.up()
    staging.destroy()
    assert list(Cloud(staging.directory / "cloud.db").resources()) == []


def test_the_policy_pack_accepts_a_stack_and_catches_a_planted_mistake(staging: Session) -> None:
    """The pack runs at preview over real resources: silent on ours, loud on an instance that answers IMDSv1."""
    staging.configure("aws:region", "us-east-1")  # for the planted resource, which has no provider of its own
    pack = str(staging.project / "policies")
    staging.run("preview", "--policy-pack", pack)
    program = staging.project / "infra" / "__main__.py"
    program.write_text(
        program.read_text(encoding="utf-8")
        + "\nimport pulumi_aws as aws\n"
        + "aws.ec2.LaunchTemplate('planted', metadata_options={'http_tokens': 'optional'})\n",
        encoding="utf-8",
    )
    refused = staging.run("preview", "--policy-pack", pack, check=False)
    assert refused.returncode != 0
    assert "instance-security" in refused.stdout
    assert "planted" in refused.stdout
