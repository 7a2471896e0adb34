"""Organisations and public posts."""
