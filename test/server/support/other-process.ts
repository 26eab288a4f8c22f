import { fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

export interface OtherProcess {
  /** Sends an instruction and waits for the answer. */
  ask(instruction: unknown): Promise<unknown>;
}

/** Runs a script of ours in a process of its own, for what only another process can show. Ends with the test. */
export async function otherProcess(script: URL, ...args: string[]): Promise<OtherProcess> {
  const child = fork(script, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  });
  await once(child, 'message');
  return {
    async ask(instruction) {
      const answered = once(child, 'message');
      child.send(instruction as object);
      const [answer] = (await answered) as [unknown];
      return answer;
    },
  };
}
