"""The mark of an output that cannot be had: whatever is made of it is checked no further."""

from __future__ import annotations

from collections.abc import Iterator


class _Unavailable(str):
    """A text that stays what it is in an expression, so that whatever is made of it is marked.

    A member or an item of it is itself, and so is a sum with it; joined, formatted, changed in
    case or written as JSON, it is still found in the result.
    """

    __slots__ = ()

    def _itself(self, *_: object) -> _Unavailable:
        return self

    def __iter__(self) -> Iterator[str]:
        yield self

    __call__ = _itself
    __getitem__ = __add__ = __mul__ = __mod__ = _itself
    __radd__ = __rmul__ = __rmod__ = __sub__ = __rsub__ = _itself
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _itself


# What a value becomes that is known to be missing; what carries it is checked no further. Neither a
# letter, which `| upper` would change, nor a character that JSON escapes is in it.
UNAVAILABLE: str = _Unavailable("%%?-?-?%%")
