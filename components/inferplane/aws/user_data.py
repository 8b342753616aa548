"""User data of Amazon Linux 2023 nodes. Pure.

Node groups without an AMI of their own get theirs merged with what EKS adds (cluster, endpoint, labels,
taints), so it must be MIME multi-part and may hold only our part: "Customize managed nodes with launch
templates", Amazon EKS user guide. The schema of NodeConfig:
https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
"""

__all__ = ["instance_store_user_data"]

_BOUNDARY = "NODECONFIG"

# RAID0 joins all NVMe disks and puts containerd's and the kubelet's directories there: images unpack, and
# ephemeral volumes (the weights' cache) live, on local disks instead of the root volume. They are lost with
# the instance, as is everything that needs no more than a pod's life.
_NODE_CONFIG = """\
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  instance:
    localStorage:
      strategy: RAID0
"""


def instance_store_user_data() -> str:
    """Return user data that puts images and ephemeral volumes on a node's instance store."""
    return "\n".join(
        [
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"',
            "",
            f"--{_BOUNDARY}",
            "Content-Type: application/node.eks.aws",
            "",
            f"---\n{_NODE_CONFIG}",
            f"--{_BOUNDARY}--",
            "",
        ]
    )
