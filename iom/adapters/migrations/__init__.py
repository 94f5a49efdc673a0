"""Changes to the tables, one file each, applied in order by `iom migrate`."""
