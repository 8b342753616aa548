"""Renders a kubeconfig that fetches a short-lived token with the AWS CLI. Pure.

It holds no secret: whoever reads it still needs AWS credentials of a principal with an access entry.
"""

import json

__all__ = ["render_kubeconfig"]


def render_kubeconfig(cluster_name: str, endpoint: str, certificate_authority: str, region: str) -> str:
    """Return the kubeconfig as JSON text, which every client reads as YAML.

    `certificate_authority` is the cluster's CA certificate in base64, `endpoint` the API server's https URL.
    """
    token_arguments = [
        "--region",
        region,
        "eks",
        "get-token",
        "--cluster-name",
        cluster_name,
        "--output",
        "json",
    ]
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": cluster_name,
                    "cluster": {"server": endpoint, "certificate-authority-data": certificate_authority},
                }
            ],
            "users": [
                {
                    "name": cluster_name,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "command": "aws",
                            "args": token_arguments,
                            "installHint": "install the AWS CLI, version 2",
                            "interactiveMode": "IfAvailable",
                            "provideClusterInfo": False,
                        }
                    },
                }
            ],
            "contexts": [{"name": cluster_name, "context": {"cluster": cluster_name, "user": cluster_name}}],
            "current-context": cluster_name,
        },
        indent=2,
    )
