/**
 * A thread with a filter that notifies; it tells where the listener is, and
 * lasts until it is terminated.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { getSyscallFromName } from "../src/mod.ts";
import { listenInThread } from "./listener.ts";

self.postMessage(listenInThread(getSyscallFromName("truncate")));
