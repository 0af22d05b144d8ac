/** Kinds of trouble that a run of the playground can end with. */
export type FindingKind = 'unknown-route' | 'invalid-request' | 'invalid-response' | 'unanswered';

export interface Finding {
  readonly kind: FindingKind;
  /** `POST /channels/{channel_id}/messages: …` */
  readonly text: string;
}

/** What was wrong on either side of the wire. */
export class Findings {
  readonly all: Finding[] = [];

  note(kind: FindingKind, text: string): void {
    this.all.push({ kind, text });
  }

  of(kind: FindingKind): string[] {
    return this.all.filter((finding) => finding.kind === kind).map(({ text }) => text);
  }
}
