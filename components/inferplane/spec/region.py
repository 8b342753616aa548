"""A region of a fleet: network, cluster, load balancer and GPU pools. Pure."""

from typing import Annotated

from pydantic import AfterValidator, Field

from inferplane.spec.aws_ids import (
    CertificateArn,
    ClusterName,
    KubernetesVersion,
    ReservationId,
    RoleArn,
    SubnetId,
    VpcId,
    WebAclArn,
)
from inferplane.spec.base import Flag, SpecModel, Whole
from inferplane.spec.choices import Cloud, Provisioner, Purchase
from inferplane.spec.frozen import FrozenDict, FrozenMap
from inferplane.spec.hardware import INSTANCES
from inferplane.spec.networks import Cidr, LimitedCidr, VpcCidr
from inferplane.spec.refusal import refusal
from inferplane.spec.suggestions import did_you_mean
from inferplane.spec.text import PoolName

__all__ = [
    "ClusterSpec",
    "ExistingCluster",
    "ExistingNetwork",
    "GpuPoolSpec",
    "LoadBalancerSpec",
    "NetworkSpec",
    "NodeRange",
    "RegionSpec",
]


def _known_instance(value: str) -> str:
    if value not in INSTANCES:
        near = did_you_mean(value, INSTANCES)
        raise refusal(
            "is not a known GPU instance type",
            allowed=", ".join(f"{i.name} ({i.gpus}x {i.gpu.name})" for i in INSTANCES.values()),
            fix=near or "use one of these",
        )
    return value


InstanceType = Annotated[
    str, AfterValidator(_known_instance), Field(json_schema_extra={"enum": list(INSTANCES)})
]


class NodeRange(SpecModel):
    """How many nodes a pool may have."""

    min: Whole = Field(
        default=0,
        ge=0,
        le=450,
        description="Fewest nodes. Default 0: a node group then grows to what the models' minimum replicas "
        "need, and elastic capacity costs nothing while it is idle.",
    )
    # "Managed node groups per cluster / nodes per managed node group" quota: 450 (EKS user guide, service
    # quotas).
    max: Whole = Field(
        ge=1,
        le=450,
        description="Most nodes: the ceiling of the pool's cost. At most 450, EKS's quota.",
        examples=[2],
    )


class GpuPoolSpec(SpecModel):
    """Nodes of one instance type that are bought in one way."""

    instance_type: InstanceType = Field(
        description="GPU instance type. A replica lives on one node, so its GPUs bound the tensor "
        "parallelism.",
        examples=["p5.48xlarge"],
    )
    provisioner: Provisioner = Field(
        default=Provisioner.NODE_GROUP,
        description="node_group: a managed node group that keeps its size, for steady or reserved capacity. "
        "karpenter: nodes come and go with pending replicas, for peaks. Default node_group: H100s are "
        "rarely there at once.",
    )
    purchase: Purchase = Field(
        default=Purchase.ON_DEMAND,
        description="on_demand; odcr: an On-Demand Capacity Reservation; capacity_block: a Capacity Block "
        "for ML; spot: cheap, may go within two minutes. Default on_demand: needs no contract.",
    )
    reservation_id: ReservationId | None = Field(
        default=None,
        description="Id of the capacity reservation (cr-...). Default: none. Required for odcr and "
        "capacity_block, refused otherwise.",
    )
    zones: tuple[str, ...] = Field(
        default_factory=tuple,
        min_length=1,
        description="Availability zones of the pool, among the region's. Default: all of the region's. A "
        "reservation lies in one zone: odcr and capacity_block need exactly one.",
        examples=[["us-east-1a"]],
    )
    nodes: NodeRange = Field(description="How many nodes the pool may have.", examples=[{"max": 2}])


class ExistingNetwork(SpecModel):
    """A VPC that is already there; load balancers and nodes are put into it, nothing else changes."""

    vpc_id: VpcId = Field(description="Id of the VPC.", examples=["vpc-0123456789abcdef0"])
    cidr: Cidr = Field(
        description="The VPC's IPv4 CIDR; what may reach the internal load balancers.",
        examples=["10.0.0.0/16"],
    )
    private_subnets: FrozenMap[str, SubnetId] = Field(
        min_length=1,
        description="Zone -> id of its private subnet (with a route out: NAT or endpoints). Nodes and "
        "internal load balancers live here.",
        examples=[{"us-east-1a": "subnet-0123456789abcdef0"}],
    )
    public_subnets: FrozenMap[str, SubnetId] = Field(
        default_factory=FrozenDict,
        description="Zone -> id of its public subnet; needed for an internet-facing load balancer only. "
        "Default: none.",
    )


