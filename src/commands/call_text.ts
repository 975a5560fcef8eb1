import { argumentNames } from "../bpf/arguments.ts";
import { describeConstant } from "../bpf/constants.ts";
import type { SeccompData } from "../bpf/seccomp_data.ts";
import { getNativeArch, ScmpAction } from "../libseccomp/mod.ts";
import { archOf, nameOfCall } from "../policy/describe_call.ts";
import { constantAbi, takesNames } from "../policy/parse_call.ts";

/**
 * A call with the names of its arguments and of their values, where they have
 * one: `ioctl(fd=0x0, cmd=TIOCSTI)`.
 */
export function callText(call: SeccompData): string {
  const arch = archOf(call) ?? getNativeArch();
  const syscall = nameOfCall(call);
  const names = takesNames(arch) ? argumentNames(syscall) : undefined;
  const args = call.args.map((value, index) => {
    const text = describeConstant(syscall, index, value, constantAbi(arch)) ??
      hex(value);
    const name = names?.at(index);
    return name === undefined ? text : `${name}=${text}`;
  });
  return `${syscall}(${args.join(", ")})`;
}

/** A call as it is written in JSON. */
export function callToJson(call: SeccompData): unknown {
  return {
    syscall: nameOfCall(call),
    number: call.number | 0,
    architecture: archOf(call)?.name ?? hex(BigInt(call.architecture)),
    arguments: call.args.map(hex),
  };
}

/** An action as it is written in JSON, `ActErrno(1)`. */
export function actionToJson(action: number): string {
  return `${ScmpAction.fromNative(action) ?? hex(BigInt(action))}`;
}

/** A 64-bit value as text: a JSON number would lose bits. */
export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
