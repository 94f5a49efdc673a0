"""The one error of the domain: a refusal with a stable code and a sentence for the reader. Pure."""


class Refused(Exception):
    """What was asked cannot be done.

    ``code`` is stable and machine-readable; ``sentence`` says what is wrong and what to do about it.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