class NetworkSpec(SpecModel):
    """The network: a new VPC, or one that is there."""

    cidr: VpcCidr = Field(
        default="10.0.0.0/16",
        description="IPv4 CIDR of the new VPC, /16 to /20: every pod has an address of it. Default "
        "10.0.0.0/16; give each region its own if they will ever be peered. Of an existing network it is "
        "that network's.",
        examples=["10.0.0.0/16"],
    )
    existing: ExistingNetwork | None = Field(
        default=None, description="Use this network instead of making one. Default: a new one."
    )


class ExistingCluster(SpecModel):
    """An EKS cluster that is already there."""

    name: ClusterName = Field(description="Name of the EKS cluster.", examples=["platform"])


class ClusterSpec(SpecModel):
    """The Kubernetes cluster: a new one, or one that is there."""

    # EKS: 1.35 is in standard support until March 2027 ("Amazon EKS Kubernetes release calendar", read
    # 2026-11).
    kubernetes_version: KubernetesVersion = Field(
        default="1.35",
        description='Kubernetes minor version, in quotes. Default "1.35": in standard support, with pinned '
        "add-ons.",
        examples=["1.35"],
    )
    public_access_cidrs: tuple[LimitedCidr, ...] = Field(
        default=(),
        description="Networks that may reach the Kubernetes API from outside of the VPC. Default: none, the "
        "endpoint is private. 0.0.0.0/0 is refused.",
        examples=[["203.0.113.0/24"]],
    )
    admin_role_arns: tuple[RoleArn, ...] = Field(
        default=(),
        description="IAM roles that administer the cluster, besides the one that makes it. Default: none.",
        examples=[["arn:aws:iam::123456789012:role/platform-admin"]],
    )
    existing: ExistingCluster | None = Field(
        default=None,
        description="Use this cluster instead of making one; needs an existing network. Default: a new one.",
    )


class LoadBalancerSpec(SpecModel):
    """Who reaches the models, and through what certificate."""

    internet_facing: Flag = Field(
        default=False, description="true: reachable from the internet. Default false: from the network only."
    )
    client_cidrs: tuple[Cidr, ...] = Field(
        default_factory=tuple,
        min_length=1,
        description="Networks that may connect. Default: the region's network. Required when "
        "internet-facing.",
        examples=[["10.0.0.0/8"]],
    )
    certificate_arn: CertificateArn | None = Field(
        default=None,
        description="ACM certificate of this region that covers the models' hosts. Default: one is made and "
        "validated in the hosted zone.",
    )
    web_acl_arn: WebAclArn | None = Field(
        default=None, description="Regional AWS WAF web ACL to put before the models. Default: none."
    )


class RegionSpec(SpecModel):
    """One region of the fleet; its name is its key."""

    cloud: Cloud = Field(default=Cloud.AWS, description="Whose region it is. Default aws.")
    zones: tuple[str, ...] = Field(
        default_factory=tuple,
        min_length=1,
        description="Availability zones, 2 to 6 (EKS and load balancers need two). Default: <region>a, b "
        "and c, so that the loss of one leaves two.",
        examples=[["us-east-1a", "us-east-1b", "us-east-1c"]],
    )
    network: NetworkSpec = Field(
        default_factory=NetworkSpec, description="The network. Default: a new VPC of 10.0.0.0/16."
    )
    cluster: ClusterSpec = Field(
        default_factory=ClusterSpec,
        description="The cluster. Default: a new EKS cluster with a private endpoint.",
    )
    load_balancer: LoadBalancerSpec = Field(
        default_factory=LoadBalancerSpec,
        description="The load balancers of the models. Default: internal, with a certificate of their own.",
    )
    gpu_pools: FrozenMap[PoolName, GpuPoolSpec] = Field(
        default_factory=FrozenDict,
        description="GPU node pools by name (a DNS label of at most 20 characters). A model prefers them in "
        "this order. Default: none; required where a dedicated model runs.",
        examples=[{"h100": {"instance_type": "p5.48xlarge", "nodes": {"max": 2}}}],
    )
