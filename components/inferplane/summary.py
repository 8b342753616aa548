"""The table that ends an `up`: what a stack gives to its users, from the stack's outputs. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["render", "table"]


def render(outputs: Mapping[str, Any], stack: str) -> str:
    """Return the summary of a stack as text, from its outputs as `pulumi stack output --json` prints them."""
    regions: Sequence[Mapping[str, Any]] = outputs.get("regions") or []
    names: Sequence[Mapping[str, Any]] = outputs.get("names") or []
    parts = [_region(region) for region in regions]
    if names:
        rows = [(n["model"], n["base_url"], ", ".join(n["regions"])) for n in names]
        parts.append("Names over all regions\n" + table(("MODEL", "BASE URL", "REGIONS"), rows))
    parts.append(_next_commands(stack, regions))
    return "\n\n".join(parts)


def _region(region: Mapping[str, Any]) -> str:
    rows = []
    for model in region["models"]:
        low, high = model["replicas"]
        rows.append(
            (
                model["model"],
                " ".join(f"{slot} {weight}%" for slot, weight in sorted(model["slots"].items())),
                f"{model['gpus_per_replica']} x {model['gpu']}",
                _span(low, high),
                str(model["alarms"]),
                _span(*(_dollars(amount) for amount in model["dollars_a_month"])),
                model["base_url"],
            )
        )
    head = ("MODEL", "SLOTS", "GPUS A REPLICA", "REPLICAS", "ALARMS", "GPU $/MONTH", "BASE URL")
    cost = region["cost"]
    pools = "; ".join(
        f"{p['pool']}: {_span(*p['nodes'])} x {p['instance_type']} ({p['purchase'].replace('_', ' ')})"
        for p in region["pools"]
    )
    floor, ceiling = _dollars(cost["floor"]), _dollars(cost["ceiling"])
    lines = [
        f"{region['environment']} in {region['region']}",
        table(head, rows),
        f"GPU nodes      {pools}",
        f"Whole region   {floor} a month at the floor, {ceiling} with every pool full; "
        f"list prices of {cost['price_date']}, without traffic",
    ]
    lines += [f"Note           {warning}" for warning in region.get("warnings", ())]
    return "\n".join(lines)


def _next_commands(stack: str, regions: Sequence[Mapping[str, Any]]) -> str:
    commands = [
        (
            f"scripts/sandbox pulumi preview --stack {stack} --diff",
            "what an edit of the fleet file would change",
        ),
        (
            f"scripts/sandbox pulumi stack output --stack {stack} --json",
            "everything a program may want to know",
        ),
        (f"scripts/sandbox pulumi destroy --stack {stack} --yes", "take it down again"),
    ]
    if regions and regions[0]["models"]:
        commands.insert(
            1,
            (
                f"scripts/sandbox pulumi stack output apiKeys --stack {stack} --show-secrets",
                "the API keys that clients send",
            ),
        )
    width = max(len(command) for command, _ in commands)
    return "Next\n" + "\n".join(f"  {command:<{width}}  # {what}" for command, what in commands)


def _span(low: object, high: object) -> str:
    return f"{low}-{high}" if low != high else f"{low}"


def _dollars(amount: float) -> str:
    return f"${amount:,.0f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under a head, columns aligned by two spaces; no trailing blanks."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )
