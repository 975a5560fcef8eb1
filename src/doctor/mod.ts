/**
 * Looks at the machine, at this process and at the files that decide what `exec`
 * does, and says what is wrong with them and how to mend it.
 *
 * @module
 */
import {
  diagnoseConfiguration,
  type ReadConfiguration,
  readConfiguration,
} from "./configuration.ts";
import type { Diagnosis, Section } from "./diagnosis.ts";
import { diagnoseDriver } from "./driver.ts";
import { diagnoseExecutable } from "./executable.ts";
import { diagnoseKernel } from "./kernel.ts";
import { readKernelFacts } from "./kernel_facts.ts";
import { diagnoseLibseccomp } from "./libseccomp.ts";
import { wouldHaveNoNewPrivs } from "./loading.ts";
import { diagnosePrivileges, readPrivilegeFacts } from "./privileges.ts";

export {
  type Diagnosis,
  ok,
  problem,
  type Section,
  type Status,
  warning,
  worstOf,
} from "./diagnosis.ts";

/** What to look at beside the machine. */
export interface Examination {
  /** A configuration file. */
  readonly configuration?: string;
  /** A driver as it is given to `exec`. */
  readonly driver?: string;
}

/**
 * Looks at everything, from the kernel up, one section at a time. Nothing is
 * loaded, no file is written and no plugin is run.
 *
 * @param examination What to look at beside the machine.
 * @returns The sections. Needs the read, the ffi and the sys permission, and for
 * a driver without a slash that to read PATH.
 */
export async function* examine(
  { configuration, driver }: Examination,
): AsyncGenerator<Section> {
  yield section("kernel", diagnoseKernel(readKernelFacts()));
  yield section("libseccomp", diagnoseLibseccomp());
  const read: ReadConfiguration | undefined = configuration === undefined
    ? undefined
    : await readConfiguration(configuration);
  const { noNewPrivs = "auto", disabled = false } = read?.policy ?? {};
  const wish = { noNewPrivs, disabled } as const;
  const facts = readPrivilegeFacts();
  yield section("privileges", diagnosePrivileges(facts, wish));
  yield section("executable", diagnoseExecutable());
  if (driver !== undefined) {
    const isOn = wouldHaveNoNewPrivs(facts, wish);
    yield section("driver", diagnoseDriver(driver, isOn));
  }
  if (read !== undefined) {
    const diagnoses = await Array.fromAsync(diagnoseConfiguration(read));
    yield { name: "configuration", diagnoses };
  }
}

function section(name: string, diagnoses: Iterable<Diagnosis>): Section {
  return { name, diagnoses: [...diagnoses] };
}
