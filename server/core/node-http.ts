/**
 * Node's own HTTP, for calling others. It is asked for and not imported: an import takes everything that `node:http` has,
 * and its `WebSocket` is loaded with a second client beside it (undici): 31 ms of every start (Node 26, 2026-11).
 */
export const http = process.getBuiltinModule('node:http');
export const https = process.getBuiltinModule('node:https');
