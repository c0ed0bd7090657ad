#!/usr/bin/env -S node --max-semi-space-size=8 --heap-growing-percent=40 --no-allocation-site-pretenuring
/**
 * The `ingest` service.
 */
import { runMain } from '@sluice/cli/main';

await runMain(async () => (await import('./cli.ts')).runCli);
