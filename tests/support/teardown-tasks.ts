type Task = () => Promise<void>

/** Kept on the process: Jest loads globalSetup and globalTeardown apart. */
const holder = process as unknown as { stockroomTeardown?: Task[] }

/** Registers what the end of the run has to do. */
export function onTeardown(task: Task): void {
  holder.stockroomTeardown ??= []
  holder.stockroomTeardown.push(task)
}

/** Does what was registered, each task once. */
export async function runTeardown(): Promise<void> {
  for (const task of holder.stockroomTeardown?.splice(0) ?? []) await task()
}
