import { launchClean } from "./launches.ts";
import {
  baseEnvironment,
  compiled,
  execUnder,
  fromSource,
  hasCommand,
  Scratch,
  testEach,
} from "./program.ts";

testEach(
  "64 launches, 16 at a time, all run their driver and leave nothing behind",
  async (program) => {
    using scratch = new Scratch();
    scratch.file("plugin.js", "export const seccompExpansion = () => {};\n");
    const config = scratch.config(
      'validation_plugin = "plugin.js"\nplugin_timeout = "1m"\n',
    );
    await launchClean([...program.command, ...execUnder(config)], {
      ...{ launches: 64, parallel: 16, folder: scratch.path },
      env: baseEnvironment(program),
    });
  },
  hasCommand("perl") ? undefined : "perl is not installed",
  // From source each start compiles all there is.
  [compiled.missing ? fromSource : compiled],
);
