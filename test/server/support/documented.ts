/** Answers against `/openapi.json`: what is published and what is sent cannot drift apart. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { Answer, TestMalipo } from './build-malipo.ts';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  /** What schemas refer to. */
  components: object;
}

/** Checks answers of one server against its own document. */
export async function documentOf(malipo: TestMalipo): Promise<{ document: OpenApi; expectDocumented(method: string, url: string, answer: Answer): void }> {
  const document = (await malipo.get('/openapi.json')).json() as OpenApi;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const compiled = new Map<object, ValidateFunction>();

  const operationAt = (method: string, url: string): Operation => {
    const path = url.split('?', 1)[0]!;
    // The template with the fewest parameters is the route that was asked: /status/{reference} before /{slug}.
    const templates = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    const template = templates.find((each) => new RegExp(`^${each.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
    expect(template, `${url} is documented`).toBeDefined();
    const operation = document.paths[template!]![method.toLowerCase()];
    expect(operation, `${method} ${template} is documented`).toBeDefined();
    return operation!;
  };

  return {
    document,
    expectDocumented(method, url, answer) {
      const { responses } = operationAt(method, url);
      const response = responses[answer.statusCode] ?? responses[`${String(answer.statusCode)[0]}XX`];
      const schema = response?.content?.['application/json']?.schema;
      expect(schema, `${answer.statusCode} of ${method} ${url} is documented`).toBeDefined();
      const validate = compiled.get(schema!) ?? ajv.compile({ ...schema, components: document.components });
      compiled.set(schema!, validate);
      expect(validate(answer.json()), `${answer.body}\n${ajv.errorsText(validate.errors)}`).toBe(true);
    },
  };
}
