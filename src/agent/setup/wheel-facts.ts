import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { hashFile } from '../run/staging.ts';
import type { ReadSystem } from '../system.ts';
import { installEnv } from './python.ts';

/** What a wheel says of itself, and what it is. */
export interface WheelFacts {
  /** Name of the file. */
  readonly file: string;
  /** SHA-256 of its bytes, in hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly author: string;
  readonly homePage: string;
  readonly licence: string;
  readonly requiresPython: string;
  /** Other packages that come with it, as it names them. */
  readonly requires: readonly string[];
  readonly commands: readonly WheelCommand[];
}

export interface WheelCommand {
  readonly command: string;
  /** `module:function` that it starts. */
  readonly starts: string;
}

/** Python's own reader of wheels: nothing of the package is imported or run. */
const READ = `
import configparser, email.parser, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    names = wheel.namelist()
    text = lambda end: next((wheel.read(n)[:1 << 20].decode("utf-8", "replace") for n in names if n.count("/") == 1 and n.split("/")[0].endswith(".dist-info") and n.endswith("/" + end)), "")
    data = email.parser.Parser().parsestr(text("METADATA"), headersonly=True)
    entries = configparser.ConfigParser(delimiters=("=",), strict=False, interpolation=None)
    entries.optionxform = str
    entries.read_string(text("entry_points.txt"))
    scripts = entries.items("console_scripts") if entries.has_section("console_scripts") else []
    urls = [u.split(",", 1)[1].strip() for u in data.get_all("Project-URL") or [] if "," in u]
    print(json.dumps({
        "name": data.get("Name") or "", "version": data.get("Version") or "", "summary": data.get("Summary") or "",
        "author": data.get("Author") or data.get("Author-email") or "",
        "homePage": data.get("Home-page") or (urls[0] if urls else ""),
        "licence": data.get("License-Expression") or (data.get("License") or "").split("\\n")[0],
        "requiresPython": data.get("Requires-Python") or "",
        "requires": data.get_all("Requires-Dist") or [],
        "commands": [{"command": name, "starts": value.split("[")[0].replace(" ", "")} for name, value in scripts],
    }))
`;

/** @throws PACKAGE_WRONG for what is no wheel */
export function readWheel(system: ReadSystem, python: string, path: string): WheelFacts {
  const result = system.run(python, ['-I', '-c', READ, path], { env: installEnv(system), cwd: '/' });
  const file = basename(path);
  if (result.status !== 0)
    throw new AppError('PACKAGE_WRONG', { file, reason: 'it cannot be read as a wheel' });
  const said = JSON.parse(result.stdout.toString('utf8')) as Omit<WheelFacts, 'file' | 'sha256' | 'size'>;
  return { file, sha256: hashFile(system, path), size: system.stat(path)?.size ?? 0, ...said };
}
