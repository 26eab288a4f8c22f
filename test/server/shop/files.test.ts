import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKeptFile, keepFile } from '../../../server/shop/files.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

describe('files to download', () => {
  it('are copied beside the database under their own name, twice without harm', () => {
    const [dataFolder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    const source = join(elsewhere, 'Kitabu changu (1).pdf');
    writeFileSync(source, 'a book');
    const first = keepFile(dataFolder, source);
    const second = keepFile(dataFolder, source);
    expect(first.file).toMatch(/^files\/[0-9A-Za-z]{12}\/Kitabu changu \(1\)\.pdf$/);
    expect(second.file).not.toBe(first.file);
    expect(isKeptFile(first.file)).toBe(true);
    expect(readFileSync(join(dataFolder, first.file), 'utf8')).toBe('a book');
    second.discard();
    expect(existsSync(join(dataFolder, second.file))).toBe(false);
    expect(existsSync(join(dataFolder, first.file))).toBe(true);
  });

  it('stay where they are when they are there already', () => {
    const dataFolder = temporaryFolder();
    mkdirSync(join(dataFolder, 'files', 'books'), { recursive: true });
    const source = join(dataFolder, 'files', 'books', 'book.pdf');
    writeFileSync(source, 'a book');
    const kept = keepFile(dataFolder, source);
    expect(kept.file).toBe('files/books/book.pdf');
    kept.discard();
    expect(existsSync(source)).toBe(true);
  });

  it('must exist, and a folder is none', () => {
    const folder = temporaryFolder();
    expect(() => keepFile(folder, join(folder, 'nothing.pdf'))).toThrow('does not exist');
    expect(() => keepFile(folder, folder)).toThrow('does not exist');
  });
});
