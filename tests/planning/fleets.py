"""Fleet files for planning tests, as text with a few parts to vary."""

from inferplane.spec import FleetSpec, parse_fleet

IMAGE = "vllm/vllm-openai:v0.30.0@sha256:" + "8" * 64
SLOT = f"{{image: '{IMAGE}', revision: r1, manifest_sha256: '{'a' * 64}'}}"


def fleet(
    *,
    models: str | None = None,
    pools: str = "h100: {instance_type: p5.48xlarge, nodes: {min: 1, max: 2}}",
    profile: str = "production",
    region: str = "us-east-1",
) -> FleetSpec:
    """Return a fleet of one region with the given YAML flow fragments."""
    return parse_fleet(
        f"""
environment: test
owner: team
cost_centre: cc
domain: llm.example.com
profile: {profile}
regions:
  {region}:
    gpu_pools:
      {pools}
models:
{models or model("small")}
"""
    )


def model(name: str, *, weights: str = "15GiB", extra: str = "", slots: str = f"{{blue: {SLOT}}}") -> str:
    """Return one model as YAML."""
    lines = [
        f"  {name}:",
        "    source: s3://bucket/prefix",
        f"    weights: {weights}",
        "    context_tokens: 8192",
    ]
    lines += [f"    slots: {slots}"]
    lines += [f"    {line}" for line in extra.splitlines()]
    return "\n".join(lines) + "\n"
