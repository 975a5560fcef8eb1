/**
 * Runs a command in a container of crun, which makes the filter of its profile
 * with libseccomp too, and so is a judge of ours.
 *
 * @module
 */
import { formatExactJson, parseExactJson } from "../src/policy/exact_json.ts";
import { hasCommand, isRoot, Scratch } from "./program.ts";

/** What a container left behind. */
export interface ContainerResult {
  readonly code: number;
  readonly stdout: Uint8Array<ArrayBuffer>;
  readonly stderr: string;
}

/** Where a container finds the program that crun made of its profile. */
export const PROGRAM_FILE = "/state/probe/seccomp.bpf";

/**
 * crun asks what is mounted there, and gives up on the layout of some hosts;
 * what it sees is in a namespace of its own.
 */
const HIDE_CGROUPS = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"';

/** Why no container can be made here, if none can. */
export const noContainer: string | undefined = findObstacle();

/**
 * Runs a command of the host in a container.
 *
 * @param profile `linux.seccomp` of its bundle, as JSON text.
 * @param args The command, with its path.
 * @param wrapper Put in front of crun, as `["strace", …]`.
 */
export function runInContainer(
  profile: string,
  args: readonly string[],
  wrapper: readonly string[] = [],
): ContainerResult {
  using scratch = new Scratch();
  const { path } = scratch;
  for (const folder of ["state", "rootfs", "rootfs/dev"]) {
    Deno.mkdirSync(`${path}/${folder}`);
  }
  const mounts = ["/usr", "/bin", "/lib", "/lib64"]
    .filter((folder) => !linked(folder, `${path}/rootfs`))
    .map((folder) => bind(folder, folder));
  const bundle = {
    ociVersion: "1.0.0",
    root: { path: "rootfs" },
    process: { user: { uid: 0, gid: 0 }, cwd: "/", args },
    mounts: [...mounts, bind(`${path}/state`, "/state")],
    linux: {
      namespaces: [{ type: "mount" }],
      seccomp: parseExactJson(profile),
    },
  };
  scratch.file("config.json", formatExactJson(bundle));
  const crun = ["crun", "--root", `${path}/state`, "--cgroup-manager=disabled"];
  const start = [...wrapper, ...crun, "run", "--bundle", path, "probe"];
  const { code, stdout, stderr } = new Deno.Command("unshare", {
    args: ["--mount", "sh", "-c", HIDE_CGROUPS, "sh", ...start],
  }).outputSync();
  return { code, stdout, stderr: new TextDecoder().decode(stderr) };
}

/** Makes a folder that is a link on the host one in the container too. */
function linked(folder: string, rootfs: string): boolean {
  try {
    Deno.symlinkSync(Deno.readLinkSync(folder), `${rootfs}${folder}`);
    return true;
  } catch {
    return false;
  }
}

function bind(source: string, destination: string): object {
  return { source, destination, type: "bind", options: ["rbind", "ro"] };
}

function findObstacle(): string | undefined {
  const missing = ["crun", "unshare"].filter((name) => !hasCommand(name));
  if (missing.length > 0) return `needs ${missing.join(" and ")}`;
  if (!isRoot) return "needs root";
  const allow = '{"defaultAction": "SCMP_ACT_ALLOW"}';
  const { code, stderr } = runInContainer(allow, ["/usr/bin/true"]);
  return code === 0
    ? undefined
    : `crun makes no container: ${stderr.trim().split("\n").at(-1)}`;
}
