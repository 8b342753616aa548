"""Several mistakes are reported together, and one mistake is not reported several times."""

import pytest

from inferplane.spec import SpecError, parse_fleet
from tests.spec.files import FULL, edited


def _paths(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        parse_fleet(text, source="f.yaml")
    return [mistake.render("f.yaml").split(": ")[1] for mistake in caught.value.mistakes]


def test_mistakes_of_all_kinds_come_together_in_the_order_of_the_file() -> None:
    """A wrong field, an unknown key, a duplicate and a cross-check are found in one run, top to bottom."""
    text = FULL
    text = edited("environment: prod", "environment: Prod", text)
    text = edited("{min: 2, max: 4}", "{min: 5, max: 4}", text)
    text = edited("weights: 68GiB", "weights: 68", text)
    text = edited("pools: [reserved]", "pools: [resreved]", text)
    text = edited("balancer: 0", "balancr: 0", text)
    text = edited("min_replicas: 4", "min_replicas: 40", text)
    text = edited("  llama-8b:\n", "  llama-8b:\n    weights: 1GiB\n", text)
    assert _paths(text) == [
        "environment",
        "regions.us-east-1.gpu_pools.reserved.nodes.min",
        "models.llama-70b.weights",
        "models.llama-70b.pools[0]",
        "models.llama-70b.balancr",
        "models.llama-70b.scaling.schedules[0].min_replicas",
        "models.llama-8b.weights",
    ]


def test_the_head_counts_the_mistakes() -> None:
    """The first line says how many mistakes follow."""
    text = edited("environment: prod", "environment: Prod", edited("weights: 68GiB", "weights: 68", FULL))
    with pytest.raises(SpecError) as caught:
        parse_fleet(text, source="f.yaml")
    assert str(caught.value).startswith("f.yaml: 2 mistakes in the fleet file\n")


def test_an_empty_mapping_lists_all_that_is_missing() -> None:
    """A file with nothing in it names every required key at once."""
    assert _paths("environment: prod\n") == ["owner", "cost_centre", "domain", "regions", "models"]


def test_a_broken_pool_does_not_hide_the_models_mistakes() -> None:
    """A model's reference to a pool is checked although another pool can not be read."""
    text = edited("instance_type: p5.4xlarge", "instance_type: p6.4xlarge", FULL)
    text = edited("regions: [us-east-1, us-west-2]", "regions: [us-east-1, eu-west-1]", text)
    assert _paths(text) == ["regions.us-east-1.gpu_pools.small.instance_type", "models.llama-70b.regions[1]"]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("owner:", "ownr:", "ownr"),
        ("  us-east-1:\n    cloud", "  us-esat-1:\n    cloud", "regions.us-esat-1"),
        (
            "    gpu_pools:\n      reserved:\n        instance_type: p5.48xlarge\n        prov",
            "    pools:\n      reserved:\n        instance_type: p5.48xlarge\n        prov",
            "regions.us-east-1.pools",
        ),
        ("    slots:", "    slot:", "models.llama-70b.slot"),
        (
            "instance_type: p5.48xlarge",
            "instance_type: h100",
            "regions.us-east-1.gpu_pools.reserved.instance_type",
        ),
        ("min_replicas: 2", "min_replicas: two", "models.llama-70b.scaling.min_replicas"),
        ("min: 2, max: 4", "min: 2, max: four", "regions.us-east-1.gpu_pools.reserved.nodes.max"),
        ("domain: llm.example.com", "domain: llm_example_com", "domain"),
    ],
)
def test_one_mistake_has_no_echo(old: str, new: str, path: str) -> None:
    """What only follows from a mistake (a key then missing, a name then unknown) is not reported."""
    assert [path] == _paths(edited(old, new))


def test_mappings_are_checked_like_files() -> None:
    """A fleet that a program builds gets the same messages, without line numbers."""
    with pytest.raises(SpecError) as caught:
        parse_fleet({"environment": "Prod"}, source="program")
    assert 'program: environment: "Prod" is not an environment name' in str(caught.value)
    assert len(caught.value.mistakes) == 6


def test_wrong_shapes_at_the_top() -> None:
    """Lists where mappings belong are named as such, each once."""
    text = "environment: prod\nowner: a\ncost_centre: b\ndomain: a.b\nregions: [us-east-1]\nmodels: llama\n"
    assert _paths(text) == ["regions", "models"]
