"""The package `kubernetes`: API objects, custom resources and Helm releases of the pretend clusters."""
