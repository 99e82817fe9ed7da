"""Measuring a model: what to measure, its progress, its result, earlier runs."""
