/**
 * The machine code of the oracle, for x86_64: a loop over questions, which
 * processes of their own answer.
 *
 * What must outlast a call is in registers that neither `syscall` nor `int
 * 0x80` changes or takes an argument from: r12 holds the question's address,
 * r13 that of its slot, r14 how many questions are left, r15 the address of the
 * first slot. A process that answers does without the stack.
 *
 * Source: Intel SDM volume 2; syscall(2), "Architecture calling conventions".
 *
 * @module
 */
import {
  copy,
  EQUAL,
  fetch,
  jumpOverIf,
  NOT_EQUAL,
  NOT_NEGATIVE,
  R10,
  R12,
  R13,
  R14,
  R15,
  R8,
  R9,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  repeatUnlessZero,
  RSI,
  RSP,
  set,
  SYSCALL,
  systemCall,
} from "./kernel_oracle_assembler.ts";
import { PROGRAM, QUESTION, SLOT, STATE } from "./kernel_oracle_layout.ts";
import { little, MACHINES } from "./probe_machine.ts";

const INT_80 = [0xcd, 0x80];
const UD2 = [0x0f, 0x0b];

/** The numbers of calls: arch/x86/entry/syscalls/syscall_64.tbl. */
const NR = {
  write: 1,
  close: 3,
  mmap: 9,
  alarm: 37,
  fork: 57,
  wait4: 61,
  prctl: 157,
  setrlimit: 160,
  seccomp: 317,
} as const;

const PR_SET_NO_NEW_PRIVS = 38;
const RLIMIT_CORE = 4;
const PROT_READ_WRITE = 3;
const MAP_SHARED_ANONYMOUS = 0x21;
const SECCOMP_SET_MODE_FILTER = 1;
const STDOUT = 1;

/** After how many seconds a process that still runs is ended by SIGALRM. */
const PATIENCE = 10;

/**
 * Code that answers questions and writes their slots to standard output.
 *
 * @param questions The address of the first, the others behind it.
 * @param count How many there are, at least 1.
 */
export function oracleCode(questions: number, count: number): number[] {
  const size = count * SLOT.size;
  return [
    ...systemCall(NR.prctl, set(RDI, PR_SET_NO_NEW_PRIVS), set(RSI, 1), [
      ...set(RDX, 0),
      ...set(R10, 0),
      ...set(R8, 0),
    ]),
    ...orTrap,
    // A limit of 1 keeps a core from a file and from a program as well, which
    // 0 does not (fs/coredump.c). Who may not set it has 0 already.
    ...[0x6a, 1, 0x6a, 1], // push 1; push 1
    ...systemCall(NR.setrlimit, set(RDI, RLIMIT_CORE), copy(RSI, RSP)),
    ...systemCall(NR.mmap, set(RDI, 0), set(RSI, size), [
      ...set(RDX, PROT_READ_WRITE),
      ...set(R10, MAP_SHARED_ANONYMOUS),
      ...set(R8, -1),
      ...set(R9, 0),
    ]),
    ...orTrap,
    ...copy(R13, RAX),
    ...copy(R15, RAX),
    ...set(R12, questions),
    ...set(R14, count),
    ...repeatUnlessZero([
      // The process of a question before may have gone on to this one.
      ...[0x41, 0x83, 0x7d, SLOT.state, 0], // cmp dword [r13 + …], 0
      ...jumpOverIf(NOT_EQUAL, haveAnswered),
      ...advance,
      ...[0x49, 0xff, 0xce], // dec r14
    ]),
    ...copy(RSI, R15),
    ...set(RDX, size),
    ...repeatUnlessZero([
      ...systemCall(NR.write, set(RDI, STDOUT)),
      ...orTrap,
      ...[0x48, 0x01, 0xc6], // add rsi, rax
      ...[0x48, 0x29, 0xc2], // sub rdx, rax
    ]),
    ...MACHINES.x86_64.exit,
  ];
}

