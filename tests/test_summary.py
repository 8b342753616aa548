"""The table that ends an `up`."""

from inferplane.summary import render, table

REGION = {
    "environment": "prod",
    "region": "us-east-1",
    "models": [
        {
            "model": "big",
            "base_url": "https://big.us-east-1.example.com/v1",
            "slots": {"green": 5, "blue": 95},
            "gpu": "H100",
            "gpus_per_replica": 2,
            "replicas": [2, 4],
            "alarms": 11,
            "dollars_a_month": [1000.4, 2000.0],
        }
    ],
    "pools": [
        {"pool": "a", "instance_type": "p5.48xlarge", "purchase": "capacity_block", "nodes": [2, 2]},
        {"pool": "b", "instance_type": "p5.48xlarge", "purchase": "on_demand", "nodes": [0, 2]},
    ],
    "cost": {"floor": 1234.5, "ceiling": 5678.0, "price_date": "2026-07-24"},
    "warnings": ["look here"],
}


def test_a_region_shows_what_a_user_gets() -> None:
    """URL, slots with weights, GPUs, replicas, alarms, cost, pools and warnings stand in the text."""
    text = render({"regions": [REGION], "names": []}, "prod-us-east-1")
    assert (
        "big    blue 95% green 5%  2 x H100        2-4       11      $1,000-$2,000  https://big.us-east-1.example.com/v1"
        in text
    )
    assert "a: 2 x p5.48xlarge (capacity block); b: 0-2 x p5.48xlarge (on demand)" in text
    assert "$1,234 a month at the floor, $5,678 with every pool full" in text
    assert "look here" in text


def test_the_next_commands_name_the_stack() -> None:
    """Commands can be copied as they are; keys are offered only where there are models."""
    text = render(
        {"regions": [], "names": [{"model": "m", "base_url": "u", "regions": ["r1", "r2"]}]}, "prod-global"
    )
    assert "scripts/sandbox pulumi preview --stack prod-global --diff" in text
    assert "apiKeys" not in text
    assert "m      u         r1, r2" in text


def test_columns_are_aligned() -> None:
    """Each column is as wide as its widest cell, and no line ends in blanks."""
    assert table(("A", "B"), [("long", "x"), ("s", "")]) == "A     B\nlong  x\ns"
