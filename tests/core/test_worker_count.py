"""How many workers there are: all of them are counted, and changes are told."""

from seaice.core.cluster import _Watch, announced


class Client:
    """A client of seven workers, which tells of five unless it is asked for all, as some do."""

    status = "running"

    def scheduler_info(self, n_workers: int = 5) -> dict[str, dict[str, None]]:
        number = 7 if n_workers == -1 else n_workers
        return {"workers": dict.fromkeys(map(str, range(number)))}


def test_all_workers_of_a_scheduler_count():
    assert _Watch(Client(), "tcp://host:8786", 1).count() == 7


def test_the_number_of_workers_is_told_whenever_it_has_changed():
    said: list[str] = []
    numbers = iter([0, 0, 2, 2, 1])
    count = announced(lambda: next(numbers), "tcp://host:8786", said.append)
    assert [count() for _ in range(5)] == [0, 0, 2, 2, 1]
    assert said == [
        "waiting for workers of tcp://host:8786 ...",
        "2 workers at tcp://host:8786",
        "1 worker at tcp://host:8786",
    ]
