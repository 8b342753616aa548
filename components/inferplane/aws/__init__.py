"""Components on AWS: network, cluster, nodes, load balancers, alarms, names."""
