"""The words of every letter, one folder per kind. Nothing personal ever stands in them (domain.md §5.7)."""
