export { terminalText, textWidth } from './terminal-text.ts';
