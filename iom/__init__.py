"""The domain of Integrated Offender Management: the field's words and rules. Pure: no clock, no I/O."""
