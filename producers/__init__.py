"""Producers: generators and loaders that publish under contracts."""
