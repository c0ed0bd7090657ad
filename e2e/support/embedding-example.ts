/**
 * The embedding API as a program of somebody else uses it: arguments are the configuration and a log file.
 */
import { LogPipeline } from '@sluice/pipeline';

const [configPath = '', logPath = ''] = process.argv.slice(2);

const pipeline = new LogPipeline(configPath);
await pipeline.stop();

const first = await pipeline.processLogFile(logPath);
const again = await pipeline.processLogFile(logPath);
await pipeline.start();
const events = await pipeline.events();
const summary = await events.summary({});
await pipeline.stop();
await pipeline.stop();

console.log(JSON.stringify({ first, again, events: summary.events }));
