import type { Command } from './command.ts';
import { inWorkspace } from './workspace.ts';

export const command: Command = {
  options: {},
  notes: 'Reads only. Exits with 1 and a list when a rule is broken.',
  run: () =>
    inWorkspace(async ({ store }) => {
      const { verifyBooks } = await import('../payments/verify.ts');
      const problems = await verifyBooks(store.read);
      if (problems.length === 0) return { json: { ok: true, problems }, text: 'OK: the ledger and the payments agree.' };
      return { json: { ok: false, problems }, text: [`${problems.length} broken:`, ...problems.map((problem) => `  - ${problem}`)].join('\n'), exitCode: 1 };
    }, { existing: true }),
};
