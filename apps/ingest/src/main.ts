#!/usr/bin/env node
/**
 * The `ingest` service.
 */
import { runMain } from '@sluice/cli/main';

await runMain(async () => (await import('./cli.ts')).runCli);
