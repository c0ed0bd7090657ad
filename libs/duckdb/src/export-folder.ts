/** The one folder DuckDB may write to besides its own files; it exists only during an export. */
export function exportFolder(path: string): string {
  return `${path}.export`;
}
