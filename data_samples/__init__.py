"""A made-up sample municipality and the generator that makes it."""
