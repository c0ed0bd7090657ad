export { compileLogFormat } from './compile-log-format.ts';
export { createLineParser } from './create-line-parser.ts';
export { detectLogFormat } from './detect-log-format.ts';
export type { DetectedFormat } from './detect-log-format.ts';
export { LineRefusal } from './line-parser.ts';
export type { LineParser } from './line-parser.ts';
