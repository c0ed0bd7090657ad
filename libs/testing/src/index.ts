export { createRandom, createZipfSampler } from './random.ts';
export type { Random } from './random.ts';
export { createLogGenerator } from './log-generator.ts';
export type { GeneratedLine, LineKind, LogGenerator, LogGeneratorOptions } from './log-generator.ts';
export { comparableFields, generatedFormats } from './log-line.ts';
export type { ExpectedFields, GeneratedFormat } from './log-line.ts';
