import type { Command } from './command.ts';

export const command: Command = {
  options: {
    demo: { type: 'flag', about: 'open a demo shop in an empty database, and its web site at /demo/' },
  },
  async run(args) {
    const { serve } = await import('../main.ts');
    await serve({ demo: args.flag('demo') });
    return undefined;
  },
};
