#!/usr/bin/env -S node --max-semi-space-size=32 --no-allocation-site-pretenuring
/**
 * The `ingest` service. The flags (the same in package.json and the image) give short-lived events room to die in: a quarter less CPU for
 * 50 MB (`node bench/ingest.ts`).
 */
import { runMain } from '@sluice/cli/main';

await runMain(async () => (await import('./cli.ts')).runCli);
