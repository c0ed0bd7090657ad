#!/usr/bin/env -S node --max-semi-space-size=8 --heap-growing-percent=40 --no-allocation-site-pretenuring
/**
 * The `sluice` command.
 *
 * The flags (the same in package.json) keep the heap close to what is in use: left alone, V8 lets short-lived events
 * take 300 MB that it could have collected (`node bench/memory.ts`).
 */
import { runMain } from '@sluice/cli/main';

await runMain(async () => (await import('./cli.ts')).runCli);
