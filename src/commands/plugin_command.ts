import { defineCommand, defineGroup } from "./define.ts";

const newCommand = defineCommand({
  loader: async () => {
    const { newPlugin } = await import("./plugin_new.ts");
    return newPlugin;
  },
  parameters: {
    flags: {
      folder: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "The folder; by default one of the plugin's name",
        placeholder: "DIR",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, brief: "The plugin's name", placeholder: "NAME" },
      ],
    },
  },
  page: {
    brief: "Write a folder with a plugin, its test, and what both need",
    description: [
      "The plugin refuses to make folders in the after_script; it can be tested, checked and tried out as it is. NAME has letters, digits, - and _. No file is overwritten: if one of the names is taken, nothing is written.",
    ],
    examples: [
      {
        command: "jacamar-seccomp plugin new no-folders",
        what: "Begin a plugin",
      },
    ],
    exitCodes: [
      { code: "0", what: "all is written" },
      { code: "2", what: "nothing is written" },
    ],
  },
});

const typesCommand = defineCommand({
  loader: async () => {
    const { printTypes } = await import("./plugin_types.ts");
    return printTypes;
  },
  parameters: {},
  page: {
    brief: "Print the TypeScript declarations of what plugins import",
    description: [
      "One file for editors and type checkers, with the modules jacamar-seccomp and jacamar-seccomp/testing. It needs nothing beside it.",
    ],
    examples: [
      {
        command: "jacamar-seccomp plugin types >jacamar-seccomp.d.ts",
        what: "Write the declarations of this version beside a plugin",
      },
    ],
    exitCodes: [
      { code: "0", what: "they are printed" },
      { code: "2", what: "they could not be" },
    ],
  },
});

/** `plugin`, as the command line, the help and the manual page know it. */
export const pluginCommand = defineGroup({
  commands: { new: newCommand, types: typesCommand },
  page: {
    brief: "Begin a plugin, or print its types",
    examples: [
      {
        command: "jacamar-seccomp plugin new no-folders",
        what: "Begin a plugin",
      },
      {
        command: "jacamar-seccomp plugin types >jacamar-seccomp.d.ts",
        what: "Write the declarations of this version beside a plugin",
      },
    ],
    exitCodes: [
      { code: "0", what: "all went well" },
      { code: "2", what: "it could not run" },
    ],
  },
});
