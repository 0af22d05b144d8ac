import { bytesInWords, counted } from '../../../shared/words.ts';

/** `294 files: 47.7 MB, and 14 encrypted`; what encrypted files measure is told nowhere in clear. */
export function contentsInWords({ files = 0, bytes = 0, sealed = 0 }: Partial<Contents>): string {
  const encrypted = sealed === 0 ? '' : `, and ${sealed} encrypted`;
  return `${counted(files, 'file')}: ${bytesInWords(bytes)}${encrypted}`;
}

interface Contents {
  readonly files: number;
  readonly bytes: number;
  readonly sealed: number;
}
