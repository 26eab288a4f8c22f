/** What the build plugins of Vue and Svelte do, as far as a page of one component needs it: with their own compilers. */
import { compile } from 'svelte/compiler';
import type { Plugin } from 'vite';
import { compileScript, parse } from 'vue/compiler-sfc';

export const vue: Plugin = {
  name: 'vue',
  transform(source, id) {
    if (!id.endsWith('.vue')) return null;
    const { descriptor } = parse(source, { filename: id });
    const isCustomElement = (tag: string): boolean => tag === 'pay-button';
    return { code: compileScript(descriptor, { id: 'page', inlineTemplate: true, templateOptions: { compilerOptions: { isCustomElement } } }).content, map: null };
  },
};

export const svelte: Plugin = {
  name: 'svelte',
  transform: (source, id) => (id.endsWith('.svelte') ? { code: compile(source, { generate: 'client', dev: true, filename: id }).js.code, map: null } : null),
};
