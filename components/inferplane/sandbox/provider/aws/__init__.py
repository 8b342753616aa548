"""The package `aws`: names, tags, computed properties, references and invokes of the pretend account."""
