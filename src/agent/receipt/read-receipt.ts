import { AppError, hasErrno } from '../../shared/errors.ts';
import { parseObject, ShapeError } from '../backup/fields.ts';
import type { ReadSystem } from '../system.ts';
import { isSigned, type Receipt } from './receipt.ts';
import type { ReceiptKey } from './receipt-key.ts';

const MAX_BYTES = 256 << 20;

/**
 * A receipt that this computer signed and nobody changed since.
 * @throws RECEIPT_MISSING, RECEIPT_UNPROVEN
 */
export function readReceipt(system: ReadSystem, path: string, key: ReceiptKey | undefined): Receipt {
  const unproven = (reason: string) => new AppError('RECEIPT_UNPROVEN', { path, reason }, { file: path });
  const receipt = parse(system, path);
  if (receipt?.schema !== 'awm/receipt/1') throw unproven('it is no receipt of this program');
  if (receipt.signature === undefined) throw unproven('it is not signed: an older version wrote it');
  if (!isSigned(receipt)) throw unproven('it was changed after it was signed');
  if (receipt.signature.key !== key?.id)
    throw unproven('it was signed with the key of another computer, or of nobody');
  return receipt;
}

function parse(system: ReadSystem, path: string): Receipt | undefined {
  try {
    return parseObject(system.readFile(path, MAX_BYTES).toString('utf8')) as unknown as Receipt;
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) throw new AppError('RECEIPT_MISSING', { path });
    if (hasErrno(error, 'EACCES', 'EPERM')) throw new AppError('NO_PERMISSION', { path });
    if (error instanceof ShapeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
