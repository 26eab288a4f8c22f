import { describe, expect, it } from 'vitest';
import { busyServer } from './busy-server.ts';

describe('commands while the server writes', () => {
  it('make apps and keys that the server knows at once, and lose none of its own writes', async () => {
    const { apps, apiKeys, malipo, stop } = busyServer();
    const made = await Promise.all(['One', 'Two', 'Three'].map((name) => malipo('app', 'create', '--name', name, '--json')));
    for (const run of made) {
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await apiKeys.authenticate(run.json().live_key as string)).toMatchObject({ app: { slug: run.json().slug } });
    }
    const count = await stop();
    expect(await apps.bySlug(`made-by-the-server-${count - 1}`)).not.toBeNull();
    expect((await malipo('verify')).exitCode).toBe(0);
  });
});
