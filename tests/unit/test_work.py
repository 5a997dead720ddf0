"""Counting work sees what it is there to see."""

from work import LINEAR, growth


def test_one_loop_is_linear():
    """Four times as much to do is four times the lines."""

    def once(size):
        for _ in range(size):
            pass

    assert 3 < growth(once, 100) < LINEAR


def test_a_loop_in_a_loop_is_not():
    """What looks at everything again for each thing is told."""

    def squared(size):
        return [sum(1 for _ in range(size)) for _ in range(size)]

    assert growth(squared, 100) > 10
