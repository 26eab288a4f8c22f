/** What these tests use of the runner's Mocha, which comes without types of its own. */
declare const describe: Declare<() => void>;
declare const it: Declare<() => void | Promise<void>>;
declare function beforeEach(body: () => void | Promise<void>): void;
declare function afterEach(body: () => void | Promise<void>): void;

interface Declare<Body> {
  (name: string, body: Body): void;
  skip(name: string, body: Body): void;
}
