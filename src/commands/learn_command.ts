import { defineCommand } from "./define.ts";

/** `learn`, as the command line, the help and the manual page know it. */
export const learnCommand = defineCommand({
  loader: async () => {
    const { learn } = await import("./learn.ts");
    return learn;
  },
  parameters: {
    flags: {
      output: {
        kind: "parsed",
        parse: String,
        brief:
          "What to write: a fragment of jacamar.toml (.toml), a plugin (.ts) or the record alone (.json)",
        placeholder: "FILE",
      },
      stage: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief:
          "The stage; left out, it is read off the command's arguments, or else it is every stage",
        placeholder: "STAGE",
      },
      merge: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Add to what is recorded beside the output already",
      },
    },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: {
        parse: String,
        brief:
          "The command, searched for in PATH if it has no slash, and its arguments",
        placeholder: "COMMAND|ARG",
      },
    },
    aliases: { o: "output" },
  },
  page: {
    brief: "Run a job and write the policy that lets it pass",
    usage: [
      "-o|--output FILE [--stage STAGE] [--merge] -- COMMAND [ARG…]",
    ],
    description: [
      "Runs COMMAND under a filter that notifies of every system call of the whole process tree and lets all of them pass. What was called, how often, by which executable and, where it matters, with which arguments, is recorded as JSON beside the output, from which the policy is written.",
      "The exit code is the command's. A second run with --merge adds to the record; each stage keeps a list of its own.",
    ],
    examples: [
      {
        command: "jacamar-seccomp learn --output policy.toml -- make -j4",
        what: "Learn a policy for every stage",
      },
      {
        command:
          "jacamar-seccomp learn --output policy.ts --merge -- jacamar-auth run script.sh step_script",
        what:
          "Learn from a driver's call for its stage, and add to what is known of others",
      },
    ],
    exitCodes: [
      {
        code: "the command's",
        what: "it was run; 128 and a signal's number where that ended it",
      },
      {
        code: "SYSTEM_FAILURE_EXIT_CODE",
        what: "the job could not be run or recorded; 2 where it is not set",
      },
    ],
  },
});
