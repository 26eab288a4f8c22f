/**
 * `npm run manifest`: writes what is made from the widget's sources. Run it after a change of an attribute, property,
 * event, slot, part, CSS property or state; a test fails while it has not been.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated-files.ts';

const { files, problems } = await generatedFiles();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
for (const [path, text] of Object.entries(files)) writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), text);