/** A trap where the last call failed. */
const orTrap = [
  ...[0x48, 0x85, 0xc0], // test rax, rax
  ...jumpOverIf(NOT_NEGATIVE, UD2),
];

/** Keeps how far the process came. */
const reach = (state: keyof typeof STATE) => [
  ...[0x41, 0xc7, 0x45, SLOT.state], // mov dword [r13 + …], …
  ...little(BigInt(STATE[state]), 4),
];

/** Keeps the last call's result. */
const keepAs = (state: keyof typeof STATE) => [
  ...[0x49, 0x89, 0x45, SLOT.value], // mov [r13 + …], rax
  ...reach(state),
];

const refuse = [...keepAs("refused"), ...MACHINES.x86_64.exit];

/** Goes to the next question. */
const advance = [
  ...[0x49, 0x83, 0xc4, QUESTION.size], // add r12, …
  ...[0x49, 0x83, 0xc5, SLOT.size], // add r13, …
];

/** Loads the program that rbx points to. */
const loadFilter = [
  // As in a launch: a filter that is on already may answer with errno 0 and
  // load nothing, the kernel answers EFAULT to a program that is nowhere.
  ...systemCall(NR.seccomp, set(RDI, SECCOMP_SET_MODE_FILTER), [
    ...set(RSI, 0),
    ...set(RDX, 0),
  ]),
  ...[0x48, 0x83, 0xf8, 0xf2], // cmp rax, -14 (EFAULT)
  ...jumpOverIf(EQUAL, refuse),
  ...systemCall(NR.seccomp, copy(RDX, RBX)),
  ...[0x48, 0x85, 0xc0], // test rax, rax
  ...jumpOverIf(EQUAL, refuse),
];

/** Makes the question's call. */
const make = (instruction: number[], from: number[]) => [
  ...from.flatMap((register, index) =>
    fetch(register, QUESTION.args + 8 * index)
  ),
  ...fetch(RAX, QUESTION.number),
  ...instruction,
];

/** Compares a word of the question with 0. */
const isZero = (offset: number) => [
  ...[0x49, 0x83, 0x7c, 0x24, offset & 0xff, 0], // cmp qword [r12 + …], 0
];

/** What a process does for its question and those behind it, to its end. */
const answer = [
  ...systemCall(NR.alarm, set(RDI, PATIENCE)),
  // A call that writes there must not be taken for an answer.
  ...systemCall(NR.close, set(RDI, STDOUT)),
  ...reach("loading"),
  ...fetch(RBX, QUESTION.programs),
  ...fetch(RBP, QUESTION.count),
  ...repeatUnlessZero([
    ...loadFilter,
    ...[0x48, 0x83, 0xc3, PROGRAM.size], // add rbx, …
    ...[0x48, 0xff, 0xcd], // dec rbp
  ]),
  ...repeatUnlessZero([
    ...reach("calling"),
    ...isZero(QUESTION.way),
    ...jumpOverIf(NOT_EQUAL, make(SYSCALL, [RDI, RSI, RDX, R10, R8, R9])),
    ...isZero(QUESTION.way),
    ...jumpOverIf(EQUAL, make(INT_80, [RBX, RCX, RDX, RSI, RDI, RBP])),
    ...keepAs("returned"),
    ...advance,
    ...isZero(QUESTION.goesOn - QUESTION.size),
  ]),
  ...MACHINES.x86_64.exit,
];

/** Has a process answer, and waits for its end. */
const haveAnswered = [
  ...systemCall(NR.fork),
  ...orTrap,
  ...[0x48, 0x85, 0xc0], // test rax, rax
  ...jumpOverIf(NOT_EQUAL, answer),
  ...systemCall(NR.wait4, copy(RDI, RAX), [
    ...[0x49, 0x8d, 0x75, SLOT.status], // lea rsi, [r13 + …]
    ...set(RDX, 0),
    ...set(R10, 0),
  ]),
  ...orTrap,
];
