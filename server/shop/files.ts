/** Files that buyers may download: below `files/` in the data folder, and nowhere near the database beside it. */
import { constants, copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ApiError } from '../core/errors.ts';
import { randomBase62 } from '../core/ids.ts';

const FILES_FOLDER = 'files';
/** Each file has a folder of its own, so that it keeps its name. */
const FOLDER_NAME_CHARS = 12;
const PATH_CHARS_MAX = 1_024;

export interface KeptFile {
  /** Relative to the data folder, with forward slashes: what `Item.file` holds. */
  file: string;
  /** Takes the copy away again, when the item it was for was refused. */
  discard(): void;
}

/** Copies a file to where buyers can be given it; one that is there already stays in place. */
export function keepFile(dataFolder: string, source: string): KeptFile {
  const path = resolve(source);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new ApiError('VALIDATION_ERROR', `file ${source} does not exist`);
  const inside = relative(join(dataFolder, FILES_FOLDER), path);
  if (!inside.startsWith('..') && !isAbsolute(inside)) {
    return { file: [FILES_FOLDER, ...inside.split(sep)].join('/'), discard: () => undefined };
  }
  const folder = join(dataFolder, FILES_FOLDER, randomBase62(FOLDER_NAME_CHARS));
  const name = basename(path).replace(/[^\p{L}\p{N}._ ()-]/gu, '-');
  mkdirSync(folder, { recursive: true });
  copyFileSync(path, join(folder, name), constants.COPYFILE_EXCL);
  return { file: `${FILES_FOLDER}/${basename(folder)}/${name}`, discard: () => rmSync(folder, { recursive: true }) };
}

/** Whether a path is one that `keepFile` may have answered: below the files folder, whatever it is joined to. */
export function isKeptFile(path: string): boolean {
  const parts = path.split('/');
  return path.length <= PATH_CHARS_MAX && !/[\\\0]/.test(path) && parts[0] === FILES_FOLDER && parts.length > 1 && !parts.some((part) => /^\.{0,2}$/.test(part));
}
