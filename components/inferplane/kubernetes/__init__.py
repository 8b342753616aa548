"""Kubernetes: the serving objects, their autoscaling and the cluster add-ons they need."""
