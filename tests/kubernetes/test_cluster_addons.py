"""What ClusterAddons declares."""

import json
import re
from typing import Any

import pytest
import yaml

from inferplane.kubernetes.addon_policies import karpenter_policy, target_registration_policy
from inferplane.kubernetes.charts import CHARTS
from inferplane.kubernetes.cluster_addons import ClusterAddons
from inferplane.kubernetes.interruption_queue import EVENTS, InterruptionQueue
from tests import golden
from tests.kubernetes.examples import TAGS
from tests.mocks import Recording, assert_contract, assert_refused, record

RELEASE = "kubernetes:helm.sh/v3:Release"
ARGS: Any = {
    "cluster_name": "prod-us-east-1",
    "cluster_endpoint": "https://1.eks.amazonaws.com",
    "vpc_id": "vpc-1",
    "region": "us-east-1",
    "account_id": "123456789012",
    "karpenter": True,
    "node_role_arn": "arn:aws:iam::123456789012:role/nodes",
    "tags": TAGS,
}
POLICY = karpenter_policy(
    cluster_name="c",
    region="us-east-1",
    account_id="123456789012",
    node_role_arn="arn:aws:iam::123456789012:role/nodes",
    queue_arn="arn:aws:sqs:us-east-1:123456789012:q",
)


def changed(**changes: Any) -> Any:
    """The args, with changes."""
    return {**ARGS, **changes}


def declared(**changes: Any) -> Recording:
    """Record the add-ons, with changes to their args."""
    return record(lambda: ClusterAddons("prod", changed(**changes)).prometheus_url)


def test_contract() -> None:
    """The add-ons and the queue keep the contract of every component."""
    assert_contract(lambda opts: ClusterAddons("prod", ARGS, opts), TAGS)
    assert_contract(lambda opts: InterruptionQueue("prod", {"tags": TAGS}, opts), TAGS)


def test_releases_are_as_committed() -> None:
    """Charts, versions and values are those of the golden file."""
    releases = {
        release.name: {key: value for key, value in release.inputs.items() if key != "compat"}
        for release in declared().of(RELEASE)
    }
    golden.check("kubernetes/addon_releases.yaml", releases)


def test_nothing_renders_differently_each_time() -> None:
    """Two runs of the program give the same inputs, so an update with nothing to do changes nothing."""
    first, second = declared(), declared()
    # By URN: independent resources are registered in no particular order.
    assert {r.urn: r.inputs for r in first.resources} == {r.urn: r.inputs for r in second.resources}


@pytest.mark.parametrize("key", CHARTS)
def test_charts_are_pinned_and_sourced(key: str) -> None:
    """Every chart has an exact version and says what it rests on."""
    chart = CHARTS[key]
    assert re.fullmatch(r"\d+\.\d+\.\d+", chart.version)
    assert chart.source.startswith(("read: ", "seen: "))
    assert chart.repository.startswith("https://") or chart.chart.startswith("oci://")


def test_controllers_start_with_their_rights() -> None:
    """Releases that speak to AWS come after their Pod Identity association: pods without it get no
    credentials."""
    recording = declared()
    for key in ("load-balancer-controller", "karpenter"):
        waited = {urn.rsplit("::", 1)[1] for urn in recording[f"prod-{key}-chart"].depends_on}
        assert f"prod-{key}-association" in waited


def test_karpenter_is_wanted_or_not() -> None:
    """Without Karpenter there is neither its chart nor a queue."""
    recording = declared(karpenter=False)
    assert not [r for r in recording.resources if "karpenter" in r.name or r.type.startswith("aws:sqs")]


def test_prometheus_scrapes_what_the_queries_need() -> None:
    """The scrape jobs make the labels that the queries use, and kube-state-metrics exports the pods'
    labels."""
    values = declared()["prod-prometheus-chart"].inputs["values"]
    jobs = {job["job_name"]: job for job in yaml.safe_load(values["extraScrapeConfigs"])}
    labels = {rule.get("target_label") for rule in jobs["inferplane-vllm"]["relabel_configs"]}
    assert {"namespace", "pod", "inferplane_model", "inferplane_slot"} <= labels
    assert jobs["inferplane-dcgm"]["honor_labels"] is True
    assert values["kube-state-metrics"]["metricLabelsAllowlist"] == [
        "pods=[inferplane.dev/model,inferplane.dev/slot]"
    ]


