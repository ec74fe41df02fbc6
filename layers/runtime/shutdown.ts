type Task = () => Promise<unknown>

const tasks: { drain: Task[]; close: Task[] } = { drain: [], close: [] }

/**
 * Registers what {@link shutDown} shall do: wait for work that goes on in the background (`drain`), or close a pool or
 * connection (`close`), which comes after all draining.
 */
export function onShutdown(phase: 'drain' | 'close', task: Task): void {
  tasks[phase].push(task)
}

/**
 * Ends what the layers of this process have begun: first waits for background work, then closes every connection.
 * A failing task doesn't keep the others from running. On Lambda nobody calls it: environments are frozen, not stopped.
 */
export async function shutDown(): Promise<void> {
  await Promise.allSettled(tasks.drain.splice(0).map((task) => task()))
  await Promise.allSettled(tasks.close.splice(0).map((task) => task()))
}
