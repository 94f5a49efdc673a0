"""What `./run bench` measures: this service against a floor in the same run, as ratios. Asserts nothing."""
