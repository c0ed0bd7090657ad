#!/usr/bin/env node
/**
 * The `indexer` service.
 */
import { runMain } from '@sluice/cli/main';

await runMain(async () => (await import('./cli.ts')).runCli);
