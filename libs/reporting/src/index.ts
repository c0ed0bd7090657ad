export { buildReport } from './build-report.ts';
export type { ReportOptions } from './build-report.ts';
export { formatBytes, formatCount, formatDuration, formatMilliseconds, formatShare } from './format-quantity.ts';
export { renderReport } from './render-report.ts';
export type { RenderOptions } from './render-report.ts';
export type { DeadLetterExample, Report, ReportAddress, ReportBucket, ReportCount, ReportThreatClass, ThreatExample } from './report.ts';
export { terminalText, textWidth } from './terminal-text.ts';
