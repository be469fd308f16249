"""Many users of one dashboard at once, each on scenes and rates of their own.

Run: python benchmarks/many_users.py
     python benchmarks/many_users.py --users 3 --minutes 0.2 --rest 5

Every user is a session without a browser, which asks for another scene or other rates as soon as
its page is complete. Each answer must name what was asked, and equal that of every other user who
asked the same, pixel by pixel.
"""

import argparse
import asyncio
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from machine import describe

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from compared_views import View, all_views, faults, few_views, fingerprint
from dashboard import HOME, running_dashboard
from streamlit_user import User

_PATIENCE_S = 900
_LOOK_S, _SAY_S = 0.5, 60.0


@dataclass
class Record:
    """What the users have seen.

    Attributes:
        taken_s: From each question to the complete page.
        pictures: By view, how each of its answers looks.
        faults: For each wrong answer, what was wrong with it.
        errors: Sessions that broke off or got no answer.
        peak_gib: Largest memory of the server.
    """

    taken_s: list[float] = field(default_factory=list)
    pictures: dict[View, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    peak_gib: float = 0.0

    @property
    def repeated(self) -> int:
        """Answers that could be compared with an earlier one for the same view."""
        return sum(len(looks) - 1 for looks in self.pictures.values())

    @property
    def mixed(self) -> list[View]:
        """Views that did not look the same each time."""
        return [view for view, looks in self.pictures.items() if len(set(looks)) > 1]

    async def ask(self, user: User, view: View) -> None:
        """Let a user ask for a view, and check the answer."""
        begun = time.perf_counter()
        drawn = await asyncio.wait_for(user.visit("compare", view.query()), _PATIENCE_S)
        self.taken_s.append(time.perf_counter() - begun)
        if found := faults(drawn, view):
            self.faults.append(f"{view}: {' '.join(found)}")
        self.pictures.setdefault(view, []).append(fingerprint(drawn))


async def use(url: str, views: list[View], number: int, until: float, record: Record) -> None:
    """One user, who changes either the scene or the rates until a time of `time.monotonic`."""
    chance = random.Random(number)
    view = views[number * 4 % len(views)]
    while time.monotonic() < until:
        try:
            async with await User.connect(url) as user:
                while time.monotonic() < until:
                    await record.ask(user, view)
                    view = chance.choice([each for each in views if each.is_switch_from(view)])
        except (OSError, TimeoutError) as error:
            record.errors.append(f"{view}: {str(error) or f'no answer within {_PATIENCE_S} s'}")
            await asyncio.sleep(1)


async def watch_memory(record: Record) -> None:
    """Note the server's largest memory until cancelled; say each minute how it stands."""
    begun = said = time.monotonic()
    while True:
        record.peak_gib = max(record.peak_gib, server_gib())
        await asyncio.sleep(_LOOK_S)
        if time.monotonic() - said >= _SAY_S:
            said = time.monotonic()
            wrong = len(record.faults) + len(record.mixed)
            stand = f"{len(record.taken_s)} answers, {wrong} wrong, {record.peak_gib:.2f} GiB"
            print(f"{said - begun:4.0f} s: {stand}", file=sys.stderr)


def server_gib() -> float:
    """Memory of the server started here and of its children, GiB."""
    total = 0
    for child in psutil.Process().children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 2**30


async def measure(url: str, users: int, minutes: float, rest_s: float) -> Record:
    """One user alone, then all, then nobody; prints the figures."""
    views, record = all_views(HOME / "data", HOME / "models"), Record()
    print(f"{users} users for {minutes:g} minutes, {len(views)} views")
    print(f"server before the first visit      {server_gib():6.2f} GiB")
    async with await User.connect(url) as user:
        for view in few_views(views):
            await record.ask(user, view)
    print(f"page complete, one user alone      {statistics.median(record.taken_s):6.1f} s")
    print(f"server after that user             {server_gib():6.2f} GiB")
    record.taken_s.clear()
    watch = asyncio.create_task(watch_memory(record))
    until = time.monotonic() + minutes * 60
    await asyncio.gather(*(use(url, views, each, until, record) for each in range(users)))
    watch.cancel()
    await asyncio.sleep(rest_s)
    return record


def report(record: Record, users: int, rest_s: float) -> None:
    """Print what was found."""
    times = sorted(record.taken_s) or [float("nan")]
    print(f"answers to {users:3} users               {len(record.taken_s):6}")
    print(f"page complete, median              {statistics.median(times):6.1f} s")
    print(f"page complete, 95 %                {times[int(0.95 * (len(times) - 1))]:6.1f} s")
    print(f"answers of another scene or rates  {len(record.faults):6}")
    print(f"views that looked different        {len(record.mixed):6} in {record.repeated} repeats")
    print(f"sessions that broke off            {len(record.errors):6}")
    print(f"server, at most                    {record.peak_gib:6.2f} GiB")
    print(f"server, {rest_s:3.0f} s after all have left  {server_gib():6.2f} GiB")
    for problem in (*record.faults, *record.errors, *map(str, record.mixed)):
        print(f"! {problem}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--rest", type=float, default=40, help="seconds before the last figure")
    asked = parser.parse_args()
    print(describe())
    with running_dashboard(HOME / "data", HOME / "models") as url:
        record = asyncio.run(measure(url, asked.users, asked.minutes, asked.rest))
        report(record, asked.users, asked.rest)
    return 1 if record.faults or record.errors or record.mixed else 0


if __name__ == "__main__":
    sys.exit(main())