def test_prometheus_is_where_the_autoscalers_ask() -> None:
    """The server's name and namespace make the URL."""
    recording = declared()
    release = recording["prod-prometheus-chart"]
    name, namespace = release.inputs["values"]["server"]["fullnameOverride"], release.inputs["namespace"]
    assert recording.result == f"http://{name}.{namespace}.svc.cluster.local"


def test_policies_are_as_committed() -> None:
    """What the controllers may do is in the golden files."""
    golden.check("kubernetes/karpenter_policy.json", POLICY)
    golden.check(
        "kubernetes/target_registration_policy.json", target_registration_policy("us-east-1", "123456789012")
    )


READS = re.compile(r"(ec2|elasticloadbalancing|eks):Describe|iam:(Get|List)|pricing:Get|ssm:Get")


def test_writes_are_scoped() -> None:
    """No statement allows a change on every resource, and each of Karpenter's changes is bound to the
    cluster's tags."""
    for statement in [*POLICY["Statement"], *target_registration_policy("us-east-1", "1")["Statement"]]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if not all(READS.match(action) for action in actions):
            assert statement["Resource"] != "*", statement["Sid"]
            assert not any(action.endswith("*") for action in actions)
    for sid in ("DeleteOurs", "TagOurInstances", "LaunchWithOurTemplates", "ChangeOurProfiles"):
        (statement,) = [s for s in POLICY["Statement"] if s["Sid"] == sid]
        assert statement["Condition"]["StringEquals"]["aws:ResourceTag/kubernetes.io/cluster/c"] == "owned"


def test_policy_fits_into_a_role() -> None:
    """Karpenter's policy stays within IAM's limit of 10,240 characters of inline policies a role, with long
    names."""
    policy = karpenter_policy(
        cluster_name="c" * 100,
        region="ap-southeast-2",
        account_id="123456789012",
        node_role_arn="arn:aws:iam::123456789012:role/" + "r" * 64,
        queue_arn="arn:aws:sqs:ap-southeast-2:123456789012:" + "q" * 80,
    )
    assert len(json.dumps(policy, separators=(",", ":"))) <= 10_240


def test_only_the_rules_fill_the_queue() -> None:
    """Only this queue's rules may send, and nobody without TLS."""
    policy = json.loads(declared().one("aws:sqs/queuePolicy:QueuePolicy").inputs["policy"])
    allow, deny = policy["Statement"]
    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert len(allow["Condition"]["ArnEquals"]["aws:SourceArn"]) == len(EVENTS)
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_names_fit() -> None:
    """A long name is shortened to the limits of SQS, EventBridge and IAM."""
    recording = record(lambda: ClusterAddons("prod-" + "long-" * 20, ARGS))
    assert all(len(r.inputs["name"]) <= 80 for r in recording.of("aws:sqs/queue:Queue"))
    names = [r.inputs["name"] for r in recording.of("aws:cloudwatch/eventRule:EventRule")]
    assert max(len(name) for name in names) <= 64
    assert len(set(names)) == len(EVENTS)


def test_karpenter_needs_the_nodes_role() -> None:
    """Karpenter without the role of its nodes is refused."""
    args: Any = {key: value for key, value in ARGS.items() if key != "node_role_arn"}
    assert_refused(lambda: ClusterAddons("x", args), "ClusterAddons 'x'.node_role_arn")


def test_namespaces_are_labelled() -> None:
    """The add-ons' namespaces say whose they are and what Pod Security they keep."""
    namespaces = declared(environment="prod").of("kubernetes:core/v1:Namespace")
    levels = {n.inputs["metadata"]["name"]: n.inputs["metadata"]["labels"] for n in namespaces}
    assert {name: labels["pod-security.kubernetes.io/enforce"] for name, labels in levels.items()} == {
        "keda": "restricted",
        "monitoring": "baseline",
    }
    assert {labels["inferplane.dev/environment"] for labels in levels.values()} == {"prod"}


def test_region_is_checked() -> None:
    """A zone is not a region."""
    assert_refused(lambda: ClusterAddons("x", changed(region="us-east-1a")), "ClusterAddons 'x'.region")
