import { lineIndex, type Locate } from "../policy/locate.ts";
import { type Policy, readPolicy } from "../policy/policy.ts";
import { parseToml } from "../policy/read.ts";

/**
 * A configuration: the keys of `[auth.seccomp]`, as TOML text or as an object,
 * or all of a `jacamar.toml`, which has a table `auth`.
 */
export type ConfigurationLike = string | Readonly<Record<string, unknown>>;

/**
 * The policy of a configuration.
 *
 * @param file Where it pretends to stand: messages name it, and relative paths
 * in it begin there.
 * @param configuration The configuration.
 * @throws {ConfigurationError} If it says something that is not understood.
 */
export async function policyOf(
  file: string,
  configuration: ConfigurationLike,
): Promise<Policy> {
  const isText = typeof configuration === "string";
  const table = isText ? parseToml(file, configuration) : configuration;
  const isWhole = Object.hasOwn(Object(table), "auth");
  const document = isWhole ? table : { auth: { seccomp: table } };
  const lines = async (): Promise<Locate> => {
    if (!isText) return () => undefined;
    const locate = await lineIndex(configuration);
    // What stands below [auth.seccomp] stands at the top of such a text.
    return isWhole ? locate : (path) => locate(path.slice(2));
  };
  return await readPolicy({ file, document, lines });
}
