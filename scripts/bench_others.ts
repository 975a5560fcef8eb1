/**
 * Other programs that start a command under a filter. What each does besides
 * differs; what cannot run on this machine says so itself.
 *
 * @module
 */
import { basename } from "node:path";
import { formatExactJson, parseExactJson } from "../src/policy/exact_json.ts";
import { type Places, show } from "./bench_candidates.ts";
import type { Candidate } from "./bench_launch.ts";

const root = new URL("../", import.meta.url).pathname;

/**
 * crun asks what is mounted there, and gives up on the layout of some hosts;
 * what it sees is in a namespace of its own.
 */
const HIDE_CGROUPS = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"';

/** Those that load a filter, which may or may not run here. */
export function otherCandidates(places: Places): Candidate[] {
  const { scratch, driver } = places;
  const demo = `validation_plugin = "${root}plugins/mkdir.ts"\n`;
  const program = `${scratch}/demo.bpf`;
  Deno.writeFileSync(program, show(scratch, demo, "bpf"));
  return [
    {
      name: "bwrap --seccomp",
      command: ["bwrap", "--dev-bind", "/", "/", "--seccomp", "9", driver],
      // It reads the program from a descriptor, which someone must open.
      around: ["sh", "-c", `exec "$@" 9<"$0"`, program],
    },
    {
      name: "firejail --seccomp",
      command: ["firejail", "--quiet", "--noprofile", "--seccomp", driver],
    },
    ...places.profile ? [container(places, places.profile)] : [],
    {
      name: "setpriv --seccomp-filter",
      command: ["setpriv", "--seccomp-filter", program, driver],
    },
    {
      name: "systemd-run -p SystemCallFilter=",
      command: [
        ...["systemd-run", "--quiet", "--wait", "--pipe"],
        ...["-p", "SystemCallFilter=~mkdir", driver],
      ],
    },
  ];
}

/** A container that holds the driver and nothing else. */
function container({ scratch, driver }: Places, profile: string): Candidate {
  const bundle = Deno.makeTempDirSync({ dir: scratch });
  const name = basename(driver);
  Deno.mkdirSync(`${bundle}/rootfs/dev`, { recursive: true });
  Deno.copyFileSync(driver, `${bundle}/rootfs/${name}`);
  // Engines make it of the profile; a runtime takes it as it is.
  const asLoaded = new TextDecoder().decode(
    show(scratch, `profile = "${profile}"\n`, "oci"),
  );
  const config = {
    ociVersion: "1.0.0",
    root: { path: "rootfs" },
    process: { user: { uid: 0, gid: 0 }, cwd: "/", args: [`/${name}`] },
    mounts: [],
    linux: {
      namespaces: [{ type: "mount" }],
      seccomp: parseExactJson(asLoaded),
    },
  };
  Deno.writeTextFileSync(`${bundle}/config.json`, formatExactJson(config));
  return {
    name: "crun run, Debian's container profile",
    command: [
      ...["crun", "--root", `${scratch}/containers`],
      ...["--cgroup-manager=disabled", "run", "--bundle", bundle, "bench"],
    ],
    around: ["unshare", "--mount", "sh", "-c", HIDE_CGROUPS, "sh"],
  };
}
