"""``tenon worker``: a worker alone."""

from __future__ import annotations

import signal
import threading

import click

from tenon.commands.speech import tell
from tenon.commands.workspace import opened
from tenon.metamodel.labels import say
from tenon.platform.boot import make_worker, make_workers
from tenon.platform.garbage import spare
from tenon.server import write_log


@click.command(name="worker", epilog="Example: tenon worker --until-idle")
@click.option("--until-idle", is_flag=True, help="Run everything due, then end.")
def command(until_idle: bool) -> None:
    """Run jobs and schedules. Several workers share the jobs of a database; Ctrl-C ends one after its job."""
    write_log()
    with opened() as platform:
        if until_idle:
            count = make_worker(platform).run_until_idle()
            tell(say("{n} jobs ran.", "已运行 {n} 个任务。", n=count))
            return
        worker, outgoing = make_workers(platform)
        stop = threading.Event()

        def end(_signal: int, _frame: object) -> None:
            stop.set()
            worker.wake()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        spare()
        tell(say("The worker runs; Ctrl-C ends it.", "工作进程已启动；按 Ctrl-C 结束。"), err=True)
        outgoing.start()
        worker.run_forever(stop)
        outgoing.stop()
