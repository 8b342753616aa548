"""Which changes of an AWS resource force its replacement, and which lists have no order.

The SDK does not say so; this table holds the types in use. It follows the `ForceNew` and `RequiresReplace`
marks and the set types of the Terraform provider that Pulumi's is built on, one folder a service:
https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service
"""

from __future__ import annotations

from typing import Final

from ..values import Path

# Holds for every type: a resource can not move to another region, and its name is its identity ...
_ALWAYS: Final = frozenset({"region", "namePrefix"})
# ... except for the types that can be renamed in place, which are listed with a `-name`.
_FORCES: Final[dict[str, str]] = {
    # ec2
    "aws:ec2/vpc:Vpc": "instanceTenancy cidrBlock ipv4IpamPoolId ipv4NetmaskLength",
    "aws:ec2/subnet:Subnet": "vpcId cidrBlock availabilityZone availabilityZoneId outpostArn ipv6Native",
    "aws:ec2/natGateway:NatGateway": "subnetId allocationId connectivityType vpcId availabilityMode",
    "aws:ec2/eip:Eip": "domain publicIpv4Pool networkBorderGroup customerOwnedIpv4Pool address",
    "aws:ec2/routeTable:RouteTable": "vpcId",
    "aws:ec2/route:Route": (
        "routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId"
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "subnetId gatewayId",
    "aws:ec2/securityGroup:SecurityGroup": "vpcId description",
    "aws:ec2/securityGroupRule:SecurityGroupRule": (
        "type fromPort toPort protocol cidrBlocks ipv6CidrBlocks prefixListIds securityGroupId self"
        " sourceSecurityGroupId"
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "securityGroupId",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "securityGroupId",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpcId serviceName vpcEndpointType serviceRegion",
    "aws:ec2/flowLog:FlowLog": (
        "vpcId subnetId eniId trafficType logDestination logDestinationType logFormat iamRoleArn"
        " maxAggregationInterval destinationOptions"
    ),
    "aws:ec2/networkAcl:NetworkAcl": "vpcId",
    "aws:ec2/placementGroup:PlacementGroup": "strategy partitionCount spreadLevel",
    "aws:ec2/capacityReservation:CapacityReservation": (
        "instanceType instancePlatform availabilityZone tenancy ebsOptimized placementGroupArn outpostArn"
    ),
    "aws:ec2/capacityBlockReservation:CapacityBlockReservation": "capacityBlockOfferingId instancePlatform",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "vpcId",
    # elbv2
    "aws:lb/loadBalancer:LoadBalancer": "internal loadBalancerType customerOwnedIpv4Pool",
    "aws:lb/targetGroup:TargetGroup": (
        "port protocol protocolVersion vpcId targetType ipAddressType targetControlPort"
    ),
    "aws:lb/listener:Listener": "loadBalancerArn",
    "aws:lb/listenerRule:ListenerRule": "listenerArn",
    "aws:lb/listenerCertificate:ListenerCertificate": "listenerArn certificateArn",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": "targetGroupArn targetId port availabilityZone",
    # eks
    "aws:eks/cluster:Cluster": (
        "roleArn bootstrapSelfManagedAddons outpostConfig encryptionConfig.provider"
        " encryptionConfig.resources"
        " accessConfig.bootstrapClusterCreatorAdminPermissions kubernetesNetworkConfig.ipFamily"
        " kubernetesNetworkConfig.serviceIpv4Cidr vpcConfig.vpcId"
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        "clusterName nodeGroupName nodeGroupNamePrefix nodeRoleArn subnetIds instanceTypes amiType"
        " capacityType"
        " diskSize remoteAccess launchTemplate.id launchTemplate.name"
    ),
    "aws:eks/addon:Addon": "clusterName addonName",
    "aws:eks/accessEntry:AccessEntry": "clusterName principalArn type",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        "clusterName principalArn policyArn accessScope"
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "clusterName namespace serviceAccount",
    # iam, kms, acm, secretsmanager, wafv2
    "aws:iam/role:Role": "path",
    "aws:iam/policy:Policy": "path description",
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role policyArn",
    "aws:iam/instanceProfile:InstanceProfile": "path",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "url",
    "aws:kms/key:Key": "keyUsage customerMasterKeySpec multiRegion customKeyStoreId xksKeyId",
    "aws:acm/certificate:Certificate": (
        "domainName subjectAlternativeNames validationMethod keyAlgorithm certificateAuthorityArn"
        " validationOptions"
    ),
    "aws:acm/certificateValidation:CertificateValidation": "certificateArn validationRecordFqdns",
    "aws:secretsmanager/secretVersion:SecretVersion": "secretId secretString secretBinary",
    "aws:wafv2/webAcl:WebAcl": "scope",
    "aws:wafv2/ipSet:IpSet": "scope ipAddressVersion",
    "aws:wafv2/webAclAssociation:WebAclAssociation": "webAclArn resourceArn",
    # s3, ecr
    "aws:s3/bucket:Bucket": "bucket bucketPrefix objectLockEnabled",
    "aws:s3/bucketPolicy:BucketPolicy": "bucket",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "bucket",
    "aws:s3/bucketVersioning:BucketVersioning": "bucket expectedBucketOwner",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "bucket expectedBucketOwner",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "bucket expectedBucketOwner"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "bucket",
    "aws:s3/bucketObjectv2:BucketObjectv2": "bucket key",
    "aws:ecr/repository:Repository": "encryptionConfigurations",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "repository policy",
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "ecrRepositoryPrefix upstreamRegistryUrl",
    # cloudwatch, sns, sqs, ssm, route53
    "aws:cloudwatch/metricAlarm:MetricAlarm": "",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "alarmName actionsSuppressor",
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:cloudwatch/logGroup:LogGroup": "logGroupClass",
    "aws:cloudwatch/eventRule:EventRule": "eventBusName",
    "aws:cloudwatch/eventTarget:EventTarget": "rule eventBusName targetId",
    "aws:sns/topic:Topic": "fifoTopic",
    "aws:sns/topicPolicy:TopicPolicy": "arn",
    "aws:sns/topicSubscription:TopicSubscription": "topic protocol endpoint",
    "aws:sqs/queue:Queue": "fifoQueue",
    "aws:sqs/queuePolicy:QueuePolicy": "queueUrl",
    "aws:route53/zone:Zone": "delegationSetId",
    "aws:route53/record:Record": "zoneId name type setIdentifier",
    "aws:route53/healthCheck:HealthCheck": "type referenceName requestInterval measureLatency",
    "aws:amp/workspace:Workspace": "kmsKeyArn",
    "aws:autoscaling/group:Group": "placementGroup",
    "aws:dynamodb/table:Table": "hashKey rangeKey",
}
_RENAMED_IN_PLACE: Final = frozenset({"aws:kms/key:Key", "aws:budgets/budget:Budget"})
_TABLE: Final = {token: frozenset(names.split()) for token, names in _FORCES.items()}

# Lists that the service keeps as sets; the last name of the path decides.
_SETS: Final = frozenset(
    [
        "alarmActions",
        "aliases",
        "cidrBlocks",
        "enabledClusterLogTypes",
        "enabledMetrics",
        "insufficientDataActions",
        "ipv6CidrBlocks",
        "launchTemplateTags",
        "managedPolicyArns",
        "okActions",
        "policyTypes",
        "prefixListIds",
        "publicAccessCidrs",
        "records",
        "resourceRecords",
        "routeTableIds",
        "securityGroupIds",
        "securityGroups",
        "subjectAlternativeNames",
        "subnetIds",
        "subnets",
        "taints",
        "targetGroups",
        "validationRecordFqdns",
        "values",
        "vpcSecurityGroupIds",
        "vpcZoneIdentifiers",
        "accountIds",
        "ingress",
        "egress",
        "metricQueries",
        "kubernetesGroups",
    ]
)


def _names(path: Path) -> list[str]:
    return [segment for segment in path if isinstance(segment, str)]


def forces_replacement(token: str, path: Path) -> bool:
    """Whether a change at `path` means a new resource; a table entry covers everything below it."""
    names = _names(path)
    if not names:
        return False
    table = _TABLE.get(token, frozenset())
    if names[0] in _ALWAYS or (names == ["name"] and token not in _RENAMED_IN_PLACE):
        return True
    return any(".".join(names[: length + 1]) in table for length in range(len(names)))


def is_set(path: Path) -> bool:
    """Whether the list at `path` has no order."""
    names = _names(path)
    return bool(names) and isinstance(path[-1], str) and names[-1] in _SETS
