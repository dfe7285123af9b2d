// Figures and verdicts, as text.

/** The middle of the values; the mean of the two in the middle where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The value that the given share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A line that says whether a target is reached. */
export function verdict(name: string, value: number, most: number, unit: string): string {
  const reached = value <= most ? 'reached' : 'NOT REACHED';
  return `  ${name.padEnd(58)} ${value.toFixed(2).padStart(7)}${unit}  at most ${most}${unit}: ${reached}`;
}

/** Prints a report. */
export function report(lines: readonly string[]): void {
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}
